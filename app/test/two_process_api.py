# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about what the cryptodev API allows an application to do."""

import time

from dpdk_process import processors
from two_process_programs import Failed

# Every form of a ring, and what the driver is told to have it.
RINGS = {
    'split': {},
    'split_direct': {'disable_features': 'indirect_desc'},
    'in_order': {'in_order': 1},
    'in_order_direct': {'in_order': 1, 'disable_features': 'indirect_desc'},
    'packed': {'packed': 1},
    'packed_direct': {'packed': 1, 'disable_features': 'indirect_desc'},
    'packed_in_order': {'packed': 1, 'in_order': 1},
    'packed_in_order_direct': {'packed': 1, 'in_order': 1, 'disable_features': 'indirect_desc'},
}

THREADS = ('threads/one_segment', 'threads/large', 'threads/mixed', 'threads/sessionless',
           'threads/asymmetric')


def on_two_processors(application):
    """Give the lcores of an application a processor each; the second shares the host program's."""
    at = application.argv.index('--lcores') + 1
    places = processors()
    application.argv[at] = f'0@{places[1]},1@{places[0]}'
    return application


def two_threads(run, ring):
    """One lcore enqueues and another one dequeues, with all kinds of requests."""
    host = run.host(cryptodevs=('crypto_aesni_mb', 'crypto_openssl'))
    options = [word for case in THREADS for word in ('--require', case, '--case', case)]
    application = run.create(run.device(host.socket, **RINGS[ring]), options, lcores=2)
    run.finish(run.stack.enter_context(on_two_processors(application)))
    host.end()


def wait_for(application, words, times, seconds):
    """Wait until an application has said some words so many times, or has ended."""
    limit = time.monotonic() + seconds
    while application.process.poll() is None:
        with open(application.output, encoding='utf-8', errors='replace') as log:
            if log.read().count(words) >= times:
                return
        if time.monotonic() > limit:
            raise Failed(f'"{words}" was not said {times} times within {seconds} s')
        time.sleep(0.05)


def two_threads_lost(run, ring):
    """The host program is killed again and again meanwhile: nothing is lost, and all goes on."""
    host = run.host()
    case = 'threads/device_lost'
    application = run.create(run.device(host.socket, **RINGS[ring]),
                             ['--require', case, '--case', case], lcores=2)
    application = run.stack.enter_context(on_two_processors(application))
    seconds = 10 * run.args.patience
    wait_for(application, 'two lcores are at work', 1, seconds)
    losses = 0
    while application.process.poll() is None:
        time.sleep(0.5)
        host.kill()
        time.sleep(0.2)
        host.start()
        losses += 1
        wait_for(application, 'device is back', losses, seconds)
    run.finish(application)
    host.end()


def of_every_ring(function):
    """Return a scenario of each form of a ring."""
    scenarios = []
    for ring in RINGS:
        def one(run, ring=ring):
            function(run, ring)
        one.__name__ = f'{function.__name__}_{ring}'
        one.__doc__ = function.__doc__
        scenarios.append(one)
    return scenarios


DEVICES = ('devices/both', 'devices/at_once', 'devices/stopped', 'devices/maker_away',
           'devices/made_anew', 'devices/asymmetric')


def second_device(run, socket, **parameters):
    """Return the EAL options for another device of our driver."""
    words = run.device(socket, **parameters)
    at = words.index('--vdev')
    return [words[at], words[at + 1].replace('crypto_virtio_user0', 'crypto_virtio_user1')]


def one_session_on_two_devices(run):
    """A session belongs to the driver: both devices have it, whatever becomes of either."""
    cryptodevs = ('crypto_aesni_mb', 'crypto_openssl')
    options = [word for case in DEVICES for word in ('--require', case, '--case', case)]
    host = run.host(cryptodevs=cryptodevs, sockets=2)
    run.cases([*run.device(host.sockets[0]), *second_device(run, host.sockets[1])], options)
    host.end()


def one_session_on_unlike_devices(run):
    """The other device does less, is reached by messages only, or has other rings."""
    hosts = [run.host(), run.host(cryptodevs=('crypto_openssl',))]
    options = [word for case in ('devices/both', 'devices/made_anew')
               for word in ('--require', case, '--case', case)]
    run.cases([*run.device(hosts[0].socket),
               *second_device(run, hosts[1].socket, packed=1, in_order=1)], options)
    for host in hosts:
        host.end()


def hugepages_physical_addresses(run):
    """Rings of several pages where EAL tells physical addresses, which vhost-user does not use."""
    if not run.has_hugepages():
        return
    run.hugepages = True
    host = run.host()
    application = run.create(run.device(host.socket, queue_size=16384),
                             ['--desc', '16384', '--require', 'known/aes-cbc/*', '--case',
                              'known/aes-cbc/*', '--case', 'rings/[bi]*', '--case', 'life/stop*'])
    application.argv[1:1] = ['--iova-mode', 'pa']
    run.finish(run.stack.enter_context(application))
    host.end()


SCENARIOS = (hugepages_physical_addresses, one_session_on_two_devices,
             one_session_on_unlike_devices, *of_every_ring(two_threads),
             *of_every_ring(two_threads_lost))
