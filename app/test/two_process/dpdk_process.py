# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Start DPDK programs, and leave nothing behind when they end.

A program that polls takes a whole processor and never ends by itself. So each one started here has
a file prefix of its own, is told by the kernel when its parent dies, and is ended by its own
process id; its socket, its log's directory and EAL's runtime directory go with it.
"""

import ctypes
import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
LISTENING = 0x10000  # SO_ACCEPTCON as /proc/net/unix prints it
LIBC = ctypes.CDLL(None, use_errno=True)


class ProgramError(Exception):
    """A program did not start, did not end in time, or ended with a failure."""


def exit_on_signals():
    """Turn the signals that end a script into SystemExit, so that every `finally` runs."""
    def leave(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def processors():
    """Return two processors that this process may use: the host program's, and its client's."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[1 if len(allowed) > 1 else 0]


def memory_options(megabytes, hugepages):
    """Return the EAL options for memory that can be shared over vhost-user.

    librte_vhost takes eight memory regions, so hugepages have to come as one file for each list of
    segments. --in-memory takes them without a mounted hugetlbfs, and leaves no file.
    """
    if hugepages:
        return ['--in-memory', '--single-file-segments', '-m', str(megabytes)]
    return ['--no-huge', '-m', str(megabytes)]


def runtime_directory(prefix):
    """Return the directory in which EAL keeps its sockets for this file prefix."""
    base = '/var/run' if os.getuid() == 0 else os.environ.get('XDG_RUNTIME_DIR', '/tmp')
    return os.path.join(base, 'dpdk', prefix)


def tail(path, lines=25):
    """Return the last lines of a text file."""
    with open(path, encoding='utf-8', errors='replace') as text:
        return ''.join(text.readlines()[-lines:])


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Program:
    """One process of a DPDK program; a context manager that starts and ends it.

    `output` and `errors` are paths of files; with one path both streams go there. `preload` lists
    libraries for the dynamic linker to load first; `env` adds to the environment.
    """

    count = 0

    def __init__(self, argv, output, errors=None, memory=(), preload=(), env=None):
        Program.count += 1
        self.prefix = f'vcrypto{os.getpid()}.{Program.count}'
        self.argv = [argv[0], '--file-prefix', self.prefix, *memory, *argv[1:]]
        self.output = output
        self.errors = errors
        self.env = dict(os.environ, **(env or {}))
        if preload:
            self.env['LD_PRELOAD'] = ':'.join(preload)
            # Programs that are not ours end without freeing their devices: no leak of ours.
            self.env['ASAN_OPTIONS'] = f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Start the process."""
        with open(self.output, 'w', encoding='utf-8') as output:
            errors = open(self.errors, 'w', encoding='utf-8') if self.errors else None
            try:
                self.process = subprocess.Popen(
                    self.argv, stdin=subprocess.DEVNULL, stdout=output,
                    stderr=errors or subprocess.STDOUT, env=self.env,
                    preexec_fn=_die_with_parent)
            except OSError as error:
                raise ProgramError(f'cannot start {self.argv[0]}: {error.strerror}') from error
            finally:
                if errors:
                    errors.close()

    def failure(self, what):
        """Return a ProgramError that says what happened, the command, and the end of its output."""
        return ProgramError(f"{what}\n  command: {' '.join(self.argv)}\n"
                            + tail(self.errors or self.output))

    def wait(self, timeout):
        """Wait for the process to end by itself; return its exit status."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise self.failure(f'{self.argv[0]} still runs after {timeout} s') from None

    def stop(self):
        """End the process, gently first, and remove what EAL leaves behind."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if self.process is None or self.process.poll() is not None:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                continue
        shutil.rmtree(runtime_directory(self.prefix), ignore_errors=True)

    def rest_main_thread(self):
        """Leave the processor to the worker thread, from when it has work until the end.

        dpdk-test-crypto-perf's main thread spins while it waits for its worker. At SCHED_IDLE it
        takes nothing from a worker on the same processor, and so the two need only one processor.
        Not earlier: until then the main thread has work to do itself.
        """
        while self.process.poll() is None:
            if self._worker_runs():
                os.sched_setscheduler(self.process.pid, os.SCHED_IDLE, os.sched_param(0))
                return
            time.sleep(0.001)

    def _worker_runs(self):
        tasks = f'/proc/{self.process.pid}/task'
        try:
            for task in os.listdir(tasks):
                with open(f'{tasks}/{task}/stat', encoding='utf-8') as stat_file:
                    name, _, rest = stat_file.read().rpartition(')')
                if 'worker' in name and rest.split()[0] == 'R':
                    return True
        except OSError:  # the thread, or the process, has ended
            pass
        return False


class HostProgram(Program):
    """dpdk-vhost_crypto, serving one vhost-user socket from one kind of cryptodev.

    Its control thread and its polling lcore share the first of our two processors.
    """

    def __init__(self, binary, cryptodev='crypto_aesni_mb', hugepages=False, log=None):
        self.directory = tempfile.mkdtemp(prefix='vcrypto.')
        self.socket = os.path.join(self.directory, 'vhost.sock')
        self.sockets = [self.socket]
        self.timeout_factor = 1
        cpu = processors()[0]
        super().__init__(
            [binary, '--lcores', f'0@{cpu},1@{cpu}', '--no-pci', '--vdev', f'{cryptodev}0', '--',
             '--config', '(1,0,0)', '--socket-file', f'1,{self.socket}'],
            log or os.path.join(self.directory, 'host.log'),
            memory=memory_options(256, hugepages))

    def start(self):
        """Start the program and wait until its socket takes connections."""
        try:
            super().start()
            self._wait_listening(30 * self.timeout_factor)
        except BaseException:
            self.stop()
            raise

    def _wait_listening(self, timeout):
        limit = time.monotonic() + timeout
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise self.failure(f'the host program ended with status {self.process.returncode}')
            if self._listening():
                return
            time.sleep(0.05)
        raise self.failure(f'the host program did not listen on {self.socket} within {timeout} s')

    def _listening(self):
        with open('/proc/net/unix', encoding='utf-8') as lines:
            fields = [line.split() for line in lines.readlines()[1:]]
        return {*self.sockets} <= {words[-1] for words in fields
                                   if int(words[3], 16) & LISTENING}

    def check(self):
        """Raise ProgramError when the host program is no longer there."""
        if self.process.poll() is not None:
            raise self.failure(f'the host program ended with status {self.process.returncode}')

    def stop(self):
        """End the program and remove its socket and its directory."""
        super().stop()
        shutil.rmtree(self.directory, ignore_errors=True)


class ApiHost(HostProgram):
    """bench_host or bench_host_dpdk: the same socket, served with DPDK's own interface."""

    def __init__(self, binary, cryptodev, hugepages=False, log=None):
        super().__init__(binary, cryptodev, hugepages, log)
        self.argv[self.argv.index('--') + 1:] = [self.socket]


