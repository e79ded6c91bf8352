# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Checks of what a guest, a front-end or a device says, each with a form that lacks it."""

HOST = 'lib/vhost/'
DRIVER = 'drivers/crypto/virtio/'

# A file, the check as it stands there, and what is there without it. Where the same text stands
# several times, a fourth member says which one is meant, from 0.
#
# Not here are checks of which another one does the work as well, so that no test can tell: lengths
# of IVs in request.c (see the replay of cve_2020_14376), and in vc_plain_check(), as the sessions
# have them; in request_aead.c that there is room for a tag (what is left then is more than any
# destination has); the slot in virtio_crypto_sequence.h, which complete() looks at again. Nor are
# lengths in virtio_crypto_der.c, without which what is behind a key is read, but no wrong key is
# taken: that is for the sanitizers to see.
MUTATIONS = [
    # Descriptor chains, the general walk
    (HOST + 'chain.c', 'left == 0 || addr + left < addr', 'addr + left < addr'),
    (HOST + 'chain.c', '++seen >= count || next_of(*d) >= count', 'next_of(*d) >= count'),
    (HOST + 'chain.c', '++seen >= count || next_of(*d) >= count', '++seen >= count'),
    (HOST + 'chain.c', 'else if (!(flags & VRING_DESC_F_WRITE) && w.writable != NULL)',
     'else if (0)'),
    (HOST + 'chain.c', 'w.ret == 0 && (flags_of(d) & VRING_DESC_F_INDIRECT)', '0'),
    (HOST + 'chain.c', '!(flags_of(d) & VRING_DESC_F_NEXT)', '1'),
    (HOST + 'chain.c', '!vc_chain_is_table(len) || d.addr + len < d.addr',
     'd.addr + len < d.addr'),
    (HOST + 'chain.c', 'c->max_segs >= VC_CHAIN_MAX_SEGS || c->spare == NULL',
     'c->max_segs >= VC_CHAIN_MAX_SEGS'),
    (HOST + 'chain.c', 'if (w.seg == w.end)', 'if (0)'),
    # The walk that most chains go
    (HOST + 'chain.c', 'seg == last || next_of(d) >= count', 'next_of(d) >= count', 0),
    (HOST + 'chain.c', 'seg == last || next_of(d) >= count', 'next_of(d) >= count', 1),
    (HOST + 'chain.c', 'seg == last || next_of(d) >= count', 'seg == last', 0),
    (HOST + 'chain.c', 'seg == last || next_of(d) >= count', 'seg == last', 1),
    (HOST + 'chain_walk.h', 'off < r->size && (uint64_t)len - 1 < r->size - off',
     '(uint64_t)len - 1 < r->size - off'),
    (HOST + 'chain_walk.h', 'off < r->size && (uint64_t)len - 1 < r->size - off',
     'off < r->size && len != 0'),
    (HOST + 'chain_walk.h', 'off < r->size && (uint64_t)len - 1 < r->size - off',
     'off < r->size && len <= r->size - off'),
    # The same of packed rings
    (HOST + 'chain_packed.c', 'else if (!(flags_of(d) & VRING_DESC_F_WRITE) && w.writable != NULL)',
     'else if (0)'),
    (HOST + 'chain_packed.c', 'if (copies[i].flags & rte_cpu_to_le_16(VRING_DESC_F_INDIRECT))',
     'if (0)'),
    (HOST + 'chain_packed.c', 'next == behind || seg == end', 'seg == end'),
    (HOST + 'chain_packed.c', 'seg == end || !vc_walk_plain', '!vc_walk_plain', 1),
    (HOST + 'vring_packed.h', 'unlikely(at == room)', '0'),
    # Rings and memory
    (HOST + 'vring.h', 'unlikely(n > vr->size) ? -1 : n', 'n'),
    (HOST + 'queue.c', ' &&\n\t\t\thead.first < vr->size', ''),
    (HOST + 'vring.h', 'unlikely(head.first >= vr->size)', '0'),
    (HOST + 'guest_mem.h', 'off < r->size && len <= r->size - off', 'off < r->size'),
    # Requests
    (HOST + 'request_read.h', 'unlikely(cur->left < sizeof(w->header))', '0'),
    (HOST + 'request_read.h', 'unlikely(service >= VC_SERVICES)', '0'),
    (HOST + 'request_read.h', 'unlikely(cur->left < size)', '0'),
    (HOST + 'request.c', 'in > left || out + 1', 'out + 1'),
    (HOST + 'request.c', 'out + 1 > slot->chain.write_len || ', ''),
    (HOST + 'request.c', '|| in + out > max_size', ''),
    (HOST + 'request.c', '|| !whole_blocks(s, r->cipher_len)', ''),
    (HOST + 'request.c', '!inside(r->cipher_off, r->cipher_len, r->src_len) ||\n\t    ', ''),
    (HOST + 'request.c', '||\n\t    !inside(r->auth_off, r->auth_len, r->src_len)', ''),
    (HOST + 'request.c', 'if (!inside(r->cipher_off, r->cipher_len, r->dst_len))', 'if (0)', 0),
    (HOST + 'request.c', 's->service != r->opcode >> 8 || ', ''),
    (HOST + 'request.c', '(s->direction == VIRTIO_CRYPTO_OP_DECRYPT) != (r->opcode & 0xff)', '0'),
    (HOST + 'request_plain.h', 'in.left < p.iv_len + p.len ||\n\t\t     ', ''),
    (HOST + 'request_plain.h', 'chain->write_len <= p.len', '0'),
    (HOST + 'request_plain.h', ' || dst->len < p.len', ''),
    (HOST + 'request_aead.c', '(uint64_t)len + (a->seal ? a->tag_len : 0) > a->dst_len',
     'len > a->dst_len'),
    # What requests that are taken in one go are, in any chain or in a table of four
    (HOST + 'request_plain.h', '!(p->flag & VIRTIO_CRYPTO_FLAG_SESSION_MODE) ||\n\t\t     ', ''),
    (HOST + 'request_plain.h', 'p->op_type != VIRTIO_CRYPTO_SYM_OP_CIPHER || ', ''),
    (HOST + 'request_plain.h', ' || p->len != p->dst_len', ''),
    (HOST + 'request_plain.h', ' || p->len - 1 >= b->max_len', ''),
    (HOST + 'request_plain.h', '*q->env.copy || ', ''),
    (HOST + 'request_plain.h', 'region->size < fixed + VC_PLAIN_IV || ', ''),
    (HOST + 'request_plain.h', 'RTE_MIN(region->size, UINT16_MAX)', 'UINT16_MAX'),
    (HOST + 'request_plain.h', '(max_size - VC_PLAIN_IV) / 2', 'UINT16_MAX'),
    (HOST + 'request_plain.h', 'i >= b->nb_sessions || ', ''),
    (HOST + 'request_plain.h', ' || !vc_session_is(s, p->session_id)', ''),
    (HOST + 'request_plain.h', 's->plain_opcode != p->opcode || ', ''),
    (HOST + 'request_plain.h', 's->plain_opcode != p->opcode',
     '(uint32_t)s->plain_opcode != p->opcode'),
    (HOST + 'session_xform.c', 's->plain_opcode = VC_NOT_PLAIN;', ''),
    (HOST + 'request_plain.h', ' || (p->len & s->block_mask) != 0', ''),
    (HOST + 'request_plain.h', ' && s->variants[0].iv_len == p->iv_len', ''),
    (HOST + 'request_plain.h', 'off > b->region.size - b->fixed - VC_PLAIN_IV ||\n\t\t     ', ''),
    (HOST + 'request_plain.h', 'off > b->region.size - b->fixed - VC_PLAIN_IV',
     'off >= b->region.size'),
    (HOST + 'request_plain.h', 'd[3].addr - b->region.gpa >= b->region.size || ', ''),
    (HOST + 'request_plain.h', ' || d[2].addr != d[1].addr', ''),
    (HOST + 'request_plain.h', 'likely(((uintptr_t)*head & 3) == 0)', '1'),
    (HOST + 'request_plain.h', 'vc_desc_len(d[0]) == b->fixed + iv_len && ', ''),
    (HOST + 'request_plain.h', ' && vc_desc_len(d[1]) == len', ''),
    (HOST + 'request_plain.h',
     ' &&\n\t\t      d[1].addr - b->region.gpa <= b->region.size - len', ''),
    (HOST + 'request_plain.h', 'd[1].addr - b->region.gpa <= b->region.size - len',
     'd[1].addr - b->region.gpa < b->region.size'),
    # Those that are done in one call
    (HOST + 'batch.c', 'SAYS(id[0], first->session_id) && ', ''),
    (HOST + 'batch.c', 'SAYS(id[1], first->session_id >> 32) &&', ''),
    (HOST + 'batch.c', 'SAYS(h->opcode, first->opcode) && ', ''),
    (HOST + 'batch.c', 'SAYS(h->flag, first->flag) &&', ''),
    (HOST + 'batch.c', 'SAYS(*type, VIRTIO_CRYPTO_SYM_OP_CIPHER) && ', ''),
    (HOST + 'batch.c', 'SAYS(lens[0], VC_PLAIN_IV) &&', ''),
    (HOST + 'batch.c', 'SAYS(lens[2], *len) && ', ''),
    (HOST + 'batch.c', '*len - 1 < b->max_len &&', ''),
    (HOST + 'batch.c', ' &&\n\t\t      (*len & first->session->block_mask) == 0', ''),
    (HOST + 'batch.c', ' && first->session->synchronous', ''),
    (HOST + 'batch.c', 'others ? 0 : nb', 'nb'),
    (HOST + 'batch.c', 'nb - nb % VC_BATCH_LANES', 'nb'),
    (HOST + 'queue.c', '\t*batch->session_refs -= nb;\n', ''),
    (HOST + 'queue.c', '!q->vring.packed && q->log == NULL && batch_done(batch)',
     '!q->vring.packed && q->log == NULL'),
    # Such a table, of split and of packed rings
    (HOST + 'chain_walk.h', '(uint16_t)(d[0].rest >> 32) != next >> 32 || ', ''),
    (HOST + 'chain_walk.h', ' || second + 1 >= t->count', ''),
    (HOST + 'chain_walk.h', 'second + 1 >= t->count', 'second >= t->count'),
    (HOST + 'chain_walk.h', 'd[1].rest >> 32 != (d[0].rest >> 32) + (1 << 16) ||\n\t\t     ', ''),
    (HOST + 'chain_walk.h', ' ||\n\t\t     ((d[1].rest ^ d[2].rest ^ write) << 16) != 0', ''),
    (HOST + 'chain_walk.h', 'd[2].rest ^ write) << 16', 'd[2].rest ^ write) << 32'),
    (HOST + 'chain_walk.h', 'unlikely(last >= t->count)', '0'),
    (HOST + 'chain_walk.h', 'd[3].rest << 16 == (write | 1) << 16', '(uint32_t)d[3].rest == 1'),
    (HOST + 'chain_walk.h', 'd[3].rest << 16 == (write | 1) << 16',
     '(uint16_t)(d[3].rest >> 32) == write >> 32'),
    (HOST + 'chain_walk.h', 'unlikely(t->count != 4)', '0'),
    (HOST + 'chain_walk.h', '!((d[0].rest | d[1].rest) & write) && ', ''),
    (HOST + 'chain_walk.h', ' && (d[2].rest & d[3].rest & write)', ''),
    (HOST + 'chain_walk.h', ' &&\n\t\t      vc_desc_len(d[2]) == vc_desc_len(d[1])', ''),
    (HOST + 'chain_walk.h', ' && vc_desc_len(d[3]) == 1', ''),
    (HOST + 'queue.c', '\t\tt->count = 0;\n', ''),
    # Sessions, keys and messages
    (HOST + 'session.h', 'i < table->size && ', ''),
    (HOST + 'session.h', '__atomic_load_n(&s->id, __ATOMIC_ACQUIRE) == id', '1'),
    (HOST + 'session_params.c', 'p->cipher_key_len > sizeof(p->akcipher_key) || ', ''),
    (HOST + 'session_params.c', 'p->cipher_key_len > sizeof(p->cipher_key) || ', ''),
    (HOST + 'session_params.c', 'p->auth_key_len > sizeof(p->auth_key) ||\n\t    ', ''),
    (HOST + 'session_params.c', '||\n\t    p->cipher_key_len + p->auth_key_len > cur->left', ''),
    (HOST + 'vhost_user/vhost_user_msg.c', 'msg->header.size > sizeof(msg->payload)', '0'),
    (HOST + 'vhost_user/vhost_user_msg.c', 'msg->nb_fds > VHOST_USER_MAX_REGIONS', '0'),
    (HOST + 'ring.c', 'ring->size == 0 || ring->size > VC_RING_MAX_SIZE', '0'),
    (HOST + 'ring.c', '!packed && (ring->size & (ring->size - 1)) != 0', '0'),
    (HOST + 'ring.c', 'packed && virtio_packed_index(ring->base) >= ring->size', '0'),
    (HOST + 'ring.c', 'parts->desc == NULL', '0'),
    (HOST + 'ring.c', 'parts->avail == NULL', '0'),
    (HOST + 'ring.c', 'parts->used == NULL', '0'),
    (HOST + 'ring.c', '!are_aligned((uintptr_t)parts->desc, (uintptr_t)parts->avail, '
     '(uintptr_t)parts->used,\n\t\t\t packed)', '0'),
    (HOST + 'guest_mem.c', 'off < r->size && len <= r->size - off', 'off < r->size'),
    (HOST + 'inflight.c', 'bytes < vc_inflight_bytes(nb_queues, queue_size)', '0'),
    (HOST + 'inflight.c', '!(seals & F_SEAL_SHRINK)', '0'),
    (HOST + 'request_akcipher.c', 'in <= left && out + 1', 'out + 1'),
    (HOST + 'request_akcipher.c', ' && out + 1 <= slot->chain.write_len', ''),
    # What the driver takes from the device: what it has used, how much it wrote, how it went
    (DRIVER + 'virtio_crypto_dequeue.c', 'pos >= q->nb_slots || ', ''),
    (DRIVER + 'virtio_crypto_dequeue.c', ' || pos << q->desc_shift != head', ''),
    (DRIVER + 'virtio_crypto_dequeue.c', 'op == NULL || f->nb_slots == 0', 'f->nb_slots == 0'),
    (DRIVER + 'virtio_crypto_dequeue.c', 'op == NULL || f->nb_slots == 0', 'op == NULL'),
    (DRIVER + 'virtio_crypto_dequeue.c', 'unlikely(used > q->nb_slots)', '0'),
    (DRIVER + 'virtio_crypto_sequence.c', '\t\tif (n > nb_in_flight(q))\n\t\t\treturn -1;\n', ''),
    (DRIVER + 'virtio_crypto_sequence.c', '\t\tif (n == limit)\n\t\t\treturn -1;\n', ''),
    (DRIVER + 'virtio_crypto_sequence.c', 'nb_descs == 0 || nb_descs > left', '0'),
    (DRIVER + 'virtio_crypto_asym.c', 'used == 0 || used - 1 > a->room', '0'),
    (DRIVER + 'virtio_crypto_asym.c', 'if (status != VIRTIO_CRYPTO_OK)', 'if (0)'),
    (DRIVER + 'virtio_crypto_asym_ecdsa.c', ' || sn.len > size', ''),
    (DRIVER + 'virtio_crypto_queue.h', 'default:\n\t\treturn RTE_CRYPTO_OP_STATUS_ERROR',
     'default:\n\t\treturn RTE_CRYPTO_OP_STATUS_SUCCESS'),
    # Its answers about sessions, its configuration, and what a back-end says
    (DRIVER + 'virtio_crypto_ctrlq.c', 'take_used(&dev->ctrlq.vq) == head',
     'take_used(&dev->ctrlq.vq) != UINT32_MAX'),
    (DRIVER + 'virtio_crypto_ctrlq.c', 'default:\n\t\treturn -EIO', 'default:\n\t\treturn 0'),
    (DRIVER + 'virtio_crypto_link.c', 'features != dev->features', '0'),
    (DRIVER + 'virtio_crypto_link.c', 'if (lacks != NULL)', 'if (0)'),
    (DRIVER + 'virtio_crypto_link.c', 'dev->tr->max_queues > max_queues', '0'),
    (DRIVER + 'virtio_user/virtio_user_session.c', 'answer < -UINT8_MAX', '0'),
    (DRIVER + 'virtio_user/virtio_user_session.c', 'if (answer < 0)', 'if (0)'),
    (DRIVER + 'virtio_user/virtio_user_session.c', 'ret == sizeof(*msg)', 'ret >= 0'),
    (DRIVER + 'virtio_user/virtio_user_session.c', 'ret == sizeof(msg)', 'ret >= 0'),
    (DRIVER + 'virtio_user/vhost_user.c', 'header.request != request || ', ''),
    (DRIVER + 'virtio_user/vhost_user.c', 'header.size > room', '0'),
    (DRIVER + 'virtio_user/vhost_user.c', '!(header.flags & VHOST_USER_REPLY)', '0'),
    (DRIVER + 'virtio_pci/virtio_pci_layout.c', 'cap->bar >= VIRTIO_PCI_BARS', '0'),
    (DRIVER + 'virtio_pci/virtio_pci_layout.c', 'cap->cap_len < w->cap_len', '0'),
    (DRIVER + 'virtio_pci/virtio_pci_layout.c', '(uint64_t)offset + len > bar->len', '0'),
    (DRIVER + 'virtio_pci/virtio_pci_layout.c', 'len < w->len', '0'),
    (DRIVER + 'virtio_pci/virtio_pci_layout.c', 'at < FIRST_CAPABILITY', '0'),
    (DRIVER + 'virtio_pci/virtio_pci_layout.c', '++seen > MAX_CAPABILITIES', '0'),
]

