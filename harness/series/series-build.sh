#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds what the mails of the series touch, after each of them; called by
# series-check.sh long:
#	series-build.sh SRC TMP
# TMP/tree has a branch of each topic, and TMP/topics lists them. Objects only, by gcc
# with W=1 and sparse, of allmodconfig; and at the end of each topic of the table those
# of the configurations below. What a mail must not do is to add a warning or to break
# an object: what was said before it is not its doing. What x86-64 has not is left to
# other compilers, where they are there.

. "$(dirname "$0")/../lib.sh"

src=$1 tmp=$2
log=$RUN_LOGS/series-build.log
rc=0

# Each configuration is made by a target of the kernel's makefile; these options are
# changed after that. KASAN and debugging information only take time, and WERROR would make
# errors of mainline's warnings.
wanted_allmod="WERROR=n DRM_WERROR=n KASAN=n KCSAN=n UBSAN=n DEBUG_INFO_NONE=y GCC_PLUGINS=n GCOV_KERNEL=n MODULE_SIG=n"
CONFIGS='
allmod   x86_64 -                  allmodconfig
allno    x86_64 -                  allnoconfig
def      x86_64 -                  defconfig
up       x86_64 -                  defconfig   SMP=n
32bit    i386   -                  defconfig   WERROR=n
nommu    arm    arm-linux-gnueabi  allnoconfig MMU=n ARCH_MPS2=y
'
OTHERS='
powerpc  powerpc powerpc64le-linux-gnu ppc64le_defconfig WERROR=n PPC_WERROR=n KVM_BOOK3S_64_HV=m OCXL=m
sparc    sparc   sparc64-linux-gnu     sparc64_defconfig WERROR=n OBP_FLASH=m
'

sparse=
PATH=$PATH:$("$HARNESS/fetch/tools.sh" || true)
for s in $(type -ap sparse); do
	if "$s" --version 2>/dev/null | grep -qE '0\.6\.5|0\.6\.[6-9]|0\.[7-9]|^[1-9]'; then
		sparse=$s
		break
	fi
done
[[ -n $sparse ]] || skip "series: sparse" "no sparse here that can read this kernel (0.6.5 or later)"
ccache=
! command -v ccache >/dev/null || ccache='ccache '

# A whole tree, by links: each changed file is put into it anew. It stays where it is,
# and its objects beside it, for the next time.
work=$WORK/series/build
kernel=$work/kernel
if [[ ! -e $work/.of || $(<"$work/.of") != "$src" ]]; then
	rm -rf "$work"
	mkdir -p "$kernel"
	# With the dot: $src may be a link itself, and must not be written to.
	cp -al "$src/." "$kernel"
	echo "$src" >"$work/.of"
	: >"$work/put"
fi

# checkout COMMIT: the tree as of there. What does not change is not touched.
checkout() {
	local f
	rm -rf "$tmp/at"
	mkdir "$tmp/at"
	git -C "$tmp/tree" archive "$1" | tar -xm -C "$tmp/at"
	(cd "$tmp/at" && find . -type f -printf '%P\n') | sort >"$tmp/there"
	while IFS= read -r f; do
		if ! cmp -s "$tmp/at/$f" "$kernel/$f"; then
			mkdir -p "$kernel/${f%/*}"
			touch "$tmp/at/$f"
			mv "$tmp/at/$f" "$kernel/$f"
		fi
	done <"$tmp/there"
	# Files of later patches are removed.
	comm -13 "$tmp/there" "$work/put" | while IFS= read -r f; do rm -f "$kernel/$f"; done
	sort -u -o "$work/put" "$tmp/there" "$work/put"
}

# of CONFIG: sets arch, cross, target and what is wanted of it.
of() {
	read -r _ arch cross target wanted < <(grep "^$1 " <<<"$CONFIGS$OTHERS")
	[[ $cross != - ]] || cross=
	[[ $1 != allmod ]] || wanted=$wanted_allmod
}

kmake() { # CONFIG ARGUMENT...
	within 900 make -C "$kernel" ARCH="$arch" O="$work/$1" --no-print-directory -j"$JOBS" W=1 \
		CC="$ccache${cross:+$cross-}gcc" ${cross:+CROSS_COMPILE="$cross-"} "${@:2}"
}

# Only if what it is made of changed: a new .config makes objects anew.
configure() { # CONFIG
	local build=$work/$1 kconfig
	of "$1"
	mkdir -p "$build"
	# shellcheck disable=SC2086  # words
	printf 'CONFIG_%s\n' $wanted >"$build/.wanted"
	kconfig=$({
		cat "$build/.wanted"
		grep -E '(^|/)Kconfig' "$work/put" | while IFS= read -r f; do
			cksum "$kernel/$f" 2>/dev/null || true
		done
	} | cksum)
	[[ ! -e $build/.of || $(<"$build/.of") != "$kconfig" ]] || return 0
	kmake "$1" KCONFIG_ALLCONFIG="$build/.wanted" "$target" >>"$log" 2>&1 &&
		sed -nE 's/^CONFIG_(.*)=n$/-d \1/p; s/^CONFIG_(.*)=y$/-e \1/p; s/^CONFIG_(.*)=m$/-m \1/p' "$build/.wanted" |
			xargs -r "$kernel/scripts/config" --file "$build/.config" &&
		kmake "$1" olddefconfig >>"$log" 2>&1 &&
		kmake "$1" prepare >>"$log" 2>&1 || return 1
	echo "$kconfig" >"$build/.of"
}

