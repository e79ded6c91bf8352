/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * What librte_vhost gets to see of a guest, for programs of DPDK's own interface: they learn from
 * its callbacks that a guest is there and that it works, and name it by its number.
 *
 * librte_vhost was not written for a front-end that means harm. So it never gets a message of the
 * front-end's, nor any of its memory, rings or file descriptors: this is a front-end of our own,
 * with a small ring in memory of our own, which connects, starts and stops when the guest does.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_DPDK_GUEST_H
#define VHOST_CRYPTO_DPDK_GUEST_H

#include <stdbool.h>

#include "event_loop.h"

struct vc_dpdk_guest {
	int inner_fd;		 /**< librte_vhost's socket, as a path that has no name; -1: none */
	bool answered;		 /**< librte_vhost has answered on this connection */
	const char *path;	 /**< of the device, for the log */
	bool running;		 /**< librte_vhost was told that its ring works */
	bool wanted;		 /**< it is to know that */
	uint8_t owed;		 /**< bytes of its reply to that the ring has stopped */
	struct vc_source back;	 /**< connection to librte_vhost */
	void (*gone)(void *arg); /**< librte_vhost has ended its side */
	void *arg;
};

/** Connects to librte_vhost for a front-end. 0 or -errno. */
int vc_dpdk_guest_connect(struct vc_dpdk_guest *guest);

/**
 * Starts or stops the ring; librte_vhost then calls new_device or destroy_device. While it has not
 * done so for the last stop it is told nothing, and then only what is the case by then: a
 * front-end may start and stop its ring faster than librte_vhost reads.
 */
void vc_dpdk_guest_set_running(struct vc_dpdk_guest *guest, bool running);

/** Ends the connection; guest->gone is called when librte_vhost has ended its side, too. */
void vc_dpdk_guest_disconnect(struct vc_dpdk_guest *guest);

/**
 * Whether librte_vhost serves the connection. Up to 24.03 it notices a socket up to a second after
 * rte_vhost_driver_start(): its thread sleeps in poll() on the sockets from before.
 */
static inline bool
vc_dpdk_guest_is_served(const struct vc_dpdk_guest *guest)
{
	return guest->answered;
}

/** Whether there is no connection. */
static inline bool
vc_dpdk_guest_is_gone(const struct vc_dpdk_guest *guest)
{
	return guest->back.fd < 0;
}

#endif /* VHOST_CRYPTO_DPDK_GUEST_H */
