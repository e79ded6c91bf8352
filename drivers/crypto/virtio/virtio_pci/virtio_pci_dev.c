/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The transport over PCI, in the order of sections "Device Initialization" and "PCI-specific
 * Initialization And Device Operation".
 *
 * Queues are enabled before DRIVER_OK and disabled by a reset, all together: every device supports
 * that. Not everything between a guest and a device in another process passes the reset of a single
 * queue on, and the device would then write to memory that the queue does not own any more.
 */

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <rte_bitops.h>
#include <rte_eal.h>
#include <rte_io.h>

#include "virtio_crypto_logs.h"
#include "virtio_pci.h"

/* Timeout of a reset. */
#define RESET_MS 2000
/* Attempts to read a configuration whose generation changes. */
#define CONFIG_ATTEMPTS 100
/* Interval of checks of the device, which cannot report its loss. */
#define CHECK_INTERVAL_MS 100
/* Minimum size of the control queue: the descriptors of a request. */
#define CTRLQ_MIN_SIZE 2
/* The value of a read without a device. */
#define NO_DEVICE 0xff

static struct virtio_pci *
virtio_pci(struct virtio_crypto_transport *tr)
{
	return (struct virtio_pci *)tr;
}

static uint32_t
memory_read(const volatile void *addr, unsigned int size)
{
	switch (size) {
	case 1:
		return rte_read8(addr);
	case 2:
		return rte_le_to_cpu_16(rte_read16(addr));
	default:
		return rte_le_to_cpu_32(rte_read32(addr));
	}
}

static void
memory_write(volatile void *addr, unsigned int size, uint32_t value)
{
	switch (size) {
	case 1:
		rte_write8(value, addr);
		break;
	case 2:
		rte_write16(rte_cpu_to_le_16(value), addr);
		break;
	default:
		rte_write32(rte_cpu_to_le_32(value), addr);
		break;
	}
}

const struct virtio_pci_io virtio_pci_io_memory = {
	.read = memory_read,
	.write = memory_write,
};

/* Access to fields of the common configuration, each in its own size. */
#define GET(pci, field)                                                                            \
	((pci)->io->read(&(pci)->layout.common->field, sizeof((pci)->layout.common->field)))
#define SET(pci, field, value)                                                                     \
	((pci)->io->write(&(pci)->layout.common->field, sizeof((pci)->layout.common->field), value))

static void
add_status(struct virtio_pci *pci, uint8_t status)
{
	SET(pci, device_status, GET(pci, device_status) | status);
}

/* Resets the device, which uses no memory of the driver any more once this returns 0. */
static int
reset(struct virtio_pci *pci)
{
	static const struct timespec nap = { .tv_nsec = 1000000 };
	unsigned int ms;
	uint8_t status;

	pci->running = false;
	SET(pci, device_status, 0);
	for (ms = 0; ms < RESET_MS; ms++) {
		status = GET(pci, device_status);
		if (status == 0)
			return 0;
		if (status == NO_DEVICE)
			return -ENODEV;
		nanosleep(&nap, NULL);
	}
	VIRTIO_CRYPTO_LOG(ERR, "%s: device reset timed out after %u ms, status is 0x%x",
			  pci->tr.location, RESET_MS, status);
	return -ETIMEDOUT;
}

static uint64_t
offered_features(struct virtio_pci *pci)
{
	uint64_t features;

	SET(pci, device_feature_select, 1);
	features = (uint64_t)GET(pci, device_feature) << 32;
	SET(pci, device_feature_select, 0);
	return features | GET(pci, device_feature);
}

/* Checks that the device uses addresses of the kind that EAL has. */
static int
check_addresses(const struct virtio_pci *pci, uint64_t features)
{
	if (pci->iova_is_physical || virtio_crypto_has_feature(features, VIRTIO_F_ACCESS_PLATFORM))
		return 0;
	VIRTIO_CRYPTO_LOG(
		ERR,
		"%s: the device uses physical addresses (it has no "
		"VIRTIO_F_ACCESS_PLATFORM), EAL's are virtual ones: start with "
		"--iova-mode=pa, or have the device use the IOMMU (QEMU: iommu_platform=on)",
		pci->tr.location);
	return -ENOTSUP;
}

