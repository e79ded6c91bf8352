/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The PCI transport with the device of mock_pci.c, which behaves as specified, or has one of many
 * faults; for each of these the log of the driver has a message.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_log.h>

#include "mock_pci.h"
#include "unit.h"
#include "unit_eal.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_monitor.h"
#include "virtio_crypto_queue_setup.h"

static char log_text[4096]; /* in the log, since the start of the test */
static size_t log_len;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rte_cryptodev_data data = { .dev_id = 61, .name = "unit" };
static struct virtio_crypto_dev dev;
static struct virtio_crypto_transport *tr;

/* A device that behaves, and the transport to it. */
static void
start(void)
{
	const struct virtio_pci_space space = mock_pci_space();

	mock_pci_init();
	pthread_mutex_lock(&log_lock);
	log_len = 0;
	log_text[0] = '\0';
	pthread_mutex_unlock(&log_lock);
	memset(&dev, 0, sizeof(dev));
	pthread_mutex_init(&dev.lock, NULL);
	TAILQ_INIT(&dev.sessions);
	dev.data = &data;
	tr = virtio_pci_create(&dev, &mock_pci_io, &space, "fake");
	CHECK(tr != NULL);
	dev.tr = tr;
}

static void
stop(void)
{
	CHECK(mock_pci.wrong == 0);
	tr->ops->close(tr);
	pthread_mutex_destroy(&dev.lock);
}

static int
open_it(uint64_t *features)
{
	return tr->ops->open(tr, VIRTIO_CRYPTO_SUPPORTED_FEATURES, features);
}

/* Takes what the log is written. */
static ssize_t
write_log(void *cookie, const char *text, size_t len)
{
	size_t n;

	(void)cookie;
	pthread_mutex_lock(&log_lock);
	n = RTE_MIN(len, sizeof(log_text) - 1 - log_len);
	memcpy(log_text + log_len, text, n);
	log_len += n;
	log_text[log_len] = '\0';
	pthread_mutex_unlock(&log_lock);
	return len;
}

/* Whether the log has it, at the latest in five seconds if another thread is to write it. */
static bool
was_logged(const char *words)
{
	bool right = false;
	unsigned int ms;

	for (ms = 0; ms < 5000 && !right; ms++) {
		pthread_mutex_lock(&log_lock);
		right = strstr(log_text, words) != NULL;
		pthread_mutex_unlock(&log_lock);
		if (!right)
			usleep(1000);
	}
	if (!right)
		printf("  log_text: %s\n", log_text);
	return right;
}

/* A virtqueue at made-up addresses. */
static struct virtqueue
ring(uint16_t index, uint16_t size)
{
	return (struct virtqueue){
		.index = index,
		.size = size,
		.desc_addr = 0x1111111122222000,
		.avail_addr = 0x3333333344444000,
		.used_addr = 0x5555555566666000,
	};
}

static void
features_of_both_halves_are_agreed_on(void)
{
	struct virtio_crypto_config config;
	uint64_t features;

	start();
	CHECK(open_it(&features) == 0);
	CHECK(features == (MOCK_PCI_FEATURES & ~(1ULL << VIRTIO_F_ACCESS_PLATFORM)));
	CHECK(mock_pci.driver_features == MOCK_PCI_FEATURES);
	CHECK(mock_pci.status ==
	      (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK));
	CHECK(tr->max_queues == MOCK_PCI_QUEUES - 1 && tr->max_queue_size == 256);
	CHECK(tr->max_ctrlq_size == 1024 && tr->has_ctrlq);
	CHECK(tr->ops->read_config(tr, &config) == 0);
	CHECK(memcmp(&config, mock_pci_bar + MOCK_PCI_CONFIG, sizeof(config)) == 0);
	stop();
}

