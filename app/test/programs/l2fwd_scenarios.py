# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios with DPDK's l2fwd-crypto: each order of a chain, there and back again."""

import contextlib
import dataclasses
import os
import time

from dpdk_process import Program, memory_options, processors
from packets import noise, read_pcap, udp_frame, write_pcap
from running import Different
from secgw import Stats

LARGEST = 1320
CRYPTODEV = 'crypto_aesni_mb'  # one for each of the two ports


@dataclasses.dataclass
class Chain:
    """What l2fwd-crypto does to packets, and what undoes it."""
    there: tuple  # the words of --chain, and operations
    back: tuple


def key(name, size):
    """Return an option with bytes that are the same each time."""
    return (f'--{name}', ':'.join(f'{byte:02x}' for byte in noise(name, size)))


CIPHER = ('--cipher_algo', 'aes-cbc', *key('cipher_key', 16), *key('cipher_iv', 16))
HASH = ('--auth_algo', 'sha1-hmac', *key('auth_key', 20), '--digest_size', '20')
AEAD = ('--aead_algo', 'aes-gcm', *key('aead_key', 16), *key('aead_iv', 12), *key('aad', 16),
        '--digest_size', '16')
ENCRYPT, DECRYPT = ('--cipher_op', 'ENCRYPT'), ('--cipher_op', 'DECRYPT')
GENERATE, VERIFY = ('--auth_op', 'GENERATE'), ('--auth_op', 'VERIFY')

CHAINS = {
    'cipher_only': Chain(('--chain', 'CIPHER_ONLY', *CIPHER, *ENCRYPT),
                         ('--chain', 'CIPHER_ONLY', *CIPHER, *DECRYPT)),
    'hash_only': Chain(('--chain', 'HASH_ONLY', *HASH, *GENERATE),
                       ('--chain', 'HASH_ONLY', *HASH, *VERIFY)),
    'cipher_hash': Chain(('--chain', 'CIPHER_HASH', *CIPHER, *ENCRYPT, *HASH, *GENERATE),
                         ('--chain', 'HASH_CIPHER', *CIPHER, *DECRYPT, *HASH, *VERIFY)),
    'hash_cipher': Chain(('--chain', 'HASH_CIPHER', *CIPHER, *ENCRYPT, *HASH, *GENERATE), ()),
    'aead': Chain(('--chain', 'AEAD', *AEAD, '--aead_op', 'ENCRYPT'),
                  ('--chain', 'AEAD', *AEAD, '--aead_op', 'DECRYPT')),
}


def forward(run, what, cryptodevs, frames, options):
    """Have l2fwd-crypto forward what one port receives; return what the other one sends."""
    begin = os.path.join(run.directory, f"{run.name.replace('/', '_')}.{what}")
    write_pcap(f'{begin}.in.pcap', frames)
    write_pcap(f'{begin}.nothing.pcap', [])
    argv = [run.example('l2fwd-crypto'), '--lcores', f'0@{processors()[1]}', '--no-pci',
            '--vdev', f'net_pcap0,rx_pcap={begin}.in.pcap,tx_pcap={begin}.none.pcap',
            '--vdev', f'net_pcap1,rx_pcap={begin}.nothing.pcap,tx_pcap={begin}.out.pcap',
            *cryptodevs, '--', '-p', '0x3', '-q', '2', '-T', '0', '--cdev_type', 'ANY',
            *options]
    program = Program(argv, f'{begin}.log', memory=memory_options(512, False),
                      preload=run.build.runtime())
    stats = Stats(program.prefix)
    with program:
        limit = time.monotonic() + 30 * run.args.timeout_factor
        while sum(stats.sent(2)) < len(frames) and time.monotonic() < limit:
            if program.process.poll() is not None:
                raise program.failure(f'it ended with status {program.process.returncode}')
            time.sleep(0.02)
        time.sleep(0.1)  # for what should not be
    if program.process.returncode != 0:
        raise program.failure(f'it ended with status {program.process.returncode} on a signal')
    return read_pcap(f'{begin}.out.pcap')


def check_frames(what, expected, found):
    """All frames must be the same, in the same order."""
    wrong = [number for number, (wanted, has) in enumerate(zip(expected, found)) if wanted != has]
    if wrong or len(expected) != len(found):
        raise Different(f'{what}: {len(found)} frames instead of {len(expected)}, '
                        f'{len(wrong)} of them differ: {wrong[:5]}')


def l2fwd(run, chain):
    """Forward natively and through the driver; and undo it again through the driver."""
    # Whole blocks: the program would fill the rest of one up, and leave that to the receiver.
    frames = [udp_frame('10.1.0.1', '10.2.0.1', noise(index, 16 * (index % (LARGEST // 16)) + 8),
                        index) for index in range(3 * run.args.packets)]
    native = [word for number in range(2) for word in ('--vdev', f'{CRYPTODEV}{number}')]
    expected = forward(run, 'native', native, frames, chain.there)
    with contextlib.ExitStack() as stack:
        host = run.host(stack, [CRYPTODEV], devices=2)
        ours = run.devices(host)
        found = forward(run, 'ours', ours, frames, chain.there)
        check_frames('there', expected, found)
        if [frame[34:] for frame in found] == [frame[34:] for frame in frames]:
            raise Different('nothing was done to the frames')
        if chain.back:
            again = forward(run, 'back', ours, found, chain.back)
            check_frames('back', [frame[12:] for frame in frames],
                         [frame[12:len(sent)] for frame, sent in zip(again, frames)])
        host.check()
    run.say('ok', f'{len(found)} packets')


SCENARIOS = {'l2fwd-crypto/cipher_hash': lambda run: l2fwd(run, CHAINS['cipher_hash'])}
LONG = {f'l2fwd-crypto/{name}': lambda run, chain=chain: l2fwd(run, chain)
        for name, chain in CHAINS.items() if name != 'cipher_hash'}
