/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * bench_cycles: what a cryptodev costs its caller, in cycles of the time stamp counter.
 *
 * It keeps a number of operations in flight, and takes the time of every enqueue and dequeue of a
 * burst. Calls that moved operations are one figure, polls that found none another: those cost only
 * an application that has nothing better to do. Operations and buffers are the same all the time,
 * so that nothing but the driver is in the figures.
 *
 * --latency does one operation at a time instead, from before it is enqueued until it is back. With
 * --pause there is a pause before each, in which a host program may fall asleep; --watch tells the
 * processor time that it takes meanwhile.
 *
 * A host program with meter.c preloaded tells, in --meter's file, what an operation cost there.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_cycles.h>
#include <rte_eal.h>

#include "clock.h"
#include "load.h"
#include "meter.h"

#define MAX_LIST    16
#define MAX_BURST   128
#define MAX_SAMPLES 100000
/* Nothing takes so long but a device that has lost an operation. */
#define TIMEOUT_SECONDS 10

struct list {
	unsigned int count;
	uint32_t values[MAX_LIST];
};

struct settings {
	const char *algorithm;
	struct list bytes, bursts;
	uint32_t in_flight;
	uint32_t milliseconds;
	uint32_t samples;  /* of the latency; 0: measure cycles */
	uint32_t pause;	   /* before each of them, in microseconds */
	clockid_t watched; /* processor time of the host program; CLOCK_REALTIME: of none */
	const struct meter *meter;
};

/* Calls of one kind. */
struct calls {
	uint64_t count, cycles;
};

/* One measurement. */
struct counts {
	uint64_t ops, cycles;
	struct calls enqueue, dequeue, empty;
};

static struct load load;
static uint64_t overhead_millicycles; /* of taking the time once */
static uint64_t samples[MAX_SAMPLES];

static uint16_t
enqueue(uint16_t burst, struct counts *counts)
{
	struct rte_crypto_op **ops = &load.ops[load.nb_free - burst];
	uint64_t start = clock_now();
	uint16_t done = rte_cryptodev_enqueue_burst(load.dev_id, 0, ops, burst);
	uint64_t end = clock_now();

	if (done == 0)
		return 0;
	counts->enqueue.count++;
	counts->enqueue.cycles += end - start;
	/* What was not taken comes to where the next ones are taken from. */
	memmove(ops, ops + done, (burst - done) * sizeof(ops[0]));
	load.nb_free -= done;
	return done;
}

/* Returns -1 if an operation was not done. */
static int
dequeue(uint16_t burst, struct counts *counts)
{
	struct rte_crypto_op **ops = &load.ops[load.nb_free];
	uint64_t start = clock_now();
	uint16_t done = rte_cryptodev_dequeue_burst(load.dev_id, 0, ops, burst);
	uint64_t end = clock_now();
	uint16_t i;

	if (done == 0) {
		counts->empty.count++;
		counts->empty.cycles += end - start;
		return 0;
	}
	counts->dequeue.count++;
	counts->dequeue.cycles += end - start;
	load.nb_free += done;
	for (i = 0; i < done; i++) {
		if (ops[i]->status != RTE_CRYPTO_OP_STATUS_SUCCESS) {
			fprintf(stderr, "an operation came back with status %d\n", ops[i]->status);
			return -1;
		}
		ops[i]->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	}
	return done;
}

/* Dequeues until nothing is in flight. */
static int
drain(uint16_t burst, struct counts *counts)
{
	uint64_t limit = rte_rdtsc() + TIMEOUT_SECONDS * rte_get_tsc_hz();

	while (load.nb_free < LOAD_MAX_OPS) {
		if (dequeue(burst, counts) < 0)
			return -1;
		if (rte_rdtsc() > limit) {
			fprintf(stderr, "%u operations did not come back within %d s\n",
				LOAD_MAX_OPS - load.nb_free, TIMEOUT_SECONDS);
			return -1;
		}
	}
	return 0;
}

/* Keeps operations in flight for some time. */
static int
flood(uint16_t burst, uint32_t in_flight, uint64_t cycles, struct counts *counts)
{
	uint64_t start = rte_rdtsc();

	memset(counts, 0, sizeof(*counts));
	while (rte_rdtsc() - start < cycles) {
		if (LOAD_MAX_OPS - load.nb_free + burst <= in_flight)
			counts->ops += enqueue(burst, counts);
		if (dequeue(burst, counts) < 0)
			return -1;
	}
	if (drain(burst, counts) != 0)
		return -1;
	counts->cycles = rte_rdtsc() - start;
	return 0;
}

/* Cycles of some calls for one operation, without what taking the time adds. */
static double
per_op(const struct calls *calls, uint64_t ops)
{
	return (calls->cycles - calls->count * overhead_millicycles / 1e3) / ops;
}

