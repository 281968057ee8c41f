#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds and installs kselftests with the kernel's own makefiles:
#	kselftest-install.sh <build dir> <targets>
# into <build dir>/kselftest_install. A target is a folder of selftests, or
# folder:program for one program of a folder that has too many.

. "$(dirname "$0")/../lib.sh"

build=$1 targets="" programs=""
for t in $2; do
	case $t in
		*:*) programs+=" $t" ;;
		*) targets+=" $t" ;;
	esac
done
open_logs
log=$RUN_LOGS/kselftest-build.log

installed=$build/kselftest_install
say "building kselftest ($2)"
rm -rf "$installed"
within 900 make -C "$TREE" ARCH=x86_64 O="$build" -j"$JOBS" headers >>"$log" 2>&1 ||
	die "make headers failed$(late "$log") (log: $log)"
cc=()
if grep -q '^CONFIG_CC_IS_CLANG=y' "$build/.config"; then
	# A module is built by the compiler of its kernel.
	if tools=$("$HARNESS/fetch/tools.sh"); then PATH=$PATH:$tools; fi
	cc=(CC="$(newest_clang)")
fi
# KDIR is what the makefiles of test modules build against.
within 900 make -C "$TREE/tools/testing/selftests" ARCH=x86_64 O="$build" KDIR="$build" \
	TARGETS="$targets" FORCE_TARGETS=1 KSFT_INSTALL_PATH="$installed" ${cc[@]+"${cc[@]}"} \
	install >>"$log" 2>&1 || {
	[[ -n $(late "$log") ]] || grep -E -m5 '(error|undefined)[: ]' "$log" >&2 || tail -n 5 "$log" >&2
	die "building the kselftests failed$(late "$log") (log: $log)"
}

# One program: by its makefile, but without install, which would build them all.
for t in $programs; do
	dir=${t%%:*} prog=${t#*:}
	mkdir -p "$build/kselftest/$dir" "$installed/$dir"
	within 600 make -C "$TREE/tools/testing/selftests/$dir" ARCH=x86_64 OUTPUT="$build/kselftest/$dir" \
		KHDR_INCLUDES="-isystem $build/usr/include" "$build/kselftest/$dir/$prog" >>"$log" 2>&1 ||
		die "building the kselftest $t failed$(late "$log") (log: $log)"
	cp -t "$installed/$dir" "$build/kselftest/$dir/$prog"
	echo "$t" >>"$installed/kselftest-list.txt"
done

# Programs of others that say nothing of their time get 45 s; that is for a real
# machine.
for t in $targets $programs; do
	dir=$installed/${t%%:*}
	[[ ! -e $dir/settings ]] || continue
	cp -t "$dir" "$TREE/tools/testing/selftests/${t%%:*}/settings" 2>/dev/null ||
		echo timeout=240 >"$dir/settings"
done
