/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * The driver, with a hostile device: config space, features, sessions, statuses, used rings and
 * all that both sides can write are what the input says, and change while the driver reads them.
 */

#include <errno.h>

#include <rte_cryptodev.h>
#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>
#include <rte_version.h>

#include "fuzz_alloc.h"
#include "fuzz_input.h"
#include "fuzz_keys.h"
#include "fuzz_memory.h"
#include "virtio_crypto_asym_session.h"
#include "virtio_crypto_burst.h"
#include "virtio_crypto_caps.h"
#include "virtio_crypto_der.h"
#include "virtio_crypto_lifecycle.h"
#include "virtio_crypto_queue.h"
#include "virtio_crypto_queue_setup.h"
#include "virtio_crypto_sym_session.h"

#define RING	  64
#define OPS	  64
#define IV_OFFSET (sizeof(struct rte_crypto_op) + sizeof(struct rte_crypto_sym_op))
#define MODULUS	  64
#define CURVE	  32

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The device as the driver meets it. */
static struct {
	uint64_t features;
	struct virtio_crypto_config config;
	bool alive;
	unsigned int failures;
	/* The next answers of the control queue. */
	uint32_t status;
	uint32_t used_id; /* bits that are wrong in what names the request */
	uint64_t session;
	/* Of the data queue: what is next to be taken and to be used; packed: places. */
	uint16_t taken;
	uint16_t used;
} played;

static struct virtio_crypto_dev dev;
static void *queue_pairs[1];
static struct rte_cryptodev_data data = {
	.dev_id = 60, .name = "fuzzed", .queue_pairs = queue_pairs, .dev_started = 1
};
static struct rte_mempool *mbufs, *sym_ops, *asym_ops, *sym_sessions;

/* Sessions, of which those of asymmetric operations come last. */
enum kind { CBC, CHAIN, CHAIN_DECRYPT, HASH_ONLY, GCM, GCM_DECRYPT, RSA, ECDSA, KINDS };

static struct rte_cryptodev_sym_session *sym[RSA];
static struct rte_cryptodev_asym_session *asym[KINDS];

static struct virtio_crypto_asym_session_ref *
reference(enum kind kind)
{
	return (void *)asym[kind]->sess_private_data;
}

/* Operations that the driver has, with what they write to. */
static unsigned int nb_given;

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

const struct rte_memzone *__wrap_rte_memzone_reserve_aligned(const char *name, size_t len,
							     int socket, unsigned int flags,
							     unsigned int align);
int __wrap_rte_memzone_free(const struct rte_memzone *zone);

/* What the driver shares with the device is memory that changes. */
const struct rte_memzone *
__wrap_rte_memzone_reserve_aligned(const char *name, size_t len, int socket, unsigned int flags,
				   unsigned int align)
{
	struct rte_memzone *zone = calloc(1, sizeof(*zone));

	(void)name;
	(void)socket;
	(void)flags;
	(void)align;
	FUZZ_MUST(zone != NULL);
	zone->addr = fuzz_memory_map(len)->va;
	zone->iova = zone->addr_64;
	zone->len = len;
	return zone;
}

int
__wrap_rte_memzone_free(const struct rte_memzone *zone)
{
	unsigned int i;

	if (zone == NULL)
		return -EINVAL;
	for (i = 0; i < FUZZ_MAX_REGIONS; i++)
		if (fuzz_regions[i].va == zone->addr)
			fuzz_memory_unmap(&fuzz_regions[i]);
	free((void *)(uintptr_t)zone);
	return 0;
}

static int
tr_open(struct virtio_crypto_transport *tr, uint64_t wanted, uint64_t *features)
{
	(void)tr;
	*features = wanted & played.features;
	return 0;
}

static int
tr_read_config(struct virtio_crypto_transport *tr, struct virtio_crypto_config *config)
{
	(void)tr;
	*config = played.config;
	return 0;
}

static int
tr_queue_start(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	(void)tr;
	vq->attached = true;
	return 0;
}

static void
tr_queue_stop(struct virtio_crypto_transport *tr, struct virtqueue *vq)
{
	(void)tr;
	vq->attached = false;
}

