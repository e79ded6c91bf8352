# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""The measurements of the bench. Each is one process, which measures several cells."""

import os
import subprocess
import tempfile
import time

from dpdk_process import Program, ProgramError, memory_options, processors
from perf_app import listed
from results import Cell, Results

SECONDS = 0.3      # that one process of the application is to measure, all its bursts together
LEAST = 0.05       # and the fastest of them at least
MILLISECONDS = 60  # that bench_cycles measures a cell
SAMPLES = 2000     # of the latency
PAUSES = 300       # samples of the latency after a pause
PAUSE = 1000       # of so many microseconds
IDLE = 0.2         # seconds in which a host program without a guest is watched


class Throughput:
    """dpdk-test-crypto-perf, unmodified, on one size: operations a second."""

    def __init__(self, column, row, size, bursts):
        self.column = column
        self.row = row
        self.size = size
        self.bursts = bursts
        self.operations = 1024
        self.seconds = 0

    def key(self):
        """Return what stays the same when the column is started again."""
        return self.row.name, self.size, self.column.name

    def run(self):
        """Run the application; return its rows."""
        with self.column.running():
            rows = self.column.app().run('throughput', [
                *self.row.options, '--total-ops', self.operations, '--buffer-sz', self.size,
                '--burst-sz', listed(self.bursts)])
        for row in rows:
            if row.dequeued != self.operations:
                raise ProgramError(f'{self.row.name}, {self.column.title}: {row.dequeued} of '
                                   f'{self.operations} operations came back')
        return rows

    def calibrate(self):
        """Find out how many operations are worth measuring, and how long that will take."""
        for self.operations in (self.operations, 16 * self.operations):
            start = time.monotonic()
            rows = self.run()
            took = time.monotonic() - start
            costs = [1e-6 / row.mops for row in rows]
            if self.operations * sum(costs) > SECONDS / 10:
                break
        overhead = took - self.operations * sum(costs)
        self.operations = int(max(SECONDS / sum(costs), LEAST / min(costs)))
        self.seconds = overhead + self.operations * sum(costs)

    def measure(self, results):
        """Measure once."""
        for row in self.run():
            cell = Cell(self.row.name, self.size, row.burst, self.column.name)
            results.add(cell, 'mops', row.mops)
            results.add(cell, 'cycles', row.cycles)


class BenchCycles:
    """A process of bench_cycles on all sizes of an algorithm that a column takes."""

    def __init__(self, column, row, sizes):
        self.column = column
        self.row = row
        self.sizes = [size for size in sizes if column.takes(row, size)]

    def lines(self, kind, options):
        """Run the program; yield the pairs of each line of this kind."""
        build = self.column.build
        argv = [build.path('app/bench/bench_cycles'), '--lcores', f'0@{processors()[1]}',
                '--no-pci', '--no-telemetry', *self.column.vdev(), '--',
                '--algorithm', self.row.name, '--bytes', listed(self.sizes), *options]
        with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
            log = os.path.join(directory, 'cycles.log')
            memory = memory_options(512, self.column.hugepages)
            with self.column.running(), Program(argv, log, memory=memory) as program:
                status = program.wait(120)
                if status != 0:
                    raise program.failure(f'bench_cycles ended with status {status}')
            with open(log, encoding='utf-8', errors='replace') as text:
                for line in text:
                    words = line.split()
                    if words and words[0] == kind:
                        yield dict(word.split('=') for word in words[1:])


class Cycles(BenchCycles):
    """What an operation costs the caller of the driver, and the host program."""

    # By the program's names for them.
    METRICS = {'mops': 'window_mops', 'guest': 'guest_cycles', 'enqueue': 'enqueue_cycles',
               'dequeue': 'dequeue_cycles', 'dequeue_burst': 'dequeue_burst',
               'empty_poll': 'empty_poll_cycles', 'host': 'host_cycles',
               'host_cdev': 'host_cryptodev_cycles', 'host_burst': 'host_burst'}

    def __init__(self, column, row, sizes, bursts):
        super().__init__(column, row, sizes)
        self.bursts = bursts
        self.seconds = 1 + len(self.sizes) * len(bursts) * 1.25 * MILLISECONDS / 1000

    def measure(self, results):
        """Measure once."""
        options = ['--bursts', listed(self.bursts), '--milliseconds', str(MILLISECONDS),
                   '--meter', self.column.meter]
        for pairs in self.lines('cycles', options):
            cell = Cell(self.row.name, int(pairs['bytes']), int(pairs['burst']), self.column.name)
            for name, metric in self.METRICS.items():
                results.add(cell, metric, float(pairs[name]))


