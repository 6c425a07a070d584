//! Loads and supports as the case says them: force and moment at a point, on a named endplate.

use super::bodies::Vertebra;
use super::defaults::{self, RuleDefault};
use super::error::{CaseError, CaseFault};
use super::file_name::{self, slug};
use super::implant::Implant;
use super::presets::{PRESETS, Preset, preset};
use super::raw::{Section, duplicate};
use crate::geometry::End;
use crate::source::Source;

/// An endplate of a vertebra, written "T5.superior_endplate".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndplateFace {
    /// Number of the vertebra.
    pub vertebra: usize,
    /// Which of its ends.
    pub end: End,
}

impl EndplateFace {
    /// "T5.superior_endplate".
    pub fn name(&self, vertebrae: &[Vertebra]) -> String {
        let vertebra = vertebrae
            .get(self.vertebra)
            .map_or("?", |v| v.name.as_str());
        format!("{vertebra}.{}_endplate", self.end.word())
    }
}

/// The axes in which a load is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadFrame {
    /// z along the column axis upward, x anterior in the sagittal plane, y left.
    Column,
    /// The program frame.
    Global,
}

impl LoadFrame {
    /// The word for it in cases and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Global => "global",
        }
    }
}

/// One load on the loaded face.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Name, unique.
    pub name: String,
    /// Key path, for errors.
    pub key: String,
    /// Force, N.
    pub force_n: [f64; 3],
    /// Moment about the reference point, N·m.
    pub moment_nm: [f64; 3],
    /// Axes of force and moment.
    pub frame: LoadFrame,
    /// Whether it counts as service (part of the stress-shielding mean).
    pub service: bool,
    /// Where it comes from.
    pub source: Source,
}

/// All loads and where they act.
#[derive(Debug, Clone, PartialEq)]
pub struct Loads {
    /// The preset used, if any.
    pub preset: Option<&'static Preset>,
    /// Loads: the preset's, then those of the case.
    pub cases: Vec<Load>,
    /// The loaded endplate.
    pub face: EndplateFace,
    /// Reference point in the program frame, mm; `None` is the centroid of the loaded face.
    pub at_mm: Option<[f64; 3]>,
    /// The clamped endplate.
    pub clamped: EndplateFace,
}

impl Loads {
    /// What to ask of a load of one's own that pulls the column apart: a sign that was not meant, since
    /// the z axis points up. `None` for one that presses.
    pub fn question(&self, load: &Load) -> Option<String> {
        // Loads that bend or shear may pull a little.
        const MOSTLY: f64 = 0.5;
        let height = |f: EndplateFace| (f.vertebra, f.end == End::Inferior);
        let away = match height(self.face) < height(self.clamped) {
            true => load.force_n[2],
            false => -load.force_n[2],
        };
        let whole = load.force_n.iter().map(|f| f * f).sum::<f64>().sqrt();
        (away > MOSTLY * whole).then(|| {
            format!(
                "load case \"{}\" pulls by {away} N along z, away from the clamped face: z points up, \
                 so that compression from above is negative; is that meant?",
                load.name
            )
        })
    }
}

/// What the rows for the mean of all service loads say in place of a load case.
pub const MEAN_OF_SERVICE: &str = "all";

const FACES: [(&str, End); 2] = [
    ("superior_endplate", End::Superior),
    ("inferior_endplate", End::Inferior),
];

/// Reads `[loads]`, `[[load_case]]` and `[support]`.
pub(super) fn read(
    top: &Section<'_>,
    (vertebrae, resected): (&[Vertebra], &[usize]),
    implants: &[Implant],
) -> Result<Loads, CaseError> {
    let loads = top.section("loads", &["preset", "loaded_face", "at_mm"])?;
    let support = top.section("support", &["clamped"])?;
    let chosen = read_preset(&loads)?;
    let mut cases = preset_loads(chosen);
    for section in top.sections("load_case", LOAD_KEYS)? {
        let load = read_load(&section)?;
        if cases.iter().any(|c| c.name == load.name) {
            return Err(duplicate(&section, "load case", &load.name));
        }
        check_file_name(&section, &load.name, &cases)?;
        cases.push(load);
    }
    if cases.is_empty() {
        let help = "give `preset = \"thoracic\"` in [loads], or [[load_case]] tables";
        return Err(loads.missing("preset").with_help(help));
    }
    let last = vertebrae.len() - 1;
    let top_face = EndplateFace {
        vertebra: 0,
        end: End::Superior,
    };
    let bottom_face = EndplateFace {
        vertebra: last,
        end: End::Inferior,
    };
    let face = read_face(&loads, &defaults::LOADED_FACE, vertebrae, top_face)?;
    let clamped = read_face(&support, &defaults::CLAMPED, vertebrae, bottom_face)?;
    for (section, key, chosen) in [
        (&loads, "loaded_face", face),
        (&support, "clamped", clamped),
    ] {
        if resected.contains(&chosen.vertebra) {
            let name = &vertebrae[chosen.vertebra].name;
            let reason = format!("{name} is resected: its endplate is not there when fused");
            return Err(section.error(key, CaseFault::model(reason)));
        }
    }
    check_way(&loads, chosen, (face, clamped), implants)?;
    let at_mm = loads.numbers("at_mm", -1e4..=1e4)?;
    if at_mm.is_none() {
        let words = "centroid of the loaded face";
        loads.left_out(&defaults::LOAD_POINT, (), words);
    }
    Ok(Loads {
        preset: chosen,
        cases,
        face,
        at_mm,
        clamped,
    })
}

