/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_cryptodev.h>
#include <rte_mempool.h>

#include "rng.h"

/**
 * @file
 * What every test case sees: the options, the device under test, and how a verdict is given.
 *
 * All of it belongs to the main thread; cases that start threads hand them what they need.
 */

/** How a case ended. */
enum verdict {
	PASS,
	FAIL,
	SKIP,
};

/** The command line. */
struct options {
	/** Name of the cryptodev under test; NULL is the first one. */
	const char *dev_name;
	/** Cases to run (shell patterns); none is all. */
	const char **cases;
	unsigned int nb_cases;
	/** Cases to leave out (shell patterns). */
	const char **excludes;
	unsigned int nb_excludes;
	/** Cases that must not be skipped (shell patterns). */
	const char **requires;
	unsigned int nb_requires;
	/** Start of the random numbers. */
	uint64_t seed;
	/** Sessions that the device has; 0 is not known. */
	uint32_t max_sessions;
	/** Bytes up to which the device must take messages. */
	uint32_t max_size;
	/** Bytes of content of a request that the device takes at most; 0 is not known. */
	uint32_t max_content;
	/** Segments of a source, and of a destination as well, that the device must take. */
	uint32_t max_segs;
	/** Queue pairs and descriptors per queue pair to set up. */
	uint16_t nb_qps;
	uint16_t nb_desc;
	/** Queue pair that the cases take for the first one. */
	uint16_t first_qp;
	/** Seconds within which the device must complete what it accepted. */
	unsigned int timeout;
	/** List the cases and leave. */
	bool list;
	/** Speak the line protocol of faults.h instead of running cases. */
	bool faults;
};

/** The device under test and what its cases share. */
struct env {
	struct options opt;
	struct rng rng;
	uint8_t dev_id;
	struct rte_cryptodev_info info;
	/** Queue pairs set up now; 0 when the device is closed. */
	uint16_t nb_qps;
	/** Operations, sessions, and mbufs with SMALL_ROOM and LARGE_ROOM bytes of data room. */
	struct rte_mempool *ops;
	struct rte_mempool *sessions;
	struct rte_mempool *small;
	struct rte_mempool *large;
	/** Asymmetric operations and sessions; NULL if the device has none. */
	struct rte_mempool *asym_ops;
	struct rte_mempool *asym_sessions;
	/** Set by a case that lost operations: the device must be reset before the next case. */
	bool stuck;
	/** Why the running case failed or was skipped; the first failure stays. */
	char reason[512];
	bool failed;
};

/** Data room of an mbuf of env::small, with no headroom set aside. */
#define SMALL_ROOM 4608

/** Data room of an mbuf of env::large, with no headroom set aside: the most that an mbuf has. */
#define LARGE_ROOM 65535

/** One row of the table of cases. */
struct test_case {
	char name[112];
	enum verdict (*run)(struct env *env, const void *arg);
	const void *arg;
};

/**
 * Add a case to the table.
 *
 * @param run what the case does; it frees everything that it takes from the pools of @p env.
 * @param arg handed to @p run; must stay valid until the process ends.
 * @param fmt the name, in the manner of printf: parts separated by '/', no spaces.
 */
void test_register(enum verdict (*run)(struct env *env, const void *arg), const void *arg,
		   const char *fmt, ...) __rte_format_printf(3, 4);

/** Record why the running case failed, unless a reason is recorded already. @return FAIL */
enum verdict test_fail(struct env *env, const char *fmt, ...) __rte_format_printf(2, 3);

/** Forget what was recorded: a failure was expected, or something new begins. */
void test_forget(struct env *env);

/** Put more words, and a colon, in front of the recorded reason. */
void test_annotate(struct env *env, const char *fmt, ...) __rte_format_printf(2, 3);

/** Record why the running case cannot be run. @return SKIP */
enum verdict test_skip(struct env *env, const char *fmt, ...) __rte_format_printf(2, 3);

/** Print the names of the cases that the options choose. */
void test_list(const struct options *opt);

/**
 * Run the cases that the options choose, print a line for each and the totals.
 *
 * @return number of failed cases.
 */
unsigned int test_run(struct env *env);

/** Each file of cases adds its rows to the table. */
void register_known_answers(void);
void register_chains(void);
void register_random(void);
void register_scatter(void);
void register_sizes(void);
void register_capabilities(void);
void register_digest_encrypted(void);
void register_sessions(void);
void register_keys(void);
void register_rings(void);
void register_life(void);
void register_limits(void);
void register_statuses(void);
void register_ecdsa(void);
void register_rsa_known(void);
void register_rsa(void);
void register_rsa_reject(void);
void register_pools(void);
void register_process(void);
void register_threads(void);
void register_devices(void);

#endif /* TEST_TEST_H */
