/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Requests about the device: features, memory, dirty log. */

#include <inttypes.h>
#include <string.h>

#include "log.h"
#include "vhost_user.h"
#include "virtio_crypto_features.h"

static uint64_t
read_u64(const struct vc_vhost_user *vu)
{
	uint64_t value;

	memcpy(&value, vu->request.payload, sizeof(value));
	return value;
}

static enum vc_vhost_user_result
reply_u64(struct vc_vhost_user *vu, uint64_t value)
{
	memcpy(vc_message_start_reply(&vu->request, &vu->reply, sizeof(value)), &value,
	       sizeof(value));
	return VC_VHOST_USER_DONE;
}

enum vc_vhost_user_result
vc_handle_get_features(struct vc_vhost_user *vu)
{
	return reply_u64(vu, vu->env.offered);
}

/* Rejects an invalid set of features; a virtio device would not accept FEATURES_OK. */
static enum vc_vhost_user_result
reject_features(struct vc_vhost_user *vu, uint64_t features)
{
	char text[VIRTIO_CRYPTO_FEATURES_TEXT_LEN];

	vc_vhost_user_reject(
		vu,
		"the front-end acknowledges %s without revision_1, which these "
		"features require",
		virtio_crypto_features_format(features & VIRTIO_CRYPTO_STATELESS_MODES, text));
	return vc_vhost_user_reply_failure(vu);
}

enum vc_vhost_user_result
vc_handle_set_features(struct vc_vhost_user *vu)
{
	const struct vc_vhost_user_env *env = &vu->env;
	uint64_t features = read_u64(vu), changed = features ^ *env->features;

	if (features & ~env->offered)
		return vc_vhost_user_reject(
			vu, "it acknowledges 0x%" PRIx64 ", of which 0x%" PRIx64 " is not offered",
			features, features & ~env->offered);
	if (features != virtio_crypto_features_valid(features))
		return reject_features(vu, features);
	if (vc_vhost_user_has_started_ring(vu) && (changed & ~(1ULL << VHOST_F_LOG_ALL)))
		return vc_vhost_user_reject(vu,
					    "it changes 0x%" PRIx64
					    " while rings are started; only "
					    "VHOST_F_LOG_ALL may change then",
					    changed);
	if (changed != 0) {
		if (!env->ops->try_stop_queues(env->dev))
			return VC_VHOST_USER_DEFER;
		*env->features = features;
		env->ops->restart_queues(env->dev);
	}
	vc_vhost_user_choose_session_ring(vu, features);
	return vc_vhost_user_accept(vu);
}

enum vc_vhost_user_result
vc_handle_get_protocol_features(struct vc_vhost_user *vu)
{
	return reply_u64(vu, VC_PROTOCOL_FEATURES);
}

enum vc_vhost_user_result
vc_handle_set_protocol_features(struct vc_vhost_user *vu)
{
	uint64_t features = read_u64(vu);

	if (features & ~VC_PROTOCOL_FEATURES)
		return vc_vhost_user_reject(
			vu, "it acknowledges 0x%" PRIx64 ", of which 0x%" PRIx64 " is not offered",
			features, (uint64_t)(features & ~VC_PROTOCOL_FEATURES));
	if (features != vu->protocol && vc_vhost_user_has_started_ring(vu))
		return vc_vhost_user_reject(vu,
					    "rings are started; it must precede SET_VRING_KICK");
	vu->protocol = features;
	return vc_vhost_user_accept(vu);
}

/* Includes the control queue. */
enum vc_vhost_user_result
vc_handle_get_queue_num(struct vc_vhost_user *vu)
{
	return reply_u64(vu, vu->env.nb_rings);
}

/* Size of all regions, or UINT64_MAX on overflow. */
static uint64_t
memory_size(const struct vhost_user_memory *table)
{
	uint64_t size = 0;
	uint32_t i;

	for (i = 0; i < table->nregions; i++)
		if (__builtin_add_overflow(size, table->regions[i].memory_size, &size))
			return UINT64_MAX;
	return size;
}

static enum vc_vhost_user_result
check_mem_table(const struct vc_vhost_user *vu, const struct vhost_user_memory *table)
{
	uint64_t most = vu->env.max_memory != 0 ? vu->env.max_memory : VC_MEM_MAX_BYTES;
	const char *fault;

	if (table->nregions == 0 || table->nregions > VHOST_USER_MAX_REGIONS ||
	    vu->request.header.size !=
		    offsetof(struct vhost_user_memory, regions) +
			    table->nregions * sizeof(table->regions[0]) ||
	    vu->request.nb_fds != table->nregions)
		return vc_vhost_user_reject(
			vu,
			"%u regions in %u bytes, with %u file descriptors; 1 to "
			"%u regions are possible, each with a descriptor",
			table->nregions, vu->request.header.size, vu->request.nb_fds,
			VHOST_USER_MAX_REGIONS);
	if (memory_size(table) > most)
		return vc_vhost_user_reject(vu,
					    "the guest has %" PRIu64 " MiB of memory; at most "
					    "%" PRIu64 " are allowed",
					    memory_size(table) >> 20, most >> 20);
	fault = vc_mem_find_fault(table, vu->request.fds);
	return fault != NULL ? vc_vhost_user_reject(vu, "%s", fault) : VC_VHOST_USER_DONE;
}

