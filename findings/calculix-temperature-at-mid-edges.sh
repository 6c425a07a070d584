#!/usr/bin/env bash
# CalculiX 2.20 takes the temperature of a C3D10's mid-edge nodes as it stands, 0 where none is given:
# *INITIAL CONDITIONS on the corners alone, which is all that a mesh of linear elements would carry over,
# grades a modulus by another field, without a word. One element, modulus 100 at 0 and 1100 at 10, a
# corner at 10 and the others at 0, strained by 0.01 along z: the stress at the integration point next to
# that corner is 0.01 (100 + 1000 * 0.5854) = 6.854 with mid-edge nodes at 5, and 3.483 without them.
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

deck() {
    cat <<'DECK'
*NODE,NSET=N
1,0,0,0
2,1,0,0
3,0,1,0
4,0,0,1
5,.5,0,0
6,.5,.5,0
7,0,.5,0
8,0,0,.5
9,.5,0,.5
10,0,.5,.5
*ELEMENT,TYPE=C3D10,ELSET=E
1,1,2,3,4,5,6,7,8,9,10
*MATERIAL,NAME=M
*ELASTIC
100.,0.,0.
1100.,0.,10.
*SOLID SECTION,ELSET=E,MATERIAL=M
*INITIAL CONDITIONS,TYPE=TEMPERATURE
1,0.
2,10.
3,0.
4,0.
DECK
    if [ "$1" = all ]; then
        printf '%s\n' 5,5. 6,5. 7,0. 8,0. 9,5. 10,0.
    fi
    cat <<'DECK'
*BOUNDARY
N,1,2
*STEP
*STATIC
*BOUNDARY
1,3,3,0.
2,3,3,0.
3,3,3,0.
5,3,3,0.
6,3,3,0.
7,3,3,0.
4,3,3,.01
8,3,3,.005
9,3,3,.005
10,3,3,.005
*EL PRINT,ELSET=E
S
*END STEP
DECK
}
stress() {
    deck "$1" >"$1.inp"
    root/usr/bin/ccx "$1" >"$1.log" 2>&1 || true
    awk '$1 == 1 && $2 == 2 { printf "%.3f", $5 }' "$1.dat"
}
all=$(stress all)
corners=$(stress corners)
echo "CalculiX 2.20, stress at point 2: $all with mid-edge nodes, $corners with corners alone"
[ "$all" = 6.854 ] && [ "$corners" = 3.483 ] || { echo CHANGED; exit 1; }
