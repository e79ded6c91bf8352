#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors

"""Write the seeds of the targets whose inputs are programs: what is right, to be spoilt.

Those of the DER reader are keys and signatures that OpenSSL made.
"""

import pathlib
import sys

from vhost_user_seeds import vhost_user_seeds

# In the order of enum fuzz_kind.
KINDS = ['cbc_encrypt', 'cbc_decrypt', 'ctr', 'no_cipher', 'chain_encrypt', 'chain_decrypt',
         'chain_hash', 'chain_gmac', 'hash', 'mac', 'gcm_encrypt', 'gcm_decrypt', 'ccm_encrypt',
         'rsa_encrypt', 'rsa_decrypt', 'rsa_sign', 'rsa_verify', 'ecdsa_sign', 'ecdsa_verify']

# Features, event index, size of the ring, private copies.
SESSIONS, STATELESS, OLDER, COPY = 0, 1, 2, 0x80
PACKED, PACKED_IN_ORDER, IN_ORDER = 3, 6, 9
REQUEST, POLL, CREATE, DESTROY, RACE, SPOIL = 0, 3, 4, 5, 6, 7
NO_SESSION = 0x80
# A queue that begins anew: from what its note says, which is kept, written and spoilt.
REGION_SPOIL, REGION = 0xe8, 0xf0
BACKWARDS, IN_FLIGHT, ANYTHING, SPOILT_REGION, FORGET = 1, 2, 0x40, 0x80, 7

# Layouts of a request: how it lies in memory, and into how many descriptors it is cut.
LAYOUTS = [(0x00, 0x00),  # two or three descriptors of the ring
           (0x01, 0x00),  # an indirect table
           (0x10, 0x05),  # in place, some of it in pieces
           (0x47, 0x2a),  # table, head and data where two regions meet
           (0x81, 0x3f),  # a table that is not aligned, many pieces
           (0x28, 0x10)]  # close to the end of the address space, status of its own

# A table of four descriptors: head and IV, data, the same data, status.
IN_ONE_GO = (0x31, 0x00)


def request(kind, how=0, layout=LAYOUTS[0]):
    return bytes([REQUEST, kind, how, 0, *layout, 0])


def queue_seeds():
    for kind, name in enumerate(KINDS):
        yield name, bytes([SESSIONS]) + b''.join(
            request(kind, layout=layout) + bytes([POLL, 31]) for layout in LAYOUTS)
        yield f'{name}_stateless', bytes([STATELESS | COPY]) + b''.join(
            request(kind, NO_SESSION, layout) for layout in LAYOUTS) + bytes([POLL, 31])
    for ring, how in ('packed', PACKED), ('packed_in_order', PACKED_IN_ORDER), (
            'in_order', IN_ORDER):
        yield ring, bytes([how]) + b''.join(
            request(kind, layout=LAYOUTS[kind % 6]) + bytes([POLL, 31])
            for kind in range(len(KINDS)))
        yield f'{ring}_stateless', bytes([STATELESS + how]) + b''.join(
            request(kind, NO_SESSION, LAYOUTS[kind % 6]) for kind in range(len(KINDS)))
    for ring, how in ('split', SESSIONS), ('packed', PACKED), ('in_order', IN_ORDER):
        # Requests of the fast path, and one of the slow path among them, in each position.
        yield f'in_one_go_{ring}', bytes([how]) + b''.join(
            bytes([CREATE, kind, 0]) + request(kind, layout=IN_ONE_GO) * 3 + bytes([POLL, 31])
            + b''.join(request(kind, layout=IN_ONE_GO if n != other else LAYOUTS[1])
                       for n in range(3)) + bytes([POLL, 31])
            for other, kind in enumerate((0, 1, 2)))
        yield f'in_one_go_{ring}_moved', bytes([how]) + b''.join(
            request(0, layout=IN_ONE_GO)[:-1] + bytes([1, desc, 0, 160 + by])
            for desc in range(4) for by in (1, 4, 8, 16)) + bytes([POLL, 31])
        yield f'in_one_go_{ring}_stateless', bytes([STATELESS + how]) + b''.join(
            request(kind, layout=IN_ONE_GO) * 2 + request(kind, NO_SESSION, IN_ONE_GO)
            + bytes([POLL, 31]) for kind in (0, 1, 2))
    yield 'older', bytes([OLDER]) + b''.join(
        request(kind) + bytes([POLL, 31]) for kind in range(len(KINDS)))
    yield 'large', bytes([SESSIONS]) + b''.join(
        request(kind, 9) + bytes([POLL, 31]) for kind in range(len(KINDS)))
    yield 'large_copy', bytes([STATELESS | COPY]) + b''.join(
        request(kind, NO_SESSION | 8) + bytes([POLL, 31]) for kind in range(len(KINDS)))
    yield 'sessions', bytes([SESSIONS]) + b''.join(
        bytes([CREATE, kind, 0]) + request(kind) + bytes([POLL, 0, DESTROY, kind])
        for kind in range(len(KINDS)))
    yield 'race', bytes([SESSIONS]) + b''.join(
        bytes([RACE, n, n, 0xff]) for n in range(4)) + b''.join(
            request(0, layout=layout) for layout in LAYOUTS)
    yield 'ring', bytes([SESSIONS, SPOIL, 2, 0, 0, 0, 16, 64, 1, 1, SPOIL, 0, 1, POLL, 31])
    yield from region_seeds()


