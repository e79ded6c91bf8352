/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

#ifndef CRYPTODEV_PMD_H
#define CRYPTODEV_PMD_H

/**
 * @file
 * What a crypto driver shares with librte_cryptodev: stands in for DPDK's cryptodev_pmd.h.
 *
 * Unless it says otherwise, a function is for the control thread, and returns 0 or a negative
 * errno.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_compat.h>
#include <rte_crypto.h>
#include <rte_cryptodev.h>

#include "dev_driver.h"
#include "sdk_release.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A usual value of rte_cryptodev_pmd_init_params.max_nb_queue_pairs. */
#define RTE_CRYPTODEV_PMD_DEFAULT_MAX_NB_QUEUE_PAIRS 8

/** The device arguments that rte_cryptodev_pmd_parse_input_args() knows. */
#define RTE_CRYPTODEV_PMD_NAME_ARG	("name")
#define RTE_CRYPTODEV_PMD_MAX_NB_QP_ARG ("max_nb_queue_pairs")
#define RTE_CRYPTODEV_PMD_SOCKET_ID_ARG ("socket_id")

/** What rte_cryptodev_pmd_create() is to make. */
struct rte_cryptodev_pmd_init_params {
	char name[RTE_CRYPTODEV_NAME_MAX_LEN]; /**< Overrides the bus's name unless it is "". */
	size_t private_data_size;	       /**< Bytes of rte_cryptodev_data.dev_private. */
	int socket_id;			       /**< NUMA node to allocate on, or SOCKET_ID_ANY. */
	unsigned int max_nb_queue_pairs;       /**< Only logged. */
};

/** The part of a device that all processes share. Owned by the library. */
struct __rte_cache_aligned rte_cryptodev_data {
	uint8_t dev_id;			       /**< Index of the device. */
	int socket_id;			       /**< NUMA node that it is allocated on. */
	char name[RTE_CRYPTODEV_NAME_MAX_LEN]; /**< Unique among crypto devices. */
	__extension__ uint8_t dev_started : 1; /**< Between start and stop; the library's to set. */
	struct rte_mempool *session_pool;      /**< Unused since sessions know their pool. */
	void **queue_pairs;	 /**< nb_queue_pairs queue pairs of the driver's, or NULL each. */
	uint16_t nb_queue_pairs; /**< As configured. */
	void *dev_private;	 /**< The driver's, zeroed, of private_data_size bytes. */
};

/** A device as one process sees it. Owned by the library. */
struct __rte_cache_aligned rte_cryptodev {
	dequeue_pkt_burst_t dequeue_burst; /**< Set by the driver, before the device is started. */
	enqueue_pkt_burst_t enqueue_burst; /**< Set by the driver, before the device is started. */
	struct rte_cryptodev_data *data;   /**< The shared part. */
	struct rte_cryptodev_ops *dev_ops; /**< Set by the driver, in its probe. */
	uint64_t feature_flags;	   /**< RTE_CRYPTODEV_FF_*. Set by the driver, in its probe. */
	struct rte_device *device; /**< The bus's device. */
	uint8_t driver_id;	   /**< Set by the driver, in its probe. */
	struct rte_cryptodev_cb_list link_intr_cbs; /**< Event callbacks of the application. */
	void *security_ctx;			    /**< For rte_security, if the driver has it. */
	__extension__ uint8_t attached : 1;	    /**< The slot is taken. */
	struct rte_cryptodev_cb_rcu *enq_cbs;	    /**< Enqueue callbacks of the application. */
	struct rte_cryptodev_cb_rcu *deq_cbs;	    /**< Dequeue callbacks of the application. */
#if SDK_RELEASE_SINCE(24, 11)
	crypto_qp_depth_used_t qp_depth_used; /**< Set by the driver, if it can tell. */
#endif
};

