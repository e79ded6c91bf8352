# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""The two processes of a two-process test, and the results of one scenario."""

import argparse
import contextlib
import ctypes
import fnmatch
import os
import queue
import re
import shlex
import signal
import socket as sockets
import subprocess
import threading
import time

from dpdk_process import (LIBC, Build, HostProgram, Program, device_options, exit_on_signals,
                          loadable, memory_options, processors)

SYS_PIDFD_GETFD = 438
ESTABLISHED = '03'  # as /proc/net/unix prints it
FREE_HUGEPAGES = '/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages'
HUGEPAGES_NEEDED = 448  # of 2 MiB: 128 for the host program, 128 for each of two applications
RESULT = re.compile(r'^(ok|not ok|skip) ([^ :]+)(?:: (.*))?$')


class Failed(Exception):
    """A scenario went wrong; the text says how."""


# For all cases of an application: many times what they take on a machine that is idle.
APPLICATION_SECONDS = 900

# The cryptodevs that together do every algorithm of which DPDK knows.
EVERY_ALGORITHM = ('crypto_aesni_mb', 'crypto_openssl', 'crypto_libcrypto')

# Capabilities have no word for digests of 4, 8 and 16 bytes: those of 16 are not advertised.
NOT_ADVERTISED = 'known/zuc-eia3/zuc256-*-128/*'


def sanitizer_environment(words, directory):
    """Return what LeakSanitizer has to know about a program with these cryptodevs.

    crypto_openssl does not free what it has made of a session that it then refuses.
    """
    if not any('crypto_openssl' in word for word in words):
        return {}
    path = os.path.join(directory, 'leaks')
    with open(path, 'w', encoding='ascii') as file:
        file.write('leak:libcrypto.so\n')
    return {'LSAN_OPTIONS': f'suppressions={path}:print_suppressions=0'}


def plugin_options(build, cryptodevs):
    """Return the EAL options that load what of these cryptodevs is not DPDK's."""
    return ['-d', loadable(Build(build).libcrypto)] if 'crypto_libcrypto' in cryptodevs else []


# Cases that a cryptodev may get wrong by itself, so that no device could make up for that. They are
# left out where it does. With AVX-512 the DES of libipsec-mb 2.0 mixes up the buffers of jobs.
WRONG_AT_TIMES = {'crypto_aesni_mb': ('random/des-cbc', 'random/3des-cbc')}


