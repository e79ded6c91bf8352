/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/**
 * @file
 * Messages of the vhost-user protocol, shared by the driver's front-end and the device's back-end.
 * Native byte order, as the protocol defines.
 */

#ifndef VHOST_USER_WIRE_H
#define VHOST_USER_WIRE_H

#include <assert.h>
#include <stdint.h>

/** Requests of the front-end that this project handles or logs. */
enum vhost_user_request {
	VHOST_USER_GET_FEATURES = 1,
	VHOST_USER_SET_FEATURES = 2,
	VHOST_USER_SET_OWNER = 3,
	VHOST_USER_RESET_OWNER = 4,
	VHOST_USER_SET_MEM_TABLE = 5,
	VHOST_USER_SET_LOG_BASE = 6,
	VHOST_USER_SET_LOG_FD = 7,
	VHOST_USER_SET_VRING_NUM = 8,
	VHOST_USER_SET_VRING_ADDR = 9,
	VHOST_USER_SET_VRING_BASE = 10,
	VHOST_USER_GET_VRING_BASE = 11,
	VHOST_USER_SET_VRING_KICK = 12,
	VHOST_USER_SET_VRING_CALL = 13,
	VHOST_USER_SET_VRING_ERR = 14,
	VHOST_USER_GET_PROTOCOL_FEATURES = 15,
	VHOST_USER_SET_PROTOCOL_FEATURES = 16,
	VHOST_USER_GET_QUEUE_NUM = 17,
	VHOST_USER_SET_VRING_ENABLE = 18,
	VHOST_USER_SET_BACKEND_REQ_FD = 21,
	VHOST_USER_IOTLB_MSG = 22,
	VHOST_USER_GET_CONFIG = 24,
	VHOST_USER_SET_CONFIG = 25,
	VHOST_USER_CREATE_CRYPTO_SESSION = 26,
	VHOST_USER_CLOSE_CRYPTO_SESSION = 27,
	VHOST_USER_GET_INFLIGHT_FD = 31,
	VHOST_USER_SET_INFLIGHT_FD = 32,
	VHOST_USER_RESET_DEVICE = 34,
	VHOST_USER_GET_MAX_MEM_SLOTS = 36,
	VHOST_USER_ADD_MEM_REG = 37,
	VHOST_USER_REM_MEM_REG = 38,
	VHOST_USER_SET_STATUS = 39,
	VHOST_USER_GET_STATUS = 40,
};

/** Requests of the back-end, sent over the channel of SET_BACKEND_REQ_FD. */
enum vhost_user_backend_request {
	VHOST_USER_BACKEND_CONFIG_CHANGE_MSG = 2,
};

/** @name Protocol feature bits; <rte_vhost.h> has some of them too */
/**@{*/
#ifndef VHOST_USER_PROTOCOL_F_MQ
#define VHOST_USER_PROTOCOL_F_MQ 0
#endif
#ifndef VHOST_USER_PROTOCOL_F_LOG_SHMFD
#define VHOST_USER_PROTOCOL_F_LOG_SHMFD 1
#endif
#ifndef VHOST_USER_PROTOCOL_F_REPLY_ACK
#define VHOST_USER_PROTOCOL_F_REPLY_ACK 3
#endif
#ifndef VHOST_USER_PROTOCOL_F_BACKEND_REQ
#define VHOST_USER_PROTOCOL_F_BACKEND_REQ 5
#endif
#ifndef VHOST_USER_PROTOCOL_F_CRYPTO_SESSION
#define VHOST_USER_PROTOCOL_F_CRYPTO_SESSION 7
#endif
#ifndef VHOST_USER_PROTOCOL_F_CONFIG
#define VHOST_USER_PROTOCOL_F_CONFIG 9
#endif
#ifndef VHOST_USER_PROTOCOL_F_BACKEND_SEND_FD
#define VHOST_USER_PROTOCOL_F_BACKEND_SEND_FD 10
#endif
#ifndef VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD
#define VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD 12
#endif
#ifndef VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS
#define VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS 15
#endif
#ifndef VHOST_USER_PROTOCOL_F_STATUS
#define VHOST_USER_PROTOCOL_F_STATUS 16
#endif
/**@}*/

/** Feature bit of a back-end that supports protocol features. */
#ifndef VHOST_USER_F_PROTOCOL_FEATURES
#define VHOST_USER_F_PROTOCOL_FEATURES 30
#endif

#define VHOST_USER_VERSION	0x1u	  /**< flags: protocol version, the only one */
#define VHOST_USER_VERSION_MASK 0x3u	  /**< flags: bits of the version */
#define VHOST_USER_REPLY	(1u << 2) /**< flags: the message is a reply */
#define VHOST_USER_NEED_REPLY	(1u << 3) /**< flags: the sender requests a reply (REPLY_ACK) */
#define VHOST_USER_VRING_NOFD	(1u << 8) /**< u64 of SET_VRING_KICK/CALL/ERR: no fd */
#define VHOST_USER_VRING_MASK	0xffu	  /**< u64 of SET_VRING_KICK/CALL/ERR: the vring */
#define VHOST_USER_VRING_LOG	0x1u	  /**< flags of SET_VRING_ADDR: log the used ring */
#define VHOST_USER_MAX_REGIONS	8	  /**< regions in one memory table, and fds at most */
#define VHOST_USER_MAX_PAYLOAD	4096	  /**< larger than any payload of the protocol */
#define VHOST_USER_CONFIG_MAX	256	  /**< bytes of config space in one message */

