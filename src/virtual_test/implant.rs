//! The implant alone between two platens: axial stiffness and the axial load at which the porous
//! metal yields in bulk.
//!
//! A cylinder of area A and height h between frictionless platens has the stiffness E A / h and
//! yields in bulk at σ_y A. Bonded platens stiffen it and stress its rim first. A quarter of its
//! upper half is meshed, its section a polygon of the circle's area.

use std::f64::consts::{FRAC_PI_2, PI};

use super::chart::{Chart, Curve, Look};
use super::compression::Platens;
use super::error::{VirtualTestError, within};
use super::metal::{
    Metal, MetalChoice, assumed_poisson_ratio, check_poisson_ratio, printed_source,
};
use super::outcome::{Assumption, Effort, Outcome, Quantity, difference_percent, per_cent};
use super::rig::{Rig, Tested, towards_one};
use super::tables::Table;
use crate::lattice::{GibsonAshbyLaw, law};
use crate::mesh::ElementKind;
use crate::mesh::structured::box_mesh;
use crate::progress::Progress;
use crate::recovery::element_fields;
use crate::report::number::{fixed, short, tick};
use crate::source::{Source, SourceFlag};
use crate::tensor::{Elasticity, Point, von_mises};

/// Nominal strain; the answer is linear in it.
const STRAIN: f64 = 1e-3;
/// Share of the volume whose stress may be above the one that is judged.
const PEAK_SHARE: f64 = 0.01;

/// What is compressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Which metals.
    pub metals: MetalChoice,
    /// Diameter and height, mm.
    pub size: [f64; 2],
    /// The load that is held against the strength, N.
    pub load: f64,
    /// Poisson ratio of the porous metal.
    pub poisson_ratio: f64,
    /// Cells along the radius.
    pub cells: usize,
}

impl Settings {
    /// The T6 implant of Chen et al. 2025 under the largest load measured in a vertebral body
    /// replacement.
    pub fn new(metals: MetalChoice) -> Self {
        Self {
            metals,
            size: [15.0, 25.0],
            load: 1650.0,
            poisson_ratio: super::metal::POISSON_RATIO,
            cells: 6,
        }
    }

    fn check(&self) -> Result<(), VirtualTestError> {
        let [diameter, height] = self.size;
        within("the diameter of the implant", "mm", diameter, [1.0, 200.0])?;
        within("the height of the implant", "mm", height, [1.0, 200.0])?;
        within("height over diameter", "", height / diameter, [0.1, 10.0])?;
        within("the load", "N", self.load, [1e-3, 1e6])?;
        check_poisson_ratio(self.poisson_ratio)
    }

    fn area(&self) -> f64 {
        0.25 * PI * self.size[0].powi(2)
    }
}

/// E A / h of a cylinder of [diameter, height] (mm), N/mm.
pub fn axial_stiffness([diameter, height]: [f64; 2], youngs_modulus: f64) -> f64 {
    youngs_modulus * 0.25 * PI * diameter.powi(2) / height
}

/// A cylinder compressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Squeezed {
    /// Force over shortening, N/mm.
    pub stiffness: f64,
    /// Von Mises stress that 99 % of the volume stays below, over the mean axial stress.
    pub concentration: f64,
    /// What the solver did.
    pub effort: Effort,
}

