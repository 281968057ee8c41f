#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests of the harness itself: what it says and leaves behind when it is given
# something bad, and its console watcher. Seconds; builds and boots nothing.

. "$(dirname "$0")/lib.sh"

open_logs
scratch t
log=$RUN_LOGS/selftest.log
bad=0

# Each case runs with a cache, results and lock of its own.
alone() {
	env -u VMA_ACCESS_LOCKED -u VMA_ACCESS_SYNCED -u VMA_ACCESS_STATE -u RUN_LOGS -u RESULTS -u STEPS -u KSRC -u WAIT \
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

for f in clean announced allowed; do
	accepts "watcher passes $f.log" "$HARNESS/watch" "$HARNESS/fixtures/$f.log"
done
for f in splat lockdep trace missing twice; do
	out=$("$HARNESS/watch" "$HARNESS/fixtures/$f.log") && rc=0 || rc=$?
	verdict "watcher fails $f.log" $((rc == 1)) "exit code $rc: $out"
done

# ---- the reader of kselftest's output ---------------------------------------

"$HARNESS/tap-cases" "$HARNESS/fixtures/kselftest.out" >"$t/cases"
same "kselftest's output is read" "$t/cases" "$HARNESS/fixtures/kselftest.cases"

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
	"$PYTHON" "$HARNESS/coverage.py" "$t/cov" "$t/cov/except" "$t/cov/results" "${@:3}" >>"$log" 2>&1 || true
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
rm -f "$t/repo/harness/fixup"/*
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
rm "$t/k/mm/other"
accepts "sync after a deletion in KSRC" env KSRC="$t/k" "$run" sync
verdict "sync follows a deletion" "$([[ ! -e $tree/mm/other ]] && echo 1 || echo 0)" "still there"

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
		"$t/repo/harness/unchanged.sh" looks "$t/looks" "$t" >"$t/found/out" 2>>"$log" || true
	out="$(wc -l <"$t/looked") $(cut -f1 "$t/found/results" | tr '\n' ' ')$(grep -c 'one line' "$t/found/out")"
	verdict "$1" "$([[ $out == "${*:2} 1" ]] && echo 1 || echo 0)" "said: $out"
}
looks "a check is run" 1 PASS
looks "and not again when nothing has changed" 1 PASS
echo '/* */' >>"$t/repo/mm/new.c"
looks "but when a file has" 2 PASS
chmod +x "$t/repo/mm/new.c"
looks "or its mode" 3 PASS
touch "$t/broken" "$t/repo/mm/newer.c"
looks "what fails" 4 PASS FAIL
looks "is run again" 5 PASS FAIL
rm "$t/broken"
echo 'echo "/* edited */" >>"$1/repo/mm/new.c"' >>"$t/looks"
cp -p "$t/repo/mm/new.c" "$t/new.c"
looks "what was edited meanwhile" 6 PASS
cp -p "$t/new.c" "$t/repo/mm/new.c"
looks "is looked at again, also when it is as it was" 7 PASS
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

exit $bad
