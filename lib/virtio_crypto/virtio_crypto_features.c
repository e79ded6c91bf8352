/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "virtio_crypto_features.h"

static const struct {
	const char *name;
	uint8_t bit;
	bool needed; /* required by both sides */
} features_known[] = {
	{ "version_1", VIRTIO_F_VERSION_1, true },
	{ "indirect_desc", VIRTIO_RING_F_INDIRECT_DESC, false },
	{ "event_idx", VIRTIO_RING_F_EVENT_IDX, false },
	{ "ring_packed", VIRTIO_F_RING_PACKED, false },
	{ "in_order", VIRTIO_F_IN_ORDER, false },
	{ "revision_1", VIRTIO_CRYPTO_F_REVISION_1, false },
	{ "cipher_stateless", VIRTIO_CRYPTO_F_CIPHER_STATELESS_MODE, false },
	{ "hash_stateless", VIRTIO_CRYPTO_F_HASH_STATELESS_MODE, false },
	{ "mac_stateless", VIRTIO_CRYPTO_F_MAC_STATELESS_MODE, false },
	{ "aead_stateless", VIRTIO_CRYPTO_F_AEAD_STATELESS_MODE, false },
	{ "akcipher_stateless", VIRTIO_CRYPTO_F_AKCIPHER_STATELESS_MODE, false },
};

/* Appends a word to a text, with a separator unless it is the first one. */
static void
append(char *text, size_t size, const char *separator, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s", len > 0 ? separator : "", word);
}

static int
unknown(const char *word, int len, char *reason)
{
	char names[VIRTIO_CRYPTO_FEATURES_TEXT_LEN] = "";
	unsigned int i;

	for (i = 0; i < RTE_DIM(features_known); i++)
		if (!features_known[i].needed)
			append(names, sizeof(names), ", ", features_known[i].name);
	snprintf(reason, VIRTIO_CRYPTO_FEATURES_REASON_LEN,
		 "unknown feature \"%.*s\"; known features: %s", RTE_MIN(len, 32), word, names);
	return -EINVAL;
}

static int
parse_word(const char *word, size_t len, uint64_t *features, char *reason)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(features_known); i++) {
		const char *name = features_known[i].name;

		if (strlen(name) != len || strncmp(name, word, len) != 0)
			continue;
		if (features_known[i].needed) {
			snprintf(reason, VIRTIO_CRYPTO_FEATURES_REASON_LEN,
				 "%s cannot be disabled: legacy devices are not supported", name);
			return -EINVAL;
		}
		*features |= 1ULL << features_known[i].bit;
		return 0;
	}
	return unknown(word, len, reason);
}

int
virtio_crypto_features_parse(const char *list, uint64_t *features, char *reason)
{
	uint64_t found = 0;
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, "+");
		if (parse_word(list, len, &found, reason) != 0)
			return -EINVAL;
		if (list[len] == '\0')
			break;
	}
	*features |= found;
	return 0;
}

const char *
virtio_crypto_features_format(uint64_t features, char *text)
{
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < RTE_DIM(features_known); i++)
		if (virtio_crypto_has_feature(features, features_known[i].bit))
			append(text, VIRTIO_CRYPTO_FEATURES_TEXT_LEN, "+", features_known[i].name);
	return text;
}
