# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py in which something fails while operations are in flight."""

import argparse
import contextlib
import os
import resource
import signal
import struct
import time

from dpdk_process import ProgramError, tail
from front_end import CryptoGuest, FrontEnd, FrontEndError, GET_FEATURES, INVSESS, OK
from front_end_inflight import ERR, F_IN_ORDER, F_RING_PACKED, InflightFrontEnd, InflightGuest
from socket_relay import Relay
from two_process_programs import Failed, Faults, Host


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


def lose_in_flight(run, features):
    """A host program is killed with requests in flight; the next one does these, and no others."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    cryptodev.set(hold_every=3)
    at_once = 2 if features & F_IN_ORDER else 8  # of twelve, where each third is kept
    with contextlib.closing(InflightGuest(run.args.seed or 1, features)) as guest, failures():
        front = InflightFrontEnd(host.socket, guest)
        for life in range(3):
            for number in range(12):
                guest.send(number, in_place=number % 6 in (1, 2))
            guest.kick()
            done = []

            def some_are_back():
                done.extend(guest.look())
                return len(done) == at_once
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
            front = InflightFrontEnd(host.socket, guest, front.region)
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
            guest.forget()
            cryptodev.set(hold_every=3 if life < 2 else 0)
        front.close()
        os.close(front.region[2])
    host.end()


def host_killed_with_inflight_region(run):
    """What was in flight is done once by the next host program; what had come back is not."""
    lose_in_flight(run, 0)
    run.result('ok')


def host_killed_with_inflight_region_in_order(run):
    """The same where requests are used in the order in which they are available."""
    lose_in_flight(run, F_IN_ORDER)
    run.result('ok')


def host_killed_with_inflight_region_packed(run):
    """The same with a packed ring, which is overwritten by what is used."""
    lose_in_flight(run, F_RING_PACKED)
    run.result('ok')


def host_killed_with_its_sessions(run):
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


def end_well(run, host, faults, seconds=0):
    """Have right answers again, in time, and both programs end as they should."""
    faults.recovers(seconds)
    faults.quit()
    host.end()
    run.result('ok')


def cryptodev_returns_errors(run):
    """Each seventh operation fails; it is told so, and the others are right."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    faults = run.faults(host.socket)
    cryptodev.set(error_every=7)
    faults.flood_for(1)
    counts = faults.drained(5)
    faults.flood_for(0)
    counts = faults.flood_for(1)
    if not counts['right'] or not counts['error']:
        raise Failed(f"{counts['right']} operations were right and {counts['error']} failed")
    if not 5 < counts['returned'] / counts['error'] < 9:
        raise Failed(f"{counts['error']} of {counts['returned']} operations failed, not each 7th")
    cryptodev.set()
    faults.drained(5)
    end_well(run, host, faults, 5)


def cryptodev_completes_late(run):
    """Operations that take 20 ms each are waited for."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    faults = run.faults(host.socket)
    cryptodev.set(late_us=20000)
    if not faults.flood_for(1)['right']:
        raise Failed('nothing came back')
    if faults.drained(5)['error']:
        raise Failed('late operations came back as errors')
    end_well(run, host, faults)


def cryptodev_stalls(run):
    """A cryptodev that keeps all operations for 3 s is waited for; no result is lost or wrong."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    faults = run.faults(host.socket)
    faults.flood_for(0.3)
    cryptodev.set(hold_every=1)
    faults.flood_for(1)
    if faults.flood_for(2)['returned']:
        raise Failed('operations came back from a cryptodev that keeps them')
    cryptodev.set()
    if faults.drained(5)['error']:
        raise Failed('operations came back as errors')
    end_well(run, host, faults)


