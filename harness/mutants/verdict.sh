# SPDX-License-Identifier: GPL-2.0
# What became of a mutant, by its console. Sourced by one.sh and um-one.sh, which
# set dir, name, m and log.

verdict() {
	printf '%s\n' "$*" >"$dir/$name.verdict"
	[[ $1 != dead ]] || say "dead   $name (${*:2})"
	exit 0
}

# What passed and what failed, as "+suite.case" and "-suite.case".
cases() {
	sed -E 's/\r$//; s/^\[ *[0-9.]+\] //' "$1" | awk '
		/^    # Subtest: / { suite = $3 }
		/^    ok [0-9]+ / { print "+" suite "." $3 }
		/^    not ok [0-9]+ / { print "-" suite "." $4 }'
}

# What the console has of reports, but for what ALLOW says is the kernel's own.
reports() { "$HARNESS/boot/watch" <([[ -z ${ALLOW:-} ]] || echo "vma_access: allow: $ALLOW"; cat "$1"); }

# The suite that ran at a report's line, as "suite: ".
suite_at() { # CONSOLE REPORT
	local line=${2#line }
	sed -nE "${line%%:*}q; s/^(\\[ *[0-9.]+\\] )?    # Subtest: ([a-z_]*).*/\\2/p" "$1" | sed -n '$s/$/: /p'
}

# One failed case is enough, or one report: what comes after it need not be waited
# for. What was announced may be still to come.
stop_early() {
	while sleep 2; kill -0 $guest 2>/dev/null; do
		if grep -qaE '^\[ *[0-9.]+\]     not ok ' "$log.console" 2>/dev/null ||
			{ reports "$log.console" || true; } | grep -qv ': announced and never seen: '; then
			kill $guest 2>/dev/null || true
			return
		fi
	done
}

# Gives the verdict if something noticed. Returns 0 if all went well, 1 if it did
# not come to an end: on a machine that is busy, to be late once is no mutant's
# doing.
judge() { # CONSOLE GLOB EXIT-CODE
	local failed found missing suite=${2%\*}
	cases "$1" >"$m/cases"
	failed=$(sed -n 's/^-//p' "$m/cases" | head -n 3 | paste -sd,)
	[[ -z $failed ]] || verdict dead "kunit: $failed"
	found=$(reports "$1") ||
		verdict dead "kunit: $(suite_at "$1" "$found")console: $(sed -nE '1s/^line [0-9]+: (\[ *[0-9.]+\] )?//p' <<<"$found")"
	late="kunit: no end, after $(tail -n 1 "$m/cases")"
	(($3 != 124 && $3 != 137)) && [[ -s $m/cases ]] || return 1
	if [[ $name == base ]]; then
		sed -n 's/^+//p' "$m/cases" | sort >"$dir/expected"
	fi
	[[ $2 == *\* ]] || suite="$2\\."
	missing=$(sed -n 's/^+//p' "$m/cases" | sort |
		comm -13 - <(grep -- "^$suite" "$dir/expected") | head -n 1)
	[[ -z $missing ]] || verdict dead "kunit: no result of $missing"
}
