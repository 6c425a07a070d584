"""Limits of unit cells on conforming meshes, by means that share nothing with the program.

Each cell is an octant [0, 1/2]^3 between mirror planes, cut once more by the planes y = z and
y + z = 1/2 where these are mirrors too. Its struts are a union of cylinders made by OpenCASCADE. The
radius is the one at which the solid (not the mesh) has the wanted volume. Gmsh meshes it with curved
ten-node tetrahedra, finer towards the grooves where struts meet: there the stress is singular, and
every mesh is too stiff by an amount that falls with the size at the groove. Sizes of successive meshes
are scaled as a whole, so that the meshes are alike.

The cell is strained along x, and equally along y and z: both leave the cut planes mirrors. Energies
give C11 and C12, E100 = C11 - 2 C12^2/(C11 + C12), nu = C12/(C11 + C12).

    python conforming.py CELL DENSITY NU [SCALE ...]     one line a mesh, then the limit
    python conforming.py --all                           writes conforming.csv

Needs gmsh, numpy, scipy and pypardiso.
"""

import csv
import math
import sys
import time

import gmsh
import numpy as np
import scipy.sparse as sparse
from scipy.optimize import brentq

CORNERS = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
CENTRE = np.array([0.25, 0.25, 0.25])

# Struts of the octant: the axes that are nearest to some point of it. An axis that ends on a mirror
# plane is drawn beyond it, where the box cuts; one that ends inside ends at its node.
STRUTS = {
    "rhombic-dodecahedron": [(CENTRE, CENTRE + 1.7 * (c - CENTRE)) for c in CORNERS],
    "bcc": [(np.full(3, -0.4), np.full(3, 0.9))],
    "octet": [
        (CORNERS[i] - 0.6 * (CORNERS[j] - CORNERS[i]), CORNERS[j] + 0.6 * (CORNERS[j] - CORNERS[i]))
        for i in range(4)
        for j in range(i)
    ],
}

# Section of the part that is meshed: corners (y, z) of a prism along x, and how many parts make a cell.
QUARTER, HALF = [(0, 0), (0.5, 0), (0.25, 0.25)], [(0, 0), (0.5, 0), (0.5, 0.5)]
SECTIONS = {"rhombic-dodecahedron": (QUARTER, 32), "bcc": (HALF, 16), "octet": (QUARTER, 32)}

CASES = (
    [("rhombic-dodecahedron", d, 0.34) for d in (0.1198, 0.1670, 0.2608, 0.5447)]
    + [("bcc", d, 0.3) for d in (0.10, 0.20, 0.30, 0.50)]
    + [("octet", d, 0.3) for d in (0.10, 0.20, 0.30, 0.50)]
)
SCALES = (2.0, 1.5, 1.125, 0.84375)

# Largest size over the radius, size at a groove over the radius, growth with distance; at scale 1.
COARSE, GROOVE, GROWTH = 0.5, 0.02, 0.4


def solid(cell, radius):
    """Makes the part's solid; its share of the volume."""
    gmsh.clear()
    occ = gmsh.model.occ
    struts = [(3, occ.addCylinder(*a, *(b - a), radius)) for a, b in STRUTS[cell]]
    section, copies = SECTIONS[cell]
    corners = [occ.addPoint(0, y, z) for y, z in section]
    lines = [occ.addLine(corners[k - 1], corners[k]) for k in range(3)]
    face = occ.addPlaneSurface([occ.addCurveLoop(lines)])
    prism = [e for e in occ.extrude([(2, face)], 0.5, 0, 0) if e[0] == 3]
    if len(struts) > 1:
        struts, _ = occ.fuse(struts[:1], struts[1:])
    parts, _ = occ.intersect(struts, prism)
    occ.synchronize()
    if len(parts) != 1:
        raise SystemExit(f"{cell}: {len(parts)} parts")
    return copies * occ.getMass(*parts[0])


def radius_of(cell, density):
    """The radius at which the solid fills the density, by volumes of the CAD solid."""
    return brentq(lambda r: solid(cell, r) - density, 0.02, 0.2, xtol=1e-9, rtol=1e-8)


