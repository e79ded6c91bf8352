/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The transport over vhost-user, in the order of the protocol. */

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "virtio_crypto_features.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_liveness.h"
#include "virtio_user.h"
#include "virtio_user_dev.h"

/* Supported protocol features. RESET_DEVICE and STATUS are not needed: a new connection resets. */
#define WANTED_PROTOCOL_FEATURES                                                                   \
	((1ULL << VHOST_USER_PROTOCOL_F_MQ) | (1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK) |          \
	 (1ULL << VHOST_USER_PROTOCOL_F_BACKEND_REQ) |                                             \
	 (1ULL << VHOST_USER_PROTOCOL_F_CRYPTO_SESSION) | (1ULL << VHOST_USER_PROTOCOL_F_CONFIG))

/* Timeout for a back-end to reconnect after an unsupported form of message. */
#define RECONNECT_MS 5000

/* Timeout for a back-end that was given up to disconnect, and the interval of checks for that. */
#define LEAVE_MS	  5000
#define CHECK_INTERVAL_MS 1000

/* Timeout for a living back-end to finish with a lost connection. */
#define HALT_MS 3000

static struct virtio_user *
virtio_user(struct virtio_crypto_transport *tr)
{
	return (struct virtio_user *)tr;
}

/* Negotiates virtio and protocol features, and sets the owner. */
static int
negotiate(struct virtio_user *vu, uint64_t wanted, uint64_t *features)
{
	uint64_t offered, protocol;
	int ret = vhost_user_get_u64(&vu->vu, VHOST_USER_GET_FEATURES, &offered);

	if (ret != 0)
		return ret;
	if (!virtio_crypto_has_feature(offered, VHOST_USER_F_PROTOCOL_FEATURES)) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: back-end lacks VHOST_USER_F_PROTOCOL_FEATURES",
				  vu->args.path);
		return -ENOTSUP;
	}
	ret = vhost_user_get_u64(&vu->vu, VHOST_USER_GET_PROTOCOL_FEATURES, &protocol);
	if (ret != 0)
		return ret;
	protocol &= WANTED_PROTOCOL_FEATURES;
	/* The back-end channel is only used for changes of the configuration. */
	if (!(protocol & (1ULL << VHOST_USER_PROTOCOL_F_CONFIG)))
		protocol &= ~(1ULL << VHOST_USER_PROTOCOL_F_BACKEND_REQ);
	ret = vhost_user_set_u64(&vu->vu, VHOST_USER_SET_PROTOCOL_FEATURES, protocol, -1);
	if (ret != 0)
		return ret;
	vu->vu.protocol_features = protocol;
	*features = virtio_crypto_features_valid(offered & wanted);
	ret = vhost_user_set(&vu->vu, VHOST_USER_SET_OWNER, NULL, 0, NULL, 0);
	if (ret != 0)
		return ret;
	return vhost_user_set_u64(&vu->vu, VHOST_USER_SET_FEATURES,
				  *features | (1ULL << VHOST_USER_F_PROTOCOL_FEATURES), -1);
}

/* Fills in a configuration for a back-end without GET_CONFIG: what all of them support. */
static void
assume_config(struct virtio_crypto_config *config, uint64_t queues)
{
	static const struct {
		uint8_t service, number;
	} assumed[] = {
		{ VIRTIO_CRYPTO_SERVICE_CIPHER, VIRTIO_CRYPTO_CIPHER_AES_CBC },
		{ VIRTIO_CRYPTO_SERVICE_MAC, VIRTIO_CRYPTO_MAC_HMAC_SHA1 },
		{ VIRTIO_CRYPTO_SERVICE_MAC, VIRTIO_CRYPTO_MAC_HMAC_SHA_256 },
	};
	unsigned int i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < RTE_DIM(assumed); i++)
		virtio_crypto_config_offer(
			config, virtio_crypto_alg_find(assumed[i].service, assumed[i].number));
	config->max_dataqueues = rte_cpu_to_le_32(RTE_MIN(queues, (uint64_t)UINT16_MAX));
	config->max_cipher_key_len = rte_cpu_to_le_32(VHOST_USER_CRYPTO_MAX_CIPHER_KEY);
	config->max_auth_key_len = rte_cpu_to_le_32(VHOST_USER_CRYPTO_MAX_AUTH_KEY);
	config->max_size = rte_cpu_to_le_64(UINT64_MAX);
}

