#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests of the harness itself: what it says and leaves behind when it is given
# something bad, and its console watcher. Seconds; builds and boots nothing.

. "$(dirname "$0")/../lib.sh"

open_logs
scratch t
log=$RUN_LOGS/selftest.log
bad=0

# Each case runs with a cache, results and lock of its own.
alone() {
	# What was started in the background has SIGINT ignored, which cannot be undone
	# by a shell.
	env --default-signal=INT,TERM -u VMA_ACCESS_LOCKED -u VMA_ACCESS_SYNCED -u VMA_ACCESS_STATE -u RUN_LOGS -u RESULTS -u STEPS -u KSRC -u WAIT \
		VMA_ACCESS_CACHE="$t/cache" "$@" 9>&-
}

verdict() {
	local name=$1 ok=$2 why=$3
	if ((ok)); then
		pass "harness: $name"
	else
		fail "harness: $name" "$why" "$log"
		bad=1
	fi
}

# refuses NAME TEXT COMMAND...: exit code not 0, and one line that has TEXT.
refuses() {
	local name=$1 text=$2 out rc=0
	shift 2
	out=$(alone "$@" 2>&1 >/dev/null) || rc=$?
	printf '== %s: exit %s\n%s\n' "$name" "$rc" "$out" >>"$log"
	if ((rc == 0)); then
		verdict "$name" 0 "exit code 0"
	elif [[ $(grep -c '^error: ' <<<"$out") != 1 || $out != *"$text"* ]]; then
		verdict "$name" 0 "said: ${out//$'\n'/ / }"
	else
		verdict "$name" 1 ''
	fi
}

accepts() {
	local name=$1 rc=0
	shift
	alone "$@" >>"$log" 2>&1 || rc=$?
	verdict "$name" $((rc == 0)) "exit code $rc"
}

same() {
	local out
	out=$(diff -r "$2" "$3" 2>&1) && verdict "$1" 1 '' || verdict "$1" 0 "${out//$'\n'/; }"
}

# ---- the watcher ------------------------------------------------------------

for f in clean announced allowed replayed; do
	accepts "watcher passes $f.log" "$HARNESS/boot/watch" "$HARNESS/check/fixtures/$f.log"
done
for f in splat lockdep trace arm64 missing twice; do
	out=$("$HARNESS/boot/watch" "$HARNESS/check/fixtures/$f.log") && rc=0 || rc=$?
	verdict "watcher fails $f.log" $((rc == 1)) "exit code $rc: $out"
done

# What was printed twice is one result.
printf '%s\n' '[    1.0] ok 1 a' '** replaying previous printk message **' '[    1.0] ok 1 a' \
	'[    1.1] ok 2 b' >"$t/twice.log"
n=$("$HARNESS/boot/watch" --whole "$t/twice.log" | grep -c ' ok ')
verdict "a result that was printed twice" $((n == 2)) "$n results"

# ---- the reader of kselftest's output ---------------------------------------

"$HARNESS/boot/tap-cases" "$HARNESS/check/fixtures/kselftest.out" >"$t/cases"
same "kselftest's output is read" "$t/cases" "$HARNESS/check/fixtures/kselftest.cases"

# ---- the table of attacks ----------------------------------------------------

mkdir -p "$t/at/mm" "$t/at/scripts/coccinelle/api" "$t/at/tools/testing/selftests/vma_access/compile_fail"
printf '\tKUNIT_CASE(%s),\n' one two >"$t/at/mm/some_test.c"
printf '\t.name = "some",\n' >>"$t/at/mm/some_test.c"
printf 'TEST_F(here, one)\nTEST(two)\n' >"$t/at/tools/testing/selftests/vma_access/prog.c"
printf '#ifdef CASE_%s\n#endif\n' one one_more >"$t/at/tools/testing/selftests/vma_access/compile_fail/some.c"
echo '@one@' >"$t/at/scripts/coccinelle/api/vma_access.cocci"
mutant=$("$HARNESS/mutants/mutate.py" --list | sed -n '1s, .*,,p')
attacks() { # NAME ROWS WANT, the table's line from stdin
	tr '|' '\t' >"$t/attacks.tsv"
	local out
	out=$(REQUIRED=$2 alone "$HARNESS/check/attacks.sh" "$t/at" "$t/attacks.tsv" 2>&1 || true)
	verdict "attacks: $1" "$([[ $out == "$3" ]] && echo 1 || echo 0)" "said: ${out//$'\n'/ / }"
}
attacks "a good table" "7 8" '' <<END
# a comment
7|an input|fixed: so|some.one,some.two,selftest:prog.one,selftest:prog.here.one,selftest:prog.two,compile-fail:one,compile-fail:one-more,cocci:one|$mutant
8|another|said|-|-
END
while IFS='>' read -r line want; do
	attacks "$line" 7 "error: attacks.tsv:1: $want" <<<"$line"
