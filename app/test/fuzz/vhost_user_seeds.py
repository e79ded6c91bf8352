# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Seeds of the fuzz target vhost_user; make_seeds.py writes them."""

# Types of messages of vhost-user.
(GET_FEATURES, SET_FEATURES, SET_OWNER, RESET_OWNER, SET_MEM_TABLE, SET_LOG_BASE, SET_LOG_FD,
 SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK, SET_VRING_CALL,
 SET_VRING_ERR, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, GET_QUEUE_NUM,
 SET_VRING_ENABLE) = range(1, 19)
GET_CONFIG, SET_CONFIG, CREATE_SESSION, CLOSE_SESSION = range(24, 28)
GET_INFLIGHT, SET_INFLIGHT = 31, 32
# How one is sent.
NEED_REPLY, SPOILT, CUT, FDS, WAIT = 1, 0x08, 0x20, 0x40, 0x80
# What a front-end under test of vhost_user does, and kinds of descriptors.
(ACT_MESSAGE, ACT_HANDSHAKE, ACT_START, ACT_REQUEST, ACT_CONTROL, ACT_MEMORY, ACT_RING, ACT_POLL,
 ACT_TRUNCATE, ACT_FLOOD, ACT_RAW, ACT_AGAIN, ACT_SETTLE, ACT_READY) = range(14)
(FD_RIGHT, FD_EVENT, FD_BLOCKING, FD_SEMAPHORE, FD_FULL, FD_FULL_NONBLOCK, FD_MEM, FD_SEALED,
 FD_SHORT, FD_EMPTY, FD_READ_ONLY, FD_WRITE_SEALED, FD_HUGE, FD_SHM, FD_DISK, FD_PIPE_BROKEN,
 FD_PIPE_FULL, FD_PIPE_READ, FD_SOCKET, FD_DATAGRAM, FD_DIRECTORY, FD_NULL, FD_ZERO, FD_PATH,
 FD_EPOLL, FD_TIMER) = range(26)
# Of its device and its memory; of its handshake.
DPDK_API, BESIDE_CANARY, SEALED, SHM, DISK = 1, 2, 4, 8, 12
AS_QEMU, AS_DPDK, PACKED, LOG, IN_ORDER, EVENT_IDX, ONE_REGION = 0, 1, 2, 4, 8, 16, 32
SIZE_64, SIZE_32, SIZE_1, SIZE_256, SIZE_1024, SIZE_32768 = 0, 1, 2, 5, 6, 7
(IN_PLACE, USED_AT_END, AVAIL_AT_END, DESC_AT_END, USED_NEAR_END, USED_IN_SECOND,
 USED_AT_SECOND_END, DESC_BEHIND, USED_ON_AVAIL, AVAIL_NEAR_END, DESC_NEAR_END) = range(11)
SETTLE = bytes([ACT_SETTLE])


def message(kind, index=0, num=0, how=0, rest=b''):
    return bytes([ACT_MESSAGE, kind, index, num, how]) + rest


def handshake(how):
    return bytes([ACT_HANDSHAKE, how])


def start_ring(ring, size=SIZE_64, place=IN_PLACE):
    return bytes([ACT_START, ring, size, place]) + SETTLE


def data_requests(times=1):
    """A session, by message, and requests for it."""
    return message(CREATE_SESSION, how=WAIT) + times * b''.join(
        bytes([ACT_REQUEST, 0, kind, 64]) for kind in range(4)) + SETTLE


def control_request(count=0, segments=0):
    return bytes([ACT_CONTROL, 0, count, segments, 0]) + SETTLE


def with_fds(*kinds):
    return bytes([len(kinds), *kinds])


def usual_front_ends():
    """Front-ends that mean well, for all to begin with."""
    for name, how in (('qemu', AS_QEMU), ('dpdk', AS_DPDK), ('packed', AS_DPDK | PACKED),
                      ('packed_in_order', PACKED | IN_ORDER), ('in_order', IN_ORDER | EVENT_IDX),
                      ('log', LOG), ('log_packed', LOG | PACKED)):
        for device in 0, DPDK_API:
            data = start_ring(0) + data_requests()
            control = b'' if device else start_ring(1) + start_ring(2) + control_request()
            stop = message(GET_VRING_BASE, 0, how=WAIT) + message(GET_VRING_BASE, 2)
            yield (f'{name}_{device}', bytes([device | BESIDE_CANARY]) + handshake(how) + data
                   + control + stop)


