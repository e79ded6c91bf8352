/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Keeps the memory table of the back-end up to date. EAL calls with its memory lock held, from
 * whichever thread allocates or frees; the lock of the device is taken within that one.
 */

#include <errno.h>
#include <string.h>

#include <rte_eal_memconfig.h>
#include <rte_memory.h>

#include "virtio_crypto_logs.h"
#include "virtio_user.h"

static void
update(struct virtio_user *vu, const void *gone, size_t gone_len)
{
	struct vhost_user_memory_table now;
	bool again;
	int ret;

	memset(&now, 0, sizeof(now));
	ret = vhost_user_memory_collect(&now, gone, gone_len);

	if (ret != 0 || memcmp(&now, &vu->memory, sizeof(now)) == 0)
		return;
	/* With too many regions the back-end keeps the last table. */
	again = vu->memory.nb > VHOST_USER_MAX_REGIONS && now.nb > VHOST_USER_MAX_REGIONS;
	vu->memory = now;
	if (vu->vu.fd < 0 || again)
		return;
	ret = vhost_user_memory_send(&vu->vu, &now);
	if (ret != 0 && ret != -E2BIG) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: back-end rejected the new memory table: %s",
				  vu->args.path, strerror(-ret));
		vu->tr.ops->fail(&vu->tr);
	}
}

static void
memory_event(enum rte_mem_event event, const void *addr, size_t len, void *arg)
{
	struct virtio_user *vu = arg;
	bool freed = event == RTE_MEM_EVENT_FREE;

	pthread_mutex_lock(&vu->tr.dev->lock);
	update(vu, freed ? addr : NULL, freed ? len : 0);
	pthread_mutex_unlock(&vu->tr.dev->lock);
}

int
virtio_user_memory_follow(struct virtio_user *vu)
{
	int ret;

	/* Registration fails where memory does not change: legacy memory, no hugepages. */
	vu->follows_memory = rte_mem_event_callback_register("virtio_crypto", memory_event, vu) ==
		0;
	rte_mcfg_mem_read_lock();
	pthread_mutex_lock(&vu->tr.dev->lock);
	ret = vhost_user_memory_collect(&vu->memory, NULL, 0);
	pthread_mutex_unlock(&vu->tr.dev->lock);
	rte_mcfg_mem_read_unlock();
	return ret;
}

void
virtio_user_memory_unfollow(struct virtio_user *vu)
{
	if (vu->follows_memory)
		rte_mem_event_callback_unregister("virtio_crypto", vu);
}