/* Whether a part of the driver's memory is one that device and driver share. */
static bool
is_shared(uint64_t addr, uint32_t len)
{
	return len > 0 && fuzz_is_guest((const void *)(uintptr_t)addr, len);
}

/* The same of a table, which has been spoilt if it is not where tables can be. */
static bool
is_table(uint64_t addr, uint32_t len)
{
	return addr % sizeof(uint64_t) == 0 && len >= sizeof(struct vring_desc) &&
		is_shared(addr, len);
}

/* Tells of a request that is used, at the place where the driver looks next. */
static void
use(struct virtqueue *vq, uint16_t *place, uint32_t id, uint32_t len, uint16_t nb_descs)
{
	struct vring_packed_desc *d;
	uint16_t i = *place & (vq->size - 1);

	if (!vq->packed) {
		vq->used->ring[i].id = rte_cpu_to_le_32(id);
		vq->used->ring[i].len = rte_cpu_to_le_32(len);
		++*place;
		vq->used->idx = rte_cpu_to_le_16(*place);
		return;
	}
	d = &vq->packed_desc[virtio_packed_index(*place) % vq->size];
	d->id = rte_cpu_to_le_16(id);
	d->len = rte_cpu_to_le_32(len);
	d->flags = rte_cpu_to_le_16(virtio_packed_used_flags(*place) | VRING_DESC_F_WRITE);
	*place = virtio_packed_next(*place, nb_descs, vq->size);
}

/* Answers the request on the control queue, of two descriptors. */
static void
answer_control(struct virtqueue *vq)
{
	uint16_t place = vq->used_idx, head = 0, i;
	uint64_t at;
	uint32_t len;

	if (vq->packed) {
		i = virtio_packed_index(virtio_packed_next(place, 1, vq->size));
		at = rte_le_to_cpu_64(vq->packed_desc[i].addr);
		len = rte_le_to_cpu_32(vq->packed_desc[i].len);
	} else {
		head = rte_le_to_cpu_16(vq->avail->ring[place & (vq->size - 1)]);
		i = (head + 1) & (vq->size - 1);
		at = rte_le_to_cpu_64(vq->desc[i].addr);
		len = rte_le_to_cpu_32(vq->desc[i].len);
	}
	if (is_shared(at, len) && len == 1) {
		*(uint8_t *)(uintptr_t)at = played.status;
	} else if (is_shared(at, len) && len == sizeof(struct virtio_crypto_session_input)) {
		const struct virtio_crypto_session_input answer = {
			.session_id = rte_cpu_to_le_64(played.session),
			.status = rte_cpu_to_le_32(played.status),
		};

		memcpy((void *)(uintptr_t)at, &answer, sizeof(answer));
	}
	use(vq, &place, head ^ played.used_id, len, 2);
	/* It wants to be told of the next one. */
	if (!vq->packed)
		*(__virtio16 *)&vq->used->ring[vq->size] = vq->avail->idx;
}

static void
tr_notify(struct virtqueue *vq)
{
	if (vq == &dev.ctrlq.vq && played.alive)
		answer_control(vq);
}

static bool
tr_alive(struct virtio_crypto_transport *tr)
{
	(void)tr;
	/* The driver waits, as it found that no notification was wanted. */
	if (played.alive)
		answer_control(&dev.ctrlq.vq);
	return played.alive;
}

static void
tr_fail(struct virtio_crypto_transport *tr)
{
	(void)tr;
	played.failures++;
}

static void
tr_close(struct virtio_crypto_transport *tr)
{
	(void)tr;
}

static const struct virtio_crypto_transport_ops transport_ops = {
	.open = tr_open,
	.read_config = tr_read_config,
	.queue_start = tr_queue_start,
	.queue_stop = tr_queue_stop,
	.notify = tr_notify,
	.is_alive = tr_alive,
	.fail = tr_fail,
	.close = tr_close,
};

static struct virtio_crypto_transport transport = {
	.ops = &transport_ops,
	.dev = &dev,
	.location = "here",
	.max_queues = 1,
	.max_queue_size = RING,
	.max_ctrlq_size = RING,
	.virtual_addresses = true,
	.has_ctrlq = true,
};

