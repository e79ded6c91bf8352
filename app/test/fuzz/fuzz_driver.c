/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The driver, with a hostile device: config space, features, sessions, statuses, used rings and
 * all that both sides can write are what the input says, and change while the driver reads them.
 */

#include <rte_eal.h>
#include <rte_log.h>

#include "fuzz_alloc.h"
#include "fuzz_driver_device.h"
#include "fuzz_driver_ops.h"
#include "fuzz_memory.h"
#include "virtio_crypto_lifecycle.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *eal[] = { (char[]){ "fuzz" },	  (char[]){ "--no-huge" },
			(char[]){ "-m" },	  (char[]){ "64" },
			(char[]){ "--no-pci" },	  (char[]){ "--no-telemetry" },
			(char[]){ "--no-shconf" } };

	(void)argc;
	(void)argv;
	rte_log_set_global_level(RTE_LOG_CRIT);
	FUZZ_MUST(rte_eal_init(RTE_DIM(eal), eal) >= 0);
	rte_log_set_level_pattern("pmd.crypto.virtio", RTE_LOG_EMERG);
	fuzz_driver_ops_init();
	return 0;
}

static void
step(struct fuzz_input *in)
{
	uint8_t nth;

	switch (fuzz_u8(in) % 12) {
	case 4:
		fuzz_peer_complete(in, true);
		break;
	case 5:
	case 6:
		fuzz_driver_dequeue(1 + fuzz_u8(in) % FUZZ_DRIVER_OPS);
		break;
	case 7:
		fuzz_race(in);
		break;
	case 8:
		fuzz_peer_spoil_used(in);
		break;
	case 9:
		fuzz_peer_spoil_memory(in);
		break;
	case 10:
		fuzz_peer.status = fuzz_spoilt(in, 0);
		fuzz_peer.session = fuzz_u32(in);
		fuzz_peer.used_id = fuzz_spoilt(in, 0);
		fuzz_peer.alive = !(fuzz_u8(in) & 1);
		break;
	case 11:
		nth = fuzz_u8(in) % FUZZ_DRIVER_KINDS;
		/* Applications destroy no session that is in use. */
		if (fuzz_driver_in_flight == 0)
			fuzz_driver_session_create(nth);
		break;
	case 3:
		fuzz_peer_complete(in, false);
		break;
	default:
		fuzz_driver_enqueue(in);
		break;
	}
}

/* Has the driver give the device up, and frees what there is. */
static void
close_device(void)
{
	unsigned int i;

	if (fuzz_driver_dev.online) {
		virtio_crypto_lifecycle_handle_loss(&fuzz_driver_dev);
		for (i = 0; i < 100 && fuzz_driver_in_flight > 0; i++)
			fuzz_driver_dequeue(FUZZ_DRIVER_OPS);
	}
	FUZZ_MUST(fuzz_driver_in_flight == 0);
	for (i = 0; i < FUZZ_DRIVER_KINDS; i++)
		fuzz_driver_session_destroy(i);
	fuzz_driver_close();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input in = { bytes, size };

	fuzz_memory_forget();
	fuzz_peer_reset(&in);
	fuzz_driver_in_flight = 0;
	if (fuzz_driver_open())
		while (in.left > 0)
			step(&in);
	close_device();
	FUZZ_MUST(fuzz_allocations == 0);
	fuzz_driver_ops_check();
	return 0;
}
