#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Is the list of vma_access_strict.h whole? Every function and macro of include/linux
that takes or returns a VMA, or an mm_struct, or what carries one, is poisoned there, or
stands in strict.allow with the reason why a strict file may say it:

	strict-names.py TREE ALLOW [HEADER]	compares, says what is missing or stale
	strict-names.py --list TREE		prints what the headers have
"""

import re
import sys
from pathlib import Path

# Types that are raw, and those with a member that is.
RAW = r"struct\s+(?:vm_area_struct|vm_area_desc|vm_fault|vma_iterator|mmap_action|mm_walk" \
      r"|migrate_vma|hmm_range|follow_pfnmap_args|folio_walk|page_vma_mapped_walk" \
      r"|vm_special_mapping|vm_unmapped_area_info|mm_struct)\b"
# Those that get at an mm by the task at hand, or by a task.
BY_NAME = r"(?:\w*(?:get|pin)_user_pages\w*|\w*(?:get|pin)_user_page\w*|access_process_vm\w*" \
	  r"|access_remote_vm\w*|fixup_user_fault\w*|mmap_(?:read|write)_\w+|vma_\w+|vmf_\w+" \
	  r"|unmap_mapping_\w+|vm_get_page_prot)"
# Before a function's name: annotations, and macros that end without a semicolon.
NO_NAME = r"[A-Z0-9_]+|__attribute__|__printf|__section|__alloc_size|__malloc|__typeof__|typeof" \
	  r"|__(?:cond_)?(?:acquires|releases)\w*|__must_\w+|__aligned|sizeof|void|int|long|bool|struct"


def plain(text):
	"""Without comments, strings and line continuations."""
	text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
	text = re.sub(r"//[^\n]*", " ", text)
	text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
	return text.replace("\\\n", " ")


def without_bodies(text):
	"""Text at the top level only; a body leaves a semicolon."""
	out, depth = [], 0
	for c in text:
		if c == "{":
			depth += 1
			if depth == 1:
				out.append(";")
		elif c == "}":
			depth = max(0, depth - 1)
		elif depth == 0:
			out.append(c)
	return "".join(out)


def functions(text):
	"""The functions declared or defined, each with all its declaration says."""
	text = re.sub(r"^[ \t]*#[^\n]*", "", text, flags=re.M)
	text = re.sub(r'extern\s+""\s*{', "", text)
	for decl in without_bodies(text).split(";"):
		decl = re.sub(r"__attribute__\s*\(\(.*?\)\)", " ", decl, flags=re.S)
		if re.match(r"\s*typedef\b", decl) or "=" in decl.split("(")[0]:
			continue
		call = re.compile(r"([A-Za-z_]\w*)\s*\(")
		m = call.search(decl)
		while m and re.fullmatch(NO_NAME, m[1]):
			depth, end = 1, m.end()
			while depth and end < len(decl):
				depth += (decl[end] == "(") - (decl[end] == ")")
				end += 1
			decl = decl[end:]
			m = call.search(decl)
		if m:
			yield m[1], decl


def macros(text):
	for m in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)\n]*\))?([^\n]*)", text, flags=re.M):
		yield m[1], m[2] or "", m[3]


def raw_names(tree):
	found, bodies = {}, {}
	for path in sorted((tree / "include/linux").rglob("*.h")):
		if path.name.startswith("vma_access"):
			continue
		text = plain(path.read_text(errors="replace"))
		where = str(path.relative_to(tree / "include/linux"))
		for name, decl in functions(text):
			if re.search(RAW, decl) or re.fullmatch(BY_NAME, name):
				found.setdefault(name, where)
		for name, args, body in macros(text):
			if not body.strip() and not args:
				continue
			if re.search(RAW, body) or (args and (re.fullmatch(BY_NAME, name) or
					re.search(r"\bvmas?\b|__vma", args + body))):
				found.setdefault(name, where)
			bodies.setdefault(name, (where, body))
	# And what a macro only passes on.
	while True:
		more = {name: where for name, (where, body) in bodies.items()
			if name not in found and set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", body)) & found.keys()}
		if not more:
			return found, bodies.keys()
		found.update(more)


def poisoned(header):
	text = plain(header.read_text())
	names = re.findall(r"^#pragma GCC poison (.*)$", text, flags=re.M)
	return set(" ".join(names).split()), set(re.findall(r"^#undef (\w+)$", text, flags=re.M))


def allowed(path):
	"""The names, each with the reason that stands over it."""
	names, reason, said = {}, None, True
	for nr, line in enumerate(path.read_text().splitlines(), 1):
		if line.startswith("#"):
			reason = line[1:].strip() if said else reason + " " + line[1:].strip()
			said = False
		elif line.strip():
			said = True
			if not reason:
				sys.exit(f"{path}:{nr}: no reason stands over this")
			names.update(dict.fromkeys(line.split(), reason))
	return names


def members(tree):
	"""The members of struct vm_area_struct, and those of all other structs of include/."""
	own, others = set(), {}
	for path in sorted((tree / "include").rglob("*.h")):
		if path.name.startswith("vma_access"):
			continue
		text = plain(path.read_text(errors="replace"))
		for m in re.finditer(r"\b(?:struct|union)\s+(\w+)[^;{()]*{", text):
			depth, end = 1, m.end()
			while depth and end < len(text):
				depth += (text[end] == "{") - (text[end] == "}")
				end += 1
			for name in re.findall(r"[\w*]\s+\*?(\w+)\s*(?:\[[^]]*\]\s*)?[;,:]|\(\*(\w+)\)",
					       text[m.end():end]):
				name = name[0] or name[1]
				if m[1] == "vm_area_struct":
					own.add(name)
				elif m[1] not in ("vm_area_desc", "vm_region", "anon_vma_chain"):	# mm's own
					others.setdefault(name, f"struct {m[1]} of {path.name}")
	return own, others


def main():
	args = [a for a in sys.argv[1:] if a != "--list"]
	tree = Path(args[0])
	found, macro_names = raw_names(tree)
	if "--list" in sys.argv:
		for name, where in sorted(found.items(), key=lambda x: (x[1], x[0])):
			print(where, name)
		return 0
	bad = []
	names, undone = poisoned(Path(args[2] if len(args) > 2 else tree / "include/linux/vma_access_strict.h"))
	may = allowed(Path(args[1]))
	own, others = members(tree)
	whole = "\n".join(p.read_text(errors="replace") for p in (tree / "include").rglob("*.h")
			  if p.name != "vma_access_strict.h")
	whole = set(re.findall(r"\w+", whole))
	for name, where in sorted(found.items()):
		if name not in names and name not in may:
			bad.append(f"{where}: {name} is neither poisoned nor allowed")
		elif name in names and name in may:
			bad.append(f"{name} is poisoned and allowed")
		elif name in names and name in macro_names and name not in undone:
			bad.append(f"{where}: {name} is a macro: #undef it before it is poisoned")
	for name in sorted(may.keys() - found.keys()):
		bad.append(f"{name} is allowed, and no header has it")
	for name in sorted(names - found.keys()):
		if name in own and name in others:
			bad.append(f"{name} is poisoned, and a member of {others[name]}")
		elif name not in whole:
			bad.append(f"{name} is poisoned, and no header has it")
	if bad:
		print("\n".join(bad))
		return 1
	print(f"{len(names & found.keys())} poisoned, {len(may)} allowed, of {len(found)}")
	return 0


sys.exit(main())
