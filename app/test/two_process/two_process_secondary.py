# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about secondary processes, which share a device with a primary one.

They share memory by files of hugepages, so these scenarios take hugepages, and a hugetlbfs mounted
for the time that they take.
"""

import contextlib
import os
import subprocess

from dpdk_process import ProgramError, tail
from two_process_programs import Application, Failed, Faults

# What a secondary process does not do: it does not set the device up.
CASES = ['--exclude', 'life/*', '--exclude', 'rings/several_queue_pairs', '--exclude',
         'rings/two_lcores', '--exclude', 'invalid/odd_descriptors']
REQUIRED = ('process/*', 'known/aes-cbc/*', 'sessions/a*', 'sessions/c*', 'rings/bursts*',
            'scatter/*/aes-cbc*', 'random/aes-cbc')


@contextlib.contextmanager
def hugetlbfs(run):
    """Mount a hugetlbfs and yield where."""
    path = os.path.join(run.directory, 'huge')
    os.mkdir(path)
    done = subprocess.run(['mount', '-t', 'hugetlbfs', '-o', 'pagesize=2M', 'none', path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise ProgramError(done.stdout.strip())
    try:
        yield path
    finally:
        subprocess.run(['umount', '-l', path], check=True)


# Where memory is shared, which each process must be able to map: not where EAL begins to look for a
# place, as AddressSanitizer is there already.
SHARED_AT = '0x200000000000'


class Shared:
    """Processes that share memory, and a device: the first of them has it."""

    def __init__(self, run, vdev, directory):
        self.run = run
        self.vdev = vdev
        self.memory = ['--huge-dir', directory, '--single-file-segments']
        self.prefix = None

    def _place(self, program, words):
        """Let a program share memory; where it has a bus of PCI devices, leave it that."""
        at = program.argv.index('--in-memory')
        program.argv[at:at + 4] = [*self.memory, *words]
        if '-a' in program.argv:
            program.argv.remove('--no-pci')
        return program

    def primary(self, queues):
        """Start the process that has the device, with so many queue pairs."""
        faults = self._place(Faults(self.run.args, self.run.log('primary'), self.vdev,
                                    hugepages=True),
                             ['-m', '320', '--base-virtaddr', SHARED_AT])
        faults.argv += ['--qps', str(queues)]
        self.prefix = faults.prefix
        faults = self.run.stack.enter_context(faults)
        faults.tell('share')
        return faults

    def join(self, program, first_qp):
        """Start a process that shares the device, on a queue pair of its own."""
        self._place(program, ['--proc-type', 'secondary'])
        program.argv[program.argv.index('--file-prefix') + 1] = self.prefix
        program.prefix = f'none.{program.prefix}'  # EAL's directory is the primary process's
        program.argv += ['--first-qp', str(first_qp)]
        return self.run.stack.enter_context(program)

    def cases(self, first_qp, options):
        """Run cases in a secondary process."""
        self.run.finish(self.join(Application(
            self.run.args, self.run.log('secondary'), self.vdev, options, hugepages=True),
            first_qp))

    def faults(self, first_qp, wrapper=()):
        """Start a secondary process in its fault mode; wrapper: a command in front of it."""
        faults = Faults(self.run.args, self.run.log('secondary'), self.vdev, hugepages=True)
        faults.argv[:0] = wrapper
        return self.join(faults, first_qp)


def beside_the_primary(shared, options):
    """Cases in a secondary process; some of them while the primary one uses the device as well."""
    primary = shared.primary(2)
    primary.recovers(10)
    shared.cases(1, [*CASES, *options])
    primary.tell('flood')
    shared.cases(1, ['--case', 'rings/bursts*', '--case', 'sessions/come*', '--case',
                     'known/aes-cbc/*', '--require', 'known/aes-cbc/*'])
    if primary.tell('status')['right'] == 0:
        raise Failed('the primary process did nothing meanwhile')
    primary.drained(10)
    primary.recovers(10)
    primary.quit()


def ends_in_flight(shared, keep):
    """Secondary processes that die: nobody else notices, and another one goes on in their place.

    `keep`: the device has to keep running all the time.
    """
    primary = shared.primary(3)
    stays = shared.faults(2)
    for _ in range(3):
        dies = shared.faults(1)
        if dies.flood_for(0.5)['right'] == 0:
            raise Failed('nothing was done before the process died')
        primary.tell('flood')
        stays.tell('flood')
        dies.process.kill()
        dies.process.wait()
        for process in (primary, stays):
            counts = process.flood_for(0.5)
            if counts['right'] == 0 or (keep and counts['error']):
                raise Failed(f"after a process died: {counts['right']} right answers, "
                             f"{counts['error']} errors")
        for process in (primary, stays):
            process.drained(10)
            process.recovers(10)
    last = shared.faults(1)
    last.recovers(10)
    for process in (last, stays, primary):
        process.quit()


def is_its_own(shared):
    """A queue pair that a process uses is no other one's; what is refused says why."""
    primary = shared.primary(2)
    first = shared.faults(1)
    first.recovers(10)
    second = shared.faults(1)
    refuses(second, first)
    second.quit()
    first.quit()
    primary.quit()


