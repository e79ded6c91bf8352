/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The vhost-user back-end: the socket that a front-end sees, and every message of it.
 *
 * One table (vhost_user_table.c) has for each message what it may consist of, when it is legal and
 * who handles it. What is not in it ends the connection. The handlers keep the device's own picture
 * of memory, rings and log; nothing of it is taken from librte_vhost, which is told of a guest by
 * messages of our own only (dpdk_guest.h), and only for programs of DPDK's interface.
 *
 * No call here waits for a front-end: sockets do not block, queues are asked to stop and looked at
 * again, and a file descriptor that could block when it is closed is closed by another thread.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_H
#define VHOST_CRYPTO_VHOST_USER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "event_loop.h"
#include "vhost_user_fd.h"
#include "vhost_user_msg.h"

struct rte_vhost_crypto_device;

enum vc_vhost_user_state {
	VC_VHOST_USER_IDLE, /**< no front-end */
	VC_VHOST_USER_CONNECTED,
	VC_VHOST_USER_CLOSING, /**< the front-end is gone; its queues come to rest */
};

/** What tells a socket file from another one of its name. */
struct vc_socket_file {
	dev_t dev;
	ino_t ino;
};

struct vc_vhost_user {
	struct rte_vhost_crypto_device *dev;
	const char *path;     /**< the front-end's socket; of the device */
	uint32_t mode;	      /**< permission bits of it; 0: what the process has */
	gid_t group;	      /**< of it; -1: what the process has */
	bool client;	      /**< connect to it instead of listening */
	bool shut;	      /**< no further front-end is let in */
	bool postponed;	      /**< the next front-end is looked for later */
	bool deferred;	      /**< a request waits for queues to stop */
	bool features_logged; /**< of this connection */
	uint8_t refused;      /**< requests that were refused in this connection */
	uint8_t pause;	      /**< ticks until the next front-end is looked for */
	enum vc_vhost_user_state state;
	uint32_t session_ring;	    /**< vring that tells of a reset, see vhost_user_reset.c */
	int64_t stopped_at;	    /**< where it stopped, or -1 */
	int channel_fd;		    /**< where the front-end takes requests, -1: nowhere */
	bool change_pending;	    /**< to be told of a change when its driver uses the device */
	uint64_t protocol;	    /**< negotiated protocol features */
	struct vc_socket_file file; /**< of the socket */
	struct vc_source listen;
	struct vc_source front;
	struct vc_fd_closer closer; /**< of descriptors that could block */
	struct vc_message request;
	struct vc_message reply;
};

/** What a handler of a message returns. */
enum vc_vhost_user_result {
	VC_VHOST_USER_REJECT = -1, /**< the connection ends */
	VC_VHOST_USER_DEFER = 0,   /**< to be called again when queues have stopped */
	VC_VHOST_USER_DONE = 1,	   /**< handled; replied to where that is due */
};

/**
 * Opens the socket.
 *
 * @param vu  dev, path, mode, group and client set, the rest is 0
 * @return 0 or -errno
 */
int vc_vhost_user_open(struct vc_vhost_user *vu);

/** Ends the connection, if there is one, removes the socket, and lets nobody in any more. */
void vc_vhost_user_disconnect(struct vc_vhost_user *vu);

/** Closes all that is left; nobody is connected. */
void vc_vhost_user_close(struct vc_vhost_user *vu);

/** Goes on where queues were waited for, or a front-end to listen. */
void vc_vhost_user_continue(struct vc_vhost_user *vu);

/** Whether vc_vhost_user_continue() is to be called again soon. */
bool vc_vhost_user_waits(const struct vc_vhost_user *vu);

/**
 * Checks a complete request against the table, and handles it.
 *
 * @param vu  vu->request is the message; vu->reply is filled when there is something to reply
 */
enum vc_vhost_user_result vc_vhost_user_handle(struct vc_vhost_user *vu);

