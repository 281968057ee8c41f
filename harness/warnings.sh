#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Compiles every source file of the series, the modules of its tests too, with
# W=1, by gcc and by clang where one is there that the kernel accepts, and has
# sparse read it; any warning is a failure. In a folder of its own: other flags in
# the debug build would rebuild half of it.

. "$(dirname "$0")/lib.sh"
. "$HARNESS/compose.sh"

take_lock
open_logs
rc=0
modules=tools/testing/selftests/vma_access/test_modules
option=				# of Kconfig, for one compile()

# Objects of the files that the series adds or changes.
objects() {
	{
		overlay_files
		series_patches | while IFS= read -r p; do patched_files "$p"; done
	} | grep -E '^(mm|lib|kernel|drivers|fs|net|samples)/.*\.c$' | sed 's/\.c$/.o/' | sort -u
}

compile() { # NAME FILES BUILD MAKE-VARIABLE ...
	local name=$1 build=$WORK/build-w1-$3 log=$RUN_LOGS/w1-$1.log o at objs=() mods=() bad files=$2
	shift 3
	mkdir -p "$build"
	# The options of the debug kernel, of this compiler.
	if ! cmp -s "$WORK/build-debug/.config" "$build/.config-debug"; then
		cp "$WORK/build-debug/.config" "$build/.config"
		cp "$WORK/build-debug/.config" "$build/.config-debug"
	fi
	[[ -z $option ]] || "$TREE/scripts/config" --file "$build/.config" -e "$option"
	make -C "$TREE" ARCH=x86_64 O="$build" "$@" olddefconfig >"$log" 2>&1
	if [[ -n $option ]] && ! grep -qx "CONFIG_$option=y" "$build/.config"; then
		fail "W=1 $name" "CONFIG_$option cannot be set" "$log"
		rc=1
		return
	fi
	while IFS= read -r o; do
		[[ ! -e $TREE/${o%.o}.c ]] || objs+=("$o")
	done < <(objects | grep -E "$files")
	if ((${#objs[@]} == 0)); then
		skip "W=1 $name" "the series has no source files yet"
		return
	fi
	# The kselftests build these modules where they are; so it is copies here.
	mkdir -p "$build/test_modules"
	rm -f "$build/test_modules"/*.[cho]
	cp "$TREE/$modules"/{Makefile,*.[ch]} "$build/test_modules"
	while IFS= read -r o; do
		mods+=("$(basename "$o" .c).o")
	done < <(overlay_files | grep "^$modules/.*\.c$")
	# Built anew: a warning is printed only by a compiler that runs. (sparse runs
	# in any case.)
	[[ $name == sparse ]] || (cd "$build" && rm -f "${objs[@]}")
	if ! timeout 900 make -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" W=1 "${objs[@]}" >>"$log" 2>&1 ||
		! timeout 900 make -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" W=1 \
			M="$build/test_modules" "${mods[@]}" >>"$log" 2>&1; then
		fail "W=1 $name" "$(grep -m1 -E 'error|Error' "$log")" "$log"
		rc=1
		return
	fi
	while IFS= read -r o; do
		at=${o%.o}
		[[ $o != "$modules"/* ]] || at=${at##*/}
		bad=$(grep -m1 -E "$at\.[ch]:[0-9]+.*(warning|error):|include/[^ ]*vma_access[^ ]*\.h:.*(warning|error):|vma_access_test[a-z_]*\.h:.*(warning|error):" "$log" || true)
		if [[ -n $bad ]]; then
			fail "W=1 $name ${o%.o}.c" "$bad" "$log"
			rc=1
		else
			pass "W=1 $name ${o%.o}.c"
		fi
	done < <(printf '%s\n' "${objs[@]}" "${mods[@]/#/$modules/}")
}

# The kernel's context analysis: is the lock held that the handle proves? Its own
# option, for the files whose makefile says so, wants clang 23; 22 is given the
# option's flags, and knows it too.
context() { # NAME CLANG
	local flags=(KCFLAGS="$(<"$WORK/build-w1-clang/.context-flags")") version
	version=$("$2" -dumpversion)
	((${version%%.*} < 23)) || option=WARN_CONTEXT_ANALYSIS flags=()
	compile "$1" '^(mm|samples)/.*vma_|/(binder|binder_alloc|udmabuf|kcov)\.o' "$1" \
		CC="$2" ${flags[@]+"${flags[@]}"}
	option=
}

compile gcc . gcc CC=gcc

tools=$("$HARNESS/tools.sh") && PATH=$PATH:$tools
# Older ones cannot read this kernel.
sparse=
for s in $(type -ap sparse); do
	if "$s" --version 2>/dev/null | grep -qE '0\.6\.5|0\.6\.[6-9]|0\.[7-9]|^[1-9]'; then
		sparse=$s
		break
	fi
done
if [[ -n $sparse ]]; then
	# Not mm/memory.c: what sparse says of it is mainline's.
	compile sparse '^(drivers|kernel|lib|samples)/|^mm/vma_' gcc CC=gcc C=2 CHECK="$sparse"
else
	skip "W=1 sparse" "no sparse here that can read this kernel (0.6.5 or later)"
fi

min=$("$TREE/scripts/min-tool-version.sh" llvm)
clang=
for c in clang $(compgen -c clang- | grep -E '^clang-[0-9]+$' | sort -Vr | uniq); do
	command -v "$c" >/dev/null || continue
	have=$("$c" -dumpversion)
	if ((${have%%.*} >= ${min%%.*})); then
		clang=$c
		break
	fi
done
rm -f "$WORK/build-w1-clang/.cc"
if [[ -n $clang ]]; then
	compile clang . clang CC="$clang"
	echo "$clang" >"$WORK/build-w1-clang/.cc"
	: >"$WORK/build-w1-clang/.context-flags"
	if ((${have%%.*} >= 22)); then
		make -s -f - <<-END >"$WORK/build-w1-clang/.context-flags"
			srctree := $TREE
			include $TREE/scripts/Makefile.context-analysis
			all: ; @echo \$(CFLAGS_CONTEXT_ANALYSIS)
		END
		context context "$clang"
	else
		skip "W=1 context" "no clang here that has the context analysis (22 or later)"
	fi
	if ((${have%%.*} <= 22)); then
		: that was it
	elif command -v clang-22 >/dev/null; then
		context context-22 clang-22
	else
		skip "W=1 context-22" "no clang 22 here"
	fi
else
	skip "W=1 clang" "no clang here that the kernel accepts ($min or later)"
fi
exit $rc
