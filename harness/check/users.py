#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Has each public name of the layer a user?

	users.py REPO RESULTS [--write]

A name is public if it has kernel-doc in include/linux/vma_access*.h or, exported, in
mm/vma_access*.c, or is a handle, a bit of a policy or a value of a documented enum. A
user is a converted driver (what patches/ adds) or the sample; tests are none. A name
that is a part of the definition of one with a user is used through that one; a value,
such as a bit of a policy, is not, since each check of a policy names all of them. A name
without a user needs a line in users.allow: the name, a tab, the reason. RESULTS gets
"PASS|FAIL <tab> what <tab> why". The page of it all is compared with that in
harness/results, or written there.
"""
import collections
import pathlib
import re
import sys

# The driver that a patched file belongs to, where the file's name does not say it.
DRIVERS = {"binder_alloc": "binder", "cma_heap": "heap cma", "system_heap": "heap system",
           "comedi_buf": "comedi", "comedi_fops": "comedi", "comedi_internal": "comedi",
           "drm_gem_shmem_helper": "drm shmem", "memalloc": "pcm", "pcm_native": "pcm",
           "trace": "ring_buffer", "main": "iommufd", "vfio_pci_core": "vfio-pci",
           "arraymap": "bpf", "ringbuf": "bpf", "syscall": "bpf", "memmap": "io_uring"}
PAGE = "harness/results/vma_access_users.rst"
HEAD = """.. SPDX-License-Identifier: GPL-2.0

===========================
Typed VMA access: the users
===========================

This page lists each public name of the layer, the drivers in *patches/* that use it,
whether the sample does, and which other public names use it in their definitions: a driver
uses it through these. For a value, such as a bit of a policy, they only say where it is looked
at. Tests do not count. ``harness/run users --write`` writes this page.

"""
DOC = re.compile(r"^/\*\*\n \* (.*?)^ \*/$", re.M | re.S)
CLASSES = r"\b(?:CLASS|ACQUIRE\w*|(?:scoped_)?(?:cond_)?guard)\((\w+)\b"
POLICY = re.compile(r"^#define (VMA_\w+)\s+__VMA_POLICY\(", re.M)


def code_of(text):
    """The text without comments, strings and #if, with continued lines joined."""
    text = re.sub(r'/\*.*?\*/|^#(?!\s*define).*?$|"[^"\n]*"', "", text, flags=re.S | re.M)
    return re.sub(r"\\\n", " ", text)


def public(headers, sources):
    """The public names, in the form in which the page has them."""
    names = set(POLICY.findall(headers))
    names |= {"struct " + n for n in re.findall(r"^struct ((?:vma|mm)_\w+);", headers, re.M)}
    for doc in DOC.findall(headers):
        names |= set(re.findall(r"^((?:struct |enum )?\w+(?:\(\))?) - ", doc))
        names |= {f"CLASS({n})" for n in re.findall(r"\b(?:CLASS|ACQUIRE)\((\w+),", doc)}
        names |= set(re.findall(r"__free\(\w+\)", doc))
        if doc.startswith("enum"):
            names |= set(re.findall(r"^ \* @(\w+):", doc, re.M))
    exported = re.findall(r"^EXPORT_SYMBOL\w*\((\w+)\)", sources, re.M)
    documented = {doc.partition(" - ")[0] for doc in DOC.findall(sources)}
    return names | {n + "()" for n in exported} & documented


def said(code):
    """All names that code uses, in the same form."""
    # Both functions that a front selects.
    code = re.sub(r"__vma_(new|insertable)\(\w+, (\w+)\)", r"\g<0> __vma_new_\2"
                  r" __vma_planned_\2 __vma_mixedmap_\2", code)
    names = {f"CLASS({n})" for n in re.findall(CLASSES, code)}
    names |= {f"CLASS({n})" for n in re.findall(r"\bclass_(\w+?)_t\b", code)}
    names |= set(re.findall(r"\b(?:struct|enum) \w+|__free\(\w+\)", code))
    for n in re.findall(r"(?<!struct )(?<!enum )(?<!->)(?<![\w.])(\w+)", code):
        names |= {n, n + "()"}
    return names


def definitions(code):
    """{name: all that its definition uses} of the layer, with what is not public."""
    found = collections.defaultdict(set)
    # A result that is on a line of its own belongs to what follows.
    code = re.sub(r"\n((?:static|struct|int|bool|void|vm_fault_t)\b[^;{}()#]*)\n(?=[a-z_])",
                  r"\n\1 ", code)
    for part in re.split(r"\n(?=[A-Za-z_#])", code):
        if m := re.match(r"DEFINE_FREE\((\w+)", part):
            name = f"__free({m[1]})"
        elif m := re.match(r"DEFINE_\w*(?:CLASS|GUARD)\w*\((\w+)(?:, (_\w+),)?", part):
            name = f"CLASS({m[1]}{m[2] or ''})"
        elif m := re.match(r"#\s*define (\w+)(\()?", part):
            name = m[1] + ("()" if m[2] else "")
        elif m := re.match(r"((?:struct|enum) \w+) \{", part):
            name = m[1]
        elif m := re.search(r"\b(?!__\w*(?:acquires|holds?|context|releases))(\w+)\(",
                            re.split(r"[{;]", part, maxsplit=1)[0]):
            name = m[1] + "()"
        else:
            continue
        found[name] |= said(part) - {name}
    return found


