//! Screws and rods in bone, on meshes that know nothing of them, against solid ones. Numbers are in
//! `validation/screw-block`, `validation/screw-pedicle`, `validation/rod-block` and `validation/f1717`.

use std::sync::Arc;

use endplate::analysis::{AnalysisSettings, solve};
use endplate::boundary::{Coupling, FixedDof, LoadCase};
use endplate::contact::{TieSettings, TieSpec, build_tie};
use endplate::fixation::{Builder, ScrewLine};
use endplate::geometry::field::{Complement, Intersection};
use endplate::geometry::polygonise::{PolygoniseSettings, polygonise};
use endplate::geometry::primitive::{capped_cylinder, cuboid};
use endplate::geometry::{Aabb, SharedField, SizeField};
use endplate::material::MaterialField;
use endplate::material::library::library_material;
use endplate::mesh::body::mesh_body;
use endplate::mesh::boundary::boundary_facets;
use endplate::mesh::combine::concatenate;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::tetgen::InProcessTetgen;
use endplate::mesh::{ElementKind, Facet, Mesh};
use endplate::model::{BodyRange, Model};
use endplate::progress::Silent;
use endplate::recovery::reactions;
use endplate::tensor::{Elasticity, Point, Vec3, Wrench};
use endplate::virtual_test::f1717;

use crate::expected::Expected;
use crate::fixation::{TITANIUM, clamped};

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    (
        "fixation: a screw on a mesh that does not know it holds as a solid one",
        screw_in_a_block,
    ),
    (
        "fixation: a screw holds in a pedicle as a solid one",
        screw_in_a_pedicle,
    ),
    (
        "fixation: a rod in a block shares uniform strain",
        rod_in_a_block,
    ),
    (
        "fixation: F1717 is as stiff as its closed form and its reference",
        vertebrectomy,
    ),
    (
        "fixation: the solid screw, tied into its hole, is that of the reference",
        solid_screw,
    ),
];

type Outcome<T> = Result<T, String>;

fn words<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

fn corners(min: [f64; 3], max: [f64; 3]) -> Outcome<SharedField> {
    let bounds = Aabb {
        min: min.into(),
        max: max.into(),
    };
    Ok(Arc::new(cuboid(&bounds).map_err(words)?))
}

fn meshed(field: &SharedField, size: &SizeField) -> Outcome<Mesh> {
    let surface = polygonise(field.as_ref(), size, &PolygoniseSettings::default());
    let surface = surface.map_err(words)?;
    let meshed = mesh_body("bone", field.as_ref(), &surface, size, &InProcessTetgen);
    Ok(meshed.map_err(words)?.0)
}

/// Fine along a line, coarse elsewhere; `shift` moves the line, and with it every node.
fn along(line: [Point; 2], [fine, coarse]: [f64; 2], shift: f64) -> Outcome<SizeField> {
    let by = Vec3::repeat(shift);
    let line = capped_cylinder(line[0] + by, line[1] + by, 5.0).map_err(words)?;
    Ok(SizeField {
        coarse,
        fine,
        growth: 0.4,
        near: vec![Arc::new(line)],
    })
}

/// A screw of 5.5 × 40 mm from above, its head 6 mm proud.
const TIP: Point = Point::new(0.0, 0.0, 10.0);
const ENTRY: Point = Point::new(0.0, 0.0, 50.0);
const HEAD: Point = Point::new(0.0, 0.0, 56.0);

/// Section 6: bone of 40 × 40 × 50 mm.
fn block(h: f64, shift: f64) -> Outcome<Mesh> {
    let field = corners([-20.0, -20.0, 0.0], [20.0, 20.0, 50.0])?;
    meshed(&field, &along([TIP, HEAD], [h, h.max(5.0)], shift)?)
}

fn on_block_wall(p: &Point) -> bool {
    p.z < 1e-6 || [p.x, p.y].iter().any(|c| c.abs() > 20.0 - 1e-6)
}

/// The six unit wrenches.
fn units() -> [Wrench; 6] {
    std::array::from_fn(|k| {
        let unit = Vec3::ith(k % 3, 1.0);
        match k {
            0..3 => Wrench::of_force(unit),
            _ => Wrench {
                force: Vec3::zeros(),
                moment: unit,
            },
        }
    })
}