def region_seeds():
    for ring, how in (('split', SESSIONS), ('packed', PACKED), ('packed_in_order', PACKED_IN_ORDER),
                      ('in_order', IN_ORDER), ('copy', COPY)):
        some = b''.join(request(kind, layout=LAYOUTS[kind % 6]) for kind in (0, 2, 4, 10, 13, 17))
        keep = bytes([REGION, 0, 0])
        begin = bytes([how]) + keep + some
        yield f'note_{ring}', begin + keep + bytes([POLL, 3]) + keep + b''.join(
            some + bytes([REGION, IN_FLIGHT | order | n << 2, 0, POLL, 2])
            for n, order in ((6, 0), (3, BACKWARDS))) + bytes([REGION, 0, FORGET]) + some
        yield f'note_{ring}_anything', begin + bytes(
            [REGION, IN_FLIGHT | ANYTHING, *range(5, 69), 0]) + some
        yield f'note_{ring}_spoilt', begin + bytes(
            [REGION, IN_FLIGHT | SPOILT_REGION | 3 << 2, 2, 0x8e, 170, 5, 0, 1, 0, POLL, 1,
             REGION_SPOIL, 0x8c, 3, REGION_SPOIL, 7, 0, 0, RACE, 0, 0, 255]) + keep + some


def ctrlq_seeds():
    create, destroy, kick = 0, 3, 5
    for kind, name in enumerate(KINDS):
        yield name, bytes([SESSIONS]) + b''.join(
            bytes([create, kind, 0, 0, *layout, 0, kick, destroy, kind, 0, 0, *layout, 0, kick])
            for layout in LAYOUTS)
    yield 'older', bytes([OLDER]) + b''.join(
        bytes([create, kind, 0, 0, 0, 0, 0, kick]) for kind in range(len(KINDS)))
    for ring, how in ('packed', PACKED), ('in_order', IN_ORDER):
        yield ring, bytes([how]) + b''.join(
            bytes([create, kind, 0, 0, *LAYOUTS[kind % 6], 0, kick])
            + bytes([destroy, kind, 0, 0, 0, 0, 0])
            for kind in range(len(KINDS)))
    yield 'all_destroyed', bytes([SESSIONS]) + bytes([create, 0, 0, 0, 0, 0, 0]) * 4 + bytes(
        [kick]) + b''.join(bytes([destroy, 0, n, 0, 0, 0, 0]) for n in range(5)) + bytes([kick])
    yield 'too_many', bytes([SESSIONS]) + bytes([create, 13, 0, 0, 0, 0, 0, kick]) * 18
    yield 'race', bytes([SESSIONS]) + b''.join(
        bytes([RACE, n, n, 0xff]) for n in range(4)) + bytes([create, 14, 0, 0, 0x47, 0x2a, 0])
    yield 'ring', bytes([SESSIONS, SPOIL, 2, 0, 0, 0, 16, 64, 1, 1, SPOIL, 0, 1, kick])


def driver_seeds():
    enqueue, complete, spoilt, dequeue, race, used, memory, control, session = (
        0, 3, 4, 5, 7, 8, 9, 10, 11)
    kinds = range(8)
    signature = 0x30
    for name, how in [('sessions', 0), ('stateless', 1), ('older', 2), ('direct', 0x10),
                      ('event_idx', 0x20), ('packed', 0x40), ('in_order', 0x80),
                      ('packed_in_order', 0xc0), ('packed_direct', 0x50), ('all', 0xf1)]:
        begin = bytes([how, 0])
        yield name, begin + b''.join(
            bytes([enqueue, kind, 0, complete, signature if kind == 7 else 0, dequeue, 1])
            for kind in kinds)
        yield f'{name}_many', begin + b''.join(
            bytes([enqueue, kind, how]) for kind in kinds for how in range(4)) + bytes(
                [complete, 2] * 32 + [dequeue, 63])
        yield f'{name}_spoilt', begin + bytes([race, 0, 0, 1, race, 3, 1, 0x80]) + b''.join(
            bytes([enqueue, kind, 0, spoilt, 0, 160 + kind, 160 + kind, dequeue, 1])
            for kind in kinds)
    yield 'used_index', bytes([0, 0, enqueue, 0, 0, used, 0xff, 0x7f, dequeue, 1])
    yield 'shared_memory', bytes([0, 0, enqueue, 0, 0, memory, 1, 0, 1, 0, 0, 7, complete, 0,
                                  dequeue, 1])
    yield 'control', bytes([0, 0, control, 3, 1, 2, 3, 4, 0, 0, session, 0, session, 6, session, 7,
                            control, 0, 1, 2, 3, 4, 2, 0, session, 4])
    yield 'config', bytes([0, 3, 3, 31, 12, 0, 8, 31])
    for field in range(14):
        yield f'config_{field}', bytes([0, 2, 4 * field, 31, 4 * field, 0, enqueue, 4, 0])


TARGETS = {'ctrlq': ctrlq_seeds, 'driver': driver_seeds, 'queue': queue_seeds,
           'vhost_user': vhost_user_seeds}


def main():
    top = pathlib.Path(__file__).parent / 'seeds'
    for target, seeds in TARGETS.items():
        (top / target).mkdir(exist_ok=True)
        for name, data in seeds():
            (top / target / name).write_bytes(data)


if __name__ == '__main__':
    sys.exit(main())
