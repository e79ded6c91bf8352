/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Memory is allocated and freed with the lock of this file held, so the thread that serves messages
 * must not wait for it: EAL may need that thread meanwhile. The list has a lock of its own, and the
 * session being worked on stays in it.
 */

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_malloc.h>

#include "virtio_crypto_logs.h"
#include "virtio_crypto_shared.h"

/* Maximum numbers of an asymmetric key. */
#define MAX_NUMBERS 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* locked before a device */
static struct virtio_crypto_dev *opened[RTE_CRYPTO_MAX_DEVS];

/* In the primary process: the sessions of all processes, under list_lock. */
static TAILQ_HEAD(, virtio_crypto_shared) list = TAILQ_HEAD_INITIALIZER(list);
static struct virtio_crypto_shared *busy; /* stays in the list, or NULL */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;

void
virtio_crypto_shared_list(struct virtio_crypto_shared *shared)
{
	pthread_mutex_lock(&list_lock);
	TAILQ_INSERT_TAIL(&list, shared, next);
	shared->listed = true;
	pthread_mutex_unlock(&list_lock);
}

int
virtio_crypto_shared_unlist(struct virtio_crypto_shared *shared)
{
	int ret = -EBUSY;

	pthread_mutex_lock(&list_lock);
	if (shared != busy) {
		if (shared->listed)
			TAILQ_REMOVE(&list, shared, next);
		shared->listed = false;
		ret = 0;
	}
	pthread_mutex_unlock(&list_lock);
	return ret;
}

/* Advances to the next session of the list, which stays in the list while it is worked on. */
static struct virtio_crypto_shared *
advance_busy(void)
{
	struct virtio_crypto_shared *shared;

	pthread_mutex_lock(&list_lock);
	shared = busy != NULL ? TAILQ_NEXT(busy, next) : TAILQ_FIRST(&list);
	busy = shared;
	pthread_mutex_unlock(&list_lock);
	return shared;
}

/* Destroys a session on one device. */
static void
destroy_entry(struct virtio_crypto_shared_entry *on)
{
	struct virtio_crypto_dev *dev;

	if (on == NULL)
		return;
	dev = (void *)(uintptr_t)(on->sym.session != NULL ? on->sym.dev : on->asym.dev);
	if (on->sym.session != NULL)
		virtio_crypto_sym_session_destroy(dev, &on->sym);
	else
		virtio_crypto_asym_session_destroy(dev, &on->asym);
	rte_free(on);
}

/* Creates a session on a device that may lack it; with the lock held. */
static void
create_on(struct virtio_crypto_shared *shared, struct virtio_crypto_dev *dev)
{
	struct virtio_crypto_shared_entry **place = &shared->on[dev->data->dev_id];
	struct virtio_crypto_shared_entry *on = *place;
	int ret;

	if (shared->maker == dev->instance || (on != NULL && on->instance == dev->instance))
		return;
	/* The entry may be of an earlier device with this number. */
	__atomic_store_n(place, NULL, __ATOMIC_RELEASE);
	destroy_entry(on);
	if (rte_eal_process_type() != RTE_PROC_SECONDARY && !virtio_crypto_session_can_add(dev))
		return;
	if (!(shared->is_asym ? virtio_crypto_asym_session_is_supported(dev, &shared->xform.asym) :
				virtio_crypto_sym_session_is_supported(dev, shared->xform.sym)))
		return;
	on = rte_zmalloc("virtio_crypto", sizeof(*on), RTE_CACHE_LINE_SIZE);
	if (on == NULL)
		return;
	on->instance = dev->instance;
	ret = shared->is_asym ?
		virtio_crypto_asym_session_create(dev, &shared->xform.asym, &on->asym) :
		virtio_crypto_sym_session_create(dev, shared->xform.sym, &on->sym);
	if (ret == 0)
		__atomic_store_n(place, on, __ATOMIC_RELEASE);
	else
		rte_free(on);
}

void
virtio_crypto_shared_open(struct virtio_crypto_dev *dev)
{
	pthread_mutex_lock(&lock);
	opened[dev->data->dev_id] = dev;
	pthread_mutex_unlock(&lock);
}

