# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about every message of a front-end, one by one.

What a front-end may say is one table: sizes, descriptors, numbers and states of each message. What
is in it is accepted; anything else ends the connection with one line in the log. A victim at the
next socket works all the time.
"""

import contextlib
import os
import struct

import front_end
from front_end import PAGE, RING
from front_end_hostile import (
    ACCEPTED, CLOSED, CONFIG, CONNECTED, CRYPTO_SESSION, FEATURES, INFLIGHT, KINDS, LOG_SHMFD,
    BACKEND_REQ, NAMES, NEED_REPLY, NEGOTIATED, NO_DESCRIPTOR, NUMBERS, PACKED, PROTOCOL, REFUSED,
    REPLY, RUNNING, SET, SHARED, VERSION, attacked_host, state, table, word)
from two_process_programs import Failed

LOG_ALL = front_end.F_LOG_ALL
REVISION_1, STATELESS_CIPHER = 1 << 0, 1 << 1
FIRST_REGION, LAST_ADDRESS = front_end.Memory.REGIONS[0], sum(front_end.Memory.REGIONS[-1])
LOG_BYTES = (LAST_ADDRESS - 1) // PAGE // 8 + 1  # that cover all of the guest's memory


def session(size=1072):
    """Return the payload of CREATE_CRYPTO_SESSION for AES-128-CBC, in either form."""
    info = struct.pack('<6I4B', 3, 16, 0, 0, 0, 0, 1, 1, 0, 0)
    first = struct.pack('<Q', 2) if size == 1072 else struct.pack('<qI', 0, 2)
    pointers = bytes(20 if size == 1072 else 16)
    return (first + info + pointers).ljust(size, b'\0')


def inflight(queues=2, size=RING, mmap_size=0, offset=0):
    """Return the payload of the messages about memory for what is in flight."""
    return struct.pack('<QQHH', mmap_size, offset, queues, size)


def config(offset, size, data=None):
    """Return the payload of GET_CONFIG, or of SET_CONFIG with the data."""
    return struct.pack('<III', offset, size, 0) + (bytes(size) if data is None else data)


def own_address(attacker):
    """Return the payload of SET_VRING_ADDR as it was set."""
    return attacker.address(attacker.rings[0])


def own_regions(attacker):
    """Return the payload of SET_MEM_TABLE as it was set."""
    return table(*attacker.regions())


def own_files(attacker):
    """Return the files of the guest's memory."""
    return attacker.guest.memory.files


KINDS['log'] = lambda: _sized(os.memfd_create('log'), LOG_BYTES)
KINDS['shm'] = lambda: _sized(os.open('/dev/shm', os.O_TMPFILE | os.O_RDWR, 0o600), LOG_BYTES)
MEMORY = {'memfd', 'memfd_of_16_mib', 'log', 'shm'}


def _sized(file, size):
    os.ftruncate(file, size)
    return file


# Each message as it is legal: payload, descriptors, stage. Functions get the attacker.
LEGAL = {
    'GET_FEATURES': (b'', (), CONNECTED),
    'GET_PROTOCOL_FEATURES': (b'', (), CONNECTED),
    'GET_QUEUE_NUM': (b'', (), NEGOTIATED),
    'SET_OWNER': (b'', (), CONNECTED),
    'SET_FEATURES': (word(FEATURES), (), NEGOTIATED),
    'SET_PROTOCOL_FEATURES': (word(PROTOCOL), (), NEGOTIATED),
    'SET_MEM_TABLE': (own_regions, own_files, NEGOTIATED),
    'SET_LOG_BASE': (word(LOG_BYTES, 0), ('log',), SHARED),
    'SET_LOG_FD': (b'', ('eventfd',), SHARED),
    'SET_VRING_NUM': (state(0, RING), (), SHARED),
    'SET_VRING_ADDR': (own_address, (), SHARED),
    'SET_VRING_BASE': (state(0, 0), (), SHARED),
    'GET_VRING_BASE': (state(0, 0), (), RUNNING),
    'SET_VRING_KICK': (word(0), ('eventfd',), SET),
    'SET_VRING_CALL': (word(0), ('eventfd',), SET),
    'SET_VRING_ERR': (word(0), ('eventfd',), SET),
    'SET_VRING_ENABLE': (state(0, 1), (), RUNNING),
    'SET_BACKEND_REQ_FD': (b'', ('stream',), NEGOTIATED),
    'GET_CONFIG': (config(0, 56), (), NEGOTIATED),
    'SET_CONFIG': (config(0, 4), (), NEGOTIATED),
    'CREATE_CRYPTO_SESSION': (session(), (), NEGOTIATED),
    'CLOSE_CRYPTO_SESSION': (word(0), (), NEGOTIATED),
    'GET_INFLIGHT_FD': (inflight(), (), NEGOTIATED),
}


