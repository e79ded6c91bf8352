#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Have tools look for mistakes in the library, the driver and the host program.

The tools are gcc -fanalyzer, clang-tidy and cppcheck. What they find is a failure, unless EXPLAINED
says why it is none; and so is an explanation of what they do not find any more.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = ('lib/', 'drivers/', 'examples/')
FOUND = re.compile(r'^(?P<file>[^ :]+):(?P<line>\d+):\d+: (?:warning|error): (?P<text>.*) '
                   r'\[(?P<check>[^]]*)\]$')
TIDY = ','.join((
    '-*', 'clang-analyzer-*', 'bugprone-*',
    # These ask for another style, or for functions that libc does not have.
    '-bugprone-easily-swappable-parameters', '-bugprone-implicit-widening-of-multiplication-result',
    '-bugprone-macro-parentheses', '-bugprone-narrowing-conversions',
    '-bugprone-reserved-identifier', '-bugprone-assignment-in-if-condition',
    '-bugprone-sizeof-expression',
    '-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling',
    '-clang-analyzer-security.insecureAPI.strcpy', '-clang-analyzer-optin.performance.Padding'))

# Tool, pattern of files, check, and why what it finds there is no mistake.
EXPLAINED = (
    ('clang-tidy', 'lib/vhost/vhost_crypto.c', 'bugprone-too-small-loop-variable',
     'the upper bound is the smaller one of two numbers of this type'),
    ('clang-tidy', 'drivers/crypto/virtio/virtio_crypto_dequeue.c',
     'bugprone-too-small-loop-variable', 'the upper bound is no number larger than 16'),
    ('clang-tidy', 'drivers/crypto/virtio/virtio_crypto_lifecycle.c',
     'clang-analyzer-core.uninitialized.Assign',
     'a transport that says it has read the configuration has filled it'),
    ('clang-tidy', 'drivers/crypto/virtio/virtio_user/virtio_user_memory.c',
     'bugprone-suspicious-memory-comparison', 'what is between the fields is 0 in both tables'),
    ('clang-tidy', 'drivers/crypto/virtio/virtio_user/virtio_user_session.c',
     'clang-analyzer-core.CallAndMessage', 'who creates a session without an error has its id'),
    ('cppcheck', 'drivers/crypto/virtio/virtio_crypto_rsa_key.c', 'legacyUninitvar',
     'the address of what is not initialized is kept, and filled by the call behind it'),
    ('cppcheck', 'examples/vhost_crypto/*', 'invalidPrintfArgType_uint',
     'the numbers are never negative'),
)


def analyzer(entry):
    """Return the command of gcc's analyzer for a file."""
    words = shlex.split(entry['command'])
    words[words.index('-o') + 1] = '/dev/null'
    first = 2 if os.path.basename(words[0]) == 'ccache' else 1  # of the compiler's own
    return ['gcc', *words[first:], '-fanalyzer', '-Wno-error']


def tidy(entry):
    """Return the command of clang-tidy for a file."""
    return ['clang-tidy', '--quiet', f'--checks={TIDY}', '-p', entry['directory'], entry['file']]


# What cppcheck has to know of DPDK: it gives up on most of its headers, which it does not see.
DPDK = ('RTE_FMT(format,...)=format', 'RTE_FMT_HEAD(format,...)=format',
        'RTE_FMT_TAIL(format,...)=__VA_ARGS__', 'RTE_DIM(a)=(sizeof(a)/sizeof((a)[0]))',
        'RTE_INIT(name)=static void name(void)', 'TAILQ_FOREACH(v,head,next)=while((v=any()))',
        'PRIu64="lu"', 'PRIx64="lx"', 'TAILQ_HEAD(name,type)=struct name',
        'TAILQ_ENTRY(type)=struct type*')


def cppcheck(entry):
    """Return the command of cppcheck for a file."""
    words = [word for word in shlex.split(entry['command'])
             if re.match(r'-D(?!_FORTIFY)|-I(?!/)', word)]
    return ['cppcheck', '--quiet', '--std=c11', '--enable=warning,portability',
            '--template={file}:{line}:{column}: warning: {message} [{id}]',
            '--suppress=preprocessorErrorDirective', *words,
            *(f'-D{macro}' for macro in DPDK), entry['file']]


TOOLS = {'gcc': analyzer, 'clang-tidy': tidy, 'cppcheck': cppcheck}


def look(tool, entry):
    """Run a tool on a file; return what it finds in ours: pairs of a key and a line to print."""
    run = subprocess.run(TOOLS[tool](entry), cwd=entry['directory'], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, errors='replace', check=False)
    found, recognized = {}, False
    for line in run.stdout.splitlines():
        match = FOUND.match(line)
        if not match:
            continue
        recognized = True
        path = os.path.relpath(os.path.join(entry['directory'], match['file']), TOP)
        if path.startswith(OURS):
            found[tool, path, match['line'], match['check']] = \
                f"{path}:{match['line']}: {match['text']} [{tool}: {match['check']}]"
    if run.returncode != 0 and not recognized:
        found[tool, entry['file'], 0, 'failed'] = \
            f"{entry['file']}: {tool} ended with {run.returncode}: {run.stdout[-300:]}"
    return found


def explained(key):
    """Return the explanations of what was found."""
    tool, path, _, check = key
    return [reason for reason in EXPLAINED
            if reason[0] == tool and fnmatch.fnmatch(path, reason[1]) and
            fnmatch.fnmatch(check, reason[2])]


def main():
    """Look at all files, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--tool', action='append', choices=TOOLS, help='only these')
    parser.add_argument('--file', default='*', metavar='GLOB', help='only such files')
    args = parser.parse_args()
    with open(os.path.join(args.build, 'compile_commands.json'), encoding='utf-8') as file:
        entries = {}
        for entry in json.load(file):
            path = os.path.relpath(os.path.join(entry['directory'], entry['file']), TOP)
            if path.startswith(OURS) and fnmatch.fnmatch(path, args.file):
                entries[path] = entry
    tools = args.tool or list(TOOLS)
    found = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for more in pool.map(look, *zip(*((tool, entry) for tool in tools
                                          for entry in entries.values()))):
            found.update(more)
    used = set()
    bad = 0
    for key, line in sorted(found.items(), key=str):
        reasons = explained(key)
        used.update(reasons)
        if not reasons:
            print(f'not ok {line}')
            bad += 1
    for reason in EXPLAINED:
        if reason[0] in tools and reason not in used and args.file == '*':
            print(f'not ok {reason[1]}: {reason[0]} does not find {reason[2]} any more')
            bad += 1
    print(f'{len(tools) * len(entries)} passed, {bad} failed')
    return 1 if bad or not entries else 0


if __name__ == '__main__':
    sys.exit(main())
