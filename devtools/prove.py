#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Prove with CBMC what app/test/prove/proofs.py lists; devtools/prove.sh calls this.

With --without, take the checks of that list out of a copy of the sources, one at a time: the proof
has to fail then. With --check, only see whether the list and the harnesses fit the sources.
"""

import argparse
import collections
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from mutate import place_of

TOP = pathlib.Path(__file__).resolve().parent.parent
HARNESSES = 'app/test/prove'
sys.path.insert(0, str(TOP / HARNESSES))

from proofs import CHECKS, PROOFS  # noqa: E402

TIMEOUT = 1200  # seconds for one proof
INCLUDES = [HARNESSES, 'lib/vhost', 'lib/vhost/memory', 'lib/vhost/vhost_user',
            'lib/vhost/virtqueue', 'lib/virtio_crypto']
DEFINES = ['_GNU_SOURCE', 'ALLOW_EXPERIMENTAL_API', 'RTE_FORCE_INTRINSICS']
ASSERTIONS = ['--bounds-check', '--pointer-check', '--pointer-overflow-check',
              '--signed-overflow-check', '--div-by-zero-check', '--undefined-shift-check']


def compiler(tree, bounds):
    """Return the command for a source of a proof, but for what is to be done with it."""
    flags = subprocess.run(['pkg-config', '--cflags', 'libdpdk'], check=True, capture_output=True,
                           text=True).stdout
    return ['gcc', *(f'-D{name}' for name in DEFINES), *shlex.split(flags),
            *(f'-I{tree}/{folder}' for folder in INCLUDES),
            *(f'-D{name}={value}' for name, value in bounds.items()),
            '-include', f'{tree}/{HARNESSES}/prove.h']


def sources_of(proof):
    """Return the harness of a proof and the sources that it proves."""
    return [f'{HARNESSES}/{proof.name}.c', *proof.sources]


def steps(folder, proof, unwind):
    """Return what CBMC's tools have to do with the preprocessed sources, as a shell script."""
    script, objects = [f'cd {shlex.quote(folder)}'], []
    for i in range(len(sources_of(proof))):
        script.append(f'goto-cc -c {i}.i -o {i}.o')
        if i > 0 and proof.replaced:
            names = ' '.join(f'--remove-function-body {name}' for name in proof.replaced)
            script.append(f'goto-instrument {names} {i}.o {i}.o')
        objects.append(f'{i}.o')
    script += [f'goto-cc {" ".join(objects)} -o linked',
               'goto-instrument --drop-unused-functions linked used',
               f'goto-instrument {" ".join(ASSERTIONS)} used asserted',
               'cbmc --no-standard-checks --object-bits 8 --slice-formula --stop-on-fail '
               f'--unwind {unwind} --unwinding-assertions asserted']
    return ' && '.join(script)


