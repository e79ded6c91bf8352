/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The transport over PCI against a device that is played here, register by register: one that
 * behaves, and many that do not. What the driver says of them is looked for in its log.
 */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/pci_regs.h>

#include <rte_log.h>

#include "unit.h"
#include "unit_eal.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_monitor.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_pci.h"

#define FEATURES                                                                                   \
	((1ULL << VIRTIO_F_VERSION_1) | (1ULL << VIRTIO_F_ACCESS_PLATFORM) |                       \
	 (1ULL << VIRTIO_RING_F_INDIRECT_DESC) | (1ULL << VIRTIO_CRYPTO_F_REVISION_1))
#define QUEUES	   3 /* the control queue is the last */
#define MULTIPLIER 4

/* Where the structures are in the BAR. */
enum {
	COMMON = 0,
	CONFIG = 0x1000,
	NOTIFY = 0x2000,
	BAR_LEN = 0x3000,
};

struct fake_queue {
	uint16_t max, size, enable, msix, notify_off;
	uint32_t desc[2], avail[2], used[2];
};

/* The device. */
static struct {
	uint64_t features; /* offered */
	uint64_t driver_features;
	uint32_t select, driver_select, queue_select;
	uint8_t status, generation;
	uint16_t nb_queues;
	struct fake_queue queues[QUEUES];
	bool refuses;  /* the features */
	bool stuck;    /* in a status that it does not leave */
	bool gone;     /* all reads are ones */
	bool restless; /* changes its configuration all the time */
	bool bound;    /* may not reach memory */
	unsigned int resets;
	unsigned int wrong; /* accesses that no driver may do */
} fake;

static uint8_t bar[BAR_LEN] __rte_aligned(4096);
static uint8_t pci_config[256];
static char said[4096]; /* in the log, since the start of the test */
static size_t said_len;
static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rte_cryptodev_data data = { .dev_id = 61, .name = "unit" };
static struct virtio_crypto_dev dev;
static struct virtio_crypto_transport *tr;

static void
reset_fake(void)
{
	unsigned int i;

	if (fake.status != 0)
		fake.resets++;
	fake.status = 0;
	fake.driver_features = 0;
	for (i = 0; i < QUEUES; i++) {
		struct fake_queue *q = &fake.queues[i];

		*q = (struct fake_queue){ .max = q->max,
					  .size = q->max,
					  .notify_off = q->notify_off };
	}
}

static void
write_status(uint8_t status)
{
	if (fake.stuck)
		return;
	if (status == 0) {
		reset_fake();
		return;
	}
	if ((status & VIRTIO_CONFIG_S_FEATURES_OK) &&
	    !(fake.status & VIRTIO_CONFIG_S_FEATURES_OK) &&
	    (fake.refuses || (fake.driver_features & ~fake.features) != 0))
		status &= ~VIRTIO_CONFIG_S_FEATURES_OK;
	if ((status & VIRTIO_CONFIG_S_DRIVER_OK) && !(status & VIRTIO_CONFIG_S_FEATURES_OK))
		fake.wrong++;
	fake.status = status;
}

/* A register of the selected queue and its bytes, or NULL. */
static void *
queue_register(size_t offset, unsigned int *size)
{
#define FIELD(field, name)                                                                         \
	case offsetof(struct virtio_pci_common_cfg, field):                                        \
		*size = sizeof(fake.queues[0].name);                                               \
		return &fake.queues[fake.queue_select].name
	if (fake.queue_select >= QUEUES)
		return NULL;
	switch (offset) {
		FIELD(queue_size, size);
		FIELD(queue_msix_vector, msix);
		FIELD(queue_enable, enable);
		FIELD(queue_notify_off, notify_off);
		FIELD(queue_desc_lo, desc[0]);
		FIELD(queue_desc_hi, desc[1]);
		FIELD(queue_avail_lo, avail[0]);
		FIELD(queue_avail_hi, avail[1]);
		FIELD(queue_used_lo, used[0]);
		FIELD(queue_used_hi, used[1]);
	default:
		return NULL;
	}
#undef FIELD
}

