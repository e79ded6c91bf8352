#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Have gcc -fanalyzer, clang-tidy and cppcheck look for mistakes; analyze.py has what is explained.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install_packages "${packages_test[@]}" clang-tidy cppcheck
# Only the commands are needed, and no tests of what guests cannot reach.
build=$top/build-analyze
[ -f "$build/build.ninja" ] || meson setup "$build" "$top" -Dtests=false >/dev/null
exec "$top/devtools/analyze.py" --build "$build" "$@"
