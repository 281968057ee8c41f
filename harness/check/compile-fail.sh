#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Misuse that must not compile: each case good and bad, by kbuild with the
# kernel's own flags, and by each tool that is here:
#	harness/run compile-fail [config]
# Needs the build of that configuration; debug is the default. What each tool
# sees is compared with the table in harness/results:
#	harness/run compile-fail --write	writes that table

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

take_lock
open_logs
[[ -n ${VMA_ACCESS_MUTANT+set} ]] || "$HARNESS/fetch/sync.sh" >/dev/null
rc=0
cases=tools/testing/selftests/vma_access/compile_fail
table=harness/results/vma_access_misuse.rst
write=
[[ ${1:-} != --write ]] || { write=y; shift; }
all=$RUN_LOGS/compile-fail.verdicts	# what each tool does with each case
: >"$all"
tools=()				# that were asked

if ! compgen -G "$TREE/$cases/*.c" >/dev/null; then
	skip "compile-fail" "there are no cases yet"
	exit
fi

# The cases, and the file that each is in.
declare -A file_of
if ! said=$(cd "$TREE/$cases" && sh cfail.sh list ./*.c 2>&1); then
	fail "compile-fail cases" "${said%%$'\n'*}"
	exit 1
fi
while read -r case f; do
	file_of[$case]=${f#./}
done <<<"$said"
mapfile -t names < <(printf '%s\n' "${!file_of[@]}" | sort)

# unmet CASE LOG SAID: why the build whose log this is did not do what the case expects;
# nothing if it did, and said so in a file.
unmet() {
	local why
	why=$(grep -m1 "^not ok: $1: " "$2" || true)
	[[ -n $why || -s $3 ]] || why="it was not compiled"
	echo "${why#"not ok: $1: "}"
}

run() { # TOOL BUILD MAKE-VARIABLE ...
	local name=$1 build=$2 f case why say
	local log=$RUN_LOGS/compile-fail-$1.log out=$2/compile_fail
	shift 2
	mkdir -p "$out"
	# The result of a case that is gone must not count as one of this run;
	# kbuild compiles again what changed.
	for f in "$out"/*."$name".log; do
		case=$(basename "$f" ".$name.log")
		[[ ! -e $f || -n ${file_of[$case]:-} ]] || rm -f "$f"
	done
	within 900 make -k -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" \
		M="$TREE/$cases" MO="$out" CFAIL="$name" >"$log" 2>&1 || true
	if [[ -n $(late "$log") ]]; then
		fail "compile-fail $name" "the build was$(late "$log" | tr -d :)" "$log"
		rc=1
		return
	fi
	for case in "${names[@]}"; do
		say=$out/$case.$name.log
		why=$(unmet "$case" "$log" "$say")
		if [[ -z $why ]]; then
			sed -nE '/^(stops|misses|types|new) [a-z]+ [a-z0-9-]+$/p; /^(stops|misses|types|new) /!q' "$say" >>"$all"
			pass "compile-fail $name $case"
		else
			fail "compile-fail $name $case" "$why" "$log"
			rc=1
		fi
	done
}

cc=gcc
! command -v ccache >/dev/null || cc='ccache gcc'
debug=$WORK/build-${1:-debug}
run gcc "$debug" CC="$cc"
# The mutants have a look at what is refused by any compiler only.
if [[ -z ${VMA_ACCESS_MUTANT:-} ]]; then
	tools=(gcc)
	# With clang too, where the W=1 check found one and prepared a build for it.
	clang=$WORK/build-w1-clang
	if [[ -s $clang/.cc ]]; then
		PATH=$PATH:$CACHE/tools/bin
		with=$(<"$clang/.cc") flags=$(<"$clang/.context-flags")
		run clang "$clang" CC="$with"
		tools+=(clang)
		if [[ -n $flags ]]; then
			run analysis "$clang" CC="$with" KCFLAGS="$flags"
			tools+=(context)
			! grep -q '^[a-z]* lifetime ' "$all" || tools+=(lifetime)
		fi
	fi
fi

# written CASE NAME SED-SCRIPT: the text of a case, as another one with a change.
written() {
	local macro=CASE_${1//-/_}
	sed -n "/^#ifdef $macro\$/,/^#ifdef CASE_/p" "$TREE/$cases/${file_of[$1]}" |
		sed -e '1!{/^#ifdef CASE_/d}' -e "1s/.*/#ifdef CASE_${2//-/_}/" -e "$3"
}