static void
unusable_features_are_logged(void)
{
	uint64_t features;

	start();
	mock_pci.rejects_features = true;
	CHECK(open_it(&features) == -ENOTSUP);
	CHECK(was_logged("rejects features 0x3"));
	CHECK(mock_pci.status & VIRTIO_CONFIG_S_FAILED);
	stop();
	/* EAL's addresses are virtual here, and such a device takes physical ones. */
	start();
	mock_pci.features &= ~(1ULL << VIRTIO_F_ACCESS_PLATFORM);
	CHECK(open_it(&features) == -ENOTSUP && was_logged("--iova-mode=pa"));
	((struct virtio_pci *)tr)->iova_is_physical = true;
	CHECK(open_it(&features) == 0);
	stop();
}

static void
invalid_queues_are_logged(void)
{
	static const uint16_t sizes[] = { 0, 100, 65535 };
	uint64_t features;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sizes); i++) {
		char words[40];

		start();
		mock_pci.queues[1].max = sizes[i];
		CHECK(open_it(&features) == -EINVAL);
		snprintf(words, sizeof(words), "queue 1 has invalid size %u", sizes[i]);
		CHECK(was_logged(words));
		stop();
	}
	start();
	mock_pci.queues[MOCK_PCI_QUEUES - 1].max = 1;
	CHECK(open_it(&features) == -EINVAL && was_logged("control queue too small: 1 entries"));
	stop();
	start();
	mock_pci.nb_queues = MOCK_PCI_QUEUES - 1;
	CHECK(open_it(&features) == -EINVAL && was_logged("num_queues is 2"));
	stop();
	start();
	mock_pci_config()->max_dataqueues = 0;
	CHECK(open_it(&features) == -EINVAL && was_logged("max_dataqueues is 0"));
	stop();
	start();
	mock_pci_config()->max_dataqueues = rte_cpu_to_le_32(UINT32_MAX);
	CHECK(open_it(&features) == -EINVAL && was_logged("max_dataqueues is 4294967295"));
	stop();
	start();
	mock_pci.changes_config = true;
	CHECK(open_it(&features) == -EAGAIN && was_logged("keeps changing"));
	stop();
}

static void
queues_are_set_up(void)
{
	struct virtqueue vq = ring(1, 128), late = ring(0, 128);
	const struct mock_pci_queue *q = &mock_pci.queues[1];
	uint64_t features;
	uint16_t told;

	start();
	CHECK(open_it(&features) == 0);
	CHECK(tr->ops->queue_start(tr, &vq) == 0 && vq.attached);
	CHECK(q->size == 128 && q->enable == 1 && q->msix == VIRTIO_MSI_NO_VECTOR);
	CHECK(q->desc[0] == 0x22222000 && q->desc[1] == 0x11111111);
	CHECK(q->avail[0] == 0x44444000 && q->avail[1] == 0x33333333);
	CHECK(q->used[0] == 0x66666000 && q->used[1] == 0x55555555);
	CHECK(mock_pci.queues[0].enable == 0 && !(mock_pci.status & VIRTIO_CONFIG_S_DRIVER_OK));
	CHECK(tr->ops->run(tr) == 0 && (mock_pci.status & VIRTIO_CONFIG_S_DRIVER_OK));
	tr->ops->notify(&vq);
	memcpy(&told, mock_pci_bar + MOCK_PCI_NOTIFY + 11 * MOCK_PCI_MULTIPLIER, sizeof(told));
	CHECK(told == rte_cpu_to_le_16(1));
	/* One that comes now has the device start over. */
	CHECK(tr->ops->queue_start(tr, &late) == -EAGAIN && !late.attached);
	CHECK(mock_pci.resets == 0);
	tr->ops->queue_stop(tr, &vq);
	CHECK(mock_pci.resets == 1 && mock_pci.status == 0 && !vq.attached);
	tr->ops->queue_stop(tr, &vq);
	CHECK(mock_pci.resets == 1);
	stop();
}

