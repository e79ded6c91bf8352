#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Everything that can be checked on one machine, with a sum at the end.

set -eu

# shellcheck source=devtools/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=devtools/other_dpdk.sh
. "$(dirname "${BASH_SOURCE[0]}")/other_dpdk.sh"

usage()
{
	cat <<'END'
usage: test.sh [--quick|--all] [--dpdk RELEASE] [--filter REGEX] [--hugepages yes|no|auto]

  --quick      style, unit tests and two-process tests, with one compiler
  --all        also what takes long: every cell of the matrix, once with the sanitizers; every
               guest, with QEMU and DPDK of Debian unstable in a folder (devtools/suite_folder.sh)
               unless NEWER_QEMU and NEWER_DPDK name others
  --dpdk       22.11, 24.11 or 25.11: unit and two-process tests with the DPDK of another Debian,
               in a folder that suite_folder.sh makes; and each side with the machine's own DPDK
               on the far end. The same tests without a folder if the machine's own is meant
  --filter     only the sections whose names match
  --hugepages  auto: all without, and one section with them if they can be had (default);
               yes: all with hugepages; no: all without
END
}

build=$top/build
two_process=$top/app/test/two_process/two_process.py
passed=0
failed=0
skipped=0
child=
extent=usual
filter=.
hugepages=auto
memory=()
dpdk=
inside=() # in front of what is to run with another DPDK

# Each section is a function that prints what it does, and `N passed, N failed` if it can count.

section_style()
{
	"$top/devtools/checkformat.sh"
}

# The guides and the reference, built from their sources, and everything that they refer to.
section_docs()
{
	install_packages "${packages_docs[@]}"
	if [ ! -f "$build-docs/build.ninja" ]; then
		meson setup "$build-docs" "$top" -Denable_docs=true -Dtests=false \
			-Dexamples=false || return 1
	fi
	ninja -C "$build-docs" doc || return 1
	"$top/doc/check_docs.py" --html "$build-docs/doc"
}

section_clang()
{
	CC=clang build "$build-clang"
}

section_analyze()
{
	"$top/devtools/analyze.sh"
}

section_units()
{
	local status=0

	"${inside[@]}" meson test -C "$build" --print-errorlogs || status=$?
	python3 - "$build/meson-logs/testlog.json" <<'END'
import collections, json, sys
results = [json.loads(line)['result'] for line in open(sys.argv[1])]
count = collections.Counter(results)
good = count['OK'] + count['EXPECTEDFAIL']
print(f"{good} passed, {len(results) - good - count['SKIP']} failed, {count['SKIP']} skipped")
END
	return "$status"
}

section_two_process()
{
	local few=()

	[ "$extent" != quick ] || few=(--filter behind_aesni_mb --filter host_killed_in_flight)
	[ "$extent" != all ] || few=(--all)
	newer_folder
	with_memory "${inside[@]}" "$two_process" --build "$build" "${few[@]}"
}

# Compare a suite of dpdk-test: compare_suite NAME OPTION...
compare_suite()
{
	local name=$1

	shift
	with_memory "$top/app/test/suite/suite_compare.py" --build "$build" --logs "$logs" \
		--json "$logs/$name.json" "$@"
}

# Every algorithm of every cryptodev against other implementations: each alone, and as sets.
section_sweep()
{
	local sweep=("$build/app/sweep/dpdk-vhost_crypto_sweep" --no-huge -m 512 --no-pci
		--no-shconf --no-telemetry --file-prefix sweep -l 0)
	local all=() alone=() name failed=0

	[ "$extent" != all ] || all=(--all)
	for name in aesni_mb aesni_gcm openssl snow3g zuc kasumi chacha20_poly1305 null; do
		alone+=(--vdev "crypto_$name")
	done
	"${sweep[@]}" "${alone[@]}" -- "${all[@]}" || failed=$((failed + 1))
	"${sweep[@]}" --vdev crypto_aesni_mb --vdev crypto_openssl -- --set "${all[@]}" ||
		failed=$((failed + 1))
	say "$((2 - failed)) passed, $failed failed"
	[ "$failed" = 0 ]
}

section_suite()
{
	compare_suite suite
}

section_suite_openssl()
{
	compare_suite suite_openssl --cryptodev crypto_openssl
}

# The feature matrix says what the driver has: a check among the unit tests sees to that.
section_suite_asym()
{
	local matrix=$top/doc/guides/cryptodevs/features/virtio.ini

	if ! grep -q '^Asymmetric crypto *= Y' "$matrix"; then
		say "0 passed, 0 failed, 1 skipped"
		return 0
	fi
	compare_suite suite_asym --suite asym
}

