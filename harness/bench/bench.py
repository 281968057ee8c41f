#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the typed layer costs, from the kernel's measurements.

usage: bench.py results COMPILER LOGS    the results of a run, to be kept
       bench.py judge OLD NEW            do they keep to what is allowed?
       bench.py document RESULTS FOLDER  the page and the picture of them
"""

import math
import os
import re
import statistics
import sys
import textwrap

# verb: raw code of the same compiler may be exceeded by so many instructions, or
# by so much of itself, and why.
INLINE = (0, 0, "inline")
# A question more that the end of the scope or the look-up asks, so that headers read as C.
ASKS = (2, 0, "inline; is there a pin, or a lock?")
OUTSIDE = (4, 0, "behind a function, as what it calls is not exported")
FALLBACK = (7, 0, "behind two functions, and asks whether there is a VMA, which raw code knows")
INSTALL = (6, 0, "a pin and a VMA read guard")
# Where its many page tables lie, which differs with each build, is not its own affair.
GROWS = (4, 0.001, "the same")
ALLOWED = {
    "mmap-read": ASKS,
    "vma-read": OUTSIDE,
    "vma-read-try": OUTSIDE,
    "vma-read-fallback": FALLBACK,
    "pin": ASKS,
    "insert-page": INLINE,
    "insert-pages": INLINE,
    "insert-folio": INLINE,
    "zap-range": OUTSIDE,
    "zap-one-by-one": OUTSIDE,
    "install-one-by-one": INSTALL,
    "install-pages": (7, 0, "the same, and an errno moved by condition where raw code jumps"),
    "fault-insert": (4, 0, "a function: its warning, and what is made of each errno, are there once"),
    "mmap-munmap-by-mmap": (0, 0.01, "is it new, and the policy whole and the type's own?"),
    "mmap-munmap-by-mmap-prepare": (0, 0.01, "is the policy whole and the type's own?"),
    "revoke": (0, 0.01, "is the range inside of the object? (R6)"),
    "grow-insert": GROWS,
    "grow-zap": GROWS,
}
TITLE = {
    "mmap-read": "mmap read guard, look-up",
    "vma-read": "VMA read guard",
    "vma-read-fallback": "VMA read guard, a writer in the way",
    "vma-read-try": "VMA read guard, try form",
    "pin": "pin, asynchronous put",
    "insert-page": "insert one page",
    "insert-pages": "insert a batch",
    "insert-folio": "insert pages of one folio",
    "zap-range": "zap a range",
    "zap-one-by-one": "zap a range, page by page",
    "install-one-by-one": "pin, guard, identity, insert, put: each page",
    "install-pages": "pin, guard, identity, insert all, put",
    "fault-insert": "fault handler inserts a page",
    "mmap-munmap-by-mmap": "mmap() by ->mmap(), munmap()",
    "mmap-munmap-by-mmap-prepare": "mmap() by ->mmap_prepare(), munmap()",
    "revoke": "take a range out of all mappings",
}
# Instructions for reading 512 pages by a typed fault each, compiled by gcc 12, before a fault
# could map others around it.
READ_BEFORE = 915979
# Boots with two processors.
TWO = ("two-1", "two-2", "two-3")


def parse(path):
    """{(name, pages, side): instructions} of one boot."""
    found = {}
    with open(path, errors="replace") as log:
        for line in log:
            m = re.search(r"vma_bench: ([\w-]+) (\d+) ([\w-]+) (-?\d+) (-?\d+)\s*$", line)
            if m:
                found[m[1], int(m[2]), m[3]] = int(m[4])
            elif "vma_bench: failed" in line:
                sys.exit("error: " + line[line.index("failed"):].strip())
    if not found:
        sys.exit(f"error: {path}: no measurements")
    return found


def results(compiler, logs):
    boot = {n: parse(os.path.join(logs, f"bench-{n}.console"))
            for n in ("first", "second", "debug", "base", "size") + TWO}
    loop = boot["first"]["calibration", 1, "loop"]
    if not 1001 <= loop <= 1005:
        sys.exit(f"error: a loop of 1001 instructions took {loop}: this emulator does not count them")
    if boot["first"].keys() != boot["second"].keys():
        sys.exit("error: the two boots did not measure the same things")
    print("# What `make bench` measured: name, pages, side, instructions, difference of two boots.")
    print(f"compiler\t{compiler}")
    for key, count in boot["first"].items():
        other = boot["second"][key]
        print("%s\t%d\t%s\t%d\t%d" % (*key, min(count, other), abs(count - other)))
    for (name, pages, side), count in boot["debug"].items():
        if side in ("raw", "typed") and not name.startswith("grow"):
            print(f"{name}\t{pages}\tdebug-{side}\t{count}\t0")
    for (name, pages, side), count in boot["base"].items():
        if name != "calibration":
            print(f"{name}\t{pages}\tbase-{side}\t{count}\t0")
    for (name, pages, side), size in boot["size"].items():
        print(f"{name}\t{pages}\t{side}\t{size}\t0")
    for n in TWO:
        for (name, pages, side), count in boot[n].items():
            if name.startswith("contention"):
                print(f"{name}\t{pages}\t{side}-{n}\t{count}\t0")


def load(path):
    compiler, counts, spread = None, {}, {}
    with open(path) as f:
        for line in f:
            field = line.rstrip("\n").split("\t")
            if field[0] == "compiler":
                compiler = field[1]
            elif len(field) == 5:
                key = field[0], int(field[1]), field[2]
                counts[key], spread[key] = int(field[3]), int(field[4])
    return compiler, counts, spread


def rust(counts):
    """{(name, pages): what Rust's abstractions add to raw C}, where they could be built."""
    return {(n, p): c - counts[n, p, "raw"] for (n, p, s), c in counts.items() if s == "rust"}


def vma_part(counts, pages, prefix=""):
    """Of binder's install: all but allocating pages and finding a buffer."""
    return (counts["binder-install", pages, prefix + "fresh"]
            - counts["binder-install", pages, prefix + "installed"]
            - counts["binder-install", pages, prefix + "allocation"])


def binder_sizes(counts):
    return sorted(p for n, p, s in counts if n == "binder-install" and s == "fresh")


def judge(old, new):
    compiler, counts, spread = load(new)
    by_rust = rust(counts)
    if not by_rust:
        print("SKIP bench Rust: there is no rustc and bindgen for this kernel here")
    bad = []
    for (name, pages, side), count in counts.items():
        if side != "typed":
            continue
        raw = counts[name, pages, "raw"]
        more, part, _ = ALLOWED[name]
        calls = pages if name.endswith("one-by-one") else 1
        limit = raw + max(more * calls, int(raw * part))
        if count > limit:
            bad.append(f"{name} of {pages}: {count} instructions, raw code {raw}, allowed {limit}")
        if count - raw > by_rust.get((name, pages), count):
            bad.append(f"{name} of {pages}: {count - raw} more than raw code, "
                       f"Rust {by_rust[name, pages]}")
    gain = vma_part(counts, 16, "base-") / vma_part(counts, 16)
    if gain < 2.4:
        bad.append(f"binder's install of 16 pages is {gain:.2f} times cheaper, not 2.4")
    gain = counts["shrink-16", 16, "one-by-one"] / counts["shrink-16", 16, "range"]
    if gain < 2.5:
        bad.append(f"zapping 16 pages as a range is {gain:.2f} times cheaper, not 2.5")
    for name in "read-pages", "read-folio":
        gain = READ_BEFORE / counts[name, 512, "around"]
        if gain < 8:
            bad.append(f"{name} with faults that map around is {gain:.2f} times cheaper, not 8")
    for key, by in spread.items():
        if by > counts[key] / 100:
            bad.append(f"{key[0]} of {key[1]}, {key[2]}: two boots differ by {by} of {counts[key]}")
    if os.path.exists(old):
        before_compiler, before, _ = load(old)
        if before_compiler != compiler:
            print(f"compiled by {compiler}: not compared with the results of {before_compiler}")
        else:
            for (name, pages, side), count in counts.items():
                was = before.get((name, pages, side))
                if (side in ("typed", "range", "around") or (name == "ring" and "base" not in side)) and was is not None and count > was * 1.01:
                    bad.append(f"{name} of {pages}: {count} instructions, {was} before")
            # Pages and buffers are the same before and after, and most of it.
            for pages in set(binder_sizes(counts)) & set(binder_sizes(before)):
                part, was = vma_part(counts, pages), vma_part(before, pages)
                if part > was * 1.01:
                    bad.append(f"binder-install of {pages}, the VMA's part: {part} instructions, "
                               f"{was} before")
    for line in bad:
        print("FAIL bench " + line)
    n = sum(1 for k in counts if k[2] == "typed")
    print(f"{n} measurements of typed verbs, {len(bad)} not as they should be")
    return 1 if bad else 0


def grid(rows, head):
    """A simple table."""
    width = [max(len(str(r[i])) for r in rows + [head]) for i in range(len(head))]
    line = "  ".join("=" * w for w in width)

    def row(r):
        return "  ".join(str(c).ljust(w) if i == 0 else str(c).rjust(w)
                         for i, (c, w) in enumerate(zip(r, width))).rstrip()
    return "\n".join([line, row(head), line] + [row(r) for r in rows] + [line])


def picture(counts):
    """Instructions for each page, by how many there are at once."""
    left, top, w, h = 70, 20, 560, 320
    series = [
        ("grow-zap", "one-by-one", "zap, one by one", "#c0392b", ""),
        ("grow-zap", "raw", "zap a range, raw", "#e67e22", ""),
        ("grow-zap", "typed", "zap a range, typed", "#000", "2 5"),
        ("grow-insert", "one-by-one", "insert, one by one", "#2980b9", ""),
        ("grow-insert", "raw", "insert a batch, raw", "#27ae60", ""),
        ("grow-insert", "typed", "insert a batch, typed", "#000", "6 4"),
    ]
    sizes = sorted(p for n, p, s in counts if n == "grow-zap" and s == "raw")
    highest = 1400

    def at(pages, cost):
        return (left + w * sizes.index(pages) / (len(sizes) - 1),
                top + h * (1 - cost / highest))
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           "<!-- SPDX-License-Identifier: GPL-2.0 -->",
           f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + w + 190}" height="{top + h + 60}"'
           ' font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="#fff"/>']
    for cost in range(0, highest + 1, 200):
        y = at(1, cost)[1]
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + w}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{cost}</text>')
    for pages in sizes:
        x = at(pages, 0)[0]
        out.append(f'<text x="{x:.1f}" y="{top + h + 18}" text-anchor="middle">{pages}</text>')
    out.append(f'<text x="{left + w / 2}" y="{top + h + 42}" text-anchor="middle">pages at once</text>')
    out.append(f'<text transform="translate(18 {top + h / 2}) rotate(-90)" text-anchor="middle">'
               "instructions for each page</text>")
    for i, (name, side, label, colour, dash) in enumerate(series):
        points = " ".join("%.1f,%.1f" % at(p, counts[name, p, side] / p) for p in sizes)
        style = f' stroke-dasharray="{dash}"' if dash else ""
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        y = top + 12 + 20 * i
        out.append(f'<line x1="{left + w + 12}" y1="{y}" x2="{left + w + 42}" y2="{y}"'
                   f' stroke="{colour}" stroke-width="2"{style}/>')
        out.append(f'<text x="{left + w + 48}" y="{y + 4}">{label}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


PAGE = """.. SPDX-License-Identifier: GPL-2.0

===========================
What typed VMA access costs
===========================

Instructions, counted by an emulator (QEMU, ``-icount shift=0``) on x86-64 with a
configuration as of a production kernel, and {compiler}.
Of many repetitions the least counts, of two boots the lesser; where the two differ it
says so. Beside each verb is raw C that makes the same checks, as a good driver has it.

{verbs}

A verb that is a function of its own, since modules cannot call what it calls, costs
a jump. Where more is added it is for a check, or a function, that raw code leaves out:

{reasons}

The last column is what more the typed verb takes in a kernel with ``CONFIG_DEBUG_VM``
and ``CONFIG_DEBUG_VMA_ACCESS``, with lockdep. Without the option it is not one
instruction.

The next table compares what the kernel's Rust abstractions and the typed verbs add to raw C,
in the same boots. Rust has no batch of inserts. With gcc its helpers are called, not inlined:

{rust}

What the conversions make of the size of drivers (bytes, *scripts/bloat-o-meter*):

{sizes}

How cost grows
==============

.. figure:: vma_access_cost.svg
   :alt: instructions for each page against the number of pages at once

   Instructions for each page, by how many are inserted or zapped at once. The typed
   lines are drawn over the raw ones.

*boots* is by how many instructions, of all these pages together, two boots differ:

{grow}

Inserts in the core
===================

What ``vm_insert_page()`` and ``vm_insert_pages()`` take, with the checks of a careful
driver, in the unmodified kernel and in that of the series:

{core}

binder
======

What ``binder_alloc_new_buf()`` takes for so many pages that were not there, without
finding the buffer (measured with the pages there) and without allocating and
clearing the pages (measured by themselves); the unmodified driver was booted once:

{binder}

Packet rings
============

``mmap()`` and ``munmap()`` of the ring of a packet socket, 128 pages in blocks of so
many. The pages of a block are one folio:

{ring}

Faults
======

User space reads a byte of each of 512 pages of a mapping, in order: vmf_insert_pfn() and
vma_fault_insert_pfn() map one page frame at each fault, vma_fault_insert_page_pfns() those
around it too. Exceptions and the core's handling of the faults are in it. A typed fault also
checks the kinds of mapping and of memory. Typed faults took
{read_before} before the core knew RAM by its struct page. The last column is what the
unmodified kernel takes, by what faults that map around take:

{around}

Live scope
==========

Each fault of an object takes its rwsem for read: two atomic operations on a cache line that
all who fault in this object share. Measured is CLASS(vma_object_live) with nothing in it, and
what could stand in its place; the last column is how much longer it takes while the other of
two processors does nothing else (median of three boots). Between two scopes a real fault
spends a hundred times as much elsewhere.

{scopes}

The rwsem stays, for these reasons:

* The threads of a process share the reference count of the VMA and the lock of the page table
  anyway, with two atomic operations each. On 64 processors the rwsem adds a third contended
  cache line to these two. It is the only one for 64 processes with one thread each. A fault
  that maps 16 pages takes it once for all of them.
* A revoke would have to wait for a grace period. A shrinker must not wait for one, as it may
  run in an allocation inside a live scope, and neither SRCU nor a per-cpu rwsem can be tried
  for write, as vma_object_try_zap() does.
* A per-cpu rwsem allocates memory for each object and each processor, so an object would have
  to be destroyed too, and setting one up could fail.

Shrinker
========

A shrinker can take adjacent pages back as one range, as pool_shrink() of the sample does
(*samples/vma_access/vma_pool.c*). Measured is vma_object_try_zap() alone, of 16 adjacent
pages that one VMA maps: {one} instructions with a call for each page, {range} with one call
for all, {shrink:.1f} times less. Finding the pages, the driver's locks and giving
the memory back are not in it.

Contention
==========

Two processors, one of which maps and unmaps elsewhere in the same mm, {disturb} times a
round. Meanwhile the other inserts and zaps a page, as often as it can; {rounds} rounds under
the VMA read guard and as many under the mmap read guard, by turns. A round of the former
beside the round of the latter that follows it; of each boot the median:

{contention}

Both processors are threads of an emulator, and which of the two gets the mmap lock when
both want it is not the same from boot to boot. Where the one that inserts holds the other
up, the other's work takes longer and more is inserted meanwhile: below 1, the last line
says how the mmap lock starves the other, not that inserting is slower. These figures are
not compared with those before.

What was tried
==============

*run* is instructions that are run, *code* those of the code; with a sign it is what is
more than raw C (*harness/bench/tried*):

{tried}

In binder and in a shrinker the batch gave most: see there.
"""


def tried():
    items = []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tried")) as f:
        for line in f:
            if not line.startswith("#"):
                what, before, after, how = line.rstrip("\n").split("\t")
                items.append(textwrap.fill(f"- {what}: {before}, then {after}. {how[0].upper()}{how[1:]}.",
                                           width=88, subsequent_indent="  "))
    return "\n".join(items)


def document(path, folder):
    compiler, counts, spread = load(path)
    rows = []
    for (name, pages, side), count in counts.items():
        if side != "typed" or name not in TITLE:
            continue
        raw = counts[name, pages, "raw"]
        debug = counts[name, pages, "debug-typed"] - counts[name, pages, "debug-raw"]
        by = max(spread[name, pages, "raw"], spread[name, pages, "typed"])
        rows.append((TITLE[name], pages, raw, count, f"{count - raw:+d}",
                     f"{100 * (count - raw) / raw:+.1f} %", by or "-",
                     f"{debug:+d}"))
    verbs = grid(rows, ("verb", "pages", "raw", "typed", "more", "share", "boots", "debug"))
    reasons = "\n".join(f"- {TITLE[n]}: {why}{'' if why[-1] in '?)' else '.'}" 
                        for n, (more, part, why) in ALLOWED.items()
                        if n in TITLE and (part >= 0.01 or more > 4))
    by_rust = [(TITLE[v], p, f"{n:+d}", f"{counts[v, p, 'typed'] - counts[v, p, 'raw']:+d}"
                if (v, p, "typed") in counts else "-") for (v, p), n in rust(counts).items()]
    sizes = sorted(p for n, p, s in counts if n == "grow-zap" and s == "raw")
    sides = ("one-by-one", "raw", "typed")
    rows = []
    for p in sizes:
        rows.append([p])
        for n in ("grow-insert", "grow-zap"):
            rows[-1] += [f"{counts[n, p, s] / p:.1f}" for s in sides]
            rows[-1].append(max(spread[n, p, s] for s in sides) or "-")
    grow = grid(rows, ("pages", "insert: one by one", "raw", "typed", "boots",
                       "zap: one by one", "raw", "typed", "boots"))
    binder = grid([(p, vma_part(counts, p, "base-"), vma_part(counts, p),
                    f"{vma_part(counts, p, 'base-') / vma_part(counts, p):.2f}",
                    sum(spread["binder-install", p, s] for s in ("fresh", "installed", "allocation")) or "-")
                   for p in binder_sizes(counts)],
                  ("pages", "unmodified", "converted", "times less", "boots"))
    core = grid([(what, p, counts[n, p, "base-raw"], c, f"{counts[n, p, 'base-raw'] / c:.2f}")
                 for what, name in (("one page", "insert-page"), ("single pages", "insert-pages"),
                                    ("pages of a folio", "insert-folio"))
                 for (n, p, s), c in counts.items() if n == name and s == "raw"],
                ("insert", "pages", "unmodified", "series", "times less"))
    ring = grid([(s.removeprefix("blocks-of-").replace("pages", "1"), counts["ring", 128, f"base-{s}"], c,
                  f"{counts['ring', 128, f'base-{s}'] / c:.2f}", spread["ring", 128, s] or "-")
                 for (n, _, s), c in counts.items() if n == "ring" and not s.startswith("base-")],
                ("pages of a block", "unmodified", "converted", "times less", "boots"))
    size = grid([(n[5:] + ".o", c, counts[n, p, "converted"], f"{counts[n, p, 'converted'] - c:+d}")
                 for (n, p, s), c in counts.items() if n.startswith("size-") and s == "base"],
                ("object", "unmodified", "converted", "more"))
    rounds = sorted({p for n, p, s in counts if n == "contention"})

    def compared(what, ratio_of):
        return (what, *(f"{statistics.median(ratio_of(n, r) for r in rounds):.2f}" for n in TWO))

    def inserts(boot, r):
        return counts["contention", r, f"vma-lock-{boot}"] / counts["contention", r, f"mmap-lock-{boot}"]

    def slower(boot, r):
        return counts["contention-us", r, f"mmap-lock-{boot}"] / counts["contention-us", r, f"vma-lock-{boot}"]

    contention = grid([compared("times as many mmap() calls of the other thread, in the same time", slower),
                       compared("times as many inserts of this thread, in the same time",
                                lambda n, r: inserts(n, r) * slower(n, r)),
                       compared("both, in the same time (geometric mean)",
                                lambda n, r: math.sqrt(inserts(n, r)) * slower(n, r)),
                       compared("times as many inserts of this thread, for the same work of the other",
                                inserts)],
                      ("under the VMA read guard", "boot 1", "boot 2", "boot 3"))
    around = grid([(what, base, raw, one, n, f"{base / n:.1f}") for what, base, raw, one, n in (
                       (what, *(counts[name, 512, s] for s in ("base-raw", "raw", "one-by-one", "around")))
                       for what, name in (("single pages", "read-pages"), ("pages of a folio", "read-folio")))],
                  ("pages", "raw, without the series", "raw, with it", "a typed fault each",
                   "around the fault", "times less"))
    def busy(side):
        return statistics.median(counts["contention-live", 1, f"{side}-both-{n}"] /
                                 counts["contention-live", 1, f"{side}-alone-{n}"] for n in TWO)

    scopes = grid([(what, counts["live", 1, side], f"{busy(side):.2f}") for what, side in (
                       ("rwsem, as it is", "rwsem"), ("SRCU", "srcu"), ("per-cpu rwsem", "percpu-rwsem"))],
                  ("an empty live scope", "instructions", "times as long beside another"))
    one, as_range = (counts["shrink-16", 16, s] for s in ("one-by-one", "range"))
    page = PAGE.format(compiler=compiler, verbs=verbs, reasons=reasons, sizes=size, grow=grow,
                       rust=grid(by_rust, ("verb", "pages", "Rust", "typed C")),
                       around=around, read_before=READ_BEFORE, scopes=scopes,
                       core=core, binder=binder, ring=ring, one=one, range=as_range, shrink=one / as_range,
                       disturb=next(p for n, p, s in counts if n == "contention-maps"),
                       rounds=len(rounds), contention=contention, tried=tried())
    with open(os.path.join(folder, "vma_access_cost.rst"), "w") as f:
        f.write(page)
    with open(os.path.join(folder, "vma_access_cost.svg"), "w") as f:
        f.write(picture(counts))


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "results":
        return results(*sys.argv[2:])
    if len(sys.argv) == 4 and sys.argv[1] == "judge":
        return judge(*sys.argv[2:])
    if len(sys.argv) == 4 and sys.argv[1] == "document":
        return document(*sys.argv[2:])
    print(__doc__.strip(), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
