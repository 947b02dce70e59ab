"""Markdown of results."""
import math

from . import machine, results


def number(x, digits=3):
    """Render with the digits that count, or nothing if there is no number."""
    if x is None:
        return ''
    if x == 0 or abs(x) >= 10 ** (digits - 1):
        return f'{x:,.0f}'
    return f'{x:.{digits - 1 - math.floor(math.log10(abs(x)))}f}'


def row(*cells):
    return f'| {" | ".join(cells)} |'


def head(*cells):
    yield row(*cells)
    yield row(*['---'] * len(cells))


def mebibytes(x):
    return None if x is None else x / (1 << 20)


def plain(section, found):
    """One row for each peer."""
    sized = 'payload' in section.plan
    yield from head('peer', 'calls/s', 'least to most', 'of raw', *(['MB/s'] if sized else []), 'p50 µs', 'p99 µs',
                    'p99.9 µs', 'server CPU µs/call', 'client CPU µs/call', 'peak MiB')
    for name in section.peers:
        runs = found.get(name, [])
        if not results.values(runs, 'calls'):
            continue
        least, most = results.spread(runs, 'calls_per_s')
        megabytes = results.median(runs, 'payload_bytes_per_s') / 1e6
        yield row(name, number(results.median(runs, 'calls_per_s')), f'{number(least)} to {number(most)}',
                  number(results.ratio(runs, found.get('raw', []))), *([number(megabytes)] if sized else []),
                  *(number(results.median(runs, key)) for key in ('p50_us', 'p99_us', 'p99_9_us')),
                  *(number(results.median(runs, key)) for key in ('server_cpu_us', 'client_cpu_us')),
                  number(mebibytes(results.median(runs, 'peak_memory'))))


def growth(section, found, key, scale):
    """One row for each peer, one column for each point."""
    points = [str(x) for x in section.points]
    yield from head(f'{key}, by {section.label}', *(f'{int(x):,}' for x in points))
    for name in section.peers:
        cells = [results.median(found.get(point, {}).get(name, []), scale[0]) for point in points]
        if any(cell is not None for cell in cells):
            yield row(name, *(number(cell and cell / scale[1]) for cell in cells))


def section_lines(section, found):
    yield f'### {section.title}'
    yield ''
    if section.axis is None:
        yield from plain(section, found.get('', {}))
        return
    yield from growth(section, found, 'calls/s', ('calls_per_s', 1))
    if section.key in ('connections', 'agents'):
        yield ''
        yield from growth(section, found, 'peak MiB of the server', ('peak_memory', 1 << 20))
    if section.key == 'payload':
        yield ''
        yield from growth(section, found, 'MB/s', ('payload_bytes_per_s', 1e6))


def document(data, sections, about, plots):
    """Yield the lines between the markers."""
    yield f'{machine.sentence(data["machine"])}.'
    rounds = f'{data["rounds"]} rounds' if data['rounds'] > 1 else 'one round'
    yield f'Medians of {rounds} of {data["secs"]:g} s, in which the peers take turns.'
    yield f'Load average of the machine: {data["load_average"][0]:.2f} before, {data["load_average"][1]:.2f} after.'
    yield ''
    measured = {name for section in data['results'].values() for found in section.values() for name in found}
    for name, text in about:
        if name in measured:
            yield f'- {name}: {text}'
    yield ''
    yield '"Of raw" is the median of the ratios of each round. MB/s are those of the payload in one direction. The'
    yield 'peak memory is that of the server; inside of a process, both sides are the server and the client.'
    for section in sections:
        if found := data['results'].get(section.key):
            yield ''
            yield from section_lines(section, found)
            if section.key in plots:
                yield ''
                yield f'![calls/s by {section.label}]({plots[section.key]})'
