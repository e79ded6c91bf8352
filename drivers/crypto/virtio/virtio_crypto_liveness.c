/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_eal.h>

#include "virtio_crypto_liveness.h"
#include "virtio_crypto_logs.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int file = -1; /* open as long as the process lives */

/* Locks one byte; the lock belongs to the open file, not to the process. */
static int
lock_byte(int command, short type, off_t byte, struct flock *found)
{
	*found =
		(struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	return fcntl(file, command, found) == 0 ? 0 : -errno;
}

/* Opens the file, which the first process creates. */
static int
open_file(void)
{
	char path[PATH_MAX];
	int ret = 0;

	pthread_mutex_lock(&lock);
	if (file < 0) {
		snprintf(path, sizeof(path), "%s/virtio_crypto", rte_eal_get_runtime_dir());
		file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (file < 0) {
			ret = -errno;
			VIRTIO_CRYPTO_LOG(ERR, "%s: %s", path, strerror(errno));
		}
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

/* Returns the next number; the file begins with the last one. */
static int
next_number(void)
{
	int number = 0;

	if (pread(file, &number, sizeof(number), 0) < 0)
		return -errno;
	if (number < 0 || number == INT_MAX - 1)
		number = 0;
	number++;
	return pwrite(file, &number, sizeof(number), 0) == sizeof(number) ? number : -EIO;
}

int
virtio_crypto_liveness_get_number(void)
{
	static int number;
	struct flock found;
	int ret = open_file();

	if (ret != 0 || number > 0)
		return ret != 0 ? ret : number;
	ret = lock_byte(F_OFD_SETLKW, F_WRLCK, 0, &found);
	if (ret == 0)
		ret = next_number();
	if (ret > 0) {
		number = ret;
		ret = lock_byte(F_OFD_SETLK, F_WRLCK, number, &found);
	}
	lock_byte(F_OFD_SETLK, F_UNLCK, 0, &found);
	if (ret == 0)
		return number;
	number = 0;
	VIRTIO_CRYPTO_LOG(ERR, "cannot allocate a process number: %s", strerror(-ret));
	return ret;
}

bool
virtio_crypto_liveness_has_ended(int number)
{
	struct flock found;

	return open_file() == 0 && lock_byte(F_OFD_GETLK, F_WRLCK, number, &found) == 0 &&
		found.l_type == F_UNLCK;
}

bool
virtio_crypto_liveness_pid_has_ended(int process)
{
	struct pollfd pfd = { .fd = syscall(SYS_pidfd_open, process, 0), .events = POLLIN };
	bool ended;

	if (pfd.fd < 0)
		return errno == ENOSYS ? kill(process, 0) != 0 && errno == ESRCH : errno == ESRCH;
	ended = poll(&pfd, 1, 0) > 0;
	close(pfd.fd);
	return ended;
}
