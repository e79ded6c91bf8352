# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What a guest boots: a kernel, and the first file system with the shell that takes commands."""

import lzma
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                'two_process'))

from dpdk_process import ProgramError  # noqa: E402

BUSYBOX = '/bin/busybox'
ROOT_MODULES = ('virtio_pci', '9pnet_virtio', '9p', 'overlay')

# What the first program of a guest begins with.
BEGIN = '''#!/bin/busybox sh
b=/bin/busybox
$b mkdir -p /proc /sys /dev /ro /rw /root
$b mount -t proc none /proc
$b mount -t sysfs none /sys
$b mount -t devtmpfs none /dev
while read -r module; do $b insmod /modules/$module; done </modules/order
'''

# It goes on with this machine's file system as the root.
ROOT_OVER_9P = '''
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro hostroot /ro
$b mount -t tmpfs none /rw
$b mkdir -p /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work none /root
for place in proc sys dev; do $b mount --move /$place /root/$place; done
$b ln -s /proc/self/fd /root/dev/fd
$b mount -t tmpfs none /root/run
$b mkdir -p /root/dev/shm /root/dev/hugepages
$b mount -t tmpfs none /root/dev/shm
$b mount -t hugetlbfs none /root/dev/hugepages
$b cp /commands /root/run/commands
exec $b chroot /root /bin/bash /run/commands
'''

# Or with its first file system, whose programs are those of busybox.
ROOT_IN_MEMORY = '''
$b --install -s /bin
exec sh /commands
'''

# The shell that takes commands: bash, or that of busybox. Each is one line, `NUMBER BASE64`, and
# runs in a shell of its own; what it prints goes back, and behind it a line with the number and the
# status.
COMMANDS = r'''
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PYTHONDONTWRITEBYTECODE=1
exec 3<>/dev/ttyS1
stty -F /dev/ttyS1 raw -echo
ip link set lo up 2>/dev/null
printf '\nEND 0 0\n' >&3
while read -r -u 3 number command; do
	[ -n "$command" ] || continue
	"${BASH:-sh}" -c "$(echo "$command" | base64 -d)" </dev/null >&3 2>&1 3>&-
	printf '\nEND %s %s\n' "$number" "$?" >&3
done
'''


class Kernel:
    """The newest kernel of this machine, or of a folder with another system.

    `version` and `image` name it.
    """

    def __init__(self, folder=''):
        self.folder = folder
        self.version = self._newest()
        self.image = f'{folder}/boot/vmlinuz-{self.version}'

    def _newest(self):
        def key(version):
            return [int(part) for part in re.findall(r'\d+', version)]
        modules = f'{self.folder}/lib/modules'
        found = [name for name in (os.listdir(modules) if os.path.isdir(modules) else [])
                 if os.path.exists(f'{self.folder}/boot/vmlinuz-{name}')]
        if not found:
            raise ProgramError(f'no kernel for a guest in {self.folder or "this system"}; install '
                               'linux-image-amd64')
        return max(found, key=key)

    def module_files(self, modules):
        """Return the files of some modules and of what they need, in the order to load them."""
        files = []
        for module in modules:
            said = subprocess.run(['/sbin/modprobe', '-d', self.folder or '/', '-S', self.version,
                                   '--show-depends', module],
                                  stdout=subprocess.PIPE, check=True, text=True).stdout
            for line in said.splitlines():
                words = line.split()
                if words[0] == 'insmod' and words[1] not in files:
                    files.append(words[1])
        return files


def cpio(entries):
    """Return an archive in the form that the kernel takes: (name, mode, content) each."""
    archive = bytearray()
    for number, (name, mode, content) in enumerate([*entries, ('TRAILER!!!', 0, b'')], 1):
        fields = [number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        archive += b'070701' + b''.join(b'%08x' % field for field in fields)
        archive += name.encode() + b'\0'
        archive += bytes(-len(archive) % 4)
        archive += content
        archive += bytes(-len(archive) % 4)
    return bytes(archive)


def file_content(path):
    """Return what a file has in it; of one that is compressed, what it was made of."""
    with (lzma.open if path.endswith('.xz') else open)(path, 'rb') as file:
        return file.read()


def initrd(kernel, in_memory=None):
    """Return the first file system of a guest.

    `in_memory`: it is the only one, and has these modules besides, which are names of the kernel's
    own or paths. Those with a path are not loaded: they are /modules/NAME.
    """
    if not os.path.exists(BUSYBOX):
        raise ProgramError(f'there is no {BUSYBOX}; install busybox-static')
    own = ROOT_MODULES if in_memory is None else \
        ['virtio_pci', *(name for name in in_memory if '/' not in name)]
    others = [name for name in in_memory or () if '/' in name]
    files = kernel.module_files(own)
    names = [os.path.basename(file).removesuffix('.xz') for file in files]
    init = BEGIN + (ROOT_OVER_9P if in_memory is None else ROOT_IN_MEMORY)
    entries = [('bin', 0o40755, b''), ('modules', 0o40755, b''),
               ('bin/busybox', 0o100755, file_content(BUSYBOX)), ('init', 0o100755, init.encode()),
               ('commands', 0o100644, COMMANDS.encode()),
               ('modules/order', 0o100644, ''.join(f'{name}\n' for name in names).encode())]
    entries += [(f'modules/{name}', 0o100644, file_content(file))
                for name, file in zip([*names, *map(os.path.basename, others)], [*files, *others])]
    return cpio(entries)
