#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check that libvirt makes of the documentation's XML the options that it is to give to QEMU.

A libvirt daemon of its own, of a user without rights and in a directory of its own, translates.
Needs the packages libvirt-clients, libvirt-daemon and libvirt-daemon-driver-qemu.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PAGE = os.path.join(TOP, 'doc/guides/howto/virtual_machines.rst')
NOBODY = 65534
COMMANDLINE = re.compile(r'<qemu:commandline>.*</qemu:commandline>', re.DOTALL)


def configurations():
    """Return the two configurations: the second one in the page is a part of the first."""
    with open(PAGE, encoding='utf-8') as page:
        blocks = re.findall(r'^\.\. code-block:: xml\n\n((?:   .*\n|\n)+)', page.read(),
                            re.MULTILINE)
    whole, part = blocks
    return {'cryptodev-vhost-user': whole,
            'vhost-user-test-device-pci': COMMANDLINE.sub(
                lambda _: COMMANDLINE.search(part).group(0), whole)}


def as_nobody():
    """Give up all rights, where there are any."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def translate(path, env):
    """Return QEMU's command line, as soon as the daemon is there."""
    for _ in range(30):
        done = subprocess.run(['virsh', '-c', 'qemu:///session', 'domxml-to-native', 'qemu-argv',
                               '--xml', path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=env, preexec_fn=as_nobody, text=True, check=False)
        if done.returncode == 0:
            return done.stdout
        time.sleep(1)
    raise SystemExit(f'not ok libvirt: {done.stderr.strip()}\n0 passed, 1 failed')


def main():
    """Translate both and look for their options."""
    if not shutil.which('virsh') or not shutil.which('libvirtd'):
        print('skip libvirt: there is no virsh, or no libvirtd\n0 passed, 0 failed, 1 skipped')
        return 0
    failed = 0
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        os.chmod(directory, 0o777)
        env = dict(os.environ, HOME=directory, XDG_RUNTIME_DIR=directory,
                   XDG_CACHE_HOME=directory, XDG_CONFIG_HOME=directory)
        with subprocess.Popen(['libvirtd', '-t', '120'], env=env, preexec_fn=as_nobody,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
            try:
                for name, text in configurations().items():
                    path = os.path.join(directory, f'{name}.xml')
                    with open(path, 'w', encoding='utf-8') as file:
                        file.write(text)
                    said = translate(path, env).split()
                    wanted = re.findall(r"<qemu:arg value='([^']*)'/>", text)
                    places = range(len(said) - len(wanted))
                    found = len(wanted) > 3 and any(
                        said[at:at + len(wanted)] == wanted for at in places)
                    shared = any('"share":true' in word for word in said)
                    good = found and shared
                    failed += not good
                    print(f'{"ok" if good else "not ok"} libvirt/{name}'
                          f'{"" if good else ": its options are not among those for QEMU"}')
            finally:
                daemon.terminate()
                daemon.wait()
    print(f'{2 - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
