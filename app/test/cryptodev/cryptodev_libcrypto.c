/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The cryptodev on the virtual bus: --vdev crypto_libcrypto0.
 *
 * OpenSSL's providers are loaded into a library context of the device, so that what others in the
 * process do with the default one does not matter.
 */

#include <errno.h>
#include <stdio.h>

#include <openssl/provider.h>
#include <rte_eal.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_ring.h>

#include <virtio_crypto_sdk_check.h>

#include "libcrypto.h"
#include "libcrypto_faults.h"

RTE_LOG_REGISTER(libcrypto_logtype, test.cryptodev.libcrypto, NOTICE);
#define LOG_ERR(...) rte_log(RTE_LOG_ERR, libcrypto_logtype, "crypto_libcrypto: " __VA_ARGS__)

struct libcrypto_dev {
	OSSL_LIB_CTX *lib;
	OSSL_PROVIDER *providers[2];
	unsigned int max_queue_pairs;
};

/* The operations that were done wait in the ring to be dequeued. */
struct libcrypto_qp {
	OSSL_LIB_CTX *lib;
	struct rte_ring *done;
	struct libcrypto_lates lates; /* used instead of the ring when there are faults */
	struct rte_cryptodev_stats stats;
};

static struct rte_vdev_driver libcrypto_vdev_driver;
static struct cryptodev_driver libcrypto_driver;
static uint8_t libcrypto_driver_id;

static enum rte_crypto_op_status
do_sym(OSSL_LIB_CTX *lib, struct rte_crypto_op *op)
{
	struct libcrypto_sym_session session = { 0 };
	const struct rte_cryptodev_sym_session *given = op->sym->session;

	if (op->sess_type == RTE_CRYPTO_OP_WITH_SESSION) {
		if (given == NULL || given->driver_id != libcrypto_driver_id)
			return RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
		return libcrypto_sym(lib, (const void *)given->driver_priv_data, op);
	}
	if (op->sess_type != RTE_CRYPTO_OP_SESSIONLESS || op->sym->xform == NULL ||
	    libcrypto_sym_configure(lib, op->sym->xform, &session) != 0)
		return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
	return libcrypto_sym(lib, &session, op);
}

static enum rte_crypto_op_status
do_asym(OSSL_LIB_CTX *lib, struct rte_crypto_op *op)
{
	const struct rte_cryptodev_asym_session *given = op->asym->session;

	if (op->sess_type != RTE_CRYPTO_OP_WITH_SESSION || given == NULL ||
	    given->driver_id != libcrypto_driver_id)
		return RTE_CRYPTO_OP_STATUS_INVALID_SESSION;
	return libcrypto_asym(lib, (const void *)given->sess_private_data, op);
}

static enum rte_crypto_op_status
do_op(OSSL_LIB_CTX *lib, struct rte_crypto_op *op)
{
	if (op->type == RTE_CRYPTO_OP_TYPE_SYMMETRIC)
		return do_sym(lib, op);
	if (op->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC)
		return do_asym(lib, op);
	return RTE_CRYPTO_OP_STATUS_INVALID_ARGS;
}

static uint16_t
enqueue_with_faults(struct libcrypto_qp *qp, struct rte_crypto_op **ops, uint16_t nb)
{
	uint16_t i;

	if (libcrypto_faults->refuse)
		return 0;
	nb = RTE_MIN(nb, qp->lates.size - qp->lates.nb);
	for (i = 0; i < nb; i++) {
		ops[i]->status = libcrypto_faults_fail(&qp->lates) ? RTE_CRYPTO_OP_STATUS_ERROR :
								     do_op(qp->lib, ops[i]);
		libcrypto_lates_add(&qp->lates, ops[i]);
	}
	qp->stats.enqueued_count += nb;
	return nb;
}

