#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which functions of an unmodified kernel configure a VMA, and can the layer write them?

	survey.py REPO SOURCE RESULTS [--write | --sample N SEED]
	survey.py REPO - RESULTS

SOURCE is the unmodified tree; with "-" only the names in PATTERNS are looked up in the
layer's headers. --sample prints some functions of drivers to read by hand.

A function is listed if it has a VMA or a descriptor and its text matches a pattern that
changes the VMA, or if it is an ->mmap() hook that tests accesses or sharing. PATTERNS has
the function of the layer that serves a pattern, OUT the reasons why none does. RESULTS gets
"PASS|FAIL|SKIP <tab> what <tab> why".
"""
import bisect
import collections
import pathlib
import random
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import users

PAGE = "harness/results/vma_access_survey.rst"
FOLDERS = ("arch/x86", "block", "crypto", "drivers", "fs", "init", "io_uring", "ipc",
           "kernel", "lib", "net", "samples", "security", "sound", "virt")

# key: (what the function does, the names of the layer that do it)
PATTERNS = {
    "size": ("checks size or offset", "vma_new_fits()"),
    "private": ("sets private data", "vma_new_set_type()"),
    "ops": ("sets vm_ops", "DEFINE_VMA_TYPE(), vma_new_set_type()"),
    "prot": ("sets the page protection", "vma_new_set_prot()"),
    "flags": ("changes flags", "vma_new_set_type()"),
    "access": ("tests or denies read, write, exec", "vma_new_settle(), vma_new_deny()"),
    "share": ("tests shared or copy-on-write", "vma_new_require_shared()"),
    "remap": ("remaps page frames", "vma_new_remap_pfn(), vma_new_iomap()"),
    "fault": ("inserts in a fault", "vma_fault_insert_page(), vma_fault_insert_pfn(), "
              "vma_fault_insert_page_pfns(), vma_fault_insert_huge_pfn(), vma_pfnmap_insert_pfn(), "
              "vma_mixedmap_insert_page()"),
    "offset": ("rewrites the offset", "vma_new_set_pgoff()"),
    "dma": ("maps DMA memory", "vma_new_dma_mmap(), vma_new_dma_mmap_at()"),
    "pages": ("inserts pages", "vma_new_map_pages(), vma_new_map_vmalloc(), "
              "vma_mixedmap_insert_page()"),
    "file": ("replaces the file", "vma_new_set_file()"),
    "zap": ("zaps", "vma_ref_zap_range()"),
    "over": ("runs after a subsystem has set vm_ops", "DEFINE_VMA_TYPE_OVER(), "
             "vma_new_set_type_over()"),
}
# key: why the layer has no function for it. The first of WHOLE leave nothing to write.
WHOLE = {
    "core": "belongs to no driver: a file system, the vdso, exec, or a helper of the core",
    "special": "makes a special mapping",
    "hugetlb": "works on hugetlb mappings",
    "nommu": "is for a kernel without an MMU",
}
OUT = {
    **WHOLE,
    "live flags": "changes flags of a VMA in use",
    "live data": "changes private data, vm_ops, offset or protection of a VMA in use",
    "flag": "changes a flag that no policy has",
    "flag value": "takes flags from a variable",
    "bounds": "rewrites the VMA's start or end",
    "prot value": "sets a protection that is not noncached, write-combined or decrypted",
    "prot insert": "inserts a page frame with a protection that is not derived from the VMA's",
    "own hook": "has a ->may_split() or ->mremap() hook that decides, or a memory policy",
    "->access": "has an ->access() hook for memory that is no owner's pages",
    "other ops": "sets vm_ops that are only known at run time",
    "no ops": "takes the hooks away, or makes the VMA anonymous",
    "below": "replaces the vm_ops or the private data that a subsystem has set",
    "kernfs": "sets vm_ops for a file of kernfs, which replaces them",
    "I/O parts": "remaps I/O memory into a part",
    "DMA other": "maps DMA memory that is not of dma_alloc_attrs()",
    "mixed": "inserts page frames into a VM_MIXEDMAP mapping",
    "folio": "inserts huge pages, or writable ones",
    "entries": "writes page table entries by itself, or of another size",
}
# The one ->access() of a driver that shows an owner's pages: DEFINE_VMA_ACCESS().
PAGES_ACCESS = "comedi_vm_access"
# Flags that a policy, or settling an access, sets or clears.
FLAGS_SET = {"IO", "PFNMAP", "MIXEDMAP", "DONTEXPAND", "DONTDUMP", "DONTCOPY"}
# Nothing has set VM_PFNMAP when a hook of DRM's clears it.
FLAGS_CLEARED = {"MAYREAD", "MAYWRITE", "MAYEXEC", "READ", "WRITE", "EXEC", "PFNMAP"}
# These set vm_ops, and perhaps the private data, before they call a driver's hook.
BELOW = {"drm_gem_object_funcs": "mmap", "snd_pcm_ops": "mmap", "ib_device_ops": "mmap",
         "bpf_map_ops": "map_mmap"}
VMA_HOOKS = {"open", "close", "fault", "huge_fault", "map_pages", "page_mkwrite",
             "pfn_mkwrite", "mremap", "may_split", "mprotect", "access", "pagesize"}

# The VMA's own protection, and what may be derived from it.
OWN_PROT = re.compile(r"pgprot_(?:noncached|writecombine|decrypted)\b|vma_get_page_prot\(\w+\)|"
                      r"vm_get_page_prot\(\w+->vm_flags\)|\w+->(?:vm_)?page_prot\b")

CALL = r"\b(?:%s)\s*\("
VMA = r"(?:[\w.>-]*?\bv\w*|\bdesc|\barea|\w*vm_area\w*)"
FIND = {
    "size": r"vm_end\s*-\s*[\w.>-]*vm_start|\bvma_pages\(|vma_desc_(?:size|pages)\(|"
            r"desc->end\s*-|(?:->vm_pgoff|desc->pgoff)\s*(?:[<>!=]=|<|>)",
    "private": r"->vm_private_data\s*=[^=]|\bdesc->private_data\s*=[^=]",
    "ops": r"\b(?:vma|area|desc|\w*vma|vm)->vm_ops\s*=[^=]",
    "prot": r"->vm_page_prot\s*=[^=]|\bdesc->page_prot\s*=[^=]|pgprot_val\([\w>-]*vm_page_prot\)\s*[|&]?=[^=]",
    "flags": CALL % r"(?:__)?vm_flags_(?:set|clear|mod|init|reset|reset_once)|"
                    r"vma_(?:desc_)?(?:set|clear)_flags(?:_mask)?" +
             r"|->vm_flags\s*[|&]?=[^=]|desc->vma_flags\s*=[^=]",
    "remap": CALL % r"(?:io_)?remap_pfn_range(?:_notrack)?|vm_iomap_memory|remap_4k_pfn|"
                    r"mmap_action_(?:remap|ioremap|simple_ioremap|remap_full|ioremap_full)",
    "fault": CALL % r"vmf_insert_\w+",
    "offset": r"->vm_pgoff\s*[-+&|]?=[^=]|\bdesc->pgoff\s*[-+&|]?=[^=]",
    "dma": CALL % r"dma_mmap_(?:coherent|attrs|wc|writecombine|pages|noncontiguous)",
    "pages": CALL % r"vm_insert_pages?|vm_map_pages(?:_zero)?|remap_vmalloc_range(?:_partial)?|"
                    r"mmap_action_map_kernel_pages(?:_full)?",
    "file": CALL % "vma_set_file" + r"|->vm_file\s*=[^=]",
    "zap": CALL % r"zap_(?:vma|vma_range|special_vma_range|vma_ptes|page_range_single)",
    "access": r"VMA?_(?:MAY)?(?:READ|WRITE|EXEC)\b",
    "share": r"VMA?_(?:MAY)?SHARED?\b|is_cow_mapping\(",
}
FIND = {k: re.compile(v) for k, v in FIND.items()}
# A test of these in a hook that sets a mapping up is a policy, too.
TESTS = {"size", "access", "share"}
ARGUMENT = re.compile(r"\bstruct vm_area_(?:struct|desc)\s*\*|\bvmf->vma\b|\bstruct vm_fault\s*\*")
LOOKUP = re.compile(CALL % r"find_vma\w*|vma_lookup|lock_vma_under_rcu|for_each_vma\w*|"
                    r"mmap_(?:read|write)_(?:try)?lock\w*|vma_start_write|find_exact_vma|"
                    r"vma_interval_tree_foreach|i_mmap_lock_\w+")
FUNCTION = re.compile(r"^[A-Za-z_][^;{}#=]*?\)\s*"
                      r"(?:__\w+(?:\([^)]*\))?\s*)*\{", re.M)
TABLE = re.compile(r"\bstruct (\w+)\s+(\w+)(?:\[\w*\])?[\w\s]*=\s*\{(.*?)\n\}", re.S)


def code_of(text):
    """The text without comments and strings, with the same lines."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"',
                  lambda m: '""' if m[0][0] == '"' else re.sub(r"[^\n]", "", m[0]), text, flags=re.S)


