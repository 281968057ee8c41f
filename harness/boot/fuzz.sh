#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Searches for programs that break a promise of the layer, in a kernel that says what they
# cover of the layer and of the drivers that use it:
#	harness/run fuzz [minutes]
# Says each minute how far it is. Ends with an error if there is a finding. What a search
# found is the next one's to begin with, besides the corpus of the repository. FUZZ_SEED and
# FUZZ_WORKERS choose; KMEMLEAK=1 looks for leaked memory, which makes all slower.

. "$(dirname "$0")/../lib.sh"

minutes=${1:-10}
[[ $minutes =~ ^[0-9]+$ && $minutes != 0 ]] || die "usage: harness/run fuzz [minutes]"
seed=${FUZZ_SEED:-$(date +%s)} workers=${FUZZ_WORKERS:-3}

take_lock
open_logs
"$HARNESS/build/build.sh" fuzz
build=$WORK/build-fuzz
log=$RUN_LOGS/fuzz
found=$RUN_LOGS/fuzz-found
saved=$CACHE/fuzz-corpus
mkdir -p "$found" "$saved"

"$HARNESS/build/kselftest-install.sh" "$build" vma_access
programs=$build/kselftest_install/vma_access
make -s -C "$HARNESS/fuzz" TREE="$TREE" OUTPUT="$programs" \
	KHDR_INCLUDES="-isystem $build/usr/include" >"$log.log" 2>&1 ||
	die "building the fuzzer failed: $(grep -m1 'error' "$log.log" || tail -n 1 "$log.log") (log: $log.log)"
cp -r "$HARNESS/fuzz/corpus" "$programs"
find "$saved" -name '*.txt' -exec cp -t "$programs/corpus" {} +
# The functions of the layer. Cold parts are not called, and trace events are not on.
find "$build/mm" -maxdepth 1 -name 'vma_access*.o' ! -name '*_test.o' -exec nm {} + |
	awk '$2 ~ /^[tT]$/ && $3 !~ /^(__pfx_|_sub_|__SCT__)|\.(cold|part)|trace|probestub/ { print $3 }' |
	sort -u >"$programs/functions"
"$HARNESS/build/initramfs.sh" "$build" "$build/initramfs.cpio"

# The host's clock ends the search: the guest asks its own, which is the host's, and
# is ended if it does not. It boots before, and reduces what it found after.
boot=300 reduction=600
end=$(($(date +%s) + boot + minutes * 60))
leaks=
[[ -z ${KMEMLEAK:-} ]] || leaks="kmemleak=on leaks=1"
say "searching for $minutes min with seed $seed and $workers workers"
rc=0
tail -n +1 -s 1 --pid=$$ -F "$log.out" 2>/dev/null |
	sed -unE 's/\r$//; /^# no devices|^fuzz: ([0-9]+ s|finding)/p' &
tail=$!
truncate -s 8M "$log.bar"
# shellcheck disable=SC2086
VMA_ACCESS_BAR=$log.bar "$HARNESS/boot/boot.sh" "$build" "$build/initramfs.cpio" "$log" \
	$((boot + minutes * 60 + reduction)) job=fuzz kasan_multi_shot $leaks \
	"fuzz=-t,$((minutes * 60)),-e,$end,-s,$seed,-j,$workers" || rc=$?
sleep 1.5
kill $tail 2>/dev/null || true

# between MARK FILE: the text between "fuzz: MARK" and "fuzz: end", the last such.
between() {
	awk -v mark="fuzz: $1" '
		$0 == mark { text = ""; on = 1; next }
		$0 == "fuzz: end" { on = 0 }
		on { text = text $0 "\n" }
		END { printf "%s", text }' "$log.out" >"$found/$2"
	[[ -s $found/$2 ]] || rm "$found/$2"
}
# Each program by the sum of its text, as several searches may find the same.
scratch new
awk -v dir="$new" '
	/^fuzz: new / { file = dir "/" $3; next }
	/^fuzz: end/ { file = "" }
	file { print >file }' "$log.out"
for f in "$new"/*; do
	[[ -e $f ]] || continue
	cp "$f" "$saved/$(md5sum <"$f" | cut -c1-12).txt"
done
between 'found in' found.txt
between 'reduced to' reduced.txt
between repro.c repro.c
grep '^fuzz: \(finding\|never\|[0-9]* of\)' "$log.out" >"$found/summary.txt" || true
grep '^fuzz: [0-9]* of ' "$log.out" || true

f=0
bad() {
	f=1
	fail "fuzz" "$1" "$2"
}
if ! reports=$("$HARNESS/boot/watch" "$log.console"); then
	cp "$log.console" "$found/console.txt"
	"$programs/vma_fuzz" -p "$log.bar" >"$found/last.txt" || true
	bad "$(head -n 1 <<<"$reports")" "$log.console"
fi
if grep -q '^fuzz: finding' "$log.out"; then
	bad "$(grep -m1 '^fuzz: finding' "$log.out" | cut -c7-)" "$log.out"
elif ((rc == 124 || rc == 137)); then
	bad "the guest did not end in time" "$log.out"
elif ! grep -q '^vma_access-guest: exit 0' "$log.out"; then
	bad "the guest stopped before the end: $(tail -n 1 "$log.out")" "$log.console"
fi
rm -f "$log.bar"
((f)) || pass "fuzz"
say "what it found is in $found; the corpus is in $saved"
exit $f