def hostile_rings():
    for place in range(USED_AT_END, DESC_NEAR_END + 1):
        for kind, how in ('split', AS_DPDK), ('packed', AS_DPDK | PACKED):
            for neighbour in 0, BESIDE_CANARY:
                yield (f'place_{place}_{kind}_{neighbour}', bytes([neighbour]) + handshake(how)
                       + start_ring(0, SIZE_64, place) + data_requests(4))
    for device in 0, BESIDE_CANARY, DPDK_API, DPDK_API | BESIDE_CANARY:
        yield (f'larger_{device}', bytes([device]) + handshake(AS_DPDK)
               + start_ring(0, SIZE_32, DESC_NEAR_END) + message(SET_VRING_NUM, 0, SIZE_32768)
               + SETTLE + bytes([ACT_RING, 0, 31]) + SETTLE)
        yield (f'larger_used_{device}', bytes([device]) + handshake(AS_DPDK)
               + start_ring(0, SIZE_1, USED_NEAR_END) + message(SET_VRING_NUM, 0, SIZE_256)
               + SETTLE + bytes([ACT_RING, 0, 17]) + SETTLE)
        yield (f'log_offset_{device}', bytes([device]) + handshake(AS_DPDK | LOG)
               + message(SET_LOG_BASE, 0, 8, WAIT) + start_ring(0) + data_requests())
        yield (f'reset_owner_{device}', bytes([device]) + handshake(AS_DPDK)
               + start_ring(0, SIZE_32768) + message(RESET_OWNER, how=WAIT) * 3)
    for after in (message(SET_VRING_ADDR, 0, USED_AT_END), message(SET_VRING_BASE, 0, 7),
                  message(SET_FEATURES, 0, 1), message(SET_FEATURES, 0, 2),
                  message(SET_MEM_TABLE, 1), message(SET_MEM_TABLE, 0), message(RESET_OWNER),
                  message(SET_OWNER), message(GET_VRING_BASE, 0), message(SET_VRING_ENABLE, 0, 0)):
        yield (f'running_{after[1]}_{after[2]}_{after[3]}', bytes([BESIDE_CANARY])
               + handshake(AS_DPDK) + start_ring(0) + data_requests() + after + SETTLE
               + bytes([ACT_REQUEST, 0, 0, 64]) + SETTLE)


def hostile_descriptors():
    for kind in range(FD_EVENT, FD_TIMER + 1):
        fds = with_fds(kind)
        for ring in 0, 2:
            for request in SET_VRING_CALL, SET_VRING_KICK:
                yield (f'fd_{request}_{ring}_{kind}', bytes([0]) + handshake(AS_DPDK)
                       + start_ring(ring) + message(request, ring, how=FDS | WAIT, rest=fds)
                       + (data_requests() if ring == 0 else control_request()))
        yield (f'fd_memory_{kind}', bytes([0]) + handshake(AS_DPDK)
               + message(SET_MEM_TABLE, 1, how=FDS | WAIT, rest=fds) + start_ring(0)
               + data_requests())
        yield (f'fd_log_{kind}', bytes([0]) + handshake(AS_DPDK | LOG)
               + message(SET_LOG_BASE, how=FDS | WAIT, rest=fds) + start_ring(0)
               + data_requests())
        yield (f'fd_inflight_{kind}', bytes([0]) + handshake(AS_DPDK)
               + message(SET_INFLIGHT, 1, SIZE_64, how=FDS | WAIT, rest=fds) + start_ring(0)
               + data_requests())
    for kind in range(1, 41):
        yield (f'fds_{kind}', bytes([kind & 1]) + handshake(AS_DPDK)
               + message(kind, how=FDS | NEED_REPLY, rest=with_fds(FD_EVENT, FD_MEM)) + SETTLE)
        yield f'fds_at_once_{kind}', bytes([kind & 1]) + message(
            kind, how=FDS | NEED_REPLY, rest=with_fds(*[FD_EVENT] * 8)) + SETTLE
    for device in 0, DPDK_API:
        yield f'fds_of_refused_{device}', bytes([device]) + handshake(AS_DPDK) + message(
            SET_FEATURES, 0, 16, FDS | NEED_REPLY, with_fds(*[FD_EVENT] * 8)) + SETTLE
    yield 'fds_many', bytes([0]) + message(GET_FEATURES, how=FDS, rest=with_fds(*[FD_EVENT] * 12))


def hostile_load():
    for kind in GET_FEATURES, SET_CONFIG, GET_CONFIG, SET_VRING_CALL, CREATE_SESSION, SET_LOG_FD:
        yield f'flood_{kind}', bytes([0]) + handshake(AS_DPDK) + bytes([ACT_FLOOD, kind, 0, 0])
    yield 'control_long', (bytes([0]) + handshake(AS_DPDK) + start_ring(2, SIZE_1024)
                           + bytes([ACT_CONTROL, 0, 10, 250, 0]))
    yield 'control_longest', (bytes([0]) + handshake(AS_DPDK) + start_ring(2, SIZE_32768)
                              + bytes([ACT_CONTROL, 0, 15, 250, 0]))


