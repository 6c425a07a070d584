//! A model as a deck that CalculiX, Abaqus and `endplate solve` read: nodes, elements, materials,
//! membranes, ties as *TIE, supports, one step a load case with its nodal forces. The grading of a
//! material inside an element goes by temperature. What a deck cannot say, as rods, is named in its
//! header and given back to be told.

mod temperatures;
mod materials;
mod roof;
mod ties;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use temperatures::Temperatures;

use super::mesh_lines::{self, one_line, set};
use super::number::number;
use crate::boundary::LoadCase;
use crate::fixation::Construct;
use crate::model::Model;
use crate::report::ReportError;
use crate::report::schema::WrittenDeck;

/// A mean error of graded moduli beyond this is told.
const TOLD: f64 = 0.01;

/// Whose deck is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// CalculiX. Membranes become flat solids: its M3D6 and M3D3 do not pass a uniform strain.
    Calculix,
    /// Abaqus.
    Abaqus,
}

impl Dialect {
    /// The program's name.
    pub fn program(self) -> &'static str {
        match self {
            Self::Calculix => "CalculiX",
            Self::Abaqus => "Abaqus",
        }
    }
}

/// How a model is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeckSettings {
    /// Whose deck it is.
    pub dialect: Dialect,
    /// Faces further apart are not tied, mm; what the model's ties were built with.
    pub tie_gap_mm: f64,
}

/// Writes a model into `directory`, as `<stem>.inp` or, where it has rods, which no deck holds, as
/// `<stem>-without-rods.inp`, and says what the file lacks.
///
/// # Errors
/// [`ReportError::Write`].
pub fn write_deck(
    directory: &Path,
    stem: &str,
    model: &Model,
    settings: &DeckSettings,
) -> Result<WrittenDeck, ReportError> {
    let without = match has_fixation(model) {
        false => "",
        true => "-without-rods",
    };
    let file = format!("{stem}{without}.inp");
    let path = directory.join(&file);
    let write = || -> io::Result<Vec<String>> {
        let mut out = BufWriter::new(File::create(&path)?);
        let lacks = deck(&mut out, model, settings)?;
        out.flush()?;
        Ok(lacks)
    };
    let lacks = write().map_err(|source| ReportError::Write {
        what: path.display().to_string(),
        source,
    })?;
    Ok(WrittenDeck {
        file,
        state: model.name.clone(),
        program: settings.dialect.program().to_owned(),
        lacks,
    })
}

fn deck(out: &mut impl Write, model: &Model, settings: &DeckSettings) -> io::Result<Vec<String>> {
    let parts = lacking_parts(model);
    let bodies = bodies_alone(model);
    let model = bodies.as_ref().unwrap_or(model);
    let graded = Temperatures::of(model);
    let lacks: Vec<String> = parts.into_iter().chain(lacking(model, &graded)).collect();
    header(out, model, settings, &lacks)?;
    mesh(out, model)?;
    materials::solids(out, model, &graded)?;
    match settings.dialect {
        Dialect::Calculix => roof::write(out, model)?,
        Dialect::Abaqus => materials::membranes(out, model)?,
    }
    ties::write(out, model, settings.tie_gap_mm)?;
    if !model.supports.is_empty() {
        let held: BTreeSet<u32> = model.supports.iter().map(|s| s.node + 1).collect();
        set(out, "*NSET,NSET=HELD", &held)?;
    }
    for (k, case) in model.load_cases.iter().enumerate() {
        step(out, model, case, k == 0, settings.dialect)?;
    }
    Ok(lacks)
}

/// The model without its construct, whose nodes come after all others; `None` where it has none.
fn bodies_alone(model: &Model) -> Option<Model> {
    let first = model.construct.nodes.first()?.translation as usize;
    let mut bodies = model.clone();
    bodies.mesh.nodes.truncate(first);
    bodies.construct = Construct::default();
    bodies.one_sided.clear();
    Some(bodies)
}

/// Whether the model has parts that no deck of ours holds.
fn has_fixation(model: &Model) -> bool {
    !model.construct.parts.is_empty() || !model.one_sided.is_empty()
}

