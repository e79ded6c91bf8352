# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""A vhost-user front-end that sends anything, and a victim beside it that must not notice.

The victim works at the second socket of the host program while an attacker at the first one sends
a message. What becomes of the message, what the log says of it, what the host program holds, and
the victim's memory and requests are what a case is judged by.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import re
import signal
import socket as sockets
import struct
import subprocess
import tempfile
import time

import front_end
from dpdk_process import Build, ProgramError, runtime_directory
from front_end import PAGE, RING, CryptoGuest, FrontEnd, FrontEndError
from two_process_programs import Failed

VERSION, REPLY, NEED_REPLY = 1, 4, 8
NO_DESCRIPTOR = 1 << 8

NAMES = {
    1: 'GET_FEATURES', 2: 'SET_FEATURES', 3: 'SET_OWNER', 4: 'RESET_OWNER', 5: 'SET_MEM_TABLE',
    6: 'SET_LOG_BASE', 7: 'SET_LOG_FD', 8: 'SET_VRING_NUM', 9: 'SET_VRING_ADDR',
    10: 'SET_VRING_BASE', 11: 'GET_VRING_BASE', 12: 'SET_VRING_KICK', 13: 'SET_VRING_CALL',
    14: 'SET_VRING_ERR', 15: 'GET_PROTOCOL_FEATURES', 16: 'SET_PROTOCOL_FEATURES',
    17: 'GET_QUEUE_NUM', 18: 'SET_VRING_ENABLE', 21: 'SET_BACKEND_REQ_FD', 24: 'GET_CONFIG',
    25: 'SET_CONFIG', 26: 'CREATE_CRYPTO_SESSION', 27: 'CLOSE_CRYPTO_SESSION',
    31: 'GET_INFLIGHT_FD', 32: 'SET_INFLIGHT_FD',
}
NEVER_LEGAL = {4}
NUMBERS = {name: number for number, name in NAMES.items()}
# Requests that have an answer of their own.
ANSWERED = frozenset(NUMBERS[name] for name in (
    'GET_FEATURES', 'GET_PROTOCOL_FEATURES', 'GET_QUEUE_NUM', 'GET_VRING_BASE', 'GET_CONFIG',
    'CREATE_CRYPTO_SESSION', 'GET_INFLIGHT_FD'))

MQ, LOG_SHMFD, REPLY_ACK, BACKEND_REQ, CRYPTO_SESSION, CONFIG, INFLIGHT = (
    1 << bit for bit in (0, 1, 3, 5, 7, 9, 12))
PROTOCOL = MQ | LOG_SHMFD | REPLY_ACK | BACKEND_REQ | CRYPTO_SESSION | CONFIG | INFLIGHT
FEATURES = front_end.F_VERSION_1 | front_end.F_INDIRECT_DESC | front_end.F_PROTOCOL_FEATURES
PACKED = 1 << 34

# What has been said on a connection before the message of a case.
CONNECTED, NEGOTIATED, SHARED, SET, RUNNING = range(5)

# What becomes of a message. CLOSED: the connection has ended, whatever was answered before.
ACCEPTED, REFUSED, CLOSED, SILENT = 'accepted', 'refused', 'closed', 'left without an answer'

LIBC = ctypes.CDLL(None, use_errno=True)


def word(*values):
    """Return a payload of 64-bit numbers."""
    return struct.pack(f'<{len(values)}Q', *values)


def state(index, number):
    """Return the payload of a message about a ring and a number."""
    return struct.pack('<II', index, number)


def table(*regions):
    """Return the payload of SET_MEM_TABLE: guest address, size, user address, offset of each."""
    return struct.pack('<II', len(regions), 0) + b''.join(word(*region) for region in regions)


def _memfd(size=4 * PAGE):
    file = os.memfd_create('hostile')
    os.ftruncate(file, size)
    return file


def _of_pair(pair, wanted):
    """Return one end, and close the other."""
    ends = [end.detach() if isinstance(end, sockets.socket) else end for end in pair]
    os.close(ends.pop(1 - wanted))
    return ends[0]


def _again(flags, size=4 * PAGE):
    """Return a memfd that was opened once more, with other flags."""
    file = _memfd(size)
    try:
        return os.open(f'/proc/self/fd/{file}', flags)
    finally:
        os.close(file)


