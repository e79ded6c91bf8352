#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Test the device with guests that have Linux's own driver, behind QEMU's front-ends.

QEMU has two: cryptodev-vhost-user, which serves control queue and config space itself, and since
10.2 a generic one that leaves all of a device to its back-end (vhost-user-test-device-pci). As a
reference there is QEMU's own device. Each scenario boots guests; the lines are `ok NAME`,
`not ok NAME: reason`, `skip NAME: reason`, and the totals at the end.
"""

import argparse
import contextlib
import os
import re
import signal
import sys
import tempfile
import time

# It finds the modules of the directory above.
from guest import GuestError, check_qemu
from front_ends import Skipped, add_qemu_options, builtin, generic, vhost_user
from linux_compare import add_kernel_option
from linux_run import (BOTH, DRIVER, SCENARIOS, LinuxRun, algorithms, front_ends, load, scenario,
                       wait_ready)

from dpdk_process import Build, ProgramError, tail
from dpdks_host import Missing, add_dpdk_option, newer_dpdk
from two_process_programs import Failed, run_chosen

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
INSIDE = os.path.join(HERE, 'linux_inside')
SLOT = ('-device', 'pcie-root-port,id=unplug,chassis=1,slot=1')


def cipher(guest, words='--count 60', timeout=120):
    """Send data through the driver from user space; it must all be right."""
    return guest.run(f'python3 {INSIDE}/cipher.py {DRIVER} {words}', timeout)


def busy(guest, seconds=600):
    """Keep the device busy in the background, whatever becomes of it."""
    guest.run(f'python3 {INSIDE}/cipher.py {DRIVER} --faults --seconds {seconds} '
              '</dev/null >/run/busy 2>&1 &')
    time.sleep(1)


def data(run, guest, count=300):
    """The results that every guest has to give: data from user space and in the kernel."""
    run.say('ok', f'{run.name}/af_alg: {cipher(guest, f"--count {count} --seed {run.seed}", 300)}')
    run.say('ok', f'{run.name}/esp: {guest.run(f"python3 {INSIDE}/esp.py", 120)}')
    said, status = guest.run(f'{INSIDE}/disk.sh {DRIVER} 4', 120, check=False)
    if status == 77:
        run.say('skip', f'{run.name}/dm_crypt', said.splitlines()[-1])
    elif status:
        raise Failed(f'dm-crypt: {said}')
    else:
        run.say('ok', f'{run.name}/dm_crypt: {said}')


def works(run, guest, rsa=False, count=300):
    """The driver loads, its self-tests pass, and data goes through it unharmed."""
    for name, verdict in load(guest, rsa).items():
        if verdict != 'passed':
            raise Failed(f'the self-test of {name}: {verdict}')
        run.say('ok', f'{run.name}/self_test_{name}')
    data(run, guest, count)


def works_behind(run, options, qemu=None, rsa=False, count=300, cpus=1, host_options=(),
                 cryptodevs=BOTH, queues=1):
    """One guest on a host program of its own, from beginning to end."""
    host = run.host(cryptodevs=cryptodevs, options=['--queues', str(queues), *host_options])
    guest = run.guest(options(host.socket, queues), qemu, cpus=cpus)
    works(run, guest, rsa, count)
    guest.run('modprobe -r virtio_crypto')
    guest.stop()
    run.say('ok', f'{run.name}/host: {run.finish_host(host)} requests')


@scenario
def vhost_user_one_queue(run):
    """cryptodev-vhost-user with one data queue."""
    works_behind(run, vhost_user)


@scenario
def vhost_user_four_queues(run):
    """cryptodev-vhost-user with four."""
    works_behind(run, vhost_user, queues=4, cpus=2, count=60)


@scenario
def vhost_user_adaptive_host(run):
    """A host program that sleeps, and that the guest's kernel has to wake."""
    works_behind(run, vhost_user, queues=2, cpus=2, count=60, host_options=['--mode', 'adaptive'])


