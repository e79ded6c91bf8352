/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Preloaded into DPDK's ipsec-secgw, so that it runs unmodified between ports of net_pcap. It
 * takes only ports that can check the checksums of what they receive, though it never looks at
 * the result. So each port says that it can, and is not told to.
 *
 * What it sends has to be the same each time. The legacy mode makes IVs of random numbers: they are
 * counted here instead. librte_ipsec takes for an IV of CBC what the last packet has left in the
 * mbuf: so mbufs are used in turn here, and each of them once if the pool is large enough.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_random.h>

/* The function of this name that comes after ours; without it there is nothing to run. */
static void *
next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (function == NULL) {
		fprintf(stderr, "secgw_preload: there is no %s: %s\n", name, dlerror());
		abort();
	}
	return function;
}

int
rte_eth_dev_info_get(uint16_t port, struct rte_eth_dev_info *info)
{
	int (*info_get)(uint16_t port, struct rte_eth_dev_info * info);
	int ret;

	*(void **)&info_get = next(__func__);
	ret = info_get(port, info);
	info->rx_offload_capa |= RTE_ETH_RX_OFFLOAD_CHECKSUM;
	return ret;
}

int
rte_eth_dev_configure(uint16_t port, uint16_t rx_queues, uint16_t tx_queues,
		      const struct rte_eth_conf *conf)
{
	int (*configure)(uint16_t port, uint16_t rx_queues, uint16_t tx_queues,
			 const struct rte_eth_conf *conf);
	struct rte_eth_conf changed = *conf;

	*(void **)&configure = next(__func__);
	changed.rxmode.offloads &= ~RTE_ETH_RX_OFFLOAD_CHECKSUM;
	return configure(port, rx_queues, tx_queues, &changed);
}

int
rte_eth_rx_queue_setup(uint16_t port, uint16_t queue, uint16_t descriptors, unsigned int socket,
		       const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	int (*setup)(uint16_t port, uint16_t queue, uint16_t descriptors, unsigned int socket,
		     const struct rte_eth_rxconf *conf, struct rte_mempool *pool);
	struct rte_eth_rxconf changed;

	*(void **)&setup = next(__func__);
	if (conf != NULL) {
		changed = *conf;
		changed.offloads &= ~RTE_ETH_RX_OFFLOAD_CHECKSUM;
	}
	return setup(port, queue, descriptors, socket, conf != NULL ? &changed : NULL, pool);
}

uint64_t
rte_rand(void)
{
	static uint64_t state;

	return __atomic_add_fetch(&state, UINT64_C(0x9e3779b97f4a7c15), __ATOMIC_RELAXED);
}

struct rte_mempool *
rte_pktmbuf_pool_create(const char *name, unsigned int n, unsigned int cache_size __rte_unused,
			uint16_t priv_size, uint16_t data_room_size, int socket)
{
	struct rte_mempool *(*create)(const char *name, unsigned int n, unsigned int cache_size,
				      uint16_t priv_size, uint16_t data_room_size, int socket);

	*(void **)&create = next(__func__);
	return create(name, n, 0, priv_size, data_room_size, socket);
}
