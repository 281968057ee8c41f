#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel-doc.sh <tree> <file> [<before>]: the kernel-doc comments of a file, any
# warning being a failure; with the file as it was before, any that it did not have.

. "$(dirname "$0")/../lib.sh"

tree=$1 file=$2
# It may print a warning and still exit with 0, and says each of them twice. A line's
# number changes with what comes before it.
said() {
	local rc=0
	within 300 "$PYTHON" "$tree/scripts/kernel-doc" -none -Wall "$1" 2>&1 |
		sed -E "s,^(Warning|Error): [^ ]*:([0-9]+) (.*),\\3\\t\\1: $file:\\2," |
		sort -u || rc=$?
	# "No comments in this file" is no fault of a source file without an interface.
	((rc == 0)) || echo "kernel-doc ended with exit code $rc"
}

scratch tmp
cd "$tree"
said "$file" | grep -vE 'no structured comments found' >"$tmp/now" || true
: >"$tmp/before"
[[ ! -e ${3:-} ]] || said "$3" >"$tmp/before"
# Of one kind as often as before: another of the same is new.
awk -F'\t' 'NR == FNR && FILENAME != ARGV[2] { had[$1]++; next }
	had[$1]-- > 0 { next }
	{ print ($2 != "" ? $2 ": " : "") $1; bad = 1 }
	END { exit bad }' "$tmp/before" "$tmp/now" || exit 1