# A short run of each target; devtools/fuzz.sh does long ones.
section_fuzz()
{
	local target good=0 bad=0

	for target in "$top"/app/test/fuzz/seeds/*; do
		if "$top/devtools/fuzz.sh" "${target##*/}" 0.1; then
			good=$((good + 1))
		else
			say "not ok fuzz/${target##*/}"
			bad=$((bad + 1))
		fi
	done
	say "$good passed, $bad failed"
}

section_perf()
{
	local all=()

	[ "$extent" != all ] || all=(--all)
	with_memory "$top/app/test/two_process/perf_matrix.py" --build "$build" "${all[@]}"
}

# DPDK's own programs on the driver, and on the cryptodevs themselves.
section_programs()
{
	local all=()

	[ "$extent" != all ] || all=(--all)
	"$top/app/test/programs/programs.py" --build "$build" "${all[@]}"
}

# A short form of devtools/soak.sh: every kind of fault comes a few times.
section_soak()
{
	"$top/app/test/soak/soak.py" 0.5 --build "$build"
}

# That every kind of measurement can be taken, not what comes out: others may be at work here.
section_bench()
{
	local csv=$logs/bench.csv metric good=0 bad=0

	"$top/devtools/bench.py" --build "$build" --hugepages no --rounds 1 --csv "$csv" \
		--svg "$logs/bench.svg" --columns native,virtio,adaptive,virtio-api,dpdk \
		--filter 'aes-128-cbc*/1024/32' --filter 'aes-256-gcm/64/32' \
		--filter 'null/64/32' || return 1
	"$top/devtools/bench.py" --build "$build" --hugepages no --rounds 1 --fairness \
		--csv "$logs/fairness.csv" || return 1
	cat "$logs/fairness.csv" >> "$csv"
	for metric in {rsa,control,bad_chains,large},64,32,virtio,{beside_mops,connect_ms} \
		{long_chains,many_queues,sessions},64,32,virtio,{beside_mops,connect_ms} \
		aes-128-cbc,1024,32,{native,virtio,virtio-api,dpdk},mops \
		aes-128-cbc+sha1-hmac,1024,32,{virtio,dpdk},{guest,host}_cycles \
		aes-256-gcm,64,32,virtio,{mops,guest_cycles,host_cycles} \
		-,0,0,{virtio,adaptive},pause_{median_us,percent} \
		null,64,1,{native,virtio},latency_median_us; do
		if grep -q "^$metric,[0-9.]*[1-9]" "$csv"; then
			good=$((good + 1))
		else
			say "not ok bench/$metric: there is no such figure, or it is 0"
			bad=$((bad + 1))
		fi
	done
	# Both interfaces do the same work; a stall shows in one of them.
	if awk -F, '$1 == "aes-128-cbc" && $2 == 1024 && $5 == "mops" { mops[$4] = $6 }
			END { exit !(mops["virtio-api"] > mops["virtio"] / 4) }' "$csv"; then
		good=$((good + 1))
	else
		say "not ok bench/virtio-api: less than a quarter of the operations/s of virtio"
		bad=$((bad + 1))
	fi
	say "$good passed, $bad failed"
	[ "$bad" = 0 ]
}

# Have a folder with what is newer, for --all; scenarios without one say what they lack.
newer_folder()
{
	local folder

	[ "$extent" = all ] || return 0
	if [ -n "${NEWER_QEMU:-}" ] && [ -n "${NEWER_DPDK:-}" ] &&
		[ -n "${NEWER_KERNEL:-}" ]; then
		return 0
	fi
	if ! folder=$("$top/devtools/suite_folder.sh" sid "${packages_newer[@]}"); then
		say "There is no folder with newer QEMU, DPDK and kernel; what needs it is skipped."
		return 0
	fi
	export NEWER_QEMU=${NEWER_QEMU:-$folder} NEWER_DPDK=${NEWER_DPDK:-$folder}
	export NEWER_KERNEL=${NEWER_KERNEL:-$folder}
}

# Linux's driver in guests, on our device and on DPDK's own.
section_linux_guests()
{
	local few=()

	[ "$extent" = all ] || few=(--filter vhost_user_one_queue --filter generic_one_queue
		--filter pieces_few)
	install_guest_packages
	newer_folder
	"$top/app/test/vm/linux_guests.py" --build "$build" "${few[@]}"
}

