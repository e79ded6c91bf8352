/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Sessions, control requests and answers to a front-end, on the cryptodevs of one process
 * (crypto_openssl, and crypto_null where it matters which is first).
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cryptodev.h>
#include <rte_errno.h>

#include "device.h"
#include "session_table.h"
#include "unit.h"
#include "unit_eal.h"
#include "unit_vhost_user.h"
#include "virtio_crypto_features.h"

#define NB_SESSIONS 16

static struct rte_vhost_crypto_device *dev;

static void
make_device(void)
{
	static const uint16_t qps[2] = { 0, 0 };
	static const uint8_t cdevs[2] = { 0, 1 };
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = 2,
		.cdev_ids = cdevs,
		.qp_ids = qps,
		.nb_sessions = NB_SESSIONS,
		.socket_id = SOCKET_ID_ANY,
	};

	dev = vc_device_create("/nowhere", &conf, false);
	CHECK(dev != NULL);
	dev->features = VC_FEATURES;
}

/* What a device offers with these features disabled; 0 if there is no such device. */
static uint64_t
offered_without(uint64_t disabled)
{
	static const uint16_t qp;
	static const uint8_t cdev;
	struct rte_vhost_crypto_device_conf conf = {
		.nb_queues = 1,
		.nb_cdevs = 1,
		.cdev_ids = &cdev,
		.qp_ids = &qp,
		.nb_sessions = NB_SESSIONS,
		.socket_id = SOCKET_ID_ANY,
		.disabled_features = disabled,
	};
	uint64_t offered;

	dev = vc_device_create("/nowhere", &conf, false);
	if (dev == NULL)
		return 0;
	offered = dev->offered;
	vc_device_destroy(dev);
	return offered;
}

static void
drop_device(void)
{
	vc_device_forget_sessions(dev);
	vc_device_destroy(dev);
}

static struct vc_session_params
aes_cbc(void)
{
	return (struct vc_session_params){
		.service = VIRTIO_CRYPTO_SERVICE_CIPHER,
		.op_type = VIRTIO_CRYPTO_SYM_OP_CIPHER,
		.direction = VIRTIO_CRYPTO_OP_ENCRYPT,
		.cipher_algo = VIRTIO_CRYPTO_CIPHER_AES_CBC,
		.cipher_key_len = 16,
	};
}

/* Proves D4 and D5. */
static void
the_config_space_is_what_the_cryptodevs_can(void)
{
	const struct virtio_crypto_alg *algs;
	unsigned int nb, i;

	make_device();
	algs = virtio_crypto_algs(&nb);
	for (i = 0; i < nb; i++) {
		bool can = virtio_crypto_alg_of_cryptodev(0, &algs[i]) != NULL ||
			virtio_crypto_alg_of_cryptodev(1, &algs[i]) != NULL;

		CHECK(virtio_crypto_config_offers(&dev->config, &algs[i]) == can);
	}
	CHECK(rte_le_to_cpu_32(dev->config.status) == VIRTIO_CRYPTO_S_HW_READY);
	CHECK(rte_le_to_cpu_32(dev->config.max_dataqueues) == 1);
	CHECK(rte_le_to_cpu_32(dev->config.max_cipher_key_len) == 32);
	CHECK(rte_le_to_cpu_64(dev->config.max_size) == RTE_VHOST_CRYPTO_DEFAULT_MAX_SIZE);
	drop_device();
}

static void
what_requires_a_disabled_feature_is_not_offered(void)
{
	const uint64_t revision_1 = 1ULL << VIRTIO_CRYPTO_F_REVISION_1;
	const uint64_t mac = 1ULL << VIRTIO_CRYPTO_F_MAC_STATELESS_MODE;

	CHECK(offered_without(0) == VC_FEATURES);
	CHECK(offered_without(mac) == (VC_FEATURES & ~mac));
	CHECK(offered_without(revision_1) ==
	      (VC_FEATURES & ~revision_1 & ~VIRTIO_CRYPTO_STATELESS_MODES));
	CHECK(offered_without(1ULL << VIRTIO_F_VERSION_1) == 0 && rte_errno == EINVAL);
	CHECK(offered_without(1ULL << VHOST_USER_F_PROTOCOL_FEATURES) == 0 && rte_errno == EINVAL);
}

