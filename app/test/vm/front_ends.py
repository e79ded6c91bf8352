# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""QEMU's options for a virtio-crypto device, and which QEMU has them.

QEMU has two front-ends for a device that a host program serves: cryptodev-vhost-user, which serves
control queue and config space itself, and since 10.2 a generic one that leaves all of a device to
its back-end (vhost-user-test-device-pci). As a reference there is QEMU's own device.
"""

import os
import subprocess
import tempfile

# It finds the modules of the directory above.
from guest import qemu_program

GENERIC = 'vhost-user-test-device-pci'
CONFIG_SIZE = 56


class Skipped(Exception):
    """A scenario cannot run here; the text says why."""


def newer_qemu(args):
    """Return the QEMU that has the generic front-end."""
    for qemu in filter(None, (args.newer_qemu, args.qemu)):
        with tempfile.TemporaryDirectory() as empty:
            # It ends with 0 whether it knows the device or not.
            said = subprocess.run([*qemu_program(qemu), '-device', f'{GENERIC},help'],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                  env=dict(os.environ, QEMU_MODULE_DIR=empty), check=False)
        if f'{GENERIC} options' in said.stdout:
            return qemu
    raise Skipped(f'no QEMU with {GENERIC}: QEMU 10.2 or later is needed, see --newer-qemu')


def add_qemu_options(parser):
    """Add the options that name the emulators to a script's command line."""
    parser.add_argument('--qemu', default='qemu-system-x86_64',
                        help='QEMU 10 or later (default: %(default)s)')
    parser.add_argument('--newer-qemu', default=os.environ.get('NEWER_QEMU'), metavar='PATH',
                        help='QEMU 10.2 or later: the program, or a folder with a system that has '
                             'it (default: NEWER_QEMU of the environment)')


def chardev(socket, more=''):
    """Return the options for a connection to a host program."""
    return ['-chardev', f'socket,id=front,path={socket}{more}']


def vhost_user(socket, queues=1, device='', more=''):
    """Return the options for a device behind cryptodev-vhost-user."""
    return [*chardev(socket, more),
            '-object', f'cryptodev-vhost-user,id=backend,chardev=front,queues={queues}',
            '-device', f'virtio-crypto-pci,id=crypto,cryptodev=backend{device}']


def generic(socket, queues=1, device='', more=''):
    """Return the options for a device behind the generic front-end."""
    return [*chardev(socket, more),
            '-device', f'{GENERIC},id=crypto,chardev=front,virtio-id=20,num_vqs={queues + 1},'
                       f'vq_size=1024,config_size={CONFIG_SIZE}{device}']


def builtin(queues=1, device=''):
    """Return the options for QEMU's own device."""
    return ['-object', f'cryptodev-backend-builtin,id=backend,queues={queues}',
            '-device', f'virtio-crypto-pci,id=crypto,cryptodev=backend{device}']
