/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The driver's side of vhost-user. The back-end is the other end of a pair of sockets: what it
 * answers is written before it is asked, as the driver reads no sooner than it has sent.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_log.h>

#include "unit.h"
#include "virtio_crypto_session.h"
#include "virtio_user.h"

static struct virtio_user vu;
static int back;

static void
open_pair(uint64_t protocol_features)
{
	int pair[2];

	memset(&vu, 0, sizeof(vu));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	vu.vu.fd = pair[0];
	vu.vu.protocol_features = protocol_features;
	back = pair[1];
}

static void
close_pair(void)
{
	close(vu.vu.fd);
	close(back);
}

static void
answer(uint32_t request, uint32_t flags, const void *payload, uint32_t len)
{
	struct vhost_user_header header = { request, flags, len };

	CHECK(write(back, &header, sizeof(header)) == sizeof(header));
	CHECK(write(back, payload, len) == (ssize_t)len);
}

static void
answer_u64(uint32_t request, uint64_t value)
{
	answer(request, VHOST_USER_VERSION | VHOST_USER_REPLY, &value, sizeof(value));
}

static void
numbers_are_asked_for(void)
{
	struct vhost_user_header sent;
	uint64_t value = 0;

	open_pair(0);
	answer_u64(VHOST_USER_GET_FEATURES, 0x123456789abcdef0);
	CHECK(vhost_user_get_u64(&vu.vu, VHOST_USER_GET_FEATURES, &value) == 0);
	CHECK(value == 0x123456789abcdef0);
	CHECK(read(back, &sent, sizeof(sent)) == sizeof(sent));
	CHECK(sent.request == VHOST_USER_GET_FEATURES && sent.flags == VHOST_USER_VERSION &&
	      sent.size == 0);
	close_pair();
}

static void
answers_that_make_no_sense_are_refused(void)
{
	const uint32_t good = VHOST_USER_VERSION | VHOST_USER_REPLY;
	const struct vhost_user_header bad[] = {
		{ VHOST_USER_GET_QUEUE_NUM, good, 8 },
		{ VHOST_USER_GET_FEATURES, VHOST_USER_VERSION, 8 },
		{ VHOST_USER_GET_FEATURES, 2 | VHOST_USER_REPLY, 8 },
		{ VHOST_USER_GET_FEATURES, good, 16 },
		{ VHOST_USER_GET_FEATURES, good, 4 },
		{ VHOST_USER_GET_FEATURES, good, 0 },
	};
	const uint8_t payload[16] = { 0 };
	uint64_t value[2] = { 0, 42 };
	unsigned int i;

	for (i = 0; i < RTE_DIM(bad); i++) {
		open_pair(0);
		answer(bad[i].request, bad[i].flags, payload, bad[i].size);
		CHECK(vhost_user_get_u64(&vu.vu, VHOST_USER_GET_FEATURES, value) == -EPROTO);
		CHECK(value[1] == 42);
		close_pair();
	}
}

static void
a_back_end_that_goes_is_noticed(void)
{
	uint64_t value;

	open_pair(0);
	CHECK(write(back, "\1\0\0\0\5", 5) == 5);
	shutdown(back, SHUT_WR);
	CHECK(vhost_user_get_u64(&vu.vu, VHOST_USER_GET_FEATURES, &value) == -ECONNRESET);
	close(back);
	CHECK(vhost_user_get_u64(&vu.vu, VHOST_USER_GET_FEATURES, &value) == -EPIPE);
	close(vu.vu.fd);
}

static void
acknowledgements_are_waited_for(void)
{
	struct vhost_user_header sent;
	uint64_t value;

	open_pair(1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK);
	answer_u64(VHOST_USER_SET_FEATURES, 0);
	CHECK(vhost_user_set_u64(&vu.vu, VHOST_USER_SET_FEATURES, 42, -1) == 0);
	CHECK(read(back, &sent, sizeof(sent)) == sizeof(sent));
	CHECK(sent.flags == (VHOST_USER_VERSION | VHOST_USER_NEED_REPLY) && sent.size == 8);
	CHECK(read(back, &value, sizeof(value)) == sizeof(value) && value == 42);
	answer_u64(VHOST_USER_SET_FEATURES, 1);
	CHECK(vhost_user_set_u64(&vu.vu, VHOST_USER_SET_FEATURES, 42, -1) == -EREMOTEIO);
	close_pair();
	/* Without the feature there is nothing to wait for. */
	open_pair(0);
	CHECK(vhost_user_set_u64(&vu.vu, VHOST_USER_SET_FEATURES, 42, -1) == 0);
	close_pair();
}

