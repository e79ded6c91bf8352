#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Test the driver and the device together: two processes, and a socket between them.

One process is dpdk-vhost_crypto, which serves a cryptodev; the other is virtio_crypto_test, which
has that cryptodev through our driver and checks every answer. Scenarios differ in the cryptodev,
the memory, the queues, and in who ends whom and when. The lines are those of virtio_crypto_test:
`ok NAME`, `not ok NAME: reason`, `skip NAME: reason`, and the totals at the end.
"""

import argparse
import contextlib
import os
import re
import signal
import socket as sockets
import sys
import tempfile
import threading
import time

import dpdks_host
from dpdk_process import Build, ProgramError, tail
from front_end import CryptoGuest, FrontEndError, exchange_sessions, migrate, start_again
import two_process_adaptive
import two_process_api
import two_process_boundary
import two_process_connections
import two_process_cut
import two_process_fairness
import two_process_faults
import two_process_features
import two_process_hostile
import two_process_keys
import two_process_messages
import two_process_ready
import two_process_resources
import two_process_secondary
import two_process_shrinking
import two_process_sockets
import two_process_telemetry
from two_process_programs import EVERY_ALGORITHM, NOT_ADVERTISED, Failed, Run, run_chosen

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

# What a software cryptodev of DPDK 22.11 does wrong by itself: these cases are left out when it is
# tested natively. A device that serves it has to make up for that.
NATIVE_LIMITS = {
    'crypto_aesni_mb': (
        'invalid/*',                            # nothing is checked
        'capabilities/walk',                    # ZUC has no MAC of 12 bytes, but advertises it
        'known/*/stateless',                    # crashes on session memory that is new
        'sessions/refused/*iv_of*', 'sessions/refused/aes_cmac_without_key',
        'chains/aes-cbc+aes-gmac/*',            # accepted, and wrong
        'scatter/*cut*/*+*', 'scatter/in_place/*+*',    # a digest has to follow the text
        'scatter/in_place/hmac-*',
        'sizes/*/scattered', 'limits/segments/*',   # and 65535 bytes are the most
        'limits/auth_key/*'),                       # so they are of a key
    'crypto_openssl': (
        'invalid/*', 'sessions/refused/*iv_of*', 'sessions/refused/sha1_digest_of_64',
        'chains/aes-cbc+aes-gmac/*',
        'rings/bursts_of_300', 'life/queue_pair_alone',     # a full queue does its work twice
        'scatter/in_place/*', 'scatter/*/*+*/digest_of_more', 'scatter/*/*+*/disjoint_regions',
        'scatter/cut*/*+*/esp_regions',
        'limits/segments/*+*', 'limits/auth_key/*',
        'rsa/hashes/*', 'rsa/bad/*_message', 'rsa/recover',     # neither hashed nor compared
        'rsa/bad/oaep', 'rsa/bad/pss_to_sign',  # sessions with any padding since 24.11
        'rsa/sessionless/*'),                                   # there are none
    'crypto_snow3g': ('invalid/*', 'known/*/stateless'),
    'crypto_zuc': ('invalid/*', 'known/*/stateless'),
    'crypto_kasumi': ('invalid/*', 'known/*/stateless'),
    'crypto_libcrypto': (),
}

# Cases that must not be skipped behind a cryptodev: without them a scenario proves nothing.
REQUIRED = {
    'crypto_aesni_mb': (
        'known/aes-cbc/*', 'known/aes-ctr/*', 'known/des-cbc/*', 'known/3des-cbc/*',
        'chains/aes-cbc+hmac-sha*', 'random/aes-c*+hmac-sha*', 'scatter/*/aes-cbc*',
        'sizes/aes-cbc*', 'rings/[bfi]*', 'sessions/a_thousand', 'sessions/come*', 'life/[isd]*',
        'invalid/*', 'limits/segments/*', 'limits/auth_key/*'),
    'crypto_openssl': ('known/aes-cbc/*', 'known/3des-c*', 'known/hmac-*', 'chains/aes-cbc+hmac-*',
                       'rsa/*'),
    'crypto_snow3g': ('known/snow3g-uea2/*', 'chains/snow3g-uea2+snow3g-uia2/*'),
    'crypto_zuc': ('known/zuc-eea3/ts35*', 'chains/zuc-eea3+zuc-eia3/*'),
    'crypto_kasumi': ('known/kasumi-f8/*', 'chains/kasumi-f8+kasumi-f9/*'),
    # The tests' own, for what none of DPDK's does: app/test/cryptodev/.
    'crypto_libcrypto': (
        'known/arc4/*', 'known/3des-ecb/*', 'known/aes-f8/*', 'known/aes-xts/*', 'known/sha3-*',
        'known/aes-cbc-mac/*', 'random/aes-f8', 'random/aes-xts', 'random/sha3-*',
        'chains/aes-f8+sha3-256/*', 'chains/arc4+aes-cbc-mac/*', 'scatter/*/aes-f8/*',
        'scatter/*/sha3-256/*', 'scatter/*/aes-xts+aes-cbc-mac/*', 'scatter/*/sha3-512+arc4/*'),
}

# Cases of a device that takes the largest requests; its max_size is the default one.
LARGE = ['--max-size', '1048576', '--max-content', '2101248', '--require', 'sizes/*',
         '--require', 'limits/*', '--case', 'sizes/*', '--case', 'limits/*']

SCENARIOS = {}


def scenario(function):
    """Add a scenario to the table, by its function's name."""
    SCENARIOS[function.__name__] = function
    return function