@scenario
def vhost_user_newer_qemu(run):
    """cryptodev-vhost-user of the newer QEMU."""
    works_behind(run, vhost_user, run.newer_qemu(), count=60)


@scenario
def vhost_user_plain_rings(run):
    """Descriptors in the ring itself, a flag instead of event indexes."""
    works_behind(run, lambda socket, queues: vhost_user(
        socket, queues, ',indirect_desc=off,event_idx=off'))


@scenario
def generic_one_queue(run):
    """The generic front-end: the whole device is ours, RSA included."""
    works_behind(run, generic, run.newer_qemu(), rsa=True)


@scenario
def generic_four_queues(run):
    """The same with four data queues."""
    works_behind(run, generic, run.newer_qemu(), rsa=True, queues=4, cpus=2, count=60)


@scenario
def generic_plain_rings(run):
    """The generic front-end offers what the device does; so the host program leaves things out."""
    works_behind(run, generic, run.newer_qemu(), rsa=True, count=60,
                 host_options=['--disable-features', 'indirect_desc+event_idx'])


@scenario
def behind_openssl(run):
    """Another cryptodev alone, without AES by hardware."""
    works_behind(run, vhost_user, cryptodevs=('crypto_openssl',), count=60)


@scenario
def dpdks_own_library(run):
    """As found: DPDK 22.11's own host library does not take the session messages of QEMU 10."""
    host = run.dpdks_host()
    guest = run.guest(vhost_user(host.socket))
    guest.run('modprobe virtio_crypto </dev/null >/dev/null 2>&1 &')
    end = time.monotonic() + 30 * run.args.timeout_factor
    while 'invalid msg size: 1072' not in tail(host.output, 1000):
        if time.monotonic() > end:
            raise Failed('it takes the messages of QEMU: the documentation says otherwise')
        time.sleep(0.5)
    guest.kill()
    run.say('ok', f'{run.name}/found: refuses the session message of 1072 bytes')


@scenario
def dpdks_newer_library(run):
    """As found: DPDK 25.11's own host library never answers a request in certain pieces, which the
    kernel's self-test has."""
    host = run.dpdks_host(newer_dpdk(run.args))
    guest = run.guest(vhost_user(host.socket), run.newer_qemu())
    guest.run('modprobe virtio_crypto </dev/null >/dev/null 2>&1 &')
    time.sleep(20)
    found = algorithms(guest)
    if found.get(DRIVER) == 'passed':
        raise Failed(f'the self-test passed: {found}; the documentation says otherwise')
    host.check()
    guest.kill()
    host.kill()
    run.say('ok', f'{run.name}/found: {DRIVER} in /proc/crypto: {found.get(DRIVER, "not there")}')


@scenario
def reference(run):
    """QEMU's own device."""
    works(run, run.guest(builtin()))


@scenario
def guest_boots_again(run):
    """Guests that boot again without a word, with data on its way, and by kexec."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
        guest = run.guest(options(host.socket), qemu, reboots=True)
        for how in ('echo b >/proc/sysrq-trigger', 'kexec -e', 'echo b >/proc/sysrq-trigger'):
            load(guest)
            cipher(guest)
            guest.run(f'kexec -l {guest.kernel.image} --initrd={guest.initrd} '
                      f'--reuse-cmdline', 60)
            busy(guest)
            guest.begin(how)
            guest.wait_ready()
        load(guest)
        cipher(guest)
        guest.stop()
        run.finish_host(host)
        run.say('ok', f'{run.name}/{name}')


@scenario
def driver_comes_and_goes(run):
    """The driver is taken from the device and given back, again and again; no session stays."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
        guest = run.guest(options(host.socket), qemu)
        load(guest)
        device = guest.run('ls /sys/bus/virtio/drivers/virtio_crypto | grep virtio')
        for _ in range(8):
            cipher(guest, '--count 5')
            guest.run(f'echo {device} >/sys/bus/virtio/drivers/virtio_crypto/unbind')
            guest.run(f'echo {device} >/sys/bus/virtio/drivers/virtio_crypto/bind')
            wait_ready(guest)
        for _ in range(3):
            guest.run('modprobe -r virtio_crypto')
            load(guest)
        cipher(guest)
        guest.stop()
        run.finish_host(host)
        run.say('ok', f'{run.name}/{name}')


