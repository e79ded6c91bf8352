# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about connections: messages in pieces, in any order, or none at all.

A front-end may leave messages half done and send them in any order: a victim at the next socket is
served within a second, and no resource is leaked.
"""

import contextlib
import itertools
import os
import random
import signal
import socket as sockets
import struct
import threading
import time

import front_end
from dpdk_process import ApiHost, Build
from front_end import INVSESS, RING, CryptoGuest, FrontEnd, FrontEndError
from front_end_hostile import (
    ACCEPTED, CLOSED, CONNECTED, KINDS, NEED_REPLY, NEGOTIATED, NUMBERS, RUNNING, SET,
    SHARED, VERSION, Attacker, made, nothing_kept, attacked_host, state, word)
from two_process_boundary import FIRST_END, uses
from two_process_messages import LEGAL, session
from two_process_programs import Failed


def _message(request, payload=b'', flags=VERSION | NEED_REPLY):
    return struct.pack('<III', NUMBERS[request], flags, len(payload)) + payload


def half_messages(run):
    """A message that does not go on keeps nobody else waiting."""
    whole = _message('CREATE_CRYPTO_SESSION', session())
    with attacked_host(run) as there:
        for size in (0, 1, 4, 11, 12, 13, 100, len(whole) - 1):
            with there.case(f'{size}_bytes'), there.attacker(NEGOTIATED) as attacker:
                attacker.socket.sendall(whole[:size])
                there.connects_within(1)
                there.intact()
                attacker.socket.sendall(whole[size:])
                if attacker.receive() != NUMBERS['CREATE_CRYPTO_SESSION']:
                    raise Failed('the rest of the message is not answered')
        with there.case('with_descriptors'), nothing_kept(there, 50):
            for size in (1, 8, 12, 19) * 12 + (1, 12):
                with there.attacker(NEGOTIATED) as attacker, made(['eventfd'] * 8) as files:
                    part = _message('SET_VRING_CALL', word(0))[:size]
                    sockets.send_fds(attacker.socket, [part], files)


def messages_in_pieces(run):
    """Messages are the same in single bytes, and several at once."""
    with attacked_host(run) as there:
        with there.case('byte_by_byte'), there.attacker() as attacker:
            for byte in _message('SET_VRING_ENABLE', state(0, 1)):
                attacker.socket.sendall(bytes([byte]))
            if attacker.receive() != NUMBERS['SET_VRING_ENABLE'] or attacker.answer != bytes(8):
                raise Failed('a message of single bytes is not accepted')
            uses(attacker)
        with there.case('many_at_once'), there.attacker() as attacker:
            attacker.socket.sendall(_message('SET_VRING_ENABLE', state(0, 1)) * 100)
            for _ in range(100):
                attacker.receive()
            uses(attacker)
        with there.case('descriptors_of_the_second'), there.attacker() as attacker:
            messages = _message('SET_VRING_ENABLE', state(0, 1), VERSION) + \
                _message('SET_VRING_CALL', word(0), VERSION)
            with made(['eventfd']) as files:  # they belong to the first byte of what they come with
                sockets.send_fds(attacker.socket, [messages], files)
            if not attacker.gone():
                raise Failed('a message takes the descriptors of another one')
        for size in (1, 12, 19):
            with there.case(f'descriptor_after_{size}_bytes'), there.attacker() as attacker:
                message = _message('SET_VRING_CALL', word(0), VERSION)
                attacker.socket.sendall(message[:size])
                time.sleep(0.02)
                with made(['eventfd']) as files:
                    sockets.send_fds(attacker.socket, [message[size:]], files)
                attacker.gone()  # or not: it is one message, and has its descriptor
        with there.case('a_descriptor_with_each_byte'), nothing_kept(there, 20):
            for _ in range(20):
                with there.attacker() as attacker, made(['eventfd'] * 8) as files:
                    with contextlib.suppress(OSError):
                        for byte in _message('SET_VRING_CALL', word(0)):
                            sockets.send_fds(attacker.socket, [bytes([byte])], files)
                    if not attacker.gone():
                        raise Failed('a message with 160 descriptors is accepted')
        with there.case('253_descriptors'), nothing_kept(there, 20):
            for _ in range(20):
                with there.attacker() as attacker, made(['eventfd']) as files:
                    sockets.send_fds(attacker.socket, [_message('SET_VRING_CALL', word(0))],
                                     files * 253)
                    if not attacker.gone():
                        raise Failed('a message with 253 descriptors is accepted')


def _connect_once(path, timeout):
    """Connect and go, as soon as there is room in the queue of connections."""
    limit = time.monotonic() + timeout
    while True:
        with sockets.socket(sockets.AF_UNIX) as one:
            one.setblocking(False)
            try:
                one.connect(path)
                return
            except BlockingIOError:
                if time.monotonic() > limit:
                    raise
        time.sleep(0.001)


def connections_without_messages(run):
    """Front-ends that connect and say nothing, one after the other and many at once."""
    count = 10000 if run.args.all else 1000
    with attacked_host(run) as there:
        with there.case('one_after_the_other'), nothing_kept(there, count):
            for _ in range(count):
                _connect_once(there.host.socket, there.wait)
        with there.case('at_once'), nothing_kept(there, 100), contextlib.ExitStack() as stack:
            for _ in range(100):
                one = stack.enter_context(sockets.socket(sockets.AF_UNIX))
                one.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    one.connect(there.host.socket)
            there.connects_within(1)
        with there.case('the_next_in_turn'), there.attacker() as first:
            uses(first)
            with sockets.socket(sockets.AF_UNIX) as second:
                second.settimeout(there.wait)
                second.connect(there.host.socket)
                second.sendall(_message('GET_FEATURES', flags=VERSION))
                uses(first)
                first.close()
                if len(second.recv(20, sockets.MSG_WAITALL)) != 20:
                    raise Failed('who came second is not served after the first one')


def connections_cut_in_half(run):
    """A front-end that does not read, or not write any more, ends as one that has gone."""
    with attacked_host(run) as there:
        for name, how in (('no_more_writes', sockets.SHUT_WR), ('no_more_reads', sockets.SHUT_RD),
                          ('neither', sockets.SHUT_RDWR)):
            with there.case(name), there.attacker() as attacker:
                uses(attacker)
                attacker.socket.shutdown(how)
                with contextlib.suppress(OSError):
                    for _ in range(100):
                        attacker.send(front_end.GET_FEATURES)
                there.intact()
                with contextlib.closing(CryptoGuest(3)) as guest:
                    if how != sockets.SHUT_WR:
                        attacker.close()
                    with contextlib.closing(Attacker(there.host.socket, guest)) as next_one:
                        uses(next_one)
        with there.case('answers_that_nobody_reads'), there.attacker() as attacker:
            attacker.socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    attacker.socket.sendall(_message('GET_CONFIG', struct.pack('<III', 0, 256, 0)
                                                     + bytes(256)) * 100)
            there.connects_within(1)
            there.intact()
        with there.case('requests_that_nobody_reads'), there.attacker() as attacker:
            ours, theirs = sockets.socketpair()
            with ours, theirs:
                theirs.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        theirs.send(bytes(4096))
                theirs.setblocking(True)
                attacker.send(NUMBERS['SET_BACKEND_REQ_FD'], b'', files=[theirs.fileno()])
                attacker.settle()
                for _ in range(4):  # each changes the config space
                    there.host.process.send_signal(signal.SIGUSR1)
                    time.sleep(0.05)
                there.connects_within(1)


def _prepare(attacker, ring, used):
    """Return the messages that set a ring up, by name."""
    return {'num': lambda: attacker.send(NUMBERS['SET_VRING_NUM'], state(ring.index, RING)),
            'base': lambda: attacker.send(NUMBERS['SET_VRING_BASE'], state(ring.index, 0)),
            'addr': lambda: attacker.send(NUMBERS['SET_VRING_ADDR'],
                                          attacker.address(ring, used=used)),
            'call': lambda: attacker.send(NUMBERS['SET_VRING_CALL'], word(ring.index), [ring.call]),
            'kick': lambda: attacker.send(NUMBERS['SET_VRING_KICK'], word(ring.index),
                                          [ring.kick])}


def rings_set_up_in_any_order(run):
    """A ring that is not in memory does not start, whatever comes last; a good one does."""
    with attacked_host(run) as there:
        for order in itertools.permutations(('num', 'base', 'addr', 'kick')):
            for index in (0, 1):
                with there.case(f'outside_{"_".join(order)}_ring_{index}'), \
                        there.attacker(SHARED) as attacker:
                    ring = attacker.rings[index]
                    attacker.guest.prepare_session()
                    parts = _prepare(attacker, ring, FIRST_END - 4)
                    before = there.victims_memory()
                    with contextlib.suppress(OSError):
                        for part in ('call', *order):
                            parts[part]()
                        os.eventfd_write(ring.kick, 1)
                        attacker.send(front_end.SET_VRING_ENABLE, state(index, 1))
                    if order[-1] == 'kick' and not attacker.gone():
                        raise Failed('the ring is taken')
                    if there.victims_memory() != before:
                        raise Failed('the memory of the victim has been written')
                    attacker.gone()  # or not, if there has to be another kick
                    if any(attacker.guest.memory.read(FIRST_END - 4, 4)):
                        raise Failed('the ring is served')
        for order in (('call', 'num', 'base', 'addr', 'kick'), ('num', 'base', 'addr', 'kick',
                      'call'), ('addr', 'base', 'num', 'call', 'kick')):
            with there.case(f'inside_{"_".join(order)}'), there.attacker(SHARED) as attacker:
                for ring in attacker.rings:
                    parts = _prepare(attacker, ring, ring.used)
                    for part in order:
                        parts[part]()
                    attacker.send(front_end.SET_VRING_ENABLE, state(ring.index, 1))
                attacker.settle()
                uses(attacker)


def rings_between_stop_and_start(run):
    """A ring that is stopped can be set up anew, twice stopped, and left as it is."""
    get = NUMBERS['GET_VRING_BASE']
    with attacked_host(run) as there:
        for index in (0, 1):
            with there.case(f'again_and_again_ring_{index}'), there.attacker() as attacker:
                ring = attacker.rings[index]
                for _ in range(50):
                    uses(attacker)
                    if attacker.stop_ring(ring) != ring.next_used:
                        raise Failed('a ring stops at another place than it was')
                    attacker.set_ring(ring)
                    attacker.start_ring(ring)
                    attacker.settle()
            with there.case(f'twice_ring_{index}'), there.attacker() as attacker:
                attacker.stop_ring(attacker.rings[index])
                there.judge(attacker, (ACCEPTED, CLOSED), get, state(index, 0))
            with there.case(f'kicks_of_a_stopped_ring_{index}'), there.attacker() as attacker:
                ring = attacker.rings[index]
                attacker.stop_ring(ring)
                used = attacker.guest.memory.read(ring.used, 512)
                attacker.guest.prepare_session()
                for _ in range(100):
                    os.eventfd_write(ring.kick, 1)
                attacker.settle()
                there.intact()
                if attacker.guest.memory.read(ring.used, 512)[2:] != used[2:]:
                    raise Failed('a ring that is stopped is served')
            with there.case(f'base_is_taken_ring_{index}'), there.attacker() as attacker:
                attacker.stop_ring(attacker.rings[index])
                there.judge(attacker, ACCEPTED, NUMBERS['SET_VRING_BASE'], state(index, 7))
                if attacker.stop_ring(attacker.rings[index]) not in (7, 0):
                    raise Failed('a ring that has not run stops at another place')
        with there.case('never_started'), there.attacker(SET) as attacker:
            there.judge(attacker, (ACCEPTED, CLOSED), get, state(0, 0))
        with there.case('without_memory'), there.attacker(NEGOTIATED) as attacker:
            attacker.set_ring(attacker.rings[0])
            with contextlib.suppress(OSError):
                attacker.start_ring(attacker.rings[0])
                attacker.share()
            attacker.gone()  # or not: it has memory now


def kicks_without_end(run):
    """A kick that is always there, of either ring, leaves the lcore and the control thread free."""
    with attacked_host(run) as there:
        for index in (0, 1):
            with there.case(f'ring_{index}'), there.attacker() as attacker:
                file = os.eventfd(0xffffffff, os.EFD_NONBLOCK | os.EFD_SEMAPHORE)
                attacker.send(NUMBERS['SET_VRING_KICK'], word(index), [file])
                attacker.settle()
                os.close(file)
                there.connects_within(1)
                for _ in range(20):
                    there.intact()


def _any_legal(chance, attacker):
    """Return a legal message of any kind: its number, its payload and its descriptors."""
    request = chance.choice(sorted(LEGAL))
    payload, files, _ = LEGAL[request]
    return (NUMBERS[request], payload(attacker) if callable(payload) else payload,
            files(attacker) if callable(files) else files)


def random_messages(run):
    """Any messages in any order, right and wrong ones, harm nobody but who sends them."""
    count = 20000 if run.args.all else 400
    seed = random.randrange(1 << 32) if run.args.seed is None else run.args.seed
    chance = random.Random(seed)
    kinds = sorted(KINDS)

    def change(payload):
        data = bytearray(payload)
        for _ in range(chance.choice((0, 0, 1, 1, 3)) if data else 0):
            at = chance.randrange(len(data))
            data[at] = chance.choice((0, 1, 2, 0x80, 0xff, data[at] ^ 1 << chance.randrange(8)))
        return bytes(data)

    def send(there, count):
        sent = 0
        while sent < count:
            stage = chance.choice((CONNECTED, NEGOTIATED, SHARED, SET, RUNNING, RUNNING))
            with there.attacker(stage) as attacker:
                for sent in range(sent + 1, sent + 50):
                    request, payload, files = _any_legal(chance, attacker)
                    if chance.random() < 0.1:
                        files = [chance.choice(kinds) for _ in range(chance.randrange(9))]
                    with made(files) as numbers:
                        verdict = attacker.attempt(request, change(payload), numbers)
                    if verdict == CLOSED:
                        break
                    for ring in attacker.rings:
                        os.eventfd_write(ring.kick, 1)
            there.intact()

    with attacked_host(run) as there:
        with there.case(f'seed_{seed}'):
            send(there, count // 2)  # what is allocated once
            with nothing_kept(there, count):
                send(there, count)


class Listening(FrontEnd):
    """A front-end that listens, and is connected to by the back-end."""

    @staticmethod
    def connect(path, timeout):
        """Return the connection that the back-end makes."""
        with sockets.socket(sockets.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(1)
            listener.settimeout(timeout)
            connection, _ = listener.accept()
        os.unlink(path)
        connection.settimeout(timeout)
        return connection


def front_ends_that_listen(run):
    """A front-end that is connected to, and closes, says nonsense or nothing, harms nobody."""
    host = run.host(sockets=2, client=True, options=['--mode', 'adaptive'])
    wait = 10 * run.args.timeout_factor
    ended = threading.Event()
    greetings = [b'', b'\0', b'\xff' * 12, os.urandom(4096), _message('GET_FEATURES') * 10,
                 _message('RESET_OWNER'), struct.pack('<III', 5, VERSION, 0xffffffff)]

    def misbehave():
        with sockets.socket(sockets.AF_UNIX) as listener:
            listener.bind(host.sockets[0])
            listener.listen(1)
            listener.settimeout(0.1)
            for greeting in itertools.cycle(greetings):
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    with connection:
                        connection.sendall(greeting)
                        ended.wait(0.02)
                if ended.is_set():
                    return

    attack = threading.Thread(target=misbehave)
    attack.start()
    try:
        for number in range(5):
            with contextlib.closing(CryptoGuest(number)) as guest, contextlib.closing(Listening(
                    host.sockets[1], guest.memory, guest.data, guest.control, wait)) as front:
                front.start()
                for _ in range(20):
                    guest.create_session()
                    guest.work()
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error
    finally:
        ended.set()
        attack.join()
    host.end()
    run.result('ok')


def dpdk_interface_serves_at_once(run):
    """A program of DPDK's interface serves a guest from the end of its set-up on.

    librte_vhost can take a second to notice the first guest after its start.
    """
    binary = Build(run.args.host_build).path('app/bench/bench_host')
    host = run.stack.enter_context(ApiHost(binary, 'crypto_aesni_mb', log=run.log('host')))
    for number in range(3):
        with contextlib.closing(CryptoGuest(number)) as guest, contextlib.closing(FrontEnd(
                host.socket, guest.memory, guest.data, guest.control)) as front:
            front.rings = (guest.data,)  # sessions are messages of this interface
            front.start()
            ready = time.monotonic()
            check = guest.prepare(0, (1 << 63) - 1, INVSESS)
            guest.data.wait(guest.memory)
            took = time.monotonic() - ready
            check()
        if took > 0.25 * run.args.timeout_factor:
            raise Failed(f'guest {number} waited {took:.2f} s for its first request')
    host.check()
    run.result('ok')


def connect_raw(path):
    """Connect to a socket, and speak no protocol."""
    client = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    client.settimeout(5)
    client.connect(path)
    return client


def front_ends_that_send_noise(run):
    """Connections that say nothing, nonsense, or half of something harm nobody."""
    host = run.host()
    noise = [b'', b'\0', b'\xff' * 12, b'\x01\0\0\0\x01\0\0\0\0\0\0\0', os.urandom(4096),
             b'\x05\0\0\0\x01\0\0\0\xff\xff\xff\xff',
             b'\x1a\0\0\0\x09\0\0\0\x30\x04\0\0' + b'x' * 99]
    for message in noise:
        with contextlib.closing(connect_raw(host.socket)) as client:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(message)
            time.sleep(0.1)
        host.check()
    run.cases(run.device(host.socket), ['--case', 'known/aes-cbc/*', '--case', 'rings/bursts*'])
    host.end()


SCENARIOS = (half_messages, messages_in_pieces, connections_without_messages,
             connections_cut_in_half, rings_set_up_in_any_order, rings_between_stop_and_start,
             kicks_without_end, random_messages, front_ends_that_listen,
             dpdk_interface_serves_at_once, front_ends_that_send_noise)
