//! What the test found, in words, rows and drawings.

use super::rig::Tested;
use super::settings::{
    AHEAD, BESIDE, BLOCK, BLOCK_POISSON, HALF_SPACING, OVERLAP, PIN, RIGID, Settings, rigid_blocks,
};
use crate::recovery::beam::Section;
use crate::report::number::{fixed, short, tick};
use crate::source::{Source, SourceFlag};
use crate::virtual_test::chart::{Chart, Curve, Look};
use crate::virtual_test::outcome::{Assumption, Quantity, difference_percent};
use crate::virtual_test::tables::Table;

/// Published rows: construct, N/mm and its scatter, yield load and its scatter (N), rods beside each other.
const FOLTZ: [(&str, [f64; 2], [f64; 2]); 3] = [
    ("bilateral, 76 mm", [43.0, 0.4], [457.0, 19.0]),
    ("side-by-side connectors, 76 mm", [49.0, 0.8], [522.0, 12.0]),
    ("bilateral, 376 mm", [10.0, 0.3], [200.0, 2.0]),
];
const FOLTZ_SOURCE: &str =
    "Foltz 2019, Spine 44:1270, Table 3; the diameter of its rods is not in what was read";
const TORSION_PUBLISHED: f64 = 5.22;

pub fn quantities(settings: &Settings, tested: &Tested, first_yield: Option<f64>) -> Vec<Quantity> {
    let source = settings.metal.source();
    let [stiffness, load] = rigid_blocks(settings, settings.metal.strength.unwrap_or(f64::NAN));
    let specimen = if settings.side_by_side {
        "rods side by side"
    } else {
        "bilateral rods"
    };
    let key = |condition, what| [specimen, condition, what];
    let closed = "rigid blocks, closed form";
    let mut rows = Vec::new();
    for condition in ["compression bending", "tension bending"] {
        let row = Quantity::new(key(condition, "stiffness"), tested.bending, "N/mm", &source);
        rows.push(if settings.side_by_side {
            row
        } else {
            row.against(stiffness, closed)
        });
        if let Some(found) = first_yield {
            let row = Quantity::new(key(condition, "load at first yield"), found, "N", &source);
            rows.push(if settings.side_by_side {
                row
            } else {
                row.against(load, closed)
            });
        }
    }
    let published = Source {
        citation: "PMC12256338, abstract: a predicate system".to_owned(),
        flag: SourceFlag::SecondarySource,
    };
    rows.push(
        Quantity::new(
            key("torsion", "stiffness"),
            tested.torsion,
            "N·m/°",
            &published,
        )
        .against(TORSION_PUBLISHED, "another system, PMC12256338"),
    );
    rows.extend(carried(specimen, tested, &source));
    rows
}

/// What the most stressed sections carry.
fn carried(specimen: &str, tested: &Tested, source: &Source) -> Vec<Quantity> {
    let mut rows = Vec::new();
    for (condition, sections) in ["compression bending, per N", "torsion, per N·mm"]
        .into_iter()
        .zip(&tested.sections)
    {
        for (part, s) in ["rod", "screw"].into_iter().zip(sections) {
            for (what, value, unit) in [
                ("axial force", s.axial, "N"),
                ("shear force", s.shear, "N"),
                ("bending moment", s.bending, "N·mm"),
                ("torsion", s.torsion, "N·mm"),
                ("von Mises stress", s.von_mises, "MPa"),
            ] {
                let what = format!("{part}: {what} at its worst section");
                rows.push(Quantity::new(
                    [specimen, condition, &what],
                    value,
                    unit,
                    source,
                ));
            }
        }
    }
    rows
}

pub fn stiffness_table(settings: &Settings, tested: &Tested, first_yield: Option<f64>) -> Table {
    let [closed, load] = rigid_blocks(settings, settings.metal.strength.unwrap_or(f64::NAN));
    let number = |v: f64, d| {
        if v.is_finite() {
            fixed(v, d)
        } else {
            "–".to_owned()
        }
    };
    let mut rows = vec![[
        "solved".to_owned(),
        number(tested.bending, 1),
        first_yield.map_or("–".to_owned(), |v| number(v, 0)),
    ]];
    if !settings.side_by_side {
        rows.push([
            "rigid blocks, closed form".to_owned(),
            number(closed, 1),
            number(load, 0),
        ]);
    }
    rows.extend(FOLTZ.map(|(name, [k, dk], [f, df])| {
        [
            format!("published: {name}"),
            format!("{} ± {}", tick(k), tick(dk)),
            format!("{} ± {} (offset yield)", tick(f), tick(df)),
        ]
    }));
    Table::of(
        "Compression bending",
        rows,
        &[
            ("", &|r: &[String; 3]| r[0].clone()),
            ("stiffness N/mm", &|r| r[1].clone()),
            ("load at first yield N", &|r| r[2].clone()),
        ],
    )
}

