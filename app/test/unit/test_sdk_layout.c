/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Do the declarations of DPDK's driver ABI fit the libraries that are installed?
 *
 * Makes a crypto device, has it checked as every probe does, and then reaches each function that a
 * driver supplies through DPDK's public API. The check is also given what it has to refuse.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_cryptodev.h>
#include <rte_mempool.h>
#include <rte_version.h>

#include <virtio_crypto_sdk.h>
#include <virtio_crypto_sdk_check.h>

#include "test_sdk.h"

#define DEVICE_NAME  "crypto_sdk_layout0"
#define DEVICE_ARGS  "key=value"
#define PRIVATE_SIZE 1000 /* Bytes. */
#define MAX_QPS	     3

static struct rte_vdev_driver vdev_drv;
static uint8_t vdev_drv_id;

static struct rte_cryptodev_pmd_init_params params = {
	.private_data_size = PRIVATE_SIZE,
	.socket_id = SOCKET_ID_ANY,
	.max_nb_queue_pairs = MAX_QPS,
};
static char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];

static struct virtio_crypto_sdk_created
created_by_us(struct rte_vdev_device *vdev)
{
	return (struct virtio_crypto_sdk_created){
		.name = rte_vdev_device_name(vdev),
		.device = &vdev->device,
		.params = &params,
		.driver = &vdev_drv.driver,
		.driver_id = vdev_drv_id,
	};
}

/* Which function of the driver was called last, on what. */
static struct {
	const char *op;
	const struct rte_cryptodev *dev;
	const void *object;
	unsigned int number;
} called;

/* Queue pairs that were released, as bits: the library does it within another call. */
static unsigned int released;

#define OP_SYM_SIZE  40
#define OP_ASYM_SIZE 24
#define USER_SIZE    16

static int
record(const char *op, const struct rte_cryptodev *dev, const void *object, unsigned int number)
{
	called.op = op;
	called.dev = dev;
	called.object = object;
	called.number = number;
	return 0;
}

static bool
was_called(const char *op, int dev_id, const void *object, unsigned int number)
{
	bool ok = called.op != NULL && strcmp(called.op, op) == 0 &&
		called.dev == rte_cryptodev_pmd_get_dev(dev_id) && called.object == object &&
		called.number == number;

	memset(&called, 0, sizeof(called));
	return ok;
}

static int
op_configure(struct rte_cryptodev *dev, struct rte_cryptodev_config *config)
{
	return record("dev_configure", dev, config, dev->data->nb_queue_pairs);
}

static int
op_start(struct rte_cryptodev *dev)
{
	return record("dev_start", dev, NULL, 0);
}

static void
op_stop(struct rte_cryptodev *dev)
{
	record("dev_stop", dev, NULL, 0);
}

static int
op_close(struct rte_cryptodev *dev)
{
	return record("dev_close", dev, NULL, 0);
}

static void
op_info_get(struct rte_cryptodev *dev, struct rte_cryptodev_info *info)
{
	info->max_nb_queue_pairs = MAX_QPS;
	info->feature_flags = dev->feature_flags;
	info->driver_id = dev->driver_id;
}

static void
op_stats_get(struct rte_cryptodev *dev, struct rte_cryptodev_stats *stats)
{
	record("stats_get", dev, stats, 0);
	stats->dequeue_err_count = 7;
}

static void
op_stats_reset(struct rte_cryptodev *dev)
{
	record("stats_reset", dev, NULL, 0);
}

static int
op_qp_setup(struct rte_cryptodev *dev, uint16_t qp_id, const struct rte_cryptodev_qp_conf *conf,
	    int socket_id)
{
	RTE_SET_USED(socket_id);
	dev->data->queue_pairs[qp_id] = &called;
	return record("queue_pair_setup", dev, conf, qp_id);
}

static int
op_qp_release(struct rte_cryptodev *dev, uint16_t qp_id)
{
	RTE_SET_USED(dev);
	released |= 1 << qp_id;
	return 0;
}

static unsigned int
op_sym_size(struct rte_cryptodev *dev)
{
	RTE_SET_USED(dev);
	return OP_SYM_SIZE;
}

static unsigned int
op_asym_size(struct rte_cryptodev *dev)
{
	RTE_SET_USED(dev);
	return OP_ASYM_SIZE;
}

