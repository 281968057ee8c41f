#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Misuse that must not compile: each case good and bad, by kbuild with the
# kernel's own flags:
#	harness/run compile-fail [config]
# Needs the build of that configuration; debug is the default.

. "$(dirname "$0")/lib.sh"

take_lock
open_logs
rc=0

run() {
	local name=$1 build=$2 dir=tools/testing/selftests/vma_access/compile_fail f case why
	local log=$RUN_LOGS/compile-fail-$1.log out=$2/compile_fail
	shift 2
	mkdir -p "$out"
	# What a case said the last time is no result of this time if its file is
	# gone; kbuild compiles again what changed.
	for f in "$out"/*.log; do
		[[ ! -e $f || -e $TREE/$dir/$(basename "$f" .log).c ]] || rm -f "$f"
	done
	timeout 900 make -k -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" \
		M="$TREE/$dir" MO="$out" >"$log" 2>&1 || true
	for f in "$TREE/$dir"/*.c; do
		case=$(basename "$f" .c)
		why=$(grep -m1 "^not ok: $case: " "$log" || true)
		if [[ -z $why && -s $out/$case.log ]] && grep -q '^ok: ' "$out/$case.log"; then
			pass "compile-fail $name $case"
		else
			why=${why#"not ok: $case: "}
			fail "compile-fail $name $case" "${why:-it was not compiled}" "$log"
			rc=1
		fi
	done
}

if ! compgen -G "$TREE/tools/testing/selftests/vma_access/compile_fail/*.c" >/dev/null; then
	skip "compile-fail" "there are no cases yet"
	exit
fi
cc=gcc
! command -v ccache >/dev/null || cc='ccache gcc'
run gcc "$WORK/build-${1:-debug}" CC="$cc"
# With clang too, where the W=1 check found one and prepared a build for it.
if [[ -s $WORK/build-w1-clang/.cc ]]; then
	run clang "$WORK/build-w1-clang" CC="$(cat "$WORK/build-w1-clang/.cc")"
fi
exit $rc
