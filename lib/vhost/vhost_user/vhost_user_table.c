/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Requests of a front-end: one row for each. A request without a row, or not as its row requires,
 * closes the connection before anything of it is used.
 */

#include <inttypes.h>

#include <rte_common.h>

#include "vhost_user.h"

/* No protocol feature is required. */
#define ALWAYS (-1)

#define SIZE_OF_MEMORY(n)                                                                          \
	(offsetof(struct vhost_user_memory, regions) + (n) * sizeof(struct vhost_user_region))
/* Some front-ends include the padding behind the last field. */
#define SIZE_OF_INFLIGHT (offsetof(struct vhost_user_inflight, queue_size) + sizeof(uint16_t))
#define SIZE_OF_CONFIG	 offsetof(struct vhost_user_config, region)

/* Requirements and handler of a request. */
struct row {
	enum vc_vhost_user_result (*handle)(struct vc_vhost_user *vu);
	uint32_t min_size; /* bytes of payload */
	uint32_t max_size;
	uint8_t min_fds; /* file descriptors */
	uint8_t max_fds;
	int feature; /* required protocol feature */
};

static const struct row table[] = {
	[VHOST_USER_GET_FEATURES] = { vc_handle_get_features, 0, 0, 0, 0, ALWAYS },
	[VHOST_USER_SET_FEATURES] = { vc_handle_set_features, 8, 8, 0, 0, ALWAYS },
	[VHOST_USER_SET_OWNER] = { vc_vhost_user_accept, 0, 0, 0, 0, ALWAYS },
	[VHOST_USER_SET_MEM_TABLE] = { vc_handle_set_mem_table, SIZE_OF_MEMORY(1),
				       SIZE_OF_MEMORY(VHOST_USER_MAX_REGIONS), 1,
				       VHOST_USER_MAX_REGIONS, ALWAYS },
	[VHOST_USER_SET_LOG_BASE] = { vc_handle_set_log_base, 16, 16, 1, 1,
				      VHOST_USER_PROTOCOL_F_LOG_SHMFD },
	[VHOST_USER_SET_LOG_FD] = { vc_handle_set_log_fd, 0, 0, 1, 1, ALWAYS },
	[VHOST_USER_SET_VRING_NUM] = { vc_handle_set_vring_num, 8, 8, 0, 0, ALWAYS },
	[VHOST_USER_SET_VRING_ADDR] = { vc_handle_set_vring_addr, 40, 40, 0, 0, ALWAYS },
	[VHOST_USER_SET_VRING_BASE] = { vc_handle_set_vring_base, 8, 8, 0, 0, ALWAYS },
	[VHOST_USER_GET_VRING_BASE] = { vc_handle_get_vring_base, 8, 8, 0, 0, ALWAYS },
	[VHOST_USER_SET_VRING_KICK] = { vc_handle_set_vring_kick, 8, 8, 0, 1, ALWAYS },
	[VHOST_USER_SET_VRING_CALL] = { vc_handle_set_vring_call, 8, 8, 0, 1, ALWAYS },
	[VHOST_USER_SET_VRING_ERR] = { vc_handle_set_vring_err, 8, 8, 0, 1, ALWAYS },
	[VHOST_USER_GET_PROTOCOL_FEATURES] = { vc_handle_get_protocol_features, 0, 0, 0, 0,
					       ALWAYS },
	[VHOST_USER_SET_PROTOCOL_FEATURES] = { vc_handle_set_protocol_features, 8, 8, 0, 0,
					       ALWAYS },
	[VHOST_USER_GET_QUEUE_NUM] = { vc_handle_get_queue_num, 0, 0, 0, 0, ALWAYS },
	[VHOST_USER_SET_VRING_ENABLE] = { vc_handle_set_vring_enable, 8, 8, 0, 0, ALWAYS },
	[VHOST_USER_SET_BACKEND_REQ_FD] = { vc_handle_set_backend_req_fd, 0, 0, 1, 1,
					    VHOST_USER_PROTOCOL_F_BACKEND_REQ },
	[VHOST_USER_GET_CONFIG] = { vc_handle_get_config, SIZE_OF_CONFIG,
				    sizeof(struct vhost_user_config), 0, 0,
				    VHOST_USER_PROTOCOL_F_CONFIG },
	[VHOST_USER_SET_CONFIG] = { vc_handle_set_config, SIZE_OF_CONFIG,
				    sizeof(struct vhost_user_config), 0, 0,
				    VHOST_USER_PROTOCOL_F_CONFIG },
	[VHOST_USER_CREATE_CRYPTO_SESSION] = { vc_handle_create_crypto_session,
					       sizeof(struct vhost_user_crypto_session_old),
					       sizeof(struct vhost_user_crypto_session), 0, 0,
					       VHOST_USER_PROTOCOL_F_CRYPTO_SESSION },
	[VHOST_USER_CLOSE_CRYPTO_SESSION] = { vc_handle_close_crypto_session, 8, 8, 0, 0,
					      VHOST_USER_PROTOCOL_F_CRYPTO_SESSION },
	[VHOST_USER_GET_INFLIGHT_FD] = { vc_handle_get_inflight_fd, SIZE_OF_INFLIGHT,
					 sizeof(struct vhost_user_inflight), 0, 0,
					 VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD },
	[VHOST_USER_SET_INFLIGHT_FD] = { vc_handle_set_inflight_fd, SIZE_OF_INFLIGHT,
					 sizeof(struct vhost_user_inflight), 1, 1,
					 VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD },
};

static const struct row *
find_row(uint32_t request)
{
	return request < RTE_DIM(table) ? &table[request] : NULL;
}

static enum vc_vhost_user_result
check_form(const struct vc_vhost_user *vu, const struct row *row)
{
	const struct vhost_user_header *h = &vu->request.header;
	uint8_t nb_fds = vu->request.nb_fds;

	if ((h->flags & ~VHOST_USER_NEED_REPLY) != VHOST_USER_VERSION)
		return vc_vhost_user_reject(vu,
					    "flags 0x%x; a request has version 1 and, optionally, "
					    "need_reply: 0x1 or 0x9",
					    h->flags);
	if (h->size < row->min_size || h->size > row->max_size)
		return vc_vhost_user_reject(vu, "payload of %u bytes; %u to %u are required",
					    h->size, row->min_size, row->max_size);
	if (nb_fds < row->min_fds || nb_fds > row->max_fds)
		return vc_vhost_user_reject(vu, "%u file descriptors; %u to %u are required",
					    nb_fds, row->min_fds, row->max_fds);
	if (row->feature != ALWAYS && !vc_vhost_user_has(vu, row->feature))
		return vc_vhost_user_reject(
			vu,
			"protocol feature %d was not negotiated; this request requires "
			"it",
			row->feature);
	return VC_VHOST_USER_DONE;
}

enum vc_vhost_user_result
vc_vhost_user_handle(struct vc_vhost_user *vu)
{
	const struct row *row = find_row(vu->request.header.request);

	if (row == NULL || row->handle == NULL)
		return vc_vhost_user_reject(
			vu, "unsupported vhost-user request; no offered feature requires it");
	if (check_form(vu, row) != VC_VHOST_USER_DONE)
		return VC_VHOST_USER_REJECT;
	return row->handle(vu);
}
