# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Scenarios of two_process.py: what the host program serves, that is cryptodevs and their sizes."""

import os

import dpdks_host
from dpdk_process import ProgramError
from two_process_programs import EVERY_ALGORITHM, NOT_ADVERTISED, Failed

# What a software cryptodev of DPDK 22.11 does wrong by itself: these cases are left out when it is
# tested natively. A device that serves it has to make up for that.
NATIVE_LIMITS = {
    'crypto_aesni_mb': (
        'invalid/*',                            # nothing is checked
        'capabilities/walk',                    # ZUC has no MAC of 12 bytes, but advertises it
        'known/*/stateless',                    # crashes on session memory that is new
        'sessions/refused/*iv_of*', 'sessions/refused/aes_cmac_without_key',
        'chains/aes-cbc+aes-gmac/*',            # accepted, and wrong
        'scatter/*cut*/*+*', 'scatter/in_place/*+*',    # a digest has to follow the text
        'scatter/in_place/hmac-*',
        'sizes/*/scattered', 'limits/segments/*',   # and 65535 bytes are the most
        'limits/auth_key/*'),                       # so they are of a key
    'crypto_openssl': (
        'invalid/*', 'sessions/refused/*iv_of*', 'sessions/refused/sha1_digest_of_64',
        'chains/aes-cbc+aes-gmac/*',
        'rings/bursts_of_300', 'life/queue_pair_alone',     # a full queue does its work twice
        'scatter/in_place/*', 'scatter/*/*+*/digest_of_more', 'scatter/*/*+*/disjoint_regions',
        'scatter/cut*/*+*/esp_regions',
        'limits/segments/*+*', 'limits/auth_key/*',
        'rsa/hashes/*', 'rsa/bad/*_message', 'rsa/recover',     # neither hashed nor compared
        'rsa/bad/oaep', 'rsa/bad/pss_to_sign',  # sessions with any padding since 24.11
        'rsa/sessionless/*'),                                   # there are none
    'crypto_snow3g': ('invalid/*', 'known/*/stateless'),
    'crypto_zuc': ('invalid/*', 'known/*/stateless'),
    'crypto_kasumi': ('invalid/*', 'known/*/stateless'),
    'crypto_libcrypto': (),
}

# Cases that must not be skipped behind a cryptodev: without them a scenario proves nothing.
REQUIRED = {
    'crypto_aesni_mb': (
        'known/aes-cbc/*', 'known/aes-ctr/*', 'known/des-cbc/*', 'known/3des-cbc/*',
        'chains/aes-cbc+hmac-sha*', 'random/aes-c*+hmac-sha*', 'scatter/*/aes-cbc*',
        'sizes/aes-cbc*', 'rings/[bfi]*', 'sessions/a_thousand', 'sessions/come*', 'life/[isd]*',
        'invalid/*', 'limits/segments/*', 'limits/auth_key/*'),
    'crypto_openssl': ('known/aes-cbc/*', 'known/3des-c*', 'known/hmac-*', 'chains/aes-cbc+hmac-*',
                       'rsa/*'),
    'crypto_snow3g': ('known/snow3g-uea2/*', 'chains/snow3g-uea2+snow3g-uia2/*'),
    'crypto_zuc': ('known/zuc-eea3/ts35*', 'chains/zuc-eea3+zuc-eia3/*'),
    'crypto_kasumi': ('known/kasumi-f8/*', 'chains/kasumi-f8+kasumi-f9/*'),
    # The tests' own, for what none of DPDK's does: app/test/cryptodev/.
    'crypto_libcrypto': (
        'known/arc4/*', 'known/3des-ecb/*', 'known/aes-f8/*', 'known/aes-xts/*', 'known/sha3-*',
        'known/aes-cbc-mac/*', 'random/aes-f8', 'random/aes-xts', 'random/sha3-*',
        'chains/aes-f8+sha3-256/*', 'chains/arc4+aes-cbc-mac/*', 'scatter/*/aes-f8/*',
        'scatter/*/sha3-256/*', 'scatter/*/aes-xts+aes-cbc-mac/*', 'scatter/*/sha3-512+arc4/*'),
}

# Cases of a device that takes the largest requests; its max_size is the default one.
LARGE = ['--max-size', '1048576', '--max-content', '2101248', '--require', 'sizes/*',
         '--require', 'limits/*', '--case', 'sizes/*', '--case', 'limits/*']


def requires(cryptodev):
    """Return the options for the cases that must not be skipped behind a cryptodev."""
    return [word for pattern in REQUIRED[cryptodev] for word in ('--require', pattern)]


