# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What the bench measures: its rows, and the ways to a cryptodev that are its columns."""

import contextlib
import dataclasses
import os
import signal
import time

from dpdk_process import ApiHost, HostProgram, device_options
from perf_app import ALGORITHMS, PerfApp

SIZES = [64, 256, 1024, 4096, 16384]
BURSTS = [1, 32, 128]
DRIVER = 'crypto_virtio_user'


@dataclasses.dataclass(frozen=True)
class Row:
    """An algorithm of the bench."""
    name: str
    cryptodev: str
    options: tuple
    dpdk_bytes: int = 0  # most that DPDK's own library takes in one operation; 0: not supported


# Most of DPDK's library: RTE_MBUF_DEFAULT_BUF_SIZE for a cipher alone, VHOST_CRYPTO_MAX_DATA_SIZE
# with the digest for a chain. It knows neither AEAD nor a cipher that does nothing.
ROWS = [
    Row('aes-128-cbc', 'crypto_aesni_mb', tuple(ALGORITHMS[0].options(True)), 2176),
    Row('aes-128-cbc+sha1-hmac', 'crypto_aesni_mb', tuple(ALGORITHMS[1].options(True)), 4076),
    Row('aes-256-gcm', 'crypto_aesni_mb',
        ('--optype', 'aead', '--aead-algo', 'aes-gcm', '--aead-op', 'encrypt', '--aead-key-sz', 32,
         '--aead-iv-sz', 12, '--aead-aad-sz', 16, '--digest-sz', 16)),
    Row('null', 'crypto_null',
        ('--optype', 'cipher-only', '--cipher-algo', 'null', '--cipher-op', 'encrypt',
         '--cipher-key-sz', 0, '--cipher-iv-sz', 0)),
]


class Column:
    """A way to the cryptodev. It takes processor time only inside of `with column.running()`."""

    name = ''
    title = ''

    def __init__(self, build, cryptodev, hugepages):
        self.build = build
        self.cryptodev = cryptodev
        self.hugepages = hugepages

    @staticmethod
    def takes(_row, _size):
        """Say whether this way there is."""
        return True

    def vdev(self):
        """Return the EAL options of an application."""
        raise NotImplementedError

    def app(self):
        """Return DPDK's application on this device."""
        raise NotImplementedError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    @contextlib.contextmanager
    def running(self):
        """Let it work."""
        yield


class Native(Column):
    """The cryptodev in the application's own process."""

    name = 'native'
    title = 'native'

    has_host = False

    def vdev(self):
        return ['--vdev', f'{self.cryptodev}0']

    def app(self):
        return PerfApp(self.vdev(), self.cryptodev, self.hugepages)


class Virtio(Column):
    """Our driver, and a host program of which this one is dpdk-vhost_crypto.

    It polls all the time, and so it is stopped while others are measured. With a meter it counts
    its cycles in that file.
    """

    name = 'virtio'
    title = 'virtio-crypto'

    has_host = True
    options = ()

    def __init__(self, build, cryptodev, hugepages, meter=None):
        super().__init__(build, cryptodev, hugepages)
        self.host = self.program()
        self.meter = meter
        if meter:
            self.host.env.update(BENCH_METER=meter,
                                 LD_PRELOAD=build.path('app/bench/bench_meter.so'))

    def program(self):
        """Return the host program."""
        host = HostProgram(self.build.host, self.cryptodev, self.hugepages)
        host.argv += self.options
        return host

    def vdev(self):
        return device_options(self.build.driver, self.host.socket)

    def app(self):
        return PerfApp(self.vdev(), DRIVER, self.hugepages, self.build.runtime())

    def processor_seconds(self):
        """Return the processor time that the host program has taken up to now."""
        with open(f'/proc/{self.host.process.pid}/stat', encoding='utf-8') as file:
            fields = file.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def __enter__(self):
        self.host.start()
        self.host.process.send_signal(signal.SIGSTOP)
        return self

    def __exit__(self, *_):
        self.host.process.send_signal(signal.SIGCONT)
        self.host.stop()

    @contextlib.contextmanager
    def running(self):
        self.host.process.send_signal(signal.SIGCONT)
        try:
            yield
            time.sleep(0.05)  # to see that its guest has gone
            self.host.check()
        finally:
            self.host.process.send_signal(signal.SIGSTOP)


class Adaptive(Virtio):
    """The same, where the host program sleeps without work: of interest for one algorithm."""

    name = 'adaptive'
    title = 'virtio-crypto, --mode adaptive'
    options = ('--mode', 'adaptive')

    @staticmethod
    def takes(row, _size):
        return row is ROWS[0]


class Api(Virtio):
    """Our driver, and our library behind DPDK's own interface: the other half of Dpdk."""

    name = 'virtio-api'
    title = "virtio-crypto, DPDK's interface"
    binary = 'app/bench/bench_host'

    def program(self):
        return ApiHost(self.build.path(self.binary), self.cryptodev, self.hugepages)

    @staticmethod
    def takes(row, size):
        return size <= row.dpdk_bytes


class Dpdk(Api):
    """Our driver, and the library of DPDK's librte_vhost."""

    name = 'dpdk'
    title = "DPDK's librte_vhost"
    binary = 'app/bench/bench_host_dpdk'


class OtherRing(Virtio):
    """Our driver, which asks for another ring."""

    arguments = ''

    def vdev(self):
        options = super().vdev()
        options[-1] += self.arguments
        return options


class InOrder(OtherRing):
    """Split rings, used in order."""

    name = 'in-order'
    title = 'in order'
    arguments = ',in_order=1'


class Packed(OtherRing):
    """Packed rings."""

    name = 'packed'
    title = 'packed'
    arguments = ',packed=1'


class PackedInOrder(OtherRing):
    """Packed rings, used in order."""

    name = 'packed-in-order'
    title = 'packed, in order'
    arguments = ',packed=1,in_order=1'


COLUMNS = [Native, Virtio, InOrder, Packed, PackedInOrder, Adaptive, Api, Dpdk]
