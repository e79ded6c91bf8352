/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_crypto.h>
#include <rte_cryptodev.h>
#include <rte_eal.h>
#include <rte_log.h>
#include <rte_vhost.h>

#include "fuzz_input.h"
#include "host.h"
#include "rte_vhost_crypto.h"

#define CRYPTODEVS  2
#define QUEUE_PAIRS 2 /* the second one is for DPDK's interface */
#define QUEUES	    2
#define BURST	    32
#define SESSIONS    16
#define MAX_SIZE    16384
#define MAX_MEMORY  (64ull << 20)

static char paths[FUZZ_HOST_DEVICES][64];
static struct rte_vhost_crypto_device *canary, *device;

/* The program for DPDK's interface: what its callbacks say, and its lcore looks at. */
static struct {
	pthread_mutex_t lock;
	int vid;
	uint8_t cdev;
	struct rte_mempool *ops;
} dpdk = { .lock = PTHREAD_MUTEX_INITIALIZER, .vid = -1 };

static void
start_cryptodev(uint8_t id)
{
	struct rte_cryptodev_config config = { .nb_queue_pairs = QUEUE_PAIRS,
					       .socket_id = SOCKET_ID_ANY };
	struct rte_cryptodev_qp_conf qp = { .nb_descriptors = 128 };
	uint16_t i;

	FUZZ_MUST(rte_cryptodev_configure(id, &config) == 0);
	for (i = 0; i < QUEUE_PAIRS; i++)
		FUZZ_MUST(rte_cryptodev_queue_pair_setup(id, i, &qp, SOCKET_ID_ANY) == 0);
	FUZZ_MUST(rte_cryptodev_start(id) == 0);
}

static struct rte_vhost_crypto_device *
register_device(const char *path, uint16_t nb_queues)
{
	static const uint8_t cdevs[CRYPTODEVS] = { 0, 1 };
	static const uint16_t qps[QUEUES * CRYPTODEVS] = { 0 };
	const struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = nb_queues,
		.nb_cdevs = CRYPTODEVS,
		.cdev_ids = cdevs,
		.qp_ids = qps,
		.nb_sessions = SESSIONS,
		.max_size = MAX_SIZE,
		.max_memory = MAX_MEMORY,
		/* crypto_openssl frees no keys of RSA, which would look like a leak. */
		.flags = RTE_VHOST_CRYPTO_F_NO_AKCIPHER,
		.socket_id = SOCKET_ID_ANY,
	};
	struct rte_vhost_crypto_device *dev = rte_vhost_crypto_device_register(path, &conf);

	FUZZ_MUST(dev != NULL);
	return dev;
}

static int
new_device(int vid)
{
	int ret = rte_vhost_crypto_create(vid, dpdk.cdev, NULL, SOCKET_ID_ANY);

	if (ret == 0) {
		pthread_mutex_lock(&dpdk.lock);
		dpdk.vid = vid;
		pthread_mutex_unlock(&dpdk.lock);
	}
	return ret;
}

static void
destroy_device(int vid)
{
	pthread_mutex_lock(&dpdk.lock);
	dpdk.vid = -1;
	pthread_mutex_unlock(&dpdk.lock);
	rte_vhost_crypto_free(vid);
}

static const struct rte_vhost_device_ops dpdk_callbacks = {
	.new_device = new_device,
	.destroy_device = destroy_device,
};

static void
start_dpdk_device(const char *path)
{
	dpdk.ops = rte_crypto_op_pool_create("fuzz_ops", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 4 * BURST, 0,
					     VHOST_CRYPTO_MAX_IV_LEN, SOCKET_ID_ANY);
	FUZZ_MUST(dpdk.ops != NULL && rte_vhost_driver_register(path, 0) == 0 &&
		  rte_vhost_driver_callback_register(path, &dpdk_callbacks) == 0 &&
		  rte_vhost_crypto_driver_start(path) == 0);
}