static struct virtio_crypto_queue *
queue(void)
{
	return queue_pairs[0];
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *eal[] = { (char[]){ "fuzz" },	  (char[]){ "--no-huge" },
			(char[]){ "-m" },	  (char[]){ "64" },
			(char[]){ "--no-pci" },	  (char[]){ "--no-telemetry" },
			(char[]){ "--no-shconf" } };

	(void)argc;
	(void)argv;
	rte_log_set_global_level(RTE_LOG_CRIT);
	FUZZ_MUST(rte_eal_init(RTE_DIM(eal), eal) >= 0);
	rte_log_set_level_pattern("pmd.crypto.virtio", RTE_LOG_EMERG);
	mbufs = rte_pktmbuf_pool_create("mbufs", 255, 0, 0, 2048, SOCKET_ID_ANY);
	sym_ops = rte_crypto_op_pool_create("sym", RTE_CRYPTO_OP_TYPE_SYMMETRIC, 127, 0, 64,
					    SOCKET_ID_ANY);
	asym_ops = rte_crypto_op_pool_create("asym", RTE_CRYPTO_OP_TYPE_ASYMMETRIC, 127, 0, 0,
					     SOCKET_ID_ANY);
	sym_sessions = rte_cryptodev_sym_session_pool_create(
		"sessions", 15, sizeof(struct virtio_crypto_session_ref), 0, 0, SOCKET_ID_ANY);
	FUZZ_MUST(mbufs != NULL && sym_ops != NULL && asym_ops != NULL && sym_sessions != NULL);
	return 0;
}

static struct rte_crypto_sym_xform
cipher_xform(bool encrypt)
{
	static const uint8_t key[16] = "key of a cipher";

	return (struct rte_crypto_sym_xform){
		.type = RTE_CRYPTO_SYM_XFORM_CIPHER,
		.cipher = { .op = encrypt ? RTE_CRYPTO_CIPHER_OP_ENCRYPT :
					    RTE_CRYPTO_CIPHER_OP_DECRYPT,
			    .algo = RTE_CRYPTO_CIPHER_AES_CBC,
			    .key = { .data = key, .length = sizeof(key) },
			    .iv = { .offset = IV_OFFSET, .length = 16 } },
	};
}

static struct rte_crypto_sym_xform
auth_xform(bool verify)
{
	static const uint8_t key[20] = "key of a digest ...";

	return (struct rte_crypto_sym_xform){
		.type = RTE_CRYPTO_SYM_XFORM_AUTH,
		.auth = { .op = verify ? RTE_CRYPTO_AUTH_OP_VERIFY : RTE_CRYPTO_AUTH_OP_GENERATE,
			  .algo = RTE_CRYPTO_AUTH_SHA1_HMAC,
			  .key = { .data = key, .length = sizeof(key) },
			  .digest_length = 20 },
	};
}

static struct rte_crypto_sym_xform
aead_xform(bool encrypt)
{
	static const uint8_t key[16] = "key of a cipher";

	return (struct rte_crypto_sym_xform){
		.type = RTE_CRYPTO_SYM_XFORM_AEAD,
		.aead = { .op = encrypt ? RTE_CRYPTO_AEAD_OP_ENCRYPT : RTE_CRYPTO_AEAD_OP_DECRYPT,
			  .algo = RTE_CRYPTO_AEAD_AES_GCM,
			  .key = { .data = key, .length = sizeof(key) },
			  .iv = { .offset = IV_OFFSET, .length = 12 },
			  .digest_length = 16,
			  .aad_length = 8 },
	};
}

static rte_crypto_uint
number(const uint8_t *bytes, size_t len)
{
	return (rte_crypto_uint){ .data = (uint8_t *)(uintptr_t)bytes, .length = len };
}

