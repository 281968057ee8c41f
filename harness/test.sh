#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Everything that must hold; the last line says "N passed, N failed, N skipped".
#	test.sh          static checks, KUnit, kselftest
#	test.sh check    what needs no boot: style, warnings, misuse, generated code
#	test.sh long     all; on one processor and on two, with VMA locks and without,
#	                 each with lockdep and KASAN; with kmemleak; the converted drivers'
#	                 judges on the unmodified kernel; mm's own tests on both; each bug
#	                 of patches/fixes before and after its fix; with PREEMPT_RT; KUnit on
#	                 arm64 with 64K pages and on s390x; and a build after each mail
#	test.sh arches   only: it compiles for other architectures
#	test.sh test-arches   only: KUnit on kernels of other architectures
#	test.sh coverage only: the tests reach the layer's lines and branches

. "$(dirname "$0")/lib.sh"

mode=${1:-all}
take_lock
open_logs
case $mode in
	arches | test-arches | coverage) export STEPS=3 ;;
	check) export STEPS=8 ;;
	long) export STEPS=$((19 + $("$HARNESS/long.sh" --list | wc -l))) JUDGES=vma_access:binder_transaction ;;
	all) export STEPS=19 ;;
	*) die "test.sh [check|long|arches|test-arches|coverage]" ;;
esac

summary() {
	local rc=$? p f s
	trap - EXIT
	p=$(grep -c '^PASS' "$RESULTS" || true)
	f=$(grep -c '^FAIL' "$RESULTS" || true)
	s=$(grep -c '^SKIP' "$RESULTS" || true)
	if ((rc != 0 && f == 0)); then
		f=1
		record FAIL "make test" "stopped (exit code $rc)" "$RUN_LOGS"
	fi
	if ((f > 0)); then
		echo "Failures:"
		awk -F'\t' '$1 == "FAIL" { print "  " $2 ": " $3 ($4 ? "\n    log: " $4 : "") }' "$RESULTS"
	fi
	say "logs are in $RUN_LOGS"
	echo "$p passed, $f failed, $s skipped"
	((f == 0 && p > 0)) || rc=1
	((f > 0 || p == 0)) || rc=0
	cleanup $rc
}
trap summary EXIT

# stage NAME COMMAND...: a part that fails without having recorded why (a build
# that breaks) is itself the failure. The parts after it still run.
stage() {
	local name=$1 before err=$RUN_LOGS/stage.err rc=0
	shift
	step "$name"
	before=$(grep -c '^FAIL' "$RESULTS" || true)
	# What still writes there after the run's end must not keep its lock.
	"$@" 2> >(exec tee "$err" >&2 9>&-) || rc=$?
	((rc != 130 && rc != 143)) || exit $rc
	if ((rc != 0)) && [[ $(grep -c '^FAIL' "$RESULTS" || true) == "$before" ]]; then
		sleep 0.2	# let tee finish
		record FAIL "$name" "$(grep -m1 '^error: ' "$err" || tail -n 1 "$err")" "$RUN_LOGS"
	fi
	return $rc
}

tree() {
	local dir
	dir=$("$HARNESS/fetch/sync.sh") || return
	# One state of the sources for the whole run, whoever edits meanwhile.
	export VMA_ACCESS_SYNCED=1
	say "Linux $(kernel_version "$dir") in $dir"
}

# Each report turns lockdep off, so each has a boot of its own; that it is not
# announced, as the case is skipped, is a failure.
lock_order() {
	local guard
	for guard in vma_read vma_pair vma_release user_mmap_read user_vma_read; do
		KUNIT_NAME=kunit-order-$guard KUNIT_ARGS=vma_access_kunit.lock_order=$guard \
			"$HARNESS/boot/kunit.sh" debug vma_access_lock_order || true
		grep -q "^PASS"$'\t'"kunit-order-$guard vma_access_lock_order.${guard}_lock_order" "$RESULTS" ||
			fail "kunit-order-$guard" "the case did not run" "$RUN_LOGS"
	done
}

stage "packages" "$HARNESS/fetch/packages.sh"
stage "kernel source, overlay and patches" tree
case $mode in
	arches) stage "other architectures" "$HARNESS/check/arches.sh" || true; exit 0 ;;
	test-arches) stage "KUnit on other architectures" "$HARNESS/boot/test-arches.sh" || true; exit 0 ;;
	coverage) stage "coverage" "$HARNESS/boot/coverage.sh" || true; exit 0 ;;
esac
# Before it is asked what tools there are.
"$HARNESS/fetch/tools.sh" >/dev/null || true
VMA_ACCESS_STATE=$("$HARNESS/check/unchanged.sh" --state)
export VMA_ACCESS_STATE
stage "static checks" "$HARNESS/check/unchanged.sh" static "$HARNESS/check/static.sh" || true
stage "the mails of the series" "$HARNESS/check/unchanged.sh" series "$HARNESS/series/series-check.sh" || true

if stage "debug kernel, as far as compilers need it" "$HARNESS/build/build.sh" debug full modules_prepare; then
	stage "warnings (W=1, sparse, context analysis)" \
		"$HARNESS/check/unchanged.sh" warnings "$HARNESS/check/warnings.sh" || true
	stage "misuse that must not compile" \
		"$HARNESS/check/unchanged.sh" compile-fail "$HARNESS/check/compile-fail.sh" || true
	stage "the code of inline verbs and of raw C" \
		"$HARNESS/check/unchanged.sh" codegen "$HARNESS/check/codegen.sh" || true
fi
[[ $mode != check ]] || exit 0
if stage "debug kernel" "$HARNESS/build/build.sh" debug; then
	stage "KUnit on the debug kernel" "$HARNESS/boot/kunit.sh" debug || true
	suites debug
	stage "lockdep reports a guard at the wrong place" lock_order || true
	stage "kselftest in the debug kernel" "$HARNESS/boot/kselftest.sh" || true
	stage "the fuzzer's programs" "$HARNESS/boot/replay.sh" || true
	stage "the sample by the older hook" "$HARNESS/boot/hooks.sh" || true
	stage "the judges of the converted drivers" "$HARNESS/boot/judges.sh" || true
	stage "imports of the modules" "$HARNESS/check/imports.sh" || true
fi
stage "KUnit on one processor, no VMA lock" "$HARNESS/boot/kunit.sh" up || true
suites up
stage "KUnit in user mode Linux, no lockdep" "$HARNESS/boot/kunit.sh" um 'vma_access*' || true
for suite in $KUNIT_SUITES; do
	ran um $suite
done
# binder's exhaustive case is for the long run: minutes in an emulator, more on a
# busy machine.
speed=fast
[[ $mode != long ]] || speed=all
stage "KUnit on a production-like kernel" "$HARNESS/boot/kunit.sh" prod '' $speed || true
suites prod

# One that passed is not run again while no file and no tool has changed.
if [[ $mode == long ]]; then
	while read -r name what; do
		stage "$what" "$HARNESS/check/unchanged.sh" "long-$name" "$HARNESS/long.sh" "$name" </dev/null || true
	done < <("$HARNESS/long.sh" --list)
fi
exit 0
