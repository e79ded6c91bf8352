/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include "ctrl_request.h"
#include "session_dormant.h"
#include "session_table.h"
#include "virtio_crypto_features.h"

/* Size of op_flf: exact with REVISION_1, padded without. */
static uint32_t
flf_size(uint32_t opcode, uint64_t features)
{
	if (!virtio_crypto_has_feature(features, VIRTIO_CRYPTO_F_REVISION_1))
		return VIRTIO_CRYPTO_CTRLQ_OP_SPEC_HDR_LEGACY;
	/* Session operation: create session, D9 */
	switch (opcode) {
	case VIRTIO_CRYPTO_CIPHER_CREATE_SESSION:
		return sizeof(struct virtio_crypto_sym_create_session_req);
	case VIRTIO_CRYPTO_HASH_CREATE_SESSION:
		return 2 * sizeof(uint32_t);
	case VIRTIO_CRYPTO_MAC_CREATE_SESSION:
		return sizeof(struct virtio_crypto_mac_session_para);
	case VIRTIO_CRYPTO_AEAD_CREATE_SESSION:
		return sizeof(struct virtio_crypto_aead_session_para);
	case VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION:
		return sizeof(struct virtio_crypto_akcipher_create_session_req);
	default:
		return sizeof(uint64_t); /* session ID to destroy */
	}
}

static void
read_cipher(struct vc_session_params *p, const struct virtio_crypto_cipher_session_para *w)
{
	p->cipher_algo = rte_le_to_cpu_32(w->algo);
	p->cipher_key_len = rte_le_to_cpu_32(w->keylen);
	p->direction = rte_le_to_cpu_32(w->op);
}

static void
read_hash(struct vc_session_params *p, const struct virtio_crypto_hash_session_para *w)
{
	p->auth_algo = rte_le_to_cpu_32(w->algo);
	p->digest_len = rte_le_to_cpu_32(w->hash_result_len);
}

static void
read_mac(struct vc_session_params *p, const struct virtio_crypto_mac_session_para *w)
{
	p->auth_algo = rte_le_to_cpu_32(w->algo);
	p->digest_len = rte_le_to_cpu_32(w->hash_result_len);
	p->auth_key_len = rte_le_to_cpu_32(w->auth_key_len);
}

static void
read_aead(struct vc_session_params *p, const struct virtio_crypto_aead_session_para *w)
{
	p->cipher_algo = rte_le_to_cpu_32(w->algo);
	p->cipher_key_len = rte_le_to_cpu_32(w->key_len);
	p->digest_len = rte_le_to_cpu_32(w->hash_result_len); /* tag_len of the specification */
	p->aad_len = rte_le_to_cpu_32(w->aad_len);
	p->direction = rte_le_to_cpu_32(w->op);
}

static void
read_sym(struct vc_session_params *p, const struct virtio_crypto_sym_create_session_req *w)
{
	const struct virtio_crypto_alg_chain_session_para *chain = &w->u.chain.para;

	p->op_type = rte_le_to_cpu_32(w->op_type);
	if (p->op_type != VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING) {
		read_cipher(p, &w->u.cipher.para);
		return;
	}
	read_cipher(p, &chain->cipher_param);
	p->chain_order = rte_le_to_cpu_32(chain->alg_chain_order);
	p->hash_mode = rte_le_to_cpu_32(chain->hash_mode);
	if (p->hash_mode == VIRTIO_CRYPTO_SYM_HASH_MODE_PLAIN)
		read_hash(p, &chain->u.hash_param);
	else
		read_mac(p, &chain->u.mac_param);
}

static void
read_akcipher(struct vc_session_params *p, const struct virtio_crypto_akcipher_session_para *w)
{
	p->cipher_algo = rte_le_to_cpu_32(w->algo);
	p->key_type = rte_le_to_cpu_32(w->keytype);
	p->cipher_key_len = rte_le_to_cpu_32(w->keylen);
	vc_params_read_akcipher(p, &w->u.rsa);
}

static int
create_session(const struct vc_ctrlq_env *env, const struct virtio_crypto_op_ctrl_req *w,
	       struct vc_cursor *in, uint64_t *id)
{
	uint32_t opcode = rte_le_to_cpu_32(w->header.opcode);
	struct vc_session_params p = { .service = opcode >> 8 };
	int status;

