#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Random sequences of verbs, each compared with the model of vma_access_model_kunit.c, in
# user mode Linux, from one seed after the other:
#	harness/run model [minutes]
# MODEL_SEED is the first seed, MODEL_STEPS how long a sequence is.

. "$(dirname "$0")/../lib.sh"

minutes=${1:-2} seed=${MODEL_SEED:-$(($(date +%s) % 1000000000))} steps=${MODEL_STEPS:-100000}
for number in "$minutes" "$seed" "$steps"; do
	[[ $number =~ ^[1-9][0-9]*$ ]] || die "usage: harness/run model [minutes] (MODEL_SEED and MODEL_STEPS are numbers too)"
done

take_lock
open_logs
"$HARNESS/build/build.sh" um
build=$WORK/build-um
name=vma_access_model.vma_access_model_random

# One sequence; its seed is in .bad if anything is wrong with it.
sequence() { # SEED
	local log=$RUN_LOGS/model-$1.console
	timeout -k 2 600 "$build/linux" mem=128M seccomp=on ncpus=1 console=tty \
		kunit_shutdown=halt panic=-1 oops=panic kunit.timeout=500 \
		kunit.filter_glob=vma_access_model vma_access_kunit.model_seed="$1" \
		vma_access_kunit.model_steps="$steps" </dev/null >"$log" 2>&1 || true
	if grep -qE '^\[ *[0-9.]+\]     ok 1 vma_access_model_random' "$log" &&
		"$HARNESS/boot/watch" "$log" >/dev/null; then
		rm "$log"
	else
		: >"$log.bad"
	fi
}

say "comparing for $minutes min from seed $seed on, $steps steps each"
end=$(($(date +%s) + minutes * 60)) first=$seed
while (($(date +%s) < end)); do
	while (($(jobs -rp | wc -l) >= JOBS)); do
		wait -n || true
	done
	sequence "$seed" &
	seed=$((seed + 1))
done
wait
bad=0
for log in "$RUN_LOGS"/model-*.console.bad; do
	[[ -e $log ]] || continue
	log=${log%.bad} bad=$((bad + 1))
	said=$(grep -m1 -oE 'seed [0-9]+, step .*' "$log" | tr -d '\r') ||
		said=$("$HARNESS/boot/watch" "$log" | head -n 1) || true
	fail "$name" "${said:-$(tail -n 1 "$log")}; MODEL_SEED=$(basename "${log#*/model-}" .console)" "$log"
done
say "$((seed - first)) sequences of $steps steps, $bad of them not as the model"
((bad == 0)) || exit 1
pass "$name, $((seed - first)) sequences"
