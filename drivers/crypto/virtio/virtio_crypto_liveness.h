/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Which of the processes that share EAL's memory still live.
 *
 * Numbers of the kernel will not do: processes in different PID namespaces do not see one another,
 * and may have the same number. So each secondary process takes a number of its own from a file
 * beside EAL's, and keeps a lock on the byte of that number. The kernel gives the lock up when the
 * process ends, however that happens.
 */

#ifndef VIRTIO_CRYPTO_LIVENESS_H
#define VIRTIO_CRYPTO_LIVENESS_H

#include <stdbool.h>

/**
 * The number of this process, 1 and up, which no other one has had; the same in each call.
 *
 * @return that, or a negative errno after a line in the log
 */
int virtio_crypto_liveness_get_number(void);

/** Whether the process of a number has ended. Any thread; false if that cannot be found out. */
bool virtio_crypto_liveness_has_ended(int number);

/**
 * Whether a process has ended that the kernel knows here by a number, even if nobody has asked for
 * its exit status yet. It uses no memory any more then. One that cannot be seen from here has not.
 */
bool virtio_crypto_liveness_pid_has_ended(int process);

#endif /* VIRTIO_CRYPTO_LIVENESS_H */
