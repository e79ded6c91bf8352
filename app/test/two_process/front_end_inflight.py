# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""A front-end that keeps the in-flight region of one back-end, and hands it to the next one.

Its guest sends requests that have all in them, for sessions end with the back-end that had them.
"""

import os
import socket as sockets
import struct

from front_end import (AES_CBC, BLOCK, ENCRYPT, KEY, OK, OP_ENCRYPT, PAGE, RING, SYM_CIPHER,
                       CryptoGuest, FrontEnd, FrontEndError, VirtRing, aes_cbc)

GET_INFLIGHT_FD, SET_INFLIGHT_FD = 31, 32
PROTOCOL_INFLIGHT_SHMFD = 1 << 12
F_REVISION_1, F_STATELESS_CIPHER = 1 << 0, 1 << 1
F_RING_PACKED, F_IN_ORDER = 1 << 34, 1 << 35
DESC_NEXT, DESC_WRITE, DESC_AVAIL, DESC_USED = 1, 2, 1 << 7, 1 << 15
ERR = 1
PAINT = b'\xa5'


class InflightFrontEnd(FrontEnd):
    """A connection with an in-flight region: that of an earlier connection, or a new one."""

    PROTOCOL = FrontEnd.PROTOCOL | PROTOCOL_INFLIGHT_SHMFD

    def __init__(self, path, guest, region=None):
        self.features = F_REVISION_1 | F_STATELESS_CIPHER | guest.features
        super().__init__(path, guest.memory, guest.data, guest.control)
        if not self.protocol & PROTOCOL_INFLIGHT_SHMFD:
            raise FrontEndError('the back-end does not offer INFLIGHT_SHMFD')
        self.region = region or self._get_region()
        size, offset, file = self.region
        self.tell(SET_INFLIGHT_FD, struct.pack('<QQHH4x', size, offset, len(self.rings), RING),
                  [file])
        self.start()

    def set_features(self, more):
        """Those of the guest, besides."""
        super().set_features(self.features | more)

    def _get_region(self):
        self.tell(GET_INFLIGHT_FD, struct.pack('<QQHH4x', 0, 0, len(self.rings), RING))
        answer, files, _, _ = sockets.recv_fds(self.socket, 12 + 24, 1, sockets.MSG_WAITALL)
        size, offset = struct.unpack_from('<QQ', answer, 12)
        if len(files) != 1 or size == 0:
            raise FrontEndError('the back-end gives no memory for the in-flight region')
        return size, offset, files[0]


class PackedRing(VirtRing):
    """A packed ring; a request is named by the number of its first descriptor."""

    def __init__(self, index, address):
        super().__init__(index, address)
        self.next_used = 0x8000  # what the back-end is told: where the ring begins
        self.used_at, self.avail_wrap, self.used_wrap = 0, True, True
        self.lengths = {}  # of requests, by name

    def add(self, memory, chain):
        """Make a chain of (address, length, writable) available."""
        first = self.next_desc
        for number, (address, length, writable) in reversed(list(enumerate(chain))):
            at = (first + number) % RING
            wrap = self.avail_wrap ^ (first + number >= RING)
            flags = (DESC_NEXT * (number < len(chain) - 1) | DESC_WRITE * writable
                     | (DESC_AVAIL if wrap else DESC_USED))
            memory.write(self.desc + 16 * at, struct.pack('<QIHH', address, length, first, flags))
        self.avail_wrap ^= first + len(chain) >= RING
        self.next_desc = (first + len(chain)) % RING
        self.lengths[first] = len(chain)

    def take(self, memory):
        """Return the name of the next request that came back, or None."""
        name, flags = struct.unpack('<HH', memory.read(self.desc + 16 * self.used_at + 12, 4))
        if bool(flags & DESC_AVAIL) != self.used_wrap or bool(flags & DESC_USED) != self.used_wrap:
            return None
        length = self.lengths.pop(name, 0)
        self.used_wrap ^= self.used_at + length >= RING
        self.used_at = (self.used_at + length) % RING
        return name


class SplitRing(VirtRing):
    """A split ring; a request is named by the number of its first descriptor."""

    def take(self, memory):
        """Return the name of the next request that came back, or None."""
        index = struct.unpack('<H', memory.read(self.used + 2, 2))[0]
        if self.next_used == index:
            return None
        place = self.used + 4 + 8 * (self.next_used % RING)
        self.next_used = (self.next_used + 1) & 0xffff
        return struct.unpack('<I', memory.read(place, 4))[0]


class Request:
    """A request, and what has become of it."""

    def __init__(self, guest, number, in_place):
        self.memory, self.in_place = guest.memory, in_place
        self.size = BLOCK * guest.random.choice((1, 4, 100, 600))
        self.key, self.iv = guest.random.randbytes(KEY), guest.random.randbytes(BLOCK)
        self.text = guest.random.randbytes(self.size)
        head = struct.pack('<IIQII', ENCRYPT, 0, 0, 0, 0)
        head += struct.pack('<IIIIII48xI', AES_CBC, KEY, OP_ENCRYPT, BLOCK, self.size, self.size,
                            SYM_CIPHER)
        start = guest.BUFFERS + number * 12 * PAGE
        self.source = start + PAGE
        self.result = self.source if in_place else start + 5 * PAGE
        self.status = start + 10 * PAGE
        self.memory.write(start, head + self.key + self.iv)
        self.memory.write(self.source, self.text)
        self.memory.write(self.status, b'\xee')
        self.head = guest.data.next_desc
        guest.data.add(self.memory, [
            (start, len(head) + KEY + BLOCK, 0), (self.source, self.size, 0),
            (self.result, self.size, 1), (self.status, 1, 1)])

    def paint(self):
        """Cover the answer, so that another one would be seen."""
        self.memory.write(self.result, PAINT * self.size)
        self.memory.write(self.status, PAINT)

    def must_be_painted(self):
        """Fail if there was another answer."""
        if self.memory.read(self.result, self.size) != PAINT * self.size or \
                self.memory.read(self.status, 1) != PAINT:
            raise FrontEndError('a request was done that had been given back before')

    def must_be(self, wanted):
        """Fail if the status is another one, or if the result is not that of OpenSSL."""
        status = self.memory.read(self.status, 1)[0]
        if status != wanted:
            raise FrontEndError(f'a request{" in place" if self.in_place else ""} has status '
                                f'{status}, not {wanted}')
        if wanted == OK and \
                self.memory.read(self.result, self.size) != aes_cbc(self.key, self.iv, self.text):
            raise FrontEndError(f'a request of {self.size} bytes has a wrong result')


class InflightGuest(CryptoGuest):
    """A guest that knows which of its requests came back, and how often."""

    def __init__(self, seed, features=0):
        super().__init__(seed)
        for ring in (self.data, self.control):
            ring.close()
        kind = PackedRing if features & F_RING_PACKED else SplitRing
        self.data, self.control = kind(0, self.data.desc), kind(1, self.control.desc)
        self.features = features
        self.requests = {}  # by head, in the order in which they were sent
        self.returned = []

    def send(self, number, in_place=False):
        """Make a request available that is out of place, or in place."""
        request = Request(self, number, in_place)
        self.requests[request.head] = request

    def kick(self):
        """Notify the device."""
        os.eventfd_write(self.data.kick, 1)

    def look(self):
        """Take what came back; return its requests."""
        found = []
        while (head := self.data.take(self.memory)) is not None:
            if self.features & F_IN_ORDER:  # only the last one of some has to be told
                head = list(self.requests)[len(self.returned)]
            if head not in self.requests or head in self.returned:
                raise FrontEndError(f'request {head} came back, and was not in flight')
            self.returned.append(head)
            found.append(self.requests[head])
        return found

    def in_flight(self):
        """Return the requests that have not come back."""
        return [request for head, request in self.requests.items() if head not in self.returned]

    def forget(self):
        """All requests are looked at."""
        self.requests.clear()
        self.returned.clear()
