# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""What was measured: medians with their spread, as tables and as CSV."""

import collections
import csv
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Cell:
    """One place in the tables."""
    algorithm: str
    size: int
    burst: int
    column: str


class Figure:
    """The median of several measurements, and between which they lie."""

    def __init__(self, values):
        self.median = statistics.median(values)
        self.low = min(values)
        self.high = max(values)
        self.count = len(values)

    def text(self, digits=0):
        """Write it as `median (low-high)`."""
        return f'{self.median:.{digits}f} ({self.low:.{digits}f}-{self.high:.{digits}f})'


class Results:
    """Measurements by cell and by what was measured, in the order in which they were taken."""

    def __init__(self):
        self.values = collections.defaultdict(list)

    def add(self, cell, metric, value):
        """Take one measurement."""
        self.values[cell, metric].append(value)

    def extend(self, other, metric, value):
        """Take the measurements of another, and this one that is of all its cells."""
        for key, values in other.values.items():
            self.values[key] += values
        for cell in {cell: None for cell, _ in other.values}:
            self.add(cell, metric, value)

    def figure(self, cell, metric):
        """Return the figure of a cell, or None."""
        values = self.values.get((cell, metric))
        return Figure(values) if values else None

    def ratio(self, cell, other, metric='mops', scale=1):
        """Return a cell's measurements over another's, round by round, or None.

        The two of a round follow each other, and so what is slow about the machine slows both.
        """
        ours, theirs = (self.values.get((c, metric)) for c in (cell, other))
        return Figure([scale * a / b for a, b in zip(ours, theirs)]) if ours and theirs else None

    def write_csv(self, path):
        """Write a line for each cell and metric."""
        with open(path, 'w', encoding='ascii', newline='') as file:
            writer = csv.writer(file, lineterminator='\n')
            writer.writerow(['algorithm', 'bytes', 'burst', 'column', 'metric', 'median', 'low',
                             'high', 'rounds'])
            for (cell, metric), values in self.values.items():
                figure = Figure(values)
                writer.writerow([*dataclasses.astuple(cell), metric, f'{figure.median:.6g}',
                                 f'{figure.low:.6g}', f'{figure.high:.6g}', figure.count])


def print_table(title, heads, lines):
    """Print a table of strings, the numbers at the right."""
    widths = [max(len(line[i]) for line in [heads, *lines]) for i in range(len(heads))]
    print(title)
    for line in [heads, *lines]:
        print('  ' + '  '.join(word.rjust(width) for word, width in zip(line, widths)))
    print(flush=True)
