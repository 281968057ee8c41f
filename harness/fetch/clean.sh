#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Removes what was built, or with "all" the whole cache folder.

. "$(dirname "$0")/../lib.sh"

[[ -d $CACHE ]] || exit 0
# Which also refuses a folder that is not ours.
take_lock

remove() {
	local err
	err=$(rm -rf -- "$@" 2>&1) || die "cannot remove all of it: $(head -n 1 <<<"${err#rm: cannot remove }")"
}

if [[ ${1:-} == all ]]; then
	remove "${CACHE:?}"/{apt,apt-tools,tools,src,tree,base,fixes,ccache,kept,logs,tmp} "${CACHE:?}"/build-* "${CACHE:?}"/ksrc-* \
		"${CACHE:?}"/accel.*
	rest=$(cd "$CACHE" && find . -mindepth 1 -maxdepth 1 -not -name lock -not -name lock.pid \
		-not -name "${MARK##*/}" -printf ' %P')
	if [[ -n $rest ]]; then
		# The lock too: another run may be waiting for it.
		say "removed the cache in $CACHE; kept what is not of it:$rest"
		exit
	fi
	# The lock last: until then nobody else begins.
	remove "$MARK" "$CACHE/lock.pid"
	remove "$CACHE/lock"
	if rmdir "$CACHE" 2>/dev/null; then
		say "removed $CACHE"
	else
		say "removed all that was in $CACHE"
	fi
else
	remove "${CACHE:?}"/{tree,base,fixes,kept,logs,tmp} "${CACHE:?}"/build-* "${CACHE:?}"/ksrc-*
	say "removed the working trees, kernels and logs in $CACHE; source and ccache are kept"
fi
