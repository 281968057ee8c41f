#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks the mails of the series as whoever gets them does:
#	harness/run series-check	they apply with git am, each fix alone as well, make the
#					tree of `make apply`, and please checkpatch; no fix
#					speaks of the layer
#	harness/run series-check long	and it is built after each of them, and at the end of
#					each topic in other configurations: see series-build.sh

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"
. "$HARNESS/series/write-mails.sh"

mode=${1:-quick}
[[ $mode == quick || $mode == long ]] || { echo "usage: harness/run series-check [long]"; [[ $mode == -h ]]; exit; }

take_lock
open_logs
need_tools git perl patch
src=$("$HARNESS/fetch/fetch.sh")
log=$RUN_LOGS/series.log
scratch tmp
rc=0
failed() {
	rc=1
	fail "$@"
}

# ---- the mails -----------------------------------------------------------------

# The error says what is wrong, such as a file that is in no patch.
t0=$(date +%s)
series_compose "$src" "$tmp"
series_author
if err=$(write_mails "$tmp" "$tmp/mails" 2>&1); then
	pass "series written"
else
	failed "series written" "${err#error: }" "$HARNESS/series/table"
	exit $rc
fi
mv "$tmp/git" "$tmp/first"
mapfile -t topics <"$tmp/topics"
mapfile -t mails < <(cd "$tmp/mails" && find . -name '*.patch' -printf '%P\n' | sort)
(write_mails "$tmp" "$tmp/again") 2>>"$log" || true
if diff -r "$tmp/mails" "$tmp/again" >>"$log" 2>&1; then
	pass "series: twice the same"
else
	failed "series: twice the same" "two runs differ" "$log"
fi
say "${#mails[@]} mails of ${#topics[@]} topics in $(elapsed "$t0")"

# ---- git am --------------------------------------------------------------------

am() { # NAME START BRANCH MAIL...: leaves BRANCH at the end of them
	local name=$1
	git -C "$tmp/tree" checkout -qf -B "$3" "$2"
	if git -C "$tmp/tree" am -q "${@:4}" >"$log.am" 2>&1; then
		pass "series am $name"
	else
		failed "series am $name" "$(grep -m1 -E '^(error|Patch failed|fatal)' "$log.am" || tail -n 1 "$log.am")" "$log"
		git -C "$tmp/tree" am --abort >>"$log.am" 2>&1 || true
	fi
	cat "$log.am" >>"$log"
	rm "$log.am"
}

git clone -q -b base "$tmp/first" "$tmp/tree"
for line in "${topics[@]}"; do
	read -r topic before kind <<<"$line"
	[[ $before != base ]] || before=origin/base
	patches=("$tmp/mails/$topic"/*.patch)
	[[ ${patches[0]} != *-cover-letter.patch ]] || patches=("${patches[@]:1}")
	am "$topic" "$before" "$topic" "${patches[@]}"
	# A fix must not need another: it is taken, and backported, alone.
	if [[ $kind == alone ]] && ((${#patches[@]} > 1)); then
		for p in "${patches[@]}"; do
			am "$topic/${p##*/} alone" origin/base one "$p"
		done
	fi
	[[ $kind != table ]] || last=$topic
done
git -C "$tmp/tree" checkout -qf "$last"

# The files that the topics of the table change, and those that make apply does.
{
	git -C "$tmp/tree" diff --name-only origin/base
	while IFS= read -r f; do
		# Not those that are mainline's again, and no more.
		cmp -s "$tmp/full/new/$f" "$tmp/base/new/$f" || echo "$f"
	done <"$tmp/full/files"
} | sort -u >"$tmp/changed"
differs=()
while IFS= read -r f; do
	cmp -s "$tmp/full/new/$f" "$tmp/tree/$f" && [[ ! -x $REPO/$f || -x $tmp/tree/$f ]] || differs+=("$f")