/// Compresses a cylinder of [diameter, height] (mm).
///
/// # Errors
/// What the analysis refuses.
pub fn squeeze(
    [diameter, height]: [f64; 2],
    cells: usize,
    elasticity: Elasticity,
    platens: Platens,
    progress: &dyn Progress,
) -> Result<Squeezed, VirtualTestError> {
    let (sectors, top) = (cells.max(3), 0.5 * height);
    let sector = FRAC_PI_2 / sectors as f64;
    let radius = 0.5 * diameter * (sector / sector.sin()).sqrt();
    let up = ((cells as f64 * height / diameter).ceil() as usize).clamp(cells, 3 * cells);
    let mesh = box_mesh(ElementKind::Tet10, [cells, sectors, up], |[u, v, w]| {
        let (sin, cos) = (FRAC_PI_2 * v).sin_cos();
        let r = radius * towards_one(u, 1.5);
        let at = |x: f64| if x.abs() < 1e-12 * radius { 0.0 } else { x };
        Point::new(at(r * cos), at(r * sin), top * towards_one(w, 1.5))
    });
    let mut rig = Rig::new("implant", mesh, elasticity);
    let on_top = move |p: &Point| (p.z - top).abs() < 1e-9 * top;
    if platens == Platens::Bonded {
        (0..2).for_each(|axis| rig.hold(axis, |p| on_top(p).then_some(0.0)));
    }
    (0..3).for_each(|axis| rig.symmetry(axis));
    rig.hold(2, |p| on_top(p).then_some(-STRAIN * top));
    let tested = rig.test(progress)?;
    let force = -4.0 * tested.reaction(2, on_top);
    let mean = force / (0.25 * PI * diameter.powi(2));
    Ok(Squeezed {
        stiffness: force / (STRAIN * height),
        concentration: peak_stress(&tested) / mean,
        effort: tested.effort,
    })
}

/// The von Mises stress that all but [`PEAK_SHARE`] of the volume stays below, MPa.
fn peak_stress(tested: &Tested) -> f64 {
    let fields = element_fields(&tested.model, &tested.displacement);
    let mesh = &tested.model.mesh;
    let mut elements: Vec<(f64, f64)> = fields
        .stress
        .iter()
        .enumerate()
        .map(|(e, s)| (von_mises(s), mesh.volume(e)))
        .collect();
    elements.sort_by(|a, b| b.0.total_cmp(&a.0));
    let beyond = PEAK_SHARE * elements.iter().map(|e| e.1).sum::<f64>();
    let mut volume = 0.0;
    for (stress, own) in elements {
        volume += own;
        if volume >= beyond {
            return stress;
        }
    }
    0.0
}

/// One metal's two tests.
struct Row {
    metal: Metal,
    frictionless: Squeezed,
    bonded: Squeezed,
}

/// Runs the tests.
///
/// # Errors
/// [`VirtualTestError`].
pub fn run(settings: &Settings, progress: &dyn Progress) -> Result<Outcome, VirtualTestError> {
    settings.check()?;
    let metals = settings.metals.metals()?;
    let law = law("chen-2025-tantalum")?;
    let mut solver = Effort::default();
    let mut rows = Vec::new();
    for metal in metals {
        let elasticity = Elasticity::isotropic(metal.law_modulus, settings.poisson_ratio);
        let mut test = |platens| -> Result<Squeezed, VirtualTestError> {
            let found = squeeze(settings.size, settings.cells, elasticity, platens, progress)?;
            solver.add(&found.effort);
            Ok(found)
        };
        let (frictionless, bonded) = (test(Platens::Frictionless)?, test(Platens::Bonded)?);
        rows.push(Row {
            metal,
            frictionless,
            bonded,
        });
    }
    Ok(Outcome {
        test: "implant",
        title: format!(
            "Implant of {} mm diameter and {} mm height, alone under axial load",
            tick(settings.size[0]),
            tick(settings.size[1])
        ),
        answer: answer(settings, &rows, &law),
        quantities: rows.iter().flat_map(|r| quantities(settings, r)).collect(),
        assumptions: assumptions(settings),
        limits: LIMITS,
        solver,
        tables: vec![
            stiffness_table(settings, &rows),
            strength_table(settings, &rows),
        ],
        charts: vec![chart(settings, &rows, &law)],
    })
}

/// Strength by the table where it is printed, by the law otherwise, N.
fn load_at_yield(settings: &Settings, metal: &Metal) -> f64 {
    settings.area() * metal.printed.map_or(metal.law_yield, |p| p[1])
}

/// Porosity (per cent) at which the law's bulk yield is the load, if within the law's range.
fn porosity_at_load(settings: &Settings, law: &GibsonAshbyLaw) -> Option<f64> {
    let fit = &law.yield_strength.law;
    let stress = settings.load / settings.area();
    let density = (stress / fit.prefactor).powf(1.0 / fit.exponent);
    (law.range[0]..=law.range[1])
        .contains(&density)
        .then_some(100.0 * (1.0 - density))
}

