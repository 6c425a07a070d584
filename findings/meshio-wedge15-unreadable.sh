#!/usr/bin/env bash
# meshio 5.3.5: no file with fifteen-node wedges can be read, in any format. Every reader knows the type and its
# node order and writes it, but the table of dimensions that a mesh is checked against lacks it: KeyError 'wedge15'. Six-node
# wedges and twenty-node hexahedra pass.
#
# Seen: KeyError: 'wedge15' for "*ELEMENT, TYPE=C3D15", none for TYPE=C3D6.
#
# Needs python3 with venv; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet meshio==5.3.5 numpy==1.26.4
cat >nodes.inp <<'DECK'
*NODE
1,0.,0.,0.
2,1.,0.,0.
3,0.,1.,0.
4,0.,0.,1.
5,1.,0.,1.
6,0.,1.,1.
7,.5,0.,0.
8,.5,.5,0.
9,0.,.5,0.
10,.5,0.,1.
11,.5,.5,1.
12,0.,.5,1.
13,0.,0.,.5
14,1.,0.,.5
15,0.,1.,.5
DECK
{ cat nodes.inp; echo "*ELEMENT,TYPE=C3D6"; echo "1,1,2,3,4,5,6"; } >six.inp
{ cat nodes.inp; echo "*ELEMENT,TYPE=C3D15"; echo "1,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"; } >fifteen.inp
venv/bin/python -c "import meshio; print(meshio.read('six.inp').cells[0].type)"
venv/bin/python -c "import meshio; meshio.read('fifteen.inp')" 2>error || true
tail -1 error
grep -q "KeyError: 'wedge15'" error || { echo CHANGED; exit 1; }