def inside(name, uses, names):
    """The public names whose definitions lead to this one."""
    found, seen, todo = set(), {name}, [name]
    while todo:
        what = todo.pop()
        for user in {u for u, used in uses.items() if what in used} - seen:
            seen.add(user)
            if user in names:
                found.add(user)
            else:
                todo.append(user)
    return {n for n in found if not n.startswith("enum ") or name.startswith("struct ")}


def through(direct, within):
    """The names that have no user but are a part of one that has, in any number of steps."""
    found = set()
    while more := {n for n, by in within.items()
                   if n not in direct | found and not n.isupper() and by & (direct | found)}:
        found |= more
    return found


def converted(patches):
    """{driver: the code that the patches leave in its files}."""
    lines = collections.defaultdict(collections.Counter)
    for patch in patches:
        path = None
        for line in patch.read_text().splitlines():
            if line.startswith("+++ "):
                path = pathlib.PurePath(line[6:])
            elif path and line[:1] in ("+", "-") and not line.startswith("--- "):
                lines[path][line[1:]] += 1 if line[0] == "+" else -1
    code = collections.defaultdict(str)
    for path, count in lines.items():
        if path.suffix in (".c", ".h") and "test" not in str(path):
            # Half a comment may be new, so line by line.
            code[DRIVERS.get(path.stem, path.stem)] += "".join(
                code_of(re.sub(r"^\s* \*.*|/\*(?!.*\*/).*", "", line)) + "\n"
                for line, n in count.items() if n > 0)
    return code


def table(rows):
    width = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    line = "  ".join("=" * w for w in width)
    text = ["  ".join(c.ljust(w) for c, w in zip(r, width)).rstrip() for r in rows]
    return "\n".join([line, text[0], line, *text[1:], line]) + "\n"


def main(repo, results, write):
    headers = sorted(repo.glob("include/linux/vma_access*.h"))
    sources = [p for p in sorted(repo.glob("mm/vma_access*.c")) if not p.stem.endswith("_test")]
    headers, sources = ("\n".join(p.read_text() for p in ps) for ps in (headers, sources))
    names = public(headers, sources)
    uses = definitions(code_of(headers + "\n" + sources))
    drivers = {d: said(c) for d, c in converted(sorted(repo.glob("patches/*.patch"))).items()}
    sample = set().union(*(said(code_of(p.read_text()))
                           for p in sorted(repo.glob("samples/vma_access/*.[ch]"))))
    lines = repo.joinpath("harness/check/users.allow").read_text().splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    allow = dict(line.partition("\t")[::2] for line in lines)

    users = {n: sorted(d for d, used in drivers.items() if n in used) +
             ["the sample"] * (n in sample) for n in names}
    within = {n: inside(n, uses, names) for n in names}
    direct = {n for n, of in users.items() if of}
    parts = through(direct, within)

    rows, bad, none = [("name", "drivers", "sample", "inside the layer")], [], []
    for name in sorted(names, key=lambda n: (re.sub(r"^(struct|enum) |^\w+\((?=\w)|_", "", n), n)):
        # Those with a user come first.
        by = sorted(within[name], key=lambda n: (n not in direct | parts,
                                                 n.startswith("struct "), n))
        more = [f"and {len(by) - 2} more"] if len(by) > 3 else by[2:]
        rows.append((name, ", ".join(d for d in users[name] if d != "the sample"),
                     "yes" if name in sample else "", ", ".join(by[:2] + more)))
        if name not in direct | parts:
            none.append(name)
            if name not in allow:
                bad.append((name, "nothing uses it, and users.allow has no reason"))
        elif name in allow:
            bad.append((name, f"is in users.allow, and {(users[name] + by)[0]} uses it"))
    bad += [(n, "is in users.allow, and is no public name") for n in allow.keys() - names]
    bad += [(n, "has no reason in users.allow") for n, why in allow.items() if not why]
    if lines != sorted(set(lines)):
        bad.append(("allow", "users.allow is not sorted"))

    only = [n for n, of in users.items() if of == ["the sample"]]
    page = HEAD + table(rows)
    page += (f"\nOf {len(names)} names, {len(direct) - len(only)} have a driver, "
             f"{len(only)} the sample only, {len(parts)} another name only, and {len(none)} "
             "none:\n\n")
    page += "".join(f"- {n}: {allow.get(n, '')}\n" for n in none)
    path = repo / PAGE
    if write:
        path.write_text(page)
    elif not path.exists() or path.read_text() != page:
        bad.append(("page", f"{PAGE} is not what the sources say; harness/run users --write"))
    with open(results, "w") as f:
        f.writelines(f"FAIL\tusers {name}\t{why}\n" for name, why in sorted(bad))
        if not bad:
            f.write("PASS\tusers\t\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:] == ["--write"]))
