#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Show it working, from a bare checkout: install, build, run, compare with the native cryptodev.
# Options are those of demo.py; see demo.sh --help.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

install_packages "${packages_run[@]}"
say "Building into $top/build"
if ! build "$top/build" >"$log" 2>&1; then
	tail -n 40 "$log"
	die "the build failed. If $top/build is old, remove it and try again."
fi
rm -f "$log"
exec python3 "$top/devtools/demo.py" --build "$top/build" "$@"
