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
"$HARNESS/build/build.sh" "$config" >"$log" 2>&1 || die "no $config kernel (log: $log)"

# The files that are mutated.
case $config in
	um-drivers)
		sources=()
		while IFS=$'\t' read -r f _; do
			[[ ! -e $build/${f%.c}.o ]] || sources+=("$f")
		done < <(grep -v '^#' "$HARNESS/mutants/drivers") ;;
	# In memory.c is what patches/ do to inserts, and a test counts a warning of it.
	*) mapfile -t sources < <(cd "$build" && ls mm/memory.o mm/vma_access*.o mm/tests/vma_access*.o |
		sed 's/o$/c/' | while IFS= read -r f; do
			[[ ! -e $TREE/$f ]] || echo "$f"	# what it was made of may be gone
		done) ;;
esac

cd "$TREE"
if [[ $config == um-drivers ]]; then
	cp --parents -t "$dir/base" "${sources[@]}"
else
	cp --parents -t "$dir/base" mm/memory.c mm/vma_access*.[ch] mm/tests/vma_access*.[ch] \
		include/linux/vma_access*.h include/trace/events/vma_access*.h
	cp -r tools/testing/selftests/vma_access/compile_fail "$dir/base" 2>/dev/null || true
fi
cd "$build"

# The mutant's headers come first, and its source is named in place of the tree's.
own=()
for f in "${sources[@]/%.c/.o}"; do
	own+=("$f")
	folder=${f%/*}
	cmd=$(sed -n "s,^savedcmd_$f := \(ccache \)\?,,p" "$folder/.${f##*/}.cmd")
	[[ -n $cmd ]] || die "how $f is compiled is not known"
	# A driver's headers are not copied, and a test announces a warning by the name that
	# the file has in the tree.
	case $config in
		um-drivers) cmd+=" -I$TREE/$folder -fmacro-prefix-map=\$m/=" ;;
		*) cmd+=" -include $HARNESS/mutants/warnings.h" ;;
	esac
	# It maps its records on the processors that it names, to which user mode Linux does
	# not belong; no header that it includes asks for this one.
	[[ $f != sound/core/pcm_native.o ]] || cmd+=" -DCONFIG_ALPHA"
	printf '%s\t%s\n' "$f" "$(sed "s, -I$TREE/include , -I\$m/include&,; s, -o $f $TREE/$folder/, -o \$m/$f \$m/$folder/,; s,-Wp\,-MMD\,[^ ]* ,,; s, -I$TREE/mm , -I\$m/mm&," <<<"$cmd")"
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

# The guest that the drivers' selftests run in: the programs, without the runner, and
# the module that one of them needs.
if [[ $config == um-drivers ]]; then
	mapfile -t programs < <(grep -v '^#' "$HARNESS/mutants/drivers" | cut -f3 | tr ' ' '\n' | sort -u)
	guest=$build/kselftest_install/vma_access
	rm -rf "$build/kselftest_install"
	mkdir -p "$guest"
	{
		"$HARNESS/build/um-selftests.sh" "$build" "$dir" vma_import -- "${programs[@]}" &&
			cp -t "$guest" "${programs[@]/#/$dir/programs/}" &&
			SAMPLE_MODULES=$dir/modules "$HARNESS/build/initramfs.sh" "$build" "$dir/guest.cpio"
	} >>"$log" 2>&1 || die "no guest for $config (log: $log)"
fi
echo "$dir"
