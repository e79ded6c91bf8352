/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>

#include <rte_byteorder.h>

#include "request_read.h"

/* Section "Symmetric algorithms Operation". */
static void
read_chain(struct vc_request *r, const struct virtio_crypto_alg_chain_data_para *w)
{
	/* Symmetric algorithms Operation, D38 */
	r->iv_len = rte_le_to_cpu_32(w->iv_len);
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->dst_len = rte_le_to_cpu_32(w->dst_data_len);
	r->cipher_off = rte_le_to_cpu_32(w->cipher_start_src_offset);
	r->cipher_len = rte_le_to_cpu_32(w->len_to_cipher);
	r->auth_off = rte_le_to_cpu_32(w->hash_start_src_offset);
	r->auth_len = rte_le_to_cpu_32(w->len_to_hash);
	r->aad_len = rte_le_to_cpu_32(w->aad_len);
	r->digest_len = rte_le_to_cpu_32(w->hash_result_len);
}

static int
read_sym(struct vc_request *r, const struct virtio_crypto_sym_data_req *w)
{
	const struct virtio_crypto_cipher_para *cipher = &w->u.cipher.para;

	r->op_type = rte_le_to_cpu_32(w->op_type);
	switch (r->op_type) {
	/* Symmetric algorithms Operation, D37 */
	case VIRTIO_CRYPTO_SYM_OP_CIPHER:
		r->iv_len = rte_le_to_cpu_32(cipher->iv_len);
		r->src_len = rte_le_to_cpu_32(cipher->src_data_len);
		r->dst_len = rte_le_to_cpu_32(cipher->dst_data_len);
		r->cipher_len = r->src_len;
		return VIRTIO_CRYPTO_OK;
	case VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING:
		read_chain(r, &w->u.chain.para);
		return VIRTIO_CRYPTO_OK;
	default:
		return VIRTIO_CRYPTO_NOTSUPP;
	}
}

static int
read_sym_stateless(struct vc_request *r, const struct virtio_crypto_sym_data_flf_stateless *w,
		   struct vc_session_params *p)
{
	r->op_type = p->op_type = rte_le_to_cpu_32(w->op_type);
	/* Symmetric algorithms Operation, D37, D38 */
	switch (r->op_type) {
	case VIRTIO_CRYPTO_SYM_OP_CIPHER:
		p->cipher_algo = rte_le_to_cpu_32(w->u.cipher.algo);
		p->cipher_key_len = rte_le_to_cpu_32(w->u.cipher.key_len);
		p->direction = rte_le_to_cpu_32(w->u.cipher.op);
		r->iv_len = rte_le_to_cpu_32(w->u.cipher.iv_len);
		r->src_len = rte_le_to_cpu_32(w->u.cipher.src_data_len);
		r->dst_len = rte_le_to_cpu_32(w->u.cipher.dst_data_len);
		r->cipher_len = r->src_len;
		return VIRTIO_CRYPTO_OK;
	case VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING:
		p->chain_order = rte_le_to_cpu_32(w->u.chain.alg_chain_order);
		p->cipher_algo = rte_le_to_cpu_32(w->u.chain.cipher_algo);
		p->cipher_key_len = rte_le_to_cpu_32(w->u.chain.cipher_key_len);
		p->direction = rte_le_to_cpu_32(w->u.chain.cipher_op);
		p->auth_algo = rte_le_to_cpu_32(w->u.chain.hash_algo);
		p->auth_key_len = rte_le_to_cpu_32(w->u.chain.auth_key_len);
		p->hash_mode = rte_le_to_cpu_32(w->u.chain.hash_mode);
		read_chain(r, &w->u.chain.para);
		r->aad_first = true;
		return VIRTIO_CRYPTO_OK;
	default:
		return VIRTIO_CRYPTO_NOTSUPP;
	}
}

/* Sections "HASH Service Operation" and "MAC Service Operation". */
static int
read_hash(struct vc_request *r, const struct virtio_crypto_hash_para *w)
{
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->digest_len = rte_le_to_cpu_32(w->hash_result_len);
	r->auth_len = r->src_len;
	return VIRTIO_CRYPTO_OK;
}

