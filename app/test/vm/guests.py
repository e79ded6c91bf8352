#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Test drivers of DPDK over PCI in guests that the emulator QEMU runs.

Each machine is booted once, with QEMU's own device or with that of a host program of its own, and
runs its scenarios one after the other: those of inside_cases.py and inside_faults.py. The lines are
those of virtio_crypto_test: `ok NAME`, `not ok NAME: reason`, `skip NAME: reason`, and the totals
at the end; a name begins with that of the machine and of the scenario.
"""

import argparse
import contextlib
import dataclasses
import fnmatch
import os
import re
import shlex
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'two_process')]

from dpdk_process import Build, ProgramError, exit_on_signals, tail  # noqa: E402
from dpdks_host import DpdksHost, Missing, add_dpdk_option, newer_dpdk  # noqa: E402
from front_ends import (Skipped, add_qemu_options, builtin, generic,  # noqa: E402
                        newer_qemu, vhost_user)
from guest import Guest, check_qemu  # noqa: E402
import guide  # noqa: E402
import inside_cases  # noqa: E402,F401
import inside_faults  # noqa: E402,F401
import inside_run  # noqa: E402
from two_process_programs import EVERY_ALGORITHM, Failed, Host  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
RESULT = re.compile(r'^(ok|not ok|skip) ([^ :]+)(?:: (.*))?$')
REQUEST = re.compile(r'^request (\w+)$')

IOMMU = ('-device', 'intel-iommu,intremap=on')


def own_device(device='', *before):
    """Return a function that returns the options for QEMU's own device."""
    return lambda _socket, queues: [*before, *builtin(queues, device)]


@dataclasses.dataclass
class Machine:
    """A guest: its device, and the scenarios that it runs, in this order.

    `device` says what the scenarios expect of it, see inside_run.py. `options` returns QEMU's
    options for a socket and a number of queues. `cryptodevs`: those of the host program, if it has
    one.
    """
    device: str
    scenarios: tuple
    options: object = own_device()
    machine: str = 'pc'
    append: str = ''
    cryptodevs: tuple = ()
    queues: int = 1
    newer: bool = False  # it takes a QEMU with the generic front-end
    guide: bool = False  # the options, and those of the host program, are the guide's
    theirs: bool = False  # the host program and its library are those of a newer DPDK


OURS = ('uio_cases', 'uio_direct', 'uio_suite', 'uio_perf', 'uio_reset', 'uio_guide')
THEIRS = ('uio_dpdks_driver', 'uio_dpdks_suite', 'uio_dpdks_perf')

MACHINES = {
    'builtin': Machine('builtin', (
        'uio_cases', 'uio_direct', 'uio_suite', 'uio_perf', 'uio_reset', 'uio_both_drivers',
        'uio_behind_host', 'uio_dpdks_driver', 'uio_dpdks_perf', 'uio_guide', 'uio_secondary',
        'noiommu_cases', 'noiommu_perf', 'noiommu_reset', 'noiommu_behind_host',
        'noiommu_secondary', 'bind_errors', 'uio_unplug')),
    'no_msix': Machine('builtin', ('uio_cases',), own_device(',vectors=0')),
    'iommu': Machine('builtin', ('vfio_cases', 'vfio_reset', 'vfio_secondary', 'vfio_behind_host',
                                 'vfio_unplug'),
                     own_device(',bus=port0,iommu_platform=on', *IOMMU, '-device',
                                'pcie-root-port,id=port0'),
                     machine='q35', append='intel_iommu=on'),
    'past_the_iommu': Machine('builtin', ('vfio_refused', 'uio_cases'), own_device('', *IOMMU),
                              machine='q35', append='intel_iommu=on'),
    'vhost_user': Machine('vhost_user', (*OURS, *THEIRS, 'uio_secondary', 'uio_unplug'),
                          vhost_user, cryptodevs=('crypto_aesni_mb', 'crypto_openssl')),
    'vhost_user_queues': Machine('vhost_user', ('uio_first_queue', 'uio_dpdks_driver'), vhost_user,
                                 cryptodevs=('crypto_aesni_mb',), queues=2),
    'generic': Machine('generic', (*OURS, 'uio_suite_asym', *THEIRS, 'uio_secondary',
                                   'uio_ready', 'uio_unplug'),
                       generic, cryptodevs=EVERY_ALGORITHM, newer=True),
    'generic_queues': Machine('generic', ('uio_queues', 'uio_dpdks_driver'), generic,
                              cryptodevs=EVERY_ALGORITHM, queues=2, newer=True),
    # The host program and QEMU as the guide to virtual machines has them.
    'guide': Machine('vhost_user', ('uio_guide',),
                     lambda socket, _: guide.qemu_words('cryptodev-vhost-user', socket),
                     cryptodevs=('crypto_aesni_mb', 'crypto_openssl'), guide=True),
    'guide_generic': Machine('generic', ('uio_guide',),
                             lambda socket, _: guide.qemu_words('vhost-user-test-device', socket),
                             cryptodevs=('crypto_aesni_mb', 'crypto_openssl'), guide=True,
                             newer=True),
    'dpdks_host': Machine('dpdks_host', ('uio_few_cases', 'uio_perf', 'uio_dpdks_driver',
                                         'uio_dpdks_perf'),
                          vhost_user, newer=True, theirs=True),
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
             os.path.abspath(args.build), '--timeout-factor', str(args.timeout_factor),
             '--prefix', name,
             '--device', MACHINES[name].device, *scenarios]
    if args.vfio_module:
        words += ['--vfio-module', os.path.abspath(args.vfio_module)]
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