/* Reads the maximum number of vrings. */
static int
get_queue_num(struct virtio_user *vu, uint64_t *queues)
{
	*queues = 1;
	if (!vhost_user_has(&vu->vu, VHOST_USER_PROTOCOL_F_MQ))
		return 0;
	return vhost_user_get_u64(&vu->vu, VHOST_USER_GET_QUEUE_NUM, queues);
}

/* Reads the configuration space; -EREMOTEIO if the back-end has none. */
static int
get_config(struct virtio_user *vu)
{
	const uint32_t len = offsetof(struct vhost_user_config, region) + sizeof(vu->config);
	struct vhost_user_config msg = { .size = sizeof(vu->config) };
	int ret;

	if (!vhost_user_has(&vu->vu, VHOST_USER_PROTOCOL_F_CONFIG))
		return -EREMOTEIO;
	ret = vhost_user_get(&vu->vu, VHOST_USER_GET_CONFIG, &msg, len, sizeof(msg));
	if (ret <= 0)
		return ret < 0 ? ret : -EREMOTEIO;
	if ((uint32_t)ret < len || msg.offset != 0 || msg.size < sizeof(vu->config))
		return -EPROTO;
	memcpy(&vu->config, msg.region, sizeof(vu->config));
	return 0;
}

static bool
is_ready(const struct virtio_user *vu)
{
	return rte_le_to_cpu_32(vu->config.status) & VIRTIO_CRYPTO_S_HW_READY;
}

/*
 * Identifies the kind of back-end. A complete device has a configuration space with HW_READY, and
 * serves its control queue; if it is not ready, it has at least that queue after its data queues.
 * Other back-ends get sessions by message.
 */
static int
identify(struct virtio_user *vu)
{
	uint64_t queues;
	int ret = get_queue_num(vu, &queues);

	if (ret != 0)
		return ret;
	ret = get_config(vu);
	if (ret == -EREMOTEIO)
		assume_config(&vu->config, queues);
	else if (ret != 0)
		return ret;
	vu->tr.has_ctrlq = is_ready(vu) || queues > rte_le_to_cpu_32(vu->config.max_dataqueues);
	if (vu->tr.has_ctrlq &&
	    rte_le_to_cpu_32(vu->config.max_dataqueues) > VHOST_USER_VRING_MASK) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: unsupported number of data queues %u: vhost-user supports "
				  "255 and a control queue",
				  vu->args.path, rte_le_to_cpu_32(vu->config.max_dataqueues));
		return -ENOTSUP;
	}
	if (vu->tr.has_ctrlq)
		return 0;
	if (!vhost_user_has(&vu->vu, VHOST_USER_PROTOCOL_F_CRYPTO_SESSION)) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: back-end supports neither a control queue nor session "
				  "messages",
				  vu->args.path);
		return -ENOTSUP;
	}
	vu->config.status = rte_cpu_to_le_32(VIRTIO_CRYPTO_S_HW_READY);
	ret = virtio_user_session_probe(vu);
	vu->tr.max_asym_key = vu->session_msg == VIRTIO_USER_SESSION_MSG_NEW ?
		VHOST_USER_CRYPTO_MAX_ASYM_KEY :
		0;
	return ret;
}

/* Connects, and does all set-up that precedes queues. */
static int
open_once(struct virtio_user *vu, int wait_ms, uint64_t wanted, uint64_t *features)
{
	int ret;

	virtio_user_disconnect(vu);
	ret = virtio_user_connect(vu, wait_ms);
	if (ret == 0)
		ret = negotiate(vu, wanted, features);
	/* Opened before the configuration is read, so that no change is missed. */
	if (ret == 0)
		ret = virtio_user_channel_open(vu);
	if (ret == 0)
		ret = identify(vu);
	if (ret == 0)
		ret = vhost_user_memory_send(&vu->vu, &vu->memory);
	return ret;
}

/* Whether the device is connected and was not ready when its configuration was read last. */
static bool
is_waiting_for_ready(const struct virtio_user *vu)
{
	return vu->vu.fd >= 0 && vu->tr.has_ctrlq && !is_ready(vu);
}

