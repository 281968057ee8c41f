#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes what each mutant starts from: a module of the layer and its tests, built
# beside the kernel whose own layer stays as it is; and the guest to load it in.
# Prints the folder.

. "$(dirname "$0")/../lib.sh"

build=$WORK/build-mutants
dir=$build/mutant
log=$RUN_LOGS/mutant-base.log
rm -rf "$dir"
mkdir -p "$dir/base"

# Below the same paths as in the tree. Counters and the like stay the kernel's
# own, whose file in debugfs the tests read.
cd "$TREE"
shopt -s nullglob
cp --parents -t "$dir/base" mm/vma_access*.[ch] mm/tests/vma_access*.[ch] \
	include/linux/vma_access*.h include/trace/events/vma_access*.h
rm -f "$dir/base/mm/vma_access_debug.c"
cd "$dir/base"
objects=()
for f in mm/*.c mm/tests/*.c; do
	[[ ! -e $build/${f%.c}.o ]] || objects+=("${f%.c}.o")	# not configured
done

# The module finds what is exported and what is not where the kernel has it, but
# nothing of the layer: that is its own, and is not exported a second time.
own=()
for f in "${objects[@]}"; do
	own+=("$build/$f")
done
nm --defined-only --format=posix "${own[@]}" |
	awk '!/:$/ && $2 ~ /[A-Z]/ { print $1 }' >layer
nm --defined-only --format=posix "$build/vmlinux" |
	awk 'NR == FNR { layer[$1]; next }
		$2 ~ /[A-Z]/ && !($1 in layer) { print "PROVIDE(" $1 " = 0x" $3 ");" }' layer - >kernel.lds

cat >Makefile <<END
LINUXINCLUDE := -Iinclude \$(LINUXINCLUDE)
ccflags-y := -D__DISABLE_EXPORTS -I\$(srctree)/mm
ldflags-y := kernel.lds
obj-m := mutant.o
mutant-y := ${objects[*]}
END
"$HARNESS/mutants/kbuild" "$build" "$PWD" >"$log" 2>&1 ||
	die "the layer does not build as a module: $(grep -m1 -iE 'error' "$log") (log: $log)"

"$HARNESS/build/initramfs.sh" "$build" "$dir/guest.cpio" >>"$log" 2>&1 ||
	die "no guest for the mutants (log: $log)"
echo "$dir"
