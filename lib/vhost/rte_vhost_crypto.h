/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * A virtio-crypto device in userspace: vhost-user on one side, DPDK cryptodevs on the other.
 *
 * There are two interfaces. New programs register a socket together with a set of cryptodevs
 * (rte_vhost_crypto_device_register()) and call rte_vhost_crypto_queue_poll() from their lcores; if
 * lcores sleep, they also call rte_vhost_crypto_queue_arm(). Programs written for the library of
 * the same name in DPDK use the second interface, and move crypto operations between virtqueue and
 * cryptodev themselves.
 *
 * "Section" is a section of "Crypto Device" in the virtio specification.
 */

#ifndef RTE_VHOST_CRYPTO_H
#define RTE_VHOST_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <rte_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rte_mempool;
struct rte_crypto_op;

/** Maximum number of data queues of a device. */
#define RTE_VHOST_CRYPTO_MAX_QUEUES 64
/** Maximum number of cryptodevs of a device. */
#define RTE_VHOST_CRYPTO_MAX_CDEVS 8
/** Maximum number of requests per call of rte_vhost_crypto_queue_poll(). */
#define RTE_VHOST_CRYPTO_MAX_BURST 128
/** Default number of sessions of a device. */
#define RTE_VHOST_CRYPTO_DEFAULT_SESSIONS 1024
/**
 * Default max_size in bytes, the limit of variable-length content per request: 1 MiB of data, in
 * and out, and what accompanies it.
 */
#define RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE ((2u << 20) + 4096)

/** Connect to a front-end that listens on the path, instead of listening there. */
#define RTE_VHOST_CRYPTO_F_CLIENT (1u << 0)
/**
 * Let cryptodevs work on private copies of the guest's data. Cryptodevs that cannot access guest
 * memory, hardware above all, do so anyway.
 */
#define RTE_VHOST_CRYPTO_F_COPY (1u << 1)
/** Never notify guests, because all of them poll their rings. */
#define RTE_VHOST_CRYPTO_F_GUEST_POLLING (1u << 2)
/** Do not offer service AKCIPHER: crypto_openssl never frees the RSA keys of its sessions. */
#define RTE_VHOST_CRYPTO_F_NO_AKCIPHER (1u << 3)
/** Give the socket the group socket_group. */
#define RTE_VHOST_CRYPTO_F_SOCKET_GROUP (1u << 4)

/** Configuration of a device; copied by the call. */
struct rte_vhost_crypto_device_conf {
	uint16_t nb_queues; /**< data queues, 1 to RTE_VHOST_CRYPTO_MAX_QUEUES */
	uint8_t nb_cdevs;   /**< cryptodevs, 1 to RTE_VHOST_CRYPTO_MAX_CDEVS */
	/**
	 * The cryptodevs, nb_cdevs of them, configured and started. A session is created on the
	 * first one that supports it, so the device offers the union of their algorithms.
	 */
	const uint8_t *cdev_ids;
	/**
	 * The queue pair that each data queue uses on each cryptodev: nb_queues times nb_cdevs of
	 * them, those of data queue 0 first. Data queues that share one, of whatever
	 * devices, must be polled by the same lcore.
	 */
	const uint16_t *qp_ids;
	/**
	 * For lcores that sleep: for each data queue the epoll instance that receives its events,
	 * and stays open as long as the device is registered. Queues of one lcore share theirs.
	 * NULL: the queues are polled all the time. See rte_vhost_crypto_queue_arm().
	 */
	const int *epoll_fds;
	uint32_t nb_sessions; /**< at most 65536; 0: RTE_VHOST_CRYPTO_DEFAULT_SESSIONS */
	/**
	 * max_size of the config space in bytes, at most 256 MiB; 0:
	 * RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE. Both are limited to what the cryptodevs can process.
	 */
	uint32_t max_size;
	uint32_t flags; /**< RTE_VHOST_CRYPTO_F_* */
	int socket_id;	/**< NUMA node of the device's memory, or SOCKET_ID_ANY */
	/**
	 * Feature bits that the device must not offer. Without VIRTIO_CRYPTO_F_REVISION_1 it does
	 * not offer the stateless modes either, which require it. VIRTIO_F_VERSION_1 and
	 * VHOST_USER_F_PROTOCOL_FEATURES cannot be disabled.
	 */
	uint64_t disabled_features;
	/**
	 * Maximum size of guest memory in bytes; the connection of a front-end that shares more is
	 * closed. 0: 4 TiB.
	 */
	uint64_t max_memory;
	/**
	 * Permission bits of the socket, 01 to 0777; 0: 0600, so that only the user of this process
	 * can connect. Any process that can write to the socket can be a front-end.
	 */
	uint32_t socket_mode;
	/** Group of the socket, with RTE_VHOST_CRYPTO_F_SOCKET_GROUP; otherwise ignored. */
	gid_t socket_group;
};

