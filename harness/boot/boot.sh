#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boots a built kernel with an initramfs and waits for the end:
#	boot.sh <build dir> <initramfs> <log prefix> <limit in s> [kernel argument ...]
# The kernel's console goes to <prefix>.console, the guest's output (second
# serial port) to <prefix>.out, and to stdout as it comes with SHOW=1. Exit code
# 124 means that the limit passed.

. "$(dirname "$0")/../lib.sh"

build=$1 initramfs=$2 prefix=$3 limit=$4
shift 4

kernel=$build/arch/x86/boot/bzImage
VMA_ACCESS_ACCEL=$("$HARNESS/boot/accel.sh" "$kernel")
export VMA_ACCESS_ACCEL

: >"$prefix.out"
# ivshmem, for vfio_map: a BAR that is plain memory, behind a bridge that can reset it. As
# the file VMA_ACCESS_BAR it stays when the guest has gone, for the fuzzer.
# ES1370 and HD audio, for pcm_map: buffers that the DMA API maps; nobody listens.
# VMA_ACCESS_MACHINE=q35 is one with an IOMMU and edu, for selftests/vfio, which want a
# BAR of whole pages.
# kunit.enable=0: the suites had their own boot. no_timer_check: on a busy machine
# an emulated timer is late, and the kernel gives up.
# acpi=noirq: qboot's tables make a device of the other machine wait for half a minute, for
# an interrupt that is not there.
machine=() more=acpi=noirq
case ${VMA_ACCESS_MACHINE:-} in
	'') ;;
	q35)
		machine=(-machine "q35,kernel-irqchip=split" -device "intel-iommu,intremap=on"
			-device "pci-bridge,id=bridge2,chassis_nr=2,shpc=off" -device "edu,bus=bridge2,addr=1")
		more=intel_iommu=on ;;
	*) die "no machine $VMA_ACCESS_MACHINE here" ;;
esac

bar=memory-backend-ram
[[ -z ${VMA_ACCESS_BAR:-} ]] || bar=memory-backend-file,mem-path=$VMA_ACCESS_BAR

timeout --foreground -k 5 "$limit" "$HARNESS/boot/qemu/qemu-system-x86_64" \
	${machine[@]+"${machine[@]}"} -nodefaults -display none -monitor none -no-reboot -bios qboot.rom \
	-kernel "$kernel" -initrd "$initramfs" \
	-device pci-bridge,id=bridge,chassis_nr=1,shpc=off \
	-object $bar,id=bar,size=8M,share=on \
	-device ivshmem-plain,memdev=bar,bus=bridge,addr=1 \
	-audiodev none,id=none -device ES1370,audiodev=none \
	-device intel-hda -device hda-output,audiodev=none \
	-serial "file:$prefix.console" -serial "file:$prefix.out" \
	-append "console=ttyS0 panic=-1 reboot=t oops=panic no_timer_check kunit.enable=0 $more $*" \
	</dev/null >"$prefix.qemu" 2>&1 &
qemu=$!
if [[ -n ${SHOW:-} ]]; then
	tail -n +1 -s 0.2 --pid=$qemu -f "$prefix.out" 2>/dev/null |
		sed -u 's/\r$//; /^vma_access-guest: /d' &
	tail=$!
fi
rc=0
wait $qemu || rc=$?
[[ -z ${SHOW:-} ]] || wait $tail || true
tr -d '\r' <"$prefix.out" >"$prefix.out.new" && mv "$prefix.out.new" "$prefix.out"
if [[ -s $prefix.qemu && ! -s $prefix.console ]]; then
	echo "error: QEMU: $(tail -n 1 "$prefix.qemu")" >&2
fi
[[ -s $prefix.qemu ]] || rm -f "$prefix.qemu"
exit $rc
