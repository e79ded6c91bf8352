# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What is proven, within which bounds, and the checks without which each proof has to fail."""

import dataclasses

HOST = 'lib/vhost/'
COMMON = 'lib/virtio_crypto/'


@dataclasses.dataclass(frozen=True)
class Proof:
    """A proof: its harness is the C file of that name."""

    name: str
    sources: tuple         # that are proven, besides inline functions of headers
    bounds: dict           # macros
    large: dict            # those of them that are different for --large
    unwind: int            # rounds of a loop, one more than it has with these bounds
    large_unwind: int
    replaced: tuple = ()   # functions of the sources in whose place the harness has a model
    local: tuple = ()      # static functions that several of the sources have


CHAIN = (HOST + 'virtqueue/chain.c', HOST + 'virtqueue/chain_split.c',
         HOST + 'virtqueue/chain_walk.c', HOST + 'memory/guest_mem.c')
PACKED = (HOST + 'virtqueue/chain_packed.c', *CHAIN)
LONG = (HOST + 'virtqueue/chain_long.c',)
INFLIGHT = (HOST + 'virtqueue/inflight.c', HOST + 'virtqueue/inflight_packed.c')
WALKED = ('vc_walk_add_desc', 'vc_walk_read_table')
LOCAL = ('flags_of', 'follow_chain', 'follow_indirect', 'walk_slow_path')
WALK = {'VC_CHAIN_MAX_SEGS': 4, 'REGIONS': 2}
LARGE_WALK = {'VC_CHAIN_MAX_SEGS': 8, 'REGIONS': 4}
LOOK = {'VC_CHAIN_MAX_SEGS': 3, 'VC_CHAIN_LONG_MAX_DESCS': 2, 'RING': 1}
LARGE_LOOK = {'VC_CHAIN_MAX_SEGS': 4, 'VC_CHAIN_LONG_MAX_DESCS': 3, 'RING': 2}

PROOFS = [
    Proof('walk_add', CHAIN, {'VC_CHAIN_MAX_SEGS': 16, 'REGIONS': 2},
          {'VC_CHAIN_MAX_SEGS': 1024, 'REGIONS': 4}, 5, 7),
    Proof('walk_table', CHAIN, {'VC_CHAIN_MAX_SEGS': 1024, 'REGIONS': 2},
          {'VC_CHAIN_MAX_SEGS': 1024, 'REGIONS': 4}, 5, 7),
    Proof('chain_walk', CHAIN, WALK, LARGE_WALK, 5, 9, WALKED),
    Proof('chain_walk_table', CHAIN, WALK, LARGE_WALK, 5, 9, WALKED),
    Proof('chain_walk_packed', PACKED, WALK, LARGE_WALK, 5, 9, WALKED, LOCAL),
    Proof('chain_walk_packed_table', PACKED, WALK, LARGE_WALK, 5, 9, WALKED, LOCAL),
    Proof('chain_long', LONG, LOOK, LARGE_LOOK, 5, 7),
    Proof('chain_long_packed', LONG, LOOK, LARGE_LOOK, 4, 6),
    Proof('table_four', (), {'COUNT': 8}, {'COUNT': 1024}, 2, 2),
    Proof('cursors', CHAIN, {'SEGMENTS': 2, 'LENGTH': 255}, {'SEGMENTS': 3, 'LENGTH': 65535}, 4, 5),
    Proof('cursor_copy', CHAIN, {'SEGMENTS': 2, 'LENGTH': 15}, {'SEGMENTS': 2, 'LENGTH': 255},
          5, 5),
    Proof('split_scan', (), {'HEADS': 8}, {'HEADS': 32}, 9, 33),
    Proof('packed_scan', (), {'RING': 8, 'HEADS': 2}, {'RING': 8, 'HEADS': 8}, 9, 9),
    Proof('adopt_split', INFLIGHT, {'RING': 4}, {'RING': 16}, 5, 17),
    Proof('adopt_packed', INFLIGHT, {'RING': 3}, {'RING': 6}, 5, 8),
    Proof('ring_locate', (HOST + 'virtqueue/ring.c', HOST + 'memory/guest_mem.c'),
          {'REGIONS': 8}, {}, 9, 9),
    Proof('der', (COMMON + 'virtio_crypto_der.c',), {'LENGTH': 24}, {'LENGTH': 300}, 9, 9),
]