@scenario
def not_ready_for_a_while(run):
    """The guest's kernel hears that the device is not ready, takes its algorithms back, and gives
    them again when it is."""
    host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
    guest = run.guest(generic(host.socket), run.newer_qemu())
    load(guest)
    for _ in range(3):
        cipher(guest, '--count 20')
        host.process.send_signal(signal.SIGUSR1)
        limit = time.monotonic() + 10 * guest.timeout_factor
        while algorithms(guest):
            if time.monotonic() > limit:
                raise Failed(f'the kernel still has {algorithms(guest)}')
            time.sleep(0.1)
        host.process.send_signal(signal.SIGUSR1)
        wait_ready(guest)
    cipher(guest)
    said = guest.run(r"dmesg --color=never | grep -E '\bBUG|WARNING|Accelerator'")
    if re.search('BUG|WARNING', said) or said.count('Accelerator is not ready') != 3:
        raise Failed(f'the kernel was to say three times that the device is not ready: {said}')
    guest.stop()
    run.finish_host(host)


@scenario
def unplugged(run):
    """The device is unplugged when it is idle, and plugged in again."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
        words = options(host.socket)
        device = {name: int(value) if value.isdigit() else value for name, value in (
            word.split('=', 1) for word in
            ('driver=' + words[words.index('-device') + 1] + ',bus=unplug').split(','))}
        guest = run.guest([*words[:words.index('-device')], *SLOT], qemu)
        for _ in range(3):
            guest.qmp.execute('device_add', **device)
            load(guest)
            cipher(guest, '--count 20')
            time.sleep(5)  # a slot takes a moment before its button counts
            guest.qmp.execute('device_del', id='crypto')
            timeout = 60 * guest.timeout_factor
            while guest.qmp.wait_event('DEVICE_DELETED', timeout).get('device') != \
                    'crypto':
                pass  # one of its parts
        guest.stop()
        run.finish_host(host)
        run.say('ok', f'{run.name}/{name}')


@scenario
def unplugged_when_busy(run):
    """Whatever that does to the guest, the host program serves the next one."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
        words = [word + (',bus=unplug' if ',id=crypto' in word else '')
                 for word in options(host.socket)]
        guest = run.guest([*SLOT, *words], qemu)
        load(guest)
        time.sleep(5)
        busy(guest)
        guest.qmp.execute('device_del', id='crypto')
        with contextlib.suppress(GuestError):  # a driver that hangs does not let go
            guest.qmp.wait_event('DEVICE_DELETED', 20 * guest.timeout_factor)
        guest.kill()
        guest.stop()
        next_guest(run, host, options, qemu)
        run.say('ok', f'{run.name}/{name}')


def next_guest(run, host, options, qemu, **more):
    """Boot a guest on a host program that has seen others; it must find all in order."""
    guest = run.guest(options(host.socket), qemu, **more)
    load(guest)
    cipher(guest)
    guest.stop()
    run.finish_host(host)


