/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The messages that the door answers itself: config space and crypto sessions. */

#include <assert.h>
#include <string.h>

#include "device.h"
#include "log.h"

void *
vc_reply_start(const struct vc_message *request, struct vc_message *reply, uint32_t size)
{
	reply->header = (struct vhost_user_header){
		.request = request->header.request,
		.flags = VHOST_USER_VERSION | VHOST_USER_REPLY,
		.size = size,
	};
	memset(reply->payload, 0, size);
	reply->full = true;
	return reply->payload;
}

void
vc_reply_ack(const struct vc_message *request, struct vc_message *reply, bool failed)
{
	uint64_t value = failed;

	if (request->header.flags & VHOST_USER_NEED_REPLY)
		memcpy(vc_reply_start(request, reply, sizeof(value)), &value, sizeof(value));
}

/* An answer without payload says that the region does not exist. */
static int
get_config(const struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	   struct vc_message *reply)
{
	const uint32_t fixed = offsetof(struct vhost_user_config, region);
	struct vhost_user_config c;

	if (request->header.size < fixed) {
		VC_LOG(ERR, "%s: GET_CONFIG with %u bytes; at least %u are due", dev->path,
		       request->header.size, fixed);
		return -1;
	}
	memcpy(&c, request->payload, fixed);
	if (c.size > sizeof(c.region) || c.offset > sizeof(dev->config) ||
	    c.size > sizeof(dev->config) - c.offset) {
		vc_reply_start(request, reply, 0);
		return 1;
	}
	memcpy(c.region, (const uint8_t *)&dev->config + c.offset, c.size);
	memcpy(vc_reply_start(request, reply, fixed + c.size), &c, fixed + c.size);
	return 1;
}

/* librte_vhost would tell its own limit. */
static int
get_queue_num(const struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	      struct vc_message *reply)
{
	uint64_t num = dev->nb_queues + !dev->dpdk_api;

	memcpy(vc_reply_start(request, reply, sizeof(num)), &num, sizeof(num));
	return 1;
}

static void
params_from(struct vc_session_params *p, uint64_t opcode, const struct vhost_user_crypto_sym *info,
	    const uint8_t *cipher_key, const uint8_t *auth_key)
{
	*p = (struct vc_session_params){
		.service = opcode >> 8,
		.op_type = info->op_type,
		.direction = info->direction,
		.chain_order = info->alg_chain_order,
		.hash_mode = info->hash_mode,
		.cipher_algo = info->cipher_alg,
		.auth_algo = info->hash_alg,
		.cipher_key_len = info->key_len,
		.auth_key_len = info->auth_key_len,
		.digest_len = info->hash_result_len,
	};
	memcpy(p->cipher_key, cipher_key, sizeof(p->cipher_key));
	memcpy(p->auth_key, auth_key, sizeof(p->auth_key));
}

static_assert(VC_MAX_CIPHER_KEY == VHOST_USER_CRYPTO_MAX_CIPHER_KEY, "cipher key in message 26");
static_assert(VC_MAX_AUTH_KEY == VHOST_USER_CRYPTO_MAX_AUTH_KEY, "auth key in message 26");

static void
params_from_asym(struct vc_session_params *p, const struct vhost_user_crypto_asym_session *asym)
{
	const struct virtio_crypto_rsa_session_para para = {
		.padding_algo = rte_cpu_to_le_32(asym->padding_algo),
		.hash_algo = rte_cpu_to_le_32(asym->hash_algo),
	};

	*p = (struct vc_session_params){
		.service = VIRTIO_CRYPTO_SERVICE_AKCIPHER,
		.cipher_algo = asym->algo,
		.key_type = asym->key_type,
		.cipher_key_len = RTE_MIN(asym->key_len, sizeof(asym->key)),
	};
	vc_params_read_akcipher(p, &para);
	memcpy(p->akcipher_key, asym->key, p->cipher_key_len);
}