done <<END
7|an input|fixed|some.three|->no KUnit case some.three
7|an input|fixed|other.one|->no KUnit case other.one
7|an input|fixed|some.on|->no KUnit case some.on
7|an input|fixed|selftest:prog.three|->no selftest prog.three
7|an input|fixed|selftest:prog.there.one|->no selftest prog.there.one
7|an input|fixed|selftest:none.one|->no selftest none.one
7|an input|fixed|compile-fail:two|->no compile-fail case two
7|an input|fixed|compile-fail:some|->no compile-fail case some
7|an input|fixed|compile-fail:more|->no compile-fail case more
7|an input|fixed|cocci:two|->no class two of the static rules
7|an input|fixed|kunit:some.one|->'kunit:some.one' is no kind of test
7|an input|fixed|one|->'one' is neither suite.case nor selftest:, compile-fail: or cocci:
7|an input|fixed|some.one|no-such>no mutant no-such in harness/mutants/list
7|an input|refused|-|->no test of what is refused
7|an input|done|some.one|->'done' does not begin with fixed, refused, found or said
END
attacks "a line with a field less" '' \
	"error: attacks.tsv:1: not five fields with tabs between: number, input, now, tests, mutants" <<<'7|an input|fixed'
attacks "rows that are missing" '7 8 9' 'error: attacks.tsv: no row 8 9' <<<'7|an input|said|-|-'

# ---- the table of fixes --------------------------------------------------------

mkdir -p "$t/fx/kernel/drivers" "$t/fx/fixes/some"
: >"$t/fx/kernel/Makefile"
printf 'one\ntwo\n' | tee "$t/fx/kernel/drivers/a.c" >"$t/fx/kernel/drivers/b.c"
printf -- '--- a/drivers/a.c\n+++ b/drivers/a.c\n' >"$t/fx/fixes/some/0001-a.patch"
echo 'obj-m := device.o' >"$t/fx/fixes/some/Kbuild"
touch "$t/fx/fixes/some/prog.c" "$t/fx/fixes/some/device.c"
fixes() { # NAME WANT, the table's lines from stdin
	tr '|' '\t' >"$t/fixes.tsv"
	local out
	out=$(FIXES=$t/fx/fixes alone "$HARNESS/check/fixes-table.sh" "$t/fx/kernel" "$t/fixes.tsv" 2>&1 || true)
	verdict "fixes: $1" "$([[ $out == "$2" ]] && echo 1 || echo 0)" "said: ${out//$'\n'/ / }"
}
fixes "a good table" '' <<'END'
# a comment
drivers/a.c:2|some/0001-a.patch|some/prog.c|prot
drivers/a.c:1|some/0001-a.patch|argument|- for a reason|a report
END
good='drivers/a.c:2|some/0001-a.patch|some/prog.c|prot'
while IFS='>' read -r line want; do
	fixes "$line" "error: fixes.tsv:2: $want" <<<"$good"$'\n'"$line"
done <<'END'
drivers/a.c|some/0001-a.patch|some/prog.c|prot>'drivers/a.c' is not file:line
drivers/c.c:1|some/0001-a.patch|some/prog.c|prot>no file drivers/c.c in the kernel
drivers/a.c:3|some/0001-a.patch|some/prog.c|prot>drivers/a.c has no line 3
drivers/b.c:1|some/0001-a.patch|some/prog.c|prot>some/0001-a.patch does not touch drivers/b.c
drivers/a.c:1|some/0002-b.patch|some/prog.c|prot>no patch some/0002-b.patch
drivers/a.c:1|some/0001-a.patch|some/none.c|prot>no reproducer some/none.c
drivers/a.c:1|some/0001-a.patch|some/prog.c|none>'none' is neither a class of vma_access.cocci nor '-' with a reason
drivers/a.c:1|some/0001-a.patch|some/prog.c|->'-' is neither a class of vma_access.cocci nor '-' with a reason
drivers/a.c:1|some/0001-a.patch|some/prog.c>not four or five fields with tabs between: bug, patch, reproducer, rule, report
END
fixes "what has no row" \
	'error: fixes.tsv:0: no row for some/0001-a.patch'$'\n''error: fixes.tsv:0: no row for some/prog.c' <<<'# nothing'
judged() { # WHY WANT: of a place that is true, with these words after it, and no row
	printf 'drivers/b.c:1\tprot\ttrue\t%s\n' "$1" >"$t/judged"
	JUDGED=$t/judged fixes "true: $1" "${2:+error: judged:1: drivers/b.c:1 (prot) is true: $2}" <<<"$good"
}
none="no row in fixes.tsv, no 'fixed by' a patch, no 'no patch: '"
judged "why" "$none"
judged "why; no patch: " "$none"
judged "why; fixed by some/0002-b.patch" "$none"
judged "why; no patch: a reason" ''
judged "why; fixed by some/0001-a.patch" ''
printf 'drivers/a.c:%s\n' $'1\tprot\ttrue\tby its row' $'5\tprot\ttrue\tby its row' \
	$'9\tcow\tfalse\twhy' $'6\tprot\ttrue\tfar from it' $'2\tcow\ttrue\tanother class' >"$t/judged"
JUDGED=$t/judged fixes "rows of what is true" \
	"error: judged:4: drivers/a.c:6 (prot) is true: $none"$'\n'"error: judged:5: drivers/a.c:2 (cow) is true: $none" <<<"$good"
refuses "fixes-table of no kernel" "is not a kernel tree" "$HARNESS/check/fixes-table.sh" "$t/fx/fixes"
refuses "fixes-check of what is not there" "no reproducer nosuch in fixes.tsv" "$HARNESS/run" fixes-check nosuch

# ---- the table of users --------------------------------------------------------

