#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Two IPsec gateways in network namespaces, one of them with its crypto in the host program.

    left (kernel) - gateway A ===== ESP ===== gateway B - right (kernel)
                    native          veth      virtio-crypto - dpdk-vhost_crypto

Each gateway is DPDK's unmodified ipsec-secgw between two ports of net_tap. The kernels of the two
namespaces ping each other through the tunnel and send data both ways (TCP). The same is done first
with the native cryptodev in both gateways.
"""

import argparse
import contextlib
import ctypes
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, 'app/test/two_process'), os.path.join(TOP, 'app/test/programs')]

from dpdk_process import (LIBC, Build, HostProgram, Program, ProgramError,  # noqa: E402
                          device_options, exit_on_signals, memory_options, processors, tail)
from packets import ESP, IPV4  # noqa: E402
from secgw import Side, associations  # noqa: E402

CRYPTODEV = 'crypto_aesni_mb'
ALGORITHMS = {
    'cbc': ('AES-128-CBC with HMAC-SHA1', ('aes-128-cbc', 16, 'sha1-hmac', 20, 'ipv4-tunnel')),
    'gcm': ('AES-128-GCM', ('aes-128-gcm', 20, '', 0, 'ipv4-tunnel')),
}
CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
PACKET_OUTGOING = 4
MTU = 1400  # of the two ends, so that a packet in the tunnel still fits into 1500 bytes
PINGS = 20
PORT = 5001


class GatewayError(Exception):
    """Something did not go as it should; the text says what."""


def run(*words, check=True):
    """Run a command; return what it prints."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    if check and done.returncode != 0:
        raise GatewayError(f"{' '.join(words)}: {done.stdout.strip()}")
    return done.stdout


@contextlib.contextmanager
def inside(namespace):
    """Have this thread in a network namespace: a socket stays in the one that it was made in."""
    with open('/proc/thread-self/ns/net', encoding='ascii') as own, \
            open(f'/run/netns/{namespace}', encoding='ascii') as other:
        if LIBC.setns(other.fileno(), CLONE_NEWNET) != 0:
            raise GatewayError(f'setns: {os.strerror(ctypes.get_errno())}')
        try:
            yield
        finally:
            LIBC.setns(own.fileno(), CLONE_NEWNET)


class End:
    """A namespace: a gateway's two ports, the network behind it, and the link to the other one.

    The kernel's side of the port `in0` is the host in the network; that of `out0` forwards to
    the link, as the Internet would.
    """

    def __init__(self, name, table):
        self.name = name
        self.side = Side('A' if name == 'left' else 'B', table, mixed=False)
        self.namespace = f'vcrypto{os.getpid()}.{name}'
        here, there, number = self.side.here, self.side.there, table[0].number
        self.host, self.other_host = (f'10.{place}.{number}.2' for place in (here, there))
        self.other_network = f'10.{there}.{number}.0/24'
        self.tunnel, self.other_tunnel = (f'172.16.{place}.{number}' for place in (here, there))
        self.link, self.other_link = f'192.0.2.{here}', f'192.0.2.{there}'
        self.macs = [f'02:00:00:00:{here:02x}:{port:02x}' for port in range(2)]

    def ip(self, *words, check=True):
        """Run ip(8) in the namespace."""
        return run('ip', '-n', self.namespace, *words, check=check)

    def configuration(self):
        """Return the gateway's configuration: what it sends goes to the kernel's side of a port."""
        return self.side.configuration() + ''.join(
            f'neigh port {port} {mac}\n' for port, mac in enumerate(self.macs))

    def gateway(self, binary, directory, cryptodevs, preload, cpu):
        """Return ipsec-secgw in the namespace, with ports of net_tap."""
        path = os.path.join(directory, f'{self.name}.cfg')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(self.configuration())
        ports = [word for port, name in enumerate(('out0', 'in0')) for word in
                 ('--vdev', f'net_tap{port},iface={name},mac={self.macs[port]}')]
        program = Program(
            [binary, '--lcores', f'0@{cpu}', '--no-pci', *ports, *cryptodevs, '--', '-p', '0x3',
             '-P', '-u', '0x1', '-f', path, '--config', '(0,0,0),(1,0,0)', '-s', '8191', '-l'],
            os.path.join(directory, f'{self.name}.log'), memory=memory_options(512, False),
            preload=preload)
        # It polls without a pause. SCHED_IDLE gives other threads precedence.
        program.argv = ['ip', 'netns', 'exec', self.namespace, 'chrt', '-i', '0', *program.argv]
        return program

    def connect(self):
        """Give the kernel its addresses and routes, when the gateway has made the ports."""
        self.ip('link', 'set', 'in0', 'mtu', str(MTU), 'up')
        self.ip('link', 'set', 'out0', 'up')
        self.ip('address', 'replace', f'{self.host}/24', 'dev', 'in0')
        self.ip('route', 'replace', self.other_network, 'dev', 'in0')
        self.ip('route', 'replace', f'{self.tunnel}/32', 'dev', 'out0')
        self.ip('route', 'replace', f'{self.other_tunnel}/32', 'via', self.other_link)
        # ipsec-secgw answers no ARP. It takes every frame, whatever the address.
        for device, address in (('in0', self.other_host), ('out0', self.tunnel)):
            self.ip('neigh', 'replace', address, 'lladdr', '02:00:00:00:ff:ff', 'dev', device)


