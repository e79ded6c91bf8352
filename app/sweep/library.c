/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* The sweep through the library: a guest's requests, with what the library makes of a cryptodev. */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_debug.h>
#include <rte_malloc.h>

#include "device.h"
#include "mock_guest.h"
#include "sweep.h"

#define AREA	  0x80000000ULL
#define AREA_SIZE (16u << 20)
#define GUARD	  64 /* bytes around what a request writes, which are to stay */
#define UNTOUCHED 0xa5
#define MAX_DESCS 64

static struct rte_vhost_crypto_device *dev;
static uint8_t *area;
static uint32_t area_used;
static uint64_t session_id;
static uint32_t session_opcode;

/* Where a request of a burst is. */
struct place {
	struct vring_desc table[MAX_DESCS];
	unsigned int nb_descs;
	uint8_t *dst;
	uint8_t *digest;
	uint8_t *status;
};

static struct place places[SWEEP_BURST];

static void
library_open(const uint8_t *cdevs, uint8_t nb)
{
	if (area == NULL)
		area = rte_malloc("sweep", AREA_SIZE, 64);
	if (area == NULL)
		rte_panic("no memory of %u MiB\n", AREA_SIZE >> 20);
	memcpy(guest_cdevs, cdevs, nb);
	guest_nb_cdevs = nb;
	guest_max_size = 0; /* as the library has it */
	dev = guest_open(GUEST_REVISION_1);
	dev->mem.regions[1] = dev->mem.regions[0];
	dev->mem.regions[0] = (struct vc_mem_region){ AREA, AREA_SIZE, area };
	dev->mem.nb_regions = 2;
}

static void
library_close(void)
{
	guest_close();
}

static bool
is_aead(const struct sweep_probe *p)
{
	return p->cipher != NULL && p->cipher->xform == RTE_CRYPTO_SYM_XFORM_AEAD;
}

static bool
library_takes(const struct sweep_probe *probe, const struct sweep_layout *layout)
{
	RTE_SET_USED(probe);
	RTE_SET_USED(layout);
	return true;
}

static uint32_t
direction(const struct sweep_probe *p)
{
	return p->decrypt ? OP_DECRYPT : OP_ENCRYPT;
}

/* What is encrypted and then authenticated is authenticated and then decrypted. */
static uint32_t
chain_order(const struct sweep_probe *p)
{
	return p->auth_first == !p->decrypt ? HASH_THEN_CIPHER : CIPHER_THEN_HASH;
}

static void
put_chain_session(struct wire_bytes *b, const struct sweep_probe *p)
{
	uint32_t mode = p->auth->service == VIRTIO_CRYPTO_SERVICE_HASH ? HASH_MODE_PLAIN :
									 HASH_MODE_AUTH;

	WIRE_FIELDS(b, chain_order(p), mode, p->cipher != NULL ? p->cipher->number : NO_CIPHER,
		    p->key_len, direction(p), 0, p->auth->number, p->digest_len);
	if (mode == HASH_MODE_PLAIN)
		WIRE_FIELDS(b, 0, 0, 0, 0);
	else
		WIRE_FIELDS(b, p->auth_key_len, 0, 0, 0);
	WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING, 0);
}

