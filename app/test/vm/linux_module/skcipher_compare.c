/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0
 * Copyright(c) 2026 The virtio-crypto authors
 */

/*
 * Module of the tests for Linux 6.1 and later: compares cbc(aes) of a driver with the kernel's own
 * software, in requests of any size, cut into any pieces. AF_ALG cannot name an asynchronous driver
 * from Linux 7 on. Each process that writes to /proc/skcipher_compare is one of the threads; the
 * parameter "result" tells how far they are. They are processes because those of user space are
 * frozen before the worker of Linux's driver is, so their requests in flight end.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/crypto.h>
#include <linux/freezer.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/proc_fs.h>
#include <linux/scatterlist.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <crypto/skcipher.h>

#define BLOCK	    16
#define MAX_DATA    (1 << 20)
#define AREA_ORDER  9 /* of 2 MiB: room for the data and what lies between its pieces */
#define AREA	    (PAGE_SIZE << AREA_ORDER)
#define MAX_PIECES  256
#define MAX_THREADS 16
#define GUARD	    0xa5 /* what lies between pieces */

static char *driver = "virtio_crypto_aes_cbc";
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "to be compared, as /proc/crypto names it");
static unsigned int threads = 2;
module_param(threads, uint, 0444);
static unsigned int sessions = 4;
module_param(sessions, uint, 0444);
MODULE_PARM_DESC(sessions, "keys that each thread has all the time");
static unsigned int count = 100;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "requests of each thread");
static unsigned int seconds;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "for which the threads go on instead");
static unsigned int most = MAX_DATA;
module_param(most, uint, 0444);
MODULE_PARM_DESC(most, "bytes of a request");
static unsigned int pieces = 200;
module_param(pieces, uint, 0444);
MODULE_PARM_DESC(pieces, "most pieces of a request's source, and of its destination");
static unsigned int seed = 1;
module_param(seed, uint, 0444);
static unsigned int above;
module_param(above, uint, 0444);
MODULE_PARM_DESC(above, "MiB of physical memory below which no data may lie");
static unsigned int timeout = 60;
module_param(timeout, uint, 0444);
MODULE_PARM_DESC(timeout, "seconds after which a request is given up");

/* The pieces of one side of a request, which stand in its area in an order of their own. */
struct side {
	u8 *area;
	unsigned int nb, extent;
	unsigned int offset[MAX_PIECES], len[MAX_PIECES], order[MAX_PIECES];
	struct scatterlist sg[MAX_PIECES];
};

struct session {
	struct crypto_skcipher *device, *software;
};

struct worker {
	struct rnd_state random;
	struct session *sessions;
	struct side src, dst;
	u8 *plain, *expected;
	struct crypto_wait wait;
	bool is_stuck; /* a request has not come back: its memory is not ours */
};

static struct worker *workers[MAX_THREADS];
static atomic_t nb_begun, nb_running, nb_requests, nb_failed, nb_wrong, nb_stuck;
static atomic64_t nb_bytes;

static u32
random_below(struct worker *w, u32 limit)
{
	return prandom_u32_state(&w->random) % limit;
}

/* Cuts data into pieces that stand anywhere in an area. */
static void
cut(struct worker *w, struct side *s, unsigned int total)
{
	const unsigned int bounds[] = { 1, 12, pieces };
	unsigned int bound = min(bounds[random_below(w, ARRAY_SIZE(bounds))], total);
	unsigned int room = AREA - total, left = total, at = 0, i, k;

	s->nb = 1 + random_below(w, bound);
	for (i = 0; i < s->nb; i++) {
		unsigned int others = s->nb - i - 1;

		s->len[i] = others == 0 ?
			left :
			min(left - others, 1 + random_below(w, 2 * left / (others + 1)));
		left -= s->len[i];
		s->order[i] = i;
	}
	for (i = s->nb - 1; i > 0; i--) {
		k = random_below(w, i + 1);
		swap(s->order[i], s->order[k]);
	}
	sg_init_table(s->sg, s->nb);
	for (k = 0; k < s->nb; k++) {
		i = s->order[k];
		at += random_below(w, min(room / s->nb, 5000U));
		s->offset[i] = at;
		sg_set_buf(&s->sg[i], s->area + at, s->len[i]);
		at += s->len[i];
	}
	s->extent = at;
	memset(s->area, GUARD, s->extent);
}

/* Whether the pieces hold this data, and nothing has come between them. */
static bool
has_data(const struct side *s, const u8 *data)
{
	unsigned int at = 0, i, k;

	for (i = 0; i < s->nb; i++) {
		if (memcmp(s->area + s->offset[i], data, s->len[i]) != 0)
			return false;
		data += s->len[i];
	}
	for (k = 0; k < s->nb; k++) {
		i = s->order[k];
		if (memchr_inv(s->area + at, GUARD, s->offset[i] - at) != NULL)
			return false;
		at = s->offset[i] + s->len[i];
	}
	return true;
}

