/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Preloaded into the host program, to tell how its lcore shares itself among queues. The numbers of
 * each queue, in the order in which they are polled, are in the file that TURNS names, all the
 * time: struct turns, one after the other. For programs with one polling lcore.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_vhost_crypto.h>

#define MAX_QUEUES 64

struct turns {
	uint64_t requests; /* taken up to now */
	uint64_t turns;	   /* in which some were taken */
	uint64_t most;	   /* taken in one turn */
	uint64_t others;   /* most that the other queues took between two turns of this one */
	/* Of turns that others would have had use for, as they had one just before: */
	uint64_t contested;
	uint64_t taken_ns; /* what they took */
	uint64_t left_ns;  /* from their end until the next turn of a queue of the device */
};

static struct turns *file;
static struct {
	struct rte_vhost_crypto_device *dev;
	uint16_t queue;
	uint64_t others; /* since its last turn */
} queues[MAX_QUEUES];
static unsigned int nb_queues;

/* The last turn of a device, in cycles of the time stamp counter. */
static struct last_turn {
	struct rte_vhost_crypto_device *dev;
	uint64_t end, took;
	bool contested;
} last_turns[MAX_QUEUES];

static void __attribute__((constructor)) turns_open(void)
{
	const char *path = getenv("TURNS");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, MAX_QUEUES * sizeof(*file)) != 0) {
		fprintf(stderr, "turns: TURNS names no file that can be written\n");
		abort();
	}
	file = mmap(NULL, MAX_QUEUES * sizeof(*file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		abort();
}

static unsigned int
find(struct rte_vhost_crypto_device *dev, uint16_t queue)
{
	unsigned int i;

	for (i = 0; i < nb_queues; i++)
		if (queues[i].dev == dev && queues[i].queue == queue)
			return i;
	if (nb_queues == MAX_QUEUES)
		abort();
	queues[nb_queues].dev = dev;
	queues[nb_queues].queue = queue;
	return nb_queues++;
}

static struct last_turn *
last_turn_of(struct rte_vhost_crypto_device *dev)
{
	struct last_turn *t = last_turns;

	while (t->dev != NULL && t->dev != dev)
		t++;
	t->dev = dev;
	return t;
}

/*
 * Notes a turn, and what came of the device's last one. Others contest a turn if one of them has
 * had a turn before it, no longer ago than it took.
 */
static void
record_time(struct turns *file_of, struct rte_vhost_crypto_device *dev, uint64_t start,
	    uint64_t end)
{
	struct last_turn *mine = last_turn_of(dev), *t;
	const double ns = 1e9 / rte_get_tsc_hz();

	if (mine->contested) {
		file_of->contested++;
		file_of->taken_ns += mine->took * ns;
		file_of->left_ns += (start - mine->end) * ns;
	}
	mine->end = end;
	mine->took = end - start;
	mine->contested = false;
	for (t = last_turns; t->dev != NULL; t++)
		if (t != mine && t->end != 0 && start - t->end < mine->took)
			mine->contested = true;
}

uint16_t
rte_vhost_crypto_queue_poll(struct rte_vhost_crypto_device *dev, uint16_t queue, uint16_t burst)
{
	static uint16_t (*poll)(struct rte_vhost_crypto_device * dev, uint16_t queue,
				uint16_t burst);
	struct rte_vhost_crypto_queue_stats stats = { 0 };
	unsigned int me = find(dev, queue), i;
	uint16_t done;
	uint64_t nb, start, end;

	if (poll == NULL)
		*(void **)&poll = dlsym(RTLD_NEXT, __func__);
	file[me].others = RTE_MAX(file[me].others, queues[me].others);
	queues[me].others = 0;
	start = rte_rdtsc();
	done = poll(dev, queue, burst);
	end = rte_rdtsc();
	rte_vhost_crypto_queue_stats_get(dev, queue, &stats);
	nb = stats.requests - file[me].requests;
	if (nb == 0)
		return done;
	file[me].requests = stats.requests;
	file[me].turns++;
	record_time(&file[me], dev, start, end);
	file[me].most = RTE_MAX(file[me].most, nb);
	for (i = 0; i < nb_queues; i++)
		if (i != me)
			queues[i].others += nb;
	return done;
}