# unlisted NAME FILE WHY: a list of the cases in this file, and of those that are there,
# has to fail and say so.
unlisted() {
	local said
	if said=$(sh "$TREE/$cases/cfail.sh" list "$TREE/$cases"/*.c "$2" 2>&1); then
		fail "compile-fail cases control $1" "it goes unnoticed" "$2"
		rc=1
	elif [[ $said == *"$3"* ]]; then
		pass "compile-fail cases control $1"
	else
		fail "compile-fail cases control $1" "it says: ${said%%$'\n'*}" "$2"
		rc=1
	fi
}

# A check that cannot fail is none: with a wrong expectation, with a bad twin that
# compiles, and with a good one that does not, the build has to stop. And so with a case
# whose macro is misspelt, or is that of another: nobody would compile it.
control() {
	local dir=$RUN_LOGS/control log=$RUN_LOGS/compile-fail-control.log from=$TREE/$cases case
	local wrong=$RUN_LOGS/control-cases
	mkdir -p "$dir" "$wrong"
	written unchecked-zap unchecked-zap '' >"$wrong/twice.c"
	unlisted "two of a name" "$wrong/twice.c" 'unchecked-zap is in '
	written unchecked-zap other '1s/CASE/CSAE/' >"$wrong/macro.c"
	unlisted "a misspelt macro" "$wrong/macro.c" 'in no case: #ifdef CSAE_other'
	written unchecked-zap other '1s/other/Other/' >"$wrong/name.c"
	unlisted "a misspelt name" "$wrong/name.c" 'in no case: #ifdef CASE_Other'
	{ written unchecked-zap one '/^#endif/d'; written unchecked-zap other ''; } >"$wrong/inside.c"
	unlisted "a case in a case" "$wrong/inside.c" 'only BAD makes a difference'
	written unchecked-zap other '1d' >"$wrong/outside.c"
	unlisted "no macro" "$wrong/outside.c" 'in no case: int cfail_use('

	cp "$from"/{Kbuild,cfail.h,cfail.sh} "$dir"
	{
		echo '#include "cfail.h"'
		written unchecked-zap other-message 's/EXPECT.*:.*/EXPECT: nobody says this/'
		written unchecked-zap bad-compiles '1a #undef BAD'
		written unchecked-zap good-does-not '1a #define BAD'
	} >"$dir/three.c"
	if within 600 make -k -C "$TREE" ARCH=x86_64 O="$debug" CC="$cc" -j"$JOBS" \
		M="$dir" CFAIL=gcc >"$log" 2>&1; then
		fail "compile-fail control" "wrong expectations do not fail the build" "$log"
		rc=1
		return
	elif [[ -n $(late "$log") ]]; then
		fail "compile-fail control" "the build was$(late "$log" | tr -d :)" "$log"
		rc=1
		return
	fi
	for case in other-message bad-compiles good-does-not; do
		if grep -q "^not ok: $case: " "$log"; then
			pass "compile-fail control $case"
		else
			fail "compile-fail control $case" "the build does not say so" "$log"
			rc=1
		fi
	done
	if [[ $(unmet of-no-rule "$log" "$dir/of-no-rule.gcc.log") == "it was not compiled" ]]; then
		pass "compile-fail control not compiled"
	else
		fail "compile-fail control not compiled" "it goes unnoticed" "$log"
		rc=1
	fi
	# No case is built if the folder's cases cannot be listed.
	cp "$wrong/macro.c" "$dir"
	if within 600 make -k -C "$TREE" ARCH=x86_64 O="$debug" CC="$cc" -j"$JOBS" \
		M="$dir" CFAIL=gcc >"$log.unlisted" 2>&1 ||
		! grep -q 'the cases cannot be listed' "$log.unlisted"; then
		fail "compile-fail control unlisted" "the build does not say so" "$log.unlisted"
		rc=1
	else
		pass "compile-fail control unlisted"
	fi
}
[[ -n ${VMA_ACCESS_MUTANT:-} ]] || control

