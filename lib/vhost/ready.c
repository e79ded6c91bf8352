/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * A device that is not ready for a while. The specification forbids its driver to send requests,
 * and says nothing of those that the driver had sent before it could know. They are served: no
 * request is lost by that, and what they need is there.
 */

#include <errno.h>

#include "device.h"
#include "log.h"

static bool
is_ready(const struct rte_vhost_crypto_device *dev)
{
	/* Devices of DPDK's interface have no control queue to be ready. */
	return dev->dpdk_api || dev->config.status == rte_cpu_to_le_32(VIRTIO_CRYPTO_S_HW_READY);
}

int
rte_vhost_crypto_device_set_ready(struct rte_vhost_crypto_device *dev, bool ready)
{
	if (dev == NULL)
		return -EINVAL;
	vc_thread_lock();
	if (is_ready(dev) != ready) {
		dev->config.status = rte_cpu_to_le_32(ready ? VIRTIO_CRYPTO_S_HW_READY : 0);
		dev->refusal_said = false;
		VC_LOG(NOTICE, "%s: the device is %s", dev->path,
		       ready ? "ready again" : "not ready, it takes no new sessions");
		vc_vhost_user_tell_change(&dev->vhost_user);
	}
	vc_thread_unlock();
	return 0;
}

int
vc_device_create_session(struct rte_vhost_crypto_device *dev,
			 const struct vc_session_params *params, uint64_t *id)
{
	if (is_ready(dev))
		return vc_session_create(&dev->sessions, params, id);
	if (!dev->refusal_said)
		VC_LOG(NOTICE,
		       "%s: a session is refused, and so are others, until the device is ready",
		       dev->path);
	dev->refusal_said = true;
	return VIRTIO_CRYPTO_ERR;
}
