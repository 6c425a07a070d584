#!/usr/bin/env bash
# CalculiX 2.20: hexahedra with incompatible modes (C3D8I) do not keep a uniform stress unless they are
# parallelepipeds. In MacNeal and Harder's patch of seven distorted hexahedra, whose outer nodes follow a uniform stretch
# (sxx = 1, all else 0), C3D8 and C3D20 print 1.000000 at every point, C3D8I far other values. The modes' gradients are
# taken with the Jacobian at the centre, but without the factor det J0 / det J of Taylor, Beresford and Wilson (1976) that
# makes their work on a uniform stress vanish.
#
# Seen: sxx 1.0000 to 1.0000 with C3D8, 0.5685 to 1.8193 with C3D8I.
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

spread() { # element type: smallest and largest sxx
    cat >patch.inp <<DECK
*NODE,NSET=NALL
1,.249,.342,.192
2,.826,.288,.288
3,.850,.649,.263
4,.273,.750,.230
5,.320,.186,.643
6,.677,.305,.683
7,.788,.693,.644
8,.165,.745,.702
9,0,0,0
10,1,0,0
11,1,1,0
12,0,1,0
13,0,0,1
14,1,0,1
15,1,1,1
16,0,1,1
*ELEMENT,TYPE=$1,ELSET=EALL
1,1,2,3,4,5,6,7,8
2,9,10,11,12,1,2,3,4
3,5,6,7,8,13,14,15,16
4,9,10,2,1,13,14,6,5
5,10,11,3,2,14,15,7,6
6,11,12,4,3,15,16,8,7
7,12,9,1,4,16,13,5,8
*MATERIAL,NAME=M
*ELASTIC
1000.,.3
*SOLID SECTION,ELSET=EALL,MATERIAL=M
*STEP
*STATIC
*BOUNDARY
9,1,3
10,1,1,1e-3
10,2,3
11,1,1,1e-3
11,2,2,-3e-4
11,3,3
12,1,1
12,2,2,-3e-4
12,3,3
13,1,2
13,3,3,-3e-4
14,1,1,1e-3
14,2,2
14,3,3,-3e-4
15,1,1,1e-3
15,2,3,-3e-4
16,1,1
16,2,3,-3e-4
*EL PRINT,ELSET=EALL
S
*END STEP
DECK
    root/usr/bin/ccx patch >patch.out 2>&1
    awk 'NF == 8 && $1 ~ /^[0-9]+$/ { if (!n++) { low = high = $3 } if ($3 < low) low = $3; if ($3 > high) high = $3 }
         END { printf "%.4f %.4f", low, high }' patch.dat
}

full=$(spread C3D8)
modes=$(spread C3D8I)
echo "sxx from, to: C3D8 $full, C3D8I $modes; exact 1 1"
awk -v f="$full" -v m="$modes" 'BEGIN { split(f, a); split(m, b)
    exit !(a[1] == 1 && a[2] == 1 && b[2] - b[1] > 0.05) }' || { echo CHANGED; exit 1; }
