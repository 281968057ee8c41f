#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Compiles every source file of the series, the modules of its tests too, with
# W=1, by gcc and by clang where one is there that the kernel accepts, and has
# sparse read it; any warning is a failure. In a folder of its own: other flags in
# the debug build would rebuild half of it. What uses the layer is also given to the
# analyses that the compile_fail cases are for: locks, and handles out of scope.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

take_lock
open_logs
rc=0
modules=tools/testing/selftests/vma_access/test_modules
cases=tools/testing/selftests/vma_access/compile_fail
users='^(mm|samples)/.*vma_|/(binder_alloc|udmabuf|kcov)\.o'
option=				# of Kconfig, for one compile()
apart='^$'			# warnings that it leaves to another pass
compiled=()			# what it compiled

# Objects of the files that the series adds or changes. Fixes below a conversion are of
# drivers that this kernel may not have; each is built by series-check long.
objects() {
	{
		overlay_files
		series_patches | grep -v '/patches/fixes/' |
			while IFS= read -r p; do patched_files "$p"; done
	} | grep -E '^(mm|lib|kernel|drivers|fs|io_uring|net|samples)/.*\.c$' | sed 's/\.c$/.o/' | sort -u
}

compile() { # NAME FILES BUILD MAKE-VARIABLE ...
	local name=$1 build=$WORK/build-w1-$3 log=$RUN_LOGS/w1-$1.log o objs=() mods=() files=$2
	shift 3
	compiled=()
	mkdir -p "$build"
	# The options of the debug kernel, of this compiler.
	if ! cmp -s "$WORK/build-debug/.config" "$build/.config-debug"; then
		cp "$WORK/build-debug/.config" "$build/.config"
		cp "$WORK/build-debug/.config" "$build/.config-debug"
	fi
	[[ -z $option ]] || "$TREE/scripts/config" --file "$build/.config" -e "$option"
	if ! within 600 make -C "$TREE" ARCH=x86_64 O="$build" "$@" olddefconfig >"$log" 2>&1; then
		fail "W=1 $name" "$(grep -m1 -E 'error|Error' "$log" || tail -n 1 "$log")" "$log"
		rc=1
		return
	fi
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
	if ! within 900 make -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" W=1 "${objs[@]}" >>"$log" 2>&1 ||
		! within 900 make -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" W=1 \
			M="$build/test_modules" "${mods[@]}" >>"$log" 2>&1; then
		fail "W=1 $name" "$(grep -m1 -E 'error|Error' "$log")" "$log"
		rc=1
		return
	fi
	compiled=("${objs[@]}" "${mods[@]/#/$modules/}")
	verdicts "$name" "$log" -v "$apart"
}

# Warnings in files that the series patches, which are there without it too: of clang 23, and
# of sparse.
mainline='mm/util\.c:[0-9:]+ warning: variable .user_buckets. set but not used'
mainline+='|vfio_pci_core\.c:[0-9:]+ warning: (restricted pci_power_t|cast from restricted vm_fault_t)'
mainline+='|trace/trace\.c:[0-9:]+ (warning|error): .* \(different address spaces\)'
mainline+='|kernel/bpf/\w+\.c:[0-9:]+ warning: symbol .bpf_\w+. was not declared'