def cryptodev_takes_nothing(run):
    """The same of one that takes no operation."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    faults = run.faults(host.socket)
    faults.flood_for(0.3)
    cryptodev.set(refuse=1)
    faults.flood_for(1)
    if faults.flood_for(1)['returned']:
        raise Failed('operations came back from a cryptodev that takes none')
    cryptodev.set()
    if faults.drained(5)['error']:
        raise Failed('operations came back as errors')
    end_well(run, host, faults)


def application_killed_while_the_cryptodev_stalls(run):
    """Its memory stays until the cryptodev is done with it; the next one is served then."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    faults = run.faults(host.socket)
    cryptodev.set(hold_every=1)
    faults.flood_for(0.5)
    faults.process.kill()
    faults.wait(10)
    time.sleep(1)
    host.check()
    cryptodev.set()
    run.cases(run.device(host.socket), ['--require', 'known/aes-cbc/*', '--case', 'known/aes-cbc/*',
                                        '--case', 'rings/bursts*'])
    host.end()


def host_terminated_while_the_cryptodev_stalls(run):
    """It waits for the cryptodev, as guests do; a second signal ends it in any case."""
    cryptodev = Cryptodev(run)
    for stalls_for_ever in (False, True):
        host = cryptodev.host(run)
        faults = run.faults(host.socket)
        cryptodev.set(hold_every=1)
        faults.flood_for(0.5)
        host.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        host.check()
        if stalls_for_ever:
            if host.stop_by(signal.SIGTERM) != -signal.SIGTERM:
                raise Failed('the second signal did not end the host program')
        else:
            cryptodev.set()
            if host.wait(15 * run.args.timeout_factor) != 0:
                raise Failed('the host program did not end cleanly')
        cryptodev.set()
        faults.drained(5)
        faults.quit()
    run.result('ok')


def host_terminated_while_it_has_data(run):
    """What came back is the application's; no result is written there later, right or wrong."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run, options=['--copy'])  # which writes late
    faults = run.faults(host.socket)
    faults.flood_for(0.2)
    cryptodev.set(hold_every=1)
    faults.flood_for(0.3)
    faults.tell('rest')
    host.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    faults.tell('keep')
    cryptodev.set()
    time.sleep(1)
    faults.tell('compare')
    if not faults.drained(5)['right']:
        raise Failed('what the host program had taken did not come back')
    faults.quit()
    if host.wait(15 * run.args.timeout_factor) != 0:
        raise Failed('the host program did not end cleanly')
    run.result('ok')


def fails_to_start(host, *words):
    """A host program has to end by itself, and to say all of these words."""
    try:
        host.start()
    except ProgramError as error:
        said = str(error)
    else:
        raise Failed('the host program serves')
    if host.process.poll() is None or host.process.returncode <= 0:
        raise Failed('the host program did not end by itself')
    for word in words:
        if word not in said:
            raise Failed(f'nothing that was said has "{word}"')
    if os.path.exists(host.socket):
        raise Failed('there is a socket all the same')


def other_host(run, **options):
    """A host program that is not started yet."""
    host = Host(run.args, run.log('host'), **options)
    run.stack.callback(host.stop)
    return host


def cryptodev_does_not_start(run):
    """The host program says which one it is, and ends."""
    cryptodev = Cryptodev(run)
    cryptodev.set(start_fails=1)
    fails_to_start(other_host(run, cryptodevs=('crypto_libcrypto',),
                              env={'LIBCRYPTO_FAULTS': cryptodev.path}),
                   'crypto_libcrypto0', 'cannot be started')
    run.result('ok')


def queue_stopped_and_started_under_load(run):
    """Thirty times, with operations in flight; they come back, and the sessions stay."""
    for name, options, host_options in (('one', {}, []), ('packed', {'packed': 1}, []),
                                        ('sleepy', {}, ['--mode', 'adaptive'])):
        host = run.host(options=host_options)
        faults = run.faults(host.socket, **options)
        for _ in range(30):
            faults.flood_for(0.05)
            counts = faults.tell('restart')
            if counts['error'] or counts['in_flight'] and faults.drained(5)['in_flight']:
                raise Failed(f'{name}: the device was not started again')
        if not faults.flood_for(0.2)['right']:
            raise Failed(f'{name}: nothing was done after that')
        faults.drained(5)
        faults.recovers(0)
        faults.quit()
        host.end()
    run.result('ok')


def memory_removed_in_flight(run):
    """Memory is taken away when requests are through with it; later ones wait until it is back."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    cryptodev.set(late_us=500000)
    with contextlib.closing(InflightGuest(run.args.seed or 1)) as guest, failures():
        front = InflightFrontEnd(host.socket, guest)
        for _ in range(3):
            for number in range(8):
                guest.send(number)
            guest.kick()
            time.sleep(0.1)
            front.show_memory(1)  # of two; requests are in the other one
            front.ask(GET_FEATURES)
            done = guest.look()
            if len(done) != 8:
                raise Failed(f'memory was taken away with {8 - len(done)} requests in flight')
            for request in done:
                request.must_be(OK)
                request.paint()
            guest.forget()
            guest.send(9)
            guest.kick()
            time.sleep(0.2)
            if guest.look():
                raise Failed('a request has come back, and its status cannot be written')
            front.show_memory(2)
            front.ask(GET_FEATURES)
            wait_for(guest.look, 5, 'a request is missing after its memory has come back')
            for request in done:
                request.must_be_painted()
            guest.forget()
        front.close()
    host.end()
    run.result('ok')