/** What a driver gives to RTE_PMD_REGISTER_CRYPTO_DRIVER(). */
struct cryptodev_driver {
	RTE_TAILQ_ENTRY(cryptodev_driver) next; /**< Link, for the library. */
	const struct rte_driver *driver;	/**< The bus's driver. */
	uint8_t id;				/**< The library's number for it. */
};

/** A symmetric session. Its memory is the application's, of a session pool. */
struct rte_cryptodev_sym_session {
	uint64_t opaque_data;  /**< The application's. */
	uint32_t sess_data_sz; /**< Bytes of driver_priv_data, the application's not counted. */
	uint16_t user_data_sz; /**< Bytes of the application that follow these. */
	uint8_t driver_id;     /**< Driver that it was made for. */
	rte_iova_t driver_priv_data_iova; /**< Where devices see driver_priv_data. */
	/** The driver's, zeroed before it is configured and after it is cleared. */
	uint8_t driver_priv_data[] __rte_aligned(RTE_CACHE_LINE_MIN_SIZE);
};

/** The driver's part of a symmetric session. */
#define CRYPTODEV_GET_SYM_SESS_PRIV(s)                                                             \
	((void *)((struct rte_cryptodev_sym_session *)(s))->driver_priv_data)

/** Where devices see the driver's part of a symmetric session. */
#define CRYPTODEV_GET_SYM_SESS_PRIV_IOVA(s)                                                        \
	(((struct rte_cryptodev_sym_session *)(s))->driver_priv_data_iova)

/** An asymmetric session. Its memory is the application's, of a session pool. */
struct rte_cryptodev_asym_session {
	uint8_t driver_id;	   /**< Driver that it was made for. */
	uint16_t max_priv_data_sz; /**< Bytes of sess_private_data that are the driver's. */
	uint16_t user_data_sz;	   /**< Bytes of the application that follow these. */
	uint8_t padding[3];
	void *event_mdata;	     /**< For the event crypto adapter. */
	uint8_t sess_private_data[]; /**< The driver's. */
};

#if SDK_RELEASE_SINCE(25, 11)
/** The driver's part of an asymmetric session. */
#define CRYPTODEV_GET_ASYM_SESS_PRIV(s)                                                            \
	((void *)((struct rte_cryptodev_asym_session *)(s))->sess_private_data)
#endif

/** Takes a configuration; queue pairs are set up after it. */
typedef int (*cryptodev_configure_t)(struct rte_cryptodev *dev,
				     struct rte_cryptodev_config *config);

/** Lets the data path begin. */
typedef int (*cryptodev_start_t)(struct rte_cryptodev *dev);

/** Ends the data path. */
typedef void (*cryptodev_stop_t)(struct rte_cryptodev *dev);

/** Undoes a configuration. */
typedef int (*cryptodev_close_t)(struct rte_cryptodev *dev);

/** Adds up the counters of all queue pairs in @p stats, which is zeroed. Any thread. */
typedef void (*cryptodev_stats_get_t)(struct rte_cryptodev *dev, struct rte_cryptodev_stats *stats);

/** Zeroes the counters of all queue pairs. */
typedef void (*cryptodev_stats_reset_t)(struct rte_cryptodev *dev);

/** Fills in @p dev_info, which is zeroed; the library adds the driver's name and the device. */
typedef void (*cryptodev_info_get_t)(struct rte_cryptodev *dev,
				     struct rte_cryptodev_info *dev_info);

/** Makes queue pair @p qp_id, afresh if it is there already. */
typedef int (*cryptodev_queue_pair_setup_t)(struct rte_cryptodev *dev, uint16_t qp_id,
					    const struct rte_cryptodev_qp_conf *qp_conf,
					    int socket_id);

/** Frees queue pair @p qp_id. */
typedef int (*cryptodev_queue_pair_release_t)(struct rte_cryptodev *dev, uint16_t qp_id);

#if SDK_RELEASE_SINCE(24, 11)
/** Returns queue pair @p qp_id to how it was set up, while others work. */
typedef int (*cryptodev_queue_pair_reset_t)(struct rte_cryptodev *dev, uint16_t qp_id,
					    const struct rte_cryptodev_qp_conf *qp_conf,
					    int socket_id);
