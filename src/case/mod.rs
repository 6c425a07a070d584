//! The case file: TOML, read strictly, resolved into a [`Case`].
//!
//! A case says what a person decides and nothing that follows from it. Every key that holds a
//! quantity ends in its unit (`diameter_mm`); an unknown key, a missing unit, a name that does not
//! exist and a number outside its range are errors with their place. What the file leaves out gets
//! a default that is recorded with its source ([`Case::defaults`]). `endplate new` writes a file
//! with every key and its default.
//!
//! | table | says |
//! |---|---|
//! | top | `format = 1`, `title`, `states` of "intact" and "fused" |
//! | `[[state]]` | a state of one's own: `name`, the preset it begins `from`, the bodies (or "rods") it is `without` |
//! | `[[join]]` | two `faces`, the `law` between them, the `states` it holds in |
//! | `[surfaces]` | `unit` and `axes` of all surface files; a body may have its own |
//! | `[[vertebra]]` | from the top down: `name` and `level` (C3 to L5), or `surface` with its unit and axes; `superior_endplate`, `inferior_endplate` (`centre_mm`, `normal`, `radius_mm`) and `posterior_wall_mm` in place of those found |
//! | `[[disc]]` | `name`, `between` two vertebrae, `height_mm`, or `surface`; its own `calibration_factors` |
//! | `[resection]` | `vertebrae` taken out whole; the discs beside them go with them |
//! | `[implant]`, `[[implant]]` | cylinder `between` two vertebrae: `diameter_mm`, `height_mm` or `height = "fit"`, `sagittal_angle_deg`, `ends`, `material`; `[[implant.solid]]`, `[[implant.screw_track]]` |
//! | `[[graft]]` | what fills the gap at a flat `end` of an `implant`: `name`, `material`, `min_thickness_mm` where end and bone come nearest |
//! | `[[material]]` | `name`, `law` and the constants of that law; of porous metal `porosity` by place (`by`, `points_mm`, `percent`, or a `file`) and the `lattice` it is printed as; "homogenised" takes a `file` of `endplate homogenise` and a `knock_down` |
//! | `[bone]`, `[disc_material]` | moduli, thicknesses, the band of the cancellous modulus |
//! | `[rods]` | in short: `kind` "default" or "none", what they are `between`, and sizes |
//! | `[screws]`, `[[screw]]` | pedicle screws of a list of `levels`; one through a pedicle or between two places, the `bodies` it holds on, its `head` |
//! | `[[rod]]`, `[[connector]]` | what a rod runs `through` and its `curve`; what joins two `rods` |
//! | `[[hook]]`, `[[cable]]` | what pushes one way on a lamina; what pulls only |
//! | `[[cut]]` | a `name` and where (`at`, `at_mm`) the shares of all that crosses it are told |
//! | `[loads]`, `[[load_case]]` | a `preset`, loads of one's own, the loaded face and point |
//! | `[support]` | the `clamped` face |
//! | `[interface]`, `[mesh]`, `[solver]`, `[limits]` | tolerance of ties, edge lengths, method and threads, limits of the findings |
//!
//! The file is read key by key from a tree that keeps the span of every key and value (`raw`),
//! rather than by a derived deserialiser: key, unit, range, default and source of a number then
//! stand in one line, and a fault has its place and its kind without reading messages back.
//! [`CasePlaces`] keeps the places for later stages.
//!
//! Must not know meshes, matrices, or what a material's law gives.

pub mod file_name;
pub mod digest;
pub mod place;
pub mod error;
pub mod places;
mod unit;
pub mod defaults;
mod raw;
pub mod porosity;
pub mod homogenised;
pub mod materials;
pub mod patches;
pub mod bodies;
pub mod files;
pub mod body;
pub mod implant;
pub mod fixation;
pub mod cut;
mod parts;
pub mod presets;
pub mod loads;
pub mod settings;
pub mod state;
pub mod resolved;
mod plans;
mod change;

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

