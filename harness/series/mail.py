#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Makes mails of the branches that commit.py wrote.

    mail.py <git folder> <kernel> <messages> <out> <kept> < topics

<kernel> is a kernel tree with the series' MAINTAINERS, <kept> a folder where recipients
are kept for the next time. Each line of the input begins with a topic and the branch
before it.
VERSION is the version of the mails, PREFIX what is said for PATCH in their subjects.
"""
import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from email.utils import getaddresses

from table import Wrong

ROLE = re.compile(r'^(.*?) \(([^()]*(?:\([^()]*\)[^()]*)*)\)$')


def run(*args, data=None, cwd=None):
    p = subprocess.run(args, input=data, capture_output=True, cwd=cwd, check=False)
    if p.returncode:
        raise Wrong(f'{os.path.basename(args[0])}: {p.stderr.decode(errors="replace").strip()}')
    return p.stdout.decode()


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def looked_at(text):
    """The part of a mail that says who gets it.

    Not the head and the message; and of a new file, which is nobody's yet, no words
    that belong to another subsystem.
    """
    kept, new, started = [], False, False
    for line in text.splitlines():
        if line.startswith('diff '):
            new, started = False, True
        elif line.startswith('new file mode '):
            new = True
        if started and (not new or not line.startswith(('+', 'index ')) or
                        line.startswith('+++ ') or 'vma_access' in line):
            kept.append(line)
    return '\n'.join(kept) + '\n'


class Recipients:
    """By get_maintainer.pl: who maintains it is written to, lists and reviewers get a copy."""

    def __init__(self, kernel, kept):
        self.kernel = kernel
        self.kept = kept
        self.lists = set()
        self.state = read(os.path.join(kernel, 'MAINTAINERS'))

    def of(self, text):
        text = looked_at(text)
        kept = os.path.join(self.kept, hashlib.sha256((self.state + text).encode()).hexdigest())
        if not os.path.exists(kept):
            said = run('perl', 'scripts/get_maintainer.pl', '--nogit', '--nogit-fallback',
                       '--norolestats', '--roles', '--nofixes', cwd=self.kernel, data=text.encode())
            with open(kept + '.new', 'w', encoding='utf-8') as f:
                f.write(said)
            os.rename(kept + '.new', kept)
        to, cc = [], []
        for line in read(kept).splitlines():
            m = ROLE.match(line)
            if not m:
                raise Wrong(f'get_maintainer.pl says: {line}')
            who, role = m.groups()
            if re.match(r'(maintainer|supporter)\b', role):
                to.append(who)
            else:
                cc.append(who)
                if re.search(r'\blist\b', role):
                    self.lists.add(who)
        # Nobody looks after it: it is the lists' then.
        return (to, cc) if to else (cc, [])


def field(name, people):
    return f'{name}: ' + ',\n\t'.join(people) + '\n' if people else ''


def unique(people):
    """Each address once, by its first name; in the order of the input."""
    seen = {}
    for who in people:
        seen.setdefault(getaddresses([who])[0][1].lower(), who)
    return seen


def cover(text, message, topic):
    subject, _, blurb = message.partition('\n')
    for mark, what in (('*** SUBJECT HERE ***', subject), ('*** BLURB HERE ***', blurb.strip())):
        if text.count(mark) != 1 or not what:
            raise Wrong(f'{topic}: the cover letter has no subject or no text')
        text = text.replace(mark, what)
    return text


def topic_of(git, topic, before, messages, out, recipients, pool):
    folder = os.path.join(out, topic)
    os.makedirs(folder)
    n = int(run(*git, 'rev-list', '--count', f'{before}..{topic}'))
    version = os.environ.get('VERSION') or '1'
    options = ['--cover-letter'] if n > 1 else []
    if version != '1':
        options.append(f'-v{version}')
    names = run(*git, 'format-patch', '--numbered', '--no-thread', '--no-signature',
                '--subject-prefix=' + (os.environ.get('PREFIX') or 'PATCH'),
                *options, '-o', folder, f'{before}..{topic}').split()
    texts = [read(f) for f in names]
    people = list(pool.map(recipients.of, texts[1:] if n > 1 else texts))
    if n > 1:
        path = os.path.join(messages, topic, 'cover')
        if not os.path.exists(path):
            raise Wrong(f'{topic}: there is no cover letter {path}')
        texts[0] = cover(texts[0], read(path), topic)
        # All of them get the cover letter.
        people.insert(0, ([w for p in people for w in p[0]], [w for p in people for w in p[1]]))
        # One list cannot review the conversion of a driver without what the other gets.
        if topic.startswith('drivers-'):
            for _, cc in people[1:]:
                cc += [w for w in people[0][1] if w in recipients.lists]
    # The id follows the content: a changed mail is another mail.
    digest = hashlib.sha256(''.join(texts).encode()).hexdigest()[:12]
    host = os.environ['GIT_AUTHOR_EMAIL'].rpartition('@')[2]
    first = None
    for i, (name, text) in enumerate(zip(names, texts)):
        head, _, body = text.partition('\n\n')
        to = unique(people[i][0])
        cc = {a: w for a, w in unique(people[i][1]).items() if a not in to}
        mid = f'<{digest}.{topic}-v{version}.{i}@{host}>'
        more = field('To', to.values()) + field('Cc', cc.values()) + f'Message-Id: {mid}\n'
        if first:
            more += f'In-Reply-To: {first}\nReferences: {first}\n'
        first = first or mid
        with open(name, 'w', encoding='utf-8') as f:
            f.write(f'{head}\n{more}\n{body}')
    return n


def main():
    folder, kernel, messages, out, kept = sys.argv[1:]
    git = ('git', '--git-dir=' + folder)
    recipients = Recipients(kernel, kept)
    with ThreadPoolExecutor(int(os.environ.get('JOBS') or 1)) as pool:
        for line in sys.stdin:
            topic, before, _ = line.split()
            n = topic_of(git, topic, before, messages, out, recipients, pool)
            print(f'{topic}: {n} patch{"es" if n > 1 else ""}')


if __name__ == '__main__':
    try:
        main()
    except Wrong as e:
        sys.exit(f'error: {e}')
