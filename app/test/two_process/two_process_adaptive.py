# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about a host program that sleeps when its queues are idle."""

import contextlib
import os
import time

from front_end import CryptoGuest, FrontEndError, migrate, start_again
from two_process_programs import Failed

ADAPTIVE = ['--mode', 'adaptive']
LONG_PAUSES = 100  # of the case
SLEEPY = 0.1       # of a processor, for a host program with nothing to do


def worker_status(host):
    """Return the kernel's words about the thread of the host program's worker lcore."""
    tasks = f'/proc/{host.process.pid}/task'
    for task in os.listdir(tasks):
        with open(f'{tasks}/{task}/status', encoding='ascii') as file:
            status = dict(line.rstrip().split(':', 1) for line in file)
        if 'worker' in status['Name']:
            return status
    raise Failed('the host program has no worker thread')


def slept(host):
    """Return how often the polling thread has gone to sleep by itself."""
    return int(worker_status(host)['voluntary_ctxt_switches'])


def processor_seconds(host):
    """Return the processor time that the host program has taken."""
    with open(f'/proc/{host.process.pid}/stat', encoding='utf-8') as file:
        fields = file.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def must_sleep(host, when, seconds=1):
    """Fail if the host program takes much of a processor."""
    time.sleep(0.1)
    before, start = processor_seconds(host), time.monotonic()
    time.sleep(seconds)
    share = (processor_seconds(host) - before) / (time.monotonic() - start)
    if share > SLEEPY:
        raise Failed(f'{when} the host program takes {100 * share:.0f} % of a processor')


def adaptive_behind_aesni_mb(run):
    """Every case on a host program that may sleep between any two of them."""
    host = run.host(options=ADAPTIVE)
    run.cases(run.device(host.socket),
              ['--require', 'rings/[bfip]*', '--require', 'known/aes-cbc/*', '--require',
               'life/[isd]*'])
    host.end()


def adaptive_pauses(run):
    """Kicks and sleep cross again and again, in both forms of notification; none is lost."""
    for features in ([], ['--disable-features', 'event_idx']):
        host = run.host(options=ADAPTIVE + features)
        before = slept(host)
        run.cases(run.device(host.socket),
                  ['--case', 'rings/pauses', '--require', 'rings/pauses'])
        times = slept(host) - before
        # How many of the short pauses it sleeps in is up to the machine.
        if times < LONG_PAUSES / 2:
            raise Failed(f'the host program slept {times} times in {LONG_PAUSES} long pauses')
        must_sleep(host, 'without a guest')
        host.end()


def adaptive_without_front_end(run):
    """A host program that connects looks for a front-end now and then, and sleeps between."""
    host = run.host(client=True, options=ADAPTIVE)
    time.sleep(1)
    must_sleep(host, 'without a front-end')
    host.end()
    run.result('ok')


def adaptive_several_queues(run):
    """One lcore sleeps over several queues of two guests; each of them wakes it."""
    host = run.host(sockets=2, options=[*ADAPTIVE, '--queues', '4'])
    options = ['--qps', '4', '--case', 'rings/*', '--case', 'life/*', '--require', 'rings/pauses',
               '--require', 'rings/several*']
    applications = [run.start(run.device(socket, queues=4), options) for socket in host.sockets]
    for number, application in enumerate(applications):
        run.finish(application, name=f'{run.name}/{number}')
    must_sleep(host, 'without its guests')
    host.end()


def adaptive_sleeps(run):
    """A host program without work takes no processor, whatever its guests did before."""
    host = run.host(options=ADAPTIVE)
    must_sleep(host, 'before the first guest')
    faults = run.faults(host.socket)
    must_sleep(host, 'with an idle guest')
    for _ in range(3):
        faults.flood_for(0.2)
        faults.drained(5)
        must_sleep(host, 'after the load', 0.5)
    faults.recovers(0)
    faults.flood_for(0.2)
    faults.process.kill()
    faults.wait(10)
    must_sleep(host, 'after its guest was killed')
    faults = run.faults(host.socket)
    faults.recovers(0)
    host.end()  # while it sleeps, and with a guest
    host.start()
    faults.recovers(10)
    host.kill()
    host.start()
    faults.recovers(10)
    faults.quit()
    must_sleep(host, 'after its guest has gone')
    host.end()
    run.result('ok')


def adaptive_rings_stop(run):
    """Rings that stop and start while the lcore sleeps, also with a log of writes."""
    hosts = [run.host(options=[*ADAPTIVE, '--sessions', '8']) for _ in range(2)]
    for work in (lambda guest: start_again(guest, hosts[0].socket),
                 lambda guest: migrate(guest, hosts[0].socket, hosts[1].socket)):
        with contextlib.closing(CryptoGuest(run.args.seed or 1)) as guest:
            try:
                work(guest)
            except (FrontEndError, OSError) as error:
                raise Failed(error) from error
        must_sleep(hosts[0], 'after its guest has gone', 0.5)
    for host in hosts:
        host.end()
    run.result('ok')


SCENARIOS = (adaptive_behind_aesni_mb, adaptive_pauses, adaptive_several_queues,
             adaptive_without_front_end, adaptive_sleeps, adaptive_rings_stop)
