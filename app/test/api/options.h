/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef TEST_OPTIONS_H
#define TEST_OPTIONS_H

#include "test.h"

/**
 * Read the application's own options (those behind "--").
 *
 * @return 0; 1 when help was asked for and given; -1 with a message on stderr.
 */
int options_parse(struct options *opt, int argc, char **argv);

#endif /* TEST_OPTIONS_H */
