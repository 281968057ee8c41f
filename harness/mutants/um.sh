#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes what each mutant starts from in user mode Linux, where a boot with all
# suites is a matter of seconds: how to compile each file of the layer and its
# tests, and how to link the kernel with them. Prints the folder; fails if there
# is no such kernel here.
#	um.sh <config>

. "$(dirname "$0")/../lib.sh"

config=$1
build=$WORK/build-$config
dir=$build/mutant
log=$RUN_LOGS/mutant-$config.log
rm -rf "$dir"
mkdir -p "$dir/base"
"$HARNESS/build.sh" "$config" >"$log" 2>&1 || die "no $config kernel (log: $log)"

cd "$TREE"
cp --parents -t "$dir/base" mm/vma_access*.[ch] \
	include/linux/vma_access*.h include/trace/events/vma_access*.h
cp -r tools/testing/selftests/vma_access/compile_fail "$dir/base" 2>/dev/null || true
cd "$build"

# The mutant's headers come first, and its source is named in place of the tree's.
own=()
for f in mm/vma_access*.o; do
	own+=("$f")
	cmd=$(sed -n "s,^savedcmd_$f := \(ccache \)\?,,p" "mm/.${f#mm/}.cmd")
	[[ -n $cmd ]] || die "how $f is compiled is not known"
	printf '%s\t%s\n' "$f" "$(sed "s, -I$TREE/include , -I\$m/include&,; s, -o $f $TREE/mm/, -o \$m/$f \$m/mm/,; s,-Wp\,-MMD\,[^ ]* ,,; s, -I$TREE/mm , -I\$m/mm&," <<<"$cmd")"
done >"$dir/compile"

ar t vmlinux.a | grep -vxF "$(printf '%s\n' "${own[@]}")" >"$dir/rest"
rm -f mutant-rest.a
# shellcheck disable=SC2046
ar rcDPST mutant-rest.a $(<"$dir/rest")
# As scripts/link-vmlinux.sh does it; the table of symbols is the base's, and
# names some wrongly.
opts=()
[[ ! -e .Kconfig ]] || opts=(KBUILD_KCONFIG="$build/.Kconfig")	# or it is configured anew
make -C "$TREE" ARCH=um O="$build" ${opts[@]+"${opts[@]}"} -s --no-print-directory --eval \
	'vma_access-ldflags: ; @echo $(CFLAGS_vmlinux)' vma_access-ldflags 2>>"$log" |
	tail -n 1 >"$dir/ldflags" || die "how $config is linked is not known (log: $log)"
ls -1 .tmp_vmlinux*.kallsyms.o | tail -n 1 >"$dir/kallsyms"
echo "$dir"
