#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Puts the pristine kernel source into the cache and prints its folder.
#
# Without KSRC: Debian's linux-source package, through apt with a configuration
# of its own. Signatures are checked by apt; nothing of the machine's apt is
# changed. With KSRC: a copy of that tree, which is only ever read.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/apt.sh"

SUITE=trixie-backports
WANTED=7.3.4		# any other version is taken only when this one is gone

usage() { echo "usage: harness/run fetch    (KSRC=dir takes that tree)"; }
[[ ${1:-} != -h ]] || { usage; exit 0; }

# ---- a tree of the user's ---------------------------------------------------

# What a build leaves in a tree that is no git checkout.
BUILD_PRODUCTS=(
	--exclude=/.git --exclude=/.config --exclude=/.config.old --exclude='*.o'
	--exclude='*.ko' --exclude='*.a' --exclude='*.cmd' --exclude='*.mod'
	--exclude='*.mod.c' --exclude=/vmlinux --exclude='/vmlinux.*'
	--exclude=/include/config --exclude=/include/generated
	--exclude='/arch/*/include/generated' --exclude='/Module.symvers'
	--exclude='/modules.*' --exclude=/System.map --exclude='/.vma_access'
)

copy_ksrc() {
	local version dir=$WORK/src list
	need_tools rsync
	[[ -d $KSRC ]] || die "KSRC=$KSRC: no such folder"
	version=$(kernel_version "$KSRC")
	[[ -n $version ]] || die "KSRC=$KSRC is not a kernel tree"
	[[ $version == "$SERIES".* ]] ||
		die "KSRC=$KSRC is Linux $version; the series is written for $SERIES.x"
	[[ ! -e $KSRC/.vma_access ]] ||
		die "KSRC=$KSRC has the series applied; undo it first (make unapply KSRC=$KSRC)"
	[[ -e $dir.complete && -e $dir/Makefile ]] || need_disk "$CACHE" 4500 "two copies of $KSRC"
	say "copying $KSRC (Linux $version)" >&2
	mkdir -p "$dir"
	# A plain folder may lie in a checkout of something else, which ignores it.
	if git -C "$KSRC" ls-files --error-unmatch Makefile >/dev/null 2>&1; then
		scratch list
		# Tracked and new files as they are now, and nothing that is ignored.
		within 600 git -C "$KSRC" ls-files -z -co --exclude-standard |
			(cd "$KSRC" && xargs -0 sh -c 'for f; do [ -e "$f" ] || [ -L "$f" ] && printf "%s\0" "$f"; done; :' -) |
			sort -zu >"$list/want" || exit 2
		within 1800 rsync -a --from0 --files-from="$list/want" "$KSRC/" "$dir/" || exit 2
		(cd "$dir" && find . -not -type d -printf '%P\0') | sort -zu |
			comm -z -13 "$list/want" - | (cd "$dir" && xargs -0r rm -f --)
	else
		within 1800 rsync -a --delete "${BUILD_PRODUCTS[@]}" "$KSRC/" "$dir/" || exit 2
	fi
	: >"$dir.complete"
	echo "$dir"
}

# ---- Debian's package -------------------------------------------------------

# The newest package of the series, else the newest 7.x.
pick() {
	apt-cache search --names-only '^linux-source-7\.[0-9]+$' | awk '{ print $1 }' |
		sort -V | awk -v want="linux-source-$SERIES" '
			{ last = $0 } $0 == want { found = $0 }
			END { print found != "" ? found : last }'
}

unpack() {
	local deb=$1 name=$2 out=$3 tmp tar
	say "unpacking ${deb##*/}" >&2
	scratch tmp
	within 600 dpkg-deb --fsys-tarfile "$deb" 2>>"$RUN_LOGS/fetch.log" >"$tmp/fs.tar" &&
		within 600 tar -C "$tmp" -xf "$tmp/fs.tar" "./usr/src/$name.tar.xz" 2>>"$RUN_LOGS/fetch.log" ||
		return 1
	rm "$tmp/fs.tar"
	tar=$tmp/usr/src/$name.tar.xz
	mkdir "$tmp/src"
	within 1800 tar -C "$tmp/src" --strip-components=1 -xJf "$tar" 2>>"$RUN_LOGS/fetch.log" || return 1
	rm -rf "$out"
	mv "$tmp/src" "$out"
}

fetch_debian() {
	local uri name version deb out
	out=$(ready) && { echo "$out"; return; }
	mkdir -p "$CACHE/src"
	command -v apt-get >/dev/null ||
		die "no apt here to fetch the kernel source with; give a tree with KSRC=dir"
	[[ -e $KEYRING ]] || die "no Debian archive keyring here ($KEYRING); give a tree with KSRC=dir"
	uri=$(mirror) || die "no Debian mirror in this machine's apt configuration; give a tree with KSRC=dir"
	need_tools dpkg-deb tar xz
	open_logs
	need_disk "$CACHE" 2500 "the kernel source"
	apt_conf "$CACHE/apt" "$uri" "$SUITE"

	say "fetching linux-source-$SERIES from $SUITE" >&2
	if ! within 300 apt-get -q update --error-on=any >>"$RUN_LOGS/fetch.log" 2>&1; then
		[[ -n $(pick 2>/dev/null) ]] ||
			die "cannot reach the Debian mirror, and the cache is empty (log: $RUN_LOGS/fetch.log)"
		say "cannot reach the Debian mirror; going on with what the cache has" >&2
	fi
	name=$(pick)
	[[ -n $name ]] || die "no linux-source-7.x in $SUITE; give a tree with KSRC=dir"

	for try in 1 2; do
		(cd "$CACHE/apt/archives" &&
			within 1200 apt-get -q download "$name") >>"$RUN_LOGS/fetch.log" 2>&1 ||
			die "the download of $name failed or is not what the signed index says$(late "$RUN_LOGS/fetch.log") (log: $RUN_LOGS/fetch.log)"
		deb=$(find "$CACHE/apt/archives" -maxdepth 1 -name "${name}_*.deb" -printf '%T@ %p\n' |
			sort -n | tail -n 1 | cut -d' ' -f2-)
		if intact "$deb" "$name" && unpack "$deb" "$name" "$CACHE/src/unpacked"; then
			break
		fi
		rm -f "$deb"
		((try == 1)) || die "the package $name is broken (log: $RUN_LOGS/fetch.log)"
		say "the package in the cache is broken; fetching it again" >&2
	done

	version=$(kernel_version "$CACHE/src/unpacked")
	[[ $version == 7.* ]] || die "$name holds no Linux 7.x tree"
	[[ $version == "$WANTED" ]] ||
		say "note: Linux $WANTED is gone from the archive; taking $version" >&2
	rm -rf "$CACHE/src/linux-$version"
	mv "$CACHE/src/unpacked" "$CACHE/src/linux-$version"
	# The mark comes last: without it the tree counts as half unpacked.
	echo "$version" >"$CACHE/src/complete"
	# Kept for the next unpacking: one package, not all that ever were.
	find "$CACHE/apt/archives" -maxdepth 1 -name '*.deb' -not -path "$deb" -delete
	echo "$CACHE/src/linux-$version"
}

# The unpacked source, when it is whole.
ready() {
	local version dir
	version=$(cat "$CACHE/src/complete" 2>/dev/null) || return 1
	dir=$CACHE/src/linux-$version
	[[ $(kernel_version "$dir") == "$version" && -d $dir/virt ]] || return 1
	echo "$dir"
}

take_lock
if [[ -n $KSRC ]]; then
	copy_ksrc
else
	fetch_debian
fi
