#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Removes or inverts one check of the layer.

	mutate.py --list             names and files of the mutants
	mutate.py --why NAME         why NAME is known to survive, if it is
	mutate.py --boot NAME        what its kernel is to be booted with besides
	mutate.py NAME DIR           make mutant NAME of the sources in DIR

mutants.list holds them: "= NAME FILE", lines that start with "-" (the text to
find, exactly once), then lines that start with "+" (the text in its place). A
line that starts with "!" says why no test can tell the mutant, one that starts
with "@" what the test that can needs on the kernel's command line.
"""
import pathlib
import sys

LIST = pathlib.Path(__file__).with_name("mutants.list")


def die(text):
    sys.exit("error: " + text)


def read():
    mutants = {}
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        if line.startswith("= "):
            _, name, path = line.split()
            if name in mutants:
                die(f"{LIST.name}:{number}: {name} is there twice")
            old, new, why, boot = [], [], [], []
            mutants[name] = (path, old, new, why, boot)
        elif line.startswith("-"):
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        elif line.startswith("!"):
            why.append(line[1:].strip())
        elif line.startswith("@"):
            boot.append(line[1:].strip())
        elif line and not line.startswith("#"):
            die(f"{LIST.name}:{number}: neither =, -, +, !, @ nor #")
    return mutants


def main(args):
    mutants = read()
    if args == ["--list"]:
        for name, mutant in mutants.items():
            print(name, mutant[0])
        return
    if args[:1] == ["--why"] and args[1:] and args[1] in mutants:
        print(" ".join(mutants[args[1]][3]))
        return
    if args[:1] == ["--boot"] and args[1:] and args[1] in mutants:
        print(" ".join(mutants[args[1]][4]))
        return
    if len(args) != 2:
        sys.exit(__doc__)
    if args[0] not in mutants:
        die(f"no mutant {args[0]} in {LIST.name}")
    path, old, new, *_ = mutants[args[0]]
    source = pathlib.Path(args[1]) / path
    text = source.read_text()
    old, new = "\n".join(old) + "\n", "\n".join(new) + "\n" if new else ""
    if text.count(old) != 1:
        die(f"{args[0]}: its text stands {text.count(old)} times in {path}; bring {LIST.name} up to date")
    source.write_text(text.replace(old, new))


main(sys.argv[1:])
