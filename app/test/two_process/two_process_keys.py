# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about what stays in memory: no key does when its session ends.

Guests use keys that are random, and then all of the host program's own memory is searched for them.
What is shared with a guest is the guest's, and does not count.
"""

import contextlib
import ctypes
import errno
import os
import struct
import time

from front_end import (BLOCK, CREATE_SESSION, ENCRYPT, OK, OP_ENCRYPT, PAGE,
                       SYM_CIPHER, AES_CBC, CryptoGuest, FrontEnd, FrontEndError)
from two_process_programs import Failed

CREATE_CRYPTO_SESSION, CLOSE_CRYPTO_SESSION = 26, 27
NOTSUPP = 3
REVISION_1, CIPHER_STATELESS = 1 << 0, 1 << 1
SYM_CHAIN, CIPHER_THEN_HASH, HASH_MODE_AUTH = 2, 2, 2
HMAC_SHA1, HMAC_SHA_256, AES_CTR = 2, 4, 4
MAC, AEAD, AKCIPHER_SIGN, MAC_CREATE, AEAD_CREATE = 0x200, 0x300, 0x402, 0x202, 0x302
AKCIPHER_CREATE, AEAD_GCM, RSA, PRIVATE, PKCS1, SHA256 = 0x404, 1, 1, 2, 1, 6
OWN_PAGE = 200  # of the guest: nobody else uses pages from here on
TEXT = 256


def rsa_private_key(bits=1024):
    """Return an RSA private key in DER, by OpenSSL, and what of it is secret."""
    lib = ctypes.CDLL('libcrypto.so.3')
    lib.EVP_PKEY_Q_keygen.restype = ctypes.c_void_p
    lib.i2d_PrivateKey.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    lib.EVP_PKEY_free.argtypes = [ctypes.c_void_p]
    key = lib.EVP_PKEY_Q_keygen(None, None, b'RSA', ctypes.c_size_t(bits))
    buffer = ctypes.create_string_buffer(4096)
    at = ctypes.c_void_p(ctypes.addressof(buffer))
    size = lib.i2d_PrivateKey(key, ctypes.byref(at))
    lib.EVP_PKEY_free(key)
    der = buffer.raw[:size]
    numbers, offset = [], 4  # the header of the sequence has four bytes for keys of this size
    while offset < size:
        length, offset = der[offset + 1], offset + 2
        if length & 0x80:
            count = length & 0x7f
            length, offset = int.from_bytes(der[offset:offset + count], 'big'), offset + count
        numbers.append(der[offset:offset + length].lstrip(b'\0'))
        offset += length
    _, _, _, *secret = numbers  # behind version, modulus and public exponent
    return der, secret


class Kind:
    """A kind of session: how to create it with a random key, and a request that uses the key."""

    def __init__(self, name, create, parameters, keys, request, fields, content, room, secret):
        self.name = name
        self.create = struct.pack('<IIII', create, 0, 0, 0) + parameters.ljust(56, b'\0') + keys
        self.destroy = create + 1
        self.request = request
        self.fields = fields.ljust(48, b'\0') + content
        self.room = room
        self.secret = secret
        self.content = content


def kinds(random, asymmetric):
    """Return one of each kind."""
    def cipher(size):
        key = random.randbytes(size)
        return Kind(f'aes-cbc-{8 * size}', CREATE_SESSION,
                    struct.pack('<IIII32xII', AES_CBC, size, OP_ENCRYPT, 0, SYM_CIPHER, 0), key,
                    ENCRYPT, struct.pack('<IIII24xII', BLOCK, TEXT, TEXT, 0, SYM_CIPHER, 0),
                    random.randbytes(BLOCK + TEXT), TEXT, [key])

    def chain():
        key, auth = random.randbytes(16), random.randbytes(48)
        return Kind('aes-ctr+hmac-sha-256', CREATE_SESSION,
                    struct.pack('<14I', CIPHER_THEN_HASH, HASH_MODE_AUTH, AES_CTR, 16, OP_ENCRYPT,
                                0, HMAC_SHA_256, 32, 48, 0, 0, 0, SYM_CHAIN, 0), key + auth,
                    ENCRYPT, struct.pack('<12I', 16, TEXT, TEXT, 0, TEXT, 0, TEXT, 0, 32, 0,
                                         SYM_CHAIN, 0),
                    random.randbytes(16 + TEXT), TEXT + 32, [key, auth])

    def mac(size):
        key = random.randbytes(size)
        return Kind(f'hmac-sha1 of {size} bytes', MAC_CREATE,
                    struct.pack('<IIII', HMAC_SHA1, 20, size, 0), key,
                    MAC, struct.pack('<II', TEXT, 20), random.randbytes(TEXT), 20, [key])

    def aead():
        key = random.randbytes(32)
        return Kind('aes-gcm', AEAD_CREATE,
                    struct.pack('<IIIII', AEAD_GCM, 32, 16, 12, OP_ENCRYPT), key,
                    AEAD, struct.pack('<IIIII', 12, 12, TEXT, TEXT + 16, 16),
                    random.randbytes(12 + TEXT + 12), TEXT + 16, [key])

    def rsa():
        der, secret = rsa_private_key()
        return Kind('rsa', AKCIPHER_CREATE,
                    struct.pack('<IIIII', RSA, PRIVATE, len(der), PKCS1, SHA256), der,
                    AKCIPHER_SIGN, struct.pack('<II', 32, 128), random.randbytes(32), 128, secret)

    return [cipher(16), cipher(32), chain(), mac(20), mac(64), aead()] + \
        ([rsa()] if asymmetric else [])


class KeyGuest(CryptoGuest):
    """A guest with sessions of several kinds."""

    def __init__(self, seed, asymmetric):
        super().__init__(seed)
        self.kinds = kinds(self.random, asymmetric)
        self.sessions = []

    def _control(self, request, room):
        at = OWN_PAGE * PAGE
        self.memory.write(at, request)
        self.control.add(self.memory, [(at, len(request), 0), (at + 2 * PAGE, room, 1)])
        self.have_control_done()
        self.memory.write(at, bytes(len(request)))
        return self.memory.read(at + 2 * PAGE, room)

    def ask_for(self, kind):
        """Ask for a session; return its id and the status."""
        return struct.unpack('<QI4x', self._control(kind.create, 16))

    def create(self):
        """Create a session of each kind, and use it."""
        self.sessions = []
        for kind in self.kinds:
            session, status = self.ask_for(kind)
            if status != OK:
                raise FrontEndError(f'a session for {kind.name} is refused with {status}')
            self.sessions.append(session)
            self.use(kind.name, struct.pack('<IIQII', kind.request, 0, session, 0, 0) +
                     kind.fields, kind.room)

    def use(self, name, request, room):
        """Have a request done."""
        at = (OWN_PAGE + 8) * PAGE
        self.memory.write(at, request)
        self.memory.write(at + 2 * PAGE, bytes(room) + b'\xee')
        self.data.add(self.memory, [(at, len(request), 0), (at + 2 * PAGE, room + 1, 1)])
        os.eventfd_write(self.data.kick, 1)
        self.data.wait(self.memory)
        self.memory.write(at, bytes(len(request)))
        status = self.memory.read(at + 2 * PAGE + room, 1)[0]
        if status != OK:
            raise FrontEndError(f'a request of {name} has status {status}')

    def destroy(self):
        """Destroy all sessions."""
        for kind, session in zip(self.kinds, self.sessions):
            status = self._control(struct.pack('<IIIIQ48x', kind.destroy, 0, 0, 0, session), 1)
            if status[0] != OK:
                raise FrontEndError(f'a session for {kind.name} is not destroyed: {status[0]}')

    def secrets(self):
        """Return the name and the bytes of all that is secret."""
        return [(kind.name, secret) for kind in self.kinds for secret in kind.secret]


def read_pages(memory, at, size):
    """Return the bytes of a mapping, and zeros for pages that nobody can read: guards of stacks."""
    try:
        return os.pread(memory.fileno(), size, at)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        if size <= PAGE:
            return bytes(size)
        return b''.join(read_pages(memory, page, min(PAGE, at + size - page))
                        for page in range(at, at + size, PAGE))


def own_memory(pid):
    """Yield what is in the memory of a process that it shares with no guest, in pieces."""
    piece, overlap = 1 << 20, 4096
    with open(f'/proc/{pid}/maps', encoding='utf-8') as maps, \
            open(f'/proc/{pid}/mem', 'rb', buffering=0) as memory:
        for line in maps:
            places, rights, _, _, _, *path = line.split(maxsplit=5)
            start, end = (int(place, 16) for place in places.split('-'))
            if 'rw' not in rights or end - start > 1 << 30 or 'memfd:guest' in ''.join(path):
                continue
            for at in range(start, end, piece):
                data = read_pages(memory, at, min(piece + overlap, end - at))
                if data.strip(b'\0'):
                    yield data


def find_secrets(host, secrets):
    """Return how often each secret is in the memory of the host program, by name."""
    found = {}
    for data in own_memory(host.process.pid):
        for name, secret in secrets:
            times = data.count(secret)
            if times:
                found[name] = found.get(name, 0) + times
    return found


class SessionFrontEnd(FrontEnd):
    """A front-end that creates sessions by message."""

    PROTOCOL = FrontEnd.PROTOCOL | 1 << 7  # VHOST_USER_PROTOCOL_F_CRYPTO_SESSION


@contextlib.contextmanager
def key_guest(path, asymmetric, features=0):
    """A guest with both of its rings started, and its front-end."""
    with contextlib.closing(KeyGuest(None, asymmetric)) as guest:
        with contextlib.closing(SessionFrontEnd(path, guest.memory, guest.data,
                                                guest.control)) as front:
            front.set_features(features)
            front.start()
            yield guest, front


def nothing_stays(host, secrets, when):
    """None of the secrets may be in the host program's memory, soon."""
    for _ in range(5):  # an end is noticed by threads of their own
        found = find_secrets(host, secrets)
        if not found:
            return
        time.sleep(0.5)
    raise Failed(f'{when} this is left: ' +
                 ', '.join(f'{name} ({times} times)' for name, times in found.items()))


