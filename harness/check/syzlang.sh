#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What harness/syzkaller says to syzkaller is true of the tree's headers and Kconfig:
#	syzlang.sh <tree> [description]
#	harness/run syzlang --write	writes the values anew

. "$(dirname "$0")/../lib.sh"

write=
if [[ ${1:-} == --write ]]; then
	write=--write
	set -- "$("$HARNESS/fetch/sync.sh")"
fi
tree=$1 text=${2:-$HARNESS/syzkaller/vma_access.txt}

"$PYTHON" "$HARNESS/check/syzlang.py" $write "$text" "$tree"
# Each symbol is one of the tree's.
unknown=$(comm -23 <(sed -nE 's/^CONFIG_(\w+)=.*/\1/p' "$HARNESS/syzkaller/vma_access.config" | sort) \
	<(grep -rhE --include='Kconfig*' '^(menu)?config ' "$tree" | cut -d' ' -f2 | sort -u))
[[ -z $unknown ]] || die "vma_access.config: there is no $(head -n 1 <<<"$unknown")"
