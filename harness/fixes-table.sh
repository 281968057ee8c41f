#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks the table of fixes, fixes.tsv, against patches/fixes and the kernel source:
# every patch and every reproducer has a row, and what a row names is there.
#	fixes-table.sh <kernel source> [table]
# The table's head says what its columns are. FIXES is another folder of fixes.

. "$(dirname "$0")/lib.sh"
. "$HARNESS/compose.sh"

[[ -n ${1:-} && $1 != -h ]] || die "usage: fixes-table.sh <kernel source> [table]"
src=$1 table=${2:-$HARNESS/fixes.tsv}
fixes=${FIXES:-$REPO/patches/fixes}
rule=$REPO/scripts/coccinelle/api/vma_access.cocci
bad=0 number=0
declare -A seen

[[ -f $src/Makefile ]] || die "$src is not a kernel tree"
[[ -r $table ]] || die "cannot read $table"

wrong() {
	echo "error: ${table##*/}:$number: $*"
	bad=1
}

check_bug() { # FILE:LINE PATCH
	local file=${1%:*} line=${1##*:}
	if [[ ! $1 =~ ^[A-Za-z0-9_/.-]+\.[ch]:[0-9]+$ ]]; then
		wrong "'$1' is not file:line"
	elif [[ ! -f $src/$file ]]; then
		wrong "no file $file in the kernel"
	elif (($(wc -l <"$src/$file") < line)); then
		wrong "$file has no line $line"
	elif [[ -f $fixes/$2 ]] && ! patched_files "$fixes/$2" | grep -qxF "$file"; then
		wrong "$2 does not touch $file"
	fi
}

while IFS= read -r line; do
	number=$((number + 1))
	[[ -n $line && $line != '#'* ]] || continue
	# An empty field would be lost: a tab is white space to read.
	IFS=$'\x1f' read -r bug patch program class report rest < <(tr '\t' '\037' <<<"$line")
	if [[ -z $bug || -z $patch || -z $program || -z $class || -n $rest ]]; then
		wrong "not four or five fields with tabs between: bug, patch, reproducer, rule, report"
		continue
	fi
	[[ -f $fixes/$patch && $patch == */*.patch ]] || wrong "no patch $patch"
	check_bug "$bug" "$patch"
	[[ $program == argument || (-f $fixes/$program && $program == */*.c) ]] ||
		wrong "no reproducer $program"
	[[ $class == '- '?* ]] || { [[ $class != - ]] && grep -qF "($class)\")" "$rule"; } ||
		wrong "'$class' is neither a class of ${rule##*/} nor '-' with a reason"
	seen[$patch]=1 seen[$program]=1
done <"$table"

# Each has a row. A source that Kbuild names is a module that a reproducer needs.
number=0
cd "$fixes"
for f in */*.patch */*.c; do
	[[ -f $f && -z ${seen[$f]:-} ]] || continue
	[[ $f != *.c ]] || ! grep -qsw "$(basename "$f" .c).o" "${f%/*}/Kbuild" || continue
	wrong "no row for $f"
done
exit $bad
