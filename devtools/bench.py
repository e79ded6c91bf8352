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
import os
import re
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, 'app', name) for name in ('test/two_process', 'bench')]

from columns import BURSTS, COLUMNS, ROWS, SIZES  # noqa: E402
from dpdk_process import Build, ProgramError, exit_on_signals, processors  # noqa: E402
from fairness import Fairness  # noqa: E402
from hugepages import HugepagesError, reserve  # noqa: E402
from measure import (Comparison, Cycles, Distance, IdleTime, Latency,  # noqa: E402
                     Pauses, Throughput)
from picture import write_svg  # noqa: E402
from report import Report  # noqa: E402
from results import Results  # noqa: E402

PAGES = 1100  # of 2 MiB: 256 for the application, 128 for each of three hosts, and some to spare
QUICK = ['aes-128-cbc/*/32', 'null/64/32']
QUICK_SIZES = [64, 1024, 4096, 16384]
QUICK_COLUMNS = 'native,virtio,dpdk'
EXTRA_QUICK = 2  # rounds more, at most, where the processors moved


class Plan:
    """What is to be measured."""

    def __init__(self, args):
        names = args.columns or (QUICK_COLUMNS if args.quick else '*')
        self.columns = [column for column in COLUMNS
                        if any(fnmatch.fnmatch(column.name, p) for p in names.split(','))]
        self.filters = args.filter or (QUICK if args.quick else ['*'])
        self.sizes = QUICK_SIZES if args.quick and not args.filter else SIZES

    def bursts(self, row, size):
        """Return the bursts that are wanted of an algorithm and a size."""
        return [burst for burst in BURSTS
                if any(fnmatch.fnmatch(f'{row.name}/{size}/{burst}', p) for p in self.filters)]

    def rows(self):
        """Return the algorithms of which something is wanted."""
        return [row for row in ROWS if any(self.bursts(row, size) for size in self.sizes)]

    def throughput(self, row, columns):
        """Return the comparisons of the application: each size in all columns."""
        for size in self.sizes:
            bursts = self.bursts(row, size)
            measurements = [Throughput(column, row, size, bursts) for column in columns
                            if bursts and column.takes(row, size)]
            if measurements:
                yield Comparison('throughput', measurements)

    def single(self, row, columns):
        """Return the comparison of one operation at a time."""
        sizes = [size for size in self.sizes if self.bursts(row, size)]
        yield Comparison('latency', [Latency(column, row, sizes) for column in columns])

    def cycles(self, row, columns):
        """Return the comparisons of cycles on either side: the sizes with the same bursts."""
        by_bursts = {}
        for size in self.sizes:
            bursts = tuple(self.bursts(row, size))
            if bursts:
                by_bursts.setdefault(bursts, []).append(size)
        for bursts, sizes in by_bursts.items():
            measurements = [Cycles(column, row, sizes, bursts) for column in columns
                            if any(column.takes(row, size) for size in sizes)]
            if measurements:
                yield Comparison('cycles', measurements)