class Latency(BenchCycles):
    """How long one operation takes when there is no other."""

    def __init__(self, column, row, sizes):
        super().__init__(column, row, sizes)
        self.seconds = 1

    def measure(self, results):
        """Measure once."""
        for pairs in self.lines('latency', ['--latency', str(SAMPLES)]):
            cell = Cell(self.row.name, int(pairs['bytes']), 1, self.column.name)
            for name in ('median', 'mean', 'p99'):
                results.add(cell, f'latency_{name}_us', float(pairs[name]))


class Pauses(BenchCycles):
    """How long an operation takes after a pause, and how much of a processor the host takes."""

    seconds = 1 + 1.1 * PAUSES * PAUSE / 1e6

    def measure(self, results):
        """Measure once."""
        options = ['--latency', str(PAUSES), '--pause', str(PAUSE), '--watch',
                   str(self.column.host.process.pid)]
        for pairs in self.lines('latency', options):
            cell = Cell('-', 0, 0, self.column.name)
            for name, metric in (('median', 'median_us'), ('p99', 'p99_us'),
                                 ('processor', 'percent')):
                results.add(cell, f'pause_{metric}', float(pairs[name]))


class IdleTime:
    """How much of a processor the host program takes while it has no guest."""

    seconds = IDLE + 0.05

    def __init__(self, column):
        self.column = column

    def measure(self, results):
        """Measure once."""
        cell = Cell('-', 0, 0, self.column.name)
        with self.column.running():
            before, start = self.column.processor_seconds(), time.monotonic()
            time.sleep(IDLE)
            share = (self.column.processor_seconds() - before) / (time.monotonic() - start)
        results.add(cell, 'idle_percent', 100 * share)


class Distance:
    """How far the two processors are from each other, in nanoseconds there and back.

    Those of a virtual machine may be moved: next to each other, or far apart. What goes through
    memory that both use then differs by a factor of two or more, and the two must not be compared.
    """

    NEAR = 1.5  # times the least distance

    def __init__(self, build):
        self.program = build.path('app/bench/bench_distance')
        self.seen = []

    def now(self):
        """Measure it, while nothing else runs; 0 where there is one processor."""
        here, there = processors()
        if here == there:
            return 0
        found = subprocess.run([self.program, str(here), str(there)], stdout=subprocess.PIPE,
                               check=True, text=True)
        self.seen.append(float(found.stdout))
        return self.seen[-1]

    def is_near(self, distance):
        """Say whether it is as near as the processors have been."""
        return not self.seen or distance <= self.NEAR * min(self.seen)


class Comparison:
    """Measurements that are to be compared with each other, and so are taken together."""

    def __init__(self, kind, measurements):
        self.kind = kind
        self.measurements = measurements
        self.takes = []

    def seconds(self):
        """Return what taking them once takes."""
        return sum(one.seconds for one in self.measurements)

    def take(self, distance):
        """Take all of them once."""
        values = Results()
        farthest = distance.now()
        for one in self.measurements:
            one.measure(values)
            farthest = max(farthest, distance.now())
        self.takes.append((farthest, values))

    def near(self, distance):
        """Return those that were taken while the processors were near each other."""
        return [take for take in self.takes if distance.is_near(take[0])]

    def finish(self, distance, rounds, results):
        """Hand over the takes that count: all from one place, if there are enough of them.

        Return whether they are.
        """
        near = self.near(distance)
        far = [take for take in self.takes if take not in near]
        chosen = next((takes for takes in (near, far) if len(takes) >= (rounds + 1) // 2),
                      self.takes)
        for farthest, values in chosen:
            results.extend(values, f'{self.kind}_distance_ns', farthest)
        return chosen is near
