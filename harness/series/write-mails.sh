# SPDX-License-Identifier: GPL-2.0
# How the mails of the series are made. Sourced by series.sh and series-check.sh, after
# lib.sh and compose.sh.

# series_compose SRC TMP: the kernel's files as the patches find them, in TMP/base, and
# all of the series, in TMP/full, for the mails to be made of and held against.
series_compose() {
	compose "$1" "$2/base" fix-up
	VMA_ACCESS_MUTANT='' compose "$1" "$2/full" full
	overlay_files >"$2/overlay"
	# A kernel tree for its scripts, with the new MAINTAINERS.
	mkdir "$2/kernel"
	ln -s -t "$2/kernel" "$1"/*
	ln -sfn "$2/full/new/MAINTAINERS" "$2/kernel/MAINTAINERS"
}

# Sets the author of the mails. Only this of git's configuration, for them to be the same
# everywhere else.
series_author() {
	[[ -z ${GIT_AUTHOR_OF_MAILS:-} ]] || return 0
	GIT_AUTHOR_OF_MAILS=1
	GIT_AUTHOR_NAME=$(git -C "$REPO" config user.name || true)
	GIT_AUTHOR_EMAIL=$(git -C "$REPO" config user.email || true)
	if [[ -z $GIT_AUTHOR_NAME || -z $GIT_AUTHOR_EMAIL ]]; then
		NO_AUTHOR=1
		GIT_AUTHOR_NAME='YOUR NAME'
		GIT_AUTHOR_EMAIL='you@example.org'
	fi
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	# The date of cover letters; commit.py sets that of patches.
	export GIT_COMMITTER_DATE='1795953600 +0000'
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
}

# write_mails TMP OUT: of what series_compose left in TMP. TMP/git has a branch for each
# topic then. TMP/topics lists them, each with the branch before it, and with "table" or,
# if it is not in the table and no other lies on it, "alone".
write_mails() {
	local src topic sub
	src=$(readlink "$1/kernel/Makefile")
	series_author
	rm -rf "$1/git" "$1/notes" "$2"
	mkdir -p "$1/notes" "$2" "$WORK/series/recipients"
	"$PYTHON" -B "$HARNESS/series/commit.py" "$REPO" "${src%/*}" "$1/base/new" "$1/overlay" \
		"$1/git" "$1/notes" >"$1/topics" || exit 2
	"$PYTHON" -B "$HARNESS/series/mail.py" "$1/git" "$1/kernel" "$HARNESS/series/messages" \
		"$2" "$WORK/series/recipients" <"$1/topics" >"$1/said" || exit 2
	# Programs that show a bug go along with its fix, but not into it.
	while read -r topic _; do
		sub=$REPO/patches/fixes/${topic#fixes-}
		[[ $topic == fixes-* ]] && compgen -G "$sub/*.c" >/dev/null || continue
		mkdir "$2/$topic/reproducers"
		find "$sub" -maxdepth 1 -type f -not -name '*.patch' -exec cp -t "$2/$topic/reproducers" {} +
		cp "$REPO/patches/fixes/repro.h" "$2/$topic"
	done <"$1/topics"
	{
		cat <<-END
			Before the mails are sent
			=========================

			No mail has a Signed-off-by: whoever sends them adds it, to each.
			Recipients are those of scripts/get_maintainer.pl, without a look at git's
			history: with one at hand, add the authors of the commits in Fixes:.
			git send-email takes each folder: git send-email --no-thread <topic>/*.patch
			Programs beside a fix show its bug; refer to them, or attach them.
			Order: fixes first, each folder alone; then core; then layer; then drivers.
		END
		for topic in "$1"/notes/*; do
			[[ -e $topic ]] || continue
			printf '\n%s\n%s\n' "${topic##*/}" "$(tr -c '\n' - <<<"${topic##*/}")"
			cat "$topic"
		done
	} >"$2/NOTES"
}
