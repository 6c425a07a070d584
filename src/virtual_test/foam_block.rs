//! A device pressed between two blocks of polyurethane foam, after ASTM F2267: how stiff the blocks
//! are under its footprint, and what the device adds.
//!
//! The standard takes the device alone between steel (K_d) and between foam blocks (K_s); two
//! springs in series give the blocks' share K_p = K_s K_d / (K_d − K_s). Here the footprint is a
//! rigid flat circle ([`punch`](super::punch)), so that one block's stiffness is at hand, and two
//! equal blocks in series give half of it. On half-spaces that is E* a for both, E* = E/(1−ν²).

use super::chart::{Chart, Curve, Look};
use super::error::{VirtualTestError, within};
use super::implant::axial_stiffness;
use super::metal::{Metal, MetalChoice};
use super::outcome::{Assumption, Effort, Outcome, Quantity, difference_percent};
use super::punch::{Ground, Hold, Punch, half_space_stiffness};
use super::tables::Table;
use crate::progress::Progress;
use crate::report::number::{fixed, tick};
use crate::source::{Source, SourceFlag};

/// A grade of polyurethane foam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foam {
    /// Grade of ASTM F1839 (density in lb/ft³).
    pub grade: u32,
    /// Young's modulus in compression, MPa.
    pub youngs_modulus: f64,
    /// Poisson ratio.
    pub poisson_ratio: f64,
}

/// Vendor data of Sawbones blocks, recalled.
pub const FOAMS: [Foam; 2] = [
    Foam {
        grade: 15,
        youngs_modulus: 123.0,
        poisson_ratio: 0.3,
    },
    Foam {
        grade: 20,
        youngs_modulus: 210.0,
        poisson_ratio: 0.3,
    },
];

/// Lowest and highest K_p of three lateral cages on grade 15, N/mm.
pub const PUBLISHED_BAND: [f64; 2] = [2214.0, 2868.0];
/// Where the band comes from.
const BAND_CITATION: &str = "lateral cages after ASTM F2267, Clin Biomech 2022;99:105764";
/// Radius and depth of the mesh that stands for a half-space, in punch radii.
const HALF_SPACE_RADII: f64 = 8.0;
/// Block heights of the chart, mm.
const HEIGHTS: [f64; 4] = [20.0, 30.0, 40.0, 60.0];
/// Block widths of the chart, mm.
const WIDTHS: [f64; 2] = [50.0, 80.0];

/// What is pressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Metals of the cage.
    pub metals: MetalChoice,
    /// Area of the mock footprint, mm².
    pub footprint: f64,
    /// Diameter and height of the cage, mm.
    pub cage: [f64; 2],
    /// Edge and height of a foam block, mm.
    pub block: [f64; 2],
    /// Cells along a punch's radius.
    pub cells: usize,
}

impl Settings {
    /// The standard's mock footprint and the T6 cage.
    pub fn new(metals: MetalChoice) -> Self {
        Self {
            metals,
            footprint: 900.0,
            cage: [15.0, 25.0],
            block: [60.0, 40.0],
            cells: 6,
        }
    }

    fn check(&self) -> Result<(), VirtualTestError> {
        let [width, height] = self.block;
        within("the height of the foam block", "mm", height, [5.0, 500.0])?;
        within("the edge of the foam block", "mm", width, [10.0, 500.0])?;
        // The rim outside the punch needs room for elements.
        let widest = 0.9 * width;
        within(
            "the cage's diameter",
            "mm",
            self.cage[0],
            [0.05 * width, widest],
        )?;
        within("the cage's height", "mm", self.cage[1], [1.0, 500.0])?;
        let diameter = 2.0 * self.footprint_radius();
        within(
            "the footprint's diameter",
            "mm",
            diameter,
            [0.05 * width, widest],
        )
    }

    fn footprint_radius(&self) -> f64 {
        (self.footprint / std::f64::consts::PI).sqrt()
    }
}