static int
read_hash_stateless(struct vc_request *r, const struct virtio_crypto_hash_data_flf_stateless *w,
		    struct vc_session_params *p)
{
	p->auth_algo = rte_le_to_cpu_32(w->algo);
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->digest_len = rte_le_to_cpu_32(w->hash_result_len);
	r->auth_len = r->src_len;
	return VIRTIO_CRYPTO_OK;
}

static int
read_mac_stateless(struct vc_request *r, const struct virtio_crypto_mac_data_flf_stateless *w,
		   struct vc_session_params *p)
{
	p->auth_algo = rte_le_to_cpu_32(w->algo);
	p->auth_key_len = rte_le_to_cpu_32(w->auth_key_len);
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->digest_len = rte_le_to_cpu_32(w->hash_result_len);
	r->auth_len = r->src_len;
	return VIRTIO_CRYPTO_OK;
}

/* Section "AEAD Service Operation". */
static int
read_aead(struct vc_request *r, const struct virtio_crypto_aead_data_flf *w)
{
	r->iv_len = rte_le_to_cpu_32(w->iv_len);
	r->aad_len = rte_le_to_cpu_32(w->aad_len);
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->dst_len = rte_le_to_cpu_32(w->dst_data_len);
	r->tag_len = rte_le_to_cpu_32(w->tag_len);
	return VIRTIO_CRYPTO_OK;
}

static int
read_aead_stateless(struct vc_request *r, const struct virtio_crypto_aead_data_flf_stateless *w,
		    struct vc_session_params *p)
{
	/* AEAD Service Operation, D47 */
	p->cipher_algo = rte_le_to_cpu_32(w->algo);
	p->cipher_key_len = rte_le_to_cpu_32(w->key_len);
	p->direction = rte_le_to_cpu_32(w->op);
	r->iv_len = rte_le_to_cpu_32(w->iv_len);
	r->tag_len = rte_le_to_cpu_32(w->tag_len);
	r->aad_len = rte_le_to_cpu_32(w->aad_len);
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->dst_len = rte_le_to_cpu_32(w->dst_data_len);
	return VIRTIO_CRYPTO_OK;
}

/* Section "AKCIPHER Service Operation". */
static int
read_akcipher(struct vc_request *r, const struct virtio_crypto_akcipher_para *w)
{
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->dst_len = rte_le_to_cpu_32(w->dst_data_len);
	return VIRTIO_CRYPTO_OK;
}

static int
read_akcipher_stateless(struct vc_request *r,
			const struct virtio_crypto_akcipher_data_flf_stateless *w,
			struct vc_session_params *p)
{
	/* AKCIPHER Service Operation, D57 */
	p->cipher_algo = rte_le_to_cpu_32(w->algo);
	p->key_type = rte_le_to_cpu_32(w->key_type);
	p->cipher_key_len = rte_le_to_cpu_32(w->key_len);
	vc_params_read_akcipher(p, &w->u.rsa);
	r->src_len = rte_le_to_cpu_32(w->src_data_len);
	r->dst_len = rte_le_to_cpu_32(w->dst_data_len);
	return VIRTIO_CRYPTO_OK;
}

/*
 * Exact sizes with REVISION_1, padded ones without, and those of the stateless layout.
 * vc_request_copy_header() handles service CIPHER itself.
 */
uint32_t
vc_request_header_size(uint32_t service, uint64_t features, bool stateless_layout)
{
	static const uint8_t stateless[VC_SERVICES] = {
		[VIRTIO_CRYPTO_SERVICE_HASH] = sizeof(struct virtio_crypto_hash_data_flf_stateless),
		[VIRTIO_CRYPTO_SERVICE_MAC] = sizeof(struct virtio_crypto_mac_data_flf_stateless),
		[VIRTIO_CRYPTO_SERVICE_AEAD] = sizeof(struct virtio_crypto_aead_data_flf_stateless),
		[VIRTIO_CRYPTO_SERVICE_AKCIPHER] = sizeof(
			struct virtio_crypto_akcipher_data_flf_stateless),
	};
	static const uint8_t exact[VC_SERVICES] = {
		[VIRTIO_CRYPTO_SERVICE_HASH] = sizeof(struct virtio_crypto_hash_para),
		[VIRTIO_CRYPTO_SERVICE_MAC] = sizeof(struct virtio_crypto_mac_para),
		[VIRTIO_CRYPTO_SERVICE_AEAD] = sizeof(struct virtio_crypto_aead_data_flf),
		[VIRTIO_CRYPTO_SERVICE_AKCIPHER] = sizeof(struct virtio_crypto_akcipher_para),
	};

	if (stateless_layout)
		return stateless[service];
	if (virtio_crypto_has_feature(features, VIRTIO_CRYPTO_F_REVISION_1))
		return exact[service];
	return VIRTIO_CRYPTO_DATAQ_OP_SPEC_HDR_LEGACY;
}