static int
op_sym_configure(struct rte_cryptodev *dev, struct rte_crypto_sym_xform *xform,
		 struct rte_cryptodev_sym_session *sess)
{
	RTE_SET_USED(xform);
	memset(CRYPTODEV_GET_SYM_SESS_PRIV(sess), 0x11, OP_SYM_SIZE);
	return record("sym_session_configure", dev, sess, 0);
}

static int
op_asym_configure(struct rte_cryptodev *dev, struct rte_crypto_asym_xform *xform,
		  struct rte_cryptodev_asym_session *sess)
{
	RTE_SET_USED(xform);
	memset(sess->sess_private_data, 0x22, OP_ASYM_SIZE);
	return record("asym_session_configure", dev, sess, 0);
}

static void
op_sym_clear(struct rte_cryptodev *dev, struct rte_cryptodev_sym_session *sess)
{
	record("sym_session_clear", dev, sess, 0);
}

static void
op_asym_clear(struct rte_cryptodev *dev, struct rte_cryptodev_asym_session *sess)
{
	record("asym_session_clear", dev, sess, 0);
}

static int
op_raw_size(struct rte_cryptodev *dev)
{
	record("sym_get_raw_dp_ctx_size", dev, NULL, 0);
	return 48;
}

static int
op_raw_configure(struct rte_cryptodev *dev, uint16_t qp_id, struct rte_crypto_raw_dp_ctx *ctx,
		 enum rte_crypto_op_sess_type sess_type, union rte_cryptodev_session_ctx session,
		 uint8_t is_update)
{
	RTE_SET_USED(sess_type);
	RTE_SET_USED(session);
	RTE_SET_USED(is_update);
	return record("sym_configure_raw_dp_ctx", dev, ctx, qp_id);
}

static int
op_mdata_set(struct rte_cryptodev *dev, void *sess, enum rte_crypto_op_type op_type,
	     enum rte_crypto_op_sess_type sess_type, void *mdata)
{
	RTE_SET_USED(op_type);
	RTE_SET_USED(sess_type);
	RTE_SET_USED(mdata);
	return record("session_ev_mdata_set", dev, sess, 0);
}

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
static int
op_qp_error_query(struct rte_cryptodev *dev, uint16_t qp_id)
{
	return record("queue_pair_event_error_query", dev, NULL, qp_id);
}
#endif

#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
static int
op_qp_reset(struct rte_cryptodev *dev, uint16_t qp_id, const struct rte_cryptodev_qp_conf *conf,
	    int socket_id)
{
	RTE_SET_USED(socket_id);
	return record("queue_pair_reset", dev, conf, qp_id);
}

static uint32_t
qp_depth_used(void *qp)
{
	return qp == &called ? 5 : 0;
}
#endif

static uint16_t
enqueue(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	RTE_SET_USED(ops);
	return qp == &called ? nb_ops : 0;
}

static uint16_t
dequeue(void *qp, struct rte_crypto_op **ops, uint16_t nb_ops)
{
	RTE_SET_USED(ops);
	return qp == &called ? nb_ops - 1 : 0;
}

static struct rte_cryptodev_ops ops = {
	.dev_configure = op_configure,
	.dev_start = op_start,
	.dev_stop = op_stop,
	.dev_close = op_close,
	.dev_infos_get = op_info_get,
	.stats_get = op_stats_get,
	.stats_reset = op_stats_reset,
	.queue_pair_setup = op_qp_setup,
	.queue_pair_release = op_qp_release,
	.sym_session_get_size = op_sym_size,
	.asym_session_get_size = op_asym_size,
	.sym_session_configure = op_sym_configure,
	.asym_session_configure = op_asym_configure,
	.sym_session_clear = op_sym_clear,
	.asym_session_clear = op_asym_clear,
	.sym_get_raw_dp_ctx_size = op_raw_size,
	.sym_configure_raw_dp_ctx = op_raw_configure,
	.session_ev_mdata_set = op_mdata_set,
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	.queue_pair_event_error_query = op_qp_error_query,
#endif
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	.queue_pair_reset = op_qp_reset,
#endif
};

static bool
refused_vdev(const struct rte_vdev_device *vdev, const struct rte_vdev_driver *drv)
{
	return virtio_crypto_sdk_check_vdev(vdev, drv, reason, sizeof(reason)) == -ENOTSUP;
}

