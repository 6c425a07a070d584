//! `endplate check`: what a case file was understood to say, and what is built from it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use endplate::case::fixation::{ConnectorKind, Curve, Head, Rod, Screw, ScrewPath, Through};
use endplate::case::{
    Case, DiscShape, End, Implant, ImplantEnds, ImplantHeight, KeptSize, Lattice, LoadFrame,
    MaterialLaw, Porosity, SolidKind, VertebraShape,
};
use endplate::source::Source;
use endplate::spine;

use super::ending::{CommandError, DONE};
use super::options::on_threads;
use super::output::print_result;
use super::progress::progress;
use super::sizes::sizes;
use super::tetgen::MeshCache;

/// Options of `endplate check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The case file
    #[arg(value_name = "CASE.toml")]
    pub case: PathBuf,
    /// Where surface files are looked for when they are not beside the case file
    #[arg(long, value_name = "DIR")]
    pub surfaces: Option<PathBuf>,
    #[command(flatten)]
    pub mesh_cache: MeshCache,
    /// Print no progress
    #[arg(long)]
    pub quiet: bool,
}

/// Reads a case, builds its models, prints what was understood and made, and solves nothing.
///
/// # Errors
/// Bad input, or a mesh that was not made.
pub fn check(options: &CheckOptions) -> Result<u8, CommandError> {
    let case = Case::read(&options.case)?;
    let surfaces = options.surfaces.as_deref();
    let mut text = describe(&case, surfaces)?;
    let progress = progress(options.quiet);
    let mesher = options.mesh_cache.mesher()?;
    let around = spine::Surroundings {
        surfaces,
        mesher: mesher.as_dyn(),
        progress: progress.as_ref(),
        error_bars: false,
    };
    let prepare = || Ok(spine::prepare(&case, &around)?);
    let built = on_threads(case.solver.threads, prepare)?;
    mesher.tell(progress.as_ref());
    drop(progress);
    text += &sizes(&case, &built);
    print_result(&text)?;
    Ok(DONE)
}

/// Everything a case says, as printed.
pub fn describe(case: &Case, surfaces: Option<&Path>) -> Result<String, CommandError> {
    let mut lines = Lines {
        text: String::new(),
        width: 24,
    };
    let states: Vec<_> = case.states.iter().map(|s| s.name.as_str()).collect();
    lines.head(&case.title);
    lines.row("states", states.join(", "));
    lines.row("frame", "x anterior, y left, z cranial; mm, N, MPa");
    describe_bodies(case, surfaces, &mut lines)?;
    describe_implant(case, &mut lines);
    describe_materials(case, &mut lines);
    describe_loads(case, &mut lines);
    lines.head("Defaults used");
    let keys = case.defaults.iter().map(|d| d.key.len());
    lines.width = keys.max().unwrap_or(0);
    for default in &case.defaults {
        let unit = if default.unit.is_empty() { "" } else { " " };
        let value = format!("{}{unit}{}", default.value, default.unit);
        lines.row(
            &default.key,
            format!("{value}  [{}]", cited(&default.source)),
        );
    }
    Ok(lines.text)
}

fn describe_bodies(
    case: &Case,
    surfaces: Option<&Path>,
    lines: &mut Lines,
) -> Result<(), CommandError> {
    lines.head("Bodies");
    for (i, vertebra) in case.vertebrae.iter().enumerate() {
        let mut text = match (&vertebra.shape, &vertebra.level) {
            (VertebraShape::Surface(surface), _) => {
                let path = case.find_surface(surface, surfaces)?;
                format!("vertebra from {}", path.display())
            }
            (VertebraShape::Parametric, level) => {
                let level = level.as_deref().unwrap_or("?");
                format!("vertebra {level} drawn from the morphometry table")
            }
        };
        if case.is_resected(i) {
            text.push_str(", resected in the fused state");
        }
        lines.row(&vertebra.name, text);
    }
    for disc in &case.discs {
        let text = match &disc.shape {
            DiscShape::Parametric { height_mm } => format!("disc, {height_mm} mm high"),
            DiscShape::Surface(surface) => {
                let path = case.find_surface(surface, surfaces)?;
                format!("disc from {}", path.display())
            }
        };
        let factors = case.disc_factors(disc);
        let [flexion, lateral, rotation] = factors.value;
        let words = format!("factors {flexion} flexion, {lateral} lateral, {rotation} rotation");
        let text = format!("{text}; {words}  [{}]", cited(&factors.source));
        lines.row(&disc.name, text);
    }
    Ok(())
}

fn material(case: &Case, number: usize) -> &str {
    case.materials.get(number).map_or("?", |m| m.name.as_str())
}

fn describe_implant(case: &Case, lines: &mut Lines) {
    for (i, implant) in case.implants.iter().enumerate() {
        describe_one(case, i, implant, lines);
    }
    if !case.implants.is_empty() {
        describe_fixation(case, lines);
    }
}

