#!/usr/bin/env bash
# CalculiX 2.20: a part whose supports stop every rigid motion may still be singular, because hexahedra with reduced
# integration (C3D20R) and linear wedges (C3D6, two points) have deformations that no quadrature point sees: six, and one. It
# says nothing, prints displacements of round-off size over round-off, and ends with 0. A single C3D20R held in six dofs under
# 1 N moves by many times what the same C3D20 does. Chains of C3D20R one element across stay so, however long.
#
# Seen: exit 0; largest displacement 0.066 with C3D20, 1.9e14 with C3D20R.
#
# Needs Debian's apt-get; installs nothing outside a temporary folder.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

for package in calculix-ccx=2.20-1 libspooles2.2 libarpack2 libexodusii5; do
    apt-get download "$package" >/dev/null 2>&1 || true
done
for deb in ./*.deb; do dpkg -x "$deb" root; done
export LD_LIBRARY_PATH="$here/root/usr/lib:$here/root/usr/lib/x86_64-linux-gnu"

largest() { # element type: the largest displacement along an axis
    cat >one.inp <<DECK
*NODE,NSET=NALL
1,0,0,0
2,1,0,0
3,1,1,0
4,0,1,0
5,0,0,1
6,1,0,1
7,1,1,1
8,0,1,1
9,.5,0,0
10,1,.5,0
11,.5,1,0
12,0,.5,0
13,.5,0,1
14,1,.5,1
15,.5,1,1
16,0,.5,1
17,0,0,.5
18,1,0,.5
19,1,1,.5
20,0,1,.5
*ELEMENT,TYPE=$1,ELSET=EALL
1,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,
16,17,18,19,20
*MATERIAL,NAME=M
*ELASTIC
1000.,.3
*SOLID SECTION,ELSET=EALL,MATERIAL=M
*BOUNDARY
1,1,3
2,2,3
3,3
*STEP
*STATIC
*CLOAD
8,1,1.
8,3,.5
*NODE PRINT,NSET=NALL
U
*END STEP
DECK
    root/usr/bin/ccx one >one.out 2>&1
    awk 'NF == 4 && $1 ~ /^[0-9]+$/ { for (k = 2; k < 5; k++) { v = $k < 0 ? -$k : $k; if (v > m) m = v } }
         END { printf "%.3e", m }' one.dat
}

full=$(largest C3D20)
reduced=$(largest C3D20R)
echo "largest displacement: C3D20 $full, C3D20R $reduced"
awk -v f="$full" -v r="$reduced" 'BEGIN { exit !(r > 1e6 * f) }' || { echo CHANGED; exit 1; }
