#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Run DPDK's own cryptodev test suite on a cryptodev and through our driver, case by case.

The suite is the one in the unmodified dpdk-test. It runs natively on the cryptodev first, then on
our driver with the same cryptodev behind the host program. A case that fails through our driver is
a failure, and so is a sub-suite that passes fewer cases than its minimum.
"""

import argparse
import dataclasses
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from dpdk_process import (Build, HostProgram, Program, ProgramError, device_options,  # noqa: E402
                          exit_on_signals, memory_options, processors)

# What the virtio-crypto specification cannot say: no case of these is expected to run.
OUTSIDE = ('AES Docsis', 'DES Docsis', 'DOCSIS Proto Unit Test Suite',
           'IPsec Proto Unit Test Suite', 'PDCP Proto Unit Test Suite')
STATES = {'succeeded': 'passed', 'failed': 'failed', 'skipped': 'skipped',
          'unsupported': 'skipped'}
RULE = re.compile(r'^ \+ -+ \+$')
SUITE = re.compile(r'^ \+ Test Suite : (.*)$')
SUMMARY = re.compile(r'^ \+ Test Suite Summary : (.*)$')
CASE = re.compile(r'^ \+ TestCase \[ *(\d+)\] : (.*) (succeeded|failed|skipped|unsupported)$')
TOTAL = re.compile(r'^ \+ (.*) : (\d+)/(\d+) passed, (\d+)/\d+ skipped, (\d+)/\d+ failed')


@dataclasses.dataclass
class SubSuite:
    """One sub-suite: its own totals, and the state of each case by number and name."""
    name: str
    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    cases: dict = dataclasses.field(default_factory=dict)


def parse(lines):
    """Read the output of dpdk-test; return its sub-suites by name, in their order."""
    suites = {}
    current = None
    for line in lines:
        line = line.rstrip('\n')
        if match := SUITE.match(line):
            current = suites.setdefault(match[1], SubSuite(match[1]))
        elif match := CASE.match(line):
            current.cases[f'{match[1]} {match[2]}'] = STATES[match[3]]
        elif match := TOTAL.match(line):
            suite = suites.setdefault(match[1], SubSuite(match[1]))
            suite.passed, suite.total, suite.skipped, suite.failed = (
                int(match[index]) for index in (2, 3, 4, 5))
    return {name: suite for name, suite in suites.items() if suite.total}


class Suite:
    """Runs the suite and keeps what it printed."""

    def __init__(self, preload, hugepages, logs):
        self.preload = preload
        self.memory = memory_options(512, hugepages)
        self.logs = logs

    def run(self, name, driver, eal, timeout=300):
        """Run the suite on the devices of one driver; return its sub-suites."""
        env = {'SUITE_DRIVER': driver, 'DPDK_TEST': 'cryptodev_virtio_autotest'}
        output = os.path.join(self.logs, f'suite-{name}.out')
        errors = os.path.join(self.logs, f'suite-{name}.err')
        argv = ['dpdk-test', '--lcores', f'0@{processors()[1]}', '--no-pci', *eal]
        with Program(argv, output, errors, self.memory, self.preload, env) as program:
            status = program.wait(timeout)
            with open(output, encoding='utf-8', errors='replace') as text:
                suites = parse(text)
            if not suites:
                raise program.failure(f'{name}: the suite ended with status {status} before its '
                                      f'summary; its output is in {output}')
        return suites


def counts(suite):
    """Return passed, failed and skipped of a sub-suite that may not have run at all."""
    return (suite.passed, suite.failed, suite.skipped) if suite else (0, 0, 0)


def print_table(native, ours):
    """Print one line for each sub-suite."""
    form = '{:<46}{:>7}{:>8}   {:>7}{:>8}{:>9}'
    print(form.format('', 'native', '', 'ours', '', ''))
    print(form.format('sub-suite', 'total', 'passed', 'passed', 'failed', 'skipped'))
    sums = [0] * 5
    for name, suite in native.items():
        row = (suite.total, suite.passed, *counts(ours.get(name)))
        sums = [a + b for a, b in zip(sums, row)]
        print(form.format(name, *row))
    print(form.format('all', *sums))


def differences(native, ours):
    """Return the cases that pass natively and not through our driver, with what became of them."""
    lost = []
    for name, suite in native.items():
        if name in OUTSIDE:
            continue
        cases = ours[name].cases if name in ours else {}
        for case, state in suite.cases.items():
            if state == 'passed' and cases.get(case) != 'passed':
                lost.append((name, case, cases.get(case, 'not run')))
    return lost


def failures(ours, minimum):
    """Return a line for each case that failed and each minimum that is not met."""
    lines = [f'{suite.name}: {case} failed' for suite in ours.values()
             for case, state in suite.cases.items() if state == 'failed']
    for suite in ours.values():
        counted = sum(state == 'failed' for state in suite.cases.values())
        if suite.failed > counted:
            lines.append(f'{suite.name}: {suite.failed - counted} cases failed in its set-up')
    for name, least in minimum.items():
        passed = counts(ours.get(name))[0]
        if passed < least:
            lines.append(f'{name}: {passed} cases passed, at least {least} have to')
    return lines


def read_minimum(words):
    """Read NAME=NUMBER words and lines of files into a dictionary."""
    minimum = {}
    for word in words:
        lines = [word]
        if '=' not in word:
            with open(word, encoding='utf-8') as file:
                lines = [line.strip() for line in file]
        for line in lines:
            if not line or line.startswith('#'):
                continue
            name, _, number = line.rpartition('=')
            if not name or not number.isdigit():
                sys.exit(f"error: minimum '{line}' is not NAME=NUMBER")
            minimum[name] = int(number)
    return minimum


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default='build', help='build directory (default: build)')
    parser.add_argument('--driver-so', help='our driver (default: the one in the build)')
    parser.add_argument('--host-binary', help='the host program (default: the one in the build)')
    parser.add_argument('--preload', help='suite_preload.so (default: the one in the build)')
    parser.add_argument('--cryptodev', default='crypto_aesni_mb',
                        help='crypto_aesni_mb (default) or crypto_openssl')
    parser.add_argument('--native', action='store_true',
                        help='compare the cryptodev with itself, to try the comparison')
    parser.add_argument('--minimum', action='append', default=[], metavar='NAME=N|FILE',
                        help='cases that a sub-suite has to pass (default: CRYPTODEV.minimum)')
    parser.add_argument('--hugepages', action='store_true', help='use hugepages')
    parser.add_argument('--json', metavar='OUT', help='write every case there')
    parser.add_argument('--logs', help='keep the output of dpdk-test in this directory')
    return parser.parse_args()


def run_both(args, logs):
    """Run the suite natively and through our driver."""
    build = Build(args.build)
    preload = os.path.abspath(args.preload or build.suite_preload)
    if not os.path.exists(preload):
        raise ProgramError(f'there is no {preload}: build it, or name it with --preload')
    suite = Suite([*build.runtime(), preload], args.hugepages, logs)
    eal = ['--vdev', f'{args.cryptodev}0']
    native = suite.run('native', args.cryptodev, eal)
    if args.native:
        return native, suite.run('again', args.cryptodev, eal)
    with HostProgram(args.host_binary or build.host, args.cryptodev, args.hugepages,
                     os.path.join(logs, 'suite-host.log')) as host:
        eal = device_options(os.path.abspath(args.driver_so or build.driver), host.socket)
        ours = suite.run('ours', 'crypto_virtio_user', eal)
        host.check()
    return native, ours


def main():
    """Compare; the exit status is 1 when a case failed or a minimum is not met."""
    args = arguments()
    exit_on_signals()
    files = args.minimum or [os.path.join(HERE, f'{args.cryptodev}.minimum')]
    minimum = read_minimum(files)
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        native, ours = run_both(args, args.logs or directory)
    print_table(native, ours)
    lost = differences(native, ours)
    print(f"\n{len(lost)} cases pass natively, and not through our driver"
          f" ({', '.join(OUTSIDE)} not counted: they are not in the specification)")
    for name, case, state in lost:
        print(f'  {name}: {case}: {state}')
    problems = failures(ours, minimum)
    for line in problems:
        print(f'not ok {line}')
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as out:
            json.dump({'cryptodev': args.cryptodev,
                       'native': [dataclasses.asdict(suite) for suite in native.values()],
                       'ours': [dataclasses.asdict(suite) for suite in ours.values()],
                       'lost': lost, 'problems': problems}, out, indent=1)
    passed = sum(suite.passed for suite in ours.values())
    skipped = sum(suite.skipped for suite in ours.values())
    print(f'{passed} passed, {len(problems)} failed, {skipped} skipped')
    return 1 if problems else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except ProgramError as problem:
        sys.exit(f'error: {problem}')
