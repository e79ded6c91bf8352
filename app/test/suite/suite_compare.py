#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Run DPDK's own cryptodev test suites on a cryptodev and through our driver, case by case.

The suites are those of the unmodified dpdk-test. One runs natively on the cryptodev first, then on
our driver with the same cryptodev behind the host program. What passes natively has to pass through
our driver, or to be listed in inexpressible_SUITE.list with the reason why virtio-crypto cannot
express it; and what is listed must not pass. No case may fail.
"""

import argparse
import dataclasses
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'two_process'))

from dpdk_process import (Build, HostProgram, Program, ProgramError, device_options,  # noqa: E402
                          exit_on_signals, memory_options, processors)

STATES = {'succeeded': 'passed', 'failed': 'failed', 'skipped': 'skipped',
          'unsupported': 'skipped'}
SUITE = re.compile(r'^ \+ Test Suite(?: Summary)? : (.*)$')
CASE = re.compile(r'^ \+ TestCase \[ *\d+\] : (.*) (succeeded|failed|skipped|unsupported)$')
COUNT = re.compile(r'^ \+ Tests (Failed|Skipped|Unsupported) *: +(\d+)$')
PARENT = re.compile(r'^ \+ Sub Testsuites Total ')
# A case of the asymmetric suite that goes through vectors has a line for each. What stands behind
# the description of one that was skipped is not initialised.
VECTOR = re.compile(r'^  \d+\) TestCase ([^()]+\([^()]*\)(?: EXP, QT)?)(.*)$')
REFUSED = 'suite_preload: not supported'


@dataclasses.dataclass
class Command:
    """A suite: its command of dpdk-test, and the driver whose devices it asks for."""
    command: str
    asks: str
    cryptodev: str  # behind it if nothing else is said
    passes: dict  # natively, by cryptodev: fewer, and the suite itself did not run as it should


COMMANDS = {
    'sym': Command('cryptodev_virtio_autotest', 'crypto_virtio', 'crypto_aesni_mb',
                   {'crypto_aesni_mb': 388, 'crypto_openssl': 226}),
    'asym': Command('cryptodev_openssl_asym_autotest', 'crypto_openssl', 'crypto_openssl',
                    {'crypto_openssl': 20}),
}


@dataclasses.dataclass
class SubSuite:
    """One sub-suite: the state of each case by name, and how many cases of which state have none.

    Cases are not named when the set-up of their sub-suite fails or has them skipped.
    """
    name: str
    cases: dict = dataclasses.field(default_factory=dict)
    unnamed: dict = dataclasses.field(default_factory=dict)

    def count(self, state):
        """Return how many cases are in a state."""
        return sum(has == state for has in self.cases.values()) + self.unnamed.get(state, 0)

    def total(self):
        """Return how many cases there are."""
        return len(self.cases) + sum(self.unnamed.values())


class Parser:
    """Reads the output of dpdk-test."""

    def __init__(self):
        self.suites = {}
        self.current = None  # the sub-suite
        self.printed = {}  # cases of the current sub-suite, by what dpdk-test says of them
        self.vectors = {}  # of the case whose line is to come
        self.refused = False  # the driver had not what was asked for, since the last line

    def read(self, lines):
        """Return the sub-suites by name, in their order."""
        for line in lines:
            line = line.rstrip('\n')
            if match := SUITE.match(line):
                self.enter(match[1])
            elif line == REFUSED:
                self.refused = True
            elif match := VECTOR.match(line):
                self.add_vector(match[1], match[2].endswith(' PASS'))
            elif match := CASE.match(line):
                self.add_case(match[1], match[2])
            elif match := COUNT.match(line):
                self.add_unnamed(match[1].lower(), int(match[2]))
            elif PARENT.match(line):
                del self.suites[self.current.name]
        return self.suites

    def enter(self, name):
        """Begin a sub-suite, or its summary."""
        if self.current is None or self.current.name != name:
            self.printed = {}
        self.current = self.suites.setdefault(name, SubSuite(name))

    def add_vector(self, name, passed):
        """Add a vector of the case whose line is to come."""
        if name in self.vectors:
            name += ' without a session'
        self.vectors[name] = ('skipped' if self.refused else 'passed' if passed else 'failed')
        self.refused = False

    def add_case(self, name, word):
        """Add a case, or the vectors that it has gone through."""
        cases = self.current.cases
        self.printed[word] = self.printed.get(word, 0) + 1
        cases.update((f'{name}: {vector}', state) for vector, state in self.vectors.items())
        # It fails when one of them is skipped: then, as always, they say more than it does.
        explained = word != 'failed' or set(self.vectors.values()) != {'passed'}
        if not self.vectors or not explained:
            state = 'skipped' if word == 'failed' and self.refused else STATES[word]
            cases[f'{name} again' if name in cases else name] = state
        self.vectors = {}
        self.refused = False

    def add_unnamed(self, word, number):
        """Take what a summary has more of than there were lines."""
        more = number - self.printed.get(word, 0)
        if more > 0:
            state = STATES[word]
            self.current.unnamed[state] = self.current.unnamed.get(state, 0) + more


class Suite:
    """Runs a suite and keeps what it printed."""

    def __init__(self, command, preload, hugepages, log):
        self.command = command
        self.preload = preload
        self.memory = memory_options(512, hugepages)
        self.log = log  # how the paths of all logs begin

    def run(self, name, driver, eal, timeout=300):
        """Run the suite on the devices of one driver; return its sub-suites."""
        env = {'SUITE_ASKS': self.command.asks, 'SUITE_DRIVER': driver,
               'DPDK_TEST': self.command.command}
        output, errors = f'{self.log}-{name}.out', f'{self.log}-{name}.err'
        argv = ['dpdk-test', '--lcores', f'0@{processors()[1]}', '--no-pci', *eal]
        with Program(argv, output, errors, self.memory, self.preload, env) as program:
            status = program.wait(timeout)
            with open(output, encoding='utf-8', errors='replace') as text:
                suites = Parser().read(text)
            if status < 0 or not suites:
                raise program.failure(f'{name}: the suite ended with status {status}; its output '
                                      f'is in {output}')
        return suites


def print_table(native, ours, listed):
    """Print one line for each sub-suite."""
    form = '{:<46}{:>7}{:>8}   {:>7}{:>8}{:>9}{:>8}'
    print(form.format('', 'native', '', 'ours', '', '', ''))
    print(form.format('sub-suite', 'total', 'passed', 'passed', 'failed', 'skipped', 'listed'))
    sums = [0] * 6
    for name, suite in native.items():
        other = ours.get(name, SubSuite(name))
        row = (suite.total(), suite.count('passed'),
               *(other.count(state) for state in ('passed', 'failed', 'skipped')),
               sum(state == 'passed' and is_listed(listed, name, case)
                   for case, state in suite.cases.items()))
        sums = [a + b for a, b in zip(sums, row)]
        print(form.format(name, *row))
    print(form.format('all', *sums))


def is_listed(listed, suite, case):
    """Whether a case need not pass through our driver."""
    return (suite, case) in listed or (suite, '*') in listed


def lost(native, ours, listed):
    """Yield each case that passes natively only, without a reason."""
    for name, suite in native.items():
        cases = ours[name].cases if name in ours else {}
        for case, state in suite.cases.items():
            now = cases.get(case, 'not run')
            if state == 'passed' and now in ('skipped', 'not run') and \
                    not is_listed(listed, name, case):
                yield (f'{name}: {case}: passes natively, is {now} through our driver, and the '
                       'list has no reason for it')


def failed(ours):
    """Yield each case that failed through our driver."""
    for name, suite in ours.items():
        for case, state in suite.cases.items():
            if state == 'failed':
                yield f'{name}: {case}: failed'
        if 'failed' in suite.unnamed:
            yield f"{name}: {suite.unnamed['failed']} cases failed in its set-up"


def stale(native, ours, listed):
    """Yield each entry of the list that is not, or no longer, true."""
    for name, case in listed:
        if name not in native:
            yield f'{name}: {case}: is in the list, and there is no such sub-suite'
            continue
        now = ours[name].cases if name in ours else {}
        if any(state == 'passed' and case in (other, '*') for other, state in now.items()):
            yield f'{name}: {case}: is in the list, and passes through our driver'
        # Cases that are skipped together have no names.
        elif case != '*' and native[name].cases and case not in native[name].cases:
            yield f'{name}: {case}: is in the list, and there is no such case'


def incomplete(native, listed, least):
    """Yield a line if fewer cases pass natively than are known to."""
    passed = sum(suite.count('passed') for suite in native.values()
                 if (suite.name, '*') not in listed)
    if passed < least:
        yield f'natively only {passed} cases passed that virtio-crypto has, {least} have to'


def read_list(path):
    """Read the list of what virtio-crypto cannot express: reasons by sub-suite and case."""
    listed = {}
    suite = None
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            if match := re.fullmatch(r'\[(.+)\]', line):
                suite = match[1]
                continue
            case, _, reason = (part.strip() for part in line.partition('|'))
            if not suite or not case or not reason or (suite, case) in listed:
                sys.exit(f"error: {path}:{number}: '{line}' is not CASE | REASON behind a "
                         '[sub-suite], each case once')
            listed[suite, case] = reason
    return listed


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default='build', help='build directory (default: build)')
    parser.add_argument('--driver-so', help='our driver (default: the one in the build)')
    parser.add_argument('--host-binary', help='the host program (default: the one in the build)')
    parser.add_argument('--preload', help='suite_preload.so (default: the one in the build)')
    parser.add_argument('--suite', choices=COMMANDS, default='sym',
                        help='symmetric (default) or asymmetric algorithms')
    parser.add_argument('--cryptodev', help='the cryptodev: crypto_aesni_mb (default) or '
                        'crypto_openssl; with --suite asym the latter')
    parser.add_argument('--native', action='store_true',
                        help='compare the cryptodev with itself, to try the comparison')
    parser.add_argument('--hugepages', action='store_true', help='use hugepages')
    parser.add_argument('--json', metavar='OUT', help='write every case there')
    parser.add_argument('--logs', help='keep the output of dpdk-test in this directory')
    args = parser.parse_args()
    args.cryptodev = args.cryptodev or COMMANDS[args.suite].cryptodev
    return args


def run_both(args, logs):
    """Run the suite natively and through our driver."""
    build = Build(args.build)
    preload = os.path.abspath(args.preload or build.suite_preload)
    if not os.path.exists(preload):
        raise ProgramError(f'there is no {preload}: build it, or name it with --preload')
    log = os.path.join(logs, f'suite-{args.suite}-{args.cryptodev}')
    suite = Suite(COMMANDS[args.suite], [*build.runtime(), preload], args.hugepages, log)
    eal = ['--vdev', f'{args.cryptodev}0']
    native = suite.run('native', args.cryptodev, eal)
    if args.native:
        return native, suite.run('again', args.cryptodev, eal)
    with HostProgram(args.host_binary or build.host, args.cryptodev, args.hugepages,
                     f'{log}-host.log') as host:
        eal = device_options(os.path.abspath(args.driver_so or build.driver), host.socket)
        ours = suite.run('ours', 'crypto_virtio_user', eal)
        host.check()
    return native, ours


def main():
    """Compare; the exit status is 1 when something is not as it has to be."""
    args = arguments()
    exit_on_signals()
    listed = read_list(os.path.join(HERE, f'inexpressible_{args.suite}.list'))
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        native, ours = run_both(args, args.logs or directory)
    problems = [*incomplete(native, listed, COMMANDS[args.suite].passes.get(args.cryptodev, 1))]
    if args.native:
        listed = {}
    print_table(native, ours, listed)
    problems += [*failed(ours), *lost(native, ours, listed), *stale(native, ours, listed)]
    for line in problems:
        print(f'not ok {line}')
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as out:
            json.dump({'cryptodev': args.cryptodev,
                       'native': [dataclasses.asdict(suite) for suite in native.values()],
                       'ours': [dataclasses.asdict(suite) for suite in ours.values()],
                       'problems': problems}, out, indent=1)
    passed, skipped = (sum(suite.count(state) for suite in ours.values())
                       for state in ('passed', 'skipped'))
    print(f'{passed} passed, {len(problems)} failed, {skipped} skipped')
    return 1 if problems else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except ProgramError as problem:
        sys.exit(f'error: {problem}')