enum vc_vhost_user_result
vc_handle_set_mem_table(struct vc_vhost_user *vu)
{
	const struct vc_vhost_user_env *env = &vu->env;
	struct vhost_user_memory table = { 0 };
	struct vc_mem mem;
	int ret;

	memcpy(&table, vu->request.payload, vu->request.header.size);
	if (check_mem_table(vu, &table) != VC_VHOST_USER_DONE)
		return VC_VHOST_USER_REJECT;
	if (!env->ops->try_stop_queues(env->dev))
		return VC_VHOST_USER_DEFER;
	ret = vc_mem_map(&mem, &table, vu->request.fds);
	if (ret != 0)
		return vc_vhost_user_reject(
			vu, "cannot map a region: %s; its file system must support it",
			strerror(-ret));
	vc_vhost_user_unmap_memory(vu);
	*env->mem = mem;
	/* A ring outside the new memory stays stopped, which is logged. */
	env->ops->restart_queues(env->dev);
	return vc_vhost_user_accept(vu);
}

/*
 * Maximum size of a log: for guest addresses of 52 bits, the maximum of x86 processors. The log
 * takes address space of the host program, which all guests share.
 */
#define MAX_LOG_BYTES (1ULL << (52 - 12 - 3))

/* Size of a log with a bit for each page up to the highest guest address. */
static uint64_t
log_size(const struct vc_mem *mem)
{
	return vc_mem_last_address(mem) / VC_DIRTY_PAGE / 8 + 1;
}

static enum vc_vhost_user_result
check_log(const struct vc_vhost_user *vu, uint64_t size, uint64_t offset)
{
	uint64_t least = log_size(vu->env.mem);
	const char *fault;

	if (size < least || size > MAX_LOG_BYTES)
		return vc_vhost_user_reject(vu,
					    "the log has %" PRIu64 " bytes; at least %" PRIu64
					    " are required for the guest's memory, at most %llu",
					    size, least, MAX_LOG_BYTES);
	fault = vc_file_find_fault(vu->request.fds[0], offset, size);
	return fault != NULL ? vc_vhost_user_reject(vu, "%s", fault) : VC_VHOST_USER_DONE;
}

/* The reply has no payload, and is required even without need_reply. */
enum vc_vhost_user_result
vc_handle_set_log_base(struct vc_vhost_user *vu)
{
	const struct vc_vhost_user_env *env = &vu->env;
	struct vc_file_map map;
	uint64_t log[2]; /* size, offset */
	int ret;

	memcpy(log, vu->request.payload, sizeof(log));
	if (check_log(vu, log[0], log[1]) != VC_VHOST_USER_DONE)
		return VC_VHOST_USER_REJECT;
	if (!env->ops->try_stop_queues(env->dev))
		return VC_VHOST_USER_DEFER;
	ret = vc_file_map(&map, vu->request.fds[0], log[1], log[0]);
	if (ret != 0)
		return vc_vhost_user_reject(
			vu, "cannot map the dirty log: %s; its file system must support it",
			strerror(-ret));
	vc_vhost_user_unmap_log(vu);
	*env->log_map = map;
	*env->log = (struct vc_dirty_log){ .bits = map.data, .len = log[0] };
	env->ops->restart_queues(env->dev);
	vc_message_start_reply(&vu->request, &vu->reply, 0);
	return VC_VHOST_USER_DONE;
}

/* The eventfd is accepted and never signaled; the log itself is the only notification. */
enum vc_vhost_user_result
vc_handle_set_log_fd(struct vc_vhost_user *vu)
{
	if (!vc_fd_is_eventfd(vu->request.fds[0]))
		return vc_vhost_user_reject(
			vu, "the file descriptor is not an eventfd, which is required");
	return vc_vhost_user_accept(vu);
}

void
vc_vhost_user_unmap_memory(struct vc_vhost_user *vu)
{
	struct iovec maps[VC_MEM_MAX_REGIONS];
	unsigned int nb = vc_mem_release(vu->env.mem, maps);

	vc_fd_unmap(&vu->closer, maps, nb);
}

void
vc_vhost_user_unmap_log(struct vc_vhost_user *vu)
{
	const struct iovec map = vc_file_release(vu->env.log_map);

	vc_fd_unmap(&vu->closer, &map, map.iov_len > 0);
}