static bool
library_session(const struct sweep_probe *p, const struct sweep_material *m)
{
	static struct wire_bytes b;

	if (sweep_is_chain(p)) {
		session_opcode = CIPHER_CREATE_SESSION;
		wire_control_header(&b, session_opcode);
		put_chain_session(&b, p);
	} else if (p->auth != NULL) {
		session_opcode = p->auth->service == VIRTIO_CRYPTO_SERVICE_HASH ?
			HASH_CREATE_SESSION :
			MAC_CREATE_SESSION;
		wire_control_header(&b, session_opcode);
		WIRE_FIELDS(&b, p->auth->number, p->digest_len);
		if (session_opcode == MAC_CREATE_SESSION)
			WIRE_FIELDS(&b, p->auth_key_len, 0);
	} else if (is_aead(p)) {
		session_opcode = AEAD_CREATE_SESSION;
		wire_control_header(&b, session_opcode);
		WIRE_FIELDS(&b, p->cipher->number, p->key_len, p->digest_len, p->aad_len,
			    direction(p), 0);
	} else {
		session_opcode = CIPHER_CREATE_SESSION;
		wire_control_header(&b, session_opcode);
		WIRE_FIELDS(&b, p->cipher->number, p->key_len, direction(p), 0);
		wire_zero(&b, 32);
		WIRE_FIELDS(&b, SYM_OP_CIPHER, 0);
	}
	wire_put(&b, m->key, p->key_len);
	wire_put(&b, m->auth_key, p->auth_key_len);
	return guest_create(&b, &session_id) == OK;
}

static void
library_session_end(void)
{
	guest_destroy(session_opcode + 1, session_id);
}

/* Takes memory of the area, untouched and guarded. */
static uint8_t *
take(uint32_t len, uint8_t skew)
{
	uint8_t *p = area + area_used + GUARD + skew;

	memset(area + area_used, UNTOUCHED, len + skew + 2 * GUARD);
	area_used += RTE_ALIGN_CEIL(len + skew + 2 * GUARD, 64);
	return p;
}

static void
describe(struct place *pl, const uint8_t *at, uint32_t len, uint16_t flags)
{
	unsigned int i = pl->nb_descs++;

	pl->table[i] = (struct vring_desc){
		.addr = AREA + (at - area),
		.len = len,
		.flags = flags,
		.next = i + 1,
	};
}

static void
describe_data(struct place *pl, const uint8_t *at, uint32_t len, unsigned int pieces,
	      uint16_t flags)
{
	uint32_t n;

	for (; len > 0; at += n, len -= n, pieces -= pieces > 1) {
		n = sweep_piece(len, pieces);
		describe(pl, at, n, flags);
	}
}

static void
put_head(struct wire_bytes *b, const struct sweep_probe *p)
{
	uint32_t dst = p->cipher != NULL ? p->len : 0, tag = p->digest_len;

	wire_data_header(b, session_opcode & ~0xffu, session_id, FLAG_SESSION_MODE);
	if (p->cipher != NULL && p->decrypt)
		b->data[0] = 1;
	if (sweep_is_chain(p)) {
		WIRE_FIELDS(b, p->iv_len, p->len, dst, 0, dst, 0, p->len, p->auth_iv_len,
			    p->digest_len, 0);
		WIRE_FIELDS(b, SYM_OP_ALGORITHM_CHAINING, 0);
	} else if (p->auth != NULL) {
		WIRE_FIELDS(b, p->len, p->digest_len);
	} else if (is_aead(p)) {
		WIRE_FIELDS(b, p->iv_len, p->aad_len, p->len + (p->decrypt ? tag : 0),
			    p->len + (p->decrypt ? 0 : tag), tag, 0);
	} else {
		WIRE_FIELDS(b, p->iv_len, p->len, p->len, 0);
		wire_zero(b, 24);
		WIRE_FIELDS(b, SYM_OP_CIPHER, 0);
	}
}

/* The bytes of the area that a request takes, at most. */
static uint32_t
needed(const struct sweep_probe *p)
{
	return 2 * (p->len + p->digest_len) + p->aad_len + 4096;
}

