/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <rte_log.h>

#include "log_limit.h"

static struct {
	FILE *stream; /* stream of DPDK's log */
	FILE *behind; /* original stream */
	time_t last;  /* time of the last line, in seconds */
	unsigned int lines;
	uint64_t left_out;
} limit;

static time_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Called for each line, which DPDK flushes, with the lock of the stream. */
static ssize_t
limited_write(void *cookie, const char *data, size_t len)
{
	time_t now = seconds(), passed = now - limit.last;

	(void)cookie;
	limit.last = now;
	limit.lines = passed < LOG_LIMIT_LINES - (time_t)limit.lines ? limit.lines + passed :
								       LOG_LIMIT_LINES;
	if (limit.lines == 0) {
		limit.left_out++;
		return len;
	}
	if (limit.left_out > 0)
		fprintf(limit.behind, "%" PRIu64 " lines were dropped from the log\n",
			limit.left_out);
	limit.left_out = 0;
	fwrite(data, 1, len, limit.behind);
	if (--limit.lines == 0)
		fprintf(limit.behind,
			"log rate limit reached; at most one line per second follows\n");
	fflush(limit.behind);
	return len;
}

int
log_limit_start(void)
{
	limit.behind = rte_log_get_stream();
	limit.lines = LOG_LIMIT_LINES;
	limit.last = seconds();
	limit.stream = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = limited_write });
	if (limit.stream == NULL)
		return -1;
	return rte_openlog_stream(limit.stream);
}

void
log_limit_stop(void)
{
	rte_openlog_stream(NULL);
	if (limit.stream != NULL)
		fclose(limit.stream);
	limit.stream = NULL;
}