def grooves():
    """Curves at which cylinders meet each other, or meet their mirror images."""
    found = []
    for _, curve in gmsh.model.getEntities(1):
        faces, _ = gmsh.model.getAdjacencies(1, curve)
        kinds = {int(f): gmsh.model.getType(2, f) for f in faces}
        if not any(k == "Cylinder" for k in kinds.values()):
            continue
        [low], [high] = gmsh.model.getParametrizationBounds(1, curve)
        places = np.array(
            [gmsh.model.getValue(1, curve, [low + t * (high - low)]) for t in (0.2, 0.5, 0.8)]
        )
        if len(faces) != 2:
            continue
        normals = []
        for f in faces:
            parameters = gmsh.model.getParametrization(2, f, places.ravel())
            normals.append(np.array(gmsh.model.getNormal(f, parameters)).reshape(-1, 3))
        meet = np.abs(np.sum(normals[0] * normals[1], axis=1))
        planes = sum(k == "Plane" for k in kinds.values())
        # Against a plane a right angle is no groove; between cylinders one normal is no edge.
        if (planes == 1 and meet.max() > 0.02) or (planes == 0 and meet.min() < 0.999):
            found.append(curve)
    return found


def mesh(radius, scale):
    """Curved ten-node tetrahedra of the solid: nodes, elements."""
    field = gmsh.model.mesh.field
    for old in field.list():
        field.remove(old)
    gmsh.model.mesh.clear()
    distance = field.add("Distance")
    field.setNumbers(distance, "CurvesList", grooves())
    field.setNumber(distance, "Sampling", 200)
    size = field.add("MathEval")
    law = f"{scale} * Min({COARSE * radius}, {GROOVE * radius} + {GROWTH} * F{distance})"
    field.setString(size, "F", law)
    field.setAsBackgroundMesh(size)
    for option, value in [
        ("Mesh.MeshSizeExtendFromBoundary", 0),
        ("Mesh.MeshSizeFromPoints", 0),
        ("Mesh.MeshSizeFromCurvature", 0),
        ("Mesh.Algorithm", 6),
        ("Mesh.Algorithm3D", 1),
        ("Mesh.ElementOrder", 2),
        ("Mesh.SecondOrderLinear", 0),
        ("Mesh.HighOrderOptimize", 0),
        ("Mesh.Optimize", 1),
        ("Mesh.RandomFactor", 1e-9),
    ]:
        gmsh.option.setNumber(option, value)
    gmsh.model.mesh.generate(3)
    tags, places, _ = gmsh.model.mesh.getNodes()
    kinds, _, elements = gmsh.model.mesh.getElements(3)
    [nodes] = [e for k, e in zip(kinds, elements) if k == 11]
    number = np.zeros(int(tags.max()) + 1, dtype=np.int64)
    number[tags.astype(np.int64)] = np.arange(len(tags))
    return places.reshape(-1, 3), number[nodes.astype(np.int64)].reshape(-1, 10)


def rule():
    """Quadrature of degree 5 on the tetrahedron (Keast 1986, 15 points): points, weights."""
    a, b, c = 0.0919710780527230, 0.3197936278296299, 0.0563508326896291
    points = [[0.25] * 4]
    weights = [0.1185185185185185]
    for s, w in ((a, 0.0719370837790186), (b, 0.0690682072262724)):
        for k in range(4):
            points.append([1 - 3 * s if i == k else s for i in range(4)])
            weights.append(w)
    d = 0.5 - c
    for i in range(4):
        for j in range(i):
            points.append([d if k in (i, j) else c for k in range(4)])
            weights.append(0.0529100529100529)
    return np.array(points), np.array(weights)


# Middle nodes in gmsh's order.
EDGES = [(0, 1), (1, 2), (2, 0), (3, 0), (3, 2), (3, 1)]