def hostile_memory():
    for neighbour in 0, BESIDE_CANARY:
        # The seventh of eight available chains begins behind the region.
        yield (f'head_beyond_memory_{neighbour}', bytes([neighbour]) + handshake(AS_DPDK)
               + start_ring(0, SIZE_64, DESC_NEAR_END) + bytes([ACT_MEMORY, 0x01, 0x04, 40, 0])
               + bytes([ACT_RING, 0, 5]) + SETTLE)
        yield (f'data_beyond_memory_{neighbour}', bytes([neighbour]) + handshake(AS_DPDK)
               + start_ring(0) + message(CREATE_SESSION, 4, how=WAIT)
               + bytes([ACT_REQUEST, 0, 3, 0x42, ACT_REQUEST, 0, 3, 0x44]) + SETTLE)
    for kind in 0, SEALED, SHM, DISK:
        yield (f'truncated_{kind}', bytes([kind]) + handshake(AS_DPDK) + start_ring(0)
               + data_requests() + bytes([ACT_TRUNCATE, 0]) + SETTLE)
        yield (f'truncated_early_{kind}', bytes([kind]) + handshake(AS_DPDK)
               + bytes([ACT_TRUNCATE, 4]) + start_ring(0))
    for number in 2, 3, 4, 5, 6, 7, 8, 9:
        yield (f'spoilt_region_{number}', bytes([BESIDE_CANARY]) + handshake(AS_DPDK)
               + message(SET_MEM_TABLE, 2, how=WAIT | SPOILT, rest=bytes([number, 22]))
               + start_ring(0) + data_requests())
    for neighbour in 0, BESIDE_CANARY:
        yield (f'region_behind_log_{neighbour}', bytes([neighbour]) + handshake(AS_DPDK | LOG)
               + message(SET_MEM_TABLE, 2, how=WAIT | SPOILT, rest=bytes([3, 1]))
               + start_ring(0) + data_requests())
    for nb in 0, 1, 3, 8, 9, 255:
        yield (f'regions_{nb}', bytes([BESIDE_CANARY]) + handshake(AS_DPDK)
               + message(SET_MEM_TABLE, nb, how=WAIT) + start_ring(0) + data_requests())


def vhost_user_seeds():
    yield from usual_front_ends()
    yield from hostile_rings()
    yield from hostile_descriptors()
    yield from hostile_load()
    yield from hostile_memory()
    yield 'inflight', (bytes([BESIDE_CANARY]) + handshake(AS_DPDK)
                       + message(GET_INFLIGHT, 2, SIZE_64, WAIT)
                       + message(SET_INFLIGHT, 2, SIZE_64, WAIT) + start_ring(0)
                       + data_requests() + message(GET_VRING_BASE, 0, how=WAIT)
                       + start_ring(0) + data_requests() + bytes([ACT_AGAIN]) + handshake(AS_QEMU))
    yield 'refused_features', (bytes([0]) + handshake(AS_DPDK)
                               + message(SET_FEATURES, 0, 16, NEED_REPLY | WAIT) + start_ring(0))
    yield 'late_protocol_features', (bytes([0]) + handshake(AS_DPDK) + start_ring(0)
                                     + message(SET_PROTOCOL_FEATURES, 0, 1, WAIT))
    yield 'short_log', bytes([0]) + handshake(AS_DPDK | LOG) + message(
        SET_LOG_BASE, how=SPOILT | WAIT, rest=bytes([0, 1]))
    yield 'log_fd', bytes([0]) + handshake(AS_DPDK) + message(
        SET_LOG_FD, how=FDS | WAIT, rest=with_fds(FD_PIPE_READ))
    yield 'memory_without_ring', (bytes([0]) + handshake(AS_DPDK) + start_ring(0)
                                  + message(SET_MEM_TABLE, 2, how=SPOILT | WAIT,
                                            rest=bytes([6, 22])) + data_requests())
    for how in AS_QEMU, PACKED:
        yield f'not_ready_{how}', (bytes([0]) + handshake(how) + start_ring(0) + start_ring(1)
                                   + start_ring(2) + bytes([ACT_READY, 0]) + data_requests()
                                   + control_request() + bytes([ACT_READY, 1, ACT_READY, 0] * 40)
                                   + SETTLE)
    yield 'in_a_row', bytes([0]) + b''.join(
        message(kind, how=NEED_REPLY | WAIT) for kind in range(1, 42))
    yield 'cut', bytes([0]) + handshake(AS_QEMU) + b''.join(
        message(CREATE_SESSION, how=CUT, rest=bytes([at, 0])) + bytes([ACT_AGAIN])
        for at in (1, 11, 12, 13, 200))
    yield 'raw', bytes([0, ACT_RAW, 12]) + bytes([1, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255])
    yield 'spoilt', bytes([0]) + handshake(AS_DPDK) + b''.join(
        message(kind, how=SPOILT | WAIT, rest=bytes([at, 31]))
        for kind in (SET_VRING_NUM, SET_VRING_BASE, SET_VRING_ADDR, SET_VRING_ENABLE)
        for at in (0, 1))