static void
check_vdev(struct rte_vdev_device *vdev)
{
	struct rte_vdev_driver other_drv = { .driver.name = "crypto_other" };

	expect(virtio_crypto_sdk_check_vdev(vdev, &vdev_drv, reason, sizeof(reason)) == 0,
	       "the virtual bus's device fits");
	expect(strcmp(rte_vdev_device_name(vdev), DEVICE_NAME) == 0 &&
		       strcmp(rte_vdev_device_args(vdev), DEVICE_ARGS) == 0,
	       "its name and arguments can be read");
	expect(refused_vdev(RTE_PTR_ADD(vdev, 8), &vdev_drv), "a shifted device is refused");
	expect(refused_vdev(vdev, &other_drv), "another driver's device is refused");
}

static bool
refused(struct rte_cryptodev *dev, const struct virtio_crypto_sdk_created *created)
{
	return virtio_crypto_sdk_check_cryptodev(dev, created, reason, sizeof(reason)) == -ENOTSUP;
}

/* The check compares what it is told with what it reads: so told wrongly, it has to refuse. */
static void
check_refusals(struct rte_cryptodev *dev, const struct virtio_crypto_sdk_created *right)
{
	struct rte_cryptodev_pmd_init_params other_params = params;
	struct virtio_crypto_sdk_created other = *right;
	struct rte_device other_device = *right->device;

	expect(refused(RTE_PTR_ADD(dev, 8), right), "a shifted crypto device is refused");
	other.name = "crypto_other";
	expect(refused(dev, &other), "another name is refused");
	other = *right;
	other.device = &other_device;
	expect(refused(dev, &other), "another bus device is refused");
	other = *right;
	other.driver_id++;
	expect(refused(dev, &other), "another driver id is refused");
	other = *right;
	other.params = &other_params;
	other_params.private_data_size *= 2;
	expect(refused(dev, &other), "more private data than allocated is refused");
	other_params = params;
	other_params.socket_id++;
	expect(refused(dev, &other), "another socket is refused");
}

static void
check_cryptodev(struct rte_cryptodev *dev, const struct virtio_crypto_sdk_created *created)
{
	struct rte_cryptodev_data was_data;
	struct rte_device was_device;
	struct rte_cryptodev was_dev;

	memcpy(&was_data, dev->data, sizeof(was_data));
	memcpy(&was_device, created->device, sizeof(was_device));
	memcpy(&was_dev, dev, sizeof(was_dev));
	expect(virtio_crypto_sdk_check_cryptodev(dev, created, reason, sizeof(reason)) == 0,
	       "the crypto device fits");
	if (reason[0] != '\0')
		printf("     %s\n", reason);
	check_refusals(dev, created);
	expect(memcmp(dev, &was_dev, sizeof(was_dev)) == 0 &&
		       memcmp(dev->data, &was_data, sizeof(was_data)) == 0 &&
		       memcmp(created->device, &was_device, sizeof(was_device)) == 0,
	       "the check leaves the device as it was");
}

static int
probe(struct rte_vdev_device *vdev)
{
	struct virtio_crypto_sdk_created created = created_by_us(vdev);
	struct rte_cryptodev *dev;

	expect(virtio_crypto_sdk_check_release(reason, sizeof(reason)) == 0, "the release fits");
	check_vdev(vdev);
	reason[0] = '\0';
	dev = rte_cryptodev_pmd_create(created.name, created.device, &params);
	if (dev == NULL)
		return -ENOMEM;
	check_cryptodev(dev, &created);
	dev->driver_id = vdev_drv_id;
	dev->dev_ops = &ops;
	dev->feature_flags = RTE_CRYPTODEV_FF_SYMMETRIC_CRYPTO | RTE_CRYPTODEV_FF_SYM_RAW_DP;
	dev->enqueue_burst = enqueue;
	dev->dequeue_burst = dequeue;
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	dev->qp_depth_used = qp_depth_used;
#endif
	rte_cryptodev_pmd_probing_finish(dev);
	return 0;
}

static int
remove_device(struct rte_vdev_device *vdev)
{
	return rte_cryptodev_pmd_destroy(
		rte_cryptodev_pmd_get_named_dev(rte_vdev_device_name(vdev)));
}

