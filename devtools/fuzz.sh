#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Fuzz one part, from its seeds and from what earlier runs have found.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seeds=$top/app/test/fuzz/seeds

usage()
{
	say "usage: fuzz.sh TARGET [MINUTES]"
	say
	say "Fuzzes TARGET for so many minutes (1), fractions allowed."
	say "Targets: $(ls -C "$seeds")"
	say "What makes it fail is kept in build-fuzz/TARGET, as are the inputs found so far, with"
	say "which the next run begins. To see a failure again, give the file to"
	say "build-fuzz/app/test/fuzz/fuzz_TARGET."
}

case ${1-} in
-h | --help)
	usage
	exit 0
	;;
esac
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	usage >&2
	exit 1
fi
target=$1
minutes=${2-1}
[ -d "$seeds/$target" ] || die "there is no target '$target'; there are: $(ls -C "$seeds")"
seconds=$(awk -v m="$minutes" 'BEGIN { if (m ~ /^[0-9]*\.?[0-9]+$/) print int(m * 60 + 0.5) }')
[ "${seconds:-0}" -gt 0 ] || die "'$minutes' is no number of minutes above 0"

install_packages "${packages_test[@]}"
build=$top/build-fuzz
program=app/test/fuzz/fuzz_$target
librte_vhost=-Dfuzz_librte_vhost=$build/librte_vhost
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" "$top" -Dfuzz=true "$librte_vhost"
if [ "$target" = vhost_user ]; then
	"$top/devtools/asan_vhost.sh" "$build/librte_vhost"
	grep -q "$program:" "$build/build.ninja" || meson configure "$build" "$librte_vhost"
fi
ninja -C "$build" "$program"
corpus=$build/$target
log=$build/$target.log
mkdir -p "$corpus/found"
case $target in
der) length=9000 ;; # of keys
*) length=1000 ;;
esac
code=0
# DPDK's crypto_openssl frees no keys of RSA sessions: a long run takes more than the usual 2 GiB.
"$build/$program" -max_total_time="$seconds" -max_len="$length" -timeout=120 -rss_limit_mb=8192 \
	-print_final_stats=1 -artifact_prefix="$corpus/failed-" \
	"$corpus/found" "$seeds/$target" >"$log" 2>&1 || code=$?
[ "$code" = 0 ] || tail -n 60 "$log"
count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
edges=$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
say "$target: $count executions, $edges edges covered; all of it is in $log"
[ "$code" = 0 ] || die "$target fails with $(sed -n 's/.*Test unit written to //p' "$log")"
