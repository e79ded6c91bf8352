/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The primary process replies in EAL's thread for messages, which must not allocate or free memory:
 * EAL may need this thread to synchronize memory with other processes.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "virtio_crypto_logs.h"
#include "virtio_crypto_mp.h"
#include "virtio_crypto_queue.h"
#include "virtio_crypto_shared.h"

#define MP_NAME "virtio_crypto"

/* A control queue request may take 30 s, and wait for others. */
#define ANSWER_SECONDS 90

enum request {
	ATTACH,
	SESSION_ADD,
	SESSION_REMOVE,
	SHARED_ADD,
	SHARED_REMOVE,
	FAIL,
};

/* A request or its reply. */
struct message {
	uint32_t request; /* enum request */
	uint32_t layout;
	int32_t result; /* of the reply: 0 or a negative errno */
	uint16_t first; /* ATTACH: queue of the first event */
	const struct virtio_crypto_dev *dev;
	struct virtio_crypto_session *session;
	struct virtio_crypto_shared *shared;
	char name[RTE_CRYPTODEV_NAME_MAX_LEN]; /* ATTACH: of the device */
};

static_assert(sizeof(struct message) <= RTE_MP_MAX_PARAM_LEN, "a message fits");

/* Identifies the layout of shared structures, which differs between versions of the driver. */
#define LAYOUT                                                                                     \
	(sizeof(struct virtio_crypto_dev) << 20 ^ sizeof(struct virtio_crypto_queue) << 10 ^       \
	 sizeof(struct virtio_crypto_session) ^ sizeof(struct virtio_crypto_shared))

static pthread_mutex_t served_lock = PTHREAD_MUTEX_INITIALIZER;
static struct virtio_crypto_dev *served[RTE_CRYPTO_MAX_DEVS]; /* under served_lock */

/* Finds the device of a message, also a closed one; NULL if there is none. */
static struct virtio_crypto_dev *
find_device(const struct message *m)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(served); i++)
		if (served[i] != NULL &&
		    (m->request == ATTACH ?
			     strncmp(served[i]->data->name, m->name, sizeof(m->name)) == 0 :
			     served[i] == m->dev))
			return served[i];
	return NULL;
}

/* Adds the events of queues to a reply, as many as fit. */
static void
add_kick_fds(struct virtio_crypto_dev *dev, uint16_t first, struct rte_mp_msg *answer)
{
	if (dev->tr->ops->kick_fd == NULL)
		return;
	while (answer->num_fds < RTE_MP_MAX_FD_NUM && first + answer->num_fds < dev->max_queues) {
		answer->fds[answer->num_fds] = dev->tr->ops->kick_fd(dev->tr,
								     first + answer->num_fds);
		answer->num_fds++;
	}
}

