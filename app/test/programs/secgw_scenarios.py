# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios with DPDK's ipsec-secgw as both gateways of a tunnel."""

import contextlib
import dataclasses
import os

import secgw
from dpdk_process import processors
from packets import by_flow, compare
from running import EXAMPLES, Different, natively


class Gateways:
    """ipsec-secgw as both gateways, natively and on our driver."""

    def __init__(self, run, sides, options, lcores):
        self.run = run
        self.binary = run.example('ipsec-secgw')
        self.preload = [*run.build.runtime(), run.build.path('app/test/programs/secgw_preload.so')]
        self.sides = sides
        self.options = options
        self.lcores = lcores
        self.traffic = {name: side.traffic(run.args.packets) for name, side in self.sides.items()}

    def log(self, what):
        """Return how the names of a run's files begin."""
        return os.path.join(self.run.directory, f"{self.run.name.replace('/', '_')}.{what}")

    def forward(self, side, what, cryptodevs, frames, lost=0):
        """Have one gateway forward what its ports receive; return what they send."""
        gateway = secgw.Gateway(self.binary, self.log(what), frames,
                                self.sides[side].configuration(), cryptodevs, self.lcores,
                                self.options, self.preload)
        return gateway.forward(sum(map(len, frames)) - lost, self.run.args.timeout_factor)


def check_same(what, expected, found):
    """Ports must have sent the same packets, in the order of each flow."""
    for port, (wanted, has) in enumerate(zip(expected, found)):
        lines = list(compare(wanted, has))
        if lines:
            raise Different(f'{what}, port {port}: ' + '; '.join(lines[:4]) +
                            (f'; and {len(lines) - 4} flows more' if len(lines) > 4 else ''))


def anywhere(ports):
    """Join ports, and leave out what each gateway changes: Ethernet's addresses, the TTL and its
    checksum."""
    frames = [frame for port in ports for frame in port]
    return [[bytes(12) + frame[12:22] + bytes(1) + frame[23:24] + bytes(2) + frame[26:]
             if frame[12:14] == b'\x08\x00' else bytes(12) + frame[12:21] + bytes(1) + frame[22:]
             for frame in frames] for frames in ports]


@dataclasses.dataclass
class Shape:
    """How much there is of everything: pairs of ports, devices, and queue pairs of each."""
    pairs: int = 1
    devices: int = 1
    queues: int = 2
    lcores: int = 1

    def places(self):
        """Return the lcores: they share a processor. Each receives from every so many ports."""
        cpu = processors()[1]
        numbers = range(self.lcores)
        return secgw.Lcores(','.join(f'{number}@{cpu}' for number in numbers),
                            tuple(port % self.lcores for port in range(2 * self.pairs)))


def gateways(run, cryptodevs, sides, options=(), shape=Shape()):
    """Both gateways and both directions; each packet as it is natively, and decrypted again."""
    setup = Gateways(run, sides, options, shape.places())
    half, native = shape.pairs, natively(cryptodevs)
    for_a, for_b = (setup.traffic[name][half:] for name in 'BA')
    nothing = [[]] * half
    from_b = setup.forward('B', 'native-b', native, nothing + for_a)[:half]
    expected = setup.forward('A', 'native-a', native, from_b + for_b)
    with contextlib.ExitStack() as stack:
        host = run.host(stack, cryptodevs, devices=shape.devices, queues=shape.queues)
        ours = run.devices(host, shape.queues)
        found = setup.forward('A', 'ours-a', ours, from_b + for_b)
        back = setup.forward('B', 'ours-b', ours, found[:half] + for_a)
        host.check()
    check_same('gateway A', expected, found)
    check_same('gateway B', from_b, back[:half])
    check_same('decrypted by gateway A', anywhere(for_a), anywhere(found[half:]))
    check_same('decrypted by gateway B', anywhere(for_b), anywhere(back[half:]))
    run.say('ok', f'{sum(map(len, found + back))} packets')


def own(run, table, options=(), shape=Shape()):
    """Gateways with a configuration of this project."""
    # librte_ipsec has one version of IP for an SA.
    gateways(run, AESNI_MB, {name: secgw.Side(name, table, shape.pairs, mixed='-l' not in options)
                             for name in 'AB'}, options, shape)


def endpoints(run):
    """Gateways with the configurations that DPDK has beside the program's source."""
    sides = {name: secgw.Endpoint(name, f'{EXAMPLES}/ipsec-secgw') for name in 'AB'}
    gateways(run, AESNI_MB, sides, shape=Shape(pairs=2, queues=4))


def refused(run):
    """With AES-CTR the program asks for an IV of 8 bytes; the driver says which ones there are."""
    side = secgw.Side('A', secgw.COUNTER)
    setup = Gateways(run, {'A': side}, (), Shape().places())
    with contextlib.ExitStack() as stack:
        host = run.host(stack, AESNI_MB, queues=2)
        found = setup.forward('A', 'ours-a', run.devices(host, 2), setup.traffic['A'],
                              lost=run.args.packets)
        host.check()
    numbers = {name: len(frames) for name, frames in by_flow(found[0]).items()}
    spis = [f'SPI {side.spi(sa.number, True)}, IPv4' for sa in secgw.COUNTER]
    if spis[0] in numbers or numbers.get(spis[1]) != run.args.packets:
        raise Different(f'{spis[0]} should send nothing, {spis[1]} all; it is {numbers}')
    with open(f'{setup.log("ours-a")}.log', encoding='utf-8', errors='replace') as log:
        if 'CIPHER_AES_CTR: unsupported IV length 8' not in log.read():
            raise Different('nothing says which IV is not supported')
    run.say('ok', 'AES-CTR with an IV of 8 bytes is refused, and the log says so')


AESNI_MB = ('crypto_aesni_mb', 'crypto_null')
LIBRARY = ('-l', '-w', '64')  # librte_ipsec, with a replay window

SCENARIOS = {
    'ipsec-secgw/legacy': lambda run: own(run, secgw.USUAL),
    'ipsec-secgw/librte_ipsec': lambda run: own(run, secgw.USUAL, LIBRARY),
}
# One lcore takes a device for what comes in and one for what goes out; two lcores take two of each.
ONE_QUEUE = Shape(devices=2, queues=1)
LCORES = Shape(pairs=2, queues=4, lcores=2)
LCORES_ONE_QUEUE = Shape(pairs=2, devices=4, queues=1, lcores=2)
LONG = {
    'ipsec-secgw/legacy_rare': lambda run: own(run, secgw.RARE),
    'ipsec-secgw/librte_ipsec_rare': lambda run: own(run, secgw.LIBRARY_RARE, LIBRARY),
    'ipsec-secgw/legacy_ep': endpoints,
    'ipsec-secgw/legacy_refused': refused,
    'ipsec-secgw/legacy_devices': lambda run: own(run, secgw.USUAL, shape=ONE_QUEUE),
    'ipsec-secgw/librte_ipsec_devices': lambda run: own(run, secgw.USUAL, LIBRARY, ONE_QUEUE),
    'ipsec-secgw/legacy_lcores': lambda run: own(run, secgw.USUAL, shape=LCORES),
    'ipsec-secgw/librte_ipsec_lcores': lambda run: own(run, secgw.USUAL, LIBRARY, LCORES),
    'ipsec-secgw/librte_ipsec_lcores_devices': lambda run: own(run, secgw.USUAL, LIBRARY,
                                                               LCORES_ONE_QUEUE),
}
