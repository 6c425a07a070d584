#!/usr/bin/env bash
# Gmsh 4.15.2 and meshio 5.3.5: a mesh read from MSH 4.1 and written as an Abaqus deck gets an element set
# named `gmsh:bounding_entities` that holds no elements: its numbers are the tags of the surfaces that bound
# the volume, with their signs, so that 0 and negative numbers stand where element numbers belong, and the
# positive ones name elements that have nothing to do with it.
#
# Seen: "*ELSET, ELSET=gmsh:bounding_entities" followed by "0,3,-2,5,-4,7".
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
gmsh.model.addPhysicalGroup(3, [1], name="bone")
gmsh.option.setNumber("Mesh.MeshSizeMin", 2)
gmsh.model.mesh.generate(3)
gmsh.option.setNumber("Mesh.MshFileVersion", 4.1)
gmsh.write("box.msh")
meshio.read("box.msh").write("box.inp")
lines = open("box.inp").read().splitlines()
at = next((i for i, l in enumerate(lines) if l.endswith("ELSET=gmsh:bounding_entities")), None)
if at is None:
    sys.exit("CHANGED: no such set")
numbers = []
for line in lines[at + 1:]:
    if line.startswith("*"):
        break
    numbers += [int(n) for n in line.split(",") if n.strip()]
print(lines[at], numbers)
if min(numbers) >= 1:
    sys.exit("CHANGED: only element numbers")
PY