def slopes(l):
    """Derivatives of the ten shape functions by the last three barycentric coordinates."""
    by = np.zeros((10, 4))
    for i in range(4):
        by[i, i] = 4 * l[i] - 1
    for k, (i, j) in enumerate(EDGES):
        by[4 + k, i], by[4 + k, j] = 4 * l[j], 4 * l[i]
    return by[:, 1:] - by[:, :1]


def stiffness(nodes, elements, nu):
    """Stiffness matrix (Young's modulus 1) and the mesh's volume."""
    lame, mu = nu / ((1 + nu) * (1 - 2 * nu)), 0.5 / (1 + nu)
    points, weights = rule()
    rows, columns, values, volume = [], [], [], 0.0
    for first in range(0, len(elements), 20000):
        some = elements[first : first + 20000]
        x = nodes[some]
        block = np.zeros((len(some), 10, 3, 10, 3))
        for l, w in zip(points, weights):
            by = slopes(l)
            jacobian = np.einsum("ia,eik->eak", by, x)
            det = np.linalg.det(jacobian)
            if det.min() <= 0:
                raise SystemExit(f"inverted element: {det.min()}")
            gradient = np.einsum("eka,ia->eik", np.linalg.inv(jacobian), by)
            part = w * det / 6.0
            volume += part.sum()
            weighted = gradient * part[:, None, None]
            outer = np.einsum("eik,ejl->eikjl", weighted, gradient)
            block += lame * outer + mu * outer.transpose(0, 1, 4, 3, 2)
            dots = mu * np.einsum("eik,ejk->eij", weighted, gradient)
            for k in range(3):
                block[:, :, k, :, k] += dots
        dofs = (3 * some[:, :, None] + np.arange(3)).reshape(len(some), 30)
        upper = dofs[:, :, None] <= dofs[:, None, :]
        rows.append(np.broadcast_to(dofs[:, :, None], upper.shape)[upper].astype(np.int32))
        columns.append(np.broadcast_to(dofs[:, None, :], upper.shape)[upper].astype(np.int32))
        values.append(block.reshape(len(some), 30, 30)[upper])
    size = 3 * len(nodes)
    triples = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(triples, shape=(size, size)), volume


def mirrors(cell):
    """The planes of the part: normal, distance."""
    section, _ = SECTIONS[cell]
    planes = [(np.array([1.0, 0, 0]), 0.0), (np.array([1.0, 0, 0]), 0.5)]
    for k in range(3):
        (y1, z1), (y2, z2) = section[k - 1], section[k]
        normal = np.array([0.0, z2 - z1, y1 - y2])
        normal /= np.linalg.norm(normal)
        planes.append((normal, normal @ [0, y1, z1]))
    return planes


def tangents(nodes, planes):
    """The displacements that the mirror planes leave, as columns."""
    on = np.array([np.abs(nodes @ n - d) < 1e-8 for n, d in planes]).T
    patterns, which = np.unique(on, axis=0, return_inverse=True)
    which = which.ravel()
    rows, columns, values, count = [], [], [], 0
    for k, pattern in enumerate(patterns):
        there = np.flatnonzero(which == k)
        normals = np.array([n for (n, _), p in zip(planes, pattern) if p]).reshape(-1, 3)
        _, sizes, axes = np.linalg.svd(np.vstack([normals, np.zeros((3, 3))]))
        for axis in axes[np.sum(sizes > 1e-6) :]:
            for c in range(3):
                rows.append(3 * there + c)
                columns.append(count + np.arange(len(there)))
                values.append(np.full(len(there), axis[c]))
            count += len(there)
    triples = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(triples, shape=(3 * len(nodes), count))