def requires(cryptodev):
    """Return the options for the cases that must not be skipped behind a cryptodev."""
    return [word for pattern in REQUIRED[cryptodev] for word in ('--require', pattern)]


def behind(run, cryptodev):
    """Every case through driver and device, with this cryptodev behind them."""
    host = run.host(cryptodevs=(cryptodev,))
    options = requires(cryptodev)
    # Each segment takes a descriptor of the ring then, and a ring has so many of them.
    if 'indirect_desc' in run.arguments.get('disable_features', ''):
        options += ['--exclude', 'rings/takes_as_many_as_descriptors']
    run.cases(run.device(host.socket), options)
    host.end()


def native(run, cryptodev):
    """Every case on the cryptodev itself: what the cases expect is what DPDK does."""
    # The rings of DPDK's cryptodevs have one place less than descriptors were asked for, and an
    # operation in flight keeps the status that it had.
    excludes = [word for pattern in (*NATIVE_LIMITS[cryptodev], 'rings/takes_as_many*',
                                     'statuses/used_again')
                for word in ('--exclude', pattern)]
    run.cases(run.cryptodev(cryptodev), excludes + requires(cryptodev))


def add_cryptodevs():
    """Make a scenario of each cryptodev, alone and behind the device."""
    for cryptodev in REQUIRED:
        name = cryptodev.replace('crypto_', '')
        SCENARIOS[f'native_{name}'] = lambda run, dev=cryptodev: native(run, dev)
    for cryptodev in REQUIRED:
        name = cryptodev.replace('crypto_', '')
        SCENARIOS[f'behind_{name}'] = lambda run, dev=cryptodev: behind(run, dev)


add_cryptodevs()


def add_walks():
    """Make a scenario of each set of cryptodevs, whose advertised lengths are all tried."""
    def walk(run, cryptodevs):
        host = run.host(cryptodevs=cryptodevs)
        run.cases(run.device(host.socket), ['--case', 'capabilities/*', '--require',
                                            'capabilities/walk'])
        host.end()

    alone = ('aesni_mb', 'aesni_gcm', 'openssl', 'snow3g', 'zuc', 'kasumi', 'chacha20_poly1305',
             'null')
    sets = [(name,) for name in alone]
    sets += [('aesni_mb', 'openssl'), ('openssl', 'aesni_mb'),
             ('aesni_gcm', 'zuc', 'snow3g', 'openssl')]
    for names in sets:
        cryptodevs = tuple('crypto_' + name for name in names)
        name = 'advertised_by_' + '_and_'.join(names)
        SCENARIOS[name] = lambda run, cryptodevs=cryptodevs: walk(run, cryptodevs)


