/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file The search for requests that wait, without all that queues do beside it. */

#ifndef FUZZ_SCAN_H
#define FUZZ_SCAN_H

#include "queue.h"

/** vc_vring_scan_avail(), of which the ring notices nothing. */
int fuzz_scan(struct vc_vring *vr);

#endif /* FUZZ_SCAN_H */
