/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * vc_ring_locate(), with any regions, any ring and any features: where it finds no fault, each byte
 * of the three parts that the device uses lies in one region.
 */

#include <stdlib.h>

#include <linux/virtio_ring.h>

#include "ring.h"
#include "virtio_crypto_wire.h"
#include "prove_no_copies.h"

/* Bytes of a region, at most; a pointer has 56 bits for the offset in an object. */
#define REGION_MAX (UINT64_C(1) << 48)

static void
any_memory(struct vc_mem *mem)
{
	uint32_t i;

	mem->nb_regions = any_in(0, REGIONS);
	for (i = 0; i < REGIONS; i++) {
		mem->regions[i].gpa = ANY(uint64_t);
		mem->regions[i].size = any_in(0, REGION_MAX);
		mem->regions[i].hva = malloc(mem->regions[i].size);
		mem->origins[i].front_end_addr = ANY(uint64_t);
		ASSUME(mem->regions[i].hva != NULL);
	}
}

/* What the specification says that the device uses of a ring, event indexes included. */
static void
prove_parts(const struct vc_ring *ring, const struct vc_ring_parts *parts, bool packed)
{
	uint64_t size = ring->size;
	uint64_t avail = packed ? 4 : 4 + 2 * size + 2, used = packed ? 4 : 4 + 8 * size + 2;

	PROVE(size > 0 && size <= 32768, "a ring has 1 to 32768 entries");
	PROVE(packed || (size & (size - 1)) == 0, "a split ring has a power of 2");
	PROVE(!packed || (ring->base & 0x7fff) < size, "a packed ring goes on inside of it");
	PROVE(__CPROVER_w_ok(parts->desc, 16 * size), "descriptors are guest memory");
	PROVE(__CPROVER_w_ok(parts->avail, avail), "the available ring is guest memory");
	PROVE(__CPROVER_w_ok(parts->used, used), "the used ring is guest memory");
	PROVE((uintptr_t)parts->desc % 16 == 0 && (uintptr_t)parts->used % 4 == 0 &&
		      (uintptr_t)parts->avail % (packed ? 4 : 2) == 0,
	      "all parts are aligned");
}

int
main(void)
{
	struct vc_ring ring = ANY(struct vc_ring);
	uint64_t features = ANY(uint64_t);
	struct vc_ring_parts parts;
	static struct vc_mem mem;

	any_memory(&mem);
	if (vc_ring_locate(&ring, &mem, features, &parts) == NULL)
		prove_parts(&ring, &parts, features >> VIRTIO_F_RING_PACKED & 1);
	return 0;
}
