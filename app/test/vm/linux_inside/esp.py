#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""In a guest: IPsec between two namespaces, one with the driver virtio_crypto, one with software.

The namespace `software` gets its security associations while the kernel has no other AES-CBC than
its own, the namespace `driver` once it has the device's. Each must understand the other; what goes
through are bytes of TCP, both ways at once, in packets as the network cuts them.
"""

import ctypes
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time

DRIVER = 'virtio_crypto_aes_cbc'
CIPHER_KEY = '0x' + os.urandom(16).hex()
AUTH_KEY = '0x' + os.urandom(32).hex()
ADDRESS = {'software': '10.9.0.1', 'driver': '10.9.0.2'}
SIZE = 1 << 20
CLONE_NEWNET = 0x40000000


def call(text):
    """Run a command."""
    subprocess.run(text.split(), check=True)


def names():
    """Return the text of /proc/crypto."""
    with open('/proc/crypto', encoding='ascii') as file:
        return file.read()


def secure(place):
    """Give a namespace its security associations and policies."""
    mine = ADDRESS[place]
    theirs = ADDRESS['driver' if place == 'software' else 'software']
    for number, (source, target) in enumerate(sorted(((mine, theirs), (theirs, mine)))):
        call(f'ip -n {place} xfrm state add src {source} dst {target} proto esp '
             f'spi 0x{256 + number:x} mode transport enc cbc(aes) {CIPHER_KEY} '
             f'auth-trunc hmac(sha256) {AUTH_KEY} 128')
        direction = 'out' if source == mine else 'in'
        call(f'ip -n {place} xfrm policy add src {source} dst {target} dir {direction} '
             f'tmpl src {source} dst {target} proto esp mode transport')


def enter(place):
    """Move this thread into a namespace, for the sockets that it opens."""
    with open(f'/run/netns/{place}', encoding='ascii') as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), 'setns')


def exchange(connection, seed_out, seed_in):
    """Send random bytes and receive the other end's at the same time; return whether right."""
    def send():
        out = random.Random(seed_out)
        left = SIZE
        while left > 0:
            part = min(left, out.choice((1, 17, 1000, 9000, 60000)))
            connection.sendall(out.randbytes(part))
            left -= part
    sender = threading.Thread(target=send)
    sender.start()
    expected = random.Random(seed_in)
    wanted = b''
    while len(wanted) < SIZE:
        part = min(SIZE - len(wanted), expected.choice((1, 17, 1000, 9000, 60000)))
        wanted += expected.randbytes(part)
    got = b''
    while len(got) < SIZE:
        piece = connection.recv(65536)
        if not piece:
            break
        got += piece
    sender.join()
    return got == wanted


def serve(listener, verdict):
    """The end in the namespace `software`."""
    connection, _ = listener.accept()
    connection.settimeout(60)
    verdict.append(exchange(connection, 1, 2))


def main():
    """Make the namespaces, exchange, and see who did it."""
    call('modprobe -a veth esp4 xfrm_user authenc echainiv seqiv')
    call('modprobe -r virtio_crypto')
    for place in ADDRESS:
        call(f'ip netns add {place}')
    call('ip link add software type veth peer name driver')
    for place, address in ADDRESS.items():
        call(f'ip link set {place} netns {place} mtu 9000')
        call(f'ip -n {place} address add {address}/24 dev {place}')
        call(f'ip -n {place} link set {place} up')
    secure('software')
    call('modprobe virtio_crypto')
    while f'driver       : {DRIVER}' not in names():
        time.sleep(0.1)
    time.sleep(1)
    secure('driver')
    if f'{DRIVER})' not in names():
        sys.exit('the associations of the driver have another cipher')
    enter('software')
    listener = socket.create_server((ADDRESS['software'], 5000))
    listener.settimeout(60)
    enter('driver')
    verdict = []
    server = threading.Thread(target=serve, args=(listener, verdict))
    server.start()
    with socket.create_connection((ADDRESS['software'], 5000), 60) as connection:
        verdict.append(exchange(connection, 2, 1))
        server.join()
    if verdict != [True, True]:
        sys.exit('what arrives is not what was sent')
    packets = subprocess.run(['ip', '-n', 'driver', '-s', 'xfrm', 'state'], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    for place in ADDRESS:
        call(f'ip netns delete {place}')
    counts = [int(count) for count in re.findall(r'(\d+)\(packets\)', packets)]
    if len(counts) != 2 or min(counts) == 0:
        sys.exit(f'the packets were not protected: {counts}')
    print(f'{SIZE} bytes each way, {sum(counts)} packets')


if __name__ == '__main__':
    main()
