#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Removes each check of the layer and of the converted drivers, one at a time, and says
# which test notices:
#	harness/run mutants [name ...]
#	harness/run mutants --record
# A mutant is dead when it does not build, a compile-fail case or a KUnit case
# fails, or the kernel complains or hangs; what is left must die in kselftest.
#
# A mutant is first built into user mode Linux, see um-one.sh: seconds.
# One that lives there, of the layer itself, is built as a module and loaded into a
# kernel on QEMU that is booted for it alone, see one.sh. What that cannot
# decide takes the long way, with a kernel rebuilt for each.
#
# One of a driver meets that driver's KUnit suites and selftests, and no others, in
# a user mode Linux that has a user space, see um-driver.sh; what lives there, or is of a
# driver that is not to be had there, meets them again on QEMU: in a kernel that is quick
# to build and boot, then in the debug kernel.
#
# QUICK=1 ends with what lives after the first way.
#
# All of them take hours: what became of each is kept in the cache, and not asked again
# while it stands. --record writes what is kept to harness/results/mutants, where other
# machines find it. ANEW=1 asks again, whatever is known.

. "$(dirname "$0")/../lib.sh"

take_lock
open_logs
table=$RUN_LOGS/mutants.txt
export KUNIT_LIMIT=${KUNIT_LIMIT:-120}

declare -A file_of
while read -r name file; do
	file_of[$name]=$file
done < <("$HARNESS/mutants/mutate.py" --list)
recording=
[[ ${1:-} != --record ]] || { recording=1; shift; }
names=("$@")
((${#names[@]})) || mapfile -t names < <("$HARNESS/mutants/mutate.py" --list | cut -d' ' -f1)
for name in "${names[@]}"; do
	[[ -n ${file_of[$name]:-} ]] || die "no mutant $name in harness/mutants/list"
done

# Is it one of the layer itself?
layer() {
	case ${file_of[$1]} in
		mm/vma_access_test.c | mm/vma_access_debug.c | */vma_access_debug.h) return 1 ;;
		mm/vma_access*.[ch] | include/linux/vma_access*.h | include/trace/events/vma_access*.h) ;;
		*) return 1 ;;
	esac
}

# Is it one of a converted driver?
driver() { grep -q "^${file_of[$1]}"$'\t' "$HARNESS/mutants/drivers"; }

# The driver's own tests: what the long way asks.
driver_parts() {
	local suites programs
	IFS=$'\t' read -r _ suites programs < <(grep "^${file_of[$1]}"$'\t' "$HARNESS/mutants/drivers")
	echo "devices $programs"
	[[ $suites == none ]] || echo "kunit debug $suites"
	echo "kselftest $programs"
}

# Where it is run in QEMU: only without PAT does an entry say what was asked for; and
# without the debug option what is refused is not counted.
config_of() {
	! driver "$1" || { echo devices; return; }
	case $1 in
		refuse-errno-no-debug) echo prod ;;
		pfn-own-prot | fault-pfn-own-prot | core-page-type-no-pat) echo up ;;
		core-*) echo debug ;;	# what user mode Linux has none of: huge entries
		*) echo mutants ;;
	esac
}

# The tests that fail or, failing that, the first error of the build.
killers() {
	local err=$1
	awk -F'\t' '$1 == "FAIL" { print $2 }' "$RESULTS" | head -n 3 | paste -sd, - | grep . ||
		grep -m1 'error' "$err" || echo "?"
}

run() { # NAME PART ARGUMENT...
	: >"$RESULTS"
	(
		if [[ $2 == devices ]]; then
			export KSELFTEST_CONFIG=devices
			[[ -z $1 ]] || export KSELFTEST_INSTALLED=1
			set -- "$1" kselftest "${@:3}"
		fi
		export VMA_ACCESS_MUTANT=$1
		[[ -z $1 ]] || KSELFTEST_ARGS=$("$HARNESS/mutants/mutate.py" --boot "$1" | sed -n 's/^[^ ]* //p')
		export KSELFTEST_ARGS
		"$HARNESS/fetch/sync.sh" && "$HARNESS/run" "${@:2}"
	) >"$RUN_LOGS/mutant-$1.log" 2>&1
}

# Each of NAMES by SCRIPT, two at a time for each processor: they wait half of the
# time.
each() { # SCRIPT DIR LIMIT WHERE NAME ...
	local name t0 asked=()
	t0=$(date +%s)
	for name in "${@:5}"; do
		if [[ -n ${lived[$4/$name]:-} ]]; then
			echo survived >"$2/$name.verdict"
			continue
		fi
		asked+=("$name")
		while (($(jobs -rp | wc -l) >= 2 * JOBS)); do
			wait -n || true
		done
		one "$@" &
	done
	wait
	say "${#asked[@]} mutants in $(elapsed "$t0")"
}

