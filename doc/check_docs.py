#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Check that what the documentation refers to is there.

*  Paths of the tree, and names of its source files, in the guides and the Markdown pages.
*  Links of the Markdown pages, with the headings that they name.
*  Messages of driver, library and host program, in the table of troubleshooting.
*  Options of the scripts of the tree, in commands; options of the host program, in its guide, its
   man page and its completion, both ways.
*  With --html, links between the built pages, and to places in them.

usage: check_docs.py [--html DIRECTORY]
"""

import glob
import html.parser
import os
import re
import sys
import urllib.parse

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGES = ('README.md', 'SECURITY.md', 'app/test/README.md')
GUIDES = 'doc/guides'
HOST_GUIDE = 'doc/guides/sample_app_ug/vhost_crypto.rst'
TROUBLES = 'doc/guides/howto/troubleshooting.rst'
HOST_OPTIONS = 'examples/vhost_crypto/options.c'
# Where options of the host program are described, and what each stands behind.
HOST_PAGES = {HOST_GUIDE: r'^``--([\w-]+)',
              'examples/vhost_crypto/install/dpdk-vhost_crypto.1': r'^\.It Fl Fl ([\w-]+)',
              'examples/vhost_crypto/install/dpdk-vhost_crypto.bash': r'(?<=[\s\'])--([a-z-]+)'}
# Options of the EAL that the completion offers.
EAL_OPTIONS = {'no-huge', 'no-pci', 'lcores', 'vdev', 'file-prefix', 'in-memory'}

ROOTS = ('app', 'devtools', 'doc', 'drivers', 'examples', 'lib')
PATH = re.compile(rf'(?<![\w/.$-])(?:{"|".join(ROOTS)})/[\w./*{{}},-]*[\w*/}}]')
SOURCE = re.compile(r'(?<![\w/.*-])[\w-]+\.(?:[ch]|py|sh|list|rst|csv|svg|ini)(?![\w/])')
SPAN = re.compile(r'``([^`]+)``|`([^`]+)`')
LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"')
COMMAND = re.compile(r'(?<![\w/.-])((?:devtools|app)/[\w/]+\.(?:sh|py))([^`|;&\n]*)')
OPTION = re.compile(r'(?<![\w-])--[a-z][\w-]*')

# Files that are not of this tree, and are named nevertheless: what a reader writes, and files of
# DPDK and of the C library. And targets of a build, which ninja names as if they were in the tree.
FOREIGN = {'serve.c', 'dpdk-devbind.py', 'virtio_net.c', 'sysexits.h'}
TARGETS = {'app/test/fuzz/fuzz_queue', 'app/test/programs/dpdk_example_ipsec-secgw'}


def read(path):
    """Return the text of a file of the tree."""
    with open(os.path.join(TOP, path), encoding='utf-8') as file:
        return file.read()


def pages():
    """Return the paths of all that is documentation."""
    found = sorted(os.path.relpath(path, TOP) for path in
                   glob.glob(os.path.join(TOP, GUIDES, '**', '*.rst'), recursive=True))
    return [*PAGES, *found]


def source_names():
    """Return the names of all files of the tree."""
    names = set()
    for directory, folders, files in os.walk(TOP):
        folders[:] = [name for name in folders if not name.startswith(('build', '.git'))]
        names.update(files)
    return names


def expand(path):
    """Yield the paths that braces stand for, as in lib/{a,b}.c."""
    match = re.search(r'\{([^{}]*)\}', path)
    if match is None:
        yield path
        return
    for choice in match[1].split(','):
        yield from expand(path[:match.start()] + choice + path[match.end():])


def check_paths(page, text):
    """Yield each path of the tree, with what is wrong."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in PATH.finditer(line):
            for path in expand(match[0]):
                there = glob.glob(os.path.join(TOP, path))
                yield None if there or path in TARGETS else f'{page}:{number}: there is no {path}'


def check_names(page, text, names):
    """Yield each name of a source file without a path, with what is wrong."""
    for span in SPAN.finditer(text):
        for name in SOURCE.findall(span[1] or span[2]):
            if name not in FOREIGN:
                number = text.count('\n', 0, span.start()) + 1
                yield None if name in names else f'{page}:{number}: there is no file {name}'


def commands(text):
    """Yield (line, program, arguments) for each command of a script of the tree."""
    joined = re.sub(r'\\\n\s*', lambda match: ' ' * len(match[0]), text)
    for match in COMMAND.finditer(joined):
        yield text.count('\n', 0, match.start()) + 1, match[1], match[2]


def check_script_options(page, text):
    """Yield each option of a command with what is wrong."""
    for number, program, arguments in commands(text):
        stem = os.path.splitext(program)[0]
        own = ''.join(read(path) for path in (stem + '.sh', stem + '.py')
                      if os.path.exists(os.path.join(TOP, path)))
        modules = (os.path.join(os.path.dirname(stem), name + '.py')
                   for name in re.findall(r'^(?:from|import) (\w+)', own, re.MULTILINE))
        own += ''.join(read(path) for path in modules if os.path.exists(os.path.join(TOP, path)))
        for option in OPTION.findall(arguments.split(' -- ')[0]):
            if own and option not in own:
                yield f'{page}:{number}: {program} has no option {option}'
            yield None