static struct rte_crypto_asym_xform
rsa_xform(void)
{
	struct rte_crypto_asym_xform x = { .xform_type = RTE_CRYPTO_ASYM_XFORM_RSA };
	struct virtio_crypto_rsa_key key;
	const struct virtio_crypto_bytes *n = key.number;

	FUZZ_MUST(virtio_crypto_der_rsa_private(fuzz_rsa_private, sizeof(fuzz_rsa_private), &key) ==
		  0);
	x.rsa.n = number(n[VIRTIO_CRYPTO_RSA_N].data, n[VIRTIO_CRYPTO_RSA_N].len);
	x.rsa.e = number(n[VIRTIO_CRYPTO_RSA_E].data, n[VIRTIO_CRYPTO_RSA_E].len);
	x.rsa.key_type = RTE_RSA_KEY_TYPE_QT;
	x.rsa.qt.p = number(n[VIRTIO_CRYPTO_RSA_P].data, n[VIRTIO_CRYPTO_RSA_P].len);
	x.rsa.qt.q = number(n[VIRTIO_CRYPTO_RSA_Q].data, n[VIRTIO_CRYPTO_RSA_Q].len);
	x.rsa.qt.dP = number(n[VIRTIO_CRYPTO_RSA_DP].data, n[VIRTIO_CRYPTO_RSA_DP].len);
	x.rsa.qt.dQ = number(n[VIRTIO_CRYPTO_RSA_DQ].data, n[VIRTIO_CRYPTO_RSA_DQ].len);
	x.rsa.qt.qInv = number(n[VIRTIO_CRYPTO_RSA_QINV].data, n[VIRTIO_CRYPTO_RSA_QINV].len);
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
	x.rsa.padding.type = RTE_CRYPTO_RSA_PADDING_PKCS1_5;
#endif
	return x;
}

static struct rte_crypto_asym_xform
ecdsa_xform(void)
{
	struct rte_crypto_asym_xform x = { .xform_type = RTE_CRYPTO_ASYM_XFORM_ECDSA };

	x.ec.curve_id = RTE_CRYPTO_EC_GROUP_SECP256R1;
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	struct virtio_crypto_bytes d;

	FUZZ_MUST(virtio_crypto_der_ec_private(fuzz_ec_private, sizeof(fuzz_ec_private), &d) == 0);
	x.ec.pkey = number(d.data, d.len);
	x.ec.q.x = number(fuzz_ec_public + 1, CURVE);
	x.ec.q.y = number(fuzz_ec_public + 1 + CURVE, CURVE);
#endif
	return x;
}

static void
session_destroy(enum kind kind)
{
	if (kind < RSA && sym[kind] != NULL) {
		virtio_crypto_sym_session_destroy(&dev, CRYPTODEV_GET_SYM_SESS_PRIV(sym[kind]));
		rte_mempool_put(sym_sessions, sym[kind]);
		sym[kind] = NULL;
	} else if (kind >= RSA && asym[kind] != NULL) {
		virtio_crypto_asym_session_destroy(&dev, reference(kind));
		free(asym[kind]);
		asym[kind] = NULL;
	}
}

static int
sym_create(enum kind kind, struct rte_cryptodev_sym_session *s)
{
	struct rte_crypto_sym_xform x[2];

	memset(x, 0, sizeof(x));
	switch (kind) {
	case CBC:
		x[0] = cipher_xform(true);
		break;
	case CHAIN:
		x[0] = cipher_xform(true);
		x[1] = auth_xform(false);
		x[0].next = &x[1];
		break;
	case CHAIN_DECRYPT:
		x[0] = auth_xform(true);
		x[1] = cipher_xform(false);
		x[0].next = &x[1];
		break;
	case HASH_ONLY:
		x[0] = auth_xform(false);
		break;
	default:
		x[0] = aead_xform(kind == GCM);
		break;
	}
	return virtio_crypto_sym_session_create(&dev, x, CRYPTODEV_GET_SYM_SESS_PRIV(s));
}

static void
session_create(enum kind kind)
{
	struct rte_crypto_asym_xform x;

	session_destroy(kind);
	if (kind < RSA) {
		FUZZ_MUST(rte_mempool_get(sym_sessions, (void **)&sym[kind]) == 0);
		if (sym_create(kind, sym[kind]) == 0)
			return;
		rte_mempool_put(sym_sessions, sym[kind]);
		sym[kind] = NULL;
		return;
	}
	x = kind == RSA ? rsa_xform() : ecdsa_xform();
	asym[kind] = calloc(1, sizeof(*asym[kind]) + sizeof(struct virtio_crypto_asym_session_ref));
	FUZZ_MUST(asym[kind] != NULL);
	if (virtio_crypto_asym_session_create(&dev, &x, reference(kind)) == 0)
		return;
	free(asym[kind]);
	asym[kind] = NULL;
}