static void
an_id_is_good_for_one_session_only(void)
{
	struct vc_session_params p = aes_cbc();
	uint64_t first, second;
	int i;

	make_device();
	CHECK(vc_session_create(&dev->sessions, &p, &first) == VIRTIO_CRYPTO_OK);
	CHECK(vc_session_find(&dev->sessions, first) != NULL);
	CHECK(vc_session_destroy(&dev->sessions, first) == VIRTIO_CRYPTO_OK);
	CHECK(vc_session_find(&dev->sessions, first) == NULL);
	CHECK(vc_session_destroy(&dev->sessions, first) == VIRTIO_CRYPTO_ERR);
	vc_device_reap_sessions(dev);
	CHECK(dev->sessions.nb_used == 0);
	for (i = 0; i < 3 * NB_SESSIONS; i++) {
		CHECK(vc_session_create(&dev->sessions, &p, &second) == VIRTIO_CRYPTO_OK);
		CHECK(second != first && second <= INT64_MAX);
		CHECK(vc_session_find(&dev->sessions, first) == NULL);
		CHECK(vc_session_destroy(&dev->sessions, second) == VIRTIO_CRYPTO_OK);
		vc_device_reap_sessions(dev);
	}
	CHECK(vc_session_find(&dev->sessions, 0) == NULL);
	CHECK(vc_session_find(&dev->sessions, UINT64_MAX) == NULL);
	drop_device();
}

static void
a_held_session_is_freed_later(void)
{
	struct vc_session_params p = aes_cbc();
	uint64_t id;

	make_device();
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	dev->queues[0].session_refs[vc_session_index(id)] = 1;
	CHECK(vc_session_destroy(&dev->sessions, id) == VIRTIO_CRYPTO_OK);
	vc_device_reap_sessions(dev);
	CHECK(dev->sessions.nb_used == 1 && dev->sessions.nb_zombies == 1);
	dev->queues[0].session_refs[vc_session_index(id)] = 0;
	vc_device_reap_sessions(dev);
	CHECK(dev->sessions.nb_used == 0 && dev->sessions.nb_zombies == 0);
	drop_device();
}

static void
a_full_table_says_so(void)
{
	struct vc_session_params p = aes_cbc();
	uint64_t ids[NB_SESSIONS], id;
	int i;

	make_device();
	for (i = 0; i < NB_SESSIONS; i++)
		CHECK(vc_session_create(&dev->sessions, &p, &ids[i]) == VIRTIO_CRYPTO_OK);
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_NOSPC);
	CHECK(vc_session_destroy(&dev->sessions, ids[5]) == VIRTIO_CRYPTO_OK);
	vc_device_reap_sessions(dev);
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	CHECK(vc_session_find(&dev->sessions, ids[0]) != NULL);
	drop_device();
}

/* A session is created before the lengths of its requests are known; there is room for both. */
static void
every_session_can_have_lengths_of_its_own(void)
{
	struct vc_session_params p = { .service = VIRTIO_CRYPTO_SERVICE_AEAD,
				       .direction = VIRTIO_CRYPTO_OP_ENCRYPT,
				       .cipher_algo = VIRTIO_CRYPTO_AEAD_CCM,
				       .cipher_key_len = 16,
				       .digest_len = 8 };
	uint64_t ids[NB_SESSIONS];
	int i;

	make_device();
	for (i = 0; i < NB_SESSIONS; i++)
		CHECK(vc_session_create(&dev->sessions, &p, &ids[i]) == VIRTIO_CRYPTO_OK);
	for (i = 0; i < NB_SESSIONS; i++)
		CHECK(vc_session_variant(&dev->sessions, vc_session_find(&dev->sessions, ids[i]), 8,
					 0) != NULL);
	drop_device();
}

static void
what_cannot_be_is_refused(void)
{
	struct vc_session_params p;
	uint64_t id;

	make_device();
	p = aes_cbc();
	p.cipher_key_len = 17;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	p = aes_cbc();
	p.cipher_key_len = UINT32_MAX;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	p = aes_cbc();
	p.direction = 3;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	p = aes_cbc();
	p.cipher_algo = 99;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_NOTSUPP);
	p = aes_cbc();
	p.cipher_algo = VIRTIO_CRYPTO_CIPHER_KASUMI_F8; /* neither cryptodev has it */
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_NOTSUPP);
	p = aes_cbc();
	p.op_type = VIRTIO_CRYPTO_SYM_OP_ALGORITHM_CHAINING;
	p.chain_order = VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_CIPHER_THEN_HASH;
	p.hash_mode = VIRTIO_CRYPTO_SYM_HASH_MODE_NESTED;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_NOTSUPP);
	p.hash_mode = VIRTIO_CRYPTO_SYM_HASH_MODE_AUTH;
	p.auth_algo = VIRTIO_CRYPTO_MAC_HMAC_SHA1;
	p.auth_key_len = 513;
	p.digest_len = 20;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	p.auth_key_len = 20;
	p.digest_len = 21;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_ERR);
	p.digest_len = 20;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	CHECK(dev->sessions.nb_used == 1);
	drop_device();
}