static uint16_t
enqueue_burst(void *queue_pair, struct rte_crypto_op **ops, uint16_t nb)
{
	struct libcrypto_qp *qp = queue_pair;
	uint16_t i;

	if (libcrypto_faults != NULL)
		return enqueue_with_faults(qp, ops, nb);
	nb = RTE_MIN(nb, rte_ring_free_count(qp->done));
	for (i = 0; i < nb; i++) {
		ops[i]->status = do_op(qp->lib, ops[i]);
		rte_ring_sp_enqueue(qp->done, ops[i]);
	}
	qp->stats.enqueued_count += nb;
	return nb;
}

static uint16_t
dequeue_burst(void *queue_pair, struct rte_crypto_op **ops, uint16_t nb)
{
	struct libcrypto_qp *qp = queue_pair;

	if (libcrypto_faults != NULL)
		nb = libcrypto_lates_take(&qp->lates, ops, nb);
	else
		nb = rte_ring_sc_dequeue_burst(qp->done, (void **)ops, nb, NULL);
	qp->stats.dequeued_count += nb;
	return nb;
}

static int
dev_configure(struct rte_cryptodev *cdev, struct rte_cryptodev_config *config)
{
	(void)cdev;
	(void)config;
	return 0;
}

static int
dev_start(struct rte_cryptodev *cdev)
{
	(void)cdev;
	return libcrypto_faults != NULL && libcrypto_faults->start_fails ? -EIO : 0;
}

static void
dev_stop(struct rte_cryptodev *cdev)
{
	(void)cdev;
}

static int
queue_pair_release(struct rte_cryptodev *cdev, uint16_t qp_id)
{
	struct libcrypto_qp *qp = cdev->data->queue_pairs[qp_id];

	cdev->data->queue_pairs[qp_id] = NULL;
	if (qp != NULL) {
		rte_ring_free(qp->done);
		rte_free(qp->lates.list);
	}
	rte_free(qp);
	return 0;
}