#endif

/** Tells the bytes of the driver's part of a symmetric session. */
typedef unsigned int (*cryptodev_sym_get_session_private_size_t)(struct rte_cryptodev *dev);

/** Tells the bytes of the driver's part of an asymmetric session. */
typedef unsigned int (*cryptodev_asym_get_session_private_size_t)(struct rte_cryptodev *dev);

/** Makes the driver's part of a symmetric session: -ENOTSUP if the device cannot do it. */
typedef int (*cryptodev_sym_configure_session_t)(struct rte_cryptodev *dev,
						 struct rte_crypto_sym_xform *xform,
						 struct rte_cryptodev_sym_session *session);

/** Makes the driver's part of an asymmetric session: -ENOTSUP if the device cannot do it. */
typedef int (*cryptodev_asym_configure_session_t)(struct rte_cryptodev *dev,
						  struct rte_crypto_asym_xform *xform,
						  struct rte_cryptodev_asym_session *session);

/** Gives up what the driver's part of a symmetric session holds. */
typedef void (*cryptodev_sym_free_session_t)(struct rte_cryptodev *dev,
					     struct rte_cryptodev_sym_session *sess);

/** Gives up what the driver's part of an asymmetric session holds. */
typedef void (*cryptodev_asym_clear_session_t)(struct rte_cryptodev *dev,
					       struct rte_cryptodev_asym_session *sess);

/** Works on @p vec before it returns the number of successes. The calling lcore. */
typedef uint32_t (*cryptodev_sym_cpu_crypto_process_t)(struct rte_cryptodev *dev,
						       struct rte_cryptodev_sym_session *sess,
						       union rte_crypto_sym_ofs ofs,
						       struct rte_crypto_sym_vec *vec);

/** Tells the bytes of the driver's part of a raw data path context, or a negative errno. */
typedef int (*cryptodev_sym_get_raw_dp_ctx_size_t)(struct rte_cryptodev *dev);

/** Makes a raw data path context for queue pair @p qp_id, or gives it another session. */
typedef int (*cryptodev_sym_configure_raw_dp_ctx_t)(struct rte_cryptodev *dev, uint16_t qp_id,
						    struct rte_crypto_raw_dp_ctx *ctx,
						    enum rte_crypto_op_sess_type sess_type,
						    union rte_cryptodev_session_ctx session_ctx,
						    uint8_t is_update);

/** Stores the event crypto adapter's data with a session. */
typedef int (*cryptodev_session_event_mdata_set_t)(struct rte_cryptodev *dev, void *sess,
						   enum rte_crypto_op_type op_type,
						   enum rte_crypto_op_sess_type sess_type,
						   void *ev_mdata);

#if SDK_RELEASE_SINCE(23, 11)
/** Tells whether queue pair @p qp_id is the one of which an error event told. */
typedef int (*cryptodev_queue_pair_event_error_query_t)(struct rte_cryptodev *dev, uint16_t qp_id);
#endif

/** What a driver does. Owned by the driver; a member that it cannot do is NULL. */
struct rte_cryptodev_ops {
	cryptodev_configure_t dev_configure;
	cryptodev_start_t dev_start;
	cryptodev_stop_t dev_stop;
	cryptodev_close_t dev_close;

	cryptodev_info_get_t dev_infos_get;
	cryptodev_stats_get_t stats_get;
	cryptodev_stats_reset_t stats_reset;

	cryptodev_queue_pair_setup_t queue_pair_setup;
	cryptodev_queue_pair_release_t queue_pair_release;
#if SDK_RELEASE_SINCE(24, 11)
	cryptodev_queue_pair_reset_t queue_pair_reset;
#endif