/// The parts of the construct that are left out, counted: "4 screws", "2 rods".
fn lacking_parts(model: &Model) -> Vec<String> {
    let parts = model.construct.parts.iter().map(|p| p.kind.word());
    let others = model.one_sided.iter().map(|p| p.kind.word());
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in parts.chain(others) {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let told = counts.into_iter().map(|(word, count)| match count {
        1 => format!("the {word}"),
        n => format!("the {n} {word}s"),
    });
    told.collect()
}

/// What the deck cannot hold of the model.
fn lacking(model: &Model, graded: &Temperatures) -> Vec<String> {
    let mut lacks = Vec::new();
    if graded.error > TOLD {
        lacks.push(format!(
            "steps of a modulus between elements graded inside: the temperatures that grade them \
             miss it by {:.1} % of its mean (root mean square)",
            100.0 * graded.error
        ));
    }
    let mut told = graded.elements.iter().enumerate();
    if told.any(|(e, told)| !told && model.materials.is_graded(e)) {
        lacks.push(
            "grading inside elements (each has one modulus, Hill's mean, in steps of 1 %)"
                .to_owned(),
        );
    }
    if !model.extra_systems.is_empty() {
        let count = model.extra_systems.len();
        lacks.push(format!("{count} ready-made stiffnesses"));
    }
    if !model.laws.is_empty() {
        let count = model.laws.len();
        lacks.push(format!("{count} joins that follow a law"));
    }
    lacks
}

/// The heading and, as comments, what is not as in the model.
fn header(
    out: &mut impl Write,
    model: &Model,
    settings: &DeckSettings,
    lacks: &[String],
) -> io::Result<()> {
    let program = settings.dialect.program();
    writeln!(out, "*HEADING\nwritten by endplate")?;
    writeln!(
        out,
        "** state {}; mm, N, MPa; for {program}",
        one_line(&model.name)
    )?;
    for missing in lacks {
        writeln!(out, "** LEFT OUT: {missing}")?;
    }
    if !model.ties.is_empty() {
        writeln!(
            out,
            "** Ties: CalculiX and Abaqus bind the nodes of the first surface to the faces of the\n\
             ** second; endplate binds face to face (Nitsche). Displacements agree as the mesh is\n\
             ** refined, tractions near the rim of a tie differ."
        )?;
    }
    Ok(())
}

/// Nodes, and the elements of each body.
fn mesh(out: &mut impl Write, model: &Model) -> io::Result<()> {
    mesh_lines::nodes(out, &model.mesh)?;
    if model.bodies.is_empty() {
        let whole = 0..model.mesh.element_count();
        return mesh_lines::elements(out, &model.mesh, "EALL", whole);
    }
    for (k, body) in model.bodies.iter().enumerate() {
        let name = format!("BODY{}", k + 1);
        writeln!(out, "** {name}: {}", one_line(&body.name))?;
        let elements: Range<usize> = body.elements.clone();
        mesh_lines::elements(out, &model.mesh, &name, elements)?;
    }
    Ok(())
}

/// One load case. Supports stand in the first step and hold on: Abaqus takes no prescribed
/// displacement before it.
fn step(
    out: &mut impl Write,
    model: &Model,
    case: &LoadCase,
    first: bool,
    dialect: Dialect,
) -> io::Result<()> {
    writeln!(out, "** load case {}", one_line(&case.name))?;
    writeln!(out, "*STEP\n*STATIC")?;
    if first && !model.supports.is_empty() {
        writeln!(out, "*BOUNDARY")?;
        for s in &model.supports {
            let dof = s.axis + 1;
            writeln!(out, "{},{dof},{dof},{}", s.node + 1, number(s.value))?;
        }
    }
    writeln!(out, "*CLOAD,OP=NEW")?;
    for (n, f) in &case.forces {
        for (axis, value) in f.iter().enumerate().filter(|v| *v.1 != 0.0) {
            writeln!(out, "{},{},{}", n + 1, axis + 1, number(*value))?;
        }
    }
    writeln!(out, "*NODE FILE\nU,RF\n*EL FILE\nS")?;
    if !model.supports.is_empty() {
        let totals = match dialect {
            Dialect::Calculix => "ONLY",
            Dialect::Abaqus => "YES",
        };
        writeln!(out, "*NODE PRINT,NSET=HELD,TOTALS={totals}\nRF")?;
    }
    writeln!(out, "*END STEP")
}

#[cfg(test)]
mod tests;
