#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Run a command with 2 MiB hugepages free, and give back those that were reserved for it.

usage: hugepages.py COUNT COMMAND [ARGUMENT...]
"""

import os
import signal
import subprocess
import sys

PAGES = '/sys/kernel/mm/hugepages/hugepages-2048kB'


class HugepagesError(Exception):
    """There are not enough hugepages, and no more can be had."""


def _read(name):
    with open(os.path.join(PAGES, name), encoding='ascii') as file:
        return int(file.read())


def _write(number):
    with open(os.path.join(PAGES, 'nr_hugepages'), 'w', encoding='ascii') as file:
        file.write(str(number))


class Hugepages:
    """A context in which `count` hugepages are free: those that were, and more if need be."""

    def __init__(self, count):
        self.count = count
        self.added = 0

    def __enter__(self):
        try:
            missing = self.count - _read('free_hugepages')
            if missing <= 0:
                return self
            before = _read('nr_hugepages')
            _write(before + missing)
            self.added = _read('nr_hugepages') - before
        except OSError as error:
            raise HugepagesError(f'cannot reserve hugepages: {error.strerror} '
                                 f'({error.filename})') from error
        if self.added < missing:
            got = self.added
            self.__exit__()
            raise HugepagesError(f'{missing} more hugepages are needed, the kernel has {got}')
        return self

    def __exit__(self, *_):
        if self.added > 0:
            _write(max(_read('nr_hugepages') - self.added, 0))
            self.added = 0


def reserve(stack, count, choice):
    """Enter hugepages into the stack when they are wanted and can be had; say whether.

    `choice`: yes, no, or auto, which does without if need be.
    """
    if choice == 'no':
        return False
    try:
        stack.enter_context(Hugepages(count))
        return True
    except HugepagesError as error:
        if choice == 'yes':
            raise
        print(f'Memory: no hugepages ({error}), so --no-huge.')
        return False


def main():
    """Run the command line's command; return its exit status."""
    if len(sys.argv) < 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__.strip())

    def leave(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        with Hugepages(int(sys.argv[1])), subprocess.Popen(sys.argv[2:]) as child:
            try:
                return child.wait()
            finally:
                if child.poll() is None:
                    child.terminate()
    except HugepagesError as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    sys.exit(main())
