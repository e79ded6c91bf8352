#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check that no home-made word stands where virtio, vhost-user and DPDK have a term.

words.txt beside this file has the words, the terms and the exceptions. A planted word of each kind
has to be found, and each exception has to be needed.

usage: check_words.py [PATH...]     of the tree, in place of those that the list covers
"""

import fnmatch
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[3]
LIST = TOP / 'app/test/check/words.txt'
SUFFIXES = ('.c', '.h', '.py', '.sh', '.build', '.rst', '.md', '.csv', '.txt', '.ini', '.list')
# Where words stand that are replaced, and text of the sources.
LISTS = ('app/test/check/words.txt', 'app/test/check/check_words.py')
FOLDERS = ('lib', 'examples')
NAME = re.compile(r'--[a-z][\w-]*|[A-Za-z_]\w*')


class Words:
    """The list: what is covered, the words and the exceptions."""

    def __init__(self, text):
        self.cover, self.words, self.exceptions = [], [], []
        for number, line in enumerate(text.splitlines(), 1):
            kind, _, rest = line.partition(' ')
            if not kind or kind.startswith('#'):
                continue
            if kind == 'cover':
                self.cover += rest.split()
            elif kind in ('name', 'text') and ' = ' in rest:
                pattern, _, term = rest.rpartition(' = ')
                if kind == 'text':
                    pattern = r'(?<!\w)(?:' + pattern.replace(' ', r'[\s*#]+') + r')(?!\w)'
                self.words.append((kind, re.compile(pattern, re.IGNORECASE), term))
            elif kind == 'except' and ' # ' in rest:
                path, _, pattern = rest.partition(' # ')[0].strip().partition(' ')
                self.exceptions.append((path, re.compile(pattern, re.IGNORECASE)))
            else:
                sys.exit(f'{LIST}:{number}: neither cover, name, text nor except: {line}')

    def find(self, text, allowed=frozenset()):
        """Yield (line, word, term) for the replaced words of a text."""
        names = {}
        for found in NAME.finditer(text):
            if found[0] not in names:
                names[found[0]] = None if found[0] in allowed else next(
                    (term for kind, pattern, term in self.words
                     if kind == 'name' and pattern.fullmatch(found[0])), None)
            if names[found[0]] is not None:
                yield text.count('\n', 0, found.start()) + 1, found[0], names[found[0]]
        for kind, pattern, term in self.words:
            if kind == 'text':
                for found in pattern.finditer(text):
                    word = re.sub(r'[\s*#]+', ' ', found[0])
                    yield text.count('\n', 0, found.start()) + 1, word, term


def sources(folders):
    """Yield the files below some folders, by their paths in the tree."""
    for folder in folders:
        top = TOP / folder
        for path in [top] if top.is_file() else sorted(top.glob('**/*')):
            name = str(path.relative_to(TOP))
            if path.is_file() and path.suffix in SUFFIXES and '/seeds/' not in name \
                    and name not in LISTS:
                yield name, path.read_text(encoding='utf-8')


def check_list(words):
    """Yield what is wrong with the list: a word that would not be found."""
    planted = ['vc_vring_give', 'door', 'PATIENCE_MS', 'a_ring_is_told', '--patience']
    for word in planted:
        if not list(words.find(f'int {word};\n')):
            yield f'{LIST}: a planted word is not found: {word}'
    if not list(words.find('/* A front-end is sent\n * away. */\n')):
        yield f'{LIST}: planted words over two lines are not found'


def main():
    """Print the replaced words and the totals."""
    words = Words(LIST.read_text(encoding='utf-8'))
    allowed = frozenset()
    cover = sys.argv[1:] or words.cover
    for folder in FOLDERS:
        if folder not in cover:
            allowed |= {name for _, text in sources([folder]) for name in NAME.findall(text)}
    needed, passed = set(), 0
    wrong = list(check_list(words))
    for path, text in sources(cover):
        before = len(wrong)
        for part in (path, text):
            for line, word, term in words.find(part, allowed):
                excepted = [n for n, (file, pattern) in enumerate(words.exceptions)
                            if fnmatch.fnmatch(path, file) and pattern.fullmatch(word)]
                needed.update(excepted)
                if not excepted:
                    wrong.append(f'{path}:{line}: "{word}"; the term is: {term}')
        passed += len(wrong) == before
    if not sys.argv[1:]:
        wrong += [f'{LIST}: nothing needs the exception {file} {pattern.pattern}'
                  for n, (file, pattern) in enumerate(words.exceptions) if n not in needed]
    for line in wrong:
        print(f'not ok {line}')
    print(f'{passed} passed, {len(wrong)} failed')
    return 1 if wrong or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
