#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Prove parts of the device with CBMC, of a Debian that has it, in a folder.

set -eu

# shellcheck source=devtools/suite_folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/suite_folder.sh"

suite=trixie

usage()
{
	cat <<'END'
usage: prove.sh [--large] [--without] [--filter REGEX] [--timeout SECONDS]

  --large     with larger bounds, which takes hours
  --without   take checks out of a copy of the sources, one at a time: the proof has to fail then
  --filter    only proofs whose names match
  --timeout   seconds for one proof, after which it has failed (1200)

What is proven, and the checks: app/test/prove/proofs.py. CBMC is installed in a folder with another
Debian, see suite_folder.sh; root is needed.
END
}

case ${1-} in
-h | --help)
	usage
	exit 0
	;;
esac
own_mounts "$0" "$@"
install_packages "${packages_run[@]}"
make_suite "$suite" "${packages_prove[@]}"
LC_ALL=C.UTF-8 exec "$top/devtools/prove.py" --inside "chroot $(suite_folder "$suite")" "$@"
