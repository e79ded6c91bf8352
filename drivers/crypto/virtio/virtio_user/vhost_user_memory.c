/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "vhost_user_memory.h"
#include "virtio_crypto_logs.h"

/* What a walk over EAL's memory segments needs. */
struct walk {
	struct vhost_user_memory_table *table;
	uintptr_t gone;
	uintptr_t gone_end;
};

/*
 * Adds a segment to the table. Segments of one mapping of one file become one region, including
 * holes between them: holes cost address space only, and the number of regions is limited.
 */
static void
add_region(struct vhost_user_memory_table *table, uint64_t addr, uint64_t size, uint64_t offset,
	   int fd)
{
	unsigned int i, n = RTE_MIN(table->nb, (unsigned int)VHOST_USER_MAX_REGIONS);
	struct vhost_user_region *r;
	uint64_t end;

	for (i = 0; i < n; i++) {
		r = &table->regions[i];
		if (table->fds[i] != fd || r->userspace_addr - r->mmap_offset != addr - offset)
			continue;
		end = RTE_MAX(r->userspace_addr + r->memory_size, addr + size);
		r->mmap_offset = RTE_MIN(r->mmap_offset, offset);
		r->userspace_addr = RTE_MIN(r->userspace_addr, addr);
		r->guest_phys_addr = r->userspace_addr;
		r->memory_size = end - r->userspace_addr;
		return;
	}
	if (table->nb++ < VHOST_USER_MAX_REGIONS) {
		table->fds[i] = fd;
		table->regions[i] = (struct vhost_user_region){ addr, size, addr, offset };
	}
}

static int
add_segment(const struct rte_memseg_list *msl, const struct rte_memseg *ms, void *arg)
{
	uintptr_t addr = (uintptr_t)ms->addr;
	struct walk *walk = arg;
	size_t offset;
	int fd;

	/* EAL has no file of external memory. Its data has to be copied to be processed. */
	if (msl->external || (addr >= walk->gone && addr < walk->gone_end))
		return 0;
	fd = rte_memseg_get_fd_thread_unsafe(ms);
	if (fd < 0 || rte_memseg_get_fd_offset_thread_unsafe(ms, &offset) < 0) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "cannot share memory at %p (%s): use hugepages, or --no-huge "
				  "with a kernel that has memfd_create()",
				  ms->addr, rte_strerror(rte_errno));
		return -ENOTSUP;
	}
	add_region(walk->table, addr, ms->len, offset, fd);
	return 0;
}

int
vhost_user_memory_collect(struct vhost_user_memory_table *table, const void *gone, size_t gone_len)
{
	struct walk walk = {
		.table = table,
		.gone = (uintptr_t)gone,
		.gone_end = (uintptr_t)gone + gone_len,
	};

	table->nb = 0;
	return rte_memseg_walk_thread_unsafe(add_segment, &walk);
}

int
vhost_user_memory_send(struct vhost_user *vu, const struct vhost_user_memory_table *table)
{
	struct vhost_user_memory memory = { .nregions = table->nb };

	if (table->nb > VHOST_USER_MAX_REGIONS) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "DPDK memory has %u regions, vhost-user supports %u: use "
				  "--single-file-segments, 1 GiB pages, or --no-huge",
				  table->nb, VHOST_USER_MAX_REGIONS);
		return -E2BIG;
	}
	memcpy(memory.regions, table->regions, table->nb * sizeof(table->regions[0]));
	return vhost_user_set(vu, VHOST_USER_SET_MEM_TABLE, &memory,
			      offsetof(struct vhost_user_memory, regions) +
				      table->nb * sizeof(memory.regions[0]),
			      table->fds, table->nb);
}
