//! A material from the file of a homogenised unit cell. The file's stiffness is an ideal lattice's;
//! what a printed one keeps of it must be said in the case.

use std::path::{Path, PathBuf};

use nalgebra::Matrix6;
use serde_json::Value;

use super::digest::sha256_hex;
use super::error::{CaseError, CaseFault};
use super::raw::Section;
use crate::tensor::Elasticity;

/// What the file must call itself.
pub const KIND: &str = "endplate homogenised unit cell";
/// The form of file that is read.
pub const SCHEMA: u64 = 1;

/// A unit cell's stiffness as a case uses it.
#[derive(Debug, Clone, PartialEq)]
pub struct HomogenisedCell {
    /// File as the case names it.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Name of the cell.
    pub cell: String,
    /// Solid share of the volume.
    pub relative_density: f64,
    /// What the cell is made of, and its Young's modulus, MPa.
    pub solid: (String, f64),
    /// How the stiffness was had from meshes, in the file's words.
    pub basis: String,
    /// Printed over ideal, as the case says.
    pub knock_down: f64,
    /// Ideal stiffness, MPa, before the knock-down; the cube's edges along x, y, z.
    pub ideal: Elasticity,
}

impl HomogenisedCell {
    /// The stiffness that is used, MPa.
    pub fn elasticity(&self) -> Elasticity {
        Elasticity(self.knock_down * self.ideal.0)
    }
}

/// Reads `file` and `knock_down` of a material.
pub(super) fn read(section: &Section<'_>) -> Result<HomogenisedCell, CaseError> {
    let file = section.required_text("file")?.to_owned();
    let knock_down = section.number("knock_down", 0.001..=1.0)?.ok_or_else(|| {
        section.missing("knock_down").with_help(
            "the file holds an ideal lattice, and a printed one is softer: Chen 2025's samples keep \
             0.11 to 0.24 of it; `knock_down = 1.0` takes it as it is",
        )
    })?;
    let path = section.folder().join(&file);
    let bytes = crate::input::read(&path).map_err(|e| {
        let reason = match e.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => format!("cannot be read: {e}"),
        };
        let help = "the file is looked for beside the case; `endplate homogenise CELL --porosity P \
                    --out DIR` leaves it in DIR as cell.json";
        refused(section, &path, reason).with_help(help)
    })?;
    let text: Value = serde_json::from_slice(&bytes)
        .map_err(|e| refused(section, &path, format!("is not JSON: {e}")))?;
    let cell = parse(&text).map_err(|reason| refused(section, &path, reason))?;
    Ok(HomogenisedCell {
        file,
        sha256: sha256_hex(&bytes),
        knock_down,
        ..cell
    })
}

fn refused(section: &Section<'_>, path: &Path, reason: String) -> CaseError {
    let fault = CaseFault::File {
        path: PathBuf::from(path),
        reason,
        looked_in: Vec::new(),
    };
    section.error("file", fault)
}

/// The file's content, or what is wrong with it.
fn parse(text: &Value) -> Result<HomogenisedCell, String> {
    let words = |pointer: &str| {
        let value = text.pointer(pointer).and_then(Value::as_str);
        value
            .map(str::to_owned)
            .ok_or_else(|| format!("has no text at {pointer}"))
    };
    if words("/kind").ok().as_deref() != Some(KIND) {
        return Err(format!(
            "is not the file of a unit cell: its kind is not \"{KIND}\""
        ));
    }
    match text.pointer("/schema").and_then(Value::as_u64) {
        Some(SCHEMA) => {}
        other => {
            let found = other.map_or("missing".to_owned(), |n| n.to_string());
            return Err(format!("has schema {found}, expected {SCHEMA}"));
        }
    }
    let number = |pointer: String| {
        let value = text.pointer(&pointer).and_then(Value::as_f64);
        value
            .filter(|v| v.is_finite())
            .ok_or_else(|| format!("has no number at {pointer}"))
    };
    let mut stiffness = Matrix6::zeros();
    for i in 0..6 {
        for j in 0..6 {
            stiffness[(i, j)] = number(format!("/stiffness_mpa/{i}/{j}"))?;
        }
    }
    let apart = (stiffness - stiffness.transpose()).amax();
    let ideal = Elasticity(0.5 * (stiffness + stiffness.transpose()));
    if apart > 1e-6 * stiffness.amax() || !ideal.is_positive_definite() {
        return Err("has a stiffness that is not symmetric and positive definite".to_owned());
    }
    let relative_density = number("/relative_density".to_owned())?;
    if !(relative_density > 0.0 && relative_density <= 1.0) {
        return Err(format!(
            "has relative density {relative_density}, expected 0 to 1"
        ));
    }
    Ok(HomogenisedCell {
        file: String::new(),
        sha256: String::new(),
        cell: words("/cell")?,
        relative_density,
        solid: (
            words("/solid/name")?,
            number("/solid/youngs_modulus_mpa".to_owned())?,
        ),
        basis: words("/basis")?,
        knock_down: 1.0,
        ideal,
    })
}
