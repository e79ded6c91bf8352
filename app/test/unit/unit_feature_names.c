/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/* Feature bits by name, as command lines of both sides have them. */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "unit.h"
#include "virtio_crypto_features.h"

static char reason[VIRTIO_CRYPTO_FEATURES_REASON_LEN];

static void
each_name_is_its_bit(void)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} names[] = {
		/* Numbers of the specification, for the header might be wrong. */
		{ "revision_1", 0 },	 { "cipher_stateless", 1 }, { "hash_stateless", 2 },
		{ "mac_stateless", 3 },	 { "aead_stateless", 4 },   { "akcipher_stateless", 5 },
		{ "indirect_desc", 28 }, { "event_idx", 29 },
	};
	char text[VIRTIO_CRYPTO_FEATURES_TEXT_LEN];
	uint64_t all = 0, features, again = 0;
	unsigned int i;

	for (i = 0; i < RTE_DIM(names); i++) {
		features = 0;
		CHECK(virtio_crypto_features_parse(names[i].name, &features, reason) == 0);
		CHECK(features == 1ULL << names[i].bit);
		CHECK(strcmp(virtio_crypto_features_format(features, text), names[i].name) == 0);
		all |= features;
	}
	/* The form that is written can be read. */
	virtio_crypto_features_format(all, text);
	CHECK(virtio_crypto_features_parse(text, &again, reason) == 0 && again == all);
	CHECK(strlen(virtio_crypto_features_format(UINT64_MAX, text)) < sizeof(text) - 1);
	CHECK(strstr(text, "version_1+") != NULL && strstr(text, "+akcipher_stateless") != NULL);
	CHECK(strcmp(virtio_crypto_features_format(0, text), "") == 0);
}

static void
lists_add_up(void)
{
	uint64_t features = 0;

	CHECK(virtio_crypto_features_parse("event_idx+revision_1", &features, reason) == 0);
	CHECK(virtio_crypto_features_parse("mac_stateless+event_idx", &features, reason) == 0);
	CHECK(features == (1ULL << 29 | 1ULL << 0 | 1ULL << 3));
}

static void
what_is_wrong_is_named(void)
{
	static const char *const wrong[] = { "",
					     "+",
					     "revision_1+",
					     "+revision_1",
					     "revision",
					     "revision_11",
					     "REVISION_1",
					     "revision_1,event_idx",
					     "event_idx revision_1" };
	uint64_t features = 0;
	char word[5000];
	unsigned int i;

	for (i = 0; i < RTE_DIM(wrong); i++)
		CHECK(virtio_crypto_features_parse(wrong[i], &features, reason) == -EINVAL);
	CHECK(virtio_crypto_features_parse("event_idx+revision_2", &features, reason) == -EINVAL);
	CHECK(strstr(reason, "\"revision_2\"") != NULL);
	CHECK(strstr(reason, "revision_1, cipher_stateless") != NULL);
	CHECK(strstr(reason, "akcipher_stateless") != NULL);
	/* Not among those that can be switched off. */
	CHECK(strstr(reason, "version_1,") == NULL);
	CHECK(virtio_crypto_features_parse("version_1", &features, reason) == -EINVAL);
	CHECK(strstr(reason, "version_1 cannot be disabled") != NULL);
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	CHECK(virtio_crypto_features_parse(word, &features, reason) == -EINVAL);
	CHECK(strstr(reason, "akcipher_stateless") != NULL);
	CHECK(features == 0);
}

static void
stateless_modes_require_revision_1(void)
{
	const uint64_t ring = 1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_EVENT_IDX;

	CHECK(virtio_crypto_features_valid(ring | 0x3f) == (ring | 0x3f));
	CHECK(virtio_crypto_features_valid(ring | 0x09) == (ring | 0x09));
	CHECK(virtio_crypto_features_valid(ring | 0x3e) == ring);
	CHECK(virtio_crypto_features_valid(ring | 0x20) == ring);
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(each_name_is_its_bit),
		UNIT_TEST(lists_add_up),
		UNIT_TEST(what_is_wrong_is_named),
		UNIT_TEST(stateless_modes_require_revision_1),
	};

	return unit_run(tests, RTE_DIM(tests));
}
