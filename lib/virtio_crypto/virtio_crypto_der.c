/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "virtio_crypto_der.h"

#define TAG_INTEGER	 0x02
#define TAG_BIT_STRING	 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID		 0x06
#define TAG_SEQUENCE	 0x30
#define TAG_PARAMETERS	 0xa0 /* [0] of ECPrivateKey */
#define TAG_PUBLIC_KEY	 0xa1 /* [1] of ECPrivateKey */

#define EC_PRIVATE_VERSION 1

/* The bytes still to be read. */
struct reader {
	const uint8_t *at;
	size_t left;
};

/* Reads a length: one byte below 128, else the minimal number of bytes, at most two here. */
static int
read_length(struct reader *r, size_t *len)
{
	unsigned int nb;

	if (r->left == 0)
		return -EINVAL;
	*len = *r->at++;
	r->left--;
	if (*len < 0x80)
		return 0;
	nb = *len & 0x7f;
	if (nb == 0 || nb > 2 || nb > r->left || r->at[0] == 0)
		return -EINVAL;
	*len = nb == 1 ? r->at[0] : r->at[0] << 8 | r->at[1];
	r->at += nb;
	r->left -= nb;
	return *len < 0x80 ? -EINVAL : 0;
}

/* Reads the next element, which must have @p tag. */
static int
read_element(struct reader *r, uint8_t tag, struct reader *content)
{
	size_t len;

	if (r->left == 0 || *r->at != tag)
		return -EINVAL;
	r->at++;
	r->left--;
	if (read_length(r, &len) != 0 || len > r->left)
		return -EINVAL;
	*content = (struct reader){ r->at, len };
	r->at += len;
	r->left -= len;
	return 0;
}

/*
 * Reads an INTEGER with minimal encoding. Without @p has_sign, its first bit is part of the number.
 */
static int
read_integer(struct reader *r, bool has_sign, struct virtio_crypto_bytes *n)
{
	struct reader c;

	if (read_element(r, TAG_INTEGER, &c) != 0 || c.left == 0)
		return -EINVAL;
	if ((has_sign && c.at[0] & 0x80) || (c.at[0] == 0 && c.left > 1 && !(c.at[1] & 0x80)))
		return -EINVAL;
	if (c.at[0] == 0) {
		c.at++;
		c.left--;
	}
	*n = (struct virtio_crypto_bytes){ c.at, c.left };
	return 0;
}

/* Reads a non-negative INTEGER. */
static int
read_number(struct reader *r, struct virtio_crypto_bytes *n)
{
	return read_integer(r, true, n);
}

static int
read_version(struct reader *r, uint8_t version)
{
	struct virtio_crypto_bytes n;

	if (read_number(r, &n) != 0)
		return -EINVAL;
	if (version == 0)
		return n.len == 0 ? 0 : -EINVAL;
	return n.len == 1 && n.data[0] == version ? 0 : -EINVAL;
}

/* Reads a SEQUENCE that nothing follows. */
static int
read_whole_sequence(const uint8_t *der, size_t len, struct reader *content)
{
	struct reader r = { der, len };

	return read_element(&r, TAG_SEQUENCE, content) == 0 && r.left == 0 ? 0 : -EINVAL;
}

static int
read_rsa_numbers(struct reader *r, struct virtio_crypto_rsa_key *key, unsigned int nb)
{
	unsigned int i;

	memset(key, 0, sizeof(*key));
	/* Linux tests its drivers with a modulus whose leading zero byte is missing. */
	for (i = 0; i < nb; i++)
		if (read_integer(r, false, &key->number[i]) != 0)
			return -EINVAL;
	return r->left == 0 ? 0 : -EINVAL;
}

int
virtio_crypto_der_rsa_private(const uint8_t *der, size_t len, struct virtio_crypto_rsa_key *key)
{
	struct reader r;

	if (read_whole_sequence(der, len, &r) != 0 || read_version(&r, 0) != 0)
		return -EINVAL;
	return read_rsa_numbers(&r, key, VIRTIO_CRYPTO_RSA_NUMBERS);
}

int
virtio_crypto_der_rsa_public(const uint8_t *der, size_t len, struct virtio_crypto_rsa_key *key)
{
	struct reader r;

	if (read_whole_sequence(der, len, &r) != 0)
		return -EINVAL;
	return read_rsa_numbers(&r, key, VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS);
}

/* Skips an optional explicitly tagged element. */
static int
skip_optional(struct reader *r, uint8_t tag, uint8_t inner_tag)
{
	struct reader outer, inner;

	if (r->left == 0 || *r->at != tag)
		return 0;
	if (read_element(r, tag, &outer) != 0)
		return -EINVAL;
	return read_element(&outer, inner_tag, &inner) == 0 && outer.left == 0 ? 0 : -EINVAL;
}

