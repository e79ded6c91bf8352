# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""The tables of the bench."""

import itertools

from columns import BURSTS
from results import Cell, Figure, print_table

APART = 'ns apart'  # there and back


def _text(figure, digits=0):
    return figure.text(digits) if figure else '-'


class Report:
    """Tables of what has been measured; a table without a figure is not printed."""

    def __init__(self, results, columns, sizes):
        self.results = results
        self.columns = columns
        self.sizes = sizes

    def names(self, hosts=False):
        """Return the names of the columns, or of those with a host program."""
        return [column.name for column in self.columns if column.has_host or not hosts]

    def lines(self, row, names, bursts, metrics):
        """Return the lines of a table; metrics are names with digits."""
        for size, burst in itertools.product(self.sizes, bursts):
            figures = [self.results.figure(Cell(row.name, size, burst, name), metric)
                       for name in names for metric, _ in metrics]
            if any(figures):
                digits = [digits for _ in names for _, digits in metrics]
                yield size, burst, [_text(*pair) for pair in zip(figures, digits)]

    def distance(self, row, size, burst, names, kind):
        """Return how far the processors were from each other for a line of a table."""
        figures = [self.results.figure(Cell(row.name, size, burst, name), f'{kind}_distance_ns')
                   for name in names]
        return _text(next(filter(None, figures), None))

    def ratio(self, row, size, burst, other):
        """Return the throughput through virtio-crypto over another's."""
        return _text(self.results.ratio(Cell(row.name, size, burst, 'virtio'),
                                        Cell(row.name, size, burst, other)), 2)

    def throughput(self, row):
        """Print operations a second, and the ratios."""
        names = self.names()
        lines = [[str(size), str(burst), *figures, self.ratio(row, size, burst, 'native'),
                  self.ratio(row, size, burst, 'dpdk'),
                  self.distance(row, size, burst, names, 'throughput')]
                 for size, burst, figures in self.lines(row, names, BURSTS,
                                                        [('mops', 2), ('cycles', 0)])]
        heads = ['bytes', 'burst']
        for name in names:
            heads += [f'{name} Mop/s', 'cycles/op']
        self.table(f'{row.name} on {row.cryptodev}: throughput',
                   [*heads, 'virtio/native', 'virtio/dpdk', APART], lines)

    def cycles(self, row):
        """Print what an operation costs on either side."""
        names = self.names(hosts=True)
        metrics = [('guest_cycles', 0), ('host_cycles', 0)]
        heads = ['bytes', 'burst']
        for name in names:
            heads += [f'{name} driver', f'{name} library']
        heads.append(APART)
        lines = [[str(size), str(burst), *figures,
                  self.distance(row, size, burst, names, 'cycles')]
                 for size, burst, figures in self.lines(row, names, BURSTS, metrics)]
        self.table(f'{row.name} on {row.cryptodev}: cycles per operation, in the driver and in '
                   'the library of the host', heads, lines)

    def latency(self, row):
        """Print how long a single operation takes."""
        names = self.names()
        metrics = [('latency_median_us', 2), ('latency_p99_us', 2)]
        heads = ['bytes']
        for name in names:
            heads += [f'{name} median', '99 %']
        heads.append(APART)
        lines = [[str(size), *figures, self.distance(row, size, 1, names, 'latency')]
                 for size, _, figures in self.lines(row, names, [1], metrics)]
        self.table(f'{row.name} on {row.cryptodev}: latency of one operation at a time, '
                   'microseconds', heads, lines)

    def hosts(self):
        """Print what the host programs take while there is little to do, or nothing."""
        metrics = [('idle_percent', 0), ('pause_percent', 1), ('pause_median_us', 2),
                   ('pause_p99_us', 2)]
        lines = []
        for name in self.names(hosts=True):
            figures = [self.results.figure(Cell('-', 0, 0, name), metric) for metric, _ in metrics]
            if any(figures):
                lines.append([name, *(_text(figure, digits)
                                      for figure, (_, digits) in zip(figures, metrics))])
        self.table('Host programs with little to do: % of a processor without a guest, and with an '
                   'operation\nafter each millisecond; microseconds that such an operation takes',
                   ['host program', 'no guest', 'one a ms', 'median', '99 %'], lines)

    def summary(self, rows, burst=32):
        """Print one line for each algorithm and size."""
        lines = []
        for row, size in itertools.product(rows, self.sizes):
            cell = Cell(row.name, size, burst, 'virtio')
            if not self.results.figure(cell, 'mops'):
                continue
            single = Cell(row.name, size, 1, 'virtio')
            lines.append([row.name, str(size), _text(self.results.figure(cell, 'mops'), 2),
                          self.ratio(row, size, burst, 'native'),
                          self.ratio(row, size, burst, 'dpdk'),
                          _text(self.results.figure(cell, 'guest_cycles')),
                          _text(self.results.figure(cell, 'host_cycles')),
                          _text(self.results.figure(single, 'latency_median_us'), 2)])
        self.table(f'Through virtio-crypto, bursts of {burst}',
                   ['algorithm', 'bytes', 'Mop/s', 'to native', "to DPDK's library",
                    'driver cycles', 'library cycles', 'latency us'], lines)

    @staticmethod
    def machine(distance, mixed):
        """Say how far the processors were from each other."""
        if not distance.seen:
            return
        print('A cache line went between the two processors and back in '
              f'{Figure(distance.seen).text()} ns.')
        if distance.is_near(max(distance.seen)):
            return
        print('The processors were moved meanwhile, as those of virtual machines are. Figures are '
              'from\nwhile they were near each other, where there are enough of them.')
        if mixed:
            print(f'But {mixed} of the comparisons are not: they were far apart, or moving, for '
                  'most of these.\nTheir lines have more nanoseconds in the last column.')

    @staticmethod
    def table(title, heads, lines):
        """Print a table that is not empty."""
        if lines:
            print_table(title, heads, lines)
