#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Load host programs with several guests for long, while guests, hosts and sockets fail.

Each guest is a virtio_crypto_test with our driver: random algorithms, sizes and layouts on sessions
that come and go, every result compared with OpenSSL's. One host program lives from the beginning to
the end, and holds as much memory then as after a first round of faults; another one is killed again
and again. An operation may end with an error only while its guest's host or socket is failing.
"""

import argparse
import collections
import contextlib
import os
import random
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'two_process'))

from dpdk_process import Build, ProgramError, device_options, exit_on_signals, tail  # noqa: E402
from two_process_programs import WRONG_AT_TIMES, Failed, Faults, Host  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
CRYPTODEVS = ('crypto_aesni_mb', 'crypto_openssl')
LASTING, MORTAL = 3, 2  # guests of the two host programs
RINGS = ('', ',packed=1', ',in_order=1', ',packed=1,in_order=1')
RECOVERY = 20           # seconds that a guest has to get right answers again
GROWTH = 1024           # KiB that a host program's memory may grow by


class Worker(Faults):
    """The application of a guest."""

    def __init__(self, args, log, path, seed):
        options = device_options(args.driver, path)
        options[-1] += random.choice(RINGS)
        super().__init__(args, log, options)
        self.argv += ['--seed', str(seed)]
        for case in WRONG_AT_TIMES[CRYPTODEVS[0]]:
            self.argv += ['--exclude', f"soak/{case.rpartition('/')[2]}"]
        self.sessions = self.refused = 0  # of those that it has told


class Guest:
    """Who is behind a socket: an application, and its successors."""

    def __init__(self, soak, host, path):
        self.soak = soak
        self.host = host
        self.path = path
        self.name = f'guest{len(soak.guests)}'
        self.worker = None
        self.failing = False  # what is around it, so errors are no wonder
        self.returns = 0      # of its device until now

    def start(self):
        """Start an application and have it work."""
        self.worker = Worker(self.soak.args, self.soak.log(self.name), self.path,
                             random.getrandbits(32))
        self.soak.stack.enter_context(self.worker)
        self.worker.tell('soak')
        self.returns = 0

    def look(self, command='status'):
        """Have a command done; return what it and all since the last look came to."""
        counts = self.worker.tell(command)
        refused = counts['refused'] - self.worker.refused
        totals = self.soak.totals
        totals['operations'] += counts['right']
        totals['sessions'] += counts['sessions'] - self.worker.sessions
        totals['errors'] += counts['error']
        self.worker.sessions, self.worker.refused = counts['sessions'], counts['refused']
        if not self.failing:
            totals['slowest'] = max(totals['slowest'], counts['oldest'])
            if counts['error'] or refused:
                raise Failed(f"{self.name}: {counts['error']} operations and {refused} sessions "
                             'failed for no reason')
        return counts

    def expect(self, lost=True):
        """Have something fail around it; `lost`: it will lose its device and get it back."""
        self.look()
        self.failing = True
        self.returns = self.back() + lost

    def back(self):
        """Return how many times the application has got its device back."""
        with open(self.worker.output, encoding='utf-8', errors='replace') as log:
            return log.read().count('device restored')

    def recover(self):
        """Wait until all is well again."""
        limit = time.monotonic() + RECOVERY * self.soak.args.timeout_factor
        counts = {'right': 0, 'error': 0}
        good = 0  # looks in a row; an lcore may not have noticed a loss at the first one
        while good < 2:
            if time.monotonic() > limit:
                raise Failed(f"{self.name}: {counts['right']} right answers and "
                             f"{counts['error']} errors, {RECOVERY} s after a fault")
            back = self.back() >= self.returns
            time.sleep(0.1)
            counts = self.look()
            good = good + 1 if back and counts['right'] and not counts['error'] else 0
        self.failing = False

    def finish(self):
        """Let the application end by itself; nothing may be lost."""
        lost = self.look('drain')['in_flight']
        self.soak.totals['lost'] += lost
        if lost:
            raise Failed(f'{self.name}: {lost} operations did not come back')
        self.worker.quit()
        self.worker.stop()

    def kill(self):
        """End the application with no chance to clean up."""
        self.worker.process.kill()
        self.worker.process.wait()
        self.worker.stop()


class Memory:
    """What a host program holds."""

    def __init__(self, host):
        with open(f'/proc/{host.process.pid}/smaps_rollup', encoding='ascii') as file:
            sizes = dict(line.split(':', 1) for line in file.readlines()[1:])
        self.resident = int(sizes['Rss'].split()[0])
        self.files = len(os.listdir(f'/proc/{host.process.pid}/fd'))

    def __str__(self):
        return f'{self.resident / 1024:.1f} MiB resident, {self.files} files open'


class Soak:
    """All of it."""

    def __init__(self, args, stack, directory):
        self.args = args
        self.stack = stack
        self.directory = directory
        self.logs = []
        self.totals = collections.Counter(operations=0, lost=0, errors=0)
        self.done = collections.Counter()  # faults by kind
        self.guests = []
        self.now = 'no fault yet'
        self.lasting, self.mortal = self.host(LASTING), self.host(MORTAL)
        for host in (self.lasting, self.mortal):
            for path in host.sockets:
                self.guests.append(Guest(self, host, path))
        self.faults = {
            'guest killed': self.guest_killed,
            'guest replaced': self.guest_replaced,
            'device stopped and started': self.device_restarted,
            'socket cut': self.socket_cut,
            'host program killed': self.host_killed,
        }

    def log(self, what):
        """Return the path of a log file; each has its process's last words."""
        path = os.path.join(self.directory, f'{what}.log')
        if path not in self.logs:
            self.logs.append(path)
        return path

    def host(self, sockets):
        """Start a host program."""
        return self.stack.enter_context(Host(
            self.args, self.log(f'host{len(self.logs)}'), CRYPTODEVS, sockets,
            options=['--mode', 'adaptive']))

    def guest_killed(self):
        """An application goes, and another one comes."""
        guest = random.choice(self.guests)
        guest.look()
        guest.kill()
        guest.start()
        guest.recover()

    def guest_replaced(self):
        """An application ends as it should, and another one comes."""
        guest = random.choice(self.guests)
        guest.finish()
        guest.start()
        guest.recover()

    def device_restarted(self):
        """An application stops its device, whatever is in flight, and starts it."""
        guest = random.choice(self.guests)
        guest.expect(lost=False)
        guest.look('restart')
        guest.look('soak')
        guest.recover()

    def socket_cut(self):
        """Neither end has closed the socket."""
        guest = random.choice(self.guests)
        guest.expect()
        guest.host.cut(guest.path)
        guest.recover()

    def host_killed(self):
        """A host program goes, and comes back."""
        guests = [guest for guest in self.guests if guest.host is self.mortal]
        for guest in guests:
            guest.expect()
        self.mortal.kill()
        time.sleep(random.choice([0, 0.1, 0.5]))
        self.mortal.start()
        for guest in guests:
            guest.recover()

    def run(self, seconds):
        """Work for some time, and have every kind of fault at least once."""
        pause = min(3, seconds / 12)
        for guest in self.guests:
            guest.start()
        end = time.monotonic() + seconds
        kinds = []
        while time.monotonic() < end or kinds:
            time.sleep(random.uniform(0.5, 1.5) * pause)
            for guest in self.guests:
                guest.look()
            kinds = kinds or random.sample(sorted(self.faults), len(self.faults))
            kind = kinds.pop()
            self.now = kind
            self.faults[kind]()
            self.done[kind] += 1
        for guest in self.guests:
            guest.finish()
        return self.memory()

    def memory(self):
        """Return what the lasting host program holds without guests."""
        limit = time.monotonic() + 5 * self.args.timeout_factor
        while any(map(self.lasting.connections, self.lasting.sockets)):
            if time.monotonic() > limit:
                raise Failed('the host program does not close the connections of its guests')
            time.sleep(0.05)
        time.sleep(0.5)
        return Memory(self.lasting)

    def grown(self, start, end):
        """Fail if the host program holds more than it did."""
        if end.resident - start.resident > GROWTH or end.files != start.files:
            raise Failed(f'a host program without guests had {start}, and now {end}')

    def report(self, seconds):
        """Print what was done."""
        totals = self.totals
        for what, number in (
                ('seconds', f'{seconds:.0f}'),
                ('operations, right', totals['operations']),
                ('operations with an error, during faults', totals['errors']),
                ('operations with a wrong answer', 0),
                ('operations lost', totals['lost']),
                ('slowest operation without a fault, ms', totals['slowest']),
                ('sessions', totals['sessions']),
                *sorted(self.done.items())):
            print(f'{what:40} {number:>12}')