def without_mmu(code):
    """The numbers of the lines that are for a kernel without an MMU."""
    found, stack = set(), []
    if "MMU" not in code:
        return found
    for number, line in enumerate(code.splitlines(), 1):
        if m := re.match(r"\s*#\s*(ifdef|ifndef|if|else|elif|endif)\b(.*)", line):
            word, rest = m.groups()
            if word.startswith("if"):
                mmu = re.fullmatch(r"\s*!?(?:defined\(?\s*)?(?:CONFIG_)?MMU\)?\s*(?:/\*.*)?", rest)
                stack.append((word == "ifndef" or "!" in rest) if mmu else None)
            elif word == "endif" and stack:
                stack.pop()
            elif stack and stack[-1] is not None:
                stack[-1] = not stack[-1]
        elif any(stack):
            found.add(number)
    return found


def arguments(body, at):
    """The arguments of the call whose parenthesis is before @at."""
    depth, args, start = 1, [], at
    for i in range(at, min(len(body), at + 2000)):
        c = body[i]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if not depth or (c == "," and depth == 1):
            args.append(body[start:i].strip())
            start = i + 1
        if not depth:
            break
    return args


def calls(body, names):
    for m in re.finditer(CALL % names, body):
        yield m, arguments(body, m.end())


class Tree:
    def __init__(self, source):
        self.files, self.hooks = {}, collections.defaultdict(set)
        self.tables, self.bodies = collections.defaultdict(dict), {}
        need = r"vm_area_(struct|desc)\b|vmf->vma|\.(mmap|mmap_prepare|map_mmap)[[:space:]]*="
        names = subprocess.run(["grep", "-rlE", "--include=*.[ch]", need, *FOLDERS], cwd=source,
                               check=True, capture_output=True, text=True).stdout.split()
        for name in sorted(names):
            self.files[name] = code_of((source / name).read_text(errors="replace"))
        for name, code in self.files.items():
            for kind, table, body in TABLE.findall(code):
                members = dict(re.findall(r"\.(\w+)\s*=\s*&?(\w+)", body))
                if kind == "vm_operations_struct":
                    self.tables[table][name] = members
                for member, function in members.items():
                    self.hooks[function].add((name, kind, member))

    def hooks_of(self, path, function, static):
        return {(kind, member) for name, kind, member in self.hooks[function]
                if name == path or not static}

    def functions(self):
        everything = []
        for path, code in self.files.items():
            if not ARGUMENT.search(code):
                continue
            lines = [m.start() for m in re.finditer("\n", code)]
            nommu, end, found = None, 0, []
            for m in FUNCTION.finditer(code):
                if m.start() < end:
                    continue
                stop = code.find("\n}", m.end())
                if stop < 0:
                    continue
                end = stop
                head = m[0].split("\n\n")[-1]
                name = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__|__printf", "", head))
                if not name:
                    continue
                self.bodies[path, name[1]] = code[m.end():stop]
                if not ARGUMENT.search(head + code[m.end():stop]):
                    continue
                begin = m.end() - len(head)
                line = bisect.bisect_left(lines, begin + head.index(name[1])) + 1
                if nommu is None:
                    nommu = without_mmu(code)
                # Lines for a kernel without an MMU count only if there are no others.
                body = code[m.end():stop]
                first = bisect.bisect_left(lines, m.end()) + 1
                mmu = "\n".join("" if first + i in nommu else text
                                for i, text in enumerate(body.split("\n")))
                only = not any(FIND[k].search(mmu) for k in FIND.keys() - TESTS) and \
                    any(FIND[k].search(body) for k in FIND.keys() - TESTS)
                found.append(Function(self, path, name[1], line, head, body if only else mmu,
                                      line in nommu or only))
            everything += found
        called = collections.defaultdict(list)
        for f in everything:
            for name in set(re.findall(r"\b(\w+)\s*\(", f.body)):
                called[name].append(f)
        for f in everything:
            f.callers = [g for g in called[f.name] if g is not f and
                         (g.path == f.path or "static" not in f.head)]
        return everything


