#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Take checks of the boundary out, one at a time, and see how soon the fuzzer notices.

The list is app/test/fuzz/boundary_mutations.py. A copy of the tree is changed and built with the
fuzz target vhost_user, which runs until it finds something or the time is over. Fails if it finds
nothing, or something in the tree as it is.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / 'app/test/fuzz'))

from boundary_mutations import BOUNDARY  # noqa: E402
from mutate import place_of, update  # noqa: E402

TARGET = 'app/test/fuzz/fuzz_vhost_user'
FOUND = re.compile(r'not so: .*|^Before: .*|^The (canary|lcore) .*|^Device \d+ takes .*|SIGPIPE$|'
                   r'ERROR: AddressSanitizer: [\w-]+|runtime error: .*|ERROR: libFuzzer: [\w-]+',
                   re.MULTILINE)


class Copy:
    """A copy of the tree, with the fuzz target."""

    def __init__(self, folder):
        self.tree, self.build = f'{folder}/tree', f'{folder}/build'
        shutil.copytree(TOP, self.tree, ignore=shutil.ignore_patterns('.git', 'build*'),
                        copy_function=update, dirs_exist_ok=True)
        library = f'{folder}/librte_vhost'
        subprocess.run([TOP / 'devtools/asan_vhost.sh', library], check=True)
        if not os.path.exists(f'{self.build}/build.ninja'):
            subprocess.run(['meson', 'setup', self.build, self.tree, '-Dfuzz=true',
                            '-Dwerror=false', f'-Dfuzz_librte_vhost={library}'], check=True,
                           stdout=subprocess.DEVNULL, env=os.environ | {'CC': 'clang'})

    @contextlib.contextmanager
    def changed(self, edits):
        """Take checks out for a while."""
        files = {path: pathlib.Path(self.tree, path) for path, *_ in edits}
        texts = {path: file.read_text(encoding='utf-8') for path, file in files.items()}
        for edit in sorted(edits, key=place_of, reverse=True):
            path, check, instead, at = *edit[:3], place_of(edit)
            text = files[path].read_text(encoding='utf-8')
            files[path].write_text(text[:at] + instead + text[at + len(check):], encoding='utf-8')
        try:
            yield
        finally:
            for path, file in files.items():
                file.write_text(texts[path], encoding='utf-8')

    def fuzz(self, seconds):
        """Build, and fuzz from the seeds; return what is found, after how long."""
        done = subprocess.run(['ninja', '-C', self.build, TARGET], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f'mutate_fuzz.py: cannot be built:\n{done.stdout[-2000:]}')
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as corpus:
            done = subprocess.run(
                [f'{self.build}/{TARGET}', f'-max_total_time={seconds}', '-max_len=1000',
                 '-timeout=20', '-rss_limit_mb=8192', f'-artifact_prefix={corpus}/', corpus,
                 f'{self.tree}/app/test/fuzz/seeds/vhost_user'],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        output = done.stderr.decode(errors='replace')
        pathlib.Path(f'{self.build}/vhost_user.log').write_text(output, encoding='utf-8')
        if done.returncode == 0:
            return '', 0
        found = FOUND.search(output)
        what = found.group() if found else f'it ends with {done.returncode}'
        return what, time.monotonic() - start


def main():
    """Do as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--filter', action='append', metavar='WORD',
                        help='only checks with this in their names; can be given several times')
    parser.add_argument('--folder', help='where to build, and to build on next time')
    parser.add_argument('--seconds', type=int, default=120, help='for each, at most (120)')
    parser.add_argument('--list', action='store_true', help='print the checks, and stop')
    args = parser.parse_args()
    chosen = [(name, edits) for name, edits in BOUNDARY
              if not args.filter or any(word in name for word in args.filter)]
    for name, edits in chosen:
        places = [place_of(edit) for edit in edits]
        if args.list:
            print(name, *(f'{path}:{at}' for (path, *_), at in zip(edits, places)))
    if args.list:
        return 0
    folder = contextlib.nullcontext(args.folder) if args.folder else tempfile.TemporaryDirectory(
        prefix='mutate.', dir=os.path.expanduser('~'))
    good = 0
    with folder as name:
        copy = Copy(os.path.abspath(name))
        what, _ = copy.fuzz(args.seconds)
        if what:
            sys.exit(f'mutate_fuzz.py: in the tree as it is: {what}')
        for name, edits in chosen:
            with copy.changed(edits):
                what, after = copy.fuzz(args.seconds)
            good += what != ''
            print(f'ok {name}: after {after:.0f} s: {what}' if what else
                  f'not ok {name}: nothing found in {args.seconds} s', flush=True)
    print(f'{good} passed, {len(chosen) - good} failed')
    return 1 if good < len(chosen) else 0


if __name__ == '__main__':
    sys.exit(main())