add_walks()


@scenario
def behind_several_cryptodevs(run):
    """One device offers what any of its cryptodevs can do."""
    host = run.host(cryptodevs=('crypto_aesni_mb', 'crypto_openssl'))
    patterns = ['known/des-cbc/*', 'known/3des-ctr/*', 'known/kasumi-f8/*', 'known/aes-cbc/*',
                'chains/aes-cbc+md5/*', 'chains/aes-cbc+hmac-sha1/*', 'chains/aes-cbc+aes-xcbc*',
                'rsa/*']
    run.cases(run.device(host.socket),
              [word for pattern in patterns for word in ('--require', pattern)])
    host.end()


@scenario
def behind_every_algorithm(run):
    """One device offers the whole table of algorithms; all published answers that it can say."""
    host = run.host(cryptodevs=EVERY_ALGORITHM)
    patterns = ['known/*', 'random/*', 'ecdsa/*/[!k]*', 'ecdsa/*/known_verify', 'ecdsa/*/key_*']
    run.cases(run.device(host.socket),
              [word for pattern in patterns for word in ('--require', pattern)] +
              ['--exclude', NOT_ADVERTISED])
    host.end()


@scenario
def behind_a_scheduler(run):
    """Cryptodevs that a scheduler makes one of; it has what all of its workers have."""
    host = run.host(cryptodevs=('crypto_scheduler',), workers=('crypto_aesni_mb',) * 2)
    run.cases(run.device(host.socket), requires('crypto_aesni_mb'))
    host.end()
    host = run.host(cryptodevs=('crypto_scheduler',), workers=('crypto_aesni_mb', 'crypto_openssl'))
    run.cases(run.device(host.socket), ['--require', 'known/aes-cbc/*', '--require',
                                        'chains/aes-cbc+hmac-sha1/*', '--case', 'known/*',
                                        '--case', 'chains/*', '--case', 'sizes/*'])
    host.end()


@scenario
def behind_a_scheduler_and_another(run):
    """Large requests leave a scheduler whose workers do not take them, too."""
    host = run.host(cryptodevs=('crypto_scheduler', 'crypto_openssl'),
                    workers=('crypto_aesni_mb',) * 2)
    run.cases(run.device(host.socket), LARGE + ['--case', 'known/*'])
    host.end()


@scenario
def large_requests(run):
    """A megabyte goes to the cryptodev that takes it; sessions stay where they are."""
    host = run.host(cryptodevs=('crypto_aesni_mb', 'crypto_openssl'))
    run.cases(run.device(host.socket), LARGE)
    host.end()
    host = run.host(cryptodevs=('crypto_openssl',), options=['--copy'])
    run.cases(run.device(host.socket), LARGE)
    host.end()


@scenario
def small_requests(run):
    """The driver keeps to the size that the device states; a size that nobody has is refused."""
    host = run.host(options=['--max-size', '4096'])
    run.cases(run.device(host.socket), ['--max-content', '4096', '--max-size', '1900', '--require',
                                        'limits/content/*', '--case', 'limits/*'])
    host.end()
    try:
        run.host(options=['--max-size', '1048576'])
    except ProgramError as error:
        if '196733' not in str(error):
            raise Failed('nothing says which size is possible') from error
        run.result('ok')
    else:
        raise Failed('a device with requests that its cryptodev cannot do')


@scenario
def behind_copies(run):
    """The host program works on copies of the data."""
    host = run.host(options=['--copy'])
    run.cases(run.device(host.socket), requires('crypto_aesni_mb'))
    host.end()


