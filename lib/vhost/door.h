/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The door: the socket that a front-end sees.
 *
 * librte_vhost listens on a socket that nobody else can reach; the door connects to it for each
 * front-end, and relays messages and file descriptors, one message at a time and in order. What
 * librte_vhost cannot answer (config space, crypto sessions, in the forms of all front-ends) the
 * door answers itself. The rings never pass it.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_DOOR_H
#define VHOST_CRYPTO_DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "thread.h"
#include "vhost_user_wire.h"

struct rte_vhost_crypto_device;

/** A message on its way, and the file descriptors that belong to it. */
struct vc_message {
	struct vhost_user_header header;
	uint8_t payload[VHOST_USER_MAX_PAYLOAD];
	uint32_t have; /**< bytes received of header and payload */
	uint32_t sent; /**< bytes sent on */
	bool full;     /**< all of it has arrived */
	uint8_t nb_fds;
	int fds[VHOST_USER_MAX_REGIONS];
};

enum vc_door_state {
	VC_DOOR_IDLE, /**< no front-end */
	VC_DOOR_CONNECTED,
	VC_DOOR_CLOSING, /**< the front-end is gone; librte_vhost is still at work for it */
};

struct vc_door {
	struct rte_vhost_crypto_device *dev;
	const char *path;  /**< the front-end's socket; of the device */
	uint32_t mode;	   /**< permission bits of it; 0: what the process has */
	bool client;	   /**< connect to it instead of listening */
	bool shut;	   /**< no further front-end is let in */
	bool awaits_reply; /**< no further request before librte_vhost has answered */
	enum vc_door_state state;
	uint32_t session_ring; /**< vring that tells of a reset, see door_reset.c */
	int64_t stopped_at;    /**< where it stopped, or -1 */
	int inner_fd;	       /**< librte_vhost's socket, as a path that has no name any more */
	int channel_fd;	       /**< where the front-end takes requests, -1: nowhere */
	bool untold;	       /**< it is to hear of a change when its driver uses the device */
	uint64_t agreed;       /**< protocol features that the front-end has accepted */
	struct vc_source listen;
	struct vc_source front;
	struct vc_source back;
	struct vc_message request;
	struct vc_message reply;
};

/**
 * Opens the door.
 *
 * @param door      dev, path and client set, the rest is 0
 * @param inner_fd  O_PATH descriptor of librte_vhost's socket; the door's from here on if this
 *                  succeeds
 * @return 0 or -errno
 */
int vc_door_open(struct vc_door *door, int inner_fd);

/** Sends the front-end away, if there is one; the device is then detached by librte_vhost. */
void vc_door_disconnect(struct vc_door *door);

/** Closes the door for good; nobody must be connected. Does not remove the socket file. */
void vc_door_close(struct vc_door *door);

/** Goes on where the door waits for the device to be detached, or for a front-end to listen. */
void vc_door_continue(struct vc_door *door);

/**
 * Answers a request that librte_vhost is not to see.
 *
 * @param request  the front-end's message, complete
 * @param reply    filled and marked full when there is something to reply
 * @return 1: answered; 0: to be passed on; -1: the front-end is to be sent away
 */
int vc_door_answer(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
		   struct vc_message *reply);

/**
 * Notices by a request that passes to librte_vhost that the guest has reset its device: destroys
 * its sessions. It is here, in the order of messages, that they must not be taken for new ones.
 */
void vc_door_note_request(struct vc_door *door, const struct vc_message *request);

/** Notes from a reply that passes to the front-end where a ring has stopped. */
void vc_door_note_reply(struct vc_door *door, const struct vc_message *reply);

/**
 * Whether a request may be passed on to librte_vhost; a line in the log says why not. If not, the
 * front-end is to be sent away.
 */
bool vc_door_allows(const struct vc_door *door, const struct vc_message *request);

/** Notes from a request that passes to librte_vhost where the front-end takes requests itself. */
void vc_door_note_channel(struct vc_door *door, const struct vc_message *request);

/** Forgets the front-end, which is gone, or not there yet. */
void vc_door_reset_channel(struct vc_door *door);

/**
 * Tells the front-end that the config space has changed, if it is there and wants to know; or, as
 * long as the control queue does not run, notes that this has to be done when it does.
 */
void vc_door_tell_change(struct vc_door *door);

/** Whether vc_door_answer() answers requests of this number. */
bool vc_door_answers(uint32_t request);

/** vc_door_answer() of requests for memory to note what is in flight. */
int vc_door_get_inflight(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
			 struct vc_message *reply);

/** vc_door_answer() of requests to use such memory. */
int vc_door_set_inflight(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
			 struct vc_message *reply);

/** Empties the reply to a request and makes room for @p size bytes of payload. */
void *vc_reply_start(const struct vc_message *request, struct vc_message *reply, uint32_t size);

/** For requests without a reply of their own: only where the front-end asked for one. */
void vc_reply_ack(const struct vc_message *request, struct vc_message *reply, bool failed);

/**
 * Receives more of a message. Exposed for tests, as the next one.
 *
 * @return 1: complete; 0: more has to come; -1: the peer is gone or sent something impossible
 */
int vc_message_receive(int fd, struct vc_message *msg);

/** Sends more of a message. 1: all sent; 0: to be continued; -1: the peer is gone. */
int vc_message_send(int fd, struct vc_message *msg);

/** Forgets a message and closes its file descriptors. */
void vc_message_clear(struct vc_message *msg);

#endif /* VHOST_CRYPTO_DOOR_H */
