//! Vertebrae, discs, the surfaces they come from, and what is resected.

use nalgebra::Matrix3;

use super::error::{CaseError, CaseFault};
use super::materials::read_factors;
use super::patches;
use super::raw::{Section, both, duplicate};
use crate::anatomy::landmarks::NamedPlaces;
use crate::anatomy::plausible::Doubt;
use crate::partition::Partition;
use crate::source::Sourced;

/// The spinal levels that a vertebra can be made for, from the top down.
pub const LEVELS: [&str; 22] = [
    "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10",
    "T11", "T12", "L1", "L2", "L3", "L4", "L5",
];

/// A surface file as the case names it.
#[derive(Debug, Clone, PartialEq)]
pub struct SurfaceFile {
    /// Key path of the file name, for errors.
    pub key: String,
    /// File name as written.
    pub file: String,
    /// Millimetres per unit of the file.
    pub scale: f64,
    /// Turns a point of the file into the frame x anterior, y left, z cranial: p = axes · q.
    pub axes: Matrix3<f64>,
    /// Expected SHA-256 of the file, lower-case hexadecimal.
    pub sha256: Option<String>,
}

/// Where the shape of a vertebra comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum VertebraShape {
    /// From the morphometry table.
    Parametric,
    /// From a surface file.
    Surface(SurfaceFile),
}

/// A vertebra.
#[derive(Debug, Clone, PartialEq)]
pub struct Vertebra {
    /// Name, unique among the bodies.
    pub name: String,
    /// Key path, for errors.
    pub key: String,
    /// Spinal level, one of [`LEVELS`]; always there for a parametric vertebra.
    pub level: Option<String>,
    /// Its shape.
    pub shape: VertebraShape,
    /// Endplates and posterior wall, where the case names them.
    pub named: NamedPlaces,
    /// What is not asked of its surface.
    pub accepted: Vec<Doubt>,
}

/// Where the shape of a disc comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum DiscShape {
    /// Fills the space between its endplates; this high on the axis, mm.
    Parametric {
        /// Height on the axis, mm.
        height_mm: f64,
    },
    /// From a surface file.
    Surface(SurfaceFile),
}

/// A disc between two vertebrae.
#[derive(Debug, Clone, PartialEq)]
pub struct Disc {
    /// Name, unique among the bodies.
    pub name: String,
    /// Key path, for errors.
    pub key: String,
    /// Numbers of the vertebra above and the one below.
    pub between: [usize; 2],
    /// Its shape.
    pub shape: DiscShape,
    /// Its own factors on what resists flexion, lateral bending and rotation; `None` takes those
    /// of all discs.
    pub calibration_factors: Option<Sourced<[f64; 3]>>,
    /// What is not asked of its surface.
    pub accepted: Vec<Doubt>,
}

/// All bodies of the spine.
pub(super) struct Bodies {
    pub vertebrae: Vec<Vertebra>,
    pub discs: Vec<Disc>,
    pub resected: Vec<usize>,
}

const VERTEBRA_KEYS: &[&str] = &[
    "name",
    "level",
    "surface",
    "unit",
    "axes",
    "sha256",
    "accept",
    patches::KEYS[0],
    patches::KEYS[1],
    patches::KEYS[2],
];
const DISC_KEYS: &[&str] = &[
    "name",
    "between",
    "height_mm",
    "surface",
    "unit",
    "axes",
    "sha256",
    "accept",
    "calibration_factors",
];
const AXES_KEYS: &[&str] = &["anterior", "left", "cranial"];
const UNITS: &[(&str, f64)] = &[("mm", 1.0), ("cm", 10.0), ("m", 1000.0), ("inch", 25.4)];

/// Reads the bodies of the spine and checks that they make a column.
pub(super) fn read(top: &Section<'_>) -> Result<Bodies, CaseError> {
    let surfaces = top.section("surfaces", &["unit", "axes"])?;
    let vertebrae = read_vertebrae(top, &surfaces)?;
    check_order(top, &vertebrae)?;
    let discs = read_discs(top, &surfaces, &vertebrae)?;
    check_column(top, &vertebrae, &discs)?;
    let resected = read_resection(top, &vertebrae)?;
    Ok(Bodies {
        vertebrae,
        discs,
        resected,
    })
}

