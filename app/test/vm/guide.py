# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""The commands of the guide to virtual machines, from its text."""

import os
import re
import shlex

from dpdk_process import ProgramError

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PAGE = os.path.join(TOP, 'doc/guides/howto/virtual_machines.rst')
SOCKET = '/tmp/crypto0.sock'
HOST = 'build/examples/vhost_crypto/dpdk-vhost_crypto'
PREFIX = 'host'


def command(begin, contains):
    """Return the words of the command that begins so and contains this."""
    with open(PAGE, encoding='utf-8') as page:
        blocks = re.findall(r'code-block:: console\n\n((?:   .*\n)+)', page.read())
    for block in blocks:
        # A line that goes on inside of a word does so at the left margin of the block.
        words = shlex.split(re.sub(r'\\\n', '', re.sub(r'^   ', '', block, flags=re.MULTILINE)))
        if words[0] == begin and any(contains in word for word in words):
            return words
    raise ProgramError(f'{PAGE} has no command {begin} with {contains}')


def host_words(socket, prefix):
    """Return the arguments of the host program, with another socket and another file prefix."""
    words = command(HOST, SOCKET)[1:]
    words[words.index(PREFIX)] = prefix
    return [word.replace(SOCKET, socket) for word in words]


def qemu_words(front_end, socket):
    """Return QEMU's options for one of its front-ends, without the dots for all the others."""
    words = command('qemu-system-x86_64', front_end)[1:]
    if words.pop() != '...':
        raise ProgramError(f"{PAGE}: QEMU's command with {front_end} does not end with dots")
    return [word.replace(SOCKET, socket) for word in words]