class Build:
    """Where the build puts what the tests need."""

    def __init__(self, directory):
        self.directory = os.path.abspath(directory)
        self.driver = self.path('drivers/crypto/virtio/librte_pmd_virtio_crypto.so')
        self.host = self.path('examples/vhost_crypto/dpdk-vhost_crypto')
        self.libcrypto = self.path('app/test/cryptodev/librte_crypto_test_libcrypto.so')
        self.suite_preload = self.path('app/test/suite/suite_preload.so')

    def path(self, name):
        """Return the full path of a file in the build directory."""
        return os.path.join(self.directory, name)

    def runtime(self):
        """Return the libraries that a program not built here has to preload for our driver.

        A driver built with AddressSanitizer needs its run-time library, and that one first of all.
        """
        try:
            with open(self.path('meson-info/intro-buildoptions.json'), encoding='utf-8') as file:
                sanitizers = [option['value'] for option in json.load(file)
                              if option['name'] == 'b_sanitize']
        except OSError as error:
            raise ProgramError(f'{self.directory} is no build directory: {error.strerror}. '
                               'Build first: meson setup build && ninja -C build') from error
        if not any('address' in value for value in sanitizers):
            return []
        found = subprocess.run(['gcc', '-print-file-name=libasan.so'], stdout=subprocess.PIPE,
                               check=True, text=True)
        return [found.stdout.strip()]


def loadable(driver):
    """Return the name by which EAL loads a driver.

    EAL takes no path below a directory that everybody may write, such as /tmp; but a name without
    a path it leaves to the dynamic linker, which has a search path.
    """
    directory = os.path.dirname(os.path.realpath(driver))
    parts = directory.split(os.sep)
    above = [os.sep.join(parts[:count]) or os.sep for count in range(1, len(parts) + 1)]
    if not any(os.stat(path).st_mode & stat.S_IWOTH for path in above):
        return driver
    known = os.environ.get('LD_LIBRARY_PATH', '').split(':')
    if directory not in known:
        os.environ['LD_LIBRARY_PATH'] = ':'.join(filter(None, [directory, *known]))
    return os.path.basename(driver)


def device_options(driver, socket):
    """Return the EAL options that plug our driver into any DPDK program."""
    return ['-d', loadable(driver), '--vdev', f'crypto_virtio_user0,path={socket}']