fn read_vertebrae(top: &Section<'_>, surfaces: &Section<'_>) -> Result<Vec<Vertebra>, CaseError> {
    let mut vertebrae: Vec<Vertebra> = Vec::new();
    for section in top.sections("vertebra", VERTEBRA_KEYS)? {
        let name = section.required_text("name")?.to_owned();
        if vertebrae.iter().any(|v| v.name == name) {
            return Err(duplicate(&section, "vertebra", &name));
        }
        let level = match section.text("level")? {
            Some(word) => Some(LEVELS[section.word("level", "level", word, &LEVELS)?]),
            None => None,
        };
        let shape = if section.has("surface") {
            VertebraShape::Surface(read_surface(&section, surfaces)?)
        } else if level.is_some() {
            refuse_surface_keys(&section)?;
            VertebraShape::Parametric
        } else {
            let help = "give a level (`level = \"T6\"`) or a surface file (`surface = \"T6.stl\"`)";
            return Err(section.missing("level").with_help(help));
        };
        vertebrae.push(Vertebra {
            name,
            key: section.path().to_owned(),
            level: level.map(str::to_owned),
            shape,
            named: patches::read(&section)?,
            accepted: read_accepted(&section, &Doubt::ALL)?,
        });
    }
    if vertebrae.is_empty() {
        return Err(top.missing("vertebra"));
    }
    Ok(vertebrae)
}

/// `accept = ["size", "frame", "level"]`, any of them that are asked of the body.
fn read_accepted(section: &Section<'_>, asked: &[Doubt]) -> Result<Vec<Doubt>, CaseError> {
    let words: Vec<&str> = asked.iter().map(|d| d.word()).collect();
    let given = section.texts("accept")?.unwrap_or_default();
    let numbered = given.iter().enumerate();
    numbered
        .map(|(i, word)| {
            let n = section.word(&format!("accept[{i}]"), "doubt", word, &words)?;
            Ok(asked[n])
        })
        .collect()
}

/// Vertebrae whose levels are known must be listed from the top down.
fn check_order(top: &Section<'_>, vertebrae: &[Vertebra]) -> Result<(), CaseError> {
    let rank = |v: &Vertebra| {
        let level = v.level.as_deref()?;
        LEVELS.iter().position(|known| *known == level)
    };
    for pair in vertebrae.windows(2) {
        if rank(&pair[0]) <= rank(&pair[1]) || rank(&pair[1]).is_none() {
            continue;
        }
        let [first, second] = [&pair[0], &pair[1]].map(|v| v.level.as_deref().unwrap_or_default());
        let reason = format!(
            "vertebra \"{}\" is {second}, but is listed below \"{}\", which is {first}",
            pair[1].name, pair[0].name
        );
        return Err(top
            .error(&pair[1].key, CaseFault::model(reason))
            .with_help("list the vertebrae from the top down"));
    }
    Ok(())
}

fn read_discs(
    top: &Section<'_>,
    surfaces: &Section<'_>,
    vertebrae: &[Vertebra],
) -> Result<Vec<Disc>, CaseError> {
    let mut discs: Vec<Disc> = Vec::new();
    for section in top.sections("disc", DISC_KEYS)? {
        let name = section.required_text("name")?.to_owned();
        if discs.iter().any(|d| d.name == name) || vertebrae.iter().any(|v| v.name == name) {
            return Err(duplicate(&section, "body", &name));
        }
        let between = read_between(&section, vertebrae)?;
        if discs.iter().any(|d| d.between == between) {
            let reason = format!("a second disc (\"{name}\") between the same vertebrae");
            return Err(section.error("between", CaseFault::model(reason)));
        }
        let height = section.number("height_mm", 0.5..=25.0)?;
        let shape = match (height, section.has("surface")) {
            (None, true) => DiscShape::Surface(read_surface(&section, surfaces)?),
            (Some(height_mm), false) => {
                refuse_surface_keys(&section)?;
                DiscShape::Parametric { height_mm }
            }
            (Some(_), true) => {
                return Err(both(&section, "height_mm", "surface"));
            }
            (None, false) => {
                let help = "give `height_mm = 3.5`, or `surface = \"disc.stl\"`";
                return Err(section.missing("height_mm").with_help(help));
            }
        };
        discs.push(Disc {
            name,
            key: section.path().to_owned(),
            between,
            shape,
            calibration_factors: read_factors(&section)?,
            accepted: read_accepted(&section, &[Doubt::Size])?,
        });
    }
    discs.sort_by_key(|d| d.between);
    Ok(discs)
}