static int
attach(struct virtio_crypto_dev *dev, const struct message *asked, struct rte_mp_msg *answer)
{
	int ret = -ENODEV;

	if (asked->layout != LAYOUT)
		return -EPROTO;
	pthread_mutex_lock(&dev->lock);
	if (dev->tr != NULL) {
		((struct message *)answer->param)->dev = dev;
		add_kick_fds(dev, asked->first, answer);
		ret = 0;
	}
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

static int
fail(struct virtio_crypto_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	if (dev->tr != NULL)
		dev->tr->ops->fail(dev->tr);
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

static int
handle_request(const struct message *asked, struct rte_mp_msg *answer)
{
	struct virtio_crypto_dev *dev = find_device(asked);

	if (asked->request == SHARED_ADD) {
		virtio_crypto_shared_list(asked->shared);
		return 0;
	}
	if (asked->request == SHARED_REMOVE)
		return virtio_crypto_shared_unlist(asked->shared);
	if (dev == NULL)
		return -ENODEV;
	switch (asked->request) {
	case ATTACH:
		return attach(dev, asked, answer);
	case SESSION_ADD:
		return virtio_crypto_session_insert(dev, asked->session);
	case SESSION_REMOVE:
		return virtio_crypto_session_withdraw(dev, asked->session);
	case FAIL:
		return fail(dev);
	default:
		return -EOPNOTSUPP;
	}
}

static int
receive(const struct rte_mp_msg *msg, const void *peer)
{
	const struct message *asked = (const void *)msg->param;
	struct rte_mp_msg answer = { .name = MP_NAME, .len_param = sizeof(*asked) };
	int result;

	if (msg->len_param != (int)sizeof(*asked))
		return -EINVAL;
	pthread_mutex_lock(&served_lock);
	result = handle_request(asked, &answer);
	((struct message *)answer.param)->result = result;
	/* The events in the reply stay open while the lock is held. */
	if (asked->request != FAIL)
		result = rte_mp_reply(&answer, peer);
	pthread_mutex_unlock(&served_lock);
	return result;
}

void
virtio_crypto_mp_serve(struct virtio_crypto_dev *dev)
{
	/* Without secondary processes EAL supports no messages. */
	if (rte_mp_action_register(MP_NAME, receive) != 0 && rte_errno != EEXIST &&
	    rte_errno != ENOTSUP)
		VIRTIO_CRYPTO_LOG(WARNING, "%s: secondary processes are not supported: %s",
				  dev->data->name, rte_strerror(rte_errno));
	pthread_mutex_lock(&served_lock);
	served[dev->data->dev_id] = dev;
	pthread_mutex_unlock(&served_lock);
}

void
virtio_crypto_mp_unserve(struct virtio_crypto_dev *dev)
{
	pthread_mutex_lock(&served_lock);
	if (served[dev->data->dev_id] == dev)
		served[dev->data->dev_id] = NULL;
	pthread_mutex_unlock(&served_lock);
}

/*
 * Sends a request and receives the reply, with its events.
 * @return result of the request; -ENOTCONN if it did not reach the primary process; -EINPROGRESS
 *         without a reply in time
 */
static int
send_request(struct message *m, int *fds, int *nb_fds)
{
	static pthread_mutex_t asking =
		PTHREAD_MUTEX_INITIALIZER; /* EAL supports one request at a time */
	const struct timespec limit = { .tv_sec = ANSWER_SECONDS };
	struct rte_mp_msg msg = { .name = MP_NAME, .len_param = sizeof(*m) };
	struct rte_mp_reply reply;
	int ret = -EINPROGRESS;

	memcpy(msg.param, m, sizeof(*m));
	pthread_mutex_lock(&asking);
	rte_mp_request_sync(&msg, &reply, &limit);
	pthread_mutex_unlock(&asking);
	if (reply.nb_sent == 0)
		return -ENOTCONN;
	if (reply.nb_received == 1 && reply.msgs[0].len_param == (int)sizeof(*m)) {
		memcpy(m, reply.msgs[0].param, sizeof(*m));
		ret = m->result;
		*nb_fds = reply.msgs[0].num_fds;
		memcpy(fds, reply.msgs[0].fds, *nb_fds * sizeof(*fds));
	}
	free(reply.msgs);
	return ret;
}

/* Receives all events of the device. */
static int
receive_kick_fds(const char *name, const struct virtio_crypto_dev *dev, int *fds, uint16_t *nb_fds)
{
	struct message m;
	int ret, n;

	*nb_fds = 0;
	do {
		m = (struct message){ .request = ATTACH, .layout = LAYOUT, .first = *nb_fds };
		snprintf(m.name, sizeof(m.name), "%s", name);
		n = 0;
		ret = send_request(&m, fds + *nb_fds, &n);
		*nb_fds += n;
		if (ret == 0 && m.dev != dev)
			ret = -ENODEV;
	} while (ret == 0 && n == RTE_MP_MAX_FD_NUM && *nb_fds < UINT8_MAX);
	return ret;
}

static const char *
reason(int error)
{
	switch (error) {
	case -EPROTO:
		return "the primary process runs another version of this driver";
	case -ENODEV:
		return "the primary process does not have this device, or uses another driver";
	case -EINPROGRESS:
		return "no reply from the primary process: it uses another driver, or hangs";
	default:
		return strerror(-error);
	}
}

int
virtio_crypto_mp_attach(const struct virtio_crypto_dev *dev, const char *name, int **kick_fds,
			uint16_t *nb_fds)
{
	int *fds = calloc(UINT8_MAX + RTE_MP_MAX_FD_NUM, sizeof(*fds));
	int ret = fds != NULL ? receive_kick_fds(name, dev, fds, nb_fds) : -ENOMEM;

	*kick_fds = fds;
	if (ret == 0 && *nb_fds > 0)
		return 0;
	*kick_fds = NULL;
	if (ret == 0) {
		free(fds);
		return 0;
	}
	VIRTIO_CRYPTO_LOG(ERR, "%s: cannot attach secondary process: %s", name, reason(ret));
	while (fds != NULL && *nb_fds > 0)
		close(fds[--*nb_fds]);
	free(fds);
	return ret;
}

/*
 * Sends a request about a session. Without a reply the session is never freed, as the primary
 * process may still use it.
 */
static int
request_session(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s,
		uint32_t request)
{
	struct message m = { .request = request, .dev = dev, .session = s };
	int fds[RTE_MP_MAX_FD_NUM], n, ret = send_request(&m, fds, &n);

	if (ret != -EINPROGRESS)
		return ret;
	VIRTIO_CRYPTO_LOG(ERR, "%s: no reply from the primary process: session state unknown",
			  dev->data->name);
	s->lent = true;
	return -ETIMEDOUT;
}

int
virtio_crypto_mp_session_add(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	return request_session(dev, s, SESSION_ADD);
}

int
virtio_crypto_mp_session_remove(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	return request_session(dev, s, SESSION_REMOVE);
}

int
virtio_crypto_mp_list_shared(const struct virtio_crypto_dev *dev,
			     struct virtio_crypto_shared *shared, bool listed)
{
	struct message m = { .request = listed ? SHARED_ADD : SHARED_REMOVE,
			     .dev = dev,
			     .shared = shared };
	int fds[RTE_MP_MAX_FD_NUM], n;

	return send_request(&m, fds, &n);
}

void
virtio_crypto_mp_fail(const struct virtio_crypto_dev *dev)
{
	struct message m = { .request = FAIL, .dev = dev };
	struct rte_mp_msg msg = { .name = MP_NAME, .len_param = sizeof(m) };

	memcpy(msg.param, &m, sizeof(m));
	if (rte_mp_sendmsg(&msg) != 0)
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot send a message to the primary process: %s",
				  dev->data->name, rte_strerror(rte_errno));
}
