#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds programs and test modules of selftests/vma_access for a kernel in user mode Linux:
#	um-selftests.sh <build dir> <folder> <module>... -- [program ...]
# into <folder>/programs and <folder>/modules. For programs the machine is x86_64, and for
# modules it is um, which the makefiles of the selftests cannot do at once. The headers of
# user space are in <folder>/headers.

. "$(dirname "$0")/../lib.sh"

build=$1 dir=$2 selftests=$TREE/tools/testing/selftests/vma_access
shift 2
modules=()
while [[ $1 != -- ]]; do
	modules+=("$1")
	shift
done
shift

mkdir -p "$dir"/{headers,programs,modules}
opts=()
[[ ! -e $build/.Kconfig ]] || opts=(KBUILD_KCONFIG="$build/.Kconfig")	# or it is configured anew
within 600 make -C "$TREE" ARCH=x86_64 O="$dir/headers" headers
if (($#)); then
	within 600 make -C "$selftests" ARCH=x86_64 -j"$JOBS" OUTPUT="$dir/programs" \
		KHDR_INCLUDES="-isystem $dir/headers/usr/include" "${@/#/$dir/programs/}"
fi
for m in "${modules[@]}"; do
	cp -t "$dir/modules" "$selftests/test_modules/$m".[ch]
	echo "obj-m += $m.o"
done >"$dir/modules/Makefile"
within 600 make -C "$TREE" ARCH=um O="$build" ${opts[@]+"${opts[@]}"} M="$dir/modules" modules
