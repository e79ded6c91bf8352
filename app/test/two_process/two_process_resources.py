# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about what a host program shares with other processes.

Memory that takes long to be unmapped, asynchronous I/O, hugepages, and the thread of librte_vhost:
a front-end, or another process, uses them up, and a victim at the next socket does not notice.
"""

import contextlib
import ctypes
import fcntl
import mmap
import os
import struct
import time

import front_end
from front_end import RING, CryptoGuest, FrontEndError
from front_end_hostile import (ACCEPTED, FEATURES, LIBC, NEGOTIATED, NUMBERS, SHARED, VERSION,
                               Attacker, attacked_host, table, word)
from two_process_boundary import FULL, uses
from two_process_messages import LOG_BYTES, inflight
from two_process_programs import Failed
from two_process_shrinking import PUNCH_HOLE

CONNECT = 0.2      # seconds in which a guest has to be connected, whatever its neighbour does
HUGEPAGE = 2 << 20
HUGEPAGES = '/sys/kernel/mm/hugepages/hugepages-2048kB/'
HUGEPAGES_WANTED = 4
MAP_HUGETLB = 0x40000
SYS_IO_SETUP, SYS_IO_DESTROY = 206, 207
TOGGLES = 20000    # of a ring


def _filled(size):
    """Return a file in memory of which each byte is there."""
    file = os.memfd_create('filled')
    os.posix_fallocate(file, 0, size)
    return file


def _time_to_unmap(size):
    """Return how long it takes to unmap so much memory here and now."""
    file = _filled(size)
    mapping = mmap.mmap(file, size)
    os.close(file)
    started = time.monotonic()
    mapping.close()
    return time.monotonic() - started


def memory_that_is_slow_to_unmap(run):
    """A guest with much memory goes, or gets other memory: nobody waits until it is unmapped."""
    size = 6 << 30 if run.args.all else 2 << 30
    with attacked_host(run) as there:
        took = _time_to_unmap(size)
        for name in ('of_a_guest_that_goes', 'of_a_guest_with_other_memory'):
            with there.case(name), there.attacker(NEGOTIATED) as attacker:
                file = _filled(size)
                attacker.send(front_end.SET_MEM_TABLE, table((0, size, 0, 0)), [file])
                os.close(file)
                attacker.settle()  # from now on it is the host program that has it
                if name == 'of_a_guest_that_goes':
                    attacker.close()
                else:
                    attacker.share()
                there.connects_within(max(CONNECT, took / 2))


@contextlib.contextmanager
def no_asynchronous_io():
    """Use up what the system has of it, as any process can."""
    contexts = []
    number = 1 << 16
    while number:
        context = ctypes.c_ulong(0)
        if LIBC.syscall(SYS_IO_SETUP, number, ctypes.byref(context)) == 0:
            contexts.append(context)
        else:
            number //= 2
    try:
        yield
    finally:
        for context in contexts:
            LIBC.syscall(SYS_IO_DESTROY, context)


def _check_notified(attacker):
    """Have both rings used, and fail if one does not notify."""
    for ring in attacker.rings:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(ring.call)
    uses(attacker)
    for ring in attacker.rings:
        try:
            os.eventfd_read(ring.call)
        except BlockingIOError as error:
            raise Failed(f'ring {ring.index} did not notify') from error


def asynchronous_io_that_is_used_up(run):
    """Where none is left when the host program starts it says so; and it notifies all the same."""
    for name in ('when_it_starts', 'when_it_runs'):
        with contextlib.ExitStack() as stack:
            if name == 'when_it_starts':
                stack.enter_context(no_asynchronous_io())
            with attacked_host(run) as there:
                if name == 'when_it_runs':
                    stack.enter_context(no_asynchronous_io())
                said = any('fs.aio-max-nr' in line for line in there.log_since(0))
                with there.case(name), there.attacker() as attacker:
                    if said != (name == 'when_it_starts'):
                        raise Failed(f'the log {"has" if said else "lacks"} a line about it')
                    _check_notified(attacker)
                    for ring in attacker.rings:
                        os.set_blocking(ring.call, True)
                        os.eventfd_write(ring.call, FULL)
                    uses(attacker)
                    there.intact()
                    there.connects_within(1)


def _read_number(name):
    with open(HUGEPAGES + name, encoding='ascii') as file:
        return int(file.read())


@contextlib.contextmanager
def _hugepages(wanted):
    """Have so many hugepages free; yield whether there are."""
    before = _read_number('nr_hugepages') if os.path.exists(HUGEPAGES) else -1
    try:
        if before >= 0 and _read_number('free_hugepages') < wanted:
            with open(HUGEPAGES + 'nr_hugepages', 'w', encoding='ascii') as file:
                file.write(str(before + wanted))
        yield before >= 0 and _read_number('free_hugepages') >= wanted
    except PermissionError:
        yield False
    finally:
        if before >= 0 and _read_number('nr_hugepages') != before:
            with open(HUGEPAGES + 'nr_hugepages', 'w', encoding='ascii') as file:
                file.write(str(before))


@contextlib.contextmanager
def _all_hugepages():
    """Use all hugepages that are free, so that there is none left for others."""
    free = _read_number('free_hugepages') - _read_number('resv_hugepages')
    if not free:
        yield
        return
    with mmap.mmap(-1, free * HUGEPAGE, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | MAP_HUGETLB) as all_:
        for number in range(free):
            all_[number * HUGEPAGE] = 1
        yield


def _sealed_hugepage():
    """Return a file of one hugepage, which is there, that cannot become shorter."""
    file = os.memfd_create('huge', os.MFD_ALLOW_SEALING | os.MFD_HUGETLB)
    os.posix_fallocate(file, 0, HUGEPAGE)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    return file


def _punch(file):
    LIBC.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
    if LIBC.fallocate(file, PUNCH_HOLE, 0, os.fstat(file).st_size) != 0:
        raise Failed('no hole can be punched')


def _keep_in_flight(there, attacker, file):
    """Hand over a file in which requests in flight are noted."""
    payload = inflight(2, RING, os.fstat(file).st_size, 0)
    there.judge(attacker, ACCEPTED, NUMBERS['SET_INFLIGHT_FD'], payload, [file])


def _keep_log(there, attacker, file):
    """Hand over a file in which writes are logged."""
    there.judge(attacker, ACCEPTED, front_end.SET_LOG_BASE, word(LOG_BYTES, 0), [file])
    attacker.send(front_end.SET_FEATURES, word(FEATURES | front_end.F_LOG_ALL))


def _keep_data(_, attacker, file):
    """Hand over a file that is the memory of a guest's data."""
    memory = attacker.guest.memory
    memory.maps[1].close()
    os.dup2(file, memory.files[1])
    memory.maps[1] = mmap.mmap(file, memory.REGIONS[1][1])
    attacker.share()


