#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Give virtio-crypto PCI devices to DPDK, or back to the kernel. dpdk-devbind.py shows no device of
# their class.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage()
{
	cat <<'END'
usage: bind.sh                        list the virtio-crypto devices and their drivers
       bind.sh [--no-iommu] DRIVER [ADDRESS]...

  DRIVER       uio_pci_generic, vfio-pci or igb_uio, for DPDK; virtio-pci, for the kernel
  ADDRESS      of a device, such as 0000:00:04.0 or 00:04.0; default: all that there are
  --no-iommu   let vfio-pci work without an IOMMU: DPDK can then have the device reach all memory
END
}

pci=/sys/bus/pci
vendor=0x1af4
device=0x1054 # 0x1040 + 20, the virtio device ID
no_iommu=
driver=
addresses=()

driver_of()
{
	if [ -e "$pci/devices/$1/driver" ]; then
		basename "$(readlink "$pci/devices/$1/driver")"
	else
		say none
	fi
}

find_devices()
{
	local path

	for path in "$pci"/devices/*; do
		[ -e "$path/device" ] || continue
		if [ "$(<"$path/vendor")" = $vendor ] && [ "$(<"$path/device")" = $device ]; then
			basename "$path"
		fi
	done
}

list()
{
	local address group found=

	for address in $(find_devices); do
		group=none
		if [ -e "$pci/devices/$address/iommu_group" ]; then
			group=$(basename "$(readlink "$pci/devices/$address/iommu_group")")
		fi
		say "$address driver $(driver_of "$address"), IOMMU group $group"
		found=yes
	done
	[ -n "$found" ] || say "there is no virtio-crypto PCI device (1af4:1054)"
}

check_device()
{
	[ -e "$pci/devices/$1" ] || die "there is no PCI device $1; without arguments I list them"
	if [ "$(<"$pci/devices/$1/vendor")" != $vendor ] ||
		[ "$(<"$pci/devices/$1/device")" != $device ]; then
		die "$1 is no virtio-crypto device (1af4:1054)"
	fi
}

# vfio-pci wants an IOMMU, unless it is told to do without.
check_iommu()
{
	local mode=/sys/module/vfio/parameters/enable_unsafe_noiommu_mode

	[ "$driver" = vfio-pci ] || return 0
	if [ -n "$no_iommu" ]; then
		[ -w $mode ] ||
			die "this kernel was built without CONFIG_VFIO_NOIOMMU: use uio_pci_generic"
		echo 1 >$mode
		return 0
	fi
	[ -e "$pci/devices/$1/iommu_group" ] ||
		die "$1 has no IOMMU: start the kernel with one, or give --no-iommu," \
			"or use uio_pci_generic"
}

bind()
{
	local path=$pci/devices/$1

	check_iommu "$1"
	echo "$driver" >"$path/driver_override"
	[ "$(driver_of "$1")" != "$driver" ] || return 0
	[ ! -e "$path/driver" ] || echo "$1" >"$path/driver/unbind"
	echo "$1" >$pci/drivers_probe || true
	[ "$(driver_of "$1")" = "$driver" ] ||
		die "$1 is not bound to $driver, but to: $(driver_of "$1");" \
			"the kernel's log says why"
}

while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--no-iommu) no_iommu=yes ;;
	-*)
		usage >&2
		die "unknown option $1"
		;;
	*:*.*)
		case $1 in
		*:*:*) addresses+=("$1") ;;
		*) addresses+=("0000:$1") ;;
		esac
		;;
	*)
		[ -z "$driver" ] || die "two drivers, $driver and $1, or a wrong address"
		driver=$1
		;;
	esac
	shift
done

if [ -z "$driver" ]; then
	[ ${#addresses[@]} = 0 ] || die "which driver is ${addresses[0]} to have? see --help"
	list
	exit 0
fi
case $driver in
uio_pci_generic | vfio-pci | igb_uio | virtio-pci) ;;
*) die "unknown driver $driver: uio_pci_generic, vfio-pci, igb_uio, or virtio-pci" ;;
esac
[ ${#addresses[@]} -gt 0 ] || mapfile -t addresses < <(find_devices)
[ ${#addresses[@]} -gt 0 ] || die "there is no virtio-crypto PCI device (1af4:1054)"
for address in "${addresses[@]}"; do
	check_device "$address"
done
[ "$(id -u)" = 0 ] || die "only root can bind devices"
modprobe "$driver" 2>/dev/null || [ -e "$pci/drivers/$driver" ] ||
	die "the kernel has no driver $driver"
for address in "${addresses[@]}"; do
	bind "$address"
	say "$address is bound to $driver"
done
