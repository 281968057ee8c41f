#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Puts the pristine kernel source into the cache and prints its folder.
#
# Without KSRC: Debian's linux-source package, through apt with a configuration
# of its own. Signatures are checked by apt; nothing of the machine's apt is
# changed. With KSRC: a copy of that tree, which is only ever read.

. "$(dirname "$0")/lib.sh"

SUITE=trixie-backports
WANTED=7.3.4		# any other version is taken only when this one is gone
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

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
	[[ -d $KSRC ]] || die "KSRC=$KSRC: no such folder"
	version=$(kernel_version "$KSRC")
	[[ -n $version ]] || die "KSRC=$KSRC is not a kernel tree"
	[[ $version == "$SERIES".* ]] ||
		die "KSRC=$KSRC is Linux $version; the series is written for $SERIES.x"
	[[ ! -e $KSRC/.vma_access ]] ||
		die "KSRC=$KSRC has the series applied; undo it first (make unapply KSRC=$KSRC)"
	need_disk "$CACHE" 4500 "two copies of $KSRC"
	say "copying $KSRC (Linux $version)" >&2
	mkdir -p "$dir"
	if git -C "$KSRC" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		scratch list
		# Tracked and new files as they are now, and nothing that is ignored.
		git -C "$KSRC" ls-files -z -co --exclude-standard |
			(cd "$KSRC" && xargs -0 sh -c 'for f; do [ -e "$f" ] || [ -L "$f" ] && printf "%s\0" "$f"; done; :' -) |
			sort -zu >"$list/want"
		rsync -a --from0 --files-from="$list/want" "$KSRC/" "$dir/"
		(cd "$dir" && find . -not -type d -printf '%P\0') | sort -zu |
			comm -z -13 "$list/want" - | (cd "$dir" && xargs -0r rm -f --)
	else
		rsync -a --delete "${BUILD_PRODUCTS[@]}" "$KSRC/" "$dir/"
	fi
	echo "$dir"
}

# ---- Debian's package -------------------------------------------------------

# The Debian archive this machine already uses, from its own apt configuration
# (one-line and deb822 alike), never the security archive. VMA_ACCESS_MIRROR
# names another.
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 2>/dev/null |
		awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')
	# apt lists no origin before its first update: read the files instead.
	[[ -z ${VMA_ACCESS_MIRROR:-} ]] || uri=$VMA_ACCESS_MIRROR
	[[ -n $uri ]] || uri=$(
		{
			awk '$1 == "deb" {
				for (i = 2; i <= NF; i++)
					if ($i ~ /^(https?|ftp|file|copy|mirror[^ ]*):/) { print $i; break }
			}' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
			awk -F': *' 'tolower($1) == "uris" { split($2, u, " "); print u[1] }' \
				/etc/apt/sources.list.d/*.sources 2>/dev/null
		} | grep -v security | grep -E '/debian/?$' | head -n 1
	) || true
	[[ -n $uri ]] || return 1
	echo "$uri"
}

# apt with everything of its own: lists, cache, status and sources.
apt_conf() {
	local d=$CACHE/apt arch
	mkdir -p "$d"/{etc/apt.conf.d,etc/preferences.d,lists/partial,archives/partial,state}
	: >"$d/status"
	arch=$(dpkg --print-architecture)
	printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$1" "$SUITE" >"$d/etc/sources.list"
	cat >"$d/apt.conf" <<-CONF
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		Dir::State "$d/state";
		Dir::State::Lists "$d/lists";
		Dir::State::status "$d/status";
		Dir::Cache "$d";
		Dir::Cache::Archives "$d/archives";
		Dir::Etc "$d/etc";
		Dir::Etc::sourcelist "$d/etc/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::Etc::main "-";
		Dir::Etc::parts "$d/etc/apt.conf.d";
		Dir::Etc::preferencesparts "$d/etc/preferences.d";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::http::Timeout "60";
	CONF
	# A private folder cannot be read by apt's download user.
	if ((EUID == 0)); then
		echo 'APT::Sandbox::User "root";' >>"$d/apt.conf"
	fi
	# A proxy is the machine's business, and without it there may be no network.
	(unset APT_CONFIG; apt-config dump 2>/dev/null) |
		grep -E '^Acquire::(http|https)::Proxy[ :]' >>"$d/apt.conf" || true
}

# The newest package of the series, else the newest 7.x.
pick() {
	apt-cache search --names-only '^linux-source-7\.[0-9]+$' | awk '{ print $1 }' |
		sort -V | awk -v want="linux-source-$SERIES" '
			{ last = $0 } $0 == want { found = $0 }
			END { print found != "" ? found : last }'
}

# apt takes a file that is there already by its size: here it is also held
# against the checksum of the signed index.
intact() {
	local want
	want=$(apt-cache show "$2" | awk '/^SHA256:/ { print $2 }' | tr '\n' ' ')
	[[ " $want " == *" $(sha256sum <"$1" | cut -d' ' -f1) "* ]]
}

unpack() {
	local deb=$1 name=$2 out=$3 tmp tar
	say "unpacking ${deb##*/}" >&2
	scratch tmp
	dpkg-deb --fsys-tarfile "$deb" 2>>"$RUN_LOGS/fetch.log" >"$tmp/fs.tar" &&
		tar -C "$tmp" -xf "$tmp/fs.tar" "./usr/src/$name.tar.xz" 2>>"$RUN_LOGS/fetch.log" ||
		return 1
	rm "$tmp/fs.tar"
	tar=$tmp/usr/src/$name.tar.xz
	mkdir "$tmp/src"
	tar -C "$tmp/src" --strip-components=1 -xJf "$tar" 2>>"$RUN_LOGS/fetch.log" || return 1
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
	open_logs
	need_disk "$CACHE" 2500 "the kernel source"
	apt_conf "$uri"
	export APT_CONFIG=$CACHE/apt/apt.conf

	say "fetching linux-source-$SERIES from $SUITE" >&2
	if ! timeout 300 apt-get -q update --error-on=any >>"$RUN_LOGS/fetch.log" 2>&1; then
		[[ -n $(pick 2>/dev/null) ]] ||
			die "cannot reach the Debian mirror, and the cache is empty (log: $RUN_LOGS/fetch.log)"
		say "cannot reach the Debian mirror; going on with what the cache has" >&2
	fi
	name=$(pick)
	[[ -n $name ]] || die "no linux-source-7.x in $SUITE; give a tree with KSRC=dir"

	for try in 1 2; do
		(cd "$CACHE/apt/archives" &&
			timeout 1200 apt-get -q download "$name") >>"$RUN_LOGS/fetch.log" 2>&1 ||
			die "the download of $name failed or is not what the signed index says (log: $RUN_LOGS/fetch.log)"
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