def behind(run, cryptodev):
    """Every case through driver and device, with this cryptodev behind them."""
    host = run.host(cryptodevs=(cryptodev,))
    options = requires(cryptodev)
    # Each segment takes a descriptor of the ring then, and a ring has so many of them.
    if 'indirect_desc' in run.arguments.get('disable_features', ''):
        options += ['--exclude', 'rings/takes_as_many_as_descriptors']
    run.cases(run.device(host.socket), options)
    host.end()


def native(run, cryptodev):
    """Every case on the cryptodev itself: what the cases expect is what DPDK does."""
    # The rings of DPDK's cryptodevs have one place less than descriptors were asked for, and an
    # operation in flight keeps the status that it had. The traffic of pools/* is scattered, which
    # crypto_aesni_mb and crypto_openssl get wrong although they advertise it.
    excludes = [word for pattern in (*NATIVE_LIMITS[cryptodev], 'rings/takes_as_many*',
                                     'statuses/used_again', 'pools/*')
                for word in ('--exclude', pattern)]
    run.cases(run.cryptodev(cryptodev), excludes + requires(cryptodev))


def named(name, function, *args):
    """Return a scenario of this name that calls a function."""
    def run_it(run):
        function(run, *args)
    run_it.__name__ = name
    return run_it


def with_cryptodevs():
    """Return a scenario for each cryptodev, alone and behind the device."""
    return [named(f"{name}_{cryptodev.replace('crypto_', '')}", function, cryptodev)
            for name, function in (('native', native), ('behind', behind))
            for cryptodev in REQUIRED]


def walk(run, cryptodevs):
    """Try all lengths that a set of cryptodevs advertises."""
    host = run.host(cryptodevs=cryptodevs)
    run.cases(run.device(host.socket), ['--case', 'capabilities/*', '--require',
                                        'capabilities/walk'])
    host.end()


def with_walks():
    """Return a scenario for each set of cryptodevs whose advertised lengths are tried."""
    alone = ('aesni_mb', 'aesni_gcm', 'openssl', 'snow3g', 'zuc', 'kasumi', 'chacha20_poly1305',
             'null')
    sets = [(name,) for name in alone]
    sets += [('aesni_mb', 'openssl'), ('openssl', 'aesni_mb'),
             ('aesni_gcm', 'zuc', 'snow3g', 'openssl')]
    return [named('advertised_by_' + '_and_'.join(names), walk,
                  tuple('crypto_' + name for name in names)) for names in sets]


def behind_several_cryptodevs(run):
    """One device offers what any of its cryptodevs can do."""
    host = run.host(cryptodevs=('crypto_aesni_mb', 'crypto_openssl'))
    patterns = ['known/des-cbc/*', 'known/3des-ctr/*', 'known/kasumi-f8/*', 'known/aes-cbc/*',
                'chains/aes-cbc+md5/*', 'chains/aes-cbc+hmac-sha1/*', 'chains/aes-cbc+aes-xcbc*',
                'rsa/*']
    run.cases(run.device(host.socket),
              [word for pattern in patterns for word in ('--require', pattern)])
    host.end()


def behind_every_algorithm(run):
    """One device offers the whole table of algorithms; all published answers that it can say."""
    host = run.host(cryptodevs=EVERY_ALGORITHM)
    patterns = ['known/*', 'random/*', 'ecdsa/*/[!k]*', 'ecdsa/*/known_verify', 'ecdsa/*/key_*']
    run.cases(run.device(host.socket),
              [word for pattern in patterns for word in ('--require', pattern)] +
              ['--exclude', NOT_ADVERTISED])
    host.end()


def behind_a_scheduler(run):
    """Cryptodevs that a scheduler makes one of; it has what all of its workers have."""
    host = run.host(cryptodevs=('crypto_scheduler',), workers=('crypto_aesni_mb',) * 2)
    run.cases(run.device(host.socket), requires('crypto_aesni_mb'))
    host.end()
    host = run.host(cryptodevs=('crypto_scheduler',), workers=('crypto_aesni_mb', 'crypto_openssl'))
    run.cases(run.device(host.socket), ['--require', 'known/aes-cbc/*', '--require',
                                        'chains/aes-cbc+hmac-sha1/*', '--case', 'known/*',
                                        '--case', 'chains/*', '--case', 'sizes/*'])
    host.end()


def behind_a_scheduler_and_another(run):
    """Large requests leave a scheduler whose workers do not take them, too."""
    host = run.host(cryptodevs=('crypto_scheduler', 'crypto_openssl'),
                    workers=('crypto_aesni_mb',) * 2)
    run.cases(run.device(host.socket), LARGE + ['--case', 'known/*'])
    host.end()