/** Header of a message. */
struct vhost_user_header {
	uint32_t request; /**< enum vhost_user_request */
	uint32_t flags;	  /**< VHOST_USER_VERSION and bits */
	uint32_t size;	  /**< bytes of payload that follow */
};

struct vhost_user_vring_state {
	uint32_t index;
	uint32_t num;
};

struct vhost_user_vring_addr {
	uint32_t index;
	uint32_t flags;
	uint64_t desc_user_addr;
	uint64_t used_user_addr;
	uint64_t avail_user_addr;
	uint64_t log_guest_addr;
};

struct vhost_user_region {
	uint64_t guest_phys_addr;
	uint64_t memory_size;
	uint64_t userspace_addr;
	uint64_t mmap_offset;
};

struct vhost_user_memory {
	uint32_t nregions;
	uint32_t padding;
	struct vhost_user_region regions[VHOST_USER_MAX_REGIONS];
};

/** ADD_MEM_REG and REM_MEM_REG. */
struct vhost_user_memory_single {
	uint64_t padding;
	struct vhost_user_region region;
};

/** GET_INFLIGHT_FD and SET_INFLIGHT_FD. */
struct vhost_user_inflight {
	uint64_t mmap_size; /**< bytes; reply: 0 is failure */
	uint64_t mmap_offset;
	uint16_t num_queues;
	uint16_t queue_size; /**< of the largest ring */
};

struct vhost_user_config {
	uint32_t offset;
	uint32_t size;
	uint32_t flags; /**< SET_CONFIG: 0 writable fields, 1 migration */
	uint8_t region[VHOST_USER_CONFIG_MAX];
};

#define VHOST_USER_CRYPTO_MAX_CIPHER_KEY 64  /**< bytes of cipher key in message 26 */
#define VHOST_USER_CRYPTO_MAX_AUTH_KEY	 512 /**< bytes of authentication key in message 26 */
#define VHOST_USER_CRYPTO_MAX_ASYM_KEY	 1024

/** Symmetric session parameters, the same in both forms of message 26. */
struct vhost_user_crypto_sym {
	uint32_t cipher_alg;
	uint32_t key_len;
	uint32_t hash_alg;
	uint32_t hash_result_len;
	uint32_t auth_key_len;
	uint32_t aad_len;
	uint8_t op_type;	 /**< VIRTIO_CRYPTO_SYM_OP_* */
	uint8_t direction;	 /**< VIRTIO_CRYPTO_OP_* */
	uint8_t hash_mode;	 /**< VIRTIO_CRYPTO_SYM_HASH_MODE_* */
	uint8_t alg_chain_order; /**< VIRTIO_CRYPTO_SYM_ALG_CHAIN_ORDER_* */
};

/** Symmetric session with its keys. */
struct vhost_user_crypto_sym_session {
	struct vhost_user_crypto_sym info;
	uint8_t padding[4];
	uint64_t host_pointers[2]; /**< of the sender: meaningless here */
	uint8_t cipher_key[VHOST_USER_CRYPTO_MAX_CIPHER_KEY];
	uint8_t auth_key[VHOST_USER_CRYPTO_MAX_AUTH_KEY];
};

/** Asymmetric session with its key. */
struct vhost_user_crypto_asym_session {
	uint32_t algo;
	uint32_t key_type;
	uint32_t key_len;
	uint32_t padding;
	uint64_t host_pointer; /**< of the sender: meaningless here */
	uint32_t padding_algo;
	uint32_t hash_algo;
	uint8_t key[VHOST_USER_CRYPTO_MAX_ASYM_KEY];
};

/** CREATE_CRYPTO_SESSION as QEMU 8.0 and later, and DPDK after 24.11, send and take it. */
struct vhost_user_crypto_session {
	uint64_t op_code; /**< VIRTIO_CRYPTO_*_CREATE_SESSION */
	union {
		struct vhost_user_crypto_sym_session sym;
		struct vhost_user_crypto_asym_session asym;
	} u;
	int64_t session_id; /**< reply: negative is failure */
};

/** CREATE_CRYPTO_SESSION as QEMU before 8.0 and DPDK up to 24.11 send and take it. */
struct vhost_user_crypto_session_old {
	int64_t session_id; /**< reply: negative is failure */
	uint32_t op_code;
	struct vhost_user_crypto_sym info;
	uint64_t host_pointers[2];
	uint8_t cipher_key[VHOST_USER_CRYPTO_MAX_CIPHER_KEY];
	uint8_t auth_key[VHOST_USER_CRYPTO_MAX_AUTH_KEY];
};

static_assert(sizeof(struct vhost_user_header) == 12, "message header layout");
static_assert(sizeof(struct vhost_user_crypto_sym_session) == 624, "symmetric session layout");
static_assert(sizeof(struct vhost_user_crypto_asym_session) == 1056, "asymmetric session layout");
static_assert(sizeof(struct vhost_user_crypto_session) == 1072, "message 26 layout");
static_assert(sizeof(struct vhost_user_crypto_session_old) == 632, "old message 26 layout");

#endif /* VHOST_USER_WIRE_H */
