# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about front-ends that reach for other guests' memory and service.

Rings that are not in the guest's memory, files that are not what they must be, eventfds that are
none, and floods: the front-end is disconnected, and a victim at the next socket does not notice.
"""

import contextlib
import os
import struct
import threading

import front_end
from front_end import PAGE, RING, FrontEndError
from front_end_hostile import (
    ACCEPTED, CLOSED, FEATURES, KINDS, NO_DESCRIPTOR, NUMBERS, PACKED, PROTOCOL,
    REFUSED, RUNNING, SET, SHARED, VERSION, nothing_kept, attacked_host, state, table, word)
from two_process_messages import LEGAL, LOG_BYTES, STATELESS_CIPHER, config, inflight, session
from two_process_programs import Failed, Host

KICK = NUMBERS['SET_VRING_KICK']
FULL = 2 ** 64 - 2  # the most that an eventfd counts
FIRST_END = front_end.Memory.REGIONS[0][1]
SECOND, SECOND_END = front_end.Memory.REGIONS[1][0], sum(front_end.Memory.REGIONS[1])
EVENT_IDX = 1 << 29
# Bytes of the parts of a ring of RING entries: a split one, and a packed one.
SPLIT = {'desc': 16 * RING, 'avail': 4 + 2 * RING, 'used': 4 + 8 * RING}
EVENTS = {'desc': 16 * RING, 'avail': 4, 'used': 4}
ALIGNMENT = {'desc': 16, 'avail': 2, 'used': 4}


def uses(attacker):
    """Do what a guest does with rings that run."""
    attacker.guest.create_session()
    attacker.guest.work()


def _outside(lengths, alignment):
    """Yield names, parts and addresses at which a part is not inside one region."""
    for part, length in lengths.items():
        step = alignment[part]
        places = {'behind': FIRST_END, 'in_the_gap': SECOND - step, 'nowhere': 1 << 50,
                  'wraps': 2 ** 64 - step}
        if length > step:
            lacks = -(-length // step) * step - step  # room for all but the last bytes
            places.update(at_the_end=FIRST_END - step, end_of_the_second=SECOND_END - step,
                          lacks_the_last=FIRST_END - lacks)
        for name, address in places.items():
            yield f'{part}_{name}', part, address


def rings_outside_memory(run):
    """A ring of which a part is not inside one region does not start, and nothing is written."""
    def start(there, name, index, features, size=RING, base=None, wanted=CLOSED, **parts):
        before = there.victims_memory()
        with there.case(name), there.attacker(SHARED, features=features) as attacker:
            ring = attacker.rings[index]
            attacker.guest.prepare_session()
            attacker.set_ring(ring, size, base, **parts)

            def harm(attacker):
                attacker.send(front_end.SET_VRING_ENABLE, state(index, 1))
                os.eventfd_write(ring.kick, 1)
                attacker.settle()
                ring.wait(attacker.guest.memory, 1)
            there.judge(attacker, wanted, KICK, word(index), [ring.kick], harm)
            if there.victims_memory() != before:
                raise Failed('the memory of the victim has been written')

    with attacked_host(run) as there:
        for index in (0, 1):
            for name, part, address in _outside(SPLIT, ALIGNMENT):
                start(there, f'split_{name}_ring_{index}', index, FEATURES, **{part: address})
            for name, part, address in _outside(EVENTS, {**ALIGNMENT, 'avail': 4}):
                start(there, f'packed_{name}_ring_{index}', index, FEATURES | PACKED,
                      **{part: address})
            for size in (3, 63, 1000):
                start(there, f'split_of_{size}_ring_{index}', index, FEATURES, size)
            for part, length in SPLIT.items():
                start(there, f'split_of_32768_{part}_ring_{index}', index, FEATURES, 32768,
                      **{part: FIRST_END - -(-length // 16) * 16})
            for part in ('avail', 'used'):
                start(there, f'split_{part}_lacks_the_event_ring_{index}', index,
                      FEATURES | EVENT_IDX, **{part: FIRST_END - SPLIT[part]})
            with there.case(f'packed_avail_off_by_2_ring_{index}'), \
                    there.attacker(SHARED, features=FEATURES | PACKED) as attacker:
                ring = attacker.rings[index]
                with contextlib.suppress(OSError):  # the address, or the start, ends it
                    attacker.set_ring(ring, avail=ring.avail + 2)
                    attacker.start_ring(ring)
                if not attacker.gone():
                    raise Failed('the ring is taken')
            start(there, f'packed_beyond_its_end_ring_{index}', index, FEATURES | PACKED,
                  base=0x8000 | RING, wanted=(CLOSED, REFUSED))
            start(there, f'packed_of_63_ring_{index}', index, FEATURES | PACKED, 63,
                  wanted=ACCEPTED)
            start(there, f'inside_ring_{index}', index, FEATURES, wanted=ACCEPTED)


def rings_across_regions(run):
    """Two regions side by side are two regions."""
    half = FIRST_END // 2
    with attacked_host(run) as there:
        for part, length in SPLIT.items():
            with there.case(part), there.attacker(SHARED) as attacker:
                file = attacker.guest.memory.files[0]
                attacker.send(front_end.SET_MEM_TABLE, table(
                    (0, half, 0, 0), (half, half, half, half)), [file, file])
                ring = attacker.rings[0]
                attacker.set_ring(ring, **{part: half - length // 2 // 16 * 16})
                there.judge(attacker, CLOSED, KICK, word(0), [ring.kick])


def rings_that_grow(run):
    """What was proven of a ring holds as long as it runs, and is proven anew when it starts."""
    num = NUMBERS['SET_VRING_NUM']
    with attacked_host(run) as there:
        for index in (0, 1):
            def grow(attacker, i=index):
                attacker.guest.prepare_session()
                os.eventfd_write(attacker.rings[i].kick, 1)
                attacker.settle()
            there.message(f'ring_{index}_runs', CLOSED, num, state(index, 32768), harm=grow)

            def alone(attacker, i=index):
                attacker.start_ring(attacker.rings[i])
                attacker.settle()
            there.message(f'ring_{index}_runs_alone', CLOSED, num, state(index, 32768), stage=SET,
                          before=alone, harm=grow)

            def stop(attacker, i=index):
                attacker.stop_ring(attacker.rings[i])
            there.message(f'ring_{index}_stopped', ACCEPTED, num, state(index, 2 * RING),
                          before=stop)
            with there.case(f'ring_{index}_starts_with_another_size'), \
                    there.attacker(SHARED) as attacker:
                ring = attacker.rings[index]
                ring.used = FIRST_END - PAGE
                attacker.set_ring(ring)
                attacker.start_ring(ring)
                attacker.settle()
                stop(attacker)
                attacker.send(num, state(index, 32768))
                there.judge(attacker, CLOSED, KICK, word(index), [ring.kick])


def memory_taken_from_rings(run):
    """A table of memory without a running ring stops it; with another file nothing is written."""
    with attacked_host(run) as there:
        for name, start, size in (('elsewhere', 1 << 40, 4 * PAGE), ('used_cut_off', 0, 34 * PAGE),
                                  ('second_half', 17 * PAGE, 500 * PAGE)):
            with there.case(name), there.attacker() as attacker:
                uses(attacker)
                file = KINDS['memfd_of_16_mib']()
                attacker.send(front_end.SET_MEM_TABLE, table((start, size, start, 8 << 20)), [file])
                attacker.settle()
                for ring in attacker.rings:
                    os.eventfd_write(ring.kick, 1)
                there.intact()
                beside = os.pread(file, 8 << 20, 0) + os.pread(file, 8 << 20, (8 << 20) + size)
                inside = os.pread(file, size, 8 << 20)
                os.close(file)
                if any(beside) or (name == 'elsewhere' and any(inside)):
                    raise Failed('memory in which there is no ring has been written')
                for ring in attacker.rings:
                    attacker.stop_ring(ring)
                attacker.share()
                for ring in attacker.rings:
                    attacker.set_ring(ring)
                    attacker.start_ring(ring)
                attacker.settle()
                uses(attacker)


def log_at_an_offset(run):
    """The bits of a log stand at its offset in its file, and nothing is written beside it."""
    with attacked_host(run) as there:
        for offset in (0, PAGE, 2 * PAGE, 512 * PAGE, 1 << 30, 8, PAGE + 1, 3 * PAGE - 1):
            with there.case(f'{offset:#x}'), there.attacker() as attacker:
                victims = there.victims_memory()
                file = os.memfd_create('log')
                os.ftruncate(file, offset + LOG_BYTES + PAGE)
                there.judge(attacker, ACCEPTED, front_end.SET_LOG_BASE, word(LOG_BYTES, offset),
                            [file])
                attacker.send(front_end.SET_FEATURES, word(FEATURES | front_end.F_LOG_ALL))
                for ring in attacker.rings:
                    attacker.send(front_end.SET_VRING_ADDR, attacker.address(ring, 1))
                attacker.settle()
                uses(attacker)
                log = os.pread(file, LOG_BYTES, offset)
                beside = os.pread(file, PAGE, max(0, offset - PAGE))[:offset] + \
                    os.pread(file, PAGE, offset + LOG_BYTES)
                os.close(file)
                for ring in attacker.rings:
                    page = ring.used // PAGE
                    if not log[page // 8] >> page % 8 & 1:
                        raise Failed(f'page {page} was written and is not logged')
                if not any(log[SECOND // PAGE // 8:]):
                    raise Failed('no page of the data is logged')
                if any(beside):
                    raise Failed('there are bits beside the log')
                if there.victims_memory() != victims:
                    raise Failed('the memory of the victim has been written')


def calls_that_are_no_eventfds(run):
    """The end of a pipe that nobody reads, a full one, and others, as what a guest is called by."""
    def closed_pipe():
        reader, writer = os.pipe()
        os.close(reader)
        return writer

    def full_pipe():
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, bytes(4096))
        os.set_blocking(writer, True)
        open_readers.append(reader)
        return writer

    open_readers = []
    with attacked_host(run) as there:
        for index in (0, 1):
            for name, make in (('closed_pipe', closed_pipe), ('full_pipe', full_pipe)):
                for request in ('SET_VRING_CALL', 'SET_VRING_ERR', 'SET_VRING_KICK'):
                    file = make()
                    there.message(f'{name}_{request}_ring_{index}', CLOSED, request, word(index),
                                  [file], harm=uses)
                    os.close(file)
    for reader in open_readers:
        os.close(reader)


@contextlib.contextmanager
def _eventfd(value=0):
    """Yield a blocking eventfd with a value."""
    file = os.eventfd(0, 0)
    try:
        if value:
            os.eventfd_write(file, value)
        yield file
    finally:
        os.close(file)


def _fill(file):
    """Fill an eventfd that has been written, or not, so that a write to it blocks."""
    os.set_blocking(file, False)
    with contextlib.suppress(BlockingIOError):
        os.eventfd_read(file)
    os.eventfd_write(file, FULL)
    # Whatever the back-end has set, the flags are the front-end's, too.
    os.set_blocking(file, True)


def calls_that_block(run):
    """A call eventfd that is full, and waits, stops neither the lcore nor the control thread."""
    with attacked_host(run) as there:
        for index in (0, 1):
            for full in ('before', 'after'):
                with there.case(f'full_{full}_ring_{index}'), there.attacker() as attacker, \
                        _eventfd(FULL if full == 'before' else 0) as file:
                    attacker.guest.create_session()
                    there.judge(attacker, ACCEPTED, front_end.SET_VRING_CALL, word(index), [file])
                    with there.stopped():
                        _fill(file)
                        attacker.guest.prepare(0)
                        attacker.guest.prepare_session()
                    for ring in attacker.rings:
                        os.eventfd_write(ring.kick, 1)
                    for ring in attacker.rings:
                        with contextlib.suppress(FrontEndError):
                            ring.wait(attacker.guest.memory, 1)
                    there.intact()
                    there.connects_within(1)
                    os.eventfd_read(file)


def kicks_that_are_read_by_others(run):
    """Who reads its own kick before the back-end does must not have it wait."""
    with attacked_host(run) as there:
        for index in (0, 1):
            with there.case(f'ring_{index}'), there.attacker() as attacker:
                file = os.eventfd(0, 0)  # which waits
                attacker.send(KICK, word(index), [file])
                attacker.settle()
                done = threading.Event()

                def race(file=file, done=done):
                    while not done.is_set():
                        os.eventfd_write(file, 1)
                        os.set_blocking(file, False)
                        with contextlib.suppress(BlockingIOError):
                            os.eventfd_read(file)
                        os.set_blocking(file, True)
                racer = threading.Thread(target=race)
                racer.start()
                try:
                    for _ in range(20):
                        there.intact()
                    there.connects_within(1)
                finally:
                    done.set()
                    racer.join()
                    os.close(file)


def output_without_reader(run):
    """The program goes on when the reader of its standard output and error has gone."""
    host = Host(run.args, run.log('host'), sockets=2)
    pipe = os.path.join(run.directory, 'output')
    os.mkfifo(pipe)
    log, host.output = host.output, pipe
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    stop = threading.Event()

    def drain():
        while not stop.wait(0.01):
            with contextlib.suppress(BlockingIOError):
                os.read(reader, 65536)
    thread = threading.Thread(target=drain)
    thread.start()
    try:
        run.stack.enter_context(host)
    finally:
        host.output = log  # where there is no line, and nobody waits for one
        with open(log, 'w', encoding='utf-8'):
            pass
        stop.set()
        thread.join()
        os.close(reader)

    class Gone:
        """A run whose host program is this one."""
        args, stack, name = run.args, run.stack, run.name
        host = staticmethod(lambda **_: host)
        say, result = run.say, run.result

    with attacked_host(Gone) as there:
        for request in (99, 4, 2 ** 32 - 1):
            with there.case(f'message_{request}'), there.attacker() as attacker:
                attacker.attempt(request, bytes(8))


def _sends_in_vain(attacker, number):
    """One of the ways to send descriptors that nobody wants, by number."""
    kinds = sorted(KINDS)
    requests = sorted(LEGAL)
    request = NUMBERS[requests[number % len(requests)]]
    kind = kinds[number % len(kinds)]
    files = [KINDS[kind]() for _ in range(1 + number % 8)]
    try:
        if number % 3 == 0:
            attacker.attempt(request, word(FEATURES), files)
        elif number % 3 == 1:  # and goes, in the middle of a message
            with contextlib.suppress(OSError):
                attacker.send(request, b'', files, size=8)
        else:
            attacker.attempt(NUMBERS['SET_FEATURES'], word(FEATURES), files)
    finally:
        for file in files:
            os.close(file)


def nothing_is_kept(run):
    """Whatever a front-end sends, the program has no more of anything when it has gone."""
    with attacked_host(run) as there:
        rounds = 10000 if run.args.all else 100

        def one(number):
            with there.attacker((number // 7) % 5) as attacker:
                _sends_in_vain(attacker, number)

        for number in range(40):  # what is allocated once
            one(number)
        there.connects_within(2)
        with there.case('connections'), nothing_kept(there, rounds):
            for number in range(rounds):
                one(number)
        messages = 1000 if run.args.all else 100
        for name, request, payload, kinds in (
                ('SET_FEATURES', 'SET_FEATURES', word(FEATURES), ['eventfd'] * 8),
                ('features_refused', 'SET_FEATURES', word(FEATURES | STATELESS_CIPHER),
                 ['eventfd'] * 8),
                ('SET_MEM_TABLE', 'SET_MEM_TABLE', table((0, PAGE, 0, 0)), ['memfd']),
                ('SET_LOG_BASE', 'SET_LOG_BASE', word(LOG_BYTES, 0), ['log']),
                ('SET_LOG_FD', 'SET_LOG_FD', b'', ['eventfd']),
                ('SET_VRING_CALL', 'SET_VRING_CALL', word(0), ['eventfd']),
                ('SET_VRING_ERR', 'SET_VRING_ERR', word(1), ['eventfd']),
                ('SET_VRING_KICK', 'SET_VRING_KICK', word(1), ['eventfd']),
                ('no_call', 'SET_VRING_CALL', word(NO_DESCRIPTOR), []),
                ('SET_BACKEND_REQ_FD', 'SET_BACKEND_REQ_FD', b'', ['stream']),
                ('GET_INFLIGHT_FD', 'GET_INFLIGHT_FD', inflight(), []),
                ('GET_VRING_BASE', 'GET_VRING_BASE', state(0, 0), []),
                ('CREATE_CRYPTO_SESSION', 'CREATE_CRYPTO_SESSION', session(), []),
                ('RESET_OWNER', 'RESET_OWNER', b'', [])):
            with there.case(name), nothing_kept(there, messages):
                with there.attacker(SHARED if name == 'features_refused' else RUNNING) as attacker:
                    for _ in range(messages):
                        files = [KINDS[kind]() for kind in kinds]
                        try:
                            if attacker.attempt(NUMBERS[request], payload, files) == CLOSED:
                                break
                        finally:
                            for file in files:
                                os.close(file)
        there.connects_within(2)


def owner_reset_again_and_again(run):
    """RESET_OWNER of large rings, by one front-end after the other, leaves all its memory free."""
    rounds = 1000 if run.args.all else 200
    with attacked_host(run) as there:
        there.message('once', CLOSED, 'RESET_OWNER')
        with there.case('again'), nothing_kept(there, rounds):
            with there.attacker(SHARED) as attacker:
                for _ in range(rounds):
                    with contextlib.suppress(OSError):
                        for index in (0, 1):
                            attacker.send(NUMBERS['SET_VRING_NUM'], state(index, 32768))
                        attacker.send(NUMBERS['RESET_OWNER'])
                attacker.gone()
        there.connects_within(2)
        with there.case('connections'), nothing_kept(there, rounds):
            for _ in range(rounds // 4):
                with there.attacker(SHARED) as attacker:
                    for index in (0, 1):
                        attacker.send(NUMBERS['SET_VRING_NUM'], state(index, 32768))
                    attacker.attempt(NUMBERS['RESET_OWNER'])
        there.connects_within(2)


@contextlib.contextmanager
def lingering():
    """A connection that is closed only after a time if its last descriptor is; it is that one."""
    with contextlib.closing(front_end.sockets.create_server(('127.0.0.1', 0))) as listener:
        writer = front_end.sockets.create_connection(listener.getsockname())
        reader, _ = listener.accept()
        writer.setsockopt(front_end.sockets.SOL_SOCKET, front_end.sockets.SO_LINGER,
                          struct.pack('ii', 1, 60))
        writer.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                writer.send(bytes(1 << 16))
        with contextlib.closing(reader):
            yield writer.detach()


def _hidden(file):
    """Return a UNIX socket in which a descriptor is on its way, which is closed here."""
    ends = front_end.sockets.socketpair()
    front_end.sockets.send_fds(ends[0], [b'x'], [file])
    ends[0].close()
    os.close(file)
    return ends[1].detach()


def _filled(size):
    """Return a file in memory of which each byte is there."""
    file = os.memfd_create('filled')
    os.posix_fallocate(file, 0, size)
    return file


def descriptors_that_are_slow_to_close(run):
    """Nobody waits for what a front-end has left to be closed, wherever it has left it."""
    def send(attacker, request, payload, file):
        """Send a message whose descriptor, if it has one, only the back-end has at the end."""
        data = struct.pack('<III', request, VERSION, len(payload)) + payload
        if file is None:
            attacker.socket.sendall(data)
            return
        # The message is complete, and can be rejected, only after this process has closed it.
        front_end.sockets.send_fds(attacker.socket, [data[:1]], [file])
        os.close(file)
        with contextlib.suppress(OSError):
            attacker.socket.sendall(data[1:])

    def leave(there, name, *messages):
        with there.case(name):
            for _ in range(20):
                rest = [(request, payload, make and make()) for request, payload, make in messages]
                with there.attacker(SHARED) as attacker, contextlib.suppress(OSError):
                    while rest:
                        send(attacker, *rest[0])
                        del rest[0]
                if not rest:
                    there.connects_within(1)
                    break
                stack.close()  # the back-end has closed the connection too early
                for _, _, file in rest:
                    os.close(file)
            else:
                raise Failed('no connection lasted until its messages had been sent')
        stack.close()

    bad, channel = 99, NUMBERS['SET_BACKEND_REQ_FD']
    inflight_fd = NUMBERS['SET_INFLIGHT_FD']
    with attacked_host(run) as there, contextlib.ExitStack() as stack:
        def slow():
            return stack.enter_context(lingering())

        def hidden():
            return _hidden(slow())

        def memory():
            return _filled(4 << 30 if run.args.all else 1 << 30)
        leave(there, 'one_after_the_other', (inflight_fd, inflight(), slow),
              (inflight_fd, inflight(), slow), (bad, b'', slow))
        leave(there, 'in_a_socket', (bad, b'', hidden))
        leave(there, 'in_the_channel', (channel, b'', hidden))
        leave(there, 'in_the_connection', (bad, b'', None), (bad, b'', slow))
        leave(there, 'memory', (bad, b'', memory))


@contextlib.contextmanager
def flood(attacker, request, payload=b'', kinds=()):
    """Send a message all the time, and read all that is answered; yield the counts."""
    message = struct.pack('<III', request, VERSION, len(payload)) + payload
    many = message * max(1, 65536 // len(message))
    end = threading.Event()
    counts = {'sent': 0}

    def send():
        with contextlib.suppress(OSError):
            while not end.is_set():
                if kinds:
                    files = [KINDS[kind]() for kind in kinds]
                    front_end.sockets.send_fds(attacker.socket, [message], files)
                    for file in files:
                        os.close(file)
                else:
                    attacker.socket.sendall(many)
                counts['sent'] += 1

    def drain():
        with contextlib.suppress(OSError):
            while attacker.socket.recv(1 << 16):
                pass

    attacker.socket.settimeout(None)
    threads = [threading.Thread(target=work, daemon=True) for work in (send, drain)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        end.set()
        with contextlib.suppress(OSError):
            attacker.socket.shutdown(front_end.sockets.SHUT_RDWR)
        for thread in threads:
            thread.join(10)


def floods(run):
    """A message that comes without end and pause keeps nobody else from being served."""
    with attacked_host(run) as there:
        for request, payload, kinds in (
                ('SET_CONFIG', config(0, 0), ()), ('SET_CONFIG', config(0, 256), ()),
                ('GET_CONFIG', config(0, 256), ()), ('GET_FEATURES', b'', ()),
                ('GET_QUEUE_NUM', b'', ()), ('SET_FEATURES', word(FEATURES), ()),
                ('SET_PROTOCOL_FEATURES', word(PROTOCOL), ()),
                ('SET_VRING_ENABLE', state(0, 1), ()), ('GET_VRING_BASE', state(1, 0), ()),
                ('SET_VRING_CALL', word(NO_DESCRIPTOR), ()),
                ('SET_VRING_CALL', word(0), ('eventfd',)),
                ('SET_VRING_ERR', word(NO_DESCRIPTOR | 1), ()),
                ('CREATE_CRYPTO_SESSION', session(), ()), ('CLOSE_CRYPTO_SESSION', word(1), ()),
                ('GET_INFLIGHT_FD', inflight(), ()), ('SET_LOG_BASE', word(LOG_BYTES, 0), ('log',)),
                ('SET_LOG_FD', b'', ('eventfd',)),
                ('SET_MEM_TABLE', table((0, PAGE, 0, 0)), ('memfd',))):
            with there.case(f'{request}_{len(payload)}{"_" if kinds else ""}{"".join(kinds)}'), \
                    there.attacker() as attacker:
                with flood(attacker, NUMBERS[request], payload, kinds) as counts:
                    for _ in range(2):
                        there.connects_within(1)
                    if not counts['sent']:
                        raise Failed('there was no flood')
                    there.intact()


SCENARIOS = (
    rings_outside_memory, rings_across_regions, rings_that_grow, memory_taken_from_rings,
    log_at_an_offset, calls_that_are_no_eventfds, calls_that_block, kicks_that_are_read_by_others,
    output_without_reader, nothing_is_kept, owner_reset_again_and_again,
    descriptors_that_are_slow_to_close, floods)