us=$t/us
mkdir -p "$us"/{include/linux,mm,patches,samples/vma_access,harness/check,harness/results}
cat >"$us/include/linux/vma_access_some.h" <<'END'
struct vma_some;	/* a handle */
#define VMA_MAP_SOME	__VMA_POLICY(0)
/**
 * DOC: CLASS(vma_lock, guard)(user), ACQUIRE(vma_lock_try, guard)(user)
 */
DEFINE_LOCK_GUARD_1(vma_lock, struct vma_some, a(_T->lock), b(_T->lock))
static inline int __vma_some(struct vma_some *vma)
{
#ifdef CONFIG_MMU
	return vma_within(vma);
#endif
}
/**
 * vma_outer() - Used by a driver; not by vma_within() above.
 */
#define vma_outer(vma) \
	__vma_some(vma, VMA_MAP_SOME)
END
cat >"$us/mm/vma_access_some.c" <<'END'
/**
 * vma_within() - Used by vma_outer() alone.
 */
int vma_within(struct vma_some *vma)
{
	return vma_deep(vma);
}
EXPORT_SYMBOL_GPL(vma_within);
/**
 * vma_deep() - Used by vma_within() alone.
 */
int vma_deep(struct vma_some *vma)
{
}
EXPORT_SYMBOL_GPL(vma_deep);
/**
 * vma_zone() - Used by nothing.
 */
int vma_zone(struct vma_some *vma)
{
}
EXPORT_SYMBOL_GPL(vma_zone);
/**
 * vma_static() - Not exported.
 */
END
echo 'static int sample(struct vma_some *vma);' >"$us/samples/vma_access/some.c"
driver() { printf -- '--- a/%s\n+++ b/%s\n@@ -1 +1,9 @@\n' "$1" "$1"; cat; }
{
	driver drivers/some/one.c <<-'END'
	-	vma_within(vma);
	+	/* vma_within() */
	+	CLASS(vma_lock, guard)(user);
	+	vma_outer(vma);
	END
	driver drivers/some/tests/one_kunit.c <<<'+	vma_within(VMA_MAP_SOME);'
} >"$us/patches/0001-one.patch"
# Remove again the files that were added.
driver drivers/some/two.c <<<'+	vma_within(vma);' >"$us/patches/0002-two.patch"
driver drivers/some/two.c <<<'-	vma_within(vma);' >"$us/patches/0003-two.patch"
users() { # NAME WANT, the list from stdin, the page is written with any $3
	tr '|' '\t' >"$us/harness/check/users.allow"
	local out
	"$PYTHON" "$HARNESS/check/users.py" "$us" "$us/results" ${3:+--write} >>"$log" 2>&1 || true
	out=$(tr '\t\n' ' ;' <"$us/results")
	verdict "users: $1" "$([[ $out == "$2" ]] && echo 1 || echo 0)" "said: $out"
}
allow=$'# a comment\nCLASS(vma_lock_try)|a guard\nVMA_MAP_SOME|a reason\nvma_zone()|later'
users "a good list" 'PASS users ;' write <<<"$allow"
cat >"$us/rows" <<'END'
VMA_MAP_SOME vma_outer()
vma_deep() vma_within()
CLASS(vma_lock) one
CLASS(vma_lock_try)
vma_outer() one
struct vma_some yes CLASS(vma_lock), vma_deep(), and 3 more
vma_within() vma_outer()
vma_zone()
END
same "users: the rows of the page" "$us/rows" \
	<(awk '/^=+  / { n++; next } n == 2' "$us/harness/results/vma_access_users.rst" | tr -s ' ')
of=$(grep '^Of ' "$us/harness/results/vma_access_users.rst")
verdict "users: the four kinds are counted" \
	"$([[ $of == 'Of 8 names, 2 have a driver, 1 the sample only, 2 another name only, and 3 none:' ]] && echo 1 || echo 0)" "said: $of"
users "the page is that" 'PASS users ;' <<<"$allow"
users "a name without a user" \
	'FAIL users vma_zone() nothing uses it, and users.allow has no reason;' write <<<"${allow%$'\n'*}"
users "a page that was written before" \
	'FAIL users page harness/results/vma_access_users.rst is not what the sources say; harness/run users --write;' <<<"$allow"
users "an allowed name that has a user" 'FAIL users vma_outer() is in users.allow, and one uses it;' write \
	<<<"${allow/vma_zone/$'vma_outer()|inside\nvma_zone'}"
users "an allowed name of the sample's" 'FAIL users struct vma_some is in users.allow, and the sample uses it;' write \
	<<<"${allow/vma_zone/$'struct vma_some|a type\nvma_zone'}"
users "an allowed name that a used one uses" 'FAIL users vma_within() is in users.allow, and vma_outer() uses it;' write \
	<<<"${allow/vma_zone/$'vma_within()|inside\nvma_zone'}"
users "an allowed name that is gone" 'FAIL users vma_gone() is in users.allow, and is no public name;' write \
	<<<"${allow/vma_zone/$'vma_gone()|inside\nvma_zone'}"
users "no reason" 'FAIL users vma_zone() has no reason in users.allow;' write <<<"${allow%|*}"
users "a list that is not sorted" 'FAIL users allow users.allow is not sorted;' write \
	<<<$'vma_zone()|later\n'"${allow%$'\n'*}"

# ---- the reader of gcov's records -------------------------------------------

