# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py: one of the programs ends, stops or is missing."""

import os
import signal
import threading
import time

from dpdk_process import tail
from two_process_programs import Failed


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


def host_killed_in_flight(run):
    """The host program is killed and comes back; the same sessions work again. Proves R1."""
    host = run.host()
    faults = run.faults(host.socket)
    for _ in range(3):
        lose_host(run, host, faults, host.kill)
    faults.quit()
    host.end()
    run.result('ok')


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


def application_quits_while_host_is_away(run):
    """Sessions, queues and the device can be freed without a host program."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.flood_for(0.3)
    host.kill()
    faults.quit()
    run.result('ok')


def application_listens(run):
    """The roles on the socket exchanged: the application listens, the host program connects."""
    host = run.host(client=True)
    for _ in range(2):
        run.cases(run.device(host.socket, server=1), ['--case', 'known/aes-*', '--case',
                                                      'rings/bursts*', '--case', 'life/[sq]*'])
        host.check()


def host_killed_while_application_listens(run):
    """A host program that connects can be lost and replaced, too."""
    host = run.host(client=True)
    faults = run.faults(host.socket, server=1)
    for _ in range(2):
        lose_host(run, host, faults, host.kill)
    faults.quit()
    host.end()
    run.result('ok')


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


SCENARIOS = (application_killed_in_flight, host_killed_in_flight, host_terminated_in_flight,
             host_killed_when_idle, host_killed_under_rsa, host_killed_again_and_again,
             host_stopped_for_a_while, session_made_while_host_is_stopped,
             session_made_while_host_is_away, application_quits_while_host_is_away,
             application_listens, host_killed_while_application_listens, no_host)
