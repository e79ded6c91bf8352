# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about guests and front-ends that mean harm.

What librte_vhost has to withstand is shown at the host program, which is built on it: the
vulnerabilities of it that had a number, and what a front-end can ask of it without bound. While one
front-end attacks, another one at the next socket has its requests done.
"""

import contextlib
import os
import socket as sockets
import stat
import struct
import time

from dpdk_process import tail
import front_end
from front_end import INVSESS, OK, CryptoGuest, FrontEnd, FrontEndError, Memory
from two_process_programs import Failed

GET_INFLIGHT_FD = 31
NEED_REPLY = 8
LOG_LINES = 5000  # of the host program, at once


class Attacker(FrontEnd):
    """A front-end that sends what it likes, and is not surprised when nobody wants it."""

    PROTOCOL = FrontEnd.PROTOCOL | 1 << 12  # VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD

    def attack(self, request, payload, files=()):
        """Send a message; return whether it was taken."""
        message = struct.pack('<III', request, 1 | NEED_REPLY, len(payload)) + payload
        try:
            sockets.send_fds(self.socket, [message], list(files))
            header, fds, *_ = sockets.recv_fds(self.socket, 12, 8)
            for fd in fds:
                os.close(fd)
            if len(header) < 12:
                return False
            answer = self.receive(struct.unpack('<III', header)[2])
        except (FrontEndError, ConnectionError):
            return False
        return answer != struct.pack('<Q', 1)  # an answer of another kind, or a good verdict

    def gone(self):
        """Whether the connection has ended."""
        try:
            self.ask(front_end.GET_FEATURES)
        except (FrontEndError, ConnectionError):
            return True
        return False


@contextlib.contextmanager
def guest_at(path, seed=1, kind=FrontEnd):
    """A guest with both of its rings started, and its front-end."""
    with contextlib.closing(CryptoGuest(seed)) as guest:
        with contextlib.closing(kind(path, guest.memory, guest.data, guest.control)) as front:
            front.start()
            yield guest, front


@contextlib.contextmanager
def attacked(run, **options):
    """A host program with two sockets; who is at the second one must not notice anything."""
    host = run.host(sockets=2, **options)
    try:
        with guest_at(host.sockets[1], seed=2) as (neighbour, _):
            neighbour.create_session()
            neighbour.work()
            yield host
            host.check()
            neighbour.work()
        with guest_at(host.sockets[0], seed=3) as (guest, _):
            guest.create_session()
            guest.work()
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error
    host.end()
    run.result('ok')


def cve_2020_10722(run):
    """The offset and the size of the log of writes overflow, and a small log passes for a large."""
    with attacked(run) as host:
        for size, offset in ((1 << 32, 2 ** 64 - (1 << 32) + 4096), (2 ** 64 - 4096, 8192),
                             (2 ** 64 - 1, 2 ** 64 - 1), (4096, 2 ** 64 - 4096)):
            with guest_at(host.socket, kind=Attacker) as (guest, front):
                guest.create_session()
                file = os.memfd_create('log')
                os.ftruncate(file, 2 * 4096)
                taken = front.attack(front_end.SET_LOG_BASE, struct.pack('<QQ', size, offset),
                                     [file])
                os.close(file)
                if taken:
                    raise Failed(f'a log of {size:#x} bytes at {offset:#x} is taken')


def cve_2020_10723(run):
    """The number of a ring has more than 16 bits, and only the lower ones are looked at."""
    payloads = {
        front_end.SET_VRING_NUM: lambda index: struct.pack('<II', index, 32),
        front_end.SET_VRING_BASE: lambda index: struct.pack('<II', index, 7),
        front_end.GET_VRING_BASE: lambda index: struct.pack('<II', index, 0),
        front_end.SET_VRING_ENABLE: lambda index: struct.pack('<II', index, 1),
        front_end.SET_VRING_ADDR: lambda index: struct.pack('<IIQQQQ', index, 0, *[4096] * 4),
    }
    with attacked(run) as host:
        for request, payload in payloads.items():
            for index in (0x10000, 0x10001, 0xffff0001, 0xffff, 0x80000000):
                with guest_at(host.socket, kind=Attacker) as (_, front):
                    if front.attack(request, payload(index)):
                        raise Failed(f'message {request} is taken for ring {index:#x}')
                host.check()


def resources(host):
    """Return how many files, mappings, and bytes of memory that is not shared a program has."""
    proc = f'/proc/{host.process.pid}'
    with open(f'{proc}/maps', encoding='ascii') as maps:
        mappings = len(maps.readlines())
    with open(f'{proc}/status', encoding='ascii') as status:
        fields = dict(line.split(':', 1) for line in status)
    resident = sum(int(fields[name].split()[0]) for name in ('RssAnon', 'RssShmem')) << 10
    return len(os.listdir(f'{proc}/fd')), mappings, resident


def cve_2020_10726(run):
    """A front-end asks for the file of what is in flight, again and again."""
    ask = struct.pack('<QQHH4x', 0, 0, 2, 64)
    with attacked(run) as host:
        with guest_at(host.socket, kind=Attacker) as (guest, front):
            guest.create_session()
            guest.work()
            front.attack(GET_INFLIGHT_FD, ask)
            before = resources(host)
            for _ in range(500):
                front.attack(GET_INFLIGHT_FD, ask)
            after = resources(host)
        if after[0] > before[0] + 2 or after[1] > before[1] + 4 or \
                after[2] > before[2] + (4 << 20):
            raise Failed(f'files, mappings and memory were {before}, and are {after}')


def in_flight_file_of_any_size(run):
    """How large the file of what is in flight is to be is not for the front-end to say."""
    with attacked(run) as host:
        for queues, size in ((0xffff, 64), (64, 0x8000), (1, 0x8001), (0, 64), (1, 0)):
            with guest_at(host.socket, kind=Attacker) as (_, front):
                front.attack(GET_INFLIGHT_FD, struct.pack('<QQHH4x', 0, 0, queues, size))
                if not front.gone():
                    raise Failed(f'a file for {queues} queues of {size} does not end the '
                                 'connection')
            if f'for {queues} queues of {size} entries' not in tail(host.output, 20):
                raise Failed('the log does not say why')


def refused_messages(run):
    """What belongs to nothing that was offered does not get to librte_vhost."""
    with attacked(run) as host:
        for request in (19, 20, 22, 23, 28, 29, 30, 33, 34, 36, 37, 38, 39, 40, 99):
            with guest_at(host.socket, kind=Attacker) as (_, front):
                front.attack(request, bytes(40))
                if not front.gone():
                    raise Failed(f'message {request} does not end the connection')
        if f'({request}): unsupported vhost-user request' not in tail(host.output, 20):
            raise Failed('the log does not say why')


def memory_of_a_guest(run):
    """A guest with more memory than is allowed is disconnected; one with less is not."""
    size = sum(size for _, size in Memory.REGIONS)
    with attacked(run, options=['--max-memory', str(size >> 20)]) as host:
        for regions in ([(0, size + 4096)], [(0, 4096), (1 << 32, size)],
                        [(0, 2 ** 64 - 4096), (1 << 32, 8192)]):
            with guest_at(host.socket, kind=Attacker) as (guest, front):
                table = struct.pack('<II', len(regions), 0) + b''.join(
                    struct.pack('<QQQQ', start, length, start, 0) for start, length in regions)
                if front.attack(front_end.SET_MEM_TABLE, table, guest.memory.files[:len(regions)]):
                    raise Failed(f'a guest with {regions} is served')
                if not front.gone():
                    raise Failed(f'a guest with {regions} is not disconnected')
            if f'at most {size >> 20} are allowed' not in tail(host.output, 20):
                raise Failed('the log does not say what is allowed')


def permissions_of_sockets(run):
    """The program sets mode and group of its sockets, whatever umask it has."""
    mask = os.umask(0)
    try:
        for options, mode, group in (([], 0o600, os.getgid()),
                                     (['--socket-mode', '660', '--socket-group', '12345'],
                                      0o660, 12345 if os.getuid() == 0 else None),
                                     (['--socket-mode', '0666'], 0o666, os.getgid())):
            if group is None:
                continue
            host = run.host(sockets=2, options=options)
            for path in host.sockets:
                found = os.stat(path)
                if (stat.S_IMODE(found.st_mode), found.st_gid) != (mode, group):
                    raise Failed(f'{options}: mode {stat.S_IMODE(found.st_mode):o}, group '
                                 f'{found.st_gid}')
            host.end()
    finally:
        os.umask(mask)
    for option, value in (('--socket-mode', '888'), ('--socket-mode', '1777'),
                          ('--socket-group', 'no-such-group'), ('--max-memory', '0')):
        host = run.host(client=True, options=[option, value])
        if host.wait(60 * run.args.timeout_factor) != os.EX_USAGE or \
                f'{option} {value}: ' not in tail(host.output, 100):
            raise Failed(f'{option} {value} is taken')
    run.result('ok')


def has(guest, sessions, wanted):
    """Have a request with each session answered, all with the same status."""
    sessions = list(sessions)
    while sessions:
        some, sessions = sessions[:10], sessions[10:]
        checks = [guest.prepare(number, session, wanted) for number, session in enumerate(some)]
        os.eventfd_write(guest.data.kick, 1)
        guest.data.wait(guest.memory)
        for check in checks:
            check()


def cannot_destroy(guest, session):
    """No session of the guest's own has this id."""
    status = guest.prepare_end(session, 0)
    guest.have_control_done()
    if guest.memory.read(status, 1)[0] == OK:
        raise Failed(f'session {session:#x} of another guest is destroyed')


