/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <rte_common.h>
#include <rte_version.h>

#include "vectors.h"

/* RFC 2410, section 4. */
const struct cipher_vector more_cipher_vectors[] = {
	{
		"no-cipher",
		"rfc2410-2",
		"",
		"",
		"4e6574776f726b2053656375726974792050656f706c65204861766520412053"
		"7472616e67652053656e7365204f662048756d6f72",
		"4e6574776f726b2053656375726974792050656f706c65204861766520412053"
		"7472616e67652053656e7365204f662048756d6f72",
	},
};

const unsigned int nb_more_cipher_vectors = RTE_DIM(more_cipher_vectors);

/*
 * No MAC: a text that comes with no digest. AES-CBC-MAC: the first step of packet vector 1 of RFC
 * 3610, its blocks B_0 to B_3; and NIST SP 800-38A's examples of CBC, whose IV is added to the
 * first block of the text instead, for the last block of the ciphertext. SHAKE: FIPS 202.
 */
const struct auth_vector more_auth_vectors[] = {
	{
		"no-mac",
		"no-digest",
		"",
		"",
		"123456789abcdef0",
		"",
	},
	{
		"aes-cbc-mac",
		"rfc3610-1",
		"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
		"",
		"5900000003020100a0a1a2a3a4a5001700080001020304050607000000000000"
		"08090a0b0c0d0e0f101112131415161718191a1b1c1d1e000000000000000000",
		"2dc697e411ca83a8",
	},
	{
		"aes-cbc-mac",
		"sp800-38a-f.2.1",
		"2b7e151628aed2a6abf7158809cf4f3c",
		"",
		"6bc0bce12a459991e134741a7f9e1925ae2d8a571e03ac9c9eb76fac45af8e51"
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
		"3ff1caa1681fac09120eca307586e1a7",
	},
	{
		"aes-cbc-mac",
		"sp800-38a-f.2.3",
		"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
		"",
		"6bc0bce12a459991e134741a7f9e1925ae2d8a571e03ac9c9eb76fac45af8e51"
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
		"08b0e27988598881d920a9e64f5615cd",
	},
	{
		"aes-cbc-mac",
		"sp800-38a-f.2.5",
		"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
		"",
		"6bc0bce12a459991e134741a7f9e1925ae2d8a571e03ac9c9eb76fac45af8e51"
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
		"b2eb05e2c39be9fcda6c19078c6a9d1b",
	},
#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
	{
		"shake-128",
		"fips202-empty",
		"",
		"",
		"",
		"7f9c2ba4e88f827d616045507605853e",
	},
	{
		"shake-256",
		"fips202-empty",
		"",
		"",
		"",
		"46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f",
	},
#endif
};

const unsigned int nb_more_auth_vectors = RTE_DIM(more_auth_vectors);
