#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check that what was built is hardened: libraries and programs, each named on the command line.

Where a flag leaves no trace that is sure to be in every file, it is looked for in the library,
which has code for it: large frames, and calls that can be fortified.
"""

import re
import subprocess
import sys

# How compilers touch each page of a large frame: "sub $4096,%rsp", and then "orq $0,(%rsp)", "orb
# $0,(%rsp)" or "movq $0,(%rsp)".
PAGE = b'\x48\x81\xec\x00\x10\x00\x00'
PROBES = (PAGE + b'\x48\x83\x0c\x24\x00', PAGE + b'\x80\x0c\x24\x00',
          PAGE + b'\x48\xc7\x04\x24\x00\x00\x00\x00')
ENDBR64 = b'\xf3\x0f\x1e\xfa'


def read(option, path):
    """Return what readelf says."""
    return subprocess.run(['readelf', '-W', option, path], stdout=subprocess.PIPE, check=True,
                          text=True).stdout


def checks(path, library):
    """Yield the name of each check of a file, and whether it is as it should be."""
    header, segments = read('-h', path), read('-l', path)
    dynamic, symbols = read('-d', path), read('--dyn-syms', path)
    with open(path, 'rb') as file:
        code = file.read()
    yield 'at any address', re.search(r'Type:\s+DYN', header)
    yield 'relocations are read-only', 'GNU_RELRO' in segments
    yield 'bound when loaded', re.search(r'FLAGS.*\bNOW\b|BIND_NOW', dynamic)
    yield 'stack is not executable', re.search(r'GNU_STACK.* RW ', segments)
    yield 'nothing is writable and executable', not re.search(r'LOAD.* RWE ', segments)
    yield 'frames are guarded', '__stack_chk_fail' in symbols
    yield 'targets of calls are marked', code.count(ENDBR64) > 10
    if library:
        yield 'large frames are probed', any(probe in code for probe in PROBES)
        yield 'calls of libc are fortified', re.search(r'__(?!stack)\w+_chk\b', symbols)


def main():
    """Check all files and print the totals."""
    failed = passed = 0
    for number, path in enumerate(sys.argv[1:]):
        for name, good in checks(path, number == 0):
            if good:
                passed += 1
            else:
                print(f'not ok {path}: {name}')
                failed += 1
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