/* Leaves nothing in the file system: from now on descriptors know where the sockets are. */
static void
hide_sockets(const char *dir)
{
	unsigned int i;
	int fd;

	for (i = 0; i < FUZZ_HOST_DEVICES; i++) {
		fd = open(paths[i], O_PATH | O_CLOEXEC);
		FUZZ_MUST(fd >= 0 && unlink(paths[i]) == 0);
		snprintf(paths[i], sizeof(paths[i]), "/proc/self/fd/%d", fd);
	}
	FUZZ_MUST(rmdir(dir) == 0);
}

void
fuzz_host_init(void)
{
	char *argv[] = { (char[]){ "fuzz" },
			 (char[]){ "--no-shconf" },
			 (char[]){ "--no-huge" },
			 (char[]){ "-m" },
			 (char[]){ "256" },
			 (char[]){ "--no-pci" },
			 (char[]){ "--no-telemetry" },
			 (char[]){ "-l" },
			 (char[]){ "0" },
			 (char[]){ "--log-level" },
			 (char[]){ "*:emerg" },
			 (char[]){ "--vdev" },
			 (char[]){ "crypto_openssl" },
			 (char[]){ "--vdev" },
			 (char[]){ "crypto_null" } };
	char dir[] = "/tmp/fuzz_XXXXXX";
	unsigned int i;

	if (getenv("FUZZ_LOG") != NULL)
		strcpy(argv[10], "*:info");
	FUZZ_MUST(rte_eal_init(RTE_DIM(argv), argv) >= 0 && mkdtemp(dir) != NULL);
	for (i = 0; i < CRYPTODEVS; i++)
		start_cryptodev(i);
	for (i = 0; i < FUZZ_HOST_DEVICES; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/%u", dir, i);
	canary = register_device(paths[FUZZ_HOST_CANARY], 1);
	device = register_device(paths[FUZZ_HOST_DEVICE], QUEUES);
	start_dpdk_device(paths[FUZZ_HOST_DPDK]);
	hide_sockets(dir);
}

const char *
fuzz_host_path(enum fuzz_host_device which)
{
	return paths[which];
}

void
fuzz_host_set_ready(bool ready)
{
	FUZZ_MUST(rte_vhost_crypto_device_set_ready(device, ready) == 0);
}

/* The lcore of DPDK's interface, with a queue pair of its own: what comes out is what went in. */
static void
poll_dpdk(void)
{
	struct rte_crypto_op *ops[BURST], *done[BURST];
	int callfds[VIRTIO_CRYPTO_MAX_NUM_BURST_VQS];
	uint16_t nb, nb_done, nb_callfds, i;

	FUZZ_MUST(rte_crypto_op_bulk_alloc(dpdk.ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC, ops, BURST) ==
		  BURST);
	nb = rte_vhost_crypto_fetch_requests(dpdk.vid, 0, ops, BURST);
	FUZZ_MUST(rte_cryptodev_enqueue_burst(dpdk.cdev, 1, ops, nb) == nb);
	for (nb_done = 0; nb_done < nb;)
		nb_done += rte_cryptodev_dequeue_burst(dpdk.cdev, 1, done + nb_done, nb - nb_done);
	for (i = 0; i < nb; i++)
		FUZZ_MUST(done[i] == ops[i]);
	rte_vhost_crypto_finalize_requests(done, nb, callfds, &nb_callfds);
	for (i = 0; i < nb_callfds; i++)
		eventfd_write(callfds[i], 1);
	rte_mempool_put_bulk(dpdk.ops, (void **)ops, BURST);
}

void
fuzz_host_poll(void)
{
	uint16_t i;

	rte_vhost_crypto_queue_poll(canary, 0, BURST);
	for (i = 0; i < QUEUES; i++)
		rte_vhost_crypto_queue_poll(device, i, BURST);
	if (pthread_mutex_trylock(&dpdk.lock) != 0)
		return;
	if (dpdk.vid >= 0)
		poll_dpdk();
	pthread_mutex_unlock(&dpdk.lock);
}
