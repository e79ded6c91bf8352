# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What the scenarios that run inside a guest have in common: devices, programs, the table."""

import dataclasses
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ('two_process', 'suite')]

from dpdk_process import Program, loadable, memory_options, tail  # noqa: E402
from two_process_programs import Application, Failed, Faults, Run  # noqa: E402

BIND = os.path.join(TOP, 'devtools/bind.sh')
DEFAULT_SECONDS = 90
# DPDK's own driver reserves rings that are not contiguous for the device where pages are not; so
# pages that are not contiguous must not be neighbours.
THEIR_MEMORY = ('--legacy-mem', '-m', '256')
NO_IOMMU = '/sys/module/vfio/parameters/enable_unsafe_noiommu_mode'
SCENARIOS = {}
SECONDS = {}
THEIR_CASES = ('known/aes-cbc/*crypt', 'chains/aes-cbc+hmac-sha1/*generate*')
CASES = ['--require', 'known/aes-cbc/*crypt', '--require', 'scatter/*/aes-cbc/*', '--require',
         'rings/bursts*', '--require', 'random/aes-cbc', '--require', 'life/[isq]*']


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
    # It offers hashes, and refuses their sessions, alone and in chains. It has 256 sessions, and
    # keeps those of a driver that was killed.
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
            status = program.wait(60 * self.args.timeout_factor)
        return status, tail(log, 200)


def find_device():
    """Return the address of the guest's virtio-crypto device."""
    for path in glob.glob('/sys/bus/pci/devices/*'):
        with open(f'{path}/vendor', encoding='ascii') as vendor, \
                open(f'{path}/device', encoding='ascii') as device:
            if (vendor.read().strip(), device.read().strip()) == ('0x1af4', '0x1054'):
                return os.path.basename(path)
    raise Failed('the guest has no virtio-crypto device')


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


def request(what):
    """Have something done outside of the guest."""
    print(f'request {what}', flush=True)
    sys.stdin.readline()
