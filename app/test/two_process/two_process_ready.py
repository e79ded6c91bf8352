# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about a host program whose devices are not ready for a while."""

import re
import signal
import time

from dpdk_process import tail
from two_process_programs import Failed

BRIEF = 0.05


def count_logged(path, pattern):
    """Return how often a pattern is in a log."""
    with open(path, encoding='utf-8', errors='replace') as log:
        return len(re.findall(pattern, log.read()))


def wait_logged(path, pattern, count, seconds=10):
    """Wait until a log says something for the count-th time."""
    limit = time.monotonic() + seconds
    while count_logged(path, pattern) < count:
        if time.monotonic() > limit:
            found = count_logged(path, pattern)
            raise Failed(f'{pattern!r} is {found} times in the log, not {count}')
        time.sleep(BRIEF)


def switch(host, ready, count):
    """Tell the host program to change its mind, for the count-th time to this."""
    host.process.send_signal(signal.SIGUSR1)
    word = 'ready' if ready else 'not ready'
    wait_logged(host.output, rf'(?m)^{re.escape(host.socket)} is {word}$', count)


def must_be_away(faults, count):
    """Judge an application whose device is not ready: all comes back, as errors, with a reason."""
    timeout = 10 * faults.timeout_factor
    wait_logged(faults.output, 'the device cleared HW_READY', count, timeout)
    # That is noticed; the queues are known to be lost when the driver looks for the device again.
    wait_logged(faults.output, 'cannot restore device: HW_READY is not set', count, timeout)
    faults.drained(5)
    alone = faults.tell('kat')
    if alone['accepted'] != 64 or alone['error'] != 64:
        raise Failed(f"{alone['accepted']} of 64 operations were accepted by a device that is not "
                     f"ready, and {alone['error']} came back as errors")
    if faults.tell('session')['error'] != 1:
        raise Failed('a session of a device that is not ready')
    refused = 'cannot create session: Transport endpoint is not connected'
    if count_logged(faults.output, refused) < count:
        raise Failed('nothing says that the session is refused')


def must_be_back(faults):
    """Judge one whose device is ready again: the old sessions give right answers, and new ones."""
    faults.recovers(10)
    if faults.tell('session')['right'] != 1:
        raise Failed('no new session after the device became ready')
    if faults.flood_for(0.3)['right'] == 0:
        raise Failed('nothing was done after the device became ready')


def count_right(faults):
    """Return a list that grows by the right answers that the application tells of."""
    right = []
    tell = faults.tell

    def told(command):
        counts = tell(command)
        right.append(counts['right'])
        return counts

    faults.tell = told
    return right


def not_ready_for_a_while(run):
    """Readiness goes and comes back under load: nothing hangs, is lost or wrong.

    Whatever the host program has taken comes back with its result; the rest comes back as errors.
    """
    host = run.host()
    faults = run.faults(host.socket)
    right = count_right(faults)
    for count in range(1, 4):
        if faults.flood_for(0.3)['right'] == 0:
            raise Failed('nothing was done before the device was not ready')
        switch(host, False, count)
        must_be_away(faults, count)
        switch(host, True, count)
        must_be_back(faults)
        faults.drained(5)
    if count_logged(host.output, 'front-end disconnected') != 3:
        raise Failed('the driver does not wait for readiness on the connection that it has')
    faults.quit()
    host.end()
    taken = int(re.search(r'queue 0: (\d+) requests', tail(host.output)).group(1))
    if taken != sum(right):
        raise Failed(f'the host program has taken {taken} requests, and {sum(right)} have come '
                     'back with their results')
    run.result('ok')


def not_ready_again_and_again(run):
    """Signals as fast as they come, under load; the device works when it is ready in the end."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.tell('flood')
    for count in range(1, 21):
        switch(host, False, count)
        time.sleep(BRIEF * (count % 4))
        switch(host, True, count)
        time.sleep(BRIEF * (count % 3))
    faults.drained(5)
    faults.recovers(10)
    must_be_back(faults)
    faults.drained(5)
    faults.quit()
    host.end()
    run.result('ok')


def not_ready_for_several_guests(run):
    """All devices of a host program go and come together; each guest has its own back."""
    host = run.host(sockets=2, cryptodevs=('crypto_aesni_mb', 'crypto_openssl'),
                    options=['--mode', 'adaptive', '--queues', '2'])
    guests = [run.faults(socket) for socket in host.sockets]
    for faults in guests:
        faults.tell('flood')
    switch(host, False, 1)
    for faults in guests:
        must_be_away(faults, 1)
        if faults.tell('rsa')['error'] != 1:
            raise Failed('a signature of a device that is not ready')
    switch(host, True, 1)
    for faults in guests:
        must_be_back(faults)
        faults.drained(5)
        if faults.tell('rsa')['right'] != 1:
            raise Failed('no signature after the device became ready')
        faults.quit()
    host.end()
    run.result('ok')


def not_ready_at_the_start(run):
    """An application that finds a device not ready is told so; the next one has it."""
    host = run.host()
    switch(host, False, 1)
    application = run.start(run.device(host.socket))
    if application.wait(60) <= 0:
        raise Failed('the application went on')
    if 'HW_READY is not set' not in tail(application.output, 100):
        raise Failed('nothing that was said tells that the device is not ready')
    switch(host, True, 1)
    run.cases(run.device(host.socket), ['--case', 'known/aes-cbc/*', '--case', 'rings/bursts*',
                                        '--require', 'known/aes-cbc/*'])
    host.end()


def host_killed_while_not_ready(run):
    """A device that is away twice over comes back all the same."""
    host = run.host()
    faults = run.faults(host.socket)
    for count in (1, 2):
        faults.flood_for(0.2)
        switch(host, False, 1)  # the log is a new one with each start
        must_be_away(faults, count)
        host.kill()
        time.sleep(0.5)
        host.start()
        must_be_back(faults)
        faults.drained(5)
    switch(host, False, 1)
    faults.quit()
    host.end()  # and it ends when it is not ready
    run.result('ok')


def not_ready_while_application_listens(run):
    """The roles on the socket exchanged: readiness goes and comes all the same."""
    host = run.host(client=True)
    faults = run.faults(host.socket, server=1)
    for count in (1, 2):
        faults.flood_for(0.2)
        switch(host, False, count)
        must_be_away(faults, count)
        switch(host, True, count)
        must_be_back(faults)
        faults.drained(5)
    faults.quit()
    host.end()
    run.result('ok')


SCENARIOS = (not_ready_for_a_while, not_ready_again_and_again, not_ready_for_several_guests,
             not_ready_at_the_start, host_killed_while_not_ready,
             not_ready_while_application_listens)
