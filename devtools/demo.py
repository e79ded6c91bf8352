#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Measure our driver and device with the unmodified dpdk-test-crypto-perf, beside the cryptodev.

One process, dpdk-vhost_crypto, serves a vhost-user socket from a cryptodev; the other, DPDK's own
dpdk-test-crypto-perf with our driver plugged in, uses it. Native and virtio runs alternate.
"""

import argparse
import contextlib
import os
import statistics
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, 'app/test/two_process'))

from dpdk_process import (Build, HostProgram, ProgramError, device_options,  # noqa: E402
                          exit_on_signals, processors)
from hugepages import HugepagesError, reserve  # noqa: E402
from perf_app import (ALGORITHMS, NIST_CIPHERTEXT, NIST_PLAINTEXT, PerfApp,  # noqa: E402
                      vector_options, write_vectors)

CRYPTODEV = 'crypto_aesni_mb'
BURST = 32
PAGES = 448  # of 2 MiB: 256 for the application, 128 for the host program, and some to spare
# Operations by size, so that one run takes a few tenths of a second.
OPERATIONS = {64: 2000000, 256: 2000000, 1024: 1000000, 4096: 400000, 16384: 120000}
CHAIN_COST = 4  # a chain with SHA1 takes a few times the cipher alone


def known_answers(app):
    """Check NIST's AES-128-CBC vector both ways, and SHA1-HMAC chains on it, through the driver."""
    checked = 0
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        path = os.path.join(directory, 'nist.data')
        write_vectors(path, NIST_PLAINTEXT, NIST_CIPHERTEXT)
        for algorithm in ALGORITHMS[:2]:
            for encrypt in (True, False):
                row, = app.run('verify', [*algorithm.options(encrypt), '--total-ops', 1000,
                                          '--buffer-sz', len(NIST_PLAINTEXT), '--burst-sz', BURST,
                                          *vector_options(path, algorithm)])
                if row.failed or row.dequeued != 1000:
                    raise ProgramError(f'{algorithm.name}: {row.failed} of {row.dequeued} results '
                                       'are not the known answer')
                checked += row.dequeued
    print(f'Known answers (NIST SP 800-38A F.2.1, F.2.2; SHA1-HMAC over them): {checked} right.\n')


def measure(app, algorithm, size):
    """Run the application once and return its row."""
    total = OPERATIONS[size] // (CHAIN_COST if algorithm.auth else 1)
    row, = app.run('throughput', [*algorithm.options(True), '--total-ops', total,
                                  '--buffer-sz', size, '--burst-sz', BURST])
    if row.dequeued != total:
        raise ProgramError(f'{algorithm.name}: {row.dequeued} of {total} operations came back')
    return row


def median(rows):
    """Return operations in millions a second, Gbit/s, and cycles for an operation."""
    return [statistics.median(getattr(row, name) for row in rows)
            for name in ('mops', 'gbps', 'cycles')]


def table(algorithm, ours, native, rounds):
    """Measure one algorithm at every size, in turns, and print a line for each."""
    print(f'{algorithm.name} with a 128-bit key, encrypt, bursts of {BURST}')
    print('          through virtio-crypto        native cryptodev             native/virtio')
    print('   bytes    Mop/s   Gbit/s cycles/op    Mop/s   Gbit/s cycles/op    cycles')
    for size in OPERATIONS:
        rows = {ours: [], native: []}
        for _ in range(rounds):
            for app, measured in rows.items():
                measured.append(measure(app, algorithm, size))
        virtio, plain = median(rows[ours]), median(rows[native])
        print('{:8}{:9.3f}{:9.2f}{:10.0f}{:9.3f}{:9.2f}{:10.0f}{:9.0f} %'.format(
            size, *virtio, *plain, 100 * plain[2] / virtio[2]), flush=True)
    print()


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='demo.sh', description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--hugepages', choices=('yes', 'no', 'auto'), default='auto',
                        help='auto: when they are free or can be reserved, which is undone')
    parser.add_argument('--rounds', type=int, default=5, help='of which the median is shown')
    return parser.parse_args()


def main():
    """Run the demonstration."""
    args = arguments()
    exit_on_signals()
    busy = os.getloadavg()[0]
    build = Build(args.build)
    with contextlib.ExitStack() as stack:
        hugepages = reserve(stack, PAGES, args.hugepages)
        host = stack.enter_context(HostProgram(build.host, CRYPTODEV, hugepages))
        cpus = processors()
        print(f'Host: dpdk-vhost_crypto on {CRYPTODEV}, processor {cpus[0]}, socket {host.socket}')
        print(f'Guest: dpdk-test-crypto-perf with our driver, processor {cpus[1]}')
        print(f"Memory: {'2 MiB hugepages' if hugepages else '--no-huge'}")
        if cpus[0] == cpus[1]:
            print('There is one processor only: the two share it, and the figures say little.')
        if busy > 1:
            print(f'Others use the processors (load {busy:.1f}): the figures say little.')
        ours = PerfApp(device_options(build.driver, host.socket), 'crypto_virtio_user', hugepages,
                       build.runtime())
        native = PerfApp(['--vdev', f'{CRYPTODEV}0'], CRYPTODEV, hugepages)
        known_answers(ours)
        for algorithm in ALGORITHMS[:2]:
            table(algorithm, ours, native, args.rounds)
        host.check()
    print('All went well: every operation came back, every known answer was right.')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (ProgramError, HugepagesError) as problem:
        sys.exit(f'error: {problem}')