def wait_ready(ends, programs, timeout=60):
    """Wait until both gateways have made their ports and forward."""
    limit = time.monotonic() + timeout
    for end, program in zip(ends, programs):
        while 'entering main loop' not in tail(program.output, 100):
            if program.process.poll() is not None or time.monotonic() > limit:
                raise program.failure(f'the gateway of {end.name} does not start')
            time.sleep(0.1)
        end.connect()


@contextlib.contextmanager
def namespaces(ends):
    """Have the two namespaces, and a link between them."""
    left, right = ends
    try:
        for end in ends:
            run('ip', 'netns', 'add', end.namespace)
            end.ip('link', 'set', 'lo', 'up')
            for name, value in (('ip_forward', 1), ('conf/all/rp_filter', 0),
                                ('conf/default/rp_filter', 0)):
                run('ip', 'netns', 'exec', end.namespace, 'sh', '-c',
                    f'echo {value} >/proc/sys/net/ipv4/{name}')
        left.ip('link', 'add', 'link0', 'type', 'veth', 'peer', 'name', 'link0', 'netns',
                right.namespace)
        for end in ends:
            end.ip('address', 'add', f'{end.link}/24', 'dev', 'link0')
            end.ip('link', 'set', 'link0', 'up')
        yield
    finally:
        for end in ends:
            run('ip', 'netns', 'del', end.namespace, check=False)


class Watch(threading.Thread):
    """Counts what goes over the link between the gateways, for a while."""

    def __init__(self, end):
        super().__init__(daemon=True)
        with inside(end.namespace):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            self.socket.bind(('link0', 0))
        self.socket.settimeout(0.1)
        self.ended = threading.Event()
        self.esp = self.other = 0

    def run(self):
        """Count; what is no IPv4 (ARP) and what this machine puts on the other end is left out."""
        while not self.ended.is_set():
            with contextlib.suppress(TimeoutError):
                frame, _ = self.socket.recvfrom(2048)
                if int.from_bytes(frame[12:14], 'big') == IPV4:
                    self.esp += frame[23] == ESP
                    self.other += frame[23] != ESP

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
        self.socket.close()


def ping(left):
    """Ping the other end; return the line with the times."""
    with Watch(left) as watch:
        text = run('ip', 'netns', 'exec', left.namespace, 'ping', '-c', str(PINGS), '-i', '0.2',
                   '-s', '1000', left.other_host, check=False)
    received = re.search(r'(\d+) received', text)
    times = re.search(r'= ([\d.]+)/([\d.]+)/([\d.]+)/', text)
    if not received or int(received[1]) < PINGS or not times:
        raise GatewayError(f'not every ping came back:\n{text}')
    if watch.other or watch.esp < 2 * PINGS:
        raise GatewayError(f'{watch.esp} packets of ESP and {watch.other} others were between the '
                           f'gateways; {2 * PINGS} and 0 are right')
    return '{} of {} came back, {} ms (least {}, most {}); between the gateways {} packets, all ' \
        'ESP'.format(received[1], PINGS, times[2], times[1], times[3], watch.esp)


class Receiver(threading.Thread):
    """Takes what comes over a connection, and its digest."""

    def __init__(self, listener):
        super().__init__(daemon=True)
        self.listener = listener
        self.bytes, self.seconds = 0, 0.0
        self.digest = hashlib.sha256()

    def run(self):
        """Receive until the sender has no more."""
        connection, _ = self.listener.accept()
        start = time.monotonic()
        with connection:
            while data := connection.recv(1 << 18):
                self.digest.update(data)
                self.bytes += len(data)
        self.seconds = time.monotonic() - start