def legal(request, attacker):
    """Return payload and descriptors of a legal message."""
    payload, files, _ = LEGAL[request]
    return (payload(attacker) if callable(payload) else payload,
            files(attacker) if callable(files) else files)


def legal_messages(run):
    """Each message in its legal form is accepted."""
    with attacked_host(run) as there:
        for request, (payload, files, stage) in LEGAL.items():
            wanted = REFUSED if request == 'CLOSE_CRYPTO_SESSION' else ACCEPTED  # there is none
            there.message(request, wanted, request, payload, files, stage)
        there.message('CREATE_CRYPTO_SESSION_old', ACCEPTED, 'CREATE_CRYPTO_SESSION', session(632),
                      stage=NEGOTIATED)
        there.message('GET_INFLIGHT_FD_24', ACCEPTED, 'GET_INFLIGHT_FD', inflight() + bytes(4),
                      stage=NEGOTIATED)


def sizes_of_messages(run):
    """A payload of another size than that of the message ends the connection."""
    sizes = {'CREATE_CRYPTO_SESSION': (632, 1072), 'GET_INFLIGHT_FD': range(20, 25)}
    with attacked_host(run) as there:
        for request, (_, _, stage) in LEGAL.items():
            with there.attacker(stage) as attacker:
                right = len(legal(request, attacker)[0])
            wrong = {0, right // 2, right - 1, right + 1, right + 8, 4096} - {right, -1}
            for size in sorted(wrong - set(sizes.get(request, ()))):
                there.message(
                    f'{request}/{size}_bytes', CLOSED, request,
                    lambda attacker, r=request, n=size: legal(r, attacker)[0][:n].ljust(n, b'\0'),
                    lambda attacker, r=request: legal(r, attacker)[1], stage)


def descriptors_of_messages(run):
    """Descriptors that a message does not have, or too few of them, end the connection."""
    with attacked_host(run) as there:
        for request, (payload, _, stage) in LEGAL.items():
            with there.attacker(stage) as attacker:
                right = len(legal(request, attacker)[1])
            for count in sorted({0, right - 1, right + 1, 8} - {right, -1}):
                there.message(
                    f'{request}/{count}_descriptors', CLOSED, request, payload,
                    lambda attacker, r=request, n=count:
                    (list(legal(r, attacker)[1]) + ['memfd'] * n)[:n], stage)


def headers_of_messages(run):
    """Another version, a reply, or flags that there are not end the connection."""
    with attacked_host(run) as there:
        for name, flags in (('version_0', 0), ('version_2', 2), ('version_3', 3),
                            ('reply', VERSION | REPLY), ('bit_4', VERSION | 1 << 4),
                            ('bit_31', VERSION | 1 << 31),
                            ('need_reply_and_bit_8', VERSION | NEED_REPLY | 1 << 8)):
            for request in ('SET_VRING_ENABLE', 'GET_FEATURES'):
                payload, files, stage = LEGAL[request]
                there.message(f'{request}/{name}', CLOSED, request, payload, files, stage,
                              header={'flags': flags})
        for size in (4097, 65536, 0x7fffffff, 0xffffffff):
            there.message(f'size_{size:#x}', CLOSED, 'SET_CONFIG', header={'size': size})


def unknown_messages(run):
    """Messages that there are not, or whose feature was not negotiated, end the connection."""
    known = frozenset(NAMES)
    features = {'SET_LOG_BASE': LOG_SHMFD, 'SET_BACKEND_REQ_FD': BACKEND_REQ, 'GET_CONFIG': CONFIG,
                'SET_CONFIG': CONFIG, 'CREATE_CRYPTO_SESSION': CRYPTO_SESSION,
                'CLOSE_CRYPTO_SESSION': CRYPTO_SESSION, 'GET_INFLIGHT_FD': INFLIGHT}
    with attacked_host(run) as there:
        for request in [*set(range(45)) - known, 99, 255, 256 + 1, 0x7fffffff, 0xffffffff]:
            for size in (0, 8):
                there.message(f'{request}_of_{size}', CLOSED, request, bytes(size))
        for request, feature in features.items():
            payload, files, stage = LEGAL[request]
            there.message(f'{request}/not_negotiated', CLOSED, request, payload, files, stage,
                          protocol=PROTOCOL & ~feature)
        there.message('RESET_OWNER/connected', CLOSED, 'RESET_OWNER', stage=CONNECTED)
        there.message('RESET_OWNER/set', CLOSED, 'RESET_OWNER', stage=SET)
        there.message('RESET_OWNER/running', CLOSED, 'RESET_OWNER')


def _one_runs(attacker):
    """Start one of the rings only, and wait until that is done."""
    attacker.start_ring(attacker.rings[0])
    attacker.settle()


def _has_log(attacker):
    """Hand a log over."""
    file = KINDS['log']()
    attacker.send(front_end.SET_LOG_BASE, word(LOG_BYTES, 0), [file])
    os.close(file)
    attacker.receive()


def messages_set_features(run):
    """Bits that are not offered, stateless ones alone, and a change while a ring runs."""
    request = 'SET_FEATURES'
    with attacked_host(run) as there:
        with there.attacker(CONNECTED) as attacker:
            offered = attacker.offers(front_end.GET_FEATURES)
        for bit in (bit for bit in range(64) if not offered >> bit & 1):
            there.message(f'bit_{bit}', CLOSED, request, word(FEATURES | 1 << bit),
                          stage=NEGOTIATED)
        there.message('all_bits', CLOSED, request, word(2 ** 64 - 1), stage=NEGOTIATED)
        there.message('stateless_alone', (CLOSED, REFUSED), request,
                      word(FEATURES | STATELESS_CIPHER), stage=NEGOTIATED)
        there.message('stateless', ACCEPTED, request,
                      word(FEATURES | STATELESS_CIPHER | REVISION_1), stage=NEGOTIATED)
        there.message('same_running', ACCEPTED, request, word(FEATURES))
        there.message('log_running', ACCEPTED, request, word(FEATURES | LOG_ALL), before=_has_log)
        for name, value in (('packed', FEATURES | PACKED), ('none', 0),
                            ('no_version_1', FEATURES & ~front_end.F_VERSION_1),
                            ('revision_1', FEATURES | REVISION_1),
                            ('event_idx', FEATURES | 1 << 29),
                            ('packed_and_log', FEATURES | PACKED | LOG_ALL)):
            there.message(f'{name}_running', CLOSED, request, word(value))
            there.message(f'{name}_one_runs', CLOSED, request, word(value), stage=SET,
                          before=_one_runs)

        def restart(attacker):
            for ring in attacker.rings:
                attacker.stop_ring(ring)
        there.message('event_idx_stopped', ACCEPTED, request, word(FEATURES | 1 << 29),
                      before=restart)


def messages_set_protocol_features(run):
    """Protocol features that are not offered, and others while a ring runs."""
    request = 'SET_PROTOCOL_FEATURES'
    with attacked_host(run) as there:
        with there.attacker(CONNECTED) as attacker:
            offered = attacker.offers(front_end.GET_PROTOCOL_FEATURES)
        for bit in (bit for bit in range(64) if not offered >> bit & 1):
            there.message(f'bit_{bit}', CLOSED, request, word(PROTOCOL | 1 << bit),
                          stage=NEGOTIATED)
        there.message('fewer', ACCEPTED, request, word(PROTOCOL & ~INFLIGHT), stage=NEGOTIATED)
        there.message('same_running', ACCEPTED, request, word(PROTOCOL))
        there.message('fewer_running', CLOSED, request, word(PROTOCOL & ~INFLIGHT))
        there.message('fewer_one_runs', CLOSED, request, word(PROTOCOL & ~LOG_SHMFD), stage=SET,
                      before=_one_runs)


def _no_regions_like(there, name, *regions, files=None, stage=NEGOTIATED):
    """A memory table that must end the connection."""
    there.message(name, CLOSED, 'SET_MEM_TABLE', table(*regions),
                  ['memfd'] * len(regions) if files is None else files, stage)


def messages_set_mem_table(run):
    """Regions that are empty, wrap, overlap, or are not what their files are."""
    top = 2 ** 64
    page = PAGE
    with attacked_host(run, options=['--max-memory', '8']) as there:
        for stage, where in ((NEGOTIATED, ''), (RUNNING, '_running')):
            def bad(name, *regions, files=None, at=stage, suffix=where):
                _no_regions_like(there, name + suffix, *regions, files=files, stage=at)

            bad('size_0', (0, 0, 0, 0))
            bad('guest_wraps', (top - page, 2 * page, 0, 0))
            bad('user_wraps', (0, 2 * page, top - page, 0))
            bad('offset_wraps', (0, 2 * page, 0, top - page))
            bad('size_of_everything', (page, top - 1, page, 0))
            bad('guest_overlaps', (0, 2 * page, 0, 0), (page, page, 1 << 40, 0))
            bad('user_overlaps', (0, 2 * page, 0, 0), (1 << 40, page, page, 0))
            bad('same_twice', (0, page, 0, 0), (0, page, 0, 0))
            bad('longer_than_file', (0, 5 * page, 0, 0))
            bad('offset_beyond_file', (0, page, 0, 4 * page))
            bad('offset_far_beyond', (0, page, 0, 1 << 62))
            bad('a_byte_beyond', (0, 2 * page, 0, 2 * page + 1))
            bad('second_longer', (0, page, 0, 0), (1 << 32, 5 * page, 1 << 32, 0))
            bad('more_than_allowed', (0, 9 << 20, 0, 0), files=['memfd_of_16_mib'])
            bad('more_together', (0, 5 << 20, 0, 0), (1 << 32, 4 << 20, 1 << 32, 0),
                files=['memfd_of_16_mib'] * 2)
            for kind in sorted(KINDS.keys() - MEMORY):
                bad(f'of_{kind}', (0, page, 0, 0), files=[kind])
        nine = [(number << 32, page, number << 32, 0) for number in range(9)]
        _no_regions_like(there, 'nine', *nine[:9], files=['memfd'] * 8)
        there.message('none', CLOSED, 'SET_MEM_TABLE', table(), stage=NEGOTIATED)
        there.message('count_of_nine', CLOSED, 'SET_MEM_TABLE',
                      struct.pack('<II', 9, 0) + table(*nine[:8])[8:], ['memfd'] * 8,
                      stage=NEGOTIATED)
        there.message('eight', ACCEPTED, 'SET_MEM_TABLE', table(*nine[:8]), ['memfd'] * 8,
                      NEGOTIATED)
        there.message('offset', ACCEPTED, 'SET_MEM_TABLE', table((0, 2 * page, 0, 2 * page)),
                      ['memfd'], NEGOTIATED)
        there.message('shm', ACCEPTED, 'SET_MEM_TABLE', table((0, 2 * page, 0, 0)), ['shm'],
                      NEGOTIATED)
        there.message('again_running', ACCEPTED, 'SET_MEM_TABLE', own_regions, own_files,
                      after=lambda attacker: attacker.guest.create_session())
        there.message('rings_not_in_it', ACCEPTED, 'SET_MEM_TABLE',
                      table((1 << 40, 2 * page, 1 << 40, 0)), ['memfd'])


def messages_set_log_base(run):
    """A log that does not cover the memory, is longer than its file, or is no memory file."""
    request = 'SET_LOG_BASE'
    with attacked_host(run) as there:
        for name, size, offset in (
                ('a_byte_short', LOG_BYTES - 1, 0), ('size_0', 0, 0),
                ('longer_than_file', LOG_BYTES + 1, 0), ('beyond_file', LOG_BYTES, 1),
                ('page_beyond_file', LOG_BYTES, PAGE), ('far_beyond', LOG_BYTES, 1 << 62),
                ('wraps', LOG_BYTES, 2 ** 64 - PAGE), ('of_everything', 2 ** 64 - 1, 0),
                ('wraps_to_0', 2 ** 64 - PAGE, PAGE)):
            for stage in (SHARED, RUNNING):
                there.message(f'{name}_{"running" if stage == RUNNING else "shared"}', CLOSED,
                              request, word(size, offset), ['log'], stage)
        for kind in sorted(KINDS.keys() - MEMORY):
            there.message(f'of_{kind}', CLOSED, request, word(LOG_BYTES, 0), [kind])
        there.message('shm', ACCEPTED, request, word(LOG_BYTES, 0), ['shm'])
        there.message('running', ACCEPTED, request, word(LOG_BYTES, 0), ['log'])
        there.message('again', ACCEPTED, request, word(LOG_BYTES, 0), ['log'], before=_has_log)
        there.message('without_memory', (ACCEPTED, CLOSED), request, word(LOG_BYTES, 0), ['log'],
                      stage=NEGOTIATED)

        def sees_writes(attacker):
            attacker.guest.create_session()
            attacker.guest.work()
        there.message('more_memory_than_it_covers', (ACCEPTED, CLOSED), 'SET_MEM_TABLE',
                      table((0, PAGE, 0, 0), (1 << 40, PAGE, 1 << 40, 0)), ['memfd'] * 2,
                      before=lambda attacker: (_has_log(attacker), sees_writes(attacker)))


# Messages whose ring is the first 32 bits, or the lowest bits, of the payload.
INDEXED = {
    'SET_VRING_NUM': lambda _, index: state(index, RING),
    'SET_VRING_ADDR': lambda attacker, index: struct.pack('<I', index) + own_address(attacker)[4:],
    'SET_VRING_BASE': lambda _, index: state(index, 0),
    'GET_VRING_BASE': lambda _, index: state(index, 0),
    'SET_VRING_ENABLE': lambda _, index: state(index, 1),
    'SET_VRING_KICK': lambda _, index: word(index),
    'SET_VRING_CALL': lambda _, index: word(index),
    'SET_VRING_ERR': lambda _, index: word(index),
}


def messages_ring_index(run):
    """The number of a ring that there is not ends the connection."""
    with attacked_host(run) as there:
        for request, payload in INDEXED.items():
            _, files, stage = LEGAL[request]
            for index in (2, 3, 127, 254, 255):
                there.message(f'{request}/{index}', CLOSED, request,
                              lambda attacker, p=payload, i=index: p(attacker, i), files, stage)
            for index in ((1 << 9, 1 << 31, 1 << 32, 1 << 63) if files else
                          (256, 0x10000, 0x80000000, 0xffffffff)):
                there.message(f'{request}/{index:#x}', CLOSED, request,
                              lambda attacker, p=payload, i=index: p(attacker, i), files, stage)


def messages_set_vring_num(run):
    """Sizes of rings that there cannot be, and any while the ring runs."""
    request = 'SET_VRING_NUM'
    with attacked_host(run) as there:
        for size in (0, 32769, 65535, 65536, 65536 + RING, 1 << 31, 0xffffffff):
            there.message(f'{size}', CLOSED, request, state(0, size), stage=SHARED)
        for size in (1, 2, 1024, 32768):
            there.message(f'{size}', ACCEPTED, request, state(0, size), stage=SHARED)
        for index in (0, 1):
            for size in (RING, 2 * RING, RING // 2, 32768):
                there.message(f'{size}_ring_{index}_runs', CLOSED, request, state(index, size))
        there.message('one_runs', CLOSED, request, state(0, 1024), stage=SET, before=_one_runs)
        there.message('other_runs', ACCEPTED, request, state(1, 32), stage=SET, before=_one_runs)


def messages_set_vring_base(run):
    """Positions that there cannot be, and any while the ring runs."""
    request = 'SET_VRING_BASE'
    with attacked_host(run) as there:
        for base in (0x10000, 0x8000ffff, 0xffffffff):
            there.message(f'{base:#x}', CLOSED, request, state(0, base), stage=SHARED)
        there.message('0xffff', ACCEPTED, request, state(0, 0xffff), stage=SHARED)
        for index in (0, 1):
            for base in (0, 1, 0xffff):
                there.message(f'{base}_ring_{index}_runs', CLOSED, request, state(index, base))
        there.message('one_runs', CLOSED, request, state(0, 5), stage=SET, before=_one_runs)


def messages_set_vring_addr(run):
    """Flags and alignments that there are not, and other addresses while the ring runs."""
    request = 'SET_VRING_ADDR'

    def moved(flags=0, index=0, **parts):
        def payload(attacker):
            ring = attacker.rings[index]
            return attacker.address(ring, flags, **{
                part: getattr(ring, part) + by for part, by in parts.items()})
        return payload

    with attacked_host(run) as there:
        for bit in (1, 2, 8, 31):
            there.message(f'flag_{bit}', CLOSED, request, moved(1 << bit), stage=SHARED)
        for part, steps in (('desc', (1, 4, 8)), ('avail', (1, 3)), ('used', (1, 2))):
            for by in steps:
                there.message(f'{part}_off_by_{by}', CLOSED, request, moved(**{part: by}),
                              stage=SHARED)
        there.message('avail_off_by_2', ACCEPTED, request, moved(avail=2), stage=SHARED)
        for index in (0, 1):
            for part, by in (('desc', 16), ('avail', 2), ('used', 4), ('used', 1 << 20)):
                there.message(f'{part}_moved_{by}_ring_{index}_runs', CLOSED, request,
                              moved(index=index, **{part: by}))
            there.message(f'same_ring_{index}_runs', ACCEPTED, request, moved(index=index))
            there.message(f'log_ring_{index}_runs', ACCEPTED, request, moved(1, index),
                          before=_has_log)
            there.message(f'flag_1_ring_{index}_runs', CLOSED, request, moved(2, index))
        there.message('one_runs', CLOSED, request, moved(used=4), stage=SET, before=_one_runs)


def messages_vring_eventfds(run):
    """Kick, call and error of a ring are eventfds; none comes where none is announced."""
    good = {'eventfd'}
    with attacked_host(run) as there:
        for request in ('SET_VRING_KICK', 'SET_VRING_CALL', 'SET_VRING_ERR'):
            for kind in sorted(KINDS.keys() - good):
                for index in (0, 1):
                    there.message(f'{request}/{kind}_ring_{index}', CLOSED, request, word(index),
                                  [kind], SET if index else RUNNING)
            there.message(f'{request}/none', CLOSED, request, word(0))
            there.message(f'{request}/two', CLOSED, request, word(0), ['eventfd'] * 2)
            there.message(f'{request}/both', CLOSED, request, word(NO_DESCRIPTOR), ['eventfd'])
            for index in (0, 1):
                there.message(f'{request}/again_ring_{index}_runs', ACCEPTED, request, word(index),
                              ['eventfd'])
        for request in ('SET_VRING_CALL', 'SET_VRING_ERR'):
            for index in (0, 1):
                there.message(f'{request}/no_descriptor_ring_{index}_runs', ACCEPTED, request,
                              word(NO_DESCRIPTOR | index))


def messages_set_vring_enable(run):
    """A ring is on or off."""
    with attacked_host(run) as there:
        for number in (2, 3, 256, 0xffffffff):
            there.message(f'{number}', CLOSED, 'SET_VRING_ENABLE', state(0, number))

        def off_and_on(attacker):
            for number in (0, 1):
                attacker.send(front_end.SET_VRING_ENABLE, state(0, number))
            attacker.settle()
            attacker.guest.create_session()
            attacker.guest.work()
        there.message('off', ACCEPTED, 'SET_VRING_ENABLE', state(0, 0), after=off_and_on)


def messages_config(run):
    """The config space can be read anywhere, and written without effect."""
    space = {}

    def read(offset, size):
        """Answered with what the whole space has there, and zeros behind it."""
        def check(attacker):
            if len(attacker.answer) != 12 + size:
                raise Failed(f'{len(attacker.answer)} bytes answer a request for {size}')
            data = attacker.answer[12:]
            whole = space.setdefault('whole', data)
            if data != whole[offset:offset + size].ljust(size, b'\0'):
                raise Failed(f'{size} bytes at {offset:#x} are others than those of all')
        return check

    with attacked_host(run) as there:
        for offset, size in ((0, 256), (0, 56), (0, 0), (4, 4), (55, 1), (52, 8), (56, 1),
                             (57, 100), (0xfff, 256), (0x7fffffff, 4), (0xffffffff, 1),
                             (0xffffff00, 256), (0xfffffffc, 256)):
            there.message(f'get_{size}_at_{offset:#x}', ACCEPTED, 'GET_CONFIG',
                          config(offset, size), stage=NEGOTIATED, after=read(offset, size))
            there.message(f'set_{size}_at_{offset:#x}', ACCEPTED, 'SET_CONFIG',
                          config(offset, size, b'\xff' * size), stage=NEGOTIATED)
        there.message('unchanged', ACCEPTED, 'GET_CONFIG', config(0, 256), stage=NEGOTIATED,
                      after=read(0, 256))
        for request in ('GET_CONFIG', 'SET_CONFIG'):
            there.message(f'{request}/257', CLOSED, request, config(0, 257), stage=NEGOTIATED)
            for size in (57, 55, 0, 0xffffffff):  # the payload has 56
                there.message(f'{request}/size_of_{size:#x}', CLOSED, request,
                              struct.pack('<III', 0, size, 0) + bytes(56), stage=NEGOTIATED)


@contextlib.contextmanager
def _inflight_memory(attacker):
    """Yield size and file of the memory that the back-end gives."""
    if attacker.attempt(NUMBERS['GET_INFLIGHT_FD'], inflight()) != ACCEPTED:
        raise Failed('GET_INFLIGHT_FD is not answered')
    size = struct.unpack_from('<Q', attacker.answer)[0]
    yield size, list(attacker.answer_files)


def messages_inflight(run):
    """Memory for what is in flight: for rings that there are, and of memory files only."""
    get, put = 'GET_INFLIGHT_FD', 'SET_INFLIGHT_FD'
    with attacked_host(run) as there:
        for queues, size in ((0, RING), (3, RING), (0xffff, RING), (2, 0), (2, 32769), (2, 65535)):
            there.message(f'{get}/{queues}_of_{size}', CLOSED, get, inflight(queues, size),
                          stage=NEGOTIATED)
        for stage, wanted in ((NEGOTIATED, ACCEPTED), (SET, ACCEPTED), (RUNNING, CLOSED)):
            with there.case(f'{put}/stage_{stage}'), there.attacker(stage) as attacker, \
                    _inflight_memory(attacker) as (size, files):
                there.judge(attacker, wanted, NUMBERS[put], inflight(mmap_size=size), files)
        for name, queues, entries, offset, more in (
                ('longer', 2, RING, 0, 1 << 20), ('far', 2, RING, 1 << 40, 0),
                ('wraps', 2, RING, 2 ** 64 - PAGE, 0), ('no_queue', 0, RING, 0, 0),
                ('three', 3, RING, 0, 0), ('no_entry', 2, 0, 0, 0), ('large', 2, 32769, 0, 0)):
            with there.case(f'{put}/{name}'), there.attacker(NEGOTIATED) as attacker, \
                    _inflight_memory(attacker) as (size, files):
                there.judge(attacker, (CLOSED, REFUSED), NUMBERS[put],
                            inflight(queues, entries, size + more, offset), files)
        for size in (19, 25):
            there.message(f'{put}/{size}_bytes', CLOSED, put, inflight().ljust(size)[:size],
                          ['memfd'], NEGOTIATED)
        for count in (0, 2):
            there.message(f'{put}/{count}_descriptors', CLOSED, put, inflight(mmap_size=4 * PAGE),
                          ['memfd'] * count, NEGOTIATED)
        for kind in sorted(KINDS.keys() - MEMORY):
            there.message(f'{put}/of_{kind}', (CLOSED, REFUSED), put,
                          inflight(mmap_size=4 * PAGE), [kind], NEGOTIATED)


SCENARIOS = (
    legal_messages, sizes_of_messages, descriptors_of_messages, headers_of_messages,
    unknown_messages, messages_set_features, messages_set_protocol_features,
    messages_set_mem_table, messages_set_log_base, messages_ring_index, messages_set_vring_num,
    messages_set_vring_base, messages_set_vring_addr, messages_vring_eventfds,
    messages_set_vring_enable, messages_config, messages_inflight)