static void
a_descriptor_goes_with_a_kick(void)
{
	char space[CMSG_SPACE(sizeof(int))], payload[20], seen;
	struct iovec iov = { payload, sizeof(payload) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = space,
			      .msg_controllen = sizeof(space) };
	int fds[2], got = -1;

	open_pair(0);
	CHECK(pipe(fds) == 0);
	CHECK(vhost_user_set_u64(&vu.vu, VHOST_USER_SET_VRING_KICK, 3, fds[1]) == 0);
	CHECK(recvmsg(back, &msg, 0) == sizeof(payload));
	CHECK(CMSG_FIRSTHDR(&msg) != NULL && CMSG_FIRSTHDR(&msg)->cmsg_type == SCM_RIGHTS);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(got));
	CHECK(write(got, "x", 1) == 1 && read(fds[0], &seen, 1) == 1 && seen == 'x');
	close(got);
	close(fds[0]);
	close(fds[1]);
	close_pair();
}

/* Parameters of a chain, as the control queue would be given them. */
static struct virtio_crypto_session_params *
chain_params(void)
{
	struct virtio_crypto_session_params *p = calloc(1, sizeof(*p) + 36);
	struct virtio_crypto_sym_create_session_req *sym = &p->req.u.sym_create_session;
	struct virtio_crypto_alg_chain_session_para *chain = &sym->u.chain.para;

	p->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	p->cipher_key_len = 16;
	p->auth_key_len = 20;
	memset(p->keys, 0xc1, 16);
	memset(p->keys + 16, 0xa1, 20);
	sym->op_type = rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING);
	chain->alg_chain_order = rte_cpu_to_le_32(
		VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_CIPHER_THEN_HASH);
	chain->hash_mode = rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_HASH_MODE_AUTH);
	chain->cipher_param.algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_AES_CBC);
	chain->cipher_param.keylen = rte_cpu_to_le_32(16);
	chain->cipher_param.op = rte_cpu_to_le_32(VIRTIO_CRYPTO_OP_ENCRYPT);
	chain->u.mac_param.algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_MAC_HMAC_SHA1);
	chain->u.mac_param.hash_result_len = rte_cpu_to_le_32(12);
	chain->u.mac_param.auth_key_len = rte_cpu_to_le_32(20);
	return p;
}

static void
check_info(const struct vhost_user_crypto_sym *info, const uint8_t *cipher_key,
	   const uint8_t *auth_key)
{
	CHECK(info->cipher_alg == VIRTIO_CRYPTO_CIPHER_AES_CBC && info->key_len == 16);
	CHECK(info->hash_alg == VIRTIO_CRYPTO_MAC_HMAC_SHA1 && info->auth_key_len == 20);
	CHECK(info->hash_result_len == 12 && info->aad_len == 0);
	CHECK(info->op_type == VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING);
	CHECK(info->direction == VIRTIO_CRYPTO_OP_ENCRYPT);
	CHECK(info->hash_mode == VIRTIO_CRYPTO_SYM_HASH_MODE_AUTH);
	CHECK(info->alg_chain_order == VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_CIPHER_THEN_HASH);
	CHECK(cipher_key[0] == 0xc1 && cipher_key[15] == 0xc1 && cipher_key[16] == 0);
	CHECK(auth_key[0] == 0xa1 && auth_key[19] == 0xa1 && auth_key[20] == 0);
}

