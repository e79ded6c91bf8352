#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Test the driver over PCI in guests that the emulator QEMU runs.

Each machine is booted once, and runs its scenarios one after the other: inside.py has them. The
lines are those of virtio_crypto_test: `ok NAME`, `not ok NAME: reason`, `skip NAME: reason`, and
the totals at the end; a name begins with that of the machine and of the scenario.
"""

import argparse
import contextlib
import dataclasses
import fnmatch
import os
import re
import shlex
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from dpdk_process import ProgramError, exit_on_signals  # noqa: E402
from guest import Guest, check_qemu  # noqa: E402
import inside  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
RESULT = re.compile(r'^(ok|not ok|skip) ([^ :]+)(?:: (.*))?$')
REQUEST = re.compile(r'^request (\w+)$')

BUILTIN = ('-object', 'cryptodev-backend-builtin,id=crypto0')


@dataclasses.dataclass
class Machine:
    """A guest: its devices, and the scenarios of inside.py that it runs, in this order."""
    scenarios: tuple
    options: tuple = ()
    machine: str = 'pc'
    append: str = ''


MACHINES = {
    'builtin': Machine(
        ('uio_cases', 'uio_direct', 'uio_suite', 'uio_perf', 'uio_reset', 'uio_both_drivers',
         'uio_dpdks_driver', 'uio_guide', 'uio_secondary', 'noiommu_cases', 'noiommu_reset',
         'bind_errors', 'uio_unplug'),
        (*BUILTIN, '-device', 'virtio-crypto-pci,id=dev0,cryptodev=crypto0')),
    'no_msix': Machine(
        ('uio_cases',),
        (*BUILTIN, '-device', 'virtio-crypto-pci,id=dev0,cryptodev=crypto0,vectors=0')),
    'iommu': Machine(
        ('vfio_cases', 'vfio_reset', 'vfio_secondary', 'vfio_unplug'),
        ('-device', 'intel-iommu,intremap=on', '-device', 'pcie-root-port,id=port0', *BUILTIN,
         '-device', 'virtio-crypto-pci,id=dev0,bus=port0,cryptodev=crypto0,iommu_platform=on'),
        machine='q35', append='intel_iommu=on'),
    'past_the_iommu': Machine(
        ('vfio_refused', 'uio_cases'),
        ('-device', 'intel-iommu,intremap=on', *BUILTIN, '-device',
         'virtio-crypto-pci,id=dev0,cryptodev=crypto0'),
        machine='q35', append='intel_iommu=on'),
}


def chosen(args, name):
    """Return the scenarios of a machine that the command line asks for."""
    return [scenario for scenario in MACHINES[name].scenarios
            if not args.filter or any(fnmatch.fnmatch(f'{name}/{scenario}', pattern)
                                      or fnmatch.fnmatch(name, pattern)
                                      for pattern in args.filter)]


def command(args, name, scenarios):
    """Return the command for the guest."""
    words = [sys.executable, '-u', os.path.join(HERE, 'inside.py'), '--build',
             os.path.abspath(args.build), '--patience', str(args.patience), '--prefix', name,
             *scenarios]
    # It reads from the line by which its results come.
    return ' '.join(shlex.quote(word) for word in words) + ' </dev/ttyS1'


class Counter:
    """Prints and counts results."""

    def __init__(self):
        self.counts = {'ok': 0, 'not ok': 0, 'skip': 0}

    def say(self, verdict, name, reason=''):
        """Print and count one result."""
        self.counts[verdict] += 1
        print(f'{verdict} {name}{": " if reason else ""}{reason}', flush=True)


def serve(guest, begun, counter, deadline):
    """Take the results of a guest until its command ends; return the command's exit status."""
    while True:
        line = guest.next_line(begun, deadline - time.monotonic())
        if isinstance(line, int):
            return line
        if match := RESULT.match(line):
            counter.say(*match.groups(''))
        elif match := REQUEST.match(line):
            if match[1] == 'unplug':
                guest.qmp.execute('device_del', id='dev0')
            guest.say('done')
        elif line:
            print(f'# {line}', flush=True)


def run_machine(args, name, counter):
    """Boot one machine and run its scenarios."""
    machine = MACHINES[name]
    scenarios = chosen(args, name)
    limit = sum(inside.seconds_for(scenario) for scenario in scenarios)
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix='vcrypto.'))
        guest = stack.enter_context(Guest(
            directory, machine.options, args.qemu, memory=1280, cpus=2, machine=machine.machine,
            append=machine.append, patience=args.patience))
        begun = guest.begin(command(args, name, scenarios))
        status = serve(guest, begun, counter, time.monotonic() + limit * args.patience)
        if status != 0:
            raise guest.failure(f'the tests in the guest ended with {status}')


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--filter', action='append', default=[], metavar='GLOB',
                        help='only such machines, or MACHINE/SCENARIO; several times if wanted')
    parser.add_argument('--list', action='store_true', help='print the names of the scenarios')
    parser.add_argument('--qemu', default='qemu-system-x86_64',
                        help='the emulator (default: %(default)s)')
    parser.add_argument('--patience', type=int, default=1, metavar='N', help='wait N times as long')
    return parser.parse_args()


def main():
    """Boot the machines and print the totals."""
    args = arguments()
    names = [name for name in MACHINES if chosen(args, name)]
    if args.list:
        for name in names:
            print('\n'.join(f'{name}/{scenario}' for scenario in chosen(args, name)))
        return 0
    exit_on_signals()
    counter = Counter()
    try:
        check_qemu(args.qemu)
        for name in names:
            try:
                run_machine(args, name, counter)
            except ProgramError as error:
                said = str(error).splitlines()
                counter.say('not ok', f'{name}/machine', said[0])
                print(''.join(f'#   {line}\n' for line in said[1:]), end='')
    except ProgramError as error:
        counter.say('not ok', 'emulator', str(error).splitlines()[0])
    if not any(counter.counts.values()):
        counter.say('not ok', 'filter', 'no machine or scenario has such a name')
    print('{ok} passed, {not ok} failed, {skip} skipped'.format_map(counter.counts))
    return 1 if counter.counts['not ok'] else 0


if __name__ == '__main__':
    sys.exit(main())