void
virtio_crypto_shared_close(struct virtio_crypto_dev *dev)
{
	pthread_mutex_lock(&lock);
	if (opened[dev->data->dev_id] == dev)
		opened[dev->data->dev_id] = NULL;
	if (rte_eal_process_type() != RTE_PROC_SECONDARY)
		virtio_crypto_sessions_drop(dev);
	pthread_mutex_unlock(&lock);
}

void
virtio_crypto_shared_complete(struct virtio_crypto_dev *dev)
{
	struct virtio_crypto_shared *shared;

	pthread_mutex_lock(&lock);
	while (opened[dev->data->dev_id] == dev && (shared = advance_busy()) != NULL)
		create_on(shared, dev);
	pthread_mutex_unlock(&lock);
}

/* The list is in this process. */
static int
set_listed_here(const struct virtio_crypto_dev *dev, struct virtio_crypto_shared *shared,
		bool listed)
{
	(void)dev;
	if (!listed)
		return virtio_crypto_shared_unlist(shared);
	virtio_crypto_shared_list(shared);
	return 0;
}

/* How this process lists a session; a secondary process sets another function. */
static virtio_crypto_shared_set_listed_t set_listed = set_listed_here;

void
virtio_crypto_shared_use(virtio_crypto_shared_set_listed_t func)
{
	set_listed = func;
}

/* Creates a session on all devices but the one that has it. */
static void
publish(struct virtio_crypto_dev *dev, struct virtio_crypto_shared *shared)
{
	unsigned int i;

	shared->maker = dev->instance;
	/* From then on the primary process creates it on further devices. */
	for (i = 0; i < RTE_DIM(opened); i++)
		if (opened[i] != NULL)
			create_on(shared, opened[i]);
	set_listed(dev, shared, true);
}

static struct virtio_crypto_shared *
allocate(size_t keys_len)
{
	struct virtio_crypto_shared *shared = rte_zmalloc(
		"virtio_crypto", sizeof(*shared) + keys_len, RTE_CACHE_LINE_SIZE);

	if (shared != NULL)
		shared->keys_len = keys_len;
	return shared;
}

/* Wipes and frees the copy of a session's transforms. */
static void
free_shared(struct virtio_crypto_shared *shared)
{
	explicit_bzero(shared, sizeof(*shared) + shared->keys_len);
	rte_free(shared);
}

/* Returns the key of a symmetric transform. */
static void
key_of(struct rte_crypto_sym_xform *xform, const uint8_t ***data, size_t *len)
{
	switch (xform->type) {
	case RTE_CRYPTO_SYM_XFORM_CIPHER:
		*data = &xform->cipher.key.data;
		*len = xform->cipher.key.length;
		break;
	case RTE_CRYPTO_SYM_XFORM_AUTH:
		*data = &xform->auth.key.data;
		*len = xform->auth.key.length;
		break;
	default:
		*data = &xform->aead.key.data;
		*len = xform->aead.key.length;
	}
}

/* Appends a key, or a number of one, to the copied keys. */
static uint8_t *
copy_key(struct virtio_crypto_shared *shared, size_t *at, const uint8_t *data, size_t len)
{
	uint8_t *to = shared->keys + *at;

	if (len > 0)
		memcpy(to, data, len);
	*at += len;
	return to;
}

/* Copies transforms that a device has accepted, so they are one or two. */
static struct virtio_crypto_shared *
copy_sym(const struct rte_crypto_sym_xform *xform)
{
	struct rte_crypto_sym_xform copy[2] = { *xform };
	struct virtio_crypto_shared *shared;
	size_t len[2] = { 0 }, at = 0;
	const uint8_t **data;
	unsigned int i, nb = 1;

	if (xform->next != NULL)
		copy[nb++] = *xform->next;
	for (i = 0; i < nb; i++)
		key_of(&copy[i], &data, &len[i]);
	shared = allocate(len[0] + len[1]);
	if (shared == NULL)
		return NULL;
	memcpy(shared->xform.sym, copy, sizeof(copy));
	for (i = 0; i < nb; i++) {
		key_of(&shared->xform.sym[i], &data, &len[i]);
		*data = copy_key(shared, &at, *data, len[i]);
	}
	shared->xform.sym[0].next = nb > 1 ? &shared->xform.sym[1] : NULL;
	return shared;
}

