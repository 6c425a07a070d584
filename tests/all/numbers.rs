//! NUMBERS.md lists every number of the program that decides an answer, with its source, as the
//! program's own tables have them.

use std::fmt::Write;

use endplate::assessment::endplate::PATCH_DIAMETER;
use endplate::assessment::fixation::{BEARING_MM, HOLDING_CITATION};
use endplate::assessment::implant::{PERCENTILE, SMALLEST_CELL};
use endplate::assessment::motion::{Motion, PUBLISHED_NMM, SEGMENT_MOTION_CITATION};
use endplate::assessment::places::NEAR_MM;
use endplate::assessment::resorption::{RESORBING_CITATION, RESORBING_LIMIT, SMALLEST_ZONE};
use endplate::assessment::shielding::{DEAD_ZONES, NEGLIGIBLE_STIMULUS, SLIVER};
use endplate::assessment::zones::LOAD_MARGIN;
use endplate::case::defaults;
use endplate::case::presets::PRESETS;
use endplate::lattice::gibson_ashby::{LAW_IDS, law};
use endplate::material::library::LIBRARY;
use endplate::recovery::indentation::FAR_BELOW_MM;
use endplate::scene::LARGEST_LIFT_MM;
use endplate::scene::fixation::{DOMINO_REACH_MM, HOOK_REACH_MM, LOOSE_SHARE, SHARPEST_DEG};
use endplate::source::Source;

/// The checks of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[(
    "numbers: NUMBERS.md is what the program's tables say",
    no_drift,
)];

fn no_drift() -> Result<(), String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = std::fs::read_to_string(root.join("NUMBERS.md")).unwrap_or_default();
    let right = numbers()?;
    if kept == right {
        return Ok(());
    }
    let left = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("NUMBERS.md");
    std::fs::write(&left, &right).map_err(|e| e.to_string())?;
    let line = kept.lines().zip(right.lines()).position(|(a, b)| a != b);
    let line = line.unwrap_or_else(|| kept.lines().count().min(right.lines().count()));
    Err(format!(
        "line {} is another: a number or a source has changed. The tables as they are now: {}",
        line + 1,
        left.display()
    ))
}

fn numbers() -> Result<String, String> {
    let mut text = String::from(
        "# Numbers\n\nEvery number that decides an answer, with where it comes from: *paper*, *derived*, \
         *secondary source* or *recalled, unverified*. Made from the program's own tables; a test \
         fails when it drifts.\n",
    );
    defaults_of_cases(&mut text);
    loads(&mut text);
    solids(&mut text);
    laws(&mut text)?;
    limits(&mut text);
    Ok(text)
}

fn head(text: &mut String, title: &str, columns: &[&str]) {
    let line = vec!["---"; columns.len()].join(" | ");
    let _ = write!(
        text,
        "\n## {title}\n\n| {} |\n| {line} |\n",
        columns.join(" | ")
    );
}

fn row(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|c| c.replace('|', "\\|")).collect();
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn cited(source: &Source) -> [String; 2] {
    [source.citation.clone(), source.flag.words().to_owned()]
}

fn defaults_of_cases(text: &mut String) {
    let columns = ["key", "default", "source", "trust"];
    head(text, "What holds where a case leaves a key out", &columns);
    for (key, value, source) in defaults::table() {
        let [citation, flag] = cited(&source);
        row(text, &[format!("`{key}`"), value, citation, flag]);
    }
}

fn loads(text: &mut String) {
    let columns = [
        "preset",
        "load",
        "force, N",
        "moment, N·m",
        "source",
        "trust",
    ];
    head(
        text,
        "Loads (column frame: x anterior, y left, z cranial)",
        &columns,
    );
    for preset in PRESETS {
        for load in preset.loads {
            let [citation, flag] = cited(&load.source());
            let (force, moment) = (
                format!("{:?}", load.force_n),
                format!("{:?}", load.moment_nm),
            );
            row(
                text,
                &[
                    preset.name.into(),
                    load.name.into(),
                    force,
                    moment,
                    citation,
                    flag,
                ],
            );
        }
    }
}

fn solids(text: &mut String) {
    let columns = [
        "solid",
        "E, MPa",
        "ν",
        "yield, MPa",
        "endurance, MPa",
        "source",
        "trust",
    ];
    head(text, "Solids", &columns);
    for solid in &LIBRARY {
        let or_none = |value: Option<f64>| value.map_or("-".to_owned(), |v| v.to_string());
        let endurance = solid.endurance.as_ref();
        let [mut citation, mut flag] = cited(&solid.source());
        if let Some(endurance) = endurance {
            citation = format!("{citation}; {}", endurance.citation);
            flag = format!("{flag}; {}", endurance.flag.words());
        }
        row(
            text,
            &[
                format!("{} (`{}`)", solid.name, solid.id),
                solid.youngs_modulus.to_string(),
                solid.poisson_ratio.to_string(),
                or_none(solid.strength),
                or_none(endurance.map(|e| e.limit)),
                citation,
                flag,
            ],
        );
    }
}