# Our driver in guests, and DPDK's own: on QEMU's own device, on ours, and on DPDK's own.
section_driver_guests()
{
	local few=()

	[ "$extent" = all ] || few=(--filter builtin/uio_cases --filter builtin/uio_unplug
		--filter vhost_user/uio_direct --filter vhost_user/uio_dpdks_driver)
	install_guest_packages
	newer_folder
	if [ "$extent" = all ] && [ -z "${VFIO_MODULE:-}" ]; then
		VFIO_MODULE=$("$top/devtools/vfio_module.sh") ||
			say "There is no vfio.ko without IOMMU; what takes it is skipped."
		export VFIO_MODULE
	fi
	"$top/app/test/vm/guests.py" --build "$build" --timeout-factor 2 "${few[@]}"
}

# What libvirt makes of the documentation's configurations, where libvirt is installed.
section_libvirt()
{
	"$top/app/test/vm/check_libvirt.py"
}

# Debian packages: built, checked, installed in a bare Debian, and run there by an ordinary user.
section_packages()
{
	"$top/devtools/packages.sh"
}

# With the sanitizers in all that is ours; DPDK's own libraries are as they are.
with_sanitizers()
{
	build "$build-asan" --buildtype=debugoptimized -Db_sanitize=address,undefined \
		-Db_lundef=false || return 1
	ASAN_OPTIONS=detect_leaks=1:exitcode=99 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		with_memory "$@" --build "$build-asan"
}

# Every way of data, and everything that ends, comes back or moves in the middle of it. With --all
# it is all where both processes are ours, which is what does not begin with "native"; but every
# combination of features takes minutes with the sanitizers, and goes through the same code, as do
# most cryptodevs.
section_asan_two_process()
{
	local filters=(behind_aesni_mb behind_openssl behind_every_algorithm 'behind_a_*'
		behind_copies large_requests polling_guest several_queues
		application_killed_in_flight host_killed_in_flight 'host_killed_with_inflight*'
		'host_terminated_while*' migrated 'guest_resets*' reset_in_flight 'memory_removed*'
		'socket_cut*' 'queue_stopped*' not_ready_for_a_while 'refused*'
		'cve*' hugepages_secondary_killed packed_in_order_behind_aesni_mb
		packed_in_order_host_killed_in_flight adaptive_several_queues)

	[ "$extent" != all ] || filters=('[!en]*' 'no*')
	with_sanitizers "$two_process" --timeout-factor 3 \
		"${filters[@]/#/--filter=}"
}

section_asan_suite()
{
	with_sanitizers "$top/app/test/suite/suite_compare.py" --logs "$logs"
}

# Control against data path with ThreadSanitizer, in every program that is ours. Spinlocks have to
# be made of what the compiler knows; fences are nothing to it, and not needed for what it looks at.
section_tsan()
{
	build "$build-tsan" --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false \
		'-Dc_args=-DRTE_FORCE_INTRINSICS -Wno-tsan' || return 1
	local -x TSAN_OPTIONS="suppressions=$top/devtools/tsan.supp:exitcode=66:history_size=7"
	local minutes=0.1
	local threads=(--filter two_threads_split --filter two_threads_lost_packed_in_order)

	if [ "$extent" = all ]; then
		minutes=0.2
		threads=(--filter 'two_threads_*')
	fi
	# What the soak has not: memory that is taken away and given again, a log of writes, two
	# lcores on a queue pair, and sessions on two devices.
	"$two_process" --build "$build-tsan" --timeout-factor 5 --filter migrated \
		--filter memory_removed_in_flight --filter one_session_on_two_devices \
		"${threads[@]}" || return 1
	"$top/app/test/soak/soak.py" "$minutes" --build "$build-tsan" --timeout-factor 5
}

section_asan_perf()
{
	with_sanitizers "$top/app/test/two_process/perf_matrix.py"
}

# With --all it is every cryptodev, and all that ends in the middle of something.
section_hugepages()
{
	local filters=(behind_aesni_mb behind_several_cryptodevs behind_every_algorithm
		several_queues '*killed_in_flight')

	[ "$extent" != all ] || filters=('behind_[!n]*' several_queues '*in_flight')
	if [ "$hugepages" = auto ] && ! "$top/devtools/hugepages.py" 512 true; then
		say "0 passed, 0 failed, 1 skipped"
		return 0
	fi
	memory=(--hugepages)
	with_memory "$two_process" --build "$build" "${filters[@]/#/--filter=}"
}