# counted MODE RULE SAID MEANT: of the fixture, the rule says as often SAID as there is
# a line MEANT.
counted() {
	local said expect fixture=$HARNESS/check/fixtures/blunders.c
	said=$(timeout 100 spatch --very-quiet -D "$1" --no-includes --sp-file "$2" "$fixture" 2>/dev/null |
		grep -cE "$3" || true)
	expect=$(grep -cE "$4" "$fixture" || true)
	if [[ $said == "$expect" && $said != 0 ]]; then
		pass "coccinelle $1 ${2##*/}"
	else
		fail "coccinelle $1 ${2##*/}" "it says $said of $expect lines" "$2"
		rc=1
	fi
}

# handles WHAT: the rule of handles over a file or folder. It says on stderr what it
# does not understand of the source: unheard tells.
handles() {
	timeout 300 spatch --verbose-parsing --parse-error-msg -D report --no-includes \
		--macro-file-builtins "$macros" \
		--sp-file "$TREE/scripts/coccinelle/api/vma_access_handles.cocci" "$@"
}

# unheard ERR [LINES]: the first line that the rule skips, but for directives and comments
# alone, or what spatch warns of; with LINES, a line that it skips has to be one of these.
unheard() {
	awk -v lines="${2:-}" '
		BEGIN { while (lines != "" && (getline line <lines) > 0) { sub(/^[ \t]+/, "", line); if (line ~ /[a-z]/) ours[line] } }
		/^HANDLING:/ { file = $2 }
		sub(/^(bad:|BAD:!!!!!)[ \t]*/, "") && /^[^#]/ && !/^(\/\*|\*([ \/]|$))/ &&
			(lines == "" || $0 in ours) { print file " is not parsed: " $0; exit }
		/^EXN:/ || (tolower($0) ~ /^warning: / && !/PARSING/) { print; exit }' "$1"
}

# The lines of a file that are the series'.
lines_of_series() { # FILE
	if [[ -e $REPO/$1 ]]; then
		cat "$REPO/$1"
	else
		series_patches | xargs -d '\n' cat | awk -v file="b/$1" '
			/^\+\+\+ / { mine = $2 == file; next }
			mine && sub(/^\+/, "")'
	fi
}

# Coccinelle reads the source as it is: each twin is written out first.
coccinelle() {
	local dir=$RUN_LOGS/twins f case rule apart macros=$TREE/scripts/coccinelle/api/vma_access_macros.h
	local expect said types
	mkdir -p "$dir/bad" "$dir/good"
	for case in "${names[@]}"; do
		f=$TREE/$cases/${file_of[$case]}
		mapfile -t apart < <(awk -v macro="CASE_${case//-/_}" \
			'/^#ifdef CASE_/ { print ($2 == macro ? "-D" : "-U") $2 }' "$f")
		# It says by its exit code whether something was left out. The annotation
		# is a macro of cfail.h, which differs between the twins.
		unifdef "${apart[@]}" -DBAD "$f" >"$dir/bad/$case.c" || (($? == 1)) || return 1
		unifdef "${apart[@]}" -UBAD "$f" >"$dir/good/$case.c" || (($? == 1)) || return 1
		sed -i 's/[[:space:]]CALLER_HOLDS_VMA//' "$dir"/{bad,good}/"$case.c"
	done
	for f in good bad; do
		(cd "$dir/$f" && handles --dir .) >"$dir/$f.said" 2>"$dir/$f.err" ||
			{
				fail "compile-fail coccinelle" "$(grep -v '^$' "$dir/$f.err" | head -n 1)" "$dir/$f.err"
				return 1
			}
		said=$(unheard "$dir/$f.err")
		if [[ -z $said ]]; then
			pass "coccinelle parses $f twins"
		else
			fail "coccinelle parses $f twins" "$said" "$dir/$f.err"
			rc=1
		fi
	done
	# Without the macros it has to say that it does not see the body of a hook.
	macros=/dev/null handles "$dir/bad/hook-keeps-handle.c" >/dev/null 2>"$dir/control.err" || true
	if [[ -n $(unheard "$dir/control.err") ]]; then
		pass "coccinelle parses control"
	else
		fail "coccinelle parses control" "a body that is skipped goes unnoticed" "$dir/control.err"
		rc=1
	fi
	for case in "${names[@]}"; do
		expect=$(sed -n 's/^ \* EXPECT-coccinelle: //p' "$dir/bad/$case.c")
		types=$(sed -n 's/^ \* EXPECT: //p' "$dir/bad/$case.c")
		said=$(grep "^\./$case\.c:" "$dir/bad.said" || true)
		if grep -q "^\./$case\.c:" "$dir/good.said"; then
			fail "compile-fail coccinelle $case" \
				"the good twin is reported: $(grep -m1 "^\./$case\.c:" "$dir/good.said")" "$dir/good.said"
			rc=1
			continue
		elif [[ -z $expect ]]; then
			if [[ -n $said ]]; then
				echo "new coccinelle $case"
			elif [[ -n $types ]]; then
				echo "types coccinelle $case"
			else
				echo "misses coccinelle $case"
			fi >>"$all"
		elif grep -qE "ERROR: .*($expect)" <<<"$said"; then
			echo "stops coccinelle $case" >>"$all"
		else
			fail "compile-fail coccinelle $case" \
				"the bad twin is not reported as: $expect${said:+, but: $said}" "$dir/bad.said"
			rc=1
			continue
		fi
		pass "compile-fail coccinelle $case"
	done
	# Mistakes in raw code: those of the fixtures, no more and no fewer; and it runs as
	# its documentation says, of a folder outside of the kernel's.
	rule=$TREE/scripts/coccinelle/api/vma_access.cocci
	"$HARNESS/check/blunders.sh" fixtures || rc=1
	within 200 make -C "$TREE" O="$debug" coccicheck MODE=report J=1 \
		COCCI=scripts/coccinelle/api/vma_access.cocci M=samples/vma_access \
		>"$dir/coccicheck" 2>&1 || echo "coccicheck failed" >>"$dir/coccicheck"
	said=$(grep -vE '^(make|Please check|When using|You have not|Using default|Debug logs|You can specify|.*spatch -D report|$)' \
		"$dir/coccicheck" || true)
	if [[ -z $said ]] && grep -q 'spatch -D report' "$dir/coccicheck"; then
		pass "coccinelle make coccicheck"
	else
		fail "coccinelle make coccicheck" "${said%%$'\n'*}" "$dir/coccicheck"
		rc=1
	fi
	# What it can mend, it mends; and there is a verb for each raw call.
	counted patch "$rule" '^\+.*->vm_page_prot' 'PAGE_.*/\* prot \*/$'
	rule=$TREE/scripts/coccinelle/api/vma_access_verbs.cocci
	counted report "$rule" 'opportunity for vma_new_remap_pfn\(\)' '[^_]remap_pfn_range\('
	# And what the series has of users, it has nothing to say of, and sees all of.
	while IFS= read -r f; do
		# Lines of mainline that spatch cannot parse do not count.
		lines_of_series "$f" >"$dir/user.lines"
		said=$(cd "$TREE" && handles "$f" 2>"$dir/user.err"; unheard "$dir/user.err" "$dir/user.lines")
		if [[ -z $said ]]; then
			pass "coccinelle $f"
		else
			fail "coccinelle $f" "${said%%$'\n'*}"
			rc=1
		fi
	done < <(
		{
			overlay_files
			series_patches | while IFS= read -r p; do patched_files "$p"; done
		} | sort -u | grep -E '^(drivers|io_uring|kernel|net|samples|sound|tools/.*/test_modules)/.*\.c$' |
			(cd "$TREE" && xargs -d '\n' grep -l 'linux/vma_access')
	)
}

if [[ -z ${VMA_ACCESS_MUTANT:-} ]]; then
	{ command -v spatch && command -v unifdef; } >/dev/null ||
		"$HARNESS/fetch/packages.sh" spatch:coccinelle unifdef:unifdef || true
	if command -v spatch >/dev/null && command -v unifdef >/dev/null; then
		coccinelle && tools+=(coccinelle) || rc=1
	else
		skip "compile-fail coccinelle" "spatch or unifdef is missing"
	fi
fi

# The strict header, held against the headers of this kernel: is a name left out? And the
# comparison against itself, with one line changed at a time.
strict() {
	local header=$TREE/include/linux/vma_access_strict.h changed=$RUN_LOGS/strict.h said change
	if said=$("$PYTHON" "$HARNESS/check/strict-names.py" "$TREE" "$HARNESS/check/strict.allow" "$header"); then
		pass "strict names"
	else
		fail "strict names" "${said%%$'\n'*}"
		echo "$said" >"$RUN_LOGS/strict-names.log"
		rc=1
	fi
	for change in 's/ vma_find / /' 's/ walk_page_vma$/& vm_ops/' '/^#undef vma_policy$/d' \
		's/ walk_page_vma$/& vm_no_such/'; do
		sed "$change" "$header" >"$changed"
		if ! cmp -s "$header" "$changed" &&
			! "$PYTHON" "$HARNESS/check/strict-names.py" "$TREE" "$HARNESS/check/strict.allow" "$changed" >/dev/null; then
			pass "strict names control $change"
		else
			fail "strict names control $change" "the change goes unnoticed" "$changed"
			rc=1
		fi
	done
}
[[ -n ${VMA_ACCESS_MUTANT:-} ]] || strict

# How many each stops, and whether that is what the table says.
if ((${#tools[@]})); then
	total=${#names[@]}
	for tool in "${tools[@]}"; do
		n=$(grep -c "^stops $tool " "$all" || true)
		types=$(grep -c "^types $tool " "$all" || true)
		say "$tool stops $n of $total$( ((types == 0)) || echo ", the types $types before it")"
		while read -r _ _ case; do
			say "NEW: $tool stops $case now: say so in the case (EXPECT-$tool)"
		done < <(grep "^new $tool " "$all")
	done
	while read -r case; do
		skip "compile-fail any $case" "no tool stops it"
	done < <(cut -d' ' -f3 "$all" | sort -u | grep -vxFf <(sed -nE 's/^(stops|types|new) [a-z]+ //p' "$all"))
	if "$PYTHON" "$HARNESS/check/misuse-table.py" "$all" "$TREE/$cases" "${tools[@]}" \
		>"$RUN_LOGS/misuse.rst" 2>"$RUN_LOGS/misuse.err"; then
		pass "compile-fail two of each rule"
	else
		fail "compile-fail two of each rule" "$(tail -n 1 "$RUN_LOGS/misuse.err")" "$RUN_LOGS/misuse.rst"
		rc=1
	fi
	if [[ -n $write ]] && ((rc)); then
		say "$table is not written: there are failures"
	elif [[ -n $write ]]; then
		cp "$RUN_LOGS/misuse.rst" "$REPO/$table"
	elif cmp -s "$RUN_LOGS/misuse.rst" "$REPO/$table"; then
		pass "compile-fail table"
	else
		fail "compile-fail table" "$table is not what the run found; harness/run compile-fail --write" "$RUN_LOGS/misuse.rst"
		rc=1
	fi
fi
exit $rc
