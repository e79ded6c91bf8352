/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The door, as a hostile front-end meets it: messages of all types and sizes, with file
 * descriptors, in any order and in pieces, ended anywhere. librte_vhost, which the door relays
 * them to, is played here, and hands them to the device as it would.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_cryptodev.h>
#include <rte_vhost.h>

#include "fuzz_control.h"
#include "fuzz_device.h"
#include "fuzz_note.h"

#define MAX_FDS	 12
#define MAX_SENT (1u << 17) /* bytes that a front-end sends to a device */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rte_vhost_crypto_device *dev;

/* What there is for all inputs. */
static int front_listen, back_listen, back_path;
static int some_fd, kick_fd;
static char front_path[64];

/* librte_vhost, for one front-end. */
static struct {
	const struct rte_vhost_user_extern_ops *ops;
	uint64_t features;
	uint32_t nb_regions;
	bool silent; /* replies to nothing */
	int fd;
	uint32_t have;
	struct {
		struct vhost_user_header header;
		uint8_t payload[VHOST_USER_MAX_PAYLOAD];
	} msg;
} back;

/* The front-end, and all that it has sent. */
static struct {
	int fd;
	int note_fd; /* memory that it was given to note requests in flight, or -1 */
	uint64_t session;
	uint8_t sent[MAX_SENT];
	uint32_t nb_sent;
	uint32_t relayed; /* of it, messages that the door answers included */
} front;

int
rte_vhost_get_mem_table(int vid, struct rte_vhost_memory **table)
{
	struct rte_vhost_memory *t;
	uint32_t i;

	(void)vid;
	t = calloc(1, sizeof(*t) + FUZZ_REGIONS * sizeof(t->regions[0]));
	FUZZ_MUST(t != NULL);
	t->nregions = back.nb_regions;
	for (i = 0; i < back.nb_regions; i++) {
		t->regions[i].guest_phys_addr = fuzz_regions[i].gpa;
		t->regions[i].size = fuzz_regions[i].size;
		t->regions[i].host_user_addr = (uintptr_t)fuzz_regions[i].va;
	}
	*table = t;
	return 0;
}

int
rte_vhost_get_negotiated_features(int vid, uint64_t *features)
{
	(void)vid;
	*features = back.features;
	return 0;
}

int
rte_vhost_extern_callback_register(int vid, struct rte_vhost_user_extern_ops const *const ops,
				   void *ctx)
{
	(void)vid;
	(void)ctx;
	back.ops = ops;
	return 0;
}

void
rte_vhost_log_write(int vid, uint64_t addr, uint64_t len)
{
	(void)vid;
	FUZZ_MUST(fuzz_va(addr, len) != NULL);
}

void
rte_vhost_log_used_vring(int vid, uint16_t index, uint64_t offset, uint64_t len)
{
	(void)vid;
	FUZZ_MUST(index <= dev->nb_queues && offset + len <= FUZZ_RINGS);
}

/* A socket that listens, of which only a file descriptor knows the path. */
static int
listen_anywhere(int *path_fd)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	char dir[] = "/tmp/fuzz_door_XXXXXX";

	FUZZ_MUST(fd >= 0 && mkdtemp(dir) != NULL);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/socket", dir);
	FUZZ_MUST(bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0 && listen(fd, 16) == 0);
	*path_fd = open(un.sun_path, O_PATH);
	FUZZ_MUST(*path_fd >= 0);
	unlink(un.sun_path);
	rmdir(dir);
	return fd;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int fd;

	(void)argc;
	(void)argv;
	fuzz_device_init();
	front_listen = listen_anywhere(&fd);
	snprintf(front_path, sizeof(front_path), "/proc/self/fd/%d", fd);
	back_listen = listen_anywhere(&back_path);
	some_fd = open("/dev/null", O_RDWR);
	kick_fd = eventfd(0, EFD_NONBLOCK);
	FUZZ_MUST(some_fd >= 0 && kick_fd >= 0 && vc_thread_get() == 0);
	return 0;
}