/** Counters of one data queue, from rte_vhost_crypto_queue_stats_get(). */
struct rte_vhost_crypto_queue_stats {
	uint64_t requests;  /**< popped from the virtqueue */
	uint64_t completed; /**< completed with status OK */
	uint64_t failed;    /**< completed with another status */
	/** invalid chains; each is among the failed requests, or has stopped the queue */
	uint64_t bad_chains;
	uint64_t ring_errors; /**< times that the queue was stopped by an invalid ring */
	uint64_t notified;    /**< notifications sent to the guest */
	uint32_t in_flight;   /**< requests popped and not yet completed */
};

/** A registered device. */
struct rte_vhost_crypto_device;

/**
 * Creates a virtio-crypto device and opens its socket.
 *
 * One front-end is served at a time; when it disconnects, its sessions are destroyed and the next
 * one is accepted. A socket file on which no process listens any more is replaced.
 *
 * Thread: any, not a data lcore while it polls.
 *
 * @param path  socket, at most 107 characters
 * @param conf  see struct rte_vhost_crypto_device_conf
 * @return the device, or NULL with rte_errno set: EINVAL (invalid conf, see the log), ENODEV (a
 *         cryptodev does not exist), ENOMEM, EADDRINUSE (another process listens on the path), or
 *         an error of the socket or of an epoll instance
 *
 * @code{.c}
 * static struct rte_vhost_crypto_device *
 * open_device(const char *path, uint8_t cryptodev, uint16_t queue_pair)
 * {
 * 	const struct rte_vhost_crypto_device_conf conf = {
 * 		.nb_queues = 1,
 * 		.nb_cdevs = 1,
 * 		.cdev_ids = &cryptodev,
 * 		.qp_ids = &queue_pair,
 * 		.socket_id = SOCKET_ID_ANY,
 * 	};
 * 	struct rte_vhost_crypto_device *dev;
 *
 * 	dev = rte_vhost_crypto_device_register(path, &conf);
 * 	if (dev == NULL)
 * 		fprintf(stderr, "%s: %s\n", path, rte_strerror(rte_errno));
 * 	return dev;
 * }
 * @endcode
 */
__rte_experimental struct rte_vhost_crypto_device *
rte_vhost_crypto_device_register(const char *path, const struct rte_vhost_crypto_device_conf *conf);

/**
 * Disconnects the front-end and removes the socket.
 *
 * Waits until requests in flight have completed, so the data queues must be polled until this
 * returns; polling them afterwards does nothing.
 *
 * Thread: any but one that polls a queue of the device.
 *
 * @param dev  device
 *
 * @code{.c}
 * static volatile bool polling = true; // each worker polls as long as this is true
 *
 * static void
 * close_device(struct rte_vhost_crypto_device *dev)
 * {
 * 	rte_vhost_crypto_device_stop(dev); // the workers still poll
 * 	polling = false;
 * 	rte_eal_mp_wait_lcore();
 * 	rte_vhost_crypto_device_unregister(dev);
 * }
 * @endcode
 */
