# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""DPDK's own host program on DPDK's own vhost library: of this machine, or of another system.

The program is DPDK's example, compiled unchanged. A folder with another system (as debootstrap
makes one, with libdpdk-dev, dpdk-doc and libc6-dev) has newer ones of both; its program runs with
the folder's libraries, but on this machine's file system.
"""

import glob
import os
import subprocess

from dpdk_process import ProgramError
from two_process_programs import Host

EXAMPLE = '/usr/share/dpdk/examples/vhost_crypto/main.c'
QUIET = ('--log-level', 'lib.vhost.crypto:critical')
TRIPLET = f'{os.uname().machine}-linux-gnu'


def add_dpdk_option(parser):
    """Add the option that names the folder to a script's command line."""
    parser.add_argument('--newer-dpdk', default=os.environ.get('NEWER_DPDK'), metavar='FOLDER',
                        help="a folder with a system whose DPDK's own host program is to be tried "
                             '(default: NEWER_DPDK of the environment)')


def newer_dpdk(args):
    """Return the folder with another system, whose DPDK is newer than this one's."""
    if not args.newer_dpdk:
        raise Missing('no folder with a newer DPDK, see --newer-dpdk')
    return args.newer_dpdk


class Missing(Exception):
    """There is no such program here; the text says what to do about it."""


def compile_example(folder, directory):
    """Compile the example against the DPDK of a folder, or of this machine; return its path."""
    source = (folder or '') + EXAMPLE
    if not os.path.exists(source):
        raise Missing(f'there is no {source}; it comes with the package dpdk-doc')
    env = dict(os.environ)
    if folder:
        env.update(PKG_CONFIG_SYSROOT_DIR=folder,
                   PKG_CONFIG_LIBDIR=f'{folder}/usr/lib/{TRIPLET}/pkgconfig')
    found = subprocess.run(['pkg-config', '--cflags', '--libs', 'libdpdk'], env=env, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if found.returncode:
        raise Missing(f'there is no libdpdk-dev in {folder or "this system"}: '
                      f'{found.stderr.strip()}')
    program = os.path.join(directory, 'dpdks_vhost_crypto')
    sysroot = [f'--sysroot={folder}'] if folder else []
    done = subprocess.run(['gcc', *sysroot, '-w', '-O2', '-DALLOW_EXPERIMENTAL_API', source, '-o',
                           program, *found.stdout.split()], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise ProgramError(f'DPDK\'s example was not compiled: {done.stdout}')
    return program


class DpdksHost(Host):
    """DPDK's own host program, on its own library, with one cryptodev."""

    def __init__(self, args, log, directory, folder=None, cryptodev='crypto_aesni_mb'):
        super().__init__(args, log, (cryptodev,), program=compile_example(folder, directory))
        # It takes what it cannot do from the ring again and again, with lines in its log each time.
        self.argv[self.argv.index('--'):self.argv.index('--')] = QUIET
        if not folder:
            return
        plugins = glob.glob(f'{folder}/usr/lib/{TRIPLET}/dpdk/pmds-*')
        if not plugins:
            raise Missing(f'{folder} has no drivers of DPDK')
        libraries = ':'.join(f'{folder}/{lib}/{TRIPLET}' for lib in ('usr/lib', 'lib'))
        self.argv[self.argv.index('--'):self.argv.index('--')] = ('-d', plugins[0])
        self.argv = [f'{folder}/lib64/ld-linux-x86-64.so.2', '--library-path', libraries,
                     *self.argv]
