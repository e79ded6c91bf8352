/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The host program: three devices on one lcore, of which one has the canary guest. It uses the
 * public interface only.
 */

#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include <stdbool.h>

enum fuzz_host_device {
	FUZZ_HOST_CANARY,
	FUZZ_HOST_DEVICE, /**< of the library's own interface: two data queues, a control queue */
	FUZZ_HOST_DPDK,	  /**< of DPDK's interface, one data queue */
	FUZZ_HOST_DEVICES
};

/** Starts EAL, cryptodevs and devices. */
void fuzz_host_init(void);

/** The socket of a device. */
const char *fuzz_host_path(enum fuzz_host_device device);

/** Says whether the device of the library's own interface is ready. */
void fuzz_host_set_ready(bool ready);

/** What the lcore does in one turn. */
void fuzz_host_poll(void);

#endif /* FUZZ_HOST_H */
