/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/evp.h>

#include <rte_vhost.h>

#include "arena.h"
#include "canary.h"
#include "descriptors.h"
#include "front_end.h"
#include "fuzz_requests.h"
#include "guest.h"
#include "host.h"
#include "oracles.h"

#define OWN	0x8000 /* bytes from the beginning that its rings and requests have */
#define RING	64
#define HEAD_AT 0x6000
#define IN_AT	0x7000
#define OUT_AT	0x7800
#define DATA	64
/* Few bits, so that one more shows; as the head of a chain it is in large rings. */
#define BYTE	   0x10
#define WORD	   (0x0101010101010101ull * BYTE)
#define TIMEOUT_MS 3000

static struct fuzz_guest guest;
static struct fuzz_front_end front;
static int kick_fd, call_fd;
static int64_t session;
static uint8_t right[DATA];

/* What it should find, and what the front-end under test does while it waits. */
static uint8_t *reference;
static void (*meanwhile)(void *arg);
static void *meanwhile_arg;

/* What OpenSSL makes of the data: the key is the canary's word twice. */
static void
compute_answer(void)
{
	uint8_t key[16], iv[16];
	uint8_t data[DATA], rest[32];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len;

	memset(key, BYTE, sizeof(key));
	memset(iv, 'i', sizeof(iv));
	memset(data, BYTE, sizeof(data));
	FUZZ_MUST(ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), NULL, key, iv) == 1 &&
		  EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		  EVP_EncryptUpdate(ctx, right, &len, data, DATA) == 1 && len == DATA &&
		  EVP_EncryptFinal_ex(ctx, rest, &len) == 1);
	EVP_CIPHER_CTX_free(ctx);
}

void
fuzz_canary_init(void)
{
	guest.fd = fuzz_memory_file(FUZZ_FD_MEM, FUZZ_GUEST_SIZE);
	guest.mem = fuzz_arena_map_outside(guest.fd, FUZZ_GUEST_SIZE);
	memset(guest.mem, BYTE, FUZZ_GUEST_SIZE);
	reference = malloc(FUZZ_GUEST_SIZE);
	kick_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	call_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	FUZZ_MUST(reference != NULL && kick_fd >= 0 && call_fd >= 0);
	memset(reference, BYTE, FUZZ_GUEST_SIZE);
	compute_answer();
	fuzz_arena_start(guest.fd, OWN, FUZZ_GUEST_SIZE - OWN);
}

void
fuzz_canary_disturb(void (*function)(void *arg), void *arg)
{
	meanwhile = function;
	meanwhile_arg = arg;
}

static void
in_time(const struct fuzz_deadline *deadline, const char *what)
{
	fuzz_host_poll();
	if (meanwhile != NULL)
		meanwhile(meanwhile_arg);
	if (fuzz_deadline_is_over(deadline)) {
		fprintf(stderr, "The canary waits for %s longer than %u ms\n", what, TIMEOUT_MS);
		abort();
	}
}

/* Sends a message and waits until the same one is answered. */
static void
ask(uint32_t request, uint32_t flags, const void *payload, uint32_t size)
{
	const struct fuzz_deadline deadline = fuzz_deadline_in(TIMEOUT_MS);
	uint32_t before = front.nb_replies[request];
	struct fuzz_message m = { .header = { request, VHOST_USER_VERSION | flags, size } };

	if (size > 0)
		memcpy(m.payload, payload, size);
	FUZZ_MUST(fuzz_front_end_send(&front, &m, sizeof(m.header) + size, NULL, 0) ==
		  sizeof(m.header) + size);
	while (front.nb_replies[request] == before) {
		if (!fuzz_front_end_receive(&front)) {
			in_time(&deadline, "a reply");
			fuzz_yield();
		}
		FUZZ_MUST(front.fd >= 0);
	}
}

static void
create_session(void)
{
	struct vhost_user_crypto_session s = {
		.op_code = CIPHER_CREATE_SESSION,
		.u.sym.info = {
			.cipher_alg = CIPHER_AES_CBC,
			.key_len = 16,
			.op_type = SYM_OP_CIPHER,
			.direction = OP_ENCRYPT,
		},
	};

	memset(s.u.sym.cipher_key, BYTE, 16);
	front.session = -1;
	ask(VHOST_USER_CREATE_CRYPTO_SESSION, 0, &s, sizeof(s));
	FUZZ_MUST(front.session >= 0);
}

