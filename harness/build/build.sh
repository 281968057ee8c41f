#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a kernel with its modules: configured by the kernel's kunit.py from the
# fragments in configs/, built by the kernel's own makefile.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"
. "$HARNESS/build/gcov-options.sh"
. "$HARNESS/build/kcov-options.sh"
. "$HARNESS/build/allnoconfig.sh"

usage() {
	cat <<-END
	usage: harness/run build <config> [full|base] [target]
	  config  one of: $(cd "$HARNESS/build/configs" && ls ./*.config | sed 's,^\./,,; s/\.config$//' | grep -vE '^(common|series|fixes|arches)' | tr '\n' ' ')
	          (um*: user mode Linux; those of harness/boot/arches are for other machines)
	  base    the unmodified kernel instead of the series
	  target  of the kernel's makefile, instead of all
	END
}

config=${1:-} what=${2:-full}
[[ -n $config && $config != -h ]] || { usage; [[ $config == -h ]]; exit; }
[[ -f $HARNESS/build/configs/$config.config ]] || { usage; die "no such config: $config"; }
[[ -n $PYTHON ]] || die "python3 is missing"

# Three are variants of the debug kernel, and one of that for mutants of drivers.
target=${3:-all} own=$config
case $config in
	nolock | fuzz | devices) own=debug ;;
	um-fuzz) own=um-drivers ;;
esac
if foreign "$config"; then
	target=${3:-${FOREIGN[3]}} own=arches
fi

take_lock
open_logs
# Before anything is built: what boots it may be missing too. A whole run has looked.
# (User mode Linux is its own machine.)
[[ -n ${VMA_ACCESS_SYNCED:-} || $config == um* ]] || "$HARNESS/fetch/packages.sh"
tree=$("$HARNESS/fetch/sync.sh" "$what")
build=$WORK/build-$config
[[ $what == full ]] || build=$WORK/build-$what-$config
log=$RUN_LOGS/build-${build##*/build-}.log
# A run whose sources do not change (VMA_ACCESS_SYNCED) builds each once.
built=$RUN_LOGS/built-${build##*/build-}-${target//\//_}
if [[ -n ${VMA_ACCESS_SYNCED:-} && -e $built ]]; then
	exit
fi
arch=$(arch_of "$config")
[[ -e $build/vmlinux ]] || need_disk "$CACHE" 2500 "the $config build"
mkdir -p "$build"

# The series' own options: those whose symbol and file the tree has. A symbol
# that is not there would make kunit.py refuse the whole configuration.
symbols() { cat "$tree"/mm/Kconfig* "$tree"/samples/Kconfig "$tree"/lib/Kconfig.debug; }
own_options() {
	local line name file
	symbols | sed -nE 's/^(menu)?config[ \t]+(\w+).*/\2/p' | sort -u >"$build/.symbols"
	cat "$HARNESS/build/configs/series.config" "$HARNESS/build/configs/series-$own.config" 2>/dev/null |
		while IFS= read -r line; do
			[[ $line == CONFIG_* ]] || continue
			name=${line%%=*} name=${name#CONFIG_}
			file=${line#*#} file=${file# } line=${line%%[[:space:]]*}
			grep -qx "$name" "$build/.symbols" && [[ -e $tree/$file ]] &&
				printf '%s\n' "$line"
		done || true
}
{
	case $arch:$own in
		um:*) ;;
		*:arches) cat "$HARNESS/build/configs/arches.config" ;;
		*) cat "$HARNESS/build/configs/common.config" ;;
	esac
	# Measured is what a production kernel has.
	[[ $config != bench* ]] || cat "$HARNESS/build/configs/prod.config"
	# A variant begins with the config that it varies: later lines override earlier ones.
	[[ $own == "$config" || $own == arches ]] || cat "$HARNESS/build/configs/$own.config"
	cat "$HARNESS/build/configs/$config.config"
	[[ $what == base ]] || own_options
} >"$build/.fragment"

# ccache makes a rebuild after `make clean` cheap.
make_opts=()
cross=
[[ $own != arches ]] || cross=${FOREIGN[2]}-
[[ -z $cross ]] || make_opts=(CROSS_COMPILE="$cross")
cc=${cross}gcc
if [[ $config == kcsan ]]; then
	# Only clang tells a compound read and write from a plain write.
	if tools=$("$HARNESS/fetch/tools.sh"); then PATH=$PATH:$tools; fi
	cc=$(newest_clang)
	[[ -n $cc ]] || die "no clang here that can build this kernel"
fi
! command -v ccache >/dev/null || cc="ccache $cc"
make_opts+=(CC="$cc")
# For bench.sh, which measures what Rust's abstractions take where they can be built.
if [[ -n ${BENCH_RUST:-} ]] && tools=$("$HARNESS/fetch/tools.sh" rust); then
	make_opts+=(RUSTC="$tools/rustc" BINDGEN="$tools/bindgen" RUST_LIB_SRC="$(echo "${tools%/bin}"/usr/src/rustc-*/library)")
	echo CONFIG_RUST=y >>"$build/.fragment"
fi
# What the kernel's own Kconfig does not let one choose.
for k in "$config" "${config%-debug}" "$own"; do
	k=$HARNESS/build/configs/$k.Kconfig
	[[ -e $k ]] || continue
	cat "$tree/Kconfig" "$k" >"$build/.Kconfig"
	make_opts+=(KBUILD_KCONFIG="$build/.Kconfig")
	break
done

t0=$(date +%s)
kunit_opts=()
for o in ${make_opts[@]+"${make_opts[@]}"}; do kunit_opts+=(--make_options "$o"); done
# Assembler without ccache: what a file includes by .incbin is not in its hash, and the
# kernel is included so by what unpacks it.
# shellcheck disable=SC2016
make_opts+=('cmd_as_o_S=$(filter-out ccache,$(CC)) $(a_flags) -c -o $@ $< $(cmd_objtool)')
if grep -q '^CONFIG_GCOV_KERNEL=y' "$build/.fragment"; then
	mapfile -t -O "${#make_opts[@]}" make_opts < <(gcov_options "$tree" "$build")
fi
if [[ $config == *fuzz ]]; then
	mapfile -t -O "${#make_opts[@]}" make_opts < <(kcov_options "$tree")
fi
cd "$tree"
kmake() { within 600 make -C "$tree" ARCH="$arch" O="$build" ${make_opts[@]+"${make_opts[@]}"} "$@"; }
if [[ $own == arches ]]; then
	grep '^CONFIG_' "$build/.fragment" | allnoconfig "$build" "$(newest_kconfig)" >"$log" 2>&1 ||
		die "configuring $config failed: $(grep -m1 '^error: ' "$log" || echo see the log) (log: $log)"
else
	within 600 "$PYTHON" tools/testing/kunit/kunit.py config --arch "$arch" --build_dir "$build" \
		--kunitconfig "$build/.fragment" ${kunit_opts[@]+"${kunit_opts[@]}"} >"$log" 2>&1 ||
		die "configuring $config failed: $(grep -m1 '^Missing:' "$log" || grep -m1 -iE 'error' "$log" || echo see the log) (log: $log)"
	kmake olddefconfig >>"$log" 2>&1 || die "configuring $config failed (log: $log)"
fi

# Progress: objects done so far, and the one being built.
progress() {
	local n last
	n=$(grep -cE '^  (CC|AS|LD|AR|HOSTCC)' "$log" || true)
	last=$(awk '/^  [A-Z]/ { l = $NF } END { print l }' "$log")
	if [[ -t 1 ]]; then
		printf '\r\033[K[%5s] building %s: %s objects, %.50s' "$(elapsed)" "$config" "$n" "$last"
	else
		say "building $config: $n objects, $last"
	fi
}
ticks() {
	local every=15
	[[ ! -t 1 ]] || every=1
	sleep 5
	while kill -0 "$1" 2>/dev/null; do
		progress
		sleep $every
	done
	[[ ! -t 1 ]] || printf '\r\033[K'
}

timeout --foreground "${BUILD_LIMIT:-3600}" \
	make -C "$tree" ARCH="$arch" O="$build" ${make_opts[@]+"${make_opts[@]}"} -j"$JOBS" "$target" \
	>>"$log" 2>&1 &
make_pid=$!
ticks $make_pid 9>&- &
ticks_pid=$!
rc=0
wait $make_pid || rc=$?
kill $ticks_pid 2>/dev/null || true
wait $ticks_pid 2>/dev/null || true
[[ ! -t 1 ]] || printf '\r\033[K'
((rc != 124)) || die "building $config took longer than ${BUILD_LIMIT:-3600} s (log: $log)"
if ((rc != 0)); then
	grep -E -m8 '(error|Error|undefined)[: ]' "$log" >&2 || tail -n 5 "$log" >&2
	die "building $config failed (log: $log)"
fi
say "built $config in $(elapsed "$t0") ($(grep -cE '^  (CC|AS|LD|AR)' "$log" || true) objects)"
touch "$built"