def check_host_options():
    """Yield each option of the host program, with what is wrong."""
    known = set(re.findall(r'^\t\{ "([\w-]+)", ', read(HOST_OPTIONS), re.MULTILINE))
    for page, expression in HOST_PAGES.items():
        described = set(re.findall(expression, read(page), re.MULTILINE)) - EAL_OPTIONS
        for option in sorted(known | described):
            if option not in described:
                yield f'{page}: the option --{option} is not described'
            elif option not in known:
                yield f'{page}: the program has no option --{option}'
            else:
                yield None


def source_strings(*folders):
    """Return the text of all C sources in some folders, with split strings made one."""
    text = []
    for folder in folders:
        for path in glob.glob(os.path.join(TOP, folder, '**', '*.[ch]'), recursive=True):
            text.append(read(path))
    return re.sub(r'"\s*(?:PRI\w+\s*)?"', '', '\n'.join(text)).replace('\\"', '"')


def check_messages():
    """Yield each message of the table of troubleshooting, with what is wrong."""
    strings = {'driver': source_strings('drivers', 'lib/virtio_crypto'),
               'library': source_strings('lib'),
               'host program': source_strings('examples')}
    errno = {os.strerror(number) for number in range(1, 134)}
    text = read(TROUBLES)
    for row in re.finditer(r'^   \* - (.*)\n     - (.*)\n', text, re.MULTILINE):
        if row[2] not in strings:
            continue
        for message in SPAN.findall(row[1]):
            for piece in re.split(r'\.\.\.|: ', message[0]):
                there = piece.strip() in strings[row[2]] or piece in errno
                yield None if there else f'{TROUBLES}: no message of the {row[2]} has "{piece}"'


def headings(path):
    """Return the anchors that a forge gives to the headings of a page."""
    text = read(path)
    if path.endswith('.md'):
        titles = re.findall(r'^#+ (.*)$', text, re.MULTILINE)
    else:
        titles = re.findall(r'^(\S.*)\n([=~^-])\2{2,}$', text, re.MULTILINE)
        titles = [title for title, _ in titles]
    return {re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-') for title in titles}


def check_links(page, text):
    """Yield each link of a Markdown page, with what is wrong."""
    for match in LINK.finditer(text):
        target, _, anchor = (match[1] or match[2]).partition('#')
        number = text.count('\n', 0, match.start()) + 1
        if re.match(r'https?:', target):
            continue
        path = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page
        if not os.path.exists(os.path.join(TOP, path)):
            yield f'{page}:{number}: there is no {path}'
        elif anchor and anchor not in headings(path):
            yield f'{page}:{number}: {path} has no heading #{anchor}'
        else:
            yield None


class Page(html.parser.HTMLParser):
    """Links and anchors of a built page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = [], set()
        with open(path, encoding='utf-8', errors='replace') as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ('id', 'name') and value:
                self.anchors.add(value)
            if name in ('href', 'src') and value:
                self.links.append(value)


def check_html(directory):
    """Yield each link of the built pages, with what is wrong."""
    found = glob.glob(os.path.join(directory, '**', '*.html'), recursive=True)
    if not found:
        yield f'{directory}: there is no page'
    built = {os.path.realpath(path): Page(path) for path in found}
    for path, page in built.items():
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = os.path.realpath(os.path.join(os.path.dirname(path),
                                                   urllib.parse.unquote(parts.path))
                                      if parts.path else path)
            anchor = urllib.parse.unquote(parts.fragment)
            if not os.path.isfile(target):
                yield f'{path}: {link} leads nowhere'
            elif anchor and target in built and anchor not in built[target].anchors:
                yield f'{path}: {link}: the page has no such place'
            else:
                yield None


def check_all(directory):
    """Yield what all checks yield."""
    names = source_names()
    for page in pages():
        text = read(page)
        yield from check_paths(page, text)
        yield from check_names(page, text, names)
        yield from check_script_options(page, text)
        if page in PAGES:
            yield from check_links(page, text)
    yield from check_host_options()
    yield from check_messages()
    if directory is not None:
        yield from check_html(directory)


def main():
    """Print what is wrong; return the exit status."""
    if sys.argv[1:2] == ['--html'] and len(sys.argv) == 3:
        directory = sys.argv[2]
    elif len(sys.argv) == 1:
        directory = None
    else:
        sys.exit(__doc__.strip())
    results = list(check_all(directory))
    wrong = [result for result in results if result is not None]
    for line in wrong:
        print(f'not ok {line}')
    print(f'{len(results) - len(wrong)} passed, {len(wrong)} failed')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
