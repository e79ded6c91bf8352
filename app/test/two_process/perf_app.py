# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Run the unmodified dpdk-test-crypto-perf, and read what it prints."""

import dataclasses
import hashlib
import hmac
import os
import re
import subprocess
import tempfile

from dpdk_process import Program, memory_options, processors

PROGRAM = 'dpdk-test-crypto-perf'


@dataclasses.dataclass
class Throughput:
    """One row of --ptest throughput."""
    size: int
    burst: int
    enqueued: int
    dequeued: int
    failed_enqueue: int
    failed_dequeue: int
    mops: float
    gbps: float
    cycles: float


@dataclasses.dataclass
class Verify:
    """One row of --ptest verify."""
    size: int
    burst: int
    enqueued: int
    dequeued: int
    failed_enqueue: int
    failed_dequeue: int
    failed: int


@dataclasses.dataclass
class Latency:
    """One block of --ptest latency; times in microseconds."""
    size: int
    burst: int
    total: int
    enqueued: int
    dequeued: int
    average: float
    maximum: float
    minimum: float


def _rows(kind, text):
    """Read the lines that are an lcore and then the fields of `kind`, and nothing else."""
    types = [field.type for field in dataclasses.fields(kind)]
    rows = []
    for line in text.splitlines():
        words = line.split()
        if len(words) == len(types) + 1 and all(re.fullmatch(r'[\d.]+', word) for word in words):
            rows.append(kind(*(cast(word) for cast, word in zip(types, words[1:]))))
    return rows


LATENCY = re.compile(
    r'total operations: (\d+)\s+# Buffer size: (\d+)\s+# Burst size: (\d+).*?'
    r'enqueued\s+(\d+).*?dequeued\s+(\d+).*?'
    r'time \[us\]\s+[\d.]+\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)', re.DOTALL)


def _blocks(text):
    return [Latency(int(m[2]), int(m[3]), int(m[1]), int(m[4]), int(m[5]),
                    float(m[6]), float(m[7]), float(m[8])) for m in LATENCY.finditer(text)]


READERS = {
    'throughput': lambda text: _rows(Throughput, text),
    'verify': lambda text: _rows(Verify, text),
    'latency': _blocks,
}


class PerfApp:
    """dpdk-test-crypto-perf on one device: `eal` makes the device, `devtype` names its driver."""

    def __init__(self, eal, devtype, hugepages=False, preload=(), buses=('--no-pci',)):
        self.eal = eal
        self.devtype = devtype
        self.memory = memory_options(512, hugepages)
        self.preload = preload
        self.buses = buses

    def run(self, ptest, options, timeout=120):
        """Run one test and return its rows; raise ProgramError when the program fails."""
        cpu = processors()[1]
        argv = [PROGRAM, '--lcores', f'0@{cpu},1@{cpu}', *self.buses, *self.eal, '--',
                '--silent', '--ptest', ptest, '--devtype', self.devtype,
                *(str(option) for option in options)]
        with tempfile.TemporaryDirectory(prefix='vcrypto.') as directory:
            log = os.path.join(directory, 'perf.log')
            with Program(argv, log, memory=self.memory,
                         preload=self.preload) as program:
                program.rest_main_thread()
                status = program.wait(timeout)
                with open(log, encoding='utf-8', errors='replace') as text:
                    rows = READERS[ptest](text.read())
                if status != 0 or not rows:
                    raise program.failure(f'{PROGRAM} ended with status {status}')
                return rows


def listed(values):
    """Write numbers the way that the program's options take lists."""
    return ','.join(str(value) for value in values)


@dataclasses.dataclass
class Algorithm:
    """AES-128-CBC, alone or followed by an HMAC over the ciphertext."""
    name: str
    auth: str = ''
    hash: str = ''
    digest: int = 0

    def options(self, encrypt):
        """Return the program's options for one direction."""
        cipher = ['--cipher-algo', 'aes-cbc', '--cipher-key-sz', 16, '--cipher-iv-sz', 16,
                  '--cipher-op', 'encrypt' if encrypt else 'decrypt']
        if not self.auth:
            return ['--optype', 'cipher-only', *cipher]
        return ['--optype', 'cipher-then-auth' if encrypt else 'auth-then-cipher', *cipher,
                '--auth-algo', self.auth, '--auth-op', 'generate' if encrypt else 'verify',
                '--auth-key-sz', 64, '--digest-sz', self.digest]


ALGORITHMS = [
    Algorithm('AES-CBC'),
    Algorithm('AES-CBC+SHA1-HMAC', 'sha1-hmac', 'sha1', 20),
    Algorithm('AES-CBC+SHA256-HMAC', 'sha2-256-hmac', 'sha256', 32),
]

# NIST SP 800-38A, F.2.1 and F.2.2: CBC-AES128
NIST_KEY = bytes.fromhex('2b7e151628aed2a6abf7158809cf4f3c')
NIST_IV = bytes(range(16))
NIST_PLAINTEXT = bytes.fromhex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51'
    '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710')
NIST_CIPHERTEXT = bytes.fromhex(
    '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2'
    '73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7')


def openssl_cbc(key, iv, plaintext):
    """Encrypt whole blocks with AES-128-CBC, by another implementation than the one under test."""
    return subprocess.run(
        ['openssl', 'enc', '-aes-128-cbc', '-nopad', '-K', key.hex(), '-iv', iv.hex()],
        input=plaintext, stdout=subprocess.PIPE, check=True).stdout


def write_vectors(path, plaintext, ciphertext, key=NIST_KEY, iv=NIST_IV):
    """Write a test-vector file of the program, with one section for each HMAC.

    The digest is that of the ciphertext: encrypt then authenticate, verify then decrypt.
    """
    auth_key = bytes(range(0x40, 0x80))
    with open(path, 'w', encoding='utf-8') as file:
        def entry(name, value):
            print(f"{name}={','.join(f'0x{byte:02x}' for byte in value)}", file=file)
        entry('plaintext', plaintext)
        entry('ciphertext', ciphertext)
        entry('cipher_key', key)
        entry('cipher_iv', iv)
        entry('auth_key', auth_key)
        for algorithm in ALGORITHMS:
            if algorithm.auth:
                print(f'[{algorithm.hash}]', file=file)
                entry('digest', hmac.new(auth_key, ciphertext, algorithm.hash).digest())


def vector_options(path, algorithm):
    """Return the options that make the program use a file of write_vectors()."""
    if not algorithm.auth:
        return ['--test-file', path]
    return ['--test-file', path, '--test-name', algorithm.hash]


def sample(size):
    """Return bytes without a pattern, the same ones each time."""
    return hashlib.shake_128(b'plaintext').digest(size)
