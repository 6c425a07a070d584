#!/usr/bin/env bash
# meshio 5.3.5: a binary STL file with bytes behind its last triangle (padding, as some scanners leave it) is
# read as an empty mesh: no error, no triangle. The file says itself how many triangles it has, so
# that what follows them can be told from them. Without the padding the same file is read whole.
#
# Seen: 4 triangles without padding, none with 512 zero bytes.
#
# Needs python3 with venv; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet meshio==5.3.5 numpy==1.26.4
venv/bin/python - <<'PY'
import struct, sys
import meshio

POINTS = [(0, 0, 0), (30, 0, 0), (0, 40, 0), (0, 0, 50)]
FACES = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]
whole = b"made by hand".ljust(80) + struct.pack("<I", len(FACES))
for face in FACES:
    whole += bytes(12) + b"".join(struct.pack("<3f", *POINTS[v]) for v in face) + bytes(2)
count = {}
for padding in (0, 512):
    with open("bone.stl", "wb") as f:
        f.write(whole + bytes(padding))
    count[padding] = sum(len(b.data) for b in meshio.read("bone.stl").cells)
print(f"{count[0]} triangles without padding, {count[512]} with")
if count != {0: 4, 512: 0}:
    sys.exit("CHANGED")
PY