static void
the_first_cryptodev_that_can_gets_the_session(void)
{
	struct vc_session_params p = aes_cbc();
	const struct vc_session *s;
	uint64_t id;

	make_device();
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	s = vc_session_find(&dev->sessions, id);
	CHECK(s != NULL && s->cdev == 1); /* 0 is crypto_null */
	p.cipher_algo = VIRTIO_CRYPTO_NO_CIPHER;
	p.cipher_key_len = 0;
	CHECK(vc_session_create(&dev->sessions, &p, &id) == VIRTIO_CRYPTO_OK);
	s = vc_session_find(&dev->sessions, id);
	CHECK(s != NULL && s->cdev == 0);
	drop_device();
}

/* Sends a control request of @p len bytes, cut in two at @p cut; the answer is in @p answer. */
static uint32_t
control(const void *request, uint32_t len, uint32_t cut, void *answer, uint32_t room)
{
	static uint8_t in[1024], out[64];
	struct vc_seg segs[3];
	struct vc_chain chain = { .segs = segs, .read_len = len, .write_len = room };
	uint32_t written;

	memcpy(in, request, len);
	memset(out, 0xee, sizeof(out));
	if (cut > 0)
		segs[chain.nb_read++] = (struct vc_seg){ in, cut };
	if (len > cut)
		segs[chain.nb_read++] = (struct vc_seg){ in + cut, len - cut };
	if (room > 0)
		segs[chain.nb_read + chain.nb_write++] = (struct vc_seg){ out, room };
	written = vc_ctrl_answer_request(&dev->ctrlq.env, &chain);
	CHECK(written <= room);
	memcpy(answer, out, room);
	return written;
}

struct create {
	struct virtio_crypto_op_ctrl_req req;
	uint8_t key[16];
};

static struct create
create_aes_cbc(void)
{
	struct create c;

	memset(&c, 0, sizeof(c));
	c.req.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	c.req.u.sym_create_session.op_type = rte_cpu_to_le_32(VIRTIO_CRYPTO_SYM_OP_CIPHER);
	c.req.u.sym_create_session.u.cipher.para.algo = rte_cpu_to_le_32(
		VIRTIO_CRYPTO_CIPHER_AES_CBC);
	c.req.u.sym_create_session.u.cipher.para.keylen = rte_cpu_to_le_32(16);
	c.req.u.sym_create_session.u.cipher.para.op = rte_cpu_to_le_32(VIRTIO_CRYPTO_OP_ENCRYPT);
	return c;
}

static void
control_requests_may_be_cut_anywhere(void)
{
	struct create c = create_aes_cbc();
	struct virtio_crypto_session_input answer;
	struct virtio_crypto_op_ctrl_req destroy = { 0 };
	uint8_t status;
	uint32_t cut;

	make_device();
	for (cut = 0; cut < sizeof(c); cut++) {
		CHECK(control(&c, sizeof(c), cut, &answer, sizeof(answer)) == sizeof(answer));
		CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_OK);
		destroy.header.opcode = rte_cpu_to_le_32(VIRTIO_CRYPTO_CIPHER_DESTROY_SESSION);
		destroy.u.destroy_session.session_id = answer.session_id;
		/* With REVISION_1 a destruction is 24 bytes; padded ones are taken as well. */
		CHECK(control(&destroy, cut & 1 ? 24 : sizeof(destroy), 20, &status, 1) == 1);
		CHECK(status == VIRTIO_CRYPTO_OK);
		vc_device_reap_sessions(dev);
	}
	CHECK(dev->sessions.nb_used == 0);
	drop_device();
}

static void
short_control_requests_are_errors(void)
{
	struct create c = create_aes_cbc();
	struct virtio_crypto_session_input answer;
	uint32_t len;

	make_device();
	for (len = sizeof(c.req.header); len < sizeof(c); len++) {
		CHECK(control(&c, len, 0, &answer, sizeof(answer)) == sizeof(answer));
		CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_ERR);
	}
	for (len = 0; len < sizeof(c.req.header); len++)
		CHECK(control(&c, len, 0, &answer, sizeof(answer)) > 0);
	CHECK(control(&c, sizeof(c), 0, &answer, 0) == 0); /* nowhere to answer */
	CHECK(dev->sessions.nb_used == 0);
	drop_device();
}