def refuses(process, owner):
    """What a process enqueues on a queue pair of another one's is refused; that is said."""
    if process.flood_for(0.2)['accepted']:
        raise Failed('two processes use one queue pair')
    owner.recovers(10)
    if f'belongs to process {owner.process.pid}' not in tail(process.output, 100):
        raise Failed('nothing says whose the queue pair is')


# What puts a process into a PID namespace of its own, in which it has the number 1 or 2. EAL has
# files by the number, so two secondary processes must not have the same.
FIRST = ('unshare', '--pid', '--fork', '--kill-child')
SECOND = (*FIRST, 'sh', '-c', '"$@"; exit $?', 'sh')


def in_namespaces(shared):
    """Processes that do not see one another know whether the other one lives."""
    primary = shared.primary(2)
    first = shared.faults(1, SECOND)
    first.recovers(10)
    second = shared.faults(1, FIRST)
    for _ in range(3):
        if second.flood_for(0.2)['accepted'] or another_takes(shared, 1):
            raise Failed('two processes use one queue pair')
        first.recovers(10)
    first.tell('flood')
    first.process.kill()
    first.process.wait()
    second.drained(10)
    second.recovers(10)
    primary.recovers(10)
    for process in (second, primary):
        process.quit()


def another_takes(shared, first_qp):
    """Whether a process in the namespace of the primary one gets hold of a queue pair."""
    process = shared.faults(first_qp)
    taken = process.flood_for(0.2)['accepted']
    process.quit()
    return taken


def is_taken_back(host, shared):
    """The primary process uses a queue pair of another one that has ended, and loses nothing."""
    primary = shared.primary(1)
    dies = shared.faults(0)
    dies.recovers(10)
    refuses(primary, dies)
    if dies.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the process died')
    dies.process.kill()
    dies.process.wait()
    primary.recovers(10)
    ends = shared.faults(0)
    ends.recovers(10)
    ends.quit()
    if primary.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the host program ended')
    host.kill()
    primary.drained(5)
    host.start()
    primary.recovers(10)
    primary.quit()


def restarts(shared):
    """The primary process stops the device and starts it, with operations of others in flight."""
    primary = shared.primary(3)
    first, second = shared.faults(1), shared.faults(2)
    for _ in range(3):
        first.tell('hold')
        second.tell('drain')
        primary.tell('restart')
        counts = first.drained(10)
        if counts['error'] != 32 or counts['right']:
            raise Failed(f"32 operations were in flight: {counts['error']} errors, "
                         f"{counts['right']} right answers")
        for process in (primary, first, second):
            process.recovers(10)
    first.tell('hold')
    first.process.kill()
    first.process.wait()
    primary.tell('restart')
    third = shared.faults(1)
    for process in (primary, second, third):
        process.recovers(10)
    for process in (third, second, primary):
        process.quit()


def on_hugepages(run, scenario, **host_options):
    """Run a scenario on a device of the host program's."""
    if not run.has_hugepages():
        return
    host = run.host(options=['--queues', '4'], **host_options)
    directory = run.stack.enter_context(hugetlbfs(run))
    scenario(host, Shared(run, run.device(host.socket, queues=4), directory))
    host.check()
    host.end()
    run.result('ok')


def hugepages_secondary_cases(run):
    """Everything that a device can do, through a secondary process."""
    def cases(_host, shared):
        beside_the_primary(shared, [word for pattern in (*REQUIRED, 'rsa/*')
                                    for word in ('--require', pattern)])
    on_hugepages(run, cases, cryptodevs=('crypto_aesni_mb', 'crypto_openssl'))


def hugepages_secondary_killed(run):
    """See ends_in_flight()."""
    on_hugepages(run, lambda _host, shared: ends_in_flight(shared, True))


def hugepages_secondary_queue_pairs(run):
    """See is_its_own(), restarts() and is_taken_back()."""
    def all_of_them(host, shared):
        is_its_own(shared)
        restarts(shared)
        is_taken_back(host, shared)
    on_hugepages(run, all_of_them)


def hugepages_secondary_namespaces(run):
    """See in_namespaces()."""
    on_hugepages(run, lambda _host, shared: in_namespaces(shared))


def hugepages_secondary_host_killed(run):
    """The host program dies and comes back, also when a secondary process has died before it."""
    def scenario(host, shared):
        primary = shared.primary(3)
        secondary, dies = shared.faults(1), shared.faults(2)
        processes = [primary, secondary, dies]
        for _ in range(2):
            for process in processes:
                if process.flood_for(0.5)['right'] == 0:
                    raise Failed('nothing was done before the host program ended')
            if len(processes) == 2:
                dies.process.kill()
                dies.process.wait()
            host.kill()
            for process in (primary, secondary):
                process.drained(5)
                if process.tell('kat')['error'] != 64:
                    raise Failed('not all operations without a host program are errors')
            host.start()
            for process in (primary, secondary):
                process.recovers(10)
                if process.tell('session')['right'] != 1:
                    raise Failed('no new session after the host program came back')
            processes = [primary, secondary]
        last = shared.faults(2)
        last.recovers(10)
        for process in (last, secondary, primary):
            process.quit()
    on_hugepages(run, scenario)


SCENARIOS = (hugepages_secondary_cases, hugepages_secondary_killed,
             hugepages_secondary_queue_pairs, hugepages_secondary_namespaces,
             hugepages_secondary_host_killed)
