# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios in which a module of the tests compares Linux's driver with software, in the kernel.

The module is built for the guest's kernel, this machine's or that of a folder with another system,
and the guest has nothing but it: its root is in memory.
"""

import os
import re
import shutil
import subprocess
import time

# It finds the modules of the directory above.
from guest import GuestError
from guest_boot import Kernel
from front_ends import Skipped, vhost_user
from linux_run import BOTH, front_ends, scenario, wait_ready

from dpdk_process import ProgramError, tail
from two_process_programs import Failed

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SOURCE = os.path.join(HERE, 'linux_module')
MODULE = 'skcipher_compare'
RESULT = f'/sys/module/{MODULE}/parameters/result'
COUNTED = re.compile(r'(\w+) (\d+)')
# Shared memory to which a DIMM can be added.
MEMORY = ('-m', '512,slots=2,maxmem=2G', '-machine', 'q35,memory-backend=ram', '-object',
          'memory-backend-memfd,id=ram,size=512M,share=on')


def add_kernel_option(parser):
    """Add the option that names the newer kernel to a script's command line."""
    parser.add_argument('--newer-kernel', default=os.environ.get('NEWER_KERNEL'), metavar='FOLDER',
                        help='a folder with a system that has a newer kernel, its headers and make '
                             '(default: NEWER_KERNEL of the environment)')
    parser.add_argument('--requests', type=int, default=500, metavar='N',
                        help='of each thread that compares (default %(default)s)')


def newer_kernel(run):
    """Return the kernel of a folder with another system."""
    if not run.args.newer_kernel:
        raise Skipped('no folder with a newer kernel, see --newer-kernel')
    return Kernel(os.path.abspath(run.args.newer_kernel))


def build_module(run, kernel):
    """Build the module for a kernel, by the compiler of the kernel's system; return its path."""
    directory = os.path.join(run.directory, f'module-{kernel.version}')
    module = os.path.join(directory, f'{MODULE}.ko')
    if os.path.exists(module):
        return module
    headers = f'/lib/modules/{kernel.version}/build'
    if not os.path.exists(f'{kernel.folder}/usr/src/linux-headers-{kernel.version}'):
        raise Skipped(f'no headers of Linux {kernel.version}; install linux-headers-amd64')
    shutil.copytree(SOURCE, directory)
    command, env = ['make', '-C', headers, f'M={directory}', 'modules'], dict(os.environ)
    if kernel.folder:
        env['SUITE_FOLDERS'], suite = os.path.split(kernel.folder)
        command = [os.path.join(TOP, 'devtools/suite_folder.sh'), '--run', suite, *command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=env, check=False)
    if done.returncode or not os.path.exists(module):
        raise ProgramError(f'the module of the tests was not built:\n{done.stdout}')
    return module


def boot(run, options, qemu, kernel, **more):
    """Boot a guest that has the driver and the module."""
    module = build_module(run, kernel)
    guest = run.guest(options, qemu, kernel=kernel, in_memory=('virtio_crypto', module), **more)
    wait_ready(guest)
    return guest


def begin(guest, threads=4, **parameters):
    """Load the module, and have its threads begin."""
    parameters['threads'] = threads
    words = ' '.join(f'{name}={value}' for name, value in parameters.items())
    said, status = guest.run(f'insmod /modules/{MODULE}.ko {words}', 60, check=False)
    if status:
        raise Failed(f"the module is not loaded: {said}\n{guest.run('dmesg | tail -n 20')}")
    guest.run(f'for thread in $(seq {threads}); do '
              f'echo >/proc/{MODULE} </dev/null 2>/dev/null & done')


def result(guest):
    """Return what the module has counted."""
    return {name: int(value) for name, value in COUNTED.findall(guest.run(f'cat {RESULT}'))}


def end(guest, timeout):
    """Wait until the threads are done; return what they have counted."""
    limit = time.monotonic() + timeout * guest.timeout_factor
    while True:
        counts = result(guest)
        if counts['running'] == 0:
            return counts
        if time.monotonic() > limit:
            raise Failed(f'the threads do not come to an end: {counts}')
        time.sleep(0.3)


def must_be_right(guest, counts):
    """No request may have failed, have a wrong result, or have been left without an answer."""
    if not counts['requests'] or counts['failed'] or counts['wrong'] or counts['stuck']:
        raise Failed(f"{counts}\n{guest.run('dmesg | grep skcipher | tail -n 20')}")
    guest.run(f'rmmod {MODULE}')
    return f"{counts['requests']} requests, {counts['bytes']} bytes, 0 failed, 0 wrong"


def pieces(run, kernel, chosen, count, timeout=200):
    """Requests of 16 bytes to 1 MiB, 1 to 200 pieces each way, in place or not."""
    for name, options, qemu in chosen:
        host = run.host(cryptodevs=BOTH)
        guest = boot(run, options(host.socket), qemu, kernel, cpus=2)
        begin(guest, count=count, seed=run.seed)
        said = must_be_right(guest, end(guest, timeout))
        guest.stop()
        run.finish_host(host)
        run.say('ok', f'{run.name}/{name}: Linux {kernel.version}: {said}')


@scenario
def pieces_few(run):
    """See pieces(); a short form."""
    pieces(run, Kernel(), [('vhost_user', vhost_user, run.args.qemu)], 25)


@scenario
def pieces_many(run):
    """See pieces()."""
    pieces(run, Kernel(), front_ends(run), run.args.requests)


@scenario
def pieces_newer_kernel(run):
    """See pieces(); a kernel whose AF_ALG names no asynchronous driver."""
    pieces(run, newer_kernel(run), front_ends(run), run.args.requests)


