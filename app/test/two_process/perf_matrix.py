#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Drive our driver with the unmodified dpdk-test-crypto-perf, over sizes, bursts and algorithms.

--ptest throughput and latency show that every operation comes back; --ptest verify compares every
result with what OpenSSL computed. Prints `ok` and `not ok` lines, and the numbers at the end.
"""

import argparse
import itertools
import os
import sys
import tempfile

from dpdk_process import Build, HostProgram, ProgramError, device_options, exit_on_signals
from perf_app import (ALGORITHMS, PerfApp, listed, openssl_cbc, sample, vector_options,
                      write_vectors, NIST_IV, NIST_KEY)

SIZES = [64, 256, 1024, 4096, 16384]
BURSTS = [1, 32, 128]


class Matrix:
    """Runs the cells of the matrix and counts them."""

    def __init__(self, app, vectors, host=None):
        self.app = app
        self.vectors = vectors
        self.host = host
        self.passed = 0
        self.failed = 0

    def report(self, name, problem):
        """Print one result; `problem` is empty when all is well."""
        if problem:
            self.failed += 1
            print(f'not ok {name}: {problem}', flush=True)
        else:
            self.passed += 1
            print(f'ok {name}', flush=True)

    def run(self, ptest, algorithm, encrypt, sizes, bursts, extra=(), label='', total=4000):
        """Run the program once over lists of sizes and bursts; each pair is one result."""
        direction = 'encrypt' if encrypt else 'decrypt'
        title = f'{ptest} {algorithm.name} {direction}{label}'
        options = [*algorithm.options(encrypt), *extra, '--total-ops', total,
                   '--buffer-sz', listed(sizes), '--burst-sz', listed(bursts),
                   *vector_options(self.vectors[max(sizes)], algorithm)]
        try:
            if self.host:
                self.host.check()
            rows = self.app.run(ptest, options)
        except ProgramError as error:
            rows = []
            print(error, file=sys.stderr)
        found = {(row.size, row.burst): row for row in rows}
        for size, burst in itertools.product(sizes, bursts):
            self.report(f'{title} {size} bytes, burst {burst}',
                        self.problem(found.get((size, burst)), total))

    @staticmethod
    def problem(row, total):
        """Say what is wrong with a row of the program's output."""
        if row is None:
            return 'no result'
        if row.enqueued != total or row.dequeued != total:
            return f'of {total} operations {row.enqueued} enqueued, {row.dequeued} dequeued'
        if getattr(row, 'failed', 0):
            return f'{row.failed} of {total} operations failed or gave a wrong result'
        return ''


def write_all_vectors(directory):
    """Write a vector file for each size; return their paths by size."""
    paths = {}
    for size in SIZES:
        plaintext = sample(size)
        paths[size] = os.path.join(directory, f'{size}.data')
        write_vectors(paths[size], plaintext, openssl_cbc(NIST_KEY, NIST_IV, plaintext))
    return paths


def run_matrix(matrix, complete):
    """Run every cell; verify takes one process a cell, and so is thinned out unless complete."""
    for algorithm, encrypt in itertools.product(ALGORITHMS, (True, False)):
        for ptest in ('throughput', 'latency'):
            matrix.run(ptest, algorithm, encrypt, SIZES, BURSTS)
        for index, size in enumerate(SIZES):
            for burst in BURSTS if complete else [BURSTS[index % len(BURSTS)]]:
                matrix.run('verify', algorithm, encrypt, [size], [burst])
        matrix.run('verify', algorithm, encrypt, [4096], [32], ['--segment-sz', 1024],
                   ', segments of 1024 bytes')
        matrix.run('verify', algorithm, encrypt, [4096], [32],
                   ['--out-of-place', '--segment-sz', 8192], ', out of place')


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default='build', help='build directory (default: build)')
    parser.add_argument('--cryptodev', default='crypto_aesni_mb', help='behind the host program')
    parser.add_argument('--native', action='store_true', help='run on the cryptodev itself')
    parser.add_argument('--hugepages', action='store_true', help='use hugepages')
    parser.add_argument('--all', action='store_true', help='verify every size with every burst')
    return parser.parse_args()


def main():
    """Run the matrix; the exit status is 1 when a cell failed."""
    args = arguments()
    exit_on_signals()
    build = Build(args.build)
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        vectors = write_all_vectors(directory)
        if args.native:
            app = PerfApp(['--vdev', f'{args.cryptodev}0'], args.cryptodev, args.hugepages)
            matrix = Matrix(app, vectors)
            run_matrix(matrix, args.all)
        else:
            with HostProgram(build.host, args.cryptodev, args.hugepages) as host:
                app = PerfApp(device_options(build.driver, host.socket), 'crypto_virtio_user',
                              args.hugepages, build.runtime())
                matrix = Matrix(app, vectors, host)
                run_matrix(matrix, args.all)
                host.check()
    print(f'{matrix.passed} passed, {matrix.failed} failed, 0 skipped')
    return 1 if matrix.failed else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except ProgramError as problem:
        sys.exit(f'error: {problem}')