# Two objects have the file. Each takes one way of line 5; neither runs line 6.
# The assertion in line 4 is not counted, the condition in line 3 once.
mkdir -p "$t/cov/mm"
cat >"$t/cov/mm/vma_access.c" <<'END'
int f(int a)
{
	if (WARN_ON_ONCE(!a)) { return 1; }
	lockdep_assert_held(a);
	if (a > 1)
		gone();
}
END
ways() { (( ! $# )) || printf '{"count": %s},' "$@" | sed 's/,$//'; }
counted() { # LINE COUNT WAY...
	printf '{"line_number": %s, "function_name": "f", "count": %s, "branches": [%s]}' "$1" "$2" "$(ways "${@:3}")"
}
for w in '1 0' '0 1'; do
	# shellcheck disable=SC2086
	printf '{"files": [{"file": "%s", "functions": [{"start_line": 1}], "lines": [%s, %s, %s, %s]}]}' \
		"$t/cov/mm/vma_access.c" "$(counted 3 1 1 1 1 1)" "$(counted 4 1 1 0)" "$(counted 5 1 $w)" "$(counted 6 0)" \
		>"$t/cov/${w% *}.json"
done
covers() { # NAME RESULTS JSON..., the list of exceptions from stdin
	local out
	cat >"$t/cov/except"
	"$PYTHON" "$HARNESS/boot/coverage.py" "$t/cov" "$t/cov/except" "$t/cov/results" "${@:3}" >>"$log" 2>&1 || true
	out=$(cut -f1,3 "$t/cov/results" | tr '\t\n' ' ;')
	verdict "coverage: $1" "$([[ $out == "$2" ]] && echo 1 || echo 0)" "said: $out"
}
covers "a line that nothing runs" 'FAIL line 6: gone();;PASS ;' "$t/cov"/[01].json </dev/null
covers "an excepted line" 'PASS ;PASS ;' "$t/cov"/[01].json <<'END'
= mm/vma_access.c
-gone();
!it is only a test
END
covers "a way that nothing takes" 'FAIL line 6: gone();;FAIL 75.0 %, less than 95 %;' "$t/cov/0.json" </dev/null
covers "an exception for what is not there" \
	'FAIL except:1: its text stands 0 times in mm/vma_access.c, or text or reason is missing;FAIL line 6: gone();;PASS ;' \
	"$t/cov"/[01].json <<'END'
= mm/vma_access.c
-other();
!it is only a test
END

# ---- a small kernel tree, and a small series on it --------------------------

mkdir -p "$t/k/mm" "$t/k/include" "$t/old/mm" "$t/none" "$t/repo/mm" "$t/repo/patches"
printf 'VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\nEXTRAVERSION =\nNAME = x\n' >"$t/k/Makefile"
printf 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\nEXTRAVERSION =\nNAME = x\n' >"$t/old/Makefile"
touch "$t/k/Kconfig" "$t/old/Kconfig"
seq 1 30 >"$t/k/mm/lines"
cp -a "$t/k" "$t/k.before"

cp -a "$HARNESS" "$t/repo/harness"
rm -f "$t/repo/harness/fetch/fixup"/*
echo 'int new;' >"$t/repo/mm/new.c"
hunk() {	# a patch that turns line $1 of mm/lines, said to be $2, into $3
	printf -- '--- a/mm/lines\n+++ b/mm/lines\n@@ -%d,3 +%d,3 @@\n %s\n-%s\n+%s\n %s\n' \
		$(($1 - 1)) $(($1 - 1)) $(($1 - 1)) "$2" "$3" $(($1 + 1))
}
hunk 5 5 five >"$t/repo/patches/0001-five.patch"
run=$t/repo/harness/run

refuses "KSRC that does not exist" "no such folder" env KSRC="$t/nowhere" "$run" fetch
refuses "KSRC that is no kernel tree" "is not a kernel tree" env KSRC="$t/none" "$run" fetch
refuses "KSRC of another version" "is Linux 6.1.0" env KSRC="$t/old" "$run" fetch
refuses "too little disk" "MB needed" env KSRC="$t/k" VMA_ACCESS_FREE_MB=5 "$run" fetch
refuses "no network and an empty cache" "cannot reach the Debian mirror" \
	env VMA_ACCESS_MIRROR="file:$t/none" "$run" fetch

accepts "sync" env KSRC="$t/k" "$run" sync
tree=$(echo "$t"/cache/ksrc-*/tree)
verdict "sync patches and adds" \
	"$([[ $(sed -n 5p "$tree/mm/lines") == five && -e $tree/mm/new.c ]] && echo 1 || echo 0)" "not as expected"
touch -d '2001-01-01' "$tree/mm/lines" "$tree/mm/new.c"
echo 'int newer;' >"$t/repo/mm/new.c"
accepts "sync again" env KSRC="$t/k" "$run" sync
verdict "sync leaves alone what did not change" \
	"$([[ $(date -r "$tree/mm/lines" +%Y) == 2001 && $(date -r "$tree/mm/new.c" +%Y) != 2001 ]] && echo 1 || echo 0)" \
	"time stamps: $(date -r "$tree/mm/lines") and $(date -r "$tree/mm/new.c")"

echo other >"$t/k/mm/other"
touch -d '2001-01-01' "$t/k/mm/other"
accepts "sync after a change of KSRC" env KSRC="$t/k" "$run" sync
verdict "sync follows KSRC" \
	"$([[ -e $tree/mm/other && $(date -r "$tree/mm/other" +%Y) != 2001 ]] && echo 1 || echo 0)" "not there, or old"
accepts "no room is asked for when the copies are there" env KSRC="$t/k" VMA_ACCESS_FREE_MB=5 "$run" sync
rm "$t/k/mm/other"
accepts "sync after a deletion in KSRC" env KSRC="$t/k" "$run" sync
verdict "sync follows a deletion" "$([[ ! -e $tree/mm/other ]] && echo 1 || echo 0)" "still there"

mkdir "$t/repo/notes"
echo 'call' >"$t/repo/notes/todo.txt"
accepts "sync with notes beside the series" env KSRC="$t/k" "$run" sync
verdict "and they are no part of it" "$([[ ! -e $tree/notes ]] && echo 1 || echo 0)" "in the tree"
rm -r "$t/repo/notes"

if command -v git >/dev/null; then
	# This copy of the series and a plain tree, where a checkout ignores both.
	git init -q "$t/outer"
	echo '*' >"$t/outer/.gitignore"
	cp -a "$t/repo" "$t/k" "$t/outer"
	accepts "sync within a checkout of something else" \
		env VMA_ACCESS_CACHE="$t/outer/cache" KSRC="$t/outer/k" "$t/outer/repo/harness/run" sync
	same "and the whole of KSRC is copied" "$t"/outer/cache/ksrc-*/src "$t/k"
	verdict "and the series is in the tree" "$([[ -e $(echo "$t"/outer/cache/ksrc-*/tree)/mm/new.c ]] && echo 1 || echo 0)" "not there"
else
	skip "harness: sync within a checkout of something else" "no git here"
fi

cp -a "$tree" "$t/tree.before"
hunk 20 nineteen twenty >"$t/repo/patches/0002-bad.patch"
refuses "a patch that does not apply" "0002-bad.patch does not apply to Linux 7.3.4: mm/lines: hunk 1 at line 19" \
	env KSRC="$t/k" "$run" sync
same "and the working tree stays as it was" "$tree" "$t/tree.before"
refuses "apply with a patch that does not apply" "hunk 1 at line 19" "$run" apply "$t/k"
same "and the user's tree stays as it was" "$t/k" "$t/k.before"
rm "$t/repo/patches/0002-bad.patch"

rm "$t/repo/mm/new.c" "$t/repo/patches/0001-five.patch"
accepts "sync without the series" env KSRC="$t/k" "$run" sync
verdict "sync takes away what is no longer ours" \
	"$([[ $(sed -n 5p "$tree/mm/lines") == 5 && ! -e $tree/mm/new.c ]] && echo 1 || echo 0)" "still there"
same "KSRC is never written to" "$t/k" "$t/k.before"

echo 'int new;' >"$t/repo/mm/new.c"
hunk 5 5 five >"$t/repo/patches/0001-five.patch"
accepts "apply" "$run" apply "$t/k"
refuses "apply twice" "applied to" "$run" apply "$t/k"
echo more >>"$t/k/mm/new.c"
refuses "unapply over later work" "was changed since" "$run" unapply "$t/k"
echo 'int new;' >"$t/k/mm/new.c"
accepts "unapply" "$run" unapply "$t/k"
same "unapply restores the tree" "$t/k" "$t/k.before"
refuses "unapply twice" "is not applied" "$run" unapply "$t/k"

# Something happens at the second file, or while it is put back.
mkdir "$t/shim"
shim() { # COMMAND PATTERN WHAT
	cat >"$t/shim/$1" <<-EOF
		#!/bin/bash
		if [[ " \$* " == *$2* && ! -e $t/once ]]; then
			: >$t/once
			$3
		fi
		exec $(command -v "$1") "\$@"
	EOF
	chmod +x "$t/shim/$1"
	rm -f "$t/once"
}
full='echo "$0: No space left on device" >&2; exit 1'
shim cp "$t/k/.vma_access/before/mm/lines" "$full"
refuses "apply without room" "No space left on device); nothing of $t/k was changed" \
	env PATH="$t/shim:$PATH" "$run" apply "$t/k"
same "and the user's tree stays as it was, 2" "$t/k" "$t/k.before"
rm "$t/shim/cp"
shim mv "/.vma_access/put/mm/new.c" "$full"
refuses "apply that cannot write a file" "as it was before" env PATH="$t/shim:$PATH" "$run" apply "$t/k"
same "and what it had written is undone" "$t/k" "$t/k.before"
for signal in INT TERM; do
	shim mv "/.vma_access/put/mm/new.c" "kill -$signal \$PPID; sleep 1"
	alone env PATH="$t/shim:$PATH" "$run" apply "$t/k" >>"$log" 2>&1 && rc=0 || rc=$?
	verdict "apply is interrupted by SIG$signal" $((rc != 0)) "exit code $rc"
	same "and undone at SIG$signal" "$t/k" "$t/k.before"
done
shim mv "/.vma_access/put/mm/new.c" "kill -KILL \$PPID"
alone env PATH="$t/shim:$PATH" "$run" apply "$t/k" >>"$log" 2>&1 || true
verdict "apply is killed" "$([[ -e $t/k/.vma_access ]] && echo 1 || echo 0)" "no record"
shim mv "/.vma_access/before/mm/lines" "$full"
refuses "unapply that cannot write a file" "is kept in $t/k/.vma_access" \
	env PATH="$t/shim:$PATH" "$run" unapply "$t/k"
accepts "unapply after that" "$run" unapply "$t/k"
same "and the tree is as it was" "$t/k" "$t/k.before"

# ---- a working tree that something stops ------------------------------------

# The next run has to make what it makes of nothing, also of another series. (A tree
# of the user's is compared as a whole each time; this one is as if it were fetched.)
mkdir -p "$t/fetched/src" "$t/k/virt"
cp -a "$t/k" "$t/fetched/src/linux-7.3.4"
touch "$t/fetched/.vma_access-cache"
echo 7.3.4 >"$t/fetched/src/complete"
tree=$t/fetched/tree
sync=(env VMA_ACCESS_CACHE="$t/fetched" "$run" sync)
files() { (cd "$1" && find . -type f -not -name '.vma_access-*' -exec sha256sum {} + | sort -k 2); }
stopped() { # WHAT SIGNAL: sync is stopped at what the shim is for
	alone env PATH="$t/shim:$PATH" setsid -w "${sync[@]}" >>"$log" 2>&1 && rc=0 || rc=$?
	verdict "sync is stopped by SIG$2, $1" "$([[ $rc != 0 && -e $t/once ]] && echo 1 || echo 0)" "exit code $rc"
}
accepts "sync for comparison" "${sync[@]}"
files "$tree" >"$t/sync.with"
rm "$t/repo/mm/new.c"
accepts "sync for comparison, without a file" "${sync[@]}"
files "$tree" >"$t/sync.without"
echo 'int new;' >"$t/repo/mm/new.c"
for signal in INT TERM KILL; do
	# setsid: a terminal sends its signal to all that run there.
	rm -rf "$tree"
	shim cp --reflink "$(command -v cp) -a \"\${@: -2:1}/mm\" \"\${@: -1}\"; kill -$signal 0; sleep 1"
	stopped "copying" $signal
	rm "$t/shim/cp"
	accepts "sync after SIG$signal, copying" "${sync[@]}"
	files "$tree" >"$t/sync.now"
	same "makes the tree that it makes of nothing, SIG$signal" "$t/sync.now" "$t/sync.with"

	cp -p "$t/repo/mm/new.c" "$t/new.c"
	for next in with without; do
		echo 'int newer;' >"$t/repo/mm/new.c"
		rm -f "$tree/mm/new.c" "$tree/.vma_access-files"
		shim mv "$tree/mm/new.c" "$(command -v mv) \"\$@\"; kill -$signal 0; sleep 1"
		stopped "writing, then $next a file" $signal
		rm "$t/shim/mv"
		cp -p "$t/new.c" "$t/repo/mm/new.c"
		[[ $next == with ]] || rm "$t/repo/mm/new.c"
		accepts "sync after SIG$signal, $next a file" "${sync[@]}"
		files "$tree" >"$t/sync.now"
		same "makes the tree of now, $next a file, SIG$signal" "$t/sync.now" "$t/sync.$next"
		cp -p "$t/new.c" "$t/repo/mm/new.c"
	done
done

# ---- a package that is broken -----------------------------------------------

# apt is one that knows of one package, and hands out what lies here: whole, cut off,
# with one byte changed, or whole by its sum and cut off inside.
if command -v dpkg-deb xz apt-get >/dev/null; then
	name=linux-source-7.3 deb=linux-source-7.3_7.3.4-1_all.deb
	mkdir -p "$t/pkg/DEBIAN" "$t/pkg/usr/src" "$t/debs"
	printf 'Package: %s\nVersion: 7.3.4-1\nArchitecture: all\nMaintainer: x <x@y>\nDescription: x\n' \
		$name >"$t/pkg/DEBIAN/control"
	tar -C "$t" -cJf "$t/pkg/usr/src/$name.tar.xz" k
	dpkg-deb -b "$t/pkg" "$t/debs/whole" >>"$log" 2>&1
	truncate -s -100 "$t/pkg/usr/src/$name.tar.xz"
	dpkg-deb -b "$t/pkg" "$t/debs/inside" >>"$log" 2>&1
	head -c 500 "$t/debs/whole" >"$t/debs/cut"
	cp "$t/debs/whole" "$t/debs/changed"
	printf x | dd of="$t/debs/changed" bs=1 seek=30 conv=notrunc status=none
	mkdir "$t/apt"
	cat >"$t/apt/apt-get" <<-EOF
		#!/bin/bash
		case " \$* " in
			*" download "*)
				what=\$(sed -n 1p $t/debs/next) && sed -i 1d $t/debs/next
				[[ -n \$what ]] && cp $t/debs/\$what $deb ;;
			*" indextargets "*) exec $(command -v apt-get) "\$@" ;;
		esac
	EOF
	cat >"$t/apt/apt-cache" <<-EOF
		#!/bin/bash
		case \$1 in
			search) echo "$name - x" ;;
			show) sha256sum $t/debs/{whole,inside} | sed 's/^/SHA256: /' ;;
		esac
	EOF
	chmod +x "$t/apt"/*
	package() { # NEXT...: what apt hands out, then nothing
		printf '%s\n' "$@" >"$t/debs/next"
		rm -rf "$t/deb-cache"
	}
	fetch=(env VMA_ACCESS_CACHE="$t/deb-cache" VMA_ACCESS_MIRROR="file:$t/none" PATH="$t/apt:$PATH" "$run" fetch)
	for what in cut changed inside; do
		package $what $what whole
		refuses "a package that is broken twice: $what" "the package $name is broken" "${fetch[@]}"
		verdict "and no source is there: $what" \
			"$([[ ! -e $t/deb-cache/src/complete && ! -e $t/deb-cache/src/linux-7.3.4 ]] && echo 1 || echo 0)" "there is one"
		accepts "the next run fetches it: $what" "${fetch[@]}"
		same "and has the source, whole: $what" "$t/deb-cache/src/linux-7.3.4" "$t/k"
		package $what whole
		accepts "a package that is broken once: $what" "${fetch[@]}"
		same "and its source is whole: $what" "$t/deb-cache/src/linux-7.3.4" "$t/k"
	done
	package
	refuses "a package that apt refuses" "the download of $name failed" "${fetch[@]}"
else
	skip "harness: a package that is broken" "no apt and dpkg here"
fi
rmdir "$t/k/virt"

# ---- what was found before ----------------------------------------------------

mkdir -p "$t/cache/tools" "$t/found"
touch "$t/cache/tools/complete"
cat >"$t/looks" <<'END'
#!/bin/bash
. "$1/repo/harness/lib.sh"
echo >>"$1/looked"
say "one line"
pass "one thing"
[[ ! -e $1/broken ]] || { fail "another"; exit 1; }
END
chmod +x "$t/looks"
looks() { # NAME TIMES STATUS...: how often it was looked in all, and what was recorded now
	: >"$t/found/results"
	alone env RUN_LOGS="$t/found" RESULTS="$t/found/results" \
		"$t/repo/harness/check/unchanged.sh" $kept "$t/looks" "$t" >"$t/found/out" 2>>"$log" || true
	out="$(wc -l <"$t/looked") $(cut -f1 "$t/found/results" | tr '\n' ' ')$(grep -c 'one line' "$t/found/out")"
	verdict "$1" "$([[ $out == "${*:2} 1" ]] && echo 1 || echo 0)" "said: $out"
}
kept=looks
looks "a check is run" 1 PASS
looks "and not again when nothing has changed" 1 PASS
echo '/* */' >>"$t/repo/mm/new.c"
looks "but when a file has" 2 PASS
chmod +x "$t/repo/mm/new.c"
looks "or its mode" 3 PASS
kept=codegen
looks "what compiles is run" 4 PASS
mkdir -p "$t/repo/Documentation"
touch "$t/repo/Documentation/new.rst"
looks "and not again for a document" 4 PASS
touch "$t/repo/mm/newest.c"
looks "but for a source file" 5 PASS
kept=looks
touch "$t/broken" "$t/repo/mm/newer.c"
looks "what fails" 6 PASS FAIL
looks "is run again" 7 PASS FAIL
rm "$t/broken"
echo 'echo "/* edited */" >>"$1/repo/mm/new.c"' >>"$t/looks"
cp -p "$t/repo/mm/new.c" "$t/new.c"
looks "what was edited meanwhile" 8 PASS
cp -p "$t/new.c" "$t/repo/mm/new.c"
looks "is looked at again, also when it is as it was" 9 PASS
rm -rf "$t/cache/tools"