__rte_experimental void rte_vhost_crypto_device_stop(struct rte_vhost_crypto_device *dev);

/**
 * Frees a device, which no lcore may poll any more.
 *
 * Calls rte_vhost_crypto_device_stop() first unless that was done; requests that are in flight then
 * must still be polled.
 *
 * @param dev  device or NULL; invalid afterwards
 *
 * @code{.c}
 * static void
 * give_up_device(struct rte_vhost_crypto_device **dev)
 * {
 * 	rte_vhost_crypto_device_unregister(*dev); // no lcore has polled it yet
 * 	*dev = NULL;
 * }
 * @endcode
 */
__rte_experimental void rte_vhost_crypto_device_unregister(struct rte_vhost_crypto_device *dev);

/**
 * Sets whether a device is ready (VIRTIO_CRYPTO_S_HW_READY); a registered device is.
 *
 * For maintenance: a device that is not ready creates no sessions, and drivers send it no requests.
 * Requests that they have sent nevertheless are served, so the data queues must be polled as
 * before; sessions can be destroyed. The front-end is notified of the change as soon as the control
 * queue runs if VHOST_USER_PROTOCOL_F_CONFIG and VHOST_USER_PROTOCOL_F_BACKEND_REQ were negotiated;
 * others may read the config space. Each change is logged, and so is the first session that is
 * rejected after it. The state persists when the front-end disconnects.
 *
 * Thread: any.
 *
 * @param dev    device
 * @param ready  whether the device is ready
 * @return 0, or -EINVAL: @p dev is NULL
 *
 * @code{.c}
 * static struct rte_vhost_crypto_device *maintained;
 *
 * static void
 * begin_maintenance(void)
 * {
 * 	if (rte_vhost_crypto_device_set_ready(maintained, false) != 0)
 * 		fprintf(stderr, "no such device\n");
 * }
 * @endcode
 */
__rte_experimental int rte_vhost_crypto_device_set_ready(struct rte_vhost_crypto_device *dev,
							 bool ready);

/**
 * Polls a data queue once: pops requests, enqueues them on the cryptodevs, dequeues from the
 * cryptodevs and completes requests.
 *
 * Never blocks. A queue without a guest costs one load. Each call has a poll budget: at most
 * @p burst requests, 1 MiB of data, in and out, or one asymmetric request. So no queue occupies an
 * lcore for long that serves others as well.
 *
 * Devices whose queues are polled by the same lcore share its time. Each is charged the cost of its
 * polls, and a queue of a device that is ahead of others with requests is deferred: until they have
 * caught up, it pops no requests, and the call returns at once.
 *
 * Thread: one lcore at a time for each queue, and for all queues that share a queue pair.
 *
 * @param dev    device
 * @param queue  data queue, less than nb_queues
 * @param burst  maximum number of requests to pop, at most RTE_VHOST_CRYPTO_MAX_BURST
 * @return requests popped plus requests completed; 0: none, or the queue is deferred and
 *         rte_vhost_crypto_queue_arm() returns -EAGAIN for those that are available
 *
 * @code{.c}
 * struct worker {
 * 	struct rte_vhost_crypto_device *dev;
 * 	uint16_t nb_queues;
 * 	volatile bool stop;
 * };
 *
 * static int
 * poll_queues(void *arg) // for rte_eal_remote_launch()
 * {
 * 	struct worker *worker = arg;
 *
 * 	while (!worker->stop)
 * 		for (uint16_t queue = 0; queue < worker->nb_queues; queue++)
 * 			rte_vhost_crypto_queue_poll(worker->dev, queue,
 * 						    RTE_VHOST_CRYPTO_MAX_BURST);
 * 	return 0;
 * }
 * @endcode
 */
__rte_experimental uint16_t rte_vhost_crypto_queue_poll(struct rte_vhost_crypto_device *dev,
							uint16_t queue, uint16_t burst);

