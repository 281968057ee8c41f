#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints the accelerator to use: KVM only where the processor says that it can
# virtualise *and* the given kernel was seen to boot with it; TCG everywhere
# else. (/dev/kvm alone proves nothing: it can exist and hang every kernel.)

. "$(dirname "$0")/../lib.sh"

kernel=$1
tcg=tcg,thread=multi

[[ -z ${VMA_ACCESS_ACCEL:-} ]] || { echo "$VMA_ACCESS_ACCEL"; exit; }
if [[ ! -w /dev/kvm ]] || ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
	echo $tcg
	exit
fi

# The answer holds for this kernel and this boot of the machine.
mark=$CACHE/accel.$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo 0)
if [[ ! -s $mark ]]; then
	rm -f "$CACHE"/accel.*
	out=$(VMA_ACCESS_ACCEL=kvm timeout -k 2 20 "$HARNESS/boot/qemu/qemu-system-x86_64" \
		-nodefaults -nographic -no-reboot -serial stdio -bios qboot.rom -kernel "$kernel" \
		-append 'console=ttyS0 panic=-1 reboot=t kunit.enable=0' </dev/null 2>/dev/null || true)
	# Without a root file system a kernel that boots ends in this panic.
	if [[ $out == *'Unable to mount root fs'* || $out == *'No working init'* ]]; then
		echo kvm >"$mark"
	else
		echo $tcg >"$mark"
	fi
fi
cat "$mark"