	cryptodev_sym_get_session_private_size_t sym_session_get_size;
	cryptodev_asym_get_session_private_size_t asym_session_get_size;
	cryptodev_sym_configure_session_t sym_session_configure;
	cryptodev_asym_configure_session_t asym_session_configure;
	cryptodev_sym_free_session_t sym_session_clear;
	cryptodev_asym_clear_session_t asym_session_clear;

	/** A driver does one or the other: its feature flags tell which. */
	union {
		cryptodev_sym_cpu_crypto_process_t sym_cpu_process;
		__extension__ struct {
			cryptodev_sym_get_raw_dp_ctx_size_t sym_get_raw_dp_ctx_size;
			cryptodev_sym_configure_raw_dp_ctx_t sym_configure_raw_dp_ctx;
		};
	};
	cryptodev_session_event_mdata_set_t session_ev_mdata_set;
#if SDK_RELEASE_SINCE(23, 11)
	cryptodev_queue_pair_event_error_query_t queue_pair_event_error_query;
#endif
};

/** The slot of device @p dev_id, taken or not. @p dev_id is below RTE_CRYPTO_MAX_DEVS. */
__rte_internal struct rte_cryptodev *rte_cryptodev_pmd_get_dev(uint8_t dev_id);

/** The device of that name, or NULL. */
__rte_internal struct rte_cryptodev *rte_cryptodev_pmd_get_named_dev(const char *name);

/** Takes a slot, and allocates the shared part of a device: NULL if that fails. */
__rte_internal struct rte_cryptodev *rte_cryptodev_pmd_allocate(const char *name, int socket_id);

/** Closes a device, frees its shared part and its slot; not its private data. */
__rte_internal int rte_cryptodev_pmd_release_device(struct rte_cryptodev *cryptodev);

/** Reads "name", "max_nb_queue_pairs" and "socket_id" into @p params; refuses any other key. */
__rte_internal int rte_cryptodev_pmd_parse_input_args(struct rte_cryptodev_pmd_init_params *params,
						      const char *args);

/** rte_cryptodev_pmd_allocate(), and private data: NULL if that fails. */
__rte_internal struct rte_cryptodev *
rte_cryptodev_pmd_create(const char *name, struct rte_device *device,
			 struct rte_cryptodev_pmd_init_params *params);

/** rte_cryptodev_pmd_release_device(), and frees the private data. */
__rte_internal int rte_cryptodev_pmd_destroy(struct rte_cryptodev *cryptodev);

/** The last step of a probe: the device can be used. */
__rte_internal void rte_cryptodev_pmd_probing_finish(struct rte_cryptodev *dev);

/** Calls the application's callbacks for @p event. Any thread. */
__rte_internal void rte_cryptodev_pmd_callback_process(struct rte_cryptodev *dev,
						       enum rte_cryptodev_event_type event);

/** Gives a driver its number, which it returns: for constructors. */
__rte_internal uint8_t rte_cryptodev_allocate_driver(struct cryptodev_driver *crypto_drv,
						     const struct rte_driver *drv);

/**
 * Gives the driver @p drv, a struct rte_driver that may still lack its name, a number when the
 * object is loaded, and keeps it in the variable @p driver_id.
 */
#define RTE_PMD_REGISTER_CRYPTO_DRIVER(crypto_drv, drv, driver_id)                                 \
	RTE_INIT(crypto_register_##driver_id)                                                      \
	{                                                                                          \
		driver_id = rte_cryptodev_allocate_driver(&crypto_drv, &(drv));                    \
	}

/** Makes enqueue and dequeue through @p fp_ops fail. */
__rte_internal void cryptodev_fp_ops_reset(struct rte_crypto_fp_ops *fp_ops);

/** Makes enqueue and dequeue through @p fp_ops go to @p dev. */
__rte_internal void cryptodev_fp_ops_set(struct rte_crypto_fp_ops *fp_ops,
					 const struct rte_cryptodev *dev);

#ifdef __cplusplus
}
#endif

#endif /* CRYPTODEV_PMD_H */