/// Stiffness of a head from its own motion under unit wrenches: pull-out and sideways, N/mm; moment and
/// twist, N·mm/rad.
fn of_motions(give: impl Fn(usize) -> f64) -> [f64; 4] {
    let mean = |a: usize, b: usize| 0.5 * (1.0 / give(a) + 1.0 / give(b));
    [1.0 / give(2), mean(0, 1), mean(3, 4), 1.0 / give(5)]
}

/// The same of a screw in bone, whose nodes on the wall stand still.
fn stiffness(
    mut mesh: Mesh,
    materials: MaterialField,
    on_wall: impl Fn(&Point) -> bool,
) -> Outcome<[f64; 4]> {
    let held = (0u32..).zip(&mesh.nodes).filter(|(_, p)| on_wall(p));
    let supports: Vec<FixedDof> = held.flat_map(|(node, _)| clamped(node)).collect();
    let bone = 0..mesh.element_count();
    let mut builder = Builder::new(&mut mesh);
    let line = ScrewLine {
        name: "screw".to_owned(),
        tip: TIP,
        entry: ENTRY,
        head: HEAD,
        section: TITANIUM,
    };
    let head = builder
        .screw(&line, std::slice::from_ref(&bone))
        .map_err(words)?;
    let construct = builder.finish(&materials).map_err(words)?;
    let loads = units().into_iter().enumerate();
    let loads = loads.map(|(k, unit)| {
        LoadCase::of_forces(&format!("unit {k}"), construct.forces(head, &unit).into())
    });
    let loads: Vec<LoadCase> = loads.collect();
    let mut model = Model::solid(mesh, materials)
        .with_supports(supports)
        .with_load_cases(loads);
    model.construct = construct;
    let solution = solve(&model, &AnalysisSettings::default(), &Silent).map_err(words)?;
    Ok(of_motions(|k| {
        let u = &solution.cases[k].displacement;
        model.construct.motion(head, u)[k / 3][k % 3]
    }))
}

const WAYS: [&str; 4] = ["pull-out", "sideways", "moment", "twist"];

fn screw_in_a_block() -> Outcome<()> {
    let mut expected = Expected::read("screw-block")?;
    for h in [4.0, 3.0, 2.0] {
        let meshes = [block(h, 0.0)?, block(h, 0.3)?];
        for modulus in [100.0, 450.0, 2000.0] {
            let of = |mesh: &Mesh| {
                let bone = Elasticity::isotropic(modulus, 0.3);
                let materials = MaterialField::uniform(bone, mesh.element_count());
                stiffness(mesh.clone(), materials, on_block_wall)
            };
            let [one, other] = [of(&meshes[0])?, of(&meshes[1])?];
            for (k, way) in WAYS.into_iter().enumerate() {
                expected.check(&format!("bone {modulus} MPa: {way}"), one[k])?;
                expected.check(&format!("bone {modulus} MPa: {way}"), other[k])?;
                let meshes = format!("two meshes of {h} mm: {way}");
                expected.check(&meshes, other[k] / one[k] - 1.0)?;
            }
        }
    }
    expected.finish()
}

/// A pedicle of 8 × 12 × 20 mm and 3,500 MPa on a body of 30 × 30 × 30 mm and 300 MPa.
fn screw_in_a_pedicle() -> Outcome<()> {
    let mut expected = Expected::read("screw-pedicle")?;
    let body = corners([-15.0, -15.0, 0.0], [15.0, 15.0, 30.0])?;
    let pedicle = corners([-4.0, -6.0, 20.0], [4.0, 6.0, 50.0])?;
    let whole = corners([-15.0, -15.0, 0.0], [15.0, 15.0, 50.0])?;
    let not = |field: SharedField| -> SharedField { Arc::new(Complement(field)) };
    let neither: SharedField = Arc::new(Intersection(vec![not(body), not(pedicle)]));
    let both: SharedField = Arc::new(Intersection(vec![whole, not(neither)]));
    let mesh = meshed(&both, &along([TIP, HEAD], [2.0, 4.0], 0.0)?)?;
    let materials = MaterialField {
        table: [300.0, 3500.0]
            .map(|e| Elasticity::isotropic(e, 0.3))
            .into(),
        of_element: (0..mesh.element_count())
            .map(|e| u32::from(mesh.centroid(e).z > 30.0))
            .collect(),
        ..MaterialField::uniform(Elasticity::isotropic(300.0, 0.3), mesh.element_count())
    };
    let on_wall = |p: &Point| {
        let beside = [p.x, p.y].iter().any(|c| c.abs() > 15.0 - 1e-6);
        p.z < 1e-6 || (beside && p.z < 30.0 - 1e-6)
    };
    let found = stiffness(mesh, materials, on_wall)?;
    for (way, found) in WAYS.into_iter().zip(found) {
        expected.check(way, found)?;
    }
    expected.finish()
}