/* What an operation writes to, beside its mbuf: exactly as long as it may be. */
static uint8_t *
exactly(uint32_t len)
{
	uint8_t *p = calloc(1, len);

	FUZZ_MUST(p != NULL);
	return p;
}

static struct rte_crypto_op *
sym_op(enum kind kind, uint32_t len)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(sym_ops, RTE_CRYPTO_OP_TYPE_SYMMETRIC);
	struct rte_mbuf *m = rte_pktmbuf_alloc(mbufs);

	FUZZ_MUST(op != NULL && m != NULL);
	memset(rte_pktmbuf_append(m, len), 0xda, len);
	rte_crypto_op_attach_sym_session(op, sym[kind]);
	op->sym->m_src = m;
	if (kind == GCM || kind == GCM_DECRYPT) {
		op->sym->aead.data.length = len;
		op->sym->aead.digest.data = exactly(16);
		op->sym->aead.aad.data = exactly(8);
		return op;
	}
	op->sym->cipher.data.length = len;
	op->sym->auth.data.length = len;
	op->sym->auth.digest.data = exactly(20);
	return op;
}

static struct rte_crypto_op *
asym_op(enum kind kind, uint8_t how)
{
	struct rte_crypto_op *op = rte_crypto_op_alloc(asym_ops, RTE_CRYPTO_OP_TYPE_ASYMMETRIC);
	struct rte_crypto_asym_op *a;

	FUZZ_MUST(op != NULL);
	op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
	a = op->asym;
	memset(a, 0, sizeof(*a));
	a->session = asym[kind];
	if (kind == RSA) {
		a->rsa.op_type = how & 3; /* encrypt, decrypt, sign, verify */
		a->rsa.message = (rte_crypto_param){ .data = exactly(MODULUS), .length = 32 };
		a->rsa.cipher = (rte_crypto_param){ .data = exactly(MODULUS), .length = MODULUS };
		a->rsa.sign = (rte_crypto_param){ .data = exactly(MODULUS), .length = MODULUS };
#if RTE_VERSION < RTE_VERSION_NUM(24, 11, 0, 0)
		a->rsa.padding.type = how & 4 ? RTE_CRYPTO_RSA_PADDING_NONE :
						RTE_CRYPTO_RSA_PADDING_PKCS1_5;
		a->rsa.padding.hash = how & 8 ? RTE_CRYPTO_AUTH_SHA256 : 0;
#endif
		return op;
	}
	a->ecdsa.op_type = how & 1 ? RTE_CRYPTO_ASYM_OP_VERIFY : RTE_CRYPTO_ASYM_OP_SIGN;
	a->ecdsa.message = (rte_crypto_param){ .data = exactly(32), .length = 32 };
	a->ecdsa.r = (rte_crypto_param){ .data = exactly(CURVE), .length = CURVE };
	a->ecdsa.s = (rte_crypto_param){ .data = exactly(CURVE), .length = CURVE };
	a->ecdsa.r.data[CURVE - 1] = 1;
	a->ecdsa.s.data[CURVE - 1] = 1;
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
	struct virtio_crypto_bytes d;

	FUZZ_MUST(virtio_crypto_der_ec_private(fuzz_ec_private, sizeof(fuzz_ec_private), &d) == 0);
	a->ecdsa.pkey = number(d.data, d.len);
	a->ecdsa.q.x = number(fuzz_ec_public + 1, CURVE);
	a->ecdsa.q.y = number(fuzz_ec_public + 1 + CURVE, CURVE);
#endif
	return op;
}

static bool
is_ecdsa(const struct rte_crypto_op *op)
{
	return op->asym->session == asym[ECDSA];
}