/* Returns the numbers of an asymmetric transform that the driver uses. */
static unsigned int
numbers_of(struct rte_crypto_asym_xform *x, rte_crypto_param *numbers[MAX_NUMBERS])
{
	unsigned int nb = 0;

	if (x->xform_type == RTE_CRYPTO_ASYM_XFORM_ECDSA)
		return virtio_crypto_ecdsa_xform_numbers(&x->ec, numbers);
	numbers[nb++] = &x->rsa.n;
	numbers[nb++] = &x->rsa.e;
	if (x->rsa.key_type == RTE_RSA_KEY_TYPE_EXP) {
		numbers[nb++] = &x->rsa.d;
	} else {
		numbers[nb++] = &x->rsa.qt.p;
		numbers[nb++] = &x->rsa.qt.q;
		numbers[nb++] = &x->rsa.qt.dP;
		numbers[nb++] = &x->rsa.qt.dQ;
		numbers[nb++] = &x->rsa.qt.qInv;
	}
	return nb;
}

static struct virtio_crypto_shared *
copy_asym(const struct rte_crypto_asym_xform *xform)
{
	struct rte_crypto_asym_xform copy = *xform;
	rte_crypto_param *numbers[MAX_NUMBERS];
	struct virtio_crypto_shared *shared;
	unsigned int i, nb = numbers_of(&copy, numbers);
	size_t len = 0, at = 0;

	/* A number without data has no bytes, whatever its length says. */
	for (i = 0; i < nb; i++)
		len += numbers[i]->data != NULL ? numbers[i]->length : 0;
	shared = allocate(len);
	if (shared == NULL)
		return NULL;
	shared->is_asym = true;
	shared->xform.asym = *xform;
	numbers_of(&shared->xform.asym, numbers);
	for (i = 0; i < nb; i++)
		if (numbers[i]->data != NULL)
			numbers[i]->data = copy_key(shared, &at, numbers[i]->data,
						    numbers[i]->length);
	return shared;
}

int
virtio_crypto_shared_create_sym(struct virtio_crypto_dev *dev,
				const struct rte_crypto_sym_xform *xform,
				struct virtio_crypto_session_ref *ref)
{
	int ret;

	ref->shared = NULL;
	pthread_mutex_lock(&lock);
	ret = virtio_crypto_sym_session_create(dev, xform, ref);
	if (ret == 0) {
		ref->shared = copy_sym(xform);
		if (ref->shared != NULL)
			publish(dev, ref->shared);
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

int
virtio_crypto_shared_create_asym(struct virtio_crypto_dev *dev,
				 const struct rte_crypto_asym_xform *xform,
				 struct virtio_crypto_asym_session_ref *ref)
{
	int ret;

	pthread_mutex_lock(&lock);
	ret = virtio_crypto_asym_session_create(dev, xform, ref);
	if (ret == 0) {
		ref->shared = copy_asym(xform);
		if (ref->shared != NULL)
			publish(dev, ref->shared);
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

/* Destroys a session on the devices other than its own; with the lock held. */
static void
destroy_on_others(const struct virtio_crypto_dev *dev, struct virtio_crypto_shared *shared)
{
	unsigned int i;
	int ret;

	if (shared == NULL)
		return;
	/* The primary process may be creating it on a restored device. */
	while ((ret = set_listed(dev, shared, false)) == -EBUSY)
		usleep(1000);
	for (i = 0; i < RTE_DIM(shared->on); i++)
		destroy_entry(shared->on[i]);
	/* Without a reply the primary process may still use it. */
	if (ret == 0)
		free_shared(shared);
}

void
virtio_crypto_shared_destroy_sym(struct virtio_crypto_session_ref *ref)
{
	struct virtio_crypto_dev *dev = (void *)(uintptr_t)ref->dev;

	pthread_mutex_lock(&lock);
	destroy_on_others(dev, ref->shared);
	virtio_crypto_sym_session_destroy(dev, ref);
	pthread_mutex_unlock(&lock);
}

void
virtio_crypto_shared_destroy_asym(struct virtio_crypto_asym_session_ref *ref)
{
	struct virtio_crypto_dev *dev = (void *)(uintptr_t)ref->dev;

	pthread_mutex_lock(&lock);
	destroy_on_others(dev, ref->shared);
	virtio_crypto_asym_session_destroy(dev, ref);
	pthread_mutex_unlock(&lock);
}