def obey(request, guest, host):
    """Do what a guest cannot do itself."""
    if request == 'unplug':
        guest.qmp.execute('device_del', id='crypto')
    elif request == 'switch':  # whether the device is ready
        host.process.send_signal(signal.SIGUSR1)


def serve(guest, host, begun, counter, deadline):
    """Take the results of a guest until its command ends; return the command's exit status."""
    while True:
        line = guest.next_line(begun, deadline - time.monotonic())
        if isinstance(line, int):
            return line
        if match := RESULT.match(line):
            counter.say(*match.groups(''))
        elif match := REQUEST.match(line):
            obey(match[1], guest, host)
            guest.say('done')
        elif line:
            print(f'# {line}', flush=True)


def machine_host(args, machine, directory):
    """Return the host program of a machine, or nothing."""
    log = os.path.join(directory, 'host.log')
    if machine.theirs:
        return DpdksHost(args, log, directory, newer_dpdk(args))
    if machine.cryptodevs:
        host = Host(args, log, machine.cryptodevs, options=['--queues', str(machine.queues)])
        if machine.guide:
            host.argv[1:] = guide.host_words(host.socket, host.prefix)
        return host
    return None


def run_machine(args, name, counter):
    """Boot one machine and run its scenarios."""
    machine = MACHINES[name]
    scenarios = chosen(args, name)
    limit = sum(inside_run.seconds_for(scenario) for scenario in scenarios)
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix='vcrypto.'))
        qemu = newer_qemu(args) if machine.newer else args.qemu
        host = machine_host(args, machine, directory)
        if host:
            stack.enter_context(host)
        guest = stack.enter_context(Guest(
            directory, machine.options(host and host.socket, machine.queues), qemu,
            memory=None if machine.guide else 1280, cpus=2, machine=machine.machine,
            append=machine.append, timeout_factor=args.timeout_factor))
        begun = guest.begin(command(args, name, scenarios))
        try:
            status = serve(guest, host, begun, counter,
                           time.monotonic() + limit * args.timeout_factor)
            if status != 0:
                raise guest.failure(f'the tests in the guest ended with {status}')
            guest.stop()
            if host and machine.theirs:
                host.check()
                host.kill()
            elif host:
                host.end()
                counter.say('ok', f'{name}/host')
        except (Failed, ProgramError) as error:
            said = f'\nthe host program said:\n{tail(host.output, 40)}' if host else ''
            raise ProgramError(f'{error}{said}') from error


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--filter', action='append', default=[], metavar='GLOB',
                        help='only such machines, or MACHINE/SCENARIO; several times if wanted')
    parser.add_argument('--list', action='store_true', help='print the names of the scenarios')
    add_qemu_options(parser)
    add_dpdk_option(parser)
    parser.add_argument('--vfio-module', default=os.environ.get('VFIO_MODULE'), metavar='FILE',
                        help='vfio.ko with CONFIG_VFIO_NOIOMMU, which devtools/vfio_module.sh '
                             "builds, for guests' kernels without (default: VFIO_MODULE of the "
                             'environment)')
    parser.add_argument('--timeout-factor', type=int, default=1, metavar='N',
                        help='multiply all timeouts by N')
    args = parser.parse_args()
    args.host_build = args.app_build = args.build
    args.host, args.wrap_host = Build(args.build).host, ''
    return args


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
            except (Skipped, Missing) as reason:
                counter.say('skip', f'{name}/machine', str(reason))
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
