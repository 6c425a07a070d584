#!/usr/bin/env bash
# CalculiX 2.20: two *KINEMATIC couplings with one reference node do not share its rotation. Each gets a hidden
# rotation of its own, and a moment (or a support) at the reference node reaches the last one only: the surface
# of the other coupling turns freely. Two blocks on one reference node under a moment about y tilt in
# opposite directions, although one rigid motion should carry both.
#
# Seen: slope of the left block's top +0.0179, of the right one's -0.0221. Rigidly joined both are equal.
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

cat >blocks.inp <<'DECK'
*NODE,NSET=NALL
1,0,0,0
2,1,0,0
3,1,1,0
4,0,1,0
5,0,0,1
6,1,0,1
7,1,1,1
8,0,1,1
11,3,0,0
12,4,0,0
13,4,1,0
14,3,1,0
15,3,0,1
16,4,0,1
17,4,1,1
18,3,1,1
99,2,0.5,1
*ELEMENT,TYPE=C3D8,ELSET=E1
1,1,2,3,4,5,6,7,8
*ELEMENT,TYPE=C3D8,ELSET=E2
2,11,12,13,14,15,16,17,18
*ELSET,ELSET=EALL
1,2
*NSET,NSET=BASE
1,2,3,4,11,12,13,14
*MATERIAL,NAME=M
*ELASTIC
1000.,0.
*SOLID SECTION,ELSET=EALL,MATERIAL=M
*SURFACE,NAME=LEFT
1,S2
*SURFACE,NAME=RIGHT
2,S2
*COUPLING,REF NODE=99,SURFACE=LEFT,CONSTRAINT NAME=A
*KINEMATIC
1,3
*COUPLING,REF NODE=99,SURFACE=RIGHT,CONSTRAINT NAME=B
*KINEMATIC
1,3
*BOUNDARY
BASE,1,3
*STEP
*STATIC
*CLOAD
99,5,10.
*NODE PRINT,NSET=NALL
U
*END STEP
DECK
root/usr/bin/ccx blocks >blocks.out 2>&1
# u_z along x over the tops, nodes 5 and 6 on the left, 15 and 16 on the right, 1 apart.
awk '
    NF == 4 { z[$1] = $4 }
    END {
        left = z[6] - z[5]; right = z[16] - z[15]
        printf "slopes: left %.4f, right %.4f\n", left, right
        if (left * right >= 0) { print "CHANGED"; exit 1 }
    }' blocks.dat