/// A rod through a block that is stretched along it: E_m + (E_r − E_m) V_f.
fn rod_in_a_block() -> Outcome<()> {
    let mut expected = Expected::read("rod-block")?;
    let (side, length, strain) = (20.0, 40.0, 1e-3);
    let mut mesh = box_mesh(ElementKind::Tet10, [7, 7, 13], |[x, y, z]| {
        Point::new(side * (x - 0.5), side * (y - 0.5), length * z)
    });
    let bone = 0..mesh.element_count();
    let materials = MaterialField::uniform(Elasticity::isotropic(450.0, 0.3), bone.len());
    let mut builder = Builder::new(&mut mesh);
    let ends = [0.0, length].map(|z| Point::new(0.3, -0.2, z));
    let middle = builder.pin("rod", ends, TITANIUM, std::slice::from_ref(&bone));
    let middle = middle.map_err(words)?;
    let construct = builder.finish(&materials).map_err(words)?;
    let solids = mesh.blocks.node_numbers();
    let moves = solids.chain(construct.translations());
    let mut supports = Vec::new();
    for node in moves {
        let z = mesh.nodes[node as usize].z;
        if z < 1e-9 || z > length - 1e-9 {
            supports.push(FixedDof {
                node,
                axis: 2,
                value: strain * z,
            });
        }
    }
    // The rod's middle keeps the rest from sliding and turning.
    let node = construct.nodes[middle];
    for (node, axis) in [
        (node.translation, 0),
        (node.translation, 1),
        (node.rotation, 2),
    ] {
        supports.push(FixedDof {
            node,
            axis,
            value: 0.0,
        });
    }
    supports.sort_by_key(|s| (s.node, s.axis));
    supports.dedup();
    let mut model = Model::solid(mesh, materials)
        .with_supports(supports)
        .with_load_cases([LoadCase::of_forces("stretched", Vec::new())]);
    model.construct = construct;
    let solution = solve(&model, &AnalysisSettings::default(), &Silent).map_err(words)?;
    let held = reactions(&model, &[], &solution.cases[0].displacement, &[]).map_err(words)?;
    let at_top = model.supports.iter().zip(held);
    let at_top = at_top.filter(|(s, _)| s.axis == 2 && s.value > 0.0);
    let force: f64 = at_top.map(|(_, f)| f).sum();
    expected.check("effective modulus", force / (side * side * strain))?;
    expected.finish()
}

fn vertebrectomy() -> Outcome<()> {
    let mut expected = Expected::read("f1717")?;
    let usual = f1717::Settings::new(library_material("ti6al4v").map_err(words)?);
    let stiffness = |settings: f1717::Settings| -> Outcome<f64> {
        Ok(f1717::test(&settings, &Silent).map_err(words)?.bending)
    };
    let found = stiffness(usual)?;
    expected.check("polyethylene", found)?;
    let coarse = stiffness(f1717::Settings { edge: 6.0, ..usual })?;
    expected.check(
        "polyethylene, elements twice as large",
        coarse / found - 1.0,
    )?;
    let stiff = f1717::Settings {
        block_modulus: 110e3,
        edge: 4.0,
        ..usual
    };
    expected.check("blocks of 110 GPa", stiffness(stiff)?)?;
    let long = f1717::Settings {
        active_length: 376.0,
        edge: 4.0,
        ..usual
    };
    expected.check("376 mm", stiffness(long)?)?;
    expected.finish()
}

/// The facets of a body's outside that `there` picks by their corners.
fn facets_where(mesh: &Mesh, body: &BodyRange, there: impl Fn(&Point) -> bool) -> Vec<Facet> {
    let own = |f: &Facet| body.elements.contains(&(f.element as usize));
    let all = boundary_facets(mesh).into_iter().filter(own);
    all.filter(|f| mesh.facet_corners(*f).iter().all(&there))
        .collect()
}

