# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about files that shrink after the host program has mapped them.

A thread that touches what is no longer there gets SIGBUS. The guest that owns the file is
disconnected, and a victim at the next socket does not notice.
"""

import contextlib
import ctypes
import mmap
import os
import struct

import front_end
from front_end import PAGE
from front_end_hostile import (
    ACCEPTED, FEATURES, KINDS, LIBC, NEGOTIATED, NUMBERS, RUNNING, SET, SHARED, attacked_host, word)
from two_process_boundary import SECOND, uses
from two_process_messages import LOG_BYTES, inflight
from two_process_programs import Failed

PUNCH_HOLE = 1 | 2  # and keep the size


def _ends_by_sigbus(there, attacker, spoil, *kicks):
    """Spoil memory while the host program is stopped, then let it see the kicks."""
    mark = there.mark()
    with there.stopped():
        spoil()
        for kick in kicks:
            os.eventfd_write(kick, 1)
    there.ended_by(attacker, mark, 'memory', 'SIGBUS')


def memory_that_shrinks(run):
    """A guest whose memory shrinks under its requests is disconnected; no other guest notices."""
    with attacked_host(run) as there:
        for name, region, size in (('data', 1, 0), ('rings', 0, 0), ('used_ring', 0, 18 * PAGE),
                                   ('data_in_part', 1, 4 * PAGE)):
            with there.case(name), there.attacker() as attacker:
                uses(attacker)
                guest = attacker.guest

                def spoil(guest=guest, region=region, size=size):
                    for number in range(8):
                        guest.prepare(number)
                    os.ftruncate(guest.memory.files[region], size)
                _ends_by_sigbus(there, attacker, spoil, guest.data.kick)
        with there.case('control'), there.attacker() as attacker:
            uses(attacker)
            guest = attacker.guest

            def spoil_control():
                guest.control.add(guest.memory, [(SECOND, 100, 0), (SECOND + PAGE, 16, 1)])
                os.ftruncate(guest.memory.files[1], 0)
            _ends_by_sigbus(there, attacker, spoil_control, guest.control.kick)
        with there.case('control_ring'), there.attacker() as attacker:
            uses(attacker)
            _ends_by_sigbus(there, attacker,
                            lambda: os.ftruncate(attacker.guest.memory.files[0], 20 * PAGE),
                            attacker.guest.control.kick)


def log_that_shrinks(run):
    """The same of the file that is the log."""
    with attacked_host(run) as there:
        for index, name in ((0, 'data'), (1, 'control')):
            with there.case(name), there.attacker() as attacker:
                uses(attacker)
                file = KINDS['log']()
                there.judge(attacker, ACCEPTED, front_end.SET_LOG_BASE, word(LOG_BYTES, 0), [file])
                attacker.send(front_end.SET_FEATURES, word(FEATURES | front_end.F_LOG_ALL))
                for ring in attacker.rings:
                    attacker.send(front_end.SET_VRING_ADDR, attacker.address(ring, 1))
                attacker.settle()
                guest = attacker.guest

                def spoil(guest=guest, index=index, file=file):
                    if index:
                        guest.prepare_session()
                    else:
                        guest.prepare(0)
                    os.ftruncate(file, 0)
                try:
                    _ends_by_sigbus(there, attacker, spoil, attacker.rings[index].kick)
                finally:
                    os.close(file)


def inflight_regions_that_shrink(run):
    """The same of the file in which is noted what is in flight, if it can shrink at all."""
    with attacked_host(run) as there:
        for name in ('of_the_back_end', 'of_the_front_end'):
            with there.case(name), there.attacker(SHARED) as attacker:
                if attacker.attempt(NUMBERS['GET_INFLIGHT_FD'], inflight()) != ACCEPTED:
                    raise Failed('there is no such file')
                size, offset = struct.unpack_from('<QQ', attacker.answer)
                file = os.dup(attacker.answer_files[0])
                if name == 'of_the_front_end':
                    given, file = file, os.memfd_create('inflight')
                    os.pwrite(file, os.pread(given, size, 0), 0)
                    os.close(given)
                if attacker.attempt(NUMBERS['SET_INFLIGHT_FD'], inflight(
                        2, front_end.RING, size, offset), [file]) != ACCEPTED:
                    os.close(file)
                    continue  # only a file that cannot shrink may be taken
                for ring in attacker.rings:
                    attacker.set_ring(ring)
                    attacker.start_ring(ring)
                attacker.settle()
                uses(attacker)
                mark = there.mark()
                guest = attacker.guest
                with there.stopped():
                    guest.prepare(0)
                    with contextlib.suppress(PermissionError):
                        os.ftruncate(file, 0)
                    os.eventfd_write(guest.data.kick, 1)
                if os.fstat(file).st_size == 0:
                    there.ended_by(attacker, mark, 'memory', 'SIGBUS')
                else:
                    guest.data.wait(guest.memory)
                os.close(file)


def memory_that_is_sealed(run):
    """A front-end that allows seals can no longer shrink what it shares, or is disconnected."""
    with attacked_host(run) as there:
        with there.case('sealable'), there.attacker(NEGOTIATED) as attacker:
            guest = attacker.guest
            memory = guest.memory
            for number, (_, size) in enumerate(memory.REGIONS):
                file = os.memfd_create('sealable', os.MFD_ALLOW_SEALING)
                os.ftruncate(file, size)
                os.close(memory.files[number])
                memory.files[number] = file
                memory.maps[number].close()
                memory.maps[number] = mmap.mmap(file, size)
            attacker.share()
            for ring in attacker.rings:
                attacker.set_ring(ring)
                attacker.start_ring(ring)
            attacker.settle()
            uses(attacker)
            mark = there.mark()
            with there.stopped():
                guest.prepare(0)
                with contextlib.suppress(PermissionError):
                    os.ftruncate(memory.files[1], 0)
                os.eventfd_write(guest.data.kick, 1)
            if os.fstat(memory.files[1]).st_size == 0:
                there.ended_by(attacker, mark, 'memory', 'SIGBUS')
            else:
                guest.data.wait(memory)


def memory_with_holes(run):
    """Memory that is given back to the system, or shrinks and grows again, is memory of zeros."""
    punch = LIBC.fallocate
    punch.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
    with attacked_host(run) as there:
        for name in ('hole', 'shrinks_and_grows'):
            for region in (1, 0):
                with there.case(f'{name}_{region}'), there.attacker() as attacker:
                    uses(attacker)
                    guest = attacker.guest
                    file = guest.memory.files[region]
                    size = guest.memory.REGIONS[region][1]
                    with there.stopped():
                        for number in range(8):
                            guest.prepare(number)
                        if name == 'hole':
                            if punch(file, PUNCH_HOLE, 0, size) != 0:
                                raise Failed('no hole can be punched')
                        else:
                            os.ftruncate(file, 0)
                            os.ftruncate(file, size)
                    os.eventfd_write(guest.data.kick, 1)
                    if region:  # the rings are there: what was asked for is garbage, and answered
                        guest.data.wait(guest.memory)
                        uses(attacker)
                    attacker.settle()


def memory_that_shrinks_before(run):
    """A file that shrinks before it is looked at, or while it is, ends one connection at most."""
    with attacked_host(run) as there:
        for stage in (NEGOTIATED, SHARED, SET, RUNNING):
            with there.case(f'stage_{stage}'), there.attacker(stage) as attacker:
                mark = there.mark()
                with there.stopped():
                    if stage < SHARED:
                        attacker.share()
                    for ring in attacker.rings if stage < RUNNING else ():
                        attacker.set_ring(ring)
                        attacker.start_ring(ring)
                    for file in attacker.guest.memory.files:
                        os.ftruncate(file, 0)
                    for ring in attacker.rings:
                        os.eventfd_write(ring.kick, 1)
                there.ended_by(attacker, mark)


SCENARIOS = (memory_that_shrinks, log_that_shrinks, inflight_regions_that_shrink,
             memory_that_is_sealed, memory_with_holes, memory_that_shrinks_before)
