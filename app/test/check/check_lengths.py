#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check that no source file has more than 600 lines: one that has does more than one thing."""

import fnmatch
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[3]
LIMIT = 600
FOLDERS = ('app', 'devtools', 'drivers', 'examples', 'lib')
SUFFIXES = ('.c', '.h', '.py', '.sh')
# Data, not code.
DATA = ('*vectors*', '*_tables.h')


def sources():
    """Yield the source files, by their paths in the tree."""
    for folder in FOLDERS:
        for path in sorted((TOP / folder).glob('**/*')):
            name = str(path.relative_to(TOP))
            if path.suffix in SUFFIXES and not any(fnmatch.fnmatch(path.name, data)
                                                   for data in DATA):
                yield name, path


def main():
    """Count lines and print the totals."""
    wrong, passed = [], 0
    for name, path in sources():
        lines = len(path.read_text(encoding='utf-8').splitlines())
        if lines > LIMIT:
            wrong.append(f'{name} has {lines} lines, {LIMIT} are allowed: split it by concern')
        else:
            passed += 1
    for line in wrong:
        print(f'not ok {line}')
    print(f'{passed} passed, {len(wrong)} failed')
    return 1 if wrong or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
