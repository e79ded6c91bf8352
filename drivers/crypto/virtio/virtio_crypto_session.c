/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "virtio_crypto_ctrlq.h"
#include "virtio_crypto_logs.h"
#include "virtio_crypto_session.h"

/* Attempts to create a session again on a device that has come back. */
#define RECREATE_ATTEMPTS 3

/* Creates a session on the device, and then makes it ready for operations. */
static int
create(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	uint64_t id;
	int ret;

	if (dev->has_ctrlq)
		ret = virtio_crypto_ctrlq_create(dev, s->params, &id);
	else
		ret = dev->tr->ops->session_create(dev->tr, s->params, &id);
	if (ret != 0)
		return ret;
	/*
	 * HASH Service Operation, R18; MAC Service Operation, R21;
	 * Symmetric algorithms Operation, R24; AEAD Service Operation, R29;
	 * AKCIPHER Service Operation, R32
	 */
	s->req.header.session_id = rte_cpu_to_le_64(id);
	s->serial = ++dev->last_serial;
	__atomic_store_n(&s->ready, true, __ATOMIC_RELEASE);
	return 0;
}

static int
destroy(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	uint64_t id = rte_le_to_cpu_64(s->req.header.session_id);

	__atomic_store_n(&s->ready, false, __ATOMIC_RELEASE);
	if (dev->has_ctrlq)
		return virtio_crypto_ctrlq_destroy(dev, s->params, id);
	return dev->tr->ops->session_destroy(dev->tr, id);
}

/* A device that accepts sessions only while it runs gets this one when it starts. */
static bool
waits_for_start(const struct virtio_crypto_dev *dev)
{
	return !dev->has_ctrlq && !dev->data->dev_started;
}

bool
virtio_crypto_session_can_add(struct virtio_crypto_dev *dev)
{
	bool takes;

	pthread_mutex_lock(&dev->lock);
	takes = dev->tr != NULL && (dev->sessions_up || waits_for_start(dev));
	pthread_mutex_unlock(&dev->lock);
	return takes;
}

int
virtio_crypto_session_insert(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	int ret;

	pthread_mutex_lock(&dev->lock);
	if (dev->tr == NULL)
		ret = -ENODEV; /* it was closed */
	else if (waits_for_start(dev))
		ret = 0;
	else if (!dev->sessions_up)
		ret = -ENOTCONN;
	else
		ret = create(dev, s);
	if (ret == 0)
		TAILQ_INSERT_TAIL(&dev->sessions, s, next);
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

void
virtio_crypto_session_free_params(struct virtio_crypto_session *s)
{
	if (s->params != NULL)
		virtio_crypto_params_free(s->params,
					  s->params->cipher_key_len + s->params->auth_key_len);
}

struct virtio_crypto_session *
virtio_crypto_session_alloc(const struct virtio_crypto_dev *dev)
{
	return rte_zmalloc_socket("virtio_crypto", sizeof(struct virtio_crypto_session),
				  RTE_CACHE_LINE_SIZE, dev->data->socket_id);
}

void
virtio_crypto_session_free(struct virtio_crypto_session *s)
{
	if (s->lent)
		return;
	virtio_crypto_session_free_params(s);
	rte_free(s);
}

bool
virtio_crypto_session_is_device_lost(int error)
{
	return error == -ENOTCONN || error == -ECONNRESET || error == -EPIPE || error == -ETIMEDOUT;
}

/*
 * Removes a session from the list, and destroys it on the device if it is there; with the lock
 * held.
 */
static void
take_off(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	int ret = s->ready ? destroy(dev, s) : 0;

	if (ret != 0 && !virtio_crypto_session_is_device_lost(ret))
		VIRTIO_CRYPTO_LOG(WARNING, "%s: cannot destroy session on the device: %s",
				  dev->data->name, strerror(-ret));
	TAILQ_REMOVE(&dev->sessions, s, next);
}

int
virtio_crypto_session_withdraw(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	int ret = -ENODEV;

	pthread_mutex_lock(&dev->lock);
	if (!s->dropped) {
		take_off(dev, s);
		ret = 0;
	}
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

/* A dropped session is freed without its device, which may not exist any more. */
static int
withdraw_unless_dropped(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	return s->dropped ? 0 : virtio_crypto_session_withdraw(dev, s);
}

static const struct virtio_crypto_session_ops primary_ops = {
	.insert = virtio_crypto_session_insert,
	.withdraw = withdraw_unless_dropped,
};

/* The operations of this process; only a secondary process sets others. */
static const struct virtio_crypto_session_ops *session_ops = &primary_ops;

void
virtio_crypto_session_set_ops(const struct virtio_crypto_session_ops *ops)
{
	session_ops = ops;
}

int
virtio_crypto_session_add(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	return session_ops->insert(dev, s);
}

void
virtio_crypto_session_remove(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	int ret = session_ops->withdraw(dev, s);

	if (ret == 0 || ret == -ENODEV)
		virtio_crypto_session_free(s);
}

int
virtio_crypto_session_probe(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	int ret = create(dev, s);

	return ret == 0 ? destroy(dev, s) : ret;
}

/* Whether a device that rejected a session is lost or not ready. */
static bool
is_away(const struct virtio_crypto_dev *dev)
{
	if (dev->tr->ops->refresh_state != NULL)
		dev->tr->ops->refresh_state(dev->tr);
	return !dev->tr->ops->is_alive(dev->tr);
}

/*
 * A device that was not ready may be ready again by the time its refusal is seen, so only a session
 * that is refused several times is one that the device does not support.
 */
static int
recreate(struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	unsigned int attempts = RECREATE_ATTEMPTS;
	int ret;

	do {
		ret = create(dev, s);
		if (ret == 0 || virtio_crypto_session_is_device_lost(ret))
			return ret;
		if (is_away(dev))
			return -EBUSY;
	} while (--attempts > 0);
	return ret;
}

int
virtio_crypto_sessions_restore(struct virtio_crypto_dev *dev)
{
	struct virtio_crypto_session *s;
	int ret;

	TAILQ_FOREACH(s, &dev->sessions, next) {
		ret = recreate(dev, s);
		if (virtio_crypto_session_is_device_lost(ret) || ret == -EBUSY)
			return ret;
		if (ret != 0)
			VIRTIO_CRYPTO_LOG(ERR,
					  "%s: cannot recreate session, its operations fail: %s",
					  dev->data->name, strerror(-ret));
	}
	dev->sessions_up = true;
	return 0;
}

void
virtio_crypto_sessions_suspend(struct virtio_crypto_dev *dev, bool do_destroy)
{
	struct virtio_crypto_session *s;

	dev->sessions_up = false;
	TAILQ_FOREACH(s, &dev->sessions, next) {
		if (do_destroy && s->ready && virtio_crypto_session_is_device_lost(destroy(dev, s)))
			do_destroy = false;
		__atomic_store_n(&s->ready, false, __ATOMIC_RELEASE);
	}
}

void
virtio_crypto_sessions_drop(struct virtio_crypto_dev *dev)
{
	struct virtio_crypto_session *s;

	pthread_mutex_lock(&dev->lock);
	while ((s = TAILQ_FIRST(&dev->sessions)) != NULL) {
		take_off(dev, s);
		__atomic_store_n(&s->ready, false, __ATOMIC_RELEASE);
		s->dropped = true;
	}
	pthread_mutex_unlock(&dev->lock);
}