def _file_of_disk():
    with tempfile.TemporaryFile(dir='/var/tmp') as file:
        file.truncate(4 << 20)
        return os.dup(file.fileno())


def _is_memory(file):
    """Return whether a file is one of a file system in memory, and close it."""
    kind = ctypes.create_string_buffer(256)
    LIBC.fstatfs(file, kind)
    os.close(file)
    return ctypes.c_long.from_buffer(kind).value == 0x01021994  # TMPFS_MAGIC


# File descriptors of all kinds.
KINDS = {
    'memfd': _memfd,
    'memfd_of_16_mib': lambda: _memfd(16 << 20),
    'memfd_read_only': lambda: _again(os.O_RDONLY, 4 << 20),
    'memfd_write_only': lambda: _again(os.O_WRONLY, 4 << 20),
    'memfd_path_only': lambda: _again(os.O_PATH, 4 << 20),
    'eventfd': lambda: os.eventfd(0, os.EFD_NONBLOCK),
    'pipe_read': lambda: _of_pair(os.pipe(), 0),
    'pipe_write': lambda: _of_pair(os.pipe(), 1),
    'stream': lambda: _of_pair(sockets.socketpair(sockets.AF_UNIX, sockets.SOCK_STREAM), 0),
    'datagram': lambda: _of_pair(sockets.socketpair(sockets.AF_UNIX, sockets.SOCK_DGRAM), 0),
    'seqpacket': lambda: _of_pair(sockets.socketpair(sockets.AF_UNIX, sockets.SOCK_SEQPACKET), 0),
    'tcp': lambda: sockets.socket(sockets.AF_INET, sockets.SOCK_STREAM).detach(),
    'disk': _file_of_disk,
    'directory': lambda: os.open('/', os.O_RDONLY),
    'null': lambda: os.open('/dev/null', os.O_RDWR),
    'zero': lambda: os.open('/dev/zero', os.O_RDWR),
    'timerfd': lambda: LIBC.timerfd_create(1, 0),
    'signalfd': lambda: LIBC.signalfd(-1, bytes(128), 0),
    'inotify': lambda: LIBC.inotify_init1(0),
    'epoll': lambda: LIBC.epoll_create1(0),
    'pidfd': lambda: os.pidfd_open(os.getpid()),
}
if _is_memory(_file_of_disk()):
    del KINDS['disk']


@contextlib.contextmanager
def made(files):
    """Descriptors of a list in which some are named by their kinds."""
    new, numbers = [], []
    try:
        for file in files:
            if isinstance(file, str):
                file = KINDS[file]()
                new.append(file)
            numbers.append(file)
        yield numbers
    finally:
        for file in new:
            os.close(file)


