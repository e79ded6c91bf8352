#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Run DPDK's own example programs, unmodified, on our driver and on the native cryptodevs.

Their sources are those of Debian's package dpdk-doc; they are compiled here. What a program gives
on our driver has to be what it gives natively, byte by byte.
"""

import argparse
import contextlib
import fnmatch
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'two_process'))

import l2fwd_scenarios  # noqa: E402
import secgw_scenarios  # noqa: E402
from dpdk_process import ProgramError, exit_on_signals  # noqa: E402
from running import Different, Run  # noqa: E402

SCENARIOS = {**secgw_scenarios.SCENARIOS, **l2fwd_scenarios.SCENARIOS}
LONG = {**secgw_scenarios.LONG, **l2fwd_scenarios.LONG}


def attempt(run, name, scenario):
    """Run one scenario; what goes wrong is a result of its own."""
    run.name = name
    try:
        scenario(run)
    except (Different, ProgramError) as error:
        run.say('not ok', str(error))


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--all', action='store_true', help='also what takes long')
    parser.add_argument('--filter', action='append', metavar='PATTERN',
                        help='only the scenarios whose names match; of all')
    parser.add_argument('--list', action='store_true', help='print the names of all scenarios')
    parser.add_argument('--packets', type=int, default=46, metavar='N', help='of each flow')
    parser.add_argument('--timeout-factor', type=float, default=1,
                        help='factor of all timeouts')
    parser.add_argument('--keep', metavar='FOLDER', help='where files of packets and logs stay')
    return parser.parse_args()


def main():
    """Run the scenarios."""
    args = arguments()
    exit_on_signals()
    if args.list:
        print('\n'.join([*SCENARIOS, *LONG]))
        return 0
    scenarios = {**SCENARIOS, **(LONG if args.all or args.filter else {})}
    if args.filter:
        scenarios = {name: scenario for name, scenario in scenarios.items()
                     if any(fnmatch.fnmatch(name, pattern) for pattern in args.filter)}
        if not scenarios:
            sys.exit(f'error: no scenario matches; there are {", ".join([*SCENARIOS, *LONG])}')
    with contextlib.ExitStack() as stack:
        directory = args.keep or stack.enter_context(
            tempfile.TemporaryDirectory(prefix='vcrypto.'))
        os.makedirs(directory, exist_ok=True)
        run = Run(args, directory)
        for name, scenario in scenarios.items():
            attempt(run, name, scenario)
    print('{ok} passed, {not ok} failed, {skip} skipped'.format(**run.count))
    return 1 if run.count['not ok'] else 0


if __name__ == '__main__':
    sys.exit(main())
