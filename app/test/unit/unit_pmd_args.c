/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Arguments of the driver, and what it takes over from a configuration space. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "unit.h"
#include "unit_eal.h"
#include "virtio_crypto_caps.h"
#include "virtio_user_args.h"

static struct virtio_user_args args;

static void
a_path_is_enough(void)
{
	CHECK(virtio_user_args_parse("path=/tmp/a.sock", &args) == 0);
	CHECK(strcmp(args.path, "/tmp/a.sock") == 0);
	CHECK(args.queues == 1 && args.queue_size == 1024 && !args.server);
	CHECK(args.session_msg == VIRTIO_USER_SESSION_MSG_AUTO);
	CHECK(args.disabled_features == 0);
}

static void
all_arguments_are_taken(void)
{
	CHECK(virtio_user_args_parse("path=a,queues=255,queue_size=32768,server=1,session_msg=old",
				     &args) == 0);
	CHECK(args.queues == 255 && args.queue_size == 32768 && args.server);
	CHECK(args.session_msg == VIRTIO_USER_SESSION_MSG_OLD);
	CHECK(virtio_user_args_parse("path=a,server=0,session_msg=new,queue_size=64", &args) == 0);
	CHECK(args.queue_size == 64 && !args.server);
	CHECK(args.session_msg == VIRTIO_USER_SESSION_MSG_NEW);
	CHECK(virtio_user_args_parse("path=a,disable_features=revision_1+indirect_desc", &args) ==
	      0);
	CHECK(args.disabled_features ==
	      (1ULL << VIRTIO_CRYPTO_F_REVISION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC));
}

static void
nonsense_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"queues=1",
		"path=",
		"path=a,path",
		"path=a,queues=0",
		"path=a,queues=256",
		"path=a,queues=-1",
		"path=a,queues=1x",
		"path=a,queues= 1",
		"path=a,queues=99999999999999999999",
		"path=a,queue_size=32",
		"path=a,queue_size=65536",
		"path=a,queue_size=100",
		"path=a,server=2",
		"path=a,server=yes",
		"path=a,session_msg=newer",
		"path=a,max_nb_queue_pairs=1",
		"path=a,disable_features=",
		"path=a,disable_features=all",
		"path=a,disable_features=revision_1+",
		"path=a,disable_features=version_1",
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(bad); i++)
		if (virtio_user_args_parse(bad[i], &args) != -EINVAL) {
			printf("  \"%s\" was taken\n", bad[i]);
			unit_failed = true;
		}
}

static void
a_path_fits_into_an_address(void)
{
	char text[200] = "path=";

	memset(text + 5, 'p', 107);
	CHECK(virtio_user_args_parse(text, &args) == 0 && strlen(args.path) == 107);
	memset(text + 5, 'p', 108);
	CHECK(virtio_user_args_parse(text, &args) == -EINVAL);
}

static void
offer(struct virtio_crypto_dev *dev, uint8_t service, uint8_t number)
{
	virtio_crypto_config_offer(&dev->config, virtio_crypto_alg_find(service, number));
}

static void
capabilities_are_what_the_device_offers(void)
{
	const struct rte_crypto_sym_xform cbc = { .type = RTE_CRYPTO_SYM_XFORM_CIPHER,
						  .cipher.algo = RTE_CRYPTO_CIPHER_AES_CBC };
	const struct rte_crypto_sym_xform ctr = { .type = RTE_CRYPTO_SYM_XFORM_CIPHER,
						  .cipher.algo = RTE_CRYPTO_CIPHER_AES_CTR };
	struct virtio_crypto_dev dev = { .config.max_cipher_key_len = rte_cpu_to_le_32(31),
					 .config.max_auth_key_len = rte_cpu_to_le_32(100) };

	offer(&dev, VIRTIO_CRYPTO_SERVICE_CIPHER, VIRTIO_CRYPTO_CIPHER_AES_CBC);
	offer(&dev, VIRTIO_CRYPTO_SERVICE_CIPHER, VIRTIO_CRYPTO_CIPHER_AES_XTS);
	offer(&dev, VIRTIO_CRYPTO_SERVICE_MAC, VIRTIO_CRYPTO_MAC_HMAC_SHA1);
	CHECK(virtio_crypto_caps_init(&dev) == 0);
	/* No key of XTS is short enough. */
	CHECK(dev.nb_algs == 2);
	CHECK(dev.capabilities[0].op == RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	CHECK(dev.capabilities[0].sym.cipher.algo == RTE_CRYPTO_CIPHER_AES_CBC);
	CHECK(dev.capabilities[0].sym.cipher.key_size.max == 24);
	CHECK(dev.capabilities[1].sym.auth.algo == RTE_CRYPTO_AUTH_SHA1_HMAC);
	CHECK(dev.capabilities[1].sym.auth.key_size.max == 100);
	CHECK(dev.capabilities[2].op == RTE_CRYPTO_OP_TYPE_UNDEFINED);
	CHECK(virtio_crypto_caps_find(&dev, &cbc) == &dev.algs[0]);
	CHECK(virtio_crypto_caps_find(&dev, &ctr) == NULL);
	virtio_crypto_caps_fini(&dev);
}

static void
a_device_that_offers_less_is_known(void)
{
	struct virtio_crypto_config before, now;

	memset(&before, 0x55, sizeof(before));
	now = before;
	CHECK(virtio_crypto_caps_find_lacking(&now, &before) == NULL);
	memset(&now, 0xff, sizeof(now));
	CHECK(virtio_crypto_caps_find_lacking(&now, &before) == NULL);
	now = before;
	now.cipher_algo_h &= ~rte_cpu_to_le_32(4);
	CHECK(strcmp(virtio_crypto_caps_find_lacking(&now, &before), "cipher_algo") == 0);
	now = before;
	now.max_size = rte_cpu_to_le_64(rte_le_to_cpu_64(now.max_size) - 1);
	CHECK(strcmp(virtio_crypto_caps_find_lacking(&now, &before), "max_size") == 0);
	now = before;
	now.max_auth_key_len = 0;
	CHECK(strcmp(virtio_crypto_caps_find_lacking(&now, &before), "max_auth_key_len") == 0);
}

/* What the device offers is kept in memory of DPDK's. */
int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(a_path_is_enough),
		UNIT_TEST(all_arguments_are_taken),
		UNIT_TEST(nonsense_is_refused),
		UNIT_TEST(a_path_fits_into_an_address),
		UNIT_TEST(capabilities_are_what_the_device_offers),
		UNIT_TEST(a_device_that_offers_less_is_known),
	};

	if (!UNIT_EAL_INIT())
		return 1;
	rte_log_set_level_pattern("pmd.crypto.virtio", RTE_LOG_EMERG);
	return unit_run(tests, RTE_DIM(tests));
}
