#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""In a guest: AES-CBC of a driver of the kernel, from user space, compared with OpenSSL.

The kernel's AF_ALG sockets take a request in pieces, as copies or, by vmsplice() and splice(), as
the pages in which it lies; results go where recvmsg() says, which are the user's pages, too. So
requests of any size arrive at the device cut into pieces at any byte.
"""

import argparse
import ctypes
import mmap
import os
import random
import socket
import sys
import time

BLOCK = 16
LIBC = ctypes.CDLL(None, use_errno=True)

# NIST SP 800-38A, F.2.1 and F.2.5: key, IV, plain text, cipher text.
TEXT = ('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51'
        '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710')
IV = '000102030405060708090a0b0c0d0e0f'
KNOWN = (
    ('2b7e151628aed2a6abf7158809cf4f3c', IV, TEXT,
     '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2'
     '73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7'),
    ('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', IV, TEXT,
     'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d'
     '39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b'),
)


class Reference:
    """AES-CBC by OpenSSL, without any padding."""

    def __init__(self):
        self.lib = ctypes.CDLL('libcrypto.so.3')
        for name in ('EVP_CIPHER_CTX_new', 'EVP_get_cipherbyname'):
            getattr(self.lib, name).restype = ctypes.c_void_p

    def __call__(self, encrypt, key, iv, data):
        lib = self.lib
        context = ctypes.c_void_p(lib.EVP_CIPHER_CTX_new())
        cipher = lib.EVP_get_cipherbyname(b'aes-%d-cbc' % (8 * len(key)))
        out = ctypes.create_string_buffer(len(data) + BLOCK)
        length = ctypes.c_int()
        done = lib.EVP_CipherInit_ex(context, ctypes.c_void_p(cipher), None, key, iv, int(encrypt))
        lib.EVP_CIPHER_CTX_set_padding(context, 0)
        done &= lib.EVP_CipherUpdate(context, out, ctypes.byref(length), data, len(data))
        lib.EVP_CIPHER_CTX_free(context)
        if done != 1 or length.value != len(data):
            sys.exit('OpenSSL cannot do it')
        return out.raw[:len(data)]


def cut(random_, total, most):
    """Return the lengths of the pieces of a request."""
    count = random_.randint(1, most)
    places = sorted(random_.sample(range(1, total), min(count, total) - 1))
    return [end - start for start, end in zip([0, *places], [*places, total])]


class Pages:
    """Memory in which the pieces of a request stand apart, each at any offset of its own page."""

    def __init__(self, random_, lengths):
        size = mmap.PAGESIZE
        self.places = []
        at = 0
        for length in lengths:
            at += random_.randrange(size)
            self.places.append((at, length))
            at = -(-(at + length) // size) * size
        self.memory = mmap.mmap(-1, at)
        self.views = [memoryview(self.memory)[start:start + length]
                      for start, length in self.places]

    def fill(self, data):
        """Put data into the pieces."""
        at = 0
        for view in self.views:
            view[:] = data[at:at + len(view)]
            at += len(view)

    def content(self):
        """Return what is in the pieces."""
        return b''.join(self.views)


class IoVec(ctypes.Structure):
    """struct iovec."""

    _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]


def send_pages(request, pages):
    """Hand the pages themselves over, not copies of them."""
    base = ctypes.addressof(ctypes.c_char.from_buffer(pages.memory))
    readable, writable = os.pipe()
    try:
        for number, (start, length) in enumerate(pages.places):
            last = number == len(pages.places) - 1
            while length > 0:
                part = IoVec(base + start, min(length, 8 * mmap.PAGESIZE))
                sent = LIBC.vmsplice(writable, ctypes.byref(part), 1, 0)
                if sent <= 0:
                    raise OSError(ctypes.get_errno(), 'vmsplice')
                start += sent
                length -= sent
                while sent > 0:
                    more = 0 if last and length == 0 else 4  # SPLICE_F_MORE
                    sent -= os.splice(readable, request.fileno(), sent, flags=more)
    finally:
        os.close(readable)
        os.close(writable)


def run(transform, encrypt, iv, pages, how, results):
    """Do one request; its result goes into other pages."""
    request, _ = transform.accept()
    operation = socket.ALG_OP_ENCRYPT if encrypt else socket.ALG_OP_DECRYPT
    with request:
        if how == 'whole':
            request.sendmsg_afalg(pages.views, op=operation, iv=iv)
        else:
            request.sendmsg_afalg([], op=operation, iv=iv, flags=socket.MSG_MORE)
            if how == 'pages':
                send_pages(request, pages)
            else:
                for view in pages.views[:-1]:
                    request.send(view, socket.MSG_MORE)
                request.send(pages.views[-1])
        got = request.recvmsg_into(results.views)[0]
    wanted = sum(len(view) for view in results.views)
    if got != wanted:
        raise OSError(0, f'{got} of {wanted} bytes came back')


def transform_of(driver, key):
    """Return an AF_ALG socket with a key; one session of the device, or two."""
    transform = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
    transform.bind(('skcipher', driver))
    transform.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
    return transform


def known_answers(driver, random_):
    """Compare with what was published."""
    for key, iv, plain, cipher in (map(bytes.fromhex, row) for row in KNOWN):
        with transform_of(driver, key) as transform:
            for encrypt, data, wanted in ((True, plain, cipher), (False, cipher, plain)):
                pages, results = Pages(random_, [64]), Pages(random_, [64])
                pages.fill(data)
                run(transform, encrypt, iv, pages, 'whole', results)
                if results.content() != wanted:
                    sys.exit(f'a published answer is not given: {results.content().hex()}')


def random_request(driver, random_, reference, most):
    """Do one request of any shape with a key of its own; return its size."""
    key = random_.randbytes(random_.choice((16, 24, 32)))
    iv = random_.randbytes(BLOCK)
    size = BLOCK * random_.randint(1, max(1, random_.choice((16, 256, most)) // BLOCK))
    encrypt = random_.random() < 0.5
    how = random_.choice(('whole', 'pieces', 'pages'))
    data = random_.randbytes(size)
    pages = Pages(random_, cut(random_, size, 12))
    results = Pages(random_, cut(random_, size, 12))
    pages.fill(data)
    with transform_of(driver, key) as transform:
        run(transform, encrypt, iv, pages, how, results)
    if results.content() != reference(encrypt, key, iv, data):
        sys.exit(f'wrong result: {size} bytes sent as {how}, '
                 f'pieces {[len(view) for view in pages.views]} and '
                 f'{[len(view) for view in results.views]}, {"en" if encrypt else "de"}crypted')
    return size


def main():
    """Read the command line, run, and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('driver', help='as /proc/crypto names it')
    parser.add_argument('--count', type=int, default=200, help='requests (default %(default)s)')
    parser.add_argument('--seconds', type=float, help='go on for so long instead')
    parser.add_argument('--most', type=int, default=65520, help='bytes (default %(default)s)')
    parser.add_argument('--seed', type=int, default=1, help='of the random numbers')
    parser.add_argument('--faults', action='store_true',
                        help='requests may fail, and are tried again: only results count')
    args = parser.parse_args()
    random_ = random.Random(args.seed)
    reference = Reference()
    limit = time.monotonic() + (args.seconds or 1e9)
    done = size = failed = 0
    if not args.faults:
        known_answers(args.driver, random_)
    while time.monotonic() < limit and (args.seconds or done < args.count):
        try:
            size += random_request(args.driver, random_, reference, args.most)
            done += 1
        except OSError as error:
            if not args.faults:
                raise
            failed += 1
            print(f'failed: {error}', flush=True)
            time.sleep(0.2)
    print(f'{done} requests, {size} bytes, {failed} failed')


if __name__ == '__main__':
    main()
