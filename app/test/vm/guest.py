# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""A software-emulated guest whose root is the file system of this machine.

No image is built: the guest has the root of its host, read-only, with what it writes in its own
memory on top. So programs, libraries, kernel modules and this tree are there as they are here.
"""

import glob
import gzip
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from dpdk_process import ProgramError, LIBC, PR_SET_PDEATHSIG, tail

QEMU_NEEDED = 10
MODULES = ('virtio_pci', '9pnet_virtio', '9p', 'overlay')

# The first program of the guest. Its second serial port is where results go.
INIT = '''#!/bin/busybox sh
b=/bin/busybox
$b mkdir -p /proc /sys /dev /ro /rw /root
$b mount -t proc none /proc; $b mount -t sysfs none /sys; $b mount -t devtmpfs none /dev
while read -r module; do $b insmod /modules/$module; done < /modules/order
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro hostroot /ro
$b mount -t tmpfs none /rw; $b mkdir -p /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work none /root
for d in proc sys dev; do $b mount --move /$d /root/$d; done
$b ln -s /proc/self/fd /root/dev/fd
$b mount -t tmpfs none /root/run; $b mount -t tmpfs none /root/tmp
$b mkdir -p /root/dev/shm /root/dev/hugepages
$b mount -t tmpfs none /root/dev/shm; $b mount -t hugetlbfs none /root/dev/hugepages
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PYTHONDONTWRITEBYTECODE=1
# As the first process, so that the kernel finds modprobe in this root too.
exec $b chroot /root /bin/sh -c '
	stty -F /dev/ttyS1 raw -echo
	%(command)s > /dev/ttyS1 2>&1 < /dev/ttyS1
	echo "end $?" > /dev/ttyS1
	sync; echo o > /proc/sysrq-trigger; sleep 60'
'''


def find_qemu(path):
    """Return the emulator to use, or raise ProgramError with what to do about it."""
    program = path or 'qemu-system-x86_64'
    try:
        said = subprocess.run([program, '--version'], stdout=subprocess.PIPE, check=True,
                              text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ProgramError(f'{program} does not run ({error}); on Debian, install the package '
                           'qemu-system-x86') from error
    version = re.search(r'version (\d+)', said)
    if not version or int(version[1]) < QEMU_NEEDED:
        raise ProgramError(f'{said.splitlines()[0]} is too old: {QEMU_NEEDED}.0 is needed, which '
                           'Debian 12 has in bookworm-backports')
    return program


def find_kernel():
    """Return the version of the newest kernel that Debian has installed here."""
    versions = [os.path.basename(path)[len('vmlinuz-'):] for path in glob.glob('/boot/vmlinuz-*')]
    versions = [version for version in versions if os.path.isdir(f'/lib/modules/{version}')]
    if not versions:
        raise ProgramError('there is no kernel for the guest: install the package '
                           'linux-image-amd64')
    return max(versions, key=lambda version: [int(n) for n in re.findall(r'\d+', version)])


def needed_modules(kernel):
    """Return the files of the modules without which the guest has no root, in their order."""
    files = []
    for module in MODULES:
        shown = subprocess.run(['modprobe', '-S', kernel, '--show-depends', module],
                               stdout=subprocess.PIPE, check=True, text=True).stdout
        for line in shown.splitlines():
            words = line.split()
            if words[0] == 'insmod' and words[1] not in files:
                files.append(words[1])
    return files


def make_initrd(directory, kernel, command):
    """Make what the kernel starts with; return its path."""
    root = os.path.join(directory, 'initrd')
    os.makedirs(f'{root}/bin')
    os.makedirs(f'{root}/modules')
    shutil.copy('/bin/busybox', f'{root}/bin')
    files = needed_modules(kernel)
    for file in files:
        shutil.copy(file, f'{root}/modules')
    with open(f'{root}/modules/order', 'w', encoding='ascii') as order:
        order.writelines(f'{os.path.basename(file)}\n' for file in files)
    with open(f'{root}/init', 'w', encoding='utf-8') as init:
        init.write(INIT % {'command': command})
    os.chmod(f'{root}/init', 0o755)
    names = [os.path.relpath(os.path.join(place, name), root)
             for place, folders, here in os.walk(root) for name in folders + here]
    packed = subprocess.run(['cpio', '-o', '-H', 'newc', '--quiet'], cwd=root,
                            input='\n'.join(names).encode(), stdout=subprocess.PIPE, check=True)
    path = os.path.join(directory, 'initrd.gz')
    with gzip.open(path, 'wb', compresslevel=1) as file:
        file.write(packed.stdout)
    return path


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Guest:
    """One guest that runs one command; a context manager that starts and ends it."""

    def __init__(self, qemu, directory, command, options=(), machine='pc', append='', memory=1280):
        kernel = find_kernel()
        self.console = os.path.join(directory, 'console.log')
        self.errors = os.path.join(directory, 'qemu.log')
        self.monitor = os.path.join(directory, 'qmp.sock')
        self.argv = [
            qemu, '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', str(memory),
            '-machine', f'{machine},memory-backend=ram',
            '-object', f'memory-backend-memfd,id=ram,size={memory}M,share=on',
            '-display', 'none', '-no-reboot', '-nic', 'none',
            '-serial', f'file:{self.console}', '-serial', 'stdio',
            '-qmp', f'unix:{self.monitor},server=on,wait=off',
            '-kernel', f'/boot/vmlinuz-{kernel}',
            '-initrd', make_initrd(directory, kernel, command),
            '-append', f'console=ttyS0 panic=-1 quiet {append}',
            '-virtfs', 'local,path=/,mount_tag=hostroot,security_model=none,readonly=on,'
                       'multidevs=remap', *options]
        self.process = None
        self.lines = queue.Queue()

    def __enter__(self):
        with open(self.errors, 'w', encoding='utf-8') as errors:
            try:
                self.process = subprocess.Popen(
                    self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                    text=True, errors='replace', preexec_fn=_die_with_parent)
            except OSError as error:
                raise ProgramError(f'cannot start {self.argv[0]}: {error.strerror}') from error
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip())
        self.lines.put(None)

    def line(self, deadline):
        """Return the next line of the command's output; None at the end of the guest."""
        try:
            return self.lines.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            raise self.failure('the guest took too long') from None

    def answer(self, line):
        """Write a line that the command in the guest reads."""
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()

    def failure(self, what):
        """Return a ProgramError with what the emulator and the guest said last."""
        said = ''.join(tail(path, 15) for path in (self.errors, self.console)
                       if os.path.exists(path))
        return ProgramError(f'{what}\n{said}')

    def tell(self, command, **arguments):
        """Give the emulator a command of its machine protocol."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as monitor:
            monitor.settimeout(10)
            monitor.connect(self.monitor)
            stream = monitor.makefile('rw')
            stream.readline()
            for message in ({'execute': 'qmp_capabilities'},
                            {'execute': command, 'arguments': arguments}):
                stream.write(json.dumps(message) + '\n')
                stream.flush()
                while 'return' not in (reply := json.loads(stream.readline())):
                    if 'error' in reply:
                        raise self.failure(f"{command}: {reply['error']['desc']}")
