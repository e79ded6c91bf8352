# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What the scenarios with DPDK's own programs share."""

import os
import subprocess

from dpdk_process import Build, HostProgram, ProgramError, device_options

EXAMPLES = '/usr/share/dpdk/examples'  # of Debian's package dpdk-doc


class Different(Exception):
    """A program gave something else than it has to."""


class Host(HostProgram):
    """The host program with several cryptodevs, and devices of so many queue pairs."""

    def __init__(self, binary, cryptodevs, log, devices=1, queues=1):
        super().__init__(binary, '', log=log)
        self.argv[self.argv.index('--vdev'):self.argv.index('--')] = [
            word for name in cryptodevs for word in ('--vdev', f'{name}0')]
        self.argv[self.argv.index('--config') + 1] = ','.join(
            f'(1,{number},0)' for number in range(len(cryptodevs)))
        self.sockets = [self.socket] + [f'{self.socket}{number}' for number in range(1, devices)]
        self.argv += [word for path in self.sockets[1:] for word in ('--socket-file', f'1,{path}')]
        self.argv += ['--queues', str(queues), '--mode', 'adaptive']


class Run:
    """What the scenarios share: programs, a place for files, and the results."""

    def __init__(self, args, directory):
        self.args = args
        self.build = Build(args.build)
        self.directory = directory
        self.name = ''
        self.count = {'ok': 0, 'not ok': 0, 'skip': 0}

    def say(self, verdict, text=''):
        """Print and count a result."""
        self.count[verdict] += 1
        print(f'{verdict} programs/{self.name}{": " if text else ""}{text}', flush=True)

    def example(self, name):
        """Compile one of DPDK's examples; return its path."""
        target = f'app/test/programs/dpdk_example_{name}'
        done = subprocess.run(['ninja', '-C', self.build.directory, target],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode != 0:
            raise ProgramError(f'cannot build {target}. Is the package dpdk-doc installed, and was '
                               f'it when {self.build.directory} was made?\n{done.stdout[-2000:]}')
        return self.build.path(target)

    def host(self, stack, cryptodevs, **shape):
        """Start a host program."""
        log = os.path.join(self.directory, f"{self.name.replace('/', '_')}.host.log")
        host = Host(self.build.host, cryptodevs, log, **shape)
        host.timeout_factor = self.args.timeout_factor
        return stack.enter_context(host)

    def devices(self, host, queues=1):
        """Return the EAL options for our driver on every socket of a host program."""
        words = device_options(self.build.driver, host.sockets[0])[:2]
        for number, path in enumerate(host.sockets):
            words += ['--vdev', f'crypto_virtio_user{number},path={path},queues={queues}']
        return words


def natively(cryptodevs):
    """Return the EAL options for the cryptodevs themselves."""
    return [word for name in cryptodevs for word in ('--vdev', f'{name}0')]
