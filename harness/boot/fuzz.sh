#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Searches for programs that break a promise of the layer, in a kernel that says what they
# cover of the layer and of the drivers that use it:
#	harness/run fuzz [um] [minutes]
# Says each minute how far it is. Ends with an error if there is a finding. What a search
# found is the next one's to begin with, besides the corpus of the repository. FUZZ_SEED and
# FUZZ_WORKERS choose; KMEMLEAK=1 looks for leaked memory, which makes all slower.
# um is user mode Linux, JOBS kernels of it: many times as fast as QEMU, and without huge
# pages, PCI, iommufd, lockdep's order of locks, and kmemleak.

. "$(dirname "$0")/../lib.sh"

config=fuzz kernels=1
[[ ${1:-} != um ]] || { config=um-fuzz kernels=$JOBS; shift; }
minutes=${1:-10}
[[ $minutes =~ ^[0-9]+$ && $minutes != 0 ]] || die "usage: harness/run fuzz [um] [minutes]"
seed=${FUZZ_SEED:-$(date +%s)} workers=${FUZZ_WORKERS:-3}

[[ -z ${KMEMLEAK:-} || $config == fuzz ]] || die "there is no kmemleak in user mode Linux: harness/run fuzz"

take_lock
open_logs
if [[ $config == um-fuzz ]]; then
	[[ -n ${VMA_ACCESS_SYNCED:-} ]] || "$HARNESS/fetch/packages.sh"
	# The memory of each is a file there.
	room=$(($(df -Pm /dev/shm | awk 'NR == 2 { print $4 }') / 1200))
	((room)) || die "too little memory: user mode Linux needs 1200 MB in /dev/shm"
	((kernels <= room)) || kernels=$room
fi
"$HARNESS/build/build.sh" "$config"
build=$WORK/build-$config
saved=$CACHE/fuzz-corpus
mkdir -p "$saved"

