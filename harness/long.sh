#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What `make test-long` has beyond `make test`:
#	long.sh --list    the names of the steps, and what each is
#	long.sh STEP      one of them

. "$(dirname "$0")/lib.sh"

take_lock
open_logs

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

# Has this run a result by that name? A step that is run alone has none of make test's.
had() { grep -q "^[A-Z]*"$'\t'"$1 " "$RESULTS"; }

# selftests/vfio with an IOMMU, and selftests/alsa, with cards whose buffers are as large as
# pcm-test wants them: by a clock that counts instructions nothing is late. judges_q35 [base]
judges_q35() {
	VMA_ACCESS_MACHINE=q35 VMA_ACCESS_ACCEL=tcg,thread=single VMA_ACCESS_ICOUNT=shift=0,sleep=off \
		KSELFTEST_TARGETS="alsa vfio" KSELFTEST_HUGEPAGES=4 KSELFTEST_NAME=kselftest-q35 \
		KSELFTEST_ARGS="snd_dummy.pcm_substreams=1 snd_dummy.model=ca0106 snd_aloop.pcm_substreams=1 snd_ens1370.enable=0" \
		"$HARNESS/boot/kselftest.sh" "$@" alsa:pcm-test vfio:vfio_dma_mapping_mmio_test \
		vfio:vfio_dma_mapping_test vfio:vfio_iommufd_setup_test vfio:vfio_pci_device_test
}

kunit() { "$HARNESS/boot/kunit.sh" "$@"; }
kselftest() { "$HARNESS/boot/kselftest.sh"; }

if [[ ${1:-} == --list ]]; then
	sed -nE 's/^\t([a-z0-9-]+)\) # (.*)/\1 \2/p' "$0"
	exit
fi
rc=0
case ${1:-} in
	binder) # binder's suite on the unmodified kernel
		kunit prod 'binder_alloc*' all base || rc=1
		had 'kunit-prod binder_alloc' || kunit prod 'binder_alloc*' all || rc=1
		agree kunit-base-prod kunit-prod 'binder_alloc.*' "binder's suite" ;;
	drm) # DRM's suite of its shmem helpers, unmodified kernel and series
		kunit drm 'drm_gem_shmem*' fast base || rc=1
		kunit drm 'drm_gem_shmem*' || rc=1
		agree kunit-base-drm kunit-drm 'drm_gem_shmem.*' "DRM's suite" ;;
	model) # random sequences of verbs beside a model
		"$HARNESS/boot/model.sh" 3 || rc=1 ;;
	judges) # the drivers' judges on the unmodified kernel
		"$HARNESS/boot/judges.sh" base || rc=1
		had kselftest-judges || "$HARNESS/boot/judges.sh" || rc=1
		agree kselftest-judges-base kselftest-judges '.*' judges ;;
	q35) # selftests of vfio and ALSA, unmodified kernel and series
		judges_q35 base || rc=1
		judges_q35 || rc=1
		agree kselftest-q35-base kselftest-q35 '.*' "judges on q35" ;;
	vma-tests) # tools/testing/vma with the series and without
		"$HARNESS/boot/vma-tests.sh" || rc=1 ;;
	mm) # selftests/mm with the series and without
		"$HARNESS/boot/mm-tests.sh" base || rc=1
		"$HARNESS/boot/mm-tests.sh" || rc=1
		agree kselftest-mm-base kselftest-mm '.*' selftests/mm ;;
	# The debug kernel has VMA locks, lockdep and KASAN; nolock and um-debug the two others.
	kunit-1) # KUnit on one processor
		VMA_ACCESS_CPUS=1 KUNIT_NAME=kunit-debug-1 kunit debug || rc=1 ;;
	kselftest-1) # kselftest on one processor
		VMA_ACCESS_CPUS=1 KSELFTEST_NAME=kselftest-1 kselftest || rc=1 ;;
	um-debug) # KUnit, no VMA lock, two processors
		kunit um-debug || rc=1 ;;
	um-debug-1) # KUnit, no VMA lock, one processor
		VMA_ACCESS_CPUS=1 KUNIT_NAME=kunit-um-debug-1 kunit um-debug || rc=1 ;;
	nolock) # kselftest, no VMA lock, two processors
		KSELFTEST_CONFIG=nolock kselftest || rc=1 ;;
	nolock-1) # kselftest, no VMA lock, one processor
		VMA_ACCESS_CPUS=1 KSELFTEST_CONFIG=nolock KSELFTEST_NAME=kselftest-1 kselftest || rc=1 ;;
	rt) # KUnit with PREEMPT_RT
		kunit rt || rc=1
		suites rt ;;
	rt-kselftest) # kselftest with PREEMPT_RT
		KSELFTEST_CONFIG=rt kselftest || rc=1 ;;
	kcsan) # KUnit with KCSAN
		kunit kcsan || rc=1
		suites kcsan ;;
	kcsan-kselftest) # kselftest with KCSAN
		KSELFTEST_CONFIG=kcsan kselftest || rc=1 ;;
	arches) # KUnit on arm64 with 64K pages and on s390x
		"$HARNESS/boot/test-arches.sh" arm64-64k s390x || rc=1 ;;
	fixes) # fixes of drivers, before and after
		"$HARNESS/boot/fixes-check.sh" || rc=1 ;;
	blunders) # the static rule and known mistakes
		"$HARNESS/check/blunders.sh" known || rc=1 ;;
	rules) # the static rule without each of its lines
		"$HARNESS/check/blunders.sh" rules || rc=1 ;;
	leaks) # kselftest with kmemleak
		KSELFTEST_NAME=kselftest-leaks \
			KSELFTEST_ARGS='kmemleak=on leaks=1 kunit.enable=1 kunit.filter=speed>slow' kselftest || rc=1 ;;
	series) # the series, built mail by mail
		"$HARNESS/series/series-check.sh" long || rc=1 ;;
	*) die "long.sh --list says which steps there are" ;;
esac
exit $rc
