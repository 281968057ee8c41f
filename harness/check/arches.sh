#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Compiles the layer, its tests and the sample for other architectures and
# configurations than the ones that are booted; any warning (W=1) is a failure:
#	harness/run arches [glob]     the variants whose names match; default: all
# Objects only, by Debian's cross compilers; `harness/run test-arches` boots. Each header
# of the layer is also compiled on its own. Without an MMU these are, and the converted drivers that need none; there
# must be no trace of the layer in their objects.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"
. "$HARNESS/build/allnoconfig.sh"

# What the words below stand for. PER_VMA_LOCK cannot be chosen: it is named to
# be held against what the configuration came out as, like all the others.
declare -A WORD=(
	[base]="EXPERT=y MODULES=y PRINTK=y BUG=y PROC_FS=y DEBUG_KERNEL=y DEBUG_INFO_NONE=y"
	[layer]="MMU=y SHMEM=y KUNIT=y VMA_ACCESS_KUNIT_TEST=y SAMPLES=y SAMPLE_VMA_ACCESS=y"
	[smp]="SMP=y PER_VMA_LOCK=y"
	[smp-only]="SMP=y PER_VMA_LOCK=n"
	[huge]="TRANSPARENT_HUGEPAGE=y"
	[up]="SMP=n PER_VMA_LOCK=n"
	[debug]="DEBUG_VM=y DEBUG_VMA_ACCESS=y FTRACE=y ENABLE_DEFAULT_TRACERS=y"
	[lockdep]="PROVE_LOCKING=y LOCKDEP=y DEBUG_ATOMIC_SLEEP=y"
	[plain]="DEBUG_VM=n DEBUG_VMA_ACCESS=n LOCKDEP=n"
	[armv7]="ARCH_MULTI_V7=y ARCH_VIRT=y"
	[armv5]="ARCH_MULTI_V7=n ARCH_MULTI_V5=y ARCH_VERSATILE=y"
	[armv7m]="MMU=n ARCH_MPS2=y"
	[drivers]="NET=y INET=y PACKET=y IO_URING=y BPF_SYSCALL=y SYNC_FILE=y SOUND=y SND=y SND_DRIVERS=y SND_DUMMY=y"
	[tracing]="FTRACE=y ENABLE_DEFAULT_TRACERS=y"
)

# The objects of the last two: converted drivers that also build without an MMU.
declare -A OBJS=(
	[drivers]="drivers/dma-buf/dma-buf.o io_uring/memmap.o kernel/bpf/arraymap.o kernel/bpf/ringbuf.o
		kernel/bpf/syscall.o net/ipv4/tcp.o net/packet/af_packet.o sound/core/memalloc.o
		sound/core/pcm_native.o"
	[tracing]="kernel/trace/ring_buffer.o kernel/trace/trace.o"
)