# A vulnerability's replay in unit_device_cve.c, and changes without which it is one again: all of
# them together. No other replay may fail then; one that crashes keeps those behind it from running.
REPLAYS = [
    ('cve_2020_14374_descriptors_longer_than_the_data',
     [(HOST + 'chain.h', 'if (n > max) {', 'if (0) {')]),
    ('cve_2020_14375_memory_that_changes_after_the_check',
     [(HOST + 'request.c', 'return likely(status == VIRTIO_CRYPTO_OK) ? build_op(',
       'struct vc_cursor a = vc_chain_reader(&slot->chain);\n'
       'struct vc_session_params p;\nstruct vc_request now;\nstruct vc_wire w;\n'
       'if (status != VIRTIO_CRYPTO_OK)\nreturn status;\n'
       'vc_wire_take(&a, *q->env.features, &w);\n'
       'vc_request_read(&w, &a, *q->env.features, &now, &p);\nr = &now;\n'
       'return status == VIRTIO_CRYPTO_OK ? build_op(')]),
    ('cve_2020_14375_memory_that_changes_after_the_check',
     [(HOST + 'request_plain.h', 'vc_plain_fill(&b, slot, op, &p, iv, va);',
       'struct vc_cursor a = vc_chain_reader(chain);\nstruct vc_wire now;\n'
       'vc_wire_take(&a, *q->env.features, &now);\n'
       'vc_plain_read(&p, &now.header, &now.fixed, now.wide);\n'
       'vc_plain_fill(&b, slot, op, &p, iv, va);')]),
    ('cve_2020_14375_memory_that_changes_after_the_check',
     [(HOST + 'request_plain.h', 'vc_plain_fill(b, slot, op, &p, head + b->fixed, ',
       'vc_plain_read(&p, (const void *)head, head + sizeof(struct virtio_crypto_op_header), '
       'b->wide);\n'
       'vc_plain_fill(b, slot, op, &p, head + b->fixed, ')]),
    ('cve_2020_14375_memory_that_changes_after_the_check',
     [(HOST + 'request_plain.h', 'vc_plain_fill(b, slot, op, &p, head + b->fixed, ',
       'data_off = vc_desc_load((const char *)t->desc + 16).addr - b->region.gpa;\n'
       'vc_plain_fill(b, slot, op, &p, head + b->fixed, ')]),
    ('cve_2020_14375_memory_that_changes_after_the_check',
     [(HOST + 'chain_packed.c', 'read_len += vc_desc_len(d);',
       'seg->len = vc_desc_len(vc_desc_load(next - 1));\nread_len += seg->len;')]),
    ('cve_2020_14375_memory_that_changes_after_the_check',
     [(HOST + 'vring.h', 'vc_chain_walk_packed(&vr->copies[head.first], ',
       'vc_chain_walk_packed(&vr->packed_desc[virtio_packed_index(vr->last_avail)], ')]),
    ('cve_2020_14376_ivs_longer_than_their_place',
     [(HOST + 'request.c', 'r->iv_len > VC_MAX_IV || ', ''),
      (HOST + 'request.c', 'within_limits(&s->limits, s, r, iv)))\n\t\tcs = vc_session_variant(',
       'within_limits(&s->limits, s, r, iv)))\n\t\tcs = r->iv_len > VC_MAX_IV ? '
       's->variants[0].cdev_session : vc_session_variant(')]),
    ('cve_2020_14377_lengths_and_offsets_behind_the_data',
     [(HOST + 'request.c', 'if (!inside(r->cipher_off, r->cipher_len, r->dst_len))', 'if (0)',
       0)]),
    ('cve_2020_14378_chains_without_an_end',
     [(HOST + 'chain.c', '++seen >= count || next_of(*d) >= count', 'next_of(*d) >= count')]),
    ('cve_2020_10724_keys_longer_than_their_place',
     [(HOST + 'session_params.c', 'p->cipher_key_len > sizeof(p->cipher_key) || ', '')]),
    ('cve_2020_10725_empty_descriptors_outside_of_memory',
     [(HOST + 'chain.c', 'left == 0 || addr + left < addr', 'addr + left < addr')]),
]

# The same of scenarios in two_process_hostile.py, about what librte_vhost once let a front-end do.
SCENARIOS = [
    ('cve_2020_10722',
     [(HOST + 'vhost_user/vhost_user_device.c',
       'fault = vc_file_find_fault(vu->request.fds[0], offset, size);', 'fault = NULL;')]),
    ('cve_2020_10723',
     [(HOST + 'vhost_user/vhost_user_vring.c',
       'if (index < (uint32_t)dev->nb_queues + !dev->dpdk_api)',
       'index &= 0xffff;\nif (index < (uint32_t)dev->nb_queues + !dev->dpdk_api)', 0)]),
    ('cve_2020_10726',
     [(HOST + 'vhost_user/vhost_user_msg.c', 'close(msg->fds[i]);', ';')]),
    ('refused_messages',
     [(HOST + 'vhost_user/vhost_user_table.c', 'if (row == NULL || row->handle == NULL)',
       'if (row == NULL || row->handle == NULL)\nreturn vc_handle_accepted(vu);\n'
       'if (row == NULL || row->handle == NULL)', 0)]),
    ('memory_of_a_guest',
     [(HOST + 'vhost_user/vhost_user_device.c', 'memory_size(table) > most', '0')]),
]