def reset_in_flight(run):
    """A guest that begins anew has its requests back first, and then none of them any more."""
    cryptodev = Cryptodev(run)
    host = cryptodev.host(run)
    cryptodev.set(late_us=300000)
    with contextlib.closing(InflightGuest(run.args.seed or 1)) as guest, failures():
        front = InflightFrontEnd(host.socket, guest)
        for _ in range(3):
            for number in range(8):
                guest.send(number)
            guest.kick()
            time.sleep(0.1)
            front.stop()
            done = guest.look()
            for request in done:
                request.must_be(OK)
                request.paint()
            if len(done) != 8:
                raise Failed(f'the ring was stopped with {8 - len(done)} requests in flight')
            for ring in front.rings:
                ring.reset(guest.memory)
            front.start()
            time.sleep(0.5)
            if guest.look():
                raise Failed('something came back that was not sent')
            for request in done:
                request.must_be_painted()
            guest.forget()
        front.close()
    host.end()
    run.result('ok')


def socket_cut(run):
    """The connection is cut after each number of messages; each time the driver comes back."""
    host = run.host()
    path = os.path.join(run.directory, 'relay.sock')
    with Relay(path, host.socket) as relay:
        faults = run.faults(path)
        for _ in range(10):
            faults.flood_for(0.1)
            relay.cut()
        for relay.limit in range(1, 60, 2):
            relay.cut()
            faults.flood_for(0.25)
        relay.limit = None
        relay.cut()
        faults.drained(5)
        faults.recovers(10)
        if relay.cuts < 40:
            raise Failed(f'the connection was cut {relay.cuts} times only')
        faults.quit()
    host.end()
    run.result('ok')


def open_files(host):
    """The numbers of a program's file descriptors."""
    return [int(name) for name in os.listdir(f'/proc/{host.process.pid}/fd')]


def no_file_descriptors(run):
    """A new front-end is not served, those connected notice nothing; later all is well."""
    host = run.host(sockets=2)
    faults = run.faults(host.sockets[0])
    faults.tell('flood')
    limits = resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE)
    least = max(open_files(host)) + 1
    served = 0
    for more in range(16):
        resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, (least + more, limits[1]))
        with contextlib.closing(CryptoGuest(run.args.seed or 1)) as guest:
            with contextlib.suppress(FrontEndError, OSError):
                front = FrontEnd(host.sockets[1], guest.memory, guest.data, guest.control, 1)
                with contextlib.closing(front):
                    front.start()
                    guest.create_session()
                    guest.work()
                    served += 1
        host.check()
        deadline = time.monotonic() + 5 * run.args.timeout_factor
        while not faults.tell('status')['right']:
            if time.monotonic() > deadline:
                raise Failed('the other guest was not served any more')
            time.sleep(0.1)
    if served in (0, 16):
        raise Failed(f'{served} of 16 guests were served')
    resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, limits)
    faults.drained(5)
    run.cases(run.device(host.sockets[1]), ['--case', 'known/aes-cbc/*', '--case', 'rings/bursts*'])
    faults.recovers(0)
    faults.quit()
    host.end()