pub use bodies::{Disc, DiscShape, SurfaceFile, Vertebra, VertebraShape};
pub use body::{BodyId, FaceId};
pub use cut::NamedCut;
pub use defaults::UsedDefault;
pub use error::{CaseError, CaseFault, FaultKind};
pub use fixation::Fixation;
pub use homogenised::HomogenisedCell;
pub use implant::{Graft, Implant, ImplantEnds, ImplantHeight, ScrewTrack, SolidKind, SolidPart};
pub use loads::{EndplateFace, Load, LoadFrame, Loads};
pub use materials::{Bone, DiscMaterial, LibrarySolid, Material, MaterialLaw};
pub use place::{CaseText, Place};
pub use places::CasePlaces;
pub use porosity::{Along, GridFrame, KeptSize, Lattice, Porosity, PorosityFile, PorosityProfile};
pub use resolved::Case;
pub use settings::{Interface, Limits, MeshSizes, SolverSettings};
pub use state::{Join, JoinLaw, Preset, StatePlan};

pub use crate::geometry::End;
use materials::Materials;
use raw::{Reader, Section};

const TOP_KEYS: &[&str] = &[
    "format",
    "title",
    "states",
    "state",
    "join",
    "surfaces",
    "vertebra",
    "disc",
    "resection",
    "implant",
    "graft",
    "material",
    "bone",
    "disc_material",
    "rods",
    "screws",
    "screw",
    "rod",
    "connector",
    "hook",
    "cable",
    "cut",
    "loads",
    "load_case",
    "support",
    "interface",
    "mesh",
    "solver",
    "limits",
];

impl Case {
    /// Reads and resolves a case file.
    ///
    /// # Errors
    /// The first fault found, with its place.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        let bytes = crate::input::read(path).map_err(|e| unreadable(path, &e.to_string()))?;
        let text = String::from_utf8(bytes)
            .map_err(|e| unreadable(path, &format!("is not UTF-8 text: {e}")))?;
        Self::from_text(path, text)
    }

    /// The case with one key changed, read and checked as a file that says so: `key` is a key path
    /// (`rods.diameter_mm`, `vertebra[1].level`), `value` what a case file writes for it.
    ///
    /// # Errors
    /// A key that no table of the file can take; whatever [`from_text`](Self::from_text) refuses, at
    /// the changed text.
    pub fn with(&self, key: &str, value: &str) -> Result<Self, CaseError> {
        let Some(text) = change::changed(&self.places, key, value) else {
            let reason = format!("no table of the case takes `{key}`");
            return Err(self.places.error(key, CaseFault::model(reason)));
        };
        Self::from_text(&self.places.file().path, text)
    }

    /// Resolves the text of a case file; the folder of `path` is where its surfaces are looked for.
    ///
    /// # Errors
    /// The first fault found, with its place.
    pub fn from_text(path: &Path, text: String) -> Result<Self, CaseError> {
        let file = Arc::new(CaseText {
            path: path.to_owned(),
            text,
        });
        let table = DeTable::parse(&file.text).map_err(|e| syntax_error(&file, &e))?;
        let places = CasePlaces::of(Arc::clone(&file), table.get_ref());
        let reader = Reader {
            places: &places,
            defaults: RefCell::new(Vec::new()),
        };
        let top = Section::top(&reader, table.get_ref(), TOP_KEYS)?;
        let sha256 = digest::sha256_hex(file.text.as_bytes());
        let mut case = resolve(&top, &places, sha256)?;
        drop(top);
        case.defaults = reader.defaults.into_inner();
        Ok(case)
    }
}

fn unreadable(path: &Path, reason: &str) -> CaseError {
    let fault = CaseFault::File {
        path: path.to_owned(),
        reason: reason.to_owned(),
        looked_in: Vec::new(),
    };
    CaseError::new(fault, place::whole_file(path, ""))
}

fn syntax_error(file: &Arc<CaseText>, error: &toml::de::Error) -> CaseError {
    let fault = CaseFault::Syntax {
        message: error.message().replace('\n', ", "),
    };
    let place = Place {
        file: Arc::clone(file),
        span: error.span().unwrap_or(0..0),
    };
    CaseError::new(fault, place)
}

