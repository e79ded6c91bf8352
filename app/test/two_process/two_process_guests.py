# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py: queues, sessions and guests of a host program."""

import contextlib
import re

from dpdk_process import tail
from front_end import CryptoGuest, FrontEndError, exchange_sessions, migrate, start_again
from two_process_programs import Failed


def several_queues(run):
    """Four queue pairs, also polled by two lcores."""
    host = run.host(options=['--queues', '4'])
    options = ['--qps', '4', '--require', 'rings/*', '--case', 'rings/*', '--case', 'life/*',
               '--case', 'sessions/c*']
    run.cases(run.device(host.socket, queues=4), options, lcores=2)
    host.end()


def more_queues_than_there_are(run):
    """A driver that is told to use more data queues than the device states says so."""
    host = run.host(options=['--queues', '2'])
    run.cases(run.device(host.socket, queues=2), ['--case', 'life/too_many*'])
    application = run.start(run.device(host.socket, queues=3))
    if application.wait(60) <= 0:
        raise Failed('the application went on')
    if not re.search(r'\b2\b.*queues|queues.*\b2\b', tail(application.output, 100)):
        raise Failed('nothing that was said tells how many queues there are')
    host.end()
    run.result('ok')


def small_queues(run):
    """Rings of 64 descriptors, so that they are full all the time; no request has more."""
    host = run.host()
    run.cases(run.device(host.socket, queue_size=64),
              ['--desc', '64', '--case', 'rings/*', '--case', 'random/aes-c*', '--case',
               'scatter/*/every_boundary', '--max-segs', '30', '--require', 'limits/segments/*',
               '--case', 'limits/segments/*'])
    host.end()


def few_sessions(run):
    """A device that has no session left says so, and works on. Proves D14."""
    host = run.host(options=['--sessions', '50'])
    run.cases(run.device(host.socket), ['--max-sessions', '50', '--require', 'sessions/one*',
                                        '--case', 'sessions/one*', '--case', 'known/aes-cbc*'])
    host.end()


def polling_guest(run):
    """A host program that never notifies: the driver looks at its rings by itself anyway."""
    host = run.host(options=['--guest-polling'])
    run.cases(run.device(host.socket), ['--case', 'rings/*', '--case', 'known/aes-cbc*'])
    host.end()


def two_guests(run):
    """Two applications at once, each on its socket; no answer of one goes to the other."""
    host = run.host(sockets=2)
    patterns = ['known/*', 'chains/aes-cbc+*', 'random/*', 'rings/*', 'sessions/a*']
    options = [word for pattern in patterns for word in ('--case', pattern)]
    first = run.start(run.device(host.sockets[0]), options)
    second = run.start(run.device(host.sockets[1]), options)
    run.finish(first, name=f'{run.name}/first')
    run.finish(second, name=f'{run.name}/second')
    host.end()


def application_starts_again(run):
    """One host program serves one application after the other."""
    host = run.host()
    for _ in range(3):
        run.cases(run.device(host.socket), ['--case', 'known/aes-*', '--case', 'rings/bursts*'])
    host.end()


def migrated(run):
    """A guest moves to another host program while it works: all that was written was logged."""
    for name, options in (('in_place', []), ('copies', ['--copy'])):
        hosts = [run.host(options=options) for _ in range(2)]
        with contextlib.closing(CryptoGuest(run.args.seed or 1)) as guest:
            try:
                pages = migrate(guest, hosts[0].socket, hosts[1].socket)
            except (FrontEndError, OSError) as error:
                raise Failed(f'{name}: {error}') from error
        for host in hosts:
            host.end()
        run.say('ok', f'{run.name}/{name}: {pages} pages')


def guest_resets_its_device(run):
    """Sessions of a guest that resets its device stay until new ones need their room."""
    host = run.host(options=['--sessions', '8'])
    with contextlib.closing(CryptoGuest(run.args.seed or 1)) as guest:
        try:
            start_again(guest, host.socket)
        except (FrontEndError, OSError) as error:
            raise Failed(error) from error
    host.end()
    run.result('ok')


def sessions_exchanged_in_one_go(run):
    """What is destroyed makes room at once, for the very next request of the control queue."""
    host = run.host(options=['--sessions', '8'])
    with contextlib.closing(CryptoGuest(run.args.seed or 1)) as guest:
        try:
            exchange_sessions(guest, host.socket, 8)
        except (FrontEndError, OSError) as error:
            raise Failed(error) from error
    host.end()
    run.result('ok')


SCENARIOS = (several_queues, more_queues_than_there_are, small_queues, few_sessions, polling_guest,
             two_guests, application_starts_again, migrated, guest_resets_its_device,
             sessions_exchanged_in_one_go)
