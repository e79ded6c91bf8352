/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "descriptors.h"
#include "fuzz_input.h"

#define FILE_SIZE (1u << 20)
#define HUGE_PAGE (2u << 20)

/* Of this input: the number plus 1. */
static int opened[FUZZ_FD_KINDS];

static int
sized(int fd, uint32_t size)
{
	FUZZ_MUST(fd >= 0 && ftruncate(fd, size) == 0);
	return fd;
}

static int
named_file(char *path, uint32_t size)
{
	int fd = mkostemp(path, O_CLOEXEC);

	FUZZ_MUST(fd >= 0);
	unlink(path);
	return sized(fd, size);
}

static int
sealed_file(uint32_t size, int seals)
{
	int fd = sized(memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING), size);

	FUZZ_MUST(fcntl(fd, F_ADD_SEALS, seals) == 0);
	return fd;
}

/* A hugepage has to be there not only when it is asked for, but also when it is touched. */
static int
huge_file(uint32_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);

	if (fd >= 0 && fallocate(fd, 0, 0, HUGE_PAGE) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return sealed_file(size, F_SEAL_SEAL);
}

static int
read_only_file(void)
{
	char path[64];
	int fd = sealed_file(FILE_SIZE, F_SEAL_SHRINK), again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	FUZZ_MUST(again >= 0);
	close(fd);
	return again;
}

int
fuzz_memory_file(enum fuzz_fd_kind kind, uint32_t size)
{
	switch (kind) {
	case FUZZ_FD_MEM_SEALED:
		return sealed_file(size, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	case FUZZ_FD_MEM_HUGE:
		return huge_file(size);
	case FUZZ_FD_SHM:
		return named_file((char[]){ "/dev/shm/fuzz_XXXXXX" }, size);
	case FUZZ_FD_DISK:
		return named_file((char[]){ "/var/tmp/fuzz_XXXXXX" }, size);
	default:
		return sized(memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING), size);
	}
}

static int
full_event(int flags)
{
	int fd = eventfd(0, EFD_CLOEXEC | flags);

	FUZZ_MUST(fd >= 0 && eventfd_write(fd, UINT64_MAX - 1) == 0);
	return fd;
}

static int
pipe_end(int end)
{
	int ends[2];

	FUZZ_MUST(pipe2(ends, O_CLOEXEC) == 0);
	close(ends[!end]);
	return ends[end];
}

/* The end that nobody reads is kept open by none but a descriptor under way. */
static int
full_pipe(void)
{
	char path[64], page[4096] = { 0 };
	int ends[2], fd;

	FUZZ_MUST(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	while (write(ends[1], page, sizeof(page)) > 0)
		;
	/* For reading and writing: such a pipe always has a reader. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	FUZZ_MUST(fd >= 0);
	close(ends[0]);
	close(ends[1]);
	return fd;
}

static int
socket_end(int type)
{
	int ends[2];

	FUZZ_MUST(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) == 0);
	close(ends[1]);
	return ends[0];
}

static int
make(enum fuzz_fd_kind kind)
{
	switch (kind) {
	case FUZZ_FD_EVENT_BLOCKING:
		return eventfd(0, EFD_CLOEXEC);
	case FUZZ_FD_EVENT_SEMAPHORE:
		return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	case FUZZ_FD_EVENT_FULL:
		return full_event(0);
	case FUZZ_FD_EVENT_FULL_NONBLOCK:
		return full_event(EFD_NONBLOCK);
	case FUZZ_FD_MEM:
	case FUZZ_FD_MEM_SEALED:
	case FUZZ_FD_MEM_HUGE:
	case FUZZ_FD_SHM:
	case FUZZ_FD_DISK:
		return fuzz_memory_file(kind, FILE_SIZE);
	case FUZZ_FD_MEM_SHORT:
		return fuzz_memory_file(FUZZ_FD_MEM, 4096);
	case FUZZ_FD_MEM_EMPTY:
		return fuzz_memory_file(FUZZ_FD_MEM, 0);
	case FUZZ_FD_MEM_READ_ONLY:
		return read_only_file();
	case FUZZ_FD_MEM_WRITE_SEALED:
		return sealed_file(FILE_SIZE, F_SEAL_WRITE);
	case FUZZ_FD_PIPE_BROKEN:
		return pipe_end(1);
	case FUZZ_FD_PIPE_FULL:
		return full_pipe();
	case FUZZ_FD_PIPE_READ:
		return pipe_end(0);
	case FUZZ_FD_SOCKET:
		return socket_end(SOCK_STREAM);
	case FUZZ_FD_DATAGRAM:
		return socket_end(SOCK_DGRAM);
	case FUZZ_FD_DIRECTORY:
		return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	case FUZZ_FD_NULL:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case FUZZ_FD_ZERO:
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	case FUZZ_FD_PATH:
		return open("/dev/null", O_PATH | O_CLOEXEC);
	case FUZZ_FD_EPOLL:
		return epoll_create1(EPOLL_CLOEXEC);
	case FUZZ_FD_TIMER:
		return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	default:
		return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	}
}

int
fuzz_descriptor(uint8_t kind)
{
	kind %= FUZZ_FD_KINDS;
	if (kind == FUZZ_FD_RIGHT)
		return -1;
	if (opened[kind] == 0) {
		opened[kind] = make(kind) + 1;
		FUZZ_MUST(opened[kind] > 0);
	}
	return opened[kind] - 1;
}

void
fuzz_descriptors_close(void)
{
	unsigned int kind;

	for (kind = 0; kind < FUZZ_FD_KINDS; kind++) {
		if (opened[kind] > 0)
			close(opened[kind] - 1);
		opened[kind] = 0;
	}
}