# verdicts NAME LOG [-v] REGEX: of each file that was compiled, by the lines of the log
# that match, or do not.
verdicts() {
	local name=$1 log=$2 o at bad kdoc
	shift 2
	for o in ${compiled[@]+"${compiled[@]}"}; do
		at=${o%.o}
		[[ $o != "$modules"/* ]] || at=${at##*/}
		# make has kernel-doc look too. What it says of a patched file is for
		# the static checks, which know what it said before.
		kdoc='^$'
		[[ ! -e $REPO/${o%.o}.c ]] || kdoc="^(Warning|Error): [^ ]*$at\.c:[0-9]"
		bad=$(grep -E "$@" "$log" | grep -vE "$mainline" | grep -m1 -E "$at\.[ch]:[0-9]+.*(warning|error):|include/[^ ]*vma_access[^ ]*\.h:.*(warning|error):|vma_access_test[a-z_]*\.h:.*(warning|error):|$kdoc" || true)
		if [[ -n $bad ]]; then
			fail "W=1 $name ${o%.o}.c" "$bad" "$log"
			rc=1
		else
			pass "W=1 $name ${o%.o}.c"
		fi
	done
}

# understands COMPILER FLAG...
understands() { "$@" -Werror -x c -c -o /dev/null /dev/null >/dev/null 2>&1; }

# again BUILD OBJECT SOURCE LOG FLAG...: the command that made an object, with more
# flags and without a trace; of another source, if one is given.
again() {
	local dir=$1 cmd=$1/${2%/*}/.${2##*/}.cmd source=$3 log=$4
	if [[ $2 == "$modules"/* ]]; then
		dir=$1/test_modules cmd=$1/test_modules/.${2##*/}.cmd
	fi
	shift 4
	cmd=$(sed -nE '1 {
		s/^savedcmd_[^ ]* := //; s/ *;.*//; s/\$\$/$/g; s/\\#/#/g
		s/ -Wp,-MMD,[^ ]*//; s/ -o [^ ]*/ -o \/dev\/null/; p }' "$cmd")
	[[ -z $source ]] || cmd="${cmd% *[! ]*} $source"
	(cd "$dir" && eval "within 600 $cmd ${*@Q}") >"$log" 2>&1
}

# notices NAME TEXT BUILD FLAG...: a pass that cannot fail is none. With the sample's
# flags it has to say TEXT of a handle that is used after its guard.
notices() {
	local log=$RUN_LOGS/w1-$1-control.log
	again "$3" samples/vma_access/vma_pool.o "$TREE/$cases/handles_after.c" "$log" \
		-DCASE_handle_after_guard -DBAD "${@:4}" || true
	if grep -q 'handles_after\.c:[0-9]' "$log" && grep -qE "warning: .*$2" "$log"; then
		pass "W=1 $1 control"
	else
		fail "W=1 $1 control" "a handle that is used after its guard is not reported" "$log"
		rc=1
	fi
}

# The kernel's context analysis: is the lock held that the handle proves? Its own
# option, for the files whose makefile says so, wants clang 23; 22 is given the
# option's flags, and knows it too. From 23 on there is also the lifetime analysis: is
# the guard still there that a handle is of?
context() { # NAME CLANG
	local flags version lifetime=(-Xclang -fexperimental-lifetime-safety-c -Wlifetime-safety)
	flags=$(<"$WORK/build-w1-clang/.context-flags")
	version=$("$2" -dumpversion)
	((${version%%.*} < 23)) || option=WARN_CONTEXT_ANALYSIS flags=
	if understands "$2" "${lifetime[@]}"; then
		flags="$flags ${lifetime[*]}" apart='\[-Wlifetime-safety'
	fi
	compile "$1" "$users" "$1" CC="$2" KCFLAGS="$flags"
	option=
	if [[ $apart == '^$' ]]; then
		[[ $1 != context ]] || skip "W=1 lifetime" "no clang here that has the lifetime analysis (23 or later)"
	elif ((${#compiled[@]})); then
		verdicts lifetime "$RUN_LOGS/w1-$1.log" "$apart"
		notices lifetime 'does not live long enough' "$WORK/build-w1-$1"
	fi
	apart='^$'
}

compile gcc . gcc CC=gcc

tools=$("$HARNESS/fetch/tools.sh") && PATH=$PATH:$tools
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
	compile sparse '^(drivers|kernel|lib|samples)/|^mm/(tests/)?vma_' gcc CC=gcc C=2 CHECK="$sparse"
else
	skip "W=1 sparse" "no sparse here that can read this kernel (0.6.5 or later)"
fi

clang=$(newest_clang)
rm -f "$WORK/build-w1-clang/.cc"
if [[ -n $clang ]]; then
	have=$("$clang" -dumpversion)
	compile clang . clang CC="$clang"
	echo "$clang" >"$WORK/build-w1-clang/.cc"
	: >"$WORK/build-w1-clang/.context-flags"
	if ((${have%%.*} >= 22)); then
		within 60 make -s -f - <<-END >"$WORK/build-w1-clang/.context-flags"
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
