"""What programs have measured with Google Benchmark."""
import json
import statistics

NANOSECONDS = {'ns': 1, 'us': 1e3, 'ms': 1e6, 's': 1e9}


def medians(paths):
    """Return `{name: (nanoseconds, a run)}`: processor time, the median of repetitions and of all files."""
    found = {}
    for path in paths:
        with open(path, encoding='utf-8') as file:
            for run in json.load(file)['benchmarks']:
                if run['run_type'] == 'iteration':
                    ns = run['cpu_time'] * NANOSECONDS[run['time_unit']]
                    found.setdefault(run['run_name'], []).append((ns, run))
    return {name: (statistics.median(ns for ns, _ in runs), runs[0][1]) for name, runs in found.items()}
