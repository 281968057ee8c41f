#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the fuzzer, and puts it and the programs of its corpus into <folder>:
#	fuzzer.sh <folder> <folder of the headers of user space>

. "$(dirname "$0")/../lib.sh"

open_logs
log=$RUN_LOGS/fuzzer-build.log
make -s -C "$HARNESS/fuzz" TREE="$TREE" OUTPUT="$1" KHDR_INCLUDES="-isystem $2" >"$log" 2>&1 ||
	die "building the fuzzer failed: $(grep -m1 'error' "$log" || tail -n 1 "$log") (log: $log)"
rm -rf "$1/corpus"
cp -r "$HARNESS/fuzz/corpus" "$1"