class Function:
    def __init__(self, tree, path, name, line, head, body, nommu):
        self.tree, self.path, self.name, self.line = tree, path, name, line
        self.head, self.body, self.nommu = head, body, nommu
        self.hooks = tree.hooks_of(path, name, "static" in head)
        self.patterns, self.out, self.details, self.callers = set(), set(), set(), []

    def is_mmap(self):
        """Is it a hook, or the helper of one, that sets a mapping up?"""
        if any(member in ("mmap", "mmap_prepare", "map_mmap", "mmap_capable") for _, member in self.hooks):
            return True
        return "mmap" in self.name and not self.in_use()

    def of_vma(self):
        return {member for kind, member in self.hooks if kind == "vm_operations_struct"}

    def in_use(self, depth=3):
        """Is the VMA one that is mapped already?"""
        if self.of_vma() & VMA_HOOKS or "struct vm_fault" in self.head:
            return True
        if not re.search(r"struct vm_area_(?:struct|desc)", self.head):
            return bool(LOOKUP.search(self.body))
        return depth > 0 and any(f.in_use(depth - 1) for f in self.callers)

    def below(self, depth=3):
        return any(BELOW.get(kind) == member for kind, member in self.hooks) or \
            depth > 0 and any(f.below(depth - 1) for f in self.callers)

    def judge(self):
        for key, pattern in FIND.items():
            if pattern.search(self.body):
                self.patterns.add(key)
        if not self.patterns - TESTS and not (self.patterns - {"size"} and self.is_mmap()):
            return False
        if self.patterns <= TESTS and not (re.search(r"return -E|= -E", self.body) and
                                           re.search(r"vm_flags|vma_flags|_test|is_cow", self.body)):
            return False
        # A copy of its members, or one that goes.
        if self.patterns - TESTS <= {"file", "offset"} and \
           not re.search(r"vm_area_(?:struct|desc)\b", self.head):
            return False
        if "close" in self.of_vma() and self.patterns - TESTS <= {"private"} and \
           re.search(r"vm_private_data\s*=\s*NULL", self.body):
            return False
        if self.below():
            self.patterns.add("over")
        self.context()
        self.flags()
        self.protection()
        self.operations()
        self.mapping()
        return True

    def context(self):
        path, body = self.path, self.body
        if self.nommu or "nommu" in path or re.search(r"nommu|_get_unmapped_area_nommu", self.name):
            self.out.add("nommu")
        if re.search(r"_install_special_mapping|vm_special_mapping", self.head + body):
            self.out.add("special")
        if re.search(r"hugetlb", path + self.name):
            self.out.add("hugetlb")
        if re.match(r"fs/|ipc/|init/|security/|arch/x86/(?:entry|kernel/(?!cpu/)|mm|um|xen)|"
                    r"kernel/(?:fork|exec|sched|time/|events/uprobes|dma/)|lib/(?!test_)|drivers/iommu/dma-", path):
            self.out.add("core")

    def flags(self):
        body = self.body
        new = not self.in_use()
        for m, args in calls(body, r"(?:__)?vm_flags_(?:set|clear|mod|init|reset|reset_once)|"
                             r"vma_(?:desc_)?(?:set|clear)_flags(?:_mask)?"):
            if not new:
                self.out.add("live flags")
            verb, rest = m[0], args[1:]
            pairs = [("set", rest[0] if rest else ""), ("clear", rest[1] if len(rest) > 1 else "")] \
                if "mod" in verb else [("clear" if "clear" in verb else "set", ",".join(rest))]
            for what, text in pairs:
                names = set(re.findall(r"\bVMA?_(\w+?)(?:_BIT)?\b(?!\()", text))
                left = re.sub(r"\bVMA?_\w+|\bvma->vm_flags\b|\b0\b", "", text)
                if re.search(r"\w", re.sub(r"mk_vma_flags|append_vma_flags", "", left)):
                    self.out.add("flag value")
                allowed = FLAGS_SET if what == "set" else FLAGS_CLEARED
                if "SPECIAL" in names or names - allowed - {"NONE"}:
                    self.out.add("flag")
                    self.details |= {f"{'+' if what == 'set' else '-'}VM_{n}" for n in names - allowed}
        if re.search(r"->vm_flags\s*[|&]?=[^=]", body):
            self.out.add("flag value" if new else "live flags")

    def protection(self):
        body = self.body
        for value in re.findall(r"(?:->vm_page_prot|\bdesc->page_prot)\s*=([^=][^;]*);", body):
            self.own_prot(value)
        if re.search(r"pgprot_val\([\w>-]*vm_page_prot\)\s*[|&]?=[^=]", body):
            self.out.add("prot value")
        for m, args in calls(body, r"(?:io_)?remap_pfn_range"):
            # PAGE_SHARED is a mistake (R11): the VMA's own is meant.
            if len(args) == 5 and args[4] != "PAGE_SHARED":
                self.own_prot(args[4])

        # vm_page_prot is the VMA's own, if nothing in the file has changed it.
        new = re.search(r"->vm_page_prot\s*=", self.tree.files[self.path])
        for m, args in calls(body, "vmf_insert_pfn_prot"):
            value = args[-1]
            for name in re.findall(r"\b\w*prot\b(?!\()", value):
                value += "".join(re.findall(rf"(?<![->\w]){name}\s*=([^=][^;]*);", body))
            if new and "vm_get_page_prot" in value:
                self.out.add("prot insert")
            self.own_prot(args[-1], key="prot insert")

    def own_prot(self, value, depth=2, key="prot value"):
        """Is a protection the VMA's own, or derived from it as the layer can?"""
        for name in re.findall(r"\w+", OWN_PROT.sub("", value)):
            given = re.findall(rf"(?<![->\w]){name}\s*=([^=][^;]*);", self.body)
            if not depth or not given:
                self.out.add(key)
            for other in given:
                if name not in re.findall(r"\w+", other):
                    self.own_prot(other, depth - 1, key)
                elif re.sub(rf"\b{name}\b", "", OWN_PROT.sub("", other)).strip(" ()"):
                    self.out.add(key)

    def operations(self):
        body, live, ops = self.body, self.in_use(), False
        for m in re.finditer(FIND["ops"].pattern[:-len("[^=]")] + r"(?!=)\s*([^;]*);", body):
            value = m[1].strip()
            ops = True
            table = re.fullmatch(r"\(?&?\s*(\w+(?:\[[^\]]*\])?)\)?", value)
            if value in ("NULL", "&vma_dummy_vm_ops"):
                self.out.add("no ops")
                continue
            names = re.findall(r"&\s*(\w+)", value)
            if not names and table and self.tree.tables.get(table[1]):
                names = [table[1]]
            if not names or "->" in value:
                self.out.add("other ops")
                continue
            if self.below():
                self.out.add("below")
            for name in names:
                where = self.tree.tables.get(name, {})
                members = where.get(self.path) or next(iter(where.values()), {})
                if "set_policy" in members or any(self.decides(members[hook]) for hook in
                                                  ("may_split", "mremap") if hook in members):
                    self.out.add("own hook")
                if members.get("access", PAGES_ACCESS) != PAGES_ACCESS:
                    self.out.add("->access")
        if "vma_set_anonymous" in body or "vma_desc_set_anonymous" in body:
            self.out.add("no ops")
        if self.below() and "private" in self.patterns:
            self.out.add("below")
        if ops and "bin_attribute" in self.head:
            self.out.add("kernfs")
        if live and self.patterns & {"private", "ops", "offset", "prot"}:
            self.out.add("live data")

    def decides(self, hook):
        """Does a hook do more than to refuse? That is a policy."""
        body = self.tree.bodies.get((self.path, hook), "")
        return not re.fullmatch(r"\s*return -E\w+;\s*", body)

    def mapping(self):
        body = self.body
        if re.search(r"\b(?:vma|area|\w*vma|desc)->(?:vm_)?(?:start|end)\s*[-+]?=[^=]", body):
            if "dma" not in self.patterns:
                self.out.add("bounds")
        for m, args in calls(body, r"io_remap_pfn_range|mmap_action_ioremap"):
            if len(args) > 1 and not re.search(r"(?:vma|area|desc)->(?:vm_)?start$|^start$|^addr$|^from$", args[1]):
                self.out.add("I/O parts")
            elif self.loop_around(m.start()):
                self.out.add("I/O parts")
        if re.search(CALL % "dma_mmap_(?:pages|noncontiguous)", body):
            self.out.add("DMA other")
        kinds = set(re.findall(r"\bvmf_insert_(\w+)\s*\(", body))
        if "mixed" in kinds or "mixed_mkwrite" in kinds:
            self.out.add("mixed")
        if {k for k in kinds if k.startswith("folio")} or "page_mkwrite" in kinds:
            self.out.add("folio")
        if re.search(CALL % r"apply_to_page_range|remap_4k_pfn|set_pte_at|xen_remap_\w+|remap_oldmem_pfn_range", body):
            self.out.add("entries")

    def loop_around(self, at):
        """Is the text at @at inside a loop?"""
        for m in re.finditer(r"\b(?:for\w*|while)\s*\([^;{]*(?:;[^;{]*;[^{;]*)?\)\s*\{", self.body[:at]):
            depth = 1
            for c in self.body[m.end():at]:
                depth += (c == "{") - (c == "}")
                if not depth:
                    break
            if depth:
                return True
        return False

    def verdict(self):
        if not self.out:
            return "whole"
        if self.out & WHOLE.keys() or not self.patterns - self.unserved() - TESTS:
            return "not"
        return "part"

    def unserved(self):
        """The patterns of which nothing is left when what is out is taken away."""
        pairs = {"live flags": {"flags"}, "flag": {"flags"}, "flag value": {"flags"},
                 "prot value": {"prot"}, "other ops": {"ops"}, "no ops": {"ops"},
                 "below": {"ops", "private"}, "live data": {"private", "ops", "offset", "prot"},
                 "DMA other": {"dma"}, "I/O parts": {"remap"},
                 "mixed": {"fault"}, "prot insert": {"fault"}, "folio": {"fault"}, "own hook": {"ops"}}
        return set().union({"over"}, *(pairs.get(key, set()) for key in self.out))