fn describe_one(case: &Case, number: usize, implant: &Implant, lines: &mut Lines) {
    let name = |v: usize| case.vertebrae.get(v).map_or("?", |v| v.name.as_str());
    let height = match implant.height {
        ImplantHeight::Millimetres(height) => format!("{height} mm high"),
        ImplantHeight::Fit => "as high as fits".to_owned(),
    };
    let angle = implant.sagittal_angle_deg.value;
    let ends = match implant.ends {
        ImplantEnds::Fitted => format!(
            "ends fitted to the endplates (which decide the angle between them, not the {angle}° given)"
        ),
        ImplantEnds::Flat => format!("flat ends {angle}° apart in the sagittal plane"),
    };
    lines.head("Implant");
    lines.row(
        &implant.name,
        format!(
            "cylinder {} mm across, {height}, {ends}, of {}",
            implant.diameter_mm,
            material(case, implant.material)
        ),
    );
    lines.row("between", implant.between.map(name).join(" and "));
    describe_parts(case, implant, lines);
    for graft in case.grafts.iter().filter(|g| g.implant == number) {
        let text = format!(
            "from the flat {} end to the bone, at least {} mm thick, of {}",
            graft.end.word(),
            graft.min_thickness_mm.value,
            material(case, graft.material)
        );
        lines.row(&graft.name, text);
    }
}

/// Solid parts and screw tracks.
fn describe_parts(case: &Case, implant: &Implant, lines: &mut Lines) {
    for part in &implant.solids {
        let text = match part.kind {
            SolidKind::EndPlate { thickness_mm } => format!("end plates, {thickness_mm} mm thick"),
            SolidKind::Core { diameter_mm } => format!("core, {diameter_mm} mm across"),
            SolidKind::Shell { thickness_mm } => format!("shell, {thickness_mm} mm thick"),
        };
        lines.row(
            "solid part",
            format!("{text}, of {}", material(case, part.material)),
        );
    }
    for track in &implant.screw_tracks {
        let (diameter, angle, end) = (track.diameter_mm.value, track.angle_deg, track.end.word());
        let (azimuth, [x, y]) = (track.azimuth_deg.value, track.exit_mm.value);
        let text = format!(
            "{diameter} mm at {angle}° to the {end} end, which its axis leaves at [{x}, {y}] mm (x \
             anterior, y left of the implant's axis); enters at azimuth {azimuth}° (0 anterior, 90 \
             left)"
        );
        lines.row("screw track", text);
    }
}

fn describe_fixation(case: &Case, lines: &mut Lines) {
    let fixation = &case.fixation;
    if fixation.is_empty() {
        if case.states.iter().any(|s| s.from.is_operated()) {
            lines.row("rods", "none: not a construct anyone implants");
        }
        return;
    }
    lines.head("Screws and rods");
    for screw in &fixation.screws {
        lines.row(&screw.name, screw_words(case, screw));
    }
    for rod in &fixation.rods {
        lines.row(&rod.name, rod_words(case, rod));
    }
    let rod = |r: usize| fixation.rods[r].name.as_str();
    for connector in &fixation.connectors {
        let kind = match &connector.kind {
            ConnectorKind::Domino => "rigid, beside each other:".to_owned(),
            ConnectorKind::CrossLink {
                diameter_mm,
                material: m,
            } => format!(
                "bar {} mm across, of {}:",
                diameter_mm.value,
                material(case, *m)
            ),
        };
        let text = format!("{kind} {}", connector.rods.map(rod).join(" and "));
        lines.row(&connector.name, text);
    }
    for hook in &fixation.hooks {
        let text = format!(
            "on rod {}, pushes the {} lamina of {} {}, pressed on with {} N",
            rod(hook.rod),
            hook.lamina.side.word(),
            case.vertebrae[hook.lamina.vertebra].name,
            match hook.pushes {
                End::Superior => "cranially",
                End::Inferior => "caudally",
            },
            hook.force_n.value
        );
        lines.row(&hook.name, text);
    }
    for cable in &fixation.cables {
        let text = format!(
            "{} mm across, of {}, tightened to {} N",
            cable.diameter_mm,
            material(case, cable.material),
            cable.tension_n
        );
        lines.row(&cable.name, text);
    }
}

fn rod_words(case: &Case, rod: &Rod) -> String {
    let through = rod.through.iter().map(|t| match t {
        Through::Head(s) => case.fixation.screws[*s].name.clone(),
        Through::Point([x, y, z]) => format!("[{x}, {y}, {z}] mm"),
    });
    let through: Vec<String> = through.collect();
    format!(
        "rod {} mm across, of {}, {} through {}",
        rod.diameter_mm.value,
        material(case, rod.material),
        match rod.curve {
            Curve::Straight => "straight",
            Curve::Arc => "pre-bent",
        },
        through.join(", ")
    )
}

