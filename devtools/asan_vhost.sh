#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Build librte_vhost with AddressSanitizer, from the source of the DPDK package that is installed.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cflags=(-g -O1 -fPIC -w -fno-strict-aliasing -D_GNU_SOURCE -DALLOW_EXPERIMENTAL_API
	-DALLOW_INTERNAL_API -DRTE_LOG_DEFAULT_LOGTYPE=lib.vhost)

usage()
{
	say "usage: asan_vhost.sh DIRECTORY"
	say
	say "Builds librte_vhost.so of the installed DPDK into DIRECTORY, for clang's"
	say "AddressSanitizer and libFuzzer. The source comes from Debian's source package, by apt,"
	say "from the mirror that the machine has its packages from. The configuration of apt"
	say "stays as it is."
}

# Unpack the source of a version of DPDK into $dir/source.
fetch_source()
{
	local version=$1 scratch=$dir/apt options

	rm -rf "$scratch" "$dir/source"
	mkdir -p "$scratch/lists/partial"
	# The same mirror and releases as for packages, for source packages.
	# shellcheck disable=SC2016 # these are for apt-get
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' \
		'Created-By: Packages' |
		awk '$4 == "Debian" && NF == 4 { print "deb-src", $1, $2, $3 }' |
		sort -u >"$scratch/sources.list"
	options=(-q -o "Dir::Etc::SourceList=$scratch/sources.list"
		-o "Dir::Etc::SourceParts=$scratch/none" -o "Dir::State::Lists=$scratch/lists"
		-o APT::Sandbox::User=root)
	(cd "$scratch" && apt-get "${options[@]}" update &&
		apt-get "${options[@]}" source --download-only "dpdk=$version" &&
		dpkg-source --no-check -x ./*.dsc source) >"$dir/source.log" 2>&1 || {
		tail -n 15 "$dir/source.log"
		die "apt-get cannot download the source of dpdk $version"
	}
	mv "$scratch/source" "$dir/source"
	rm -rf "$scratch"
	say "$version" >"$dir/source.version"
}

# Compile one file. virtio_net.c, the data path of network devices, would take more than a minute
# with AddressSanitizer, and a crypto device has no use for it.
compile()
{
	local file=$1 name=${1##*/} flags=("${cflags[@]}")

	# shellcheck disable=SC2054 # the comma is clang's
	[ "$name" = virtio_net.c ] || flags+=(-fsanitize=address,fuzzer-no-link)
	# shellcheck disable=SC2046 # options of pkg-config
	clang "${flags[@]}" $(pkg-config --cflags libdpdk) "${includes[@]}" -c "$file" \
		-o "$dir/${name%.c}.o"
}

# All that librte_vhost consists of.
compile_all()
{
	local file jobs=() job failed=0

	for file in "$dir"/source/lib/vhost/*.c; do
		compile "$file" &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do
		wait "$job" || failed=1
	done
	return "$failed"
}

case ${1-} in
-h | --help)
	usage
	exit 0
	;;
esac
if [ $# != 1 ]; then
	usage >&2
	exit 1
fi
install_packages "${packages_test[@]}"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
library=$(readlink -f "$(pkg-config --variable=libdir libdpdk)/librte_vhost.so")
soname=$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')
# shellcheck disable=SC2016 # this is for dpkg-query
version=$(dpkg-query -W -f '${source:Version}' libdpdk-dev)
if [ "$(cat "$dir/source.version" 2>/dev/null)" != "$version" ]; then
	say "Downloading the source of dpdk $version"
	rm -f "$dir/$soname"
	fetch_source "$version"
fi
[ ! -f "$dir/$soname" ] || exit 0
say "Building librte_vhost of dpdk $version with AddressSanitizer into $dir"
includes=()
for folder in "$dir"/source/lib/* "$dir"/source/lib/eal/{,linux/,x86/}include; do
	includes+=(-I "$folder")
done
compile_all
clang -shared -fsanitize=address "$dir"/*.o -o "$dir/$soname" "-Wl,-soname,$soname" \
	"-Wl,--version-script=$dir/source/lib/vhost/version.map"
ln -sf "$soname" "$dir/librte_vhost.so"
