# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""The bench as a picture: panels of bars with whiskers for the lowest and highest, in SVG."""

import math
from xml.sax.saxutils import escape

from results import Cell

PANEL_WIDTH, PANEL_HEIGHT = 330, 210
LEFT, TOP, RIGHT, BOTTOM = 46, 40, 10, 40  # inside of a panel, around its bars
HEAD = 38  # above the panels: the title, and then the legend
LEGEND_WIDTH, LEGEND_HEIGHT = 125, 20
# Each name has a colour of its own, as a picture has a legend for all of its panels.
COLOURS = {'virtio': '#0072b2', 'in-order': '#009e73', 'packed': '#cc79a7',
           'packed-in-order': '#f0e442', 'adaptive': '#999999', 'virtio-api': '#56b4e9',
           'dpdk': '#e69f00', 'virtio driver': '#1b3a5c', 'virtio library': '#7fb3d5',
           'dpdk driver': '#a04000', 'dpdk library': '#f8c471'}
assert len(set(COLOURS.values())) == len(COLOURS)


def _round_up(value):
    """Return where an axis ends that shows this value: 1, 2 or 5 with zeros."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 7.5, 10) if value <= step * power)


class Panel:
    """Bars by size; `series` are names with a figure, or None, for each size."""

    def __init__(self, title, sizes, series, line=None):
        self.title = title
        shown = [n for n in range(len(sizes)) if any(figures[n] for _, figures in series)]
        self.sizes = [sizes[n] for n in shown]
        self.series = [(name, [figures[n] for n in shown])
                       for name, figures in series if any(figures)]
        self.line = line

    def draw(self, left, top):
        """Yield the elements."""
        width, height = PANEL_WIDTH - LEFT - RIGHT, PANEL_HEIGHT - TOP - BOTTOM
        highest = max([figure.high for _, figures in self.series for figure in figures if figure]
                      + ([self.line] if self.line else []))
        end = _round_up(highest)

        def y_of(value):
            return top + TOP + height * (1 - value / end)
        yield _text(left + LEFT, top + TOP - 12, self.title, 'start', 13)
        for step in range(5):
            value = end * step / 4
            yield _line(left + LEFT, y_of(value), left + LEFT + width, y_of(value), '#dddddd')
            yield _text(left + LEFT - 5, y_of(value) + 4, f'{value:g}', 'end')
        if self.line:
            y = y_of(self.line)
            yield _line(left + LEFT, y, left + LEFT + width, y, '#333333')
        group = width / len(self.sizes)
        bar = 0.8 * group / len(self.series)
        for number, size in enumerate(self.sizes):
            start = left + LEFT + group * (number + 0.1)
            yield _text(start + 0.4 * group, top + TOP + height + 15, str(size), 'middle')
            for place, (name, figures) in enumerate(self.series):
                if figures[number]:
                    yield from _bar(start + place * bar, bar, y_of, figures[number], COLOURS[name])
        yield _text(left + LEFT + width / 2, top + TOP + height + 31, 'bytes', 'middle')


def _text(x, y, words, anchor, size=11):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
            f'{escape(words)}</text>')


def _line(x1, y1, x2, y2, colour):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}"/>')


def _bar(x, width, y_of, figure, colour):
    """Yield a bar up to the median, and its whisker."""
    y, middle = y_of(figure.median), x + width / 2
    yield (f'<rect x="{x:.1f}" y="{y:.1f}" width="{0.9 * width:.1f}" '
           f'height="{y_of(0) - y:.1f}" fill="{colour}"/>')
    yield _line(middle, y_of(figure.low), middle, y_of(figure.high), '#000000')


def _throughput(results, row, sizes, columns, burst):
    """Return the panel of throughput: as a part of the native one, but absolute for null."""
    names = [column.name for column in columns if column.has_host]
    cells = {name: [Cell(row.name, size, burst, name) for size in sizes]
             for name in [*names, 'native']}
    if row.name == 'null':
        series = [(name, [results.figure(cell, 'mops') for cell in cells[name]]) for name in names]
        return Panel(f'{row.name}: million operations a second', sizes, series)
    series = [(name, [results.ratio(*pair, scale=100)
                      for pair in zip(cells[name], cells['native'])]) for name in names]
    return Panel(f'{row.name}: throughput, % of native', sizes, series, 100)


def _cycles(results, row, sizes, columns, burst):
    series = [(f'{name} {side}', [results.figure(Cell(row.name, size, burst, name), metric)
                                  for size in sizes])
              for name in ('virtio', 'dpdk') if any(column.name == name for column in columns)
              for side, metric in (('driver', 'guest_cycles'), ('library', 'host_cycles'))]
    return Panel(f'{row.name}: cycles per operation', sizes, series)


def write_svg(path, results, rows, sizes, columns, burst=32):
    """Write the picture of the cells with this burst."""
    lines = [[panel for panel in (kind(results, row, sizes, columns, burst) for row in rows)
              if panel.series] for kind in (_throughput, _cycles)]
    lines = [line for line in lines if line]
    if not lines:
        return False
    width = PANEL_WIDTH * max(2, *(len(line) for line in lines))
    names = dict.fromkeys(name for line in lines for panel in line for name, _ in panel.series)
    across = (width - LEFT) // LEGEND_WIDTH
    head = HEAD + LEGEND_HEIGHT * math.ceil(len(names) / across)
    height = head + PANEL_HEIGHT * len(lines)
    with open(path, 'w', encoding='utf-8') as file:
        print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
              f'viewBox="0 0 {width} {height}" font-family="sans-serif">', file=file)
        print('<!-- SPDX-License-Identifier: BSD-3-Clause -->', file=file)
        print('<!-- Copyright(c) 2026 The virtio-crypto authors -->', file=file)
        print(f'<rect width="{width}" height="{height}" fill="white"/>', file=file)
        print(_text(LEFT, 22, f'Bursts of {burst}; bars are medians, whiskers the lowest and the '
                    'highest', 'start', 14), file=file)
        for number, name in enumerate(names):
            x = LEFT + LEGEND_WIDTH * (number % across)
            y = HEAD + LEGEND_HEIGHT * (number // across)
            print(f'<rect x="{x}" y="{y}" width="11" height="11" fill="{COLOURS[name]}"/>'
                  + _text(x + 16, y + 10, name, 'start'), file=file)
        for down, line in enumerate(lines):
            for right, panel in enumerate(line):
                for element in panel.draw(PANEL_WIDTH * right, head + PANEL_HEIGHT * down):
                    print(element, file=file)
        print('</svg>', file=file)
    return True
