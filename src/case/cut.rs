//! Cuts across the construct that a case names: planes square to the column axis.

use super::bodies::Vertebra;
use super::error::CaseError;
use super::implant::Implant;
use super::raw::{Section, both, duplicate};

/// A plane square to the column axis.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedCut {
    /// Its name.
    pub name: String,
    /// Key path of its table.
    pub key: String,
    /// A point of it, mm.
    pub at: CutPlace,
}

/// A point of a cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CutPlace {
    /// The middle of the vertebra of that number.
    Vertebra(usize),
    /// The middle of the implant of that number.
    Implant(usize),
    /// A place, mm, in the frame of the case, wherever bodies have moved.
    Point([f64; 3]),
}

const KEYS: &[&str] = &["name", "at", "at_mm"];

/// Reads `[[cut]]`.
pub(super) fn read(
    top: &Section<'_>,
    vertebrae: &[Vertebra],
    implants: &[Implant],
) -> Result<Vec<NamedCut>, CaseError> {
    let mut cuts: Vec<NamedCut> = Vec::new();
    for section in top.sections("cut", KEYS)? {
        let name = section.required_text("name")?.to_owned();
        let own = name == "mid-cage" || name.starts_with("middle of ");
        if own || cuts.iter().any(|cut| cut.name == name) {
            return Err(duplicate(&section, "cut", &name));
        }
        cuts.push(NamedCut {
            name,
            key: section.path().to_owned(),
            at: read_place(&section, vertebrae, implants)?,
        });
    }
    Ok(cuts)
}

fn read_place(
    section: &Section<'_>,
    vertebrae: &[Vertebra],
    implants: &[Implant],
) -> Result<CutPlace, CaseError> {
    let point = section.numbers::<3>("at_mm", -1e4..=1e4)?;
    match (section.text("at")?, point) {
        (Some(_), Some(_)) => Err(both(section, "at", "at_mm")),
        (None, Some(point)) => Ok(CutPlace::Point(point)),
        (None, None) => {
            let help = "`at = \"cage\"` for the middle of a body, or `at_mm = [x, y, z]`";
            Err(section.missing("at").with_help(help))
        }
        (Some(name), None) => {
            let bones = vertebrae.iter().map(|v| v.name.as_str());
            let known: Vec<&str> = bones
                .chain(implants.iter().map(|i| i.name.as_str()))
                .collect();
            let k = section.reference("at", "vertebra or implant", name, &known)?;
            match k.checked_sub(vertebrae.len()) {
                Some(i) => Ok(CutPlace::Implant(i)),
                None => Ok(CutPlace::Vertebra(k)),
            }
        }
    }
}