/**
 * Arms the events of a data queue before its lcore sleeps.
 *
 * The queue's epoll instance then has an event when the guest kicks the queue, or when the queue is
 * started. Events are edge-triggered, their data.ptr is the device, and nothing must be read. There
 * may be spurious events, also before this call.
 *
 * The lcore arms all of its queues, and waits only if each call returns 0. Otherwise, and after it
 * has waited, it disarms those that it has armed, and polls. An armed queue may be polled, but the
 * guest then kicks needlessly.
 *
 * Thread: the lcore that polls the queue.
 *
 * @param dev    device
 * @param queue  data queue, less than nb_queues
 * @return 0; -EAGAIN: requests are available, or in flight, because cryptodevs have no events;
 *         -ENOTSUP: the queue must be polled, because it has no epoll instance, or the front-end no
 *         kick eventfd for it; -EINVAL: no such queue
 *
 * @code{.c}
 * static void
 * sleep_until_event(struct rte_vhost_crypto_device *dev, uint16_t nb_queues, int epoll_fd)
 * {
 * 	struct epoll_event events[8];
 * 	uint16_t queue;
 *
 * 	for (queue = 0; queue < nb_queues; queue++)
 * 		if (rte_vhost_crypto_queue_arm(dev, queue) != 0)
 * 			break;
 * 	if (queue == nb_queues)
 * 		epoll_wait(epoll_fd, events, RTE_DIM(events), -1);
 * 	while (queue-- > 0)
 * 		rte_vhost_crypto_queue_disarm(dev, queue);
 * }
 * @endcode
 */
__rte_experimental int rte_vhost_crypto_queue_arm(struct rte_vhost_crypto_device *dev,
						  uint16_t queue);

/**
 * Undoes rte_vhost_crypto_queue_arm(): disables the guest's kicks while the queue is polled.
 *
 * Thread: the lcore that polls the queue.
 *
 * @param dev    device
 * @param queue  data queue
 *
 * @code{.c}
 * static void
 * sleep_a_millisecond(struct rte_vhost_crypto_device *dev, int epoll_fd)
 * {
 * 	struct epoll_event event;
 *
 * 	if (rte_vhost_crypto_queue_arm(dev, 0) != 0)
 * 		return;
 * 	epoll_wait(epoll_fd, &event, 1, 1);
 * 	rte_vhost_crypto_queue_disarm(dev, 0);
 * }
 * @endcode
 */
__rte_experimental void rte_vhost_crypto_queue_disarm(struct rte_vhost_crypto_device *dev,
						      uint16_t queue);

/**
 * Copies the counters of a data queue, which start at the registration of the device.
 *
 * Thread: any.
 *
 * @param dev    device
 * @param queue  data queue, less than nb_queues
 * @param stats  receives the counters
 * @return 0, or -EINVAL: no such queue
 *
 * @code{.c}
 * static void
 * print_counters(struct rte_vhost_crypto_device *dev, uint16_t queue)
 * {
 * 	struct rte_vhost_crypto_queue_stats stats;
 *
 * 	if (rte_vhost_crypto_queue_stats_get(dev, queue, &stats) == 0)
 * 		printf("%" PRIu64 " requests, %" PRIu64 " failed, %" PRIu32 " in flight\n",
 * 		       stats.requests, stats.failed, stats.in_flight);
 * }
 * @endcode
 */
__rte_experimental int rte_vhost_crypto_queue_stats_get(struct rte_vhost_crypto_device *dev,
							uint16_t queue,
							struct rte_vhost_crypto_queue_stats *stats);

/** @name Interface of DPDK's own library
 *
 * The order of calls is: rte_vhost_driver_register(), rte_vhost_driver_callback_register(),
 * rte_vhost_crypto_driver_start(); then in the new_device callback rte_vhost_crypto_create(), in
 * the destroy_device callback rte_vhost_crypto_free(). A front-end creates its sessions by
 * messages; the control queue is served for devices of the other interface only.
 */
