# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What a hostile guest leaves to its neighbour on the lcore, and to a guest that connects."""

import contextlib
import os
import tempfile
import time

from dpdk_process import (HostProgram, Program, ProgramError, device_options, memory_options,
                          processors)
from front_end_loads import QUEUES, Load, connect
from results import Cell, Results, print_table

KINDS = (
    ('rsa', '8192-bit RSA without CRT values'),
    ('control', 'requests of 1000 segments on the control queue'),
    ('bad_chains', 'bad chains of 1000 descriptors'),
    ('large', 'requests of 1 MiB'),
    ('long_chains', 'requests of 1000 descriptors'),
    ('many_queues', f'64-byte requests on {QUEUES} queues'),
    ('sessions', 'sessions created and destroyed'))
MILLISECONDS = 1000  # that the neighbour is measured
CONNECTS = 3         # in each round
MAX_SIZE = 4 << 20   # bytes of a request


class SharedHost(HostProgram):
    """dpdk-vhost_crypto for a hostile guest, its neighbour and one that connects, on one lcore."""

    def __init__(self, build, hugepages):
        super().__init__(build.host, hugepages=hugepages)
        self.argv[self.argv.index('--'):self.argv.index('--')] = ['--vdev', 'crypto_openssl0']
        self.argv[self.argv.index('--config') + 1] = '(1,0,0),(1,1,0)'
        self.argv += ['--queues', str(QUEUES), '--max-size', str(MAX_SIZE)]
        for number in (1, 2):
            self.sockets.append(os.path.join(self.directory, f'vhost{number}.sock'))
            self.argv += ['--socket-file', f'1,{self.sockets[-1]}']


def throughput(build, socket, hugepages):
    """Return the million operations of 64 bytes of AES-128-CBC that a guest has in a second.

    A guest whose operations do not come back has none.
    """
    argv = [build.path('app/bench/bench_cycles'), '--lcores', f'0@{processors()[1]}', '--no-pci',
            '--no-telemetry', *device_options(build.driver, socket), '--', '--algorithm',
            'aes-128-cbc', '--bytes', '64', '--bursts', '32', '--milliseconds', str(MILLISECONDS)]
    with tempfile.NamedTemporaryFile(prefix='vcrypto.') as log, \
            Program(argv, log.name, memory=memory_options(512, hugepages)) as program:
        if program.wait(30) != 0:
            return 0
        with open(log.name, encoding='utf-8', errors='replace') as text:
            words = next(line.split() for line in text if line.startswith('cycles '))
    return float(dict(word.split('=') for word in words[1:])['mops'])


class Fairness:
    """The figures of all kinds of load."""

    def __init__(self, build, rounds, hugepages):
        self.build = build
        self.rounds = rounds
        self.hugepages = hugepages
        self.results = Results()

    def measure(self, cell, host):
        """Measure a kind once: alone, beside the load, and how long guests take to connect."""
        attacked, neighbour, late = host.sockets
        alone = throughput(self.build, neighbour, self.hugepages)
        if not alone:
            raise ProgramError('the neighbour does nothing even when it is alone')
        with contextlib.closing(Load(cell.algorithm, attacked)):
            time.sleep(0.2)
            beside = throughput(self.build, neighbour, self.hugepages)
            for _ in range(CONNECTS):
                self.results.add(cell, 'connect_ms', 1000 * connect(late))
        host.check()
        self.results.add(cell, 'alone_mops', alone)
        self.results.add(cell, 'beside_mops', beside)
        self.results.add(cell, 'kept_percent', 100 * beside / alone)

    def line(self, kind, text):
        """Measure a kind; return its line of the table."""
        cell = Cell(kind, 64, 32, 'virtio')
        with SharedHost(self.build, self.hugepages) as host:
            for _ in range(self.rounds):
                self.measure(cell, host)
        return [text, *(self.results.figure(cell, metric).text(digits) for metric, digits in (
            ('alone_mops', 1), ('beside_mops', 1), ('kept_percent', 0), ('connect_ms', 0)))]

    def run(self):
        """Measure all, and print the table."""
        lines = [self.line(kind, text) for kind, text in KINDS]
        print_table('Beside a hostile guest: AES-128-CBC of 64 bytes, bursts of 32; a new guest',
                    ['hostile guest', 'alone Mop/s', 'beside Mop/s', 'kept %', 'connect ms'],
                    lines)