int
virtio_crypto_der_ec_private(const uint8_t *der, size_t len, struct virtio_crypto_bytes *d)
{
	struct reader r, number;

	if (read_whole_sequence(der, len, &r) != 0 || read_version(&r, EC_PRIVATE_VERSION) != 0 ||
	    read_element(&r, TAG_OCTET_STRING, &number) != 0 ||
	    skip_optional(&r, TAG_PARAMETERS, TAG_OID) != 0 ||
	    skip_optional(&r, TAG_PUBLIC_KEY, TAG_BIT_STRING) != 0 || r.left != 0)
		return -EINVAL;
	*d = (struct virtio_crypto_bytes){ number.at, number.left };
	return 0;
}

int
virtio_crypto_der_ecdsa_signature(const uint8_t *der, size_t len, struct virtio_crypto_bytes *r,
				  struct virtio_crypto_bytes *s)
{
	struct reader in;

	/* Signatures of ECDSA, D69 */
	if (read_whole_sequence(der, len, &in) != 0 || read_number(&in, r) != 0 ||
	    read_number(&in, s) != 0)
		return -EINVAL;
	return in.left == 0 ? 0 : -EINVAL;
}

/* The position of the next byte. With at NULL, bytes are only counted. */
struct writer {
	uint8_t *at;
	size_t size;
};

static void
write_bytes(struct writer *w, const void *bytes, size_t len)
{
	if (w->at != NULL && len > 0) {
		memcpy(w->at, bytes, len);
		w->at += len;
	}
	w->size += len;
}

static void
write_byte(struct writer *w, uint8_t byte)
{
	write_bytes(w, &byte, 1);
}

static void
write_start(struct writer *w, uint8_t tag, size_t len)
{
	write_byte(w, tag);
	if (len >= 0x100) {
		write_byte(w, 0x82);
		write_byte(w, len >> 8);
	} else if (len >= 0x80) {
		write_byte(w, 0x81);
	}
	write_byte(w, len & 0xff);
}

static void
write_number(struct writer *w, const struct virtio_crypto_bytes *n)
{
	const uint8_t *data = n->data;
	size_t len = n->len;
	bool zero;

	for (; len > 0 && data[0] == 0; len--)
		data++;
	/* A leading zero byte keeps the number non-negative; it also is the encoding of 0. */
	zero = len == 0 || data[0] & 0x80;
	write_start(w, TAG_INTEGER, len + zero);
	if (zero)
		write_byte(w, 0);
	write_bytes(w, data, len);
}

static void
write_small_number(struct writer *w, uint8_t value)
{
	write_number(w, &(struct virtio_crypto_bytes){ &value, 1 });
}

/* Writes the content of a SEQUENCE. */
typedef void (*write_content_t)(struct writer *w, const void *arg);

/* Writes a SEQUENCE if there is room for it. @return its size */
static size_t
write_sequence(write_content_t content, const void *arg, uint8_t *der, size_t room)
{
	struct writer inner = { 0 }, whole = { 0 };

	content(&inner, arg);
	if (inner.size > UINT16_MAX)
		return SIZE_MAX;
	write_start(&whole, TAG_SEQUENCE, inner.size);
	whole.size += inner.size;
	if (der == NULL || whole.size > room)
		return whole.size;
	inner.at = der;
	write_start(&inner, TAG_SEQUENCE, inner.size);
	content(&inner, arg);
	return whole.size;
}

struct rsa_numbers {
	const struct virtio_crypto_rsa_key *key;
	unsigned int nb;
};

static void
rsa_content(struct writer *w, const void *arg)
{
	const struct rsa_numbers *numbers = arg;
	unsigned int i;

	if (numbers->nb > VIRTIO_CRYPTO_RSA_PUBLIC_NUMBERS)
		write_small_number(w, 0);
	for (i = 0; i < numbers->nb; i++)
		write_number(w, &numbers->key->number[i]);
}

size_t
virtio_crypto_der_write_rsa(const struct virtio_crypto_rsa_key *key, unsigned int nb, uint8_t *der,
			    size_t room)
{
	return write_sequence(rsa_content, &(struct rsa_numbers){ key, nb }, der, room);
}

static void
ec_private_content(struct writer *w, const void *arg)
{
	const struct virtio_crypto_bytes *d = arg;

	write_small_number(w, EC_PRIVATE_VERSION);
	write_start(w, TAG_OCTET_STRING, d->len);
	write_bytes(w, d->data, d->len);
}

size_t
virtio_crypto_der_write_ec_private(const struct virtio_crypto_bytes *d, uint8_t *der, size_t room)
{
	return write_sequence(ec_private_content, d, der, room);
}

struct ecdsa_numbers {
	const struct virtio_crypto_bytes *r;
	const struct virtio_crypto_bytes *s;
};

static void
ecdsa_content(struct writer *w, const void *arg)
{
	const struct ecdsa_numbers *numbers = arg;

	write_number(w, numbers->r);
	write_number(w, numbers->s);
}

size_t
virtio_crypto_der_write_ecdsa_signature(const struct virtio_crypto_bytes *r,
					const struct virtio_crypto_bytes *s, uint8_t *der,
					size_t room)
{
	/* Signatures of ECDSA, D69 */
	return write_sequence(ecdsa_content, &(struct ecdsa_numbers){ r, s }, der, room);
}
