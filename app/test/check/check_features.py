#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Compare what the documentation says of algorithms and features with what the code has.

The program dump_algs prints the table of algorithms. From it follow the tables of
doc/guides/cryptodevs/virtio.rst, row by row, and the algorithms of features/virtio.ini; the
features of the latter follow from the flags that the driver sets. What differs is printed, with
the line that would be right.

usage: check_features.py DUMP_ALGS
"""

import configparser
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
GUIDE = 'doc/guides/cryptodevs/virtio.rst'
MATRIX = 'doc/guides/cryptodevs/features/virtio.ini'
DRIVER = 'drivers/crypto/virtio'

# The label before each table of the guide, by service, and the columns behind the algorithm's name,
# number and name in DPDK.
TABLES = {
    'CIPHER': ('virtio_crypto_ciphers', ('key', 'iv', 'data')),
    'HASH': ('virtio_crypto_hashes', ('digest',)),
    'MAC': ('virtio_crypto_macs', ('key', 'digest', 'iv')),
    'AEAD': ('virtio_crypto_aeads', ('key', 'iv', 'digest')),
}

# Rows that the table has since a release of DPDK; the guide has them always.
SINCE = {'shake-128': (23, 7), 'shake-256': (23, 7)}

# DPDK's feature matrix has a line for each key size of these, and none for others.
SIZED = ('aes-cbc', 'aes-ecb', 'aes-ctr', 'aes-xts', 'aes-cmac', 'aes-gcm', 'aes-ccm')
NOT_IN_MATRIX = ('arc4', 'aes-f8', 'aes-cbc-mac', *SINCE)

# Lines of the feature matrix for flags that the driver may come to set.
FLAGS = {
    'SYMMETRIC_CRYPTO': 'Symmetric crypto',
    'ASYMMETRIC_CRYPTO': 'Asymmetric crypto',
    'SYM_OPERATION_CHAINING': 'Sym operation chaining',
    'IN_PLACE_SGL': 'In Place SGL',
    'OOP_SGL_IN_SGL_OUT': 'OOP SGL In SGL Out',
    'OOP_SGL_IN_LB_OUT': 'OOP SGL In LB  Out',
    'OOP_LB_IN_SGL_OUT': 'OOP LB  In SGL Out',
    'OOP_LB_IN_LB_OUT': 'OOP LB  In LB  Out',
    'DIGEST_ENCRYPTED': 'Digest encrypted',
    'ASYM_SESSIONLESS': 'Asymmetric sessionless',
    'SYM_SESSIONLESS': 'Symmetric sessionless',
    'NON_BYTE_ALIGNED_DATA': 'Non-Byte aligned data',
    'RSA_PRIV_OP_KEY_EXP': 'RSA PRIV OP KEY EXP',
    'RSA_PRIV_OP_KEY_QT': 'RSA PRIV OP KEY QT',
}


class Range:
    """Lengths in bytes that an algorithm takes."""

    def __init__(self, text):
        low, high, step = (int(word) for word in text.split('-'))
        self.values = range(low, high + 1, step or max(high - low, 1))

    def __str__(self):
        values = self.values
        if len(values) == 1:
            return str(values[0]) if values[0] else 'none'
        if len(values) <= 4:
            return ', '.join(str(value) for value in values)
        step = f' step {values.step}' if values.step > 1 else ''
        return f'{values[0]} to {values[-1]}{step}'


class Row:
    """A row of the table of algorithms."""

    def __init__(self, line):
        self.service, self.name, self.number, self.dpdk, block, whole, *ranges = line.split()
        self.key, self.iv, self.digest, self.aad = (Range(text) for text in ranges)
        self.data = f'blocks of {block}' if whole == '1' else 'any'

    def cells(self):
        """Return the row as the guide has it."""
        columns = TABLES[self.service][1]
        return [self.name, self.number, self.dpdk, *(str(getattr(self, name)) for name in columns)]

    def matrix_lines(self):
        """Return the names that DPDK's feature matrix has for the algorithm."""
        if self.dpdk in NOT_IN_MATRIX:
            return []
        name = self.dpdk
        if name != 'chacha20-poly1305':
            name = re.sub('^sha2-', 'sha', name)
            name = re.sub('^sha3-', 'sha3_', name).replace('-', ' ')
        name = name.upper()
        if self.dpdk not in SIZED:
            return [name]
        halves = 2 if self.dpdk == 'aes-xts' else 1  # XTS has two keys of the size in its name
        return [f'{name} ({size * 8 // halves})' for size in self.key.values]