static void
sessions_are_created_in_the_new_form(void)
{
	struct vhost_user_crypto_session msg = { .session_id = 77 };
	struct virtio_crypto_session_params *p = chain_params();
	struct vhost_user_header header;
	uint64_t id = 0;

	open_pair(0);
	vu.session_msg = VIRTIO_USER_SESSION_MSG_NEW;
	answer(VHOST_USER_CREATE_CRYPTO_SESSION, VHOST_USER_VERSION | VHOST_USER_REPLY, &msg,
	       sizeof(msg));
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == 0 && id == 77);
	CHECK(read(back, &header, sizeof(header)) == sizeof(header) && header.size == 1072);
	CHECK(read(back, &msg, sizeof(msg)) == sizeof(msg));
	CHECK(msg.op_code == VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	check_info(&msg.u.sym.info, msg.u.sym.cipher_key, msg.u.sym.auth_key);
	close_pair();
	free(p);
}

static void
sessions_are_created_in_the_old_form(void)
{
	struct vhost_user_crypto_session_old msg = { .session_id = -VIRTIO_CRYPTO_NOTSUPP };
	struct virtio_crypto_session_params *p = chain_params();
	struct vhost_user_header header;
	uint64_t id;

	open_pair(0);
	vu.session_msg = VIRTIO_USER_SESSION_MSG_OLD;
	answer(VHOST_USER_CREATE_CRYPTO_SESSION, VHOST_USER_VERSION | VHOST_USER_REPLY, &msg,
	       sizeof(msg));
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == -ENOTSUP);
	CHECK(read(back, &header, sizeof(header)) == sizeof(header) && header.size == 632);
	CHECK(read(back, &msg, sizeof(msg)) == sizeof(msg));
	CHECK(msg.op_code == VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	check_info(&msg.info, msg.cipher_key, msg.auth_key);
	msg.session_id = INT64_MIN;
	answer(VHOST_USER_CREATE_CRYPTO_SESSION, VHOST_USER_VERSION | VHOST_USER_REPLY, &msg,
	       sizeof(msg));
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == -EIO);
	close_pair();
	free(p);
}

static void
answers_about_sessions_are_whole(void)
{
	const uint32_t good = VHOST_USER_VERSION | VHOST_USER_REPLY;
	struct virtio_crypto_session_params *p = chain_params();
	static const uint8_t payload[1072];
	uint32_t i;
	uint64_t id;

	for (i = 0; i < 4; i++) {
		bool old = i % 2;
		uint32_t size = old ? 632 : 1072;

		open_pair(0);
		vu.session_msg = old ? VIRTIO_USER_SESSION_MSG_OLD : VIRTIO_USER_SESSION_MSG_NEW;
		answer(VHOST_USER_CREATE_CRYPTO_SESSION, good, payload, i < 2 ? size - 1 : 0);
		CHECK(virtio_user_session_create(&vu.tr, p, &id) == -EPROTO);
		close_pair();
	}
	free(p);
}

static void
messages_know_no_other_sessions(void)
{
	struct virtio_crypto_session_params *p = chain_params();
	uint64_t id;

	open_pair(0);
	p->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_MAC_CREATE_SESSION);
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == -ENOTSUP);
	p->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	p->cipher_key_len = VHOST_USER_CRYPTO_MAX_CIPHER_KEY + 1;
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == -ENOTSUP);
	p->cipher_key_len = 16;
	close_pair();
	free(p);
}

/* A public key, which the messages need not understand. */
static struct virtio_crypto_session_params *
asym_params(uint32_t key_len)
{
	struct virtio_crypto_session_params *p = calloc(1, sizeof(*p) + key_len);
	struct virtio_crypto_akcipher_session_para *para = &p->req.u.akcipher_create_session.para;

	p->req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	p->cipher_key_len = key_len;
	memset(p->keys, 0x4e, key_len);
	para->algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_RSA);
	para->keytype = rte_cpu_to_le_32(VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC);
	para->keylen = rte_cpu_to_le_32(key_len);
	para->u.rsa.padding_algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_RSA_PKCS1_PADDING);
	para->u.rsa.hash_algo = rte_cpu_to_le_32(VIRTIO_CRYPTO_RSA_SHA256);
	return p;
}

