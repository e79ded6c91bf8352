#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Run scenarios inside a guest, on its virtio-crypto PCI device. Run by guests.py.

inside_cases.py and inside_faults.py have the scenarios.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile

from inside_run import DEVICES, SCENARIOS, Inside
import inside_cases  # noqa: F401 it adds to SCENARIOS
import inside_faults  # noqa: F401
from dpdk_process import Build, ProgramError, tail
from two_process_programs import Failed

HUGEPAGES = 290  # of 2 MiB


def run_scenario(args, name):
    """Run one scenario."""
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        with contextlib.ExitStack() as stack:
            run = None
            try:
                run = Inside(args, f'{args.prefix}/{name}', stack, directory)
                SCENARIOS[name](run)
            except (Failed, ProgramError, OSError, subprocess.SubprocessError) as error:
                said = str(error).strip().splitlines()
                print(f'not ok {args.prefix}/{name}: {said[0]}', flush=True)
                print('\n'.join(said[1:]), flush=True)
                if run:
                    run.counts['not ok'] += 1
        if run and run.counts['not ok']:
            for log in run.logs:
                print(f'the end of {os.path.basename(log)}:\n{tail(log, 40)}', flush=True)


def main():
    """Run the scenarios that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--timeout-factor', type=int, default=1)
    parser.add_argument('--prefix', required=True)
    parser.add_argument('--device', required=True, choices=DEVICES)
    parser.add_argument('--vfio-module')
    parser.add_argument('scenarios', nargs='+', choices=SCENARIOS)
    args = parser.parse_args()
    args.host_build = args.app_build = args.build
    build = Build(args.build)
    args.driver, args.host = build.driver, build.host
    args.app = build.path('app/test/virtio_crypto_test')
    args.hugepages, args.case, args.seed, args.wrap_app, args.wrap_host = True, [], None, '', ''
    args.wrong_anyway = {}
    with open('/proc/sys/vm/nr_hugepages', 'w', encoding='ascii') as file:
        file.write(str(HUGEPAGES))
    for name in args.scenarios:
        run_scenario(args, name)
    return 0


if __name__ == '__main__':
    sys.exit(main())
