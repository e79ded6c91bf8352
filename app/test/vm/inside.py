#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""The scenarios that run inside a guest, on its virtio-crypto PCI device. Run by guests.py."""

import argparse
import contextlib
import dataclasses
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ('two_process', 'suite')]

import perf_app  # noqa: E402
import suite_compare  # noqa: E402
from dpdk_process import Build, Program, ProgramError, loadable, memory_options, tail  # noqa: E402
from two_process_programs import Application, Failed, Faults, Run  # noqa: E402
from two_process_ready import must_be_away, must_be_back  # noqa: E402
from two_process_secondary import Shared  # noqa: E402

BIND = os.path.join(TOP, 'devtools/bind.sh')
HUGEPAGES = 290  # of 2 MiB
DEFAULT_SECONDS = 90
# DPDK's own driver reserves rings that are not contiguous for the device where pages are not; so
# pages that are not contiguous must not be neighbours.
THEIR_MEMORY = ('--legacy-mem', '-m', '256')
NO_IOMMU = '/sys/module/vfio/parameters/enable_unsafe_noiommu_mode'
INVALID_ARGS = 4  # RTE_CRYPTO_OP_STATUS_INVALID_ARGS
DEVICE_STATUS = 0x14  # in the common configuration
SCENARIOS = {}
SECONDS = {}

THEIR_CASES = ('known/aes-cbc/*crypt', 'chains/aes-cbc+hmac-sha1/*generate*')
CASES = ['--require', 'known/aes-cbc/*crypt', '--require', 'scatter/*/aes-cbc/*', '--require',
         'rings/bursts*', '--require', 'random/aes-cbc', '--require', 'life/[isq]*']


HARDWARE_CASES = ('known/aes-cbc/*crypt', 'scatter/*/aes-cbc/random', 'rings/bursts_of_32',
                  'random/aes-cbc')


def options(option, *patterns):
    """Return an option with each of some patterns."""
    return [word for pattern in patterns for word in (option, pattern)]


@dataclasses.dataclass
class Device:
    """What a device has to give: to virtio_crypto_test, to dpdk-test and, with DPDK's own driver,
    to both."""
    cases: list
    suite_passes: int
    dpdks_cases: tuple
    dpdks_suite_passes: int
    algorithms: int = 1  # of perf_app's


DEVICES = {
    # It offers hashes for chains that it then refuses. It has 256 sessions, and does not free those
    # of a driver that went without a word: a later one has fewer.
    # It offers hashes, and refuses their sessions.
    'builtin': Device([*CASES, '--exclude', 'chains/*', '--exclude', 'capabilities/walk',
                       '--max-sessions', '256'], 20,
                      ('known/aes-cbc/*crypt',), 0),
    'vhost_user': Device(CASES, 20, THEIR_CASES, 18),
    # All known answers, and what the tests of two processes require behind the same cryptodevs.
    'generic': Device([*CASES, *options('--require', 'known/*', 'chains/aes-cbc+hmac-*',
                                        'chains/aes-f8+sha3-256/*', 'random/*', 'rsa/*',
                                        'invalid/*')],
                      400, THEIR_CASES, 18, 3),
    'dpdks_host': Device(CASES, 0, ('known/aes-cbc/*crypt',), 0),
}


def scenario(seconds=DEFAULT_SECONDS):
    """Add a scenario to the table, by its function's name, with the time that it may take."""
    def add(function):
        SCENARIOS[function.__name__] = function
        SECONDS[function.__name__] = seconds
        return function
    return add


def seconds_for(name):
    """Return how long a scenario may take."""
    return SECONDS[name]


