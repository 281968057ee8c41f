# SPDX-License-Identifier: GPL-2.0
# Shared by every script of the harness: where things are, how they speak, and
# how they stop. Sourced, never run.

set -euo pipefail

HARNESS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
REPO=$(dirname "$HARNESS")

die() {
	[[ -t 1 ]] && printf '\r\033[K'
	printf 'error: %s\n' "$*" >&2
	exit 2
}

# One folder for all scripts of a run, whichever folder each is started in.
[[ -n ${VMA_ACCESS_CACHE:-}${XDG_CACHE_HOME:-}${HOME:-} ]] ||
	die "there is no HOME to keep the cache in; set VMA_ACCESS_CACHE to a folder"
CACHE=$(realpath -m -- "${VMA_ACCESS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vma_access}")
export VMA_ACCESS_CACHE=$CACHE
MARK=$CACHE/.vma_access-cache	# the folder is ours

# A given kernel tree gets its own working set, so that going back and forth
# between it and the fetched one rebuilds nothing.
if [[ -n ${KSRC:-} ]]; then
	KSRC=$(realpath -m -- "$KSRC")
	WORK=$CACHE/ksrc-$(printf %s "$KSRC" | cksum | cut -d' ' -f1)
else
	WORK=$CACHE
fi
export KSRC=${KSRC:-}

TREE=$WORK/tree		# what is built: kernel + fix-up + overlay + patches
BASE=$WORK/base		# the unmodified kernel, to compare with: kernel + fix-up
LOGS=$CACHE/logs
JOBS=${JOBS:-$(nproc)}
KUNIT_SUITES="vma_access vma_access_mixedmap vma_access_new vma_access_new_type vma_access_new_remap vma_access_new_pages vma_access_use vma_access_fault vma_access_around vma_access_object vma_access_object_debug vma_access_life vma_access_model vma_access_pfn vma_access_policy vma_access_hook vma_access_remote vma_access_core vma_access_core_folio vma_access_debug vma_access_lock_order"
SERIES=7.3		# the kernel series the patches are written for

# A shim in front of python3 (pyenv and the like) costs a second per start.
PYTHON=$(command -v /usr/bin/python3 || command -v python3 || true)

export LC_ALL=C
export TERM=${TERM:-dumb}
# What could leak from the caller's make or shell into the kernel's makefiles.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES KBUILD_OUTPUT ARCH CROSS_COMPILE O
unset KCFLAGS KUNITCONFIG

# Reproducible builds: the same source gives the same kernel.
export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 2026'
export KBUILD_BUILD_USER=vma_access KBUILD_BUILD_HOST=harness
export CCACHE_DIR=$CACHE/ccache CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-3G}
# Without a run of the preprocessor for each miss: a cold build has only misses.
export CCACHE_DEPEND=1 CCACHE_BASEDIR=$CACHE

export VMA_ACCESS_T0=${VMA_ACCESS_T0:-$(date +%s)}

elapsed() {
	local s=$(($(date +%s) - ${1:-$VMA_ACCESS_T0}))
	printf '%d:%02d' $((s / 60)) $((s % 60))
}

say() { printf '[%5s] %s\n' "$(elapsed)" "$*"; }

# Nothing stops without a word: what neither said why (2) nor was interrupted.
trap 'rc=$?; case $rc in 2 | 130 | 143) ;; *)
	echo "stopped in ${BASH_SOURCE[0]##*/}, line $LINENO (exit code $rc)" >&2 ;; esac' ERR

# step NAME: announces the next step; the caller of a whole run sets STEPS.
step() {
	STEP=$((${STEP:-0} + 1))
	export STEP
	if [[ -n ${STEPS:-} ]]; then
		say "step $STEP/$STEPS: $*"
	else
		say "$*"
	fi
}

# need_tools COMMAND...: stops when one is not there.
need_tools() {
	local tool missing=()
	for tool; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	((${#missing[@]} == 0)) ||
		die "not installed: ${missing[*]}; install it ('harness/run packages' does so for most)"
}

# Parts of the cache are removed by name, so nothing is put into a folder that has
# files of somebody else's. Ours has the mark; before there was one it had lock and
# lock.pid, or after apply alone an empty tmp.
cache_is_ours() {
	local other
	[[ ! -e $MARK && ! (-f $CACHE/lock && -f $CACHE/lock.pid) ]] || return 0
	other=$(cd "$CACHE" 2>/dev/null && find . -mindepth 1 \( -path ./lost+found -prune -o \
		-not -path ./lock -not -path ./tmp -print -quit \) 2>/dev/null) && [[ -z $other ]]
}
claim_cache() {
	mkdir -p "$CACHE" 2>/dev/null || die "cannot create the cache folder $CACHE"
	cache_is_ours ||
		die "$CACHE has files and is not a cache of this harness; set VMA_ACCESS_CACHE to a new or an empty folder"
	[[ -e $MARK ]] || { : >"$MARK"; } 2>/dev/null || die "cannot write to the cache folder $CACHE"
}

# Where this run's logs go. A run has one folder; scripts it calls share it.
open_logs() {
	[[ -n ${RUN_LOGS:-} && -d $RUN_LOGS ]] && return
	claim_cache
	RUN_LOGS=$LOGS/$(date +%Y%m%d-%H%M%S)-$$
	mkdir -p "$RUN_LOGS"
	ln -sfn "${RUN_LOGS##*/}" "$LOGS/latest"
	export RUN_LOGS RESULTS=$RUN_LOGS/results
	: >"$RESULTS"
	# Old runs are kept, but not for ever.
	find "$LOGS" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} + || true
}

# One run at a time per cache: two would build into the same folders.
# WAIT=1 waits for the other run instead of failing.
take_lock() {
	[[ -n ${VMA_ACCESS_LOCKED:-} ]] && return
	local holder
	need_tools flock
	while
		claim_cache
		{ exec 9>>"$CACHE/lock"; } 2>/dev/null || die "cannot write to the cache folder $CACHE"
		if ! flock -n 9; then
			holder=$(cat "$CACHE/lock.pid" 2>/dev/null || echo '?')
			[[ -n ${WAIT:-} ]] ||
				die "another run (pid $holder) is using $CACHE; wait for it, or set VMA_ACCESS_CACHE to another folder"
			say "waiting for another run (pid $holder)"
			flock -w 7200 9 || die "another run (pid $holder) still uses $CACHE"
		fi
		# The other run may have removed the folder, and this lock with it.
		[[ ! $CACHE/lock -ef /dev/fd/9 ]]
	do :; done
	echo $$ >"$CACHE/lock.pid"
	export VMA_ACCESS_LOCKED=$$
}

# arch_of CONFIG: what the kernel makefiles call its architecture.
arch_of() {
	case $1 in
		um | um-*) echo um ;;
		*) if foreign "$1"; then echo "${FOREIGN[1]}"; else echo x86_64; fi ;;
	esac
}