/* Negotiates features. Those of the transport itself are not returned. */
static int
negotiate(struct virtio_pci *pci, uint64_t wanted, uint64_t *features)
{
	uint64_t offered = offered_features(pci);
	uint64_t agreed = offered & (wanted | 1ULL << VIRTIO_F_ACCESS_PLATFORM);
	int ret = check_addresses(pci, agreed);

	*features = agreed & wanted;
	if (ret != 0)
		return ret;
	SET(pci, guest_feature_select, 0);
	SET(pci, guest_feature, (uint32_t)agreed);
	SET(pci, guest_feature_select, 1);
	SET(pci, guest_feature, agreed >> 32);
	add_status(pci, VIRTIO_CONFIG_S_FEATURES_OK);
	if (GET(pci, device_status) & VIRTIO_CONFIG_S_FEATURES_OK)
		return 0;
	add_status(pci, VIRTIO_CONFIG_S_FAILED);
	VIRTIO_CRYPTO_LOG(ERR,
			  "%s: device rejects features 0x%" PRIx64 " of the 0x%" PRIx64
			  " that it offers",
			  pci->tr.location, agreed, offered);
	return -ENOTSUP;
}

static int
read_config(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config)
{
	struct virtio_pci *pci = virtio_pci(tr);
	unsigned int attempt, i;
	rte_le32_t words[sizeof(*config) / sizeof(rte_le32_t)];
	uint8_t generation;

	for (attempt = 0; attempt < CONFIG_ATTEMPTS; attempt++) {
		generation = GET(pci, config_generation);
		for (i = 0; i < RTE_DIM(words); i++)
			words[i] = rte_cpu_to_le_32(pci->io->read(
				pci->layout.config + i * sizeof(words[0]), sizeof(words[0])));
		if (GET(pci, config_generation) == generation) {
			memcpy(config, words, sizeof(*config));
			return 0;
		}
	}
	VIRTIO_CRYPTO_LOG(ERR, "%s: cannot read configuration: its generation keeps changing",
			  tr->location);
	return -EAGAIN;
}

/* Reads the maximum size of a queue, 0 if it does not exist. */
static int
get_queue_size(struct virtio_pci *pci, uint16_t index, uint16_t *size)
{
	SET(pci, queue_select, index);
	*size = GET(pci, queue_size);
	if (*size != 0 && *size <= VIRTQUEUE_MAX_SIZE && rte_is_power_of_2(*size))
		return 0;
	VIRTIO_CRYPTO_LOG(ERR, "%s: queue %u has invalid size %u: expected a power of two",
			  pci->tr.location, index, *size);
	return -EINVAL;
}

/* Reads the number of queues and their maximum sizes. */
static int
read_queue_limits(struct virtio_pci *pci)
{
	struct virtio_crypto_config config;
	uint16_t size, limit = VIRTQUEUE_MAX_SIZE;
	uint32_t data_queues, i;
	int ret = read_config(&pci->tr, &config);

	if (ret != 0)
		return ret;
	data_queues = rte_le_to_cpu_32(config.max_dataqueues);
	pci->nb_queues = GET(pci, num_queues);
	if (data_queues == 0 || pci->nb_queues <= data_queues) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: invalid number of queues: max_dataqueues is %" PRIu32
				  " and num_queues is %u, expected one more for the control queue",
				  pci->tr.location, data_queues, pci->nb_queues);
		return -EINVAL;
	}
	for (i = 0; i <= data_queues; i++) {
		ret = get_queue_size(pci, i, &size);
		if (ret != 0)
			return ret;
		if (i < data_queues)
			limit = RTE_MIN(limit, size);
	}
	if (size < CTRLQ_MIN_SIZE) {
		VIRTIO_CRYPTO_LOG(ERR,
				  "%s: control queue too small: %u entries, a request needs %u",
				  pci->tr.location, size, CTRLQ_MIN_SIZE);
		return -EINVAL;
	}
	pci->tr.max_queues = data_queues;
	pci->tr.max_queue_size = limit;
	pci->tr.max_ctrlq_size = size;
	return 0;
}

