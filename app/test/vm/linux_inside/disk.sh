#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# In a guest: a volume of dm-crypt on a disk in memory, written through a driver of the kernel and
# read by software, and the other way round.
# usage: disk.sh DRIVER MEGABYTES; status 77: dm-crypt does not take the driver

set -eu

driver=$1
megabytes=$2
sectors=$((megabytes * 2048))
software='cbc(aes-generic)'
key=$(od -An -N 32 -t x1 /dev/urandom | tr -d ' \n')
# There is no udev here that would make the nodes.
export DM_DISABLE_UDEV=1

map()
{
	dmsetup create volume --table "0 $sectors crypt capi:$1-plain64 $key 0 /dev/ram0 0"
}

unmap()
{
	dmsetup remove --retry volume
}

# Copy a file to the volume, past the cache, in requests of several sizes.
write_volume()
{
	local size

	for size in 512 4096 65536; do
		dd if="$1" of=/dev/mapper/volume bs="$size" count=$((65536 / size)) oflag=direct \
			conv=notrunc status=none
	done
	dd if="$1" of=/dev/mapper/volume bs=1M oflag=direct conv=notrunc status=none
}

compare()
{
	dd if="$2" bs=1M iflag=direct status=none | cmp - "$1" || {
		echo "$3"
		exit 1
	}
}

modprobe brd rd_nr=1 rd_size=$((megabytes * 1024)) max_part=0
modprobe dm-crypt
head -c $((megabytes << 20)) /dev/urandom >/run/first
head -c $((megabytes << 20)) /dev/urandom >/run/second

map "$driver" 2>/dev/null || {
	echo "dm-crypt of Linux $(uname -r) takes no driver that allocates memory for a request"
	exit 77
}
write_volume /run/first
compare /run/first /dev/mapper/volume "the volume does not give back what was written"
unmap
if cmp -s -n 512 /run/first /dev/ram0; then
	echo "the disk has the plain text"
	exit 1
fi
map "$software"
compare /run/first /dev/mapper/volume "software reads something else than what was written"
write_volume /run/second
unmap
map "$driver"
compare /run/second /dev/mapper/volume "what software wrote is read as something else"
unmap
rmmod brd
echo "$megabytes MiB written and read, both ways"
