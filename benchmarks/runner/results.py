"""What came of the rounds: `{section: {point: {peer: [what a client printed, or None, by round]}}}`."""
import statistics


def values(runs, key):
    return [run[key] for run in runs if run and run.get(key) is not None]


def median(runs, key):
    """Return the median of the rounds, or None if there is none."""
    found = values(runs, key)
    return statistics.median(found) if found else None


def spread(runs, key):
    found = values(runs, key)
    return (min(found), max(found)) if found else None


def ratio(runs, others, key='calls_per_s'):
    """Return the median of the ratios of each round, or None."""
    found = [x[key] / y[key] for x, y in zip(runs, others) if x and y and y[key]]
    return statistics.median(found) if found else None