@scenario
def behind_another_host(run):
    """A host program's cryptodev is our driver, whose back-end finds DPDK's memory only; then there
    is another cryptodev beside it, which works on the front-end's memory."""
    known = ('known/*', 'random/*', 'ecdsa/*/known_verify')
    for inside, beside, patterns in (
            (EVERY_ALGORITHM, (), known + ('rings/bursts*', 'scatter/*/aes-cbc+hmac-sha1/whole')),
            (('crypto_libcrypto',), ('crypto_aesni_mb',),
             ('known/aes-cbc/*', 'known/aes-xts/*', 'known/aes-ctr/*', 'random/aes-c*'))):
        # The two host programs share a processor: one must not poll while the other has to work.
        inner = run.host(cryptodevs=inside, options=['--mode', 'adaptive'])
        host = run.host(cryptodevs=beside, first=run.device(inner.socket))
        run.cases(run.device(host.socket),
                  [word for pattern in patterns
                   for word in ('--require', pattern, '--case', pattern)]
                  + ['--exclude', NOT_ADVERTISED])
        host.end()
        inner.end()


@scenario
def dpdks_own_program(run):
    """DPDK's example, compiled unchanged against our header and library, serves our driver."""
    program = os.path.join(run.args.host_build, 'app/test/dpdk_example_vhost_crypto')
    if not os.path.exists(program):
        run.result('skip', 'its source is not installed (package dpdk-doc)')
        return
    host = run.host(program=program)
    patterns = ['known/aes-cbc/*crypt', 'known/aes-ctr/*crypt', 'chains/aes-cbc+hmac-sha*',
                'scatter/*/aes-cbc+hmac-sha1/every_boundary', 'rings/*_of_*']
    run.cases(run.device(host.socket), [word for pattern in patterns
                                        for word in ('--require', pattern, '--case', pattern)])
    host.check()
    host.kill()


def behind_dpdks_library(run, folder, patterns):
    """What the host program of DPDK does right on DPDK's own library, with our driver."""
    host = run.stack.enter_context(dpdks_host.DpdksHost(
        run.args, run.log('host'), run.directory, folder))
    patterns += ('known/aes-cbc/*crypt', 'chains/aes-cbc+hmac-sha1/encrypt_then_generate',
                 'chains/aes-cbc+hmac-sha256/encrypt_then_generate',
                 'scatter/linear/aes-cbc*/whole')
    run.cases(run.device(host.socket), [word for pattern in patterns
                                        for word in ('--require', pattern, '--case', pattern)])
    host.check()
    host.kill()


@scenario
def dpdks_own_library(run):
    """DPDK's own host library, that of this machine."""
    behind_dpdks_library(run, None, ())


@scenario
def dpdks_newer_library(run):
    """That of a folder with a newer DPDK."""
    behind_dpdks_library(run, dpdks_host.newer_dpdk(run.args), ('rings/*_of_*', 'sessions/[ac]*'))


@scenario
def hugepages_aesni_mb(run):
    """Memory that DPDK shares as hugepages, growing while the device runs."""
    if not run.has_hugepages():
        return
    run.hugepages = True
    behind(run, 'crypto_aesni_mb')


@scenario
def several_queues(run):
    """Four queue pairs, also polled by two lcores."""
    host = run.host(options=['--queues', '4'])
    options = ['--qps', '4', '--require', 'rings/*', '--case', 'rings/*', '--case', 'life/*',
               '--case', 'sessions/c*']
    run.cases(run.device(host.socket, queues=4), options, lcores=2)
    host.end()


@scenario
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


@scenario
def small_queues(run):
    """Rings of 64 descriptors, so that they are full all the time; no request has more."""
    host = run.host()
    run.cases(run.device(host.socket, queue_size=64),
              ['--desc', '64', '--case', 'rings/*', '--case', 'random/aes-c*', '--case',
               'scatter/*/every_boundary', '--max-segs', '30', '--require', 'limits/segments/*',
               '--case', 'limits/segments/*'])
    host.end()


