#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Removes or inverts one check of the layer.

	mutate.py --list             names and files of the mutants
	mutate.py --hashes           names, and a hash of what each one is
	mutate.py --why NAME         why NAME is known to survive, if it is
	mutate.py --boot NAME        its file, and what its kernel is to be booted with
	mutate.py --suites NAME DIR  the three KUnit suites, and their objects, that are
	                             the likeliest to notice NAME, of the sources in DIR
	mutate.py --stale DIR        those whose text does not stand in DIR once
	mutate.py NAME DIR           make mutant NAME of the sources in DIR

list/*.list hold them, by the part of the layer that they change: "= NAME FILE",
lines that start with "-" (the text to find, exactly once), then lines that
start with "+" (the text in its place). A line that starts with "!" says why no
test can tell the mutant, one that starts with "@" what the test that can needs
on the kernel's command line.
"""
import hashlib
import pathlib
import re
import sys

LISTS = pathlib.Path(__file__).with_name("list")


def die(text):
    sys.exit("error: " + text)


def read():
    mutants = {}
    for file in sorted(LISTS.glob("*.list")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line.startswith("= "):
                _, name, path = line.split()
                if name in mutants:
                    die(f"{file.name}:{number}: {name} is there twice")
                old, new, why, boot = [], [], [], []
                mutants[name] = (path, old, new, why, boot, file.name)
            elif line.startswith("-"):
                old.append(line[1:])
            elif line.startswith("+"):
                new.append(line[1:])
            elif line.startswith("!"):
                why.append(line[1:].strip())
            elif line.startswith("@"):
                boot.append(line[1:].strip())
            elif line and not line.startswith("#"):
                die(f"{file.name}:{number}: neither =, -, +, !, @ nor #")
    return mutants or die(f"no mutants in {LISTS}")


# The words of a C text, without what macros put before and behind a name.
def words(text):
    return [re.sub(r"^_*(class_|guard_|vma_new_|vma_planned_|vma_)?|(_constructor|_destructor)$", "", word)
            for word in re.findall(r"[a-zA-Z_]\w{3,}", text)]


# The definitions in a C text, by name: a function or a macro begins in the first column,
# and ends where the next one begins.
def definitions(text):
    found = {}
    for part in re.split(r"^(?=(?:static|[a-z]\w* )[^;=]*\(|#define )", text, flags=re.M):
        name = re.match(r"#define (\w+)", part) or re.match(r"[^(]*?(\w+)\(", part)
        if name:
            name = words(name[1])[0] if words(name[1]) else name[1]
            found[name] = found.get(name, "") + part
    return found


# The suites that name what OLD stands in, then those that name what names it, ...
def suites(path, old, root):
    tests, known = {}, {}
    for file in (sorted(root.glob("mm/vma_access*.c")) + sorted(root.glob("mm/tests/vma_access*.c")) +
                 sorted(root.glob("include/linux/vma_access*.h"))):
        text = file.read_text()
        if file.parent.name == "tests" or file.name == "vma_access_test.c":
            suite = re.search(r'^\t\.name = "(\w+)",', text, flags=re.M)
            if suite:
                tests[suite[1]] = (file.relative_to(root), words(text))
        elif file.stem not in ("vma_access_bench", "vma_access_codegen"):
            for name, body in definitions(text).items():
                known[name] = known.get(name, "") + body
    known = {name: set(words(body)) for name, body in known.items()}
    text = (root / path).read_text()
    names = {name for name, body in definitions(text).items() if old in body}
    score = dict.fromkeys(tests, 0)
    seen, weight = set(names), 1000
    while names and weight:
        for suite, (_, used) in tests.items():
            score[suite] += weight * min(20, sum(used.count(name) for name in names))
        names = {name for name, body in known.items() if name not in seen
                 and names & body}
        seen |= names
        weight //= 10
    for suite in sorted(tests, key=lambda suite: -score[suite])[:3]:
        if score[suite]:
            print(suite, tests[suite][0].with_suffix(".o"))


def main(args):
    mutants = read()
    if args == ["--list"]:
        for name, mutant in mutants.items():
            print(name, mutant[0])
        return
    if args == ["--hashes"]:
        for name, mutant in mutants.items():
            print(name, hashlib.sha256(repr(mutant[:5]).encode()).hexdigest()[:16])
        return
    if args[:1] == ["--why"] and args[1:] and args[1] in mutants:
        print(" ".join(mutants[args[1]][3]))
        return
    if args[:1] == ["--boot"] and args[1:] and args[1] in mutants:
        print(mutants[args[1]][0], *mutants[args[1]][4])
        return
    if args[:1] == ["--stale"] and len(args) == 2:
        texts, stale = {}, 0
        for name, (path, old, *_, where) in mutants.items():
            file = pathlib.Path(args[1]) / path
            if path not in texts:
                texts[path] = file.read_text() if file.exists() else ""
            count = texts[path].count("\n".join(old) + "\n")
            if count != 1:
                stale += 1
                print(f"error: {name}: its text stands {count} times in {path}; bring {where} up to date")
        sys.exit(stale > 0)
    if args[:1] == ["--suites"] and len(args) == 3 and args[1] in mutants:
        path, old, *_ = mutants[args[1]]
        suites(path, "\n".join(old), pathlib.Path(args[2]))
        return
    if len(args) != 2:
        sys.exit(__doc__)
    if args[0] not in mutants:
        die(f"no mutant {args[0]}")
    path, old, new, _, _, where = mutants[args[0]]
    source = pathlib.Path(args[1]) / path
    text = source.read_text()
    old, new = "\n".join(old) + "\n", "\n".join(new) + "\n" if new else ""
    if text.count(old) != 1:
        die(f"{args[0]}: its text stands {text.count(old)} times in {path}; bring {where} up to date")
    source.write_text(text.replace(old, new))


main(sys.argv[1:])
