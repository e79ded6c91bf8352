# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Packets for the programs of DPDK, and files of them (pcap)."""

import hashlib
import ipaddress
import struct

ETHERNET = 14
IPV4, IPV6 = 0x0800, 0x86dd
UDP, ESP = 17, 50
FILE_HEADER = struct.Struct('<IHHiIII')
RECORD_HEADER = struct.Struct('<IIII')
MAGIC_OF_MICROSECONDS, MAGIC_OF_NANOSECONDS = 0xa1b2c3d4, 0xa1b23c4d
LINK_ETHERNET = 1


def write_pcap(path, frames):
    """Write Ethernet frames."""
    with open(path, 'wb') as file:
        file.write(FILE_HEADER.pack(MAGIC_OF_MICROSECONDS, 2, 4, 0, 0, 65535, LINK_ETHERNET))
        for number, frame in enumerate(frames):
            file.write(RECORD_HEADER.pack(0, number, len(frame), len(frame)) + frame)


def read_pcap(path):
    """Return the Ethernet frames of a file; their times are nothing to compare."""
    with open(path, 'rb') as file:
        data = file.read()
    if FILE_HEADER.unpack_from(data)[0] not in (MAGIC_OF_MICROSECONDS, MAGIC_OF_NANOSECONDS):
        raise ValueError(f'{path} is no pcap file of this machine')
    frames, offset = [], FILE_HEADER.size
    while offset < len(data):
        length = RECORD_HEADER.unpack_from(data, offset)[2]
        offset += RECORD_HEADER.size
        frames.append(data[offset:offset + length])
        offset += length
    return frames


def noise(label, size):
    """Return bytes without a pattern, the same ones each time."""
    return hashlib.shake_128(str(label).encode()).digest(size)


def checksum(data):
    """Return the Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp_frame(source, destination, payload, number=0):
    """Return a frame with a UDP datagram between two addresses, IPv4 or IPv6."""
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    datagram = struct.pack('!HHHH', 1024 + number % 64, 2000, 8 + len(payload), 0) + payload
    if source.version == 4:
        kind = IPV4
        header = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(datagram), number & 0xffff, 0, 64,
                             UDP, 0) + source.packed + destination.packed
        header = header[:10] + struct.pack('!H', checksum(header)) + header[12:]
    else:
        kind = IPV6
        header = struct.pack('!IHBB', 6 << 28, len(datagram), UDP, 64) + \
            source.packed + destination.packed
    return bytes.fromhex('020000000002020000000001') + struct.pack('!H', kind) + header + datagram


def flow(frame):
    """Return what a packet belongs to: the SPI of ESP, or else the destination.

    One SA may have packets of IPv4 and of IPv6, and these overtake each other.
    """
    kind, = struct.unpack_from('!H', frame, 12)
    if kind == IPV4:
        protocol, header, destination = frame[23], 20, frame[30:34]
    elif kind == IPV6:
        protocol, header, destination = frame[20], 40, frame[38:54]
    else:
        return f'type {kind:#06x}'
    if protocol == ESP:
        spi, = struct.unpack_from('!I', frame, ETHERNET + header)
        return f'SPI {spi}, IPv{4 if kind == IPV4 else 6}'
    return str(ipaddress.ip_address(destination))


def by_flow(frames):
    """Sort frames into lists, by what they belong to. Two flows may overtake each other."""
    flows = {}
    for frame in frames:
        flows.setdefault(flow(frame), []).append(frame)
    return flows


def difference(expected, found):
    """Return how two bytes strings differ, or nothing if they do not."""
    if len(expected) != len(found):
        return f'{len(found)} bytes instead of {len(expected)}'
    for offset, (wanted, has) in enumerate(zip(expected, found)):
        if wanted != has:
            return f'byte {offset} of {len(found)} is {has:#04x} instead of {wanted:#04x}'
    return ''


def compare(expected, found):
    """Yield how frames differ from what is expected: one line for a flow."""
    wanted, has = by_flow(expected), by_flow(found)
    for name in sorted({*wanted, *has}):
        first, second = wanted.get(name, []), has.get(name, [])
        differences = [(number, difference(one, other))
                       for number, (one, other) in enumerate(zip(first, second)) if one != other]
        if differences:
            number, text = differences[0]
            yield f'{name}: {len(differences)} of {len(first)} packets differ; {number}: {text}'
        elif len(first) != len(second):
            yield f'{name}: {len(second)} packets instead of {len(first)}'