/* Lays a request out; returns the descriptor that leads to it. */
static struct vring_desc
put(struct place *pl, const struct sweep_trial *t)
{
	const struct sweep_probe *p = t->probe;
	const struct sweep_material *m = t->material;
	const struct sweep_layout *l = t->layout;
	static struct wire_bytes b;
	uint8_t *head, *src, *table;

	pl->nb_descs = 0;
	put_head(&b, p);
	wire_put(&b, m->iv, p->iv_len);
	head = take(b.len, 0);
	memcpy(head, b.data, b.len);
	describe(pl, head, b.len, 0);
	src = take(p->len, l->skew);
	memcpy(src, sweep_input(t), p->len);
	describe_data(pl, src, p->len, l->pieces, 0);
	if (is_aead(p) && p->decrypt) {
		uint8_t *tag = take(p->digest_len, 0);

		memcpy(tag, m->digest, p->digest_len);
		describe(pl, tag, p->digest_len, 0);
	}
	if (p->aad_len + p->auth_iv_len > 0) {
		uint8_t *aad = take(p->aad_len + p->auth_iv_len, 0);

		memcpy(aad, is_aead(p) ? m->aad : m->auth_iv, p->aad_len + p->auth_iv_len);
		describe(pl, aad, p->aad_len + p->auth_iv_len, 0);
	}
	pl->dst = l->in_place ? src : take(p->len, l->skew ^ 1);
	if (p->cipher != NULL)
		describe_data(pl, pl->dst, p->len, l->pieces, VRING_DESC_F_WRITE);
	pl->digest = take(p->digest_len, 0);
	if (p->decrypt && p->auth != NULL)
		memcpy(pl->digest, m->digest, p->digest_len);
	if (p->digest_len > 0 && !(is_aead(p) && p->decrypt))
		describe(pl, pl->digest, p->digest_len, VRING_DESC_F_WRITE);
	pl->status = take(1, 0);
	describe(pl, pl->status, 1, VRING_DESC_F_WRITE);
	for (unsigned int i = 0; i + 1 < pl->nb_descs; i++)
		pl->table[i].flags |= VRING_DESC_F_NEXT;
	table = take(pl->nb_descs * sizeof(pl->table[0]), 0);
	memcpy(table, pl->table, pl->nb_descs * sizeof(pl->table[0]));
	return (struct vring_desc){ .addr = AREA + (table - area),
				    .len = pl->nb_descs * sizeof(pl->table[0]),
				    .flags = VRING_DESC_F_INDIRECT };
}

static bool
guards_are_untouched(const uint8_t *at, uint32_t len)
{
	unsigned int i;

	for (i = 1; i <= GUARD - 1; i++)
		if (at[-(int)i] != UNTOUCHED || at[len + i - 1] != UNTOUCHED)
			return false;
	return true;
}

static void
judge(struct sweep_trial *t, const struct place *pl)
{
	const struct sweep_probe *p = t->probe;
	bool told = p->digest_len > 0 && !p->decrypt;

	t->verdict = sweep_judge(t, *pl->status == OK, pl->dst, told ? pl->digest : NULL);
	if (!guards_are_untouched(pl->dst, p->len) || *pl->status == UNTOUCHED ||
	    (p->digest_len > 0 && !guards_are_untouched(pl->digest, p->digest_len)))
		t->verdict = SWEEP_WRONG;
	/* A right digest that is said to be wrong. */
	if (*pl->status == BADMSG)
		t->verdict = SWEEP_WRONG;
}

static unsigned int
library_run(struct sweep_trial *trials, unsigned int nb)
{
	struct vring_desc burst[SWEEP_BURST];
	uint32_t written[SWEEP_BURST];
	unsigned int i;

	area_used = 0;
	burst[0] = put(&places[0], &trials[0]);
	for (i = 1; i < nb && i < SWEEP_BURST; i++) {
		if (area_used + needed(trials[i].probe) > AREA_SIZE)
			break;
		burst[i] = put(&places[i], &trials[i]);
	}
	nb = i;
	guest_put_burst(burst, nb);
	guest_wait_burst(nb, written);
	for (i = 0; i < nb; i++)
		judge(&trials[i], &places[i]);
	return nb;
}

const struct sweep_target sweep_library = {
	.open = library_open,
	.close = library_close,
	.takes = library_takes,
	.session = library_session,
	.session_end = library_session_end,
	.run = library_run,
};