static unsigned int
count_fds(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* What librte_vhost does with a message, as far as the device can see. */
static void
handle(uint32_t request, const uint8_t *payload)
{
	struct vhost_user_vring_state state;
	uint64_t value;

	memcpy(&state, payload, sizeof(state));
	memcpy(&value, payload, sizeof(value));
	switch (request) {
	case VHOST_USER_SET_FEATURES:
		back.features = value & dev->offered;
		fuzz_ring.packed = back.features >> VIRTIO_F_RING_PACKED & 1;
		break;
	case VHOST_USER_SET_MEM_TABLE:
		back.nb_regions = state.index % (FUZZ_REGIONS + 1);
		break;
	case VHOST_USER_RESET_OWNER:
		back.nb_regions = 0;
		break;
	case VHOST_USER_SET_VRING_NUM:
		fuzz_ring.size = state.num % 129;
		break;
	case VHOST_USER_SET_VRING_BASE:
		fuzz_ring.base = state.num;
		fuzz_ring.next = fuzz_ring.packed ? state.num : 0;
		break;
	case VHOST_USER_SET_VRING_KICK:
		/* It may be none of those that one can wait for. */
		fuzz_ring.kickfd = state.num & 1 ? some_fd : kick_fd;
		if (value & VHOST_USER_VRING_NOFD)
			fuzz_ring.kickfd = -1;
		break;
	case VHOST_USER_SET_VRING_ADDR:
		fuzz_ring.skew = state.num;
		break;
	default:
		break;
	}
}

static void
poll_queue(void)
{
	unsigned int i;

	/* Whoever stops a queue waits for what is in flight. */
	for (i = 0; i < 20 && (i == 0 || dev->queues[0].in_flight > 0); i++) {
		fuzz_turn();
		vc_queue_poll(&dev->queues[0], 32);
		fuzz_turn_end();
	}
}

static bool
always_replies(uint32_t request)
{
	return request == VHOST_USER_GET_FEATURES || request == VHOST_USER_GET_PROTOCOL_FEATURES ||
		request == VHOST_USER_GET_VRING_BASE || request == VHOST_USER_SET_LOG_BASE ||
		request == VHOST_USER_GET_INFLIGHT_FD || request == VHOST_USER_GET_STATUS;
}

static void
reply(uint32_t request, uint64_t value)
{
	struct {
		struct vhost_user_header header;
		uint64_t value;
	} __attribute__((packed))
	r = { { request, VHOST_USER_VERSION | VHOST_USER_REPLY, sizeof(value) }, value };

	send(back.fd, &r, sizeof(r), MSG_NOSIGNAL);
}

/* The next message that the front-end has sent must be this one, unless the door answers it. */
static void
check_relayed(void)
{
	const struct vhost_user_header *h = &back.msg.header;
	struct vhost_user_header sent;

	do {
		FUZZ_MUST(front.relayed + sizeof(sent) <= front.nb_sent);
		memcpy(&sent, &front.sent[front.relayed], sizeof(sent));
		FUZZ_MUST(sent.size <= VHOST_USER_MAX_PAYLOAD &&
			  front.relayed + sizeof(sent) + sent.size <= front.nb_sent);
		front.relayed += sizeof(sent) + sent.size;
	} while (vc_door_answers(sent.request));
	FUZZ_MUST(sent.size == h->size &&
		  memcmp(h, &front.sent[front.relayed - sent.size - sizeof(sent)],
			 sizeof(sent) + sent.size) == 0);
}

static void
back_message(void)
{
	const struct vhost_user_header *h = &back.msg.header;

	check_relayed();
	poll_queue();
	if (back.ops != NULL &&
	    back.ops->pre_msg_handle(0, &back.msg) == RTE_VHOST_MSG_RESULT_NOT_HANDLED) {
		handle(h->request, back.msg.payload);
		back.ops->post_msg_handle(0, &back.msg);
	}
	if (!back.silent && (always_replies(h->request) || (h->flags & VHOST_USER_NEED_REPLY)))
		reply(h->request, 0);
}

/* Closes a file descriptor, or keeps it in place of another one. */
static void
keep_fd(int fd, int *kept)
{
	int other = fd;

	if (kept != NULL) {
		other = *kept;
		*kept = fd;
	}
	if (other >= 0)
		close(other);
}

/* Receives; of the file descriptors at most one is kept. */
static ssize_t
receive(int fd, void *to, size_t len, int *kept)
{
	char control[CMSG_SPACE(MAX_FDS * sizeof(int))];
	struct iovec iov = { to, len };
	struct msghdr hdr = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &hdr, MSG_DONTWAIT);
	struct cmsghdr *c;
	unsigned int i;

	for (c = n < 0 ? NULL : CMSG_FIRSTHDR(&hdr); c != NULL; c = CMSG_NXTHDR(&hdr, c))
		for (i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++)
			keep_fd(((int *)CMSG_DATA(c))[i], kept);
	return n;
}

static void
back_close(void)
{
	if (back.fd < 0)
		return;
	poll_queue();
	if (vc_device_attached(dev))
		vc_device_detach(dev);
	close(back.fd);
	back.fd = -1;
}

