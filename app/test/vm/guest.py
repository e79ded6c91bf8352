# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Boot a guest, and talk to it.

A guest needs no image: its root is this machine's own file system, read-only over 9p, with a tmpfs
on top, so that a path means the same thing inside and outside; or its root is in memory, with the
programs of busybox, which a guest needs that is to be suspended: Linux loses 9p then. It is
emulated by software, which takes some ten seconds to boot on an idle machine. Two lines lead to it
besides its console: a serial port on which a shell takes commands, and QMP.
"""

import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import socket as sockets
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                'two_process'))

from dpdk_process import LIBC, PR_SET_PDEATHSIG, ProgramError, tail  # noqa: E402
from guest_boot import Kernel, initrd  # noqa: E402

QEMU_NEEDED = 10


class GuestError(ProgramError):
    """A guest did not boot, did not answer, or a command in it failed."""


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def check_qemu(qemu):
    """Raise GuestError with what to do about it if this QEMU cannot be used."""
    program = qemu_program(qemu)
    try:
        said = subprocess.run([*program, '--version'], stdout=subprocess.PIPE, check=True,
                              text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise GuestError(f'{program[0]} does not run ({error}); on Debian, install the package '
                         'qemu-system-x86') from error
    version = re.search(r'version (\d+)', said)
    if not version or int(version[1]) < QEMU_NEEDED:
        raise GuestError(f'{said.splitlines()[0]} is too old: {QEMU_NEEDED}.0 is needed, which '
                         'Debian 12 has in bookworm-backports')


def qemu_program(qemu):
    """Return how to start QEMU: a program, or what a folder with a whole system has.

    Such a folder's QEMU runs with the folder's libraries but on this machine's file system, which
    is to be the guest's.
    """
    if not os.path.isdir(qemu):
        return [shutil.which(qemu) or qemu]
    triplet = f'{os.uname().machine}-linux-gnu'
    libraries = ':'.join(f'{qemu}/{lib}/{triplet}' for lib in ('usr/lib', 'lib'))
    data = [word for place in ('qemu', 'seabios', '../lib/ipxe/qemu')
            for word in ('-L', f'{qemu}/usr/share/{place}')]
    return [f'{qemu}/lib64/ld-linux-x86-64.so.2', '--library-path', libraries,
            f'{qemu}/usr/bin/qemu-system-x86_64', *data]


def shared_memory(megabytes, machine):
    """Return the options for a machine with memory that a vhost-user back-end can map."""
    return ['-m', str(megabytes), '-machine', f'{machine},memory-backend=ram',
            '-object', f'memory-backend-memfd,id=ram,size={megabytes}M,share=on']


class Line:
    """A connection to a socket on which QEMU listens, read up to what one waits for."""

    def __init__(self, path):
        self.buffer = b''
        self.socket = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise

    def close(self):
        """Close the connection."""
        self.socket.close()

    def send(self, data):
        """Send bytes."""
        self.socket.settimeout(30)
        self.socket.sendall(data)

    def until(self, pattern, timeout):
        """Return the match of a pattern that comes in time, and take all up to its end.

        None: it did not come. ConnectionError: it cannot come any more.
        """
        limit = time.monotonic() + timeout
        while True:
            match = re.search(pattern, self.buffer, re.DOTALL)
            if match:
                self.buffer = self.buffer[match.end():]
                return match
            left = limit - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return None
            if not data:
                raise ConnectionError('the line was closed')
            self.buffer += data


class Qmp:
    """QEMU's machine protocol."""

    def __init__(self, path):
        self.line = Line(path)
        self.events = []
        self._message(30)
        self.execute('qmp_capabilities')

    def _message(self, timeout):
        match = self.line.until(rb'([^\n]*)\n', timeout)
        if match is None:
            raise GuestError(f'QEMU says nothing for {timeout} s')
        return json.loads(match.group(1))

    def execute(self, command, timeout=60, **arguments):
        """Give a command and return its answer."""
        request = {'execute': command, 'arguments': arguments}
        self.line.send(json.dumps(request).encode() + b'\n')
        while True:
            message = self._message(timeout)
            if 'event' in message:
                self.events.append(message)
            elif 'error' in message:
                raise GuestError(f"{command}: {message['error']['desc']}")
            else:
                return message['return']

    def wait_event(self, name, timeout=60):
        """Wait for an event of this name; return its data."""
        while True:
            for message in self.events:
                if message['event'] == name:
                    self.events.remove(message)
                    return message.get('data', {})
            message = self._message(timeout)
            if 'event' in message:
                self.events.append(message)