/** The name of a request, for the log. */
const char *vc_vhost_user_name(uint32_t request);

/**
 * Logs why a request is rejected: what was wrong; what would be right.
 *
 * @return VC_VHOST_USER_REJECT
 */
enum vc_vhost_user_result vc_vhost_user_reject(const struct vc_vhost_user *vu, const char *format,
					       ...) __attribute__((format(printf, 2, 3)));

/**
 * Refuses a request after vc_vhost_user_reject(): with a failure as the reply if one was asked for
 * and few were refused before, so that the lines in the log are bounded for a connection.
 */
enum vc_vhost_user_result vc_vhost_user_refuse(struct vc_vhost_user *vu);

/** Whether the front-end has agreed on a protocol feature. */
static inline bool
vc_vhost_user_has(const struct vc_vhost_user *vu, unsigned int feature)
{
	return vu->protocol >> feature & 1;
}

/** @name Handlers of requests, by file */
/**@{*/
/* vhost_user_device.c */
enum vc_vhost_user_result vc_handle_get_features(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_features(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_get_protocol_features(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_protocol_features(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_get_queue_num(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_mem_table(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_log_base(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_log_fd(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_accepted(struct vc_vhost_user *vu);
/* vhost_user_vring.c */
enum vc_vhost_user_result vc_handle_set_vring_num(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_vring_addr(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_vring_base(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_get_vring_base(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_vring_enable(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_vring_kick(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_vring_call(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_vring_err(struct vc_vhost_user *vu);
/* vhost_user_crypto.c */
enum vc_vhost_user_result vc_handle_get_config(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_config(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_create_crypto_session(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_close_crypto_session(struct vc_vhost_user *vu);
/* vhost_user_inflight.c */
enum vc_vhost_user_result vc_handle_get_inflight_fd(struct vc_vhost_user *vu);
enum vc_vhost_user_result vc_handle_set_inflight_fd(struct vc_vhost_user *vu);
/* vhost_user_channel.c */
enum vc_vhost_user_result vc_handle_set_backend_req_fd(struct vc_vhost_user *vu);
/**@}*/

/** @name Reset of the device by its guest: vhost_user_reset.c */
/**@{*/
/** Chooses the ring by which a reset is noticed. */
void vc_vhost_user_choose_session_ring(struct vc_vhost_user *vu, uint64_t features);

/** Notes where a ring has stopped. */
void vc_vhost_user_note_stop(struct vc_vhost_user *vu, uint32_t index, uint16_t base);

/** Notices by the base of a ring that the guest has reset its device: destroys its sessions. */
void vc_vhost_user_note_base(struct vc_vhost_user *vu, uint32_t index, uint16_t base);
/**@}*/

/** @name Requests to the front-end: vhost_user_channel.c */
/**@{*/
/** Closes the channel, and forgets what was to be told. */
void vc_vhost_user_close_channel(struct vc_vhost_user *vu);

/**
 * Tells the front-end that the config space has changed, if it is there and has agreed on that; or,
 * as long as the control queue does not run, notes that this has to be done when it does.
 */
void vc_vhost_user_tell_change(struct vc_vhost_user *vu);
/**@}*/

/** @name The socket file: vhost_user_socket.c */
/**@{*/
/**
 * Listens on a path.
 *
 * @param mode   permission bits, 0: what the process has
 * @param group  -1: what the process has
 * @param file   receives the file that was created
 * @return socket or -errno
 */
int vc_socket_listen(const char *path, mode_t mode, gid_t group, struct vc_socket_file *file);

/** Removes the file that vc_socket_listen() has created, if it is still there. */
void vc_socket_remove(const char *path, const struct vc_socket_file *file);

/** Connects to who listens on a path. @return socket or -errno */
int vc_socket_connect(const char *path);

/** Removes a socket file that nobody listens on any more. */
void vc_socket_remove_stale(const char *path);
/**@}*/

#endif /* VHOST_CRYPTO_VHOST_USER_H */
