/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Serves one socket from one cryptodev, with DPDK's interface of rte_vhost_crypto.h and nothing
 * else. Built once against this library and once against DPDK's librte_vhost, so that the two can
 * be compared: the rest of the program is the same.
 *
 * One queue, one polling lcore, no notifications to the guest, which polls its ring.
 */

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_crypto.h>
#include <rte_cryptodev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mempool.h>
#include <rte_pause.h>
#include <rte_vhost.h>
#include <rte_vhost_crypto.h>

#define BURST	       VHOST_CRYPTO_MAX_BURST_SIZE
#define NB_DESCRIPTORS 4096
#define NB_OPS	       8192
#define NB_SESSIONS    1024
#define CDEV	       0
#define QP	       0
#define NO_DEVICE      (-1)

static struct rte_mempool *session_pool, *op_pool;
static int vid = NO_DEVICE; /* that the worker may use */
static bool stop, parked;

/* Operations in hand: fetched ones that the cryptodev does not take at once wait here. */
static struct {
	struct rte_crypto_op *ops[BURST]; /* from `first` on to be enqueued, else free */
	uint16_t first;
	uint16_t fetched;
	uint32_t in_flight;
} work;

/* Gives requests to the cryptodev; what it does not take is tried again. */
static void
fetch(int id)
{
	uint16_t taken;

	if (id != NO_DEVICE && work.first == work.fetched &&
	    work.in_flight + BURST <= NB_DESCRIPTORS) {
		work.first = 0;
		work.fetched = rte_vhost_crypto_fetch_requests(id, 0, work.ops, BURST);
	}
	if (work.first == work.fetched)
		return;
	taken = rte_cryptodev_enqueue_burst(CDEV, QP, &work.ops[work.first],
					    work.fetched - work.first);
	work.first += taken;
	work.in_flight += taken;
	/* Those that went are replaced by free ones; there are more than can be in flight. */
	if (rte_crypto_op_bulk_alloc(op_pool, RTE_CRYPTO_OP_TYPE_SYMMETRIC,
				     &work.ops[work.first - taken], taken) != taken)
		rte_panic("no crypto operation is free\n");
}

static void
complete(void)
{
	int callfds[VIRTIO_CRYPTO_MAX_NUM_BURST_VQS];
	struct rte_crypto_op *ops[BURST];
	uint16_t nb_callfds, done;

	done = rte_cryptodev_dequeue_burst(CDEV, QP, ops, BURST);
	if (done == 0)
		return;
	rte_vhost_crypto_finalize_requests(ops, done, callfds, &nb_callfds);
	rte_mempool_put_bulk(op_pool, (void **)ops, done);
	work.in_flight -= done;
}

static int
worker_main(void *arg __rte_unused)
{
	if (rte_crypto_op_bulk_alloc(op_pool, RTE_CRYPTO_OP_TYPE_SYMMETRIC, work.ops, BURST) !=
	    BURST)
		return -1;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		int id = __atomic_load_n(&vid, __ATOMIC_ACQUIRE);

		fetch(id);
		if (work.in_flight != 0)
			complete();
		else if (id == NO_DEVICE && work.first == work.fetched)
			__atomic_store_n(&parked, true, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&parked, true, __ATOMIC_RELEASE);
	return 0;
}

static int
new_device(int id)
{
	if (rte_vhost_crypto_create(id, CDEV, session_pool, rte_socket_id()) != 0)
		return -1;
	/* crypto_aesni_mb is one of those for which DPDK's own program refuses zero copy. */
	if (getenv("BENCH_ZERO_COPY") != NULL &&
	    rte_vhost_crypto_set_zero_copy(id, RTE_VHOST_CRYPTO_ZERO_COPY_ENABLE) != 0)
		return -1;
	__atomic_store_n(&parked, false, __ATOMIC_RELAXED);
	__atomic_store_n(&vid, id, __ATOMIC_RELEASE);
	return 0;
}

static void
destroy_device(int id)
{
	__atomic_store_n(&vid, NO_DEVICE, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&parked, __ATOMIC_ACQUIRE))
		rte_pause();
	rte_vhost_crypto_free(id);
}

static const struct rte_vhost_device_ops device_ops = {
	.new_device = new_device,
	.destroy_device = destroy_device,
};

static int
cryptodev_start(void)
{
	struct rte_cryptodev_qp_conf qp_conf = { .nb_descriptors = NB_DESCRIPTORS };
	struct rte_cryptodev_config config = {
		.nb_queue_pairs = 1,
		.ff_disable = RTE_CRYPTODEV_FF_SECURITY,
	};

	if (!rte_cryptodev_is_valid_dev(CDEV))
		return -ENODEV;
	config.socket_id = rte_cryptodev_socket_id(CDEV);
	session_pool = rte_cryptodev_sym_session_pool_create(
		"sessions", NB_SESSIONS, rte_cryptodev_sym_get_private_session_size(CDEV), 0, 0,
		config.socket_id);
	op_pool = rte_crypto_op_pool_create("ops", RTE_CRYPTO_OP_TYPE_SYMMETRIC, NB_OPS, 128,
					    VHOST_CRYPTO_MAX_IV_LEN, config.socket_id);
	if (session_pool == NULL || op_pool == NULL)
		return -ENOMEM;
	qp_conf.mp_session = session_pool;
	if (rte_cryptodev_configure(CDEV, &config) != 0 ||
	    rte_cryptodev_queue_pair_setup(CDEV, QP, &qp_conf, config.socket_id) != 0)
		return -EIO;
	return rte_cryptodev_start(CDEV);
}

static int
serve(const char *path)
{
	unsigned int lcore = rte_get_next_lcore(-1, 1, 0);
	int ret = cryptodev_start();

	if (ret != 0) {
		fprintf(stderr, "cryptodev 0 cannot be started: %s\n", strerror(-ret));
		return -1;
	}
	if (lcore == RTE_MAX_LCORE) {
		fprintf(stderr, "a second lcore is needed, to poll\n");
		return -1;
	}
	if (rte_eal_remote_launch(worker_main, NULL, lcore) != 0)
		return -1;
	if (rte_vhost_driver_register(path, 0) != 0 ||
	    rte_vhost_driver_callback_register(path, &device_ops) != 0 ||
	    rte_vhost_crypto_driver_start(path) != 0) {
		fprintf(stderr, "%s cannot be served, the log says why\n", path);
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	sigset_t signals;
	int ret, sig, status = EXIT_FAILURE;

	/* Blocked before any thread exists, so that only sigwait() below sees them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);

	ret = rte_eal_init(argc, argv);
	if (ret < 0) {
		fprintf(stderr, "EAL cannot be initialized, its messages say why\n");
		return EXIT_FAILURE;
	}
	if (argc - ret != 2) {
		fprintf(stderr, "usage: %s [EAL options] -- SOCKET\n", argv[0]);
	} else if (serve(argv[ret + 1]) == 0) {
		sigwait(&signals, &sig);
		rte_vhost_driver_unregister(argv[ret + 1]);
		status = EXIT_SUCCESS;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	rte_eal_cleanup();
	return status;
}
