# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about the path of a socket, to which others may write.

Who may write to the directory can put anything in the place of a socket, at any moment. No other
file may get another mode or group by that, none may vanish, and no socket of another program.
"""

import argparse
import contextlib
import os
import re
import shutil
import socket as sockets
import stat
import threading
import time

from dpdk_process import Program, ProgramError, tail
from two_process_programs import Failed, Host

GROUP = 12345
# Calls that follow what has been put in the place of a name.
BY_NAME = re.compile(r'\b(chmod|chown|lchown|fchmodat|fchownat|fchmodat2)\(.*')
PERMISSIONS = 'chmod,chown,lchown,fchmod,fchown,fchmodat,fchownat'


def _options():
    """Return options by which the program has to set a mode, and a group if it may."""
    return ['--socket-mode', '666'] + (['--socket-group', f'{GROUP}'] if os.getuid() == 0 else [])


def _host(run, strace=(), where=None):
    """Return a host program that has not been started; all its threads are traced, if asked for.

    The tracer runs beside the program (-D), so that signals get to the program itself.
    """
    args = argparse.Namespace(**vars(run.args))
    if strace:
        args.wrap_host = ' '.join(['strace', '-D', '-f', '-qq', *strace, args.wrap_host])
    host = Host(args, run.log('host'), options=['--mode', 'adaptive', *_options()])
    if where is not None:
        position = host.argv.index(f'1,{host.socket}')
        host.socket, host.sockets = where, [where]
        host.argv[position] = f'1,{where}'
    return host


class Swapper(threading.Thread):
    """Puts a symbolic link in the place of a socket as soon as it is there."""

    def __init__(self, path, target):
        super().__init__()
        self.path, self.target = path, target
        self.swapped = False
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set() and not self.swapped:
            with contextlib.suppress(OSError):
                if stat.S_ISSOCK(os.lstat(self.path).st_mode):
                    os.symlink(self.target, f'{self.path}.link')
                    os.rename(f'{self.path}.link', self.path)
                    self.swapped = True

    def end(self):
        """End it; return whether it has done its work."""
        self.ended.set()
        self.join()
        return self.swapped


def _canary(run):
    path = os.path.join(run.directory, 'canary')
    with open(path, 'w', encoding='ascii') as file:
        file.write('canary')
    os.chmod(path, 0o640)
    return path


def _looks(path):
    found = os.lstat(path)
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, found.st_size


def _start_against(host, swapper):
    """Start a host program while its socket is replaced; it may fail, but not crash."""
    swapper.start()
    try:
        with contextlib.suppress(ProgramError):
            host.start()
    finally:
        replaced = swapper.end()
    status = host.process.poll()
    if status is not None and status < 0:
        raise Failed(f'the host program ended with {status}')
    host.stop()
    return replaced


def socket_replaced_by_a_link(run):
    """A symbolic link in the place of the socket changes no mode and no group of its target.

    With strace, the program is held for a while after it has bound its sockets.
    """
    canary = _canary(run)
    before = _looks(canary)
    traced = shutil.which('strace') is not None
    strace = ['-o', '/dev/null', '-e', 'trace=bind', '-e', 'inject=bind:delay_exit=100000'] \
        if traced else []
    count = 2 if traced else 100 if run.args.all else 10
    replaced = 0
    for _ in range(count):
        host = _host(run, strace)
        replaced += _start_against(host, Swapper(host.socket, canary))
        if _looks(canary) != before:
            raise Failed(f'mode, owner, group and size of another file were {before}, and are '
                         f'{_looks(canary)}')
    if not replaced:
        run.result('skip', 'the socket was never replaced in time')
        return
    run.result('ok')


def socket_set_up_without_names(run):
    """No mode and no group is set by a name that can be replaced meanwhile."""
    if shutil.which('strace') is None:
        run.result('skip', 'strace is not installed')
        return
    trace = os.path.join(run.directory, 'trace')
    host = run.stack.enter_context(_host(run, ['-o', trace, '-e', f'trace={PERMISSIONS}']))
    found = os.lstat(host.socket)
    if stat.S_IMODE(found.st_mode) != 0o666 or (os.getuid() == 0 and found.st_gid != GROUP):
        raise Failed(f'the socket has mode {found.st_mode:o}, group {found.st_gid}')
    host.end()
    with open(trace, encoding='utf-8', errors='replace') as lines:
        calls = [line.strip() for line in lines
                 if BY_NAME.search(line) and os.path.basename(host.socket) in line
                 and 'AT_SYMLINK_NOFOLLOW' not in line]
    if calls:
        raise Failed(f'{len(calls)} calls follow the name, such as {calls[0]}')
    run.result('ok')


def _stale(path):
    with sockets.socket(sockets.AF_UNIX) as left:
        left.bind(path)


@contextlib.contextmanager
def _another(path):
    """A socket on which another program listens."""
    with sockets.socket(sockets.AF_UNIX) as other:
        other.bind(path)
        other.listen(1)
        yield other


def _place(path, what, canary, stack):
    """Put something in the place of a socket."""
    if what == 'file':
        with open(path, 'w', encoding='ascii') as file:
            file.write('text')
    elif what == 'directory':
        os.mkdir(path)
    elif what == 'fifo':
        os.mkfifo(path)
    elif what == 'link_to_a_file':
        os.symlink(canary, path)
    elif what == 'link_to_nothing':
        os.symlink(f'{path}.nothing', path)
    elif what == 'link_to_a_stale_socket':
        _stale(f'{path}.stale')
        os.symlink(f'{path}.stale', path)
    elif what == 'live_socket':
        stack.enter_context(_another(path))
    elif what == 'bound_socket':  # that does not listen yet, as of a program that starts
        stack.enter_context(sockets.socket(sockets.AF_UNIX)).bind(path)


def what_stands_at_the_path(run):
    """Nothing but a socket that was left behind is replaced; the program says what is there."""
    canary = _canary(run)
    before = _looks(canary)
    for what in ('file', 'directory', 'fifo', 'link_to_a_file', 'link_to_nothing',
                 'link_to_a_stale_socket', 'live_socket'):
        path = os.path.join(run.directory, what)
        with contextlib.ExitStack() as stack:
            _place(path, what, canary, stack)
            there = os.lstat(path)
            host = stack.enter_context(contextlib.closing(_Closing(_host(run, where=path)))).host
            Program.start(host)
            host.wait(30 * run.args.timeout_factor)
            now = os.lstat(path)
            reason = ''
            if (now.st_ino, now.st_mode, now.st_gid) != (there.st_ino, there.st_mode, there.st_gid):
                reason = 'it is no longer what it was'
            elif _looks(canary) != before or os.path.exists(f'{path}.nothing'):
                reason = 'the target of a link has been touched'
            elif host.process.returncode != os.EX_CANTCREAT or path not in tail(host.output, 20):
                reason = f'the program ended with {host.process.returncode}, and does not name it'
            elif what == 'link_to_a_stale_socket' and not os.path.exists(f'{path}.stale'):
                reason = 'the target of a link has been removed'
            run.say('not ok' if reason else 'ok', f'{run.name}/{what}', reason)
    path = os.path.join(run.directory, 'stale')
    _stale(path)
    with contextlib.closing(_Closing(_host(run, where=path))) as one:
        one.host.start()
        one.host.end()
    run.say('ok', f'{run.name}/stale_socket')


class _Closing:
    """A host program that is ended, also if it was never started."""

    def __init__(self, host):
        self.host = host

    def close(self):
        """End it."""
        self.host.stop()


def socket_of_another_at_the_end(run):
    """What has been put in the place of the socket is still there when the program has ended."""
    for what in ('file', 'live_socket', 'bound_socket', 'link_to_a_file'):
        host = run.stack.enter_context(_host(run))
        os.unlink(host.socket)
        with contextlib.ExitStack() as stack:
            _place(host.socket, what, _canary(run), stack)
            there = os.lstat(host.socket)
            host.end()
            with_it = os.path.lexists(host.socket) and \
                os.lstat(host.socket).st_ino == there.st_ino
        run.say('ok' if with_it else 'not ok', f'{run.name}/{what}',
                '' if with_it else 'the program has removed what is not its own')


def directory_replaced_by_a_link(run):
    """A directory that becomes a symbolic link leads the program nowhere else."""
    canary = _canary(run)
    before = _looks(canary)
    place, other = (os.path.join(run.directory, name) for name in ('place', 'other'))
    for path in (place, other):
        os.mkdir(path)
    # A file of the socket's name, to which a link in the place of the directory leads.
    target = os.path.join(other, 'guest.sock')
    shutil.copy2(canary, target)
    traced = shutil.which('strace') is not None
    strace = ['-o', '/dev/null', '-e', 'trace=bind', '-e', 'inject=bind:delay_exit=300000'] \
        if traced else []
    host = _host(run, strace, where=os.path.join(place, 'guest.sock'))
    ended = threading.Event()

    def swap():
        while not ended.is_set():
            if os.path.exists(os.path.join(place, 'guest.sock')):
                os.rename(place, f'{place}.old')
                os.symlink(other, place)
                return
            time.sleep(0)

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        with contextlib.suppress(ProgramError):
            host.start()
            host.end()
    finally:
        ended.set()
        swapper.join()
        host.stop()
    if not os.path.exists(target) or _looks(target) != before:
        raise Failed('the file behind the link has been changed or removed')
    run.result('ok')


SCENARIOS = (socket_replaced_by_a_link, socket_set_up_without_names, what_stands_at_the_path,
             socket_of_another_at_the_end, directory_replaced_by_a_link)
