#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Measure what virtio-crypto costs, beside the cryptodev itself and DPDK's own host library.

All of it in one run on two processors, one for the host program and one for the application; the
ways to the cryptodev take turns, and what is not measured at the time is stopped. Figures are
medians, and in parentheses the lowest and the highest. Cycles are those of the time stamp counter.
"""

import argparse
import contextlib
import fnmatch
import itertools
import os
import re
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, 'app', name) for name in ('test', 'bench')]

from columns import BURSTS, COLUMNS, ROWS, SIZES  # noqa: E402
from dpdk_process import Build, ProgramError, exit_on_signals, processors  # noqa: E402
from hugepages import Hugepages, HugepagesError  # noqa: E402
from perf_app import listed  # noqa: E402
from results import Cell, Results, print_table  # noqa: E402

PAGES = 704  # of 2 MiB: 256 for the application, 128 for each of three hosts, and some to spare
SECONDS = 0.4  # that one process is to measure, all its bursts together
LEAST = 0.05   # and the fastest of them at least
QUICK = ['aes-128-cbc/*/32', 'null/64/32']
QUICK_SIZES = [64, 1024, 4096, 16384]


class Group:
    """Cells that one process of the application measures: a column, an algorithm, a size."""

    def __init__(self, column, row, size, bursts):
        self.column = column
        self.row = row
        self.size = size
        self.bursts = bursts
        self.operations = 1024
        self.seconds = 0

    def throughput(self):
        """Run the application; return its rows by burst."""
        with self.column.running():
            rows = self.column.app().run('throughput', [
                *self.row.options, '--total-ops', self.operations, '--buffer-sz', self.size,
                '--burst-sz', listed(self.bursts)])
        for row in rows:
            if row.dequeued != self.operations:
                raise ProgramError(f'{self.row.name}, {self.column.title}: {row.dequeued} of '
                                   f'{self.operations} operations came back')
        return {row.burst: row for row in rows}

    def calibrate(self):
        """Find out how many operations are worth measuring, and how long that will take."""
        for self.operations in (self.operations, 16 * self.operations):
            start = time.monotonic()
            rows = self.throughput().values()
            took = time.monotonic() - start
            rates = [1 / (1e6 * row.mops) for row in rows]
            if self.operations * sum(rates) > SECONDS / 10:
                break
        overhead = took - self.operations * sum(rates)
        self.operations = int(max(SECONDS / sum(rates), LEAST / min(rates)))
        self.seconds = overhead + self.operations * sum(rates)

    def measure(self, results):
        """Measure once."""
        for burst, row in self.throughput().items():
            cell = Cell(self.row.name, self.size, burst, self.column.name)
            results.add(cell, 'mops', row.mops)
            results.add(cell, 'cycles', row.cycles)


class Plan:
    """What is to be measured."""

    def __init__(self, args):
        self.columns = [column for column in COLUMNS
                        if any(fnmatch.fnmatch(column.name, p) for p in args.columns.split(','))]
        self.filters = args.filter or (QUICK if args.quick else ['*'])
        self.sizes = QUICK_SIZES if args.quick and not args.filter else SIZES

    def bursts(self, row, size):
        """Return the bursts that are wanted of an algorithm and a size."""
        return [burst for burst in BURSTS
                if any(fnmatch.fnmatch(f'{row.name}/{size}/{burst}', p) for p in self.filters)]

    def rows(self):
        """Return the algorithms of which something is wanted."""
        return [row for row in ROWS if any(self.bursts(row, size) for size in self.sizes)]

    def groups(self, row, columns):
        """Return the groups of an algorithm; those that alternate follow each other."""
        return [Group(column, row, size, self.bursts(row, size))
                for size, column in itertools.product(self.sizes, columns)
                if self.bursts(row, size) and column.takes(row, size)]


class Bench:
    """One run."""

    def __init__(self, args, stack):
        self.args = args
        self.build = Build(args.build)
        self.plan = Plan(args)
        self.results = Results()
        self.hugepages = reserve(stack, args.hugepages)

    @contextlib.contextmanager
    def columns(self, row):
        """Start what an algorithm needs."""
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(kind(self.build, row.cryptodev, self.hugepages))
                   for kind in self.plan.columns
                   if any(kind.takes(row, size) for size in self.plan.sizes)]

    def calibrate(self):
        """Measure everything once, shortly; return what all of it will take, in seconds."""
        seconds, operations = 0, {}
        for row in self.plan.rows():
            with self.columns(row) as columns:
                for group in self.plan.groups(row, columns):
                    group.calibrate()
                    seconds += self.args.rounds * group.seconds
                    operations[row.name, group.size, group.column.name] = group.operations
        return seconds, operations

    def run(self):
        """Measure."""
        seconds, operations = self.calibrate()
        print(f'{self.args.rounds} rounds take about {seconds / 60:.1f} minutes.\n', flush=True)
        for row in self.plan.rows():
            with self.columns(row) as columns:
                groups = self.plan.groups(row, columns)
                for group in groups:
                    group.operations = operations[row.name, group.size, group.column.name]
                for _ in range(self.args.rounds):
                    for group in groups:
                        group.measure(self.results)
            self.show(row)

    def show(self, row):
        """Print what is known of an algorithm."""
        columns = [column for column in self.plan.columns]
        lines = []
        for size, burst in itertools.product(self.plan.sizes, BURSTS):
            cells = {c.name: Cell(row.name, size, burst, c.name) for c in columns}
            if not any(self.results.figure(cell, 'mops') for cell in cells.values()):
                continue
            line = [str(size), str(burst)]
            for column in columns:
                if self.results.figure(cells[column.name], 'mops') is None:
                    line += ['not supported', '-']
                    continue
                line += [self.results.figure(cells[column.name], 'mops').text(2),
                         self.results.figure(cells[column.name], 'cycles').text()]
            for other in ('native', 'dpdk'):
                ratio = 'virtio' in cells and other in cells and self.results.ratio(
                    cells['virtio'], cells[other])
                line.append(ratio.text(2) if ratio else '-')
            lines.append(line)
        heads = ['bytes', 'burst']
        for column in columns:
            heads += [f'{column.name} Mop/s', 'cycles/op']
        print_table(f'{row.name}, on {row.cryptodev}', [*heads, 'virtio/native', 'virtio/dpdk'],
                    lines)


def reserve(stack, choice):
    """Enter hugepages into the stack when they are wanted and can be had; say whether."""
    if choice == 'no':
        return False
    try:
        stack.enter_context(Hugepages(PAGES))
        return True
    except HugepagesError as error:
        if choice == 'yes':
            raise
        print(f'Memory: no hugepages ({error}), so --no-huge.')
        return False


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog='bench.sh', description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--hugepages', choices=('yes', 'no', 'auto'), default='auto',
                        help='auto: when they are free or can be reserved, which is undone')
    parser.add_argument('--rounds', type=int, default=5, help='of which the median is shown')
    parser.add_argument('--filter', action='append', metavar='PATTERN',
                        help='only cells like algorithm/bytes/burst, such as aes-128-cbc/*/32;\n'
                        'may be given more than once; algorithms: '
                        + ', '.join(row.name for row in ROWS))
    parser.add_argument('--columns', default='*', metavar='LIST',
                        help='only these: ' + ','.join(column.name for column in COLUMNS))
    parser.add_argument('--quick', action='store_true', help='a few cells, in under two minutes')
    parser.add_argument('--csv', metavar='FILE', help='write the figures there, too')
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error(f'--rounds {args.rounds}: at least one is needed')
    plan = Plan(args)
    if not plan.columns:
        parser.error(f'--columns {args.columns}: there are '
                     + ', '.join(column.name for column in COLUMNS))
    if not plan.rows():
        parser.error(f"--filter {' '.join(args.filter)}: no cell is like that; they are called "
                     'algorithm/bytes/burst, such as aes-128-cbc/64/32')
    return args


def machine():
    """Say what this is measured on."""
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        model = re.search(r'model name\s*: (.*)', file.read())
    cpus = processors()
    print(f"Machine: {model[1] if model else 'unknown'}, {os.cpu_count()} processors; host program "
          f'on {cpus[0]}, application on {cpus[1]}')
    if cpus[0] == cpus[1]:
        print('There is one processor only: the two share it, and the figures say little.')
    if os.getloadavg()[0] > 1:
        print(f'Others use the processors (load {os.getloadavg()[0]:.1f}): the figures may be low.')


def main():
    """Run the bench."""
    args = arguments()
    exit_on_signals()
    machine()
    with contextlib.ExitStack() as stack:
        bench = Bench(args, stack)
        print(f"Memory: {'2 MiB hugepages' if bench.hugepages else '--no-huge'}", flush=True)
        bench.run()
    if args.csv:
        bench.results.write_csv(args.csv)
        print(f'Written: {args.csv}')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (ProgramError, HugepagesError) as problem:
        sys.exit(f'error: {problem}')
