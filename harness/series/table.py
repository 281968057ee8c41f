#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reads harness/series/table: which file, or which lines of it, belong to which patch.

    table.py <table> <repository> <overlay>    checks that each is in one patch

<overlay> lists the files of the repository that are new to the kernel.
"""
import glob
import os
import re
import sys


class Wrong(Exception):
    """A mistake in the table, or a file or hunk that it does not have."""


class Patch:
    """One mail: a file of patches/ as it is, or parts that the table puts together."""

    def __init__(self, topic, name, source=None):
        self.topic = topic
        self.name = name
        self.source = source    # of patches/
        self.files = set()    # that begin to exist with it


def lines_of(text):
    """Offsets and text of each line, with its end."""
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line
        at += len(line)


def without(text, spans):
    """The text without these parts of it, in order, which may lie in each other."""
    left, at = [], 0
    for begin, end in spans:
        if end > at:
            left.append(text[at:max(begin, at)])
            at = end
    return ''.join(left) + text[at:]


def function(name):
    """The expression of a function with the comment above it and the blank line below.

    It matches its prototype too, and its line in the list of a KUnit suite. A macro that
    makes functions of a body, as VAN_BOTH(name, { ... }), is matched like a function.
    """
    return re.compile(
        r'^(?:/\*(?:(?!\*/).)*\*/\n)?(?:(?:static )?[A-Z_]+\(|[a-z_][^\n(){}=;]*\b)' + re.escape(name) +
        r'[(,][^;{]*(?:;\n|\{.*?^\}(?:\);)?\n\n?)'
        r'|^\t[A-Z_]+_CASE\w*\(' + re.escape(name) + r'[,)].*?\n', re.M | re.S)


class Cut:
    """Lines, words or functions of a file that are there from a patch on."""

    def __init__(self, patch, path, what, where):
        self.patch = patch
        self.path = path
        self.what = what
        self.where = where
        self.names = re.findall(r'\w+', what) if re.fullmatch(r'\w+\(\)(?:\s+\w+\(\))*', what) else []
        if self.names:
            return
        m = re.fullmatch(r'/(.*?)/(?:(,|\.\.)(?:/(.*)/|(\$)))?|~(.*)~', what)
        try:
            if not m or what.startswith('/') and m.group(1) == '':
                raise re.error('no expression')
            first, self.until, last, self.to_end, words = m.groups()
            self.first = re.compile(first) if first else None
            self.last = re.compile(last) if last else None
            self.words = re.compile(words, re.M) if words else None
        except re.error as e:
            raise Wrong(f"{where}: '{what}' is none of /re/, /re/,/re/, /re/../re/, /re/,$, ~re~ and name() ({e})")

    def spans(self, text):
        """What it matches in the file, as (begin, end)."""
        if self.names:
            found = []
            for name in self.names:
                spans = [m.span() for m in function(name).finditer(text)]
                if not spans:
                    raise Wrong(f"{self.where}: {self.path} has no {name}()")
                found += spans
        elif self.words:
            found = [m.span() for m in self.words.finditer(text) if m.group()]
        else:
            found = self.ranges(text)
        if not found:
            raise Wrong(f"{self.where}: {self.path} has nothing like {self.what}")
        return found

    def ranges(self, text):
        found, begin = [], None
        for at, line in lines_of(text):
            bare = line.rstrip('\n')
            if begin is not None:
                if self.last and self.last.search(bare):
                    found.append((begin, at if self.until == '..' else at + len(line)))
                    begin = None
                if begin is not None or self.until == ',':
                    continue
            if self.first.search(bare):
                if self.until:
                    begin = at
                else:
                    found.append((at, at + len(line)))
        if begin is not None:
            if not self.to_end:
                raise Wrong(f"{self.where}: {self.path} has no end of {self.what}")
            found.append((begin, len(text)))
        return found


class Table:
    def __init__(self, path, repo, overlay):
        self.repo = repo
        self.name = os.path.basename(path)
        self.overlay = set(overlay)
        self.patches = []    # in the order of the mails
        self.whole = {}        # file -> patch
        self.cuts = {}        # file -> [Cut]
        self.sources = {}    # file of patches/ -> patch
        with open(path) as f:
            for number, line in enumerate(f, 1):
                if line.strip() and not line.startswith('#'):
                    self.row(line.split(None, 3), f'{self.name}:{number}')
        self.order = {p: i for i, p in enumerate(self.patches)}
        self.complete()

    def row(self, fields, where):
        if len(fields) < 3:
            raise Wrong(f'{where}: not three or four fields: topic, patch, file, lines')
        topic, name, path = fields[:3]
        if self.patches and self.patches[-1].topic != topic and topic in self.topics():
            raise Wrong(f'{where}: the rows of {topic} are not together')
        if path.startswith('patches/'):
            for f in self.matching(path, where):
                if f in self.sources:
                    raise Wrong(f'{where}: {f} is in {self.sources[f].topic} already')
                self.sources[f] = Patch(topic, os.path.basename(f)[:-len('.patch')], f)
                self.patches.append(self.sources[f])
            return
        patch = next((p for p in self.patches if p.topic == topic and p.name == name), None)
        if not patch:
            patch = Patch(topic, name)
            self.patches.append(patch)
        elif patch is not self.patches[-1]:
            raise Wrong(f'{where}: the rows of {name} are not together')
        if len(fields) == 4:
            self.cuts.setdefault(path, []).append(Cut(patch, path, fields[3].strip(), where))
            return
        for f in self.matching(path, where):
            if f in self.whole:
                raise Wrong(f'{where}: {f} is in {self.whole[f].name} already')
            self.whole[f] = patch
            patch.files.add(f)

    def matching(self, pattern, where):
        if pattern.startswith('patches/'):
            there = [os.path.relpath(f, self.repo) for f in glob.glob(os.path.join(self.repo, pattern))]
        else:
            # As glob() has it: a star is one name, or a part of it; two are any number.
            expr = re.escape(pattern).replace(r'\*\*', '.*').replace(r'\*', '[^/]*')
            there = [f for f in self.overlay if re.fullmatch(expr, f)]
        if not there:
            raise Wrong(f'{where}: there is no {pattern}')
        return sorted(there)

    def topics(self):
        return list(dict.fromkeys(p.topic for p in self.patches))

    def complete(self):
        """Each file of the repository is in a patch."""
        for f in sorted(glob.glob(os.path.join(self.repo, 'patches', '*.patch'))):
            f = os.path.relpath(f, self.repo)
            if f not in self.sources:
                raise Wrong(f'{self.name}: {f} is in no patch')
        for f in sorted(self.overlay):
            if f not in self.whole:
                raise Wrong(f'{self.name}: {f} is in no patch')

    def state(self, path, text, patch):
        """Of a file when all is there, what there is with this patch; or None."""
        if path in self.whole and self.order[self.whole[path]] > self.order[patch]:
            return None
        later = [(b, e) for b, e, c in self.owned(path, text) if self.order[c.patch] > self.order[patch]]
        return without(text, later)

    def owned(self, path, text):
        """What each cut of a file has, in order. Within one, a later patch may have more."""
        spans = sorted(((b, e, c) for c in self.cuts.get(path, []) for b, e in c.spans(text)),
                       key=lambda s: (s[0], -s[1]))
        around = []
        for begin, end, cut in spans:
            around = [o for o in around if o[1] > begin]
            for _, last, outer in around:
                if end > last or self.order[cut.patch] <= self.order[outer.patch]:
                    raise Wrong(f'{cut.where}: {path}: "{text[begin:end].strip().splitlines()[0]}" '
                                f'is in {outer.patch.name} already')
            around.append((begin, end, cut))
            first = self.whole.get(path)
            if first and self.order[cut.patch] <= self.order[first]:
                raise Wrong(f'{cut.where}: {path} does not exist before {first.name}')
        return spans

    def check_hunks(self, path, text, before):
        """Each line that is added to a file of the kernel is in a patch, and no other."""
        left = without(text, [(b, e) for b, e, _ in self.owned(path, text)])
        if left == before:
            return
        a, b = before.splitlines(), left.splitlines()
        n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        if len(b) > len(a):
            raise Wrong(f'{self.name}: {path}: "{b[n] if n < len(b) else ""}" is in no patch')
        raise Wrong(f'{self.name}: {path}: "{a[n] if n < len(a) else ""}" is the kernel\'s, and in a patch')


def main():
    table, repo, overlay = sys.argv[1:]
    with open(overlay) as f:
        Table(table, repo, f.read().split())


if __name__ == '__main__':
    try:
        main()
    except Wrong as e:
        sys.exit(f'error: {e}')
