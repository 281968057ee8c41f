#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Misuse that must not compile: each case good and bad, by kbuild with the
# kernel's own flags, and by each tool that is here:
#	harness/run compile-fail [config]
# Needs the build of that configuration; debug is the default. What each tool
# sees is compared with the table in the documentation:
#	harness/run compile-fail --write	writes that table

. "$(dirname "$0")/lib.sh"
. "$HARNESS/compose.sh"

take_lock
open_logs
[[ -n ${VMA_ACCESS_MUTANT+set} ]] || "$HARNESS/tree.sh" >/dev/null
rc=0
cases=tools/testing/selftests/vma_access/compile_fail
table=Documentation/mm/vma_access_misuse.rst
write=
[[ ${1:-} != --write ]] || { write=y; shift; }
all=$RUN_LOGS/compile-fail.verdicts	# what each tool does with each case
: >"$all"
tools=()				# that were asked

if ! compgen -G "$TREE/$cases/*.c" >/dev/null; then
	skip "compile-fail" "there are no cases yet"
	exit
fi

run() { # TOOL BUILD MAKE-VARIABLE ...
	local name=$1 build=$2 f case why say
	local log=$RUN_LOGS/compile-fail-$1.log out=$2/compile_fail
	shift 2
	mkdir -p "$out"
	# What a case said the last time is no result of this time if its file is
	# gone; kbuild compiles again what changed.
	for f in "$out"/*."$name".log; do
		[[ ! -e $f || -e $TREE/$cases/$(basename "$f" ".$name.log").c ]] || rm -f "$f"
	done
	within 900 make -k -C "$TREE" ARCH=x86_64 O="$build" "$@" -j"$JOBS" \
		M="$TREE/$cases" MO="$out" CFAIL="$name" >"$log" 2>&1 || true
	if [[ -n $(late "$log") ]]; then
		fail "compile-fail $name" "the build was$(late "$log" | tr -d :)" "$log"
		rc=1
		return
	fi
	for f in "$TREE/$cases"/*.c; do
		case=$(basename "$f" .c)
		say=$out/$case.$name.log
		why=$(grep -m1 "^not ok: $case: " "$log" || true)
		if [[ -z $why && -s $say ]]; then
			sed -nE '/^(stops|misses|types|new) [a-z]+ [a-z0-9-]+$/p; /^(stops|misses|types|new) /!q' "$say" >>"$all"
			pass "compile-fail $name $case"
		else
			why=${why#"not ok: $case: "}
			fail "compile-fail $name $case" "${why:-it was not compiled}" "$log"
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
	run scopes "$debug" CC="$cc"
	tools+=(scopes)
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

# A check that cannot fail is none: with a wrong expectation, with a bad twin that
# compiles, and with a good one that does not, the build has to stop.
control() {
	local dir=$RUN_LOGS/control log=$RUN_LOGS/compile-fail-control.log from=$TREE/$cases case
	mkdir -p "$dir"
	cp "$from"/{Kbuild,cfail.h,cfail.sh} "$dir"
	sed 's/EXPECT.*:.*/EXPECT: nobody says this/' "$from/unchecked-zap.c" >"$dir/other-message.c"
	sed '1i #undef BAD' "$from/unchecked-zap.c" >"$dir/bad-compiles.c"
	sed '1i #define BAD' "$from/unchecked-zap.c" >"$dir/good-does-not.c"
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
}
[[ -n ${VMA_ACCESS_MUTANT:-} ]] || control

# counted MODE RULE SAID MEANT: of the fixture, the rule says as often SAID as there is
# a line MEANT.
counted() {
	local said expect fixture=$HARNESS/fixtures/blunders.c
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

# unheard ERR: the first line that the rule skips, but for a directive alone, or what
# spatch warns of.
unheard() {
	awk '/^HANDLING:/ { file = $2 }
		sub(/^(bad:|BAD:!!!!!)[ \t]*/, "") && /^[^#]/ { print file " is not parsed: " $0; exit }
		/^EXN:/ || (tolower($0) ~ /^warning: / && !/PARSING/) { print; exit }' "$1"
}

# Coccinelle reads the source as it is: each twin is written out first.
coccinelle() {
	local dir=$RUN_LOGS/twins f case rule macros=$TREE/scripts/coccinelle/api/vma_access_macros.h
	local expect said types
	mkdir -p "$dir/bad" "$dir/good"
	for f in "$TREE/$cases"/*.c; do
		# It says by its exit code whether something was left out. The annotation
		# is a macro of cfail.h, which differs between the twins.
		unifdef -DBAD "$f" >"$dir/bad/${f##*/}" || (($? == 1)) || return 1
		unifdef -UBAD "$f" >"$dir/good/${f##*/}" || (($? == 1)) || return 1
		sed -i 's/[[:space:]]CALLER_HOLDS_VMA//' "$dir"/{bad,good}/"${f##*/}"
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
	for f in "$TREE/$cases"/*.c; do
		case=$(basename "$f" .c)
		expect=$(sed -n 's/^ \* EXPECT-coccinelle: //p' "$f")
		types=$(sed -n 's/^ \* EXPECT: //p' "$f")
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
	"$HARNESS/blunders.sh" fixtures || rc=1
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
		said=$(cd "$TREE" && handles "$f" 2>"$dir/user.err"; unheard "$dir/user.err")
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
		} | sort -u | grep -E '^(drivers|kernel|samples|tools/.*/test_modules)/.*\.c$' |
			(cd "$TREE" && xargs -d '\n' grep -l 'linux/vma_access')
	)
}

if [[ -z ${VMA_ACCESS_MUTANT:-} ]]; then
	{ command -v spatch && command -v unifdef; } >/dev/null ||
		"$HARNESS/packages.sh" spatch:coccinelle unifdef:unifdef || true
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
	if said=$("$PYTHON" "$HARNESS/strict-names.py" "$TREE" "$HARNESS/strict.allow" "$header"); then
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
			! "$PYTHON" "$HARNESS/strict-names.py" "$TREE" "$HARNESS/strict.allow" "$changed" >/dev/null; then
			pass "strict names control $change"
		else
			fail "strict names control $change" "the change goes unnoticed" "$changed"
			rc=1
		fi
	done
}
[[ -n ${VMA_ACCESS_MUTANT:-} ]] || strict

# How many each stops, and whether that is what the documentation says.
if ((${#tools[@]})); then
	total=$(find "$TREE/$cases" -name '*.c' | wc -l)
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
	if "$PYTHON" "$HARNESS/misuse-table.py" "$all" "$TREE/$cases" "${tools[@]}" \
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
