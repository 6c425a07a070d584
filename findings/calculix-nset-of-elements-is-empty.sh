#!/usr/bin/env bash
# CalculiX 2.20 does not know ELSET of *NSET, which Abaqus' decks use for the nodes of elements
# (*NSET, NSET=Q, ELSET=A), and goes on: the set is made, empty, and a support or a load on it acts on nothing. There
# is a warning about the parameter and the exit code is 0. A node pulled by 1 N moves by 0.006; loaded through
# such a set nothing moves, and a support through it that holds every node leaves the 0.006.
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

# Moves node 4 by what $1 loads and $2 holds.
moved() {
    cat >"$3.inp" <<DECK
*NODE,NSET=N
1,0.,0.,0.
2,1.,0.,0.
3,0.,1.,0.
4,0.,0.,1.
*ELEMENT,TYPE=C3D4,ELSET=A
1,1,2,3,4
*MATERIAL,NAME=M
*ELASTIC
1000.,0.
*SOLID SECTION,ELSET=A,MATERIAL=M
*NSET,NSET=Q,ELSET=A
*BOUNDARY
1,1,3
2,1,3
3,1,3
$2
*STEP
*STATIC
*CLOAD
$1,3,1.
*NODE PRINT,NSET=N
U
*END STEP
DECK
    root/usr/bin/ccx "$3" >"$3.log" 2>&1 || { echo "exit code $?"; return; }
    awk '$1 == 4 { printf "%.4f", $4 }' "$3.dat"
}
node=$(moved 4 '**' node)
load=$(moved Q '**' load)
hold=$(moved 4 'Q,1,3' hold)
echo "CalculiX 2.20, node 4 moves by $node; loaded through the set $load; held through the set $hold"
[ "$node/$load/$hold" = 0.0060/0.0000/0.0060 ] || { echo CHANGED; exit 1; }