static int
open_device(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features)
{
	struct virtio_user *vu = virtio_user(tr);
	int wait_ms = 0, ret;

	/* The configuration is read again on the same connection. */
	if (is_waiting_for_ready(vu) && get_config(vu) == 0 && !is_ready(vu))
		return -EBUSY;
	if (!vu->met) {
		wait_ms = -1;
		if (vu->args.server)
			VIRTIO_CRYPTO_LOG(NOTICE, "%s: waiting for a back-end to connect",
					  vu->args.path);
	}
	ret = open_once(vu, wait_ms, wanted, features);
	/* The back-end disconnected on the new form of a message: try the old one. */
	if (ret == -ECONNRESET && vu->session_msg != vu->args.session_msg && !vu->met)
		ret = open_once(vu, RECONNECT_MS, wanted, features);
	vu->met = vu->met || ret == 0;
	return ret;
}

static int
read_config(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config)
{
	*config = virtio_user(tr)->config;
	return 0;
}

static int
queue_start(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	struct vhost_user *vu = &virtio_user(tr)->vu;
	const struct vhost_user_vring_state num = { vq->index, vq->size };
	const struct vhost_user_vring_state base = { vq->index, virtqueue_start_off_wrap(vq) };
	const struct vhost_user_vring_state enable = { vq->index, 1 };
	const struct vhost_user_vring_addr addr = {
		.index = vq->index,
		.desc_user_addr = vq->desc_addr,
		.used_user_addr = vq->used_addr,
		.avail_user_addr = vq->avail_addr,
	};
	int ret;

	/* The control queue follows all data queues of the device, used or not. */
	vq->kick_fd = virtio_user(tr)->kick_fds[RTE_MIN(vq->index, tr->max_queues)];
	vq->attached = true;
	ret = vhost_user_set(vu, VHOST_USER_SET_VRING_NUM, &num, sizeof(num), NULL, 0);
	if (ret == 0)
		ret = vhost_user_set(vu, VHOST_USER_SET_VRING_BASE, &base, sizeof(base), NULL, 0);
	if (ret == 0)
		ret = vhost_user_set(vu, VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
	/* The driver polls and needs no call. */
	if (ret == 0)
		ret = vhost_user_set_u64(vu, VHOST_USER_SET_VRING_CALL,
					 vq->index | VHOST_USER_VRING_NOFD, -1);
	if (ret == 0)
		ret = vhost_user_set_u64(vu, VHOST_USER_SET_VRING_KICK, vq->index, vq->kick_fd);
	if (ret == 0)
		ret = vhost_user_set(vu, VHOST_USER_SET_VRING_ENABLE, &enable, sizeof(enable), NULL,
				     0);
	return ret;
}

/*
 * Shuts the connection down on this side. The back-end may use memory of the application until it
 * has finished its requests and closes the other side, which the monitor notices.
 */
static void
fail(struct virtio_crypto_transport *tr)
{
	struct virtio_user *vu = virtio_user(tr);
	int64_t never = 0;

	__atomic_compare_exchange_n(&vu->failed_ms, &never, vhost_user_now_ms(), false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	shutdown(vu->vu.fd, SHUT_WR);
}

/* A connection that breaks meanwhile stops the queue as well. */
static void
queue_stop(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	struct vhost_user *vu = &virtio_user(tr)->vu;
	struct vhost_user_vring_state state = { vq->index, 0 };

	if (vq->attached &&
	    (vhost_user_set(vu, VHOST_USER_SET_VRING_ENABLE, &state, sizeof(state), NULL, 0) != 0 ||
	     vhost_user_get(vu, VHOST_USER_GET_VRING_BASE, &state, sizeof(state), sizeof(state)) <
		     0))
		fail(tr);
	vq->attached = false;
}

static int
kick_fd(struct virtio_crypto_transport *tr, uint16_t queue)
{
	return virtio_user(tr)->kick_fds[queue];
}

static void
notify(struct virtqueue *vq)
{
	/* It fails when the counter is full, which wakes the device as well. */
	eventfd_write(vq->kick_fd, 1);
}

static bool
is_connected(const struct virtio_user *vu)
{
	struct pollfd pfd = { .fd = vu->vu.fd, .events = POLLRDHUP };

	return poll(&pfd, 1, 0) == 0;
}

/*
 * When a connection breaks, the back-end may be alive and working on requests, whose memory must
 * not be reused before it has finished. It has when it ends, or replies on a new connection, as it
 * serves one connection at a time.
 */
static void
halt(struct virtio_crypto_transport *tr)
{
	static const struct timespec nap = { .tv_nsec = 10000000 };
	struct virtio_user *vu = virtio_user(tr);
	int peer = virtio_user_get_peer_pid(vu), ms;
	uint64_t features;

	if (is_connected(vu))
		return;
	for (ms = 0; ms < HALT_MS && !virtio_crypto_liveness_pid_has_ended(peer); ms += 10) {
		virtio_user_disconnect(vu);
		if (virtio_user_connect(vu, 0) == 0 &&
		    vhost_user_get_u64(&vu->vu, VHOST_USER_GET_FEATURES, &features) == 0)
			break;
		nanosleep(&nap, NULL);
	}
	virtio_user_disconnect(vu);
}

static bool
is_alive(struct virtio_crypto_transport *tr)
{
	const struct virtio_user *vu = virtio_user(tr);
	int64_t failed_ms = __atomic_load_n(&vu->failed_ms, __ATOMIC_RELAXED);

	return is_connected(vu) && !is_waiting_for_ready(vu) &&
		(failed_ms == 0 || vhost_user_now_ms() - failed_ms < LEAVE_MS);
}

static void
refresh_state(struct virtio_crypto_transport *tr)
{
	struct virtio_user *vu = virtio_user(tr);

	/* Without a control queue there is no HW_READY to read. */
	if (!virtio_user_channel_receive(vu) || !tr->has_ctrlq)
		return;
	if (get_config(vu) != 0)
		fail(tr);
	else if (!is_ready(vu))
		VIRTIO_CRYPTO_LOG(NOTICE, "%s: the device cleared HW_READY", tr->location);
}

static void
get_pollfds(struct virtio_crypto_transport *tr, struct pollfd *pfds)
{
	pfds[0] = (struct pollfd){ .fd = virtio_user(tr)->vu.fd, .events = POLLRDHUP };
	pfds[1] = (struct pollfd){ .fd = virtio_user(tr)->channel.fd, .events = POLLIN };
}

static void
close_device(struct virtio_crypto_transport *tr)
{
	struct virtio_user *vu = virtio_user(tr);

	unsigned int i;

	virtio_user_memory_unfollow(vu);
	virtio_user_disconnect(vu);
	virtio_user_unlisten(vu);
	for (i = 0; i < vu->nb_kick_fds; i++)
		close(vu->kick_fds[i]);
	free(vu);
}

static const struct virtio_crypto_transport_ops ops = {
	.open = open_device,
	.read_config = read_config,
	.queue_start = queue_start,
	.queue_stop = queue_stop,
	.notify = notify,
	.kick_fd = kick_fd,
	.session_create = virtio_user_session_create,
	.session_destroy = virtio_user_session_destroy,
	.is_alive = is_alive,
	.refresh_state = refresh_state,
	.fail = fail,
	.halt = halt,
	.get_pollfds = get_pollfds,
	.close = close_device,
};

/* Opens the events of data queues and control queue, which are reused by later connections. */
static int
open_kick_fds(struct virtio_user *vu)
{
	for (; vu->nb_kick_fds <= vu->args.queues; vu->nb_kick_fds++) {
		int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

		if (fd < 0)
			return -errno;
		vu->kick_fds[vu->nb_kick_fds] = fd;
	}
	return 0;
}

struct virtio_crypto_transport *
virtio_user_create(struct virtio_crypto_dev *dev, const struct virtio_user_args *args)
{
	struct virtio_user *vu = calloc(1, sizeof(*vu));
	int ret;

	if (vu == NULL)
		return NULL;
	vu->tr = (struct virtio_crypto_transport){
		.ops = &ops,
		.dev = dev,
		.max_queues = args->queues,
		.max_queue_size = args->queue_size,
		.max_ctrlq_size = VIRTQUEUE_MAX_SIZE,
		.check_interval_ms = CHECK_INTERVAL_MS,
		.disabled_features = args->disabled_features,
		.requested_features = args->requested_features,
		.virtual_addresses = true,
	};
	vu->args = *args;
	vu->tr.location = vu->args.path;
	vu->session_msg = args->session_msg;
	vu->vu.fd = -1;
	vu->channel.fd = -1;
	vu->listen_fd = -1;
	ret = virtio_user_memory_follow(vu);
	if (ret == 0)
		ret = open_kick_fds(vu);
	if (ret == 0 && args->server)
		ret = virtio_user_listen(vu);
	if (ret == 0)
		return &vu->tr;
	VIRTIO_CRYPTO_LOG(ERR, "%s: %s", args->path, strerror(-ret));
	close_device(&vu->tr);
	return NULL;
}