static void
op_free(struct rte_crypto_op *op, bool ecdsa)
{
	if (op->type == RTE_CRYPTO_OP_TYPE_SYMMETRIC) {
		const uint32_t *aead = rte_crypto_op_ctod_offset(op, uint32_t *, IV_OFFSET + 32);

		free(*aead ? op->sym->aead.digest.data : op->sym->auth.digest.data);
		if (*aead)
			free(op->sym->aead.aad.data);
		rte_pktmbuf_free(op->sym->m_src);
	} else if (ecdsa) {
		free(op->asym->ecdsa.message.data);
		free(op->asym->ecdsa.r.data);
		free(op->asym->ecdsa.s.data);
	} else {
		free(op->asym->rsa.message.data);
		free(op->asym->rsa.cipher.data);
		free(op->asym->rsa.sign.data);
	}
	rte_crypto_op_free(op);
}

static void
enqueue(struct fuzz_input *in)
{
	static const uint16_t lens[] = { 64, 16, 0, 1900 };
	enum kind kind = fuzz_u8(in) % KINDS;
	uint8_t how = fuzz_u8(in);
	struct rte_crypto_op *op;

	if (nb_given == OPS)
		return;
	if (kind < RSA ? sym[kind] == NULL : asym[kind] == NULL)
		session_create(kind);
	if (kind < RSA ? sym[kind] == NULL : asym[kind] == NULL)
		return;
	if (kind < RSA) {
		op = sym_op(kind, lens[how & 3]);
		*rte_crypto_op_ctod_offset(op, uint32_t *, IV_OFFSET + 32) = kind >= GCM;
	} else {
		op = asym_op(kind, how);
	}
	op->status = RTE_CRYPTO_OP_STATUS_NOT_PROCESSED;
	if (virtio_crypto_enqueue_burst(queue(), &op, 1) == 1)
		nb_given++;
	else
		op_free(op, kind == ECDSA);
}

static unsigned int
dequeue(uint16_t max)
{
	struct rte_crypto_op *ops[OPS];
	uint16_t n, i;

	fuzz_turn();
	n = virtio_crypto_dequeue_burst(queue(), ops, RTE_MIN(max, RTE_DIM(ops)));
	fuzz_turn_end();
	FUZZ_MUST(n <= nb_given);
	nb_given -= n;
	for (i = 0; i < n; i++) {
		FUZZ_MUST(ops[i]->status != RTE_CRYPTO_OP_STATUS_NOT_PROCESSED);
		op_free(ops[i], ops[i]->type == RTE_CRYPTO_OP_TYPE_ASYMMETRIC && is_ecdsa(ops[i]));
	}
	return n;
}

/* Takes the next request if there is one: its name, its descriptors, where its status goes. */
static uint8_t *
take(struct virtqueue *vq, uint32_t *id, uint16_t *nb, uint32_t *room)
{
	const struct vring_desc *table = vq->desc, *d = NULL;
	uint16_t i, head, n = 0;
	uint8_t *status = NULL;
	uint32_t count = vq->size;

	*nb = 1;
	*room = 0;
	if (vq->packed) {
		i = virtio_packed_index(played.taken) % vq->size;
		if (!virtio_packed_is_avail(rte_le_to_cpu_16(vq->packed_desc[i].flags),
					    played.taken))
			return NULL;
		/* A chain ends where NEXT is not set; its last descriptor has the name. */
		while ((vq->packed_desc[i].flags & rte_cpu_to_le_16(VRING_DESC_F_NEXT)) &&
		       *nb < vq->size) {
			i = (i + 1) % vq->size;
			++*nb;
		}
		*id = rte_le_to_cpu_16(vq->packed_desc[i].id);
		d = (const struct vring_desc *)(const void *)&vq->packed_desc[i];
		played.taken = virtio_packed_next(played.taken, *nb, vq->size);
	} else {
		if (played.taken == rte_le_to_cpu_16(vq->avail->idx))
			return NULL;
		head = rte_le_to_cpu_16(vq->avail->ring[played.taken++ & (vq->size - 1)]);
		*id = head;
		d = &table[head % vq->size];
	}
	if (!vq->packed && (d->flags & rte_cpu_to_le_16(VRING_DESC_F_INDIRECT))) {
		count = rte_le_to_cpu_32(d->len) / sizeof(*d);
		table = (const void *)(uintptr_t)rte_le_to_cpu_64(d->addr);
		if (!is_table(rte_le_to_cpu_64(d->addr), rte_le_to_cpu_32(d->len)))
			return NULL;
		d = table;
	} else if (vq->packed &&
		   (rte_le_to_cpu_16(((const struct vring_packed_desc *)(const void *)d)->flags) &
		    VRING_DESC_F_INDIRECT)) {
		const uint32_t len = rte_le_to_cpu_32(d->len);

		if (!is_table(rte_le_to_cpu_64(d->addr), len))
			return NULL;
		d = (const struct vring_desc *)(uintptr_t)rte_le_to_cpu_64(d->addr) +
			len / sizeof(*d) - 1;
	}
	while (!vq->packed && (d->flags & rte_cpu_to_le_16(VRING_DESC_F_NEXT)) && n++ < count) {
		if (d->flags & rte_cpu_to_le_16(VRING_DESC_F_WRITE))
			*room += rte_le_to_cpu_32(d->len);
		d = &table[rte_le_to_cpu_16(d->next) % count];
	}
	*room += rte_le_to_cpu_32(d->len);
	if (is_shared(rte_le_to_cpu_64(d->addr), rte_le_to_cpu_32(d->len)))
		status = (uint8_t *)(uintptr_t)rte_le_to_cpu_64(d->addr) +
			rte_le_to_cpu_32(d->len) - 1;
	return status;
}

