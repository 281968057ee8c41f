#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks the table of fixes, fixes.tsv, against patches/fixes and the kernel source:
# every patch and every reproducer has a row, and what a row names is there.
#	fixes-table.sh <kernel source> [table]
# The table's head says what its columns are. FIXES is another folder of fixes.
# And each place that fixtures/judged-blunders calls true has a row of its class within three
# lines, or its reason says why not. JUDGED is another such file; without it, another table is
# not compared with one.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

[[ -n ${1:-} && $1 != -h ]] || die "usage: fixes-table.sh <kernel source> [table]"
src=$1 table=${2:-$HARNESS/check/fixes.tsv}
fixes=${FIXES:-$REPO/patches/fixes}
judged=${JUDGED:-${2:+/dev/null}}
judged=${judged:-$HARNESS/check/fixtures/judged-blunders}
rule=$REPO/scripts/coccinelle/api/vma_access.cocci
bad=0 number=0
declare -A seen rows

[[ -f $src/Makefile ]] || die "$src is not a kernel tree"
[[ -r $table ]] || die "cannot read $table"
[[ -r $judged ]] || die "cannot read $judged"

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
	rows[${bug%:*}]+="${bug##*:} ${class%% *}"$'\n'
done <"$table"

has_row() { # FILE LINE CLASS: is there one within three lines, of this class or of none?
	local line class
	while read -r line class; do
		[[ $line =~ ^[0-9]+$ && ($class == "$3" || $class == -) ]] || continue
		((line - $2 > 3 || $2 - line > 3)) || return 0
	done <<<"${rows[$1]:-}"
	return 1
}

number=0
while IFS=$'\t' read -r place class verdict why; do
	number=$((number + 1))
	[[ $place != '#'* && $verdict == true ]] || continue
	if [[ $why =~ \;\ fixed\ by\ ([^ ]+)$ ]]; then
		[[ -f $fixes/${BASH_REMATCH[1]} ]] && continue
	elif [[ $why == *"; no patch: "?* ]] || has_row "${place%:*}" "${place##*:}" "$class"; then
		continue
	fi
	echo "error: ${judged##*/}:$number: $place ($class) is true: no row in ${table##*/}, no 'fixed by' a patch, no 'no patch: '"
	bad=1
done <"$judged"

# Each has a row. A source that Kbuild names is a module that a reproducer needs.
number=0
cd "$fixes"
for f in */*.patch */*.c; do
	[[ -f $f && -z ${seen[$f]:-} ]] || continue
	[[ $f != *.c ]] || ! grep -qsw "$(basename "$f" .c).o" "${f%/*}/Kbuild" || continue
	wrong "no row for $f"
done
exit $bad
