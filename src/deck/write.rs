//! A model as a deck that CalculiX and Abaqus read: nodes, elements, materials, ties as *TIE,
//! supports, one step a load case with its nodal forces. What a deck cannot say is named in its
//! header and left out: rods and membranes, which the model holds as ready stiffnesses, and the
//! grading of a material inside an element.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::mesh_lines::{self, set};
use crate::contact::Tie;
use crate::mesh::{FACES, Facet};
use crate::model::Model;
use crate::report::ReportError;
use crate::tensor::Elasticity;

/// Step in which mean moduli of graded elements are given, relative.
const GRADE: f64 = 0.01;

/// Writes the model of a state.
///
/// # Errors
/// [`ReportError::Write`].
pub fn write_deck(path: &Path, model: &Model) -> Result<(), ReportError> {
    let write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        deck(&mut out, model)?;
        out.flush()
    };
    write().map_err(|source| ReportError::Write {
        what: path.display().to_string(),
        source,
    })
}

fn deck(out: &mut impl Write, model: &Model) -> io::Result<()> {
    header(out, model)?;
    mesh(out, model)?;
    materials(out, model)?;
    for (k, tie) in model.ties.iter().enumerate() {
        write_tie(out, tie, k)?;
    }
    if !model.supports.is_empty() {
        writeln!(out, "*BOUNDARY")?;
        for s in &model.supports {
            let dof = s.axis + 1;
            writeln!(out, "{},{dof},{dof},{:?}", s.node + 1, s.value)?;
        }
        let held: BTreeSet<u32> = model.supports.iter().map(|s| s.node + 1).collect();
        set(out, "*NSET,NSET=HELD", &held)?;
    }
    for case in &model.load_cases {
        writeln!(out, "** load case {}", one_line(&case.name))?;
        writeln!(out, "*STEP\n*STATIC\n*CLOAD,OP=NEW")?;
        for (n, f) in &case.forces {
            for (axis, value) in f.iter().enumerate().filter(|v| *v.1 != 0.0) {
                writeln!(out, "{},{},{value:?}", n + 1, axis + 1)?;
            }
        }
        writeln!(out, "*NODE FILE\nU,RF\n*EL FILE\nS")?;
        if !model.supports.is_empty() {
            writeln!(out, "*NODE PRINT,NSET=HELD,TOTALS=ONLY\nRF")?;
        }
        writeln!(out, "*END STEP")?;
    }
    Ok(())
}

fn header(out: &mut impl Write, model: &Model) -> io::Result<()> {
    writeln!(
        out,
        "*HEADING\n{} (mm, N, MPa), written by endplate",
        one_line(&model.name)
    )?;
    if !model.ties.is_empty() {
        writeln!(
            out,
            "** Ties: CalculiX and Abaqus bind the nodes of the first surface to the faces of the\n\
             ** second; endplate binds face to face (Nitsche). Displacements agree as the mesh is\n\
             ** refined, tractions near the rim of a tie differ."
        )?;
    }
    if model
        .materials
        .factor
        .iter()
        .any(|f| f.iter().any(|v| *v != f[0]))
    {
        writeln!(
            out,
            "** Graded materials: one modulus for each element, its mean, in steps of 1 %."
        )?;
    }
    if !model.rods.is_empty() {
        writeln!(out, "** LEFT OUT: {} rods", model.rods.len())?;
    }
    if !model.extra_systems.is_empty() {
        let count = model.extra_systems.len();
        writeln!(out, "** LEFT OUT: {count} membrane facets (cortical shell)")?;
    }
    Ok(())
}

fn mesh(out: &mut impl Write, model: &Model) -> io::Result<()> {
    mesh_lines::nodes(out, &model.mesh)?;
    let whole = 0..model.mesh.element_count();
    let bodies: Vec<(String, std::ops::Range<usize>)> = if model.bodies.is_empty() {
        vec![("EALL".into(), whole)]
    } else {
        let named = model.bodies.iter().enumerate();
        named
            .map(|(k, b)| (format!("BODY{}", k + 1), b.elements.clone()))
            .collect()
    };
    for ((name, elements), k) in bodies.iter().zip(0..) {
        if let Some(body) = model.bodies.get(k) {
            writeln!(out, "** {name}: {}", one_line(&body.name))?;
        }
        mesh_lines::elements(out, &model.mesh, name, elements.clone())?;
    }
    Ok(())
}

/// One material and section for each elasticity and class of stiffness.
fn materials(out: &mut impl Write, model: &Model) -> io::Result<()> {
    let field = &model.materials;
    let mut classes: BTreeMap<(u32, i64), BTreeSet<u32>> = BTreeMap::new();
    for e in 0..model.mesh.element_count() {
        let class = (field.mean_factor(e).ln() / GRADE).round() as i64;
        let members = classes.entry((field.of_element[e], class)).or_default();
        members.insert(e as u32 + 1);
    }
    for (k, ((table, class), members)) in classes.iter().enumerate() {
        let name = k + 1;
        let factor = (*class as f64 * GRADE).exp();
        set(out, &format!("*ELSET,ELSET=SECTION{name}"), members)?;
        writeln!(out, "*MATERIAL,NAME=MATERIAL{name}")?;
        elastic(out, &field.table[*table as usize], factor)?;
        writeln!(
            out,
            "*SOLID SECTION,ELSET=SECTION{name},MATERIAL=MATERIAL{name}"
        )?;
    }
    Ok(())
}

