# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
# shellcheck shell=bash
#
# Completion of dpdk-vhost_crypto's command line for bash.

_dpdk_vhost_crypto()
{
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local word words

	COMPREPLY=()
	case $before in
	--mode) words='poll adaptive' ;;
	--socket-mode) words='600 660 666' ;;
	--disable-features)
		words='indirect_desc event_idx ring_packed in_order revision_1 cipher_stateless
			hash_stateless mac_stateless aead_stateless akcipher_stateless'
		;;
	--socket-group)
		mapfile -t COMPREPLY < <(compgen -g -- "$current")
		return
		;;
	--socket-file)
		[[ $current == *,* ]] || return
		mapfile -t COMPREPLY < <(compgen -P "${current%%,*}," -f -- "${current#*,}")
		return
		;;
	*)
		words='-- --help --version --eal-help --no-huge --no-pci --lcores --vdev
			--file-prefix --in-memory -m -l -a -d'
		for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
			[ "$word" != -- ] || words='--config --socket-file --queues --sessions
				--max-size --max-memory --socket-mode --socket-group
				--disable-features --mode --client --guest-polling --no-akcipher
				--copy --zero-copy --help --version --eal-help'
		done
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _dpdk_vhost_crypto dpdk-vhost_crypto