static __rte_always_inline int
read_service(struct vc_request *r, const struct vc_request_header *wire,
	     struct vc_session_params *p)
{
	const union virtio_crypto_data_flf *w = &wire->fixed;
	bool stateless_layout = wire->stateless_layout;

	/*
	 * HASH Service Operation, D20, D25; MAC Service Operation, D32;
	 * Symmetric algorithms Operation, D36, D44; AEAD Service Operation, D53;
	 * AKCIPHER Service Operation, D61
	 */
	switch (r->opcode) {
	case VIRTIO_CRYPTO_CIPHER_ENCRYPT:
	case VIRTIO_CRYPTO_CIPHER_DECRYPT:
		return stateless_layout ? read_sym_stateless(r, &w->sym_stateless, p) :
					  read_sym(r, &w->sym);
	case VIRTIO_CRYPTO_HASH:
		return stateless_layout ? read_hash_stateless(r, &w->hash_stateless, p) :
					  read_hash(r, &w->hash);
	case VIRTIO_CRYPTO_MAC:
		return stateless_layout ? read_mac_stateless(r, &w->mac_stateless, p) :
					  read_hash(r, &w->hash);
	case VIRTIO_CRYPTO_AEAD_ENCRYPT:
	case VIRTIO_CRYPTO_AEAD_DECRYPT:
		return stateless_layout ? read_aead_stateless(r, &w->aead_stateless, p) :
					  read_aead(r, &w->aead);
	case VIRTIO_CRYPTO_AKCIPHER_ENCRYPT:
	case VIRTIO_CRYPTO_AKCIPHER_DECRYPT:
	case VIRTIO_CRYPTO_AKCIPHER_SIGN:
	case VIRTIO_CRYPTO_AKCIPHER_VERIFY:
		return stateless_layout ? read_akcipher_stateless(r, &w->akcipher_stateless, p) :
					  read_akcipher(r, &w->akcipher);
	default:
		return VIRTIO_CRYPTO_NOTSUPP;
	}
}

/* Reads the keys of a stateless request into its parameters. */
static int
read_keys(struct vc_cursor *cur, const struct vc_request *r, struct vc_session_params *p)
{
	p->service = r->opcode >> 8;
	p->digest_len = p->service == VIRTIO_CRYPTO_SERVICE_AEAD ? r->tag_len : r->digest_len;
	if (p->service == VIRTIO_CRYPTO_SERVICE_AEAD)
		p->aad_len = r->aad_len;
	return vc_params_read_keys(p, cur);
}

int
vc_request_decode(const struct vc_request_header *w, struct vc_cursor *cur, uint64_t features,
		  struct vc_request *r, struct vc_session_params *p)
{
	uint32_t flag = rte_le_to_cpu_32(w->header.flag);
	int status;

	memset(r, 0, sizeof(*r));
	r->opcode = rte_le_to_cpu_32(w->header.opcode);
	r->session_id = rte_le_to_cpu_64(w->header.session_id);
	/*
	 * HASH Service Operation, D21; MAC Service Operation, D28;
	 * Symmetric algorithms Operation, D35; AEAD Service Operation, D47;
	 * AKCIPHER Service Operation, D57; Data Virtqueue, D67
	 */
	/* Without REVISION_1 the flag is ignored: all requests name a session. */
	if (likely((flag & VIRTIO_CRYPTO_FLAG_SESSION_MODE) ||
		   !virtio_crypto_has_feature(features, VIRTIO_CRYPTO_F_REVISION_1)))
		/* Session parameters of the stateless layout are ignored here. */
		return read_service(r, w, p);
	if (!w->stateless_layout)
		return VIRTIO_CRYPTO_NOTSUPP;
	memset(p, 0, VC_PARAMS_SYM);
	r->stateless = true;
	status = read_service(r, w, p);
	return status == VIRTIO_CRYPTO_OK ? read_keys(cur, r, p) : status;
}
