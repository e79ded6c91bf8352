#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
#
# Build the Debian packages, check them, and run what they install in a bare Debian.

set -eu

# shellcheck source=devtools/suite_folder.sh
. "$(dirname "${BASH_SOURCE[0]}")/suite_folder.sh"

packages_usage()
{
	cat <<'END'
usage: packages.sh [--check] [--build-only] [DIRECTORY]

  DIRECTORY     where the packages go (../virtio-crypto-packages beside the tree)
  --check       run the unit tests in the package build as well
  --build-only  build the packages, and nothing else

Without --build-only, lintian reads the packages, and a folder with nothing but a bare Debian gets
them: there the host program and an application run as an ordinary user, without hugepages, and
autopkgtest runs the tests of the source package. That is for root only.
END
}

passed=0
failed=0

# Run a step, and count it: step NAME COMMAND...; its output is in the directory, shown on failure.
step()
{
	local name=$1 log=$out/$1.log start=$SECONDS

	shift
	if "$@" </dev/null >"$log" 2>&1; then
		passed=$((passed + 1))
		say "ok $name, $((SECONDS - start)) s"
		return 0
	fi
	failed=$((failed + 1))
	tail -n 40 "$log"
	say "not ok $name: see $log"
	return 1
}

# The source tree without what was built in it.
copy_tree()
{
	rm -rf "$out/source"
	mkdir -p "$out/source"
	if [ -e "$top/.git" ] && command -v git >/dev/null; then
		git -C "$top" -c safe.directory="$top" ls-files -z --cached --others \
			--exclude-standard | tar -C "$top" --null -T - -cf -
	else
		tar -C "$top" --exclude='./build*' --exclude=__pycache__ -cf - .
	fi | tar -C "$out/source" -xf -
}

build_packages()
{
	local options

	options="parallel=$(nproc)"
	[ -n "$check" ] || options="$options nocheck"
	cd "$out/source"
	DEB_BUILD_OPTIONS=$options dpkg-buildpackage --unsigned-source --unsigned-changes
}

# All tags of lintian, except two that any package outside of Debian gets: no bug of Debian asks for
# it, and the tree has no address of a maintainer, which its publisher adds.
check_packages()
{
	local output status=0 certain=initial-upload-closes-no-bugs,bogus-mail-host

	output=$(lintian --allow-root --display-info --fail-on error,warning,info \
		--suppress-tags "$certain,bogus-mail-host-in-debian-changelog" \
		"$out"/*.changes 2>&1) || status=$?
	say "$output"
	return "$status"
}

# A bare Debian of our own, from one that is made once.
make_folder()
{
	local bare=$suite_folders/bare-$codename lock

	mkdir -p "$suite_folders"
	exec {lock}>"$bare.lock"
	flock "$lock"
	[ -d "$bare" ] || bootstrap "$codename" "$bare"
	exec {lock}>&-
	rm -rf --one-file-system "$folder"
	cp -a "$bare" "$folder"
	mkdir "$folder/packages"
	cp "$out"/{dpdk-vhost-crypto{,-tests},librte-{pmd-virtio-crypto,vhost-crypto1}}_*.deb \
		"$folder/packages/"
}

# In a mount table of our own: install the packages in the folder, and run them.
try_packages()
{
	mount_suite "$folder"
	in_suite "$folder" apt-get update -q
	DEBIAN_FRONTEND=noninteractive in_suite "$folder" sh -c \
		'apt-get install -y -q --no-install-recommends /packages/*.deb'
	in_suite "$folder" setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs \
		env -C / HOME=/nonexistent /usr/libexec/virtio-crypto/both_halves.sh
}

# In a mount table of our own: the tests of the source package.
run_autopkgtest()
{
	mount_suite "$folder"
	autopkgtest --apt-upgrade --no-built-binaries --user nobody "$out"/*.deb "$out/source" -- \
		chroot "$folder"
}

arguments=("$@")
check=
extent=all
inside=
out=
while [ $# -gt 0 ]; do
	case $1 in
	--check) check=yes ;;
	--build-only) extent=build ;;
	--inside)
		inside=$2
		shift
		;;
	-h | --help)
		packages_usage
		exit 0
		;;
	-*) die "unknown option $1; see --help" ;;
	*)
		[ -z "$out" ] || die "one directory is enough, not $out and $1; see --help"
		out=$1
		;;
	esac
	shift
done
out=$(realpath -m "${out:-$top/../virtio-crypto-packages}")
case $out/ in
"$top"/*) die "$out is in the tree; a package build needs a directory outside of it" ;;
esac
codename=$(debian_codename)
folder=$out/debian

if [ -n "$inside" ]; then
	own_mounts "$0" "${arguments[@]}"
	"$inside"
	exit
fi

[ "$extent" = build ] || [ "$(id -u)" = 0 ] ||
	die "folders with a bare Debian are for root only; --build-only needs none"
install_packages "${packages_run[@]}" "${packages_debian[@]}"
mkdir -p "$out"
rm -f "$out"/*.{deb,changes,buildinfo,dsc} "$out"/*.tar.*
trap 'rm -rf --one-file-system "$folder" "$out/source"' EXIT
copy_tree
step build build_packages
ls -l "$out"/*.deb
[ "$extent" = all ] || exit 0
step lintian check_packages || true
step folder make_folder
step run "$0" --inside try_packages "$out" && sed -n '/^as uid/,$p' "$out/run.log"
step autopkgtest "$0" --inside run_autopkgtest "$out" || true
say "$passed passed, $failed failed"
[ "$failed" = 0 ]
