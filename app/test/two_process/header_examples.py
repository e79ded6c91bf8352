#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Write the examples of a public header into a C source, for the compiler to check them.

Each function that the version map exports needs an example that calls it: a block between
`@code{.c}` and `@endcode` in the comment before its declaration, made of whole functions. The
examples of a header share one source, so that their names must differ. #line directives lead the
compiler's messages back to the header.

usage: header_examples.py HEADER VERSION_MAP OUTPUT
"""

import re
import sys

HEADERS = ('inttypes.h', 'stdbool.h', 'stdint.h', 'stdio.h', 'sys/epoll.h', 'sys/eventfd.h',
           'rte_common.h', 'rte_crypto.h', 'rte_cryptodev.h', 'rte_errno.h', 'rte_launch.h',
           'rte_lcore.h', 'rte_memory.h', 'rte_mempool.h', 'rte_vhost.h', 'rte_vhost_crypto.h')

COMMENT = re.compile(r'/\*\*(?:[^*]|\*(?!/))*\*/')
DECLARATION = re.compile(r'\s*[^;{}#]*?\b(rte_\w+)\(')
CODE = re.compile(r' \* @code\{\.c\}\n(.*?) \* @endcode\n', re.DOTALL)


def exported(path):
    """Return the functions that a version map exports."""
    with open(path, encoding='utf-8') as file:
        return set(re.findall(r'^\t(rte_\w+);$', file.read(), re.MULTILINE))


def examples(header):
    """Yield (function, line, code) for each example."""
    for comment in COMMENT.finditer(header):
        declared = DECLARATION.match(header, comment.end())
        for code in CODE.finditer(comment[0]):
            line = header.count('\n', 0, comment.start() + code.start(1)) + 1
            text = re.sub(r'^ \* ?', '', code[1], flags=re.MULTILINE)
            yield declared[1] if declared else '', line, text


def main():
    """Write the source; name the functions that have no example."""
    if len(sys.argv) != 4:
        sys.exit(__doc__.strip())
    path, version_map, output = sys.argv[1:]
    with open(path, encoding='utf-8') as file:
        found = list(examples(file.read()))
    shown = {name for name, _, code in found if re.search(rf'\b{name}\(', code)}
    missing = sorted(exported(version_map) - shown)
    for name in missing:
        print(f'{path}: {name}() has no example that calls it, between @code{{.c}} and @endcode '
              'in the comment before it')
    with open(output, 'w', encoding='utf-8') as file:
        file.writelines(f'#include <{name}>\n' for name in HEADERS)
        for _, line, code in found:
            file.write(f'\n#line {line} "{path}"\n{code}')
    return 1 if missing else 0


if __name__ == '__main__':
    sys.exit(main())
