"""Two boxes side by side, hexahedra and prisms with common faces, as Gmsh writes them."""
import gmsh

for order in (1, 2):
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.model.add("boxes")
    geo = gmsh.model.geo
    points = [geo.addPoint(x, y, 0) for x, y in ((0, 0), (2, 0), (4, 0), (4, 3), (2, 3), (0, 3))]
    line = lambda i, j: geo.addLine(points[i], points[j])
    a, b, c, d, e, f, middle = line(0, 1), line(1, 2), line(2, 3), line(3, 4), line(4, 5), line(5, 0), line(1, 4)
    left = geo.addPlaneSurface([geo.addCurveLoop([a, middle, e, f])])
    right = geo.addPlaneSurface([geo.addCurveLoop([b, c, d, -middle])])
    for curve in (a, b, c, d, e, f, middle):
        geo.mesh.setTransfiniteCurve(curve, 3)
    geo.mesh.setTransfiniteSurface(left)
    geo.mesh.setRecombine(2, left)
    out = [geo.extrude([(2, s)], 0, 0, 4, numElements=[2], recombine=True) for s in (left, right)]
    geo.synchronize()
    gmsh.model.addPhysicalGroup(3, [out[0][1][1]], name="bricks")
    gmsh.model.addPhysicalGroup(3, [out[1][1][1]], name="prisms")
    at = lambda axis, value: [
        tag for _, tag in gmsh.model.getEntities(2)
        if all(abs(gmsh.model.getBoundingBox(2, tag)[k + axis] - value) < 1e-6 for k in (0, 3))
    ]
    for name, axis, value in (("bottom", 2, 0), ("top", 2, 4), ("left", 0, 0), ("front", 1, 0)):
        gmsh.model.addPhysicalGroup(2, at(axis, value), name=name)
    gmsh.option.setNumber("Mesh.SecondOrderIncomplete", 1)
    gmsh.model.mesh.generate(3)
    gmsh.model.mesh.setOrder(order)
    for version, ending in ((2.2, "22"), (4.1, "41")):
        gmsh.option.setNumber("Mesh.MshFileVersion", version)
        name = ("linear", "quadratic")[order - 1] + "-" + ending
        gmsh.write(name + ".msh")
        with open(name + ".inp", "w") as deck:
            deck.write(f"""*INCLUDE, INPUT={name}.msh
*MATERIAL, NAME=BONE
*ELASTIC
1000., .3
*SOLID SECTION, ELSET=bricks, MATERIAL=BONE
*SOLID SECTION, ELSET=prisms, MATERIAL=BONE
*BOUNDARY
bottom, 3
left, 1
front, 2
*STEP
*STATIC
*DSLOAD
top, P, 5.
*END STEP
""")
    gmsh.finalize()