# name, ARCH, prefix of the compiler, words and options. What differs: the size
# of a word and its order, a page of 64 KB, entries of page tables that are
# wider than a word or in high memory, caches that alias, huge entries and at which
# levels; arm64 and s390 have no configuration without SMP. `harness/run test-arches`
# boots some of them.
VARIANTS='
x86_64-smp-debug-lockdep  x86_64 x86_64-linux-gnu  layer smp debug lockdep huge
x86_64-smp-debug          x86_64 x86_64-linux-gnu  layer smp debug
x86_64-smp                x86_64 x86_64-linux-gnu  layer smp plain huge
x86_64-up-debug-lockdep   x86_64 x86_64-linux-gnu  layer up debug lockdep
x86_64-up-debug           x86_64 x86_64-linux-gnu  layer up debug
x86_64-up                 x86_64 x86_64-linux-gnu  layer up plain
i386-smp-debug-lockdep    i386   i686-linux-gnu    layer smp-only debug lockdep huge HIGHMEM4G=y
i386-smp-pae              i386   i686-linux-gnu    layer smp-only plain huge X86_PAE=y
i386-up                   i386   i686-linux-gnu    layer up plain
arm64-smp-debug-lockdep   arm64  aarch64-linux-gnu layer smp debug lockdep huge
arm64-smp-64k             arm64  aarch64-linux-gnu layer smp plain huge ARM64_64K_PAGES=y
arm-smp-debug-lockdep     arm    arm-linux-gnueabi layer armv7 smp debug lockdep huge ARM_LPAE=y HIGHMEM=y
arm-smp                   arm    arm-linux-gnueabi layer armv7 smp plain HIGHMEM=y HIGHPTE=y
arm-up-debug              arm    arm-linux-gnueabi layer armv5 up debug
s390-smp-debug-lockdep    s390   s390x-linux-gnu   layer smp debug lockdep huge CPU_BIG_ENDIAN=y
s390-smp                  s390   s390x-linux-gnu   layer smp plain huge CPU_BIG_ENDIAN=y
riscv64-smp-debug-lockdep riscv  riscv64-linux-gnu layer smp debug lockdep huge 64BIT=y
riscv64-smp               riscv  riscv64-linux-gnu layer smp plain 64BIT=y
arm-nommu                 arm    arm-linux-gnueabi armv7m up plain drivers
riscv64-nommu             riscv  riscv64-linux-gnu NONPORTABLE=y MMU=n 64BIT=y up plain drivers tracing
'

# compiler ARCH PREFIX: the machine's own has no prefix everywhere.
compiler() {
	if command -v "$2-gcc" >/dev/null; then
		echo "$2-gcc"
	elif [[ $1 == "$(uname -m)" ]]; then
		echo gcc
	fi
}

usage() { echo "usage: harness/run arches [glob]      (e.g. 'arm*'; the names are in harness/check/arches.sh)"; }
[[ ${1:-} != -h ]] || { usage; exit; }
glob=${1:-*}

take_lock
open_logs
"$HARNESS/fetch/sync.sh" >/dev/null
cd "$TREE"
# (What measures stands in mm/ too, and is no part of the series.)
sources=$(overlay_files | grep -E '^(mm/(tests/)?vma_access|samples/vma_access/).*\.c$' || true)
headers=$(compgen -G 'include/linux/vma_access*.h' || true)
if [[ -z $sources ]]; then
	skip "arches" "the series has no source files yet"
	exit
fi

# The compilers are for this alone: what cannot be had is skipped.
needs=()
while read -r name arch cross words; do
	# shellcheck disable=SC2254
	case $name in '') continue ;; $glob) ;; *) continue ;; esac
	[[ -n $(compiler "$arch" "$cross") ]] ||
		needs+=("$cross-gcc:gcc-${cross//_/-}")
