#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the typed layer costs, in instructions of the guest:
#	harness/run bench
# One kernel as in production, booted twice; the same with CONFIG_DEBUG_VMA_ACCESS;
# the unmodified one, for binder and the core; and three boots with two processors. bench.py
# compares with what is allowed and with the last results, which it then replaces.
# ACCEPT=1 takes results that are worse than the last.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
export STEPS=6

# -icount: the guest's clock, and so its TSC, goes by the instructions. That has one
# thread for all processors; two of them that shall meet need one each.
boot() { # BUILD PROCESSORS NAME
	local log=$RUN_LOGS/bench-$3.console accel=tcg,thread=single icount=shift=0,sleep=off
	(($2 == 1)) || accel=tcg,thread=multi icount=
	VMA_ACCESS_ACCEL=$accel VMA_ACCESS_CPUS=$2 VMA_ACCESS_ICOUNT=$icount \
		timeout --foreground -k 5 600 "$HARNESS/boot/qemu/qemu-system-x86_64" \
		-nodefaults -display none -monitor none -no-reboot -bios qboot.rom \
		-kernel "$1/arch/x86/boot/bzImage" -serial "file:$log" \
		-append "console=ttyS0 panic=-1 reboot=t oops=panic no_timer_check norandmaps" \
		</dev/null >"$RUN_LOGS/bench-$3.qemu" 2>&1 || true
	"$HARNESS/boot/watch" "$log" >"$RUN_LOGS/bench-$3.watch" ||
		die "the kernel complained: $(head -n 1 "$RUN_LOGS/bench-$3.watch") (log: $log)"
	grep -q 'vma_bench: done' "$log" ||
		die "the measurements did not end: $(grep -a 'vma_bench: failed' "$log" | head -n 1 || tail -n 1 "$log") (log: $log)"
}

step "a production-like kernel"
BENCH_RUST=1 "$HARNESS/build/build.sh" bench
step "the same with CONFIG_DEBUG_VMA_ACCESS"
"$HARNESS/build/build.sh" bench-debug
step "the unmodified kernel"
"$HARNESS/build/build.sh" bench base
step "measuring: two boots, one with debugging, one of the unmodified kernel"
boot "$WORK/build-bench" 1 first
boot "$WORK/build-bench" 1 second
boot "$WORK/build-bench-debug" 1 debug
boot "$WORK/build-base-bench" 1 base
step "measuring with two processors"
for n in 1 2 3; do
	boot "$WORK/build-bench" 2 two-$n
done
step "results"
# What the conversion makes of the drivers' size, by the kernel's own script.
for object in drivers/android/binder.o drivers/android/binder_alloc.o \
	drivers/dma-buf/udmabuf.o kernel/kcov.o; do
	"$PYTHON" "$TREE/scripts/bloat-o-meter" "$WORK/build-base-bench/$object" "$WORK/build-bench/$object" |
		sed -nE "s,^Total: Before=([0-9]+)\, After=([0-9]+)\,.*,vma_bench: size-$(basename "$object" .o) 1 base \1 \1\nvma_bench: size-$(basename "$object" .o) 1 converted \2 \2,p"
done >"$RUN_LOGS/bench-size.console"
compiler=$(sed -nE 's/^CONFIG_CC_VERSION_TEXT="(.*)"/\1/p' "$WORK/build-bench/.config")
rc=0
"$PYTHON" "$HARNESS/bench/bench.py" results "$compiler" "$RUN_LOGS" >"$RUN_LOGS/results.new" || exit
"$PYTHON" "$HARNESS/bench/bench.py" judge "$REPO/harness/bench/results" "$RUN_LOGS/results.new" || rc=$?
if ((rc == 0)) || [[ -n ${ACCEPT:-} ]]; then
	cp "$RUN_LOGS/results.new" "$REPO/harness/bench/results"
	"$PYTHON" "$HARNESS/bench/bench.py" document "$REPO/harness/bench/results" "$REPO/harness/results"
	say "results: harness/bench/results, harness/results/vma_access_cost.rst and .svg"
else
	say "the results are in $RUN_LOGS/results.new; ACCEPT=1 makes them those to compare with"
fi
exit $rc