def _lose_hugepages(there, hand_over):
    """Use a file of hugepages, and have the host program come to where they were."""
    with there.attacker(SHARED) as attacker, contextlib.ExitStack() as stack:
        file = _sealed_hugepage()
        stack.callback(os.close, file)
        hand_over(there, attacker, file)
        for ring in attacker.rings:
            attacker.set_ring(ring)
            attacker.start_ring(ring)
        attacker.settle()
        uses(attacker)
        mark = there.mark()
        with there.stopped():
            attacker.guest.prepare(0)
            _punch(file)
            stack.enter_context(_all_hugepages())
            os.eventfd_write(attacker.guest.data.kick, 1)
        there.ended_by(attacker, mark, 'memory', 'SIGBUS')
        there.intact()
        there.connects_within(1)


def hugepages_that_are_punched_out(run):
    """A front-end that punches hugepages out when none is left is disconnected, and no other."""
    with _hugepages(HUGEPAGES_WANTED) as there_are:
        if not there_are:
            run.result('skip', f'{HUGEPAGES_WANTED} hugepages of 2 MiB are not free, and cannot be '
                       'made')
            return
        with attacked_host(run) as there:
            for name, hand_over in (('in_flight', _keep_in_flight), ('log', _keep_log),
                                    ('data', _keep_data)):
                with there.case(name):
                    _lose_hugepages(there, hand_over)


def ring_that_starts_and_stops(run):
    """A front-end starts and stops its ring faster than librte_vhost reads of it."""
    program = os.path.join(run.args.host_build, 'app/test/dpdk_example_vhost_crypto')
    if not os.path.exists(program):
        run.result('skip', 'its source is not installed (package dpdk-doc)')
        return
    host = run.host(program=program, sockets=2)
    toggle = b''.join(struct.pack('<IIIII', NUMBERS['SET_VRING_ENABLE'], VERSION, 8, 0, on)
                      for on in (0, 1))
    try:
        with contextlib.closing(CryptoGuest(1)) as guest, \
                contextlib.closing(Attacker(host.socket, guest, SHARED, 60)) as attacker:
            attacker.set_ring(guest.data)
            attacker.start_ring(guest.data)
            attacker.settle()
            attacker.socket.sendall(toggle * TOGGLES)
            attacker.settle()
    except (FrontEndError, OSError) as error:
        raise Failed(error) from error
    with open(host.output, encoding='utf-8', errors='replace') as log:
        if any('cannot send messages to librte_vhost' in line for line in log):
            raise Failed('librte_vhost was told more than it had room for')
    for socket in host.sockets:
        run.cases(run.device(socket), ['--case', 'known/aes-cbc/*crypt', '--require',
                                       'known/aes-cbc/*crypt'])
    host.check()
    host.kill()


SCENARIOS = (memory_that_is_slow_to_unmap, asynchronous_io_that_is_used_up,
             hugepages_that_are_punched_out, ring_that_starts_and_stops)