fn answer(settings: &Settings, rows: &[Row], law: &GibsonAshbyLaw) -> Vec<String> {
    let names = |keep: bool| -> String {
        let kept = rows
            .iter()
            .filter(|r| (load_at_yield(settings, &r.metal) >= settings.load) == keep)
            .map(|r| r.metal.name.as_str());
        match kept.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "none".to_owned(),
            some => some,
        }
    };
    let load = format!("{} N", fixed(settings.load, 0));
    let mut lines = vec![format!(
        "Under {load} ({} MPa) these stay below bulk yield{}: {}; these do not: {}.",
        short(settings.load / settings.area()),
        if rows.iter().any(|r| r.metal.printed.is_some()) {
            " as printed for the samples"
        } else {
            " by the law"
        },
        names(true),
        names(false)
    )];
    let by_law = |r: &&Row| settings.area() * r.metal.law_yield >= settings.load;
    let holds = |r: &Row| load_at_yield(settings, &r.metal) >= settings.load;
    let disputed = rows.iter().filter(|r| by_law(r) != holds(r));
    let disputed: Vec<&str> = disputed.map(|r| r.metal.name.as_str()).collect();
    if !disputed.is_empty() {
        lines.push(format!(
            "The law, which misses single samples, says otherwise of {}.",
            disputed.join(", ")
        ));
    }
    if let Some(porosity) = porosity_at_load(settings, law) {
        lines.push(format!(
            "By the law an implant of this section yields under {load} from {} porosity on.",
            per_cent(porosity, 1)
        ));
    }
    lines
}

fn stiffness_table(settings: &Settings, rows: &[Row]) -> Table {
    let thousands = |value: f64| fixed(1e-3 * value, 2);
    let of_printed = |r: &Row, value: &dyn Fn(f64) -> f64| {
        let printed = r.metal.printed;
        printed.map_or("–".to_owned(), |p| thousands(value(p[0])))
    };
    let law = |r: &Row| axial_stiffness(settings.size, r.metal.law_modulus);
    Table::of(
        "Axial stiffness, kN/mm",
        rows,
        &[
            ("sample", &|r| r.metal.name.clone()),
            ("porosity %", &|r| fixed(r.metal.porosity_percent(), 2)),
            ("E A/h, printed E", &|r| {
                of_printed(r, &|e| axial_stiffness(settings.size, e))
            }),
            ("E A/h, law's E", &|r| thousands(law(r))),
            ("solved, frictionless", &|r| {
                thousands(r.frictionless.stiffness)
            }),
            ("− law %", &|r| {
                short(difference_percent(r.frictionless.stiffness, law(r)))
            }),
            ("solved, bonded", &|r| thousands(r.bonded.stiffness)),
            ("at printed E, bonded", &|r| {
                of_printed(r, &|e| r.bonded.stiffness * e / r.metal.law_modulus)
            }),
        ],
    )
}

fn strength_table(settings: &Settings, rows: &[Row]) -> Table {
    let or_dash = |value: Option<f64>, d| value.map_or("–".to_owned(), |v| fixed(v, d));
    let printed = |r: &Row| r.metal.printed.map(|p| p[1]);
    let load_of = |r: &Row, mpa: f64| mpa * settings.area() / r.frictionless.concentration;
    let strength = |r: &Row| load_at_yield(settings, &r.metal);
    Table::of(
        "Axial load at bulk yield, N (the printed yield decides where there is one)",
        rows,
        &[
            ("sample", &|r| r.metal.name.clone()),
            ("printed yield MPa", &|r| or_dash(printed(r), 2)),
            ("law's yield MPa", &|r| fixed(r.metal.law_yield, 2)),
            ("by printed yield", &|r| {
                or_dash(printed(r).map(|y| load_of(r, y)), 0)
            }),
            ("by law", &|r| fixed(load_of(r, r.metal.law_yield), 0)),
            ("rim yields, bonded", &|r| {
                fixed(strength(r) / r.bonded.concentration, 0)
            }),
            ("load / strength", &|r| {
                fixed(settings.load / strength(r), 2)
            }),
            ("", &|r| match strength(r) < settings.load {
                true => "yields".to_owned(),
                false => "holds".to_owned(),
            }),
        ],
    )
}

