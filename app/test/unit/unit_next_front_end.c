/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The front-end behind one that has left something to be closed by another thread, whenever that
 * thread is done: this program decides about that.
 */

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "device.h"
#include "unit.h"
#include "unit_eal.h"

#define MOST_LOOKS 8	/* at whether all is closed, more than there are */
#define PATIENT_MS 3000 /* for the next front-end */
#define NO_REQUEST 99

bool __real_vc_fd_closer_is_busy(struct vc_fd_closer *closer);
bool __wrap_vc_fd_closer_is_busy(struct vc_fd_closer *closer);

static unsigned int looks_left; /* that find something to be closed; of the control thread */
static char path[] = "/tmp/unit_next_front_end.XXXXXX/socket";

/* Something is to be closed for so many looks, and then nothing. */
bool
__wrap_vc_fd_closer_is_busy(struct vc_fd_closer *closer)
{
	if (closer->work == NULL)
		return false;
	if (looks_left > 0) {
		looks_left--;
		return true;
	}
	while (__real_vc_fd_closer_is_busy(closer))
		usleep(100);
	return false;
}

static int
connect_to_device(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(un.sun_path, path);
	CHECK(connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0);
	return fd;
}

/* Waits for an answer, or the end; returns whether it came, with some bytes or without. */
static bool
receives(int fd, bool wanted)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char bytes[64];

	return poll(&pfd, 1, PATIENT_MS) == 1 && (recv(fd, bytes, sizeof(bytes), 0) > 0) == wanted;
}

static bool
is_served(int fd)
{
	const struct vhost_user_header ask = { VHOST_USER_GET_FEATURES, VHOST_USER_VERSION, 0 };

	return send(fd, &ask, sizeof(ask), MSG_NOSIGNAL) == sizeof(ask) && receives(fd, true);
}

/* Gets itself disconnected, with bytes left that are closed with the socket. */
static void
leave_something(int fd)
{
	static const char rest[512];
	struct {
		struct vhost_user_header header;
		char behind[sizeof(rest)];
	} bad = { .header = { NO_REQUEST, VHOST_USER_VERSION, 0 } };

	CHECK(is_served(fd));
	CHECK(send(fd, &bad, sizeof(bad), MSG_NOSIGNAL) == sizeof(bad));
	CHECK(receives(fd, false));
}

static void
the_next_front_end_comes_whenever_all_is_closed(void)
{
	unsigned int looks;
	int fd;

	for (looks = 0; looks < MOST_LOOKS; looks++) {
		vc_loop_lock();
		looks_left = looks;
		vc_loop_unlock();
		fd = connect_to_device();
		leave_something(fd);
		close(fd);
		fd = connect_to_device();
		CHECK(is_served(fd));
		close(fd);
	}
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(the_next_front_end_comes_whenever_all_is_closed),
	};
	static const uint8_t cdev;
	static const uint16_t qp;
	const struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = 1,
		.cdev_ids = &cdev,
		.qp_ids = &qp,
		.socket_id = SOCKET_ID_ANY,
	};
	struct rte_vhost_crypto_device *dev = NULL;
	char *name = strrchr(path, '/');
	int ret;

	*name = '\0';
	if (!UNIT_EAL_INIT_DEVICE("--vdev", "crypto_null") || !unit_cryptodev_start(0) ||
	    mkdtemp(path) == NULL)
		return EXIT_FAILURE;
	*name = '/';
	dev = rte_vhost_crypto_device_register(path, &conf);
	if (dev == NULL)
		return EXIT_FAILURE;
	ret = unit_run(tests, RTE_DIM(tests));
	rte_vhost_crypto_device_unregister(dev);
	*name = '\0';
	rmdir(path);
	rte_eal_cleanup();
	return ret;
}
