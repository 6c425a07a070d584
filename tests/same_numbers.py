#!/usr/bin/env python3
"""Whether two builds of endplate print the same numbers.

    tests/same_numbers.py OLD NEW [--surfaces DIR] [--quick]

Runs both programs on the cases and decks of validation/ and on the commands that need no input, and
compares every number of what they print and leave (JSON, CSV, .dat) to 1e-9 of the largest of its
table. Times, memory and solver statistics are left out. Prints one line a job; ends with 1 where a
number, a key or a file differs.
"""

import csv
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 1e-9
ROOT = pathlib.Path(__file__).resolve().parent.parent
SKIPPED = {"timing", "seconds", "peak_memory_bytes", "peak_bytes", "threads", "solver", "program", "sha256",
           "info", "bytes", "build_seconds", "read_seconds", "write_seconds", "solve_seconds", "limits_of_the_method"}
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?")


def jobs(surfaces, quick):
    for case in sorted(ROOT.glob("validation/*/case.toml")):
        if case.parent.name == "t6-bodyparts3d" and not surfaces:
            print("left out without --surfaces: t6-bodyparts3d")
            continue
        extra = ["--surfaces", surfaces] if surfaces else []
        yield case.parent.name, ["run", str(case), "--out", "out", "--quiet", *extra]
    for deck in sorted(ROOT.glob("validation/*/*.inp")):
        yield f"{deck.parent.name}/{deck.name}", ["solve", str(deck), "--out", "out", "--quiet"]
    yield "lattice laws", ["lattice", "laws"]
    yield "lattice", ["lattice", "kelvin", "--strut-mm", "0.3", "--porosity-percent", "80", "--json"]
    yield "reproduce", ["reproduce", "all", "--out", "out"]
    yield "virtual-test", ["virtual-test", "compression", "--out", "out"]
    if not quick:
        yield "homogenise", ["homogenise", "kelvin", "--porosity-percent", "80", "--out", "out"]


def leaves(value, path=""):
    """Every leaf of a JSON value with its path; rows of tables share theirs."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in SKIPPED:
                yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        yield f"{path}#", len(value)
        for inner in value:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path, value


def read(path):
    if path.suffix == ".json":
        return list(leaves(json.loads(path.read_text())))
    if path.suffix == ".csv":
        rows = list(csv.DictReader(path.open()))
        return [(key, as_number(row[key])) for row in rows for key in row if key not in SKIPPED]
    if path.suffix in (".dat", ".txt"):
        return [("line", float(n)) for n in NUMBER.findall(path.read_text())]
    return []


def as_number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def by_path(rows):
    """Numbers and words of each path, in order."""
    numbers, words = {}, {}
    for key, value in rows:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and not key.endswith("#")
        (numbers if is_number else words).setdefault(key, []).append(value)
    return numbers, words


def differences(old, new):
    """The largest difference of two lists of leaves, over the largest of each path, and what else differs."""
    (numbers, words), (other_numbers, other_words) = by_path(old), by_path(new)
    notes = [key for key in sorted(set(words) | set(other_words)) if words.get(key) != other_words.get(key)]
    worst = 0.0
    for key in sorted(set(numbers) | set(other_numbers)):
        one, other = numbers.get(key, []), other_numbers.get(key, [])
        if len(one) != len(other):
            notes.append(f"{key} ({len(one)} and {len(other)} numbers)")
            continue
        largest = max((abs(v) for v in one if math.isfinite(v)), default=0.0) or 1.0
        for a, b in zip(one, other):
            if a != b and not (math.isnan(a) and math.isnan(b)):
                worst = max(worst, abs(a - b) / largest)
    return worst, notes


def outcome(program, arguments):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True)
        folder = pathlib.Path(folder)
        files = {str(p.relative_to(folder)): read(p) for p in sorted(folder.rglob("*")) if p.is_file()}
        if not files:
            files["terminal"] = [("line", float(n)) for n in NUMBER.findall(done.stdout)]
        return done.returncode, files


def main():
    arguments = sys.argv[1:]
    surfaces = arguments[arguments.index("--surfaces") + 1] if "--surfaces" in arguments else None
    old, new = (str(pathlib.Path(p).resolve()) for p in arguments[:2])
    failed = 0
    for name, command in jobs(surfaces, "--quick" in arguments):
        (code_a, a), (code_b, b) = outcome(old, command), outcome(new, command)
        notes = [] if code_a == code_b else [f"exit {code_a} and {code_b}"]
        if set(a) != set(b):
            notes.append(f"files {sorted(set(a) ^ set(b))}")
        worst = 0.0
        for file in sorted(set(a) & set(b)):
            off, others = differences(a[file], b[file])
            worst = max(worst, off)
            notes += [f"{file}: {other}" for other in others]
        if worst > TOLERANCE:
            notes.append("numbers differ")
        failed += bool(notes)
        numbers = sum(isinstance(v, (int, float)) for rows in a.values() for _, v in rows)
        print(f"{name:60} {numbers:8} numbers, off by {worst:.1e}  {'; '.join(notes)}", flush=True)
    sys.exit(1 if failed else 0)


main()
