#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check that calls and includes run one way: as app/test/check/directions.txt has the layers.

The sources are read as text. A definition begins with its name in the first column, as DPDK's
coding style has it. A reference is a public function or variable of the same directory whose name
occurs in code, be it called or its address taken; prototypes are no references. An inline function
needs no look, as who calls it includes its header.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[3]
TABLE = TOP / 'app/test/check/directions.txt'

COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
EXTERN_C = re.compile(r'^extern "" \{$|(?<=^#ifdef __cplusplus\n)}$', re.MULTILINE)
INCLUDE = re.compile(r'^#include\s+"([^"]+)"', re.MULTILINE)
FUNCTION = re.compile(r'^([a-z_]\w*)\(', re.MULTILINE)
VARIABLE = re.compile(r'^(?!static|extern|typedef)[a-z_][\w ]* \*?([a-z_]\w*)(?:\[\w*\])?(?: =|;)',
                      re.MULTILINE)


class Layer:
    """A layer of a directory: what it may use, and its modules in their order."""

    def __init__(self, name, uses):
        self.name, self.uses, self.modules = name, uses, []


class Layers(list):
    """The layers of a directory, and the other directories whose headers it may include."""

    def __init__(self, uses):
        super().__init__()
        self.uses = uses


def read_table():
    """Return the layers of each directory."""
    table, layers = {}, None
    for number, line in enumerate(TABLE.read_text(encoding='utf-8').splitlines(), 1):
        words = line.split('#')[0].split()
        if not words:
            continue
        if words[0] == 'directory' and (len(words) == 2 or words[2] == 'uses'):
            for use in words[3:]:
                if use not in table:
                    sys.exit(f'{TABLE}:{number}: directory {use} does not stand above {words[1]}')
            layers = table.setdefault(words[1], Layers(words[3:]))
        elif words[0] == 'layer' and (len(words) == 2 or words[2] == 'uses'):
            known = [layer.name for layer in layers]
            for use in words[3:]:
                if use not in known:
                    sys.exit(f'{TABLE}:{number}: layer {use} does not stand above {words[1]}')
            layers.append(Layer(words[1], words[3:]))
        elif line[0].isspace():
            layers[-1].modules += words
        else:
            sys.exit(f'{TABLE}:{number}: neither a directory, a layer nor modules: {line}')
    return table


def strip(text):
    """Return C without comments, and with empty strings; lines stay where they are."""
    return COMMENT_OR_STRING.sub(lambda m: '""' if m[0][0] == '"' else re.sub(r'[^\n]', ' ', m[0]),
                                 text)


def code_of(path, text):
    """Return the lines of code of a file: of a header, what is inside braces, and macros."""
    if path.suffix == '.c':
        return text
    depth, lines = 0, []
    continued = False
    text = EXTERN_C.sub('', text)
    for line in text.split('\n'):
        macro = continued or line.startswith('#define')
        lines.append(line if depth > 0 or macro else '')
        continued = macro and line.endswith('\\')
        if not macro:
            depth += line.count('{') - line.count('}')
    return '\n'.join(lines)


class Directory:
    """The sources of a directory, by module."""

    def __init__(self, name):
        self.files = {}
        for path in sorted((TOP / name).glob('**/*.[ch]')):
            module = str(path.relative_to(TOP / name).with_suffix(''))
            self.files.setdefault(module, {})[path] = path.read_text(encoding='utf-8')
        self.headers = {path.name: module for module, files in self.files.items()
                        for path in files if path.suffix == '.h'}
        self.names = {}
        for module, files in self.files.items():
            for path, text in files.items():
                for name in self.definitions(path, strip(text)):
                    self.names[name] = module

    @staticmethod
    def definitions(path, text):
        """Yield the functions and variables that others can refer to."""
        for found in FUNCTION.finditer(text):
            before = text[:found.start()].rstrip().rpartition('\n')[2]
            if not before.startswith('static') and found[1] != 'static_assert':
                yield found[1]
        if path.suffix == '.c':
            for found in VARIABLE.finditer(text):
                yield found[1]

    def references(self, module):
        """Yield what a module refers to: the place, the other module, and by which name."""
        for path, text in self.files[module].items():
            where = path.relative_to(TOP)
            for found in INCLUDE.finditer(text):
                other = self.headers.get(pathlib.Path(found[1]).name)
                if other not in (None, module):
                    yield f'{where}:{text.count(chr(10), 0, found.start()) + 1}', other, 'include'
            code = code_of(path, strip(text))
            for number, line in enumerate(code.split('\n'), 1):
                for name in re.findall(r'\b[a-z_]\w*\b', line):
                    if self.names.get(name, module) != module:
                        yield f'{where}:{number}', self.names[name], name


def check_modules(name, layers, directory):
    """Yield the modules that the table lacks, has twice, or that are not there."""
    listed = [module for layer in layers for module in layer.modules]
    for module in sorted(set(listed) | set(directory.files)):
        if module not in directory.files:
            yield f'{name}: the table has {module}, which does not exist'
        elif listed.count(module) != 1:
            yield f'{name}: {module} stands {listed.count(module)} times in the table, not once'


def check_references(layers, directory):
    """Yield the references that go against the table; return how many there are in all."""
    layer_of = {module: layer for layer in layers for module in layer.modules}
    count = 0
    for module, layer in layer_of.items():
        if module not in directory.files:
            continue
        before = layer.modules[:layer.modules.index(module)]
        for where, other, name in directory.references(module):
            count += 1
            there = layer_of.get(other)
            if there is not None and other not in before and there.name not in layer.uses:
                yield (f'{where}: {name}: {module} (layer {layer.name}) must not use {other} '
                       f'(layer {there.name})')
    return count


def check_foreign(name, layers, directory, others):
    """Yield the includes of headers of a directory that this one does not use."""
    for files in directory.files.values():
        for path, text in files.items():
            for found in INCLUDE.finditer(text):
                header = pathlib.Path(found[1]).name
                for other, there in others.items():
                    if other != name and other not in layers.uses and \
                            header in there.headers and header not in directory.headers:
                        yield f'{path.relative_to(TOP)}: includes {header} of {other}'


def collect(generator):
    """Return what a generator yields, and what it returns."""
    found = []
    while True:
        try:
            found.append(next(generator))
        except StopIteration as end:
            return found, end.value


def plant(layers, directory):
    """Return whether a call from the lowest module up to the highest one is found."""
    low = layers[0].modules[0]
    names = {module: name for name, module in directory.names.items()}
    high = next((module for layer in reversed(layers) for module in reversed(layer.modules)
                 if module in names and module != low), None)
    if high is None or low not in directory.files:
        return False
    path = next(iter(directory.files[low]))
    text = directory.files[low][path]
    directory.files[low][path] += f'\nstatic void\nplanted(void)\n{{\n\t{names[high]}();\n}}\n'
    found = list(check_references(layers, directory))
    directory.files[low][path] = text
    return any(names[high] in line for line in found)


def main():
    """Check all directories of the table and print the totals."""
    table = read_table()
    directories = {name: Directory(name) for name in table}
    failed = passed = 0
    for name, layers in table.items():
        wrong = list(check_modules(name, layers, directories[name]))
        upward, count = collect(check_references(layers, directories[name]))
        wrong += upward
        wrong += check_foreign(name, layers, directories[name], directories)
        if not plant(layers, directories[name]):
            wrong.append(f'{name}: a call against all directions is not found')
        for line in wrong:
            print(f'not ok {line}')
        passed += count - len(upward)
        failed += len(wrong)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
