#!/usr/bin/env python3
"""Makes a table in Markdown of what the program `stages` has measured.

Usage: stages --benchmark_out=FILE [--benchmark_repetitions=N]; table.py FILE...

Nanoseconds for a call; of repetitions, and of several files, the median counts. The share is that of the sum.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from runner import measured
from runner.tables import head, number, row

COLUMNS = [(codec, payload) for codec in ('json', 'msgpack') for payload in ('int', 'string', 'dict')]
SHARED = ('json', 'int')  # the column whose shares are shown

SUM = {'frame': 'frame', 'decode': 'decode', 'find': 'find the agent', 'inlined': 'dispatch, inlined',
       'encode': 'encode', 'write': 'write, 64 at a time'}
PARTS = {'resolve': '- in it: resolve the path', 'handler': '- in it: call the function'}
OTHERS = {'scheduled': 'dispatch, scheduled', 'write_alone': 'write, one at a time',
          'session': 'a session, without mailbox and socket'}
IN_SESSION = ['frame', 'decode', 'find', 'resolve', 'handler', 'encode']


def of_stage(found, stage, column):
    """Return nanoseconds. Names lack the codec or the payload where it makes no difference."""
    codec, payload = column
    for name in (f'{stage}/{codec}/{payload}', f'{stage}/{payload}', stage):
        if name in found:
            return found[name]
    sys.exit(f'{stage} was not measured for {codec} and {payload}')


def lines(found):
    def cells(stage):
        return [of_stage(found, stage, column) for column in COLUMNS]

    def total(stages):
        return [sum(column) for column in zip(*map(cells, stages))]

    def line(label, xs, with_share=True):
        share = f'{xs[shared] / whole[shared]:.0%}' if with_share else ''
        texts = [number(x) for x in xs]
        return row(label, *texts[:shared + 1], share, *texts[shared + 1:])

    shared = COLUMNS.index(SHARED)
    whole = total(SUM)
    titles = [f'{payload}, {codec}' for codec, payload in COLUMNS]
    yield from head('stage', *titles[:shared + 1], 'share', *titles[shared + 1:])
    for stage, label in SUM.items():
        yield line(label, cells(stage))
        if stage == 'inlined':
            for part, name in PARTS.items():
                yield line(name, cells(part))
    yield line('**sum**', whole)
    for stage, label in OTHERS.items():
        yield line(label, cells(stage), False)
    yield line('the stages in it', total(IN_SESSION), False)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    runs = measured.medians(sys.argv[1:])
    for line in lines({name.removesuffix('/process_time'): ns for name, (ns, _) in runs.items()}):
        print(line)


if __name__ == '__main__':
    main()