fn screw_words(case: &Case, screw: &Screw) -> String {
    let bodies: Vec<&str> = screw.bodies.iter().map(|b| b.name(case)).collect();
    let way = match &screw.path {
        ScrewPath::Pedicle {
            side,
            length_mm,
            at_most,
        } => {
            let most = |k: usize| if at_most[k] { "at most " } else { "" };
            format!(
                "screw, {}{} mm by {}{} mm, through the {} pedicle",
                most(0),
                screw.diameter_mm.value,
                most(1),
                length_mm.value,
                side.word()
            )
        }
        ScrewPath::Points { entry, tip } => format!(
            "screw, {} mm across, from {entry:?} to {tip:?} mm",
            screw.diameter_mm.value
        ),
    };
    let head = match screw.head {
        Head::Locked => "locked",
        Head::Ball => "ball",
    };
    format!(
        "{way} of {}, of {}, head ({head}) {} mm behind",
        bodies.join(" and "),
        material(case, screw.material),
        screw.head_mm.value
    )
}

fn describe_materials(case: &Case, lines: &mut Lines) {
    lines.head("Materials");
    for material in &case.materials {
        let text = match &material.law {
            MaterialLaw::Library(solid) => format!("the program's \"{}\"", solid.name()),
            MaterialLaw::Porous { law, porosity, .. } => {
                let lattice = material.lattice.as_ref().map(lattice_words);
                let words = porosity_words(porosity);
                format!("law {law} at {words}{}", lattice.unwrap_or_default())
            }
            MaterialLaw::Isotropic {
                youngs_modulus_mpa,
                poisson_ratio,
            } => format!("isotropic, {youngs_modulus_mpa} MPa, Poisson ratio {poisson_ratio}"),
            MaterialLaw::Homogenised(cell) => format!(
                "{} of {} at {:.2} % porosity, homogenised ({}), knock-down {}",
                cell.cell,
                cell.solid.0,
                100.0 * (1.0 - cell.relative_density),
                cell.file,
                cell.knock_down
            ),
            MaterialLaw::Orthotropic { constants, .. } => {
                format!("orthotropic, {:?} MPa", constants.youngs_modulus)
            }
        };
        lines.row(&material.name, text);
    }
    let bone = &case.bone;
    let [low, high] = bone.cancellous_band_mpa.value;
    lines.row(
        "bone",
        format!(
            "cancellous {:.0} MPa (band {low:.0} to {high:.0}), endplate {} MPa, cortical {} MPa \
             over {} mm",
            bone.cancellous_modulus_mpa.value,
            bone.endplate_modulus_mpa.value,
            bone.cortical_modulus_mpa.value,
            bone.cortical_thickness_mm.value
        ),
    );
}

fn porosity_words(porosity: &Porosity) -> String {
    match porosity {
        Porosity::Uniform(density) => format!("{:.2} % porosity", 100.0 * (1.0 - density)),
        Porosity::Profile(profile) => {
            let points = profile.points_mm.iter().zip(&profile.percent);
            let points: Vec<String> = points.map(|(x, p)| format!("{p} % at {x} mm")).collect();
            format!(
                "porosity by {}, {}",
                profile.along.word(),
                points.join(", ")
            )
        }
        Porosity::Grid(grid) => format!("porosity from {} in {}", grid.file, grid.frame.sentence()),
    }
}

fn lattice_words(lattice: &Lattice) -> String {
    let kept = match lattice.kept {
        KeptSize::Cell(side) => format!("cells of {side} mm"),
        KeptSize::Strut(strut) => format!("struts of {strut} mm"),
    };
    format!("; printed as {}, {kept}", lattice.cell.name())
}

fn describe_loads(case: &Case, lines: &mut Lines) {
    lines.head("Loads");
    lines.row("loaded face", case.loads.face.name(&case.vertebrae));
    if let Some(at) = case.loads.at_mm {
        lines.row("at", format!("{at:?} mm (x anterior, y left, z cranial)"));
    }
    lines.row("clamped", case.loads.clamped.name(&case.vertebrae));
    for load in &case.loads.cases {
        let frame = match load.frame {
            LoadFrame::Column => "column axes",
            LoadFrame::Global => "program axes",
        };
        let service = if load.service { "" } else { ", not service" };
        let text = format!(
            "force {:?} N, moment {:?} N·m, {frame}{service}  [{}]",
            load.force_n,
            load.moment_nm,
            cited(&load.source)
        );
        lines.row(&load.name, text);
        if let Some(question) = case.loads.question(load) {
            lines.row("", question);
        }
    }
    if let Some(preset) = case.loads.preset {
        lines.row("preset", preset.text);
    }
}

/// "citation; flag".
fn cited(source: &Source) -> String {
    match source.citation.as_str() {
        "" => source.flag.words().to_owned(),
        citation => format!("{}: {citation}", source.flag.words()),
    }
}

/// Headed rows of "name  text".
struct Lines {
    text: String,
    width: usize,
}

impl Lines {
    fn head(&mut self, title: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{gap}{title}");
    }

    fn row(&mut self, name: &str, text: impl AsRef<str>) {
        let width = self.width;
        let _ = writeln!(self.text, "  {name:<width$} {}", text.as_ref());
    }
}
