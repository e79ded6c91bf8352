#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# An IPsec tunnel between two gateways, from a bare checkout: install, build, run. Options are those
# of gateway.py; see gateway.sh --help.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages "${packages_gateway[@]}"
install_and_build "$top/build"
say "Building DPDK's ipsec-secgw from /usr/share/dpdk/examples"
build_target "$top/build" app/test/programs/dpdk_example_ipsec-secgw
exec python3 "$top/devtools/gateway.py" --build "$top/build" "$@"