def all_are_there(host, secrets):
    """The search must be able to find what it looks for."""
    found = find_secrets(host, secrets)
    missing = [name for name, _ in secrets if name not in found]
    if missing:
        raise Failed(f'{missing} cannot be found while it has to be there')


def message_session(front, guest):
    """Create a session by message, as QEMU's front-end does; return its id and key."""
    key = guest.random.randbytes(32)
    payload = struct.pack('<Q6I4B4x16x64s', CREATE_SESSION, AES_CBC, 32, 0, 0, 0, 0, SYM_CIPHER,
                          OP_ENCRYPT, 0, 0, key).ljust(1072, b'\0')
    session = struct.unpack('<q', front.ask(CREATE_CRYPTO_SESSION, payload)[-8:])[0]
    if session <= 0:
        raise FrontEndError('a session by message is refused')
    return session, [('a message', key)]


def stateless(guest):
    """Do a request that brings its key; return that."""
    key = guest.random.randbytes(32)
    guest.use('a stateless request', struct.pack(
        '<IIQII6I48xI', ENCRYPT, 0, 0, 0, 0, AES_CBC, 32, OP_ENCRYPT, BLOCK, TEXT, TEXT,
        SYM_CIPHER) + key + guest.random.randbytes(BLOCK + TEXT), TEXT)
    return [('a stateless request', key)]


