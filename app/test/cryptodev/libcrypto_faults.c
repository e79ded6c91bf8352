/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_malloc.h>

#include "libcrypto_faults.h"

const volatile struct libcrypto_faults *libcrypto_faults;

int
libcrypto_faults_open(void)
{
	const char *path = getenv("LIBCRYPTO_FAULTS");
	void *found;
	int fd;

	if (path == NULL || libcrypto_faults != NULL)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	found = mmap(NULL, sizeof(*libcrypto_faults), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (found == MAP_FAILED)
		return -errno;
	libcrypto_faults = found;
	return 0;
}

int
libcrypto_lates_init(struct libcrypto_lates *lates, uint32_t size)
{
	lates->list = rte_zmalloc(NULL, size * sizeof(*lates->list), 0);
	lates->size = size;
	return lates->list != NULL ? 0 : -ENOMEM;
}

/* Whether a number is one of those that something happens to. */
static bool
hits(uint32_t number, uint32_t every)
{
	return every > 0 && number % every == 0;
}

bool
libcrypto_faults_fail(struct libcrypto_lates *lates)
{
	return hits(++lates->number, libcrypto_faults->error_every);
}

void
libcrypto_lates_add(struct libcrypto_lates *lates, struct rte_crypto_op *op)
{
	lates->list[lates->nb++] = (struct libcrypto_late){
		.op = op,
		.due = rte_get_timer_cycles() +
			libcrypto_faults->late_us * (rte_get_timer_hz() / 1000000),
		.number = lates->number,
	};
}

uint16_t
libcrypto_lates_take(struct libcrypto_lates *lates, struct rte_crypto_op **ops, uint16_t nb)
{
	uint64_t now = rte_get_timer_cycles();
	uint32_t hold_every = libcrypto_faults->hold_every, i, left = 0;
	uint16_t taken = 0;

	for (i = 0; i < lates->nb; i++) {
		struct libcrypto_late late = lates->list[i];

		if (taken < nb && late.due <= now && !hits(late.number, hold_every))
			ops[taken++] = late.op;
		else
			lates->list[left++] = late;
	}
	lates->nb = left;
	return taken;
}
