/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Preloaded into a host program, to tell what the library costs from what the cryptodev does. It
 * stands in front of the library's functions for the data path, and in front of the two functions
 * of the first cryptodev that is started, and takes the time before and after. So neither the
 * library nor the program has anything of it when it is not loaded.
 *
 * For programs with one polling lcore and one cryptodev. BENCH_METER names the file of struct
 * meter.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_vhost_crypto.h>

#include "clock.h"
#include "meter.h"

static struct meter *meter;
/* The cryptodev's part of the call that is being measured. */
static uint64_t cdev_calls, cdev_cycles;
static struct rte_crypto_fp_ops real;

static void *
next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (function == NULL) {
		fprintf(stderr, "meter: there is no %s: %s\n", name, dlerror());
		abort();
	}
	return function;
}

static void __attribute__((constructor)) meter_open(void)
{
	const char *path = getenv("BENCH_METER");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*meter)) != 0) {
		fprintf(stderr, "meter: BENCH_METER names no file that can be written\n");
		abort();
	}
	meter = mmap(NULL, sizeof(*meter), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (meter == MAP_FAILED)
		abort();
	meter->overhead_millicycles = clock_overhead_millicycles();
}

static void
cdev_clear(void)
{
	cdev_calls = 0;
	cdev_cycles = 0;
}

/* Adds what a call of the library took, with what the cryptodev took of that. */
static void
account(uint64_t cycles, bool moved)
{
	if (moved) {
		meter->calls++;
		meter->cycles += cycles;
		meter->cdev_calls += cdev_calls;
		meter->cdev_cycles += cdev_cycles;
	} else {
		meter->idle_calls++;
		meter->idle_cycles += cycles;
	}
}

static uint16_t
metered(enqueue_pkt_burst_t burst, void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	uint64_t start = clock_now();
	uint16_t done = burst(qp, ops, nb_ops);

	cdev_cycles += clock_now() - start;
	cdev_calls++;
	return done;
}

static uint16_t
metered_enqueue(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	return metered(real.enqueue_burst, qp, ops, nb_ops);
}

static uint16_t
metered_dequeue(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	return metered(real.dequeue_burst, qp, ops, nb_ops);
}

int
rte_cryptodev_start(uint8_t dev_id)
{
	static int (*start)(uint8_t dev_id);
	int ret;

	if (start == NULL)
		*(void **)&start = next(__func__);
	ret = start(dev_id);
	if (ret == 0 && real.enqueue_burst == NULL) {
		real = rte_crypto_fp_ops[dev_id];
		rte_crypto_fp_ops[dev_id].enqueue_burst = metered_enqueue;
		rte_crypto_fp_ops[dev_id].dequeue_burst = metered_dequeue;
	}
	return ret;
}

uint32_t
rte_cryptodev_sym_cpu_crypto_process(uint8_t dev_id, void *sess, union rte_crypto_sym_ofs ofs,
				     struct rte_crypto_sym_vec *vec)
{
	static uint32_t (*process)(uint8_t dev_id, void *sess, union rte_crypto_sym_ofs ofs,
				   struct rte_crypto_sym_vec *vec);
	uint64_t start;
	uint32_t done;

	if (process == NULL)
		*(void **)&process = next(__func__);
	start = clock_now();
	done = process(dev_id, sess, ofs, vec);
	cdev_cycles += clock_now() - start;
	cdev_calls++;
	return done;
}

uint16_t
rte_vhost_crypto_queue_poll(struct rte_vhost_crypto_device *dev, uint16_t queue, uint16_t burst)
{
	static uint16_t (*poll)(struct rte_vhost_crypto_device * dev, uint16_t queue,
				uint16_t burst);
	uint64_t start;
	uint16_t done;

	if (poll == NULL)
		*(void **)&poll = next(__func__);
	cdev_clear();
	start = clock_now();
	done = poll(dev, queue, burst);
	account(clock_now() - start, done != 0);
	return done;
}

uint16_t
rte_vhost_crypto_fetch_requests(int vid, uint32_t qid, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	static uint16_t (*fetch)(int vid, uint32_t qid, struct rte_crypto_op **ops,
				 uint16_t nb_ops);
	uint64_t start;
	uint16_t done;

	if (fetch == NULL)
		*(void **)&fetch = next(__func__);
	cdev_clear();
	start = clock_now();
	done = fetch(vid, qid, ops, nb_ops);
	account(clock_now() - start, done != 0);
	return done;
}

uint16_t
rte_vhost_crypto_finalize_requests(struct rte_crypto_op **ops, uint16_t nb_ops, int *callfds,
				   uint16_t *nb_callfds)
{
	static uint16_t (*finalize)(struct rte_crypto_op * *ops, uint16_t nb_ops, int *callfds,
				    uint16_t *nb_callfds);
	uint64_t start;
	uint16_t done;

	if (finalize == NULL)
		*(void **)&finalize = next(__func__);
	cdev_clear();
	start = clock_now();
	done = finalize(ops, nb_ops, callfds, nb_callfds);
	account(clock_now() - start, true);
	return done;
}
