#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boots the debug kernel to an interactive prompt with the modules loaded.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
"$HARNESS/build/build.sh" debug
build=$WORK/build-debug
if [[ -f $TREE/tools/testing/selftests/vma_access/Makefile ]]; then
	"$HARNESS/build/kselftest-install.sh" "$build" vma_access
fi
"$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio"
kernel=$build/arch/x86/boot/bzImage
VMA_ACCESS_ACCEL=$("$HARNESS/boot/accel.sh" "$kernel")
export VMA_ACCESS_ACCEL
say "booting; leave with 'exit', or Ctrl-A x"
"$HARNESS/boot/qemu/qemu-system-x86_64" -nodefaults -nographic -no-reboot -bios qboot.rom \
	-kernel "$kernel" -initrd "$build/initramfs.cpio" -serial mon:stdio -serial null \
	-append "console=ttyS0 panic=-1 reboot=t kunit.enable=0 quiet job=shell"
