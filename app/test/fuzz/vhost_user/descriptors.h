/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file File descriptors of all kinds that a front-end can send. */

#ifndef FUZZ_DESCRIPTORS_H
#define FUZZ_DESCRIPTORS_H

#include <stdint.h>

enum fuzz_fd_kind {
	FUZZ_FD_RIGHT, /**< what the message takes; the caller's */
	FUZZ_FD_EVENT,
	FUZZ_FD_EVENT_BLOCKING,
	FUZZ_FD_EVENT_SEMAPHORE,
	FUZZ_FD_EVENT_FULL,	     /**< a write blocks */
	FUZZ_FD_EVENT_FULL_NONBLOCK, /**< a write fails */
	FUZZ_FD_MEM,
	FUZZ_FD_MEM_SEALED,
	FUZZ_FD_MEM_SHORT,
	FUZZ_FD_MEM_EMPTY,
	FUZZ_FD_MEM_READ_ONLY,
	FUZZ_FD_MEM_WRITE_SEALED,
	FUZZ_FD_MEM_HUGE, /**< where the machine has hugepages, else another memfd */
	FUZZ_FD_SHM,
	FUZZ_FD_DISK,
	FUZZ_FD_PIPE_BROKEN, /**< the end to write to, which nobody reads */
	FUZZ_FD_PIPE_FULL,
	FUZZ_FD_PIPE_READ,
	FUZZ_FD_SOCKET,
	FUZZ_FD_DATAGRAM,
	FUZZ_FD_DIRECTORY,
	FUZZ_FD_NULL,
	FUZZ_FD_ZERO,
	FUZZ_FD_PATH,
	FUZZ_FD_EPOLL,
	FUZZ_FD_TIMER,
	FUZZ_FD_KINDS
};

/** A descriptor of a kind, open until fuzz_descriptors_close(); -1 for FUZZ_FD_RIGHT. */
int fuzz_descriptor(uint8_t kind);

/** Closes those of an input. */
void fuzz_descriptors_close(void);

/** A new file of @p size bytes of a kind that can be memory. */
int fuzz_memory_file(enum fuzz_fd_kind kind, uint32_t size);

#endif /* FUZZ_DESCRIPTORS_H */