/// A footprint on one grade: stiffness of two blocks in series, N/mm.
struct Row {
    name: String,
    foam: Foam,
    exact: f64,
    half_space: f64,
    frictionless: f64,
    bonded: f64,
    is_footprint: bool,
}

/// Stiffness of one block over the foam's modulus, mm: the same for every grade of one ν.
struct Geometry {
    radius: f64,
    half_space: f64,
    frictionless: f64,
    bonded: f64,
}

/// Runs the tests.
///
/// # Errors
/// [`VirtualTestError`].
pub fn run(settings: &Settings, progress: &dyn Progress) -> Result<Outcome, VirtualTestError> {
    settings.check()?;
    let metals = settings.metals.metals()?;
    let mut solver = Effort::default();
    let footprint = geometry(settings, settings.footprint_radius(), &mut solver, progress)?;
    let cage = geometry(settings, 0.5 * settings.cage[0], &mut solver, progress)?;
    let footprint_name = format!("footprint {} mm²", tick(settings.footprint));
    let cage_name = format!("cage Ø {} mm", tick(settings.cage[0]));
    let rows = vec![
        row(&footprint_name, FOAMS[0], &footprint, true),
        row(&cage_name, FOAMS[0], &cage, false),
        row(&cage_name, FOAMS[1], &cage, false),
    ];
    let sizes = sizes(settings, &mut solver, progress)?;
    let mut quantities: Vec<Quantity> = rows.iter().flat_map(row_quantities).collect();
    quantities.extend(sizes.iter().map(size_quantity));
    let mut tables = vec![stiffness_table(&rows)];
    if let [_, on_15, on_20] = &rows[..] {
        let (table, more) = systems(settings, &metals, [on_15, on_20]);
        tables.push(table);
        quantities.extend(more);
    }
    tables.push(sizes_table(&sizes));
    Ok(Outcome {
        test: "foam-block",
        title: "Footprints on polyurethane foam".to_owned(),
        answer: answer(settings, &rows),
        quantities,
        assumptions: assumptions(settings),
        limits: LIMITS,
        solver,
        tables,
        charts: vec![chart(&sizes)],
    })
}

fn geometry(
    settings: &Settings,
    radius: f64,
    solver: &mut Effort,
    progress: &dyn Progress,
) -> Result<Geometry, VirtualTestError> {
    let [width, height] = settings.block;
    let Foam {
        youngs_modulus,
        poisson_ratio,
        ..
    } = FOAMS[0];
    let mut test = |hold, ground| -> Result<f64, VirtualTestError> {
        let punch = Punch {
            radius,
            hold,
            ground,
            cells: settings.cells,
        };
        let (stiffness, effort) = punch.stiffness(youngs_modulus, poisson_ratio, progress)?;
        solver.add(&effort);
        Ok(stiffness / youngs_modulus)
    };
    let half_space = Ground::HalfSpace {
        radii: HALF_SPACE_RADII,
    };
    let block = Ground::Block { width, height };
    Ok(Geometry {
        radius,
        half_space: test(Hold::Frictionless, half_space)?,
        frictionless: test(Hold::Frictionless, block)?,
        bonded: test(Hold::Bonded, block)?,
    })
}

fn row(name: &str, foam: Foam, geometry: &Geometry, is_footprint: bool) -> Row {
    let Foam {
        youngs_modulus: e,
        poisson_ratio: nu,
        ..
    } = foam;
    Row {
        name: name.to_owned(),
        foam,
        exact: 0.5 * half_space_stiffness(geometry.radius, e, nu, Hold::Frictionless),
        half_space: 0.5 * e * geometry.half_space,
        frictionless: 0.5 * e * geometry.frictionless,
        bonded: 0.5 * e * geometry.bonded,
        is_footprint,
    }
}

fn in_band(stiffness: f64) -> &'static str {
    let [low, high] = PUBLISHED_BAND;
    match stiffness {
        k if k < low => "below",
        k if k > high => "above",
        _ => "within",
    }
}

