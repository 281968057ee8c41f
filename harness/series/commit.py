#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes the patches of the series into a git repository, a branch for each topic.

    commit.py <repository> <source> <fixed up> <overlay> <git folder> <notes folder>

<repository> is this one, <source> the kernel, <fixed up> has the files of it that were
brought back to mainline's text, <overlay> lists the files that are new to the kernel.
The branch base has the files of the kernel that any patch touches, and no other.
The topics of the table come one on top of the other, and the fixes of a subsystem on
base. A folder of notes has what a patch says to whoever sends it.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

from table import Table, Wrong

DATE = 1795953600       # 2026-11-29 12:00 UTC: two runs write the same


class Git:
    """Works on an index alone: there is no working tree."""

    def __init__(self, folder):
        self.env = dict(os.environ, GIT_DIR=folder, GIT_INDEX_FILE=os.path.join(folder, 'index'))
        self.run('init', '-q', '--bare', folder)
        self.tick = 0

    def run(self, *args, data=b'', env=None):
        p = subprocess.run(['git', *args], input=data, capture_output=True,
                           env=dict(self.env, **(env or {})), check=False)
        if p.returncode:
            raise Wrong(p.stderr.decode(errors='replace').strip().replace('\n', '; '))
        return p.stdout

    def has(self, path):
        return bool(self.run('ls-files', '--', path))

    def read(self, path):
        return self.run('cat-file', 'blob', ':' + path).decode('latin-1')

    def write(self, path, text, mode):
        blob = self.run('hash-object', '-w', '--stdin', data=text.encode('latin-1')).decode().strip()
        self.run('update-index', '--add', '--cacheinfo', f'{mode},{blob},{path}')

    def commit(self, message, parent=None):
        """All dates are a minute apart, for the mails to have an order."""
        date = f'{DATE + 60 * self.tick} +0000'
        self.tick += 1
        tree = self.run('write-tree').decode().strip()
        if parent and tree == self.run('rev-parse', parent + '^{tree}').decode().strip():
            raise Wrong('it changes nothing')
        return self.run('commit-tree', *(['-p', parent] if parent else []), tree,
                        data=message.encode('latin-1'),
                        env={'GIT_AUTHOR_DATE': date, 'GIT_COMMITTER_DATE': date}).decode().strip()


def read(path):
    with open(path, encoding='latin-1') as f:
        return f.read()


def patched(diff):
    return sorted(set(re.findall(r'^(?:---|\+\+\+) [ab]/([^\t\n]*)', diff, re.M)))


def mode_of(path):
    return '100755' if os.access(path, os.X_OK) else '100644'