def soak(args, stack, directory):
    """Run it all and print it."""
    start = time.monotonic()
    it = Soak(args, stack, directory)
    try:
        before = it.run(args.seconds / 6)
        after = it.run(args.seconds * 5 / 6)
        it.report(time.monotonic() - start)
        print(f'host program after a sixth of the time: {before}\n'
              f'host program at the end:                {after}')
        if args.timeout_factor == 1:
            it.grown(before, after)
        for host in (it.lasting, it.mortal):
            host.end()
    except (Failed, ProgramError) as error:
        it.report(time.monotonic() - start)
        for log in it.logs:
            print(f'# the end of {os.path.basename(log)}:')
            print(''.join(f'#   {line}\n' for line in tail(log, 30).splitlines()), end='')
        print(f'not ok soak: {it.now}: {error}\n0 passed, 1 failed')
        return 1
    print(f"ok soak\n{1 + sum(it.done.values())} passed, 0 failed")
    return 0


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='soak.sh', description=__doc__.splitlines()[0])
    parser.add_argument('minutes', nargs='?', type=float, default=30, help='default: 30')
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--seed', type=int, help='start of the random numbers')
    parser.add_argument('--timeout-factor', type=int, default=1, metavar='N',
                        help='wait N times as long, and do not look at memory: for builds with '
                        'sanitizers')
    args = parser.parse_args()
    if args.minutes <= 0:
        parser.error(f'{args.minutes:g} minutes: more than 0 are needed')
    args.seconds = args.minutes * 60
    args.host_build = args.app_build = args.build
    build = Build(args.build)
    args.host, args.driver = build.host, build.driver
    args.app = build.path('app/test/virtio_crypto_test')
    args.wrap_host = args.wrap_app = ''
    random.seed(args.seed)
    args.seed = None  # each application has one of its own
    return args


def main():
    """Run the soak."""
    args = arguments()
    exit_on_signals()
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        with contextlib.ExitStack() as stack:
            return soak(args, stack, directory)


if __name__ == '__main__':
    sys.exit(main())