@scenario
def few_sessions(run):
    """A device that has no session left says so, and works on. Proves D14."""
    host = run.host(options=['--sessions', '50'])
    run.cases(run.device(host.socket), ['--max-sessions', '50', '--require', 'sessions/one*',
                                        '--case', 'sessions/one*', '--case', 'known/aes-cbc*'])
    host.end()


@scenario
def polling_guest(run):
    """A host program that never notifies: the driver looks at its rings by itself anyway."""
    host = run.host(options=['--guest-polling'])
    run.cases(run.device(host.socket), ['--case', 'rings/*', '--case', 'known/aes-cbc*'])
    host.end()


@scenario
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


@scenario
def application_starts_again(run):
    """One host program serves one application after the other."""
    host = run.host()
    for _ in range(3):
        run.cases(run.device(host.socket), ['--case', 'known/aes-*', '--case', 'rings/bursts*'])
    host.end()


@scenario
def application_killed_in_flight(run):
    """An application that dies with operations in flight takes nothing with it."""
    host = run.host()
    for _ in range(5):
        faults = run.faults(host.socket)
        faults.flood_for(0.5)
        faults.process.kill()
        faults.wait(10)
        host.check()
    run.cases(run.device(host.socket), ['--case', 'known/aes-*', '--case', 'rings/*', '--case',
                                        'sessions/a*'])
    host.end()


def lose_host(run, host, faults, end):
    """End the host program with operations in flight, and judge the application without it."""
    if faults.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the host program ended')
    end()
    faults.drained(5)
    if faults.flood_for(0.5)['right'] + faults.drained(5)['right']:
        raise Failed('right answers without a host program')
    alone = faults.tell('kat')
    if alone['accepted'] != 64 or alone['error'] != 64:
        raise Failed(f"without a host program {alone['accepted']} of 64 operations were accepted "
                     f"and {alone['error']} came back as errors")
    host.start()
    faults.recovers(10)
    if faults.tell('session')['right'] != 1:
        raise Failed('no new session after the host program came back')
    if faults.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done after the host program came back')
    faults.drained(5)
    host.check()


@scenario
def host_killed_in_flight(run):
    """The host program is killed and comes back; the same sessions work again. Proves R1."""
    host = run.host()
    faults = run.faults(host.socket)
    for _ in range(3):
        lose_host(run, host, faults, host.kill)
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def host_terminated_in_flight(run):
    """The host program is told to end: it does, cleanly, and can come back."""
    host = run.host()
    faults = run.faults(host.socket)

    def end():
        host.end()
        if os.path.exists(host.socket):
            raise Failed('the host program left its socket behind')

    for _ in range(3):
        lose_host(run, host, faults, end)
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def host_killed_when_idle(run):
    """The loss is noticed without any operation; the sessions work when the host is back."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.recovers(0)
    host.kill()
    time.sleep(1)
    host.start()
    faults.recovers(10)
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def host_killed_under_rsa(run):
    """Asymmetric sessions are lost and restored like others."""
    host = run.host(cryptodevs=('crypto_openssl',))
    faults = run.faults(host.socket)
    for _ in range(2):
        if faults.tell('rsa')['right'] != 1:
            raise Failed('no signature')
        host.kill()
        if faults.tell('rsa')['error'] != 1:
            raise Failed('a signature without a host program')
        host.start()
        faults.recovers(10)
    if faults.tell('rsa')['right'] != 1:
        raise Failed('no signature after the host program came back')
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def host_killed_again_and_again(run):
    """Ten losses in a row, the application never pausing; nothing is in flight for ever."""
    host = run.host()
    faults = run.faults(host.socket)
    for _ in range(10):
        faults.flood_for(0.2)
        host.kill()
        host.start()
    faults.drained(5)
    faults.recovers(10)
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def host_stopped_for_a_while(run):
    """A host program that does nothing for some seconds is waited for."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.flood_for(0.3)
    host.process.send_signal(signal.SIGSTOP)
    try:
        time.sleep(2)
    finally:
        host.process.send_signal(signal.SIGCONT)
    faults.drained(10)
    faults.recovers(10)
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def session_made_while_host_is_stopped(run):
    """A host program that is not given a processor for some seconds is waited for."""
    host = run.host()
    faults = run.faults(host.socket)
    host.process.send_signal(signal.SIGSTOP)
    goes_on = threading.Timer(6, host.process.send_signal, [signal.SIGCONT])
    run.stack.callback(goes_on.join)
    goes_on.start()
    if faults.tell('session')['right'] != 1:
        raise Failed('no session from a host program that was stopped for 6 s')
    if 'device lost' in tail(faults.output, 100):
        raise Failed('a host program that was stopped for 6 s was given up')
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def session_made_while_host_is_away(run):
    """A session asked for without a host program is refused or made later; nothing hangs."""
    host = run.host()
    faults = run.faults(host.socket)
    host.kill()
    faults.drained(5)
    faults.tell('session')
    host.start()
    faults.recovers(10)
    if faults.tell('session')['right'] != 1:
        raise Failed('no new session after the host program came back')
    faults.quit()
    host.end()
    run.result('ok')