def large_requests(run):
    """A megabyte goes to the cryptodev that takes it; sessions stay where they are."""
    host = run.host(cryptodevs=('crypto_aesni_mb', 'crypto_openssl'))
    run.cases(run.device(host.socket), LARGE)
    host.end()
    host = run.host(cryptodevs=('crypto_openssl',), options=['--copy'])
    run.cases(run.device(host.socket), LARGE)
    host.end()


def small_requests(run):
    """The driver keeps to the size that the device states; a size that nobody has is refused."""
    host = run.host(options=['--max-size', '4096'])
    run.cases(run.device(host.socket), ['--max-content', '4096', '--max-size', '1900', '--require',
                                        'limits/content/*', '--case', 'limits/*'])
    host.end()
    try:
        run.host(options=['--max-size', '1048576'])
    except ProgramError as error:
        if '196733' not in str(error):
            raise Failed('nothing says which size is possible') from error
        run.result('ok')
    else:
        raise Failed('a device with requests that its cryptodev cannot do')


def behind_copies(run):
    """The host program works on copies of the data."""
    host = run.host(options=['--copy'])
    run.cases(run.device(host.socket), requires('crypto_aesni_mb'))
    host.end()


def behind_another_host(run):
    """A host program's cryptodev is our driver, whose back-end finds DPDK's memory only; then there
    is another cryptodev beside it, which works on the front-end's memory."""
    known = ('known/*', 'random/*', 'ecdsa/*/known_verify')
    for inside, beside, patterns in (
            (EVERY_ALGORITHM, (), known + ('rings/bursts*', 'scatter/*/aes-cbc+hmac-sha1/whole')),
            (('crypto_libcrypto',), ('crypto_aesni_mb',),
             ('known/aes-cbc/*', 'known/aes-xts/*', 'known/aes-ctr/*', 'random/aes-c*'))):
        # The two host programs share a processor: one must not poll while the other has to work.
        inner = run.host(cryptodevs=inside, options=['--mode', 'adaptive'])
        host = run.host(cryptodevs=beside, first=run.device(inner.socket))
        run.cases(run.device(host.socket),
                  [word for pattern in patterns
                   for word in ('--require', pattern, '--case', pattern)]
                  + ['--exclude', NOT_ADVERTISED])
        host.end()
        inner.end()


def dpdks_own_program(run):
    """DPDK's example, compiled unchanged against our header and library, serves our driver."""
    program = os.path.join(run.args.host_build, 'app/test/dpdk_example_vhost_crypto')
    if not os.path.exists(program):
        run.result('skip', 'its source is not installed (package dpdk-doc)')
        return
    host = run.host(program=program)
    patterns = ['known/aes-cbc/*crypt', 'known/aes-ctr/*crypt', 'chains/aes-cbc+hmac-sha*',
                'scatter/*/aes-cbc+hmac-sha1/every_boundary', 'rings/*_of_*']
    run.cases(run.device(host.socket), [word for pattern in patterns
                                        for word in ('--require', pattern, '--case', pattern)])
    host.check()
    host.kill()


def behind_dpdks_library(run, folder, patterns):
    """What the host program of DPDK does right on DPDK's own library, with our driver."""
    host = run.stack.enter_context(dpdks_host.DpdksHost(
        run.args, run.log('host'), run.directory, folder))
    patterns += ('known/aes-cbc/*crypt', 'chains/aes-cbc+hmac-sha1/encrypt_then_generate',
                 'chains/aes-cbc+hmac-sha256/encrypt_then_generate',
                 'scatter/linear/aes-cbc*/whole')
    run.cases(run.device(host.socket), [word for pattern in patterns
                                        for word in ('--require', pattern, '--case', pattern)])
    host.check()
    host.kill()


def dpdks_own_library(run):
    """DPDK's own host library, that of this machine."""
    behind_dpdks_library(run, None, ())


def dpdks_newer_library(run):
    """That of a folder with a newer DPDK."""
    behind_dpdks_library(run, dpdks_host.newer_dpdk(run.args), ('rings/*_of_*', 'sessions/[ac]*'))


def hugepages_aesni_mb(run):
    """Memory that DPDK shares as hugepages, growing while the device runs."""
    if not run.has_hugepages():
        return
    run.hugepages = True
    behind(run, 'crypto_aesni_mb')


SCENARIOS = (*with_cryptodevs(), *with_walks(), behind_several_cryptodevs, behind_every_algorithm,
             behind_a_scheduler, behind_a_scheduler_and_another, large_requests, small_requests,
             behind_copies, behind_another_host, dpdks_own_program, dpdks_own_library,
             dpdks_newer_library, hugepages_aesni_mb)
