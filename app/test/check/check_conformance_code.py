#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Compare the column Code of the conformance table with the sources of driver and library.

The column of doc/guides/cryptodevs/virtio_conformance.csv names the functions that fulfil each
statement, as FILE:FUNCTION. Each function has to be defined in that file, and has to have a comment
that names the statement, as in `/* HASH Service Operation, D21 */`. Such a comment has to name the
section of the table, and to stand in one of the functions that the table has for the statement.
What differs is printed.

usage: check_conformance_code.py [--refresh]

--refresh writes the table anew: functions that have moved get the file that they are in now. Their
names have to be there once, or once in a file of the same name; what is not is printed, and stays
as it is.
"""

import bisect
import collections
import csv
import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
TABLE = os.path.join(TOP, 'doc/guides/cryptodevs/virtio_conformance.csv')
FOLDERS = ('lib', 'drivers/crypto/virtio')
CODE = 3  # the column

DEFINITION = re.compile(r'^(\w+)\([^;{]*\)\n\{', re.MULTILINE)
TAG = re.compile(r'([A-Z][A-Za-z]+(?:[ :,]+[A-Za-z]+)*), ((?:[DR]\d+(?:, | and )?)+)')


def read_table():
    """Return the rows, without the header, and the header."""
    with open(TABLE, encoding='utf-8', newline='') as file:
        header, *rows = csv.reader(file)
    return rows, header


class Source:
    """A file, with the functions that it defines."""

    def __init__(self, path):
        self.path = os.path.relpath(path, TOP)
        with open(path, encoding='utf-8') as file:
            self.text = file.read()
        found = [(match.start(), match[1]) for match in DEFINITION.finditer(self.text)]
        self.starts = [start for start, _ in found]
        self.functions = [name for _, name in found]

    def function_at(self, position):
        """Return the function around a position, or the next one if it is between two."""
        number = bisect.bisect(self.starts, position) - 1
        if number < 0 or self.text.find('\n}\n', self.starts[number]) < position:
            number += 1
        return self.functions[number] if number < len(self.functions) else None

    def tags(self):
        """Yield (section, statements, function, line) for each comment that names a statement."""
        for comment in re.finditer(r'/\*.*?\*/', self.text, re.DOTALL):
            words = ' '.join(comment[0].replace('*', ' ').split())
            for tag in TAG.finditer(words):
                yield (tag[1], re.findall(r'[DR]\d+', tag[2]), self.function_at(comment.start()),
                       self.text.count('\n', 0, comment.start()) + 1)


def read_sources():
    """Return the sources by their paths."""
    return {source.path: source for folder in FOLDERS for source in
            map(Source, glob.glob(os.path.join(TOP, folder, '**', '*.[ch]'), recursive=True))}


def places(row):
    """Return the FILE:FUNCTION words of a row; "none: reason" has none."""
    return [] if row[CODE].startswith('none: ') else row[CODE].split()


def check_places(rows, sources):
    """Yield what is wrong with the column."""
    for row in rows:
        for place in places(row):
            path, _, function = place.partition(':')
            if path not in sources:
                yield f'{row[0]}: there is no file {path}; --refresh finds functions that moved'
            elif function not in sources[path].functions:
                yield f'{row[0]}: {path} does not define {function}()'


def check_untagged(rows, sources):
    """Yield the functions of the table that do not name their statement."""
    tagged = {(f'{source.path}:{function}', name) for source in sources.values()
              for _, ids, function, _ in source.tags() for name in ids}
    for row in rows:
        for place in places(row):
            if (place, row[0]) not in tagged:
                yield f'{row[0]}: no comment in {place} has "{row[1]}, {row[0]}"'


def check_tags(rows, sources):
    """Yield what is wrong with the comments in the sources."""
    statements = {row[0]: row for row in rows}
    for source in sources.values():
        for section, ids, function, line in source.tags():
            for name in ids:
                row = statements.get(name)
                where = f'{source.path}:{line}'
                if row is None or row[1] != section:
                    yield f'{where}: the table has no statement "{section}, {name}"'
                elif f'{source.path}:{function}' not in places(row):
                    yield f'{where}: {name} of the table does not name {source.path}:{function}'


def refresh(rows, header, sources):
    """Find functions that have moved, and write the table; yield what cannot be found."""
    homes = collections.defaultdict(list)
    for source in sources.values():
        for function in source.functions:
            homes[function].append(source.path)
    for row in rows:
        found = []
        for place in places(row):
            path, _, function = place.partition(':')
            if path not in sources or function not in sources[path].functions:
                same = [home for home in homes[function]
                        if os.path.basename(home) == os.path.basename(path)] or homes[function]
                if len(same) == 1:
                    path = same[0]
                else:
                    there = ' '.join(homes[function]) or 'nowhere'
                    yield f'{row[0]}: {function}() of {path} is now in: {there}'
            found.append(f'{path}:{function}')
        row[CODE] = ' '.join(found) or row[CODE]
    with open(TABLE, 'w', encoding='utf-8', newline='') as file:
        csv.writer(file, lineterminator='\n').writerows([header, *rows])


def main():
    """Print what differs; return the exit status."""
    if sys.argv[1:] not in ([], ['--refresh']):
        sys.exit(__doc__.strip())
    rows, header = read_table()
    sources = read_sources()
    if sys.argv[1:]:
        wrong = list(refresh(rows, header, sources))
    else:
        wrong = [*check_places(rows, sources), *check_tags(rows, sources),
                 *check_untagged(rows, sources)]
    for line in wrong:
        print(line)
    tags = sum(len(ids) for source in sources.values() for _, ids, _, _ in source.tags())
    print(f'{sum(len(places(row)) for row in rows)} functions in the table, {tags} statements in '
          f'the sources, {len(wrong)} differences')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