def transfer(source, target, seconds):
    """Send from one kernel to the other; return Mbit/s and MB."""
    with inside(target.namespace):
        listener = socket.create_server((target.host, PORT))
    with inside(source.namespace):
        sender = socket.socket()
    with listener, sender:
        sender.settimeout(30)
        listener.settimeout(30)
        receiver = Receiver(listener)
        receiver.start()
        sender.connect((target.host, PORT))
        digest, block = hashlib.sha256(), os.urandom(1 << 18)
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            sender.sendall(block)
            digest.update(block)
        sender.shutdown(socket.SHUT_WR)
        receiver.join(60)
    if receiver.is_alive() or digest.digest() != receiver.digest.digest():
        raise GatewayError('what was received is not what was sent (SHA-256)')
    return 8e-6 * receiver.bytes / receiver.seconds, 1e-6 * receiver.bytes


def measure(ends, seconds):
    """Ping, and send both ways."""
    left, right = ends
    print(f'    ping of 1000 bytes      {ping(left)}', flush=True)
    for source, target in ((left, right), (right, left)):
        rate, megabytes = transfer(source, target, seconds)
        print(f'    TCP {source.name:5} to {target.name:5}      {rate:8.1f} Mbit/s, '
              f'{megabytes:.1f} MB, SHA-256 is right', flush=True)


def demonstrate(args, binary, directory, cryptodevs_of_b):
    """Start both gateways, measure, and end them."""
    build = Build(args.build)
    ends = [End(name, associations([ALGORITHMS[args.algorithm][1]])) for name in ('left', 'right')]
    cpus = processors()
    cryptodevs = (['--vdev', f'{CRYPTODEV}0'], cryptodevs_of_b)
    with contextlib.ExitStack() as stack:
        stack.enter_context(namespaces(ends))
        programs = [stack.enter_context(end.gateway(binary, directory, words, build.runtime(), cpu))
                    for end, words, cpu in zip(ends, cryptodevs, cpus)]
        wait_ready(ends, programs)
        measure(ends, args.seconds)
        for end, program in zip(ends, programs):
            program.stop()
            if program.process.returncode != 0:
                raise program.failure(f'the gateway of {end.name} ended with status '
                                      f'{program.process.returncode}')


class Host(HostProgram):
    """The host program, which sleeps while there is nothing to do; it tells its sums at the end."""

    def __init__(self, binary, log):
        super().__init__(binary, CRYPTODEV, log=log)
        self.argv += ['--queues', '2', '--mode', 'adaptive']

    def sums(self):
        """End it; return the lines of its queues."""
        self.check()
        super(HostProgram, self).stop()
        lines = [line.strip() for line in tail(self.output).splitlines() if ' requests, ' in line]
        if not lines or any(' 0 failed' not in line for line in lines):
            raise self.failure('the host program had failed requests')
        return [line.split(' ', 1)[1] for line in lines]


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='gateway.sh', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', default=os.path.join(TOP, 'build'), help='build directory')
    parser.add_argument('--algorithm', choices=ALGORITHMS, default='cbc', help='of the tunnel')
    parser.add_argument('--seconds', type=float, default=3, help='of each transfer')
    return parser.parse_args()


def main():
    """Run the demonstration."""
    args = arguments()
    exit_on_signals()
    if os.getuid() != 0:
        sys.exit('error: network namespaces and tap devices take root')
    build = Build(args.build)
    binary = build.path('app/test/programs/dpdk_example_ipsec-secgw')
    print(__doc__.split('\n\n')[1])
    print(f'\nTunnel: ESP with {ALGORITHMS[args.algorithm][0]}. Gateways: ipsec-secgw -l '
          f'(librte_ipsec), processors {processors()[0]} and {processors()[1]}.', flush=True)
    with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
        print(f'\nBoth gateways with the native {CRYPTODEV}:', flush=True)
        demonstrate(args, binary, directory, ['--vdev', f'{CRYPTODEV}0'])
        print(f'\nGateway B through virtio-crypto, {CRYPTODEV} in the host program:', flush=True)
        with Host(build.host, os.path.join(directory, 'host.log')) as host:
            words = device_options(build.driver, host.socket)
            words[-1] += ',queues=2'
            demonstrate(args, binary, directory, words)
            for line in host.sums():
                print(f'    host program, {line}')
    print('\nAll went well: pings and data went through the tunnel both ways, and were right.')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (GatewayError, ProgramError) as problem:
        sys.exit(f'error: {problem}')
