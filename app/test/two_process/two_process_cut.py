# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about connections that break while both ends live."""

import signal
import time

from two_process_programs import Failed


def socket_cut_in_flight(run):
    """Nothing is given back that the host program may still write to, and it all works again."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.recovers(10)
    for _ in range(3):
        faults.flood_for(0.3)
        host.process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(0.2)
            if faults.tell('status')['in_flight'] == 0:
                raise Failed('nothing is in flight')
            host.cut(host.socket)
            time.sleep(0.7)
            counts = faults.tell('status')
            if counts['returned']:
                raise Failed(f"{counts['returned']} operations were given back before the host "
                             'program was through with them')
        finally:
            host.process.send_signal(signal.SIGCONT)
        faults.drained(5)
        faults.recovers(10)
        if faults.tell('session')['right'] != 1:
            raise Failed('no new session after the connection was cut')
    faults.quit()
    host.end()
    run.result('ok')


SCENARIOS = (socket_cut_in_flight,)
