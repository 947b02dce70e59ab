"""Plain SVG: calls/s over an axis, both logarithmic, one line for each peer."""
import math

from . import results

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 50

# Seen well on white and on black; the same peer has the same colour everywhere.
COLOURS = {'raw': '#888888', 'ours': '#d9480f', 'ours inlined': '#f08c00', 'our server': '#1c7ed6',
           'our server inlined': '#15aabf', 'grpc': '#2f9e44', 'capnp': '#ae3ec9', 'basp': '#e64980',
           'python': '#74b816', 'python server': '#7950f2'}

STYLE = '''text { font: 13px sans-serif; fill: #444 }
.title { font-size: 15px; font-weight: bold }
.grid { stroke: #888; stroke-opacity: 0.3 }
.axis { stroke: #888 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } }'''


def short(x):
    """Render 1000 as 1k, and 1024 as 1Ki."""
    for power, unit in ((20, 'Mi'), (10, 'Ki')):
        if x >= 1 << power and x % (1 << power) == 0:
            return f'{x >> power}{unit}'
    for factor, unit in ((1e6, 'M'), (1e3, 'k')):
        if x >= factor:
            return f'{x / factor:g}{unit}'
    return f'{x:g}'


def escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;')


class Scale:
    """From numbers to places, logarithmically."""

    def __init__(self, least, most, begin, end):
        self.least, self.begin = math.log10(least), begin
        self.factor = (end - begin) / max(math.log10(most) - self.least, 1e-9)

    def __call__(self, x):
        return self.begin + (math.log10(x) - self.least) * self.factor


def lines_of(section, found):
    """Return `{peer: [(x, calls/s), ...]}`."""
    result = {}
    for name in section.peers:
        points = [(x, results.median(found.get(str(x), {}).get(name, []), 'calls_per_s')) for x in section.points]
        points = [(x, y) for x, y in points if y]
        if points:
            result[name] = points
    return result


def draw(section, found):
    """Return the text of an SVG, or None if there is nothing to show."""
    lines = lines_of(section, found)
    ys = [y for points in lines.values() for _, y in points]
    if not ys or len(section.points) < 2:
        return None
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    to_x = Scale(section.points[0], section.points[-1], LEFT, WIDTH - RIGHT)
    to_y = Scale(10 ** low, 10 ** max(high, low + 1), HEIGHT - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
           f'role="img">', f'<style>{STYLE}</style>', f'<title>{escape(section.title)}</title>',
           f'<text class="title" x="{LEFT}" y="22">Calls per second by {escape(section.label)}</text>']
    for power in range(low, max(high, low + 1) + 1):
        y = to_y(10 ** power)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{short(10 ** power)}</text>')
    for point in section.points:
        x = to_x(point)
        out.append(f'<line class="axis" x1="{x:.1f}" y1="{HEIGHT - BOTTOM}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM + 5}"/>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{short(point)}</text>')
    out.append(f'<line class="axis" x1="{LEFT}" y1="{HEIGHT - BOTTOM}" x2="{WIDTH - RIGHT}" y2="{HEIGHT - BOTTOM}"/>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
               f'{escape(section.label)}</text>')
    # The legend stands in the order of the last points, as the lines end there.
    order = sorted(lines, key=lambda name: -lines[name][-1][1])
    for i, name in enumerate(order):
        colour = COLOURS.get(name, '#888888')
        path = ' '.join(f'{to_x(x):.1f},{to_y(y):.1f}' for x, y in lines[name])
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{to_x(x):.1f}" cy="{to_y(y):.1f}" r="3" fill="{colour}"/>' for x, y in lines[name]]
        y = TOP + 14 + i * 20
        x = WIDTH - RIGHT + 16
        out.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 20}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>')
        out.append(f'<text x="{x + 27}" y="{y}">{escape(name)}</text>')
    return '\n'.join([*out, '</svg>', ''])
