# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios inside a guest: what works, with each driver of the kernel and each program."""

import contextlib
import os
import re
import subprocess

from inside_run import (BIND, NO_IOMMU, THEIR_MEMORY, TOP, expect_iova, options, scenario,
                        without_iommu)
import perf_app
import suite_compare
from dpdk_process import Build, Program, memory_options
from two_process_programs import Application, Failed

INVALID_ARGS = 4  # RTE_CRYPTO_OP_STATUS_INVALID_ARGS
HARDWARE_CASES = ('known/aes-cbc/*crypt', 'scatter/*/aes-cbc/random', 'rings/bursts_of_32',
                  'random/aes-cbc')


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


@scenario(180)
def noiommu_cases(run):
    """The same device bound to vfio-pci, without an IOMMU."""
    if without_iommu(run):
        application = run.pci_cases([*run.expected.cases, '--exclude', 'sessions/one_too_many'])
        expect_iova(run, application, 'PA')


@scenario(240)
def vfio_cases(run):
    """The device behind an IOMMU, with virtual addresses."""
    run.bind('vfio-pci')
    application = run.pci_cases(run.expected.cases)
    expect_iova(run, application, 'VA')


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
        program.wait(240 * run.args.timeout_factor)
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
