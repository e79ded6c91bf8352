/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_byteorder.h>

#include "virtio_crypto_request_header.h"

/* Offset in the request header of a field of its fixed part. */
#define AT(field) ((uint8_t)offsetof(struct virtio_crypto_request_header, u.field))

/* Fills the general header. @return whether the service uses the stateless layout */
static bool
fill_header(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s, uint32_t opcode,
	    uint32_t algo)
{
	struct virtio_crypto_op_header *h = &s->req.header;
	bool stateless_layout = virtio_crypto_has_feature(
		dev->features, virtio_crypto_stateless_feature(opcode >> 8));

	h->opcode = rte_cpu_to_le_32(opcode);
	h->algo = rte_cpu_to_le_32(algo);
	/*
	 * HASH Service Operation, R19; MAC Service Operation, R22;
	 * Symmetric algorithms Operation, R25; AEAD Service Operation, R30;
	 * AKCIPHER Service Operation, R33
	 */
	h->flag = rte_cpu_to_le_32(
		s->stateless && stateless_layout ? 0 : VIRTIO_CRYPTO_FLAG_SESSION_MODE);
	return stateless_layout;
}

/* Without REVISION_1 all fixed parts are padded to the same length. */
static void
set_size(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s, size_t fixed,
	 uint8_t lengths)
{
	if (!virtio_crypto_has_feature(dev->features, VIRTIO_CRYPTO_F_REVISION_1))
		fixed = VIRTIO_CRYPTO_DATAQ_OP_SPEC_HDR_LEGACY;
	s->header_len = sizeof(s->req.header) + fixed;
	s->lengths_offset = lengths;
}

static void
fill_chain_lengths(const struct virtio_crypto_session *s,
		   struct virtio_crypto_alg_chain_data_para *para)
{
	para->iv_len = rte_cpu_to_le_32(s->iv_len);
	para->aad_len = rte_cpu_to_le_32(s->auth_iv_len);
	para->hash_result_len = rte_cpu_to_le_32(s->digest_len);
}

static void
fill_sym(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	struct virtio_crypto_sym_data_req *sym = &s->req.u.sym;

	sym->op_type = s->params->req.u.sym_create_session.op_type;
	/* Symmetric algorithms Operation, R27, R28 */
	if (s->kind == VIRTIO_CRYPTO_KIND_CIPHER) {
		sym->u.cipher.para.iv_len = rte_cpu_to_le_32(s->iv_len);
		set_size(dev, s, sizeof(*sym), AT(sym.u.cipher.para.src_data_len));
	} else {
		fill_chain_lengths(s, &sym->u.chain.para);
		set_size(dev, s, sizeof(*sym), AT(sym.u.chain.para.src_data_len));
	}
}

static void
fill_cipher_stateless(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	const struct virtio_crypto_cipher_session_para *from =
		&s->params->req.u.sym_create_session.u.cipher.para;
	struct virtio_crypto_cipher_data_flf_stateless *to = &s->req.u.sym_stateless.u.cipher;

	/* Symmetric algorithms Operation, R27 */
	to->algo = from->algo;
	to->key_len = from->keylen;
	to->op = from->op;
	to->iv_len = rte_cpu_to_le_32(s->iv_len);
	set_size(dev, s, sizeof(s->req.u.sym_stateless), AT(sym_stateless.u.cipher.src_data_len));
}

static void
fill_chain_stateless(const struct virtio_crypto_dev *dev, struct virtio_crypto_session *s)
{
	const struct virtio_crypto_alg_chain_session_para *from =
		&s->params->req.u.sym_create_session.u.chain.para;
	struct virtio_crypto_alg_chain_data_flf_stateless *to = &s->req.u.sym_stateless.u.chain;

	/* Symmetric algorithms Operation, R28 */
	to->alg_chain_order = from->alg_chain_order;
	to->session_aad_len = from->aad_len;
	to->cipher_algo = from->cipher_param.algo;
	to->cipher_key_len = from->cipher_param.keylen;
	to->cipher_op = from->cipher_param.op;
	to->hash_algo = from->u.mac_param.algo;
	to->auth_key_len = from->u.mac_param.auth_key_len;
	to->hash_mode = from->hash_mode;
	fill_chain_lengths(s, &to->para);
	s->aad_first = true;
	set_size(dev, s, sizeof(s->req.u.sym_stateless),
		 AT(sym_stateless.u.chain.para.src_data_len));
}

