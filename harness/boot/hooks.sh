#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The sample by the older hook: of its hook the head is changed, from ->mmap_prepare()
# to ->mmap(), and its selftests have to say the same. Needs the debug build.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
build=$WORK/build-debug dir=$WORK/build-debug/sample-by-mmap
name=vma_pool.c
log=$RUN_LOGS/sample-by-mmap.log

mkdir -p "$dir"
for f in Makefile vma_pool.h; do
	cmp -s "$TREE/samples/vma_access/$f" "$dir/$f" || cp "$TREE/samples/vma_access/$f" "$dir/$f"
done
sed -E 's/^static int (\w+)\(struct vm_area_desc \*desc\)$/static DEFINE_VMA_MMAP(\1, file, vma)/
	/ = vma_planned_from_desc\(desc\);$/d
	s/\bdesc->file\b/file/
	s/\.mmap_prepare = /.mmap = /' "$TREE/samples/vma_access/$name" >"$dir/$name.new"
cmp -s "$dir/$name.new" "$dir/$name" || cp "$dir/$name.new" "$dir/$name"
rm -f "$dir/$name.new"

changed=$(diff "$TREE/samples/vma_access/$name" "$dir/$name" | grep -c '^>' || true)
if [[ $changed == 3 ]]; then
	pass "the sample goes from one hook to the other by the head of it"
else
	fail "the sample goes from one hook to the other by the head of it" "$changed lines were changed"
	exit 1
fi
cc=gcc
! command -v ccache >/dev/null || cc='ccache gcc'
within 900 make -C "$TREE" ARCH=x86_64 O="$build" CC="$cc" CONFIG_SAMPLE_VMA_ACCESS=m M="$dir" >"$log" 2>&1 ||
	die "the sample does not build by ->mmap(): $(grep -m1 -E 'error' "$log" || tail -n 1 "$log") (log: $log)"
SAMPLE_MODULES=$dir KSELFTEST_NAME=kselftest-by-mmap \
	exec "$HARNESS/boot/kselftest.sh" access identity lifecycle race shrink
