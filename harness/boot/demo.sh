#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The main job, shown: fetch, apply, build, boot, and the layer at work.

. "$(dirname "$0")/../lib.sh"

export STEPS=6
take_lock
open_logs
on_end() {
	local rc=$?
	if ((rc != 0)); then
		printf '\nmake demo stopped at step %s; logs are in %s\n' "${STEP:-0}" "$RUN_LOGS" >&2
	fi
	cleanup $rc
}
trap on_end EXIT

step "packages"
"$HARNESS/fetch/packages.sh"
step "kernel source, overlay and patches"
tree=$("$HARNESS/fetch/sync.sh")
export VMA_ACCESS_SYNCED=1
say "Linux $(kernel_version "$tree") with the series in $tree"
step "build the debug kernel"
"$HARNESS/build/build.sh" debug
build=$WORK/build-debug
step "build the guest's programs"
"$HARNESS/build/kselftest-install.sh" "$build" vma_access
"$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio"

step "the sample driver at work"
echo
rc=0
SHOW=1 "$HARNESS/boot/boot.sh" "$build" "$build/initramfs.cpio" "$RUN_LOGS/demo" 180 job=demo || rc=$?
echo
((rc != 124)) || die "the guest did not end within 180 s (log: $RUN_LOGS/demo.console)"
code=$(sed -n 's/^vma_access-guest: exit //p' "$RUN_LOGS/demo.out")
[[ $code == 0 ]] || die "the demo failed${code:+ with exit code $code} (log: $RUN_LOGS/demo.console)"
reports=$("$HARNESS/boot/watch" "$RUN_LOGS/demo.console") ||
	die "the kernel complained: $(head -n 1 <<<"$reports") (log: $RUN_LOGS/demo.console)"

step "binder's own KUnit suite on the converted driver"
"$HARNESS/boot/kunit.sh" debug 'binder_alloc*' fast

echo
grep -c '^PASS.*binder_alloc' "$RESULTS" | sed 's/$/ cases of the binder allocator passed; the kernel log was clean./'
echo "Logs are in $RUN_LOGS."