static void
unknown_control_requests_are_not_supported(void)
{
	struct create c = create_aes_cbc();
	struct virtio_crypto_session_input answer;

	make_device();
	c.req.header.opcode = rte_cpu_to_le_32(0x7702);
	CHECK(control(&c, sizeof(c), 0, &answer, sizeof(answer)) == sizeof(answer));
	CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_NOTSUPP);
	c = create_aes_cbc();
	c.req.u.sym_create_session.op_type = 0;
	CHECK(control(&c, sizeof(c), 0, &answer, sizeof(answer)) == sizeof(answer));
	CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_NOTSUPP);
	drop_device();
}

static void
no_space_is_an_error_before_revision_1(void)
{
	struct create c = create_aes_cbc();
	struct virtio_crypto_session_input answer;
	int i;

	make_device();
	for (i = 0; i < NB_SESSIONS; i++)
		control(&c, sizeof(c), 0, &answer, sizeof(answer));
	CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_OK);
	control(&c, sizeof(c), 0, &answer, sizeof(answer));
	CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_NOSPC);
	dev->features &= ~(1ULL << VIRTIO_CRYPTO_F_REVISION_1);
	control(&c, sizeof(c), 0, &answer, sizeof(answer));
	CHECK(rte_le_to_cpu_32(answer.status) == VIRTIO_CRYPTO_ERR);
	drop_device();
}

static void
both_forms_of_the_session_message_are_taken(void)
{
	static struct vc_message request, reply;
	struct vhost_user_crypto_sym info = {
		.cipher_alg = VIRTIO_CRYPTO_CIPHER_AES_CBC,
		.key_len = 16,
		.op_type = VIRTIO_CRYPTO_SYM_OP_CIPHER,
		.direction = VIRTIO_CRYPTO_OP_DECRYPT,
	};
	struct vhost_user_crypto_session now = { .op_code = VIRTIO_CRYPTO_CIPHER_CREATE_SESSION,
						 .u.sym.info = info };
	struct vhost_user_crypto_session_old old = { .op_code = VIRTIO_CRYPTO_CIPHER_CREATE_SESSION,
						     .info = info };

	make_device();
	request.header = (struct vhost_user_header){ VHOST_USER_CREATE_CRYPTO_SESSION,
						     VHOST_USER_VERSION, sizeof(now) };
	memcpy(request.payload, &now, sizeof(now));
	CHECK(unit_handle(dev, &request, &reply) == 1);
	CHECK(reply.full && reply.header.size == sizeof(now));
	memcpy(&now, reply.payload, sizeof(now));
	CHECK(vc_session_find(&dev->sessions, now.session_id) != NULL);

	request.header.size = sizeof(old);
	memcpy(request.payload, &old, sizeof(old));
	CHECK(unit_handle(dev, &request, &reply) == 1);
	CHECK(reply.full && reply.header.size == sizeof(old));
	memcpy(&old, reply.payload, sizeof(old));
	CHECK(vc_session_find(&dev->sessions, old.session_id) != NULL);

	request.header.size = sizeof(old) + 1;
	CHECK(unit_handle(dev, &request, &reply) == -1);
	drop_device();
}

static void
a_refused_session_message_has_a_negative_id(void)
{
	static struct vc_message request, reply;
	struct vhost_user_crypto_session m = { .op_code = 0x777 };

	make_device();
	request.header = (struct vhost_user_header){ VHOST_USER_CREATE_CRYPTO_SESSION,
						     VHOST_USER_VERSION, sizeof(m) };
	memcpy(request.payload, &m, sizeof(m));
	CHECK(unit_handle(dev, &request, &reply) == 1);
	memcpy(&m, reply.payload, sizeof(m));
	CHECK(m.session_id < 0);
	drop_device();
}

/* Accesses the config space; receives what the driver would read, if it reads. */
static enum vc_vhost_user_result
access_config(uint32_t request_number, struct vhost_user_config *c, uint32_t payload)
{
	static struct vc_message request, reply;
	enum vc_vhost_user_result ret;

	request.header = (struct vhost_user_header){ request_number,
						     VHOST_USER_VERSION | VHOST_USER_NEED_REPLY,
						     payload };
	memcpy(request.payload, c, sizeof(*c));
	ret = unit_handle(dev, &request, &reply);
	if (ret == VC_VHOST_USER_DONE && request_number == VHOST_USER_GET_CONFIG) {
		CHECK(reply.header.size == payload);
		memcpy(c, reply.payload, payload);
	}
	return ret;
}

