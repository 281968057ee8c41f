#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Shows each bug of patches/fixes that user space gets to: builds the plain kernel,
# boots it and runs every reproducer, which has to see the bug; then the same with all
# the fixes, where none may. fixes.tsv says which there are.
#	harness/run fixes-check [program ...]	only these, by name, e.g. sg_split
# A reproducer exits with 0 if the kernel behaves right, 1 if the bug is there, and 4
# if it cannot tell, which is a failure here: the kernel has all that they need.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

usage() { echo "usage: harness/run fixes-check [program ...]    e.g. sg_split"; }
[[ ${1:-} != -h ]] || { usage; exit 0; }

fixes=$REPO/patches/fixes
table=$HARNESS/check/fixes.tsv
config=$HARNESS/build/configs/fixes.config
tree=$WORK/fixes
build=$WORK/build-fixes

# name -> source, and what the plain kernel reports on the console.
declare -A source report
while IFS= read -r line; do
	[[ -n $line && $line != '#'* ]] || continue
	IFS=$'\x1f' read -r _ _ program _ text < <(tr '\t' '\037' <<<"$line")
	[[ $program != argument ]] || continue
	name=$(basename "$program" .c)
	[[ ${source[$name]:-$program} == "$program" ]] ||
		die "two reproducers with the name $name: ${source[$name]} and $program"
	source[$name]=$program
	[[ -z $text ]] || report[$name]=$text
