#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Hostile guests: each keeps rings of a device full of requests that cost the host program much.

A guest prepares its requests once and makes the same ones available again and again, so that it
takes little of a processor itself. `front_end_loads.py KIND SOCKET` is one of them: it prints
`ready` when the load is there, and ends with its standard input.
"""

import contextlib
import os
import random
import select
import struct
import subprocess
import sys
import time

from front_end import (AES_CBC, BLOCK, CREATE_SESSION, DESTROY_SESSION, ENCRYPT, GET_FEATURES,
                       INDIRECT, KEY, OK, OP_ENCRYPT, PAGE, SET_VRING_ADDR, SET_VRING_BASE,
                       SET_VRING_CALL, SET_VRING_ENABLE, SET_VRING_KICK, SET_VRING_NUM, SYM_CIPHER,
                       CryptoGuest, FrontEnd, FrontEndError, Memory)

ENTRIES = 1024      # of each ring
SEGMENTS = 1000     # of a long chain
QUEUES = 8          # of the guest with many queues
LARGE = 1 << 20     # bytes of a large request
NEXT, WRITE = 1, 2  # flags of a descriptor
AKCIPHER_CREATE, AKCIPHER_DECRYPT = 0x0404, 0x0401
RSA, PRIVATE, RAW = 1, 2, 0
MODULUS = 1024      # bytes of the largest one
PAUSE = 0.0005      # seconds between two looks at the rings


def der(tag, content):
    """Return an element in DER."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else b'\x82' + struct.pack('>H', size)
    return bytes([tag]) + length + content


def slow_rsa_key(rng):
    """Return an RSAPrivateKey of the largest modulus, without the values that make it fast.

    No factors are known of the modulus: what counts is the time that it takes.
    """
    modulus, exponent = (bytearray(rng.randbytes(MODULUS)) for _ in range(2))
    modulus[0] |= 0x80
    modulus[-1] |= 1
    exponent[0] = exponent[0] & 0x3f | 0x40
    numbers = [b'\0', b'\0' + bytes(modulus), b'\1\0\1', bytes(exponent), *[b'\0'] * 5]
    return der(0x30, b''.join(der(0x02, number) for number in numbers))


class LoadMemory(Memory):
    """The guest's memory: one region."""

    REGIONS = ((0, 16384 * PAGE),)


class LoadRing:
    """A split ring, each entry of which is one indirect descriptor."""

    def __init__(self, memory, index):
        self.memory = memory
        self.index = index
        self.desc = index * 16 * PAGE
        self.avail = self.desc + 16 * ENTRIES
        self.used = self.avail + PAGE
        self.shown = 0
        self.kick = os.eventfd(0, os.EFD_NONBLOCK)
        self.call = os.eventfd(0, os.EFD_NONBLOCK)
        memory.write(self.avail + 4, struct.pack(f'<{ENTRIES}H', *range(ENTRIES)))

    def set(self, entry, table):
        """Let an entry be the request of a table, which is an address and a size."""
        self.memory.write(self.desc + 16 * entry, struct.pack('<QIHH', *table, INDIRECT, 0))

    def show(self, requests):
        """Make the next entries available."""
        self.shown = (self.shown + requests) & 0xffff
        self.memory.write(self.avail + 2, struct.pack('<H', self.shown))

    def look(self):
        """Return how many requests are with the host program."""
        used = struct.unpack('<H', self.memory.read(self.used + 2, 2))[0]
        return (self.shown - used) & 0xffff

    def fill(self):
        """Make as many requests available as there is room for."""
        room = ENTRIES - self.look()
        if room:
            self.show(room)

    def wait(self, timeout=30):
        """Wait until all requests have come back."""
        limit = time.monotonic() + timeout
        while self.look():
            if time.monotonic() > limit:
                raise FrontEndError(f'ring {self.index}: {self.look()} requests are still out')
            time.sleep(PAUSE)


class LoadFrontEnd(FrontEnd):
    """A front-end with as many rings as the guest has."""

    def start(self):
        for ring in self.rings:
            index = ring.index
            self.tell(SET_VRING_NUM, struct.pack('<II', index, ENTRIES))
            self.tell(SET_VRING_BASE, struct.pack('<II', index, 0))
            self.tell(SET_VRING_ADDR, struct.pack('<IIQQQQ', index, 0, ring.desc, ring.used,
                                                  ring.avail, 0))
            self.tell(SET_VRING_CALL, struct.pack('<Q', index), [ring.call])
            self.tell(SET_VRING_KICK, struct.pack('<Q', index), [ring.kick])
            self.tell(SET_VRING_ENABLE, struct.pack('<II', index, 1))
        self.ask(GET_FEATURES)  # what came before has been done when this is answered


