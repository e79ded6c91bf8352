# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
# shellcheck shell=bash
#
# What the scripts here share: the packages, and the build. To be sourced.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# To build and run. libdpdk-dev brings every driver, dpdk-dev has dpdk-test and
# dpdk-test-crypto-perf; openssl computes the answers that the tests compare with.
packages_run=(gcc libc6-dev libdpdk-dev libssl-dev meson ninja-build pkg-config
	dpdk-dev openssl python3)
# shellcheck disable=SC2034 # used by those who source this file
# For the tests besides: the second compiler, its fuzzer, checks of style, the source of DPDK's
# examples, and a tracer that holds a program between two system calls;
# what unpacks a source package; readers of man pages and of systemd's units.
packages_test=("${packages_run[@]}" binutils clang clang-format dpdk-doc dpkg-dev libclang-rt-dev
	mandoc shellcheck strace systemd)

# shellcheck disable=SC2034
# For gateways in network namespaces: the source of DPDK's examples, and what sets networks up.
packages_gateway=(dpdk-doc iproute2 iputils-ping util-linux)

# shellcheck disable=SC2034
# To build the guides and the reference of the library's interface.
packages_docs=(doxygen python3-sphinx python3-sphinx-rtd-theme)

# shellcheck disable=SC2034
# To build Debian packages, check them, and try them in a folder.
packages_debian=("${packages_docs[@]}" autopkgtest debhelper debootstrap dpkg-dev lintian mandoc
	pkgconf)

# shellcheck disable=SC2034
# For guests: an emulator, a kernel, and what the tests inside use.
packages_guest=(busybox-static dmsetup iproute2 kexec-tools kmod linux-headers-amd64
	linux-image-amd64 make qemu-system-x86)

# shellcheck disable=SC2034
# In a folder with Debian unstable: an emulator with the generic front-end, what DPDK's own host
# program is compiled with, and a kernel with what a module for it is built with.
packages_newer=(dpdk-doc ipxe-qemu kmod libc6-dev libdpdk-dev linux-headers-amd64 linux-image-amd64
	make qemu-system-x86 seabios)

# shellcheck disable=SC2034
# In a folder with Debian 13: the model checker, and headers for its own library of C functions.
packages_prove=(cbmc libc6-dev)

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf 'error: %s\n' "$*" >&2
	exit 1
}

# Name those of the given packages that are not installed.
missing_packages()
{
	local package status

	for package in "$@"; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$status" = installed ] || printf '%s\n' "$package"
	done
}

# Without Debian's tools all one can do is to look for what is needed.
check_tools()
{
	local tool

	for tool in gcc meson ninja pkg-config dpdk-test dpdk-test-crypto-perf openssl python3; do
		command -v "$tool" >/dev/null ||
			die "there is no $tool, and no apt-get to install it with." \
				"Install what these Debian packages hold: $*"
	done
}

# Install what is missing of the given packages.
install_packages()
{
	local missing log

	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		check_tools "$@"
		return
	fi
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] ||
		die "packages are missing. As root, run this again, or:" \
			"apt-get install --no-install-recommends ${missing[*]}"
	say "Installing: ${missing[*]}"
	log=$(mktemp)
	if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
		--no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -n 15 "$log"
		rm -f "$log"
		die "apt-get could not install these packages: ${missing[*]}." \
			"Is there a network, and a mirror in /etc/apt?"
	fi
	rm -f "$log"
}

# The version of a package that is installed, or that would be.
package_version()
{
	apt-cache policy "$1" | awk '$1 == "Installed:" && $2 != "(none)" { print $2; exit }
		$1 == "Candidate:" { print $2; exit }'
}

# The codename of the Debian that the machine has.
debian_codename()
{
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# The address of the mirror that the machine has its own Debian from; nothing if there is none.
debian_mirror()
{
	# shellcheck disable=SC2016 # these are for apt-get
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
		awk -v name="$(debian_codename)" '$2 == name { print $1; exit }'
}

# Install QEMU from the backports of the mirror that the machine has for everything else.
install_newer_qemu()
{
	local codename mirror log

	codename=$(debian_codename)
	mirror=$(debian_mirror)
	if [ "$(id -u)" != 0 ] || [ -z "$mirror" ]; then
		die "QEMU 10 or later is needed. As root, add the backports of Debian $codename" \
			"to /etc/apt, and install qemu-system-x86 from there"
	fi
	apt-cache policy | grep -q "n=$codename-backports" ||
		echo "deb $mirror $codename-backports main" \
			>"/etc/apt/sources.list.d/$codename-backports.list"
	say "Installing: qemu-system-x86 of $codename-backports"
	log=$(mktemp)
	if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
		--no-install-recommends -t "$codename-backports" qemu-system-x86; } \
		>"$log" 2>&1; then
		tail -n 15 "$log"
		rm -f "$log"
		die "apt-get could not install qemu-system-x86 of $codename-backports"
	fi
	rm -f "$log"
}

# Install what guests need. QEMU 7.2, which is Debian 12's, cannot be used.
install_guest_packages()
{
	command -v apt-get >/dev/null || return 0
	if dpkg --compare-versions "$(package_version qemu-system-x86)" lt 1:10; then
		install_newer_qemu
	fi
	install_packages "${packages_guest[@]}"
}

# Configure (once) and build a directory: build DIR [meson option...]. Ninja says what went wrong.
build()
{
	local dir=$1

	shift
	if [ ! -f "$dir/build.ninja" ]; then
		meson setup "$dir" "$top" "$@" || return 1
	fi
	ninja -C "$dir"
}

# Install what is needed to run, and build a directory: its messages are shown if that fails.
install_and_build()
{
	local dir=$1 log

	install_packages "${packages_run[@]}"
	say "Building into $dir"
	log=$(mktemp)
	if ! build "$dir" >"$log" 2>&1; then
		tail -n 40 "$log"
		rm -f "$log"
		die "the build failed. If $dir is old, remove it and try again."
	fi
	rm -f "$log"
}

# Build one more program in a build directory: one that is not built by default, and that a
# directory does not know if it was made before the package with the program's source came.
build_target()
{
	local dir=$1 target=$2 log

	log=$(mktemp)
	if ! ninja -C "$dir" "$target" >"$log" 2>&1 &&
		! { meson setup --reconfigure "$dir" "$top" && ninja -C "$dir" "$target"; } \
			>"$log" 2>&1; then
		tail -n 40 "$log"
		rm -f "$log"
		die "cannot build $target"
	fi
	rm -f "$log"
}
