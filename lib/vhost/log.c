/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>

#include "log.h"

int vc_logtype;

RTE_INIT(vhost_crypto_log_init)
{
	vc_logtype = rte_log_register("lib.vhost.crypto");
	if (vc_logtype >= 0)
		rte_log_set_level(vc_logtype, RTE_LOG_NOTICE);
}
