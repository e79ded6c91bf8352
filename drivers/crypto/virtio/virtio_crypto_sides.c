/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "virtio_crypto_sides.h"

bool virtio_crypto_sides_need_fence;

static long
membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

static void
prepare(void)
{
	/* Kernels before 4.14, and some sandboxes, do not have it. */
	virtio_crypto_sides_need_fence = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0;
}

void
virtio_crypto_sides_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, prepare);
}

void
virtio_crypto_sides_fence_all(void)
{
	if (virtio_crypto_sides_need_fence)
		rte_atomic_thread_fence(__ATOMIC_SEQ_CST);
	else
		membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
