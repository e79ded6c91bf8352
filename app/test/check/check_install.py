#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check what `meson install` installs, below a directory of its own.

The files are there; the program runs with the library, and its service manager is told; EAL loads
the driver from the directory of plug-ins; a program can be compiled with each pkg-config file; man
pages, service and completion are right.

usage: check_install.py BUILD_DIRECTORY
"""

import contextlib
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

FILES = ('bin/dpdk-vhost_crypto', 'etc/dpdk-vhost_crypto/example.conf',
         'include/virtio-crypto/rte_vhost_crypto.h',
         'lib/systemd/system/dpdk-vhost_crypto@.service',
         'share/bash-completion/completions/dpdk-vhost_crypto',
         'share/man/man1/dpdk-vhost_crypto.1', 'share/man/man5/dpdk-vhost_crypto.conf.5')
LIBRARIES = ('librte_vhost_crypto.a', 'librte_vhost_crypto.so', 'librte_vhost_crypto.so.1',
             'librte_pmd_virtio_crypto.a', 'pkgconfig/librte_vhost_crypto.pc',
             'pkgconfig/librte_pmd_virtio_crypto.pc')
EAL = ('--no-huge', '-m', '64', '--no-pci', '--no-shconf', '--no-telemetry', '--lcores', '(0-1)')
USER_OF_LIBRARY = '''
#include <rte_vhost_crypto.h>
int main(void) { return rte_vhost_crypto_device_register("", 0) != 0; }
'''
USER_OF_DRIVER = '''
#include <rte_cryptodev.h>
int main(void) { return rte_cryptodev_driver_id_get("crypto_virtio_user") < 0; }
'''
EXPOSURE = 1.5


class Installed:
    """An installation below a directory, and where its parts are."""

    def __init__(self, build, top):
        options = {option['name']: option['value'] for option in
                   json.loads(self.output(['meson', 'introspect', '--buildoptions', build]))}
        subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--destdir', top],
                       check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.top = top
        self.prefix = options['prefix']
        self.root = top + options['prefix']
        self.libdir = os.path.join(self.root, options['libdir'])
        self.etc = os.path.join(self.root, options['sysconfdir'].lstrip('/'))
        self.program = os.path.join(self.root, 'bin/dpdk-vhost_crypto')

    def output(self, argv, **more):
        """Return what a command prints; it must succeed."""
        return subprocess.run(argv, stdout=subprocess.PIPE, check=True, text=True, **more).stdout

    def run(self, argv, **env):
        """Return the exit status of a command, and what it prints on both streams."""
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=120,
                              env=dict(os.environ, LD_LIBRARY_PATH=self.libdir, **env))
        return done.returncode, done.stdout


def check_files(there):
    """Yield each file that must be there."""
    for name in FILES:
        yield name, '' if os.path.isfile(os.path.join(there.root, name)) else 'is not installed'
    for name in LIBRARIES:
        yield name, '' if os.path.isfile(os.path.join(there.libdir, name)) else 'is not installed'
    left = [path for name in FILES[1:5] for path in [os.path.join(there.root, name)]
            if os.path.exists(path) and re.search(r'@\w+@', open(path, encoding='utf-8').read())]
    yield 'placeholders', f"are left in {' '.join(left)}" if left else ''


def plugin(there):
    """Return the installed driver."""
    found = [path for path in glob.glob(f'{there.top}/**/librte_pmd_virtio_crypto.so*',
                                        recursive=True)]
    return found[0] if len(found) == 1 and found[0].endswith('.so') else ''


def check_driver(there):
    """Yield whether EAL loads the driver from its directory, and which name it goes by."""
    path = plugin(there)
    yield 'driver', '' if path else 'is not installed as one .so'
    wanted = subprocess.run(['cc', '-E', '-dM', '-include', 'rte_build_config.h', '-xc',
                             *there.output(['pkg-config', '--cflags', 'libdpdk']).split(),
                             '/dev/null'], stdout=subprocess.PIPE, text=True, check=True).stdout
    wanted = re.search(r'RTE_EAL_PMD_PATH "(.*)"', wanted)[1]
    if there.prefix in ('/usr', '/usr/local'):
        yield 'driver_where_eal_looks', '' if path.startswith(there.top + wanted) else \
            f'{path} is not in {wanted}'
    _, text = there.run([there.program, *EAL, '-d', os.path.dirname(path), '--vdev',
                         'crypto_virtio_user0,path=/nowhere/a.sock', '--', '--config', '(1,0,0)',
                         '--socket-file', '1,/nowhere/b.sock'])
    yield 'driver_loaded', '' if '/nowhere/a.sock: ' in text else \
        f'the driver did not try to connect:\n{text}'


def check_program(there, directory):
    """Yield whether the program runs, and tells a service manager that it is ready."""
    status, text = there.run([there.program, '--version'])
    yield 'program', '' if status == 0 else f'status {status}:\n{text}'
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        path = os.path.join(directory, 'notify')
        manager.bind(path)
        manager.settimeout(60)
        process = subprocess.Popen(
            [there.program, *EAL, '--vdev', 'crypto_null0', '--', '--config', '(1,0,0)', '--mode',
             'adaptive', '--socket-file', f'1,{directory}/a.sock'], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, LD_LIBRARY_PATH=there.libdir, NOTIFY_SOCKET=path))
        said = []
        try:
            with contextlib.suppress(TimeoutError):
                said.append(manager.recv(100))
                served = os.path.exists(f'{directory}/a.sock')
                yield 'notified_when_served', '' if served else 'there was no socket yet'
                process.terminate()
                said.append(manager.recv(100))
            process.wait(60)
        finally:
            if process.poll() is None:
                process.kill()
        yield 'notified', '' if said == [b'READY=1', b'STOPPING=1'] else f'it said {said}'


def check_pkgconfig(there, directory):
    """Yield whether a program can be compiled, linked and run with each pkg-config file."""
    places = os.path.join(directory, 'pkgconfig')
    os.mkdir(places)
    for path in glob.glob(os.path.join(there.libdir, 'pkgconfig', '*.pc')):
        with open(path, encoding='utf-8') as file:
            text = file.read().replace(f'prefix={there.prefix}', f'prefix={there.root}')
        with open(os.path.join(places, os.path.basename(path)), 'w', encoding='utf-8') as file:
            file.write(text)
    env = dict(os.environ, PKG_CONFIG_PATH=places)
    for name, source in (('librte_vhost_crypto', USER_OF_LIBRARY),
                         ('librte_pmd_virtio_crypto', USER_OF_DRIVER)):
        program = os.path.join(directory, name)
        flags = there.output(['pkg-config', '--cflags', '--libs', name], env=env).split()
        with open(program + '.c', 'w', encoding='utf-8') as file:
            file.write(source)
        done = subprocess.run(['cc', '-o', program, program + '.c', '-DALLOW_EXPERIMENTAL_API',
                               *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        yield f'{name}_compiled', done.stdout if done.returncode else ''
        if done.returncode == 0:
            status, text = there.run([program])
            yield f'{name}_runs', f'status {status}:\n{text}' if status else ''


def check_pages(there):
    """Yield what is wrong with the man pages."""
    if shutil.which('mandoc') is None:
        return
    for path in sorted(glob.glob(f'{there.root}/share/man/man*/*')):
        _, text = there.run(['mandoc', '-Tlint', '-Wwarning', path])
        yield os.path.basename(path), text


def check_service(there, directory):
    """Yield whether systemd understands the service, and how exposed it is."""
    if shutil.which('systemd-analyze') is None:
        return
    with open(f'{there.root}/lib/systemd/system/dpdk-vhost_crypto@.service',
              encoding='utf-8') as file:
        text = file.read()
    path = f'{directory}/dpdk-vhost_crypto@.service'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text.replace(f'ExecStart={there.prefix}', f'ExecStart={there.root}'))
    status, text = there.run(['systemd-analyze', 'verify', '--man=no', path])
    yield 'service', f'status {status}:\n{text}' if status or text else ''
    _, text = there.run(['systemd-analyze', 'security', '--offline=true', '--no-pager', path])
    found = re.search(r'exposure level for \S+: ([\d.]+)', text)
    yield 'exposure', '' if found and float(found[1]) <= EXPOSURE else f'over {EXPOSURE}:\n{text}'


def check_completion(there):
    """Yield whether words are completed."""
    script = f'{there.root}/share/bash-completion/completions/dpdk-vhost_crypto'
    for words, wanted in ((('--ver',), '--version'), (('--socket-f',), ''),
                          (('--', '--socket-f'), '--socket-file'),
                          (('--', '--mode', 'ad'), 'adaptive')):
        quoted = ' '.join(f"'{word}'" for word in ('dpdk-vhost_crypto', *words))
        status, text = there.run(['bash', '-c', f'. {script}; COMP_WORDS=({quoted}); '
                                  f'COMP_CWORD={len(words)}; _dpdk_vhost_crypto; '
                                  'printf %s "${COMPREPLY[*]}"'])
        yield f"completion_{'_'.join(words)}", '' if (status, text) == (0, wanted) else \
            f'status {status}, "{text}" and not "{wanted}"'


def main():
    """Check all, and print the totals."""
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    build = os.path.abspath(sys.argv[1])
    passed = failed = 0
    # EAL loads no driver from below /tmp.
    with tempfile.TemporaryDirectory(dir=build) as top, tempfile.TemporaryDirectory() as directory:
        there = Installed(build, top)
        for found in (check_files(there), check_driver(there), check_program(there, directory),
                      check_pkgconfig(there, directory), check_pages(there),
                      check_service(there, directory), check_completion(there)):
            for name, wrong in found:
                if wrong:
                    print(f'not ok {name}: {wrong}')
                    failed += 1
                else:
                    passed += 1
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