class Attacker:
    """A connection that has said as much as its stage has, and then sends what it likes."""

    def __init__(self, path, guest, stage=RUNNING, timeout=10, protocol=PROTOCOL,
                 features=FEATURES):
        self.guest = guest
        self.rings = (guest.data, guest.control)
        self.protocol, self.features = protocol, features
        self.agreed = 0
        self.answer, self.answer_files = b'', []
        self.socket = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        if stage >= NEGOTIATED:
            self.negotiate()
        if stage >= SHARED:
            self.share()
        if stage >= SET:
            for ring in self.rings:
                self.set_ring(ring)
        if stage >= RUNNING:
            for ring in self.rings:
                self.start_ring(ring)
            self.settle()

    def send(self, request, payload=b'', files=(), flags=VERSION, size=None):
        """Send a message; its header can name another size than it has."""
        header = struct.pack('<III', request, flags, len(payload) if size is None else size)
        sockets.send_fds(self.socket, [header + payload], list(files))

    def _read(self):
        """Return an answer: the number of its request, its payload, and its descriptors."""
        header, files, _, _ = sockets.recv_fds(self.socket, 12, 8, sockets.MSG_WAITALL)
        if len(header) < 12:
            raise FrontEndError('the back-end has closed the connection')
        number, _, size = struct.unpack('<III', header)
        return number, self.socket.recv(size, sockets.MSG_WAITALL) if size else b'', files

    def receive(self):
        """Receive an answer; return the number of its request and keep the rest."""
        self._drop_files()
        number, self.answer, self.answer_files = self._read()
        return number

    def _drop_files(self):
        for file in self.answer_files:
            os.close(file)
        self.answer_files = []

    def settle(self):
        """Return when all that was sent before has been done."""
        self.send(front_end.GET_FEATURES)
        number, _, files = self._read()
        for file in files:
            os.close(file)
        if number != front_end.GET_FEATURES:
            raise Failed(f'an answer to message {number} that nobody asked for')

    def attempt(self, request, payload=b'', files=(), flags=None, size=None):
        """Send a message and return what becomes of it; self.answer has the answer."""
        verdict = ACCEPTED
        if flags is None:  # an answer can be asked for when that has been agreed on
            flags = VERSION | (NEED_REPLY if self.agreed & REPLY_ACK else 0)
        try:
            self.send(request, payload, files, flags, size)
            if request in ANSWERED or request == front_end.SET_LOG_BASE or flags & NEED_REPLY:
                number = self.receive()
                if number != request:
                    raise Failed(f'message {request} has an answer to message {number}')
                if request not in ANSWERED and self.answer.strip(b'\0'):
                    verdict = REFUSED
            self.settle()
        except (FrontEndError, ConnectionError):
            return CLOSED
        except TimeoutError:
            return SILENT
        return verdict

    def offers(self, request):
        """Return the features that the back-end offers, of either kind."""
        self.send(request)
        self.receive()
        return struct.unpack('<Q', self.answer)[0]

    def negotiate(self):
        """Agree on the features."""
        self.offers(front_end.GET_FEATURES)
        self.offers(front_end.GET_PROTOCOL_FEATURES)
        self.send(front_end.SET_PROTOCOL_FEATURES, word(self.protocol))
        self.agreed = self.protocol
        self.send(front_end.SET_OWNER)
        self.send(front_end.SET_FEATURES, word(self.features))

    def regions(self):
        """Return the rows of the guest's own memory table."""
        return [(start, size, start, 0) for start, size in self.guest.memory.REGIONS]

    def share(self):
        """Share the guest's memory."""
        self.send(front_end.SET_MEM_TABLE, table(*self.regions()), self.guest.memory.files)

    def address(self, ring, flags=0, **parts):
        """Return the payload of SET_VRING_ADDR, with the parts of a ring or others."""
        parts = {'desc': ring.desc, 'used': ring.used, 'avail': ring.avail, **parts}
        return struct.pack('<II', ring.index, flags) + word(
            parts['desc'], parts['used'], parts['avail'], parts['used'])

    def set_ring(self, ring, size=RING, base=None, **parts):
        """Say all of a ring but that it starts."""
        if base is None:
            base = 0x8000 if self.features & PACKED else ring.next_used
        self.send(front_end.SET_VRING_NUM, state(ring.index, size))
        self.send(front_end.SET_VRING_BASE, state(ring.index, base))
        self.send(front_end.SET_VRING_ADDR, self.address(ring, **parts))
        self.send(front_end.SET_VRING_CALL, word(ring.index), [ring.call])

    def start_ring(self, ring):
        """Start a ring and enable it."""
        self.send(front_end.SET_VRING_KICK, word(ring.index), [ring.kick])
        self.send(front_end.SET_VRING_ENABLE, state(ring.index, 1))

    def stop_ring(self, ring):
        """Stop a ring; return where it has stopped."""
        self.send(front_end.GET_VRING_BASE, state(ring.index, 0))
        self.receive()
        return struct.unpack('<II', self.answer)[1]

    def gone(self):
        """Return whether the connection has ended."""
        return self.attempt(front_end.GET_FEATURES) == CLOSED

    def close(self):
        """Close the connection."""
        self._drop_files()
        self.socket.close()


def telemetry(host, command):
    """Return what a program says by telemetry."""
    path = os.path.join(runtime_directory(host.prefix), 'dpdk_telemetry.v2')
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_SEQPACKET) as socket:
        socket.settimeout(10)
        socket.connect(path)
        socket.recv(1024)
        socket.send(command.encode())
        return json.loads(socket.recv(16384))[command.split(',')[0]]


def holdings(host):
    """Return what a program has: descriptors, mappings, threads, memory and DPDK heap in KiB."""
    proc = f'/proc/{host.process.pid}'
    with open(f'{proc}/maps', encoding='ascii') as maps:
        mappings = len(maps.readlines())
    with open(f'{proc}/status', encoding='ascii') as status:
        fields = dict(line.split(':', 1) for line in status)
    return {'descriptors': len(os.listdir(f'{proc}/fd')), 'mappings': mappings,
            'threads': int(fields['Threads']), 'memory': int(fields['RssAnon'].split()[0]),
            'heap': telemetry(host, '/eal/heap_info,0')['Alloc_size'] >> 10}