fn resolve(top: &Section<'_>, places: &CasePlaces, sha256: String) -> Result<Case, CaseError> {
    check_format(top)?;
    let title = top.required_text("title")?.to_owned();
    let bodies = bodies::read(top)?;
    let mut materials = Materials::read(top)?;
    let mut taken: Vec<&str> = bodies.vertebrae.iter().map(|v| v.name.as_str()).collect();
    taken.extend(bodies.discs.iter().map(|d| d.name.as_str()));
    let implants = implant::read_implants(top, &bodies.vertebrae, &taken, &mut materials)?;
    taken.extend(implants.iter().map(|i| i.name.as_str()));
    let grafts = implant::read_grafts(top, &implants, &taken, &mut materials)?;
    taken.extend(grafts.iter().map(|g| g.name.as_str()));
    let bones = parts::Bones {
        vertebrae: &bodies.vertebrae,
        resected: &bodies.resected,
        implants: &implants,
        taken: &taken,
    };
    let fixation = parts::read(top, &bones, &mut materials)?;
    let called = |i: &&Implant| fixation.labels().any(|label| label == i.name);
    if let Some(implant) = implants.iter().find(called) {
        let reason = format!("\"{}\" is what the tables call a part", implant.name);
        let key = format!("{}.name", implant.key);
        return Err(places.error(&key, CaseFault::model(reason)));
    }
    let cuts = cut::read(top, &bodies.vertebrae, &implants)?;
    let mut case = Case {
        title,
        sha256,
        places: places.clone(),
        states: Vec::new(),
        loads: loads::read(top, (&bodies.vertebrae, &bodies.resected), &implants)?,
        vertebrae: bodies.vertebrae,
        discs: bodies.discs,
        resected: bodies.resected,
        implants,
        grafts,
        materials: materials.list,
        bone: materials::read_bone(top)?,
        disc_material: materials::read_disc_material(top)?,
        fixation,
        cuts,
        interface: settings::read_interface(top)?,
        mesh: settings::read_mesh(top)?,
        solver: settings::read_solver(top)?,
        limits: settings::read_limits(top)?,
        defaults: Vec::new(),
    };
    case.states = plans::read(top, &case)?;
    check_construct(&case)?;
    Ok(case)
}

fn check_format(top: &Section<'_>) -> Result<(), CaseError> {
    let format = top.required_number("format", f64::MIN..=f64::MAX)?;
    if format == 1.0 {
        return Ok(());
    }
    let fault = CaseFault::Range {
        key: "format".to_owned(),
        value: format.to_string(),
        expected: "1".to_owned(),
    };
    let help = "this program reads format 1 of the case file";
    Err(top.error("format", fault).with_help(help))
}

/// What only shows when all parts are known: implant, resection and ends belong together.
fn check_construct(case: &Case) -> Result<(), CaseError> {
    let fail = |key: &str, reason: String| case.places.error(key, CaseFault::model(reason));
    if case.implants.is_empty() {
        if is_operated(case) {
            return Err(fail("states", "the fused state needs an [implant]".into()));
        }
        if !case.resected.is_empty() {
            return Err(fail("resection", "a resection needs an [implant]".into()));
        }
        if !case.grafts.is_empty() {
            return Err(fail("graft", "a graft needs an [implant]".into()));
        }
        return Ok(());
    }
    for (i, implant) in case.implants.iter().enumerate() {
        let reason = if implant.replaced().is_empty() {
            "no vertebra lies between those the implant stands on"
        } else if case.is_above(i, BodyId::Vertebra(implant.between[1])) {
            "discs join the two vertebrae it stands on around it: neither can move with the implant"
        } else {
            continue;
        };
        return Err(fail(&format!("{}.between", implant.key), reason.into()));
    }
    let replaced = case.implants.iter().flat_map(Implant::replaced);
    let replaced: Vec<usize> = replaced.collect();
    if replaced != case.resected {
        let names: Vec<_> = replaced
            .iter()
            .map(|v| case.vertebrae[*v].name.as_str())
            .collect();
        let whose = match case.implants.len() {
            1 => "the implant replaces",
            _ => "the implants replace",
        };
        let reason = format!("{whose} {}: resect just that", names.join(" and "));
        return Err(fail("resection.vertebrae", reason));
    }
    (0..case.implants.len()).try_for_each(|i| check_grafts(case, i))
}

