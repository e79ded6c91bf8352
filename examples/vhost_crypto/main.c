/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * dpdk-vhost_crypto: serves guests' virtio-crypto devices with the cryptodevs of this host.
 *
 * The main lcore waits for signals. Each worker lcore polls its data queues; the library serves
 * sockets and control queues.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "command_line.h"
#include "cryptodevs.h"
#include "log_limit.h"
#include "notify.h"
#include "options.h"
#include "worker.h"

static struct app_options options;
static struct rte_vhost_crypto_device *devices[MAX_SOCKETS];
static uint16_t queues_of[MAX_SOCKETS];
static struct worker workers[MAX_LCORES];

/* Opens a socket and distributes its data queues among its lcores. */
static int
serve(uint16_t socket)
{
	const struct socket_options *so = &options.sockets[socket];
	const struct lcore_options *first = &options.lcores[so->lcores[0]];
	uint16_t qps[RTE_VHOST_CRYPTO_MAX_QUEUES * RTE_VHOST_CRYPTO_MAX_CDEVS];
	int epoll_fds[RTE_VHOST_CRYPTO_MAX_QUEUES];
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = options.nb_queues ? options.nb_queues : so->nb_lcores,
		.nb_cdevs = first->nb_cdevs,
		.cdev_ids = first->cdevs,
		.qp_ids = qps,
		.epoll_fds = options.adaptive ? epoll_fds : NULL,
		.nb_sessions = options.nb_sessions,
		.max_size = options.max_size,
		.flags = options.flags |
			(options.has_socket_group ? RTE_VHOST_CRYPTO_F_SOCKET_GROUP : 0),
		.disabled_features = options.disabled_features,
		.max_memory = options.max_memory,
		.socket_mode = options.socket_mode,
		.socket_group = options.socket_group,
		.socket_id = rte_lcore_to_socket_id(first->lcore),
	};
	uint16_t q;

	for (q = 0; q < conf.nb_queues; q++) {
		uint16_t lcore = so->lcores[q % so->nb_lcores];

		memcpy(&qps[q * conf.nb_cdevs], options.lcores[lcore].qps,
		       conf.nb_cdevs * sizeof(qps[0]));
		epoll_fds[q] = workers[lcore].epoll_fd;
	}
	devices[socket] = rte_vhost_crypto_device_register(so->path, &conf);
	if (devices[socket] == NULL) {
		fprintf(stderr, "%s: %s\n", so->path, rte_strerror(rte_errno));
		return -1;
	}
	queues_of[socket] = conf.nb_queues;
	for (q = 0; q < conf.nb_queues; q++)
		worker_add(&workers[so->lcores[q % so->nb_lcores]], devices[socket], q);
	printf("serving %s: %u data queues, %u cryptodevs\n", so->path, conf.nb_queues,
	       conf.nb_cdevs);
	return 0;
}

/* Starts all; returns EX_OK or the exit status. */
static int
start(void)
{
	uint16_t i;

	if (cryptodevs_start(&options) != 0)
		return EX_UNAVAILABLE;
	for (i = 0; i < options.nb_lcores; i++)
		if (worker_init(&workers[i], options.adaptive) != 0)
			return EX_OSERR;
	for (i = 0; i < options.nb_sockets; i++)
		if (serve(i) != 0)
			return EX_CANTCREAT;
	for (i = 0; i < options.nb_lcores; i++)
		if (rte_eal_remote_launch(worker_main, &workers[i], options.lcores[i].lcore) != 0) {
			fprintf(stderr, "lcore %u cannot be started\n", options.lcores[i].lcore);
			return EX_OSERR;
		}
	fflush(stdout);
	return EX_OK;
}

static void
print_stats(uint16_t socket)
{
	struct rte_vhost_crypto_queue_stats s;
	uint16_t q;

	for (q = 0; q < queues_of[socket]; q++)
		if (rte_vhost_crypto_queue_stats_get(devices[socket], q, &s) == 0)
			printf("%s queue %u: %" PRIu64 " requests, %" PRIu64 " completed, %" PRIu64
			       " failed, %" PRIu64 " bad chains, %" PRIu64 " ring errors, %" PRIu64
			       " notifications\n",
			       options.sockets[socket].path, q, s.requests, s.completed, s.failed,
			       s.bad_chains, s.ring_errors, s.notified);
}

/* Stops the devices first, while the workers still complete requests in flight. */
static void
finish(void)
{
	uint16_t i;

	for (i = 0; i < options.nb_sockets; i++) {
		if (devices[i] == NULL)
			continue;
		rte_vhost_crypto_device_stop(devices[i]);
		print_stats(i);
	}
	for (i = 0; i < options.nb_lcores; i++)
		worker_stop(&workers[i]);
	rte_eal_mp_wait_lcore();
	for (i = 0; i < options.nb_sockets; i++)
		rte_vhost_crypto_device_unregister(devices[i]);
	for (i = 0; i < options.nb_lcores; i++)
		worker_fini(&workers[i]);
	cryptodevs_stop();
}

static void
set_ready(bool ready)
{
	uint16_t i;

	for (i = 0; i < options.nb_sockets; i++) {
		rte_vhost_crypto_device_set_ready(devices[i], ready);
		printf("%s is %s\n", options.sockets[i].path, ready ? "ready" : "not ready");
	}
	fflush(stdout);
}

/* Handles signals until the program is to end. */
static void
handle_signals(const sigset_t *signals)
{
	bool ready = true;
	int sig;

	while (sigwait(signals, &sig) == 0 && sig == SIGUSR1) {
		ready = !ready;
		set_ready(ready);
	}
}

int
main(int argc, char **argv)
{
	sigset_t signals;
	int status;

	/* Blocked before any thread is created, so that only sigwait() gets them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	/* Continue to serve guests when the reader of the output or the terminal is gone. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);

	status = command_line_parse(&options, argc, argv);
	if (status < 0)
		status = command_line_init_eal(&options, argc, argv);
	if (status >= 0)
		return status;
	if (log_limit_start() != 0)
		fprintf(stderr, "cannot limit the rate of the log: %s\n", strerror(errno));
	status = start();
	if (status == EX_OK) {
		notify_manager("READY=1");
		handle_signals(&signals);
		notify_manager("STOPPING=1");
		/*
		 * A second signal ends the program even if a cryptodev never completes an
		 * operation.
		 */
		sigdelset(&signals, SIGUSR1);
		pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
	}
	finish();
	log_limit_stop();
	rte_eal_cleanup();
	return status;
}