static bool
back_run(void)
{
	uint32_t want = sizeof(back.msg.header);
	ssize_t n;

	if (back.fd < 0)
		return false;
	if (back.have >= want)
		want += back.msg.header.size;
	n = receive(back.fd, (uint8_t *)&back.msg + back.have, want - back.have, NULL);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		back_close();
		return true;
	}
	back.have += n;
	FUZZ_MUST(back.have < sizeof(back.msg.header) ||
		  back.msg.header.size <= VHOST_USER_MAX_PAYLOAD);
	if (back.have < sizeof(back.msg.header) ||
	    back.have < sizeof(back.msg.header) + back.msg.header.size)
		return true;
	back_message();
	back.have = 0;
	return true;
}

/* Takes replies, of which it remembers the session that it was given. */
static bool
front_run(void)
{
	struct vhost_user_header h;
	uint8_t payload[VHOST_USER_MAX_PAYLOAD];
	uint64_t id;

	if (front.fd < 0 || receive(front.fd, &h, sizeof(h), &front.note_fd) != sizeof(h))
		return false;
	FUZZ_MUST(h.size <= sizeof(payload));
	if (h.size > 0 && receive(front.fd, payload, h.size, NULL) != (ssize_t)h.size)
		return false;
	if (h.request == VHOST_USER_CREATE_CRYPTO_SESSION) {
		memcpy(&id,
		       h.size == sizeof(struct vhost_user_crypto_session) ?
			       payload + offsetof(struct vhost_user_crypto_session, session_id) :
			       payload,
		       sizeof(id));
		if ((int64_t)id > 0)
			front.session = id;
	}
	return true;
}

/* Until nobody has anything to do. */
static void
run(void)
{
	unsigned int i;

	for (i = 0; i < 200; i++) {
		bool busy = fuzz_control_run();

		busy |= back_run();
		busy |= front_run();
		if (!busy)
			break;
	}
}

/* Whether the door has connected, maybe again. */
static bool
connected(void)
{
	int fd = accept4(front_listen, NULL, NULL, SOCK_NONBLOCK);

	if (fd < 0)
		return false;
	if (front.fd >= 0)
		close(front.fd);
	back_close();
	front.fd = fd;
	back.fd = accept4(back_listen, NULL, NULL, SOCK_NONBLOCK);
	FUZZ_MUST(back.fd >= 0);
	front.nb_sent = 0;
	front.relayed = 0;
	front.session = 0;
	back.have = 0;
	back.silent = false;
	back.ops = NULL;
	back.features = 0;
	back.nb_regions = 0;
	fuzz_ring.size = 0;
	fuzz_ring.base = 0;
	fuzz_ring.skew = 0;
	fuzz_ring.next = 0;
	fuzz_ring.packed = false;
	vc_thread_lock();
	FUZZ_MUST(vc_device_attach(dev, 0) == 0);
	vc_thread_unlock();
	return true;
}

/* The front-end goes; as a client the door looks for the next one at once. */
static void
front_close(bool again)
{
	if (front.fd >= 0)
		close(front.fd);
	front.fd = -1;
	run();
	if (!again)
		return;
	back_close();
	run();
	vc_thread_lock();
	vc_door_continue(&dev->door);
	vc_thread_unlock();
	FUZZ_MUST(connected());
}

/* A file descriptor to be sent. */
static int
choose_fd(uint8_t which)
{
	if (which == 0)
		return some_fd;
	if (which == 1 && front.note_fd >= 0)
		return front.note_fd;
	return fuzz_note_fd(which - 2);
}

/* Sends bytes, with file descriptors: how many, and which ones. */
static void
send_bytes(const void *bytes, size_t len, uint8_t fds)
{
	unsigned int nb_fds = fds % MAX_FDS;
	char control[CMSG_SPACE(MAX_FDS * sizeof(int))] = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, len };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	unsigned int i;
	ssize_t n;

	if (front.fd < 0 || len == 0 || front.nb_sent + len > sizeof(front.sent))
		return;
	if (nb_fds > 0) {
		hdr.msg_control = control;
		hdr.msg_controllen = CMSG_SPACE(nb_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&hdr);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nb_fds * sizeof(int));
		for (i = 0; i < nb_fds; i++)
			((int *)CMSG_DATA(c))[i] = choose_fd(fds / MAX_FDS);
	}
	n = sendmsg(front.fd, &hdr, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n <= 0)
		return;
	memcpy(&front.sent[front.nb_sent], bytes, n);
	front.nb_sent += n;
}

/* A message in the making. */
struct message {
	struct vhost_user_header header;
	uint8_t payload[VHOST_USER_MAX_PAYLOAD];
};

