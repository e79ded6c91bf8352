# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about what the cryptodev API allows an application to do."""

import os
import re
import time

from dpdk_process import Build, Program, loadable, memory_options, processors
from perf_app import (ALGORITHMS, NIST_IV, NIST_KEY, PerfApp, openssl_cbc, sample, vector_options,
                      write_vectors)
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


# With DPDK 22.11 and any driver, the lcores of the multi-core mode crash as soon as a queue pair
# does not take all that they have, which this program makes it do.
MODES = ('round-robin', 'packet-size-distr,ordering=enable', 'fail-over')


def several_devices(run, paths):
    """Return the EAL options for a device of our driver on each of these sockets."""
    words = run.device(paths[0])
    for number, socket in enumerate(paths[1:], 1):
        words += other_device(run, socket, number)
    return words


def scheduler_of(nb_workers, mode):
    """Return the EAL options for a scheduler of the first devices of our driver."""
    workers = ''.join(f'worker=crypto_virtio_user{number},' for number in range(nb_workers))
    return ['--vdev', f'crypto_scheduler0,{workers}mode={mode}']


def perf_over_a_scheduler(run):
    """DPDK's program on a scheduler with three of our devices: all operations done, and right."""
    vectors = os.path.join(run.directory, 'vectors')
    text = sample(4096)
    write_vectors(vectors, text, openssl_cbc(NIST_KEY, NIST_IV, text))
    for mode in MODES:
        host = run.host(sockets=3)
        app = PerfApp([*several_devices(run, host.sockets), *scheduler_of(3, mode)],
                      'crypto_scheduler', run.hugepages, Build(run.args.app_build).runtime())
        for ptest, size, total in (('throughput', 64, 100000), ('throughput', 16384, 20000),
                                   ('verify', 4096, 20000)):
            options = [*ALGORITHMS[0].options(True), '--total-ops', total, '--buffer-sz', size,
                       '--burst-sz', 32]
            if ptest == 'verify':
                options += vector_options(vectors, ALGORITHMS[0])
            check_perf(run, f'{mode}/{ptest}/{size}', app.run(ptest, options), total)
        host.end()


# As many as a scheduler takes.
MAX_WORKERS = 8


def sessions_over_a_scheduler(run):
    """Sessions of a scheduler have the pointers of all of its workers, and the user's data."""
    host = run.host(sockets=MAX_WORKERS)
    devices = several_devices(run, host.sockets)
    for nb_workers in (2, 3, MAX_WORKERS):
        run.cases([*devices, *scheduler_of(nb_workers, 'round-robin')],
                  ['--dev', 'crypto_scheduler0', '--require', 'known/aes-cbc/*',
                   *(word for case in ('known/aes-c*/*', 'chains/aes-cbc+hmac-sha1/*')
                     for word in ('--case', case))], name=f'{run.name}/{nb_workers}')
    host.end()


def check_perf(run, name, rows, total):
    """Judge what the program prints of one measurement."""
    for row in rows:
        wrong = getattr(row, 'failed', 0)
        if row.enqueued == total and row.dequeued == total and not wrong:
            run.say('ok', f'{run.name}/{name}')
        else:
            run.say('not ok', f'{run.name}/{name}', f'of {total} operations {row.enqueued} '
                    f'enqueued, {row.dequeued} dequeued, {wrong} wrong')


SUMMARY = re.compile(r'^ \+ Tests (Passed|Failed|Executed) *: +(\d+)$', re.MULTILINE)


def dpdk_test(run, command, options, lcores, preload=(), env=None):
    """Run a command of dpdk-test, of which no case may fail; return how many have passed."""
    cpu = processors()[1]
    log = run.log('dpdk-test')
    places = ','.join(f'{lcore}@{cpu}' for lcore in range(lcores))
    argv = ['dpdk-test', '--lcores', places, '--no-pci', '--log-level', 'info', *options]
    program = Program(argv, log, memory=memory_options(512, run.hugepages),
                      preload=[*Build(run.args.app_build).runtime(), *preload],
                      env={'DPDK_TEST': command, **(env or {})})
    with program:
        program.wait(120 * run.args.timeout_factor)
    with open(log, encoding='utf-8', errors='replace') as text:
        counts = {word: int(number) for word, number in SUMMARY.findall(text.read())}
    if not counts.get('Passed') or counts.get('Failed'):
        raise Failed(f'dpdk-test counts {counts}')
    return counts['Passed']


def event_crypto_adapter(run):
    """dpdk-test's own test of the adapter, on our device and a software event device."""
    host = run.host(options=['--queues', '2'])
    passed = dpdk_test(run, 'event_crypto_adapter_autotest',
                       [*run.device(host.socket, queues=2), '--vdev', 'event_sw0'], 4)
    host.end()
    run.say('ok', run.name, f'{passed} passed')


# Of the suites of the scheduler pass on two of crypto_aesni_mb, with DPDK 22.11.
SCHEDULER_CASES = 598


def scheduler_suites(run):
    """dpdk-test's own suites of the scheduler in every mode, with workers that are our devices."""
    # A scheduler without workers says that it has 8 queue pairs, which they are to have then.
    host = run.host(sockets=2, options=['--queues', '8'])
    workers = ' '.join(f'path={socket},queues=8' for socket in host.sockets)
    passed = dpdk_test(run, 'cryptodev_scheduler_autotest', ['-d', loadable(run.args.driver)], 3,
                       [Build(run.args.app_build).suite_preload],
                       {'SUITE_ASKS': 'crypto_aesni_mb', 'SUITE_DRIVER': 'crypto_virtio_user',
                        'SUITE_WORKERS': workers})
    if passed < SCHEDULER_CASES:
        raise Failed(f'{passed} cases passed, {SCHEDULER_CASES} do natively')
    host.end()
    run.say('ok', run.name, f'{passed} passed')


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
    seconds = 10 * run.args.timeout_factor
    wait_for(application, 'two lcores are at work', 1, seconds)
    losses = 0
    while application.process.poll() is None:
        time.sleep(0.5)
        host.kill()
        time.sleep(0.2)
        host.start()
        losses += 1
        wait_for(application, 'device restored', losses, seconds)
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


def other_device(run, socket, number, **parameters):
    """Return the EAL options for another device of our driver, the first being number 0."""
    words = run.device(socket, **parameters)
    at = words.index('--vdev')
    return [words[at], words[at + 1].replace('crypto_virtio_user0', f'crypto_virtio_user{number}')]


def second_device(run, socket, **parameters):
    """Return the EAL options for a second device of our driver."""
    return other_device(run, socket, 1, **parameters)


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


# Of these rings the scenarios of all take too long for a usual run, and so do the suites.
LONG = {f'{name}_{ring}' for name in ('two_threads', 'two_threads_lost') for ring in RINGS
        if ring not in ('split', 'packed_in_order_direct')} | {'scheduler_suites'}

SCENARIOS = (perf_over_a_scheduler, sessions_over_a_scheduler, scheduler_suites,
             event_crypto_adapter, hugepages_physical_addresses, one_session_on_two_devices,
             one_session_on_unlike_devices,
             *of_every_ring(two_threads), *of_every_ring(two_threads_lost))
