#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Compare the table of the specification's statements with what the tests say of themselves.

A test says which statements it proves: `Proves D1 and D2.` in the comment before the function of a
unit test or before the registration of a case, or in the docstring of a scenario. The table is
doc/guides/cryptodevs/virtio_conformance.csv, which the guide shows. Both have to name the same
tests for the same statements, and the tests have to be there: in the list of a program that is
built, in that of virtio_crypto_test, or among the scenarios. What differs is printed.

usage: check_conformance.py VIRTIO_CRYPTO_TEST UNIT_PROGRAM...
"""

import ast
import collections
import csv
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(HERE, '../../doc/guides/cryptodevs/virtio_conformance.csv')
HEADER = ['Id', 'Section', 'Statement', 'Code', 'Proof']
PROOF = 4  # the column; check_conformance_code.py checks the one before

# How many statements a section has, of the device and of the driver: 69 and 34 together. Each item
# of a normative list is one, and each status in a list below an item is one more. The last four are
# statements of the text outside of its lists.
SECTIONS = {
    'Device configuration layout': (8, 9),
    'Device Initialization': (0, 3),
    'Session operation: create session': (8, 3),
    'Session operation: destroy session': (3, 2),
    'HASH Service Operation': (8, 3),
    'MAC Service Operation': (7, 3),
    'Symmetric algorithms Operation': (12, 5),
    'AEAD Service Operation': (10, 3),
    'AKCIPHER Service Operation': (9, 3),
    'Operation status': (1, 0),
    'Data Virtqueue': (1, 0),
    'AKCIPHER session parameters': (1, 0),
    'Signatures of ECDSA': (1, 0),
}

# A tag: the statements, and in a comment of C what stands behind it.
IDS = re.compile(r'Proves ([DR]\d+(?:, [DR]\d+)*(?: and [DR]\d+)?)[.:]')
COMMENT = re.compile(r'/\*((?:[^*]|\*(?!/))*?\bProves\b(?:[^*]|\*(?!/))*)\*/')
FUNCTION = re.compile(r'\s*static void\n(\w+)\(void\)\n{')
REGISTRATION = re.compile(r'\s*test_register\([^"]*"([^"]+)"')


def read(*path):
    """Return the text of a file of the tests."""
    with open(os.path.join(HERE, *path), encoding='utf-8') as file:
        return file.read()


def table_rows():
    """Yield the rows of the table as lists of cells."""
    with open(TABLE, encoding='utf-8', newline='') as file:
        rows = list(csv.reader(file))
    if rows[0] != HEADER:
        sys.exit(f"{TABLE}: the first line has to be {','.join(HEADER)}")
    yield from rows[1:]


def ids_of(text, where):
    """Return the statements that a tag names."""
    match = IDS.search(' '.join(text.replace('*', ' ').split()))
    if match is None or text.count('Proves') != 1:
        sys.exit(f'{where}: a tag has to read "Proves D1, D2 and R3.": {text.strip()}')
    return re.findall(r'[DR]\d+', match[1])


def c_tags(program, *path):
    """Yield (statement, test) for the tags of a source of unit tests or of cases."""
    source = read(*path)
    for comment in COMMENT.finditer(source):
        where = f"{os.path.join(*path)}:{source.count(chr(10), 0, comment.start()) + 1}"
        for pattern in (FUNCTION, REGISTRATION):
            test = pattern.match(source, comment.end())
            if test is not None:
                break
        else:
            sys.exit(f'{where}: the tag stands before no test')
        for statement in ids_of(comment[1], where):
            yield statement, f'{program}:{test[1]}'


def scenarios():
    """Yield the functions in the lists SCENARIOS of two_process.py's modules."""
    folder = os.path.join(HERE, 'two_process')
    for name in sorted(os.listdir(folder)):
        if not name.startswith('two_process') or not name.endswith('.py'):
            continue
        body = ast.parse(read('two_process', name)).body
        listed = {item.id for node in body
                  if isinstance(node, ast.Assign)
                  and getattr(node.targets[0], 'id', '') == 'SCENARIOS'
                  for item in ast.walk(node.value) if isinstance(item, ast.Name)}
        yield from (node for node in body
                    if isinstance(node, ast.FunctionDef) and node.name in listed)


def all_tags():
    """Yield (statement, test) for all tags of all tests."""
    for name in sorted(os.listdir(os.path.join(HERE, 'unit'))):
        if name.endswith('.c'):
            yield from c_tags(name[:-2], 'unit', name)
    for name in sorted(os.listdir(os.path.join(HERE, 'api'))):
        if name.endswith('.c'):
            yield from c_tags('virtio_crypto_test', 'api', name)
    for function in scenarios():
        text = ast.get_docstring(function) or ''
        if 'Proves' in text:
            for statement in ids_of(text, f'two_process.py: {function.name}'):
                yield statement, f'two_process.py:{function.name}'


def listed_cases(program):
    """Return the names of the cases of virtio_crypto_test."""
    command = [program, '--no-huge', '-m', '64', '--no-pci', '--no-shconf', '--no-telemetry',
               '--log-level', '*:error', '--file-prefix', f'conformance_{os.getpid()}', '--',
               '--list']
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()


def exists(test, cases, programs):
    """Whether a test is one that can be run."""
    program, _, name = test.partition(':')
    if program == 'virtio_crypto_test':
        pattern = re.escape(name).replace('%s', '.+')
        return any(re.fullmatch(pattern, case) for case in cases)
    if program == 'two_process.py':
        return any(function.name == name for function in scenarios())
    return program in programs and f'UNIT_TEST({name}),' in read('unit', f'{program}.c')


def check_form(rows):
    """Yield what is wrong with the table by itself."""
    right = [f'{side}{number + 1}' for side, count in
             zip('DR', map(sum, zip(*SECTIONS.values()))) for number in range(count)]
    if [row[0] for row in rows] != right:
        yield f'the statements have to be {right[0]} to {right[-1]}, each once, in their order'
    count = collections.Counter((row[0][:1], row[1]) for row in rows)
    for section, numbers in SECTIONS.items():
        for side, number in zip('DR', numbers):
            if count.pop((side, section), 0) != number:
                yield f'{number} statements {side}... have to be of "{section}"'
    yield from (f'there is no section "{section}" with statements {side}...'
                for side, section in count)
    for row in rows:
        if len(row) != len(HEADER) or not all(cell.strip() for cell in row):
            yield f'{row[0]}: a cell is missing or too many'


def proofs(rows):
    """Return (statement, test) for all that the table names; "none: reason" names nothing."""
    return {(row[0], test) for row in rows if not row[PROOF].startswith('none: ')
            for test in row[PROOF].split()}


def main():
    """Print what differs; return the exit status."""
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    rows = list(table_rows())
    wrong = list(check_form(rows))
    said, tagged = proofs(rows), set(all_tags())
    cases = listed_cases(sys.argv[1])
    programs = {os.path.basename(program) for program in sys.argv[2:]}
    for statement, test in sorted(said | tagged):
        if (statement, test) not in tagged:
            wrong.append(f'{statement}: the table names {test}, which does not say so')
        if (statement, test) not in said:
            wrong.append(f'{statement}: {test} says that it proves it, the table does not')
        if not exists(test, cases, programs):
            wrong.append(f'{statement}: there is no test {test}')
    for line in wrong:
        print(line)
    print(f'{len(rows)} statements, {len(said)} proofs, {len(wrong)} differences')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