def suspend(guest):
    """Have a guest suspend to memory, and wake it up."""
    begun = guest.begin('echo mem >/sys/power/state')
    try:
        guest.qmp.wait_event('SUSPEND', 30 * guest.timeout_factor)
    except GuestError:
        said = guest.end(begun, check=False)[0]
        raise Failed(f"it does not suspend: {said}\n{guest.run('dmesg | tail -n 40')}") from None
    time.sleep(0.5)
    guest.qmp.execute('system_wakeup')
    guest.end(begun, 60)


def suspended(run, kernel, chosen, times=3):
    """The guest suspends again and again while its threads have sessions and send requests."""
    for name, options, qemu in chosen:
        host = run.host(cryptodevs=BOTH)
        # A q35 of QEMU 10 and 11 suspends once; later Linux is told that it is awake already.
        guest = boot(run, options(host.socket), qemu, kernel, cpus=2, machine='pc')
        begin(guest, sessions=8, seconds=4 * times, most=65536, seed=run.seed)
        before = 0
        for _ in range(times):
            while result(guest)['requests'] <= before + 20:
                time.sleep(0.1)
            suspend(guest)
            before = result(guest)['requests']
        said = must_be_right(guest, end(guest, 60))
        guest.stop()
        run.finish_host(host)
        run.say('ok', f'{run.name}/{name}: Linux {kernel.version}: suspended {times} times, {said}')


@scenario
def suspended_often(run):
    """See suspended()."""
    suspended(run, Kernel(), front_ends(run))


@scenario
def suspended_newer_kernel(run):
    """See suspended()."""
    suspended(run, newer_kernel(run), front_ends(run))


DIMM = 256  # MiB


def plug_dimm(guest, online, kind='ram', **more):
    """Add a DIMM whose memory is QEMU's own; return the address in MiB at which it is."""
    guest.qmp.execute('object-add', **{'qom-type': f'memory-backend-{kind}', 'id': 'private',
                                       'size': DIMM << 20, **more})
    guest.run(f'echo {online} >/sys/devices/system/memory/auto_online_blocks')
    guest.qmp.execute('device_add', driver='pc-dimm', id='dimm', memdev='private')
    limit = time.monotonic() + 30 * guest.timeout_factor
    block = int(guest.run('cat /sys/devices/system/memory/block_size_bytes'), 16)
    place = guest.qmp.execute('query-memory-devices')[0]['data']['addr']
    state = f'/sys/devices/system/memory/memory{(place + (DIMM << 20) - 1) // block}/state'
    while guest.run(f'cat {state}', check=False)[0] != 'online':
        if time.monotonic() > limit:
            raise Failed('the DIMM is not taken by the kernel')
        time.sleep(0.2)
    return place >> 20


def must_have_said(host, *kinds):
    """The host program's log must tell what to change, in one line of each kind."""
    said = [line for line in tail(host.output, 1000).splitlines()
            if 'its memory backend needs share=on' in line]
    if len(said) != len(kinds) or not all(kind in line for kind, line in zip(kinds, said)):
        raise Failed(f'the host program was to say {kinds}; it said {said}')


@scenario
def data_not_shared(run):
    """Data lies in a DIMM that is not shared: its requests fail, and nothing is wrong."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH)
        guest = boot(run, [*MEMORY, *options(host.socket)], qemu, Kernel(), cpus=2, memory=None)
        place = plug_dimm(guest, 'online_movable')
        begin(guest, count=30, most=65536, pieces=30, above=place)
        counts = end(guest, 100)
        if counts['requests'] or counts['wrong'] or counts['stuck'] or not counts['failed']:
            raise Failed(f"all requests were to fail: {counts}\n"
                         f"{guest.run('dmesg | grep skcipher | tail -n 20')}")
        guest.run(f'rmmod {MODULE}')
        begin(guest, count=30, seed=run.seed)
        said = must_be_right(guest, end(guest, 100))
        guest.stop()
        row = run.end_host(host)[0]
        must_have_said(host, 'request rejected')
        if row['bad chains'] != counts['failed'] or row['failed'] != counts['failed']:
            raise Failed(f"{counts['failed']} requests failed; the host program counted {row}")
        run.say('ok', f"{run.name}/{name}: {counts['failed']} requests failed, 0 wrong; "
                      f'then in shared memory {said}')


@scenario
def status_not_shared(run):
    """What the driver itself allocates is not shared either: the queue stops, and no request is
    answered.

    Behind the generic front-end even the control queue is in that memory, and Linux waits for it.
    """
    host = run.host(cryptodevs=BOTH)
    guest = boot(run, [*MEMORY, *vhost_user(host.socket)], run.args.qemu, Kernel(), cpus=2,
                 memory=None)
    plug_dimm(guest, 'online_kernel')
    begin(guest, count=1000, timeout=8)
    counts = end(guest, 100)
    if counts['wrong'] or not counts['stuck']:
        raise Failed(f"requests were to be left without an answer: {counts}\n"
                     f"{guest.run('dmesg | grep skcipher | tail -n 20')}")
    guest.kill()
    row = run.end_host(host)[0]
    kinds = ['request rejected'] * (row['failed'] > 0) + ['request without a mapped status byte']
    must_have_said(host, *kinds)
    if row['bad chains'] != row['failed'] + 1:
        raise Failed(f'bad chains were to be those that failed, and one that stopped: {row}')
    run.say('ok', f"{run.name}/vhost_user: {counts['requests']} requests right, "
                  f"{counts['failed']} failed, {counts['stuck']} not answered, 0 wrong")
