# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What the scenarios of guests with Linux's own driver share: their table, and what they need."""

import contextlib
import re
import time

# It finds the modules of the directory above.
from guest import Guest
from front_ends import Skipped, generic, newer_qemu, vhost_user

from dpdk_process import tail
from dpdks_host import DpdksHost
from two_process_programs import Failed, Run

DRIVER = 'virtio_crypto_aes_cbc'
BOTH = ('crypto_aesni_mb', 'crypto_openssl')
COUNTERS = re.compile(r'queue (\d+): (\d+) requests, (\d+) completed, (\d+) failed, '
                      r'(\d+) bad chains, (\d+) ring errors')
COUNTED = ('queue', 'requests', 'completed', 'failed', 'bad chains', 'ring errors')

SCENARIOS = {}


def scenario(function):
    """Add a scenario to the table, by its function's name."""
    SCENARIOS[function.__name__] = function
    return function


class LinuxRun(Run):
    """What a scenario needs: host programs, guests, and a place for its results."""

    def guest(self, options, qemu=None, **more):
        """Boot a guest."""
        guest = Guest(self.directory, options, qemu or self.args.qemu,
                      timeout_factor=self.args.timeout_factor, **more)
        self.logs += [guest.log, guest.console]
        return self.stack.enter_context(guest)

    def newer_qemu(self):
        """Return the QEMU that has the generic front-end."""
        return newer_qemu(self.args)

    def dpdks_host(self, folder=None):
        """Start DPDK's own host program on DPDK's own library."""
        return self.stack.enter_context(
            DpdksHost(self.args, self.log('host'), self.directory, folder))

    @staticmethod
    def end_host(host):
        """End a host program; return its counters, a dictionary for each queue."""
        host.end()
        rows = [dict(zip(COUNTED, map(int, match)))
                for match in COUNTERS.findall(tail(host.output, 99))]
        if not rows:
            raise Failed('the host program did not print its counters')
        return rows

    def finish_host(self, host):
        """End a host program, whose counters must say that every request was done."""
        rows = self.end_host(host)
        for row in rows:
            if row['completed'] != row['requests'] or row['failed'] or row['bad chains'] or \
                    row['ring errors']:
                raise Failed(f'counters of the host program: {row}')
        return sum(row['requests'] for row in rows)


def algorithms(guest):
    """Return the algorithms that the driver has registered: driver name and self-test."""
    rows = [dict(re.findall(r'^(\S+) *: (.*)$', row, re.MULTILINE))
            for row in guest.run('cat /proc/crypto').split('\n\n')]
    return {row['driver']: row['selftest'] for row in rows if row.get('module') == 'virtio_crypto'}


def wait_ready(guest, rsa=False):
    """Wait until the driver's algorithms are there and tested."""
    wanted = [DRIVER] + (['virtio-crypto-rsa'] if rsa else [])
    limit = time.monotonic() + 30 * guest.timeout_factor
    while True:
        found = algorithms(guest)
        if all(found.get(name) == 'passed' for name in wanted):
            return found
        if time.monotonic() > limit:
            raise Failed(f'{wanted} were to pass their self-tests; /proc/crypto has {found}')
        time.sleep(0.2)


def load(guest, rsa=False):
    """Load the driver, and what tests of its data need."""
    guest.run('modprobe -a virtio_crypto algif_skcipher')
    return wait_ready(guest, rsa)


def front_ends(run):
    """Return name, options and QEMU of the front-ends that there are here."""
    found = [('vhost_user', vhost_user, run.args.qemu)]
    with contextlib.suppress(Skipped):
        found.append(('generic', generic, run.newer_qemu()))
    return found