# ---- one at a time, and tools that are missing ------------------------------

mkdir -p "$t/cache"
(
	exec 8>>"$t/cache/lock"
	flock 8
	echo 4711 >"$t/cache/lock.pid"
	refuses "a second run at the same time" "another run (pid 4711)" env KSRC="$t/k" "$run" sync
	exit $bad
) || bad=1

mkdir "$t/bin"
ln -s /usr/bin/* "$t/bin"
rm -f "$t/bin"/qemu-*
refuses "no QEMU, and NO_INSTALL=1" "qemu-system-x86" env NO_INSTALL=1 PATH="$t/bin" "$run" packages
for what in "build debug" "kunit debug" kselftest shell; do
	# shellcheck disable=SC2086
	refuses "no QEMU, before a kernel is built: $what" "missing packages, and NO_INSTALL is set: qemu-system-x86" \
		env NO_INSTALL=1 KSRC="$t/k" PATH="$t/bin" "$run" $what
done
rm "$t/bin/patch"
refuses "no patch: sync" "not installed: patch" \
	env VMA_ACCESS_CACHE="$t/no-patch" KSRC="$t/k" PATH="$t/bin" "$run" sync
verdict "and nothing is fetched" "$([[ -z $(find "$t/no-patch" -name 'ksrc-*') ]] && echo 1 || echo 0)" "there is a copy"
refuses "no patch: apply" "not installed: patch" env PATH="$t/bin" "$run" apply "$t/k"
same "and nothing is done to the user's tree" "$t/k" "$t/k.before"
rm "$t/bin/rsync"
refuses "no rsync" "not installed: rsync" env KSRC="$t/k" PATH="$t/bin" "$run" fetch

# ---- a cache folder that is not ours ----------------------------------------

# It has parts named as ours, old logs and a lock of its own.
user=$t/user
mkdir -p "$user"/{src,tree,logs/old,build-x,tmp}
touch "$user"/{src/a,tree/a,logs/old/a,build-x/a,tmp/a,notes,lock}
touch -d '2001-01-01' "$user/logs/old"
cp -a "$user" "$t/user.before"
theirs="is not a cache of this harness"
refuses "clean of a folder that is not ours" "$theirs" env VMA_ACCESS_CACHE="$user" "$run" clean
same "removes nothing" "$user" "$t/user.before"
refuses "distclean of a folder that is not ours" "$theirs" env VMA_ACCESS_CACHE="$user" "$run" clean all
same "removes nothing either" "$user" "$t/user.before"
refuses "sync into a folder that is not ours" "$theirs" env VMA_ACCESS_CACHE="$user" KSRC="$t/k" "$run" sync
same "puts nothing there" "$user" "$t/user.before"
refuses "apply, with such a folder" "$theirs" env VMA_ACCESS_CACHE="$user" "$run" apply "$t/k"
same "puts nothing there either" "$user" "$t/user.before"
same "nor into the user's tree" "$t/k" "$t/k.before"

# One that is, as it was made before there was a mark.
old=$t/old-cache
fill() {
	mkdir -p "$old"/{src,tree,logs,build-x}
	touch "$old"/{src/a,tree/a,lock}
	echo 1 >"$old/lock.pid"
}
fill
inode=$(stat -c %i "$old/lock")
accepts "clean of an earlier cache" env VMA_ACCESS_CACHE="$old" "$run" clean
verdict "keeps source and lock" \
	"$([[ -e $old/src/a && ! -e $old/tree && ! -e $old/build-x && $(stat -c %i "$old/lock") == "$inode" ]] && echo 1 || echo 0)" \
	"there is: $(ls -A "$old")"
fill
shim rm "/tree" "echo \"rm: cannot remove 'tree': Operation not permitted\" >&2; exit 1"
refuses "distclean that cannot remove a file" "cannot remove all of it: 'tree': Operation not permitted" \
	env VMA_ACCESS_CACHE="$old" PATH="$t/shim:$PATH" "$run" clean all
rm "$t/shim/rm"
touch "$old/mine"
out=$(alone env VMA_ACCESS_CACHE="$old" "$run" clean all 2>&1) && rc=0 || rc=$?
verdict "distclean with a file of the user's in the cache" \
	"$([[ $rc == 0 && $out != *"removed $old"* && $out == *" mine"* ]] && echo 1 || echo 0)" "said: $out"
verdict "keeps it, and the lock" \
	"$([[ -e $old/mine && ! -e $old/src && $(stat -c %i "$old/lock") == "$inode" ]] && echo 1 || echo 0)" \
	"there is: $(ls -A "$old")"
rm -f "$old/mine"
out=$(alone env VMA_ACCESS_CACHE="$old" "$run" clean all 2>&1) && rc=0 || rc=$?
verdict "distclean removes the folder, and says so" \
	"$([[ $rc == 0 && ! -e $old && $out == *"removed $old"* ]] && echo 1 || echo 0)" "said: $out"

mkdir -p "$old/tmp"
accepts "clean of a cache that only apply has used" env VMA_ACCESS_CACHE="$old" "$run" clean
accepts "apply with no cache" env VMA_ACCESS_CACHE="$t/new-cache" "$run" apply "$t/k"
accepts "then sync" env VMA_ACCESS_CACHE="$t/new-cache" KSRC="$t/k.before" "$run" sync
accepts "then unapply" env VMA_ACCESS_CACHE="$t/new-cache" "$run" unapply "$t/k"

# A run waits, and what it waits for removes the folder.
mkdir "$t/waited"
waits() {
	exec 8>>"$t/waited/lock"
	flock 8
	echo 4711 >"$t/waited/lock.pid"
	alone env WAIT=1 VMA_ACCESS_CACHE="$t/waited" KSRC="$t/k" "$run" sync >"$t/waits" 2>&1 8>&- &
	for ((i = 0; i < 100; i++)); do
		! grep -qs 'waiting for another run' "$t/waits" || break
		sleep 0.1
	done
	rm -r "$t/waited"
	exec 8>&-
	wait $!
}
(waits) && rc=0 || rc=$?
cat "$t/waits" >>"$log"
verdict "a run waits for one that removes the cache" \
	"$([[ $rc == 0 && -e $t/waited/lock ]] && echo 1 || echo 0)" "exit code $rc: $(tail -n 1 "$t/waits")"

# ---- where the cache is -----------------------------------------------------

out=$(cd "$t" && alone env VMA_ACCESS_CACHE=rel/./cache KSRC="$t/k" "$run" sync 2>>"$log" | tail -n 1) || true
verdict "a relative VMA_ACCESS_CACHE" "$([[ $out == "$t"/rel/cache/ksrc-*/tree ]] && echo 1 || echo 0)" "said: $out"
cat >"$t/elsewhere" <<'END'
#!/bin/bash
. "$1/repo/harness/lib.sh"
cd /
bash -c '. "$1/repo/harness/lib.sh"; echo "$CACHE"' - "$1"
END
out=$(cd "$t" && alone env VMA_ACCESS_CACHE=rel/cache bash "$t/elsewhere" "$t" 2>>"$log") || true
verdict "is the same in another folder" "$([[ $out == "$t/rel/cache" ]] && echo 1 || echo 0)" "said: $out"
refuses "no HOME and no VMA_ACCESS_CACHE" "set VMA_ACCESS_CACHE" \
	env -u VMA_ACCESS_CACHE -u XDG_CACHE_HOME -u HOME KSRC="$t/k" "$run" sync

exit $bad
