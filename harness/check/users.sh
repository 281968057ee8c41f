#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each public name of the layer has a user, or a reason in users.allow:
#	harness/run users
# compares what it finds with the page in harness/results;
#	harness/run users --write	writes that page

. "$(dirname "$0")/../lib.sh"

open_logs
rc=0
"$PYTHON" "$HARNESS/check/users.py" "$REPO" "$RUN_LOGS/users.results" "$@" || rc=1
while IFS=$'\t' read -r status what why; do
	if [[ $status == PASS ]]; then
		pass "$what"
	else
		fail "$what" "$why"
	fi
done <"$RUN_LOGS/users.results"
exit $rc
