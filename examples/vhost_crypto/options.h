/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/** @file Command line of dpdk-vhost_crypto. */

#ifndef VHOST_CRYPTO_OPTIONS_H
#define VHOST_CRYPTO_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <rte_vhost_crypto.h>

#define MAX_LCORES  64
#define MAX_SOCKETS 64

/** An lcore and its --config. */
struct lcore_options {
	unsigned int lcore;
	uint8_t nb_cdevs;
	uint8_t cdevs[RTE_VHOST_CRYPTO_MAX_CDEVS];
	uint16_t qps[RTE_VHOST_CRYPTO_MAX_CDEVS]; /**< queue pair on each of cdevs */
};

/** A socket and its lcores, from --socket-file. */
struct socket_options {
	const char *path; /**< part of argv */
	uint16_t nb_lcores;
	uint16_t lcores[MAX_LCORES]; /**< indexes of app_options.lcores */
};

struct app_options {
	uint16_t nb_lcores;
	struct lcore_options lcores[MAX_LCORES];
	uint16_t nb_sockets;
	struct socket_options sockets[MAX_SOCKETS];
	uint16_t nb_queues;	    /**< data queues of each socket, 0: one per lcore */
	uint32_t nb_sessions;	    /**< 0: the library's default */
	uint32_t max_size;	    /**< 0: the library's default */
	uint32_t flags;		    /**< RTE_VHOST_CRYPTO_F_* */
	uint64_t disabled_features; /**< feature bits not to be offered */
	uint64_t max_memory;	    /**< bytes that a guest may have, 0: any */
	uint32_t socket_mode;	    /**< permission bits, 0: the library's default */
	bool has_socket_group;
	gid_t socket_group; /**< of the sockets, if has_socket_group */
	bool adaptive;	    /**< sleep when idle */
	bool help;
	bool version;
	bool eal_help;
};

/**
 * Parses the arguments behind those of the EAL, which need not be initialized.
 *
 * @param opts  all zero
 * @return 0, or -1 with an error message
 */
int options_parse(struct app_options *opts, int argc, char **argv);

/**
 * Checks the lcores of the options against those of the EAL.
 *
 * @return 0, or -1 with an error message
 */
int options_check_lcores(const struct app_options *opts);

/** Tests whether an argument is one of the options, with a value or without. */
bool options_is_own(const char *arg);

/** Prints the usage. */
void options_usage(const char *program);

#endif /* VHOST_CRYPTO_OPTIONS_H */
