#!/usr/bin/env bash
# VTK 9.5.2: an OBJ file that begins with a byte-order mark, as editors on Windows save text, loses its first
# line without a word. Where that is a vertex, every face then names the vertex after the one it means: with a
# vertex to spare at the end nothing is out of range, and another solid comes out.
#
# Seen: 5 points and 10 000 mm³ without the mark, 4 points and 2950 mm³ with it.
#
# Needs python3 with venv; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet vtk==9.5.2 numpy==2.2.6
venv/bin/python - <<'PY'
import sys
import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOGeometry import vtkOBJReader

POINTS = [(0, 0, 0), (30, 0, 0), (0, 40, 0), (0, 0, 50), (9, 9, 9)]
FACES = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]  # numbers from 0; vertex 4 is in none
text = "".join("v %g %g %g\n" % p for p in POINTS)
text += "".join("f %d %d %d\n" % tuple(v + 1 for v in t) for t in FACES)


def read(encoding):
    with open("bone.obj", "w", encoding=encoding) as f:
        f.write(text)
    reader = vtkOBJReader()
    reader.SetFileName("bone.obj")
    reader.Update()
    data = reader.GetOutput()
    points = vtk_to_numpy(data.GetPoints().GetData()).astype(float)
    faces = vtk_to_numpy(data.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    a, b, c = (points[faces[:, k]] for k in range(3))
    return len(points), round(abs(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6), 6)


plain, marked = read("utf-8"), read("utf-8-sig")
print("without the mark: %d points, %g mm³; with it: %d points, %g mm³" % (*plain, *marked))
if plain != (5, 10_000.0) or marked[0] != 4 or marked[1] == plain[1]:
    sys.exit("CHANGED")
PY