fn is_operated(case: &Case) -> bool {
    case.states.iter().any(|plan| plan.from.is_operated())
}

/// Each flat end needs its graft in the fused state, a fitted one has no room for it.
fn check_grafts(case: &Case, number: usize) -> Result<(), CaseError> {
    let implant = &case.implants[number];
    let fail = |key: &str, reason: String| case.places.error(key, CaseFault::model(reason));
    if implant.ends == ImplantEnds::Fitted {
        return match case.grafts.iter().find(|g| g.implant == number) {
            Some(graft) => Err(fail(
                &graft.key,
                "fitted ends leave no gap for a graft".into(),
            )),
            None => Ok(()),
        };
    }
    if !is_operated(case) {
        return Ok(());
    }
    let missing = [End::Superior, End::Inferior]
        .into_iter()
        .zip(implant.between)
        .filter(|(end, _)| case.graft(number, *end).is_none());
    let (mut gaps, mut tables) = (Vec::new(), String::new());
    for (end, vertebra) in missing {
        let end = end.word();
        gaps.push(format!(
            "the {end} end to {}",
            case.vertebrae[vertebra].name
        ));
        let whose = match case.implants.len() {
            1 => String::new(),
            _ => format!("implant = \"{}\"\n", implant.name),
        };
        tables += &format!(
            "\n[[graft]]\nname = \"{end} graft\"\n{whose}end = \"{end}\"\nmaterial = \"cancellous-bone\""
        );
    }
    if gaps.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "flat ends leave a gap in the fused state that nothing fills: from {}",
        gaps.join(" and from ")
    );
    let help = format!("use `ends = \"fitted\"`, or name what fills the gap:{tables}");
    Err(fail(&format!("{}.ends", implant.key), reason).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    const T6: &str = include_str!("../../validation/t6-tantalum/case.toml");

    fn read(text: &str) -> Result<Case, CaseError> {
        Case::from_text(Path::new("case.toml"), text.to_owned())
    }

    #[test]
    fn the_t6_case_reads_as_written() {
        let case = read(T6).unwrap();
        let states: Vec<&str> = case.states.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(states, ["intact", "fused"]);
        let names: Vec<_> = case.vertebrae.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(names, ["T5", "T6", "T7"]);
        assert_eq!(case.resected, [1]);
        let implant = &case.implants[0];
        assert_eq!(implant.between, [0, 2]);
        assert_eq!(implant.height, ImplantHeight::Millimetres(25.0));
        let MaterialLaw::Porous {
            law,
            porosity: Porosity::Uniform(relative_density),
            ..
        } = &case.materials[implant.material].law
        else {
            panic!("not porous");
        };
        assert_eq!(law, "chen-2025-tantalum");
        assert!((relative_density - 0.2).abs() < 1e-12);
        assert_eq!(case.loads.cases.len(), 6);
        assert_eq!(
            case.loads.face.name(&case.vertebrae),
            "T5.superior_endplate"
        );
        assert_eq!(
            case.loads.clamped.name(&case.vertebrae),
            "T7.inferior_endplate"
        );
        assert_eq!(case.fixation.rods[0].diameter_mm.value, 5.5);
    }

    /// The T6 case with one text put for another.
    fn with(from: &str, to: &str) -> Result<Case, CaseError> {
        assert!(T6.contains(from), "{from}");
        read(&T6.replacen(from, to, 1))
    }

    #[test]
    fn a_key_path_leads_to_its_line_and_a_default_to_its_table() {
        let case = read(T6).unwrap();
        let line = |needle: &str| T6.lines().position(|l| l.starts_with(needle)).unwrap() + 1;
        let place = case.places.place("implant.diameter_mm");
        assert_eq!(place.line(), line("diameter_mm = 15.0"));
        assert_eq!(place.column(), "diameter_mm = ".len() + 1);
        assert_eq!(&T6[place.span], "15.0");
        assert_eq!(case.places.place("rods.diameter_mm").line(), line("[rods]"));
        assert_eq!(case.places.place("limits.rotation_deg").line(), 1);
        assert_eq!(
            case.places.place("vertebra[2].level").line(),
            line("level = \"T7\"")
        );
    }

    /// Measured bones hang together by discs, whatever their order: below T5 the chain forks into T6
    /// and T8, T7 follows T6.
    fn forked(discs: &[[&str; 2]]) -> Result<Case, CaseError> {
        let mut text = String::from(
            "format = 1\ntitle = \"fork\"\nstates = [\"intact\"]\nloads.preset = \"thoracic\"\n\
             surfaces = { unit = \"mm\", axes = { anterior = \"+x\", left = \"+y\", cranial = \"+z\" } }\n\
             support.clamped = \"T7.inferior_endplate\"\n",
        );
        for name in ["T5", "T6", "T7", "T8"] {
            text += &format!("[[vertebra]]\nname = \"{name}\"\nsurface = \"{name}.stl\"\n");
        }
        for [upper, lower] in discs {
            text += &format!(
                "[[disc]]\nname = \"{upper}-{lower}\"\nbetween = [\"{upper}\", \"{lower}\"]\n\
                 surface = \"disc.stl\"\n"
            );
        }
        read(&text)
    }

    #[test]
    fn measured_chains_fork_and_skip() {
        let fork = [["T5", "T6"], ["T6", "T7"], ["T5", "T8"]];
        let case = forked(&fork).unwrap();
        assert_eq!(case.discs[1].between, [0, 3]);
        let refusal = forked(&fork[..2]).unwrap_err().fault.to_string();
        assert_eq!(refusal, "no disc between T7 and T8");
        let mut with_cage = case.clone();
        with_cage.implants = read(T6).unwrap().implants;
        // It replaces T6: what hangs on T5 moves, on whichever branch; T7 does not.
        let moves = (0..4).map(|v| with_cage.is_above(0, BodyId::Vertebra(v)));
        assert_eq!(moves.collect::<Vec<_>>(), [true, false, false, true]);
        let discs = (0..3).map(|d| with_cage.is_above(0, BodyId::Disc(d)));
        assert_eq!(discs.collect::<Vec<_>>(), [false, true, false]);
    }

    /// The README's accuracy was measured on the T6 case's sizes: leaving them out must not change
    /// them.
    #[test]
    fn mesh_sizes_left_out_are_those_of_the_t6_case() {
        let sizes = ["bone_mm = ", "endplate_mm = ", "implant_mm = "];
        let kept = |l: &&str| !sizes.iter().any(|s| l.starts_with(s));
        let text: Vec<&str> = T6.lines().filter(kept).collect();
        assert_eq!(text.len() + 3, T6.lines().count());
        let numbers = |case: &Case| {
            let mesh = &case.mesh;
            let sizes = [&mesh.bone_mm, &mesh.endplate_mm, &mesh.implant_mm];
            sizes.map(|size| size.value)
        };
        let left_out = read(&text.join("\n")).unwrap();
        assert_eq!(numbers(&left_out), numbers(&read(T6).unwrap()));
    }

    #[test]
    fn every_default_in_use_has_a_source_and_a_given_number_is_none() {
        let case = read(T6).unwrap();
        let used: Vec<_> = case.defaults.iter().map(|d| d.key.as_str()).collect();
        assert!(used.contains(&"rods.diameter_mm") && used.contains(&"bone.cortical_thickness_mm"));
        assert!(!used.contains(&"bone.cancellous_modulus_mpa") && !used.contains(&"mesh.bone_mm"));
        for default in &case.defaults {
            assert!(!default.source.citation.is_empty(), "{}", default.key);
        }
        // Numbers carry what the list tells: the given one its key, the other its citation.
        let given = &case.bone.cancellous_modulus_mpa.source;
        assert_eq!(given, &Source::case_file("bone.cancellous_modulus_mpa"));
        let left_out = &case.bone.poisson_ratio.source;
        assert_eq!(left_out, &defaults::BONE_POISSON.source());
        let case = with("cancellous_modulus_mpa = 300.0", "").unwrap();
        let key = "bone.cancellous_modulus_mpa";
        let default = case.defaults.iter().find(|d| d.key == key).unwrap();
        assert_eq!(
            (default.value.as_str(), default.unit.as_str()),
            ("300", "MPa")
        );
    }

    /// C⁻¹ holds 1/E, −ν/E and 1/G where the constants say, whichever way the axis points.
    #[test]
    fn a_transversely_isotropic_material_has_the_compliance_of_its_constants() {
        let law = "law = \"transversely-isotropic\"\naxial_modulus_mpa = 200.0\n\
                   transverse_modulus_mpa = 140.0\naxial_shear_modulus_mpa = 48.3\n\
                   axial_poisson_ratio = 0.315\ntransverse_poisson_ratio = 0.45\n\
                   axis = [2.0, 0.0, 0.0]";
        let from = "law = \"chen-2025-tantalum\"\nporosity_percent = 80.0";
        let case = with(from, law).unwrap();
        let MaterialLaw::Orthotropic { constants, axes } = &case.materials[0].law else {
            panic!("not orthotropic");
        };
        let stiffness = crate::tensor::Elasticity::orthotropic(constants).unwrap();
        let compliance = stiffness.rotated(axes).0.try_inverse().unwrap();
        // The axis is x here: [xx, yy, zz, xy, yz, zx].
        let expected = [
            ((0, 0), 1.0 / 200.0),
            ((1, 1), 1.0 / 140.0),
            ((2, 2), 1.0 / 140.0),
            ((0, 1), -0.315 / 200.0),
            ((0, 2), -0.315 / 200.0),
            ((1, 2), -0.45 / 140.0),
            ((3, 3), 1.0 / 48.3),
            ((5, 5), 1.0 / 48.3),
            ((4, 4), 2.0 * 1.45 / 140.0),
        ];
        for (place, value) in expected {
            assert!(
                (compliance[place] - value).abs() < 1e-12 * 200.0,
                "{place:?}"
            );
        }
        let impossible = law.replace("axial_poisson_ratio = 0.315", "axial_poisson_ratio = 1.4");
        assert_eq!(
            with(from, &impossible).unwrap_err().kind(),
            FaultKind::Model
        );
    }

    #[test]
    fn a_flat_end_with_a_graft_and_a_case_without_rods_are_accepted() {
        let case = with("ends = \"fitted\"", "ends = \"flat\"").unwrap_err();
        assert_eq!(case.kind(), FaultKind::Model);
        let graft = |end: &str| {
            format!(
                "\n[[graft]]\nname = \"{end} chips\"\nend = \"{end}\"\nmaterial = \"cancellous-bone\"\n"
            )
        };
        let flat = T6.replacen("ends = \"fitted\"", "ends = \"flat\"", 1);
        let one = flat.clone() + &graft("superior");
        let error = read(&one).unwrap_err();
        assert!(
            error
                .fault
                .to_string()
                .ends_with("from the inferior end to T7")
        );
        let case = read(&(one + &graft("inferior"))).unwrap();
        assert_eq!(
            (case.graft(0, End::Superior), case.graft(0, End::Inferior)),
            (Some(0), Some(1))
        );
        assert_eq!(case.grafts[0].min_thickness_mm.value, 1.0);
        let case = with("kind = \"default\"", "kind = \"none\"").unwrap();
        assert!(case.fixation.is_empty());
    }

    /// What the case calls a material of its own has no part in which one the program takes.
    #[test]
    fn the_default_rods_are_of_the_programs_titanium_whatever_the_case_names() {
        let titanium = MaterialLaw::Library(LibrarySolid::Ti6Al4V);
        let own = "name = \"ti6al4v\"\nlaw = \"chen-2025-tantalum\"";
        let renamed = T6
            .replacen(
                "name = \"porous tantalum\"\nlaw = \"chen-2025-tantalum\"",
                own,
                1,
            )
            .replacen(
                "material = \"porous tantalum\"",
                "material = \"ti6al4v\"",
                1,
            );
        for (text, name) in [(T6, "ti6al4v"), (&renamed, "ti6al4v (the program's)")] {
            let case = read(text).unwrap();
            let rods = &case.materials[case.fixation.rods[0].material];
            assert_eq!((rods.name.as_str(), &rods.law), (name, &titanium));
            let cage = &case.materials[case.implants[0].material];
            assert!(matches!(cage.law, MaterialLaw::Porous { .. }));
        }
        // Where the case says so, its own it is.
        let own = renamed.replacen("[rods]", "[rods]\nmaterial = \"ti6al4v\"", 1);
        let case = read(&own).unwrap();
        assert_eq!(case.fixation.rods[0].material, case.implants[0].material);
    }

    #[test]
    fn the_density_law_gives_the_default_modulus_at_its_stated_density() {
        let density = "apparent_density_g_per_cm3 = 0.171";
        let case = with("cancellous_modulus_mpa = 300.0", density).unwrap();
        // ln 4730 + 1.56 ln 0.171 = 8.4617 − 2.7551 = 5.7066; e^5.7066 = 300.8.
        assert!((case.bone.cancellous_modulus_mpa.value - 300.8).abs() < 0.5);
        let both = with(
            "cancellous_modulus_mpa = 300.0",
            &format!("cancellous_modulus_mpa = 300.0\n{density}"),
        );
        assert_eq!(both.unwrap_err().kind(), FaultKind::Key);
    }

    #[test]
    fn measured_bodies_keep_unit_and_axes_and_a_mirrored_frame_is_refused() {
        let text = include_str!("../../validation/t6-bodyparts3d/case.toml");
        let case = read(text).unwrap();
        assert_eq!(case.surfaces().count(), 5);
        let surface = case.surfaces().next().unwrap();
        assert_eq!(surface.scale, 1.0);
        // The file: x left, y posterior, z cranial; (x, y, z) is (−y, x, z) in the frame.
        let point = surface.axes * crate::tensor::Vec3::new(1.0, 2.0, 3.0);
        assert_eq!(point, crate::tensor::Vec3::new(-2.0, 1.0, 3.0));
        let mirrored = read(&text.replacen("left = \"+x\"", "left = \"-x\"", 1)).unwrap_err();
        assert!(mirrored.fault.to_string().contains("mirror"));
    }

    #[test]
    fn a_key_is_changed_through_the_checks_of_the_file() {
        let case = read(T6).unwrap();
        let wider = case.with("implant.diameter_mm", "18.0").unwrap();
        assert_eq!(wider.implants[0].diameter_mm, 18.0);
        // Left out in the file: the table is there, or begins.
        assert!(!T6.contains("[limits]") && !T6.contains("screw_length_mm"));
        let longer = case.with("rods.screw_length_mm", "45.0").unwrap();
        let fixation::ScrewPath::Pedicle {
            length_mm: length, ..
        } = longer.fixation.screws[0].path.clone()
        else {
            panic!("not through a pedicle");
        };
        assert_eq!(
            (length.value, length.source),
            (45.0, Source::case_file("rods.screw_length_mm"))
        );
        let stricter = case.with("limits.rotation_deg", "2.0").unwrap();
        assert_eq!(stricter.limits.rotation_deg.value, 2.0);
        let lower = case.with("vertebra[2].level", "\"T8\"").unwrap_err();
        assert!(
            lower.fault.to_string().contains("below T6 comes T7"),
            "{}",
            lower.fault
        );
        let wrong = case.with("implant.diameter_mm", "900.0").unwrap_err();
        assert_eq!(wrong.kind(), FaultKind::Range);
        assert_eq!(&wrong.place.file.text[wrong.place.span.clone()], "900.0");
        assert_eq!(
            case.with("rods.diametre_mm", "5.0").unwrap_err().kind(),
            FaultKind::Key
        );
        assert_eq!(
            case.with("graft[0].name", "\"x\"").unwrap_err().kind(),
            FaultKind::Model
        );
    }
}
