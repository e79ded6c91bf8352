#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Folders that hold another suite of Debian, with what is newer there: DPDK, QEMU. To be run, or
# sourced for its functions.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Where the folders are. An application finds one below it by the suite's codename.
suite_folders=$(realpath -m "${SUITE_FOLDERS:-$top/build-suites}")

suite_usage()
{
	cat <<'END'
usage: suite_folder.sh SUITE [PACKAGE...]       make the folder, or add to it; print its path
       suite_folder.sh --run SUITE COMMAND...   run a command in it
       suite_folder.sh --remove SUITE           remove it

  SUITE  codename of a Debian, such as trixie or sid

The folders are made once, in build-suites/ or where SUITE_FOLDERS says. What runs in one sees this
source tree and /tmp under their usual names. Root is needed.
END
}

# Where the folder of a suite is: suite_folder SUITE
suite_folder()
{
	printf '%s/%s\n' "$suite_folders" "$1"
}

# Go on with a mount table of our own, which ends with us however we end:
# own_mounts "$0" "$@", before anything else is done.
own_mounts()
{
	[ "$(id -u)" = 0 ] || die "folders with another Debian are for root only"
	[ "${OWN_MOUNTS:-}" != $$ ] || return 0
	export OWN_MOUNTS=$$
	exec unshare --mount --propagation private -- "$@"
}

# What a folder needs to be worked in. Only after own_mounts: mount_suite FOLDER
mount_suite()
{
	mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
	mount --rbind /sys "$1/sys"
	mount -t tmpfs tmpfs "$1/run"
	mount --bind /tmp "$1/tmp"
	mkdir -p "$1$top"
	mount --bind "$top" "$1$top"
}

# Run a command in a folder whose mounts are there: in_suite FOLDER COMMAND...
in_suite()
{
	LC_ALL=C.UTF-8 chroot "$@"
}

# Call a function of common.sh in a folder: suite_call FOLDER FUNCTION ARGUMENT...
suite_call()
{
	local folder=$1

	shift
	# shellcheck disable=SC2016 # the other shell is to expand these
	in_suite "$folder" bash -c 'set -eu; . "$0"; "$@"' "$top/devtools/common.sh" "$@"
}

# What the folder's apt is told: the machine's proxies, and that a mirror may stand still.
apt_settings()
{
	apt-config dump | grep -i '^Acquire::[a-z]*::Proxy' || true
	say 'Acquire::Check-Valid-Until "false";'
}

bootstrap()
{
	local suite=$1 folder=$2 mirror log

	mirror=$(debian_mirror)
	[ -n "$mirror" ] || die "/etc/apt names no mirror of Debian $(debian_codename)," \
		"from which Debian $suite could be had"
	say "Installing: Debian $suite in $folder"
	rm -rf --one-file-system "$folder.new"
	log=$(mktemp)
	if ! debootstrap --variant=minbase --include=ca-certificates "$suite" "$folder.new" \
		"$mirror" >"$log" 2>&1; then
		tail -n 15 "$log" "$folder.new/debootstrap/debootstrap.log" 2>/dev/null
		rm -f "$log"
		die "debootstrap could not make a folder of Debian $suite"
	fi
	rm -f "$log"
	apt_settings >"$folder.new/etc/apt/apt.conf.d/90suite-folder"
	printf '#!/bin/sh\nexit 101\n' >"$folder.new/usr/sbin/policy-rc.d"
	chmod 755 "$folder.new/usr/sbin/policy-rc.d"
	mv "$folder.new" "$folder"
}

# Make the folder of a suite unless it is there, mount what it needs, and install what is missing of
# the packages; one at a time. Only after own_mounts: make_suite SUITE PACKAGE...
make_suite()
{
	local folder suite=$1 lock

	shift
	folder=$(suite_folder "$suite")
	install_packages debootstrap
	mkdir -p "$suite_folders"
	exec {lock}>"$folder.lock"
	flock "$lock"
	[ -d "$folder" ] || bootstrap "$suite" "$folder"
	mount_suite "$folder"
	suite_call "$folder" install_packages "$@"
	exec {lock}>&-
}

[ "${BASH_SOURCE[0]}" = "$0" ] || return 0

case ${1:--h} in
-h | --help) suite_usage ;;
--remove)
	[ $# = 2 ] || die "--remove takes the codename of a suite; see --help"
	[ "$(id -u)" = 0 ] || die "folders with another Debian are for root only"
	rm -rf --one-file-system "$(suite_folder "$2")"{,.new,.lock}
	;;
--run)
	[ $# -gt 2 ] || die "--run takes the codename of a suite and a command; see --help"
	own_mounts "$0" "$@"
	folder=$(suite_folder "$2")
	[ -d "$folder" ] || die "there is no folder of $2. First: $0 $2 PACKAGE..."
	mount_suite "$folder"
	shift 2
	in_suite "$folder" "$@"
	;;
-*) die "unknown option $1; see --help" ;;
*)
	own_mounts "$0" "$@"
	make_suite "$@" >&2
	suite_folder "$1"
	;;
esac