/// The load has to have a way from its face to the support, across every implant,
/// and a preset's compression pushes only from above.
fn check_way(
    loads: &Section<'_>,
    preset: Option<&Preset>,
    (face, clamped): (EndplateFace, EndplateFace),
    implants: &[Implant],
) -> Result<(), CaseError> {
    let refuse = |reason: String| Err(loads.error("loaded_face", CaseFault::model(reason)));
    if face == clamped {
        return refuse("the loaded face is the clamped one".to_owned());
    }
    let height = |f: EndplateFace| (f.vertebra, f.end == End::Inferior);
    if let Some(preset) = preset.filter(|_| height(face) > height(clamped)) {
        let reason = format!(
            "the preset \"{}\" pushes down, and this face lies below the clamped one: it would pull",
            preset.name
        );
        return refuse(reason);
    }
    for implant in implants {
        let [upper, lower] = implant.between;
        let seats = [(upper, End::Inferior), (lower, End::Superior)];
        let outside = |f: EndplateFace| !seats.contains(&(f.vertebra, f.end));
        let above = |f: EndplateFace| f.vertebra <= upper;
        let below = |f: EndplateFace| f.vertebra >= lower;
        let across = (above(face) && below(clamped)) || (below(face) && above(clamped));
        if !(across && outside(face) && outside(clamped)) {
            return refuse(format!(
                "the load does not cross \"{}\": load and support belong on either side of it, away from its seats",
                implant.name
            ));
        }
    }
    Ok(())
}

fn read_preset(loads: &Section<'_>) -> Result<Option<&'static Preset>, CaseError> {
    let Some(name) = loads.text("preset")? else {
        return Ok(None);
    };
    let known: Vec<&str> = PRESETS.iter().map(|p| p.name).collect();
    let found = preset(name);
    found
        .map(Some)
        .ok_or_else(|| loads.unknown_name("preset", "load preset", name, &known))
}

fn preset_loads(chosen: Option<&'static Preset>) -> Vec<Load> {
    let loads = chosen.map_or(&[][..], |p| p.loads);
    loads
        .iter()
        .map(|l| Load {
            name: l.name.to_owned(),
            key: "loads.preset".to_owned(),
            force_n: l.force_n,
            moment_nm: l.moment_nm,
            frame: LoadFrame::Column,
            service: l.service,
            source: l.source(),
        })
        .collect()
}

const LOAD_KEYS: &[&str] = &["name", "force_n", "moment_nm", "axes", "service"];

fn read_load(section: &Section<'_>) -> Result<Load, CaseError> {
    let name = section.required_text("name")?.to_owned();
    let force_n = section.numbers("force_n", -1e5..=1e5)?;
    let moment_nm = section.numbers("moment_nm", -1e3..=1e3)?;
    if force_n.is_none() && moment_nm.is_none() {
        return Err(section.missing("force_n"));
    }
    const FRAMES: &[(&str, LoadFrame)] = &[
        (LoadFrame::Column.name(), LoadFrame::Column),
        (LoadFrame::Global.name(), LoadFrame::Global),
    ];
    let frame = section.choice_or("kind of axes", FRAMES, &defaults::LOAD_AXES)?;
    let default = &defaults::LOAD_SERVICE;
    let service = match section.flag(default.local_key())? {
        Some(given) => given,
        None => section.left_out(default, true, default.value).value,
    };
    let load = Load {
        key: section.path().to_owned(),
        force_n: force_n.unwrap_or_default(),
        moment_nm: moment_nm.unwrap_or_default(),
        frame,
        service,
        source: Source::case_file(format!("[[load_case]] \"{name}\"")),
        name,
    };
    if load.force_n == [0.0; 3] && load.moment_nm == [0.0; 3] {
        let reason = format!("load case \"{}\" has neither force nor moment", load.name);
        return Err(section.error("force_n", CaseFault::model(reason)));
    }
    Ok(load)
}

/// Every load case has files of its own: names must differ by more than case and punctuation.
fn check_file_name(section: &Section<'_>, name: &str, others: &[Load]) -> Result<(), CaseError> {
    let own = slug(name);
    let reason = if let Some(fault) = file_name::fault(name) {
        fault
    } else if name == MEAN_OF_SERVICE {
        format!("\"{name}\" is what the tables call the mean of the loads that count as service")
    } else if let Some(other) = others.iter().find(|o| slug(&o.name) == own) {
        format!(
            "\"{}\" would name the same files: names must differ by more than case and punctuation",
            other.name
        )
    } else {
        return Ok(());
    };
    Err(section.error("name", CaseFault::model(reason)))
}

fn read_face(
    section: &Section<'_>,
    default: &RuleDefault,
    vertebrae: &[Vertebra],
    usual: EndplateFace,
) -> Result<EndplateFace, CaseError> {
    let key = default.local_key();
    let Some(name) = section.text(key)? else {
        let words = usual.name(vertebrae);
        return Ok(section.left_out(default, usual, words).value);
    };
    let mut known = Vec::new();
    for (vertebra, body) in vertebrae.iter().enumerate() {
        for (word, end) in FACES {
            let full = format!("{}.{word}", body.name);
            if full == name {
                return Ok(EndplateFace { vertebra, end });
            }
            known.push(full);
        }
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(section.unknown_name(key, "face", name, &known))
}
