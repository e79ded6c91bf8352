/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Compiled as the library is, because what is scanned here is guest memory. */

#include "fuzz_scan.h"

int
fuzz_scan(struct vc_vring *vr)
{
	struct vc_chain_head heads[RTE_VHOST_CRYPTO_MAX_BURST];

	return vc_vring_scan_avail(vr, heads, RTE_VHOST_CRYPTO_MAX_BURST);
}
