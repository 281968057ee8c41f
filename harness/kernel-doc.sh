#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel-doc.sh <tree> <file>: the kernel-doc comments of a file, any warning
# being a failure.

. "$(dirname "$0")/lib.sh"

cd "$1"
# It may print a warning and still exit with 0.
out=$("$PYTHON" scripts/kernel-doc -none -Wall "$2" 2>&1) && [[ -z $out ]] && exit 0
printf '%s\n' "$out"
# "No comments in this file" is no fault of a source file without an interface.
[[ $(grep -cvE 'no structured comments found' <<<"$out") -eq 0 ]]