class Host(HostProgram):
    """The host program, with as many sockets and cryptodevs as a scenario wants.

    `client`: it connects to its socket, on which the application listens.
    `workers`: the first cryptodev is a scheduler of these, in round-robin mode.
    `program`: another one with the same command line.
    `preload`, `env`: libraries to load first, and what they have to know.
    `first`: EAL options for one more cryptodev, which comes before the others.
    """

    def __init__(self, args, log, cryptodevs=('crypto_aesni_mb',), sockets=1, client=False,
                 options=(), hugepages=False, program=None, workers=(), preload=(), env=None,
                 first=()):
        plugins = plugin_options(args.host_build, [*cryptodevs, *workers])
        super().__init__(program or args.host, '', hugepages, log)
        self.env.update(sanitizer_environment([*cryptodevs, *workers], os.path.dirname(log)))
        self.env.update(env or {})
        if preload:
            self.env['LD_PRELOAD'] = ':'.join([*Build(args.host_build).runtime(), *preload])
        self.client = client
        names = [f'{worker}{number}' for number, worker in enumerate(workers)]
        numbers = range(len(names), len(names) + len(cryptodevs) + bool(first))
        for name in [f'{cryptodev}0' for cryptodev in cryptodevs]:
            if workers and name == 'crypto_scheduler0':
                name += ''.join(f',worker={worker}' for worker in names) + ',mode=round-robin'
            names.append(name)
        start = self.argv.index('--vdev')
        self.argv[start:self.argv.index('--')] = [
            *first, *(word for name in names for word in ('--vdev', name)), *plugins]
        if '-a' in first:
            self.argv.remove('--no-pci')
        config = ','.join(f'(1,{number},0)' for number in numbers)
        self.argv[self.argv.index('--config') + 1] = config
        for number in range(1, sockets):
            path = os.path.join(self.directory, f'vhost{number}.sock')
            self.sockets.append(path)
            self.argv += ['--socket-file', f'1,{path}']
        self.argv += ['--client'] if client else []
        self.argv = shlex.split(args.wrap_host) + self.argv + list(options)
        self.timeout_factor = args.timeout_factor

    def start(self):
        """Start it and, unless it is a client, wait until it listens."""
        if self.client:
            Program.start(self)
        else:
            super().start()

    def stop_by(self, number):
        """Send a signal and wait for the end; return the exit status."""
        self.process.send_signal(number)
        return self.wait(15 * self.timeout_factor)

    def end(self):
        """It must still be there, and end cleanly when told to."""
        self.check()
        status = self.stop_by(signal.SIGTERM)
        if status != 0:
            raise Failed(f'the host program ended with {status} on SIGTERM')

    def kill(self):
        """End it with no chance to clean up."""
        self.process.kill()
        self.process.wait()

    def connections(self, path):
        """Return its file descriptors of connections on one of its sockets."""
        with open('/proc/net/unix', encoding='utf-8') as table:
            rows = [line.split() for line in table if line.rstrip().endswith(path)]
        inodes = {f'socket:[{row[6]}]' for row in rows if row[5] == ESTABLISHED}
        place = f'/proc/{self.process.pid}/fd'
        found = []
        for number in os.listdir(place):
            with contextlib.suppress(OSError):
                if os.readlink(f'{place}/{number}') in inodes:
                    found.append(int(number))
        return found

    def cut(self, path):
        """Shut the connection on one of its sockets down, which neither end has asked for."""
        found = self.connections(path)
        if not found:
            raise Failed(f'nobody is connected to {path}')
        process = os.pidfd_open(self.process.pid)
        try:
            for number in found:
                copy = LIBC.syscall(SYS_PIDFD_GETFD, process, number, 0)
                if copy < 0:
                    raise Failed(f'pidfd_getfd: {os.strerror(ctypes.get_errno())}')
                with sockets.socket(fileno=copy) as connection:
                    connection.shutdown(sockets.SHUT_RDWR)
        finally:
            os.close(process)


class Application(Program):
    """virtio_crypto_test on our driver, or on a cryptodev of its own (native)."""

    def __init__(self, args, log, vdev, options=(), hugepages=False, lcores=1):
        cpu = processors()[1]
        places = ','.join(f'{number}@{cpu}' for number in range(lcores))
        argv = [args.app, '--lcores', places, '--no-pci', '--no-telemetry']
        argv += vdev + ['--', *options]
        if args.seed is not None:
            argv += ['--seed', str(args.seed)]
        if args.timeout_factor > 1:
            argv += ['--timeout', str(10 * args.timeout_factor)]
        super().__init__(argv, log, memory=memory_options(256, hugepages),
                         env=sanitizer_environment(vdev, os.path.dirname(log)))
        self.argv = shlex.split(args.wrap_app) + self.argv