static void
asymmetric_sessions_are_created(void)
{
	struct virtio_crypto_session_params *p = asym_params(VHOST_USER_CRYPTO_MAX_ASYM_KEY);
	struct vhost_user_crypto_session msg = { .session_id = 78 };
	struct vhost_user_header header;
	uint64_t id = 0;

	open_pair(0);
	vu.session_msg = VIRTIO_USER_SESSION_MSG_NEW;
	answer(VHOST_USER_CREATE_CRYPTO_SESSION, VHOST_USER_VERSION | VHOST_USER_REPLY, &msg,
	       sizeof(msg));
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == 0 && id == 78);
	CHECK(read(back, &header, sizeof(header)) == sizeof(header) && header.size == 1072);
	CHECK(read(back, &msg, sizeof(msg)) == sizeof(msg));
	CHECK(msg.op_code == VIRTIO_CRYPTO_AKCIPHER_CREATE_SESSION);
	CHECK(msg.u.asym.algo == VIRTIO_CRYPTO_AKCIPHER_RSA);
	CHECK(msg.u.asym.key_type == VIRTIO_CRYPTO_AKCIPHER_KEY_TYPE_PUBLIC);
	CHECK(msg.u.asym.key_len == VHOST_USER_CRYPTO_MAX_ASYM_KEY);
	CHECK(msg.u.asym.padding_algo == VIRTIO_CRYPTO_RSA_PKCS1_PADDING);
	CHECK(msg.u.asym.hash_algo == VIRTIO_CRYPTO_RSA_SHA256);
	CHECK(memcmp(msg.u.asym.key, p->keys, VHOST_USER_CRYPTO_MAX_ASYM_KEY) == 0);
	/* The old form has no such sessions. */
	vu.session_msg = VIRTIO_USER_SESSION_MSG_OLD;
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == -ENOTSUP);
	free(p);
	p = asym_params(VHOST_USER_CRYPTO_MAX_ASYM_KEY + 1);
	vu.session_msg = VIRTIO_USER_SESSION_MSG_NEW;
	CHECK(virtio_user_session_create(&vu.tr, p, &id) == -ENOTSUP);
	free(p);
	close_pair();
}

static void
the_form_of_messages_is_found_out(void)
{
	struct vhost_user_crypto_session msg = { .session_id = -VIRTIO_CRYPTO_NOTSUPP };

	open_pair(1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK);
	answer_u64(VHOST_USER_CREATE_CRYPTO_SESSION, 1);
	CHECK(virtio_user_session_probe(&vu) == 0);
	CHECK(vu.session_msg == VIRTIO_USER_SESSION_MSG_NEW);
	close_pair();
	open_pair(0);
	answer(VHOST_USER_CREATE_CRYPTO_SESSION, VHOST_USER_VERSION | VHOST_USER_REPLY, &msg,
	       sizeof(msg));
	CHECK(virtio_user_session_probe(&vu) == 0);
	CHECK(vu.session_msg == VIRTIO_USER_SESSION_MSG_NEW);
	close_pair();
	open_pair(0);
	shutdown(back, SHUT_WR);
	CHECK(virtio_user_session_probe(&vu) == -ECONNRESET);
	CHECK(vu.session_msg == VIRTIO_USER_SESSION_MSG_OLD);
	close_pair();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(numbers_are_asked_for),
		UNIT_TEST(answers_that_make_no_sense_are_refused),
		UNIT_TEST(a_back_end_that_goes_is_noticed),
		UNIT_TEST(acknowledgements_are_waited_for),
		UNIT_TEST(a_descriptor_goes_with_a_kick),
		UNIT_TEST(answers_about_sessions_are_whole),
		UNIT_TEST(sessions_are_created_in_the_new_form),
		UNIT_TEST(sessions_are_created_in_the_old_form),
		UNIT_TEST(messages_know_no_other_sessions),
		UNIT_TEST(asymmetric_sessions_are_created),
		UNIT_TEST(the_form_of_messages_is_found_out),
	};

	rte_log_set_level_pattern("pmd.crypto.virtio", RTE_LOG_EMERG);
	return unit_run(tests, RTE_DIM(tests));
}
