/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_memory.h>

#include "job.h"
#include "traffic.h"

/**
 * @file
 * Keys that do not stay in the memory of the application when their session is freed: all of it is
 * searched, and what is searched for is kept in another form.
 */

#define PIECE (1u << 20)
#define LARGE (1ULL << 30) /* such mappings are no memory, but room for it */
#define MASK  0x5a

/* A key of which every byte is changed. */
struct masked {
	uint8_t bytes[MAX_KEY];
	uint16_t len;
};

static struct masked
masked(const uint8_t *key, uint16_t len)
{
	struct masked m = { .len = len };
	uint16_t i;

	for (i = 0; i < len; i++)
		m.bytes[i] = key[i] ^ MASK;
	return m;
}

static bool
is_key(const uint8_t *p, const struct masked *m)
{
	uint16_t i;

	for (i = 0; i < m->len; i++)
		if ((p[i] ^ MASK) != m->bytes[i])
			return false;
	return true;
}

/* Counts a key in what was read of a mapping. */
static unsigned int
count_in(const uint8_t *piece, size_t len, const struct masked *m)
{
	const uint8_t first = m->bytes[0] ^ MASK, *p = piece, *end = piece + len;
	unsigned int nb = 0;

	while (p < end && (p = memchr(p, first, end - p)) != NULL) {
		if (end - p >= m->len && is_key(p, m))
			nb++;
		p++;
	}
	return nb;
}

/* Counts a key in a mapping; @p piece is where it is read to, and is left out. */
static unsigned int
count_mapping(int mem, uint64_t start, uint64_t end, uint8_t *piece, const struct masked *m)
{
	unsigned int nb = 0;
	uint64_t at;

	for (at = start; at < end; at += PIECE) {
		size_t want = RTE_MIN(end - at, (uint64_t)PIECE + MAX_KEY);
		ssize_t len;

		if (at + want > (uintptr_t)piece && at < (uintptr_t)piece + 2 * PIECE)
			continue;
		len = pread(mem, piece, want, at);
		if (len > 0)
			nb += count_in(piece, len, m);
	}
	return nb;
}

/* How often a key is in the memory of this process, or -1 if that cannot be read. */
static int
count_key(const struct masked *m)
{
	uint8_t *piece = mmap(NULL, 4 * PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	uint64_t start, end;
	char line[512];
	int nb = 0;

	if (piece == MAP_FAILED || maps == NULL || mem < 0)
		return -1;
	/* Whole pieces of it are left out, so it is in the middle of what was mapped for it. */
	while (fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " rw", &start, &end) == 2 &&
		    strstr(line, " rw") != NULL && end - start < LARGE)
			nb += count_mapping(mem, start, end, piece + PIECE, m);
	fclose(maps);
	close(mem);
	munmap(piece, 4 * PIECE);
	return nb;
}

static void
wipe_keys(struct transform *t)
{
	explicit_bzero(t->key, sizeof(t->key));
	explicit_bzero(t->auth_key, sizeof(t->auth_key));
}

/* One operation, so that the key was everywhere where keys go. */
static enum verdict
use(struct env *env, const struct transform *t, void *session, struct message *msg)
{
	struct job job = { .transform = t, .session = session, .msg = msg };
	struct layout l = layout_linear(msg->len);
	enum verdict v = job_build(env, &job, &l);

	if (v == PASS)
		v = job_run(env, 0, &job, 1, 1);
	return traffic_finish(env, &job, 1) == PASS ? v : FAIL;
}

static enum verdict
wiped(struct env *env, const void *arg)
{
	const char *const *names = arg;
	struct transform t = transform_make(&env->rng, names[0], names[1], true);
	enum verdict v = transform_supported(env, &t);
	bool ours = strncmp(env->info.driver_name, "crypto_virtio", 13) == 0;
	struct masked key;
	struct message msg;
	void *session;
	int nb;

	if (v != PASS)
		return v;
	if (!ours)
		return test_skip(env, "another driver's keys are its own business");
	key = t.cipher != NULL ? masked(t.key, t.key_len) : masked(t.auth_key, t.auth_key_len);
	msg = message_alloc(256);
	session = job_session(env, &t);
	if (session == NULL || message_random(&msg, &t, &env->rng) != 0) {
		message_free(&msg);
		return test_fail(env, "no session, or no answers to compare with");
	}
	v = use(env, &t, session, &msg);
	message_free(&msg);
	wipe_keys(&t);
	nb = count_key(&key);
	if (job_session_free(env, session) != PASS || v != PASS)
		return FAIL;
	if (nb <= 0)
		return test_fail(env, "the key is found %d times while its session lives", nb);
	nb = count_key(&key);
	return nb == 0 ? PASS : test_fail(env, "the key is still there, %d times", nb);
}

void
register_keys(void)
{
	static const char *const names[][2] = { { "aes-cbc", NULL },
						{ "aes-ctr", "hmac-sha1" },
						{ NULL, "hmac-sha256" } };
	static const char *const titles[] = { "cipher", "chain", "mac" };
	unsigned int i;

	for (i = 0; i < RTE_DIM(names); i++)
		test_register(wiped, names[i], "sessions/key_is_wiped/%s", titles[i]);
}
