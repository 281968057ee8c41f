#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Removes what was built, or with "all" the whole cache folder.

. "$(dirname "$0")/lib.sh"

[[ -d $CACHE ]] || exit 0
take_lock
if [[ ${1:-} == all ]]; then
	# Only a folder that looks like ours.
	[[ -e $CACHE/lock ]] || die "$CACHE is not a cache folder of this harness"
	rm -rf "${CACHE:?}"/{apt,apt-tools,tools,src,tree,base,ccache,kept,logs,tmp} "${CACHE:?}"/build-* "${CACHE:?}"/ksrc-* \
		"${CACHE:?}"/accel.* "${CACHE:?}"/lock*
	rmdir "$CACHE" 2>/dev/null || true
	say "removed $CACHE"
else
	rm -rf "${CACHE:?}"/{tree,base,kept,logs,tmp} "${CACHE:?}"/build-* "${CACHE:?}"/ksrc-*
	say "removed the working trees, kernels and logs in $CACHE; source and ccache are kept"
fi