# A proof, a file, a check as it stands there, and what is there without it. Where the same text
# stands several times, a fifth member says which one is meant, from 0.
CHECKS = [
    ('walk_add', HOST + 'virtqueue/chain_walk.c', 'left == 0 || addr + left < addr',
     'addr + left < addr'),
    ('walk_add', HOST + 'virtqueue/chain_walk.c', 'if (w.seg == w.end)', 'if (0)'),
    ('walk_add', HOST + 'virtqueue/chain_walk.c', 'w.end = c->segs + c->max_segs;', ''),
    ('walk_add', HOST + 'virtqueue/chain_walk.c',
     'if (va == NULL) {\n\t\t\tw.ret = -EINVAL;\n\t\t\tbreak;\n\t\t}',
     ''),
    ('walk_add', HOST + 'memory/guest_mem.h', 'off < r->size && len <= r->size - off',
     'off < r->size'),
    ('walk_add', HOST + 'memory/guest_mem.c', 'if (off >= r->size)', 'if (off > r->size)'),
    ('walk_add', HOST + 'memory/guest_mem.c', 'if (*len > r->size - off)', 'if (0)'),
    ('chain_walk', HOST + 'virtqueue/chain_split.c', '++seen >= count || next_of(*d) >= count',
     'next_of(*d) >= count'),
    ('chain_walk', HOST + 'virtqueue/chain_split.c', '++seen >= count || next_of(*d) >= count',
     '++seen >= count'),
    ('walk_table', HOST + 'virtqueue/chain_walk.c', '!vc_chain_is_table_len(len) || ', ''),
    ('walk_table', HOST + 'virtqueue/chain_walk.c', 'if (va == NULL)\n\t\t\treturn false;', ''),
    ('chain_walk_table', HOST + 'virtqueue/chain_split.c', 'seg == last || next_of(d) >= count',
     'next_of(d) >= count', 0),
    ('chain_walk_table', HOST + 'virtqueue/chain_split.c', 'seg == last || next_of(d) >= count',
     'seg == last', 1),
    ('chain_walk_table', HOST + 'virtqueue/chain_walk.h',
     'off < r->size && (uint64_t)len - 1 < r->size - off', 'off < r->size && len != 0'),
    ('chain_walk_packed', HOST + 'virtqueue/chain_packed.c', '|| --left == 0', ''),
    ('chain_walk_packed_table', HOST + 'virtqueue/chain_packed.c', 'next == behind || seg == end',
     'seg == end'),
    ('chain_walk_packed_table', HOST + 'virtqueue/chain_packed.c',
     'seg == end || !vc_walk_set_segment', '!vc_walk_set_segment', 1),
    ('chain_long', HOST + 'virtqueue/chain_long.c', 'next < count && seen++ < count',
     'seen++ < count'),
    ('chain_long', HOST + 'virtqueue/chain_long.c', 'next < count && seen++ < count',
     'next < count'),
    ('chain_long', HOST + 'virtqueue/chain_long.c', '*nb == room || ', ''),
    ('chain_long', HOST + 'virtqueue/chain_long.c', 'c->max_segs - c->nb_read - 1',
     'c->max_segs - c->nb_read'),
    ('chain_long', HOST + 'virtqueue/chain_long.c', '*len + len_here >= UINT32_MAX', '0'),
    ('chain_long', HOST + 'virtqueue/chain_long.c', 'len == sizeof(copy) && ', ''),
    ('chain_long', HOST + 'virtqueue/chain_long.c', 'if (is_indirect || ', 'if ('),
    ('chain_long', HOST + 'virtqueue/chain_long.c',
     'RTE_MIN(table_size(d), (uint32_t)VC_CHAIN_LONG_MAX_DESCS)', 'table_size(d)'),
    ('chain_long_packed', HOST + 'virtqueue/chain_long.c',
     'count == 0 || count > VC_CHAIN_LONG_MAX_DESCS', 'count == 0'),
    ('chain_long_packed', HOST + 'virtqueue/chain_long.c', '*nb == room || ', ''),
    ('table_four', HOST + 'virtqueue/chain_walk.h', ' || second + 1 >= t->count', ''),
    ('table_four', HOST + 'virtqueue/chain_walk.h', 'unlikely(last >= t->count)', '0'),
    ('table_four', HOST + 'virtqueue/chain_walk.h', 'unlikely(t->count != 4)', '0'),
    ('cursors', HOST + 'virtqueue/chain.h', 'if (n > max) {', 'if (0) {'),
    ('cursors', HOST + 'virtqueue/chain.h', 'if (unlikely(n > here))', 'if (0)'),
    ('cursor_copy', HOST + 'virtqueue/chain.h', 'if (n > max) {', 'if (0) {'),
    ('split_scan', HOST + 'virtqueue/vring.h', 'n = n < max ? n : max;', ''),
    ('split_scan', HOST + 'virtqueue/vring.h', '(uint16_t)(vr->last_avail + i) & vr->mask',
     '(uint16_t)(vr->last_avail + i)'),
    ('split_scan', HOST + 'virtqueue/vring.h', 'head.first & vr->mask', 'head.first'),
    ('packed_scan', HOST + 'virtqueue/vring_packed.h', 'unlikely(at == room)', '0'),
    ('packed_scan', COMMON + 'virtio_crypto_packed.h',
     'index < size ? (index | wrap)', 'index <= size ? (index | wrap)'),
    ('adopt_split', HOST + 'virtqueue/inflight.c', 'left > 0 && entry < size', 'left > 0'),
    ('adopt_split', HOST + 'virtqueue/inflight.c', 'left > 0 && entry < size', 'entry < size'),
    ('adopt_split', HOST + 'virtqueue/inflight.c', ' || left > vr->size', ''),
    ('adopt_split', HOST + 'virtqueue/inflight.c',
     'split_complete_batch(s, vr->size, vr->next_used, left)',
     'split_complete_batch(s, vr->size, vr->next_used, '
     'vr->next_used - VC_INFLIGHT_LOAD(s->used_idx))'),
    ('adopt_split', HOST + 'virtqueue/inflight.c', ' && size <= region->queue_size', ''),
    ('adopt_split', HOST + 'virtqueue/inflight.c', 'index < region->nb_queues && ', ''),
    ('adopt_packed', HOST + 'virtqueue/inflight_packed.c',
     'entry >= in->size || in->entries[entry].num != 0', 'in->entries[entry].num != 0'),
    ('adopt_packed', HOST + 'virtqueue/inflight_packed.c',
     'entry >= in->size || in->entries[entry].num != 0', 'entry >= in->size'),
    ('adopt_packed', HOST + 'virtqueue/inflight_packed.c',
     'virtio_packed_index(old) >= vr->size || ', ''),
    ('adopt_packed', HOST + 'virtqueue/inflight_packed.c',
     ' || virtio_packed_index(*off_wrap) >= vr->size', ''),
    ('adopt_packed', HOST + 'virtqueue/inflight_packed.c', 'if (nb_free + nb_taken != vr->size)',
     'if (0)'),
    ('ring_locate', HOST + 'virtqueue/ring.c', 'ring->size == 0 || ', ''),
    ('ring_locate', HOST + 'virtqueue/ring.c', ' || ring->size > VC_RING_MAX_SIZE', ''),
    ('ring_locate', HOST + 'virtqueue/ring.c', '!packed && (ring->size & (ring->size - 1)) != 0',
     '0'),
    ('ring_locate', HOST + 'virtqueue/ring.c',
     'packed && virtio_packed_index(ring->base) >= ring->size',
     '0'),
    ('ring_locate', HOST + 'virtqueue/ring.c', '(size + 1) * sizeof(__virtio16)',
     'size * sizeof(__virtio16)'),
    ('ring_locate', HOST + 'virtqueue/ring.c', ' +\n\t\tsizeof(__virtio16);', ';'),
    ('ring_locate', HOST + 'virtqueue/ring.c', 'if (!are_aligned(', 'if (0 && !are_aligned('),
    ('ring_locate', HOST + 'memory/guest_mem.c', 'off < r->size && len <= r->size - off',
     'off < r->size'),
    ('ring_locate', HOST + 'memory/guest_mem.c', 'off < r->size && len <= r->size - off',
     'off + len <= r->size'),
    ('der', COMMON + 'virtio_crypto_der.c', 'if (r->left == 0)\n', 'if (0)\n'),
    ('der', COMMON + 'virtio_crypto_der.c', ' || nb > r->left', ''),
    ('der', COMMON + 'virtio_crypto_der.c', 'if (r->left == 0 || *r->at != tag)\n\t\treturn -E',
     'if (*r->at != tag)\n\t\treturn -E'),
    ('der', COMMON + 'virtio_crypto_der.c', ' || len > r->left', ''),
    ('der', COMMON + 'virtio_crypto_der.c', ' || c.left == 0', ''),
    ('der', COMMON + 'virtio_crypto_der.c', 'c.left > 1 && ', ''),
]
