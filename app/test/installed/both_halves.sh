#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Whether what is installed works: the host program serves a socket, and an application does the
# known-answer tests through it, with the driver that EAL finds by itself. Neither needs root, nor
# hugepages. Takes a few seconds.
# usage: both_halves.sh [EAL OPTION...]     options are for the application, such as -d DRIVER

set -eu

die()
{
	printf 'not ok %s\n' "$*"
	exit 1
}

clean_up()
{
	[ -z "$host" ] || kill -KILL "$host" 2>/dev/null || true
	rm -rf "$directory"
}

host=
program=${HOST_PROGRAM:-dpdk-vhost_crypto}
application=${TEST_PROGRAM:-$(dirname "$0")/virtio_crypto_test}
directory=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
export XDG_RUNTIME_DIR="$directory"
socket=$directory/crypto.sock

printf 'as %s: %s\n' "$(id)" "$("$program" --version)"
"$program" --no-huge -m 128 --no-pci --file-prefix host --lcores '(0-1)' --vdev crypto_openssl0 \
	-- --config '(1,0,0)' --socket-file "1,$socket" --mode adaptive >"$directory/host" 2>&1 &
host=$!
timeout=600
until grep -q '^serving' "$directory/host"; do
	kill -0 "$host" 2>/dev/null || { cat "$directory/host"; die "the host program ended"; }
	timeout=$((timeout - 1))
	[ "$timeout" -gt 0 ] || die "the host program serves nothing after 60 s"
	sleep 0.1
done

"$application" "$@" --no-huge -m 256 --no-pci --no-telemetry --file-prefix guest --lcores '(0)' \
	--vdev "crypto_virtio_user0,path=$socket" -- --case 'known/*' --timeout 60 \
	>"$directory/guest" 2>&1 || { cat "$directory/guest"; die "the application failed"; }
results=$(grep -E '^[0-9]+ passed, 0 failed' "$directory/guest") ||
	{ cat "$directory/guest"; die "the application has no results"; }
printf 'application: %s\n' "$results"

kill -TERM "$host"
wait "$host" || { cat "$directory/host"; die "the host program ended with $?"; }
host=
counters=$(grep ' queue 0: ' "$directory/host")
printf 'host program: %s\n' "${counters#*queue 0: }"
# Each published answer was computed by the host program, and not by the application.
requests=$(printf '%s\n' "$counters" | sed 's/.* queue 0: \([0-9]*\) requests.*/\1/')
[ "$requests" -ge "${results%% *}" ] ||
	die "$requests requests are less than the results of the application"
[ ! -e "$socket" ] || die "the socket is still there"
printf '1 passed, 0 failed\n'