# foreign CONFIG: is it a kernel for another machine? Its line of boot/arches is in FOREIGN.
foreign() {
	read -ra FOREIGN < <(awk -v config="$1" '$1 == config' "$HARNESS/boot/arches")
}

# need_disk DIR MEGABYTES WHAT
need_disk() {
	local free
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	free=${VMA_ACCESS_FREE_MB:-$free}
	((free >= $2)) ||
		die "too little disk for $3: $2 MB needed in $1, $free MB free"
}

# scratch VAR: a temporary folder that is gone when the script ends, also when
# it is interrupted. Children are ended with it.
SCRATCHES=()
cleanup() {
	local rc=${1:-$?} d
	trap - EXIT INT TERM HUP
	local kids
	kids=$(jobs -p)
	# shellcheck disable=SC2086
	[[ -z $kids ]] || kill $kids 2>/dev/null || true
	for d in ${SCRATCHES[@]+"${SCRATCHES[@]}"}; do
		rm -rf "$d"
	done
	exit "$rc"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

scratch() {
	local d
	claim_cache
	mkdir -p "$CACHE/tmp"
	d=$(mktemp -d "$CACHE/tmp/$1.XXXXXX")
	SCRATCHES+=("$d")
	printf -v "$1" %s "$d"
}

# within SECONDS COMMAND...: ends a command that takes longer, and says so in one
# line. In the foreground, so that an interrupt reaches the command too.
within() {
	local rc=0
	timeout --foreground -k 10 "$@" || rc=$?
	((rc != 124 && rc != 137)) || echo "error: not done within $1 s: ${2##*/} ${!#}" >&2
	return $rc
}

# late LOG: that line, if it was what ended the log's last command.
late() {
	tail -n 1 "$1" 2>/dev/null | sed -n 's/^error: \(not done within\)/: \1/p'
}

# Results: one line per check, counted at the end of a whole run.
#   STATUS <tab> what <tab> reason <tab> log
record() {
	[[ -n ${RESULTS:-} ]] || return 0
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-}" "${4:-}" >>"$RESULTS"
}
pass() { record PASS "$1"; }
skip() { record SKIP "$1" "${2:-}"; say "SKIP $1: ${2:-}"; }
fail() {
	record FAIL "$1" "${2:-}" "${3:-}"
	say "FAIL $1: ${2:-}${3:+ (log: $3)}"
}

# ran CONFIG SUITE: a suite that silently was not there is a failure.
ran() {
	grep -q "^[A-Z]*"$'\t'"kunit-$1 $2" "$RESULTS" ||
		fail "kunit-$1 $2" "the suite did not run" "$RUN_LOGS"
}

suites() { # CONFIG
	local suite
	for suite in $KUNIT_SUITES binder_alloc binder_vma; do
		ran "$1" "$suite"
	done
}

# The newest clang in the PATH that this kernel can be built with, if there is one.
newest_clang() {
	local min c have
	min=$("$TREE/scripts/min-tool-version.sh" llvm)
	for c in clang $(compgen -c clang- | grep -E '^clang-[0-9]+$' | sort -Vr | uniq); do
		command -v "$c" >/dev/null || continue
		have=$("$c" -dumpversion)
		((${have%%.*} < ${min%%.*})) || { echo "$c"; return; }
	done
}

# kernel_version DIR: "7.3.4", or nothing when DIR is no kernel tree.
kernel_version() {
	[[ -f $1/Makefile && -f $1/Kconfig && -d $1/mm ]] || return 0
	awk -F'[ =\t]+' '
		/^VERSION[ =]/ { v = $2 } /^PATCHLEVEL[ =]/ { p = $2 }
		/^SUBLEVEL[ =]/ { s = $2 } /^NAME[ =]/ { exit }
		END { if (v != "" && p != "") print v "." p "." (s == "" ? 0 : s) }
	' "$1/Makefile"
}
