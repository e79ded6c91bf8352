/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_WIRELESS_H
#define TEST_WIRELESS_H

#include <stdint.h>

/**
 * @file
 * SNOW 3G, ZUC and KASUMI from their specifications, for answers that OpenSSL does not have.
 *
 * They are plain, not fast. Lengths are bytes. IVs are those of cryptodev. Any thread.
 */

/** UEA2 (TS 35.215); key and IV of 16 bytes; encrypts and decrypts. */
void wireless_snow3g_uea2(const uint8_t *key, const uint8_t *iv, const uint8_t *in, uint8_t *out,
			  uint32_t len);

/** UIA2 (TS 35.215); key and IV of 16 bytes, MAC of 4. */
void wireless_snow3g_uia2(const uint8_t *key, const uint8_t *iv, const uint8_t *msg, uint32_t len,
			  uint8_t *mac);

/** EEA3 (TS 35.221) with a key and IV of 16 bytes; ZUC-256 with a key of 32 and an IV of 25. */
void wireless_zuc_eea3(const uint8_t *key, uint32_t key_len, const uint8_t *iv, const uint8_t *in,
		       uint8_t *out, uint32_t len);

/** EIA3 with a MAC of 4 bytes, or ZUC-256 with one of 4, 8 or 16. */
void wireless_zuc_eia3(const uint8_t *key, uint32_t key_len, const uint8_t *iv, const uint8_t *msg,
		       uint32_t len, uint8_t *mac, uint32_t mac_len);

/** f8 (TS 35.201); key of 16 bytes, IV of 8. */
void wireless_kasumi_f8(const uint8_t *key, const uint8_t *iv, const uint8_t *in, uint8_t *out,
			uint32_t len);

/** f9 (TS 35.201) of what COUNT begins and the padding ends, of which zeros may be left out. */
void wireless_kasumi_f9(const uint8_t *key, const uint8_t *msg, uint32_t len, uint8_t *mac);

#endif /* TEST_WIRELESS_H */
