/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The vhost-user back-end: the socket of the front-end, and its messages.
 *
 * A table (vhost_user_table.c) defines for each message its size, file descriptors, required
 * protocol feature and handler. Any other message closes the connection. The handlers maintain the
 * device's own state of memory, rings and log. librte_vhost gets no message of the front-end:
 * dpdk_guest.h sends it own ones, for programs of DPDK's interface only.
 *
 * No function waits for the front-end: sockets do not block, queues are drained asynchronously, and
 * another thread closes file descriptors whose close() may block.
 *
 * Thread: the control thread, or with the control lock held.
 */

#ifndef VHOST_CRYPTO_VHOST_USER_H
#define VHOST_CRYPTO_VHOST_USER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "dirty.h"
#include "event_loop.h"
#include "guest_mem.h"
#include "inflight.h"
#include "ring.h"
#include "session.h"
#include "vhost_user_fd.h"
#include "vhost_user_msg.h"
#include "vhost_user_socket.h"

struct rte_vhost_crypto_device;

/** Protocol features that the back-end offers. */
#define VC_PROTOCOL_FEATURES                                                                       \
	((1ULL << VHOST_USER_PROTOCOL_F_MQ) | (1ULL << VHOST_USER_PROTOCOL_F_LOG_SHMFD) |          \
	 (1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK) | (1ULL << VHOST_USER_PROTOCOL_F_BACKEND_REQ) | \
	 (1ULL << VHOST_USER_PROTOCOL_F_CRYPTO_SESSION) | (1ULL << VHOST_USER_PROTOCOL_F_CONFIG) | \
	 (1ULL << VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD))

enum vc_vhost_user_state {
	VC_VHOST_USER_IDLE, /**< not connected */
	VC_VHOST_USER_CONNECTED,
	VC_VHOST_USER_CLOSING, /**< disconnected; its queues drain */
};

/** Operations of the device that its front-end causes. */
struct vc_vhost_user_ops {
	/** A front-end has connected. 0 or -errno. */
	int (*begin_guest)(struct rte_vhost_crypto_device *dev);
	/** Whether requests of a front-end that has connected would be served. */
	bool (*is_served)(const struct rte_vhost_crypto_device *dev);
	/** Drains the queues after the front-end has disconnected. */
	void (*begin_release)(struct rte_vhost_crypto_device *dev);
	/** Releases all that the front-end has handed over; false: in use, call again. */
	bool (*release)(struct rte_vhost_crypto_device *dev);
	/** Drains a queue; false: requests are in flight, call again. */
	bool (*try_stop_queue)(struct rte_vhost_crypto_device *dev, uint32_t index);
	/** Drains all queues. */
	bool (*try_stop_queues)(struct rte_vhost_crypto_device *dev);
	/** Starts a queue if its ring is started and enabled, see vc_device_start_queue(). */
	int (*start_queue)(struct rte_vhost_crypto_device *dev, uint32_t index, const char **fault);
	/** Starts all queues that may run. */
	int (*restart_queues)(struct rte_vhost_crypto_device *dev);
	/** A ring was started or stopped. */
	void (*update_running)(struct rte_vhost_crypto_device *dev);
	/** As vc_session_create(), unless the device is not ready. */
	int (*create_session)(struct rte_vhost_crypto_device *dev,
			      const struct vc_session_params *params, uint64_t *id);
	/** Frees destroyed sessions now, or as soon as no request holds them. */
	void (*reap_sessions)(struct rte_vhost_crypto_device *dev);
};

/** The back-end's view of its device; set once. */
struct vc_vhost_user_env {
	struct vc_mem *mem;
	struct vc_dirty_log *log;
	struct vc_file_map *log_map;
	struct vc_ring *rings;
	struct vc_inflight_dev *inflight;
	struct vc_session_table *sessions;
	const struct virtio_crypto_config *config;
	uint64_t *features;  /**< negotiated virtio features */
	uint64_t offered;    /**< offered virtio features */
	uint64_t max_memory; /**< maximum size of guest memory, 0: no limit */
	uint16_t nb_queues;  /**< data queues */
	uint16_t nb_rings;   /**< data queues and, if there is one, the control queue */
	const bool *
		ctrlq_running; /**< the control queue runs, so the guest's driver uses the device */
	const struct vc_vhost_user_ops *ops;
	struct rte_vhost_crypto_device *dev; /**< argument of the operations */
};