done <"$tmp/changed"
if ((${#differs[@]} == 0)); then
	pass "series: the tree of make apply"
else
	failed "series: the tree of make apply" "not the same: ${differs[*]}" "$log"
fi
say "applied them, and compared $(wc -l <"$tmp/changed") files, in $(elapsed "$t0")"

# ---- each mail -------------------------------------------------------------------

# checkpatch does not see macros for spatch (see static.sh): they are taken out of the
# mail. MAINTAINERS names all files from the first of the layer on.
checkpatch() { # MAIL
	local ignore=UNKNOWN_COMMIT_ID,MACRO_ARG_REUSE,FILE_PATH_CHANGES out
	out=$tmp/checkpatch/${1//\//,}
	[[ $1 == *fixes-* ]] && ! grep -q '^Fixes: ' "$tmp/mails/$1" && ignore+=,MISSING_FIXES_TAG
	! grep -q '^+++ b/include/trace/' "$tmp/mails/$1" || ignore+=,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE
	awk '/^diff --git / { skip = $4 ~ /^b\/scripts\/coccinelle\/.*\.h$/ } !skip' "$tmp/mails/$1" >"$out.mail"
	(cd "$tmp/kernel" && within 300 perl scripts/checkpatch.pl --no-tree --root="$tmp/kernel" --strict \
		--no-summary --terse --show-types --no-signoff --ignore "$ignore" "$out.mail") >"$out" 2>&1 ||
		echo failed >"$out.failed"
}
mkdir "$tmp/checkpatch"
t1=$(date +%s)
for m in "${mails[@]}"; do
	[[ $m != *-cover-letter.patch ]] || continue
	while (($(jobs -rp | wc -l) >= JOBS)); do wait -n || true; done
	checkpatch "$m" 9>&- &
done
wait
for m in "${mails[@]}"; do
	[[ $m != *-cover-letter.patch ]] || continue
	out=$tmp/checkpatch/${m//\//,}
	sed "s|^$out\.mail:|$m:|" "$out" >>"$log"
	if [[ -e $out.failed ]]; then
		failed "series checkpatch $m" "$(grep -m1 -E 'ERROR|WARNING|CHECK' "$out" | sed "s|^$out\.mail:||")" "$log"
	else
		pass "series checkpatch $m"
	fi
done
say "checkpatch: ${#mails[@]} mails in $(elapsed "$t1")"

# A fix does not mention the layer, which its readers do not know.
names='vma_access|typed (vma|handle|access|form)|\bvma_(ref|mixedmap|pfnmap)_|\bmm_(with_user|ref)\b'
for line in "${topics[@]}"; do
	topic=${line%% *}
	case $topic in
		fixes-* | core)
			if said=$(cd "$tmp/mails" && grep -rniE -m1 "$names" "$topic" | head -n 1) && [[ -n $said ]]; then
				failed "series: $topic without the layer" "$said" "$log"
			else
				pass "series: $topic without the layer"
			fi ;;
		*)
			said=$(cd "$tmp/mails/$topic" && for m in *.patch; do
				sed '/^$/q' "$m" | grep -q 'linux-mm@kvack\.org' || echo "$m"
			done)
			if [[ -n $said ]]; then
				failed "series: $topic reaches linux-mm" "not ${said//$'\n'/, }" "$log"
			else
				pass "series: $topic reaches linux-mm"
			fi ;;
	esac
done

# A message is read when it is short.
said=$(cd "$tmp/mails/layer" && for m in *.patch; do
	[[ $m == *-cover-letter.patch ]] || (($(sed '1,/^$/d; /^---$/,$d' "$m" | wc -l) < 40)) || echo "$m"
done)
if [[ -z $said ]]; then
	pass "series: messages of the layer"
else
	failed "series: messages of the layer" "40 lines and more: ${said//$'\n'/, }" "$log"
fi

[[ $mode != long ]] || "$HARNESS/series/series-build.sh" "$src" "$tmp" || rc=1
say "series: ${#mails[@]} mails in $(elapsed "$t0"), $( ((rc)) && echo "not all as they have to be" || echo "all as they have to be")"
exit $rc