def no_file_descriptors_for_the_application(run):
    """A driver that has lost its host program, and no file descriptor to look for it, goes on."""
    host = run.host()
    faults = run.faults(host.socket)
    faults.recovers(0)
    limits = resource.prlimit(faults.process.pid, resource.RLIMIT_NOFILE)
    host.kill()
    faults.drained(5)
    resource.prlimit(faults.process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    host.start()
    faults.flood_for(1)
    resource.prlimit(faults.process.pid, resource.RLIMIT_NOFILE, limits)
    faults.drained(5)
    end_well(run, host, faults, 10)


def no_memory(run):
    """A host program that has too little says so and ends, or tells the driver, or serves."""
    ended = refused = 0
    for megabytes in (*range(2, 16, 2), 64):
        host = other_host(run, options=['--queues', '4'])
        host.argv[host.argv.index('-m') + 1] = str(megabytes)
        try:
            host.start()
        except ProgramError as error:
            if host.process.returncode <= 0:
                raise Failed(f'with {megabytes} MB the host program ended with '
                             f'{host.process.returncode}') from error
            if 'memory' not in str(error).lower() and 'ENOMEM' not in str(error):
                raise Failed(f'with {megabytes} MB nothing says that there is no memory') from error
            ended += 1
            continue
        application = run.start(run.device(host.socket, queues=4), [
            '--qps', '4', '--case', 'known/aes-cbc/*', '--case', 'rings/bursts*'])
        status = application.wait(60 * run.args.timeout_factor)
        said = tail(application.output, 100)
        if 'cannot start queues' in said or 'set-up failed' in said:
            refused += 1
            if status <= 0 or 'Cannot allocate memory' not in tail(host.output, 1000):
                raise Failed(f'with {megabytes} MB the application ended with {status}')
        else:
            run.finish(application, name=f'{run.name}/{megabytes}')
        host.end()
    if not ended or not refused:
        raise Failed(f'{ended} host programs ended, and {refused} served without enough memory')


def no_hugepages(run):
    """A host program that is to have more hugepages than there are says so, and ends."""
    host = other_host(run, hugepages=True)
    host.argv[host.argv.index('-m') + 1] = '1000000'
    fails_to_start(host, 'EAL', 'memory')
    run.result('ok')


def disk_full(run):
    """Programs whose logs cannot be written work all the same."""
    args = argparse.Namespace(**vars(run.args))
    args.wrap_host += """ sh -c 'exec "$0" "$@" > /dev/full 2>&1'"""
    host = run.stack.enter_context(Host(args, run.log('host')))
    args.wrap_app += """ sh -c 'exec "$0" "$@" 2> /dev/full'"""
    faults = run.stack.enter_context(Faults(args, run.log('app'), run.device(host.socket)))
    faults.flood_for(0.3)
    host.kill()
    faults.drained(5)
    host.start()
    faults.recovers(10)
    faults.flood_for(0.3)
    faults.drained(5)
    faults.quit()
    host.end()
    run.result('ok')


SCENARIOS = (host_killed_with_inflight_region, host_killed_with_inflight_region_in_order,
             host_killed_with_inflight_region_packed, host_killed_with_its_sessions,
             cryptodev_returns_errors, cryptodev_completes_late, cryptodev_stalls,
             cryptodev_takes_nothing, application_killed_while_the_cryptodev_stalls,
             host_terminated_while_the_cryptodev_stalls, host_terminated_while_it_has_data,
             cryptodev_does_not_start, queue_stopped_and_started_under_load,
             memory_removed_in_flight, reset_in_flight, socket_cut, no_file_descriptors,
             no_file_descriptors_for_the_application, no_memory, no_hugepages, disk_full)
