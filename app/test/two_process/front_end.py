# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""A vhost-user front-end of a few lines, which can migrate its guest.

Its guest is a piece of shared memory with two split rings, and this program puts AES-CBC requests
there itself. QEMU's front-ends for crypto refuse to migrate, so this one shows that a host program
keeps a log of all that it writes, and gives rings away and takes them over at their positions.
"""

import ctypes
import mmap
import os
import random
import socket as sockets
import struct
import time

PAGE = 4096
BLOCK = 16
KEY = 16
RING = 64
INDIRECT = 4  # flag of a descriptor

GET_FEATURES, SET_FEATURES, SET_OWNER, SET_MEM_TABLE, SET_LOG_BASE = 1, 2, 3, 5, 6
SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE = 8, 9, 10, 11
SET_VRING_KICK, SET_VRING_CALL, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES = 12, 13, 15, 16
SET_VRING_ENABLE = 18
F_LOG_ALL, F_INDIRECT_DESC, F_PROTOCOL_FEATURES, F_VERSION_1 = 1 << 26, 1 << 28, 1 << 30, 1 << 32
PROTOCOL_LOG_SHMFD, PROTOCOL_REPLY_ACK = 1 << 1, 1 << 3

DESTROY_SESSION = 0x0003
CREATE_SESSION, ENCRYPT, AES_CBC, SYM_CIPHER, OP_ENCRYPT = 0x0002, 0x0000, 3, 1, 1
OK, INVSESS = 0, 4
SESSION_MODE = 1  # flag of a request


class FrontEndError(Exception):
    """The back-end did not do what it has to; the text says what."""


def atomic_take(address):
    """Set a byte that others change, too, to 0; return what it was."""
    exchange = getattr(ctypes.CDLL('libatomic.so.1'), '__atomic_exchange_1')
    exchange.argtypes = [ctypes.c_void_p, ctypes.c_uint8, ctypes.c_int]
    exchange.restype = ctypes.c_uint8
    return exchange(address, 0, 5)  # __ATOMIC_SEQ_CST


def aes_cbc(key, iv, data):
    """Encrypt by OpenSSL."""
    lib = ctypes.CDLL('libcrypto.so.3')
    for name in ('EVP_CIPHER_CTX_new', 'EVP_aes_128_cbc'):
        getattr(lib, name).restype = ctypes.c_void_p
    context = ctypes.c_void_p(lib.EVP_CIPHER_CTX_new())
    out = ctypes.create_string_buffer(len(data) + BLOCK)
    length = ctypes.c_int()
    lib.EVP_CipherInit_ex(context, ctypes.c_void_p(lib.EVP_aes_128_cbc()), None, key, iv, 1)
    lib.EVP_CIPHER_CTX_set_padding(context, 0)
    lib.EVP_CipherUpdate(context, out, ctypes.byref(length), data, len(data))
    lib.EVP_CIPHER_CTX_free(context)
    return out.raw[:length.value]


class Memory:
    """The guest's memory: a few regions with holes between them; an address is the guest's."""

    REGIONS = ((0, 512 * PAGE), (1 << 32, 256 * PAGE))

    def __init__(self):
        self.files = [os.memfd_create('guest') for _ in self.REGIONS]
        self.maps = []
        for file, (_, size) in zip(self.files, self.REGIONS):
            os.ftruncate(file, size)
            self.maps.append(mmap.mmap(file, size))
        self.mirror = None  # another memory, which gets what the guest itself writes

    def place(self, address, length):
        """Return the mapping of an address and the offset in it."""
        for (start, size), mapping in zip(self.REGIONS, self.maps):
            if start <= address and address + length <= start + size:
                return mapping, address - start
        raise ValueError(f'{address:#x} is no memory of the guest')

    def write(self, address, data):
        """Write as the guest does."""
        mapping, offset = self.place(address, len(data))
        mapping[offset:offset + len(data)] = data
        if self.mirror:
            self.mirror.write(address, data)

    def read(self, address, length):
        """Read."""
        mapping, offset = self.place(address, length)
        return mapping[offset:offset + length]

    def pages(self):
        """Return the numbers of all pages."""
        return [start // PAGE + number for start, size in self.REGIONS
                for number in range(size // PAGE)]

    def copy(self, other, pages):
        """Take pages over from another memory."""
        for page in pages:
            mapping, offset = self.place(page * PAGE, PAGE)
            mapping[offset:offset + PAGE] = other.read(page * PAGE, PAGE)

    def close(self):
        """Give the memory back."""
        for mapping, file in zip(self.maps, self.files):
            mapping.close()
            os.close(file)


class VirtRing:
    """A split ring at an address; descriptors are used one after the other, and come back so."""

    def __init__(self, index, address):
        self.index = index
        self.desc = address
        self.avail = address + 16 * RING
        self.used = address + 2 * PAGE
        self.next_desc = self.next_avail = self.next_used = 0
        self.kick = os.eventfd(0, os.EFD_NONBLOCK)
        self.call = os.eventfd(0, os.EFD_NONBLOCK)

    def add(self, memory, chain):
        """Make a chain of (address, length, writable) available."""
        self._link(memory, chain, self.desc, self.next_desc, RING)
        self._show(memory, len(chain))

    def add_table(self, memory, place, chain):
        """The same by one descriptor, with the chain in a table at a place."""
        self._link(memory, chain, place, 0, len(chain))
        memory.write(self.desc + 16 * self.next_desc,
                     struct.pack('<QIHH', place, 16 * len(chain), INDIRECT, 0))
        self._show(memory, 1)

    @staticmethod
    def _link(memory, chain, table, first, size):
        """Write a chain to a table of descriptors of some size, from one of them on."""
        for number, (address, length, writable) in enumerate(chain):
            at = (first + number) % size
            more = number < len(chain) - 1
            memory.write(table + 16 * at, struct.pack(
                '<QIHH', address, length, more | writable << 1, (at + 1) % size))

    def _show(self, memory, descriptors):
        first = self.next_desc
        self.next_desc = (first + descriptors) % RING
        memory.write(self.avail + 4 + 2 * (self.next_avail % RING), struct.pack('<H', first))
        self.next_avail = (self.next_avail + 1) & 0xffff
        memory.write(self.avail + 2, struct.pack('<H', self.next_avail))

    def reset(self, memory):
        """Begin anew, as a guest does that has reset its device."""
        self.next_desc = self.next_avail = self.next_used = 0
        memory.write(self.avail, bytes(4))
        memory.write(self.used, bytes(4))

    def wait(self, memory, timeout=10):
        """Wait until all that was made available has come back."""
        limit = time.monotonic() + timeout
        while self.next_used != self.next_avail:
            index = struct.unpack('<H', memory.read(self.used + 2, 2))[0]
            if (index - self.next_used) & 0xffff > (self.next_avail - self.next_used) & 0xffff:
                raise FrontEndError(f'used index {index} of ring {self.index} is ahead of '
                                    f'{self.next_avail} requests')
            self.next_used = index
            if time.monotonic() > limit:
                raise FrontEndError(f'ring {self.index}: {self.next_used} of {self.next_avail} '
                                    'requests came back')
            time.sleep(0.001)

    def close(self):
        """Close its eventfds."""
        os.close(self.kick)
        os.close(self.call)


class FrontEnd:
    """A connection to a host program for a guest."""

    PROTOCOL = PROTOCOL_LOG_SHMFD | PROTOCOL_REPLY_ACK  # features that it wants

    def __init__(self, path, memory, data, control, timeout=10):
        self.memory = memory
        self.rings = (data, control)
        self.log = None
        self.socket = self.connect(path, timeout)
        self.offered = self.ask(GET_FEATURES)
        self.protocol = self.ask(GET_PROTOCOL_FEATURES)
        self.tell(SET_PROTOCOL_FEATURES, struct.pack('<Q', self.protocol & self.PROTOCOL))
        self.tell(SET_OWNER)
        self.set_features(0)
        self.show_memory(len(memory.files))

    @staticmethod
    def connect(path, timeout):
        """Return a connection to the back-end."""
        connection = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        connection.settimeout(timeout)
        connection.connect(path)
        return connection

    def show_memory(self, regions):
        """Let the back-end map so many regions of the memory, and no more of them."""
        # Addresses of this process are told to be the guest's own: nobody looks behind them.
        table = struct.pack('<II', regions, 0) + b''.join(
            struct.pack('<QQQQ', start, size, start, 0)
            for start, size in self.memory.REGIONS[:regions])
        self.tell(SET_MEM_TABLE, table, self.memory.files[:regions])

    def tell(self, request, payload=b'', files=()):
        """Send a message."""
        message = struct.pack('<III', request, 1, len(payload)) + payload
        sockets.send_fds(self.socket, [message], list(files))

    def ask(self, request, payload=b'', files=()):
        """Send a message and return its answer: the first number, or its last for a ring."""
        self.tell(request, payload, files)
        header = self.receive(12)
        number, _, size = struct.unpack('<III', header)
        if number != request:
            raise FrontEndError(f'the answer to message {request} is one to {number}')
        answer = self.receive(size)
        return struct.unpack('<Q', answer)[0] if size == 8 else answer

    def receive(self, size):
        """Receive so many bytes."""
        data = b''
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise FrontEndError('the back-end has closed the connection')
            data += piece
        return data

    def set_features(self, more):
        """Tell the features of the guest, and of the front-end."""
        self.tell(SET_FEATURES, struct.pack(
            '<Q', F_VERSION_1 | F_INDIRECT_DESC | F_PROTOCOL_FEATURES | more))

    def _set_address(self, ring):
        self.tell(SET_VRING_ADDR, struct.pack(
            '<IIQQQQ', ring.index, int(self.log is not None), ring.desc, ring.used, ring.avail,
            ring.used))

    def start(self):
        """Start the rings at their positions."""
        for ring in self.rings:
            self.tell(SET_VRING_NUM, struct.pack('<II', ring.index, RING))
            self.tell(SET_VRING_BASE, struct.pack('<II', ring.index, ring.next_used))
            self._set_address(ring)
            self.tell(SET_VRING_CALL, struct.pack('<Q', ring.index), [ring.call])
            self.tell(SET_VRING_KICK, struct.pack('<Q', ring.index), [ring.kick])
            self.tell(SET_VRING_ENABLE, struct.pack('<II', ring.index, 1))
        self.ask(GET_FEATURES)  # what came before has been done when this is answered

    def stop(self):
        """Stop the rings; return their positions."""
        return [self.ask(GET_VRING_BASE, struct.pack('<II', ring.index, 0)) >> 32
                for ring in self.rings]

    def start_log(self):
        """Have all writes logged from now on."""
        if not self.offered & F_LOG_ALL or not self.protocol & PROTOCOL_LOG_SHMFD:
            raise FrontEndError('the back-end does not offer to log its writes')
        size = (max(self.memory.pages()) // 8 // PAGE + 1) * PAGE
        file = os.memfd_create('log')
        os.ftruncate(file, size)
        self.log = mmap.mmap(file, size)
        self.ask(SET_LOG_BASE, struct.pack('<QQ', size, 0), [file])
        os.close(file)
        self.set_features(F_LOG_ALL)
        for ring in self.rings:
            self._set_address(ring)
        self.ask(GET_FEATURES)  # what is written from now on is logged

    def dirty(self):
        """Return the pages that the back-end has written, and forget them."""
        base = ctypes.addressof(ctypes.c_char.from_buffer(self.log))
        found = []
        for byte in sorted({page // 8 for page in self.memory.pages()}):
            bits = atomic_take(base + byte)
            found += [8 * byte + bit for bit in range(8) if bits >> bit & 1]
        return found

    def close(self):
        """Close the connection."""
        self.socket.close()


class CryptoGuest:
    """What runs in the memory: requests, and the check of their results."""

    BUFFERS = 1 << 32

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.memory = Memory()
        self.data = VirtRing(0, 16 * PAGE)
        self.control = VirtRing(1, 32 * PAGE)
        self.key = self.session = None

    def prepare_session(self, number=0):
        """Make a request for a session available; return where its answer will be."""
        self.key = self.random.randbytes(KEY)
        request = struct.pack('<IIII', CREATE_SESSION, AES_CBC, 0, 0)
        request += struct.pack('<IIII32xII', AES_CBC, KEY, OP_ENCRYPT, 0, SYM_CIPHER, 0)
        place = (48 + number) * PAGE + self.random.randrange(PAGE // 2)
        self.memory.write(place, request + self.key)
        answer = (80 + number) * PAGE + 8 * self.random.randrange(64)
        self.control.add(self.memory, [(place, len(request) + KEY, 0), (answer, 16, 1)])
        return answer

    def prepare_end(self, session, number):
        """Make a request to destroy a session available; return where its status will be."""
        request = struct.pack('<IIIIQ48x', DESTROY_SESSION, 0, 0, 0, session)
        place = (112 + number) * PAGE
        self.memory.write(place, request + b'\xee')
        self.control.add(self.memory, [(place, len(request), 0), (place + len(request), 1, 1)])
        return place + len(request)

    def have_control_done(self):
        """Have the requests of the control queue done."""
        os.eventfd_write(self.control.kick, 1)
        self.control.wait(self.memory)

    def session_of(self, answer):
        """Return the session that an answer names."""
        session, status = struct.unpack('<QI', self.memory.read(answer, 12))
        if status != OK:
            raise FrontEndError(f'a session was refused with status {status}')
        return session

    def create_session(self):
        """Create the session by the control queue."""
        answer = self.prepare_session()
        self.have_control_done()
        self.session = self.session_of(answer)

    def prepare(self, number, session=None, wanted=OK):
        """Make a request available; return a function that checks it when it has come back."""
        size = BLOCK * self.random.choice((1, 4, 100, 600))
        iv, text = self.random.randbytes(BLOCK), self.random.randbytes(size)
        request = struct.pack('<IIQII', ENCRYPT, AES_CBC, self.session if session is None
                              else session, 0, 0)
        request += struct.pack('<IIII24xII', BLOCK, size, size, 0, SYM_CIPHER, 0)
        base = self.BUFFERS + number * 12 * PAGE
        self.memory.write(base, request + iv + text)
        start = base + 4 * PAGE + self.random.randrange(PAGE)
        cut = self.random.randrange(1, size)
        second = start + cut + self.random.randrange(PAGE)  # with a hole that nobody may touch
        status = second + size - cut + self.random.randrange(2 * PAGE)
        self.memory.write(status, b'\xee')
        self.data.add(self.memory, [(base, len(request) + BLOCK + size, 0), (start, cut, 1),
                                    (second, size - cut, 1), (status, 1, 1)])

        def check():
            got = self.memory.read(status, 1)[0]
            if got != wanted:
                raise FrontEndError(f'a request has status {got}, not {wanted}')
            result = self.memory.read(start, cut) + self.memory.read(second, size - cut)
            if wanted == OK and result != aes_cbc(self.key, iv, text):
                raise FrontEndError(f'a request of {size} bytes has a wrong result')
        return check

    def prepare_in_place(self, number):
        """The same of a request as most drivers make it: a table, and the result in place."""
        size = BLOCK * self.random.choice((1, 4, 100, 600))
        iv, text = self.random.randbytes(BLOCK), self.random.randbytes(size)
        request = struct.pack('<IIQII', ENCRYPT, AES_CBC, self.session, SESSION_MODE, 0)
        request += struct.pack('<IIII24xII', BLOCK, size, size, 0, SYM_CIPHER, 0)
        base = (160 + number * 8) * PAGE
        data = base + 2 * PAGE + self.random.randrange(PAGE)
        status = base + 6 * PAGE + self.random.randrange(PAGE)
        for place, content in ((base, request + iv), (data, text), (status, b'\xee')):
            self.memory.write(place, content)
        self.data.add_table(self.memory, base + PAGE, [
            (base, len(request) + BLOCK, 0), (data, size, 0), (data, size, 1), (status, 1, 1)])

        def check():
            got = self.memory.read(status, 1)[0]
            if got != OK or self.memory.read(data, size) != aes_cbc(self.key, iv, text):
                raise FrontEndError(f'{size} bytes in place have status {got}, or are wrong')
        return check

    def work(self, requests=12):
        """Do some requests, one of them with a session that does not exist."""
        checks = [self.prepare_in_place(number) if number % 2 else self.prepare(number)
                  for number in range(requests - 1)]
        checks.append(self.prepare(requests - 1, (1 << 63) - 1, INVSESS))
        os.eventfd_write(self.data.kick, 1)
        self.data.wait(self.memory)
        for check in checks:
            check()

    def close(self):
        """Give all back."""
        for part in (self.memory, self.data, self.control):
            part.close()


def migrate(guest, source, target, rounds=20):
    """Move a guest from one host program to another while it works; return the pages copied."""
    front = FrontEnd(source, guest.memory, guest.data, guest.control)
    front.start()
    guest.create_session()
    guest.work()
    front.start_log()
    copy = guest.memory.mirror = Memory()
    copy.copy(guest.memory, copy.pages())
    copied = 0
    for _ in range(rounds):
        guest.work()
        dirty = front.dirty()
        copied += len(dirty)
        copy.copy(guest.memory, dirty)
    guest.create_session()  # the answer comes by the control queue
    positions = front.stop()
    wanted = [ring.next_used for ring in front.rings]
    if positions != wanted:
        raise FrontEndError(f'the rings stopped at {positions}, not at {wanted}')
    # Sessions stay behind: a request that the first host program did not take any more is refused.
    late = [guest.prepare(number, wanted=INVSESS) for number in range(2)]
    copy.copy(guest.memory, front.dirty())
    missed = [page for page in copy.pages()
              if copy.read(page * PAGE, PAGE) != guest.memory.read(page * PAGE, PAGE)]
    front.close()
    if missed:
        raise FrontEndError(f'pages {missed} were written and not logged')
    if copied == 0:
        raise FrontEndError('nothing was logged')
    guest.memory.close()
    guest.memory = copy
    front = FrontEnd(target, guest.memory, guest.data, guest.control)
    front.start()
    os.eventfd_write(guest.data.kick, 1)
    guest.data.wait(guest.memory)
    for check in late:
        check()
    guest.create_session()
    guest.work()
    front.close()
    return copied


def start_again(guest, path):
    """Stop and start rings, at their positions and, which is a reset, at the beginning.

    Sessions stay; after a reset those that are not used make room for new ones.
    """
    front = FrontEnd(path, guest.memory, guest.data, guest.control)
    front.start()
    guest.create_session()
    first = guest.session
    for _ in range(100):
        guest.create_session()
        guest.work()
        front.stop()
        front.start()
        guest.work()
        front.stop()
        for ring in front.rings:
            ring.reset(guest.memory)
        front.start()
        guest.work()
    check = guest.prepare(0, first, wanted=INVSESS)
    os.eventfd_write(guest.data.kick, 1)
    guest.data.wait(guest.memory)
    check()
    front.close()


def exchange_sessions(guest, path, count):
    """Destroy all sessions that there can be and create as many, by one kick."""
    front = FrontEnd(path, guest.memory, guest.data, guest.control)
    front.start()
    answers = [guest.prepare_session(number) for number in range(count)]
    guest.have_control_done()
    for _ in range(10):
        ends = [guest.prepare_end(guest.session_of(answer), number)
                for number, answer in enumerate(answers)]
        answers = [guest.prepare_session(number) for number in range(count)]
        guest.have_control_done()
        for end in ends:
            if guest.memory.read(end, 1)[0] != OK:
                raise FrontEndError('a session was not destroyed')
    guest.session = guest.session_of(answers[-1])
    guest.work()
    front.close()
