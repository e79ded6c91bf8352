# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py in which something fails while operations are in flight."""

import contextlib
import os
import struct
import time

from front_end import CryptoGuest, FrontEnd, FrontEndError, INVSESS, OK
from front_end_inflight import ERR, F_IN_ORDER, InflightFrontEnd, InflightGuest
from two_process_programs import Failed


class Cryptodev:
    """The faults of crypto_libcrypto, by the file that it looks at."""

    FIELDS = ('start_fails', 'refuse', 'error_every', 'hold_every', 'late_us')

    def __init__(self, run):
        self.path = os.path.join(run.directory, 'faults')
        with open(self.path, 'wb') as file:
            file.write(bytes(4 * len(self.FIELDS)))

    def set(self, **faults):
        """Let these faults be, and no others."""
        with open(self.path, 'r+b') as file:
            file.write(b''.join(struct.pack('<I', faults.get(name, 0)) for name in self.FIELDS))

    def host(self, run, **options):
        """Start a host program with this cryptodev."""
        return run.host(cryptodevs=('crypto_libcrypto',), env={'LIBCRYPTO_FAULTS': self.path},
                        **options)


@contextlib.contextmanager
def failures():
    """Let what a front-end finds wrong be a failure of the scenario."""
    try:
        yield
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error


def wait_for(condition, seconds, what):
    """Wait until something is so."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise Failed(f'{what} after {seconds} s')
        time.sleep(0.01)


def lose_in_flight(run, in_order):
    """A host program is killed with requests in flight; the next one does these, and no others."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    cryptodev.set(hold_every=3)
    features = F_IN_ORDER if in_order else 0
    with contextlib.closing(InflightGuest(run.args.seed or 1, in_order)) as guest, failures():
        front = InflightFrontEnd(host.socket, guest, features)
        for life in range(3):
            for number in range(12):
                guest.send(number, in_place=number % 6 in (1, 2))
            guest.kick()
            done = []

            def some_are_back():
                done.extend(guest.look())
                return len(done) == (2 if in_order else 8)
            wait_for(some_are_back, 10, 'not all that the cryptodev has done came back')
            for request in done:
                request.must_be(OK)
                request.paint()
            lost = guest.in_flight()
            host.kill()
            front.close()
            for number in range(12, 14):  # nobody is there to take these
                guest.send(number, in_place=number == 13)
            cryptodev.set(hold_every=0)
            host.start()
            front = InflightFrontEnd(host.socket, guest, features, front.note)
            guest.kick()
            later = []

            def all_are_back():
                later.extend(guest.look())
                return not guest.in_flight()
            wait_for(all_are_back, 10, 'requests are missing')
            for request in later:
                request.must_be(ERR if request in lost and request.in_place else OK)
            for request in done:
                request.must_be_painted()
            guest.requests.clear()
            guest.returned.clear()
            cryptodev.set(hold_every=3 if life < 2 else 0)
        front.close()
        os.close(front.note[2])
    host.end()


def host_killed_and_the_note_kept(run):
    """What was in flight is done once by the next host program; what had come back is not."""
    lose_in_flight(run, False)
    run.result('ok')


def host_killed_and_the_note_kept_in_order(run):
    """The same where requests are used in the order in which they are available."""
    lose_in_flight(run, True)
    run.result('ok')


def host_killed_and_its_sessions_with_it(run):
    """A session of a host program that was killed is none of the next one's."""
    host = run.host()
    with contextlib.closing(CryptoGuest(run.args.seed or 1)) as guest, failures():
        front = FrontEnd(host.socket, guest.memory, guest.data, guest.control)
        front.start()
        guest.create_session()
        guest.work()
        host.kill()
        front.close()
        host.start()
        old = guest.session
        front = FrontEnd(host.socket, guest.memory, guest.data, guest.control)
        front.start()
        for _ in range(3):
            guest.create_session()
            check = guest.prepare(0, old, INVSESS)
            os.eventfd_write(guest.data.kick, 1)
            guest.data.wait(guest.memory)
            check()
        guest.work()
        front.close()
    host.end()
    run.result('ok')


SCENARIOS = (host_killed_and_the_note_kept, host_killed_and_the_note_kept_in_order,
             host_killed_and_its_sessions_with_it)