class Guest:
    """A virtual machine; a context manager that boots and ends it.

    `directory` gets its sockets and logs. `options` go to QEMU as they are. Memory is one memfd
    that is shared, for a vhost-user back-end to map; with `memory` None the options say all of
    that. `qemu` is a program, or a folder with a whole system that has one. `kernel` is a Kernel.
    `in_memory` are the modules of a guest whose root is in memory. All timeouts are multiplied by
    `timeout_factor`.
    """

    count = itertools.count()

    def __init__(self, directory, options=(), qemu='qemu-system-x86_64', memory=768, cpus=1,
                 machine='q35', append='', reboots=False, kernel=None, in_memory=None,
                 timeout_factor=1):
        number = next(Guest.count)
        self.console = os.path.join(directory, f'guest{number}.console')
        self.log = os.path.join(directory, f'guest{number}.qemu.log')
        self._commands = os.path.join(directory, f'guest{number}.commands')
        self._qmp_path = os.path.join(directory, f'guest{number}.qmp')
        self.initrd = os.path.join(directory, f'guest{number}.initrd')
        self.env = dict(os.environ)
        if os.path.isdir(qemu):
            # Modules of another QEMU must not be found: this directory has none.
            self.env['QEMU_MODULE_DIR'] = directory
        self.kernel = kernel or Kernel()
        self.in_memory = in_memory
        self.timeout_factor = timeout_factor
        self.process = None
        self.qmp = None
        self.line = None
        self._numbers = itertools.count(1)
        # Emulated beside other work, a guest may not see its timer tick in the time that its kernel
        # gives it to prove itself: no_timer_check.
        self.argv = [
            *qemu_program(qemu), '-accel', 'tcg,thread=multi', '-cpu', 'max',
            '-smp', str(cpus), '-nodefaults', '-no-user-config', '-display', 'none',
            *(shared_memory(memory, machine) if memory else []),
            '-chardev', f'file,id=console,path={self.console}', '-serial', 'chardev:console',
            '-chardev', f'socket,id=commands,path={self._commands},server=on,wait=off',
            '-serial', 'chardev:commands', '-qmp', f'unix:{self._qmp_path},server=on,wait=off',
            '-kernel', self.kernel.image, '-initrd', self.initrd,
            '-append', f'console=ttyS0 panic=-1 quiet no_timer_check {append}'.strip(),
            *([] if in_memory is not None else
              ['-virtfs', 'local,path=/,mount_tag=hostroot,security_model=none,readonly=on,'
                          'multidevs=remap']),
            *([] if reboots else ['-no-reboot']), *options]

    def __enter__(self):
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Start QEMU and open the lines to it."""
        with open(self.initrd, 'wb') as file:
            file.write(initrd(self.kernel, self.in_memory))
        with open(self.log, 'w', encoding='utf-8') as log:
            try:
                self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log,
                                                stderr=log, env=self.env,
                                                preexec_fn=_die_with_parent)
            except OSError as error:
                raise GuestError(f'cannot start {self.argv[0]}: {error.strerror}') from error
        self.line = self._connect(self._commands, Line)
        self.qmp = self._connect(self._qmp_path, Qmp)

    def _connect(self, path, kind):
        limit = time.monotonic() + 30 * self.timeout_factor
        while True:
            if self.process.poll() is not None:
                raise self.failure(f'QEMU ended with status {self.process.returncode}')
            try:
                return kind(path)
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > limit:
                    raise self.failure(f'QEMU does not listen on {path}') from None
                time.sleep(0.05)

    def failure(self, what):
        """Return a GuestError with what happened and what QEMU and the guest's kernel said."""
        said = [tail(path, 15) for path in (self.log, self.console) if os.path.exists(path)]
        return GuestError('\n'.join([what, f"  command: {' '.join(self.argv)}", *said]))

    def wait_ready(self, timeout=120):
        """Wait until the guest takes commands; also after it has been told to boot again."""
        self._end_of(0, 'its boot', timeout)

    def _end_of(self, number, what, timeout):
        pattern = rb'(.*?)\nEND %d (\d+)\n' % number
        try:
            match = self.line.until(pattern, timeout * self.timeout_factor)
        except OSError:
            raise self.failure(f'QEMU ended during {what}') from None
        if match is None:
            seconds = timeout * self.timeout_factor
            raise self.failure(f'no end of {what} after {seconds} s; so far:\n'
                               + self.line.buffer.decode(errors='replace')[-2000:])
        return match.group(1).decode(errors='replace').strip('\n'), int(match.group(2))

    def begin(self, command):
        """Give a command and do not wait; end() does. One at a time."""
        number = next(self._numbers)
        self.line.send(b'%d %s\n' % (number, base64.b64encode(command.encode())))
        return number, command

    def next_line(self, begun, timeout=60):
        """Return the next line that a command prints; the exit status, a number, at its end.

        A command that is to be answered by say() has to read /dev/ttyS1.
        """
        number, command = begun
        try:
            match = self.line.until(rb'([^\n]*)\n', timeout)
        except OSError:
            raise self.failure(f'QEMU ended during {command!r}') from None
        if match is None:
            raise self.failure(f'{command!r} has said nothing for {timeout:.0f} s')
        line = match.group(1).decode(errors='replace').rstrip('\r')
        end = re.fullmatch(rf'END {number} (\d+)', line)
        return int(end.group(1)) if end else line

    def say(self, line):
        """Send a line to a command that reads /dev/ttyS1."""
        self.line.send(line.encode() + b'\n')

    def end(self, begun, timeout=60, check=True):
        """Wait for the end of a command; return what it printed, or with check=False status too."""
        number, command = begun
        output, status = self._end_of(number, repr(command), timeout)
        if not check:
            return output, status
        if status != 0:
            raise GuestError(f'{command!r} ended with {status} in the guest:\n{output[-3000:]}')
        return output

    def run(self, command, timeout=60, check=True):
        """Run a shell command in the guest to its end; see end()."""
        return self.end(self.begin(command), timeout, check)

    def kernel_log(self):
        """Return the guest's kernel's messages."""
        return self.run('dmesg')

    def kill(self):
        """End QEMU with no chance to do anything more."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End QEMU, gently first, and close the lines."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(Exception):
                self.qmp.execute('quit', timeout=5)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        for line in (self.line, self.qmp and self.qmp.line):
            if line:
                line.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.initrd)