# Those of OBJECT... that the configuration has are built. What is said of them goes to
# TMP/said, without the lines, which change.
build() { # CONFIG OBJECT...
	local config=$1 out=$tmp/out check=() o ok=0
	shift
	of "$config"
	[[ $config != allmod || -z $sparse ]] || check=(C=1 CHECK="$sparse")
	: >"$tmp/said"
	(($#)) || return 0
	kmake "$config" -k ${check[@]+"${check[@]}"} "$@" >"$out" 2>&1 || ok=1
	cat "$out" >>"$log"
	# An object that the configuration has not is no error.
	if ((ok)) && grep -vE "No rule to make target|No such file|Target .* not remade|\*\*\* \[.*(Makefile|Error 2)" "$out" |
		grep -E '(error:|\*\*\*)' >"$tmp/errors"; then
		sed 's/^/error: /' "$tmp/errors" >>"$tmp/said"
	fi
	grep -E ': warning: |^(Warning|Error): ' "$out" |
		sed -E "s|$kernel/||g; s|^\.\./kernel/||; s/:[0-9]+(:[0-9]+)?:/:/" >>"$tmp/said" || true
}

# The objects of the files that a range of commits touches. KVM is built by the
# architecture's makefile.
objects() { # RANGE
	git -C "$tmp/tree" log --format= --name-only "$1" | sort -u |
		grep -E '^(arch|drivers|fs|kernel|lib|mm|net|samples|sound|virt)/.*\.c$' |
		sed 's/\.c$/.o/; s,^virt/kvm/,arch/x86/kvm/../../../virt/kvm/,' || true
}

# Those of OBJECT... that are not built yet, by another compiler. What none has is
# skipped, once.
declare -A skipped
elsewhere() { # TOPIC OBJECT...
	local config cross o left=("${@:2}") still
	while read -r config _ cross _; do
		[[ -n $config ]] && ((${#left[@]})) && command -v "$cross-gcc" >/dev/null || continue
		if ! configure "$config"; then
			echo "error: $config cannot be configured" >>"$tmp/said"
			continue
		fi
		mv "$tmp/said" "$tmp/said.before"
		build "$config" "${left[@]}"
		cat "$tmp/said.before" >>"$tmp/said"
		still=()
		for o in "${left[@]}"; do [[ -e $work/$config/$o ]] || still+=("$o"); done
		left=(${still[@]+"${still[@]}"})
	done <<<"$OTHERS"
	for o in ${left[@]+"${left[@]}"}; do
		[[ -z ${skipped[$1 $o]:-} ]] || continue
		skipped[$1 $o]=1
		skip "series build $1 ${o%.o}.c" "no compiler and configuration here has it"
	done
}

# Of allmodconfig, and what that has not elsewhere.
build_all() { # TOPIC OBJECT...
	local o left=()
	build allmod "${@:2}"
	for o in "${@:2}"; do [[ -e $work/allmod/$o ]] || left+=("$o"); done
	((${#left[@]} == 0)) || elsewhere "$1" "${left[@]}"
}

existing() { # OBJECT...
	local o
	for o; do [[ ! -e $kernel/${o%.o}.c ]] || echo "$o"; done
}

while read -r topic before kind; do
	[[ -z ${TOPICS:-} || " $TOPICS " == *" $topic "* ]] || continue
	[[ $before != base ]] || before=origin/base
	t0=$(date +%s)
	mapfile -t objs < <(objects "$before..$topic")
	checkout "$before"
	if ! configure allmod; then
		fail "series build $topic" "cannot be configured: $(tail -n 1 "$log")" "$log"
		rc=1
		continue
	fi
	mapfile -t have < <(existing ${objs[@]+"${objs[@]}"})
	build_all "$topic" ${have[@]+"${have[@]}"}
	sort -u "$tmp/said" >"$tmp/known"
	while IFS= read -r commit; do
		subject=$(git -C "$tmp/tree" log -1 --format=%s "$commit")
		checkout "$commit"
		mapfile -t have < <(existing ${objs[@]+"${objs[@]}"})
		bad=
		configure allmod || bad="cannot be configured: $(tail -n 1 "$log")"
		if [[ -z $bad ]]; then
			build_all "$topic" ${have[@]+"${have[@]}"}
			bad=$(sort -u "$tmp/said" | comm -23 - "$tmp/known" | head -n 1)
			sort -u -o "$tmp/known" "$tmp/said" "$tmp/known"
		fi
		if [[ -z $bad ]]; then
			pass "series build $topic: $subject"
		else
			fail "series build $topic: $subject" "$bad" "$log"
			rc=1
		fi
	done < <(git -C "$tmp/tree" rev-list --reverse "$before..$topic")
	if [[ $kind == table ]]; then
		while read -r config _ cross _; do
			[[ -n $config && $config != allmod ]] || continue
			if [[ $cross != - ]] && ! command -v "$cross-gcc" >/dev/null; then
				skip "series build $topic $config" "there is no $cross-gcc"
				continue
			fi
			bad=
			configure "$config" || bad="cannot be configured: $(tail -n 1 "$log")"
			if [[ -z $bad ]]; then
				build "$config" ${have[@]+"${have[@]}"}
				bad=$(grep -m1 '^error: ' "$tmp/said" || true)
			fi
			if [[ -z $bad ]]; then
				pass "series build $topic $config"
			else
				fail "series build $topic $config" "$bad" "$log"
				rc=1
			fi
		done <<<"$CONFIGS"
	fi
	say "$topic: ${#objs[@]} objects, after each mail, in $(elapsed "$t0")"
done <"$tmp/topics"
exit $rc