fn chart(settings: &Settings, rows: &[Row], law: &GibsonAshbyLaw) -> Chart {
    let [low, high] = law.range;
    let curve = (0..=60).map(|i| {
        let density = low + (high - low) * f64::from(i) / 60.0;
        let strength = law.yield_strength.law.value(density);
        [100.0 * (1.0 - density), settings.area() * strength]
    });
    let samples = rows.iter().filter(|r| r.metal.printed.is_some()).map(|r| {
        [
            r.metal.porosity_percent(),
            load_at_yield(settings, &r.metal),
        ]
    });
    Chart {
        title: "Axial load at bulk yield".to_owned(),
        x: "porosity / %".to_owned(),
        y: "load / N".to_owned(),
        log: [false, true],
        curves: vec![
            Curve {
                name: "law".to_owned(),
                points: curve.collect(),
                look: Look::Line,
            },
            Curve {
                name: "printed samples".to_owned(),
                points: samples.collect(),
                look: Look::Points,
            },
        ],
        band: None,
        level: Some((settings.load, format!("{} N", fixed(settings.load, 0)))),
    }
}

const STIFFNESS: &str = "axial stiffness";
const STRENGTH: &str = "axial load at bulk yield";

fn quantities(settings: &Settings, row: &Row) -> Vec<Quantity> {
    let metal = &row.metal;
    let area = settings.area();
    let key = |condition, what| [metal.name.as_str(), condition, what];
    let of_law = axial_stiffness(settings.size, metal.law_modulus);
    let frictionless = "frictionless platens";
    let mut all = vec![
        Quantity::new(
            key(frictionless, STIFFNESS),
            row.frictionless.stiffness,
            "N/mm",
            &metal.source,
        )
        .against(of_law, "E A / h with the law's E"),
        Quantity::new(
            key("bonded platens", STIFFNESS),
            row.bonded.stiffness,
            "N/mm",
            &metal.source,
        )
        .against(of_law, "E A / h with the law's E"),
        Quantity::new(
            key(frictionless, STRENGTH),
            metal.law_yield * area / row.frictionless.concentration,
            "N",
            &metal.source,
        )
        .against(metal.law_yield * area, "law's yield strength × area"),
    ];
    all.extend(at_printed_numbers(settings, row));
    all.extend(under_load(settings, row));
    all
}

/// Stiffness and strength with the sample's printed numbers in place of the law's.
fn at_printed_numbers(settings: &Settings, row: &Row) -> Vec<Quantity> {
    let metal = &row.metal;
    let Some([modulus, yield_strength]) = metal.printed else {
        return Vec::new();
    };
    let source = printed_source();
    let condition = "frictionless platens, printed modulus and yield strength";
    let key = |what| [metal.name.as_str(), condition, what];
    let scaled = row.frictionless.stiffness * modulus / metal.law_modulus;
    let full = yield_strength * settings.area();
    let load = full / row.frictionless.concentration;
    vec![
        Quantity::new(key(STIFFNESS), scaled, "N/mm", &source).against(
            axial_stiffness(settings.size, modulus),
            "E A / h with the printed E",
        ),
        Quantity::new(key(STRENGTH), load, "N", &source)
            .against(full, "printed yield strength × area"),
    ]
}

/// What the largest measured load is to the implant.
fn under_load(settings: &Settings, row: &Row) -> Vec<Quantity> {
    let metal = &row.metal;
    let key = |condition, what| [metal.name.as_str(), condition, what];
    // What is printed decides where there is something, else the law.
    let deciding = match metal.printed {
        Some(_) => printed_source(),
        None => metal.source.clone(),
    };
    let rim = load_at_yield(settings, metal) / row.bonded.concentration;
    let what = "axial load at which 1 % of the volume yields";
    let rim = Quantity::new(key("bonded platens", what), rim, "N", &deciding);
    let share = settings.load / load_at_yield(settings, metal);
    let measured = Source {
        citation: format!("{LOAD_CITATION}; strength: {}", deciding.citation),
        flag: SourceFlag::SecondarySource,
    };
    let what = "load over axial load at bulk yield";
    let share = Quantity::new(key("largest measured load", what), share, "1", &measured);
    vec![rim, share]
}