# Run a script of the tests with hugepages or without.
with_memory()
{
	if [ ${#memory[@]} -gt 0 ]; then
		"$top/devtools/hugepages.py" 512 "$@" "${memory[@]}"
	else
		"$@"
	fi
}

# Run a section in the background, for signals to reach us meanwhile; sets `status`.
run_child()
{
	set -m
	"$@" </dev/null >"$log" 2>&1 &
	child=$!
	set +m
	status=0
	wait "$child" || status=$?
	child=
}

# End the section that runs, and wait until every process of its group has cleaned up.
stop_child()
{
	local tries=300

	trap - INT TERM HUP
	if [ -n "$child" ]; then
		kill -TERM -- "-$child" 2>/dev/null || true
		while kill -0 -- "-$child" 2>/dev/null && [ $((tries--)) -gt 0 ]; do
			sleep 0.1
		done
	fi
	exit 130
}

# Add the last `N passed, N failed` line of a log to the sums; a section without one counts as one.
count()
{
	local line

	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 || true)
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)? ]]; then
		now=("${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[4]:-0}")
		[ "$status" = 0 ] || [ "${now[1]}" != 0 ] || now[1]=1
	elif [ "$status" = 0 ]; then
		now=(1 0 0)
	else
		now=(0 1 0)
	fi
	passed=$((passed + now[0]))
	failed=$((failed + now[1]))
	skipped=$((skipped + now[2]))
}

# Show what a log says of failures, and its end.
show_failures()
{
	say "    from $log:"
	{
		head -n -15 "$log" | grep -E '^(not ok|FAILED)|error:' | head -n 25 || true
		tail -n 15 "$log"
	} | cut -c 1-300 | sed 's/^/    /'
}

# Run one section: section NAME COMMAND...
section()
{
	local name=$1 log=$logs/$1.log status now start=$SECONDS

	shift
	printf '%-18s' "$name"
	run_child "$@"
	count
	printf '%6d passed %5d failed %5d skipped %5d s\n' "${now[@]}" $((SECONDS - start))
	[ "${now[1]}" = 0 ] || show_failures
}

finish()
{
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" = 0 ]
}

# Have what follows run with another release of DPDK; that of this Debian takes no folder, and there
# is no other one on the far end.
use_dpdk()
{
	suite=$(suite_of_dpdk "$dpdk")
	if [ "$suite" = "$(debian_codename)" ]; then
		say "DPDK $dpdk is that of this Debian: the tests run without a folder"
		dpdk=
		sections=(units two_process demo_there)
		[ "$extent" != quick ] || sections=(units two_process)
		return
	fi
	folder=$(suite_folder "$suite")
	inside=(env LC_ALL=C.UTF-8 chroot "$folder")
	build_here=$build
	build=$build-dpdk-$dpdk
	sections=(units two_process host_there driver_there demo_there)
	[ "$extent" != quick ] || sections=(units two_process)
}

# Run a section without which there are no others.
needed()
{
	section "$@"
	[ "$failed" = 0 ] || finish
}

arguments=("$@")
while [ $# -gt 0 ]; do
	case $1 in
	--quick) extent=quick ;;
	--all) extent=all ;;
	--filter | --hugepages | --dpdk)
		[ $# -gt 1 ] || die "$1 wants a value; see --help"
		case $1 in
		--filter) filter=$2 ;;
		--dpdk) dpdk=$2 ;;
		*) hugepages=$2 ;;
		esac
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		die "unknown option $1"
		;;
	esac
	shift
done

case $extent in
quick) sections=(style units two_process) ;;
usual | all)
	sections=(style docs clang units fuzz sweep two_process suite suite_openssl suite_asym perf
		programs soak bench asan_two_process asan_suite tsan linux_guests driver_guests
		libvirt)
	[ "$extent" = usual ] || sections+=(asan_perf analyze packages)
	;;
esac
case $hugepages in
yes) memory=(--hugepages) ;;
no) ;;
auto) [ "$extent" = quick ] || [ -n "$dpdk" ] || sections+=(hugepages) ;;
*) die "--hugepages takes yes, no or auto, not '$hugepages'" ;;
esac

if [ -n "$dpdk" ]; then
	use_dpdk
	[ -z "$dpdk" ] || own_mounts "$0" "${arguments[@]}"
fi
logs=$build/test-logs

trap stop_child INT TERM HUP
mkdir -p "$logs"
if [ -n "$dpdk" ]; then
	install_packages "${packages_run[@]}"
	needed folder section_folder
	needed build build "$build_here"
	needed build_there section_build_there
else
	install_packages "${packages_test[@]}"
	needed build build "$build"
fi
for name in "${sections[@]}"; do
	if [[ $name =~ $filter ]]; then
		section "$name" "section_$name"
	fi
done
finish
