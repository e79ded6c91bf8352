/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A guest as librte_vhost sees it, for programs of DPDK's interface: librte_vhost's callbacks
 * notify them of guests, and identify a guest by its vhost device number.
 *
 * librte_vhost is not hardened against a malicious front-end, so it gets no message, memory, ring
 * or file descriptor of the front-end. Instead, this internal front-end with a small ring in its
 * own memory connects, starts and stops when the guest does.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_DPDK_GUEST_H
#define VHOST_CRYPTO_DPDK_GUEST_H

#include <stdbool.h>

#include "event_loop.h"

struct vc_dpdk_guest {
	int inner_fd;	       /**< O_PATH descriptor of librte_vhost's unlinked socket; -1: none */
	bool answered;	       /**< librte_vhost has replied on this connection */
	const char *path;      /**< path of the device's socket, for the log */
	bool running;	       /**< the ring is started in librte_vhost */
	bool wanted;	       /**< requested state of running */
	uint8_t owed;	       /**< outstanding bytes of the reply to GET_VRING_BASE */
	struct vc_source back; /**< connection to librte_vhost */
	void (*gone)(void *arg); /**< called when librte_vhost has closed its side */
	void *arg;
};

/** Connects to librte_vhost for a front-end. 0 or -errno. */
int vc_dpdk_guest_connect(struct vc_dpdk_guest *guest);

/**
 * Starts or stops the ring; librte_vhost then calls new_device or destroy_device. Until
 * librte_vhost has processed the last stop, nothing is sent, and then only the latest state: a
 * front-end may start and stop its ring faster than librte_vhost reads.
 */
void vc_dpdk_guest_set_running(struct vc_dpdk_guest *guest, bool running);

/** Closes the connection; guest->gone is called when librte_vhost has closed its side, too. */
void vc_dpdk_guest_disconnect(struct vc_dpdk_guest *guest);

/**
 * Whether librte_vhost serves the connection. Up to 24.03 it accepts the first connection up to a
 * second after rte_vhost_driver_start(), because its thread sleeps in poll() on the previous
 * sockets.
 */
static inline bool
vc_dpdk_guest_is_served(const struct vc_dpdk_guest *guest)
{
	return guest->answered;
}

/** Whether the connection is closed. */
static inline bool
vc_dpdk_guest_is_gone(const struct vc_dpdk_guest *guest)
{
	return guest->back.fd < 0;
}

#endif /* VHOST_CRYPTO_DPDK_GUEST_H */
