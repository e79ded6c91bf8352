# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Configuration of Sphinx; `ninja doc` runs it, see ../meson.build."""

import re

from docutils import nodes

project = 'virtio-crypto'
author = 'The virtio-crypto authors'
copyright = '2026 The virtio-crypto authors'  # pylint: disable=redefined-builtin

root_doc = 'index'
highlight_language = 'none'
html_theme = 'sphinx_rtd_theme'
html_static_path = ['_static']
html_css_files = ['guides.css']
html_show_sourcelink = False
html_show_sphinx = False


def break_names(_app, doctree, docname):
    """Give each name in the last columns of the conformance table a line, with places to break."""
    if docname != 'cryptodevs/virtio_conformance':
        return
    for row in doctree.findall(nodes.row):
        for entry in row.children[3:]:
            words = entry.astext().split()
            if all(':' in word for word in words):
                names = [re.sub('([/_:])', '\\1\u200b', word) for word in words]
                entry.children = [nodes.line_block('', *(nodes.line('', nodes.Text(name))
                                                         for name in names))]


def setup(app):
    """Called by Sphinx."""
    app.connect('doctree-resolved', break_names)