/**@{*/

#define VHOST_CRYPTO_MBUF_POOL_SIZE	 8192 /**< kept for its users, not a limit here */
#define VHOST_CRYPTO_MAX_BURST_SIZE	 64   /**< advised length of the ops array */
#define VHOST_CRYPTO_MAX_DATA_SIZE	 4096 /**< kept for its users, not a limit here */
#define VHOST_CRYPTO_SESSION_MAP_ENTRIES 1024 /**< sessions of one device */
#define VIRTIO_CRYPTO_MAX_NUM_BURST_VQS	 64   /**< virtqueues in one burst, at most */
#define VHOST_CRYPTO_MAX_IV_LEN		 32   /**< private bytes that each operation must have */
#define VHOST_CRYPTO_MAX_N_DESC		 32   /**< kept for its users, not a limit here */

/** Values for rte_vhost_crypto_set_zero_copy(). */
enum rte_vhost_crypto_zero_copy {
	RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE = 0, /**< cryptodevs work on private copies */
	RTE_VHOST_CRYPTO_ZERO_COPY_ENABLE = 1,	/**< cryptodevs work on the guest's memory */
	RTE_VHOST_CRYPTO_MAX_ZERO_COPY_OPTIONS
};

/**
 * Turns a registered vhost socket into a virtio-crypto device and starts it.
 *
 * @param path  as given to rte_vhost_driver_register(), server mode
 * @return 0, or -1 with an error in the log
 *
 * @code{.c}
 * static int
 * start_driver(const char *path, const struct rte_vhost_device_ops *ops)
 * {
 * 	if (rte_vhost_driver_register(path, 0) != 0)
 * 		return -1;
 * 	if (rte_vhost_driver_callback_register(path, ops) != 0 ||
 * 	    rte_vhost_crypto_driver_start(path) != 0) {
 * 		rte_vhost_driver_unregister(path);
 * 		return -1;
 * 	}
 * 	return 0;
 * }
 * @endcode
 */
__rte_experimental int rte_vhost_crypto_driver_start(const char *path);

/**
 * Binds a vhost device to a cryptodev.
 *
 * @param vid           vhost device, from the new_device callback
 * @param cryptodev_id  cryptodev, configured; several devices may share it
 * @param sess_pool     session pool; the library has its own and leaves this one unused
 * @param socket_id     NUMA node of the memory that this allocates, or SOCKET_ID_ANY
 * @return 0; -EINVAL: the socket of @p vid was not started by rte_vhost_crypto_driver_start(), or
 *         the cryptodev does not exist; -ENOMEM
 *
 * @code{.c}
 * static int
 * new_device(int vid) // the callback of struct rte_vhost_device_ops
 * {
 * 	return rte_vhost_crypto_create(vid, 0, NULL, SOCKET_ID_ANY);
 * }
 * @endcode
 */
int rte_vhost_crypto_create(int vid, uint8_t cryptodev_id, struct rte_mempool *sess_pool,
			    int socket_id);

/**
 * Undoes rte_vhost_crypto_create(). Every fetched operation must have been finalized.
 *
 * @param vid  vhost device
 * @return 0, or -EINVAL: no such device
 *
 * @code{.c}
 * static void
 * destroy_device(int vid) // the callback of struct rte_vhost_device_ops
 * {
 * 	if (rte_vhost_crypto_free(vid) != 0)
 * 		fprintf(stderr, "vhost device %d was not bound\n", vid);
 * }
 * @endcode
 */
int rte_vhost_crypto_free(int vid);

/**
 * Chooses between zero copy, the default, and private copies, which cryptodevs that cannot access
 * guest memory get anyway.
 *
 * @param vid     vhost device
 * @param option  RTE_VHOST_CRYPTO_ZERO_COPY_ENABLE or RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE
 * @return 0; -EINVAL: invalid vid or option; -EBUSY: operations are in flight; -ENOMEM
 *
 * @code{.c}
 * static int
 * use_private_copies(int vid) // after rte_vhost_crypto_create()
 * {
 * 	return rte_vhost_crypto_set_zero_copy(vid, RTE_VHOST_CRYPTO_ZERO_COPY_DISABLE);
 * }
 * @endcode
 */
