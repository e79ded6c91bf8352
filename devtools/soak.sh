#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Load host programs with several guests for long, while guests, hosts and sockets fail, from a bare
# checkout: install, build, run. usage: soak.sh [MINUTES]     30 of them if not said; see --help.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_and_build "$top/build"
exec "$top/app/test/soak/soak.py" --build "$top/build" "$@"