class Faults(Application):
    """virtio_crypto_test --faults: the other end of its line protocol."""

    def __init__(self, args, log, vdev, hugepages=False):
        super().__init__(args, log, vdev, ['--faults'], hugepages)
        self.lines = queue.Queue()
        self.timeout_factor = args.timeout_factor

    def start(self):
        """Start it and wait until it is ready; it ends with us, for it reads our pipe."""
        with open(self.output, 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=log, env=self.env,
                                            text=True)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._answer('ready')
        except BaseException:
            self.stop()
            raise

    def _read(self):
        with open(self.output, 'a', encoding='utf-8') as log:
            for line in self.process.stdout:
                log.write(line)
                log.flush()
                self.lines.put(line.strip())
        self.lines.put(None)

    def _answer(self, word):
        limit = time.monotonic() + 60 * self.timeout_factor
        while True:
            try:
                line = self.lines.get(timeout=max(0, limit - time.monotonic()))
            except queue.Empty:
                raise Failed(f'no answer to {word}') from None
            if line is None:
                raise Failed(f'the application ended with {self.process.wait()} instead of '
                             f'answering {word}')
            if line.split(' ')[0] == word:
                return {name: int(value) for name, value in
                        (pair.split('=') for pair in line.split()[1:])}

    def tell(self, command):
        """Give a command and return the numbers of its answer; wrong answers are failures."""
        try:
            self.process.stdin.write(command + '\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(f'the application ended with {self.process.wait()} before {command}') \
                from None
        counts = self._answer(command)
        if counts['wrong']:
            raise Failed(f'{command}: {counts["wrong"]} operations had wrong answers')
        return counts

    def quit(self):
        """Let it end by itself; it must find that nothing was lost."""
        self.tell('quit')
        self.process.stdin.close()
        status = self.wait(30 * self.timeout_factor)
        if status != 0:
            raise Failed(f'the application ended with {status}')

    def flood_for(self, seconds):
        """Keep the queue full for some time; return the numbers."""
        self.tell('flood')
        time.sleep(seconds)
        return self.tell('status')

    def drained(self, seconds):
        """Everything in flight must come back in time."""
        counts = self.tell('drain')
        if counts['in_flight']:
            raise Failed(f"{counts['in_flight']} operations in flight did not come back")
        if counts['ms'] > 1000 * seconds * self.timeout_factor:
            raise Failed(f"the operations in flight took {counts['ms']} ms to come back")
        return counts

    def recovers(self, seconds):
        """The sessions made in the beginning must give right answers again, in time."""
        limit = time.monotonic() + seconds * self.timeout_factor
        while True:
            counts = self.tell('kat')
            if counts['right'] == 64:
                return
            if counts['in_flight']:
                raise Failed(f"{counts['in_flight']} operations did not come back")
            if time.monotonic() > limit:
                raise Failed(f"after {seconds} s: {counts['right']} of 64 answers are right, "
                             f"{counts['error']} are errors")
            time.sleep(0.05)


class Run:
    """What a scenario needs: programs of its own, and a place for its results."""

    def __init__(self, args, name, stack, directory):
        self.args = args
        self.name = name
        self.stack = stack
        self.directory = directory
        self.hugepages = args.hugepages
        self.logs = []
        self.arguments = {}  # of the driver, in every application
        self.cryptodevs = set()  # that serve in this scenario
        self.counts = {'ok': 0, 'not ok': 0, 'skip': 0}

    def log(self, what):
        """Return the path of a new log file."""
        path = os.path.join(self.directory, f'{what}{len(self.logs)}.log')
        self.logs.append(path)
        return path

    def say(self, verdict, name, reason=''):
        """Print and count one result."""
        self.counts[verdict] += 1
        print(f'{verdict} {name}{": " if reason else ""}{reason}', flush=True)

    def result(self, verdict, reason=''):
        """Print and count the scenario's own result."""
        self.say(verdict, self.name, reason)

    def has_hugepages(self):
        """Return whether there are hugepages for a scenario; if not, it is skipped."""
        free = 0
        if os.path.exists(FREE_HUGEPAGES):
            with open(FREE_HUGEPAGES, encoding='ascii') as file:
                free = int(file.read())
        if free < HUGEPAGES_NEEDED:
            self.result('skip', f'{free} hugepages are free, {HUGEPAGES_NEEDED} are needed')
        return free >= HUGEPAGES_NEEDED

    def host(self, **options):
        """Start a host program."""
        self.cryptodevs.update(options.get('cryptodevs', ('crypto_aesni_mb',)),
                               options.get('workers', ()))
        return self.stack.enter_context(
            Host(self.args, self.log('host'), hugepages=self.hugepages, **options))

    def device(self, socket, **parameters):
        """Return the EAL options for our driver on a socket."""
        options = device_options(self.args.driver, socket)
        options[-1] += ''.join(f',{name}={value}' for name, value in
                               {**self.arguments, **parameters}.items())
        return options

    def cryptodev(self, name):
        """Return the EAL options for a cryptodev of the application's own."""
        self.cryptodevs.add(name)
        return [*plugin_options(self.args.app_build, [name]), '--vdev', f'{name}0']

    def create(self, vdev, options=(), lcores=1):
        """Return an application to be started; its cases are those of --case, if given."""
        options = list(options)
        for pattern in self.args.case:
            options += ['--case', pattern]
        for case in self.wrong_anyway():
            options += ['--exclude', case]
        return Application(self.args, self.log('app'), vdev, options, self.hugepages, lcores)

    def start(self, vdev, options=(), lcores=1):
        """Start the application."""
        return self.stack.enter_context(self.create(vdev, options, lcores))

    def wrong_anyway(self):
        """Return the cases that a cryptodev of this scenario gets wrong without us."""
        return [case for cryptodev in sorted(self.cryptodevs & WRONG_AT_TIMES.keys())
                for case in self._wrong_of(cryptodev)]

    def _wrong_of(self, cryptodev):
        known = self.args.wrong_anyway
        if cryptodev not in known:
            build = Build(self.args.host_build)
            args = argparse.Namespace(**{**vars(self.args), 'wrap_app': self.args.wrap_host,
                                         'app': build.path('app/test/virtio_crypto_test')})
            options = [word for case in WRONG_AT_TIMES[cryptodev] for word in ('--case', case)]
            application = self.stack.enter_context(Application(
                args, self.log('native'), ['--vdev', f'{cryptodev}0'], options, self.hugepages))
            known[cryptodev] = []
            for verdict, case, reason in self.verdicts(application):
                if verdict == 'not ok':
                    known[cryptodev].append(case)
                    self.say('skip', f'{cryptodev}/{case}', f'wrong by itself: {reason}')
        return known[cryptodev]

    def faults(self, socket, **parameters):
        """Start the application in its fault mode."""
        return self.stack.enter_context(
            Faults(self.args, self.log('app'), self.device(socket, **parameters), self.hugepages))

    def verdicts(self, application, timeout=APPLICATION_SECONDS):
        """Wait for an application's cases; yield verdict, case and reason of each."""
        status = application.wait(timeout * self.args.timeout_factor)
        with open(application.output, encoding='utf-8', errors='replace') as log:
            found = [match.groups('') for match in map(RESULT.match, map(str.rstrip, log)) if match]
        yield from found
        if not found:
            raise Failed(f'no result; the application ended with {status}')
        if status < 0 or (status != 0 and not any(verdict == 'not ok' for verdict, *_ in found)):
            raise Failed(f'the application ended with {status} after its cases')

    def finish(self, application, timeout=APPLICATION_SECONDS, name=None):
        """Wait for an application's cases and take over its results."""
        for verdict, case, reason in self.verdicts(application, timeout):
            self.say(verdict, f'{name or self.name}/{case}', reason)

    def cases(self, vdev, options=(), name=None, **more):
        """Run cases to their end."""
        self.finish(self.start(vdev, options, **more), name=name)


def run_chosen(args, scenarios, run_scenario):
    """Run the scenarios that --filter chooses and print the totals; return the exit status."""
    left_out = getattr(args, 'left_out', ())
    names = [name for name in scenarios if name not in left_out and (
        not args.filter or any(fnmatch.fnmatch(name, pattern) for pattern in args.filter))]
    if args.list:
        print('\n'.join(names))
        return 0
    exit_on_signals()
    totals = {'ok': 0, 'not ok': 0, 'skip': 0}
    for name in names:
        for verdict, count in run_scenario(args, name).items():
            totals[verdict] += count
    if not any(totals.values()):
        print('not ok no scenario has such a name')
        totals['not ok'] += 1
    print(f"{totals['ok']} passed, {totals['not ok']} failed, {totals['skip']} skipped")
    return 1 if totals['not ok'] else 0