static int
queue_pair_setup(struct rte_cryptodev *cdev, uint16_t qp_id,
		 const struct rte_cryptodev_qp_conf *conf, int socket_id)
{
	const struct libcrypto_dev *dev = cdev->data->dev_private;
	struct libcrypto_qp *qp;
	char name[RTE_RING_NAMESIZE];

	queue_pair_release(cdev, qp_id);
	qp = rte_zmalloc_socket(NULL, sizeof(*qp), 0, socket_id);
	if (qp == NULL)
		return -ENOMEM;
	snprintf(name, sizeof(name), "libcrypto_%u_%u", cdev->data->dev_id, qp_id);
	qp->lib = dev->lib;
	qp->done = rte_ring_create(name, conf->nb_descriptors, socket_id,
				   RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
	if (qp->done == NULL || libcrypto_lates_init(&qp->lates, conf->nb_descriptors) != 0) {
		rte_ring_free(qp->done);
		rte_free(qp);
		return -ENOMEM;
	}
	cdev->data->queue_pairs[qp_id] = qp;
	return 0;
}

static int
dev_close(struct rte_cryptodev *cdev)
{
	uint16_t i;

	for (i = 0; i < cdev->data->nb_queue_pairs; i++)
		queue_pair_release(cdev, i);
	return 0;
}

static void
dev_infos_get(struct rte_cryptodev *cdev, struct rte_cryptodev_info *info)
{
	const struct libcrypto_dev *dev = cdev->data->dev_private;

	info->driver_id = cdev->driver_id;
	info->feature_flags = cdev->feature_flags;
	info->capabilities = libcrypto_capabilities + (libcrypto_faults == NULL);
	info->max_nb_queue_pairs = dev->max_queue_pairs;
	info->sym.max_nb_sessions = 0; /* no limit */
}

static void
stats_get(struct rte_cryptodev *cdev, struct rte_cryptodev_stats *stats)
{
	const struct libcrypto_qp *qp;
	uint16_t i;

	for (i = 0; i < cdev->data->nb_queue_pairs; i++) {
		qp = cdev->data->queue_pairs[i];
		if (qp == NULL)
			continue;
		stats->enqueued_count += qp->stats.enqueued_count;
		stats->dequeued_count += qp->stats.dequeued_count;
	}
}

static void
stats_reset(struct rte_cryptodev *cdev)
{
	struct libcrypto_qp *qp;
	uint16_t i;

	for (i = 0; i < cdev->data->nb_queue_pairs; i++) {
		qp = cdev->data->queue_pairs[i];
		if (qp != NULL)
			qp->stats = (struct rte_cryptodev_stats){ 0 };
	}
}

static unsigned int
sym_session_get_size(struct rte_cryptodev *cdev)
{
	(void)cdev;
	return sizeof(struct libcrypto_sym_session);
}

static unsigned int
asym_session_get_size(struct rte_cryptodev *cdev)
{
	(void)cdev;
	return libcrypto_asym_session_size();
}

static int
sym_session_configure(struct rte_cryptodev *cdev, struct rte_crypto_sym_xform *xform,
		      struct rte_cryptodev_sym_session *session)
{
	const struct libcrypto_dev *dev = cdev->data->dev_private;

	return libcrypto_sym_configure(dev->lib, xform, CRYPTODEV_GET_SYM_SESS_PRIV(session));
}

static int
asym_session_configure(struct rte_cryptodev *cdev, struct rte_crypto_asym_xform *xform,
		       struct rte_cryptodev_asym_session *session)
{
	(void)cdev;
	return libcrypto_asym_configure(xform, (void *)session->sess_private_data);
}

static void
sym_session_clear(struct rte_cryptodev *cdev, struct rte_cryptodev_sym_session *session)
{
	(void)cdev;
	OPENSSL_cleanse(CRYPTODEV_GET_SYM_SESS_PRIV(session), sizeof(struct libcrypto_sym_session));
}

static void
asym_session_clear(struct rte_cryptodev *cdev, struct rte_cryptodev_asym_session *session)
{
	(void)cdev;
	OPENSSL_cleanse(session->sess_private_data, libcrypto_asym_session_size());
}

static struct rte_cryptodev_ops libcrypto_ops = {
	.dev_configure = dev_configure,
	.dev_start = dev_start,
	.dev_stop = dev_stop,
	.dev_close = dev_close,
	.dev_infos_get = dev_infos_get,
	.stats_get = stats_get,
	.stats_reset = stats_reset,
	.queue_pair_setup = queue_pair_setup,
	.queue_pair_release = queue_pair_release,
	.sym_session_get_size = sym_session_get_size,
	.asym_session_get_size = asym_session_get_size,
	.sym_session_configure = sym_session_configure,
	.asym_session_configure = asym_session_configure,
	.sym_session_clear = sym_session_clear,
	.asym_session_clear = asym_session_clear,
};

/* The provider "legacy" has RC4. */
static int
open_libcrypto(struct libcrypto_dev *dev)
{
	static const char *const names[] = { "default", "legacy" };
	unsigned int i;

	dev->lib = OSSL_LIB_CTX_new();
	if (dev->lib == NULL)
		return -ENOMEM;
	for (i = 0; i < RTE_DIM(names); i++) {
		dev->providers[i] = OSSL_PROVIDER_load(dev->lib, names[i]);
		if (dev->providers[i] == NULL) {
			LOG_ERR("OpenSSL's provider \"%s\" cannot be loaded\n", names[i]);
			return -ENOTSUP;
		}
	}
	return 0;
}

static void
close_libcrypto(struct libcrypto_dev *dev)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(dev->providers); i++)
		if (dev->providers[i] != NULL)
			OSSL_PROVIDER_unload(dev->providers[i]);
	OSSL_LIB_CTX_free(dev->lib);
}

static struct rte_cryptodev *
create(struct rte_vdev_device *vdev, struct rte_cryptodev_pmd_init_params *params)
{
	struct virtio_crypto_sdk_created created = {
		.name = rte_vdev_device_name(vdev),
		.device = &vdev->device,
		.params = params,
		.driver = &libcrypto_vdev_driver.driver,
		.driver_id = libcrypto_driver_id,
	};
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];
	struct rte_cryptodev *cdev;

	cdev = rte_cryptodev_pmd_create(created.name, created.device, params);
	if (cdev == NULL)
		return NULL;
	if (virtio_crypto_sdk_check_cryptodev(cdev, &created, reason, sizeof(reason)) != 0) {
		LOG_ERR("%s\n", reason);
		rte_cryptodev_pmd_destroy(cdev);
		return NULL;
	}
	return cdev;
}

