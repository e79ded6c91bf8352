#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Build vfio.ko with what Debian's kernels lack: the mode without an IOMMU.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage()
{
	cat <<'END'
usage: vfio_module.sh [KERNEL]   build vfio.ko with CONFIG_VFIO_NOIOMMU; print its path

  KERNEL  a kernel of Debian's such as 6.1.0-56-amd64; default: the newest that is installed

It comes from the source of the kernel's own package. To be loaded in place of the kernel's own:
  modprobe -r vfio-pci vfio_iommu_type1 vfio; insmod FILE
END
}

case ${1:-} in
-*)
	usage
	[[ $1 =~ ^(-h|--help)$ ]] || die "unknown option $1"
	exit 0
	;;
esac
kernel=${1:-$(cd /boot && printf '%s\n' vmlinuz-* | sed 's/^vmlinuz-//' | sort -V | tail -n 1)}
[[ $kernel =~ ^([0-9]+\.[0-9]+)\. ]] || die "'$kernel' is no kernel such as 6.1.0-56-amd64"
source=linux-source-${BASH_REMATCH[1]}
folder=$top/build-vfio/$kernel

{
	install_packages gcc make xz-utils "linux-headers-$kernel" "$source"
	[ "$(package_version "linux-headers-$kernel")" = "$(package_version "$source")" ] ||
		die "$source is not of the version that linux-headers-$kernel is of:" \
			"use the newest kernel of this Debian"
	rm -rf "$folder"
	mkdir -p "$folder"
	tar -C "$folder" --strip-components=3 --wildcards -xf "/usr/src/$source.tar.xz" \
		"$source/drivers/vfio/*"
	# The other modules of the directory are the same without it.
	make -C "/lib/modules/$kernel/build" M="$folder" CONFIG_VFIO_NOIOMMU=y \
		KCFLAGS=-DCONFIG_VFIO_NOIOMMU=1 \
		CONFIG_VFIO_{IOMMU_TYPE1,VIRQFD,PCI,PCI_CORE,PLATFORM,MDEV}= modules
} >&2
say "$folder/vfio.ko"