class Bench:
    """One run."""

    def __init__(self, args, stack):
        self.args = args
        self.build = Build(args.build)
        self.plan = Plan(args)
        self.results = Results()
        self.report = Report(self.results, self.plan.columns, self.plan.sizes)
        self.hugepages = reserve(stack, PAGES, args.hugepages)
        self.distance = Distance(self.build)
        self.extra = min(args.rounds, EXTRA_QUICK) if args.quick else args.rounds
        self.mixed = 0  # comparisons that are not from near each other
        self.meters = stack.enter_context(tempfile.TemporaryDirectory(prefix='vcrypto.'))

    @contextlib.contextmanager
    def columns(self, row, metered=False):
        """Start what an algorithm needs; metered: only hosts, and they count their cycles."""
        with contextlib.ExitStack() as stack:
            columns = []
            for kind in self.plan.columns:
                if not any(kind.takes(row, size) for size in self.plan.sizes):
                    continue
                options = [self.build, row.cryptodev, self.hugepages]
                if metered and not kind.has_host:
                    continue
                if metered:
                    options.append(os.path.join(self.meters, f'{row.name}.{kind.name}'))
                columns.append(stack.enter_context(kind(*options)))
            yield columns

    def calibrate(self):
        """Measure all throughputs once, shortly; return the time for everything, in seconds.

        With it comes how many operations are worth measuring, by key().
        """
        seconds, operations = 0, {}
        for row in self.plan.rows():
            with self.columns(row) as columns:
                comparisons = list(self.plan.throughput(row, columns))
                for one in (one for comparison in comparisons for one in comparison.measurements):
                    one.calibrate()
                    operations[one.key()] = one.operations
                comparisons += self.plan.single(row, columns)
                comparisons += self.plan.cycles(row, [c for c in columns if c.has_host])
                seconds += self.args.rounds * sum(one.seconds() for one in comparisons)
        return seconds, operations

    def rounds(self, comparisons):
        """Take comparisons in turns; again, but not for ever, what was taken far apart."""
        for number in range(self.args.rounds + self.extra):
            for one in comparisons:
                if number < self.args.rounds or (
                        len(one.near(self.distance)) < self.args.rounds
                        and self.distance.is_near(self.distance.now())):
                    one.take(self.distance)
        for one in comparisons:
            self.mixed += not one.finish(self.distance, self.args.rounds, self.results)

    def measure(self, row, operations):
        """Measure all of an algorithm."""
        with self.columns(row) as columns:
            comparisons = list(self.plan.throughput(row, columns))
            for one in (one for comparison in comparisons for one in comparison.measurements):
                one.operations = operations[one.key()]
            comparisons += self.plan.single(row, columns)
            if row is self.plan.rows()[0] and not self.args.quick:
                hosts = [column for column in columns if column.has_host]
                sizes = [self.plan.sizes[0]]
                if hosts:
                    comparisons += [Comparison('idle', [IdleTime(one) for one in hosts]),
                                    Comparison('pause', [Pauses(one, row, sizes)
                                                         for one in hosts])]
            self.rounds(comparisons)
        with self.columns(row, metered=True) as columns:
            self.rounds(list(self.plan.cycles(row, columns)))

    def run(self):
        """Measure everything, and print it."""
        seconds, operations = self.calibrate()
        print(f'{self.args.rounds} rounds take about {seconds / 60:.1f} minutes, and up to '
              f'{seconds * (1 + self.extra / self.args.rounds) / 60:.1f} if the processors move.\n',
              flush=True)
        for row in self.plan.rows():
            self.measure(row, operations)
            self.report.throughput(row)
            self.report.cycles(row)
            self.report.latency(row)
        self.report.hosts()
        self.report.summary(self.plan.rows())
        self.report.machine(self.distance, self.mixed)


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
    parser.add_argument('--columns', metavar='LIST',
                        help='only these: ' + ','.join(column.name for column in COLUMNS))
    parser.add_argument('--quick', action='store_true', help='a few cells, in under two minutes')
    parser.add_argument('--fairness', action='store_true',
                        help='what hostile guests leave to others instead, in three minutes')
    parser.add_argument('--csv', metavar='FILE', help='write the figures there, too')
    parser.add_argument('--svg', metavar='FILE', help='draw those of bursts of 32')
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error(f'--rounds {args.rounds}: at least one is needed')
    for path in filter(None, (args.csv, args.svg)):
        if not os.access(os.path.dirname(os.path.abspath(path)), os.W_OK):
            parser.error(f'{path} cannot be written: there is no such directory, or it is not '
                         'writable')
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
        if args.fairness:
            bench = Fairness(Build(args.build), args.rounds,
                             reserve(stack, PAGES, args.hugepages))
            bench.run()
            if args.csv:
                bench.results.write_csv(args.csv)
            return 0
        bench = Bench(args, stack)
        print(f"Memory: {'2 MiB hugepages' if bench.hugepages else '--no-huge'}", flush=True)
        bench.run()
    if args.csv:
        bench.results.write_csv(args.csv)
        print(f'Written: {args.csv}')
    if args.svg:
        drawn = write_svg(args.svg, bench.results, bench.plan.rows(), bench.plan.sizes,
                          bench.plan.columns)
        print(f'Written: {args.svg}' if drawn else 'Not drawn: there are no bursts of 32.')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (ProgramError, HugepagesError) as problem:
        sys.exit(f'error: {problem}')