class LoadGuest:
    """A guest with some data queues of a device that has so many."""

    def __init__(self, path, queues=1):
        self.random = random.Random(1)
        self.memory = LoadMemory()
        self.data = [LoadRing(self.memory, index) for index in range(queues)]
        self.control = LoadRing(self.memory, queues)
        self.free = 32 * 16 * PAGE  # next address behind what is in use
        self.full = []  # rings that are to be kept full
        self.front = LoadFrontEnd(path, self.memory, self.data, self.control)
        self.front.rings = (*self.data, self.control)
        self.front.start()

    def place(self, data, size=0):
        """Put data into the memory, with some bytes behind it; return its address."""
        address = self.free
        self.free += -(-max(len(data), size) // PAGE) * PAGE + PAGE
        self.memory.write(address, data)
        return address

    def table(self, chain):
        """Make a table of (address, length, flags); return its address and size."""
        last = len(chain) - 1
        text = b''.join(
            struct.pack('<QIHH', address, length, flags | (NEXT if i < last else 0),
                        i + 1 if i < last else 0)
            for i, (address, length, flags) in enumerate(chain))
        return self.place(text), len(text)

    def cut(self, request, answer, segments):
        """Return the chain of a request, in so many segments of which the last one is written."""
        place, size, at = self.place(request), len(request), 0
        chain = []
        for number in range(segments - 1):
            length = (size - at) // (segments - 1 - number)
            chain.append((place + at, length, 0))
            at += length
        return [*chain, (self.place(b'', answer), answer, WRITE)]

    def ask(self, request, size):
        """Do a request of the control queue; return its answer."""
        self.control.wait()
        answer = self.place(bytes(size))
        self.control.set(self.control.shown % ENTRIES, self.table(
            [(self.place(request), len(request), 0), (answer, size, WRITE)]))
        self.control.show(1)
        os.eventfd_write(self.control.kick, 1)
        self.control.wait()
        return self.memory.read(answer, size)

    def create(self, request):
        """Create a session; return its id."""
        session, status = struct.unpack('<QI', self.ask(request, 16)[:12])
        if status != OK:
            raise FrontEndError(f'a session was refused with status {status}')
        return session

    def all_of(self, ring, table):
        """Let all entries of a ring be one request, of which it is to be full."""
        self.full.append(ring)
        for entry in range(ENTRIES):
            ring.set(entry, table)


def aes_session(rng):
    """Return a request for a session."""
    return struct.pack('<IIII', CREATE_SESSION, AES_CBC, 0, 0) + \
        struct.pack('<IIII32xII', AES_CBC, KEY, OP_ENCRYPT, 0, SYM_CIPHER, 0) + rng.randbytes(KEY)


def rsa_session(rng):
    """Return a request for a session whose operations are the slowest that there are."""
    key = slow_rsa_key(rng)
    return struct.pack('<IIII', AKCIPHER_CREATE, RSA, 0, 0) + \
        struct.pack('<IIIII36x', RSA, PRIVATE, len(key), RAW, 0) + key


def aes_request(guest, session, size):
    """Return the parts of a chain for a request in place: what is read, and what is written."""
    header = struct.pack('<IIQII', ENCRYPT, AES_CBC, session, 0, 0)
    header += struct.pack('<IIII24xII', BLOCK, size, size, 0, SYM_CIPHER, 0) + bytes(BLOCK)
    data = guest.place(b'', size)
    return (guest.place(header), len(header), 0), data, (guest.place(b'\xee'), 1, WRITE)


def rsa(guest):
    """8192-bit RSA without CRT values."""
    session = guest.create(rsa_session(guest.random))
    header = struct.pack('<IIQII', AKCIPHER_DECRYPT, RSA, session, 0, 0)
    header += struct.pack('<II40x', MODULUS, MODULUS)
    text = guest.place(b'\1' + guest.random.randbytes(MODULUS - 1))
    result = guest.place(b'', MODULUS + 1)
    guest.all_of(guest.data[0], guest.table([(guest.place(header), len(header), 0),
                                             (text, MODULUS, 0), (result, MODULUS + 1, WRITE)]))


def control(guest):
    """Requests of many segments on the control queue: sessions with a long key."""
    request = rsa_session(guest.random)
    guest.all_of(guest.control, guest.table(guest.cut(request, 16, SEGMENTS)))


def bad_chains(guest):
    """Long chains of which the descriptor in front of the status is nowhere in the memory."""
    place = guest.place(b'')
    chain = [(place, 1, 0)] * (SEGMENTS - 2) + [(1 << 40, 1, 0), (place, 1, WRITE)]
    guest.all_of(guest.data[0], guest.table(chain))


def large(guest):
    """Requests of 1 MiB."""
    session = guest.create(aes_session(guest.random))
    head, data, status = aes_request(guest, session, LARGE)
    guest.all_of(guest.data[0], guest.table([head, (data, LARGE, 0), (data, LARGE, WRITE), status]))


def long_chains(guest):
    """Requests of which each block has descriptors of its own."""
    session = guest.create(aes_session(guest.random))
    size = BLOCK * (SEGMENTS // 2 - 1)
    head, data, status = aes_request(guest, session, size)
    blocks = range(data, data + size, BLOCK)
    guest.all_of(guest.data[0], guest.table(
        [head, *((at, BLOCK, 0) for at in blocks), *((at, BLOCK, WRITE) for at in blocks), status]))


def many_queues(guest):
    """Small requests on several queues."""
    session = guest.create(aes_session(guest.random))
    for ring in guest.data:
        head, data, status = aes_request(guest, session, 64)
        guest.all_of(ring, guest.table([head, (data, 64, 0), (data, 64, WRITE), status]))


def sessions(guest):
    """Sessions that are created and destroyed: one entry of the control queue each."""
    guest.answers = [guest.place(bytes(16)) for _ in range(ENTRIES // 2)]
    guest.ends = []
    create = guest.place(aes_session(guest.random))
    size = len(aes_session(guest.random))
    for entry, answer in enumerate(guest.answers):
        guest.control.set(entry, guest.table([(create, size, 0), (answer, 16, WRITE)]))
    for entry in range(ENTRIES // 2):
        end = guest.place(struct.pack('<IIIIQ48x', DESTROY_SESSION, 0, 0, 0, 0))
        guest.ends.append(end)
        guest.control.set(ENTRIES // 2 + entry,
                          guest.table([(end, 72, 0), (end + 100, 1, WRITE)]))


def exchange(guest):
    """Go on with sessions(): name what was created when it is to be destroyed."""
    if guest.control.look():
        return
    if guest.control.shown % ENTRIES == 0:
        guest.control.show(ENTRIES // 2)
    else:
        for answer, end in zip(guest.answers, guest.ends):
            guest.memory.write(end + 16, guest.memory.read(answer, 8))
        guest.control.show(ENTRIES // 2)


KINDS = {'rsa': rsa, 'control': control, 'bad_chains': bad_chains, 'large': large,
         'long_chains': long_chains, 'many_queues': many_queues, 'sessions': sessions}
OF_CONTROL = ('control', 'sessions')  # kinds that need kicks


def go_on(guest, kind):
    """Keep the rings full."""
    if kind == 'sessions':
        exchange(guest)
    for ring in guest.full:
        ring.fill()
    if kind in OF_CONTROL:
        os.eventfd_write(guest.control.kick, 1)


class Load:
    """A hostile guest in a process of its own."""

    def __init__(self, kind, path):
        self.kind = kind
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), kind, path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != 'ready\n':
            self.close()
            raise FrontEndError(f'there is no load {kind}')

    def close(self):
        """End it; it ends with us, too."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def connect(path):
    """Be a guest that connects and has one request done; return the seconds that it took."""
    with contextlib.closing(CryptoGuest(1)) as guest:
        guest.control.index = QUEUES
        start = time.monotonic()
        with contextlib.closing(FrontEnd(path, guest.memory, guest.data, guest.control)) as front:
            front.start()
            guest.create_session()
            check = guest.prepare(0)
            guest.data.wait(guest.memory)
            seconds = time.monotonic() - start
            check()
    return seconds


def main():
    """Be one of them."""
    kind, path = sys.argv[1:]
    guest = LoadGuest(path, QUEUES)
    KINDS[kind](guest)
    go_on(guest, kind)
    print('ready', flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        go_on(guest, kind)


if __name__ == '__main__':
    main()
