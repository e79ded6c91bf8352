# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""Configuration of Sphinx; `ninja doc` runs it, see ../meson.build."""

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