/* Completes the next request, some of it spoilt. */
static void
complete(struct fuzz_input *in, bool spoilt)
{
	struct virtqueue *vq = &queue()->vq;
	uint32_t id = 0, room = 0;
	uint16_t nb = 1;
	uint8_t *status = take(vq, &id, &nb, &room), how;

	if (status == NULL && !spoilt)
		return;
	how = fuzz_u8(in);
	if (status != NULL) {
		*status = how & 15;
		/* A signature where the result is; there is room for one before the status. */
		if ((how & 0x10) && is_shared((uintptr_t)status - 72, 72))
			memcpy(status - 72, fuzz_ec_signature, sizeof(fuzz_ec_signature));
	}
	if (how & 0x20)
		room = sizeof(fuzz_ec_signature) + 1;
	if (spoilt) {
		id = fuzz_spoilt(in, id);
		room = fuzz_spoilt(in, room);
		nb = how & 0x40 ? fuzz_u8(in) % vq->size : nb;
	}
	use(vq, &played.used, id, room, nb);
}

/* Writes anything to memory that both sides share. */
static void
spoil_memory(struct fuzz_input *in)
{
	struct fuzz_region *r = &fuzz_regions[FUZZ_REGIONS + fuzz_u8(in) % 2];
	uint32_t off = fuzz_u32(in);

	if (r->va != NULL)
		r->va[off % r->size] = fuzz_u8(in);
}

static void
spoil_used(struct fuzz_input *in)
{
	struct virtqueue *vq = &queue()->vq;

	if (vq->packed)
		vq->packed_desc[fuzz_u8(in) % vq->size].flags = rte_cpu_to_le_16(fuzz_u16(in));
	else
		vq->used->idx = rte_cpu_to_le_16(fuzz_u16(in));
}

static void
step(struct fuzz_input *in)
{
	uint8_t nth;

	switch (fuzz_u8(in) % 12) {
	case 4:
		complete(in, true);
		break;
	case 5:
	case 6:
		dequeue(1 + fuzz_u8(in) % OPS);
		break;
	case 7:
		fuzz_race(in);
		break;
	case 8:
		spoil_used(in);
		break;
	case 9:
		spoil_memory(in);
		break;
	case 10:
		played.status = fuzz_spoilt(in, 0);
		played.session = fuzz_u32(in);
		played.used_id = fuzz_spoilt(in, 0);
		played.alive = !(fuzz_u8(in) & 1);
		break;
	case 11:
		nth = fuzz_u8(in) % KINDS;
		/* Applications destroy no session that is in use. */
		if (nb_given == 0)
			session_create(nth);
		break;
	case 3:
		complete(in, false);
		break;
	default:
		enqueue(in);
		break;
	}
}