/* Computes in software what the request is to give. */
static int
compute(struct session *s, struct worker *w, bool encrypt, const u8 *iv, unsigned int total)
{
	struct skcipher_request *req = skcipher_request_alloc(s->software, GFP_KERNEL);
	u8 copy[BLOCK];
	struct scatterlist sg;
	int err;

	if (req == NULL)
		return -ENOMEM;
	memcpy(copy, iv, BLOCK);
	memcpy(w->expected, w->plain, total);
	sg_init_one(&sg, w->expected, total);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, total, copy);
	err = encrypt ? crypto_skcipher_encrypt(req) : crypto_skcipher_decrypt(req);
	skcipher_request_free(req);
	return err;
}

/* Has the device do a request; -ETIMEDOUT: it is still the device's. */
static int
submit(struct session *s, struct worker *w, struct side *dst, bool encrypt, u8 *iv,
       unsigned int total)
{
	struct skcipher_request *req = skcipher_request_alloc(s->device, GFP_KERNEL);
	int err;

	if (req == NULL)
		return -ENOMEM;
	crypto_init_wait(&w->wait);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG | CRYPTO_TFM_REQ_MAY_SLEEP,
				      crypto_req_done, &w->wait);
	skcipher_request_set_crypt(req, w->src.sg, dst->sg, total, iv);
	err = encrypt ? crypto_skcipher_encrypt(req) : crypto_skcipher_decrypt(req);
	if (err == -EINPROGRESS || err == -EBUSY) {
		if (!wait_for_completion_timeout(&w->wait.completion, timeout * HZ))
			return -ETIMEDOUT;
		err = w->wait.err;
	}
	skcipher_request_free(req);
	return err;
}

/* Counts a request, and says what was wrong. */
static void
judge(struct worker *w, struct side *dst, bool encrypt, unsigned int total, int err)
{
	const char *what;

	if (err == -ETIMEDOUT) {
		w->is_stuck = true;
		atomic_inc(&nb_stuck);
		/* It may come back after all. */
		__module_get(THIS_MODULE);
		what = "is not answered";
	} else if (err != 0) {
		atomic_inc(&nb_failed);
		what = "failed";
	} else if (!has_data(dst, w->expected) ||
		   (dst != &w->src && !has_data(&w->src, w->plain))) {
		atomic_inc(&nb_wrong);
		what = "has a wrong result";
	} else {
		atomic_inc(&nb_requests);
		atomic64_add(total, &nb_bytes);
		return;
	}
	pr_err_ratelimited("a request %s (%d): %u bytes %scrypted, %u pieces to %u%s\n", what, err,
			   total, encrypt ? "en" : "de", w->src.nb, dst->nb,
			   dst == &w->src ? " in place" : "");
}

static void
do_request(struct worker *w, struct session *s)
{
	const u32 sizes[] = { 256, 4096, 65536, most };
	u32 bound = min(sizes[random_below(w, ARRAY_SIZE(sizes))], most);
	unsigned int total = BLOCK * (1 + random_below(w, bound / BLOCK));
	struct side *dst = random_below(w, 4) == 0 ? &w->src : &w->dst;
	bool encrypt = random_below(w, 2);
	u8 iv[BLOCK];
	int err;

	prandom_bytes_state(&w->random, iv, sizeof(iv));
	prandom_bytes_state(&w->random, w->plain, total);
	cut(w, &w->src, total);
	if (dst != &w->src)
		cut(w, dst, total);
	sg_copy_from_buffer(w->src.sg, w->src.nb, w->plain, total);
	err = compute(s, w, encrypt, iv, total);
	if (err == 0) {
		u8 *own = kmemdup(iv, BLOCK, GFP_KERNEL);

		err = own == NULL ? -ENOMEM : submit(s, w, dst, encrypt, own, total);
		if (err != -ETIMEDOUT)
			kfree(own);
	}
	judge(w, dst, encrypt, total, err);
}

/* A thread; ends with one request of each session, so that none is left out. */
static void
compare(struct worker *w)
{
	unsigned long end = jiffies + seconds * HZ;
	unsigned int done = 0, i;

	while (!w->is_stuck && !fatal_signal_pending(current) &&
	       (seconds != 0 ? time_before(jiffies, end) : done < count)) {
		try_to_freeze();
		do_request(w, &w->sessions[random_below(w, sessions)]);
		done++;
		cond_resched();
	}
	for (i = 0; i < sessions && !w->is_stuck; i++)
		do_request(w, &w->sessions[i]);
}

static ssize_t
begin(struct file *file, const char __user *text, size_t len, loff_t *offset)
{
	unsigned int number = atomic_inc_return(&nb_begun) - 1;

	if (number >= threads)
		return -EBUSY;
	compare(workers[number]);
	atomic_dec(&nb_running);
	return len;
}

static const struct proc_ops begin_ops = { .proc_write = begin };

