# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios inside a guest: resets, processes that end, and devices that are lost."""

import os
import struct
import time

from inside_run import options, request, scenario, without_iommu
from dpdk_process import ProgramError, tail
from two_process_programs import Failed
from two_process_ready import must_be_away, must_be_back
from two_process_secondary import Shared

DEVICE_STATUS = 0x14  # in the common configuration


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


@scenario()
def uio_reset(run):
    """See reset_in_flight()."""
    run.bind('uio_pci_generic')
    reset_in_flight(run)


@scenario()
def noiommu_reset(run):
    """See reset_in_flight()."""
    if without_iommu(run):
        reset_in_flight(run)


@scenario()
def vfio_reset(run):
    """See reset_in_flight()."""
    run.bind('vfio-pci')
    reset_in_flight(run)


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


def wait_for_removal(run):
    """Wait until the kernel has removed the device."""
    limit = time.monotonic() + 30 * run.args.timeout_factor
    while os.path.exists(f'/sys/bus/pci/devices/{run.address}'):
        if time.monotonic() > limit:
            raise Failed('the device did not go')
        time.sleep(0.1)


@scenario()
def uio_unplug(run):
    """The device is pulled out: errors, no hang, and the application ends as usual."""
    run.bind('uio_pci_generic')
    faults = run.pci_faults()
    if faults.flood_for(0.5)['right'] == 0:
        raise Failed('nothing was done before the device went')
    request('unplug')
    wait_for_removal(run)
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
    wait_for_removal(run)
    run.result('ok')
