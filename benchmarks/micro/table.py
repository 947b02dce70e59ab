#!/usr/bin/env python3
"""Makes tables in Markdown of what the program `micro` has measured.

Usage: micro --benchmark_out=FILE [--benchmark_repetitions=N]; table.py FILE...

Of repetitions, and of several files, the median counts. Ratios are how many
times faster the library is than the other; above 1, the library is faster.
"""
import json
import statistics
import sys

OURS = ('aiomas', 'aiomas_shared')


def read(paths):
    """Return `{(work, format, message): {who: (nanoseconds, size)}}`."""
    times = {}
    for path in paths:
        with open(path, encoding='utf-8') as file:
            for run in json.load(file)['benchmarks']:
                if run['run_type'] == 'iteration':
                    ns = run['cpu_time'] * {'ns': 1, 'us': 1e3,
                                            'ms': 1e6}[run['time_unit']]
                    times.setdefault(run['run_name'], []).append(
                        (ns, run['size']))
    result = {}
    for name, samples in times.items():
        work, format_, who, message = name.split('/')
        ns = statistics.median(ns for ns, _ in samples)
        result.setdefault((work, format_, message), {})[who] = (
            ns, samples[0][1])
    return result


def number(x):
    """Render with three digits that count."""
    if x >= 100:
        return f'{x:,.0f}'
    return f'{x:.1f}' if x >= 10 else f'{x:.2f}'


def versus(results):
    yield '| work | format | message | ns | MB/s | other | ns | ratio |'
    yield '| --- | --- | --- | --- | --- | --- | --- | --- |'
    for (work, format_, message), by_who in results.items():
        others = {who: x for who, x in by_who.items() if who not in OURS}
        for who in OURS:
            if who not in by_who or work == 'copy':
                continue
            ns, size = by_who[who]
            shared = ' (shared)' if who == 'aiomas_shared' else ''
            for other, (other_ns, _) in (others or {'': (0, 0)}).items():
                yield ' | '.join((
                    f'| {work}', format_, message + shared, number(ns),
                    number(size / ns * 1e3), other or '—',
                    number(other_ns) if other else '',
                    (number(other_ns / ns) if other else '') + ' |'))


def copies(results):
    yield '| bytes copied | memory | ns | MB/s |'
    yield '| --- | --- | --- | --- |'
    for (work, _, message), by_who in results.items():
        if work == 'copy':
            for who, (ns, size) in by_who.items():
                yield (f'| {message} | {who} | {number(ns)} '
                       f'| {number(size / ns * 1e3)} |')


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    results = read(sys.argv[1:])
    for line in [*versus(results), '', *copies(results)]:
        print(line)


if __name__ == '__main__':
    main()
