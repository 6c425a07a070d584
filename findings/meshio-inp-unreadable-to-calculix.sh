#!/usr/bin/env bash
# meshio 5.3.5 and CalculiX 2.20: a mesh that meshio writes as .inp with its default settings cannot be
# read by CalculiX. meshio writes every coordinate with 16 decimals and an exponent (22 characters, 23 where
# it is negative), CalculiX reads the first 20 characters of a field: the exponent is cut in the middle and the
# line refused. `float_fmt=".12e"` gives a deck that runs and the same mesh.
#
# Seen: "*ERROR reading *NODE. Card image: 1,0.0000000000000000E+00,..."
#
# Needs python3 with venv and Debian's apt-get; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet meshio==5.3.5 numpy==1.26.4
# CalculiX and the libraries it needs, unpacked beside.
for package in calculix-ccx=2.20-1 libspooles2.2 libarpack2 libexodusii5; do
    apt-get download "$package" >/dev/null 2>&1 || true
done
for deb in ./*.deb; do dpkg -x "$deb" root; done
ccx=root/usr/bin/ccx
export LD_LIBRARY_PATH="$here/root/usr/lib:$here/root/usr/lib/x86_64-linux-gnu"

write() { # name, further arguments of meshio's write
    venv/bin/python - "$1" "${2:-}" <<'PY'
import sys
import meshio, numpy
points = numpy.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0.1, 0.1, 1 / 3]], float)
mesh = meshio.Mesh(points, [("tetra", [[0, 1, 2, 3]])], point_sets={"BASE": numpy.array([0, 1, 2])})
options = {"float_fmt": sys.argv[2]} if sys.argv[2] else {}
meshio.write(sys.argv[1] + "-mesh.inp", mesh, **options)
PY
    {
        cat "$1-mesh.inp"
        printf '%s\n' '*ELSET,ELSET=ALL' 1 '*MATERIAL,NAME=M' '*ELASTIC' '1000.,0.3' \
            '*SOLID SECTION,ELSET=ALL,MATERIAL=M' '*BOUNDARY' 'BASE,1,3' '*STEP' '*STATIC' '*CLOAD' '4,3,1.' \
            '*NODE FILE' 'U' '*END STEP'
    } >"$1.inp"
}

write default
write short .12e
"$ccx" default >default.out 2>&1 || true
"$ccx" short >short.out 2>&1 || true

grep -q 'ERROR reading \*NODE' default.out || { echo "CHANGED: the default deck is read"; exit 1; }
grep -q 'Job finished' short.out || { echo "CHANGED: the deck of short numbers is not solved"; tail -5 short.out; exit 1; }
echo "as seen: meshio 5.3.5's default .inp is refused by CalculiX 2.20, the one with shorter numbers runs"