/// `between = ["upper", "lower"]`, from the top down.
pub(super) fn read_between(
    section: &Section<'_>,
    vertebrae: &[Vertebra],
) -> Result<[usize; 2], CaseError> {
    let names: Vec<&str> = vertebrae.iter().map(|v| v.name.as_str()).collect();
    let given = section.texts("between")?;
    let given = given.ok_or_else(|| section.missing("between"))?;
    let [upper, lower] = given[..] else {
        return Err(section.wrong_type("between", "two names, the upper vertebra first"));
    };
    let upper = section.reference("between[0]", "vertebra", upper, &names)?;
    let lower = section.reference("between[1]", "vertebra", lower, &names)?;
    if upper >= lower {
        let reason = "the vertebra above comes first, the one below second";
        let help = format!("from the top down the vertebrae are {}", names.join(", "));
        let error = section.error("between", CaseFault::model(reason));
        return Err(error.with_help(help));
    }
    Ok([upper, lower])
}

fn read_resection(top: &Section<'_>, vertebrae: &[Vertebra]) -> Result<Vec<usize>, CaseError> {
    let section = top.section("resection", &["vertebrae"])?;
    let names: Vec<&str> = vertebrae.iter().map(|v| v.name.as_str()).collect();
    let mut resected = Vec::new();
    for (i, name) in section
        .texts("vertebrae")?
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let key = format!("vertebrae[{i}]");
        let number = section.reference(&key, "vertebra", name, &names)?;
        if resected.contains(&number) {
            let fault = CaseFault::Duplicate {
                what: "resected vertebra".to_owned(),
                name: (*name).to_owned(),
            };
            return Err(section.error(&key, fault));
        }
        resected.push(number);
    }
    resected.sort_unstable();
    Ok(resected)
}

fn read_surface(section: &Section<'_>, all: &Section<'_>) -> Result<SurfaceFile, CaseError> {
    let file = section.required_text("surface")?.to_owned();
    let scale = match section.choice("unit", "unit of length", UNITS)? {
        Some(scale) => Some(scale),
        None => all.choice("unit", "unit of length", UNITS)?,
    };
    let Some(scale) = scale else {
        let fault = CaseFault::Unit {
            found: format!("surface \"{file}\" has no unit"),
            expected: "`unit = \"mm\"` here or in [surfaces]".to_owned(),
        };
        let help = "STL, PLY and OBJ files carry no unit; name it: mm, cm, m or inch";
        return Err(section.error("surface", fault).with_help(help));
    };
    let axes = match section.has("axes") {
        true => read_axes(section)?,
        false if all.has("axes") => read_axes(all)?,
        false => {
            let help = "for example `axes = { anterior = \"-y\", left = \"+x\", cranial = \"+z\" }`, \
                        here or in [surfaces]";
            return Err(section.missing("axes").with_help(help));
        }
    };
    Ok(SurfaceFile {
        key: section.key("surface"),
        file,
        scale,
        axes,
        sha256: read_sha256(section)?,
    })
}

fn read_sha256(section: &Section<'_>) -> Result<Option<String>, CaseError> {
    let Some(text) = section.text("sha256")? else {
        return Ok(None);
    };
    if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(Some(text.to_lowercase()));
    }
    Err(section.wrong_type("sha256", "64 hexadecimal digits"))
}

/// Axes as a case writes them.
pub fn axes_words(axes: &Matrix3<f64>) -> String {
    let word = |row: usize| {
        let column = axes.row(row).transpose().iamax();
        let sign = if axes[(row, column)] < 0.0 { '-' } else { '+' };
        format!("{} = \"{sign}{}\"", AXES_KEYS[row], ["x", "y", "z"][column])
    };
    format!("axes = {{ {}, {}, {} }}", word(0), word(1), word(2))
}

/// Rows of the matrix: the directions anterior, left, cranial in the file's axes.
fn read_axes(section: &Section<'_>) -> Result<Matrix3<f64>, CaseError> {
    let table = section.section("axes", AXES_KEYS)?;
    let mut axes = Matrix3::zeros();
    const DIRECTIONS: &[(&str, (usize, f64))] = &[
        ("+x", (0, 1.0)),
        ("-x", (0, -1.0)),
        ("+y", (1, 1.0)),
        ("-y", (1, -1.0)),
        ("+z", (2, 1.0)),
        ("-z", (2, -1.0)),
        ("x", (0, 1.0)),
        ("y", (1, 1.0)),
        ("z", (2, 1.0)),
    ];
    for (row, key) in AXES_KEYS.iter().enumerate() {
        let direction = table.choice(key, "direction", DIRECTIONS)?;
        let (column, sign) = direction.ok_or_else(|| table.missing(key))?;
        axes[(row, column)] = sign;
    }
    let determinant = axes.determinant();
    if determinant < 0.5 {
        let reason = if determinant < -0.5 {
            "these axes mirror the body: anterior × left must be cranial"
        } else {
            "two of the axes lie along the same direction of the file"
        };
        return Err(section.error("axes", CaseFault::model(reason)));
    }
    Ok(axes)
}