	/* Session operation: create session, D9, D11, D14 */
	if (opcode == VIRTIO_CRYPTO_CIPHER_CREATE_SESSION)
		read_sym(&p, &w->u.sym_create_session);
	else if (opcode == VIRTIO_CRYPTO_AEAD_CREATE_SESSION)
		read_aead(&p, &w->u.aead_create_session.para);
	else if (opcode == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION)
		read_akcipher(&p, &w->u.akcipher_create_session.para);
	else if (opcode == VIRTIO_CRYPTO_HASH_CREATE_SESSION)
		read_hash(&p, &w->u.hash_create_session.para);
	else
		read_mac(&p, &w->u.mac_create_session.para);
	status = vc_params_read_keys(&p, in);
	if (status == VIRTIO_CRYPTO_OK)
		status = env->ops->create_session(env->dev, &p, id);
	explicit_bzero(&p, sizeof(p));
	/* Without REVISION_1 there is no status NOSPC. */
	if (status == VIRTIO_CRYPTO_NOSPC &&
	    !virtio_crypto_has_feature(*env->features, VIRTIO_CRYPTO_F_REVISION_1))
		status = VIRTIO_CRYPTO_ERR;
	return status;
}

static uint32_t
answer_create(struct vc_cursor *out, int status, uint64_t id)
{
	struct virtio_crypto_session_input answer = {
		.session_id = rte_cpu_to_le_64(status == VIRTIO_CRYPTO_OK ? id : UINT64_MAX),
		.status = rte_cpu_to_le_32(status),
	};

	/* Session operation: create session, D16; Operation status, D66 */
	vc_cursor_write(out, &answer, sizeof(answer));
	return sizeof(answer);
}

/* The service of the session must match that of the request. */
static uint8_t
destroy_session(const struct vc_ctrlq_env *env, uint32_t opcode, uint64_t id)
{
	const struct vc_session *s = vc_session_wake(env->sessions, id);

	/* Session operation: destroy session, D17, D19 */
	if (s == NULL || s->service != opcode >> 8)
		return VIRTIO_CRYPTO_ERR;
	return vc_session_destroy(env->sessions, id);
}

static bool
is_create(uint32_t opcode)
{
	return opcode == VIRTIO_CRYPTO_CIPHER_CREATE_SESSION ||
		opcode == VIRTIO_CRYPTO_HASH_CREATE_SESSION ||
		opcode == VIRTIO_CRYPTO_MAC_CREATE_SESSION ||
		opcode == VIRTIO_CRYPTO_AEAD_CREATE_SESSION ||
		opcode == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION;
}

static bool
is_destroy(uint32_t opcode)
{
	return opcode == VIRTIO_CRYPTO_CIPHER_DESTROY_SESSION ||
		opcode == VIRTIO_CRYPTO_HASH_DESTROY_SESSION ||
		opcode == VIRTIO_CRYPTO_MAC_DESTROY_SESSION ||
		opcode == VIRTIO_CRYPTO_AEAD_DESTROY_SESSION ||
		opcode == VIRTIO_CRYPTO_AKCIPHER_DESTROY_SESSION;
}

uint32_t
vc_ctrl_answer_request(const struct vc_ctrlq_env *env, const struct vc_chain *chain)
{
	struct vc_cursor in = vc_chain_reader(chain), out = vc_chain_writer(chain);
	struct virtio_crypto_op_ctrl_req w;
	uint8_t status = VIRTIO_CRYPTO_NOTSUPP;
	uint32_t opcode = 0, flf = 0;
	uint64_t id = 0;

	memset(&w, 0, sizeof(w));
	if (in.left >= sizeof(w.header)) {
		vc_cursor_read(&in, &w.header, sizeof(w.header));
		opcode = rte_le_to_cpu_32(w.header.opcode);
		flf = flf_size(opcode, *env->features);
	}
	if (flf == 0 || in.left < flf)
		status = VIRTIO_CRYPTO_ERR;
	else
		vc_cursor_read(&in, &w.u, flf);
	if (is_create(opcode) && out.left >= sizeof(struct virtio_crypto_session_input)) {
		if (status != VIRTIO_CRYPTO_ERR)
			status = create_session(env, &w, &in, &id);
		return answer_create(&out, status, id);
	}
	if (is_create(opcode))
		status = VIRTIO_CRYPTO_ERR; /* no session is created without room for its ID */
	if (is_destroy(opcode) && status != VIRTIO_CRYPTO_ERR)
		status = destroy_session(env, opcode,
					 rte_le_to_cpu_64(w.u.destroy_session.session_id));
	if (out.left == 0)
		return 0;
	/* An unknown request has its status where a creation has it. */
	if (!is_destroy(opcode) && out.left >= sizeof(struct virtio_crypto_session_input))
		return answer_create(&out, status, id);
	vc_cursor_write(&out, &status, sizeof(status));
	return sizeof(status);
}
