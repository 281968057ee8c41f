#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is harness/syzkaller/ true of the headers that user space includes?

	syzlang.py [--write] DESCRIPTION TREE

The values in DESCRIPTION.const are those of TREE's headers (--write makes it), structures
have the size that C gives them, and each ioctl() of the headers is described.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

DIRS = ("samples/vma_access", "tools/testing/selftests/vma_access/test_modules")
SIZES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "vma64": 8, "bool32": 4, "bool64": 8}


def die(text):
    sys.exit(f"error: {text}")


def fields_size(struct, body):
    """The size of a description's structure; none has padding that is not named."""
    size = 0
    for line in filter(None, map(str.strip, body.splitlines())):
        field = re.match(r"(\w+)\s+(\w+)(\[(.*)\])?", line)
        kind = field.group(2)
        if kind not in SIZES:    # const[0, int32], len[addr, int64], flags[x, int64]
            kind = (field.group(4) or "").split(",")[-1].strip()
        if kind not in SIZES:
            die(f"{struct}.{field.group(1)}: its size is not known")
        if size % SIZES[kind]:
            die(f"{struct}.{field.group(1)} is not aligned")
        size += SIZES[kind]
    return size


def ask(consts, structs, headers, tree):
    """The values of CONSTS and the sizes of STRUCTS, as C has them."""
    lines = ["#include <stdio.h>", "#include <fcntl.h>", "#include <sys/mman.h>",
             "#include <sys/syscall.h>"]
    lines += [f"#include <{h}>" for h in headers]
    lines.append("int main(void)\n{")
    lines += [f'\tprintf("{c} %llu\\n", (unsigned long long){c});' for c in consts]
    lines += [f'\tprintf("{s} %zu\\n", sizeof(struct {s}));' for s in structs]
    lines.append("\treturn 0;\n}")
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "ask.c")
        with open(source, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        program = os.path.join(scratch, "ask")
        made = subprocess.run(["gcc", "-o", program, *[f"-I{tree}/{d}" for d in DIRS], source],
                              capture_output=True, text=True, check=False, timeout=60)
        if made.returncode:
            die(next(line for line in made.stderr.splitlines() if "error" in line))
        out = subprocess.run([program], capture_output=True, text=True, check=True, timeout=60)
    return dict((line.split()[0], int(line.split()[1])) for line in out.stdout.splitlines())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("description")
    parser.add_argument("tree")
    args = parser.parse_args()

    with open(args.description, encoding="utf-8") as f:
        text = re.sub(r"#.*", "", f.read())
    headers = [h for h in re.findall(r"^include <(.*)>", text, re.M) if not h.startswith("uapi/")]
    structs = dict(re.findall(r"^(\w+) \{\n(.*?)^\}", text, re.M | re.S))
    calls = re.sub(r'^(include|incdir|meta) .*|"[^"]*"', "", text, flags=re.M)
    consts = set(re.findall(r"(?<![\w$])[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", calls))
    consts |= {"__NR_" + call for call in re.findall(r"^(\w+)(?:\$\w+)?\(", text, re.M)}

    theirs = set()
    for header in headers:
        path = next((p for p in (f"{args.tree}/{d}/{header}" for d in DIRS) if os.path.exists(p)), None)
        if not path:
            die(f"there is no {header}")
        with open(path, encoding="utf-8") as f:
            theirs |= set(re.findall(r"^#define\s+(\w+)\s+_IO", f.read(), re.M))
    wrong = [f"no call has {name}" for name in sorted(theirs - consts)]

    values = ask(sorted(consts), sorted(structs), headers, args.tree)
    for struct, body in sorted(structs.items()):
        size = fields_size(struct, body)
        if size != values[struct]:
            wrong.append(f"{struct} has {size} bytes, in C {values[struct]}")

    now = "arches = amd64\n" + "".join(f"{c} = {values[c]}\n" for c in sorted(consts))
    path = args.description + ".const"
    if args.write:
        with open(path, "w", encoding="utf-8") as f:
            f.write(now)
    try:
        with open(path, encoding="utf-8") as f:
            old = f.read()
    except FileNotFoundError:
        old = ""
    for line in sorted(set(old.splitlines()) ^ set(now.splitlines())):
        wrong.append(f"{os.path.basename(path)}: {line}: harness/run syzlang --write")
    if wrong:
        print("\n".join(f"error: {w}" for w in wrong), file=sys.stderr)
        sys.exit(1)


main()