fn elastic(out: &mut impl Write, elasticity: &Elasticity, factor: f64) -> io::Result<()> {
    if let Some((modulus, ratio)) = elasticity.isotropic_constants() {
        return writeln!(out, "*ELASTIC\n{:?},{ratio:?}", modulus * factor);
    }
    // Voigt places of 11, 22, 33, 12, 13, 23 in the order xx, yy, zz, xy, yz, zx.
    const ORDER: [usize; 6] = [0, 1, 2, 3, 5, 4];
    let c = elasticity.0 * factor;
    let at = |i: usize, j: usize| c[(ORDER[i], ORDER[j])];
    let orthotropic = (3..6).all(|j| (0..j).all(|i| at(i, j).abs() <= 1e-12 * c.amax()));
    let entries: Vec<(usize, usize)> = if orthotropic {
        let normal = (0..3).flat_map(|j| (0..=j).map(move |i| (i, j)));
        normal.chain((3..6).map(|k| (k, k))).collect()
    } else {
        (0..6).flat_map(|j| (0..=j).map(move |i| (i, j))).collect()
    };
    writeln!(
        out,
        "*ELASTIC,TYPE={}",
        if orthotropic { "ORTHO" } else { "ANISO" }
    )?;
    for line in entries.chunks(8) {
        let values: Vec<String> = line
            .iter()
            .map(|&(i, j)| format!("{:?}", at(i, j)))
            .collect();
        writeln!(out, "{}", values.join(","))?;
    }
    Ok(())
}

/// The tie of faces whose tied points lie nearest; the side with more faces is the slave.
fn write_tie(out: &mut impl Write, tie: &Tie, k: usize) -> io::Result<()> {
    let mut faces: [BTreeSet<Facet>; 2] = Default::default();
    let mut gap: f64 = 0.0;
    for point in &tie.points {
        gap = gap.max(point.gap.abs());
        for (side, faces) in faces.iter_mut().enumerate() {
            faces.insert(nearest_face(point.elements[side], &point.barycentric[side]));
        }
    }
    let name = k + 1;
    writeln!(out, "** tie {}", one_line(&tie.name))?;
    for (side, faces) in ["A", "B"].iter().zip(&faces) {
        mesh_lines::surface(out, &format!("TIE{name}{side}"), faces)?;
    }
    let (slave, master) = if faces[0].len() >= faces[1].len() {
        ("A", "B")
    } else {
        ("B", "A")
    };
    // Mid-edge nodes of the slave may stand off a little further than the tied points.
    let tolerance = 1.5 * gap + 0.05;
    writeln!(
        out,
        "*TIE,NAME=TIE{name},POSITION TOLERANCE={tolerance:?},ADJUST=NO"
    )?;
    writeln!(out, "TIE{name}{slave},TIE{name}{master}")?;
    Ok(())
}

/// The face opposite to the corner whose barycentric coordinate is smallest.
fn nearest_face(element: u32, barycentric: &[f64; 4]) -> Facet {
    let size = |i: usize| barycentric[i].abs();
    let corner = (0..4).fold(0, |best, i| if size(i) < size(best) { i } else { best });
    let face = FACES.iter().position(|f| !f.contains(&corner));
    Facet {
        element,
        face: face.unwrap_or(0) as u8,
    }
}

/// A name that cannot end its line.
fn one_line(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::AnalysisSettings;
    use crate::analysis::tests::{block, run};
    use crate::deck::{read_deck, solve_deck};
    use crate::mesh::ElementKind;
    use crate::progress::Silent;

    /// The model and its deck must have the same displacements.
    fn same(model: &Model) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.inp");
        write_deck(&path, model).unwrap();
        let deck = read_deck(&path).unwrap();
        let solved = solve_deck(&deck, &AnalysisSettings::default(), &Silent).unwrap();
        let direct = run(model).unwrap();
        for (step, case) in solved.steps.iter().zip(&direct.cases) {
            let largest = case
                .displacement
                .iter()
                .map(|u| u.norm())
                .fold(0.0, f64::max);
            for (a, b) in step.displacement.iter().zip(&case.displacement) {
                assert!((a - b).norm() < 1e-9 * largest, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_model_written_as_a_deck_and_read_again_has_the_same_displacements() {
        for kind in [ElementKind::Tet4, ElementKind::Tet10] {
            let mut model = block(kind);
            let moduli = crate::tensor::OrthotropicConstants {
                youngs_modulus: [100.0, 200.0, 400.0],
                shear_modulus: [50.0, 70.0, 90.0],
                poisson_ratio: [0.2, 0.25, 0.1],
            };
            model
                .materials
                .table
                .push(Elasticity::orthotropic(&moduli).unwrap());
            model.materials.of_element[0] = 1;
            // A class of stiffness that the deck gives exactly.
            model.materials.factor[1] = [(7.0 * GRADE).exp(); 4];
            same(&model);
        }
    }

    #[test]
    fn what_is_left_out_is_named() {
        let mut model = block(ElementKind::Tet10);
        model.extra_systems.push(crate::assembly::LocalSystem {
            nodes: vec![0],
            stiffness: vec![0.0; 9],
        });
        let mut text = Vec::new();
        deck(&mut text, &model).unwrap();
        assert!(
            String::from_utf8(text)
                .unwrap()
                .contains("LEFT OUT: 1 membrane")
        );
    }

    #[test]
    fn a_tied_face_is_the_one_its_points_lie_on() {
        for (face, corners) in FACES.iter().enumerate() {
            let mut l = [0.01; 4];
            corners.iter().for_each(|&c| l[c] = 0.33);
            assert_eq!(nearest_face(3, &l).face as usize, face);
        }
    }
}
