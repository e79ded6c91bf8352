# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py in which telemetry looks on, whatever else is done to a device."""

import contextlib
import os
import socket
import threading
import time

from dpdk_process import runtime_directory
from two_process_api import second_device
from two_process_programs import Failed

COMMANDS = ('list', 'info', 'stats', 'caps')
DEVICES = 3  # of which the commands ask; not all of them have to be there
STARTS, ALL_STARTS = 10, 500  # of the host program


class Telemetry(threading.Thread):
    """Asks a program about its cryptodevs without a pause, from when it answers to its end."""

    def __init__(self, prefix):
        super().__init__(daemon=True)
        self.path = os.path.join(runtime_directory(prefix), 'dpdk_telemetry.v2')
        self.ended = threading.Event()
        self.answers = 0

    def run(self):
        """Connect as often as it takes."""
        while not self.ended.is_set():
            with contextlib.suppress(OSError), \
                    socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
                connection.settimeout(1)
                connection.connect(self.path)
                connection.recv(16384)
                self._ask(connection)
            time.sleep(0.001)

    def _ask(self, connection):
        while not self.ended.is_set():
            for device in range(DEVICES):
                for command in COMMANDS:
                    connection.send(f'/cryptodev/{command},{device}'.encode())
                    if not connection.recv(65536):
                        return
                    self.answers += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


def told(run, telemetry):
    """Count the answers; without any there is nothing that was tried."""
    if telemetry.answers == 0:
        raise Failed(f'nobody answers on {telemetry.path}')
    run.say('ok', run.name, f'{telemetry.answers} answers')


def telemetry_of_an_application(run):
    """Queue pairs are set up, the device is stopped, started and closed.

    Not while it is plugged in or unplugged: there DPDK itself looks at what is not there.
    """
    host = run.host(sockets=2, options=['--queues', '4'])
    options = [word for case in ('life/*', 'devices/stopped') for word in ('--case', case)]
    application = run.create([*run.device(host.sockets[0], queues=4),
                              *second_device(run, host.sockets[1], queues=4)],
                             ['--require', 'life/set_up_often', *options])
    application.argv.remove('--no-telemetry')
    with Telemetry(application.prefix) as telemetry:
        run.finish(run.stack.enter_context(application))
    host.end()
    told(run, telemetry)


def telemetry_of_a_host(run):
    """The host program starts and ends, again and again."""
    host = run.host()
    with Telemetry(host.prefix) as telemetry:
        for _ in range(ALL_STARTS if run.args.all else STARTS):
            host.end()
            host.start()
        host.end()
    told(run, telemetry)


SCENARIOS = (telemetry_of_an_application, telemetry_of_a_host)