const LOAD_CITATION: &str = "largest load of a vertebral body replacement in daily life at L1-L3, \
                             with a posterior fixator (Rohlmann 2014, PLoS ONE e98510)";

fn assumptions(settings: &Settings) -> Vec<Assumption> {
    vec![
        Assumption::new(
            "implant",
            format!(
                "a plain cylinder, {} mm across and {} mm high",
                tick(settings.size[0]),
                tick(settings.size[1])
            ),
            "Chen et al. 2025; its 3° sagittal angle and two screw tracks are left out",
            SourceFlag::Paper,
        ),
        Assumption::new(
            "load",
            format!("{} N", fixed(settings.load, 0)),
            &format!("{LOAD_CITATION}; an upper bound at T6"),
            SourceFlag::SecondarySource,
        ),
        assumed_poisson_ratio(settings.poisson_ratio),
    ]
}

/// What the test leaves out.
const LIMITS: &[&str] = &[
    "Screw tracks take material away: an implant with them yields earlier. endplate run \
         meshes them.",
    "Rods share the load in the patient; this is the implant alone.",
    "Yield of one loading in compression; fatigue is not in it.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn the_t6_implant_has_the_stiffness_and_strength_computed_for_its_samples() {
        let mut settings = Settings::new(MetalChoice::All);
        settings.cells = 3;
        let outcome = run(&settings, &Silent).unwrap();
        let value = |sample: &str, what: &str| {
            let condition = "frictionless platens, printed modulus and yield strength";
            let found = outcome
                .quantities
                .iter()
                .find(|q| q.specimen == sample && q.condition == condition && q.quantity == what);
            found.unwrap().value
        };
        // Printed yield strength × 176.7 mm² and printed E A / h, to the digits of the reference.
        let strength = [5913.0, 2430.0, 1311.0, 477.0, 382.0];
        let stiffness = [33.3, 9.05, 3.46, 1.63, 1.20];
        let digits = [0.05, 0.005, 0.005, 0.005, 0.005];
        for (k, sample) in ["A", "B", "C", "D", "E"].into_iter().enumerate() {
            let load = value(sample, "axial load at bulk yield");
            assert!((load - strength[k]).abs() < 0.51, "{sample} {load}");
            let found = 1e-3 * value(sample, "axial stiffness");
            assert!(
                (found - stiffness[k]).abs() < 1.02 * digits[k],
                "{sample} {found}"
            );
        }
        // A and B carry 1650 N, the others do not; the law yields from 76 % on.
        assert!(
            outcome.answer[0]
                .contains("yield as printed for the samples: A, B; these do not: C, D, E.")
        );
        assert!(
            outcome.answer[1].contains("from 76."),
            "{}",
            outcome.answer[1]
        );
    }

    #[test]
    fn bonded_platens_stiffen_the_cylinder_and_stress_its_rim() {
        let elasticity = Elasticity::isotropic(700.0, 0.3);
        let squeezed = |platens| squeeze([15.0, 25.0], 4, elasticity, platens, &Silent).unwrap();
        let (free, held) = (squeezed(Platens::Frictionless), squeezed(Platens::Bonded));
        let exact = axial_stiffness([15.0, 25.0], 700.0);
        // Uniform stress on a section of the circle's area: round-off only.
        assert!((free.stiffness / exact - 1.0).abs() < 1e-10);
        assert!((free.concentration - 1.0).abs() < 1e-9);
        assert!(held.stiffness > 1.01 * exact && held.stiffness < 1.1 * exact);
        assert!(held.concentration > 1.0 && held.concentration < 2.0);
    }
}