static void
destroy_session(uint64_t id)
{
	ask(VHOST_USER_CLOSE_CRYPTO_SESSION, VHOST_USER_NEED_REPLY, &id, sizeof(id));
}

static void
set_memory(void)
{
	const struct vhost_user_memory table = {
		.nregions = 1,
		.regions = { { FUZZ_GUEST_GPA, FUZZ_GUEST_SIZE, FUZZ_GUEST_USER, 0 } },
	};

	fuzz_front_end_say(&front, VHOST_USER_SET_MEM_TABLE, &table, 8 + sizeof(table.regions[0]),
			   &guest.fd, 1);
}

static void
start_ring(void)
{
	const struct vhost_user_vring_state num = { 0, RING }, base = { 0, 0 }, enable = { 0, 1 };
	const uint64_t index = 0;
	struct vhost_user_vring_addr addr;

	memset(guest.mem, 0, OWN);
	fuzz_guest_lay_out(&guest, 0, RING);
	addr = fuzz_guest_addresses(&guest, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_VRING_NUM, &num, sizeof(num), NULL, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_VRING_BASE, &base, sizeof(base), NULL, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_VRING_CALL, &index, sizeof(index), &call_fd, 1);
	fuzz_front_end_say(&front, VHOST_USER_SET_VRING_KICK, &index, sizeof(index), &kick_fd, 1);
	fuzz_front_end_say(&front, VHOST_USER_SET_VRING_ENABLE, &enable, sizeof(enable), NULL, 0);
}

void
fuzz_canary_connect(void)
{
	const uint64_t features = 1ull << VIRTIO_F_VERSION_1 |
		1ull << VHOST_USER_F_PROTOCOL_FEATURES;
	const uint64_t protocol = 1ull << VHOST_USER_PROTOCOL_F_REPLY_ACK |
		1ull << VHOST_USER_PROTOCOL_F_CRYPTO_SESSION | 1ull << VHOST_USER_PROTOCOL_F_MQ;

	fuzz_front_end_connect(&front, fuzz_host_path(FUZZ_HOST_CANARY));
	ask(VHOST_USER_GET_FEATURES, 0, NULL, 0);
	ask(VHOST_USER_GET_PROTOCOL_FEATURES, 0, NULL, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_PROTOCOL_FEATURES, &protocol, sizeof(protocol),
			   NULL, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_OWNER, NULL, 0, NULL, 0);
	fuzz_front_end_say(&front, VHOST_USER_SET_FEATURES, &features, sizeof(features), NULL, 0);
	set_memory();
	start_ring();
	create_session();
	session = front.session;
	/* Sessions may be created before the rest is done. */
	ask(VHOST_USER_GET_FEATURES, 0, NULL, 0);
}

void
fuzz_canary_close(void)
{
	fuzz_front_end_close(&front);
}

static void
cipher(void)
{
	const struct fuzz_deadline deadline = fuzz_deadline_in(TIMEOUT_MS);
	struct fuzz_content content;
	struct wire_bytes b;

	fuzz_request(&b, &content, FUZZ_CBC_ENCRYPT, DATA, 0, true, session);
	memcpy(guest.mem + HEAD_AT, b.data, b.len);
	memset(guest.mem + IN_AT, BYTE, DATA);
	memset(guest.mem + OUT_AT, 0xff, DATA + 1);
	fuzz_guest_put(&guest, 0,
		       (struct fuzz_segment[]){ { HEAD_AT, b.len, false },
						{ IN_AT, DATA, false },
						{ OUT_AT, DATA + 1, true } },
		       3);
	while (!fuzz_guest_used(&guest, 0))
		in_time(&deadline, "a request");
	FUZZ_MUST(guest.mem[OUT_AT + DATA] == OK && memcmp(guest.mem + OUT_AT, right, DATA) == 0);
}

void
fuzz_canary_work(void)
{
	cipher();
	create_session();
	destroy_session(front.session);
}

void
fuzz_canary_check(void)
{
	FUZZ_MUST(memcmp(guest.mem + OWN, reference + OWN, FUZZ_GUEST_SIZE - OWN) == 0);
}

__attribute__((no_sanitize("address", "undefined"))) void
fuzz_canary_search(const uint8_t *mem, size_t size)
{
	const uint64_t *words = (const uint64_t *)(uintptr_t)mem;
	unsigned int found = 0;
	size_t i;

	for (i = 0; i < size / sizeof(*words); i++)
		found += words[i] == WORD;
	FUZZ_MUST(found == 0);
}