def read_dump(program):
    """Return the release of DPDK that dump_algs was built with, and the rows of the table."""
    lines = subprocess.run([program], stdout=subprocess.PIPE, check=True,
                           text=True).stdout.splitlines()
    year, month = lines[0].split()[1:]
    return (int(year), int(month)), [Row(line) for line in lines[1:]]


def read_table(lines, label):
    """Return the cells of the simple table behind a label, without its header."""
    start = lines.index(f'.. _{label}:')
    rulers = [number for number in range(start, len(lines))
              if re.fullmatch(r' *=+( +=+)+', lines[number])][:3]
    columns = [match.start() for match in re.finditer('=+', lines[rulers[0]])]
    ends = [*columns[1:], None]
    return [[line[begin:end].strip() for begin, end in zip(columns, ends)]
            for line in lines[rulers[1] + 1:rulers[2]]]


def check_tables(release, rows):
    """Yield what is wrong in the tables of the guide."""
    with open(os.path.join(TOP, GUIDE), encoding='utf-8') as guide:
        lines = guide.read().splitlines()
    for service, (label, _) in TABLES.items():
        said = [cells for cells in read_table(lines, label)
                if release >= SINCE.get(cells[2], release)]
        right = [row.cells() for row in rows if row.service == service]
        for cells in right:
            if cells not in said:
                yield f"{GUIDE}: {label}: this row is missing: {' | '.join(cells)}"
        for cells in said:
            if cells not in right:
                yield f"{GUIDE}: {label}: the code has no such row: {' | '.join(cells)}"


def in_driver(pattern):
    """Return what a pattern finds in the files of the driver."""
    found = set()
    directory = os.path.join(TOP, DRIVER)
    for name in os.listdir(directory):
        if name.endswith('.c'):
            with open(os.path.join(directory, name), encoding='utf-8') as source:
                found.update(re.findall(pattern, source.read()))
    return found


def driver_features():
    """Return the lines of the feature matrix for the flags that the driver sets."""
    return {FLAGS[flag] for flag in in_driver(r'\bRTE_CRYPTODEV_FF_(\w+)')}


def driver_asymmetric():
    """Return the names of the asymmetric algorithms of which the driver has a capability."""
    return in_driver(r'xform_capa\.xform_type = RTE_CRYPTO_ASYM_XFORM_(\w+)')


def check_matrix(rows):
    """Yield what is wrong in the feature matrix."""
    matrix = configparser.ConfigParser(comment_prefixes=';', delimiters='=')
    matrix.optionxform = str
    matrix.read(os.path.join(TOP, MATRIX), encoding='utf-8')
    right = {'Features': driver_features(), 'Cipher': set(), 'Auth': set(), 'AEAD': set(),
             'Asymmetric': driver_asymmetric(), 'OS': {'Linux'}}
    for row in rows:
        section = {'CIPHER': 'Cipher', 'AEAD': 'AEAD'}.get(row.service, 'Auth')
        right[section].update(row.matrix_lines())
    for section, names in right.items():
        said = {name for name, value in matrix[section].items() if value == 'Y'}
        for name in sorted(names - said):
            yield f'{MATRIX}: [{section}]: "{name} = Y" is missing'
        for name in sorted(set(matrix[section]) - names):
            yield f'{MATRIX}: [{section}]: the code has no "{name}"'


def main():
    """Print what differs; return the exit status."""
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    release, rows = read_dump(sys.argv[1])
    wrong = [*check_tables(release, rows), *check_matrix(rows)]
    for line in wrong:
        print(line)
    print(f'{len(rows)} algorithms compared, {len(wrong)} differences')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