programs=$build/kselftest_install/vma_access headers=$build/usr/include
if [[ $config == um-fuzz ]]; then
	rm -rf "$build/kselftest_install"
	mkdir -p "$programs/test_modules"
	headers=$build/selftests/headers/usr/include
	# Not vma_huge: user mode Linux has no page frames besides its memory.
	"$HARNESS/build/um-selftests.sh" "$build" "$build/selftests" vma_{eager,merge,window,import} -- \
		>"$RUN_LOGS/um-modules.log" 2>&1 || die "building the modules failed (log: $RUN_LOGS/um-modules.log)"
	cp -t "$programs/test_modules" "$build"/selftests/modules/*.ko
else
	"$HARNESS/build/kselftest-install.sh" "$build" vma_access
fi
"$HARNESS/build/fuzzer.sh" "$programs" "$headers"
rm -rf "$programs/saved"
mkdir "$programs/saved"
find "$saved" -name '*.txt' -exec cp -t "$programs/saved" {} +
# The functions of the layer, each with how many places it has for kcov, or 0 if they cannot
# be counted: user mode Linux calls by registers. Cold parts are of mistakes, which no user
# space can make, and trace events are not on.
find "$build/mm" -maxdepth 1 -name 'vma_access*.o' ! -name '*_test.o' \
	-exec objdump -dr --no-show-raw-insn {} + | awk '
	/^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3) }
	/__sanitizer_cov_trace_pc/ && name !~ /^(__pfx_|_sub_|__SCT__)|\.(cold|part)|trace|probestub/ { n[name] += /PLT32/ }
	END { for (name in n) print name, n[name] }' | sort >"$programs/functions"
"$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio"

# The host's clock ends the search: the guest asks its own, which is the host's, and
# is ended if it does not. It boots before, and reduces what it found after.
boot=300 reduction=600
end=$(($(date +%s) + boot + minutes * 60))
limit=$((boot + minutes * 60 + reduction))
leaks=
[[ -z ${KMEMLEAK:-} ]] || leaks="kmemleak=on leaks=1"

# Runs one kernel, and does not return.
search() { # LOG SEED
	local args="job=fuzz kasan_multi_shot $leaks fuzz=-t,$((minutes * 60)),-e,$end,-s,$2,-j,$workers"
	if [[ $config == um-fuzz ]]; then
		# ssl1 needs an input that stays open, or it writes nothing. Its output has to be
		# a pipe: of a file user mode Linux is not told when it can write again.
		mkfifo "$1.nothing" "$1.pipe"
		stdbuf -oL tr -d '\r' <"$1.pipe" >"$1.out" &
		# shellcheck disable=SC2086
		exec timeout --foreground -k 5 "$limit" "$build/linux" mem=1G seccomp=on console=tty \
			initrd="$build/initramfs.cpio" ssl1=fd:4,fd:3 panic=-1 oops=panic kunit.enable=0 \
			$args </dev/null >"$1.console" 2>&1 3>"$1.pipe" 4<>"$1.nothing"
	else
		truncate -s 8M "$1.bar"
		# shellcheck disable=SC2086
		VMA_ACCESS_BAR=$1.bar exec "$HARNESS/boot/boot.sh" "$build" "$build/initramfs.cpio" "$1" \
			"$limit" $args
	fi
}

# between MARK FILE: the text between "fuzz: MARK" and "fuzz: end", the last such.
between() {
	awk -v mark="fuzz: $1" '
		$0 == mark { text = ""; on = 1; next }
		$0 == "fuzz: end" { on = 0 }
		on { text = text $0 "\n" }
		END { printf "%s", text }' "$log.out" >"$found/$2"
	[[ -s $found/$2 ]] || rm "$found/$2"
}

f=0
bad() {
	f=1
	fail "$name" "$1" "$2"
}

# Collects what one kernel found.
look() { # LOG EXIT-CODE
	local reports new program name=${1##*/}
	log=$1 found=$1-found
	mkdir -p "$found"
	between 'found in' found.txt
	between 'reduced to' reduced.txt
	between repro.c repro.c
	grep -E '^fuzz: (finding|never|[0-9]+ of|\w+: [0-9]+ of)' "$log.out" >"$found/summary.txt" || true
	grep '^fuzz: [0-9]* of ' "$log.out" || true

	if ! reports=$("$HARNESS/boot/watch" "$log.console"); then
		cp "$log.console" "$found/console.txt" 2>/dev/null || true
		[[ ! -e $log.bar ]] || "$programs/vma_fuzz" -p "$log.bar" >"$found/last.txt" || true
		bad "$(head -n 1 <<<"$reports")" "$log.console"
	fi
	if grep -q '^fuzz: finding' "$log.out"; then
		bad "$(grep -m1 '^fuzz: finding' "$log.out" | cut -c7-)" "$log.out"
	elif (($2 == 124 || $2 == 137)); then
		bad "the guest did not end in time" "$log.out"
	elif grep -q '^vma_access-guest: cannot load' "$log.out"; then
		bad "$(grep -m1 '^vma_access-guest: cannot load' "$log.out")" "$log.console"
	elif [[ -n $leaks ]] && ! grep -q 'vma_access-guest: end of leaks' "$log.console"; then
		bad "kmemleak was not asked" "$log.console"
	elif [[ -n ${stopped:-} ]]; then
		:
	elif ! grep -q '^vma_access-guest: exit 0' "$log.out"; then
		bad "the guest stopped before the end: $(tail -n 1 "$log.out")" "$log.console"
	fi
	rm -f "$log".{bar,nothing,pipe}

	# Each program by the sum of its text, as several searches may find the same.
	scratch new
	awk -v dir="$new" '
		/^fuzz: new / { file = dir "/" $3; next }
		/^fuzz: end/ { if (file) close(file); file = "" }
		file { print >file }' "$log.out"
	for program in "$new"/*; do
		[[ -e $program ]] || continue
		cp "$program" "$saved/$(md5sum <"$program" | cut -c1-12).txt"
	done
}

say "searching for $minutes min with seed $seed and $workers workers in $kernels kernel(s)"
logs=() pids=()
for ((i = 0; i < kernels; i++)); do
	logs+=("$RUN_LOGS/$config-$i")
	: >"${logs[i]}.out"
done
tail -n +1 -s 1 --pid=$$ -q -f "${logs[@]/%/.out}" 2>/dev/null 9>&- |
	sed -unE 's/\r$//; /^# no devices|^fuzz: ([0-9]+ s|finding)/p' 9>&- &
tail=$!
for ((i = 0; i < kernels; i++)); do
	search "${logs[i]}" $((seed + i)) &
	pids+=($!)
done
# A search that is interrupted keeps its programs and its findings.
stopped=
trap 'stopped=130; kill "${pids[@]}" 2>/dev/null || true' INT TERM
rcs=()
for ((i = 0; i < kernels; i++)); do
	rc=0
	wait "${pids[i]}" || rc=$?
	[[ -z $stopped ]] || wait "${pids[i]}" || rc=$?
	rcs+=("$rc")
done
sleep 1.5
kill $tail 2>/dev/null || true
for ((i = 0; i < kernels; i++)); do
	look "${logs[i]}" "${rcs[i]}"
done
say "what was found is in $RUN_LOGS; the corpus is in $saved"
((f)) || [[ -n $stopped ]] || pass "fuzz"
exit "${stopped:-$f}"
