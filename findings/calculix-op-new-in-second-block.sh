#!/usr/bin/env bash
# In CalculiX 2.20 the OP=NEW of a second *CLOAD of a step does nothing: the loads of the first block stay and those of
# the second add to them. The warning calls the parameter, which the first block of a step may have, "not
# recognized"; of *BOUNDARY there is no warning at all; the exit code is 0. Here a cube is held at its bottom: 1 N
# down on each of four nodes in the first block, 2 N sideways in the second with OP=NEW: the reaction has both.
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

# Sum of the reactions with $1 in the step, as deck $2.
reaction() {
    cat >"$2.inp" <<DECK
*NODE,NSET=N
1,0.,0.,0.
2,1.,0.,0.
3,1.,1.,0.
4,0.,1.,0.
5,0.,0.,1.
6,1.,0.,1.
7,1.,1.,1.
8,0.,1.,1.
*ELEMENT,TYPE=C3D8,ELSET=A
1,1,2,3,4,5,6,7,8
*NSET,NSET=LOW
1,2,3,4
*NSET,NSET=TOP
5,6,7,8
*MATERIAL,NAME=M
*ELASTIC
1000.,0.3
*SOLID SECTION,ELSET=A,MATERIAL=M
*STEP
*STATIC
$1
*NODE PRINT,NSET=LOW,TOTALS=ONLY
RF
*END STEP
DECK
    root/usr/bin/ccx "$2" >"$2.log" 2>&1 || { echo "exit code $?"; return; }
    awk 'NF == 3 { printf "%.0f,%.0f,%.0f", $1, $2, $3 }' "$2.dat"
}
loads=$(reaction $'*BOUNDARY\nLOW,1,3\n*CLOAD\nTOP,3,-1.\n*CLOAD,OP=NEW\nTOP,1,2.' loads)
held=$(reaction $'*BOUNDARY\nLOW,1,3\n*BOUNDARY,OP=NEW\nLOW,3,3\n*CLOAD\nTOP,1,2.' held)
warned=$(grep -c "parameter not recognized" loads.log || true)
silent=$(grep -c "parameter not recognized" held.log || true)
echo "CalculiX 2.20: reaction $loads with $warned warning; supports kept: reaction $held with $silent"
[ "$loads/$warned/$held/$silent" = "-8,0,4/1/-8,0,0/0" ] || { echo CHANGED; exit 1; }
