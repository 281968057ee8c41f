#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The code of each inline verb, beside that of the raw C which does the same, by gcc
# and clang with the flags of a production kernel:
#	harness/run codegen
# is compared with the page in harness/results;
#	harness/run codegen --write	writes that page

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
page=harness/results/vma_access_codegen.rst
object=mm/vma_access_codegen.o

"$HARNESS/build/build.sh" bench full "$object" >"$RUN_LOGS/codegen.log" ||
	{ fail "codegen gcc" "$object does not build" "$RUN_LOGS/build-bench.log"; exit 1; }
gcc=$(sed -nE 's/^CONFIG_CC_VERSION_TEXT="gcc.* ([0-9]+)\..*"/gcc \1/p' "$WORK/build-bench/.config")
what=("$gcc" "$WORK/build-bench/$object")

# As the W=1 check found it.
clang=$(cat "$WORK/build-w1-clang/.cc" 2>/dev/null || true)
if [[ -n $clang ]]; then
	PATH=$PATH:$CACHE/tools/bin
	build=$WORK/build-bench-clang
	mkdir -p "$build"
	if ! cmp -s "$WORK/build-bench/.config" "$build/.config-gcc"; then
		cp "$WORK/build-bench/.config" "$build/.config"
		cp "$WORK/build-bench/.config" "$build/.config-gcc"
	fi
	log=$RUN_LOGS/codegen-clang.log
	if ! within 600 make -C "$TREE" ARCH=x86_64 O="$build" CC="$clang" olddefconfig >"$log" 2>&1 ||
		! within 1800 make -C "$TREE" ARCH=x86_64 O="$build" CC="$clang" -j"$JOBS" "$object" >>"$log" 2>&1; then
		fail "codegen clang" "$object does not build$(late "$log")" "$log"
		exit 1
	fi
	version=$("$clang" -dumpversion)
	what+=("clang ${version%%.*}" "$build/$object")
else
	skip "codegen clang" "no clang here that the kernel accepts"
fi

compilers() { grep -m1 '^verb' "$1" | grep -oE '(gcc|clang) [0-9]+' | paste -sd,; }

rc=0
"$PYTHON" "$HARNESS/check/codegen.py" "$RUN_LOGS/codegen.results" "${what[@]}" >"$RUN_LOGS/codegen.rst" || rc=1
while IFS=$'\t' read -r status what_of why; do
	if [[ $status == PASS ]]; then
		pass "$what_of"
	else
		fail "$what_of" "$why" "$RUN_LOGS/codegen.rst"
	fi
done <"$RUN_LOGS/codegen.results"
if [[ ${1:-} == --write ]]; then
	cp "$RUN_LOGS/codegen.rst" "$REPO/$page"
# Another compiler lays out other code: its page is not this one.
elif [[ $(compilers "$RUN_LOGS/codegen.rst") != "$(compilers "$REPO/$page")" ]]; then
	skip "codegen page" "it is of other compilers: $(compilers "$REPO/$page")"
elif cmp -s "$RUN_LOGS/codegen.rst" "$REPO/$page"; then
	pass "codegen page"
else
	rc=1
	fail "codegen page" "$page is not what the run found; harness/run codegen --write" "$RUN_LOGS/codegen.rst"
fi
say "code of $(grep -c . "$RUN_LOGS/codegen.results") pairs compared: $(grep -c '^FAIL' "$RUN_LOGS/codegen.results" || true) not as they should be"
exit $rc