static uint32_t
common_read(size_t offset, unsigned int size)
{
	unsigned int bytes = 0;
	uint16_t value16;
	void *reg;

	switch (offset) {
	case offsetof(struct virtio_pci_common_cfg, device_feature):
		return fake.select > 1 ? 0 : fake.features >> (32 * fake.select);
	case offsetof(struct virtio_pci_common_cfg, num_queues):
		return fake.nb_queues;
	case offsetof(struct virtio_pci_common_cfg, device_status):
		return fake.status;
	case offsetof(struct virtio_pci_common_cfg, config_generation):
		fake.generation += fake.restless;
		return fake.generation;
	default:
		break;
	}
	reg = queue_register(offset, &bytes);
	fake.wrong += reg == NULL || bytes != size || size != sizeof(value16);
	if (reg == NULL || size != sizeof(value16))
		return 0;
	memcpy(&value16, reg, sizeof(value16));
	return value16;
}

static uint32_t
fake_read(const volatile void *addr, unsigned int size)
{
	size_t offset = (const volatile uint8_t *)addr - bar;
	uint32_t value = 0;

	if (fake.gone)
		return UINT32_MAX >> (32 - 8 * size);
	if (offset < CONFIG)
		return common_read(offset, size);
	memcpy(&value, bar + offset, size);
	return rte_le_to_cpu_32(value);
}

static void
queue_write(size_t offset, unsigned int size, uint32_t value)
{
	unsigned int bytes = 0;
	void *reg = queue_register(offset, &bytes);
	uint16_t value16 = value;

	/* Queues are set up between FEATURES_OK and DRIVER_OK, and enabled once, last. */
	if (reg == NULL || bytes != size || !(fake.status & VIRTIO_CONFIG_S_FEATURES_OK) ||
	    (fake.status & VIRTIO_CONFIG_S_DRIVER_OK) ||
	    fake.queues[fake.queue_select].enable != 0) {
		fake.wrong++;
		return;
	}
	if (size == sizeof(value16))
		memcpy(reg, &value16, size);
	else
		memcpy(reg, &value, size);
}

static void
fake_write(volatile void *addr, unsigned int size, uint32_t value)
{
	size_t offset = (volatile uint8_t *)addr - bar;
	unsigned int half = fake.driver_select & 1;

	if (fake.gone)
		return;
	switch (offset) {
	case offsetof(struct virtio_pci_common_cfg, device_feature_select):
		fake.select = value;
		break;
	case offsetof(struct virtio_pci_common_cfg, guest_feature_select):
		fake.driver_select = value;
		break;
	case offsetof(struct virtio_pci_common_cfg, guest_feature):
		fake.driver_features &= half ? UINT32_MAX : (uint64_t)UINT32_MAX << 32;
		fake.driver_features |= (uint64_t)value << (32 * half);
		break;
	case offsetof(struct virtio_pci_common_cfg, device_status):
		write_status(value);
		break;
	case offsetof(struct virtio_pci_common_cfg, queue_select):
		fake.queue_select = value;
		break;
	default:
		queue_write(offset, size, value);
	}
}

static const struct virtio_pci_io fake_io = { .read = fake_read, .write = fake_write };

static int
read_pci_config(const void *ctx, void *buf, size_t len, uint32_t offset)
{
	(void)ctx;
	memcpy(buf, pci_config + offset, len);
	return 0;
}

static bool
is_master(void *ctx)
{
	(void)ctx;
	return !fake.bound;
}

static void
let_master(void *ctx)
{
	(void)ctx;
	fake.bound = false;
}

static void
put_cap(uint8_t at, uint8_t next, uint8_t type, uint32_t offset)
{
	struct virtio_pci_notify_cap cap = {
		.cap = { .cap_vndr = PCI_CAP_ID_VNDR,
			 .cap_next = next,
			 .cap_len = sizeof(cap),
			 .cfg_type = type,
			 .offset = rte_cpu_to_le_32(offset),
			 .length = rte_cpu_to_le_32(0x1000) },
		.notify_off_multiplier = rte_cpu_to_le_32(MULTIPLIER),
	};

	memcpy(pci_config + at, &cap, sizeof(cap));
}

static struct virtio_crypto_config *
crypto_config(void)
{
	return (struct virtio_crypto_config *)(bar + CONFIG);
}

static void
set_ready(bool ready)
{
	crypto_config()->status = rte_cpu_to_le_32(ready ? VIRTIO_CRYPTO_S_HW_READY : 0);
	fake.generation++;
}

