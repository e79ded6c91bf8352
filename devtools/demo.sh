#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Show it working, from a bare checkout: install, build, run, compare with the native cryptodev.
# Options are those of demo.py; see demo.sh --help.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_and_build "$top/build"
exec python3 "$top/devtools/demo.py" --build "$top/build" "$@"