def constants(cell, nodes, elements, nu):
    """E100 and Poisson ratio of the cell, its mesh's density and number of unknowns."""
    import pypardiso

    upper, volume = stiffness(nodes, elements, nu)
    whole = upper + sparse.triu(upper, 1).T
    given = np.zeros((len(nodes), 3, 2))
    given[:, 0, 0] = nodes[:, 0]
    given[:, 1:, 1] = nodes[:, 1:]
    given = given.reshape(-1, 2)
    ways = tangents(nodes, mirrors(cell))
    load = -(ways.T @ (whole @ given))
    inner = sparse.csr_matrix(sparse.triu(ways.T @ whole @ ways))
    inner.sort_indices()
    solver = pypardiso.PyPardisoSolver(mtype=2)
    solver.factorize(inner)
    found = given + ways @ solver.solve(inner, load)
    solver.free_memory(everything=True)
    miss = np.linalg.norm(ways.T @ (whole @ found)) / np.linalg.norm(load)
    if not miss < 1e-8:
        raise SystemExit(f"residual {miss}")
    copies = SECTIONS[cell][1]
    energy = copies * found.T @ (whole @ found)
    # Along x: C11. Along y and z: 2 (C11 + C12). Both together: 2 C12.
    c11, c12 = energy[0, 0], 0.5 * energy[0, 1]
    both = 0.5 * energy[1, 1] - c11
    modulus = c11 - 2 * c12**2 / (0.5 * energy[1, 1])
    if abs(both / c12 - 1) > 0.01:
        raise SystemExit(f"C12 {c12} and {both}: the part is not the cell's")
    return modulus, c12 / (0.5 * energy[1, 1]), copies * volume, ways.shape[1]


def limit(scales, values):
    """Limit, its uncertainty and the observed rate of the last three values.

    A groove's singularity, at least as weak as a crack's, makes energies converge at a rate of 1 or
    more; what is smooth converges faster. So the observed rate is used within 1 and 2, and the
    uncertainty reaches to the limits at both ends.
    """
    (_, s2, s3), (v1, v2, v3) = scales[-3:], values[-3:]
    ratio = s3 / s2
    rate = math.log(abs((v2 - v1) / (v3 - v2))) / -math.log(ratio)
    ends = [v3 + (v3 - v2) * ratio**p / (1 - ratio**p) for p in (min(max(rate, 1.0), 2.0), 1.0, 2.0)]
    return ends[0], max(abs(e - ends[0]) for e in ends), rate


def run(cell, density, nu, scales):
    """All meshes of one cell."""
    radius = radius_of(cell, density)
    solid(cell, radius)
    rows = []
    for scale in scales:
        clock = time.time()
        nodes, elements = mesh(radius, scale)
        modulus, poisson, filled, dofs = constants(cell, nodes, elements, nu)
        rows.append((scale, len(elements), dofs, filled, modulus, poisson))
        print(
            f"{cell} {density:.4f} radius {radius:.6f} scale {scale:.4f}: {len(elements)} elements, {dofs} dofs, "
            f"density {filled:.6f}, E100 {modulus:.7f}, nu {poisson:.5f}, {time.time() - clock:.0f} s",
            flush=True,
        )
    if len(rows) >= 3:
        end, off, rate = limit(scales, [r[4] for r in rows])
        print(f"{cell} {density:.4f}: limit {end:.7f} +- {off:.7f}, rate {rate:.2f}", flush=True)
        return radius, rows, end, off, rate
    return radius, rows, None, None, None


def main():
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("General.NumThreads", 1)
    if sys.argv[1] != "--all":
        scales = [float(s) for s in sys.argv[4:]] or SCALES
        run(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), scales)
        return
    with open("conforming.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            "cell,density,nu,radius,scale,elements,dofs,mesh_density,e100,poisson,limit,uncertainty,rate".split(",")
        )
        for cell, density, nu in CASES:
            radius, rows, end, off, rate = run(cell, density, nu, SCALES)
            for scale, elements, dofs, filled, modulus, poisson in rows:
                last = scale == rows[-1][0]
                table.writerow(
                    [cell, density, nu, f"{radius:.8f}", scale, elements, dofs, f"{filled:.7f}"]
                    + [f"{modulus:.8f}", f"{poisson:.6f}"]
                    + ([f"{end:.7f}", f"{off:.7f}", f"{rate:.2f}"] if last else ["", "", ""])
                )
            file.flush()


main()
