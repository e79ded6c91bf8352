# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about guests that share a polling lcore, one of them greedy.

What counts are turns, not time: the host program is watched from within (turns.c) for what others
got between two turns of a queue. That is what a request of this queue has to wait for, at most.
"""

import dataclasses
import os
import struct
import time

from dpdk_process import Build, Program, memory_options, processors
from perf_app import PROGRAM
from two_process_programs import Failed

BURST = 128     # requests that the host program takes in a turn
TURN = 1 << 20  # bytes of data, there and back, that the library takes in a turn
MODEST = ['--case', 'known/aes-cbc/*', '--case', 'rings/bursts*', '--case', 'rings/pauses',
          '--require', 'known/aes-cbc/*', '--require', 'rings/[bp]*']


@dataclasses.dataclass
class Turns:
    """What a queue got; see turns.c."""
    requests: int
    turns: int
    most: int
    others: int


class WatchedHost:
    """A host program with two sockets: of a greedy guest, and of a modest one."""

    def __init__(self, run, **options):
        self.run = run
        self.path = os.path.join(run.directory, 'turns')
        if os.path.exists(self.path):
            os.unlink(self.path)
        library = os.path.join(run.args.build, 'app/test/turns.so')
        self.host = run.host(sockets=2, env={'TURNS': self.path}, preload=[library], **options)
        self.greedy, self.modest = self.host.sockets

    def turns(self, queue):
        """Return what a queue has got up to now."""
        with open(self.path, 'rb') as file:
            file.seek(32 * queue)
            return Turns(*struct.unpack('4Q', file.read(32)))

    def wait_greedy(self, process):
        """Wait until the greedy guest has its first requests done."""
        limit = time.monotonic() + 60 * self.run.args.patience
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


def flood_of(run, socket, size):
    """Start a guest that always has requests of a size waiting, and does not end."""
    cpu = processors()[1]
    argv = [PROGRAM, '--lcores', f'0@{cpu},1@{cpu}', '--no-pci', *run.device(socket), '--',
            '--silent', '--ptest', 'throughput', '--devtype', 'crypto_virtio_user',
            '--optype', 'cipher-only', '--cipher-algo', 'aes-cbc', '--cipher-op', 'encrypt',
            '--cipher-key-sz', '16', '--cipher-iv-sz', '16', '--buffer-sz', str(size),
            '--desc-nb', '64', '--pool-sz', '1024', '--burst-sz', '32',
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


SCENARIOS = (greedy_guest_with_many_requests, greedy_guest_with_large_requests)