def sessions_of_others(run):
    """A guest can neither use nor guess nor destroy the session of another one."""
    host = run.host(sockets=2)
    try:
        with guest_at(host.sockets[0], seed=1) as (owner, _):
            owner.create_session()
            owner.work()
            with guest_at(host.sockets[1], seed=2) as (other, _):
                has(other, [owner.session], INVSESS)
                has(other, [high << 16 | low for high in range(1, 12) for low in range(12)],
                    INVSESS)
                cannot_destroy(other, owner.session)
                owner.work()
                other.create_session()  # of which the id may be the same: the key is not
                other.work()
                owner.work()
                mine = owner.session
            owner.work()
        with guest_at(host.sockets[0], seed=3) as (heir, _):
            has(heir, [mine], INVSESS)
            cannot_destroy(heir, mine)
            heir.create_session()
            has(heir, [mine], INVSESS)
            heir.work()
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error
    host.end()
    run.result('ok')


def lines_of(host, word=''):
    """Count the lines of a host program that have a word."""
    with open(host.output, encoding='utf-8', errors='replace') as log:
        return sum(word in line for line in log)


def refused_session(guest, number):
    """Ask for a session that makes no sense, or that no cryptodev has."""
    values = [guest.random.choice((0, 1, 2, 3, 4, 5, 16, 20, 24, 32, 64, 99, 2 ** 32 - 1))
              for _ in range(14)]
    if number % 2:  # a chain of algorithms that there are, in which one thing is odd
        values = [1 + number % 4 // 2, 2, 3, 16, 1 + number % 8 // 4, 0, 2, 20, 20, 0, 0, 0, 2, 0]
        values[guest.random.choice((2, 3, 6, 7, 8))] = guest.random.randrange(70)
    request = struct.pack('<18I', front_end.CREATE_SESSION, 0, 0, 0, *values) + bytes(600)
    at = 200 * 4096
    guest.memory.write(at, request)
    guest.control.add(guest.memory, [(at, len(request), 0), (at + 4096, 16, 1)])
    guest.have_control_done()
    session, status = struct.unpack('<QI', guest.memory.read(at + 4096, 12))
    if status == OK:
        end = guest.prepare_end(session, 0)
        guest.have_control_done()
        if guest.memory.read(end, 1)[0] != OK:
            raise Failed('a session cannot be destroyed')


def log_of_a_guest(run):
    """Whatever a guest asks for, the library writes nothing, and the log has an end."""
    started = time.monotonic()
    with attacked(run, cryptodevs=('crypto_aesni_mb', 'crypto_openssl')) as host:
        with guest_at(host.socket) as (guest, _):
            guest.create_session()
            before = lines_of(host, 'vhost_crypto:')
            for number in range(3000):
                refused_session(guest, number)
            for _ in range(100):
                has(guest, range(1, 11), INVSESS)
            after = lines_of(host, 'vhost_crypto:')
            if after > before:
                raise Failed(f'{after - before} lines of the library about requests')
        for _ in range(LOG_LINES // 3):  # connected, rejected, disconnected
            with guest_at(host.socket, kind=Attacker) as (_, front):
                front.attack(99, b'')
        seconds = time.monotonic() - started
        lines = lines_of(host)
        if lines > LOG_LINES + seconds + 100:
            raise Failed(f'the log has {lines} lines after {seconds:.0f} s')
        if lines < LOG_LINES:
            raise Failed(f'the log has {lines} lines only')


def kick_that_never_ends(run):
    """A guest whose kick is always there keeps nobody else's from being seen."""
    host = run.host(sockets=2)
    endless = os.eventfd(0xffffffff, os.EFD_NONBLOCK | os.EFD_SEMAPHORE)
    try:
        with guest_at(host.socket) as (guest, front):
            front.tell(front_end.SET_VRING_KICK, struct.pack('<Q', guest.control.index), [endless])
            front.ask(front_end.GET_FEATURES)
            guest.create_session()
            with guest_at(host.sockets[1], seed=2) as (neighbour, _):
                for _ in range(200):
                    neighbour.create_session()
                neighbour.work()
    except FrontEndError as error:
        raise Failed(error) from error
    finally:
        os.close(endless)
    host.end()
    run.result('ok')


SCENARIOS = (cve_2020_10722, cve_2020_10723, cve_2020_10726, in_flight_file_of_any_size,
             refused_messages, memory_of_a_guest, permissions_of_sockets, sessions_of_others,
             log_of_a_guest, kick_that_never_ends)
