#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a kernel and runs KUnit suites on it, through the kernel's kunit.py.

. "$(dirname "$0")/../lib.sh"

usage() {
	cat <<-END
	usage: harness/run kunit <config> [glob] [fast|all] [full|base]
	  glob  suites to run, as kunit.py takes it ('vma_access*'); default: all
	  fast  without the cases marked slow (the default)
	  base  on the unmodified kernel
	END
}

config=${1:-} glob=${2:-} speed=${3:-fast} what=${4:-full}
[[ -n $config && $config != -h ]] || { usage; [[ $config == -h ]]; exit; }
limit=${KUNIT_LIMIT:-$([[ $speed == fast ]] && echo 300 || echo 1500)}

take_lock
open_logs
"$HARNESS/build/build.sh" "$config" "$what"
tree=$TREE build=$WORK/build-$config name=${KUNIT_NAME:-kunit-$config}
if [[ $what == base ]]; then
	tree=$BASE build=$WORK/build-base-$config name=kunit-base-$config
fi
# More than one boot of a kernel in a run: each has its own logs.
n=2 log=$RUN_LOGS/$name
while [[ -e $log.log ]]; do
	log=$RUN_LOGS/$name-$((n++))
done

filter=() qemu=
[[ $speed != fast ]] || filter=(--filter 'speed>slow')
arch=$(arch_of "$config")
if [[ $arch == um ]]; then
	# The tracing of processes, its other way, is for one processor.
	args=(seccomp=on ncpus="${VMA_ACCESS_CPUS:-2}")
elif foreign "$config"; then
	args=()
	[[ $arch != i386 ]] || args=(reboot=t no_timer_check)
	qemu=${FOREIGN[*]:5}
else
	args=(reboot=t no_timer_check)
	VMA_ACCESS_ACCEL=$("$HARNESS/boot/accel.sh" "$build/arch/x86/boot/bzImage")
	export VMA_ACCESS_ACCEL
fi
# With PAT it is the memory and not the mapping that says how it is cached.
[[ $config != up ]] || args+=(nopat)
args=("${args[@]/#/--kernel_args=}")
[[ $config != up ]] || export VMA_ACCESS_CPUS=1
# shellcheck disable=SC2206
more=(${KUNIT_ARGS:-})
args+=(${more[@]+"${more[@]/#/--kernel_args=}"})

say "running KUnit on the $config kernel${glob:+, suites $glob} (limit $limit s)"
t0=$(date +%s)
rm -f "$build/test.log"
rc=0
(
	cd "$tree"
	# kunit.py has a limit of its own; this one is for kunit.py.
	PATH=$HARNESS/boot/qemu:$PATH exec timeout -k 10 $((limit + 60)) \
		"$PYTHON" tools/testing/kunit/kunit.py exec --arch "$arch" --build_dir "$build" \
		--timeout "$limit" --json="$log.json" ${filter[@]+"${filter[@]}"} \
		--kernel_args panic=-1 --kernel_args oops=panic ${args[@]+"${args[@]}"} \
		${qemu:+--qemu_args="$qemu"} ${glob:+"$glob"}
) >"$log.log" 2>&1 </dev/null &
wait $! || rc=$?
if [[ -e $build/test.log ]]; then
	cp "$build/test.log" "$log.console"
else
	: >"$log.console"
fi

# What the kernel printed twice is no second result: read it again without.
if grep -q '^\*\* replaying previous printk message' "$log.console"; then
	rc=0
	"$HARNESS/boot/watch" --whole "$log.console" >"$log.whole"
	within 60 "$PYTHON" "$tree/tools/testing/kunit/kunit.py" parse --json="$log.json" \
		"$log.whole" >>"$log.log" 2>&1 || rc=$?
fi

last=$(grep -vE '^[[:space:]]*$|^qemu-system' "$log.console" | tail -n 1 | tr -d '\r' || true)

# Why a case failed, in one line: what it expected, else where the console ends.
why() {
	local said
	said=$(grep -m1 -A3 "# $1: .*FAILED" "$log.console" | tr -d '\r' |
		sed -E 's/^\[ *[0-9.]+\] //; s/^ *# //; s/^ +//' | tr '\n' ' ' || true)
	echo "${said:-no result; the last line was: $last}"
}

# One result per test case: STATUS suite.case
cases=$log.cases
"$PYTHON" "$HARNESS/boot/kunit-cases.py" "$log.json" >"$cases" 2>/dev/null || : >"$cases"
p=0 f=0 s=0
while read -r status case; do
	case $status in
		PASS) p=$((p + 1)); pass "$name $case" ;;
		SKIP)
			s=$((s + 1))
			# A parameter's blanks are not blanks in the name of its case.
			last_part=${case##*.}
			skip "$name $case" "$(sed -nE "s/.*ok [0-9]+ ${last_part//_/.} # SKIP //p" "$log.console" | tr -d '\r' | head -n 1)"
			;;
		*)
			f=$((f + 1))
			fail "$name $case" "$(why "${case##*.}")" "$log.console"
			;;
	esac
done <"$cases"

if grep -q 'timed out after' "$log.log" || ((rc == 124 || rc == 137)); then
	f=$((f + 1))
	fail "$name" "no end within $limit s; the last line was: $last" "$log.console"
elif [[ ! -s $log.console ]]; then
	f=$((f + 1))
	fail "$name" "the kernel printed nothing: $(tail -n 1 "$log.log")" "$log.log"
elif ((p + f + s == 0)); then
	f=$((f + 1))
	fail "$name" "no test ran; the last line was: $last" "$log.console"
elif ((rc != 0 && f == 0)); then
	f=$((f + 1))
	fail "$name" "kunit.py: $(grep -m1 -iE 'error' "$log.log" || tail -n 1 "$log.log")" "$log.log"
fi

if reports=$("$HARNESS/boot/watch" "$log.console"); then
	pass "$name console"
else
	f=$((f + 1))
	fail "$name console" "$(head -n 1 <<<"$reports")" "$log.console"
fi
say "KUnit on $config: $p passed, $f failed, $s skipped in $(elapsed "$t0")"
exit $((f > 0))
