#!/usr/bin/env bash
# meshio 5.3.5: faces of an OBJ file that name their vertices from the last one backwards (-1 is the last, as
# the format says, and as modelling programs write them) are read one vertex too far back: meshio takes one off every number,
# which is right for those counted from 1 and wrong for these. Where the file begins with a vertex that no
# face needs, nothing is out of range, and another solid comes out without a word.
#
# Seen: of a tetrahedron of 10 000 mm³ behind one unused vertex, 10 000 mm³ counted forwards, 1800 where the
# same faces are counted backwards: every vertex is the one before it.
#
# Needs python3 with venv; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet meshio==5.3.5 numpy==1.26.4
venv/bin/python - <<'PY'
import sys
import meshio, numpy as np

POINTS = [(9, 9, 9), (0, 0, 0), (30, 0, 0), (0, 40, 0), (0, 0, 50)]
FACES = [(1, 3, 2), (1, 2, 4), (2, 3, 4), (1, 4, 3)]  # numbers from 0; vertex 0 is in none


def written(name, number):
    with open(name, "w") as f:
        f.writelines("v %g %g %g\n" % p for p in POINTS)
        f.writelines("f %d %d %d\n" % tuple(number(v) for v in t) for t in FACES)
    mesh = meshio.read(name)
    faces = mesh.cells_dict["triangle"]
    a, b, c = (mesh.points[faces[:, k]] for k in range(3))
    return sorted(set(faces.ravel().tolist())), abs(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


forwards, backwards = (written(n, f) for n, f in [
    ("forwards.obj", lambda v: v + 1),
    ("backwards.obj", lambda v: v - len(POINTS)),
])
print("forwards: vertices %s, %.0f mm³; backwards: vertices %s, %.0f mm³" % (*forwards, *backwards))
if forwards != ([1, 2, 3, 4], 10_000.0) or [v % len(POINTS) for v in backwards[0]] == forwards[0]:
    sys.exit("CHANGED")
PY