void
virtio_crypto_request_header_fill_sym(const struct virtio_crypto_dev *dev,
				      struct virtio_crypto_session *s, bool encrypt,
				      uint32_t cipher)
{
	/* Symmetric algorithms Operation, R25, R26 */
	if (!fill_header(dev, s,
			 encrypt ? VIRTIO_CRYPTO_CIPHER_ENCRYPT : VIRTIO_CRYPTO_CIPHER_DECRYPT,
			 cipher)) {
		fill_sym(dev, s);
		return;
	}
	s->req.u.sym_stateless.op_type = s->params->req.u.sym_create_session.op_type;
	if (s->kind == VIRTIO_CRYPTO_KIND_CIPHER)
		fill_cipher_stateless(dev, s);
	else
		fill_chain_stateless(dev, s);
}

void
virtio_crypto_request_header_fill_digest(const struct virtio_crypto_dev *dev,
					 struct virtio_crypto_session *s, bool mac)
{
	const struct virtio_crypto_mac_session_para *from =
		&s->params->req.u.mac_create_session.para;
	bool stateless_layout = fill_header(dev, s, mac ? VIRTIO_CRYPTO_MAC : VIRTIO_CRYPTO_HASH,
					    rte_le_to_cpu_32(from->algo));

	/* HASH Service Operation, R19, R20; MAC Service Operation, R22, R23 */
	if (!stateless_layout) {
		s->req.u.hash.hash_result_len = from->hash_result_len;
		set_size(dev, s, sizeof(s->req.u.hash), AT(hash.src_data_len));
	} else if (mac) {
		s->req.u.mac_stateless.algo = from->algo;
		s->req.u.mac_stateless.auth_key_len = from->auth_key_len;
		s->req.u.mac_stateless.hash_result_len = from->hash_result_len;
		set_size(dev, s, sizeof(s->req.u.mac_stateless), AT(mac_stateless.src_data_len));
	} else {
		s->req.u.hash_stateless.algo = from->algo;
		s->req.u.hash_stateless.hash_result_len = from->hash_result_len;
		set_size(dev, s, sizeof(s->req.u.hash_stateless), AT(hash_stateless.src_data_len));
	}
}

void
virtio_crypto_request_header_fill_aead(const struct virtio_crypto_dev *dev,
				       struct virtio_crypto_session *s, bool encrypt)
{
	const struct virtio_crypto_aead_session_para *from =
		&s->params->req.u.aead_create_session.para;
	struct virtio_crypto_aead_data_flf_stateless *stateless_layout = &s->req.u.aead_stateless;
	struct virtio_crypto_aead_data_flf *flf = &s->req.u.aead;

	/* AEAD Service Operation, R30, R31 */
	if (fill_header(dev, s, encrypt ? VIRTIO_CRYPTO_AEAD_ENCRYPT : VIRTIO_CRYPTO_AEAD_DECRYPT,
			rte_le_to_cpu_32(from->algo))) {
		stateless_layout->algo = from->algo;
		stateless_layout->key_len = from->key_len;
		stateless_layout->op = from->op;
		stateless_layout->iv_len = rte_cpu_to_le_32(s->iv_len);
		stateless_layout->aad_len = rte_cpu_to_le_32(s->aad_len);
		stateless_layout->tag_len = rte_cpu_to_le_32(s->digest_len);
		set_size(dev, s, sizeof(*stateless_layout), AT(aead_stateless.src_data_len));
	} else {
		flf->iv_len = rte_cpu_to_le_32(s->iv_len);
		flf->aad_len = rte_cpu_to_le_32(s->aad_len);
		flf->tag_len = rte_cpu_to_le_32(s->digest_len);
		set_size(dev, s, sizeof(*flf), AT(aead.src_data_len));
	}
}

void
virtio_crypto_request_header_fill_akcipher(const struct virtio_crypto_dev *dev,
					   struct virtio_crypto_session *s)
{
	const struct virtio_crypto_akcipher_session_para *from =
		&s->params->req.u.akcipher_create_session.para;
	struct virtio_crypto_akcipher_data_flf_stateless *stateless_layout =
		&s->req.u.akcipher_stateless;

	/* AKCIPHER Service Operation, R32, R33 */
	if (fill_header(dev, s, VIRTIO_CRYPTO_AKCIPHER_ENCRYPT, rte_le_to_cpu_32(from->algo))) {
		stateless_layout->algo = from->algo;
		stateless_layout->key_type = from->keytype;
		stateless_layout->key_len = from->keylen;
		stateless_layout->u.rsa = from->u.rsa;
		set_size(dev, s, sizeof(*stateless_layout), AT(akcipher_stateless.src_data_len));
	} else {
		set_size(dev, s, sizeof(s->req.u.akcipher), AT(akcipher.src_data_len));
	}
}