static int
open_device(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features)
{
	struct virtio_pci *pci = virtio_pci(tr);
	int ret;

	__atomic_store_n(&pci->failed, false, __ATOMIC_RELAXED);
	pci->reported = false;
	pci->enable_bus_master(pci->ctx);
	ret = reset(pci);
	if (ret != 0)
		return ret;
	add_status(pci, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	add_status(pci, VIRTIO_CONFIG_S_DRIVER);
	ret = negotiate(pci, wanted, features);
	return ret != 0 ? ret : read_queue_limits(pci);
}

/* Returns the notification address of the selected queue; NULL if it is out of range. */
static void *
get_notify_addr(struct virtio_pci *pci)
{
	uint64_t at = (uint64_t)GET(pci, queue_notify_off) * pci->layout.notify_multiplier;

	return at + sizeof(uint16_t) <= pci->layout.notify_len ? pci->layout.notify + at : NULL;
}

static int
queue_start(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	struct virtio_pci *pci = virtio_pci(tr);
	uint16_t size;
	int ret;

	/* Queues are set up before DRIVER_OK; to add one later the device is reset. */
	if (pci->running)
		return -EAGAIN;
	ret = vq->index < pci->nb_queues ? get_queue_size(pci, vq->index, &size) : -ENOENT;
	if (ret == 0 && vq->size > size)
		ret = -E2BIG;
	if (ret != 0) {
		VIRTIO_CRYPTO_LOG(ERR, "%s: cannot set up queue %u with %u entries", tr->location,
				  vq->index, vq->size);
		return ret;
	}
	vq->kick_addr = get_notify_addr(pci);
	if (vq->kick_addr == NULL) {
		VIRTIO_CRYPTO_LOG(
			ERR,
			"%s: notification address of queue %u out of range: offset %u, multiplier "
			"%u, length %u",
			tr->location, vq->index, GET(pci, queue_notify_off),
			pci->layout.notify_multiplier, pci->layout.notify_len);
		return -EINVAL;
	}
	SET(pci, queue_size, vq->size);
	SET(pci, queue_msix_vector, VIRTIO_MSI_NO_VECTOR);
	SET(pci, queue_desc_lo, (uint32_t)vq->desc_addr);
	SET(pci, queue_desc_hi, vq->desc_addr >> 32);
	SET(pci, queue_avail_lo, (uint32_t)vq->avail_addr);
	SET(pci, queue_avail_hi, vq->avail_addr >> 32);
	SET(pci, queue_used_lo, (uint32_t)vq->used_addr);
	SET(pci, queue_used_hi, vq->used_addr >> 32);
	SET(pci, queue_enable, 1);
	vq->attached = true;
	return 0;
}

static int
run(struct virtio_crypto_transport *tr)
{
	struct virtio_pci *pci = virtio_pci(tr);

	if (pci->running)
		return 0;
	add_status(pci, VIRTIO_CONFIG_S_DRIVER_OK);
	if (!(GET(pci, device_status) & VIRTIO_CONFIG_S_DRIVER_OK))
		return -EIO;
	pci->running = true;
	return 0;
}

/* A failure is ignored: there is no other way to stop a device. */
static void
halt(struct virtio_crypto_transport *tr)
{
	reset(virtio_pci(tr));
}

static void
queue_stop(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	if (vq->attached && virtio_pci(tr)->running)
		halt(tr);
	vq->attached = false;
}

static void
notify(struct virtqueue *vq)
{
	rte_write16(rte_cpu_to_le_16(vq->index), vq->kick_addr);
}

/* Returns why a device that ran is lost, or NULL. */
static const char *
get_loss_reason(struct virtio_pci *pci)
{
	uint8_t status = GET(pci, device_status);

	if (status == NO_DEVICE)
		return "the device does not respond";
	if (status & VIRTIO_CONFIG_S_NEEDS_RESET)
		return "the device set DEVICE_NEEDS_RESET";
	/* Checked first, as some devices report it as a reset, too. */
	if (!pci->is_bus_master(pci->ctx))
		return "PCI bus mastering was disabled";
	if (!(status & VIRTIO_CONFIG_S_DRIVER_OK))
		return "the device was reset";
	if (!(pci->io->read(pci->layout.config + offsetof(struct virtio_crypto_config, status),
			    sizeof(uint32_t)) &
	      VIRTIO_CRYPTO_S_HW_READY))
		return "the device cleared HW_READY";
	if (__atomic_load_n(&pci->failed, __ATOMIC_RELAXED))
		return "the device failed, it needs a reset";
	return NULL;
}

static bool
is_alive(struct virtio_crypto_transport *tr)
{
	struct virtio_pci *pci = virtio_pci(tr);
	const char *why = pci->running ? get_loss_reason(pci) : NULL;

	if (why != NULL && !pci->reported) {
		VIRTIO_CRYPTO_LOG(NOTICE, "%s: %s", tr->location, why);
		pci->reported = true;
	}
	return pci->running && why == NULL;
}

static void
fail(struct virtio_crypto_transport *tr)
{
	struct virtio_pci *pci = virtio_pci(tr);

	__atomic_store_n(&pci->failed, true, __ATOMIC_RELAXED);
	eventfd_write(pci->event_fd, 1);
}

static void
get_pollfds(struct virtio_crypto_transport *tr, struct pollfd *pfd)
{
	eventfd_t count;

	/* Earlier events are covered by the check of the device that follows. */
	(void)eventfd_read(virtio_pci(tr)->event_fd, &count);
	*pfd = (struct pollfd){ .fd = virtio_pci(tr)->event_fd, .events = POLLIN };
}

static void
close_device(struct virtio_crypto_transport *tr)
{
	struct virtio_pci *pci = virtio_pci(tr);

	reset(pci);
	close(pci->event_fd);
	free(pci);
}

static const struct virtio_crypto_transport_ops ops = {
	.open = open_device,
	.read_config = read_config,
	.queue_start = queue_start,
	.run = run,
	.queue_stop = queue_stop,
	.notify = notify,
	.is_alive = is_alive,
	.fail = fail,
	.halt = halt,
	.get_pollfds = get_pollfds,
	.close = close_device,
};

struct virtio_crypto_transport *
virtio_pci_create(struct virtio_crypto_dev *dev, const struct virtio_pci_io *io,
		  const struct virtio_pci_space *space, const char *where)
{
	struct virtio_pci *pci = calloc(1, sizeof(*pci));
	char reason[VIRTIO_PCI_REASON_LEN];
	int ret;

	if (pci == NULL)
		return NULL;
	pci->tr = (struct virtio_crypto_transport){
		.ops = &ops,
		.dev = dev,
		.location = where,
		.all_at_once = true,
		.check_interval_ms = CHECK_INTERVAL_MS,
		.has_ctrlq = true,
	};
	pci->io = io;
	pci->is_bus_master = space->is_bus_master;
	pci->enable_bus_master = space->enable_bus_master;
	pci->ctx = space->ctx;
	pci->iova_is_physical = rte_eal_iova_mode() == RTE_IOVA_PA;
	pci->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pci->event_fd < 0)
		ret = virtio_pci_set_reason(-errno, reason, "cannot create an event: %s",
					    strerror(errno));
	else
		ret = virtio_pci_layout_find(space, &pci->layout, reason);
	if (ret == 0)
		return &pci->tr;
	VIRTIO_CRYPTO_LOG(ERR, "%s: %s", where, reason);
	if (pci->event_fd >= 0)
		close(pci->event_fd);
	free(pci);
	return NULL;
}
