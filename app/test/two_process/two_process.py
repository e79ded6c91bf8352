#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Test the driver and the device together: two processes, and a socket between them.

One process is dpdk-vhost_crypto, which serves a cryptodev; the other is virtio_crypto_test, which
has that cryptodev through our driver and checks every answer. Scenarios differ in the cryptodev,
the memory, the queues, and in who ends whom and when. The lines are those of virtio_crypto_test:
`ok NAME`, `not ok NAME: reason`, `skip NAME: reason`, and the totals at the end.
"""

import argparse
import contextlib
import os
import sys
import tempfile

import dpdks_host
from dpdk_process import Build, ProgramError, tail
import two_process_adaptive
import two_process_api
import two_process_boundary
import two_process_connections
import two_process_cryptodevs
import two_process_cut
import two_process_fairness
import two_process_faults
import two_process_features
import two_process_guests
import two_process_hostile
import two_process_keys
import two_process_messages
import two_process_ready
import two_process_resources
import two_process_restart
import two_process_secondary
import two_process_shrinking
import two_process_sockets
import two_process_telemetry
from two_process_programs import Failed, Run, run_chosen

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

MODULES = (
    two_process_cryptodevs, two_process_guests, two_process_restart, two_process_adaptive,
    two_process_api, two_process_boundary, two_process_connections, two_process_cut,
    two_process_fairness, two_process_faults, two_process_features, two_process_hostile,
    two_process_keys, two_process_messages, two_process_ready, two_process_resources,
    two_process_secondary, two_process_shrinking, two_process_sockets, two_process_telemetry)
SCENARIOS = {function.__name__: function for module in MODULES for function in module.SCENARIOS}


def over_other_rings(arguments, name):
    """Make a scenario of another one, with a driver that asks for other rings."""
    before = SCENARIOS[name]

    def over_them(run):
        run.arguments = arguments
        before(run)

    asked = [key for key, value in arguments.items() if value == 1]
    SCENARIOS['_'.join((*asked, name))] = over_them


for same in ('behind_aesni_mb', 'behind_several_cryptodevs', 'large_requests', 'several_queues',
             'small_queues', 'two_guests', 'host_killed_in_flight', 'host_killed_under_rsa',
             'application_killed_in_flight', 'adaptive_several_queues', 'not_ready_for_a_while',
             'hugepages_secondary_cases', 'hugepages_secondary_killed'):
    over_other_rings({'packed': 1, 'in_order': 1}, same)
for same in ('behind_openssl', 'host_killed_in_flight', 'hugepages_secondary_killed'):
    over_other_rings({'packed': 1}, same)
    over_other_rings({'in_order': 1, 'disable_features': 'indirect_desc'}, same)


def run_scenario(args, name):
    """Run one scenario; return its counts."""
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        with contextlib.ExitStack() as stack:
            run = Run(args, name, stack, directory)
            try:
                SCENARIOS[name](run)
            except dpdks_host.Missing as reason:
                run.result('skip', str(reason))
            except (Failed, ProgramError) as error:
                run.result('not ok', str(error).splitlines()[0])
        if run.counts['not ok']:
            for log in run.logs:
                print(f'# the end of {os.path.basename(log)} of {name}:')
                print(''.join(f'#   {line}\n' for line in tail(log, 30).splitlines()), end='')
    return run.counts


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--filter', action='append', default=[], metavar='GLOB',
                        help='only scenarios with such names; can be given several times')
    parser.add_argument('--case', action='append', default=[], metavar='GLOB',
                        help='only such cases of virtio_crypto_test, too')
    parser.add_argument('--list', action='store_true', help='print the names of the scenarios')
    parser.add_argument('--all', action='store_true', help='those that take long, too, which '
                        'otherwise run when --filter names them; and what is done again and '
                        'again as often as it can be done in some minutes')
    parser.add_argument('--hugepages', action='store_true', help='every scenario with hugepages')
    parser.add_argument('--seed', type=int, help='start of the random numbers')
    parser.add_argument('--host-build', metavar='DIR', help='build directory of the host program, '
                        'if it is another one')
    parser.add_argument('--app-build', metavar='DIR', help='build directory of the application and '
                        'the driver, if it is another one')
    parser.add_argument('--host', help='the host program (default: that of the build)')
    parser.add_argument('--app', help='the test application (default: that of the build)')
    parser.add_argument('--driver', help='the driver (default: that of the build)')
    parser.add_argument('--wrap-host', default='', metavar='COMMAND',
                        help='put in front of the host program, such as "valgrind -q"')
    parser.add_argument('--wrap-app', default='', metavar='COMMAND',
                        help='put in front of the application')
    dpdks_host.add_dpdk_option(parser)
    parser.add_argument('--timeout-factor', type=int, default=1, metavar='N',
                        help='multiply all timeouts by N, for slow machines and wrapped '
                        'programs')
    args = parser.parse_args()
    args.host_build = args.host_build or args.build
    args.app_build = args.app_build or args.build
    build = Build(args.app_build)
    args.host = args.host or Build(args.host_build).host
    args.driver = args.driver or build.driver
    args.app = args.app or build.path('app/test/virtio_crypto_test')
    args.wrong_anyway = {}
    args.left_out = () if args.all or args.filter else two_process_api.LONG
    return args


def main():
    """Run the scenarios and print the totals."""
    return run_chosen(arguments(), SCENARIOS, run_scenario)


if __name__ == '__main__':
    sys.exit(main())