static int64_t
create(struct rte_vhost_crypto_device *dev, uint64_t opcode, struct vc_session_params *p)
{
	int status = VIRTIO_CRYPTO_NOTSUPP;
	uint64_t id = 0;

	if (opcode == VIRTIO_CRYPTO_CIPHER_CREATE_SESSION ||
	    opcode == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION)
		status = vc_device_create_session(dev, p, &id);
	explicit_bzero(p, sizeof(*p));
	return status == VIRTIO_CRYPTO_OK ? (int64_t)id : -(int64_t)status;
}

/* The reply is the request with the id set, here without the keys. */
static int
create_session(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	       struct vc_message *reply)
{
	union {
		struct vhost_user_crypto_session now;
		struct vhost_user_crypto_session_old old;
	} m, answer = { 0 };
	uint32_t size = request->header.size;
	struct vc_session_params p;

	if (size != sizeof(m.now) && size != sizeof(m.old)) {
		VC_LOG(ERR,
		       "%s: CREATE_CRYPTO_SESSION with %u bytes; %zu (QEMU 8 and later) or "
		       "%zu (before) are due",
		       dev->path, size, sizeof(m.now), sizeof(m.old));
		return -1;
	}
	memcpy(&m, request->payload, size);
	if (size == sizeof(m.now)) {
		if (m.now.op_code == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION)
			params_from_asym(&p, &m.now.u.asym);
		else
			params_from(&p, m.now.op_code, &m.now.u.sym.info, m.now.u.sym.cipher_key,
				    m.now.u.sym.auth_key);
		answer.now.op_code = m.now.op_code;
		answer.now.session_id = create(dev, m.now.op_code, &p);
	} else {
		params_from(&p, m.old.op_code, &m.old.info, m.old.cipher_key, m.old.auth_key);
		answer.old.op_code = m.old.op_code;
		answer.old.session_id = create(dev, m.old.op_code, &p);
	}
	explicit_bzero(&m, sizeof(m));
	memcpy(vc_reply_start(request, reply, size), &answer, size);
	return 1;
}

static int
close_session(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	      struct vc_message *reply)
{
	uint64_t id;
	int status;

	if (request->header.size != sizeof(id)) {
		VC_LOG(ERR, "%s: CLOSE_CRYPTO_SESSION with %u bytes; %zu are due", dev->path,
		       request->header.size, sizeof(id));
		return -1;
	}
	memcpy(&id, request->payload, sizeof(id));
	status = vc_session_destroy(&dev->sessions, id);
	vc_device_reap_sessions_soon(dev);
	vc_reply_ack(request, reply, status != VIRTIO_CRYPTO_OK);
	return 1;
}

bool
vc_door_answers(uint32_t request)
{
	return request == VHOST_USER_GET_QUEUE_NUM || request == VHOST_USER_GET_CONFIG ||
		request == VHOST_USER_SET_CONFIG || request == VHOST_USER_CREATE_CRYPTO_SESSION ||
		request == VHOST_USER_CLOSE_CRYPTO_SESSION ||
		request == VHOST_USER_GET_INFLIGHT_FD || request == VHOST_USER_SET_INFLIGHT_FD;
}

int
vc_door_answer(struct rte_vhost_crypto_device *dev, const struct vc_message *request,
	       struct vc_message *reply)
{
	switch (request->header.request) {
	case VHOST_USER_GET_QUEUE_NUM:
		return get_queue_num(dev, request, reply);
	case VHOST_USER_GET_CONFIG:
		return get_config(dev, request, reply);
	case VHOST_USER_SET_CONFIG:
		vc_reply_ack(request, reply, true); /* no field is the driver's to write */
		return 1;
	case VHOST_USER_CREATE_CRYPTO_SESSION:
		return create_session(dev, request, reply);
	case VHOST_USER_CLOSE_CRYPTO_SESSION:
		return close_session(dev, request, reply);
	case VHOST_USER_GET_INFLIGHT_FD:
		return vc_door_get_inflight(dev, request, reply);
	case VHOST_USER_SET_INFLIGHT_FD:
		return vc_door_set_inflight(dev, request, reply);
	default:
		return 0;
	}
}
