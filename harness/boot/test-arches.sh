#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boots kernels of other architectures, and runs the layer's KUnit suites there:
#	harness/run test-arches [name ...]     of harness/boot/arches; default: all
# `harness/run kunit <name> <glob>` runs some suites on one of them. Each has a build of
# its own in the cache. One without a compiler or QEMU here is skipped.

. "$(dirname "$0")/../lib.sh"

mapfile -t all < <(awk '/^[^#]/ { print $1 }' "$HARNESS/boot/arches")
usage() { echo "usage: harness/run test-arches [name ...]      (one of: ${all[*]})"; }
[[ ${1:-} != -h ]] || { usage; exit; }
(($#)) || set -- "${all[@]}"
for name; do
	foreign "$name" || { usage; die "no such machine: $name"; }
done

take_lock
open_logs

# qemu_package COMMAND: newer Debian has a package for each of the less usual ones.
qemu_package() {
	local p
	case $1 in
		qemu-system-aarch64) echo qemu-system-arm; return ;;
		qemu-system-i386) echo qemu-system-x86; return ;;
	esac
	for p in "${1/riscv64/riscv}" qemu-system-misc; do
		[[ -z $(apt-cache show "$p" 2>/dev/null) ]] || { echo "$p"; return; }
	done
	echo qemu-system-misc
}

# missing: what the machine in FOREIGN needs and is not here, as command:package
missing() {
	command -v "${FOREIGN[2]}-gcc" >/dev/null || echo "${FOREIGN[2]}-gcc:gcc-${FOREIGN[2]//_/-}"
	command -v "${FOREIGN[4]}" >/dev/null || echo "${FOREIGN[4]}:$(qemu_package "${FOREIGN[4]}")"
}

needs=()
for name; do
	foreign "$name"
	mapfile -t -O "${#needs[@]}" needs < <(missing)
done
if ((${#needs[@]})) && [[ -z ${NO_INSTALL:-} ]]; then
	mapfile -t needs < <(printf '%s\n' "${needs[@]}" | sort -u)
	"$HARNESS/fetch/packages.sh" "${needs[@]}" || true
fi

bad=0
for name; do
	foreign "$name"
	lacks=$(missing | tr '\n' ' ')
	if [[ -n $lacks ]]; then
		skip "kunit-$name" "not here, as command:package: ${lacks% }"
		continue
	fi
	"$HARNESS/boot/kunit.sh" "$name" 'vma_access*' || bad=1
	for suite in $KUNIT_SUITES; do
		if ! grep -q "^[A-Z]*"$'\t'"kunit-$name $suite" "$RESULTS"; then
			fail "kunit-$name $suite" "the suite did not run" "$RUN_LOGS"
			bad=1
		fi
	done
done
exit $bad
