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
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_vhost_crypto.h>

#define MAX_QUEUES 64

struct turns {
	uint64_t requests; /* taken up to now */
	uint64_t turns;	   /* in which some were taken */
	uint64_t most;	   /* taken in one turn */
	uint64_t others;   /* most that the other queues took between two turns of this one */
};

static struct turns *file;
static struct {
	struct rte_vhost_crypto_device *dev;
	uint16_t queue;
	uint64_t others; /* since its last turn */
} queues[MAX_QUEUES];
static unsigned int nb_queues;

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

uint16_t
rte_vhost_crypto_queue_poll(struct rte_vhost_crypto_device *dev, uint16_t queue, uint16_t burst)
{
	static uint16_t (*poll)(struct rte_vhost_crypto_device * dev, uint16_t queue,
				uint16_t burst);
	struct rte_vhost_crypto_queue_stats stats = { 0 };
	unsigned int me = find(dev, queue), i;
	uint16_t done;
	uint64_t nb;

	if (poll == NULL)
		*(void **)&poll = dlsym(RTLD_NEXT, __func__);
	file[me].others = RTE_MAX(file[me].others, queues[me].others);
	queues[me].others = 0;
	done = poll(dev, queue, burst);
	rte_vhost_crypto_queue_stats_get(dev, queue, &stats);
	nb = stats.requests - file[me].requests;
	if (nb == 0)
		return done;
	file[me].requests = stats.requests;
	file[me].turns++;
	file[me].most = RTE_MAX(file[me].most, nb);
	for (i = 0; i < nb_queues; i++)
		if (i != me)
			queues[i].others += nb;
	return done;
}