static void
impossible_queues_are_logged(void)
{
	struct virtqueue large = ring(0, 512), none = ring(3, 64), far = ring(1, 64);
	uint64_t features;

	start();
	CHECK(open_it(&features) == 0);
	CHECK(tr->ops->queue_start(tr, &large) == -E2BIG &&
	      was_logged("cannot set up queue 0 with 512 entries"));
	CHECK(tr->ops->queue_start(tr, &none) == -ENOENT &&
	      was_logged("cannot set up queue 3 with 64 entries"));
	mock_pci.queues[1].notify_off = 0x1000 / MOCK_PCI_MULTIPLIER;
	CHECK(tr->ops->queue_start(tr, &far) == -EINVAL);
	CHECK(was_logged("offset 1024, multiplier 4, length 4096"));
	CHECK(!large.attached && !none.attached && !far.attached);
	mock_pci.queues[1].notify_off = 0x1000 / MOCK_PCI_MULTIPLIER - 1;
	CHECK(tr->ops->queue_start(tr, &far) == 0);
	stop();
}

/* Opens the device, runs it, and has something happen to it. */
static bool
is_lost(void (*happen)(void), const char *words)
{
	uint64_t features;
	bool lost;

	start();
	CHECK(open_it(&features) == 0 && tr->ops->run(tr) == 0);
	CHECK(tr->ops->is_alive(tr));
	happen();
	lost = !tr->ops->is_alive(tr) && !tr->ops->is_alive(tr) && was_logged(words);
	stop();
	return lost;
}

static void
happens_unplug(void)
{
	mock_pci.unplugged = true;
}

static void
happens_error(void)
{
	mock_pci.status |= VIRTIO_CONFIG_S_NEEDS_RESET;
}

static void
happens_no_master(void)
{
	mock_pci.no_bus_master = true;
}

static void
happens_not_ready(void)
{
	mock_pci_set_ready(false);
}

static void
happens_failure(void)
{
	struct pollfd pfd;

	tr->ops->get_pollfds(tr, &pfd);
	CHECK(poll(&pfd, 1, 0) == 0);
	tr->ops->fail(tr);
	CHECK(poll(&pfd, 1, 0) == 1);
}

static void
losses_are_noticed(void)
{
	uint64_t features;

	CHECK(is_lost(happens_unplug, "does not respond"));
	CHECK(is_lost(happens_error, "DEVICE_NEEDS_RESET"));
	CHECK(is_lost(mock_pci_reset, "was reset"));
	CHECK(is_lost(happens_no_master, "bus mastering was disabled"));
	CHECK(is_lost(happens_not_ready, "cleared HW_READY"));
	CHECK(is_lost(happens_failure, "the device failed"));
	start();
	mock_pci.no_bus_master = true;
	CHECK(open_it(&features) == 0 && !mock_pci.no_bus_master);
	stop();
	start();
	mock_pci.unplugged = true;
	CHECK(open_it(&features) == -ENODEV);
	stop();
	start();
	mock_pci.status = VIRTIO_CONFIG_S_NEEDS_RESET;
	mock_pci.ignores_reset = true;
	CHECK(open_it(&features) == -ETIMEDOUT && was_logged("reset timed out after 2000 ms"));
	mock_pci.ignores_reset = false;
	stop();
}

/* Waits for a queue to be in a state, for five seconds at most. */
static bool
gets(const struct virtio_crypto_queue *q, uint32_t state)
{
	unsigned int ms;

	for (ms = 0; ms < 5000 && virtio_crypto_queue_state(q) != state; ms++)
		usleep(1000);
	return virtio_crypto_queue_state(q) == state;
}

/* The driver without the cryptodev API, and one queue of it that runs. */
static struct virtio_crypto_queue *
start_driver(void)
{
	static void *queue_pairs[1];
	struct virtio_crypto_queue *q;

	start();
	CHECK(virtio_crypto_lifecycle_init(&dev) == 0);
	q = virtio_crypto_queue_create(&dev, 0, 64, SOCKET_ID_ANY);
	CHECK(q != NULL);
	queue_pairs[0] = q;
	data.queue_pairs = queue_pairs;
	data.nb_queue_pairs = 1;
	virtio_crypto_queue_set_state(q, VIRTIO_CRYPTO_QUEUE_OFFLINE);
	pthread_mutex_lock(&dev.lock);
	CHECK(virtio_crypto_lifecycle_restart(&dev) == 0);
	pthread_mutex_unlock(&dev.lock);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LIVE);
	return q;
}

