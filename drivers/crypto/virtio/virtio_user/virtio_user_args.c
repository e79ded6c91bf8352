/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bitops.h>
#include <rte_common.h>
#include <rte_kvargs.h>

#include "virtio_crypto_features.h"
#include "virtio_crypto_logs.h"
#include "virtio_user_args.h"
#include "virtqueue.h"

/* A power of two, for several bursts and chains of hundreds of buffers. */
#define DEFAULT_QUEUE_SIZE 1024
#define MIN_QUEUE_SIZE	   64
/*
 * Messages have one byte for the index of a vring, and the control queue follows the data queues.
 */
#define MAX_QUEUES 255

/* A whole decimal number from min to max. */
static bool
parse_number(const char *value, unsigned long min, unsigned long max, uint16_t *number)
{
	unsigned long n;
	char *end;

	if (*value < '0' || *value > '9')
		return false;
	errno = 0;
	n = strtoul(value, &end, 10);
	if (errno != 0 || *end != '\0' || n < min || n > max)
		return false;
	*number = n;
	return true;
}

static bool
parse_path(const char *value, struct virtio_user_args *args)
{
	if (*value == '\0' || strlen(value) >= sizeof(args->path))
		return false;
	strcpy(args->path, value);
	return true;
}

static bool
parse_queues(const char *value, struct virtio_user_args *args)
{
	return parse_number(value, 1, MAX_QUEUES, &args->queues);
}

static bool
parse_queue_size(const char *value, struct virtio_user_args *args)
{
	return parse_number(value, MIN_QUEUE_SIZE, VIRTQUEUE_MAX_SIZE, &args->queue_size) &&
		rte_is_power_of_2(args->queue_size);
}

static bool
parse_server(const char *value, struct virtio_user_args *args)
{
	args->server = strcmp(value, "1") == 0;
	return args->server || strcmp(value, "0") == 0;
}

static bool
parse_session_msg(const char *value, struct virtio_user_args *args)
{
	static const char *const names[] = {
		[VIRTIO_USER_SESSION_MSG_AUTO] = "auto",
		[VIRTIO_USER_SESSION_MSG_NEW] = "new",
		[VIRTIO_USER_SESSION_MSG_OLD] = "old",
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			args->session_msg = i;
			return true;
		}
	}
	return false;
}

static bool
parse_disable_features(const char *value, struct virtio_user_args *args)
{
	char reason[VIRTIO_CRYPTO_FEATURES_REASON_LEN];

	if (virtio_crypto_features_parse(value, &args->disabled_features, reason) == 0)
		return true;
	VIRTIO_CRYPTO_LOG(ERR, "%s", reason);
	return false;
}

/* Parses 0 or 1, which requests a feature that is not among the default ones. */
static bool
parse_requested(const char *value, uint64_t *features, unsigned int bit)
{
	if ((value[0] != '0' && value[0] != '1') || value[1] != '\0')
		return false;
	if (value[0] == '1')
		*features |= 1ULL << bit;
	return true;
}

static bool
parse_packed(const char *value, struct virtio_user_args *args)
{
	return parse_requested(value, &args->requested_features, VIRTIO_F_RING_PACKED);
}

static bool
parse_in_order(const char *value, struct virtio_user_args *args)
{
	return parse_requested(value, &args->requested_features, VIRTIO_F_IN_ORDER);
}

static const struct {
	const char *name;
	bool (*parse)(const char *value, struct virtio_user_args *args);
	const char *valid;
} keys[] = {
	{ "path", parse_path, "the path of a socket, at most 107 bytes" },
	{ "queues", parse_queues, "a number of data queues from 1 to 255" },
	{ "queue_size", parse_queue_size, "a power of two from 64 to 32768" },
	{ "server", parse_server, "0 to connect, 1 to listen" },
	{ "session_msg", parse_session_msg, "auto, new or old" },
	{ "disable_features", parse_disable_features, "names of features with + between" },
	{ "packed", parse_packed, "1 for packed rings where the device has them, or 0" },
	{ "in_order", parse_in_order, "1 to have requests used in order where it can, or 0" },
};

static int
parse_pair(const struct rte_kvargs_pair *pair, struct virtio_user_args *args)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(keys); i++) {
		if (strcmp(pair->key, keys[i].name) != 0)
			continue;
		if (pair->value != NULL && keys[i].parse(pair->value, args))
			return 0;
		VIRTIO_CRYPTO_LOG(ERR, "invalid argument %s=%s: expected %s", pair->key,
				  pair->value != NULL ? pair->value : "", keys[i].valid);
		return -EINVAL;
	}
	VIRTIO_CRYPTO_LOG(ERR, "unknown argument \"%s\"; valid arguments:", pair->key);
	for (i = 0; i < RTE_DIM(keys); i++)
		VIRTIO_CRYPTO_LOG(ERR, "  %s: %s", keys[i].name, keys[i].valid);
	return -EINVAL;
}

int
virtio_user_args_parse(const char *text, struct virtio_user_args *args)
{
	struct rte_kvargs *kvlist = rte_kvargs_parse(text, NULL);
	unsigned int i;
	int ret = 0;

	*args = (struct virtio_user_args){ .queues = 1, .queue_size = DEFAULT_QUEUE_SIZE };
	if (kvlist == NULL) {
		VIRTIO_CRYPTO_LOG(
			ERR, "invalid arguments \"%s\": expected KEY=VALUE[,KEY=VALUE]...", text);
		return -EINVAL;
	}
	for (i = 0; ret == 0 && i < kvlist->count; i++)
		ret = parse_pair(&kvlist->pairs[i], args);
	rte_kvargs_free(kvlist);
	if (ret == 0 && args->path[0] == '\0') {
		VIRTIO_CRYPTO_LOG(ERR, "missing argument path=: expected %s", keys[0].valid);
		ret = -EINVAL;
	}
	return ret;
}
