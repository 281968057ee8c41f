#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What can be said without a kernel, in seconds: the harness itself, the style
# of every file and patch, the kernel-doc.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

take_lock
open_logs
tree=$("$HARNESS/fetch/sync.sh")
log=$RUN_LOGS/static.log
rc=0
check() {
	local name=$1
	shift
	if "$@" >"$log.one" 2>&1; then
		pass "$name"
	else
		rc=1
		sed -i "s,$tree/,,g" "$log.one"
		fail "$name" "$(grep -m1 -E 'ERROR|WARNING|CHECK|[Ee]rror|[Ww]arning' "$log.one" || head -n 1 "$log.one")" "$log"
	fi
	{ echo "== $name"; cat "$log.one"; } >>"$log"
	rm -f "$log.one"
}

# The scripts of the harness parse; shellcheck looks closer where it is there.
# (Not at what lib.sh takes care of: set -e, and variables assigned by name.)
while IFS= read -r f; do
	check "bash -n ${f#"$REPO"/}" bash -n "$f"
done < <(grep -lE '^#!/bin/(ba)?sh' -r "$HARNESS" "$REPO/.ci" 2>/dev/null | sort)
if command -v shellcheck >/dev/null; then
	# shellcheck disable=SC2046
	check "shellcheck" within 900 shellcheck -S warning -e SC2154,SC2164,SC2034 $(grep -lE '^#!/bin/(ba)?sh' -r "$HARNESS" "$REPO/.ci" | sort)
fi

"$HARNESS/check/selftest.sh" || rc=1

# checkpatch, strictly. What a macro here uses twice has no side effects: the operand
# of _Generic, what static_assert() looks at, a name, a handle.
checkpatch() {
	(cd "$tree" && within 300 perl scripts/checkpatch.pl --no-tree --root="$tree" --strict \
		--no-summary --terse --show-types --ignore MACRO_ARG_REUSE "$@")
}
# Who sends a patch signs it off. Without a git history no commit id can be looked up.
# Nor, here and there, which one a bug came with: a note says so to who sends it.
checkpatch_mail() {
	local ignore=UNKNOWN_COMMIT_ID
	! sed '1,/^---$/d; /^diff /,$d' "$1" | grep -q '^For whoever sends it: ' || ignore+=,MISSING_FIXES_TAG
	checkpatch --no-signoff --ignore $ignore "$1"
}
# The wiring is a plain diff with a few words before it, not a mail.
checkpatch_diff() {
	sed -n '/^--- a\//,$p' "$1" | checkpatch --no-signoff --ignore COMMIT_MESSAGE -
}
while IFS= read -r f; do
	case $f in
		# Trace events are laid out in a way of their own.
		include/trace/*) check "checkpatch $f" checkpatch --ignore PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE --file "$tree/$f" ;;
		# Macros for spatch alone: no C, and by names that others have given.
		scripts/coccinelle/*.h) ;;
		*.c | *.h | *.S | *.sh | *.rst | *Makefile | *Kconfig | *.cocci | *.py)
			check "checkpatch $f" checkpatch --file "$tree/$f" ;;
	esac
done < <(overlay_files)
while IFS= read -r p; do
	if grep -q '^From ' "$p"; then
		check "checkpatch ${p#"$REPO"/}" checkpatch_mail "$p"
	else
		check "checkpatch ${p#"$REPO"/}" checkpatch_diff "$p"
	fi
done < <(series_patches; fix_patches)

# What can fail is not to be ignored; and with one such mark less it is noticed.
must_check() { "$PYTHON" "$HARNESS/check/must-check.py" "$@"; }
must_check_control() {
	local header
	scratch header
	sed 's/^vm_fault_t __must_check vma_fault_insert_page/vm_fault_t vma_fault_insert_page/' \
		"$REPO/include/linux/vma_access_fault.h" >"$header/vma_access_fault.h"
	[[ $(must_check "$header/vma_access_fault.h" "$REPO/mm/vma_access_fault.c" 2>&1 || true) != *\ vma_fault_insert_page* ]] ||
		return 0
	echo "error: a missing __must_check is not seen"
	return 1
}
check "__must_check" must_check "$REPO"/include/linux/vma_access*.h "$REPO"/mm/vma_access*.c "$REPO"/mm/tests/vma_access*.c
check "__must_check control" must_check_control

# Each public name has a driver, or the sample, that uses it, or a reason.
"$HARNESS/check/users.sh" || rc=1
# The survey's page names functions that are there.
"$HARNESS/check/survey.sh" names || rc=1

# Each input that broke a promise has a test, and that is there.
check "attacks.tsv" "$HARNESS/check/attacks.sh" "$tree"
# So is the text that each mutant changes.
check "mutants" "$HARNESS/mutants/mutate.py" --stale "$tree"
# The values in syzkaller's description are those of the headers; a wrong one is noticed.
syzlang_control() {
	local text
	scratch text
	cp -t "$text" "$HARNESS"/syzkaller/*
	sed -i '/^VMA_POOL_FILL/s/=.*/= 1/' "$text/vma_access.txt.const"
	[[ $("$HARNESS/check/syzlang.sh" "$tree" "$text/vma_access.txt" 2>&1 || true) != *VMA_POOL_FILL* ]] || return 0
	echo "error: a wrong value is not seen"
	return 1
}
check "syzkaller's description" "$HARNESS/check/syzlang.sh" "$tree"
check "syzkaller's description, control" syzlang_control
# Each fix of a driver has a row, and what the rows name is there.
check "fixes.tsv" "$HARNESS/check/fixes-table.sh" "$(<"$tree/.vma_access-src")"

# kernel-doc of every header and source file; those that are patched may have no more
# warnings than before.
while IFS= read -r f; do
	case $f in
		*.c | *.h) check "kernel-doc $f" "$HARNESS/check/kernel-doc.sh" "$tree" "$f" ;;
	esac
done < <(overlay_files | grep -E '^(include|mm|samples)/')
scratch before
src=$(<"$tree/.vma_access-src")
compose "$src" "$before" fix-up
while IFS= read -r f; do
	old=$before/new/$f
	[[ -e $old ]] || old=$src/$f
	check "kernel-doc $f" "$HARNESS/check/kernel-doc.sh" "$tree" "$f" "$old"
done < <(series_patches | while IFS= read -r p; do patched_files "$p"; done |
	grep '\.[ch]$' | sort -u)
exit $rc
