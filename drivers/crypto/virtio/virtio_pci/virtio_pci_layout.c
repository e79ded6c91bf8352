/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/pci_regs.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "virtio_crypto_wire.h"
#include "virtio_pci_layout.h"

/* Capabilities follow the header of the configuration space, 4 bytes or more each. */
#define FIRST_CAPABILITY 0x40
#define CONFIG_SPACE	 256
#define MAX_CAPABILITIES ((CONFIG_SPACE - FIRST_CAPABILITY) / 4)

/* A structure to find. */
struct wanted {
	const char *name;
	uint8_t type;
	uint8_t cap_len; /* bytes of its capability */
	uint8_t align;
	uint32_t len;  /* minimum bytes */
	uint8_t *addr; /* once found */
	uint32_t found_len;
	uint32_t multiplier;
	char unfit[VIRTIO_PCI_REASON_LEN / 2]; /* why the one found is unusable */
};

int
virtio_pci_set_reason(int error, char *reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, VIRTIO_PCI_REASON_LEN, format, args);
	va_end(args);
	return error;
}

/* Returns the address of a structure that a capability names, if it is valid. */
static uint8_t *
map_structure(const struct virtio_pci_space *space, const struct virtio_pci_cap *cap,
	      struct wanted *w)
{
	uint32_t offset = rte_le_to_cpu_32(cap->offset), len = rte_le_to_cpu_32(cap->length);
	const struct virtio_pci_bar *bar;

	if (cap->cap_len < w->cap_len) {
		snprintf(w->unfit, sizeof(w->unfit), "its capability has %u bytes, expected %u",
			 cap->cap_len, w->cap_len);
		return NULL;
	}
	if (cap->bar >= VIRTIO_PCI_BARS) {
		snprintf(w->unfit, sizeof(w->unfit), "BAR %u does not exist", cap->bar);
		return NULL;
	}
	bar = &space->bars[cap->bar];
	if (bar->addr == NULL)
		snprintf(w->unfit, sizeof(w->unfit), "BAR %u is not mapped", cap->bar);
	else if (len < w->len)
		snprintf(w->unfit, sizeof(w->unfit), "it has %" PRIu32 " bytes, not %" PRIu32, len,
			 w->len);
	else if (offset % w->align != 0)
		snprintf(w->unfit, sizeof(w->unfit),
			 "its offset 0x%" PRIx32 " is not aligned to %u", offset, w->align);
	else if ((uint64_t)offset + len > bar->len)
		snprintf(w->unfit, sizeof(w->unfit),
			 "0x%" PRIx32 " bytes at 0x%" PRIx32 " are not inside BAR %u of 0x%" PRIx64,
			 len, offset, cap->bar, bar->len);
	else
		return bar->addr + offset;
	return NULL;
}

/* Uses a vendor-specific capability for a structure that is not found yet. */
static int
match_capability(const struct virtio_pci_space *space, uint8_t at, struct wanted *wanted,
		 unsigned int nb)
{
	struct virtio_pci_notify_cap cap = { 0 };
	unsigned int i;
	int ret = space->read(space->ctx, &cap.cap, sizeof(cap.cap), at);

	if (ret != 0)
		return ret;
	for (i = 0; i < nb; i++) {
		struct wanted *w = &wanted[i];

		if (w->type != cap.cap.cfg_type || w->addr != NULL)
			continue;
		w->addr = map_structure(space, &cap.cap, w);
		w->found_len = rte_le_to_cpu_32(cap.cap.length);
		if (w->addr == NULL || w->cap_len <= sizeof(cap.cap))
			continue;
		ret = space->read(
			space->ctx, &cap.notify_off_multiplier, sizeof(cap.notify_off_multiplier),
			at + offsetof(struct virtio_pci_notify_cap, notify_off_multiplier));
		w->multiplier = rte_le_to_cpu_32(cap.notify_off_multiplier);
	}
	return ret;
}