static int
create_session(struct worker *w, struct session *s)
{
	u8 key[32];
	unsigned int len = 16 + 8 * random_below(w, 3);
	int err;

	s->device = crypto_alloc_skcipher(driver, 0, 0);
	if (IS_ERR(s->device))
		return PTR_ERR(s->device);
	s->software = crypto_alloc_skcipher("cbc(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(s->software))
		return PTR_ERR(s->software);
	prandom_bytes_state(&w->random, key, sizeof(key));
	err = crypto_skcipher_setkey(s->device, key, len);
	return err != 0 ? err : crypto_skcipher_setkey(s->software, key, len);
}

static u8 *
allocate_area(void)
{
	struct page *page = alloc_pages((above ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL) | __GFP_ZERO,
					AREA_ORDER);

	if (page == NULL)
		return NULL;
	if (page_to_phys(page) >> 20 < above) {
		pr_err("data would lie at %llu MiB, not above %u\n",
		       (unsigned long long)page_to_phys(page) >> 20, above);
		__free_pages(page, AREA_ORDER);
		return NULL;
	}
	return page_address(page);
}

static void
free_worker(struct worker *w)
{
	unsigned int i;

	if (w == NULL || w->is_stuck)
		return;
	for (i = 0; i < sessions && w->sessions != NULL; i++) {
		if (!IS_ERR_OR_NULL(w->sessions[i].device))
			crypto_free_skcipher(w->sessions[i].device);
		if (!IS_ERR_OR_NULL(w->sessions[i].software))
			crypto_free_skcipher(w->sessions[i].software);
	}
	kfree(w->sessions);
	free_pages((unsigned long)w->src.area, AREA_ORDER);
	free_pages((unsigned long)w->dst.area, AREA_ORDER);
	free_pages((unsigned long)w->expected, AREA_ORDER - 1);
	vfree(w->plain);
	kvfree(w);
}

static struct worker *
create_worker(unsigned int number)
{
	struct worker *w = kvzalloc(sizeof(*w), GFP_KERNEL);
	int err = -ENOMEM;
	unsigned int i;

	if (w == NULL)
		return ERR_PTR(err);
	prandom_seed_state(&w->random, ((u64)seed << 32) + number);
	w->sessions = kcalloc(sessions, sizeof(*w->sessions), GFP_KERNEL);
	w->src.area = allocate_area();
	w->dst.area = allocate_area();
	w->expected = (u8 *)__get_free_pages(GFP_KERNEL, AREA_ORDER - 1);
	w->plain = vmalloc(MAX_DATA);
	if (w->sessions != NULL && w->src.area != NULL && w->dst.area != NULL &&
	    w->expected != NULL && w->plain != NULL)
		err = 0;
	for (i = 0; i < sessions && err == 0; i++)
		err = create_session(w, &w->sessions[i]);
	if (err == 0)
		return w;
	free_worker(w);
	return ERR_PTR(err);
}

static int
get_result(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE,
			 "running %d requests %d bytes %lld failed %d wrong %d stuck %d\n",
			 atomic_read(&nb_running), atomic_read(&nb_requests),
			 (long long)atomic64_read(&nb_bytes), atomic_read(&nb_failed),
			 atomic_read(&nb_wrong), atomic_read(&nb_stuck));
}

static const struct kernel_param_ops result_ops = { .get = get_result };
module_param_cb(result, &result_ops, NULL, 0444);

static void
free_workers(void)
{
	unsigned int i;

	for (i = 0; i < threads; i++)
		free_worker(workers[i]);
}

static int __init
compare_init(void)
{
	unsigned int i;

	if (threads == 0 || threads > MAX_THREADS || sessions == 0 || most < BLOCK ||
	    most > MAX_DATA || pieces == 0 || pieces > MAX_PIECES) {
		pr_err("1 to %d threads, 1 session or more, %d to %d bytes, 1 to %d pieces\n",
		       MAX_THREADS, BLOCK, MAX_DATA, MAX_PIECES);
		return -EINVAL;
	}
	for (i = 0; i < threads; i++) {
		struct worker *w = create_worker(i);

		if (IS_ERR(w)) {
			free_workers();
			return PTR_ERR(w);
		}
		workers[i] = w;
	}
	atomic_set(&nb_running, threads);
	if (proc_create(KBUILD_MODNAME, 0200, NULL, &begin_ops) == NULL) {
		free_workers();
		return -ENOMEM;
	}
	pr_info("%s is compared with %s\n",
		crypto_skcipher_driver_name(workers[0]->sessions[0].device),
		crypto_skcipher_driver_name(workers[0]->sessions[0].software));
	return 0;
}

static void __exit
compare_exit(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
	free_workers();
}

module_init(compare_init);
module_exit(compare_exit);

MODULE_DESCRIPTION("Compares a driver of cbc(aes) with software");
MODULE_LICENSE("Dual BSD/GPL");
