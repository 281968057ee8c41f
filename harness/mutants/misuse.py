#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which bad uses that must not compile may compile with a mutant?

	misuse.py <cases> <base> <mutant> <how to compile>

Each case is compiled twice for the layer, which takes minutes for all of them and a
mutant. Here the bad uses are compiled together, and the right ones, with the headers of
<base> and with those of <mutant>. Prints the cases of which the compiler says something
else then, and those that cannot be with others: it is for cfail.sh to decide on them.
Where only another tool knows a bad use, there is nothing to decide.
"""

import json
import os
import re
import subprocess
import sys

# The bad uses that the front end refuses; those that it leaves to the optimizer, of which
# the compiler says nothing beside them; and the right ones.
KINDS = {"front": "-DBAD -fsyntax-only", "rest": "-DBAD", "good": ""}
CONTEXT = re.compile(r"^(In file included from|\s+from |\S+: In |\s+inlined from |.*: At top level)")
HEAD = re.compile(r": (?:fatal )?(?:error|warning): (.*)")


def cases(folder):
	"""Names, and the text of each."""
	found = {}
	for name in sorted(os.listdir(folder)):
		if not name.endswith(".c"):
			continue
		lines = []
		for line in open(os.path.join(folder, name)):
			start = re.match(r"#ifdef CASE_(\w+)", line)
			if start:
				lines = found[start[1].replace("_", "-")] = []
			lines.append(line)
	return {case: "".join(lines[1:]).rstrip().removesuffix("#endif") for case, lines in found.items()}


def expected(text):
	lines = re.findall(r"^ \* EXPECT-gcc: (.*)", text, re.M)
	return lines or re.findall(r"^ \* EXPECT: (.*)", text, re.M)


def apart(number, text):
	"""The case, with names of its own."""
	names = set(re.findall(r"\bcfail_\w+", text))
	names |= set(re.findall(r"^struct (\w+) {", text, re.M))
	names |= set(re.findall(r"^static [^=;(]*?\b(\w+);", text, re.M))
	for name in names:
		text = re.sub(rf"\b{name}\b", f"{name}_{number}", text)
	return text


def compile_together(texts, kind, compiler, tree):
	"""What the compiler says of each case: messages, without what a mutant moves."""
	source = os.path.join(tree, f"together-{kind}.c")
	said = {case: [] for case in texts}
	case_of = []
	with open(source, "w") as out:
		out.write('#include "cfail.h"\n')
		case_of += [None] * 2
		for number, (case, text) in enumerate(texts.items()):
			text = apart(number, text) + "\n"
			out.write(text)
			case_of += [case] * text.count("\n")
	run = subprocess.run(["sh", "-c", f"{compiler} -Werror {KINDS[kind]} -c '{source}' -o '{source}.o'"],
			     env={**os.environ, "m": tree, "LC_ALL": "C"}, stdin=subprocess.DEVNULL,
			     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
	here = re.compile(re.escape(source) + r":(\d+)")

	def settle(block):
		head = next((h for h in map(HEAD.search, block) if h), None)
		if not head:
			return
		for line in map(int, here.findall("\n".join(block))):
			case = case_of[line] if line < len(case_of) else None
			if case and head[1] not in said[case]:
				said[case].append(head[1])

	block, headed, context = [], False, False
	for line in run.stdout.splitlines():
		is_context = bool(CONTEXT.match(line))
		is_head = bool(HEAD.search(line))
		if (is_context and not context) or (is_head and headed):
			settle(block)
			block, headed = [], False
		block.append(line)
		headed |= is_head
		context = is_context
	settle(block)
	if run.returncode and not any(said.values()):
		return {case: ["?"] for case in said}
	return {case: sorted(re.sub(r"_\d+\b", "", m) for m in messages) for case, messages in said.items()}


def meets(text, messages):
	return any(re.search(e, m) for e in expected(text) for m in messages)


def of_base(texts, compiler, base):
	"""For each kind, what is said of the cases that can be compiled with others."""
	def found(kind, among):
		said = compile_together(among, kind, compiler, base)
		if kind == "good":
			return {case: said[case] for case in among if not said[case]}
		return {case: said[case] for case in among if meets(among[case], said[case])}

	beside = {case: text for case, text in texts.items() if "#include" not in text}
	state, left = {}, {case: text for case, text in beside.items() if expected(text)}
	for kind in KINDS:
		among = beside if kind == "good" else left
		# Again, without those that say nothing beside others.
		state[kind] = found(kind, {case: among[case] for case in found(kind, among)})
		left = {case: text for case, text in left.items() if case not in state[kind]}
	return state


def main():
	folder, base, mutant, compiler = sys.argv[1:]
	compiler += f" -I'{folder}'"
	texts = cases(folder)
	kept = os.path.join(base, "misuse.json")
	if not os.path.exists(kept):
		state = of_base(texts, compiler, base)
		with open(kept, "w") as out:
			json.dump(state, out)
	with open(kept) as f:
		state = json.load(f)
	together = {case for kind in ("front", "rest") for case in state[kind]}
	alone = [case for case in texts if case not in state["good"] or
		 (expected(texts[case]) and case not in together)]
	differ = set()
	if mutant != base:
		for kind, said in state.items():
			found = compile_together({case: texts[case] for case in said}, kind, compiler, mutant)
			differ |= {case for case in said if found[case] != said[case]}
	print("\n".join(sorted(differ | set(alone))))
	print(f"{len(texts)} cases, {len(alone)} alone, {len(differ)} differ", file=sys.stderr)


main()