pub fn section_table(tested: &Tested) -> Table {
    let names = [
        ["compression bending 100 N", "torsion 1 N·m"],
        ["rod", "screw"],
    ];
    let scale = [100.0, 1000.0];
    let mut rows = Vec::new();
    for (k, sections) in tested.sections.iter().enumerate() {
        for (part, section) in names[1].into_iter().zip(sections) {
            rows.push((format!("{part}, {}", names[0][k]), scale[k], *section));
        }
    }
    Table::of(
        "Worst sections",
        rows,
        &[
            ("", &|r: &(String, f64, Section)| r.0.clone()),
            ("axial N", &|r| short(r.1 * r.2.axial)),
            ("shear N", &|r| short(r.1 * r.2.shear)),
            ("bending N·m", &|r| short(1e-3 * r.1 * r.2.bending)),
            ("torsion N·m", &|r| short(1e-3 * r.1 * r.2.torsion)),
            ("von Mises MPa", &|r| short(r.1 * r.2.von_mises)),
        ],
    )
}

pub fn chart(settings: &Settings, tested: &Tested) -> Chart {
    let line = (0..=60).map(|i| {
        let length = 40.0 + 360.0 * f64::from(i) / 60.0;
        let longer = Settings {
            active_length: length,
            ..*settings
        };
        [length, rigid_blocks(&longer, 1.0)[0]]
    });
    Chart {
        title: "Stiffness by active length".to_owned(),
        x: "active length / mm".to_owned(),
        y: "stiffness / N/mm".to_owned(),
        log: [false, true],
        curves: vec![
            Curve {
                name: "rigid blocks".to_owned(),
                points: line.collect(),
                look: Look::Line,
            },
            Curve {
                name: "solved".to_owned(),
                points: vec![[settings.active_length, tested.bending]],
                look: Look::Points,
            },
            Curve {
                name: "Foltz 2019".to_owned(),
                points: vec![[76.0, FOLTZ[0].1[0]], [376.0, FOLTZ[2].1[0]]],
                look: Look::Points,
            },
        ],
        band: None,
        level: None,
    }
}

pub fn assumptions(settings: &Settings) -> Vec<Assumption> {
    let recalled = "ASTM F1717 as recalled; the standard was not at hand";
    let flag = SourceFlag::RecalledUnverified;
    let mut list = vec![
        Assumption::new(
            "blocks",
            format!(
                "{} × {} × {} mm, screws {} mm apart, hinge {} mm before their entry",
                tick(settings.block_arm + AHEAD),
                tick(BLOCK[0]),
                tick(BLOCK[1]),
                tick(2.0 * HALF_SPACING),
                tick(settings.block_arm)
            ),
            recalled,
            flag,
        ),
        Assumption::new(
            "active length",
            format!("{} mm", tick(settings.active_length)),
            recalled,
            flag,
        ),
        Assumption::new(
            "published rows",
            "five specimens each, yield at an offset of displacement",
            FOLTZ_SOURCE,
            SourceFlag::SecondarySource,
        ),
    ];
    list.extend(chosen(settings));
    list
}

/// What no source prints.
fn chosen(settings: &Settings) -> Vec<Assumption> {
    let mut list = vec![
        Assumption::choice(
            "blocks' modulus and Poisson ratio",
            format!("{} MPa, {BLOCK_POISSON}", tick(settings.block_modulus)),
            "polyethylene of ultra high molecular weight, about 1 GPa when pressed slowly",
        ),
        Assumption::choice(
            "free screw",
            format!(
                "{} mm from the block to the rod's axis",
                tick(settings.free_screw)
            ),
            "an option; no source prints it",
        ),
        Assumption::choice(
            "hinge",
            format!(
                "a steel pin of {} mm that turns freely about its own axis",
                tick(PIN.diameter)
            ),
            "the pin's fit is not modelled",
        ),
    ];
    if settings.side_by_side {
        list.push(Assumption::choice(
            "side-by-side connectors",
            format!(
                "two a side, {} mm apart, rods {} mm beside each other, {RIGID:.0} times as stiff as the rod",
                tick(OVERLAP),
                tick(BESIDE)
            ),
            "no source prints them",
        ));
    }
    let difference = difference_percent(settings.screw, settings.rod);
    if difference != 0.0 {
        list.push(Assumption::choice(
            "screws",
            format!("{} mm across the core, unthreaded", tick(settings.screw)),
            "a thread is not meshed: give the core's diameter",
        ));
    }
    list
}
