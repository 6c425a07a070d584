#!/usr/bin/env bash
# meshio 5.3.5: every ten-node tetrahedron is written to an Abaqus deck as C3D10MH, Abaqus' modified hybrid
# element (another interpolation, with pressure unknowns of its own, meant for contact and rubber), not as C3D10. A plain mesh
# becomes another element without being asked: Abaqus solves something else, CalculiX 2.20 does not know it. meshio
# reads C3D10 as the same ten-node tetrahedron, so that reading a deck and writing it again changes its elements.
#
# Seen: "*ELEMENT, TYPE=C3D10MH" for a mesh read from "*ELEMENT, TYPE=C3D10".
#
# Needs python3 with venv; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet meshio==5.3.5 numpy==1.26.4
cat >one.inp <<'DECK'
*NODE
1,0.,0.,0.
2,1.,0.,0.
3,0.,1.,0.
4,0.,0.,1.
5,.5,0.,0.
6,.5,.5,0.
7,0.,.5,0.
8,0.,0.,.5
9,.5,0.,.5
10,0.,.5,.5
*ELEMENT,TYPE=C3D10
1,1,2,3,4,5,6,7,8,9,10
DECK
venv/bin/python -c "import meshio; meshio.read('one.inp').write('again.inp')"
grep '^\*ELEMENT' again.inp
grep -q '^\*ELEMENT, TYPE=C3D10MH' again.inp || { echo CHANGED; exit 1; }
