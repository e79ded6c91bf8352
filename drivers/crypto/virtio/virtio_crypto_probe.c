/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The sizes that a device supports are found with sessions that are created and destroyed at once.
 */

#include <errno.h>

#include "virtio_crypto_caps.h"
#include "virtio_crypto_probe.h"
#include "virtio_crypto_sym_session.h"

/* Maximum number of sizes to probe one by one. */
#define MAX_SIZES 64

/* The sizes of a session. */
struct sizes {
	uint16_t key;
	uint16_t digest;
	uint16_t aad;
};

enum { REFUSED, ACCEPTED };

/* Probes a session. @return ACCEPTED or REFUSED, or a negative errno when the device is lost */
static int
probe_session(struct virtio_crypto_dev *dev, const struct virtio_crypto_alg *alg, struct sizes z)
{
	static const uint8_t key[VIRTIO_CRYPTO_MAX_KEY];
	struct rte_crypto_sym_xform x = { .type = alg->xform };
	uint16_t iv = virtio_crypto_alg_default_iv_len(alg, z.key);
	int ret;

	if (alg->xform == RTE_CRYPTO_SYM_XFORM_AEAD) {
		x.aead.algo = alg->algo;
		x.aead.op = RTE_CRYPTO_AEAD_OP_ENCRYPT;
		x.aead.key.data = key;
		x.aead.key.length = z.key;
		x.aead.iv.length = iv;
		x.aead.digest_length = z.digest;
		x.aead.aad_length = z.aad;
	} else if (alg->xform == RTE_CRYPTO_SYM_XFORM_AUTH) {
		x.auth.algo = alg->algo;
		x.auth.op = RTE_CRYPTO_AUTH_OP_GENERATE;
		x.auth.key.data = key;
		x.auth.key.length = z.key;
		x.auth.iv.length = iv;
		x.auth.digest_length = z.digest;
	} else {
		x.cipher.algo = alg->algo;
		x.cipher.op = RTE_CRYPTO_CIPHER_OP_ENCRYPT;
		x.cipher.key.data = key;
		x.cipher.key.length = z.key;
		x.cipher.iv.length = iv;
	}
	ret = virtio_crypto_sym_session_probe(dev, &x);
	if (virtio_crypto_session_is_device_lost(ret))
		return ret;
	return ret == -ENOTSUP || ret == -EIO ? REFUSED : ACCEPTED;
}

/* Probes a size; @p member is the field of @p z that it sets. */
static int
probe_size(struct virtio_crypto_dev *dev, const struct virtio_crypto_alg *alg, struct sizes *z,
	   uint16_t *member, uint16_t size)
{
	uint16_t before = *member;
	int ret;

	*member = size;
	ret = probe_session(dev, alg, *z);
	*member = before;
	return ret;
}

/*
 * Limits a range to the longest regular sequence of accepted sizes. A range without accepted sizes
 * remains: then the device refuses sessions for another reason.
 */
static void
keep_regular(struct rte_crypto_param_range *range, const uint16_t *accepted, unsigned int nb)
{
	unsigned int first, second, i, best = 0;
	uint16_t last;

	for (first = 0; first < nb; first++)
		for (second = first + 1; second <= nb; second++) {
			/* Beyond the end: the first one alone. */
			uint16_t step = second < nb ? accepted[second] - accepted[first] : 0;
			unsigned int count = 1;

			last = accepted[first];
			for (i = second; i < nb; i++)
				if (accepted[i] == last + step) {
					last = accepted[i];
					count++;
				}
			if (count > best) {
				best = count;
				*range = (struct rte_crypto_param_range){ accepted[first], last,
									  step };
			}
		}
}