class Series:
    def __init__(self, repo, source, fixed, overlay, folder, notes):
        self.repo = repo
        self.source = source
        self.fixed = fixed
        self.notes = notes
        self.overlay = overlay
        self.messages = os.path.join(repo, 'harness/series/messages')
        self.table = Table(os.path.join(repo, 'harness/series/table'), repo, overlay)
        self.git = Git(folder)
        self.written = {}       # parts of the table, as they are in the index

    def wiring(self):
        return [os.path.join(self.repo, f) for f in ('Makefile.patch', 'MAINTAINERS.patch')]

    def fixes(self):
        return sorted(glob.glob(os.path.join(self.repo, 'patches/fixes/*/*.patch')))

    def base(self):
        names = set()
        for p in self.wiring() + self.fixes() + [os.path.join(self.repo, f) for f in self.table.sources]:
            names.update(patched(read(p)))
        for f in sorted(names):
            for root in (self.fixed, self.source):
                path = os.path.join(root, f)
                if os.path.exists(path):
                    self.git.write(f, read(path), mode_of(os.path.join(self.source, f)))
                    break
        self.done('base', self.git.commit('Linux\n'))

    def done(self, branch, commit):
        self.git.run('update-ref', 'refs/heads/' + branch, commit)

    def mail(self, source, parent, topic):
        """A patch that has its message with it, as git am reads it."""
        with tempfile.TemporaryDirectory() as tmp:
            msg, diff = os.path.join(tmp, 'msg'), os.path.join(tmp, 'diff')
            with open(os.path.join(self.repo, source), 'rb') as f:
                info = self.git.run('mailinfo', msg, diff, data=f.read()).decode('latin-1')
            subject = re.search(r'^Subject: (.*)', info, re.M).group(1)
            try:
                self.git.run('apply', '--cached', diff)
                commit = self.git.commit(f'{subject}\n\n{read(msg)}', parent)
            except Wrong as e:
                raise Wrong(f'{source} does not apply: {e}') from None
            note = re.match(r'For whoever sends it: .*?(?=\n\n|\n diff)', read(diff).lstrip(), re.S)
        if note:
            with open(os.path.join(self.notes, topic), 'a', encoding='latin-1') as f:
                f.write(f'{subject}\n{note.group()}\n\n')
        return commit

    def message(self, topic, name):
        path = os.path.join(self.messages, topic, name)
        if not os.path.exists(path):
            raise Wrong(f'there is no message {os.path.relpath(path, self.repo)}')
        return read(path)

    def shared(self):
        """The kernel's own files that parts change, as they are with all of them."""
        full = {}
        with tempfile.TemporaryDirectory() as tmp:
            for p in self.wiring():
                for f in patched(read(p)):
                    if not self.git.has(f):
                        raise Wrong(f'{os.path.basename(p)}: there is no {f}')
                    os.makedirs(os.path.join(tmp, os.path.dirname(f)), exist_ok=True)
                    with open(os.path.join(tmp, f), 'w', encoding='latin-1') as out:
                        out.write(self.git.read(f))
                    full[f] = None
                subprocess.run(['git', 'apply', p], cwd=tmp, check=True,
                               env=dict(os.environ, GIT_CEILING_DIRECTORIES=os.path.dirname(tmp)))
            for f in full:
                full[f] = read(os.path.join(tmp, f))
                self.table.check_hunks(f, full[f], self.git.read(f))
        for f in self.table.cuts:
            if f not in full and f not in self.overlay:
                raise Wrong(f'{f} is neither new nor in Makefile.patch')
        for source, patch in self.table.sources.items():
            # A conversion comes after the layer, and is a change of what that made.
            if patch.topic.startswith('drivers-'):
                continue
            both = set(patched(read(os.path.join(self.repo, source)))) & set(full)
            if both:
                raise Wrong(f'{source} and Makefile.patch both change {both.pop()}')
        return full

    def part(self, patch, full, parent):
        for f in sorted(set(self.table.whole) | set(self.table.cuts)):
            text = self.table.state(f, full[f] if f in full else read(os.path.join(self.repo, f)), patch)
            if text is not None and self.written.get(f) != text:
                self.written[f] = text
                self.git.write(f, text, mode_of(os.path.join(self.source if f in full else self.repo, f)))
        try:
            return self.git.commit(self.message(patch.topic, patch.name), parent)
        except Wrong as e:
            raise Wrong(f'{patch.topic}: {patch.name}: {e}') from None

    def topics(self):
        """Those of the table."""
        commit, full = 'base', None
        for patch in self.table.patches:
            if patch.source:
                commit = self.mail(patch.source, commit, patch.topic)
            else:
                full = full or self.shared()
                commit = self.part(patch, full, commit)
            self.done(patch.topic, commit)

    def separate(self):
        """Fixes: each subsystem's on the kernel as it is."""
        for folder in sorted({os.path.dirname(p) for p in self.fixes()}):
            topic = 'fixes-' + os.path.basename(folder)
            if topic in self.table.topics():
                # A conversion lies on some of them, so all are in the table.
                for p in self.fixes():
                    if os.path.dirname(p) == folder and os.path.relpath(p, self.repo) not in self.table.sources:
                        raise Wrong(f'{topic} is in {self.table.name}, without {os.path.basename(p)}')
                continue
            commit = 'base'
            self.git.run('read-tree', 'base')
            for p in self.fixes():
                if os.path.dirname(p) == folder:
                    commit = self.mail(p, commit, topic)
            self.done(topic, commit)


def main():
    repo, source, fixed, overlay, folder, notes = sys.argv[1:]
    with open(overlay, encoding='latin-1') as f:
        series = Series(repo, source, fixed, f.read().split(), folder, notes)
    series.base()
    series.topics()
    series.separate()
    # In the order in which they are applied, each with the one before.
    before = 'base'
    for topic in series.table.topics():
        print(topic, before, 'table')
        before = topic
    for path in sorted({os.path.dirname(p) for p in series.fixes()}):
        if 'fixes-' + os.path.basename(path) not in series.table.topics():
            print('fixes-' + os.path.basename(path), 'base', 'alone')


if __name__ == '__main__':
    try:
        main()
    except Wrong as e:
        sys.exit(f'error: {e}')
