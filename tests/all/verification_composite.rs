//! Two materials side by side: the cortical shell as a membrane, a solid composite cylinder, and
//! the column that shows what stress shielding is.

use std::f64::consts::{FRAC_PI_2, PI};

use endplate::assembly::MembraneSheet;
use endplate::material::membrane::MembraneMaterial;
use endplate::mesh::structured::box_mesh;
use endplate::mesh::{ElementKind, Mesh};
use endplate::model::Model;
use endplate::recovery::{element_fields, reactions};
use endplate::tensor::{Elasticity, Point};

use crate::expected::Expected;
use crate::meshes::{assign, displacement, facets, hold, solid};

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[
    ("verification: cortical shell as a membrane", cortical_shell),
    ("verification: composite cylinder", composite_cylinder),
    ("verification: stress-shielding column", shielding_column),
];

/// A quarter of a cylinder of radius `r` and height 4.
fn quarter(cells: [usize; 3], r: f64) -> Mesh {
    box_mesh(ElementKind::Tet10, cells, |[u, v, w]| {
        let (sin, cos) = (FRAC_PI_2 * v).sin_cos();
        Point::new(r * u * cos, r * u * sin, 4.0 * w)
    })
}

/// Symmetry about x = 0 and y = 0, the ends moved together by the strain −1e-3, sides free.
fn squeeze(model: &mut Model) {
    hold(model, 0, |p| p.x.abs() < 1e-9, |_| 0.0);
    hold(model, 1, |p| p.y.abs() < 1e-9, |_| 0.0);
    hold(model, 2, |p| p.z == 0.0, |_| 0.0);
    hold(model, 2, |p| p.z == 4.0, |_| -4e-3);
}

/// Axial force through the elements that `there` accepts, N: ∫σzz dV over the height.
fn axial_force(
    model: &Model,
    stress: &[endplate::tensor::Voigt],
    there: impl Fn(&Point) -> bool,
) -> f64 {
    let elements = (0..model.mesh.element_count()).filter(|&e| there(&model.mesh.centroid(e)));
    elements
        .map(|e| stress[e][2] * model.mesh.volume(e) / 4.0)
        .sum()
}

fn cortical_shell() -> Result<(), String> {
    let mut expected = Expected::read("composite-cortical-shell")?;
    let mut model = solid(quarter([5, 16, 2], 20.0), Elasticity::isotropic(300.0, 0.2));
    let shell = MembraneMaterial::new(12_000.0, 0.3, 0.4).map_err(|e| e.to_string())?;
    let outside = facets(&model.mesh, "x1")?.to_vec();
    let sheet = MembraneSheet::on_facets(&model.mesh, outside, &shell);
    model.membranes = vec![sheet.map_err(|e| e.to_string())?];
    squeeze(&mut model);
    let u = displacement(&mut model)?;
    let stress = element_fields(&model, &u).stress;
    let core = axial_force(&model, &stress, |_| true);
    let held = reactions(&model, &[], &u, &[]).map_err(|e| e.to_string())?;
    let supports = model.supports.iter().zip(&held);
    let top = supports.filter(|(s, _)| s.axis == 2 && s.value != 0.0);
    let total: f64 = top.map(|(_, r)| r).sum();
    expected.check(
        "cortical share against the membrane limit",
        1.0 - core / total,
    )?;
    expected.check("cortical share against the exact shell", 1.0 - core / total)?;
    expected.finish()
}

fn composite_cylinder() -> Result<(), String> {
    let mut expected = Expected::read("composite-cylinder")?;
    let mut model = solid(
        quarter([12, 16, 1], 20.0),
        Elasticity::isotropic(10_000.0, 0.1),
    );
    let inner = |c: &Point| c.x.hypot(c.y) < 10.0;
    assign(&mut model, Elasticity::isotropic(1000.0, 0.45), inner);
    squeeze(&mut model);
    let u = displacement(&mut model)?;
    let stress = element_fields(&model, &u).stress;
    let core = axial_force(&model, &stress, inner);
    let tube = axial_force(&model, &stress, |c| !inner(c));
    expected.check("core share", core / (core + tube))?;
    expected.check("effective modulus", (core + tube) / (100.0 * PI * -1e-3))?;
    let at = crate::meshes::node_at(&model.mesh, &Point::new(10.0, 0.0, 0.0))?;
    expected.check("radial displacement at the interface", u[at as usize].x)?;
    expected.finish()
}

/// A column of unit section, 3 high; `implant` where the stiff part is.
fn column(modulus: f64, implant: impl Fn(&Point) -> bool) -> Model {
    let mesh = box_mesh(ElementKind::Tet10, [10, 2, 6], |[u, v, w]| {
        Point::new(u, v, 3.0 * w)
    });
    let mut model = solid(mesh, Elasticity::isotropic(300.0, 0.0));
    assign(&mut model, Elasticity::isotropic(modulus, 0.0), implant);
    hold(&mut model, 0, |p| p.x == 0.0, |_| 0.0);
    hold(&mut model, 1, |p| p.y == 0.0, |_| 0.0);
    hold(&mut model, 2, |p| p.z == 0.0, |_| 0.0);
    hold(&mut model, 2, |p| p.z == 3.0, |_| -3e-3);
    model
}

/// Strain energy density of the bone over that of a column of bone alone under the same force, and
/// the same for its axial strain.
fn shielding(model: &mut Model, bone: impl Fn(&Point) -> bool) -> Result<[f64; 2], String> {
    let u = displacement(model)?;
    let fields = element_fields(model, &u);
    let volumes = (0..model.mesh.element_count()).map(|e| model.mesh.volume(e));
    let force: f64 = fields
        .stress
        .iter()
        .zip(volumes)
        .map(|(s, v)| s[2] * v / 3.0)
        .sum();
    let strain = force / 300.0;
    let reference = 0.5 * 300.0 * strain * strain;
    let mut sums = [0.0; 3];
    for e in (0..model.mesh.element_count()).filter(|&e| bone(&model.mesh.centroid(e))) {
        let volume = model.mesh.volume(e);
        sums[0] += volume;
        sums[1] += volume * fields.energy_density[e] / reference;
        sums[2] += volume * fields.strain[e][2] / strain;
    }
    Ok([sums[1] / sums[0], sums[2] / sums[0]])
}

fn shielding_column() -> Result<(), String> {
    let mut expected = Expected::read("shielding-column")?;
    for (name, modulus) in [("titanium", 110e3), ("PEEK", 3600.0)] {
        let mut beside = column(modulus, |c| c.x < 0.3);
        let [energy, strain] = shielding(&mut beside, |c| c.x > 0.3)?;
        expected.check(&format!("parallel, {name}: strain ratio"), strain)?;
        expected.check(&format!("parallel, {name}: energy ratio"), energy)?;
        let mut between = column(modulus, |c| c.z > 1.0 && c.z < 2.0);
        let [energy, strain] = shielding(&mut between, |c| c.z < 1.0 || c.z > 2.0)?;
        expected.check(&format!("series, {name}: strain ratio"), strain)?;
        expected.check(&format!("series, {name}: energy ratio"), energy)?;
    }
    expected.finish()
}
