#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Writes the series as mails, a folder for each topic, into the cache:
#	harness/run series
# VERSION=2 makes it the second version, PREFIX='RFC PATCH' says so in the subjects. The
# author is who git's configuration names. series/table says which file is in which mail.

. "$(dirname "$0")/../lib.sh"
. "$HARNESS/fetch/compose.sh"
. "$HARNESS/series/write-mails.sh"

[[ ${1:-} != -h ]] || { echo "usage: harness/run series    (VERSION=2, PREFIX='RFC PATCH')"; exit; }
[[ ${VERSION:-1} =~ ^[1-9][0-9]*$ ]] || die "VERSION=$VERSION is no number"

take_lock
need_tools git perl patch
src=$("$HARNESS/fetch/fetch.sh")
scratch tmp
series_compose "$src" "$tmp"
out=$WORK/series/v${VERSION:-1}
write_mails "$tmp" "$tmp/mails"
rm -rf "$out"
mkdir -p "${out%/*}"
mv "$tmp/mails" "$out"
while IFS= read -r line; do say "$line"; done <"$tmp/said"
[[ -z ${NO_AUTHOR:-} ]] ||
	say "note: git names no author, so the mails are by $GIT_AUTHOR_NAME <$GIT_AUTHOR_EMAIL>: set user.name and user.email, and run this again"
say "no mail is signed off; $out/NOTES says what is left to do for whoever sends them"
say "$(find "$out" -name '*.patch' | wc -l) mails in $out"
