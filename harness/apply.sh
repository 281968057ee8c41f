#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Puts the series on a kernel tree of the user's, or takes it off again:
#	apply.sh <dir>         all of it or nothing
#	apply.sh --undo <dir>  the tree as it was
# What was there before is kept in <dir>/.vma_access until it is undone.

. "$(dirname "$0")/lib.sh"
. "$HARNESS/compose.sh"

undo=
if [[ ${1:-} == --undo ]]; then
	undo=1
	shift
fi
[[ -n ${1:-} && $1 != -h ]] || die "which tree? make apply KSRC=dir, make unapply KSRC=dir"
dir=$(realpath -m -- "$1")
rec=$dir/.vma_access

[[ -d $dir ]] || die "$dir: no such folder"
version=$(kernel_version "$dir")
[[ -n $version ]] || die "$dir is not a kernel tree"
[[ -w $dir ]] || die "cannot write to $dir"

# restore: every file of the record as it was before.
restore() {
	local f
	while IFS= read -r f; do
		if [[ -e $rec/before/$f ]]; then
			cp "$rec/before/$f" "$dir/$f"
		else
			rm -f "$dir/$f"
			# Folders that only the series had.
			(cd "$dir" && rmdir -p --ignore-fail-on-non-empty "$(dirname "$f")" 2>/dev/null) || true
		fi
	done <"$rec/files"
	rm -rf "$rec"
}

if [[ -n $undo ]]; then
	[[ -f $rec/files ]] || die "the series is not applied to $dir"
	# Work done on these files since then is not to be thrown away.
	while IFS= read -r f; do
		cmp -s "$rec/after/$f" "$dir/$f" || [[ ! -e $rec/after/$f && ! -e $dir/$f ]] ||
			[[ -n ${FORCE:-} ]] ||
			die "$f was changed since the series was applied; FORCE=1 undoes that too"
	done <"$rec/files"
	n=$(wc -l <"$rec/files")
	restore
	say "undone: $n files of $dir are as before"
	exit
fi

[[ ! -e $rec ]] || die "the series is applied to $dir already; undo it first (make unapply KSRC=$dir)"
[[ $version == "$SERIES".* ]] ||
	die "$dir is Linux $version; the series is written for $SERIES.x"

scratch tmp
compose "$dir" "$tmp" full

mkdir -p "$rec/before" "$rec/after"
cp "$tmp/files" "$rec/files"
# Interrupted or out of disk half-way: the tree goes back to what it was.
whole=
on_end() {
	local rc=$?
	[[ -n $whole ]] || restore
	cleanup $rc
}
trap on_end EXIT
while IFS= read -r f; do
	mkdir -p "$rec/before/$(dirname "$f")" "$rec/after/$(dirname "$f")"
	[[ ! -e $dir/$f ]] || cp -p "$dir/$f" "$rec/before/$f"
	[[ ! -e $tmp/new/$f ]] || cp "$tmp/new/$f" "$rec/after/$f"
done <"$rec/files"
while IFS= read -r f; do
	if [[ -e $tmp/new/$f ]]; then
		mkdir -p "$dir/$(dirname "$f")"
		cmp -s "$tmp/new/$f" "$dir/$f" || cp "$tmp/new/$f" "$dir/$f"
		[[ ! -x $REPO/$f ]] || chmod +x "$dir/$f"
	else
		rm -f "$dir/$f"
	fi
done <"$rec/files"
whole=1
[[ -z ${FIXED_UP:-} ]] || say "note: this is Debian's tree; mainline's text was restored where the series touches it"
say "applied to $dir (Linux $version): $(wc -l <"$rec/files") files; make unapply KSRC=$dir undoes it"