class Inside(Run):
    """What a scenario in a guest needs."""

    def __init__(self, args, name, stack, directory):
        super().__init__(args, name, stack, directory)
        self.address = find_device()
        self.expected = DEVICES[args.device]

    def bind(self, driver, *words):
        """Bind the device to a driver of the kernel."""
        done = subprocess.run([BIND, *words, driver], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Failed(f'bind.sh: {done.stdout.strip()}')

    def eal(self, driver=True, arguments=''):
        """Return the EAL options for the device."""
        ours = ['-d', loadable(self.args.driver)] if driver else []
        return [*ours, '-a', self.address + arguments]

    def on_pci(self, application, driver=True):
        """Let an application use the PCI bus, and start it."""
        application.argv.remove('--no-pci')
        if not driver:
            ours = application.argv.index('--in-memory')
            application.argv[ours:ours + len(memory_options(0, True))] = THEIR_MEMORY
        return self.stack.enter_context(application)

    def pci_cases(self, words, lcores=1, **eal):
        """Run cases on the device; return the application."""
        application = self.on_pci(Application(self.args, self.log('app'), self.eal(**eal),
                                              words, hugepages=True, lcores=lcores),
                                  eal.get('driver', True))
        self.finish(application)
        return application

    def pci_faults(self):
        """Start the application in its fault mode."""
        return self.on_pci(Faults(self.args, self.log('app'), self.eal(), hugepages=True))

    def program(self, argv, memory=None):
        """Run a DPDK program to its end; return its exit status and what it said."""
        log = self.log('program')
        with Program(argv, log, memory=memory or memory_options(128, True)) as program:
            status = program.wait(60 * self.args.patience)
        return status, tail(log, 200)


def find_device():
    """Return the address of the guest's virtio-crypto device."""
    for path in glob.glob('/sys/bus/pci/devices/*'):
        with open(f'{path}/vendor', encoding='ascii') as vendor, \
                open(f'{path}/device', encoding='ascii') as device:
            if (vendor.read().strip(), device.read().strip()) == ('0x1af4', '0x1054'):
                return os.path.basename(path)
    raise Failed('the guest has no virtio-crypto device')


def virtio_capabilities(config):
    """Return where in the PCI configuration space the virtio capabilities stand, by their type."""
    found = {}
    at = config[0x34]
    while at:
        if config[at] == 9:
            found.setdefault(config[at + 3], at)
        at = config[at + 1]
    return found


def reset_behind_the_driver(address):
    """Reset the device as nobody should who is not its driver: by PCI configuration access."""
    with open(f'/sys/bus/pci/devices/{address}/config', 'r+b', buffering=0) as file:
        config = file.read(256)
        found = virtio_capabilities(config)
        common, window = found[1], found[5]
        offset = struct.unpack_from('<I', config, common + 8)[0]
        for place, value in ((window + 4, config[common + 4:common + 5]),
                             (window + 8, struct.pack('<I', offset + DEVICE_STATUS)),
                             (window + 12, struct.pack('<I', 1)),
                             (window + 16, b'\0')):
            file.seek(place)
            file.write(value)


def survives_a_reset(faults, address):
    """The device is reset by somebody else: errors, no hang, and it works again by itself."""
    if faults.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the reset')
    reset_behind_the_driver(address)
    faults.flood_for(0.5)
    faults.drained(5)
    faults.recovers(10)
    if faults.tell('session')['right'] != 1:
        raise Failed('no new session after the reset')


def reset_in_flight(run):
    """See survives_a_reset()."""
    faults = run.pci_faults()
    for _ in range(3):
        survives_a_reset(faults, run.address)
    faults.quit()
    said = tail(faults.output, 100)
    for words in ('the device was reset', 'device lost', 'device restored'):
        if said.count(words) < 3:
            raise Failed(f'the log does not say three times: {words}')
    run.result('ok')


def expect_iova(run, application, mode):
    """The application must have chosen this kind of addresses."""
    if f"Selected IOVA mode '{mode}'" not in tail(application.output, 10000):
        raise Failed(f'IOVAs are not those of mode {mode}')
    run.say('ok', f'{run.name}/iova_as_{mode.lower()}')


def without_iommu(run):
    """Bind the device to vfio-pci without an IOMMU; false where the kernel was built without."""
    if run.args.vfio_module and not os.path.exists(NO_IOMMU):
        subprocess.run(['modprobe', '-q', '-r', 'vfio-pci', 'vfio_iommu_type1', 'vfio'])
        subprocess.run(['insmod', run.args.vfio_module], check=True)
    subprocess.run(['modprobe', 'vfio-pci'], check=True)
    if not os.path.exists(NO_IOMMU):
        run.result('skip', 'the kernel of this guest was built without CONFIG_VFIO_NOIOMMU')
        return False
    run.bind('vfio-pci', '--no-iommu')
    return True


@scenario(240)
def uio_cases(run):
    """Everything that the device can do, with physical addresses."""
    run.bind('uio_pci_generic')
    application = run.pci_cases(run.expected.cases)
    expect_iova(run, application, 'PA')


@scenario(120)
def uio_direct(run):
    """Requests as chains on the ring itself."""
    run.bind('uio_pci_generic')
    run.pci_cases(['--case', 'known/aes-cbc/*crypt', '--case', 'rings/*', '--exclude',
                   'rings/takes_as_many_as_descriptors', '--case',
                   'random/aes-cbc', '--require', 'known/aes-cbc/*crypt', '--require',
                   'rings/bursts*'],
                  arguments=',disable_features=indirect_desc+event_idx')


@scenario()
def uio_reset(run):
    """See reset_in_flight()."""
    run.bind('uio_pci_generic')
    reset_in_flight(run)


@scenario(180)
def noiommu_cases(run):
    """The same device bound to vfio-pci, without an IOMMU."""
    if without_iommu(run):
        application = run.pci_cases([*run.expected.cases, '--exclude', 'sessions/one_too_many'])
        expect_iova(run, application, 'PA')


@scenario()
def noiommu_reset(run):
    """See reset_in_flight()."""
    if without_iommu(run):
        reset_in_flight(run)


@scenario(240)
def vfio_cases(run):
    """The device behind an IOMMU, with virtual addresses."""
    run.bind('vfio-pci')
    application = run.pci_cases(run.expected.cases)
    expect_iova(run, application, 'VA')


@scenario()
def vfio_reset(run):
    """See reset_in_flight()."""
    run.bind('vfio-pci')
    reset_in_flight(run)


@scenario()
def vfio_refused(run):
    """A device that does not go through the IOMMU must not be told virtual addresses."""
    run.bind('vfio-pci')
    status, said = run.program([run.args.app, *run.eal(), '--'])
    if status == 0 or 'iommu_platform=on' not in said:
        raise Failed(f'it ended with {status}, and did not say what to do')
    run.result('ok')


def behind_host(run, mode, others=()):
    """The device is the cryptodev of a host program in the guest, which has no other memory for it
    than its own: what the host program's front-ends share is out of its reach."""
    host = run.host(cryptodevs=others, first=run.eal())
    expect_iova(run, host, mode)
    application = run.create(run.device(host.socket), options('--case', *HARDWARE_CASES)
                             + options('--require', *HARDWARE_CASES))
    run.finish(run.stack.enter_context(application))
    host.end()


@scenario(240)
def uio_behind_host(run):
    """See behind_host()."""
    run.bind('uio_pci_generic')
    behind_host(run, 'PA')


@scenario(240)
def noiommu_behind_host(run):
    """See behind_host()."""
    if without_iommu(run):
        behind_host(run, 'PA')


@scenario(240)
def vfio_behind_host(run):
    """See behind_host()."""
    run.bind('vfio-pci')
    behind_host(run, 'VA')


def suite(run, least, command='cryptodev_virtio_autotest', env=None, preload=(), **eal):
    """Run a suite of DPDK's own, unmodified: what the device offers passes."""
    run.bind('uio_pci_generic')
    log = run.log('suite')
    argv = ['dpdk-test', '-l', '1', *run.eal(**eal)]
    memory = memory_options(256, True) if eal.get('driver', True) else THEIR_MEMORY
    with Program(argv, log, memory=memory, preload=preload,
                 env=dict(env or {}, DPDK_TEST=command)) as program:
        program.wait(240 * run.args.patience)
    with open(log, encoding='utf-8', errors='replace') as text:
        suites = suite_compare.Parser().read(text)
    passed = 0
    for name, part in suites.items():
        for case, state in part.cases.items():
            if state == 'failed':
                run.say('not ok', f'{run.name}/{name}/{case}'.replace(' ', '_').replace(':', ''))
            passed += state == 'passed'
    if passed < least:
        raise Failed(f'{passed} cases passed, there have to be {least}')
    run.result('ok', f'{passed} cases passed')


@scenario(300)
def uio_suite(run):
    """See suite()."""
    suite(run, run.expected.suite_passes)


@scenario(300)
def uio_suite_asym(run):
    """The suite of asymmetric algorithms asks for another driver's device, and is given ours."""
    preload = Build(run.args.build).suite_preload
    suite(run, 7, 'cryptodev_openssl_asym_autotest',
          {'SUITE_ASKS': 'crypto_openssl', 'SUITE_DRIVER': 'crypto_virtio'}, [preload])


@scenario(300)
def uio_dpdks_suite(run):
    """The suite on DPDK's own driver."""
    suite(run, run.expected.dpdks_suite_passes, driver=False)


def perf(run, algorithms, **eal):
    """Run DPDK's own performance application: answers of OpenSSL's, and throughput."""
    app = perf_app.PerfApp(run.eal(**eal), 'crypto_virtio', hugepages=True, buses=())
    if not eal.get('driver', True):
        app.memory = THEIR_MEMORY
    path = os.path.join(run.directory, 'vectors')
    perf_app.write_vectors(path, perf_app.NIST_PLAINTEXT, perf_app.NIST_CIPHERTEXT)
    for algorithm in algorithms:
        for encrypt in (True, False):
            rows = app.run('verify', [
                *algorithm.options(encrypt), *perf_app.vector_options(path, algorithm),
                '--buffer-sz', 64, '--burst-sz', 32, '--total-ops', 3200])
            if any(row.failed or row.dequeued != 3200 for row in rows):
                raise Failed(f'{algorithm.name}: not all answers are right: {rows}')
        rows = app.run('throughput', [*algorithm.options(True), '--buffer-sz', 1024,
                                      '--burst-sz', 32, '--total-ops', 6400])
        if any(row.dequeued != 6400 for row in rows):
            raise Failed(f'{algorithm.name}: not all operations came back: {rows}')
    run.result('ok')


@scenario(120)
def uio_perf(run):
    """See perf()."""
    run.bind('uio_pci_generic')
    perf(run, perf_app.ALGORITHMS[:run.expected.algorithms])


@scenario(120)
def noiommu_perf(run):
    """See perf()."""
    if without_iommu(run):
        perf(run, perf_app.ALGORITHMS[:run.expected.algorithms])


@scenario(120)
def uio_dpdks_perf(run):
    """The same on DPDK's own driver."""
    run.bind('uio_pci_generic')
    perf(run, perf_app.ALGORITHMS[:1], driver=False)


@scenario(240)
def uio_queues(run):
    """Two data queues, each with a thread of the application's."""
    run.bind('uio_pci_generic')
    patterns = ('rings/*', 'life/*', 'sessions/c*', 'random/aes-cbc')
    run.pci_cases(['--qps', '2', '--require', 'rings/*', *options('--case', *patterns)], lcores=2)


@scenario(240)
def uio_first_queue(run):
    """QEMU's cryptodev-vhost-user hands over the first data queue only, and refuses what comes by
    the others: all is well on the first one, and errors come back from the second."""
    run.bind('uio_pci_generic')
    patterns = ('rings/*', 'life/*', 'sessions/c*', 'random/aes-cbc')
    run.pci_cases(['--require', 'rings/*_of_*', *options('--case', *patterns),
                   *options('--exclude', 'rings/several_queue_pairs', 'life/queue_pairs')])
    application = run.on_pci(Application(
        run.args, run.log('app'), run.eal(), ['--qps', '2', '--case', 'rings/several_queue_pairs'],
        hugepages=True))
    for verdict, case, reason in run.verdicts(application):
        refused = f'status {INVALID_ARGS}, not 0'
        if (verdict, reason) != ('not ok', refused):
            raise Failed(f'{case}: {verdict}: {reason}; it was to say: {refused}')
    run.result('ok', 'the second queue is refused')


@scenario(120)
def uio_guide(run):
    """The commands of the guide, word for word but for the names of build directory and device."""
    with open(os.path.join(TOP, 'doc/guides/cryptodevs/virtio.rst'), encoding='utf-8') as file:
        guide = file.read()
    section = guide.split('\nIn a Virtual Machine\n')[1].split('\nDevice Arguments\n')[0]
    blocks = re.findall(r'code-block:: console\n\n((?:   .*\n)+)', section)
    if len(blocks) != 1:
        raise Failed(f'the section has {len(blocks)} blocks of commands, not 1')
    said = ''
    for block in blocks:
        block = block.replace(' build/', f' {run.args.build}/').replace('0000:00:04.0',
                                                                        run.address)
        done = subprocess.run(['bash', '-e', '-c', block], cwd=TOP, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=100)
        said += done.stdout
        if done.returncode != 0:
            raise Failed(f'the guide: {done.returncode}: {said}')
    for words in ('driver uio_pci_generic, IOMMU group none', ' 10000 ', 'bound to virtio-pci'):
        if words not in said:
            raise Failed(f"the guide's commands did not say '{words}': {said}")
    run.result('ok')


@scenario()
def uio_both_drivers(run):
    """DPDK's own driver is loaded too; ours, given with -d, takes the device."""
    run.bind('uio_pci_generic')
    status, said = run.program([run.args.app, *run.eal(arguments=',nonsense=1'), '--'])
    if status == 0 or 'invalid arguments "nonsense=1"' not in said:
        raise Failed('the device did not go to our driver')
    run.result('ok')


@scenario()
def uio_few_cases(run):
    """What DPDK's own host library does right: it confuses places in the ring and descriptors, so
    there have to be as many descriptors as QEMU's ring has places."""
    run.bind('uio_pci_generic')
    patterns = ('known/aes-cbc/*crypt', 'rings/*_of_*', 'scatter/linear/aes-cbc/whole')
    run.pci_cases(['--desc', '1024', *options('--case', *patterns),
                   *options('--require', *patterns)])


@scenario()
def uio_dpdks_driver(run):
    """Without -d the device is DPDK's own driver's."""
    run.bind('uio_pci_generic')
    patterns = run.expected.dpdks_cases
    run.pci_cases(options('--case', *patterns) + options('--require', *patterns), driver=False)


def started_again(shared):
    """Start another process on the queue of one that has ended.

    uio_pci_generic takes a device off the bus when a process lets go of it; until the primary one
    has it back, sessions are refused.
    """
    for _ in range(10):
        try:
            return shared.faults(0)
        except (Failed, ProgramError):
            time.sleep(1)
    return shared.faults(0)


def secondary(run, keeps=True):
    """A secondary process uses the device, dies, is followed by another one; the device is reset.

    QEMU's own device has one queue, which the primary process leaves to the others. `keeps`: the
    device is not lost when a process ends.
    """
    shared = Shared(run, run.eal(), '/dev/hugepages')
    primary = shared.primary(1)
    primary.recovers(5)
    primary.tell('rest')
    patterns = ('process/*', 'known/aes-cbc/*crypt', 'rings/bursts*', 'random/aes-cbc')
    shared.cases(0, options('--case', *patterns) + options('--require', *patterns))
    dies = started_again(shared)
    if dies.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the process died')
    dies.process.kill()
    dies.process.wait()
    follows = started_again(shared)
    follows.recovers(10)
    if keeps and 'device lost' in tail(primary.output, 100):
        raise Failed('the device was lost when a process ended')
    survives_a_reset(follows, run.address)
    follows.quit()
    primary.recovers(5)
    primary.quit()
    run.result('ok')


@scenario(240)
def uio_secondary(run):
    """See secondary()."""
    run.bind('uio_pci_generic')
    secondary(run, keeps=False)


@scenario(240)
def noiommu_secondary(run):
    """See secondary()."""
    if without_iommu(run):
        secondary(run)


@scenario(240)
def vfio_secondary(run):
    """See secondary()."""
    run.bind('vfio-pci')
    secondary(run)


@scenario()
def bind_errors(run):
    """What cannot be bound is refused with a reason; what was given back is the kernel's."""
    wrong = [(('nonsense',), 'unknown driver nonsense'),
             (('vfio-pci', '0000:00:00.0'), 'is no virtio-crypto device'),
             (('vfio-pci', '0000:77:00.0'), 'there is no PCI device 0000:77:00.0'),
             ((run.address,), 'which driver'),
             (('igb_uio',), 'no driver igb_uio')]
    with contextlib.suppress(OSError):
        with open(NO_IOMMU, 'w', encoding='ascii') as file:
            file.write('0')
    wrong.append((('vfio-pci',), 'has no IOMMU'))
    run.bind('virtio-pci')
    for arguments, words in wrong:
        done = subprocess.run([BIND, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode == 0 or words not in done.stdout:
            raise Failed(f"bind.sh {' '.join(arguments)}: {done.returncode}: {done.stdout}")
    listed = subprocess.run([BIND], stdout=subprocess.PIPE, check=True, text=True).stdout
    if not re.match(f'{run.address} driver virtio-pci, IOMMU group', listed):
        raise Failed(f'bind.sh lists: {listed}')
    run.result('ok')


def request(what):
    """Have something done outside of the guest."""
    print(f'request {what}', flush=True)
    sys.stdin.readline()


@scenario()
def uio_ready(run):
    """The device is not ready for a while, which its configuration space says to who reads it."""
    run.bind('uio_pci_generic')
    faults = run.pci_faults()
    for count in range(1, 4):
        if faults.flood_for(0.5)['right'] == 0:
            raise Failed('nothing was done before the device was not ready')
        request('switch')
        must_be_away(faults, count)
        request('switch')
        must_be_back(faults)
        faults.drained(5)
    faults.quit()
    run.result('ok')


@scenario()
def uio_unplug(run):
    """The device is pulled out: errors, no hang, and the application ends as usual."""
    run.bind('uio_pci_generic')
    faults = run.pci_faults()
    if faults.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the device went')
    request('unplug')
    limit = time.monotonic() + 30 * run.args.patience
    while os.path.exists(f'/sys/bus/pci/devices/{run.address}'):
        if time.monotonic() > limit:
            raise Failed('the device did not go')
        time.sleep(0.1)
    faults.flood_for(1)
    faults.drained(5)
    alone = faults.tell('kat')
    if alone['accepted'] != 64 or alone['error'] != 64:
        raise Failed(f"without the device {alone['accepted']} of 64 operations were accepted, and "
                     f"{alone['error']} came back as errors")
    faults.quit()
    run.result('ok')


@scenario(120)
def vfio_unplug(run):
    """The kernel lets a device go only when the application does; until then that works on."""
    run.bind('vfio-pci')
    faults = run.pci_faults()
    faults.recovers(5)
    request('unplug')
    for _ in range(8):  # seconds; the guest's kernel takes five to begin
        if faults.flood_for(1)['right'] == 0:
            raise Failed('nothing is done any more')
    faults.drained(5)
    if not os.path.exists(f'/sys/bus/pci/devices/{run.address}'):
        raise Failed('the device went while it was in use')
    faults.quit()
    limit = time.monotonic() + 30 * run.args.patience
    while os.path.exists(f'/sys/bus/pci/devices/{run.address}'):
        if time.monotonic() > limit:
            raise Failed('the device did not go')
        time.sleep(0.1)
    run.result('ok')


def run_scenario(args, name):
    """Run one scenario."""
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        with contextlib.ExitStack() as stack:
            run = None
            try:
                run = Inside(args, f'{args.prefix}/{name}', stack, directory)
                SCENARIOS[name](run)
            except (Failed, ProgramError, OSError, subprocess.SubprocessError) as error:
                said = str(error).strip().splitlines()
                print(f'not ok {args.prefix}/{name}: {said[0]}', flush=True)
                print('\n'.join(said[1:]), flush=True)
                if run:
                    run.counts['not ok'] += 1
        if run and run.counts['not ok']:
            for log in run.logs:
                print(f'the end of {os.path.basename(log)}:\n{tail(log, 40)}', flush=True)


def main():
    """Run the scenarios that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--patience', type=int, default=1)
    parser.add_argument('--prefix', required=True)
    parser.add_argument('--device', required=True, choices=DEVICES)
    parser.add_argument('--vfio-module')
    parser.add_argument('scenarios', nargs='+', choices=SCENARIOS)
    args = parser.parse_args()
    args.host_build = args.app_build = args.build
    build = Build(args.build)
    args.driver, args.host = build.driver, build.host
    args.app = build.path('app/test/virtio_crypto_test')
    args.hugepages, args.case, args.seed, args.wrap_app, args.wrap_host = True, [], None, '', ''
    args.wrong_anyway = {}
    with open('/proc/sys/vm/nr_hugepages', 'w', encoding='ascii') as file:
        file.write(str(HUGEPAGES))
    for name in args.scenarios:
        run_scenario(args, name)
    return 0


if __name__ == '__main__':
    sys.exit(main())