static void
stop_driver(struct virtio_crypto_queue *q)
{
	data.nb_queue_pairs = 0;
	virtio_crypto_queue_free(&dev, q);
	CHECK(mock_pci.wrong == 0);
	virtio_crypto_lifecycle_fini(&dev);
	virtio_crypto_caps_fini(&dev);
	CHECK(mock_pci.status == 0);
	pthread_mutex_destroy(&dev.lock);
}

/* Milliseconds that the device is given to finish. */
static unsigned int
drained_in(void)
{
	struct timespec before, after;

	clock_gettime(CLOCK_MONOTONIC, &before);
	virtio_crypto_lifecycle_drain(&dev);
	clock_gettime(CLOCK_MONOTONIC, &after);
	return (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void
requests_in_flight_have_a_second(void)
{
	struct virtio_crypto_queue *q = start_driver();

	CHECK(drained_in() < 500);
	q->vq.avail_idx++; /* as if something were offered */
	CHECK(drained_in() >= 1000);
	q->vq.used->idx = rte_cpu_to_le_16(1);
	CHECK(drained_in() < 500);
	q->vq.avail_idx++;
	mock_pci.unplugged = true;
	CHECK(drained_in() < 500);
	mock_pci.unplugged = false;
	stop_driver(q);
}

/* The lcore is this thread. */
static void
hw_ready_goes_and_comes_back(void)
{
	struct virtio_crypto_queue *q = start_driver();
	struct rte_crypto_op *op;
	unsigned int ms;

	CHECK(mock_pci.queues[0].enable && mock_pci.queues[MOCK_PCI_QUEUES - 1].enable &&
	      !mock_pci.queues[1].enable);
	CHECK(mock_pci.queues[0].size == q->vq.size &&
	      mock_pci.queues[0].desc[0] == (uint32_t)q->vq.desc_addr);
	CHECK(virtio_crypto_monitor_start(&dev) == 0);
	mock_pci_set_ready(false);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LOST) && was_logged("cleared HW_READY"));
	CHECK(mock_pci.queues[0].enable == 0); /* it writes to nothing any more */
	CHECK(virtio_crypto_dequeue_burst(q, &op, 1) == 0);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_OFFLINE);
	usleep(500000);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_OFFLINE);
	mock_pci_set_ready(true);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LIVE) && was_logged("device restored"));
	CHECK(mock_pci.queues[0].enable == 1 && (mock_pci.status & VIRTIO_CONFIG_S_DRIVER_OK));
	/* An lcore that is late has the device start over once it turns up. */
	mock_pci_set_ready(false);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LOST));
	mock_pci_set_ready(true);
	for (ms = 0; ms < 5000 && !(mock_pci.status & VIRTIO_CONFIG_S_DRIVER_OK); ms++)
		usleep(1000);
	CHECK(mock_pci.status & VIRTIO_CONFIG_S_DRIVER_OK);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LOST);
	CHECK(mock_pci.queues[0].enable == 0);
	CHECK(virtio_crypto_dequeue_burst(q, &op, 1) == 0);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LIVE) && mock_pci.queues[0].enable == 1);
	virtio_crypto_monitor_stop(&dev);
	stop_driver(q);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(features_of_both_halves_are_agreed_on),
		UNIT_TEST(unusable_features_are_logged),
		UNIT_TEST(invalid_queues_are_logged),
		UNIT_TEST(queues_are_set_up),
		UNIT_TEST(impossible_queues_are_logged),
		UNIT_TEST(losses_are_noticed),
		UNIT_TEST(requests_in_flight_have_a_second),
		UNIT_TEST(hw_ready_goes_and_comes_back),
	};

	if (!UNIT_EAL_INIT("--iova-mode=va")) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	rte_log_set_global_level(RTE_LOG_DEBUG);
	rte_openlog_stream(fopencookie(NULL, "w", (cookie_io_functions_t){ .write = write_log }));
	return unit_run(tests, RTE_DIM(tests));
}