fn answer(settings: &Settings, rows: &[Row]) -> Vec<String> {
    let [width, height] = settings.block.map(tick);
    let [low, high] = PUBLISHED_BAND;
    let mut lines = Vec::new();
    for row in rows {
        let mut line = format!(
            "The {} on grade {}: two blocks in series give {} N/mm as half-spaces (exact: {})",
            row.name,
            row.foam.grade,
            fixed(row.half_space, 0),
            fixed(row.exact, 0),
        );
        if row.is_footprint {
            line += &format!(
                ", {} the published {low} to {high}",
                in_band(row.half_space)
            );
        }
        line += &format!(
            "; as blocks of {width} × {width} × {height} mm {} (frictionless) to {} (bonded)",
            fixed(row.frictionless, 0),
            fixed(row.bonded, 0)
        );
        if row.is_footprint {
            let [soft, stiff] = modulus_of_band(row);
            line += &format!(
                ", {} the band, for which such blocks would need a foam of {} to {} MPa",
                in_band(row.bonded),
                fixed(soft, 0),
                fixed(stiff, 0)
            );
        }
        lines.push(line + ".");
    }
    lines
}

/// Foam moduli with which the bonded blocks reach the ends of the published band, MPa.
fn modulus_of_band(row: &Row) -> [f64; 2] {
    PUBLISHED_BAND.map(|k| row.foam.youngs_modulus * k / row.bonded)
}

fn stiffness_table(rows: &[Row]) -> Table {
    let [low, high] = PUBLISHED_BAND;
    Table::of(
        "Stiffness of two blocks in series under a rigid footprint, N/mm",
        rows,
        &[
            ("footprint", &|r| r.name.clone()),
            ("grade", &|r| r.foam.grade.to_string()),
            ("E MPa", &|r| fixed(r.foam.youngs_modulus, 0)),
            ("half-space exact", &|r| fixed(r.exact, 0)),
            ("half-space solved", &|r| fixed(r.half_space, 0)),
            ("difference %", &|r| {
                fixed(difference_percent(r.half_space, r.exact), 2)
            }),
            ("block, frictionless", &|r| fixed(r.frictionless, 0)),
            ("block, bonded", &|r| fixed(r.bonded, 0)),
            ("published", &|r| match r.is_footprint {
                true => format!("{low}–{high}"),
                false => "–".to_owned(),
            }),
        ],
    )
}

fn foam_source() -> Source {
    Source {
        citation: "foam moduli: vendor data (Sawbones) of ASTM F1839 grades".to_owned(),
        flag: SourceFlag::RecalledUnverified,
    }
}

fn row_quantities(row: &Row) -> Vec<Quantity> {
    let specimen = format!("{} on grade {}", row.name, row.foam.grade);
    let source = foam_source();
    let quantity = |condition, value| {
        let key = [
            specimen.as_str(),
            condition,
            "stiffness of two blocks in series",
        ];
        Quantity::new(key, value, "N/mm", &source)
    };
    let exact = "half-space, rigid frictionless punch: 2 E* a a block (Johnson)";
    let mut all = vec![
        quantity("half-space", row.half_space).against(row.exact, exact),
        quantity("block, frictionless", row.frictionless).against(row.exact, exact),
        quantity("block, bonded", row.bonded).against(row.exact, exact),
    ];
    if row.is_footprint {
        let band = Source {
            citation: BAND_CITATION.to_owned(),
            flag: SourceFlag::SecondarySource,
        };
        for (end, modulus) in ["lower", "upper"].into_iter().zip(modulus_of_band(row)) {
            let condition = format!("block, bonded, {end} end of the published band");
            let key = [
                specimen.as_str(),
                condition.as_str(),
                "foam modulus asked for",
            ];
            let quantity = Quantity::new(key, modulus, "MPa", &band);
            all.push(quantity.against(row.foam.youngs_modulus, "vendor data"));
        }
    }
    all
}

