# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about guests that share a polling lcore, one of them greedy.

A library that is preloaded into the host program (fairness_preload.c) measures what other queues
got between two polls of a queue, which is the most that a request of this queue waits for, and the
time of its lcore that the queues of a guest take. What the neighbour of a hostile guest keeps of
its throughput depends on the machine and its load; `devtools/bench.sh --fairness` measures it.
"""

import contextlib
import dataclasses
import os
import struct
import time

from dpdk_process import Build, Program, memory_options, processors
from front_end_loads import QUEUES, Load, connect
from perf_app import PROGRAM
from two_process_programs import Failed

BURST = 128     # requests that the host program takes in a turn
TURN = 1 << 20  # bytes of data, there and back, that the library takes in a turn
MOST_SHARE = 0.65   # of an lcore, for a guest whose neighbour has requests; 0.5 is right
CONTESTED = 5       # turns that are enough to tell
CONNECT = 0.5       # seconds; what it takes is a tenth of that on a machine that is idle
MODEST = ['--case', 'known/aes-cbc/*', '--case', 'rings/bursts*', '--case', 'rings/pauses',
          '--require', 'known/aes-cbc/*', '--require', 'rings/[bp]*']


@dataclasses.dataclass
class Turns:
    """What a queue got; see fairness_preload.c."""
    SIZE = 56  # bytes of it in the file
    requests: int
    turns: int
    most: int
    others: int
    contested: int
    taken_ns: int
    left_ns: int


class WatchedHost:
    """A host program with sockets: of a greedy guest, of a modest one, and of more."""

    def __init__(self, run, sockets=2, **options):
        self.run = run
        self.path = os.path.join(run.directory, 'turns')
        if os.path.exists(self.path):
            os.unlink(self.path)
        library = os.path.join(run.args.build, 'app/test/fairness_preload.so')
        self.host = run.host(sockets=sockets, env={'TURNS': self.path}, preload=[library],
                             **options)
        self.greedy, self.modest, *self.more = self.host.sockets

    def turns(self, queue):
        """Return what a queue has got up to now."""
        with open(self.path, 'rb') as file:
            file.seek(Turns.SIZE * queue)
            return Turns(*struct.unpack('7Q', file.read(Turns.SIZE)))

    def wait_greedy(self, process):
        """Wait until the greedy guest has its first requests done."""
        limit = time.monotonic() + 60 * self.run.args.timeout_factor
        while self.turns(0).requests == 0:
            if process.process.poll() is not None or time.monotonic() > limit:
                raise process.failure('the greedy guest does nothing')
            time.sleep(0.01)

    def judge(self, wait, greed):
        """Fail if the modest guest had to wait for more requests of the other one than `wait`.

        `greed`: so many the other one must have got in a turn at least, or it was not greedy.
        """
        self.host.end()
        greedy, modest = self.turns(0), self.turns(1)
        if not modest.turns:
            raise Failed('the modest guest got nothing')
        if greedy.most < greed or greedy.turns < modest.turns / 100:
            raise Failed(f'the greedy guest got {greedy.most} requests in a turn at most, '
                         f'{greedy.requests} in all')
        if modest.others > wait:
            raise Failed(f'the modest guest had to wait for {modest.others} requests; at most '
                         f'{wait} are right')
        self.run.say('ok', f'{self.run.name}: {modest.requests} requests beside '
                           f'{greedy.requests}, behind {modest.others} at most')


def greedy_guest_with_many_requests(run):
    """A guest that keeps its ring full gets a burst in a turn, and the other one its turns."""
    for options in ([], ['--mode', 'adaptive']):
        host = WatchedHost(run, options=options)
        greedy = run.faults(host.greedy)
        greedy.tell('flood')
        host.wait_greedy(greedy)
        run.cases(run.device(host.modest), MODEST)
        greedy.drained(5)
        greedy.quit()
        host.judge(BURST, BURST // 2)


def flood_of(run, socket, size, depth=64):
    """Start a guest that always has `depth` requests of a size waiting, and does not end."""
    cpu = processors()[1]
    argv = [PROGRAM, '--lcores', f'0@{cpu},1@{cpu}', '--no-pci', *run.device(socket), '--',
            '--silent', '--ptest', 'throughput', '--devtype', 'crypto_virtio_user',
            '--optype', 'cipher-only', '--cipher-algo', 'aes-cbc', '--cipher-op', 'encrypt',
            '--cipher-key-sz', '16', '--cipher-iv-sz', '16', '--buffer-sz', str(size),
            '--desc-nb', str(depth), '--pool-sz', str(16 * depth), '--burst-sz', '32',
            '--total-ops', '1000000000']
    return run.stack.enter_context(Program(
        argv, run.log('greedy'), memory=memory_options(512, run.hugepages),
        preload=Build(run.args.build).runtime()))


def greedy_guest_with_large_requests(run):
    """Large requests are counted by their bytes."""
    for size in (64000, 1 << 14):
        host = WatchedHost(run)
        greedy = flood_of(run, host.greedy, size)
        host.wait_greedy(greedy)
        run.cases(run.device(host.modest), MODEST)
        if greedy.process.poll() is not None:
            raise greedy.failure('the greedy guest has ended')
        greedy.process.kill()
        greedy.process.wait()
        most = -(-TURN // (2 * size))  # source and destination
        host.judge(most, most // 2)


def hostile_host(run, mode='poll'):
    """Start a host program for a hostile guest, a neighbour, and one that connects later."""
    return WatchedHost(run, sockets=3, cryptodevs=('crypto_aesni_mb', 'crypto_openssl'), options=[
        '--queues', str(QUEUES), '--max-size', '4194304', '--mode', mode])


def contested(host):
    """Return how many turns of the hostile guest others contested, and its share of the time then.

    What others do with what it leaves is up to them: they may have to wait for a processor.
    """
    # Queues are numbered as they are polled: those of the first socket first.
    turns = [host.turns(queue) for queue in range(QUEUES)]
    taken, left = sum(one.taken_ns for one in turns), sum(one.left_ns for one in turns)
    return sum(one.contested for one in turns), taken / (taken + left) if taken else 0


def shares_lcore(run, kind, mode='poll'):
    """A hostile guest leaves an lcore to its neighbour for as long as it takes it."""
    host = hostile_host(run, mode)
    neighbour = flood_of(run, host.modest, 64, 1024)
    neighbour.rest_main_thread()
    with contextlib.closing(Load(kind, host.greedy)):
        limit = time.monotonic() + 20 * run.args.timeout_factor
        time.sleep(1)
        while contested(host)[0] < CONTESTED and time.monotonic() < limit:
            time.sleep(0.1)
        turns, share = contested(host)
        seconds = min(connect(host.more[0]) for _ in range(3))
    neighbour.process.kill()
    neighbour.process.wait()
    host.host.end()
    if turns < CONTESTED:
        raise Failed(f'{kind}: the two guests hardly met, {turns} times')
    if share > MOST_SHARE:
        raise Failed(f'{kind}: the hostile guest has {100 * share:.0f} % of the lcore while its '
                     'neighbour has requests')
    run.say('ok', run.name, f'{100 * share:.0f} % of the lcore in {turns} contested turns')
    judge_connect(run, kind, seconds)


def hostile_guest_rsa_adaptive(run):
    """The same where the lcore may sleep: it does not while a deferred guest has requests."""
    shares_lcore(run, 'rsa', 'adaptive')


def shares_control_thread(run, kind):
    """A hostile guest that keeps the control thread busy does not keep others from connecting."""
    host = hostile_host(run)
    with contextlib.closing(Load(kind, host.greedy)):
        time.sleep(0.5)
        seconds = min(connect(host.more[0]) for _ in range(3))
    host.host.end()
    judge_connect(run, kind, seconds)


def judge_connect(run, kind, seconds):
    """Fail if a guest needs too long until its first request is done."""
    if seconds > CONNECT * run.args.timeout_factor:
        raise Failed(f'{kind}: a guest that connects waits {seconds:.2f} s for its first answer')
    run.say('ok', f'{run.name}', f'connects in {1000 * seconds:.0f} ms')


def scenario_of(kind, judge):
    """Make a scenario of a kind of load."""
    def scenario(run):
        judge(run, kind)
    scenario.__name__ = f'hostile_guest_{kind}'
    scenario.__doc__ = judge.__doc__
    return scenario


SCENARIOS = (
    greedy_guest_with_many_requests, greedy_guest_with_large_requests,
    hostile_guest_rsa_adaptive,
    *(scenario_of(kind, shares_lcore)
      for kind in ('rsa', 'bad_chains', 'large', 'long_chains', 'many_queues')),
    *(scenario_of(kind, shares_control_thread) for kind in ('control', 'sessions')))