fn refuse_surface_keys(section: &Section<'_>) -> Result<(), CaseError> {
    for key in ["unit", "axes", "sha256", "accept"] {
        if section.has(key) {
            let fault = CaseFault::KeysTogether {
                message: format!("`{key}` describes a surface file, but `surface` is not given"),
            };
            return Err(section.error(key, fault));
        }
    }
    Ok(())
}

/// Shapes are all drawn or all measured, and discs join all vertebrae. Drawn ones stand on each
/// other, level by level; measured ones stand where they were found, so that their chain may skip a
/// level or fork.
fn check_column(
    top: &Section<'_>,
    vertebrae: &[Vertebra],
    discs: &[Disc],
) -> Result<(), CaseError> {
    let drawn = |v: &Vertebra| v.shape == VertebraShape::Parametric;
    let mixed = |p: &&[Vertebra]| drawn(&p[0]) != drawn(&p[1]);
    if let Some([upper, lower]) = vertebrae.windows(2).find(mixed) {
        let reason = format!(
            "{} and {} cannot stand in one column: one is parametric, the other measured",
            upper.name, lower.name
        );
        return Err(top.error(&lower.key, CaseFault::model(reason)));
    }
    let all_drawn = vertebrae.iter().all(drawn);
    if all_drawn {
        check_stack(top, vertebrae, discs)?;
    }
    for disc in discs {
        let reason = match (&disc.shape, all_drawn) {
            (DiscShape::Parametric { .. }, false) => {
                "the vertebrae are measured, so their distance is too: the disc needs a surface"
            }
            (DiscShape::Surface(_), true) => {
                "the vertebrae are parametric: the disc needs a height, not a surface"
            }
            _ => continue,
        };
        return Err(top.error(&disc.key, CaseFault::model(reason)));
    }
    check_joined(top, vertebrae, discs)
}

/// Levels go down by one, and discs lie between neighbours.
fn check_stack(top: &Section<'_>, vertebrae: &[Vertebra], discs: &[Disc]) -> Result<(), CaseError> {
    let level = |v: &Vertebra| LEVELS.iter().position(|l| Some(*l) == v.level.as_deref());
    for pair in vertebrae.windows(2) {
        if let (Some(a), Some(b)) = (level(&pair[0]), level(&pair[1]))
            && b != a + 1
        {
            let below = LEVELS.get(a + 1).unwrap_or(&"nothing");
            let reason = format!("below {} comes {below}, not {}", LEVELS[a], LEVELS[b]);
            return Err(top
                .error(&format!("{}.level", pair[1].key), CaseFault::model(reason))
                .with_help("list the vertebrae from the top down, leaving none out"));
        }
    }
    let astride = discs.iter().find(|d| d.between[1] != d.between[0] + 1);
    let Some(disc) = astride else { return Ok(()) };
    let [upper, lower] = disc.between.map(|v| &vertebrae[v].name);
    let reason = format!(
        "disc \"{}\" is between {upper} and {lower}, which are not neighbours",
        disc.name
    );
    Err(top.error(&format!("{}.between", disc.key), CaseFault::model(reason)))
}

/// Discs join every vertebra to the first, directly or by others.
fn check_joined(
    top: &Section<'_>,
    vertebrae: &[Vertebra],
    discs: &[Disc],
) -> Result<(), CaseError> {
    let mut joined = Partition::new(vertebrae.len());
    for [upper, lower] in discs.iter().map(|d| d.between) {
        joined.join(upper as u32, lower as u32);
    }
    let Some(alone) = (1..vertebrae.len()).find(|v| joined.root(*v as u32) != 0) else {
        return Ok(());
    };
    let pair = [&vertebrae[alone - 1], &vertebrae[alone]];
    let reason = format!("no disc between {} and {}", pair[0].name, pair[1].name);
    let help = "every two neighbouring vertebrae need a [[disc]]: the intact state stands on it";
    let error = top.error(&pair[1].key, CaseFault::model(reason));
    Err(error.with_help(help))
}