/// The cage of each metal between two blocks: K_s = 1/(1/K_p + 1/K_d), bonded.
fn systems(settings: &Settings, metals: &[Metal], on: [&Row; 2]) -> (Table, Vec<Quantity>) {
    let mut rows = Vec::new();
    let mut quantities = Vec::new();
    for metal in metals {
        let device = axial_stiffness(settings.cage, metal.law_modulus);
        let mut cells = vec![metal.name.clone(), fixed(device, 0)];
        for row in on {
            let system = device * row.bonded / (device + row.bonded);
            cells.push(fixed(system, 0));
            cells.push(fixed(100.0 * system / device, 0));
            let specimen = format!("cage of {} on grade {}", metal.name, row.foam.grade);
            let key = [specimen.as_str(), "bonded blocks", "system stiffness K_s"];
            quantities.push(Quantity::new(key, system, "N/mm", &foam_source()));
        }
        rows.push(cells);
    }
    let table = Table {
        title: "The cage between two blocks, N/mm: system stiffness K_s = K_p K_d / (K_p + K_d)"
            .to_owned(),
        heads: vec![
            "sample",
            "K_d by law",
            "K_s grade 15",
            "cage's share of motion %",
            "K_s grade 20",
            "cage's share of motion %",
        ],
        rows,
    };
    (table, quantities)
}

/// The mock footprint on a block of another size: edge, height (mm), two blocks in series (N/mm).
struct Size {
    block: [f64; 2],
    stiffness: f64,
}

fn sizes(
    settings: &Settings,
    solver: &mut Effort,
    progress: &dyn Progress,
) -> Result<Vec<Size>, VirtualTestError> {
    let radius = settings.footprint_radius();
    let foam = FOAMS[0];
    let mut found = Vec::new();
    for width in WIDTHS.into_iter().filter(|w| 2.0 * radius < 0.9 * w) {
        for height in HEIGHTS {
            let punch = Punch {
                radius,
                hold: Hold::Bonded,
                ground: Ground::Block { width, height },
                cells: settings.cells.div_ceil(2).max(3),
            };
            let (one, effort) =
                punch.stiffness(foam.youngs_modulus, foam.poisson_ratio, progress)?;
            solver.add(&effort);
            found.push(Size {
                block: [width, height],
                stiffness: 0.5 * one,
            });
        }
    }
    Ok(found)
}

fn sizes_table(sizes: &[Size]) -> Table {
    Table::of(
        "What the assumed block size does: mock footprint on grade 15, bonded, coarser mesh",
        sizes,
        &[
            ("block edge × height mm", &|s| {
                s.block.map(tick).join(" × ")
            }),
            ("two blocks N/mm", &|s| fixed(s.stiffness, 0)),
            ("published band", &|s| in_band(s.stiffness).to_owned()),
        ],
    )
}

fn size_quantity(size: &Size) -> Quantity {
    let condition = format!(
        "block {} x {} mm, bonded, coarser mesh",
        size.block[0], size.block[1]
    );
    let key = [
        "mock footprint on grade 15",
        condition.as_str(),
        "stiffness of two blocks in series",
    ];
    Quantity::new(key, size.stiffness, "N/mm", &foam_source())
}

fn chart(sizes: &[Size]) -> Chart {
    let mut curves: Vec<Curve> = Vec::new();
    for size in sizes {
        let name = format!("block edge {} mm", tick(size.block[0]));
        let point = [size.block[1], size.stiffness];
        match curves.iter_mut().find(|c| c.name == name) {
            Some(curve) => curve.points.push(point),
            None => curves.push(Curve {
                name,
                points: vec![point],
                look: Look::Joined,
            }),
        }
    }
    Chart {
        title: "Mock footprint on grade 15: stiffness and the size of the block".to_owned(),
        x: "height of a block / mm".to_owned(),
        y: "two blocks in series / N/mm".to_owned(),
        log: [false, false],
        curves,
        band: Some((PUBLISHED_BAND, "published".to_owned())),
        level: None,
    }
}

