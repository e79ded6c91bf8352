# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""DPDK's ipsec-secgw: configurations for two gateways, what they have to forward, and a run.

Gateway A protects the networks 10.1.N.0/24 and 2001:db8:1:N::/64, gateway B 10.2.N.0/24 and
2001:db8:2:N::/64, where N is the number of a security association (SA). A sends with SPI N, B with
SPI 100 + N. Ports 0 to P - 1 are between the gateways; ports P to 2 P - 1 lead to the networks.
"""

import dataclasses
import ipaddress
import json
import os
import re
import socket
import time

from dpdk_process import Program, memory_options, runtime_directory
from packets import noise, read_pcap, udp_frame, write_pcap

BYPASSED = 200  # the number of the networks that go without an SA
# What fits between two ports of 1500 bytes whatever the SA adds.
LARGEST = 1320


@dataclasses.dataclass
class Association:
    """An SA each way: algorithms as ipsec-secgw names them, and the bytes of their keys."""
    number: int
    cipher: str
    cipher_key: int
    auth: str = ''  # without one it is an AEAD
    auth_key: int = 0
    mode: str = 'ipv4-tunnel'

    def words(self, spi):
        """Return the algorithms and keys of one direction."""
        def key(name, size):
            return f'{name} ' + ':'.join(f'{byte:02x}' for byte in noise((name, spi), size))
        if not self.auth:
            return f'aead_algo {self.cipher} {key("aead_key", self.cipher_key)}'
        words = f'cipher_algo {self.cipher} '
        words += key('cipher_key', self.cipher_key) + ' ' if self.cipher_key else ''
        words += f'auth_algo {self.auth} '
        return words + (key('auth_key', self.auth_key) if self.auth_key else '')


def associations(algorithms):
    """Number (cipher, key, auth, key, mode) tuples."""
    return [Association(number, *words) for number, words in enumerate(algorithms, 5)]


USUAL = associations([
    ('aes-128-cbc', 16, 'sha1-hmac', 20, 'ipv4-tunnel'),
    ('aes-128-cbc', 16, 'sha1-hmac', 20, 'transport'),
    ('aes-256-cbc', 32, 'sha256-hmac', 32, 'ipv6-tunnel'),
    ('aes-128-gcm', 20, '', 0, 'ipv4-tunnel'),
    ('aes-256-gcm', 36, '', 0, 'transport'),
    ('3des-cbc', 24, 'sha1-hmac', 20, 'ipv4-tunnel'),
    ('null', 0, 'null', 0, 'ipv4-tunnel'),
])

# The program asks for an IV of 8 bytes, where DPDK's interface wants a block of 16. A
# cryptodev that does not look at the length takes that.
COUNTER = associations([
    ('aes-128-ctr', 20, 'sha1-hmac', 20, 'ipv4-tunnel'),
    ('aes-128-cbc', 16, 'sha1-hmac', 20, 'ipv4-tunnel'),
])

# What is left of the program's list, in the modes that have it.
RARE = associations([
    ('aes-192-cbc', 24, 'sha1-hmac', 20, 'ipv4-tunnel'),
    ('aes-128-cbc', 16, 'aes-xcbc-mac-96', 16, 'ipv4-tunnel'),
    ('aes-192-gcm', 28, '', 0, 'ipv6-tunnel'),
    ('null', 0, 'sha1-hmac', 20, 'transport'),
    ('des-cbc', 8, 'sha1-hmac', 20, 'ipv4-tunnel'),
])
LIBRARY_RARE = associations([
    ('aes-192-cbc', 24, 'sha384-hmac', 48, 'ipv4-tunnel'),
    ('aes-128-cbc', 16, 'sha512-hmac', 64, 'ipv6-tunnel'),
    ('aes-128-ccm', 20, '', 0, 'ipv4-tunnel'),
    ('aes-256-ccm', 36, '', 0, 'transport'),
    ('chacha20-poly1305', 36, '', 0, 'ipv4-tunnel'),
    ('null', 0, 'aes-gmac', 20, 'ipv6-tunnel'),
])


class Side:
    """One of the two gateways.

    `mixed`: each SA has packets of IPv4 and IPv6. librte_ipsec takes one of them for an SA: here it
    is IPv6 if the number is even.
    """

    def __init__(self, name, table, pairs=1, mixed=True):
        self.mixed = mixed
        self.here, self.there = (1, 2) if name == 'A' else (2, 1)
        self.name = name
        self.table = table
        self.pairs = pairs

    def spi(self, number, outbound):
        """Return the SPI of an association in one direction."""
        return number + (100 if (self.name == 'A') != outbound else 0)

    def versions(self, number):
        """Return the versions of IP whose packets an association has."""
        if self.mixed or number == BYPASSED:
            return 4, 6
        return (4,) if number % 2 else (6,)

    def networks(self, place, number):
        """Yield (family, network) of an association behind a gateway."""
        for version in self.versions(number):
            if version == 4:
                yield 'ipv4', f'10.{place}.{number}.0/24'
            else:
                yield 'ipv6', f'2001:0db8:{place:04x}:{number:04x}:0:0:0:0/64'

    def policies(self):
        """Yield the lines that say which packets belong to which SA."""
        for outbound in (True, False):
            direction, place = ('out', self.there) if outbound else ('in', self.here)
            for sa in self.table:
                for family, network in self.networks(place, sa.number):
                    yield (f'sp {family} {direction} esp protect {self.spi(sa.number, outbound)} '
                           f'pri 1 dst {network} sport 0:65535 dport 0:65535')
            for family, network in self.networks(place, BYPASSED):
                yield (f'sp {family} {direction} esp bypass pri 1 dst {network} '
                       'sport 0:65535 dport 0:65535')

    def ends(self, sa, outbound):
        """Return the two ends of a tunnel."""
        if sa.mode == 'transport':
            return ''
        form = '172.16.{}.{}' if sa.mode == 'ipv4-tunnel' else \
            '2001:0db8:00ff:{:04x}:0000:0000:0000:{:04x}'
        ends = (self.here, self.there) if outbound else (self.there, self.here)
        return 'src {} dst {}'.format(*(form.format(place, sa.number) for place in ends))

    def routes(self):
        """Yield the lines that say which port leads where."""
        for number in [sa.number for sa in self.table] + [BYPASSED]:
            outside = number % self.pairs
            for place, port in ((self.there, outside), (self.here, self.pairs + outside)):
                for family, network in self.networks(place, number):
                    yield f'rt {family} dst {network} port {port}'
            yield f'rt ipv4 dst 172.16.{self.there}.{number}/32 port {outside}'
            yield (f'rt ipv6 dst 2001:0db8:00ff:{self.there:04x}:0:0:0:{number:04x}/128 '
                   f'port {outside}')

    def configuration(self):
        """Return the text of a configuration file."""
        lines = [*self.policies()]
        for sa in self.table:
            for outbound in (True, False):
                lines.append(f"sa {'out' if outbound else 'in'} {self.spi(sa.number, outbound)} "
                             f'{sa.words(self.spi(sa.number, outbound))} mode {sa.mode} '
                             f'{self.ends(sa, outbound)}')
        return '\n'.join([*lines, *self.routes()]) + '\n'

    def traffic(self, count):
        """Return what comes from the networks for the other side: `count` packets of each SA, by
        port."""
        frames = [[] for _ in range(2 * self.pairs)]
        for index in range(count):
            for number in [sa.number for sa in self.table] + [BYPASSED]:
                versions = self.versions(number)
                frames[self.pairs + number % self.pairs].append(datagram(
                    *(self.address(place, number, versions[-1] if index % 4 == 3 else versions[0])
                      for place in (self.here, self.there)), index))
        return frames

    def address(self, place, number, version):
        """Return a host in the network of an association."""
        return f'10.{place}.{number}.7' if version == 4 else f'2001:db8:{place}:{number:x}::7'


class Endpoint:
    """DPDK's own configuration of one side, from the folder of the program's source."""

    def __init__(self, name, folder, pairs=2):
        self.pairs = pairs
        with open(os.path.join(folder, 'ep0.cfg' if name == 'A' else 'ep1.cfg'),
                  encoding='ascii') as file:
            self.text = file.read()

    def configuration(self):
        """Return the text of the configuration file."""
        return self.text

    def traffic(self, count):
        """Return packets to every network that has an outbound policy, by port."""
        frames = [[] for _ in range(2 * self.pairs)]
        networks = re.findall(r'^sp ipv[46] out .* dst ([0-9a-f.:]+)/', self.text, re.MULTILINE)
        for index in range(count):
            for number, network in enumerate(dict.fromkeys(networks)):
                address = ipaddress.ip_address(network) + 7
                source = '192.168.1.1' if address.version == 4 else '2001:db8::1'
                frames[self.pairs + number % self.pairs].append(datagram(source, address, index))
        return frames


def datagram(source, destination, index):
    """Return one of a flow's packets: sizes of all alignments, the smallest and the largest."""
    sizes = (0, LARGEST, *range(1, LARGEST, 31))
    size = sizes[index % len(sizes)] + index // len(sizes)
    return udp_frame(source, destination, noise((destination, index), min(size, LARGEST)), index)


