#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check what dpdk-vhost_crypto makes of its command line, and of signals.

For each mistake: the exit status, at most three lines, and what they say. Exit statuses are those
of <sysexits.h>, as the man page has them.

usage: check_command_line.py PROGRAM
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time

HELP = ['see dpdk-vhost_crypto --help']
USAGE, UNAVAILABLE, CANTCREAT = 64, 69, 73
EAL = ('--no-huge', '-m', '64', '--no-pci', '--no-shconf', '--no-telemetry', '--log-level', '4',
       '--lcores', '0@0,1@0,2@0')
NULL = (*EAL, '--vdev', 'crypto_null0')
CONFIG = ('--config', '(1,0,0)')
SOCKET = ('--socket-file', '1,/nowhere/a.sock')
SECONDS = 120

# Name, arguments, exit status, and expressions that must be found in what is printed.
MISTAKES = (
    ('nothing', (), USAGE, ['missing option --socket-file', 'such as']),
    ('nothing_behind', (*NULL, '--'), USAGE, ['missing option --socket-file']),
    ('own_option_in_front', ('--socket-file', '1,/nowhere/a.sock'), USAGE,
     ['--socket-file', 'behind --']),
    ('own_option_in_front_with_value', ('--config=(1,0,0)', '--', *SOCKET), USAGE,
     ['--config', 'behind --']),
    ('eal_option', ('--no-such-option', '--', *CONFIG, *SOCKET), USAGE,
     ['--no-such-option', 'EAL', '--eal-help']),
    ('unknown', ('--', '--sockets', 'x'), USAGE, ['--sockets', 'no such option']),
    ('unknown_letter', ('--', '-q'), USAGE, ['-q', 'no such option']),
    ('ambiguous', ('--', '--socket-'), USAGE, ['--socket-: no such option']),
    ('no_value', ('--', '--queues'), USAGE, ['--queues', 'value']),
    ('a_value', ('--', '--client=yes'), USAGE, ['--client', 'no value']),
    ('argument', ('--', *CONFIG, *SOCKET, 'again'), USAGE, ['unexpected argument again']),
    ('config', ('--', '--config', '1,0,0', *SOCKET), USAGE, ['--config 1,0,0', r'\(1,0,0\)']),
    ('socket', ('--', *CONFIG, '--socket-file', '/nowhere/a.sock'), USAGE,
     ['--socket-file /nowhere/a.sock', 'LCORE,PATH']),
    ('count', ('--', '--sessions', '0'), USAGE, ['--sessions 0', 'from 1 to']),
    ('mode', ('--', '--mode', 'fast'), USAGE, ['--mode fast', 'poll or adaptive']),
    ('lcore_without_config', ('--', *SOCKET), USAGE, ['--config', 'lcore 1', r'\(1,0,0\)']),
    ('socket_twice', ('--', *CONFIG, *SOCKET, *SOCKET), USAGE,
     ['--socket-file 1,/nowhere/a.sock', 'twice', '--queues']),
    ('socket_twice_between', ('--', '--config', '(1,0,0),(2,0,1)', *SOCKET, '--socket-file',
                              '2,/nowhere/a.sock', *SOCKET), USAGE,
     ['--socket-file 1,/nowhere/a.sock', 'twice', '--queues']),
    ('config_twice', ('--', '--config', '(1,0,0),(1,0,0)', *SOCKET), USAGE,
     ['lcore 1', 'cryptodev 0', 'twice']),
    ('config_twice_apart', ('--', *CONFIG, '--config', '(1,0,0)', *SOCKET), USAGE,
     ['lcore 1', 'cryptodev 0', 'twice']),
    ('cryptodev_twice', ('--', '--config', '(1,0,0),(1,0,1)', *SOCKET), USAGE,
     ['lcore 1', 'cryptodev 0', 'twice']),
    ('main_lcore', (*NULL, '--', '--config', '(0,0,0)', '--socket-file', '0,/nowhere/a.sock'),
     USAGE, ['lcore 0', 'worker lcore', '--lcores']),
    ('cryptodev', (*EAL, '--', *CONFIG, *SOCKET), UNAVAILABLE, ['cryptodev 0', '--vdev']),
    ('queue_pair', (*NULL, '--', '--config', '(1,0,999)', *SOCKET), UNAVAILABLE,
     ['queue pairs', '999']),
    ('no_such_directory', (*NULL, '--', *CONFIG, *SOCKET), CANTCREAT,
     ['/nowhere/a.sock', 'No such file or directory']),
)