/* A device that has everything, and then some of that spoilt. */
static void
reset(struct fuzz_input *in)
{
	static const uint64_t crypto[] = { 1, 0x3f, 0 };
	const struct virtio_crypto_alg *algs;
	struct virtio_crypto_config *c = &played.config;
	uint8_t how = fuzz_u8(in);
	unsigned int count, i;
	uint32_t word;

	memset(&played, 0, sizeof(played));
	played.alive = true;
	played.session = 0x1122334455667788;
	played.features = 1ULL << VIRTIO_F_VERSION_1 | crypto[(how & 15) % RTE_DIM(crypto)] |
		(how & 0x10 ? 0 : 1ULL << VIRTIO_RING_F_INDIRECT_DESC) |
		(how & 0x20 ? 1ULL << VIRTIO_RING_F_EVENT_IDX : 0) |
		(how & 0x40 ? 1ULL << VIRTIO_F_RING_PACKED : 0) |
		(how & 0x80 ? 1ULL << VIRTIO_F_IN_ORDER : 0);
	transport.requested_features = played.features &
		(1ULL << VIRTIO_F_RING_PACKED | 1ULL << VIRTIO_F_IN_ORDER);
	algs = virtio_crypto_algs(&count);
	for (i = 0; i < count; i++)
		virtio_crypto_config_offer(c, &algs[i]);
	virtio_crypto_config_offer_akcipher(c, VIRTIO_CRYPTO_AKCIPHER_RSA);
	virtio_crypto_config_offer_akcipher(c, VIRTIO_CRYPTO_AKCIPHER_ECDSA_SPEC);
	c->status = rte_cpu_to_le_32(1);
	c->max_dataqueues = rte_cpu_to_le_32(1);
	c->max_cipher_key_len = rte_cpu_to_le_32(64);
	c->max_auth_key_len = rte_cpu_to_le_32(512);
	c->max_size = rte_cpu_to_le_64(100000);
	for (i = fuzz_u8(in) % 4; i > 0; i--) {
		uint8_t *at = (uint8_t *)c + fuzz_u8(in) % (sizeof(*c) / 4) * 4;

		memcpy(&word, at, sizeof(word));
		word = fuzz_spoilt(in, word);
		memcpy(at, &word, sizeof(word));
	}
}

/* The driver meets the device and starts its queue; false if it will not have it. */
static bool
open_device(void)
{
	memset(&dev, 0, sizeof(dev));
	pthread_mutex_init(&dev.lock, NULL);
	TAILQ_INIT(&dev.sessions);
	dev.data = &data;
	dev.tr = &transport;
	queue_pairs[0] = NULL;
	data.nb_queue_pairs = 1;
	nb_given = 0;
	if (virtio_crypto_lifecycle_init(&dev) != 0)
		return false;
	queue_pairs[0] = virtio_crypto_queue_create(&dev, 0, RING, SOCKET_ID_ANY);
	if (queue() == NULL)
		return false;
	virtio_crypto_queue_set_state(queue(), VIRTIO_CRYPTO_QUEUE_OFFLINE);
	if (virtio_crypto_lifecycle_attach_queues(&dev) != 0)
		return false;
	played.taken = virtqueue_start_off_wrap(&queue()->vq);
	played.used = virtqueue_start_off_wrap(&queue()->vq);
	return true;
}

static void
close_device(void)
{
	unsigned int i;

	if (dev.online) {
		virtio_crypto_lifecycle_handle_loss(&dev);
		for (i = 0; i < 100 && nb_given > 0; i++)
			dequeue(OPS);
	}
	FUZZ_MUST(nb_given == 0);
	for (i = 0; i < KINDS; i++)
		session_destroy(i);
	if (queue() != NULL)
		virtio_crypto_queue_free(&dev, queue());
	queue_pairs[0] = NULL;
	virtio_crypto_queues_fini(&dev);
	virtio_crypto_lifecycle_fini(&dev);
	virtio_crypto_caps_fini(&dev);
	pthread_mutex_destroy(&dev.lock);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input in = { bytes, size };

	fuzz_memory_forget();
	reset(&in);
	if (open_device())
		while (in.left > 0)
			step(&in);
	close_device();
	FUZZ_MUST(fuzz_allocations == 0);
	FUZZ_MUST(rte_mempool_full(mbufs) && rte_mempool_full(sym_ops) &&
		  rte_mempool_full(asym_ops) && rte_mempool_full(sym_sessions));
	return 0;
}