done <<<"$VARIANTS"
if ((${#needs[@]})) && [[ -z ${NO_INSTALL:-} ]]; then
	mapfile -t needs < <(printf '%s\n' "${needs[@]}" | sort -u)
	"$HARNESS/fetch/packages.sh" "${needs[@]}" || true
fi

ccache=
! command -v ccache >/dev/null || ccache='ccache '

newest=$(newest_kconfig)
# options WORD...
options() {
	local w o
	for w; do
		for o in ${WORD[$w]:-$w}; do
			printf 'CONFIG_%s\n' "$o"
		done
	done
}

# Each header as the only one of a file: it has to bring what it needs.
lone_headers() {
	local dir=$1/headers h c
	mkdir -p "$dir"
	: >"$dir/Kbuild.new"
	for h in $headers; do
		c=alone_$(basename "$h" .h)
		echo "#include <${h#include/}>" >"$dir/$c.c"
		echo "obj-m += $c.o" >>"$dir/Kbuild.new"
		rm -f "$dir/$c.o"
		printf '%s\n' "$c.o"
	done
	# A driver that has no #ifdef for it, of all parts of the layer.
	if [[ $2 == nommu ]]; then
		cp "$HARNESS/check/fixtures/nommu.c" "$dir/"
		echo "obj-m += nommu.o" >>"$dir/Kbuild.new"
		rm -f "$dir/nommu.o"
		echo nommu.o
	fi
	mv "$dir/Kbuild.new" "$dir/Kbuild"
}

# no_trace NM OBJECT...: says which of them refer to a function of the layer.
no_trace() {
	local nm=$1 o
	shift
	for o; do
		! "$nm" -u "$o" | awk '{ print $NF }' | grep -xFf <(
			cd "$TREE" && sed -nE 's/^EXPORT_SYMBOL\w*\((\w+).*/\1/p' mm/vma_access*.c
		) || { echo "error: $o refers to what needs an MMU"; return 1; }
	done
}

# The last line of its log says how a variant ended.
compile() {
	local name=$1 arch=$2 cross=$3 build=$WORK/build-arch-$1 objs alone cc w mmu=mmu
	shift 3
	cc=$(compiler "$arch" "$cross")
	[[ $cc != gcc ]] || cross=
	kmake() {
		timeout 900 make -C "$TREE" ARCH="$arch" CROSS_COMPILE="${cross:+$cross-}" CC="$ccache$cc" \
			O="$build" --no-print-directory W=1 "$@"
	}
	mkdir -p "$build"
	options base "$@" | allnoconfig "$build" "$newest" || return
	objs=
	[[ " $* " != *' layer '* ]] || objs=${sources//.c/.o}
	# Only what the configuration has.
	[[ " $* " == *' debug '* ]] || objs=$(sed 's,mm/vma_access[a-z_]*debug\.o,,g' <<<"$objs")
	for w; do objs+=" ${OBJS[$w]:-}"; done
	grep -q '^CONFIG_MMU=y' "$build/.config" || mmu=nommu
	# Compiled anew each time: a warning is printed only by a compiler that
	# runs, or by ccache.
	# shellcheck disable=SC2086
	(cd "$build" && rm -f $objs)
	# shellcheck disable=SC2086
	kmake ${objs:-prepare} || return
	alone=$(lone_headers "$build" $mmu)
	# shellcheck disable=SC2086
	kmake M="$build/headers" $alone || return
	[[ $mmu == mmu ]] || (
		cd "$build"
		# shellcheck disable=SC2086
		no_trace "${cross:+$cross-}nm" $objs headers/nommu.o
	)
}

run() {
	local log=$RUN_LOGS/arch-$1.log
	if compile "$@" >"$log" 2>&1 </dev/null; then
		! grep -q 'warning:' "$log" || echo "error: warnings" >>"$log"
	else
		echo "error: failed" >>"$log"
	fi
	echo "end $1" >>"$log"
}

# One variant per processor: most of what make does here is not parallel.
names=() t0=$(date +%s)
while read -r name arch cross words; do
	# shellcheck disable=SC2254
	case $name in '') continue ;; $glob) ;; *) continue ;; esac
	if [[ -z $(compiler "$arch" "$cross") ]]; then
		skip "arch $name" "no $cross-gcc here (package gcc-${cross//_/-})"
		continue
	fi
	names+=("$name")
	while (($(jobs -rp | wc -l) >= JOBS)); do wait -n || true; done
	# shellcheck disable=SC2086
	run "$name" "$arch" "$cross" $words 9>&- &
done <<<"$VARIANTS"
wait

rc=0
for name in ${names[@]+"${names[@]}"}; do
	log=$RUN_LOGS/arch-$name.log
	if grep -q '^error: ' "$log" || ! grep -q "^end $name" "$log"; then
		rc=1
		fail "arch $name" "$(grep -m1 -E 'warning:|error:|Error|No rule' "$log" | sed "s,$TREE/,,g")" "$log"
	else
		pass "arch $name"
	fi
done
say "architectures: ${#names[@]} variants in $(elapsed "$t0")"
exit $rc
