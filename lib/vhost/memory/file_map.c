/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "file_map.h"
#include "sigbus.h"

/* Page size of a file in memory; of hugetlbfs, its hugepage size. */
static uint64_t
file_page(const struct stat *st)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	return RTE_MAX(page, (uint64_t)st->st_blksize);
}

const char *
vc_file_find_fault(int fd, uint64_t offset, uint64_t size)
{
	struct stat st;
	uint64_t end;

	/*
	 * Only files of shmem and hugetlbfs have seals. F_GET_SEALS never blocks, whatever the
	 * file.
	 */
	if (fcntl(fd, F_GET_SEALS) < 0)
		return "its file is not in memory; use memfd, /dev/shm or hugetlbfs";
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR)
		return "its file is not open for reading and writing; both are "
		       "required";
	if (fstat(fd, &st) != 0)
		return "fstat() of its file fails; use memfd, /dev/shm or hugetlbfs";
	if (!S_ISREG(st.st_mode))
		return "its file is not a regular file; use memfd, /dev/shm or "
		       "hugetlbfs";
	if (__builtin_add_overflow(offset, size, &end) || end > (uint64_t)st.st_size)
		return "its file is too short; offset and size must lie in it";
	return NULL;
}

/* A file that is sealed against shrinking, or against further seals, stays as it is. */
static void
seal_against_shrinking(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals >= 0 && !(seals & (F_SEAL_SEAL | F_SEAL_SHRINK)))
		(void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
}

int
vc_file_map(struct vc_file_map *map, int fd, uint64_t offset, uint64_t size)
{
	struct stat st;
	uint64_t page, start, len;
	void *addr;
	int ret;

	memset(map, 0, sizeof(*map));
	if (fstat(fd, &st) != 0)
		return -errno;
	page = file_page(&st);
	start = RTE_ALIGN_FLOOR(offset, page);
	len = RTE_ALIGN_CEIL(offset - start + size, page);
	if (len < size)
		return -EINVAL;
	seal_against_shrinking(fd);
	addr = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, start);
	if (addr == MAP_FAILED)
		return -errno;
	ret = vc_sigbus_guard(addr, len);
	if (ret < 0) {
		munmap(addr, len);
		return ret;
	}
	/* Guest memory holds keys and data; keep it out of core dumps. */
	(void)madvise(addr, len, MADV_DONTDUMP);
	*map = (struct vc_file_map){
		.data = (uint8_t *)addr + (offset - start),
		.start = addr,
		.len = len,
		.guard = ret,
	};
	return 0;
}

struct iovec
vc_file_release(struct vc_file_map *map)
{
	const struct iovec mapping = { .iov_base = map->start, .iov_len = map->len };

	/* Before munmap(): the address may be reused by another mapping afterwards. */
	if (map->data != NULL)
		vc_sigbus_unguard(map->guard);
	memset(map, 0, sizeof(*map));
	return mapping;
}

void
vc_file_unmap(struct vc_file_map *map)
{
	const struct iovec mapping = vc_file_release(map);

	if (mapping.iov_len > 0)
		munmap(mapping.iov_base, mapping.iov_len);
}

bool
vc_file_lost(const struct vc_file_map *map)
{
	return map->data != NULL && vc_sigbus_lost(map->guard);
}