# one SCRIPT DIR LIMIT WHERE ...: the mutant of that name, and what became of it is kept.
one() {
	"$1" "$2" "$name" "$3" || true
	case $(verdict_of "$2" "$name") in
		dead*) keep "$name" "$4" "$(verdict_of "$2" "$name")" ;;
		survived) keep "$name" "$4" survived ;;
	esac
}

verdict_of() { cat "$1/$2.verdict" 2>/dev/null || echo unclear; }

# left DIR NAME ...: those that live, into the array of that name.
left() {
	local name
	left=()
	for name in "${@:2}"; do
		case $(verdict_of "$1" "$name") in
			dead* | stale*) verdict[$name]=$(verdict_of "$1" "$name") ;;
			*) left+=("$name") ;;
		esac
	done
}
declare -A verdict

# The record has lines of "<hash of the mutant> <hash of its state>	<name>	<where>	<verdict>", when
# a mutant has been decided, or lives on a way. A verdict of death stands while the file
# that is mutated, the test that noticed it and the configuration are the same, as a
# change elsewhere does not bring a mutant back. Any other verdict stands while nothing
# has changed that has a say.
record_of=$WORK/kept/mutants
recorded=$HARNESS/results/mutants
mkdir -p "$WORK/kept"
touch "$record_of"
cd "$REPO"
short() { sha256sum | cut -c1-16; }
hash_files() { sort -z | xargs -0r sha256sum "$@" | cut -d' ' -f1 | short; }
# The changes of a patch, without its message.
hash_patches() { sort -z | xargs -0r sed -s '1,/^diff --git /d' | short; }
# Comments of the layer and of its KUnit cases have no say.
hash_code() {
	sort -z | xargs -0r perl -0777 -ne 's{("(?:\\.|[^"\\])*")|/\*.*?\*/|//[^\n]*}{$1 // ""}gse;
		s/[ \t]+$//mg; s/\n+/\n/g; print "$ARGV\n$_"' | short
}
selftests=tools/testing/selftests/vma_access
# The configurations, and what all cases of KUnit are made of.
kunit_state=$({
	printf '%s\0' harness/build/configs/{common,series,{,series-}{mutants,um-mutants}}.config \
		harness/build/configs/um-mutants.Kconfig
} | hash_files)$(find mm/tests \( -name 'vma_access_test*' -o -name '*.h' \) -print0 | hash_code)
# Two ways ask KUnit and misuse of the layer alone: no driver's patch, sample or selftest
# has a say there.
own_state=$({
	find include mm -type f -print0 | hash_code
	{
		find $selftests/compile_fail -type f -print0
		grep -lZE '^\+\+\+ b/(mm|include|lib|fs)/' patches/*.patch
	} | hash_files Makefile.patch
	echo "$kunit_state"
} | short)
# What drivers' programs are made of, and run in.
guest_state=$({ find $selftests -maxdepth 1 ! -name '*.c' -type f -print0
	find $selftests/test_modules -type f -print0
	printf '%s\0' harness/build/configs/{common,series,{,series-}{debug,um-drivers},devices}.config \
		harness/build/configs/um-drivers.Kconfig; } | hash_files)
all_state=$({
	find samples $selftests patches -type f ! -path 'patches/fixes/*' -print0 |
		hash_files Makefile.patch harness/build/configs/*
	echo "$own_state"
} | short)
declare -A hash_of lived state_of test_of
while read -r name hash; do
	hash_of[$name]=$hash
done < <("$HARNESS/mutants/mutate.py" --hashes)
while IFS=: read -r file name; do
	name=${name#*\"}
	test_of[${name%\"*}]=$file
done < <(grep -H $'^\t\.name = "' mm/vma_access_test.c mm/tests/*.c)
while IFS=: read -r file name; do
	test_of[${name//_/-}]=$file
done < <(grep -Ho 'CASE_[a-z0-9_]*' $selftests/compile_fail/*.c)
# state NAME WHERE VERDICT: into the variable of that name.
state() {
	local file=${file_of[$1]} said=${3#dead } test='' key where
	case $2/$3 in
		um-mutants/dead* | module/dead*)
			said=${said#kunit: }
			test=${test_of[${said%%[.:]*}]:-}
			[[ $said != compile-fail:* ]] || test=${test_of[CASE-${said#* }]:-}
			[[ $said == build:* || -n $test ]] || { state=$own_state; return; } ;;
		um-mutants/* | module/*) state=$own_state; return ;;
		um-drivers/dead*)
			test=$selftests/${said%%:*}.c
			[[ $said == binder_*.* || -e $test ]] || { state=$all_state; return; } ;;
		long/dead\ devices:* | long/dead\ kselftest:* | long/dead\ kunit:*)
			# As in "kunit: kunit-debug SUITE.CASE".
			said=${said#*: } said=${said#* }
			test=${test_of[${said%%.*}]:-$selftests/${said%%[. ]*}.c}
			[[ -e $test ]] || { state=$all_state; return; } ;;
		*) state=$all_state; return ;;
	esac
	key="$2 $file $test"
	if [[ -z ${state_of[$key]:-} ]]; then
		if driver "$1"; then
			# binder's suites come with the patches of its folder.
			where=${file%/*}/
			[[ $where != mm/ ]] || where=$file
			state_of[$key]=$({
				grep -rlZ "^+++ b/$where" patches | hash_patches
				[[ ! -e $test ]] || printf '%s\0' "$test" | hash_files
			})$guest_state
		else
			# A file of the core is what its patches make of it.
			state_of[$key]=$(
				[[ -e $file ]] || { grep -lZ "^+++ b/$file$" patches/*.patch || true; } | hash_patches
				for f in "$file" ${test:+"$test"}; do
					[[ ! -e $f ]] || printf '%s\0' "$f"
				done | hash_code
			)$kunit_state
			[[ $test != $selftests/* || $2 != long ]] || state_of[$key]+=$guest_state
		fi
		state_of[$key]=$(short <<<"${state_of[$key]}")
	fi
	state=${state_of[$key]}
}
keep() { # NAME WHERE VERDICT
	local state
	state "$@"
	[[ -n $KSRC ]] || printf '%s %s\t%s\t%s\t%s\n' "${hash_of[$1]}" "$state" "$1" "$2" "$3" >>"$record_of"
}
# The last line of each mutant on each way, of these sources.
kept_lines() {
	local hash name where said state
	{ grep -v '^#' "$recorded" 2>/dev/null || true; cat "$record_of"; } | while IFS=$'\t' read -r hash name where said; do
		[[ ${hash_of[$name]:-} == "${hash% *}" ]] || continue
		state "$name" "$where" "$said"
		[[ $state != "${hash#* }" ]] || printf '%s\t%s\t%s\t%s\n' "$hash" "$name" "$where" "$said"
	done | tac | awk -F'\t' '!seen[$2, $3]++' | sort -t$'\t' -k2,3
}
if [[ -n $recording ]]; then
	{
		echo "# The verdict on each mutant. Made by harness/run mutants --record."
		kept_lines | sed -E "s,$WORK/build-[^/]*/mutant/[^/]*/,,g; s,$WORK/[^/]*/,,g"
	} >"$recorded.new"
	mv "$recorded.new" "$recorded"
	say "$(grep -vc '^#' "$recorded") results are in $recorded"
	exit 0
fi
if [[ -z ${ANEW:-} && -z $KSRC ]]; then
	while IFS=$'\t' read -r _ name where said; do
		case $said in
			dead* | lives*) verdict[$name]=$said ;;
			*) lived[$where/$name]=1 ;;
		esac
	done < <(kept_lines)