# How much more of it there may be: what allocators keep, stacks and arenas of threads included, and
# a connection that is just ending.
SLACK = {'descriptors': 0, 'mappings': 40, 'threads': 0, 'memory': 2048, 'heap': 64}


class AttackedHost:
    """A host program with two sockets, and a victim that works at the second one.

    Its lcore sleeps when there is nothing to do, which leaves the processor to the control thread:
    many messages take a tenth of the time.
    """

    def __init__(self, run, options=(), **more):
        self.run = run
        self.host = run.host(sockets=2, options=['--mode', 'adaptive', *options], **more)
        self.wait = 5 * run.args.timeout_factor
        self.victim = None
        self._victims = contextlib.ExitStack()  # what there is of it
        run.stack.callback(self._victims.close)

    def begin(self):
        """Have the victim connect, make a session and work."""
        guest = self._victims.enter_context(contextlib.closing(CryptoGuest(2)))
        front = FrontEnd(self.host.sockets[1], guest.memory, guest.data, guest.control, self.wait)
        self._victims.enter_context(contextlib.closing(front))
        front.start()
        guest.create_session()
        guest.work()
        self.victim = guest

    def intact(self):
        """The program must be there, and serve the victim on both of its queues."""
        self.host.check()
        if self.victim is None:
            raise FrontEndError('it is not served')
        before = self.victim.session
        self.victim.create_session()
        self.victim.work(4)
        self.victim.prepare_end(before, 0)
        self.victim.have_control_done()

    def why(self, error):
        """Return an error as text, and the end of the host program as its cause."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.host.process.wait(0.2)
        status = self.host.process.poll()
        ended = '' if status is None else f'; the host program has ended with {status}'
        return str(error).splitlines()[0] + ended

    def connects_within(self, seconds):
        """The victim must get a new connection and a session, and have requests done, in time."""
        self.victim = None
        self._victims.close()
        started = time.monotonic()
        self.begin()
        took = time.monotonic() - started
        if took > seconds * self.run.args.timeout_factor:
            raise Failed(f'the victim was served after {took:.1f} s only')

    def victims_memory(self):
        """Return a digest of the victim's memory, with which nobody works now.

        An lcore that goes to sleep says so in the flags of a used ring: these are left out.
        """
        digest = hashlib.sha256()
        for (start, size), mapping in zip(self.victim.memory.REGIONS, self.victim.memory.maps):
            at = 0
            for ring in (self.victim.data, self.victim.control):
                if start <= ring.used < start + size:
                    digest.update(mapping[at:ring.used - start])
                    at = ring.used - start + 2
            digest.update(mapping[at:])
        return digest.digest()

    def _revive(self):
        """After a case that did harm: start again, so that the next case is judged alone."""
        self.victim = None
        self._victims.close()
        if self.host.process.poll() is None:
            self.host.process.send_signal(signal.SIGCONT)
            self.host.kill()
        self.host.start()
        self.begin()

    @contextlib.contextmanager
    def case(self, name):
        """One result of the scenario: what is done inside must not raise, nor do harm."""
        verdict, reason = 'ok', ''
        try:
            yield
        except (Failed, FrontEndError, ProgramError, OSError) as error:
            verdict, reason = 'not ok', str(error).splitlines()[0]
        try:
            self.intact()
        except (FrontEndError, ProgramError, OSError) as error:
            reason += f'{"; " if reason else ""}the victim: {self.why(error)}'
            verdict = 'not ok'
            self._revive()
        self.run.say(verdict, f'{self.run.name}/{name}', reason)

    @contextlib.contextmanager
    def attacker(self, stage=RUNNING, **options):
        """An attacker at the first socket, with a guest of its own."""
        with contextlib.closing(CryptoGuest(1)) as guest:
            attacker = Attacker(self.host.sockets[0], guest, stage, self.wait, **options)
            with contextlib.closing(attacker):
                yield attacker

    def mark(self):
        """Return how long the log is."""
        return os.stat(self.host.output).st_size

    def log_since(self, mark):
        """Return the lines of the log from a mark on."""
        with open(self.host.output, 'rb') as log:
            log.seek(mark)
            return log.read().decode(errors='replace').splitlines()

    def says_rejected(self, mark, request):
        """The log must have one line of a kind about a message that ended the connection."""
        name = NAMES[request] if request in NAMES.keys() - NEVER_LEGAL else r'\S+'
        wanted = re.compile(f'{re.escape(self.host.sockets[0])}: rejected vhost-user request '
                            rf'{name} \({request}\): .+')
        limit = time.monotonic() + 0.2 * self.run.args.timeout_factor
        while not any('rejected vhost-user' in line for line in self.log_since(mark)) and \
                time.monotonic() < limit:
            time.sleep(0.01)
        lines = [line for line in self.log_since(mark) if 'rejected vhost-user' in line]
        if len(lines) != 1 or not wanted.search(lines[0]):
            raise Failed(f'closed, but the log has {len(lines)} lines such as '
                         f'"{lines[0] if lines else ""}" about message {request}')

    def judge(self, attacker, wanted, request, payload=b'', files=(), harm=None, **header):
        """What becomes of a message must be one of those wanted, and the log must say it.

        If it is accepted and must not be, `harm` is what an attacker would do next.
        """
        mark = self.mark()
        with made(files) as numbers:
            verdict = attacker.attempt(request, payload, numbers, **header)
        if verdict not in (wanted if isinstance(wanted, tuple) else (wanted,)):
            if harm and verdict != CLOSED:
                with contextlib.suppress(FrontEndError, OSError, Failed):
                    harm(attacker)
            raise Failed(f'the message is {verdict}, not {wanted}')
        if verdict == CLOSED:
            self.says_rejected(mark, request)

    def message(self, name, wanted, request, payload=b'', files=(), stage=RUNNING, before=None,
                after=None, harm=None, header=None, **options):
        """A case of one message; payload and files may be functions of the attacker."""
        number = NUMBERS[request] if isinstance(request, str) else request
        with self.case(name), self.attacker(stage, **options) as attacker:
            if before:
                before(attacker)
            self.judge(attacker, wanted, number,
                       payload(attacker) if callable(payload) else payload,
                       files(attacker) if callable(files) else files, harm,
                       **(header or {}))
            if after:
                after(attacker)

    def ended_by(self, attacker, mark, *words):
        """The connection must end, and a line of the log that has these words must say why."""
        attacker.socket.settimeout(self.wait)
        with contextlib.suppress(ConnectionError):
            while attacker.socket.recv(4096):
                pass
        path = self.host.sockets[0]
        if not any(all(part in line for part in (path, *words)) for line in self.log_since(mark)):
            raise Failed(f'the connection has ended, but no line of the log has {words}')

    @contextlib.contextmanager
    def stopped(self):
        """The host program does nothing meanwhile."""
        self.host.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.host.process.send_signal(signal.SIGCONT)

    def finish(self):
        """The socket that was attacked must serve a guest again, and the program end cleanly."""
        with self.attacker() as attacker:
            attacker.guest.create_session()
            attacker.guest.work()
        self.intact()
        self._victims.close()
        self.host.end()


@contextlib.contextmanager
def attacked_host(run, **options):
    """An attacked host program from start to end, which is a result of its own."""
    there = AttackedHost(run, **options)
    try:
        there.begin()
        yield there
        there.finish()
    except (FrontEndError, OSError) as error:
        raise Failed(there.why(error)) from error
    run.result('ok')


@contextlib.contextmanager
def nothing_kept(there, rounds):
    """What the host program has after some rounds must be what it had before them."""
    args = there.run.args
    # Sanitizers and valgrind keep memory that has been freed.
    uncounted = ('memory', 'mappings') if args.wrap_host or Build(args.host_build).runtime() else ()
    before = holdings(there.host)
    yield
    limit = time.monotonic() + there.wait
    while True:
        after = holdings(there.host)
        more = {name: after[name] - before[name] for name in SLACK
                if after[name] > before[name] + SLACK[name] and name not in uncounted}
        if not more or time.monotonic() > limit:
            break
        time.sleep(0.05)
    if more:
        what = ', '.join(f'{count} {name}' for name, count in more.items())
        raise Failed(f'after {rounds} rounds there are more than before: {what}')
