#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Puts the series on a kernel tree of the user's, or takes it off again:
#	apply.sh <dir>         all of it or nothing
#	apply.sh --undo <dir>  the tree as it was
# What was there before is kept in <dir>/.vma_access until it is undone.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"

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

# restore: every file of the record as it was before. Only renames and removes, for
# which a full disk has room; cut short, it can be called again and goes on.
restore() {
	local f
	while IFS= read -r f; do
		if [[ -e $rec/before/$f ]]; then
			# Later than all that was built of the series' file.
			touch "$rec/before/$f" && mv -f "$rec/before/$f" "$dir/$f" || return 1
		elif ! grep -qxF -e "$f" "$rec/had"; then
			rm -f "$dir/$f" || return 1
			# Folders that only the series had.
			(cd "$dir" && rmdir -p --ignore-fail-on-non-empty "$(dirname "$f")" 2>/dev/null) || true
		fi
	done <"$rec/files"
	rm -rf "$rec"
}

if [[ -n $undo ]]; then
	[[ -e $rec ]] || die "the series is not applied to $dir"
	if [[ ! -e $rec/ready ]]; then
		# What was applying it was killed before it had changed anything.
		rm -rf "$rec"
		say "undone: nothing of $dir had been changed"
		exit
	fi
	# Work done on these files since then is not to be thrown away. If it was cut
	# short, or undoing it was, some are as before.
	while IFS= read -r f; do
		if grep -qxF -e "$f" "$rec/had"; then
			[[ -e $rec/before/$f ]] || continue
			! cmp -s "$rec/before/$f" "$dir/$f" || continue
		fi
		cmp -s "$rec/after/$f" "$dir/$f" || [[ ! -e $dir/$f ]] || [[ -n ${FORCE:-} ]] ||
			die "$f was changed since the series was applied; FORCE=1 undoes that too"
	done <"$rec/files"
	n=$(wc -l <"$rec/files")
	restore || die "cannot undo all of it in $dir; what it was is kept in $rec: mend that, and undo again"
	say "undone: $n files of $dir are as before"
	exit
fi

[[ ! -e $rec ]] || die "the series is applied to $dir already; undo it first (make unapply KSRC=$dir)"
[[ $version == "$SERIES".* ]] ||
	die "$dir is Linux $version; the series is written for $SERIES.x"

scratch tmp
compose "$dir" "$tmp" full

# Interrupted or out of disk half-way: the tree goes back to what it was.
mkdir "$rec" 2>/dev/null || die "cannot make $rec, or the series is being applied already"
whole=
on_end() {
	local rc=$?
	if [[ -z $whole && ! -e $rec/ready ]]; then
		rm -rf "$rec"
	elif [[ -z $whole ]]; then
		restore || echo "error: cannot put all of $dir back; what it was is kept in $rec: make unapply KSRC=$dir" >&2
	fi
	cleanup $rc
}
trap on_end EXIT

# All that takes room comes first, and touches nothing of the tree.
prepare() {
	local f
	cp "$tmp/files" "$rec/files" && : >"$rec/had" || return 1
	while IFS= read -r f; do
		mkdir -p "$rec"/{before,after,put}/"$(dirname "$f")" || return 1
		if [[ -e $dir/$f ]]; then
			cp -p "$dir/$f" "$rec/before/$f" && echo "$f" >>"$rec/had" || return 1
		fi
		[[ -e $tmp/new/$f ]] || continue
		cp "$tmp/new/$f" "$rec/after/$f" || return 1
		! cmp -s "$tmp/new/$f" "$dir/$f" || continue
		cp "$tmp/new/$f" "$rec/put/$f" || return 1
		[[ ! -e $dir/$f ]] || chmod --reference="$dir/$f" "$rec/put/$f" || return 1
		[[ ! -x $REPO/$f ]] || chmod +x "$rec/put/$f" || return 1
	done <"$rec/files"
	: >"$rec/ready"
}
prepare 2>"$tmp/err" ||
	die "cannot prepare it in $rec ($(tail -n 1 "$tmp/err")); nothing of $dir was changed"
while IFS= read -r f; do
	if [[ -e $rec/put/$f ]]; then
		mkdir -p "$dir/$(dirname "$f")" && mv -f "$rec/put/$f" "$dir/$f"
	elif [[ ! -e $tmp/new/$f ]]; then
		rm -f "$dir/$f"
	fi || die "cannot write $dir/$f; all of it is as it was before"
done <"$rec/files"
rm -rf "$rec/put"
whole=1
[[ -z ${FIXED_UP:-} ]] || say "note: this is Debian's tree; mainline's text was restored where the series touches it"
say "applied to $dir (Linux $version): $(wc -l <"$rec/files") files; make unapply KSRC=$dir undoes it"