/* The parameters of a session in the newer form, from the bytes of a request that creates it. */
static void
put_session(struct message *m, enum fuzz_kind kind, bool old)
{
	struct vhost_user_crypto_session_old o = { 0 };
	struct vhost_user_crypto_session n = { 0 };
	struct vhost_user_crypto_sym info = { 0 };
	struct wire_bytes b;
	const uint8_t *p = b.data + 16;
	uint32_t key_len;

	fuzz_create(&b, kind, 0);
	if (wire_get32(b.data, 0) == AKCIPHER_CREATE_SESSION) {
		key_len = wire_get32(p, 8);
		n.op_code = AKCIPHER_CREATE_SESSION;
		n.u.asym.algo = wire_get32(p, 0);
		n.u.asym.key_type = wire_get32(p, 4);
		n.u.asym.key_len = key_len;
		n.u.asym.padding_algo = wire_get32(p, 12);
		n.u.asym.hash_algo = wire_get32(p, 16);
		memcpy(n.u.asym.key, b.data + 72, key_len);
		memcpy(m->payload, &n, sizeof(n));
		m->header.size = sizeof(n);
		return;
	}
	info.op_type = kind >= FUZZ_CHAIN_ENCRYPT && kind <= FUZZ_CHAIN_GMAC ?
		SYM_OP_ALGORITHM_CHAINING :
		SYM_OP_CIPHER;
	info.cipher_alg = kind == FUZZ_CHAIN_GMAC ? NO_CIPHER : CIPHER_AES_CBC;
	info.key_len = 16;
	info.direction = OP_ENCRYPT;
	info.alg_chain_order = CIPHER_THEN_HASH;
	info.hash_mode = HASH_MODE_AUTH;
	info.hash_alg = MAC_HMAC_SHA1;
	info.hash_result_len = 20;
	info.auth_key_len = 20;
	if (old) {
		o.op_code = CIPHER_CREATE_SESSION;
		o.info = info;
		memcpy(m->payload, &o, sizeof(o));
		m->header.size = sizeof(o);
	} else {
		n.op_code = CIPHER_CREATE_SESSION;
		n.u.sym.info = info;
		memcpy(m->payload, &n, sizeof(n));
		m->header.size = sizeof(n);
	}
}

/* A message that is right, of a type that may be none, with these in its first fields. */
static void
make_message(struct message *m, uint32_t request, uint32_t index, uint32_t num)
{
	const struct vhost_user_vring_state state = { index, num };
	struct vhost_user_config config = { .offset = index, .size = num };
	const struct vhost_user_inflight inflight = { .mmap_size = vc_inflight_bytes(index, num),
						      .num_queues = index,
						      .queue_size = num };
	uint64_t features;

	memset(m, 0, sizeof(*m));
	m->header.request = request;
	m->header.flags = VHOST_USER_VERSION;
	m->header.size = sizeof(state);
	memcpy(m->payload, &state, sizeof(state));
	switch (request) {
	case VHOST_USER_SET_FEATURES:
		features = dev->offered & ~((uint64_t)(num & 3) << VIRTIO_F_RING_PACKED);
		memcpy(m->payload, &features, sizeof(features));
		break;
	case VHOST_USER_SET_MEM_TABLE:
		m->header.size = 8 + FUZZ_REGIONS * sizeof(struct vhost_user_region);
		break;
	case VHOST_USER_SET_VRING_ADDR:
		m->header.size = sizeof(struct vhost_user_vring_addr);
		break;
	case VHOST_USER_ADD_MEM_REG:
	case VHOST_USER_REM_MEM_REG:
		m->header.size = sizeof(struct vhost_user_memory_single);
		break;
	case VHOST_USER_GET_CONFIG:
	case VHOST_USER_SET_CONFIG:
		memcpy(m->payload, &config, sizeof(config));
		m->header.size = offsetof(struct vhost_user_config, region) + num % 257;
		break;
	case VHOST_USER_GET_INFLIGHT_FD:
	case VHOST_USER_SET_INFLIGHT_FD:
		memcpy(m->payload, &inflight, sizeof(inflight));
		m->header.size = sizeof(inflight);
		break;
	case VHOST_USER_CREATE_CRYPTO_SESSION:
		put_session(m, index % FUZZ_KINDS, num & 1);
		break;
	case VHOST_USER_CLOSE_CRYPTO_SESSION:
		memcpy(m->payload, &front.session, sizeof(front.session));
		break;
	default:
		break;
	}
}

