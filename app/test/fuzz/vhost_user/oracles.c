/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sanitizer/allocator_interface.h>

#include <rte_malloc.h>

#include "arena.h"
#include "fuzz_input.h"
#include "oracles.h"

#define STUCK_S	      15 /* of one input, at most */
#define RETURN_MS     500
#define MORE_MAPPINGS 1000
#define NB_THREADS    4

const char *__asan_default_options(void);

/* What OpenSSL has behind cryptodevs is found by nobody who looks for leaks. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static uint64_t alive_at;

static uint64_t
now_us(clockid_t of)
{
	struct timespec t;

	clock_gettime(of, &t);
	return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

struct fuzz_deadline
fuzz_deadline_in(unsigned int ms)
{
	return (struct fuzz_deadline){
		.at = now_us(CLOCK_MONOTONIC) + ms * 1000ull,
		.cpu_at = now_us(CLOCK_THREAD_CPUTIME_ID) + ms * 1000ull / 3,
	};
}

bool
fuzz_deadline_is_over(const struct fuzz_deadline *deadline)
{
	return now_us(CLOCK_MONOTONIC) > deadline->at &&
		now_us(CLOCK_THREAD_CPUTIME_ID) > deadline->cpu_at;
}

void
fuzz_yield(void)
{
	sched_yield();
}

static unsigned int
count_entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int n = 0;

	FUZZ_MUST(dir != NULL);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static unsigned int
count_mappings(void)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	unsigned int lines = 0;
	char text[4096];
	ssize_t n, i;

	FUZZ_MUST(fd >= 0);
	while ((n = read(fd, text, sizeof(text))) > 0)
		for (i = 0; i < n; i++)
			lines += text[i] == '\n';
	close(fd);
	return lines;
}

void
fuzz_holdings_count(struct fuzz_holdings *h)
{
	struct rte_malloc_socket_stats heap;

	rte_malloc_get_socket_stats(0, &heap);
	*h = (struct fuzz_holdings){
		.fds = count_entries("/proc/self/fd"),
		.files = fuzz_arena_count(),
		.threads = count_entries("/proc/self/task"),
		.heap = heap.heap_allocsz_bytes,
		.malloc = __sanitizer_get_current_allocated_bytes(),
	};
}

bool
fuzz_holdings_return(const struct fuzz_holdings *before)
{
	const struct fuzz_deadline deadline = fuzz_deadline_in(RETURN_MS);
	struct fuzz_holdings now;

	do {
		fuzz_holdings_count(&now);
		if (now.fds == before->fds && now.files == before->files &&
		    now.threads == before->threads && now.heap == before->heap &&
		    now.malloc == before->malloc)
			return true;
		fuzz_yield();
	} while (!fuzz_deadline_is_over(&deadline));
	return false;
}

void
fuzz_holdings_print(const struct fuzz_holdings *before)
{
	struct fuzz_holdings now;

	fuzz_holdings_count(&now);
	fprintf(stderr,
		"Before: %u descriptors, %u files mapped, %u threads, %ju bytes of heap, %ju of "
		"malloc; after: %u, %u, %u, %ju, %ju\n",
		before->fds, before->files, before->threads, before->heap, before->malloc, now.fds,
		now.files, now.threads, now.heap, now.malloc);
}

/* The sanitizer's allocator maps memory of its own, so the number is not exactly the same. */
void
fuzz_mappings_must_be_bounded(void)
{
	static unsigned int first;
	unsigned int now = count_mappings();

	if (first == 0)
		first = now;
	if (now > first + MORE_MAPPINGS) {
		fprintf(stderr, "%u mappings, %u at the beginning\n", now, first);
		abort();
	}
}

static void
bad_signal(int number)
{
	static const char text[] = "A signal that would have ended the program: SIGPIPE\n";

	(void)number;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	abort();
}

void
fuzz_alive(void)
{
	__atomic_store_n(&alive_at, now_us(CLOCK_MONOTONIC), __ATOMIC_RELAXED);
}

/* How long the process's first thread has waited for a processor, in microseconds. */
static uint64_t
waited_us(void)
{
	unsigned long long ran, waited = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", getpid());
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%llu %llu", &ran, &waited) != 2)
		waited = 0;
	fclose(file);
	return waited / 1000;
}

/* It stands still if it neither goes on nor waits for a processor, which others may have. */
static void *
watch(void *arg)
{
	uint64_t alive = 0, waited = 0, last;

	(void)arg;
	for (;;) {
		sleep(1);
		last = __atomic_load_n(&alive_at, __ATOMIC_RELAXED);
		if (last != alive) {
			alive = last;
			waited = waited_us();
		}
		if (now_us(CLOCK_MONOTONIC) >
		    alive + (waited_us() - waited) + STUCK_S * 1000000ull) {
			fprintf(stderr, "The lcore stands still for %u s\n", STUCK_S);
			abort();
		}
	}
	return NULL;
}

static void *
meet(void *arg)
{
	pthread_barrier_wait(arg);
	return NULL;
}

/* Makes threads for the library to come by: what belongs to one is kept for the next one. */
static void
warm_up_threads(void)
{
	pthread_barrier_t barrier;
	pthread_t threads[NB_THREADS];
	unsigned int i;

	FUZZ_MUST(pthread_barrier_init(&barrier, NULL, NB_THREADS) == 0);
	for (i = 0; i < NB_THREADS; i++)
		FUZZ_MUST(pthread_create(&threads[i], NULL, meet, &barrier) == 0);
	for (i = 0; i < NB_THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
}

void
fuzz_oracles_init(void)
{
	struct sigaction action = { .sa_handler = bad_signal };
	pthread_t thread;

	FUZZ_MUST(sigaction(SIGPIPE, &action, NULL) == 0);
	fuzz_alive();
	FUZZ_MUST(pthread_create(&thread, NULL, watch, NULL) == 0);
	warm_up_threads();
}