static void
drive_set_up(int dev_id)
{
	struct rte_cryptodev_config config = { .nb_queue_pairs = 2 };
	struct rte_cryptodev_qp_conf qp_conf = { .nb_descriptors = 64 };
	struct rte_cryptodev_info info;

	rte_cryptodev_info_get(dev_id, &info);
	expect(info.max_nb_queue_pairs == MAX_QPS && info.driver_id == vdev_drv_id &&
		       strcmp(info.driver_name, "crypto_sdk_layout") == 0,
	       "dev_infos_get");
	expect(rte_cryptodev_configure(dev_id, &config) == 0 &&
		       was_called("dev_configure", dev_id, &config, 2),
	       "dev_configure");
	expect(rte_cryptodev_queue_pair_setup(dev_id, 0, &qp_conf, 0) == 0 &&
		       was_called("queue_pair_setup", dev_id, &qp_conf, 0),
	       "queue_pair_setup");
	expect(rte_cryptodev_start(dev_id) == 0 && was_called("dev_start", dev_id, NULL, 0) &&
		       rte_cryptodev_pmd_get_dev(dev_id)->data->dev_started == 1,
	       "dev_start");
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	expect(rte_cryptodev_queue_pair_event_error_query(dev_id, 1) == 0 &&
		       was_called("queue_pair_event_error_query", dev_id, NULL, 1),
	       "queue_pair_event_error_query");
#endif
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	expect(rte_cryptodev_queue_pair_reset(dev_id, 1, &qp_conf, 0) == 0 &&
		       was_called("queue_pair_reset", dev_id, &qp_conf, 1),
	       "queue_pair_reset");
	expect(rte_cryptodev_qp_depth_used(dev_id, 0) == 5, "qp_depth_used");
#endif
}

static void
drive_data_path(int dev_id)
{
	struct rte_crypto_op *burst[4] = { NULL };
	union rte_cryptodev_session_ctx no_session = { 0 };
	struct rte_crypto_raw_dp_ctx raw;
	struct rte_cryptodev_stats stats;

	expect(rte_cryptodev_enqueue_burst(dev_id, 0, burst, 4) == 4, "enqueue_burst");
	expect(rte_cryptodev_dequeue_burst(dev_id, 0, burst, 4) == 3, "dequeue_burst");
	expect(rte_cryptodev_stats_get(dev_id, &stats) == 0 && stats.dequeue_err_count == 7 &&
		       was_called("stats_get", dev_id, &stats, 0),
	       "stats_get");
	rte_cryptodev_stats_reset(dev_id);
	expect(was_called("stats_reset", dev_id, NULL, 0), "stats_reset");
	expect(rte_cryptodev_get_raw_dp_ctx_size(dev_id) == (int)sizeof(raw) + 48 &&
		       was_called("sym_get_raw_dp_ctx_size", dev_id, NULL, 0),
	       "sym_get_raw_dp_ctx_size");
	expect(rte_cryptodev_configure_raw_dp_ctx(dev_id, 0, &raw, RTE_CRYPTO_OP_SESSIONLESS,
						  no_session, 0) == 0 &&
		       was_called("sym_configure_raw_dp_ctx", dev_id, &raw, 0),
	       "sym_configure_raw_dp_ctx");
}

static bool
filled(const uint8_t *bytes, size_t len, uint8_t with)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != with)
			return false;
	return true;
}

static void
drive_sym_session(int dev_id)
{
	struct rte_mempool *pool = rte_cryptodev_sym_session_pool_create("sym", 4, OP_SYM_SIZE, 0,
									 USER_SIZE, SOCKET_ID_ANY);
	struct rte_crypto_sym_xform xform = { .type = RTE_CRYPTO_SYM_XFORM_CIPHER };
	struct rte_cryptodev_sym_session *sess;

	sess = rte_cryptodev_sym_session_create(dev_id, &xform, pool);
	expect(sess != NULL && was_called("sym_session_configure", dev_id, sess, 0),
	       "sym_session_configure");
	if (sess == NULL) {
		rte_mempool_free(pool);
		return;
	}
	expect(sess->driver_id == vdev_drv_id && sess->sess_data_sz == OP_SYM_SIZE &&
		       sess->user_data_sz == USER_SIZE &&
		       CRYPTODEV_GET_SYM_SESS_PRIV_IOVA(sess) ==
			       rte_mempool_virt2iova(sess) + sizeof(*sess),
	       "symmetric session");
	expect(filled(sess->driver_priv_data, OP_SYM_SIZE, 0x11) &&
		       filled(rte_cryptodev_sym_session_get_user_data(sess), USER_SIZE, 0),
	       "symmetric session's private data");
	expect(rte_cryptodev_session_event_mdata_set(dev_id, sess, RTE_CRYPTO_OP_TYPE_SYMMETRIC,
						     RTE_CRYPTO_OP_WITH_SESSION, &xform, 1) == 0 &&
		       was_called("session_ev_mdata_set", dev_id, sess, 0),
	       "session_ev_mdata_set");
	expect(rte_cryptodev_sym_session_free(dev_id, sess) == 0 &&
		       was_called("sym_session_clear", dev_id, sess, 0),
	       "sym_session_clear");
	rte_mempool_free(pool);
}

