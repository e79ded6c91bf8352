/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>
#include <rte_eal.h>

#include "iova.h"

/* Data lcores call this, so it makes no system call, unlike rte_mem_virt2iova(). */
rte_iova_t
vc_iova_find(const void *va, uint32_t *len)
{
	rte_iova_t first = RTE_BAD_IOVA, iova;
	const struct rte_memseg *page;
	const uint8_t *p = va;
	uint32_t found = 0;
	size_t off;

	if (rte_eal_iova_mode() == RTE_IOVA_VA)
		return (uintptr_t)va;
	do {
		page = rte_mem_virt2memseg(p + found, NULL);
		/* Without physical addresses, no hardware cryptodev can be in use. */
		if (page == NULL || page->iova == RTE_BAD_IOVA)
			return RTE_BAD_IOVA;
		off = p + found - (const uint8_t *)page->addr;
		iova = page->iova + off;
		if (found == 0)
			first = iova;
		else if (iova != first + found)
			break;
		found += RTE_MIN(page->len - off, *len - found);
	} while (found < *len);
	*len = found;
	return first;
}

bool
vc_iova_is_contiguous(const void *va, uint32_t len)
{
	uint32_t found = len;

	vc_iova_find(va, &found);
	return found == len;
}

rte_iova_t
vc_iova_of(const void *va)
{
	uint32_t len = 1;

	return vc_iova_find(va, &len);
}