class Stats:
    """Asks a program of DPDK what its ports have sent (telemetry)."""

    def __init__(self, prefix):
        self.path = os.path.join(runtime_directory(prefix), 'dpdk_telemetry.v2')

    def sent(self, ports):
        """Return how many packets each port has sent; none while the program does not answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(5)
            try:
                connection.connect(self.path)
                connection.recv(16384)
                numbers = []
                for port in range(ports):
                    connection.send(f'/ethdev/stats,{port}'.encode())
                    answer = json.loads(connection.recv(65536))['/ethdev/stats']
                    numbers.append(answer['opackets'] if answer else 0)
            except (OSError, ValueError, KeyError):
                return [0] * ports
            return numbers


class Gateway(Program):
    """ipsec-secgw between files: of packets to receive, and of those sent, for each port.

    The paths of all files begin with `begin`.
    """

    def __init__(self, binary, begin, frames, config, cryptodevs, lcores, options=(), preload=()):
        self.ports = len(frames)
        self.paths = [f'{begin}.{port}' for port in range(self.ports)]
        for path, received in zip(self.paths, frames):
            write_pcap(f'{path}.in.pcap', received)
        self.lcores = len({*lcores.of_ports})  # each of them sends by a queue of its own
        ports = []
        for port, path in enumerate(self.paths):
            queues = ''.join(f',tx_pcap={path}.out{lcore}.pcap' for lcore in range(self.lcores))
            ports += ['--vdev', f'net_pcap{port},rx_pcap={path}.in.pcap{queues}']
        with open(f'{begin}.cfg', 'w', encoding='utf-8') as text:
            text.write(config)
        mapping = ','.join(f'({port},0,{lcore})' for port, lcore in enumerate(lcores.of_ports))
        super().__init__(
            [binary, '--lcores', lcores.places, '--no-pci', *ports, *cryptodevs, '--',
             '-p', hex((1 << self.ports) - 1), '-P', '-u', hex((1 << self.ports // 2) - 1),
             '-f', f'{begin}.cfg', '--config', mapping, '-s', '8191', *options],
            f'{begin}.log', memory=memory_options(512, False),
            preload=preload)

    def forward(self, expected, timeout_factor):
        """Run until it has sent so many packets, or no more for a while; return them by port."""
        stats = Stats(self.prefix)
        total, limit = 0, time.monotonic() + 60 * timeout_factor
        with self:
            while total < expected and time.monotonic() < limit:
                if self.process.poll() is not None:
                    raise self.failure(f'it ended with status {self.process.returncode}')
                time.sleep(0.02)
                now = sum(stats.sent(self.ports))
                if now != total:
                    total, limit = now, time.monotonic() + 5 * timeout_factor
            time.sleep(0.1)  # for what should not be
        if self.process.returncode != 0:
            raise self.failure(f'it ended with status {self.process.returncode} on a signal')
        return [[frame for lcore in range(self.lcores)
                 for frame in read_pcap(f'{path}.out{lcore}.pcap')] for path in self.paths]


@dataclasses.dataclass
class Lcores:
    """Where the lcores of a gateway run, and which of them receives from which port."""
    places: str
    of_ports: tuple
