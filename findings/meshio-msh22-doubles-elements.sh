#!/usr/bin/env bash
# Gmsh 4.15.2 and meshio 5.3.5: a volume in two physical groups, saved as MSH 2.2, has twice its elements
# after meshio has read it. Gmsh writes an element of such a volume once for each group, with a new number
# each time, since the format holds one group an element; meshio takes every line for an element. Converted on
# to a deck, the part is twice as stiff, without a word. The same mesh in MSH 4.1 comes through once.
#
# Seen: 24 tetrahedra in Gmsh, 48 in meshio from 2.2, 24 from 4.1.
#
# Needs python3 with venv (and the X libraries Gmsh's wheel links); installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet gmsh==4.15.2 meshio==5.3.5 numpy==1.26.4
venv/bin/python - <<'PY'
import sys
import gmsh, meshio

gmsh.initialize()
gmsh.option.setNumber("General.Terminal", 0)
gmsh.model.occ.addBox(0, 0, 0, 1, 1, 1)
gmsh.model.occ.synchronize()
gmsh.model.addPhysicalGroup(3, [1], name="everything")
gmsh.model.addPhysicalGroup(3, [1], name="bone")
gmsh.option.setNumber("Mesh.MeshSizeMin", 2)
gmsh.model.mesh.generate(3)
count = len(gmsh.model.mesh.getElementsByType(4)[0])
read = {}
for version in (2.2, 4.1):
    gmsh.option.setNumber("Mesh.MshFileVersion", version)
    gmsh.write("box.msh")
    read[version] = sum(len(b.data) for b in meshio.read("box.msh").cells if b.type == "tetra")
print(f"Gmsh {count} tetrahedra; meshio from 2.2: {read[2.2]}, from 4.1: {read[4.1]}")
if read != {2.2: 2 * count, 4.1: count}:
    sys.exit("CHANGED")
PY