done <"$table"
if (($#)); then
	names=("$@")
else
	mapfile -t names < <(printf '%s\n' "${!source[@]}" | sort)
fi
for name in ${names[@]+"${names[@]}"}; do
	[[ -n ${source[$name]:-} ]] || die "no reproducer $name in ${table##*/}; there is: $(printf '%s\n' "${!source[@]}" | sort | tr '\n' ' ')"
done
((${#names[@]})) || die "${table##*/} has no reproducer"

take_lock
open_logs
[[ -n ${VMA_ACCESS_SYNCED:-} ]] || "$HARNESS/fetch/packages.sh"
need_tools gcc make patch cpio timeout
src=$("$HARNESS/fetch/fetch.sh")
log=$RUN_LOGS/fixes.log
rc=0

failed() {
	rc=1
	fail "$@"
}

# ---- the patches -------------------------------------------------------------

if "$HARNESS/check/fixes-table.sh" "$src" >"$log" 2>&1; then
	pass "fixes table"
else
	failed "fixes table" "$(head -n 1 "$log")" "$log"
fi

# Each alone: none may need another.
scratch alone
while IFS= read -r p; do
	rm -rf "$alone/new"
	patched_files "$p" | while IFS= read -r f; do take "$src" "$alone/new" "$f"; done
	if msg=$(try_patch "$alone/new" "$p"); then
		pass "fixes apply ${p#"$fixes"/}"
	else
		failed "fixes apply ${p#"$fixes"/}" "$(which_hunk <<<"$msg")" "$p"
	fi
done < <(fix_patches)

# ---- a kernel, its programs, and the guest -----------------------------------

cc=gcc
! command -v ccache >/dev/null || cc='ccache gcc'
kmake() { # SECONDS ARGUMENT...
	within "$1" make -C "$tree" ARCH=x86_64 O="$build" CC="$cc" -j"$JOBS" "${@:2}" >>"$log" 2>&1
}
stop() { # WHAT
	[[ -n $(late "$log") ]] || grep -E -m5 '(error|Error|undefined)[: ]' "$log" >&2 || tail -n 5 "$log" >&2
	die "$1 failed$(late "$log") (log: $log)"
}

# On top of allnoconfig, for there to be little to build; an option that is not taken
# over would be a driver that is not there.
configure() {
	local line
	[[ ! -e $build/.config || ! $build/.config -nt $config ]] || return 0
	kmake 600 KCONFIG_ALLCONFIG="$config" allnoconfig || stop "configuring the kernel"
	# Unless an option changed, its time stays.
	touch "$build/.config"
	while IFS= read -r line; do
		[[ $line == CONFIG_* ]] || continue
		grep -qxF "$line" "$build/.config" || {
			rm -f "$build/.config"
			die "configuring the kernel: no $line (log: $log)"
		}
	done <"$config"
}

make_kernel() { # plain|fixed
	local t0
	t0=$(date +%s)
	log=$RUN_LOGS/build-fixes-$1.log
	"$HARNESS/fetch/sync.sh" "$1" >/dev/null
	[[ -e $build/vmlinux ]] || need_disk "$CACHE" 1500 "the kernel of the fixes"
	mkdir -p "$build"
	configure
	say "building the $1 kernel (log: $log)"
	kmake "${BUILD_LIMIT:-3600}" all headers || stop "building the $1 kernel"
	say "built the $1 kernel in $(elapsed "$t0") ($(grep -cE '^  (CC|AS|LD|AR)' "$log" || true) objects)"
}

make_guest() { # plain|fixed
	local name k dir programs=$build/kselftest_install/fixes
	rm -rf "$build/kselftest_install" "$build/fixes-modules"
	mkdir -p "$programs" "$build/fixes-modules"
	for name in "${names[@]}"; do
		gcc -O2 -Wall -Wextra -static -isystem "$build/usr/include" \
			-o "$programs/$name" "$fixes/${source[$name]}" >>"$log" 2>&1 ||
			stop "compiling ${source[$name]}"
		[[ $1 == plain && -n ${report[$name]:-} ]] || continue
		mkdir -p "$programs/expect"
		sed 's/; /\n/g' <<<"${report[$name]}" >"$programs/expect/$name"
	done
	# Devices that the kernel has not got.
	for k in "$fixes"/*/Kbuild; do
		[[ -f $k ]] || continue
		dir=$build/fixes-modules/$(basename "$(dirname "$k")")
		mkdir "$dir"
		cp -t "$dir" "${k%/*}"/{Kbuild,*.c}
		kmake 300 M="$dir" modules || stop "building the modules of ${k#"$REPO"/}"
	done
	SAMPLE_MODULES=$build/fixes-modules "$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio" >>"$log" 2>&1 ||
		stop "making the guest"
}

# ---- before and after ----------------------------------------------------------

# The lines of one program.
said() { # NAME
	sed -n "/^vma_access-guest: program $1\$/,/^vma_access-guest: status $1 /p" "$out" | grep -v '^vma_access-guest: '
}

judge() { # plain|fixed NAME STATUS
	local what="fixes $1 $2" lines bug
	lines=$(said "$2")
	bug=$(grep -m1 '^not ok' <<<"$lines" || true)
	# Its own last line, with as many cases as it has.
	if [[ $3 == [01] && $(grep -cE '^(not )?ok ' <<<"$lines") != "$(sed -n 's/^1\.\.//p' <<<"$lines")" ]]; then
		failed "$what" "its plan and its cases do not agree" "$out"
		return
	fi
	case $1:$3:${bug:+bug} in
		plain:1:bug) pass "$what"; say "$what: $bug" ;;
		fixed:0:) pass "$what"; say "$what: $(grep -c '^ok' <<<"$lines") cases passed" ;;
		plain:0:) failed "$what" "the bug is not there without the fix" "$out" ;;
		*:4:*) failed "$what" "skipped: $(sed -n 's/^1\.\.0 # SKIP //p' <<<"$lines")" "$out" ;;
		*::*) failed "$what" "the guest stopped before its end: $(tail -n 1 "$out")" "$out" ;;
		*) failed "$what" "exit code $3${bug:+, $bug}" "$out" ;;
	esac
}

boot() { # plain|fixed
	local prefix=$RUN_LOGS/fixes-$1 name reports end=0
	out=$prefix.out
	make_guest "$1"
	say "running ${#names[@]} reproducers in the $1 kernel"
	"$HARNESS/boot/boot.sh" "$build" "$build/initramfs.cpio" "$prefix" "${FIXES_LIMIT:-240}" \
		job=fixes "tests=$(IFS=,; echo "${names[*]}")" || end=$?
	((end != 124 && end != 137)) ||
		failed "fixes $1" "no end within ${FIXES_LIMIT:-240} s; the last line was: $(tail -n 1 "$out")" "$out"
	for name in "${names[@]}"; do
		judge "$1" "$name" "$(sed -n "s/^vma_access-guest: status $name //p" "$out")"
	done
	! grep -q '^vma_access-guest: cannot load' "$out" ||
		failed "fixes $1 modules" "$(grep -m1 '^vma_access-guest: cannot load' "$out")" "$prefix.console"
	if reports=$("$HARNESS/boot/watch" "$prefix.console"); then
		pass "fixes $1 console"
	else
		failed "fixes $1 console" "$(head -n 1 <<<"$reports")" "$prefix.console"
	fi
}

t0=$(date +%s)
for state in plain fixed; do
	make_kernel $state
	boot $state
done
say "fixes-check: ${#names[@]} reproducers on two kernels in $(elapsed "$t0"), $( ((rc)) && echo "not all as it has to be" || echo "each fails before and passes after")"
exit $rc