HEAD = """.. SPDX-License-Identifier: GPL-2.0

======================================
Typed VMA access: a survey of the code
======================================

This page lists the functions of Linux {version} that configure a VMA, and says which of
them the layer has functions for. ``harness/run survey --write`` writes it.

A function is listed if it has a ``struct vm_area_struct`` or ``struct vm_area_desc``, or
handles a fault, and sets a member of the VMA, maps or inserts memory, or zaps. A hook that
only tests read, write, exec or sharing is listed too. mm/, Documentation/, tools/, headers
of include/ and architectures other than x86 are left out. So are handlers that only return
a page in ``vmf->page``, which vma_fault_return_page() serves, and hooks that leave all of it
to another function.

A script decides by the names in a function's text. *Whole*: the layer has a function for
each pattern. *Part*: it has functions for some patterns; the others need __vma_raw() or
vma_new_hand_on(). *Not*: the layer serves no pattern, or the code belongs to no driver. The
script does not see whether the memory stays for as long as it is mapped, nor whether the
hooks of ``vm_ops`` do more with the VMA than hold an owner.

"""
CHECKED = """
How it was checked
==================

{checked}

"""


def page_of(found, version, checked):
    def count(fs):
        verdicts = collections.Counter(f.verdict() for f in fs)
        return [str(len(fs)), *(str(verdicts[v]) for v in ("whole", "part", "not"))]

    def title(text):
        return f"\n{text}\n{'=' * len(text)}\n\n"

    def part(name, fs):
        return (name, *count(fs))

    core = [f for f in found if f.out & WHOLE.keys()]
    driver = [f for f in found if not f.out & WHOLE.keys()]
    use = [f for f in driver if f.in_use()]
    page = HEAD.format(version=version) + users.table([
        ("functions", "all", "whole", "part", "not"),
        part("of drivers, that set up a mapping", [f for f in driver if not f.in_use()]),
        part("of drivers, for a VMA in use: faults, inserts, zaps", use),
        part("of file systems and the core, or without an MMU", core),
        part("the same, only those that set up a mapping", [f for f in core if not f.in_use()]),
        part("all", found)])
    page += title("Patterns") + users.table([("key", "what a function does", "all", "whole", "part", "not",
                                              "functions of the layer")] + [
        (key, text, *count([f for f in found if key in f.patterns]), verb)
        for key, (text, verb) in PATTERNS.items()])
    flags = collections.Counter(d[1:] for f in driver for d in f.details if d[1:4] == "VM_")
    page += title("Reasons")
    page += ("A function can have several of these reasons. The second number does not count "
             "those of\nfile systems, the core and kernels without an MMU.\n\n")
    page += users.table([("key", "all", "drivers", "the function ...")] + [
        (key, str(sum(key in f.out for f in found)), str(sum(key in f.out for f in driver)), why)
        for key, why in OUT.items() if any(key in f.out for f in found)])
    if flags:
        names = ", ".join(f"{n} ({c})" for n, c in sorted(flags.items(), key=lambda i: (-i[1], i[0])))
        page += f"\nThe flags that no policy has, in drivers: {names}.\n"
    page += CHECKED.format(checked=checked)
    for verdict, text in (("whole", "Functions that can be written wholly"),
                          ("part", "Functions that can be written in part"),
                          ("not", "Functions that are out")):
        page += title(text) + "::\n"
        path = None
        for f in found:
            if f.verdict() != verdict:
                continue
            if f.path != path:
                path = f.path
                page += f"\n  {path}\n"
            out = f"; out: {', '.join(k for k in OUT if k in f.out)}" if f.out else ""
            patterns = ", ".join(k for k in PATTERNS if k in f.patterns)
            page += f"    {f.line} {f.name}(): {patterns}{out}\n"
        page += "\n"
    return page.replace("\n\n\n", "\n\n").rstrip("\n") + "\n"