int rte_vhost_crypto_set_zero_copy(int vid, enum rte_vhost_crypto_zero_copy option);

/**
 * Pops requests from a virtqueue and builds their crypto operations.
 *
 * Invalid requests are answered at once. The poll budget is that of rte_vhost_crypto_queue_poll().
 * Thread: one lcore at a time for each queue, the same that finalizes.
 *
 * @param vid     vhost device
 * @param qid     virtqueue
 * @param ops     operations to fill, from a pool of symmetric operations with at least
 *                VHOST_CRYPTO_MAX_IV_LEN private bytes; the first ones are used
 * @param nb_ops  their number
 * @return number of operations filled, to be enqueued on the cryptodev
 *
 * @code{.c}
 * static uint16_t
 * fetch_and_enqueue(int vid, uint8_t cryptodev, struct rte_mempool *op_pool)
 * {
 * 	struct rte_crypto_op *ops[VHOST_CRYPTO_MAX_BURST_SIZE];
 * 	uint16_t fetched, enqueued = 0;
 *
 * 	if (rte_crypto_op_bulk_alloc(op_pool, RTE_CRYPTO_OP_TYPE_SYMMETRIC, ops,
 * 				     RTE_DIM(ops)) == 0)
 * 		return 0;
 * 	fetched = rte_vhost_crypto_fetch_requests(vid, 0, ops, RTE_DIM(ops));
 * 	rte_mempool_put_bulk(op_pool, (void **)&ops[fetched], RTE_DIM(ops) - fetched);
 * 	while (enqueued < fetched)
 * 		enqueued += rte_cryptodev_enqueue_burst(cryptodev, 0, &ops[enqueued],
 * 							fetched - enqueued);
 * 	return fetched;
 * }
 * @endcode
 */
uint16_t rte_vhost_crypto_fetch_requests(int vid, uint32_t qid, struct rte_crypto_op **ops,
					 uint16_t nb_ops);

/**
 * Completes the requests of operations; the operations are the caller's again.
 *
 * @param ops         operations that the cryptodev returned, from any of this library's devices
 * @param nb_ops      their number
 * @param callfds     receives the eventfds of the guests to notify, at least
 *                    VIRTIO_CRYPTO_MAX_NUM_BURST_VQS
 * @param nb_callfds  receives their number
 * @return nb_ops
 *
 * @code{.c}
 * static void
 * dequeue_and_finalize(uint8_t cryptodev, struct rte_mempool *op_pool)
 * {
 * 	struct rte_crypto_op *ops[VHOST_CRYPTO_MAX_BURST_SIZE];
 * 	int callfds[VIRTIO_CRYPTO_MAX_NUM_BURST_VQS];
 * 	uint16_t nb_ops, nb_callfds, i;
 *
 * 	nb_ops = rte_cryptodev_dequeue_burst(cryptodev, 0, ops, RTE_DIM(ops));
 * 	if (nb_ops == 0)
 * 		return;
 * 	rte_vhost_crypto_finalize_requests(ops, nb_ops, callfds, &nb_callfds);
 * 	for (i = 0; i < nb_callfds; i++)
 * 		eventfd_write(callfds[i], 1);
 * 	rte_mempool_put_bulk(op_pool, (void **)ops, nb_ops);
 * }
 * @endcode
 */
uint16_t rte_vhost_crypto_finalize_requests(struct rte_crypto_op **ops, uint16_t nb_ops,
					    int *callfds, uint16_t *nb_callfds);
/**@}*/

#ifdef __cplusplus
}
#endif

#endif /* RTE_VHOST_CRYPTO_H */
