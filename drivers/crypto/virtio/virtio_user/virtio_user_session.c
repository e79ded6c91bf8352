/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Sessions of a back-end without a control queue, by messages of vhost-user in one of two forms.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <rte_byteorder.h>

#include "virtio_crypto_logs.h"
#include "virtio_crypto_params.h"
#include "virtio_crypto_status.h"
#include "virtio_user.h"

/* Common fields of both forms, in the byte order of the processor. */
struct sym_session {
	struct vhost_user_crypto_sym info;
	const uint8_t *cipher_key;
	const uint8_t *auth_key;
};

static void
describe_cipher(struct sym_session *s, const struct virtio_crypto_cipher_session_para *para)
{
	s->info.cipher_alg = rte_le_to_cpu_32(para->algo);
	s->info.key_len = rte_le_to_cpu_32(para->keylen);
	s->info.direction = rte_le_to_cpu_32(para->op);
}

static void
describe_chain(struct sym_session *s, const struct virtio_crypto_alg_chain_session_para *para)
{
	describe_cipher(s, &para->cipher_param);
	s->info.hash_alg = rte_le_to_cpu_32(para->u.mac_param.algo);
	s->info.hash_result_len = rte_le_to_cpu_32(para->u.mac_param.hash_result_len);
	s->info.auth_key_len = rte_le_to_cpu_32(para->u.mac_param.auth_key_len);
	s->info.aad_len = rte_le_to_cpu_32(para->aad_len);
	s->info.hash_mode = rte_le_to_cpu_32(para->hash_mode);
	s->info.alg_chain_order = rte_le_to_cpu_32(para->alg_chain_order);
}

/*
 * Converts the parameters of the control queue; the messages support services CIPHER and AKCIPHER.
 */
static int
describe(struct sym_session *s, const struct virtio_crypto_session_params *params)
{
	const struct virtio_crypto_sym_create_session_req *req = &params->req.u.sym_create_session;

	if (rte_le_to_cpu_32(params->req.header.opcode) != VIRTIO_CRYPTO_CIPHER_CREATE_SESSION ||
	    params->cipher_key_len > VHOST_USER_CRYPTO_MAX_CIPHER_KEY ||
	    params->auth_key_len > VHOST_USER_CRYPTO_MAX_AUTH_KEY)
		return -ENOTSUP;
	memset(s, 0, sizeof(*s));
	s->info.op_type = rte_le_to_cpu_32(req->op_type);
	if (s->info.op_type == VIRTIO_CRYPTO_SYM_OP_CIPHER)
		describe_cipher(s, &req->u.cipher.para);
	else
		describe_chain(s, &req->u.chain.para);
	s->cipher_key = params->keys;
	s->auth_key = params->keys + params->cipher_key_len;
	return 0;
}

/* Reads the session id from a reply, or the error in it. */
static int
parse_id(int64_t answer, uint64_t *id)
{
	if (answer < -UINT8_MAX)
		return -EIO;
	if (answer < 0)
		return virtio_crypto_status_to_errno(-answer);
	*id = answer;
	return 0;
}

/* Sends a message of the new form, reads the id from the reply, and wipes both. */
static int
send_new(struct vhost_user *vu, struct vhost_user_crypto_session *msg, uint64_t *id)
{
	int ret = vhost_user_get(vu, VHOST_USER_CREATE_CRYPTO_SESSION, msg, sizeof(*msg),
				 sizeof(*msg));

	if (ret == sizeof(*msg))
		ret = parse_id(msg->session_id, id);
	else if (ret >= 0)
		ret = -EPROTO;
	explicit_bzero(msg, sizeof(*msg));
	return ret;
}

static int
create_new(struct vhost_user *vu, const struct sym_session *s, uint64_t *id)
{
	struct vhost_user_crypto_session msg = {
		.op_code = VIRTIO_CRYPTO_CIPHER_CREATE_SESSION,
		.u.sym.info = s->info,
	};

	memcpy(msg.u.sym.cipher_key, s->cipher_key, s->info.key_len);
	memcpy(msg.u.sym.auth_key, s->auth_key, s->info.auth_key_len);
	return send_new(vu, &msg, id);
}

