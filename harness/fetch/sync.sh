#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Brings the private working tree up to date and prints its folder.
#
# Content decides: a file is written only where it differs, and only then gets a
# new time stamp, so that editing one file here rebuilds what depends on it and
# nothing else.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

usage() {
	cat <<-END
	usage: harness/run sync [full|base|plain|fixed]
	  full   kernel + fix-up + overlay + patches (the default)
	  base   kernel + fix-up: the unmodified kernel, to compare with
	  plain  kernel + fix-up, and in the same folder,
	  fixed  kernel + fix-up + patches/fixes: a few objects to build from one to the other
	END
}

what=${1:-full}
case $what in
	full) dst=$TREE ;;
	base) dst=$BASE ;;
	plain | fixed) dst=$WORK/fixes ;;
	*) usage; [[ $what == -h ]]; exit ;;
esac

# Within a run that has done it already.
if [[ -n ${VMA_ACCESS_SYNCED:-} && $what == full ]]; then
	echo "$dst"
	exit
fi

take_lock
need_tools patch awk	# what compose needs, before the source is fetched
src=$("$HARNESS/fetch/fetch.sh")
scratch tmp
compose "$src" "$tmp" "$what"
# What measures is no part of the series: compiled for `make bench`, and to compare
# code, only.
if [[ $what == full || $what == base ]]; then
	mkdir -p "$tmp/new/mm"
	cp "$HARNESS"/bench/vma_access_*.{c,rs} "$tmp/new/mm"
	take "$src" "$tmp/new" mm/Makefile
	cat "$HARNESS/bench/Makefile.add" >>"$tmp/new/mm/Makefile"
	(cd "$tmp/new" && ls mm/Makefile mm/vma_access_{bench.c,bench_rust.rs,codegen.c}) >>"$tmp/files"
	sort -u -o "$tmp/files" "$tmp/files"
fi

# A working tree belongs to one pristine tree. The mark comes last.
if [[ $(cat "$dst/.vma_access-src" 2>/dev/null) != "$src" ]]; then
	need_disk "$CACHE" 2200 "a working copy of the kernel source"
	say "copying the source to $dst" >&2
	rm -rf "$dst"
	mkdir -p "$dst"
	cp -a --reflink=auto "$src/." "$dst"
	echo "$src" >"$dst/.vma_access-src"
elif [[ -n $KSRC ]]; then
	# The user's tree may have changed; what did is new to make, however old.
	rsync -a --delete --out-format=%n --exclude='/.vma_access-*' \
		--exclude-from=<(sed 's,^,/,' "$dst/.vma_access-files" 2>/dev/null) "$src/" "$dst/" >"$tmp/copied"
	(cd "$dst" && while IFS= read -r f; do [[ ! -f $f ]] || touch -c -- "$f"; done) <"$tmp/copied"
fi

# Files to look at: those of now and those of the last time. Written down before
# anything changes, so that an interrupted run is put right by the next.
have=$dst/.vma_access-files
sort -u "$tmp/files" "$have" 2>/dev/null >"$tmp/all" || sort -u "$tmp/files" >"$tmp/all"
cp "$tmp/all" "$have.new"
mv "$have.new" "$have"

changed=0
while IFS= read -r f; do
	if grep -qxF -- "$f" "$tmp/files"; then
		want=$tmp/new/$f
	else
		want=$src/$f		# no longer ours: as the kernel has it
	fi
	if [[ ! -e $want ]]; then
		[[ ! -e $dst/$f ]] || { rm -f "$dst/$f"; changed=$((changed + 1)); }
	elif ! cmp -s "$want" "$dst/$f"; then
		mkdir -p "$dst/$(dirname "$f")"
		mode=644
		[[ ! -x $want && ! -x $REPO/$f ]] || mode=755
		install -m $mode "$want" "$dst/.vma_access-new"
		mv "$dst/.vma_access-new" "$dst/$f"
		changed=$((changed + 1))
	fi
done <"$tmp/all"
cp "$tmp/files" "$have.new"
mv "$have.new" "$have"

((changed == 0)) || say "tree: $changed files changed" >&2
echo "$dst"
