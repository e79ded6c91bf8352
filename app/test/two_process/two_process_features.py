# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py about feature bits: every set of them that can be negotiated works.

What was negotiated is read from two places that do not know of each other: the driver's log, and
the log of librte_vhost. A set that was not negotiated as asked for is a failure.
"""

import contextlib
import fnmatch
import itertools
import os
import re
import socket as sockets
import struct

from dpdk_process import tail
from two_process_programs import EVERY_ALGORITHM, Failed, NOT_ADVERTISED

BITS = {'revision_1': 0, 'cipher_stateless': 1, 'hash_stateless': 2, 'mac_stateless': 3,
        'aead_stateless': 4, 'akcipher_stateless': 5, 'indirect_desc': 28, 'event_idx': 29,
        'version_1': 32, 'ring_packed': 34, 'in_order': 35}
PROTOCOL_FEATURES = 30  # of vhost-user: no feature of the device

MODES = ('cipher_stateless', 'hash_stateless', 'mac_stateless', 'aead_stateless',
         'akcipher_stateless')
EVERYTHING = frozenset(MODES) | {'revision_1', 'indirect_desc', 'event_idx'}
# Those that the driver has to be asked to accept, and by which argument.
RINGS = {'ring_packed': 'packed', 'in_order': 'in_order'}

# Which mode an algorithm takes that is no cipher. A MAC with an IV is a chain, so the ciphers'.
MODE_OF = (('hmac-*', 'mac_stateless'), ('aes-cmac', 'mac_stateless'),
           ('aes-xcbc-mac', 'mac_stateless'), ('aes-cbc-mac', 'mac_stateless'),
           ('kasumi-f9', 'mac_stateless'), ('no-mac', 'mac_stateless'), ('md5', 'hash_stateless'),
           ('sha[0-9]*', 'hash_stateless'), ('shake*', 'hash_stateless'),
           ('aes-gcm', 'aead_stateless'), ('aes-ccm', 'aead_stateless'),
           ('chacha20-*', 'aead_stateless'), ('rsa', 'akcipher_stateless'))

GET_FEATURES, SET_FEATURES, SET_OWNER = 1, 2, 3
GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES = 15, 16
VERSION, REPLY, NEED_REPLY = 1, 4, 8
REPLY_ACK = 3


def mode_of(case):
    """Return the stateless mode that a case named known/ALGORITHM/... takes."""
    algorithm = case.split('/')[1]
    for pattern, mode in MODE_OF:
        if fnmatch.fnmatch(algorithm, pattern):
            return mode
    return 'cipher_stateless'


def mask(names):
    """Return the bits of features."""
    return sum(1 << BITS[name] for name in names)


def names_of(bits):
    """Return the names of bits; one that has none is named by its number."""
    names = {number: name for name, number in BITS.items()}
    return frozenset(names.get(number, str(number)) for number in range(64) if bits >> number & 1)


def last(pattern, path):
    """Return what a pattern finds last in a log."""
    with open(path, encoding='utf-8', errors='replace') as log:
        found = re.findall(pattern, log.read())
    if not found:
        raise Failed(f'{os.path.basename(path)} does not tell the features')
    return found[-1]


def negotiated(application, host):
    """Return the features of the last connection, on which both logs have to agree."""
    driver = frozenset(last(r'virtio_crypto: \S+ features: (\S+)', application.output).split('+'))
    device = names_of(int(last('negotiated virtio features 0x([0-9a-f]+)', host.output), 16) &
                      ~(1 << PROTOCOL_FEATURES))
    if driver != device:
        raise Failed(f'{text(driver)} say the driver, {text(device)} the device')
    if 'version_1' not in driver:
        raise Failed('version_1 is not negotiated')
    return driver - {'version_1'}


def text(features):
    """Return names of features in one word."""
    return '+'.join(sorted(features, key=BITS.get)) or 'none'


def combinations(parity):
    """Return all that can be negotiated; EVENT_IDX is in every second, by parity in the others."""
    symmetric = [frozenset(some) | {'revision_1'} for count in range(len(MODES) + 1)
                 for some in itertools.combinations(MODES, count)]
    for modes, indirect in itertools.product([frozenset()] + symmetric, (False, True)):
        some = set(modes)
        if indirect:
            some.add('indirect_desc')
        if (len(some) + parity) % 2:
            some.add('event_idx')
        yield frozenset(some)


def ring_combinations():
    """Return all that can be negotiated of rings, with the stateless modes and without REVISION_1.

    Requests are the longest and the shortest there, and most of them are cut otherwise.
    """
    rings = ('indirect_desc', 'event_idx', 'ring_packed', 'in_order')
    for count in range(len(rings) + 1):
        for some in itertools.combinations(rings, count):
            if not set(some).isdisjoint(RINGS):
                yield frozenset(some) | frozenset(MODES) | {'revision_1'}
                yield frozenset(some)


def to_ask(wanted):
    """Return the arguments of the driver that have it ask for these features of rings."""
    return {RINGS[name]: 1 for name in wanted if name in RINGS}


def to_disable(wanted):
    """Return the names that leave these features; REVISION_1 takes the stateless modes along."""
    names = EVERYTHING - wanted
    if 'revision_1' in names:
        names = {name for name in names if not name.endswith('_stateless')}
    return names


class Known:
    """The known answers, and what they were with all features."""

    def __init__(self, run):
        self.run = run
        self.usual = {}

    def answers(self, vdev):
        """Run all known answers; return the application and the verdict on each case."""
        run = self.run
        application = run.start(vdev + ['--log-level', 'pmd.crypto.virtio:info'],
                                ['--case', 'known/*', '--exclude', NOT_ADVERTISED])
        return application, {case: (verdict, reason)
                             for verdict, case, reason in run.verdicts(application)}

    def learn(self, host):
        """Find out what there is with all features: every answer, without a session too."""
        application, found = self.answers(self.run.device(host.socket))
        self.usual = {case: verdict for case, (verdict, _) in found.items()}
        lacking = [case for case, verdict in self.usual.items() if verdict != 'ok']
        if lacking:
            raise Failed(f'with all features {len(lacking)} cases are not ok, first {lacking[0]}')
        modes = {mode_of(case) for case in self.usual if case.endswith('/stateless')}
        if modes != set(MODES):
            raise Failed(f'no case could go wrong without {text(set(MODES) - modes)}')
        everything = negotiated(application, host)
        if everything != EVERYTHING:
            raise Failed(f'with nothing switched off {text(everything)} is negotiated')

    def expected(self, case, features):
        """Return the verdict that a case must have."""
        if case.endswith('/stateless') and mode_of(case) not in features:
            return 'skip'
        return self.usual[case]

    def check(self, side, host, vdev, features):
        """Run all cases with some features, and say whether all is as it has to be."""
        name = f'{self.run.name}/{side}/{text(features)}'
        logs = len(self.run.logs)
        application, found = self.answers(vdev)
        wrong = [f'{case} is {verdict} {reason}' for case, (verdict, reason) in found.items()
                 if verdict != self.expected(case, features)]
        if negotiated(application, host) != features:
            wrong.insert(0, f'{text(negotiated(application, host))} was negotiated')
        if found.keys() != self.usual.keys():
            wrong.insert(0, f'{len(found)} cases were run instead of {len(self.usual)}')
        if wrong:
            self.run.say('not ok', name, f'{wrong[0]} ({len(wrong)} such)')
        else:
            self.run.say('ok', name)
            del self.run.logs[logs:]


def every_feature_combination(run):
    """Known answers with every set of features: left out by the driver, then by the device.

    A device is a program of its own each time, so there each set of modes comes once, and every
    second one has INDIRECT_DESC.
    """
    known = Known(run)
    host = run.host(cryptodevs=EVERY_ALGORITHM)
    known.learn(host)
    for features in itertools.chain(combinations(0), ring_combinations()):
        names = to_disable(features)
        options = {'disable_features': text(names)} if names else {}
        known.check('driver', host, run.device(host.socket, **options, **to_ask(features)),
                    features)
    host.end()
    for number, features in enumerate(combinations(1)):
        if number % 4 in (1, 2):
            continue
        # The driver asks for what the device, with each second set, does not have.
        asked = frozenset(RINGS) if number % 8 in (0, 3) else frozenset()
        names = to_disable(features) | asked
        options = ['--disable-features', text(names)] if names else []
        host = run.host(cryptodevs=EVERY_ALGORITHM, options=options)
        known.check('device', host, run.device(host.socket, **to_ask(asked)), features)
        host.end()


def send(peer, request, flags, *payload):
    """Send a vhost-user message whose payload are 64-bit numbers."""
    body = struct.pack(f'<{len(payload)}Q', *payload)
    peer.sendall(struct.pack('<3I', request, VERSION | flags, len(body)) + body)


def receive(peer):
    """Receive a vhost-user message with one number or none; None at the end of the stream."""
    header = peer.recv(12, sockets.MSG_WAITALL)
    if len(header) < 12:
        return None, None
    request, _, size = struct.unpack('<3I', header)
    body = peer.recv(size, sockets.MSG_WAITALL) if size else b''
    return request, struct.unpack('<Q', body)[0] if size == 8 else None


def asks(peer, request, flags, *payload):
    """Send a message; return the number that comes back."""
    send(peer, request, flags, *payload)
    return receive(peer)[1]


def stateless_without_revision_1(run):
    """A front-end that accepts a stateless mode without REVISION_1 is refused, and told so."""
    host = run.host()
    protocol = 1 << PROTOCOL_FEATURES
    for mode in MODES:
        wrong = mask(('version_1', mode)) | protocol
        with contextlib.closing(sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)) as peer:
            peer.settimeout(10 * run.args.timeout_factor)
            peer.connect(host.socket)
            if not mask((mode,)) & asks(peer, GET_FEATURES, 0):
                raise Failed(f'{mode} is not offered')
            send(peer, SET_PROTOCOL_FEATURES, 0, 1 << REPLY_ACK)
            send(peer, SET_OWNER, 0)
            if asks(peer, SET_FEATURES, NEED_REPLY, wrong) == 0:
                raise Failed(f'{mode} is taken without revision_1')
            if asks(peer, SET_FEATURES, NEED_REPLY, wrong | mask(('revision_1',))) != 0:
                raise Failed(f'{mode} is not taken with revision_1')
            send(peer, SET_FEATURES, 0, wrong)  # no answer wanted: the connection is the answer
            if receive(peer) != (None, None):
                raise Failed('the connection goes on')
        if f'acknowledges {mode} without revision_1' not in tail(host.output, 100):
            raise Failed(f'the log does not say what is wrong with {mode}')
    run.cases(run.device(host.socket), ['--case', 'known/aes-cbc/*'])
    host.end()


def device_offers_stateless_without_revision_1(run):
    """The driver accepts no stateless mode from a device that breaks the rule."""
    path = os.path.join(run.directory, 'wrong.sock')
    offered = mask(MODES + ('version_1', 'indirect_desc', 'akcipher_stateless'))
    with contextlib.closing(sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)) as listener:
        listener.bind(path)
        listener.listen()
        listener.settimeout(60 * run.args.timeout_factor)
        application = run.start(run.device(path))
        peer, _ = listener.accept()
        with contextlib.closing(peer):
            peer.settimeout(10 * run.args.timeout_factor)
            request, number = receive(peer)
            while request not in (SET_FEATURES, None):
                if request == GET_FEATURES:
                    send(peer, request, REPLY, offered | 1 << PROTOCOL_FEATURES)
                elif request == GET_PROTOCOL_FEATURES:
                    send(peer, request, REPLY, 0)
                request, number = receive(peer)
    application.wait(60 * run.args.timeout_factor)
    if request is None:
        raise Failed('the driver accepts nothing')
    accepted = names_of(number & ~(1 << PROTOCOL_FEATURES))
    if accepted != {'version_1', 'indirect_desc'}:
        raise Failed(f'the driver accepts {text(accepted)}')
    run.result('ok')


def wrong_feature_names(run):
    """Both programs name a feature that there is not, and those that there are."""
    for name, complaint in (('revision_2', 'unknown feature "revision_2"; known features: '),
                            ('version_1', 'version_1 cannot be disabled')):
        host = run.host(client=True, options=['--disable-features', name])
        application = run.start(run.device(os.path.join(run.directory, 'nobody.sock'),
                                           disable_features=f'event_idx+{name}'))
        for program, expected in ((host, os.EX_USAGE), (application, 1)):
            status = program.wait(60 * run.args.timeout_factor)
            if status != expected or complaint not in tail(program.output, 100):
                raise Failed(f'{os.path.basename(program.output)}: ended with {status}, and '
                             f'nothing says: {complaint}')
    run.result('ok')


SCENARIOS = (every_feature_combination, stateless_without_revision_1,
             device_offers_stateless_without_revision_1, wrong_feature_names)