/* Sends a message, some of it spoilt, in one piece or in two. */
static void
message(struct fuzz_input *in)
{
	uint32_t request = fuzz_u8(in), index = fuzz_u8(in), num = fuzz_u8(in), total, cut;
	uint8_t how = fuzz_u8(in);
	unsigned int i;
	struct message m;

	make_message(&m, request, index, num);
	if (how & 1)
		m.header.flags |= VHOST_USER_NEED_REPLY;
	if (how & 2)
		m.header.flags = fuzz_u32(in);
	if (how & 4)
		m.header.size = fuzz_spoilt(in, m.header.size);
	for (i = how >> 3 & 3; i > 0; i--) {
		uint32_t at = fuzz_u8(in) * 4, value;

		memcpy(&value, m.payload + at, sizeof(value));
		value = fuzz_spoilt(in, value);
		memcpy(m.payload + at, &value, sizeof(value));
	}
	total = sizeof(m.header) + RTE_MIN(m.header.size, (uint32_t)sizeof(m.payload));
	if (how & 0x20) {
		cut = fuzz_u16(in) % total;
		send_bytes(&m, cut, how >> 6);
		run();
		if (how & 0x40)
			send_bytes((uint8_t *)&m + cut, total - cut, fuzz_u8(in));
	} else {
		send_bytes(&m, total, how & 0x40 ? fuzz_u8(in) : 0);
	}
	if (!(how & 0x80))
		run();
}

/* What librte_vhost never says, but might. */
static void
odd_reply(struct fuzz_input *in)
{
	uint8_t bytes[32];
	unsigned int i, n = fuzz_u8(in) % sizeof(bytes);

	for (i = 0; i < n; i++)
		bytes[i] = fuzz_u8(in);
	if (back.fd >= 0)
		send(back.fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A request on the ring that may run by now. */
static void
ring_request(struct fuzz_input *in)
{
	enum fuzz_kind kind = fuzz_u8(in) % FUZZ_KINDS;
	bool data = fuzz_u8(in) & 1;
	struct fuzz_content content = { .room = 15 };
	struct fuzz_chain c;
	struct wire_bytes b;

	if (fuzz_ring.size == 0)
		return;
	if (data)
		fuzz_request(&b, &content, kind, 64, dev->features, true, front.session);
	else
		fuzz_create(&b, kind, dev->features);
	fuzz_spoil(in, &b);
	fuzz_chain_lay(in, &c, &b, &content);
	fuzz_ring_put(in, &c);
	eventfd_write(kick_fd, 1);
	poll_queue();
}

static void
step(struct fuzz_input *in)
{
	uint8_t what = fuzz_u8(in), bytes[64];
	unsigned int i, n;

	switch (what >= 0xf0 ? 10 : what % 10) {
	case 5:
		ring_request(in);
		break;
	case 6:
		n = fuzz_u8(in) % sizeof(bytes);
		for (i = 0; i < n; i++)
			bytes[i] = fuzz_u8(in);
		send_bytes(bytes, n, 0);
		break;
	case 7:
		if (fuzz_u8(in) & 1)
			back.silent = !back.silent;
		else
			odd_reply(in);
		break;
	case 8:
		if (fuzz_u8(in) & 1)
			back_close();
		else
			front_close(true);
		break;
	case 9:
		fuzz_ring_spoil(in);
		break;
	case 10:
		fuzz_note_spoil(in);
		break;
	default:
		message(in);
		break;
	}
	run();
	/* The door has sent the front-end away, and looks for another one. */
	if (!connected() && (dev->door.state != VC_DOOR_CONNECTED || dev->door.front.fd < 0))
		front_close(true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	unsigned int nb_fds;

	dev = fuzz_device_open(&in);
	dev->mem.nb_regions = 0;
	nb_fds = count_fds();
	front.fd = -1;
	front.note_fd = -1;
	back.fd = -1;
	snprintf(dev->path, sizeof(dev->path), "%s", front_path);
	dev->door.client = true;
	dev->door.shut = false;
	vc_thread_lock();
	FUZZ_MUST(vc_door_open(&dev->door, dup(back_path)) == 0);
	vc_thread_unlock();
	FUZZ_MUST(connected());
	while (in.left > 0)
		step(&in);
	vc_thread_lock();
	vc_door_disconnect(&dev->door);
	vc_thread_unlock();
	front_close(false);
	back_close();
	run();
	keep_fd(-1, &front.note_fd);
	FUZZ_MUST(dev->door.state == VC_DOOR_IDLE);
	vc_thread_lock();
	vc_door_close(&dev->door);
	vc_thread_unlock();
	FUZZ_MUST(count_fds() == nb_fds);
	fuzz_device_close(dev);
	return 0;
}
