#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is what can fail __must_check? (R9)

	must-check.py HEADER ... SOURCE ...

Looks at each function and function-like macro whose kernel-doc has a Return: with an
errno, NULL, ERR_PTR(), VM_FAULT_* or "false" in it, or sends the reader on. A
function, or each that a macro leads to, has to be __must_check in a header. Prints
what is not, and otherwise how many there are.
"""
import pathlib
import re
import sys

# Answers, which no harm comes of if nobody looks.
ANSWERS = {
    "mm_with_user_is": "a question",
    "vma_fault_from_vmf": "never NULL",
    "vma_hook_ptr": "an initialiser",
    "vma_planned_from_desc": "never NULL",
    "vma_ref_file": "reads",
    "vma_ref_object": "reads",
    "vma_ref_owner": "reads",
    "vma_ref_private": "reads",
}
# What macros use and nothing comes of.
PARTS = {"_Generic", "typeof", "vma_ref", "__vma_bit", "__vma_new", "__vma_insertable"}
DOC = re.compile(r"^/\*\*\n \* (\w+)\(\) - (.*?)^ \*/$", re.M | re.S)
FAILS = re.compile(r"-E[A-Z]{3,}|\bNULL\b|ERR_PTR|VM_FAULT_|\bfalse\b"
                   r"|\btrue if\b|\bas vma_\w+\(\)|what @\w+ returned")


def declared(text):
    """{function: is it __must_check}, {macro: what it leads to} of headers."""
    functions, macros = {}, {}
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\\\n", " ", text)
    # A result that is on a line of its own belongs to what follows.
    text = re.sub(r"\n((?:static|struct|int|bool|vm_fault_t)\b[^;{}()#]*)\n(?=[a-z_])",
                  r"\n\1 ", text)
    for part in re.split(r"\n(?=[a-z#])", text):
        macro = re.match(r"#define (\w+)\([^)]*\)(.*)", part)
        if macro:
            name, body = macro.groups()
            verbs = re.findall(r"__vma_new\(h, (\w+)\)\(", body)
            leads = {f"__vma_{k}_{v}" for v in verbs for k in ("new", "prepare")}
            verbs = re.findall(r"__vma_insertable\(h, (\w+)\)\(", body)
            leads |= {f"__vma_{k}_{v}" for v in verbs for k in ("new", "mixedmap")}
            leads |= set(re.findall(r"\* : (\w+)", body))
            leads |= set(re.findall(r"(?<!# )\b([_a-z]\w+)\(", body))
            macros[name] = leads - PARTS
        elif part[:1] != "#":
            head = re.split(r"[{;]", part, maxsplit=1)[0]
            name = re.search(r"\b(?!__\w*(?:acquires|holds?|context|releases))(\w+)\(", head)
            if name:
                functions[name.group(1)] = (functions.get(name.group(1), False) or
                                            "__must_check" in head)
    return functions, macros


def checked(name, functions, macros):
    if name in functions:
        return functions[name]
    leads = [f for f in macros.get(name, ()) if f in functions or f in macros]
    # A part of an expression that only measures is no way to fail.
    leads = [f for f in leads if f not in ("vma_new_start", "vma_new_size", "vma_new_pages",
                                           "vma_new_pgoff", "__vma_new_start",
                                           "__vma_planned_start", "__vma_new_flags",
                                           "__vma_planned_flags", "__vma_new_pgoff",
                                           "__vma_planned_pgoff", "__vma_new_raw",
                                           "__vma_planned_raw", "__vma_new_hooks",
                                           "__vma_new_member")]
    return bool(leads) and all(checked(f, functions, macros) for f in leads)


def main(paths):
    text = {p: pathlib.Path(p).read_text() for p in paths}
    functions, macros = declared("\n".join(t for p, t in text.items() if p.endswith(".h")))
    fails = {name for t in text.values() for name, doc in DOC.findall(t)
             if FAILS.search(doc.partition(" * Return:")[2])}
    bad = [name for name in sorted(fails - ANSWERS.keys())
           if not checked(name, functions, macros)]
    bad += [name + " (needs no exception)" for name in sorted(ANSWERS.keys() - fails)]
    if bad or not fails:
        sys.exit("not __must_check: " + " ".join(bad))
    print(f"{len(fails - ANSWERS.keys())} functions and macros that can fail are __must_check")


if __name__ == "__main__":
    main(sys.argv[1:])