static void
print_counts(uint32_t bytes, uint16_t burst, const struct counts *c)
{
	double enqueue = per_op(&c->enqueue, c->ops), dequeue = per_op(&c->dequeue, c->ops);

	printf("cycles bytes=%u burst=%u operations=%" PRIu64 " cycles=%.2f mops=%.4f", bytes,
	       burst, c->ops, (double)c->cycles / c->ops,
	       c->ops * (rte_get_tsc_hz() / 1e6) / c->cycles);
	printf(" guest=%.2f enqueue=%.2f dequeue=%.2f enqueue_burst=%.2f dequeue_burst=%.2f",
	       enqueue + dequeue, enqueue, dequeue, (double)c->ops / c->enqueue.count,
	       (double)c->ops / c->dequeue.count);
	printf(" empty_polls=%" PRIu64 " empty_poll=%.2f", c->empty.count,
	       c->empty.count == 0 ? 0 : per_op(&c->empty, c->empty.count));
}

static void
print_meter(const struct meter *before, const struct meter *after, uint64_t ops)
{
	struct calls cdev = { after->cdev_calls - before->cdev_calls,
			      after->cdev_cycles - before->cdev_cycles };
	struct calls all = { after->calls - before->calls + cdev.count,
			     after->cycles - before->cycles };
	double overhead = after->overhead_millicycles / 1e3;
	double inside = cdev.cycles - cdev.count * overhead;

	printf(" host=%.2f host_cdev=%.2f host_burst=%.2f host_idle=%" PRIu64,
	       (all.cycles - all.count * overhead - cdev.cycles) / ops, inside / ops,
	       (double)ops / (after->calls - before->calls),
	       after->idle_calls - before->idle_calls);
}