@scenario
def qemu_killed(run):
    """QEMU dies with requests in flight, and the next one finds the device as new."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
        for _ in range(3):
            guest = run.guest(options(host.socket), qemu)
            load(guest)
            busy(guest)
            guest.kill()
            host.check()
        next_guest(run, host, options, qemu)
        run.say('ok', f'{run.name}/{name}')


@scenario
def host_killed(run):
    """The host program is lost; the guest goes on without its device, the next one has it again.

    Neither front-end of QEMU takes a device back for a guest that runs: with a chardev that
    connects again QEMU 10.0 and 11.1 end when the guest next resets the device, or at once.
    """
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH, options=['--sessions', '16'])
        guest = run.guest(options(host.socket), qemu)
        load(guest)
        busy(guest)
        host.kill()
        host.start()
        guest.run('echo >/run/still_here')
        guest.kill()
        guest.stop()
        next_guest(run, host, options, qemu)
        run.say('ok', f'{run.name}/{name}')


@scenario
def packed_ring_not_told(run):
    """cryptodev-vhost-user may offer a guest packed rings, and tells no back-end: no harm to us."""
    host = run.host(cryptodevs=BOTH)
    guest = run.guest(vhost_user(host.socket, device=',packed=on'))
    guest.begin('modprobe virtio_crypto')  # its first request is never seen
    time.sleep(5)
    host.check()
    guest.kill()
    guest.stop()
    next_guest(run, host, vhost_user, run.args.qemu)


@scenario
def access_platform(run):
    """Behind cryptodev-vhost-user QEMU keeps VIRTIO_F_ACCESS_PLATFORM to itself, too."""
    works_behind(run, lambda socket, queues: vhost_user(socket, queues, ',iommu_platform=on'),
                 count=60)


@scenario
def paused(run):
    """QEMU stops the guest, which takes the rings' positions away, and goes on from there."""
    for name, options, qemu in front_ends(run):
        host = run.host(cryptodevs=BOTH)
        guest = run.guest(options(host.socket), qemu)
        load(guest)
        flow = guest.begin(f'python3 {INSIDE}/cipher.py {DRIVER} --seconds 15')
        for _ in range(20):
            time.sleep(0.3)
            guest.qmp.execute('stop')
            time.sleep(0.2)
            guest.qmp.execute('cont')
        said = guest.end(flow, 120)
        guest.stop()
        run.finish_host(host)
        run.say('ok', f'{run.name}/{name}: {said}')


def run_scenario(args, name):
    """Run one scenario; return its counts."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        with contextlib.ExitStack() as stack:
            run = LinuxRun(args, name, stack, directory)
            run.seed = args.seed
            try:
                SCENARIOS[name](run)
                run.result('ok', '')
            except (Skipped, Missing) as reason:
                run.result('skip', str(reason))
            except (Failed, ProgramError, OSError) as error:
                text = str(error).splitlines()
                run.result('not ok', text[0])
                print(''.join(f'#   {line}\n' for line in text[1:]), end='')
        if run.counts['not ok']:
            for log in run.logs:
                if os.path.exists(log):
                    print(f'# the end of {os.path.basename(log)} of {name}:')
                    print(''.join(f'#   {line}\n' for line in tail(log, 40).splitlines()), end='')
        print(f'# {name}: {time.monotonic() - start:.0f} s', flush=True)
    return run.counts


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--filter', action='append', default=[], metavar='GLOB',
                        help='only scenarios with such names; can be given several times')
    parser.add_argument('--list', action='store_true', help='print the names of the scenarios')
    add_qemu_options(parser)
    add_dpdk_option(parser)
    add_kernel_option(parser)
    parser.add_argument('--seed', type=int, default=1, help='start of the random numbers')
    parser.add_argument('--host', help='the host program (default: that of the build)')
    parser.add_argument('--wrap-host', default='', metavar='COMMAND',
                        help='put in front of the host program, such as "valgrind -q"')
    parser.add_argument('--timeout-factor', type=int, default=2, metavar='N',
                        help='wait N times as long (default %(default)s)')
    args = parser.parse_args()
    args.host_build = args.app_build = args.build
    args.host = args.host or Build(args.build).host
    args.hugepages = False
    return args


def main():
    """Run the scenarios and print the totals."""
    args = arguments()
    try:
        if not args.list:
            check_qemu(args.qemu)
    except GuestError as error:
        print(f'not ok qemu: {str(error).splitlines()[0]}\n0 passed, 1 failed, 0 skipped')
        return 1
    return run_chosen(args, SCENARIOS, run_scenario)


if __name__ == '__main__':
    sys.exit(main())
