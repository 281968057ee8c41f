#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which functions of the unmodified kernel configure a VMA, and which can the layer write?
#	harness/run survey
# compares what it finds with the page in harness/results;
#	harness/run survey --write	writes that page;
#	harness/run survey names	needs no kernel: the table names what the layer has;
#	harness/run survey --sample N SEED	prints some functions, to read by hand

. "$(dirname "$0")/../lib.sh"

open_logs
rc=0
src=-
if [[ ${1:-} == names ]]; then
	shift
else
	take_lock
	src=$("$HARNESS/fetch/fetch.sh")
fi
"$PYTHON" "$HARNESS/check/survey.py" "$REPO" "$src" "$RUN_LOGS/survey.results" "$@" || rc=1
while IFS=$'\t' read -r status what why; do
	case $status in
		PASS) pass "$what" ;;
		SKIP) skip "$what" "$why" ;;
		*) fail "$what" "$why" ;;
	esac
done <"$RUN_LOGS/survey.results"
exit $rc