static void
drive_asym_session(int dev_id)
{
	struct rte_mempool *pool = rte_cryptodev_asym_session_pool_create("asym", 4, 0, USER_SIZE,
									  SOCKET_ID_ANY);
	struct rte_crypto_asym_xform xform = { .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };
	struct rte_cryptodev_asym_session *sess;
	void *made = NULL;

	expect(rte_cryptodev_asym_session_create(dev_id, &xform, pool, &made) == 0 &&
		       was_called("asym_session_configure", dev_id, made, 0),
	       "asym_session_configure");
	sess = made;
	if (sess == NULL) {
		rte_mempool_free(pool);
		return;
	}
	expect(sess->driver_id == vdev_drv_id && sess->max_priv_data_sz == OP_ASYM_SIZE &&
		       sess->user_data_sz == USER_SIZE && sess->event_mdata == NULL,
	       "asymmetric session");
	expect(filled(sess->sess_private_data, OP_ASYM_SIZE, 0x22) &&
		       filled(rte_cryptodev_asym_session_get_user_data(sess), USER_SIZE, 0),
	       "asymmetric session's private data");
	expect(rte_cryptodev_asym_session_free(dev_id, sess) == 0 &&
		       was_called("asym_session_clear", dev_id, sess, 0),
	       "asym_session_clear");
	rte_mempool_free(pool);
}

static void
drive_tear_down(int dev_id)
{
	struct rte_cryptodev_config config = { .nb_queue_pairs = 1 };

	rte_cryptodev_stop(dev_id);
	expect(was_called("dev_stop", dev_id, NULL, 0), "dev_stop");
	expect(rte_cryptodev_configure(dev_id, &config) == 0 &&
		       rte_cryptodev_pmd_get_dev(dev_id)->data->nb_queue_pairs == 1 &&
		       released == 1 << 1,
	       "queue_pair_release");
	released = 0;
	expect(rte_cryptodev_close(dev_id) == 0 && was_called("dev_close", dev_id, NULL, 0),
	       "dev_close");
}

/* Twice, as the second device is made in a slot that the first one leaves behind. */
static void
run(void)
{
	for (int i = 0; i < 2; i++) {
		int dev_id;

		expect(rte_vdev_init(DEVICE_NAME, DEVICE_ARGS) == 0, "the device is made");
		dev_id = rte_cryptodev_get_dev_id(DEVICE_NAME);
		if (dev_id < 0)
			return;
		drive_set_up(dev_id);
		drive_data_path(dev_id);
		drive_sym_session(dev_id);
		drive_asym_session(dev_id);
		drive_tear_down(dev_id);
		expect(rte_vdev_uninit(DEVICE_NAME) == 0 && rte_cryptodev_count() == 0,
		       "the device is removed");
	}
}

static struct cryptodev_driver crypto_drv;
static struct rte_vdev_driver vdev_drv = {
	.probe = probe,
	.remove = remove_device,
};

RTE_PMD_REGISTER_VDEV(crypto_sdk_layout, vdev_drv);
RTE_PMD_REGISTER_CRYPTO_DRIVER(crypto_drv, vdev_drv.driver, vdev_drv_id);
RTE_PMD_REGISTER_PARAM_STRING(crypto_sdk_layout, "key=<text>");

int
main(void)
{
	if (!eal_starts("--no-pci", ""))
		return 1;
	run();
	rte_eal_cleanup();
	return failures == 0 ? 0 : 1;
}
