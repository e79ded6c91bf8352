/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Liveness: which of the processes that share EAL's memory have ended.
 *
 * Process IDs do not suffice: processes in different PID namespaces do not see each other, and may
 * have the same ID. So each secondary process takes a number from a file beside EAL's, and keeps a
 * lock on the byte of that number. The kernel releases the lock when the process ends.
 */

#ifndef VIRTIO_CRYPTO_LIVENESS_H
#define VIRTIO_CRYPTO_LIVENESS_H

#include <stdbool.h>

/**
 * Returns the number of this process, 1 and up, which no other process has had; the same in each
 * call.
 *
 * @return the number, or a negative errno after a line in the log
 */
int virtio_crypto_liveness_get_number(void);

/** Whether the process of a number has ended. Any thread; false if that cannot be determined. */
bool virtio_crypto_liveness_has_ended(int number);

/**
 * Whether the process with a PID of this PID namespace has ended, even if its exit status is not
 * read yet: it uses no memory any more. False if it is not visible.
 */
bool virtio_crypto_liveness_pid_has_ended(int process);

#endif /* VIRTIO_CRYPTO_LIVENESS_H */
