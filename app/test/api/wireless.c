/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <stdbool.h>
#include <string.h>

#include "wireless.h"
#include "wireless_tables.h"

static uint32_t
load32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void
store32(uint8_t *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

static uint32_t
rotate32(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static uint16_t
rotate16(uint16_t x, int n)
{
	return x << n | x >> (16 - n);
}

/* XORs a key stream of whole words with data of any length. */
static void
apply_stream(uint32_t (*next)(void *state), void *state, const uint8_t *in, uint8_t *out,
	     uint32_t len)
{
	uint8_t word[4];
	uint32_t i;

	for (i = 0; i < len; i++) {
		if (i % 4 == 0)
			store32(word, next(state));
		out[i] = in[i] ^ word[i % 4];
	}
}

/* SNOW 3G: TS 35.216. */
struct snow3g {
	uint32_t s[16];
	uint32_t r[3];
};

static uint8_t
mulx(uint8_t v, uint8_t c)
{
	return v & 0x80 ? v << 1 ^ c : v << 1;
}

static uint8_t
mulx_pow(uint8_t v, int i, uint8_t c)
{
	while (i-- > 0)
		v = mulx(v, c);
	return v;
}

/* Product in the field of 2^8 elements that c, with x^8, is the polynomial of. */
static uint8_t
field_mul(uint8_t a, uint8_t b, uint8_t c)
{
	uint8_t product = 0;

	for (; b != 0; b >>= 1, a = mulx(a, c))
		if (b & 1)
			product ^= a;
	return product;
}

static uint8_t
field_pow(uint8_t a, int n, uint8_t c)
{
	uint8_t power = 1;

	while (n-- > 0)
		power = field_mul(power, a, c);
	return power;
}

/* The S-boxes by their definitions: that of AES, and the Dickson polynomial g49. */
static uint8_t
snow3g_sr(uint8_t x)
{
	uint8_t inverse = field_pow(x, 254, 0x1b), y = 0x63;
	int i;

	for (i = 0; i < 5; i++)
		y ^= (uint8_t)(inverse << i | inverse >> (8 - i));
	return y;
}

static uint8_t
snow3g_sq(uint8_t x)
{
	static const uint8_t terms[] = { 1, 9, 13, 15, 33, 41, 45, 47, 49 };
	uint8_t y = 0x25;
	unsigned int i;

	for (i = 0; i < sizeof(terms); i++)
		y ^= field_pow(x, terms[i], 0x69);
	return y;
}

static struct {
	uint8_t sr[256];
	uint8_t sq[256];
	uint32_t mul[256];
	uint32_t div[256];
} snow3g_tables;

__attribute__((constructor)) static void
snow3g_fill_tables(void)
{
	int c;

	for (c = 0; c < 256; c++) {
		snow3g_tables.sr[c] = snow3g_sr(c);
		snow3g_tables.sq[c] = snow3g_sq(c);
		snow3g_tables.mul[c] = (uint32_t)mulx_pow(c, 23, 0xa9) << 24 |
			mulx_pow(c, 245, 0xa9) << 16 | mulx_pow(c, 48, 0xa9) << 8 |
			mulx_pow(c, 239, 0xa9);
		snow3g_tables.div[c] = (uint32_t)mulx_pow(c, 16, 0xa9) << 24 |
			mulx_pow(c, 39, 0xa9) << 16 | mulx_pow(c, 6, 0xa9) << 8 |
			mulx_pow(c, 64, 0xa9);
	}
}

static uint32_t
snow3g_s(uint32_t w, const uint8_t box[256], uint8_t c)
{
	uint8_t b[4], r[4];
	int i;

	store32(b, w);
	for (i = 0; i < 4; i++)
		b[i] = box[b[i]];
	for (i = 0; i < 4; i++)
		r[i] = mulx(b[i], c) ^ b[(i + 1) % 4] ^ b[(i + 2) % 4] ^ mulx(b[(i + 3) % 4], c) ^
			b[(i + 3) % 4];
	return load32(r);
}

static uint32_t
snow3g_clock_fsm(struct snow3g *g)
{
	uint32_t f = (g->s[15] + g->r[0]) ^ g->r[1];
	uint32_t next = g->r[1] + (g->r[2] ^ g->s[5]);

	g->r[2] = snow3g_s(g->r[1], snow3g_tables.sq, 0x69);
	g->r[1] = snow3g_s(g->r[0], snow3g_tables.sr, 0x1b);
	g->r[0] = next;
	return f;
}

static void
snow3g_clock_lfsr(struct snow3g *g, uint32_t f)
{
	uint32_t v = g->s[0] << 8 ^ snow3g_tables.mul[g->s[0] >> 24] ^ g->s[2] ^ g->s[11] >> 8 ^
		snow3g_tables.div[g->s[11] & 0xff] ^ f;

	memmove(g->s, g->s + 1, 15 * sizeof(g->s[0]));
	g->s[15] = v;
}

static uint32_t
snow3g_next(void *state)
{
	struct snow3g *g = state;
	uint32_t z = snow3g_clock_fsm(g) ^ g->s[0];

	snow3g_clock_lfsr(g, 0);
	return z;
}

static void
snow3g_init(struct snow3g *g, const uint8_t *key, const uint8_t *iv)
{
	uint32_t k[4], v[4];
	int i;

	for (i = 0; i < 4; i++) {
		k[i] = load32(key + 12 - 4 * i);
		v[i] = load32(iv + 12 - 4 * i);
		g->s[i] = g->s[8 + i] = ~k[i];
		g->s[4 + i] = g->s[12 + i] = k[i];
	}
	g->s[15] ^= v[0];
	g->s[12] ^= v[1];
	g->s[10] ^= v[2];
	g->s[9] ^= v[3];
	memset(g->r, 0, sizeof(g->r));
	for (i = 0; i < 32; i++)
		snow3g_clock_lfsr(g, snow3g_clock_fsm(g));
	snow3g_clock_fsm(g);
	snow3g_clock_lfsr(g, 0);
}

void
wireless_snow3g_uea2(const uint8_t *key, const uint8_t *iv, const uint8_t *in, uint8_t *out,
		     uint32_t len)
{
	struct snow3g g;

	snow3g_init(&g, key, iv);
	apply_stream(snow3g_next, &g, in, out, len);
}

/* Product in the field of 2^64 elements of UIA2. */
static uint64_t
mul64(uint64_t v, uint64_t p)
{
	uint64_t product = 0;
	int i;

	for (i = 0; i < 64; i++) {
		if (p >> i & 1)
			product ^= v;
		v = v << 1 ^ (v >> 63 ? 0x1b : 0);
	}
	return product;
}

void
wireless_snow3g_uia2(const uint8_t *key, const uint8_t *iv, const uint8_t *msg, uint32_t len,
		     uint8_t *mac)
{
	uint64_t p, q, eval = 0;
	struct snow3g g;
	uint32_t i;

	snow3g_init(&g, key, iv);
	p = (uint64_t)snow3g_next(&g) << 32;
	p |= snow3g_next(&g);
	q = (uint64_t)snow3g_next(&g) << 32;
	q |= snow3g_next(&g);
	for (i = 0; i < len; i++) {
		eval ^= (uint64_t)msg[i] << (56 - 8 * (i % 8));
		if (i % 8 == 7 || i == len - 1)
			eval = mul64(eval, p);
	}
	eval = mul64(eval ^ (uint64_t)len * 8, q);
	store32(mac, (uint32_t)(eval >> 32) ^ snow3g_next(&g));
}

/* ZUC: TS 35.222, and "The ZUC-256 Stream Cipher". */
struct zuc {
	uint32_t s[16];
	uint32_t r1;
	uint32_t r2;
};

static uint32_t
add31(uint32_t a, uint32_t b)
{
	uint32_t c = a + b;

	return (c & 0x7fffffff) + (c >> 31);
}

static uint32_t
rotate31(uint32_t a, int n)
{
	return (a << n | a >> (31 - n)) & 0x7fffffff;
}

static uint32_t
zuc_s(uint32_t x)
{
	return (uint32_t)zuc_s0[x >> 24] << 24 | zuc_s1[x >> 16 & 0xff] << 16 |
		zuc_s0[x >> 8 & 0xff] << 8 | zuc_s1[x & 0xff];
}

static uint32_t
zuc_x(const struct zuc *z, int high, int low)
{
	return (z->s[high] & 0x7fff8000) << 1 | (z->s[low] & 0xffff);
}

static uint32_t
zuc_x_swapped(const struct zuc *z, int low, int high)
{
	return z->s[low] << 16 | z->s[high] >> 15;
}

static uint32_t
zuc_f(struct zuc *z)
{
	uint32_t w = (zuc_x(z, 15, 14) ^ z->r1) + z->r2;
	uint32_t w1 = z->r1 + zuc_x_swapped(z, 11, 9);
	uint32_t w2 = z->r2 ^ zuc_x_swapped(z, 7, 5);
	uint32_t u = w1 << 16 | w2 >> 16, v = w2 << 16 | w1 >> 16;

	z->r1 = zuc_s(u ^ rotate32(u, 2) ^ rotate32(u, 10) ^ rotate32(u, 18) ^ rotate32(u, 24));
	z->r2 = zuc_s(v ^ rotate32(v, 8) ^ rotate32(v, 14) ^ rotate32(v, 22) ^ rotate32(v, 30));
	return w;
}

static void
zuc_clock_lfsr(struct zuc *z, uint32_t u)
{
	uint32_t v = z->s[0];

	v = add31(v, rotate31(z->s[0], 8));
	v = add31(v, rotate31(z->s[4], 20));
	v = add31(v, rotate31(z->s[10], 21));
	v = add31(v, rotate31(z->s[13], 17));
	v = add31(v, rotate31(z->s[15], 15));
	v = add31(v, u);
	memmove(z->s, z->s + 1, 15 * sizeof(z->s[0]));
	z->s[15] = v != 0 ? v : 0x7fffffff;
}

static uint32_t
zuc_next(void *state)
{
	struct zuc *z = state;
	uint32_t x3 = zuc_x_swapped(z, 2, 0), key = zuc_f(z) ^ x3;

	zuc_clock_lfsr(z, 0);
	return key;
}

static uint32_t
zuc_cell(uint8_t a, uint8_t d, uint8_t b, uint8_t c)
{
	return (uint32_t)a << 23 | d << 16 | b << 8 | c;
}

static void
zuc_load_128(struct zuc *z, const uint8_t *k, const uint8_t *iv)
{
	static const uint16_t d[16] = { 0x44d7, 0x26bc, 0x626b, 0x135e, 0x5789, 0x35e2,
					0x7135, 0x09af, 0x4d78, 0x2f13, 0x6bc4, 0x1af1,
					0x5e26, 0x3c4d, 0x789a, 0x47ac };
	int i;

	for (i = 0; i < 16; i++)
		z->s[i] = (uint32_t)k[i] << 23 | d[i] << 8 | iv[i];
}

/* The constants depend on what the stream is for: a MAC of so many bytes, or 0. */
static void
zuc_load_256(struct zuc *z, const uint8_t *k, const uint8_t *v, uint32_t mac_len)
{
	uint8_t d0 = mac_len >= 8 ? 0x23 : 0x22, d2 = mac_len == 4 || mac_len == 16 ? 0x25 : 0x24;

	z->s[0] = zuc_cell(k[0], d0, k[21], k[16]);
	z->s[1] = zuc_cell(k[1], 0x2f, k[22], k[17]);
	z->s[2] = zuc_cell(k[2], d2, k[23], k[18]);
	z->s[3] = zuc_cell(k[3], 0x2a, k[24], k[19]);
	z->s[4] = zuc_cell(k[4], 0x6d, k[25], k[20]);
	z->s[5] = zuc_cell(v[0], 0x40 | v[17], k[5], k[26]);
	z->s[6] = zuc_cell(v[1], 0x40 | v[18], k[6], k[27]);
	z->s[7] = zuc_cell(v[10], 0x40 | v[19], k[7], v[2]);
	z->s[8] = zuc_cell(k[8], 0x40 | v[20], v[3], v[11]);
	z->s[9] = zuc_cell(k[9], 0x40 | v[21], v[12], v[4]);
	z->s[10] = zuc_cell(v[5], 0x40 | v[22], k[10], k[28]);
	z->s[11] = zuc_cell(k[11], 0x40 | v[23], v[6], v[13]);
	z->s[12] = zuc_cell(k[12], 0x40 | v[24], v[7], v[14]);
	z->s[13] = zuc_cell(k[13], 0x52, v[15], v[8]);
	z->s[14] = zuc_cell(k[14], 0x10 | k[31] >> 4, v[16], v[9]);
	z->s[15] = zuc_cell(k[15], 0x30 | (k[31] & 0xf), k[30], k[29]);
}

static void
zuc_init(struct zuc *z, const uint8_t *key, uint32_t key_len, const uint8_t *iv, uint32_t mac_len)
{
	int i;

	memset(z, 0, sizeof(*z));
	if (key_len == 32)
		zuc_load_256(z, key, iv, mac_len);
	else
		zuc_load_128(z, key, iv);
	for (i = 0; i < 32; i++)
		zuc_clock_lfsr(z, zuc_f(z) >> 1);
	zuc_f(z);
	zuc_clock_lfsr(z, 0);
}

void
wireless_zuc_eea3(const uint8_t *key, uint32_t key_len, const uint8_t *iv, const uint8_t *in,
		  uint8_t *out, uint32_t len)
{
	struct zuc z;

	zuc_init(&z, key, key_len, iv, 0);
	apply_stream(zuc_next, &z, in, out, len);
}

/* A window of up to five words of key stream that moves by bits. */
struct zuc_window {
	struct zuc z;
	uint32_t word[5];
	unsigned int bit; /* of word[0], at which the window begins */
};

static void
window_fill(struct zuc_window *w)
{
	int i;

	for (i = 0; i < 5; i++)
		w->word[i] = zuc_next(&w->z);
	w->bit = 0;
}

static void
window_move(struct zuc_window *w, unsigned int bits)
{
	for (w->bit += bits; w->bit >= 32; w->bit -= 32) {
		memmove(w->word, w->word + 1, 4 * sizeof(w->word[0]));
		w->word[4] = zuc_next(&w->z);
	}
}

/* XORs what is in the window, so many words of it, to a MAC. */
static void
window_add(const struct zuc_window *w, uint32_t *mac, unsigned int words)
{
	unsigned int i;

	for (i = 0; i < words; i++)
		mac[i] ^= w->bit == 0 ? w->word[i] :
					w->word[i] << w->bit | w->word[i + 1] >> (32 - w->bit);
}

void
wireless_zuc_eia3(const uint8_t *key, uint32_t key_len, const uint8_t *iv, const uint8_t *msg,
		  uint32_t len, uint8_t *mac, uint32_t mac_len)
{
	uint32_t words[4] = { 0 }, nb = mac_len / 4, i, bits = len * 8;
	struct zuc_window w;

	zuc_init(&w.z, key, key_len, iv, mac_len);
	window_fill(&w);
	if (key_len == 32) {
		window_add(&w, words, nb);
		window_move(&w, 32 * nb);
	}
	for (i = 0; i < bits; i++) {
		if (msg[i / 8] & 0x80 >> i % 8)
			window_add(&w, words, nb);
		window_move(&w, 1);
	}
	window_add(&w, words, nb);
	if (key_len == 16) { /* and the last word of the stream, which begins at a whole one */
		window_move(&w, 32 + (32 - bits % 32) % 32);
		window_add(&w, words, nb);
	}
	for (i = 0; i < nb; i++)
		store32(mac + 4 * i, words[i]);
}

/* KASUMI: TS 35.202. */
struct kasumi {
	uint16_t kl[8][2];
	uint16_t ko[8][3];
	uint16_t ki[8][3];
};

static void
kasumi_init(struct kasumi *c, const uint8_t *key, uint8_t modifier)
{
	static const uint16_t constants[8] = { 0x0123, 0x4567, 0x89ab, 0xcdef,
					       0xfedc, 0xba98, 0x7654, 0x3210 };
	uint16_t k[8], kp[8];
	int i;

	for (i = 0; i < 8; i++) {
		k[i] = (key[2 * i] ^ modifier) << 8 | (key[2 * i + 1] ^ modifier);
		kp[i] = k[i] ^ constants[i];
	}
	for (i = 0; i < 8; i++) {
		c->kl[i][0] = rotate16(k[i], 1);
		c->kl[i][1] = kp[(i + 2) % 8];
		c->ko[i][0] = rotate16(k[(i + 1) % 8], 5);
		c->ko[i][1] = rotate16(k[(i + 5) % 8], 8);
		c->ko[i][2] = rotate16(k[(i + 6) % 8], 13);
		c->ki[i][0] = kp[(i + 4) % 8];
		c->ki[i][1] = kp[(i + 3) % 8];
		c->ki[i][2] = kp[(i + 7) % 8];
	}
}

static uint16_t
kasumi_fi(uint16_t in, uint16_t key)
{
	uint16_t nine = kasumi_s9[in >> 7] ^ (in & 0x7f);
	uint16_t seven = kasumi_s7[in & 0x7f] ^ (nine & 0x7f);

	seven ^= key >> 9;
	nine ^= key & 0x1ff;
	nine = kasumi_s9[nine] ^ seven;
	seven = kasumi_s7[seven] ^ (nine & 0x7f);
	return seven << 9 | nine;
}

static uint32_t
kasumi_fo(const struct kasumi *c, int round, uint32_t in)
{
	uint16_t l = in >> 16, r = in, next;
	int i;

	for (i = 0; i < 3; i++) {
		next = kasumi_fi(l ^ c->ko[round][i], c->ki[round][i]) ^ r;
		l = r;
		r = next;
	}
	return (uint32_t)l << 16 | r;
}

static uint32_t
kasumi_fl(const struct kasumi *c, int round, uint32_t in)
{
	uint16_t l = in >> 16, r = in;

	r ^= rotate16(l & c->kl[round][0], 1);
	l ^= rotate16(r | c->kl[round][1], 1);
	return (uint32_t)l << 16 | r;
}

static uint64_t
kasumi_block(const struct kasumi *c, uint64_t in)
{
	uint32_t l = in >> 32, r = in;
	int i;

	for (i = 0; i < 8; i += 2) {
		r ^= kasumi_fo(c, i, kasumi_fl(c, i, l));
		l ^= kasumi_fl(c, i + 1, kasumi_fo(c, i + 1, r));
	}
	return (uint64_t)l << 32 | r;
}

static uint64_t
load64(const uint8_t *p)
{
	return (uint64_t)load32(p) << 32 | load32(p + 4);
}

void
wireless_kasumi_f8(const uint8_t *key, const uint8_t *iv, const uint8_t *in, uint8_t *out,
		   uint32_t len)
{
	uint64_t a, stream = 0;
	struct kasumi c;
	uint32_t i;

	kasumi_init(&c, key, 0x55);
	a = kasumi_block(&c, load64(iv));
	kasumi_init(&c, key, 0);
	for (i = 0; i < len; i++) {
		if (i % 8 == 0)
			stream = kasumi_block(&c, a ^ i / 8 ^ stream);
		out[i] = in[i] ^ stream >> (56 - 8 * (i % 8));
	}
}

void
wireless_kasumi_f9(const uint8_t *key, const uint8_t *msg, uint32_t len, uint8_t *mac)
{
	uint64_t a = 0, b = 0;
	struct kasumi c;
	uint32_t i;

	kasumi_init(&c, key, 0);
	for (i = 0; i < len; i++) {
		a ^= (uint64_t)msg[i] << (56 - 8 * (i % 8));
		if (i % 8 != 7 && i != len - 1)
			continue;
		a = kasumi_block(&c, a);
		b ^= a;
	}
	kasumi_init(&c, key, 0xaa);
	store32(mac, kasumi_block(&c, b) >> 32);
}