def run(program, arguments, directory):
    """Return the exit status, and what was printed on both streams."""
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=SECONDS, env=dict(os.environ, XDG_RUNTIME_DIR=directory))
    return done.returncode, done.stdout


def check_mistakes(program, directory):
    """Yield the name of each mistake, and what is wrong with the answer."""
    for name, arguments, expected, words in MISTAKES:
        status, text = run(program, arguments, directory)
        lines = text.splitlines()
        wrong = [f'no "{word}"' for word in words + HELP * (expected == USAGE)
                 if not re.search(word, text)]
        # A mistake in EAL's options has lines of EAL besides.
        if len(lines) > (3 if arguments[:1] != ('--no-such-option',) else 8):
            wrong.append(f'{len(lines)} lines')
        if status != expected:
            wrong.append(f'status {status}, not {expected}')
        yield name, f"{', '.join(wrong)}; it printed:\n{text}" if wrong else ''


def check_help(program, directory):
    """Yield what --help, --version and --eal-help print, wherever they stand."""
    for name, arguments in (('alone', ('--help',)), ('letter', ('-h',)),
                            ('behind', ('--', '--help')),
                            ('with_more', (*NULL, '--', *CONFIG, '--help')),
                            ('without_eal', ('--no-such-option', '--', '--help'))):
        status, text = run(program, arguments, directory)
        first = '\n'.join(text.splitlines()[:5])
        good = (status == 0 and '--socket-file' in first and '--eal-help' in text
                and '--socket-mode' in text and '--base-virtaddr' not in text)
        yield f'help_{name}', '' if good else f'status {status}; it printed:\n{text}'
    for name, arguments in (('alone', ('--version',)), ('behind', ('--', '--version'))):
        status, text = run(program, arguments, directory)
        good = status == 0 and re.fullmatch(r'dpdk-vhost_crypto \d+\.\d+\.\d+ \(DPDK [\d.]+.*\)\n',
                                            text)
        yield f'version_{name}', '' if good else f'status {status}; it printed:\n{text}'
    status, text = run(program, ('--eal-help',), directory)
    yield 'eal_help', '' if status == 0 and '--base-virtaddr' in text else f'it printed:\n{text}'
    with open('/dev/full', 'w', encoding='ascii') as full:
        done = subprocess.run([program, '--version'], stdout=full, stderr=subprocess.PIPE,
                              text=True, check=False)
    yield 'version_into_nothing', '' if done.returncode != 0 and done.stderr else \
        f'status {done.returncode}, though nothing could be written'


def check_signals(program, directory):
    """Yield whether the program lives through signals that are not for it, and ends by SIGTERM."""
    path = os.path.join(directory, 'a.sock')
    host = subprocess.Popen([program, *NULL, '--', *CONFIG, '--socket-file', f'1,{path}', '--mode',
                             'adaptive'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True,
                            env=dict(os.environ, XDG_RUNTIME_DIR=directory))
    try:
        line = host.stdout.readline()
        while line and not line.startswith('serving'):
            line = host.stdout.readline()
        for number in (signal.SIGHUP, signal.SIGUSR2, signal.SIGPIPE):
            host.send_signal(number)
            time.sleep(0.2)
            yield f'lives_after_{number.name.lower()}', '' if host.poll() is None else \
                f'it ended with {host.returncode}'
        host.send_signal(signal.SIGTERM)
        status = host.wait(SECONDS)
        yield 'ends_by_sigterm', '' if status == 0 else f'it ended with {status}'
    finally:
        if host.poll() is None:
            host.kill()
        host.communicate()


def main():
    """Check all, and print the totals."""
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    passed = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for part in (check_mistakes, check_help, check_signals):
            for name, wrong in part(sys.argv[1], directory):
                if wrong:
                    print(f'not ok {name}: {wrong}')
                    failed += 1
                else:
                    passed += 1
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