@scenario
def application_quits_while_host_is_away(run):
    """Sessions, queues and the device can be freed without a host program."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.flood_for(0.3)
    host.kill()
    faults.quit()
    run.result('ok')


@scenario
def application_listens(run):
    """The roles on the socket exchanged: the application listens, the host program connects."""
    host = run.host(client=True)
    for _ in range(2):
        run.cases(run.device(host.socket, server=1), ['--case', 'known/aes-*', '--case',
                                                      'rings/bursts*', '--case', 'life/[sq]*'])
        host.check()


@scenario
def host_killed_while_application_listens(run):
    """A host program that connects can be lost and replaced, too."""
    host = run.host(client=True)
    faults = run.faults(host.socket, server=1)
    for _ in range(2):
        lose_host(run, host, faults, host.kill)
    faults.quit()
    host.end()
    run.result('ok')


@scenario
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


@scenario
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


@scenario
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


@scenario
def no_host(run):
    """Without a host program the application is told so, and by name of the socket."""
    path = os.path.join(run.directory, 'nobody.sock')
    application = run.start(run.device(path))
    status = application.wait(60)
    said = tail(application.output, 100)
    if status <= 0:
        raise Failed(f'the application ended with {status}')
    if path not in said.replace(f'path={path}', ''):
        raise Failed('nothing that was said names the socket')
    run.result('ok')


@scenario
def front_ends_that_send_noise(run):
    """Connections that say nothing, nonsense, or half of something harm nobody."""
    host = run.host()
    noise = [b'', b'\0', b'\xff' * 12, b'\x01\0\0\0\x01\0\0\0\0\0\0\0', os.urandom(4096),
             b'\x05\0\0\0\x01\0\0\0\xff\xff\xff\xff',
             b'\x1a\0\0\0\x09\0\0\0\x30\x04\0\0' + b'x' * 99]
    for message in noise:
        with contextlib.closing(connect(host.socket)) as stranger:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                stranger.sendall(message)
            time.sleep(0.1)
        host.check()
    run.cases(run.device(host.socket), ['--case', 'known/aes-cbc/*', '--case', 'rings/bursts*'])
    host.end()


def connect(path):
    """Connect to a socket like a stranger would."""
    stranger = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    stranger.settimeout(5)
    stranger.connect(path)
    return stranger


def over_other_rings(arguments, name):
    """Make a scenario of another one, with a driver that asks for other rings."""
    before = SCENARIOS[name]

    def over_them(run):
        run.arguments = arguments
        before(run)

    asked = [key for key, value in arguments.items() if value == 1]
    SCENARIOS['_'.join((*asked, name))] = over_them


for module in (two_process_adaptive, two_process_api, two_process_boundary, two_process_connections,
               two_process_cut, two_process_fairness, two_process_faults, two_process_features,
               two_process_hostile, two_process_keys, two_process_messages, two_process_ready,
               two_process_resources, two_process_secondary, two_process_shrinking,
               two_process_sockets, two_process_telemetry):
    for more in module.SCENARIOS:
        scenario(more)
for same in ('behind_aesni_mb', 'behind_several_cryptodevs', 'large_requests', 'several_queues',
             'small_queues', 'two_guests', 'host_killed_in_flight', 'host_killed_under_rsa',
             'application_killed_in_flight', 'adaptive_several_queues', 'not_ready_for_a_while',
             'hugepages_secondary_cases', 'hugepages_secondary_killed'):
    over_other_rings({'packed': 1, 'in_order': 1}, same)
for same in ('behind_openssl', 'host_killed_in_flight', 'hugepages_secondary_killed'):
    over_other_rings({'packed': 1}, same)
    over_other_rings({'in_order': 1, 'disable_features': 'indirect_desc'}, same)


def run_scenario(args, name):
    """Run one scenario; return its counts."""
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        with contextlib.ExitStack() as stack:
            run = Run(args, name, stack, directory)
            try:
                SCENARIOS[name](run)
            except dpdks_host.Missing as reason:
                run.result('skip', str(reason))
            except (Failed, ProgramError) as error:
                run.result('not ok', str(error).splitlines()[0])
        if run.counts['not ok']:
            for log in run.logs:
                print(f'# the end of {os.path.basename(log)} of {name}:')
                print(''.join(f'#   {line}\n' for line in tail(log, 30).splitlines()), end='')
    return run.counts


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--filter', action='append', default=[], metavar='GLOB',
                        help='only scenarios with such names; can be given several times')
    parser.add_argument('--case', action='append', default=[], metavar='GLOB',
                        help='only such cases of virtio_crypto_test, too')
    parser.add_argument('--list', action='store_true', help='print the names of the scenarios')
    parser.add_argument('--all', action='store_true', help='those that take long, too, which '
                        'otherwise run when --filter names them; and what is done again and '
                        'again as often as it can be done in some minutes')
    parser.add_argument('--hugepages', action='store_true', help='every scenario with hugepages')
    parser.add_argument('--seed', type=int, help='start of the random numbers')
    parser.add_argument('--host-build', metavar='DIR', help='build directory of the host program, '
                        'if it is another one')
    parser.add_argument('--app-build', metavar='DIR', help='build directory of the application and '
                        'the driver, if it is another one')
    parser.add_argument('--host', help='the host program (default: that of the build)')
    parser.add_argument('--app', help='the test application (default: that of the build)')
    parser.add_argument('--driver', help='the driver (default: that of the build)')
    parser.add_argument('--wrap-host', default='', metavar='COMMAND',
                        help='put in front of the host program, such as "valgrind -q"')
    parser.add_argument('--wrap-app', default='', metavar='COMMAND',
                        help='put in front of the application')
    dpdks_host.add_dpdk_option(parser)
    parser.add_argument('--patience', type=int, default=1, metavar='N',
                        help='wait N times as long, for wrapped programs')
    args = parser.parse_args()
    args.host_build = args.host_build or args.build
    args.app_build = args.app_build or args.build
    build = Build(args.app_build)
    args.host = args.host or Build(args.host_build).host
    args.driver = args.driver or build.driver
    args.app = args.app or build.path('app/test/virtio_crypto_test')
    args.wrong_anyway = {}
    args.left_out = () if args.all or args.filter else two_process_api.LONG
    return args


def main():
    """Run the scenarios and print the totals."""
    return run_chosen(arguments(), SCENARIOS, run_scenario)


if __name__ == '__main__':
    sys.exit(main())
