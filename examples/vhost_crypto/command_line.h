/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * The command line of dpdk-vhost_crypto as a whole: EAL's part, "--", and the program's own part.
 * Exit statuses are those of <sysexits.h>; the man page lists them.
 */

#ifndef VHOST_CRYPTO_COMMAND_LINE_H
#define VHOST_CRYPTO_COMMAND_LINE_H

#include "options.h"

/**
 * Parses the program's own part, without the EAL, so that mistakes are reported and help is given
 * on any machine. Call it before command_line_init_eal().
 *
 * @return -1 to go on, or the exit status if the program is to end
 */
int command_line_parse(struct app_options *opts, int argc, char **argv);

/**
 * Initializes the EAL, and checks the options that depend on it.
 *
 * @return -1 to go on, or the exit status if the program is to end
 */
int command_line_init_eal(const struct app_options *opts, int argc, char **argv);

#endif /* VHOST_CRYPTO_COMMAND_LINE_H */