fn laws(text: &mut String) -> Result<(), String> {
    let columns = [
        "law",
        "quantity",
        "prefactor, MPa",
        "exponent",
        "relative density",
        "source",
        "trust",
    ];
    head(
        text,
        "Laws of porous metal: prefactor × (relative density) ^ exponent",
        &columns,
    );
    for id in LAW_IDS {
        let law = law(id).map_err(|e| e.to_string())?;
        let fits = [
            ("modulus", Some(&law.modulus)),
            ("yield strength", Some(&law.yield_strength)),
            ("plateau", law.plateau.as_ref()),
        ];
        for (quantity, fit) in fits {
            let Some(fit) = fit else { continue };
            let [citation, flag] = cited(&law.source);
            row(
                text,
                &[
                    format!("`{id}`"),
                    quantity.into(),
                    format!("{:.6}", fit.law.prefactor),
                    format!("{:.6}", fit.law.exponent),
                    format!("{:.4} to {:.4}", law.range[0], law.range[1]),
                    citation,
                    flag,
                ],
            );
        }
    }
    Ok(())
}

/// What it is, its value, where it comes from.
type Limit = (&'static str, String, &'static str);

const OWN: &str = "chosen for this program, from no source";

fn limits(text: &mut String) {
    let columns = ["number", "value", "where it comes from"];
    head(text, "What findings and checks are made with", &columns);
    for (what, value, source) in of_places()
        .into_iter()
        .chain(of_shares())
        .chain(of_motion())
        .chain(of_screws())
    {
        row(text, &[what.into(), value, source.into()]);
    }
}

fn of_places() -> [Limit; 7] {
    let mm = |what, value: f64| (what, value.to_string(), OWN);
    [
        mm(
            "pressure is averaged over a patch of this diameter, mm",
            PATCH_DIAMETER,
        ),
        mm("bone this near the implant is judged, mm", NEAR_MM),
        mm(
            "bone this near a load or a support is not judged, mm",
            LOAD_MARGIN,
        ),
        mm(
            "stress in porous metal is averaged over a ball of at least, mm",
            SMALLEST_CELL,
        ),
        mm(
            "a height that lifts the bones further is refused, mm",
            LARGEST_LIFT_MM,
        ),
        mm(
            "a zone of shielding with less bone is not judged, mm³",
            SMALLEST_ZONE,
        ),
        mm("a zone of shielding with less bone has no row, mm³", SLIVER),
    ]
}

fn of_screws() -> [Limit; 6] {
    let own = |what, value: f64| (what, value.to_string(), OWN);
    let holding = "(recalled, unverified)";
    [
        (
            "shear stress that a screw is pulled out at, MPa, by the density in g/cm³",
            format!("21.6 ρ^1.65 {holding}"),
            HOLDING_CITATION,
        ),
        own("pressure beside a screw is a mean over, mm", BEARING_MM),
        own(
            "share of a screw's skin that may lie outside its bones",
            LOOSE_SHARE,
        ),
        own("sharpest turn of a rod, degrees", SHARPEST_DEG),
        own(
            "rods that a domino joins are at most apart, mm",
            DOMINO_REACH_MM,
        ),
        own("a hook reaches from its rod, mm", HOOK_REACH_MM),
    ]
}

fn of_shares() -> [Limit; 5] {
    let huiskes = "Huiskes et al. 1987 (recalled, unverified)";
    let far = format!("{FAR_BELOW_MM:?}");
    [
        (
            "depth of the bone that indentation is measured against, mm",
            far,
            OWN,
        ),
        (
            "volume share of the stress held against strength",
            PERCENTILE.to_string(),
            OWN,
        ),
        (
            "share of a zone that may resorb",
            RESORBING_LIMIT.to_string(),
            RESORBING_CITATION,
        ),
        (
            "dead zones of the stimulus",
            format!("{DEAD_ZONES:?}"),
            huiskes,
        ),
        (
            "stimulus that counts as none, share of the mean",
            NEGLIGIBLE_STIMULUS.to_string(),
            OWN,
        ),
    ]
}

fn of_motion() -> [Limit; 4] {
    let moment = PUBLISHED_NMM.to_string();
    let published = |motion: Motion| {
        let value = format!("{}: {:?}", motion.words(), motion.band_deg());
        (
            "published motion of a segment, degrees",
            value,
            SEGMENT_MOTION_CITATION,
        )
    };
    [
        (
            "moment of published motion, N·mm",
            moment,
            SEGMENT_MOTION_CITATION,
        ),
        published(Motion::Flexion),
        published(Motion::LateralBending),
        published(Motion::AxialRotation),
    ]
}