def main(repo, source, results, what):
    headers, sources = ("\n".join(p.read_text() for p in sorted(repo.glob(g))) for g in
                        ("include/linux/vma_access*.h", "mm/vma_access*.c"))
    names = users.public(headers, sources)
    bad, skip = [], ""
    for text, verb in PATTERNS.values():
        bad += [(name, "is in survey.py, and is no public name of the layer")
                for name in verb.split(", ") if name not in names]
    path = repo / PAGE
    old = path.read_text() if path.exists() else ""
    if source != "-":
        source = pathlib.Path(source)
        version = ".".join(re.findall(r"^(?:VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)$",
                                      (source / "Makefile").read_text(), re.M))
        found = [f for f in Tree(source).functions() if f.judge()]
        if what[:1] == ["--sample"]:
            # The others are out by the file that they are in.
            mine = [f for f in found if not f.out & WHOLE.keys()]
            for f in random.Random(int(what[2])).sample(mine, int(what[1])):
                print(f"{f.path}:{f.line} {f.name}() {f.verdict()}: {', '.join(sorted(f.patterns))}; "
                      f"out: {', '.join(sorted(f.out))} {sorted(f.details)}")
        checked = (repo / "harness/check/survey.checked").read_text()
        checked = "\n".join(line for line in checked.splitlines() if not line.startswith("#"))
        page = page_of(found, version, checked)
        if what == ["--write"]:
            path.write_text(page)
        elif f"functions of Linux {version} " not in old and old:
            skip = f"the page is about another kernel than {version}"
        elif page != old:
            bad.append(("page", f"{PAGE} is not what the sources say; harness/run survey --write"))
    with open(results, "w") as f:
        f.writelines(f"FAIL\tsurvey {name}\t{why}\n" for name, why in bad)
        if not bad:
            f.write(f"SKIP\tsurvey\t{skip}\n" if skip else "PASS\tsurvey\t\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]))