/* Walks the list of capabilities. */
static int
walk_capabilities(const struct virtio_pci_space *space, struct wanted *wanted, unsigned int nb,
		  char *reason)
{
	struct {
		uint8_t id, next;
	} head;
	unsigned int seen = 0;
	uint16_t status = 0;
	uint8_t at = 0;
	int ret = space->read(space->ctx, &status, sizeof(status), PCI_STATUS);

	if (ret == 0 && !(rte_le_to_cpu_16(status) & PCI_STATUS_CAP_LIST))
		return virtio_pci_set_reason(-ENOTSUP, reason,
					     "legacy device without a capability list");
	if (ret == 0)
		ret = space->read(space->ctx, &at, sizeof(at), PCI_CAPABILITY_LIST);
	for (; ret == 0 && (at & ~3) != 0; at = head.next) {
		at &= ~3;
		if (at < FIRST_CAPABILITY)
			return virtio_pci_set_reason(
				-EINVAL, reason,
				"invalid capability offset 0x%x, inside the header", at);
		if (++seen > MAX_CAPABILITIES)
			return virtio_pci_set_reason(-EINVAL, reason,
						     "its capability list has a loop");
		ret = space->read(space->ctx, &head, sizeof(head), at);
		if (ret == 0 && head.id == PCI_CAP_ID_VNDR &&
		    at + sizeof(struct virtio_pci_cap) <= CONFIG_SPACE)
			ret = match_capability(space, at, wanted, nb);
	}
	if (ret != 0)
		return virtio_pci_set_reason(ret, reason, "cannot read PCI configuration: %s",
					     strerror(-ret));
	return 0;
}

static int
check_found(const struct wanted *wanted, unsigned int nb, char *reason)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		if (wanted[i].addr == NULL)
			return virtio_pci_set_reason(
				-EINVAL, reason, "no usable %s structure: %s", wanted[i].name,
				wanted[i].unfit[0] != '\0' ? wanted[i].unfit :
							     "no capability names one");
	return 0;
}

int
virtio_pci_layout_find(const struct virtio_pci_space *space, struct virtio_pci_layout *layout,
		       char *reason)
{
	enum {
		COMMON,
		NOTIFY,
		CONFIG,
	};
	struct wanted wanted[] = {
		[COMMON] = { .name = "common configuration",
			     .type = VIRTIO_PCI_CAP_COMMON_CFG,
			     .cap_len = sizeof(struct virtio_pci_cap),
			     .align = 4,
			     .len = sizeof(struct virtio_pci_common_cfg) },
		[NOTIFY] = { .name = "notification",
			     .type = VIRTIO_PCI_CAP_NOTIFY_CFG,
			     .cap_len = sizeof(struct virtio_pci_notify_cap),
			     .align = 2,
			     .len = sizeof(uint16_t) },
		[CONFIG] = { .name = "crypto configuration",
			     .type = VIRTIO_PCI_CAP_DEVICE_CFG,
			     .cap_len = sizeof(struct virtio_pci_cap),
			     .align = 4,
			     .len = sizeof(struct virtio_crypto_config) },
	};
	uint32_t multiplier;
	int ret = walk_capabilities(space, wanted, RTE_DIM(wanted), reason);

	if (ret == 0)
		ret = check_found(wanted, RTE_DIM(wanted), reason);
	if (ret != 0)
		return ret;
	multiplier = wanted[NOTIFY].multiplier;
	if (multiplier == 1 || (multiplier & (multiplier - 1)) != 0)
		return virtio_pci_set_reason(-EINVAL, reason,
					     "notify_off_multiplier is %" PRIu32
					     ", neither 0 nor an even power of two",
					     multiplier);
	*layout = (struct virtio_pci_layout){
		.common = (struct virtio_pci_common_cfg *)wanted[COMMON].addr,
		.config = wanted[CONFIG].addr,
		.notify = wanted[NOTIFY].addr,
		.notify_len = wanted[NOTIFY].found_len,
		.notify_multiplier = multiplier,
	};
	return 0;
}
