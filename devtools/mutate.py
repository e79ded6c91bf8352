#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Take checks out, one at a time, and see whether the unit tests notice.

The list is app/test/check/mutations.py. A copy of the tree is changed, built and tested; the tree
itself is left alone. Prints for each check which tests fail without it, and fails if none does, or
if the test that the list names does not. A check that is not found in its file, or without which
nothing can be built, is a failure as well.
"""

import argparse
import concurrent.futures
import filecmp
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / 'app/test/check'))

from mutations import DRIVER, MUTATIONS, REPLAYS, SCENARIOS  # noqa: E402

TIMEOUT = 60  # seconds for one program; the longest takes about ten
HOST_PROGRAM = 'examples/vhost_crypto/dpdk-vhost_crypto'


def place_of(edit):
    """Return where in the text of its file the check stands."""
    path, check, instead, *which = edit
    text = pathlib.Path(TOP, path).read_text(encoding='utf-8')
    places = [n for n in range(len(text)) if text.startswith(check, n)]
    if not places or (not which and len(places) > 1) or (which and which[0] >= len(places)):
        sys.exit(f'mutate.py: {path} has {len(places)} times: {check}')
    if check == instead:
        sys.exit(f'mutate.py: {path} stays as it is: {check}')
    return places[which[0] if which else 0]


def update(source, target):
    """Copy a file if it differs, so that no more is built than has to be."""
    if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
        shutil.copyfile(source, target)
        shutil.copymode(source, target)


class Copy:
    """A copy of the tree, with the programs of its unit tests."""

    def __init__(self, folder):
        self.tree, self.build = f'{folder}/tree', f'{folder}/build'
        shutil.copytree(TOP, self.tree, ignore=shutil.ignore_patterns('.git', 'build*'),
                        copy_function=update, dirs_exist_ok=True)
        if not os.path.exists(f'{self.build}/build.ninja'):
            linker = {'CC_LD': 'lld'} if shutil.which('ld.lld') else {}  # which is fast
            subprocess.run(['meson', 'setup', self.build, self.tree, '-Dwerror=false',
                            '-Doptimization=1'], check=True, stdout=subprocess.DEVNULL,
                           env=os.environ | linker)
        found = subprocess.run(['meson', 'introspect', '--tests', self.build], check=True,
                               capture_output=True)
        self.programs = {test['name']: os.path.relpath(test['cmd'][0], self.build)
                         for test in json.loads(found.stdout)
                         if os.path.basename(test['cmd'][0]).startswith('unit_')}

    def programs_of(self, replay, paths):
        """Return the programs that have to do with a replay, or with files of a side."""
        if replay in dict(SCENARIOS):
            return {replay: HOST_PROGRAM}
        sides = {path.startswith(DRIVER) for path in paths}
        return {name: program for name, program in self.programs.items()
                if name.startswith('pmd_') in sides}

    def fails_to_build(self, programs):
        """Build programs; return what the compiler said if it cannot be done."""
        done = subprocess.run(['ninja', '-C', self.build, *programs.values()],
                              capture_output=True, text=True, check=False)
        return done.stdout[-2000:] if done.returncode != 0 else ''

    def cases_of(self, program):
        """Return the names of the tests that a program has, in their order."""
        if program == HOST_PROGRAM:
            return []
        source = pathlib.Path(self.tree, f'{program.removesuffix("_batch")}.c')
        return re.findall(r'UNIT_TEST\((\w+)\)', source.read_text(encoding='utf-8'))

    def run(self, name, program):
        """Return the names of the tests of a program, or of a scenario, that fail."""
        command = ['stdbuf', '-oL', f'{self.build}/{program}']
        if program == HOST_PROGRAM:
            command = [f'{self.tree}/app/test/two_process/two_process.py', '--build', self.build,
                       '--filter', name]
        try:
            done = subprocess.run(command, timeout=TIMEOUT, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False)
            output, how = done.stdout, f'ends with {done.returncode}'
            if done.returncode == 0:
                return []
        except subprocess.TimeoutExpired as late:
            output, how = late.stdout or b'', f'does not end in {TIMEOUT} s'
        output = output.decode(errors='replace')
        ends = re.findall(r'^(ok|not ok) (\w+)', output, re.MULTILINE)
        failed = [case for result, case in ends if result == 'not ok']
        if not re.search(r'^\d+ passed, \d+ failed', output, re.MULTILINE):
            cases = self.cases_of(program)
            case = cases[len(ends)] if len(ends) < len(cases) else 'its_end'
            failed.append(f'{case} ({how})')
        return [f'{name}.{case}' for case in failed]

    def failing_tests(self, programs):
        """Return the names of the tests that fail."""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return sorted(sum(pool.map(self.run, programs.keys(), programs.values()), []))

    def without(self, replay, edits):
        """Build without checks, and test; return the tests that fail, and why it was not built."""
        files = {path: pathlib.Path(self.tree, path) for path, *_ in edits}
        texts = {path: file.read_text(encoding='utf-8') for path, file in files.items()}
        for edit in sorted(edits, key=place_of, reverse=True):
            path, check, instead, at = *edit[:3], place_of(edit)
            text = files[path].read_text(encoding='utf-8')
            files[path].write_text(text[:at] + instead + text[at + len(check):], encoding='utf-8')
        try:
            programs = self.programs_of(replay, files)
            reason = self.fails_to_build(programs)
            return [] if reason else self.failing_tests(programs), reason
        finally:
            for path, file in files.items():
                file.write_text(texts[path], encoding='utf-8')


def verdict(replay, failed):
    """Return what is wrong with the tests that fail without a check; empty if nothing is."""
    if not failed:
        return 'no test fails without it'
    cases = {test.split('.')[1].split(' ')[0] for test in failed}
    if replay and {case for case in cases if case.startswith(('cve_', replay))} != {replay}:
        return f'not {replay} alone of all replays fails without it, but {", ".join(failed)}'
    return ''


def say(edits, wrong, failed, replay):
    """Print the outcome of one mutation; return whether it was good."""
    name = '; '.join(f'{path}: {" ".join(check.split())}' for path, check, *_ in edits)
    name = f'{replay}: {name}' if replay else name
    print(f'not ok {name}: {wrong}' if wrong else f'ok {name}: {", ".join(failed)}', flush=True)
    return not wrong


def chosen(args):
    """Return what the command line chooses: each with the replay that has to fail, if any."""
    everything = [('', [edit]) for edit in MUTATIONS]
    everything += REPLAYS + SCENARIOS
    for _, edits in everything:
        for edit in edits:
            place_of(edit)
    return [(replay, edits) for replay, edits in everything
            if not args.filter or any(word in name for word in args.filter
                                      for name in [replay, *(edit[0] for edit in edits)])]


def test(copy, mutations):
    """Take each of them out; return 0 if all were noticed."""
    programs = {name: program for replay, edits in mutations for name, program in
                copy.programs_of(replay, [path for path, *_ in edits]).items()}
    reason = copy.fails_to_build(programs)
    failed = copy.failing_tests(programs) if not reason else []
    if reason or failed:
        sys.exit(f'mutate.py: not all unit tests pass as it is: {reason}{", ".join(failed)}')
    good = 0
    for replay, edits in mutations:
        failed, reason = copy.without(replay, edits)
        wrong = f'cannot be built without it: {reason}' if reason else verdict(replay, failed)
        good += say(edits, wrong, failed, replay)
    print(f'{good} passed, {len(mutations) - good} failed')
    return 1 if good < len(mutations) else 0


def main():
    """Do as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--filter', action='append', metavar='WORD',
                        help='only checks in files, or of replays, with this in their names; can '
                        'be given several times')
    parser.add_argument('--folder', help='where to build, and to build on next time')
    parser.add_argument('--list', action='store_true', help='print the checks, and stop')
    args = parser.parse_args()
    mutations = chosen(args)
    if args.list:
        for replay, edits in mutations:
            say(edits, '', ['in the list'], replay)
        return 0
    if args.folder:
        return test(Copy(args.folder), mutations)
    # Plugins have to be where nobody else may write, which is why it is not in /tmp.
    with tempfile.TemporaryDirectory(prefix='mutate.', dir=os.path.expanduser('~')) as folder:
        return test(Copy(folder), mutations)


if __name__ == '__main__':
    sys.exit(main())
