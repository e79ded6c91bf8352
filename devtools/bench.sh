#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Measure, from a bare checkout: install, build, run. Options are those of bench.py; see
# bench.sh --help.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Another build directory, with --build DIR as the first option.
dir=$top/build
if [ "${1:-}" = --build ] && [ $# -ge 2 ]; then
	dir=$2
	shift 2
fi

install_and_build "$dir"
exec python3 "$top/devtools/bench.py" --build "$dir" "$@"