/* Probes each size of a range. */
static int
probe_each(struct virtio_crypto_dev *dev, const struct virtio_crypto_alg *alg, struct sizes *z,
	   uint16_t *member, struct rte_crypto_param_range *range)
{
	uint16_t accepted[MAX_SIZES];
	unsigned int nb = 0;
	uint32_t size;
	int ret;

	for (size = range->min; size <= range->max && nb < MAX_SIZES; size += range->increment) {
		ret = probe_size(dev, alg, z, member, size);
		if (ret < 0)
			return ret;
		if (ret == ACCEPTED)
			accepted[nb++] = size;
		if (range->increment == 0)
			break;
	}
	keep_regular(range, accepted, nb);
	return 0;
}

/* A long range with step 1 is supported as a whole if both its ends and their neighbours are. */
static int
is_whole(struct virtio_crypto_dev *dev, const struct virtio_crypto_alg *alg, struct sizes *z,
	 uint16_t *member, const struct rte_crypto_param_range *range)
{
	const uint16_t ends[] = { range->max, range->min, range->max - 1, range->min + 1 };
	unsigned int i;
	int ret = ACCEPTED;

	for (i = 0; i < RTE_DIM(ends) && ret == ACCEPTED; i++)
		ret = probe_size(dev, alg, z, member, ends[i]);
	return ret;
}

/* Finds the end of a range with step 1 which begins with accepted sizes. */
static int
probe_end(struct virtio_crypto_dev *dev, const struct virtio_crypto_alg *alg, struct sizes *z,
	  uint16_t *member, struct rte_crypto_param_range *range)
{
	uint16_t good = range->min, bad = range->max, size;
	int ret = probe_size(dev, alg, z, member, bad);

	if (ret != REFUSED)
		return RTE_MIN(ret, 0);
	ret = probe_size(dev, alg, z, member, good);
	if (ret != ACCEPTED)
		return RTE_MIN(ret, 0);
	while (good + 1 < bad) {
		size = good + (bad - good) / 2;
		ret = probe_size(dev, alg, z, member, size);
		if (ret < 0)
			return ret;
		if (ret == ACCEPTED)
			good = size;
		else
			bad = size;
	}
	range->max = good;
	return 0;
}

static int
probe_digests(struct virtio_crypto_dev *dev, struct virtio_crypto_alg *alg, struct sizes *z)
{
	int ret = REFUSED;

	if (alg->digest.increment == 1 && alg->digest.max - alg->digest.min >= 4)
		ret = is_whole(dev, alg, z, &z->digest, &alg->digest);
	return ret == REFUSED ? probe_each(dev, alg, z, &z->digest, &alg->digest) : RTE_MIN(ret, 0);
}

/* Limits a row to the accepted sizes. */
static int
probe_alg(struct virtio_crypto_dev *dev, struct virtio_crypto_alg *alg)
{
	const struct rte_crypto_param_range whole = alg->digest;
	bool zuc = virtio_crypto_alg_iv_follows_key(alg);
	/* A digest of ZUC with a key of 128 bits has 4 bytes. */
	struct sizes z = { .key = alg->key.min, .digest = zuc ? whole.min : whole.max };
	int ret = 0;

	if (alg->key.increment > 1)
		ret = probe_each(dev, alg, &z, &z.key, &alg->key);
	else if (alg->key.increment == 1)
		ret = probe_end(dev, alg, &z, &z.key, &alg->key);
	z.key = zuc ? alg->key.max : alg->key.min;
	if (ret == 0 && whole.max > whole.min)
		ret = probe_digests(dev, alg, &z);
	if (ret == 0 && alg->aad.max > 0)
		ret = probe_end(dev, alg, &z, &z.aad, &alg->aad);
	return ret;
}

int
virtio_crypto_probe_sizes(struct virtio_crypto_dev *dev)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < dev->nb_algs && ret == 0; i++) {
		struct virtio_crypto_alg probed = dev->algs[i];

		ret = probe_alg(dev, &probed);
		/* Key sizes do not depend on the other sizes. */
		dev->algs[i].key = probed.key;
		virtio_crypto_caps_advertise(dev, i, &probed);
	}
	return ret;
}
