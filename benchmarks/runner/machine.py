"""What the figures are of: processor, kernel, compiler."""
import os
import pathlib
import re
import subprocess


def first_match(path, pattern, default):
    try:
        match = re.search(pattern, pathlib.Path(path).read_text(encoding='utf-8'), re.MULTILINE)
    except OSError:
        return default
    return match[1] if match else default


def compiler(build):
    program = first_match(build / 'CMakeCache.txt', r'^CMAKE_CXX_COMPILER:\w+=(.*)$', 'c++')
    try:
        done = subprocess.run([program, '--version'], stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError):
        return program


def describe(build):
    """Return a dict of texts, to be kept with the results."""
    kind = first_match(build / 'CMakeCache.txt', r'^CMAKE_BUILD_TYPE:\w+=(.*)$', '')
    flags = first_match(build / 'CMakeCache.txt', rf'^CMAKE_CXX_FLAGS_{kind.upper()}:\w+=(.*)$', '')
    return {'cpu': first_match('/proc/cpuinfo', r'^model name\s*:\s*(.*)$', 'unknown processor'),
            'cores': len(os.sched_getaffinity(0)),
            'kernel': f'{os.uname().sysname} {os.uname().release}',
            'compiler': compiler(build),
            'flags': f'{kind}, {flags}' if kind else flags}


def sentence(what):
    cores = f'{what["cores"]} core' + ('s' if what['cores'] != 1 else '')
    return f'{what["cpu"]}, {cores}, {what["kernel"]}, {what["compiler"]} ({what["flags"]})'