def keys_of(run, cryptodev, asymmetric):
    """Keys are wiped when their sessions end, behind a cryptodev.

    Of RSA keys that is so in the library. crypto_openssl never frees those of its sessions, which
    it has with their last byte first.
    """
    host = run.host(cryptodevs=(cryptodev,))
    try:
        with key_guest(host.socket, asymmetric) as (guest, front):
            nothing_stays(host, guest.secrets(), 'before there is a session')
            guest.create()
            session, secrets = message_session(front, guest)
            secrets += guest.secrets()
            all_are_there(host, secrets)
            guest.destroy()
            front.tell(CLOSE_CRYPTO_SESSION, struct.pack('<Q', session))
            front.stop()
            nothing_stays(host, secrets, 'when their sessions have been destroyed')
            front.start()
            guest.create()
            all_are_there(host, guest.secrets())
        nothing_stays(host, guest.secrets(), 'when the guest is gone')
        with key_guest(host.socket, False, REVISION_1 | CIPHER_STATELESS) as (guest, _):
            secrets = stateless(guest)
            all_are_there(host, secrets)
        nothing_stays(host, secrets, 'when the guest is gone')
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error
    host.end()
    run.result('ok')


def keys_are_wiped_aesni_mb(run):
    """The same behind crypto_aesni_mb."""
    keys_of(run, 'crypto_aesni_mb', False)


def keys_are_wiped_openssl(run):
    """The same behind crypto_openssl."""
    keys_of(run, 'crypto_openssl', True)


def data_is_wiped(run):
    """Neither data nor IVs of a guest stay in private copies and slots when it is gone."""
    host = run.host(cryptodevs=('crypto_openssl',), options=['--copy'])
    try:
        with key_guest(host.socket, False) as (guest, _):
            guest.kinds = [guest.kinds[0], guest.kinds[3]]
            guest.create()
            # Every request writes a counter behind the first bytes of an IV.
            secrets = [('IV', guest.kinds[0].content[:12]), ('data', guest.kinds[1].content)]
            all_are_there(host, secrets)
        nothing_stays(host, secrets, 'when the guest is gone')
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error
    host.end()
    run.result('ok')


def no_akcipher(run):
    """The service that can be left out is refused, and nothing else is."""
    for options, wanted in (([], OK), (['--no-akcipher'], NOTSUPP)):
        host = run.host(cryptodevs=('crypto_openssl',), options=options)
        try:
            with key_guest(host.socket, True) as (guest, _):
                asymmetric = guest.kinds.pop()
                guest.create()
                status = guest.ask_for(asymmetric)[1]
                if status != wanted:
                    raise Failed(f'{options}: an RSA session has status {status}')
        except (FrontEndError, OSError) as error:
            raise Failed(error) from error
        host.end()
    run.result('ok')


SCENARIOS = (keys_are_wiped_aesni_mb, keys_are_wiped_openssl, data_is_wiped, no_akcipher)