fn assumptions(settings: &Settings) -> Vec<Assumption> {
    let [width, height] = settings.block;
    let mut all: Vec<Assumption> = FOAMS
        .iter()
        .map(|f| {
            Assumption::new(
                &format!("grade {}", f.grade),
                format!("E {} MPa, ν {}", f.youngs_modulus, f.poisson_ratio),
                "vendor data (Sawbones); Patel 2008 measured 15 to 151 MPa on grades 10 to 20",
                SourceFlag::RecalledUnverified,
            )
        })
        .collect();
    all.push(Assumption::choice(
        "foam block",
        format!(
            "{} × {} × {} mm, base held, sides free",
            tick(width),
            tick(width),
            tick(height)
        ),
        "the sources at hand give no size; the last table shows what it does",
    ));
    all.push(Assumption::choice(
        "mock footprint",
        format!("a rigid circle of {} mm²", tick(settings.footprint)),
        "a circle for simplicity; an oblong footprint of that area is stiffer",
    ));
    all.push(Assumption::new(
        "published band",
        format!("{} to {} N/mm", PUBLISHED_BAND[0], PUBLISHED_BAND[1]),
        BAND_CITATION,
        SourceFlag::SecondarySource,
    ));
    all
}

/// What the test leaves out.
const LIMITS: &[&str] = &[
    "The initial, linear stiffness: foam crushes under the edge of a rigid footprint, where \
         linear stress has no bound.",
    "A plausibility band, not a validation: the published cages are not circles, and their \
         block size and foam modulus are not known here.",
    "The cage in series with its blocks is taken as rigid at its ends; a cage softer than its \
         blocks presses more evenly and sinks in a little more.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn half_spaces_in_series_are_as_stiff_as_the_reference_says() {
        // 900 mm² on 123 MPa: 4.6 kN/mm each, 2.3 both; the cage 1.0 and 1.7 kN/mm.
        let series = |radius, foam: Foam| {
            let (e, nu) = (foam.youngs_modulus, foam.poisson_ratio);
            0.5e-3 * half_space_stiffness(radius, e, nu, Hold::Frictionless)
        };
        let footprint = Settings::new(MetalChoice::All).footprint_radius();
        assert!((series(footprint, FOAMS[0]) - 2.3).abs() < 0.05);
        assert!((series(7.5, FOAMS[0]) - 1.0).abs() < 0.05);
        assert!((series(7.5, FOAMS[1]) - 1.7).abs() < 0.05);
    }

    #[test]
    fn a_block_test_keeps_its_order_and_names_its_sources() {
        let mut settings = Settings::new(MetalChoice::Sample("A".to_owned()));
        settings.cells = 3;
        let outcome = run(&settings, &Silent).unwrap();
        let value = |specimen: &str, condition: &str| {
            let found = outcome
                .quantities
                .iter()
                .find(|q| q.specimen == specimen && q.condition == condition);
            found.unwrap().value
        };
        let cage = "cage Ø 15 mm on grade 15";
        let (free, held) = (
            value(cage, "block, frictionless"),
            value(cage, "block, bonded"),
        );
        assert!(free < held && held < 1.2 * free);
        // A device in series makes the system softer than either.
        let system = value("cage of A on grade 15", "bonded blocks");
        assert!(system < held && system > 0.9 * held);
        // A flatter block of the same width is stiffer; a wider one too.
        let sized = |w: u32, h: u32| {
            let condition = format!("block {w} x {h} mm, bonded, coarser mesh");
            value("mock footprint on grade 15", &condition)
        };
        assert!(sized(50, 20) > sized(50, 60) && sized(80, 40) > sized(50, 40));
        let flagged = |f: SourceFlag| outcome.assumptions.iter().any(|a| a.flag == Some(f));
        assert!(flagged(SourceFlag::RecalledUnverified) && flagged(SourceFlag::SecondarySource));
    }

    #[test]
    fn a_footprint_wider_than_its_block_is_refused() {
        let mut settings = Settings::new(MetalChoice::All);
        settings.footprint = 4000.0;
        let refused = run(&settings, &Silent).unwrap_err().to_string();
        assert!(
            refused.contains("the footprint's diameter is 71.3"),
            "{refused}"
        );
    }
}