/* A device that behaves, and the transport to it. */
static void
start(void)
{
	const struct virtio_pci_space space = { .bars[0] = { bar, BAR_LEN },
						.read = read_pci_config,
						.is_bus_master = is_master,
						.enable_bus_master = let_master };
	unsigned int i;

	memset(&fake, 0, sizeof(fake));
	memset(bar, 0, sizeof(bar));
	fake.features = FEATURES;
	fake.nb_queues = QUEUES;
	for (i = 0; i < QUEUES; i++)
		fake.queues[i] = (struct fake_queue){ .max = 256u << i, .notify_off = 10 + i };
	reset_fake();
	crypto_config()->max_dataqueues = rte_cpu_to_le_32(QUEUES - 1);
	crypto_config()->max_size = rte_cpu_to_le_64(0x1122334455667788);
	set_ready(true);
	pci_config[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	pci_config[PCI_CAPABILITY_LIST] = 0x40;
	put_cap(0x40, 0x60, VIRTIO_PCI_CAP_COMMON_CFG, COMMON);
	put_cap(0x60, 0x80, VIRTIO_PCI_CAP_DEVICE_CFG, CONFIG);
	put_cap(0x80, 0, VIRTIO_PCI_CAP_NOTIFY_CFG, NOTIFY);
	pthread_mutex_lock(&said_lock);
	said_len = 0;
	said[0] = '\0';
	pthread_mutex_unlock(&said_lock);
	memset(&dev, 0, sizeof(dev));
	pthread_mutex_init(&dev.lock, NULL);
	TAILQ_INIT(&dev.sessions);
	dev.data = &data;
	tr = virtio_pci_create(&dev, &fake_io, &space, "fake");
	CHECK(tr != NULL);
	dev.tr = tr;
}

static void
stop(void)
{
	CHECK(fake.wrong == 0);
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
take_log(void *cookie, const char *text, size_t len)
{
	size_t n;

	(void)cookie;
	pthread_mutex_lock(&said_lock);
	n = RTE_MIN(len, sizeof(said) - 1 - said_len);
	memcpy(said + said_len, text, n);
	said_len += n;
	said[said_len] = '\0';
	pthread_mutex_unlock(&said_lock);
	return len;
}

/* Whether the log has it, at the latest in five seconds if another thread is to write it. */
static bool
was_said(const char *words)
{
	bool right = false;
	unsigned int ms;

	for (ms = 0; ms < 5000 && !right; ms++) {
		pthread_mutex_lock(&said_lock);
		right = strstr(said, words) != NULL;
		pthread_mutex_unlock(&said_lock);
		if (!right)
			usleep(1000);
	}
	if (!right)
		printf("  said: %s\n", said);
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
	CHECK(features == (FEATURES & ~(1ULL << VIRTIO_F_ACCESS_PLATFORM)));
	CHECK(fake.driver_features == FEATURES);
	CHECK(fake.status ==
	      (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK));
	CHECK(tr->max_queues == QUEUES - 1 && tr->max_queue_size == 256);
	CHECK(tr->max_ctrlq_size == 1024 && tr->has_ctrlq);
	CHECK(tr->ops->read_config(tr, &config) == 0);
	CHECK(memcmp(&config, bar + CONFIG, sizeof(config)) == 0);
	stop();
}

static void
features_that_do_not_do_are_said(void)
{
	uint64_t features;

	start();
	fake.refuses = true;
	CHECK(open_it(&features) == -ENOTSUP);
	CHECK(was_said("rejects features 0x3"));
	CHECK(fake.status & VIRTIO_CONFIG_S_FAILED);
	stop();
	/* EAL's addresses are virtual here, and such a device takes physical ones. */
	start();
	fake.features &= ~(1ULL << VIRTIO_F_ACCESS_PLATFORM);
	CHECK(open_it(&features) == -ENOTSUP && was_said("--iova-mode=pa"));
	((struct virtio_pci *)tr)->iova_is_physical = true;
	CHECK(open_it(&features) == 0);
	stop();
}

static void
bad_queues_are_said(void)
{
	static const uint16_t sizes[] = { 0, 100, 65535 };
	uint64_t features;
	unsigned int i;

	for (i = 0; i < RTE_DIM(sizes); i++) {
		char words[40];

		start();
		fake.queues[1].max = sizes[i];
		CHECK(open_it(&features) == -EINVAL);
		snprintf(words, sizeof(words), "queue 1 has invalid size %u", sizes[i]);
		CHECK(was_said(words));
		stop();
	}
	start();
	fake.queues[QUEUES - 1].max = 1;
	CHECK(open_it(&features) == -EINVAL && was_said("control queue too small: 1 entries"));
	stop();
	start();
	fake.nb_queues = QUEUES - 1;
	CHECK(open_it(&features) == -EINVAL && was_said("num_queues is 2"));
	stop();
	start();
	crypto_config()->max_dataqueues = 0;
	CHECK(open_it(&features) == -EINVAL && was_said("max_dataqueues is 0"));
	stop();
	start();
	crypto_config()->max_dataqueues = rte_cpu_to_le_32(UINT32_MAX);
	CHECK(open_it(&features) == -EINVAL && was_said("max_dataqueues is 4294967295"));
	stop();
	start();
	fake.restless = true;
	CHECK(open_it(&features) == -EAGAIN && was_said("keeps changing"));
	stop();
}

static void
queues_are_set_up(void)
{
	struct virtqueue vq = ring(1, 128), late = ring(0, 128);
	const struct fake_queue *q = &fake.queues[1];
	uint64_t features;
	uint16_t told;

	start();
	CHECK(open_it(&features) == 0);
	CHECK(tr->ops->queue_start(tr, &vq) == 0 && vq.attached);
	CHECK(q->size == 128 && q->enable == 1 && q->msix == VIRTIO_MSI_NO_VECTOR);
	CHECK(q->desc[0] == 0x22222000 && q->desc[1] == 0x11111111);
	CHECK(q->avail[0] == 0x44444000 && q->avail[1] == 0x33333333);
	CHECK(q->used[0] == 0x66666000 && q->used[1] == 0x55555555);
	CHECK(fake.queues[0].enable == 0 && !(fake.status & VIRTIO_CONFIG_S_DRIVER_OK));
	CHECK(tr->ops->run(tr) == 0 && (fake.status & VIRTIO_CONFIG_S_DRIVER_OK));
	tr->ops->notify(&vq);
	memcpy(&told, bar + NOTIFY + 11 * MULTIPLIER, sizeof(told));
	CHECK(told == rte_cpu_to_le_16(1));
	/* One that comes now has the device start over. */
	CHECK(tr->ops->queue_start(tr, &late) == -EAGAIN && !late.attached);
	CHECK(fake.resets == 0);
	tr->ops->queue_stop(tr, &vq);
	CHECK(fake.resets == 1 && fake.status == 0 && !vq.attached);
	tr->ops->queue_stop(tr, &vq);
	CHECK(fake.resets == 1);
	stop();
}

static void
queues_that_cannot_be_are_said(void)
{
	struct virtqueue large = ring(0, 512), none = ring(3, 64), far = ring(1, 64);
	uint64_t features;

	start();
	CHECK(open_it(&features) == 0);
	CHECK(tr->ops->queue_start(tr, &large) == -E2BIG &&
	      was_said("cannot set up queue 0 with 512 entries"));
	CHECK(tr->ops->queue_start(tr, &none) == -ENOENT &&
	      was_said("cannot set up queue 3 with 64 entries"));
	fake.queues[1].notify_off = 0x1000 / MULTIPLIER;
	CHECK(tr->ops->queue_start(tr, &far) == -EINVAL);
	CHECK(was_said("offset 1024, multiplier 4, length 4096"));
	CHECK(!large.attached && !none.attached && !far.attached);
	fake.queues[1].notify_off = 0x1000 / MULTIPLIER - 1;
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
	lost = !tr->ops->is_alive(tr) && !tr->ops->is_alive(tr) && was_said(words);
	stop();
	return lost;
}

static void
happens_unplug(void)
{
	fake.gone = true;
}

static void
happens_error(void)
{
	fake.status |= VIRTIO_CONFIG_S_NEEDS_RESET;
}

static void
happens_no_master(void)
{
	fake.bound = true;
}

static void
happens_not_ready(void)
{
	set_ready(false);
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
	CHECK(is_lost(reset_fake, "was reset"));
	CHECK(is_lost(happens_no_master, "bus mastering was disabled"));
	CHECK(is_lost(happens_not_ready, "cleared HW_READY"));
	CHECK(is_lost(happens_failure, "the device failed"));
	start();
	fake.bound = true;
	CHECK(open_it(&features) == 0 && !fake.bound);
	stop();
	start();
	fake.gone = true;
	CHECK(open_it(&features) == -ENODEV);
	stop();
	start();
	fake.status = VIRTIO_CONFIG_S_NEEDS_RESET;
	fake.stuck = true;
	CHECK(open_it(&features) == -ETIMEDOUT && was_said("reset timed out after 2000 ms"));
	fake.stuck = false;
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
	CHECK(fake.wrong == 0);
	virtio_crypto_lifecycle_fini(&dev);
	virtio_crypto_caps_fini(&dev);
	CHECK(fake.status == 0);
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
what_is_in_flight_has_a_second(void)
{
	struct virtio_crypto_queue *q = start_driver();

	CHECK(drained_in() < 500);
	q->vq.avail_idx++; /* as if something were offered */
	CHECK(drained_in() >= 1000);
	q->vq.used->idx = rte_cpu_to_le_16(1);
	CHECK(drained_in() < 500);
	q->vq.avail_idx++;
	fake.gone = true;
	CHECK(drained_in() < 500);
	fake.gone = false;
	stop_driver(q);
}

/* The lcore is this thread. */
static void
hw_ready_goes_and_comes_back(void)
{
	struct virtio_crypto_queue *q = start_driver();
	struct rte_crypto_op *op;
	unsigned int ms;

	CHECK(fake.queues[0].enable && fake.queues[QUEUES - 1].enable && !fake.queues[1].enable);
	CHECK(fake.queues[0].size == q->vq.size &&
	      fake.queues[0].desc[0] == (uint32_t)q->vq.desc_addr);
	CHECK(virtio_crypto_monitor_start(&dev) == 0);
	set_ready(false);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LOST) && was_said("cleared HW_READY"));
	CHECK(fake.queues[0].enable == 0); /* it writes to nothing any more */
	CHECK(virtio_crypto_dequeue_burst(q, &op, 1) == 0);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_OFFLINE);
	usleep(500000);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_OFFLINE);
	set_ready(true);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LIVE) && was_said("device restored"));
	CHECK(fake.queues[0].enable == 1 && (fake.status & VIRTIO_CONFIG_S_DRIVER_OK));
	/* An lcore that is late has the device start over once it turns up. */
	set_ready(false);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LOST));
	set_ready(true);
	for (ms = 0; ms < 5000 && !(fake.status & VIRTIO_CONFIG_S_DRIVER_OK); ms++)
		usleep(1000);
	CHECK(fake.status & VIRTIO_CONFIG_S_DRIVER_OK);
	CHECK(virtio_crypto_queue_state(q) == VIRTIO_CRYPTO_QUEUE_LOST);
	CHECK(fake.queues[0].enable == 0);
	CHECK(virtio_crypto_dequeue_burst(q, &op, 1) == 0);
	CHECK(gets(q, VIRTIO_CRYPTO_QUEUE_LIVE) && fake.queues[0].enable == 1);
	virtio_crypto_monitor_stop(&dev);
	stop_driver(q);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(features_of_both_halves_are_agreed_on),
		UNIT_TEST(features_that_do_not_do_are_said),
		UNIT_TEST(bad_queues_are_said),
		UNIT_TEST(queues_are_set_up),
		UNIT_TEST(queues_that_cannot_be_are_said),
		UNIT_TEST(losses_are_noticed),
		UNIT_TEST(what_is_in_flight_has_a_second),
		UNIT_TEST(hw_ready_goes_and_comes_back),
	};

	if (!UNIT_EAL_INIT("--iova-mode=va")) {
		printf("not ok: EAL does not start\n");
		return EXIT_FAILURE;
	}
	rte_log_set_global_level(RTE_LOG_DEBUG);
	rte_openlog_stream(fopencookie(NULL, "w", (cookie_io_functions_t){ .write = take_log }));
	return unit_run(tests, RTE_DIM(tests));
}
