/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * bench_distance A B: how far two processors are from each other. Two threads, one on each, hand a
 * cache line to and fro; what is printed is the time there and back in nanoseconds. Rings between
 * two processes are made of that, and in a virtual machine it changes when the hypervisor moves
 * its processors.
 */

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 5000
#define WARM   1000

static struct {
	uint64_t value;
} ball __attribute__((aligned(128)));

static int
stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

static void
await(uint64_t value)
{
	while (__atomic_load_n(&ball.value, __ATOMIC_ACQUIRE) != value)
		;
}

/* Odd numbers go there, even ones come back. */
static void *
return_all(void *arg)
{
	uint64_t i;

	if (stay_on(*(int *)arg) != 0)
		exit(EXIT_FAILURE);
	for (i = 0; i < ROUNDS + WARM; i++) {
		await(2 * i + 1);
		__atomic_store_n(&ball.value, 2 * i + 2, __ATOMIC_RELEASE);
	}
	return NULL;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int
main(int argc, char **argv)
{
	int here = argc == 3 ? atoi(argv[1]) : 0, there = argc == 3 ? atoi(argv[2]) : 0;
	double start = 0;
	pthread_t other;
	uint64_t i;

	if (here == there) {
		fprintf(stderr, "usage: %s PROCESSOR PROCESSOR, two different ones\n", argv[0]);
		return EXIT_FAILURE;
	}
	if (stay_on(here) != 0 || pthread_create(&other, NULL, return_all, &there) != 0) {
		fprintf(stderr, "processor %d cannot be used\n", here);
		return EXIT_FAILURE;
	}
	for (i = 0; i < ROUNDS + WARM; i++) {
		if (i == WARM)
			start = now();
		__atomic_store_n(&ball.value, 2 * i + 1, __ATOMIC_RELEASE);
		await(2 * i + 2);
	}
	printf("%.0f\n", (now() - start) / ROUNDS);
	pthread_join(other, NULL);
	return EXIT_SUCCESS;
}