static void
init(struct rte_cryptodev *cdev)
{
	cdev->driver_id = libcrypto_driver_id;
	cdev->dev_ops = &libcrypto_ops;
	cdev->enqueue_burst = enqueue_burst;
	cdev->dequeue_burst = dequeue_burst;
	cdev->feature_flags = RTE_CRYPTODEV_FF_SYMMETRIC_CRYPTO |
		RTE_CRYPTODEV_FF_ASYMMETRIC_CRYPTO | RTE_CRYPTODEV_FF_SYM_OPERATION_CHAINING |
		RTE_CRYPTODEV_FF_SYM_SESSIONLESS | RTE_CRYPTODEV_FF_IN_PLACE_SGL |
		RTE_CRYPTODEV_FF_OOP_SGL_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_SGL_IN_LB_OUT |
		RTE_CRYPTODEV_FF_OOP_LB_IN_SGL_OUT | RTE_CRYPTODEV_FF_OOP_LB_IN_LB_OUT;
}

static int
destroy(struct rte_cryptodev *cdev)
{
	dev_close(cdev);
	close_libcrypto(cdev->data->dev_private);
	return rte_cryptodev_pmd_destroy(cdev);
}

static int
check(const struct rte_vdev_device *vdev)
{
	char reason[VIRTIO_CRYPTO_SDK_REASON_LEN];

	if (virtio_crypto_sdk_check_release(reason, sizeof(reason)) == 0 &&
	    virtio_crypto_sdk_check_vdev(vdev, &libcrypto_vdev_driver, reason, sizeof(reason)) == 0)
		return 0;
	LOG_ERR("%s\n", reason);
	return -ENOTSUP;
}

static int
probe(struct rte_vdev_device *vdev)
{
	struct rte_cryptodev_pmd_init_params params = {
		.private_data_size = sizeof(struct libcrypto_dev),
		.socket_id = rte_socket_id(),
		.max_nb_queue_pairs = RTE_CRYPTODEV_PMD_DEFAULT_MAX_NB_QUEUE_PAIRS,
	};
	struct rte_cryptodev *cdev;
	struct libcrypto_dev *dev;
	int ret = check(vdev);

	if (ret == 0)
		ret = rte_cryptodev_pmd_parse_input_args(&params, rte_vdev_device_args(vdev));
	if (ret != 0)
		return ret;
	cdev = create(vdev, &params);
	if (cdev == NULL)
		return -ENODEV;
	init(cdev);
	dev = cdev->data->dev_private;
	dev->max_queue_pairs = params.max_nb_queue_pairs;
	ret = libcrypto_faults_open();
	if (ret == 0)
		ret = open_libcrypto(dev);
	if (ret != 0) {
		destroy(cdev);
		return ret;
	}
	rte_cryptodev_pmd_probing_finish(cdev);
	return 0;
}

static int
remove_device(struct rte_vdev_device *vdev)
{
	struct rte_cryptodev *cdev = rte_cryptodev_pmd_get_named_dev(rte_vdev_device_name(vdev));

	if (cdev == NULL)
		return -ENODEV;
	if (cdev->data->dev_started)
		rte_cryptodev_stop(cdev->data->dev_id);
	return destroy(cdev);
}

static struct rte_vdev_driver libcrypto_vdev_driver = {
	.probe = probe,
	.remove = remove_device,
};

RTE_PMD_REGISTER_VDEV(crypto_libcrypto, libcrypto_vdev_driver);
RTE_PMD_REGISTER_CRYPTO_DRIVER(libcrypto_driver, libcrypto_vdev_driver.driver, libcrypto_driver_id);