/* Reads, and compares with the config space and zeros behind it. */
static void
read_config(uint32_t offset, uint32_t size)
{
	uint8_t wanted[VHOST_USER_CONFIG_MAX] = { 0 };
	struct vhost_user_config c = { .offset = offset, .size = size };

	if (offset < sizeof(dev->config))
		memcpy(wanted, (uint8_t *)&dev->config + offset,
		       RTE_MIN(size, (uint32_t)sizeof(dev->config) - offset));
	memset(c.region, 0xee, sizeof(c.region));
	CHECK(access_config(VHOST_USER_GET_CONFIG, &c,
			    offsetof(struct vhost_user_config, region) + size) ==
	      VC_VHOST_USER_DONE);
	CHECK(c.offset == offset && c.size == size && memcmp(c.region, wanted, size) == 0);
}

static void
the_config_space_is_read_at_any_offset(void)
{
	static const uint32_t offsets[] = { 0, 1, 4, 55, 56, 57, 255, 256, 0x7fffffff, UINT32_MAX };
	static const uint32_t sizes[] = { 0, 1, 4, 56, 57, 256 };
	unsigned int i, j;

	make_device();
	for (i = 0; i < RTE_DIM(offsets); i++)
		for (j = 0; j < RTE_DIM(sizes); j++)
			read_config(offsets[i], sizes[j]);
	drop_device();
}

static void
a_write_to_the_config_space_is_ignored(void)
{
	static const uint32_t offsets[] = { 0, 4, 56, UINT32_MAX };
	struct vhost_user_config c = { .size = 4 };
	struct virtio_crypto_config before;
	unsigned int i;

	make_device();
	before = dev->config;
	memset(c.region, 0xee, sizeof(c.region));
	for (i = 0; i < RTE_DIM(offsets); i++) {
		c.offset = offsets[i];
		CHECK(access_config(VHOST_USER_SET_CONFIG, &c, 12 + 4) == VC_VHOST_USER_DONE);
	}
	CHECK(memcmp(&before, &dev->config, sizeof(before)) == 0);
	drop_device();
}

static void
a_config_message_of_another_size_is_rejected(void)
{
	static const struct {
		uint32_t size, payload;
	} bad[] = { { 4, 12 },	  { 4, 15 },	 { 4, 17 },	     { 0, 11 },
		    { 257, 269 }, { 256, 4096 }, { UINT32_MAX, 11 }, { UINT32_MAX - 11, 12 } };
	struct vhost_user_config c = { 0 };
	unsigned int i;

	make_device();
	for (i = 0; i < RTE_DIM(bad); i++) {
		c.size = bad[i].size;
		CHECK(access_config(VHOST_USER_GET_CONFIG, &c, bad[i].payload) ==
		      VC_VHOST_USER_REJECT);
		CHECK(access_config(VHOST_USER_SET_CONFIG, &c, bad[i].payload) ==
		      VC_VHOST_USER_REJECT);
	}
	drop_device();
}

int
main(void)
{
	static const struct unit_test tests[] = {
		UNIT_TEST(the_config_space_is_what_the_cryptodevs_can),
		UNIT_TEST(what_requires_a_disabled_feature_is_not_offered),
		UNIT_TEST(an_id_is_good_for_one_session_only),
		UNIT_TEST(a_held_session_is_freed_later),
		UNIT_TEST(a_full_table_says_so),
		UNIT_TEST(every_session_can_have_lengths_of_its_own),
		UNIT_TEST(what_cannot_be_is_refused),
		UNIT_TEST(the_first_cryptodev_that_can_gets_the_session),
		UNIT_TEST(control_requests_may_be_cut_anywhere),
		UNIT_TEST(short_control_requests_are_errors),
		UNIT_TEST(unknown_control_requests_are_not_supported),
		UNIT_TEST(no_space_is_an_error_before_revision_1),
		UNIT_TEST(both_forms_of_the_session_message_are_taken),
		UNIT_TEST(a_refused_session_message_has_a_negative_id),
		UNIT_TEST(the_config_space_is_read_at_any_offset),
		UNIT_TEST(a_write_to_the_config_space_is_ignored),
		UNIT_TEST(a_config_message_of_another_size_is_rejected),
	};
	int status;

	if (!UNIT_EAL_INIT_DEVICE("--vdev", "crypto_null", "--vdev", "crypto_openssl"))
		return EXIT_FAILURE;
	status = unit_run(tests, RTE_DIM(tests));
	rte_eal_cleanup();
	return status;
}