def prove(args, tree, proof):
    """Try a proof; return whether it went through, None if that is not known, and what was said."""
    bounds = proof.bounds | (proof.large if args.large else {})
    with tempfile.TemporaryDirectory(prefix='prove.') as folder:
        for i, source in enumerate(sources_of(proof)):
            # CBMC's linker wants static functions of one name to have one type.
            local = [f'-D{name}={name}_{i}' for name in proof.local]
            subprocess.run([*compiler(tree, bounds), *local, '-DPROVING', '-E',
                            f'{tree}/{source}', '-o', f'{folder}/{i}.i'], check=True)
        unwind = proof.large_unwind if args.large else proof.unwind
        command = [*shlex.split(args.inside), 'timeout', str(args.timeout), 'sh', '-c',
                   steps(folder, proof, unwind)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
    if 'VERIFICATION SUCCESSFUL' in done.stdout and done.returncode == 0:
        return True, ''
    if 'VERIFICATION FAILED' in done.stdout:
        violated = re.search(r'Violated property:\n *file (.*?) thread.*\n *(.*)', done.stdout)
        return False, ': '.join(violated.groups()) if violated else 'a property is violated'
    why = f'not within {args.timeout} s' if done.returncode == 124 else done.stdout[-1500:]
    return None, why


def said_bounds(args, proof):
    """Return the bounds of a proof, for people."""
    bounds = proof.bounds | (proof.large if args.large else {})
    return ', '.join(f'{name} {value}' for name, value in bounds.items())


def prove_all(args, proofs):
    """Try proofs; return how many there are that did and did not go through."""
    count = collections.Counter()
    for proof in proofs:
        start = time.monotonic()
        good, why = prove(args, TOP, proof)
        count[good is True] += 1
        seconds = time.monotonic() - start
        print(f'{"ok" if good else "not ok"} {proof.name} ({said_bounds(args, proof)}; '
              f'{seconds:.0f} s){": " + why if why else ""}', flush=True)
    return count


def without(args, check):
    """Take a check out of a copy of the sources; return whether the proof fails, and how."""
    name, path, text, instead = check[:4]
    proof = next(proof for proof in PROOFS if proof.name == name)
    with tempfile.TemporaryDirectory(prefix='prove.') as tree:
        for folder in ('lib', HARNESSES):
            shutil.copytree(TOP / folder, pathlib.Path(tree, folder))
        file = pathlib.Path(tree, path)
        content, at = file.read_text(encoding='utf-8'), place_of(check[1:])
        file.write_text(content[:at] + instead + content[at + len(text):], encoding='utf-8')
        good, why = prove(args, tree, proof)
        why = why.replace(f'{tree}/', '')
    if good is None:
        return False, f'cannot be tried: {why}'
    return not good, why if not good else 'the proof goes through without it'


def without_all(args, checks):
    """Take checks out; return how many there are of which the proof fails, and does not."""
    count = collections.Counter()
    for check in checks:
        start = time.monotonic()
        good, why = without(args, check)
        count[good] += 1
        print(f'{"ok" if good else "not ok"} {check[0]} without {check[1]}: '
              f'{" ".join(check[2].split())} ({time.monotonic() - start:.0f} s): {why}', flush=True)
    return count


def check_all():
    """See whether checks are where the list has them, and harnesses compile."""
    count = collections.Counter()
    names = {proof.name for proof in PROOFS}
    for check in CHECKS:
        place_of(check[1:])
    lacking = names ^ {check[0] for check in CHECKS}
    if lacking:
        sys.exit(f'prove.py: proofs without a check, or checks without a proof: {lacking}')
    for proof in PROOFS:
        for source in sources_of(proof):
            done = subprocess.run([*compiler(TOP, proof.bounds), '-fsyntax-only',
                                   f'{TOP}/{source}'], check=False)
            count[done.returncode == 0] += 1
    return count


def main():
    """Do as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--inside', default='', metavar='COMMAND',
                        help='what leads to where CBMC is, such as chroot and a folder')
    parser.add_argument('--large', action='store_true', help='with the larger bounds')
    parser.add_argument('--without', action='store_true',
                        help='take checks out, one at a time: the proofs have to fail')
    parser.add_argument('--filter', default='', metavar='REGEX', help='only proofs of such a name')
    parser.add_argument('--timeout', type=int, default=TIMEOUT, metavar='SECONDS',
                        help='for one proof')
    parser.add_argument('--check', action='store_true',
                        help='only see whether list and harnesses fit the sources')
    args = parser.parse_args()
    if args.check:
        count = check_all()
    elif args.without:
        count = without_all(args, [check for check in CHECKS if re.search(args.filter, check[0])])
    else:
        count = prove_all(args, [proof for proof in PROOFS if re.search(args.filter, proof.name)])
    print(f'{count[True]} passed, {count[False]} failed')
    return 1 if count[False] or not count[True] else 0


if __name__ == '__main__':
    sys.exit(main())
