#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Compilers and checkers that only a newer suite of Debian has: fetched into the
# cache, with the libraries they run on, and never installed:
#	tools.sh	clang 23	context and lifetime analysis
#			clang 22	context analysis, as of those who have not the newest
#			sparse 0.6.5	the first that can read Linux 7.3
#	tools.sh rust	rustc, bindgen	what the kernel's Rust takes
# Prints the folder of their programs. Without a network, and with NO_INSTALL=1,
# what is not there is left out; those who ask for it skip.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/apt.sh"

SUITE=sid
dir=$CACHE/tools
what="clang 23, clang 22 and sparse" size=800
packages=(clang-23 libclang-common-23-dev clang-22 libclang-common-22-dev sparse)
needs=(libclang-cpp23 libllvm23 libclang-cpp22 libllvm22 libsqlite3-0)
programs=(clang-23 clang-22 sparse)
if [[ ${1:-} == rust ]]; then
	dir=$CACHE/rust
	what="rustc and bindgen" size=1500
	packages=(rustc rust-src bindgen libclang-common-22-dev)
	needs=(libstd-rust-dev libclang1-22)
	programs=(rustc bindgen)
fi

# They are run by the loader that they were built for. clang calls itself for what is more
# than one job, such as a file of assembler: by the name of the script, not of the loader,
# and what it says then is whole.
program() { # NAME FILE ARGUMENT...
	local lib=$dir/usr/lib/x86_64-linux-gnu run
	run="exec $dir/usr/lib64/ld-linux-x86-64.so.2 --argv0 \"\$0\" --library-path $lib"
	{
		echo '#!/bin/sh'
		[[ $1 != clang-* ]] || echo "case \$1 in -cc1*) $run $2 \"\$@\" ;; esac"
		[[ $1 != bindgen ]] || echo "export LIBCLANG_PATH=$lib"
		echo "$run ${*:2} \"\$@\""
	} >"$dir/bin/.$1"
	chmod +x "$dir/bin/.$1"
	# ccache knows a compiler by the time of its file.
	if cmp -s "$dir/bin/.$1" "$dir/bin/$1"; then rm "$dir/bin/.$1"; else mv "$dir/bin/.$1" "$dir/bin/$1"; fi
}
make_programs() {
	local p v
	mkdir -p "$dir/bin"
	for p in "${programs[@]}"; do
		v=${p#clang-}
		case $p in
			clang-*) program "$p" "$dir/usr/lib/llvm-$v/bin/clang" -no-canonical-prefixes \
				-resource-dir "$dir/usr/lib/llvm-$v/lib/clang/$v" ;;
			*) program "$p" "$dir/usr/bin/$p" ;;
		esac
	done
}

take_lock
if [[ $(cat "$dir/complete" 2>/dev/null) == "$what" ]]; then
	make_programs
	echo "$dir/bin"
	exit
fi

give_up() {
	say "no newer tools: $*" >&2
	exit 1
}
[[ -z ${NO_INSTALL:-} ]] || give_up "NO_INSTALL is set"
command -v apt-get >/dev/null && [[ -e $KEYRING ]] || give_up "no apt of Debian here"
[[ $(dpkg --print-architecture) == amd64 ]] || give_up "they are fetched for amd64 only"
uri=$(mirror) || give_up "no Debian mirror in this machine's apt configuration"
open_logs
log=$RUN_LOGS/tools.log
need_disk "$CACHE" $size "$what"
apt_conf "$CACHE/apt-tools" "$uri" "$SUITE"
# Signed, and of yesterday, is good enough for a tool that only reads.
echo 'Acquire::Check-Valid-Until "false";' >>"$APT_CONFIG"

say "fetching $what from $SUITE, into the cache" >&2
timeout 300 apt-get -q update --error-on=any >"$log" 2>&1 || give_up "cannot reach the Debian mirror"
mapfile -t libraries < <(apt-cache depends --recurse --important --no-pre-depends "${needs[@]}" |
	grep -E '^(lib|zlib)[^ ]*$' | sort -u)
cd "$CACHE/apt-tools/archives"
rm -f ./*.deb
timeout 1200 apt-get -q download "${packages[@]}" "${libraries[@]}" >>"$log" 2>&1 ||
	give_up "the download failed (log: $log)"
rm -rf "$dir"
mkdir -p "$dir"
for deb in ./*.deb; do
	name=${deb#./}
	intact "$deb" "${name%%_*}" && dpkg-deb -x "$deb" "$dir" >>"$log" 2>&1 ||
		give_up "the package $name is broken (log: $log)"
done
rm -f ./*.deb

make_programs
for p in "${programs[@]}"; do
	"$dir/bin/$p" --version >>"$log" 2>&1 || give_up "$p does not run here (log: $log)"
done
echo "$what" >"$dir/complete"
echo "$dir/bin"
