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
	long) export STEPS=38 ;;
	all) export STEPS=18 ;;
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

# ran CONFIG SUITE: a suite that silently was not there is a failure.
ran() {
	grep -q "^[A-Z]*"$'\t'"kunit-$1 $2" "$RESULTS" ||
		fail "kunit-$1 $2" "the suite did not run" "$RUN_LOGS"
}

tree() {
	local dir
	dir=$("$HARNESS/fetch/sync.sh") || return
	# One state of the sources for the whole run, whoever edits meanwhile.
	export VMA_ACCESS_SYNCED=1
	say "Linux $(kernel_version "$dir") in $dir"
}

suites() {
	local suite
	for suite in $KUNIT_SUITES; do
		ran "$1" $suite
	done
	ran "$1" binder_alloc
	ran "$1" binder_vma
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

# The drivers' judges, on the series or without it: judges [base]
judges() {
	local judges
	mapfile -t judges < <(grep -v '^#' "$HARNESS/boot/judges")
	[[ $mode != long ]] || judges+=(vma_access:binder_transaction)
	# tcp_zerocopy.sh runs net's tcp_mmap.
	KSELFTEST_TARGETS="drivers/dma-buf dmabuf-heaps iommu:iommufd mm:pfnmap \
		mm:uffd-unit-tests net:psock_tpacket net:tcp_mmap ring-buffer vma_access" \
		KSELFTEST_NAME=kselftest-judges \
		KSELFTEST_ARGS='KSELFTEST_UFFD_UNIT_TESTS_ARGS="-f move" KSELFTEST_IOMMUFD_ARGS="-t viommu_alloc_with_data"' \
		"$HARNESS/boot/kselftest.sh" "$@" "${judges[@]}"
}

# selftests/vfio with an IOMMU, and selftests/alsa, with cards whose buffers are as large as
# pcm-test wants them: by a clock that counts instructions nothing is late. judges_q35 [base]
judges_q35() {
	VMA_ACCESS_MACHINE=q35 VMA_ACCESS_ACCEL=tcg,thread=single VMA_ACCESS_ICOUNT=shift=0,sleep=off \
		KSELFTEST_TARGETS="alsa vfio" KSELFTEST_HUGEPAGES=4 KSELFTEST_NAME=kselftest-q35 \
		KSELFTEST_ARGS="snd_dummy.pcm_substreams=1 snd_dummy.model=ca0106 snd_aloop.pcm_substreams=1 snd_ens1370.enable=0" \
		"$HARNESS/boot/kselftest.sh" "$@" alsa:pcm-test vfio:vfio_dma_mapping_mmio_test \
		vfio:vfio_dma_mapping_test vfio:vfio_iommufd_setup_test vfio:vfio_pci_device_test
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
	stage "the sample by the older hook" "$HARNESS/boot/hooks.sh" || true
	stage "the judges of the converted drivers" judges || true
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

# agree BASE SERIES REGEX WHAT: the results that match are the same without the series, by
# the name BASE, and with it.
agree() {
	local a b
	a=$(cut -f1,2 "$RESULTS" | sed -nE "s/$1 ($3)/\1/p" | sort)
	b=$(cut -f1,2 "$RESULTS" | sed -nE "s/$2 ($3)/\1/p" | sort)
	if [[ -n $a && $a == "$b" ]]; then
		pass "$4: unmodified and converted agree"
	else
		fail "$4: unmodified and converted agree" \
			"$(diff <(echo "$a") <(echo "$b") | grep -m3 '^[<>]' | tr '\n' ';')" "$RUN_LOGS"
	fi
}

# binder's own suite says the same with and without the series.
compare() {
	"$HARNESS/boot/kunit.sh" prod 'binder_alloc*' all base || true
	agree kunit-base-prod kunit-prod 'binder_alloc.*' "binder's suite"
}
[[ $mode != long ]] || stage "binder's suite on the unmodified kernel" compare || true

# DRM's own suite of its shmem helpers too.
compare_drm() {
	"$HARNESS/boot/kunit.sh" drm 'drm_gem_shmem*' fast base || true
	"$HARNESS/boot/kunit.sh" drm 'drm_gem_shmem*' || true
	agree kunit-base-drm kunit-drm 'drm_gem_shmem.*' "DRM's suite"
}
[[ $mode != long ]] || stage "DRM's suite, unmodified kernel and series" compare_drm || true

preempt_rt() {
	"$HARNESS/boot/kunit.sh" rt || true
	suites rt
	KSELFTEST_CONFIG=rt "$HARNESS/boot/kselftest.sh" || true
}

# The same, on the drivers as they were before the series.
compare_judges() {
	judges base || true
	agree kselftest-judges-base kselftest-judges '.*' judges
}
compare_q35() {
	judges_q35 base || true
	judges_q35 || true
	agree kselftest-q35-base kselftest-q35 '.*' "judges on q35"
}
[[ $mode != long ]] || stage "random sequences of verbs beside a model" "$HARNESS/boot/model.sh" 3 || true
[[ $mode != long ]] || stage "the drivers' judges on the unmodified kernel" compare_judges || true
[[ $mode != long ]] || stage "selftests of vfio and ALSA, unmodified kernel and series" compare_q35 || true

# mm's own tests, unmodified, without the series and with it.
compare_mm() {
	"$HARNESS/boot/mm-tests.sh" base || true
	"$HARNESS/boot/mm-tests.sh" || true
	agree kselftest-mm-base kselftest-mm '.*' selftests/mm
}
[[ $mode != long ]] || stage "tools/testing/vma with the series and without" "$HARNESS/boot/vma-tests.sh" || true
[[ $mode != long ]] || stage "selftests/mm with the series and without" compare_mm || true

if [[ $mode == long ]]; then
	# The debug kernel has VMA locks, lockdep and KASAN; nolock and um-debug the two others.
	VMA_ACCESS_CPUS=1 KUNIT_NAME=kunit-debug-1 \
		stage "KUnit on one processor" "$HARNESS/boot/kunit.sh" debug || true
	VMA_ACCESS_CPUS=1 KSELFTEST_NAME=kselftest-1 \
		stage "kselftest on one processor" "$HARNESS/boot/kselftest.sh" || true
	stage "KUnit, no VMA lock, two processors" "$HARNESS/boot/kunit.sh" um-debug || true
	VMA_ACCESS_CPUS=1 KUNIT_NAME=kunit-um-debug-1 \
		stage "KUnit, no VMA lock, one processor" "$HARNESS/boot/kunit.sh" um-debug || true
	KSELFTEST_CONFIG=nolock \
		stage "kselftest, no VMA lock, two processors" "$HARNESS/boot/kselftest.sh" || true
	VMA_ACCESS_CPUS=1 KSELFTEST_CONFIG=nolock KSELFTEST_NAME=kselftest-1 \
		stage "kselftest, no VMA lock, one processor" "$HARNESS/boot/kselftest.sh" || true
	stage "KUnit and kselftest with PREEMPT_RT" preempt_rt || true
	stage "KUnit on arm64 with 64K pages and on s390x" \
		"$HARNESS/boot/test-arches.sh" arm64-64k s390x || true
	stage "fixes of drivers, before and after" "$HARNESS/boot/fixes-check.sh" || true
	stage "the static rule and known mistakes" "$HARNESS/check/blunders.sh" known || true
	stage "the static rule without each of its lines" "$HARNESS/check/blunders.sh" rules || true
	KSELFTEST_NAME=kselftest-leaks KSELFTEST_ARGS='kmemleak=on leaks=1 kunit.enable=1 kunit.filter=speed>slow' \
		stage "kselftest with kmemleak" "$HARNESS/boot/kselftest.sh" || true
	stage "the series, built mail by mail" "$HARNESS/series/series-check.sh" long || true
fi
exit 0
