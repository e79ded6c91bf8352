/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The control queue, as a hostile guest sees it: sessions of every service, made and destroyed,
 * by requests and chains that are spoilt, in memory that changes while it is read.
 */

#include <sys/eventfd.h>

#include "fuzz_control.h"
#include "fuzz_device.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rte_vhost_crypto_device *dev;
static int kick_fd;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_device_init();
	kick_fd = eventfd(0, EFD_NONBLOCK);
	FUZZ_MUST(kick_fd >= 0 && vc_device_get_loop() == 0);
	return 0;
}

static void
request(struct fuzz_input *in, bool create)
{
	enum fuzz_kind kind = fuzz_u8(in) % FUZZ_KINDS;
	uint8_t which = fuzz_u8(in);
	const struct fuzz_content content = { .room = create ? 15 : 0 };
	struct fuzz_chain c;
	struct wire_bytes b;

	if (create)
		fuzz_create(&b, kind, dev->features);
	else
		fuzz_destroy(&b, kind, dev->sessions.sessions[which % FUZZ_SESSIONS].id,
			     dev->features);
	fuzz_spoil(in, &b);
	fuzz_chain_lay(in, &c, &b, &content);
	fuzz_ring_put(in, &c);
}

static void
kick(void)
{
	eventfd_write(kick_fd, 1);
	while (fuzz_control_run())
		;
}

static void
step(struct fuzz_input *in)
{
	switch (fuzz_u8(in) % 8) {
	case 0:
	case 1:
	case 2:
		request(in, true);
		break;
	case 3:
	case 4:
		request(in, false);
		break;
	case 5:
		kick();
		break;
	case 6:
		fuzz_race(in);
		break;
	default:
		fuzz_ring_spoil(in);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };

	dev = fuzz_device_open(&in);
	vc_loop_lock();
	FUZZ_MUST(fuzz_device_start_control(dev, kick_fd) == 0);
	vc_loop_unlock();
	while (in.left > 0)
		step(&in);
	kick();
	vc_loop_lock();
	vc_ctrlq_stop(&dev->ctrlq);
	vc_loop_unlock();
	fuzz_device_close(dev);
	return 0;
}