/// A titanium cylinder and the bone with its hole.
struct Solid {
    mesh: Mesh,
    bodies: Vec<BodyRange>,
    hole: Vec<Facet>,
    skin: Vec<Facet>,
    top: Vec<Facet>,
}

fn cylinder_and_hole() -> Outcome<Solid> {
    let mut radius = 2.75;
    let screw = |radius: f64| -> Outcome<(SharedField, Mesh)> {
        let field: SharedField = Arc::new(capped_cylinder(TIP, HEAD, radius).map_err(words)?);
        let mesh = meshed(&field, &SizeField::uniform(0.9))?;
        Ok((field, mesh))
    };
    // Facets cut the circle short: as large a cylinder as it takes for the volume to be right.
    let volume = |mesh: &Mesh| -> f64 { (0..mesh.element_count()).map(|e| mesh.volume(e)).sum() };
    let exact = std::f64::consts::PI * radius * radius * 46.0;
    radius *= (exact / volume(&screw(radius)?.1)).sqrt();
    let (cylinder, metal) = screw(radius)?;
    let whole = corners([-20.0, -20.0, 0.0], [20.0, 20.0, 50.0])?;
    let around: SharedField = Arc::new(Intersection(vec![whole, Arc::new(Complement(cylinder))]));
    let bone = meshed(&around, &along([TIP, HEAD], [0.9, 5.0], 0.0)?)?;
    let (mesh, parts) = concatenate(&[("bone", &bone), ("screw", &metal)]).map_err(words)?;
    let bodies = parts.into_iter().map(|p| BodyRange {
        name: p.name,
        elements: p.elements,
        nodes: p.nodes,
    });
    let bodies: Vec<BodyRange> = bodies.collect();
    let in_hole = |p: &Point| p.x.hypot(p.y) < radius + 0.2 && p.z > 9.8;
    Ok(Solid {
        hole: facets_where(&mesh, &bodies[0], in_hole),
        skin: facets_where(&mesh, &bodies[1], |p| p.z < 50.5),
        top: facets_where(&mesh, &bodies[1], |p| p.z > 56.0 - 1e-6),
        mesh,
        bodies,
    })
}

/// Section 6's reference anew: a titanium cylinder meshed, and tied into the hole of its size.
fn solid_screw() -> Outcome<()> {
    let mut expected = Expected::read("screw-solid")?;
    let solid = cylinder_and_hole()?;
    for modulus in [100.0, 450.0, 2000.0] {
        let found = tied_stiffness(&solid, modulus)?;
        for (way, found) in WAYS.into_iter().zip(found) {
            expected.check(&format!("bone {modulus} MPa: {way}"), found)?;
        }
    }
    expected.finish()
}

fn tied_stiffness(solid: &Solid, modulus: f64) -> Outcome<[f64; 4]> {
    let mesh = &solid.mesh;
    let is_metal = |e: usize| solid.bodies[1].elements.contains(&e);
    let materials = MaterialField {
        table: [modulus, 110e3]
            .map(|e| Elasticity::isotropic(e, 0.3))
            .into(),
        of_element: (0..mesh.element_count())
            .map(|e| u32::from(is_metal(e)))
            .collect(),
        ..MaterialField::uniform(Elasticity::isotropic(1.0, 0.3), mesh.element_count())
    };
    let spec = TieSpec {
        name: "thread".to_owned(),
        bodies: ["bone", "screw"].map(str::to_owned),
        surfaces: [&solid.hole, &solid.skin],
    };
    let tie = build_tie(&spec, mesh, &materials, &TieSettings::default()).map_err(words)?;
    let head = Coupling::on_surface(mesh, &solid.top, HEAD).map_err(words)?;
    let held = (0u32..).zip(&mesh.nodes).filter(|(_, p)| on_block_wall(p));
    let supports: Vec<FixedDof> = held.flat_map(|(node, _)| clamped(node)).collect();
    let loads = units().into_iter().enumerate();
    let loads = loads.map(|(k, unit)| head.load_case(&format!("unit {k}"), unit, true));
    let mut model = Model::solid(mesh.clone(), materials)
        .with_bodies(solid.bodies.clone())
        .with_supports(supports)
        .with_load_cases(loads.collect::<Vec<_>>());
    model.ties = vec![tie];
    let solution = solve(&model, &AnalysisSettings::default(), &Silent).map_err(words)?;
    Ok(of_motions(|k| {
        head.mean_motion(&solution.cases[k].displacement)[k]
    }))
}