struct vc_vhost_user {
	struct vc_vhost_user_env env;
	const char *path;     /**< path of the socket; owned by the device */
	uint32_t mode;	      /**< permission bits of the socket; 0: by umask */
	gid_t group;	      /**< group of the socket; -1: that of the process */
	bool client;	      /**< connect to the socket instead of listening */
	bool shut;	      /**< no further front-end is accepted */
	bool postponed;	      /**< accepting the next front-end is postponed */
	bool deferred;	      /**< a request is deferred until queues have stopped */
	bool features_logged; /**< logged for this connection */
	uint8_t nb_failures;  /**< requests of this connection answered with a failure */
	uint8_t pause;	      /**< ticks until the next front-end is accepted */
	enum vc_vhost_user_state state;
	uint32_t session_ring; /**< ring whose base indicates a reset, see vhost_user_reset.c */
	int64_t stopped_at;    /**< base at which it stopped, or -1 */
	int channel_fd;	       /**< back-end channel, -1: none */
	bool change_pending;   /**< a config change notification is pending */
	uint64_t protocol;     /**< negotiated protocol features */
	struct vc_socket_file file; /**< identity of the socket file */
	struct vc_source listen;
	struct vc_source front;
	struct vc_fd_closer closer; /**< closes descriptors whose close() may block */
	struct vc_message request;
	struct vc_message reply;
};

/** Result of a handler. */
enum vc_vhost_user_result {
	VC_VHOST_USER_REJECT = -1, /**< close the connection */
	VC_VHOST_USER_DEFER = 0,   /**< call again when queues have stopped */
	VC_VHOST_USER_DONE = 1,	   /**< handled, and replied to if required */
};

/**
 * Checks a complete request against the table, and handles it.
 *
 * @param vu  vu->request is the message; vu->reply is filled if there is a reply
 */
enum vc_vhost_user_result vc_vhost_user_handle(struct vc_vhost_user *vu);

/** @name Answers to a request: vhost_user_reply.c */
/**@{*/
/** Accepts a request; acknowledges it if the front-end requests that. */
enum vc_vhost_user_result vc_vhost_user_accept(struct vc_vhost_user *vu);

/**
 * Logs why a request is rejected: what is wrong; what is required.
 *
 * @return VC_VHOST_USER_REJECT
 */
enum vc_vhost_user_result vc_vhost_user_reject(const struct vc_vhost_user *vu, const char *format,
					       ...) __attribute__((format(printf, 2, 3)));

/**
 * Replies a failure after vc_vhost_user_reject(), instead of closing the connection: if a reply was
 * requested, and for a bounded number of requests per connection, which bounds the log.
 */
enum vc_vhost_user_result vc_vhost_user_reply_failure(struct vc_vhost_user *vu);
/**@}*/

/** Whether a ring is started, enabled or not. */
bool vc_vhost_user_has_started_ring(const struct vc_vhost_user *vu);

/** Unmaps guest memory, in another thread if that takes time. No queue runs. */
void vc_vhost_user_unmap_memory(struct vc_vhost_user *vu);

/** Unmaps the dirty log in the same way. */
void vc_vhost_user_unmap_log(struct vc_vhost_user *vu);

/** Whether a protocol feature was negotiated. */
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

/** @name Detection of a device reset: vhost_user_reset.c */
/**@{*/
/** Chooses the ring whose base indicates a reset. */
void vc_vhost_user_choose_session_ring(struct vc_vhost_user *vu, uint64_t features);

/** Saves the base at which a ring has stopped. */
void vc_vhost_user_save_base(struct vc_vhost_user *vu, uint32_t index, uint16_t base);

/** Detects a reset by the base of a ring, and makes the sessions dormant then. */
void vc_vhost_user_check_base(struct vc_vhost_user *vu, uint32_t index, uint16_t base);
/**@}*/

/** @name Requests to the front-end: vhost_user_channel.c */
/**@{*/
/** Closes the back-end channel and drops a pending notification. */
void vc_vhost_user_close_channel(struct vc_vhost_user *vu);

/**
 * Notifies the front-end of a changed config space if that was negotiated. While the control queue
 * is stopped, the notification stays pending.
 */
void vc_vhost_user_send_config_change(struct vc_vhost_user *vu);

/** Sends a pending notification; the control queue has started. */
void vc_vhost_user_send_pending_change(struct vc_vhost_user *vu);
/**@}*/

#endif /* VHOST_CRYPTO_VHOST_USER_H */