fi
left=()
for name in "${names[@]}"; do
	[[ -n ${verdict[$name]:-} ]] || left+=("$name")
done
(( ${#left[@]} == ${#names[@]} )) ||
	say "$((${#names[@]} - ${#left[@]})) of ${#names[@]} were decided before, of these sources"

# With VMA locks and lockdep.
for um in um-drivers um-mutants; do
	todo=() one="um-one.sh"
	[[ $um != um-drivers ]] || one="um-driver.sh"
	for name in ${left[@]+"${left[@]}"}; do
		if driver "$name"; then
			# User mode Linux has no CMA.
			[[ $um != um-drivers || ${file_of[$name]} == */cma_heap.c ]] || todo+=("$name")
			continue
		fi
		[[ $um == um-drivers ]] || todo+=("$name")
	done
	((${#todo[@]})) || continue
	dir=$("$HARNESS/mutants/um.sh" $um) || { say "no user mode Linux here: the long way"; continue; }
	t0=$(date +%s)
	"$HARNESS/mutants/$one" "$dir" base 120
	[[ $(verdict_of "$dir" base) == survived ]] ||
		die "the unchanged layer does not pass on $um: $(verdict_of "$dir" base) (log: $RUN_LOGS/$um-base.console)"
	say "the unchanged layer passes on $um; ${#todo[@]} mutants there"
	each "$HARNESS/mutants/$one" "$dir" $((20 + $(date +%s) - t0)) $um "${todo[@]}"
	left "$dir" "${left[@]}"
done
say "${#left[@]} of ${#names[@]} live: ${left[*]:-}"
[[ -z ${QUICK:-} ]] || exit $((${#left[@]} > 0))

modules=()
for name in ${left[@]+"${left[@]}"}; do
	if layer "$name" && [[ $(config_of "$name") == mutants ]]; then
		modules+=("$name")
	fi
done
if ((${#left[@]})); then
	programs=()
	for config in $(for name in "${left[@]}"; do config_of "$name"; done | sort -u); do
		if [[ $config == devices ]]; then
			mapfile -t programs < <(for name in "${left[@]}"; do
				! driver "$name" || driver_parts "$name" | sed -n 's/^devices //p'
			done | tr ' ' '\n' | sort -u)
			run '' devices "${programs[@]}"
		else
			run '' kunit "$config" 'vma_access*' && run '' compile-fail "$config"
		fi || die "the tests fail without any mutant (log: $RUN_LOGS/mutant-.log)"
		say "the unchanged layer passes on $config"
	done
fi
if ((${#modules[@]})); then
	# By a clock that counts instructions nothing is late on a busy machine, and
	# where the guest only waits no time passes.
	VMA_ACCESS_ACCEL=$("$HARNESS/boot/accel.sh" "$WORK/build-mutants/arch/x86/boot/bzImage")
	export VMA_ACCESS_ACCEL
	if [[ $VMA_ACCESS_ACCEL == tcg* ]]; then
		export VMA_ACCESS_ACCEL="tcg,thread=single" VMA_ACCESS_ICOUNT="shift=3,sleep=off"
	fi
	dir=$("$HARNESS/mutants/base.sh")
	t0=$(date +%s)
	"$HARNESS/mutants/one.sh" "$dir" base "$KUNIT_LIMIT"
	[[ $(verdict_of "$dir" base) == survived ]] ||
		die "the unchanged layer does not pass as a module: $(verdict_of "$dir" base) (log: $RUN_LOGS/mutant-base.console)"
	say "the unchanged layer passes as a module; ${#modules[@]} mutants of it"
	each "$HARNESS/mutants/one.sh" "$dir" $((10 + 4 * ($(date +%s) - t0))) module "${modules[@]}"
	left "$dir" "${modules[@]}"
	unset VMA_ACCESS_ACCEL VMA_ACCESS_ICOUNT
fi

alive=()
for name in "${names[@]}"; do
	how='' stale='' why=$("$HARNESS/mutants/mutate.py" --why "$name")
	config=$(config_of "$name")
	parts=("kunit $config vma_access*" "compile-fail $config" kselftest)
	! driver "$name" || mapfile -t parts < <(driver_parts "$name")
	case ${verdict[$name]:-} in
		dead*) how=${verdict[$name]#dead } ;;
		lives*) parts=() ;;
		stale*) stale=${verdict[$name]#stale } ;;
		*) [[ $config == mutants ]] && layer "$name" && unset 'parts[0]' 'parts[1]' ;;
	esac
	if driver "$name"; then
		[[ -z $why ]] || parts=()
	elif [[ -n ${NO_KSELFTEST:-} || -n $why ]]; then
		unset 'parts[2]'	# what no test can tell is not asked of all
	fi
	for part in ${parts[@]+"${parts[@]}"}; do
		[[ -z $how && -z $stale ]] || break
		stale=$(VMA_ACCESS_MUTANT=$name "$HARNESS/fetch/sync.sh" 2>&1 >/dev/null | grep '^error: ') && break
		# shellcheck disable=SC2086
		run "$name" $part && continue
		how="${part%% *}: $(killers "$RUN_LOGS/mutant-$name.log")"
		say "dead   $name ($how)"
		keep "$name" long "dead $how"
	done
	if [[ -n $stale ]]; then
		say "STALE  $name: ${stale#error: }"
		how="stale: ${stale#error: }"
		alive+=("$name")
		why=
	fi
	if [[ -z $how && -n $why ]]; then
		say "lives  $name, as it must: $why"
		how="lives: $why"
		[[ ${verdict[$name]:-} == lives* ]] || keep "$name" long lives
	elif [[ -z $how ]]; then
		say "ALIVE  $name"
		alive+=("$name")
	fi
	printf '%s\t%s\t%s\n' "$name" "${file_of[$name]}" "${how:-ALIVE}" >>"$table"
done
"$HARNESS/fetch/sync.sh" >/dev/null	# the sources as they were

echo "mutants: ${#names[@]}, alive: ${#alive[@]} ${alive[*]:-} (table: $table)"
((${#alive[@]} == 0))
