/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Requests about the config space and crypto sessions. */

#include <assert.h>
#include <string.h>

#include "session_table.h"
#include "vhost_user.h"

/*
 * Reads an access to the config space: any offset, up to 256 bytes. False: the request was
 * rejected.
 */
static bool
read_access(const struct vc_vhost_user *vu, struct vhost_user_config *c)
{
	const uint32_t fixed = offsetof(struct vhost_user_config, region);

	memset(c, 0, sizeof(*c));
	memcpy(c, vu->request.payload, vu->request.header.size);
	if (c->size <= sizeof(c->region) && vu->request.header.size == fixed + c->size)
		return true;
	vc_vhost_user_reject(vu,
			     "%u bytes of config space in a payload of %u bytes; the "
			     "payload must be %u bytes longer, and at most %zu bytes are "
			     "possible",
			     c->size, vu->request.header.size, fixed, sizeof(c->region));
	return false;
}

/* Bytes beyond the last field read as 0, as with a hardware device. */
enum vc_vhost_user_result
vc_handle_get_config(struct vc_vhost_user *vu)
{
	const struct virtio_crypto_config *config = vu->env.config;
	uint32_t size = vu->request.header.size, inside = 0;
	struct vhost_user_config c;

	if (!read_access(vu, &c))
		return VC_VHOST_USER_REJECT;
	memset(c.region, 0, sizeof(c.region));
	if (c.offset < sizeof(*config))
		inside = RTE_MIN(c.size, (uint32_t)sizeof(*config) - c.offset);
	memcpy(c.region, (const uint8_t *)config + (inside > 0 ? c.offset : 0), inside);
	memcpy(vc_message_start_reply(&vu->request, &vu->reply, size), &c, size);
	return VC_VHOST_USER_DONE;
}

/* No field is writable: a write has no effect, as with a hardware device. */
enum vc_vhost_user_result
vc_handle_set_config(struct vc_vhost_user *vu)
{
	struct vhost_user_config c;

	return read_access(vu, &c) ? vc_vhost_user_accept(vu) : VC_VHOST_USER_REJECT;
}

static void
params_from_sym(struct vc_session_params *p, uint64_t opcode,
		const struct vhost_user_crypto_sym *info, const uint8_t *cipher_key,
		const uint8_t *auth_key)
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
create(const struct vc_vhost_user_env *env, uint64_t opcode, struct vc_session_params *p)
{
	int status = VIRTIO_CRYPTO_NOTSUPP;
	uint64_t id = 0;

	if (opcode == VIRTIO_CRYPTO_CIPHER_CREATE_SESSION ||
	    opcode == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION)
		status = env->ops->create_session(env->dev, p, &id);
	explicit_bzero(p, sizeof(*p));
	return status == VIRTIO_CRYPTO_OK ? (int64_t)id : -(int64_t)status;
}

/* The reply is the request with the session ID set, here without the keys. */
enum vc_vhost_user_result
vc_handle_create_crypto_session(struct vc_vhost_user *vu)
{
	union {
		struct vhost_user_crypto_session now;
		struct vhost_user_crypto_session_old old;
	} m, answer = { 0 };
	uint32_t size = vu->request.header.size;
	struct vc_session_params p;

	if (size != sizeof(m.now) && size != sizeof(m.old))
		return vc_vhost_user_reject(
			vu,
			"payload of %u bytes; %zu (QEMU 8 and later) or %zu (before) "
			"are required",
			size, sizeof(m.now), sizeof(m.old));
	memcpy(&m, vu->request.payload, size);
	if (size == sizeof(m.now)) {
		if (m.now.op_code == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION)
			params_from_asym(&p, &m.now.u.asym);
		else
			params_from_sym(&p, m.now.op_code, &m.now.u.sym.info,
					m.now.u.sym.cipher_key, m.now.u.sym.auth_key);
		answer.now.op_code = m.now.op_code;
		answer.now.session_id = create(&vu->env, m.now.op_code, &p);
	} else {
		params_from_sym(&p, m.old.op_code, &m.old.info, m.old.cipher_key, m.old.auth_key);
		answer.old.op_code = m.old.op_code;
		answer.old.session_id = create(&vu->env, m.old.op_code, &p);
	}
	explicit_bzero(&m, sizeof(m));
	memcpy(vc_message_start_reply(&vu->request, &vu->reply, size), &answer, size);
	return VC_VHOST_USER_DONE;
}

enum vc_vhost_user_result
vc_handle_close_crypto_session(struct vc_vhost_user *vu)
{
	uint64_t id;
	int status;

	memcpy(&id, vu->request.payload, sizeof(id));
	status = vc_session_destroy(vu->env.sessions, id);
	vu->env.ops->reap_sessions(vu->env.dev);
	vc_message_acknowledge(&vu->request, &vu->reply, status != VIRTIO_CRYPTO_OK);
	return VC_VHOST_USER_DONE;
}