/* Asymmetric sessions are in the new form only. */
static int
create_asym(struct virtio_user *vu, const struct virtio_crypto_session_params *params, uint64_t *id)
{
	const struct virtio_crypto_akcipher_session_para *para =
		&params->req.u.akcipher_create_session.para;
	struct vhost_user_crypto_session msg = {
		.op_code = VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION,
		.u.asym = {
			.algo = rte_le_to_cpu_32(para->algo),
			.key_type = rte_le_to_cpu_32(para->keytype),
			.key_len = params->cipher_key_len,
			.padding_algo = rte_le_to_cpu_32(para->u.rsa.padding_algo),
			.hash_algo = rte_le_to_cpu_32(para->u.rsa.hash_algo),
		},
	};

	if (vu->session_msg == VIRTIO_USER_SESSION_MSG_OLD ||
	    params->cipher_key_len > sizeof(msg.u.asym.key))
		return -ENOTSUP;
	memcpy(msg.u.asym.key, params->keys, params->cipher_key_len);
	return send_new(&vu->vu, &msg, id);
}

static int
create_old(struct vhost_user *vu, const struct sym_session *s, uint64_t *id)
{
	struct vhost_user_crypto_session_old msg = {
		.op_code = VIRTIO_CRYPTO_CIPHER_CREATE_SESSION,
		.info = s->info,
	};
	int ret;

	memcpy(msg.cipher_key, s->cipher_key, s->info.key_len);
	memcpy(msg.auth_key, s->auth_key, s->info.auth_key_len);
	ret = vhost_user_get(vu, VHOST_USER_CREATE_CRYPTO_SESSION, &msg, sizeof(msg), sizeof(msg));
	if (ret == sizeof(msg))
		ret = parse_id(msg.session_id, id);
	else if (ret >= 0)
		ret = -EPROTO;
	explicit_bzero(&msg, sizeof(msg));
	return ret;
}

static int
create_sym(struct virtio_user *vu, const struct virtio_crypto_session_params *params, uint64_t *id)
{
	struct sym_session s;
	int ret = describe(&s, params);

	if (ret != 0)
		return ret;
	if (vu->session_msg == VIRTIO_USER_SESSION_MSG_OLD)
		return create_old(&vu->vu, &s, id);
	return create_new(&vu->vu, &s, id);
}

int
virtio_user_session_create(struct virtio_crypto_transport *tr,
			   const struct virtio_crypto_session_params *params, uint64_t *id)
{
	struct virtio_user *vu = (struct virtio_user *)tr;
	bool asym = rte_le_to_cpu_32(params->req.header.opcode) ==
		VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION;
	int ret = asym ? create_asym(vu, params, id) : create_sym(vu, params, id);

	return ret == -EREMOTEIO ? -EIO : ret;
}

int
virtio_user_session_destroy(struct virtio_crypto_transport *tr, uint64_t id)
{
	struct virtio_user *vu = (struct virtio_user *)tr;

	return vhost_user_set_u64(&vu->vu, VHOST_USER_CLOSE_CRYPTO_SESSION, id, -1);
}

int
virtio_user_session_probe(struct virtio_user *vu)
{
	static const uint8_t key[16];
	const struct sym_session s = {
		.info = {
			.cipher_alg = VIRTIO_CRYPTO_CIPHER_AES_CBC,
			.key_len = sizeof(key),
			.op_type = VIRTIO_CRYPTO_SYM_OP_CIPHER,
			.direction = VIRTIO_CRYPTO_OP_ENCRYPT,
		},
		.cipher_key = key,
		.auth_key = key,
	};
	uint64_t id;
	int ret;

	if (vu->session_msg != VIRTIO_USER_SESSION_MSG_AUTO)
		return 0;
	ret = create_new(&vu->vu, &s, &id);
	if (ret == -ECONNRESET || ret == -EPIPE) {
		vu->session_msg = VIRTIO_USER_SESSION_MSG_OLD;
		return -ECONNRESET;
	}
	/* Any of these replies shows that the back-end supports the form. */
	if (ret == 0)
		ret = virtio_user_session_destroy(&vu->tr, id);
	if (ret == 0 || ret == -EREMOTEIO || ret == -ENOTSUP || ret == -EIO || ret == -ENOSPC) {
		vu->session_msg = VIRTIO_USER_SESSION_MSG_NEW;
		return 0;
	}
	return ret;
}
