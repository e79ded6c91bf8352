# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
# shellcheck shell=bash
#
# What test.sh does with the DPDK of another Debian. To be sourced: `dpdk`, `suite`, `folder`,
# `inside`, `build` and `build_here` are test.sh's.
# shellcheck disable=SC2154

# shellcheck source=devtools/suite_folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/suite_folder.sh"

# What each side is tested in with the other release on the far end: all services, all ways in which
# the two find and lose each other.
far_scenarios=(behind_aesni_mb behind_openssl behind_libcrypto behind_several_cryptodevs
	large_requests several_queues two_guests application_starts_again
	application_killed_in_flight application_listens host_killed_in_flight
	host_killed_under_rsa)

# The Debian that has a release of DPDK.
suite_of_dpdk()
{
	case $1 in
	22.11) say bookworm ;;
	24.11) say trixie ;;
	25.11) say sid ;;
	*) die "--dpdk takes 22.11, 24.11 or 25.11, not '$1'" ;;
	esac
}

section_folder()
{
	local version

	make_suite "$suite" "${packages_run[@]}" dpdk-doc || return 1
	version=$("${inside[@]}" pkg-config --modversion libdpdk)
	say "DPDK $version"
	[ "${version%.*}" = "$dpdk" ] ||
		die "$folder has DPDK $version, not $dpdk: another Debian has that now"
}

section_build_there()
{
	suite_call "$folder" build "$build"
}

# Two processes, one of them with the other release: far_two_process OPTION...
far_two_process()
{
	local scenario options=()

	for scenario in "${far_scenarios[@]}"; do
		options+=(--filter "$scenario")
	done
	"$top/app/test/two_process/two_process.py" --build "$build_here" "$@" "${options[@]}"
}

# Our driver with the machine's own DPDK, the host program with the other one.
section_host_there()
{
	far_two_process --host-build "$build" --wrap-host "${inside[*]@Q}"
}

section_driver_there()
{
	far_two_process --app-build "$build" --wrap-app "${inside[*]@Q}"
}

section_demo_there()
{
	"${inside[@]}" "$top/devtools/demo.py" --build "$build" --hugepages no --rounds 1
}