static int
measure_cycles(const struct settings *s, uint32_t bytes, uint16_t burst)
{
	uint64_t cycles = rte_get_tsc_hz() / 1000 * s->milliseconds;
	uint32_t in_flight = RTE_MAX(s->in_flight, 2u * burst);
	struct meter before = { 0 }, after;
	struct counts c;

	/* What is slow the first time is not measured. */
	if (flood(burst, in_flight, cycles / 4, &c) != 0)
		return -1;
	if (s->meter != NULL) {
		rte_delay_us_sleep(1000); /* until the host program has counted its last call */
		before = *s->meter;
	}
	if (flood(burst, in_flight, cycles, &c) != 0)
		return -1;
	print_counts(bytes, burst, &c);
	if (s->meter != NULL) {
		rte_delay_us_sleep(1000);
		after = *s->meter;
		print_meter(&before, &after, c.ops);
	}
	printf("\n");
	return 0;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double
seconds_of(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int
measure_latency(const struct settings *s, uint32_t bytes)
{
	double us = 1e6 / rte_get_tsc_hz(), sum = 0;
	double taken = seconds_of(s->watched), passed = seconds_of(CLOCK_MONOTONIC);
	uint32_t i, nb = s->samples, warm = nb / 10;
	struct counts c = { 0 };

	for (i = 0; i < warm + nb; i++) {
		uint64_t start;

		if (s->pause > 0)
			rte_delay_us_block(s->pause);
		start = clock_now();
		if (enqueue(1, &c) != 1 || drain(1, &c) != 0) {
			fprintf(stderr, "an operation was not taken, or did not come back\n");
			return -1;
		}
		if (i >= warm)
			samples[i - warm] = clock_now() - start;
	}
	taken = seconds_of(s->watched) - taken;
	passed = seconds_of(CLOCK_MONOTONIC) - passed;
	qsort(samples, nb, sizeof(samples[0]), compare);
	for (i = 0; i < nb; i++)
		sum += samples[i];
	printf("latency bytes=%u samples=%u mean=%.3f median=%.3f p99=%.3f least=%.3f most=%.3f",
	       bytes, nb, sum / nb * us, samples[nb / 2] * us, samples[nb - nb / 100 - 1] * us,
	       samples[0] * us, samples[nb - 1] * us);
	if (s->watched != CLOCK_REALTIME)
		printf(" processor=%.3f", 100 * taken / passed);
	printf("\n");
	return 0;
}

static int
measure(const struct settings *s)
{
	unsigned int i, j;

	overhead_millicycles = clock_overhead_millicycles();
	for (i = 0; i < s->bytes.count; i++) {
		load_resize(&load, s->bytes.values[i]);
		if (s->samples != 0) {
			if (measure_latency(s, s->bytes.values[i]) != 0)
				return -1;
			continue;
		}
		for (j = 0; j < s->bursts.count; j++)
			if (measure_cycles(s, s->bytes.values[i], s->bursts.values[j]) != 0)
				return -1;
	}
	return 0;
}

static int
parse_number(const char *text, uint32_t least, uint32_t most, uint32_t *number, char **end)
{
	unsigned long value;

	errno = 0;
	value = strtoul(text, end, 10);
	if (errno != 0 || *end == text || value < least || value > most)
		return -1;
	*number = value;
	return 0;
}

static int
parse_one(const char *text, uint32_t least, uint32_t most, uint32_t *number)
{
	char *end;

	if (parse_number(text, least, most, number, &end) == 0 && *end == '\0')
		return 0;
	fprintf(stderr, "%s is no number from %u to %u\n", text, least, most);
	return -1;
}

static int
parse_list(const char *text, uint32_t most, struct list *list)
{
	const char *at = text;
	char *end;

	for (list->count = 0; list->count < MAX_LIST; at = end + 1) {
		if (parse_number(at, 1, most, &list->values[list->count], &end) != 0)
			break;
		list->count++;
		if (*end == '\0')
			return 0;
		if (*end != ',')
			break;
	}
	fprintf(stderr, "%s is no list of at most %d numbers from 1 to %u, such as 64,1024\n", text,
		MAX_LIST, most);
	return -1;
}

static int
map_meter(const char *path, struct settings *s)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED :
			     mmap(NULL, sizeof(*s->meter), PROT_READ, MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED) {
		fprintf(stderr, "%s cannot be read: %s\n", path, strerror(errno));
		return -1;
	}
	s->meter = map;
	return 0;
}

static int
watch(const char *pid, struct settings *s)
{
	uint32_t number;

	if (parse_one(pid, 1, INT32_MAX, &number) != 0)
		return -1;
	if (clock_getcpuclockid(number, &s->watched) == 0)
		return 0;
	fprintf(stderr, "there is no process %s\n", pid);
	return -1;
}

static int
usage(const char *program)
{
	fprintf(stderr,
		"usage: %s [EAL options] -- --algorithm NAME [option...]\n"
		"  --bytes LIST      of an operation's data, at most %u (64)\n"
		"  --bursts LIST     at most %u (32)\n"
		"  --in-flight N     operations, at most, but two bursts in any case (256)\n"
		"  --milliseconds N  that each measurement takes (100)\n"
		"  --latency N       measure the latency of N operations, one at a time\n"
		"  --pause US        so many microseconds before each of them (0)\n"
		"  --watch PID       tell the processor time of the host program, too\n"
		"  --meter FILE      the host program's BENCH_METER\n",
		program, LOAD_MAX_BYTES, MAX_BURST);
	load_algorithms();
	return -1;
}

static int
parse(int argc, char **argv, struct settings *s)
{
	static const struct option options[] = {
		{ "algorithm", required_argument, NULL, 'a' },
		{ "bytes", required_argument, NULL, 'b' },
		{ "bursts", required_argument, NULL, 'n' },
		{ "in-flight", required_argument, NULL, 'f' },
		{ "milliseconds", required_argument, NULL, 'm' },
		{ "latency", required_argument, NULL, 'l' },
		{ "pause", required_argument, NULL, 'p' },
		{ "watch", required_argument, NULL, 'w' },
		{ "meter", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int option, ret = 0;

	while (ret == 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'a':
			s->algorithm = optarg;
			break;
		case 'b':
			ret = parse_list(optarg, LOAD_MAX_BYTES, &s->bytes);
			break;
		case 'n':
			ret = parse_list(optarg, MAX_BURST, &s->bursts);
			break;
		case 'f':
			ret = parse_one(optarg, 1, LOAD_MAX_OPS, &s->in_flight);
			break;
		case 'm':
			ret = parse_one(optarg, 1, 10000, &s->milliseconds);
			break;
		case 'l':
			ret = parse_one(optarg, 100, MAX_SAMPLES, &s->samples);
			break;
		case 'p':
			ret = parse_one(optarg, 1, 1000000, &s->pause);
			break;
		case 'w':
			ret = watch(optarg, s);
			break;
		case 'r':
			ret = map_meter(optarg, s);
			break;
		default:
			return usage(argv[0]);
		}
	}
	if (ret == 0 && (s->algorithm == NULL || optind != argc))
		return usage(argv[0]);
	return ret;
}

int
main(int argc, char **argv)
{
	struct settings settings = {
		.bytes = { 1, { 64 } },
		.bursts = { 1, { 32 } },
		.in_flight = 256,
		.milliseconds = 100,
		.watched = CLOCK_REALTIME,
	};
	int ret = rte_eal_init(argc, argv), status = EXIT_FAILURE;

	if (ret < 0) {
		fprintf(stderr, "EAL cannot be initialized, its messages say why\n");
		return EXIT_FAILURE;
	}
	if (parse(argc - ret, argv + ret, &settings) == 0 &&
	    load_open(&load, settings.algorithm) == 0) {
		if (measure(&settings) == 0)
			status = EXIT_SUCCESS;
		load_close(&load);
	}
	rte_eal_cleanup();
	return status;
}
