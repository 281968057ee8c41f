#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Prints "STATUS suite.case" for each case in the JSON report of kunit.py."""

import json
import sys


def walk(group, path):
    for case in group.get("test_cases", []):
        print(case["status"], ".".join(path + [case["name"]]).replace(" ", "_"))
    for sub in group.get("sub_groups", []):
        walk(sub, path + [sub["name"]])


with open(sys.argv[1]) as report:
    walk(json.load(report), [])
