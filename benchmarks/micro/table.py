#!/usr/bin/env python3
"""Makes tables in Markdown of what the program `micro` has measured.

Usage: micro --benchmark_out=FILE [--benchmark_repetitions=N]; table.py FILE...

Of repetitions, and of several files, the median counts. A ratio is how many
times as fast as the other the library is.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from runner import measured

OURS = {'aiomas': '', 'aiomas_shared': ' (shared)'}
FORMATS = ['json', 'msgpack', 'msgpack_blosc']
WORK = ['encode', 'decode']
KINDS = [*WORK, 'copy']
MESSAGES = ['call', '2KiB', '1MiB', '16MiB_text', '16MiB_bytes', '16MiB_array']


def read(paths):
    """Return `{(format, message, work): {who: (nanoseconds, bytes)}}`."""
    result = {}
    for name, (ns, run) in measured.medians(paths).items():
        work, format_, who, message = name.split('/')
        result.setdefault((format_, message, work), {})[who] = (
            ns, run['size'])
    return result


def number(x):
    """Render with three digits that count."""
    if x >= 100:
        return f'{x:,.0f}'
    return f'{x:.1f}' if x >= 10 else f'{x:.2f}'


def rate(ns, size):
    """Render MB/s, unless nothing was done with the bytes."""
    return number(size / ns * 1e3) if size / ns < 1e3 else 'no copy'


def row(*cells):
    return f'| {" | ".join(cells)} |'


def position(key):
    return [names.index(x) for names, x in zip((FORMATS, MESSAGES, KINDS), key)]


def codecs(results):
    yield row('format', 'message', 'work', 'ns', 'MB/s', 'times the speed of')
    yield row(*['---'] * 6)
    keys = sorted((key for key in results if key[2] in WORK), key=position)
    for key in keys:
        format_, message, work = key
        others = {who: x for who, x in results[key].items() if who not in OURS}
        # Blosc is measured by the bytes before they are compressed.
        copied = 'json' if format_ == 'json' else 'msgpack'
        copy = results.get((copied, message, 'copy'), {}).get('warm')
        if copy and message.startswith('16MiB'):
            others['memcpy'] = copy
        for who, suffix in OURS.items():
            if who in results[key]:
                ns, size = results[key][who]
                ratios = [f'{who} {number(other_ns / ns)}'
                          for who, (other_ns, _) in others.items()]
                yield row(format_, message + suffix, work, number(ns),
                          rate(ns, size), ', '.join(ratios))


def copies(results):
    yield row('`memcpy` of', 'into memory', 'ns', 'MB/s')
    yield row(*['---'] * 4)
    keys = sorted((key for key in results if key[2] == 'copy'), key=position)
    for key in keys:
        format_, message, _ = key
        for who, (ns, size) in sorted(results[key].items()):
            yield row(f'{format_} {message}', who, number(ns), rate(ns, size))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    results = read(sys.argv[1:])
    for line in [*codecs(results), '', *copies(results)]:
        print(line)


if __name__ == '__main__':
    main()
