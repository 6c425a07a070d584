//! Compression of a block between two platens, by δ over its height h.
//!
//! Frictionless platens leave a uniform stress, so the apparent modulus F h / (A δ) is the
//! material's E. Bonded platens hold the ends' width; the barrelling makes the specimen look
//! stiffer, between E (slender) and the constrained modulus
//! M = E (1 − ν) / ((1 + ν)(1 − 2ν)) (flat). An eighth of the block is meshed, finer towards the
//! platen's edges.

use super::chart::{Chart, Curve, Look};
use super::error::{VirtualTestError, within};
use super::metal::{
    Metal, MetalChoice, POISSON_RANGE, assumed_poisson_ratio, check_poisson_ratio, printed_source,
};
use super::outcome::{Assumption, Effort, Outcome, Quantity, difference_percent, per_cent};
use super::rig::{Rig, Tested, towards_one};
use super::tables::Table;
use crate::mesh::ElementKind;
use crate::mesh::structured::box_mesh;
use crate::progress::Progress;
use crate::report::number::{fixed, short, tick};
use crate::source::{Source, SourceFlag};
use crate::tensor::{Elasticity, Point};

/// Heights over edges of the end effect's table.
const SLENDERNESS: [f64; 7] = [0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0];
/// Nominal strain; the answer is linear in it.
const STRAIN: f64 = 1e-3;

/// What is compressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Which metals.
    pub metals: MetalChoice,
    /// Edge of the square section, mm.
    pub edge: f64,
    /// Height, mm.
    pub height: f64,
    /// Poisson ratio of the porous metal.
    pub poisson_ratio: f64,
    /// Cells across half an edge.
    pub cells: usize,
}

impl Settings {
    /// The block that is assumed for Chen's samples.
    pub fn new(metals: MetalChoice) -> Self {
        Self {
            metals,
            edge: 10.0,
            height: 15.0,
            poisson_ratio: super::metal::POISSON_RATIO,
            cells: 6,
        }
    }

    fn check(&self) -> Result<(), VirtualTestError> {
        within("the edge of the block", "mm", self.edge, [0.1, 1000.0])?;
        within("the height of the block", "mm", self.height, [0.1, 1000.0])?;
        within("height over edge", "", self.height / self.edge, [0.1, 10.0])?;
        check_poisson_ratio(self.poisson_ratio)
    }
}

/// How the platens hold the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platens {
    /// The ends may widen.
    Frictionless,
    /// The ends keep their width.
    Bonded,
}

/// A block of square section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Edge of the section, mm.
    pub edge: f64,
    /// Height, mm.
    pub height: f64,
    /// Cells across half an edge.
    pub cells: usize,
}

impl Block {
    /// Apparent modulus F h / (A δ), MPa.
    ///
    /// # Errors
    /// What the analysis refuses.
    pub fn apparent_modulus(
        &self,
        elasticity: Elasticity,
        platens: Platens,
        progress: &dyn Progress,
    ) -> Result<(f64, Effort), VirtualTestError> {
        let tested = self.compress(elasticity, platens, progress)?;
        let top = 0.5 * self.height;
        // A quarter of the section, pressed down.
        let force = -4.0 * tested.reaction(2, |p| (p.z - top).abs() < 1e-9 * top);
        Ok((force / (self.edge * self.edge * STRAIN), tested.effort))
    }

    fn compress(
        &self,
        elasticity: Elasticity,
        platens: Platens,
        progress: &dyn Progress,
    ) -> Result<Tested, VirtualTestError> {
        let (half, top) = (0.5 * self.edge, 0.5 * self.height);
        let cells = self.cells;
        let up = ((cells as f64 * top / half).ceil() as usize).clamp(cells, 3 * cells);
        let mesh = box_mesh(ElementKind::Tet10, [cells, cells, up], |p| {
            let [x, y, z] = p.map(|t| towards_one(t, 1.5));
            Point::new(half * x, half * y, top * z)
        });
        let mut rig = Rig::new("block", mesh, elasticity);
        (0..3).for_each(|axis| rig.symmetry(axis));
        let on_top = move |p: &Point| (p.z - top).abs() < 1e-9 * top;
        rig.hold(2, |p| on_top(p).then_some(-STRAIN * top));
        if platens == Platens::Bonded {
            for axis in [0, 1] {
                rig.hold(axis, |p| on_top(p).then_some(0.0));
            }
        }
        rig.test(progress)
    }
}

/// M / E = (1 − ν) / ((1 + ν)(1 − 2ν)): the apparent modulus of a very flat bonded block.
pub fn constrained_over_youngs(poisson_ratio: f64) -> f64 {
    let nu = poisson_ratio;
    (1.0 - nu) / ((1.0 + nu) * (1.0 - 2.0 * nu))
}

/// One metal's two tests.
struct Row {
    metal: Metal,
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
    let block = Block {
        edge: settings.edge,
        height: settings.height,
        cells: settings.cells,
    };
    let mut effort = Effort::default();
    let mut rows = Vec::new();
    for metal in metals {
        let elasticity = Elasticity::isotropic(metal.law_modulus, settings.poisson_ratio);
        let mut test = |platens| -> Result<f64, VirtualTestError> {
            let (modulus, one) = block.apparent_modulus(elasticity, platens, progress)?;
            effort.add(&one);
            Ok(modulus)
        };
        let (frictionless, bonded) = (test(Platens::Frictionless)?, test(Platens::Bonded)?);
        rows.push(Row {
            metal,
            frictionless,
            bonded,
        });
    }
    let ends = end_effect(settings, &mut effort, progress)?;
    Ok(outcome(settings, &rows, &ends, effort))
}

/// Apparent over true modulus of bonded blocks: a Poisson ratio and a value per slenderness.
struct EndEffect {
    poisson_ratio: f64,
    ratio: Vec<f64>,
}

fn end_effect(
    settings: &Settings,
    effort: &mut Effort,
    progress: &dyn Progress,
) -> Result<Vec<EndEffect>, VirtualTestError> {
    let mut found = Vec::new();
    for poisson_ratio in [settings.poisson_ratio, POISSON_RANGE[1]] {
        let mut ratio = Vec::new();
        for slenderness in SLENDERNESS {
            let block = Block {
                edge: 1.0,
                height: slenderness,
                cells: settings.cells,
            };
            let unit = Elasticity::isotropic(1.0, poisson_ratio);
            let (modulus, one) = block.apparent_modulus(unit, Platens::Bonded, progress)?;
            effort.add(&one);
            ratio.push(modulus);
        }
        found.push(EndEffect {
            poisson_ratio,
            ratio,
        });
    }
    Ok(found)
}

fn outcome(settings: &Settings, rows: &[Row], ends: &[EndEffect], solver: Effort) -> Outcome {
    Outcome {
        test: "compression",
        title: "Compression of porous tantalum blocks".to_owned(),
        answer: answer(settings, rows),
        quantities: quantities(rows, ends),
        assumptions: assumptions(settings),
        limits: LIMITS,
        solver,
        tables: vec![samples_table(rows), ends_table(ends)],
        charts: vec![ends_chart(ends)],
    }
}

fn answer(settings: &Settings, rows: &[Row]) -> Vec<String> {
    let worst = rows
        .iter()
        .map(|r| (r.frictionless / r.metal.law_modulus - 1.0).abs())
        .fold(0.0, f64::max);
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let effect = first.bonded / first.metal.law_modulus - 1.0;
    let mut lines = vec![format!(
        "Frictionless platens give the law's modulus back to {}. Bonded platens make a \
         block of {} × {} × {} mm look {} stiffer than its material.",
        short(worst),
        tick(settings.edge),
        tick(settings.edge),
        tick(settings.height),
        per_cent(100.0 * effect, 1)
    )];
    let largest = rows
        .iter()
        .filter_map(|r| Some((r, r.metal.residual_percent()?[0])))
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    if let Some((row, residual)) = largest {
        lines.push(format!(
            "The law itself misses the printed moduli by up to {} (sample {}): {} than the ends do.",
            per_cent(residual, 1),
            row.metal.name,
            if residual.abs() > 100.0 * effect {
                "more"
            } else {
                "less"
            }
        ));
    }
    lines
}

fn samples_table(rows: &[Row]) -> Table {
    let law = |r: &Row| r.metal.law_modulus;
    let of_printed = |r: &Row, words: &dyn Fn(f64) -> String| {
        r.metal.printed.map_or("–".to_owned(), |p| words(p[0]))
    };
    Table::of(
        "Young's modulus, MPa: printed, by the law, as the virtual test finds it",
        rows,
        &[
            ("sample", &|r| r.metal.name.clone()),
            ("porosity %", &|r| fixed(r.metal.porosity_percent(), 2)),
            ("printed", &|r| of_printed(r, &|p| fixed(p, 0))),
            ("law", &|r| fixed(law(r), 1)),
            ("law − printed %", &|r| {
                of_printed(r, &|p| signed(difference_percent(law(r), p)))
            }),
            ("frictionless", &|r| fixed(r.frictionless, 1)),
            ("− law %", &|r| {
                short(difference_percent(r.frictionless, law(r)))
            }),
            ("bonded", &|r| fixed(r.bonded, 1)),
            ("− law %", &|r| {
                signed(difference_percent(r.bonded, law(r)))
            }),
        ],
    )
}

/// One decimal with its sign.
fn signed(value: f64) -> String {
    if value > 0.0 {
        format!("+{}", fixed(value, 1))
    } else {
        fixed(value, 1)
    }
}

fn ends_table(ends: &[EndEffect]) -> Table {
    let row = |first: String, value: &dyn Fn(&EndEffect) -> f64| -> Vec<String> {
        let cells = ends.iter().map(|e| fixed(value(e), 4));
        std::iter::once(first).chain(cells).collect()
    };
    let slender = SLENDERNESS.iter().enumerate();
    let mut rows: Vec<_> = slender
        .map(|(k, slenderness)| row(tick(*slenderness), &|e| e.ratio[k]))
        .collect();
    let limit = |e: &EndEffect| constrained_over_youngs(e.poisson_ratio);
    rows.push(row("→ 0 (constrained)".to_owned(), &limit));
    Table {
        title: "Bonded platens: apparent over true modulus".to_owned(),
        heads: vec!["height / edge", "ν of the test", "ν 0.46 (ideal cell)"],
        rows,
    }
}

fn ends_chart(ends: &[EndEffect]) -> Chart {
    let curves = ends.iter().map(|e| Curve {
        name: format!("bonded, ν {}", e.poisson_ratio),
        points: SLENDERNESS
            .iter()
            .zip(&e.ratio)
            .map(|(s, r)| [*s, *r])
            .collect(),
        look: Look::Joined,
    });
    Chart {
        title: "End effect of bonded platens".to_owned(),
        x: "height / edge".to_owned(),
        y: "apparent modulus / true modulus".to_owned(),
        log: [false, false],
        curves: curves.collect(),
        band: None,
        level: Some((1.0, "frictionless".to_owned())),
    }
}

fn quantities(rows: &[Row], ends: &[EndEffect]) -> Vec<Quantity> {
    let name = "apparent modulus";
    let mut all = Vec::new();
    for Row {
        metal,
        frictionless,
        bonded,
    } in rows
    {
        let law = |platens, value| {
            Quantity::new([&metal.name, platens, name], value, "MPa", &metal.source)
                .against(metal.law_modulus, "Gibson–Ashby law")
        };
        all.push(law("frictionless platens", *frictionless));
        all.push(law("bonded platens", *bonded));
        if let Some([printed, _]) = metal.printed {
            let condition = "law beside the printed table";
            let key = [metal.name.as_str(), condition, "Young's modulus"];
            let quantity = Quantity::new(key, metal.law_modulus, "MPa", &printed_source());
            all.push(quantity.against(printed, "printed"));
        }
    }
    let derived = Source {
        citation: "finite elements of this program".to_owned(),
        flag: SourceFlag::Derived,
    };
    for end in ends {
        for (slenderness, ratio) in SLENDERNESS.iter().zip(&end.ratio) {
            let condition = format!(
                "bonded platens, height/edge {slenderness}, ν {}",
                end.poisson_ratio
            );
            let key = ["any", condition.as_str(), "apparent over true modulus"];
            all.push(Quantity::new(key, *ratio, "1", &derived));
        }
    }
    all
}

fn assumptions(settings: &Settings) -> Vec<Assumption> {
    vec![
        Assumption::choice(
            "size of the compression specimens",
            format!(
                "{} × {} × {} mm",
                tick(settings.edge),
                tick(settings.edge),
                tick(settings.height)
            ),
            "Chen et al. 2025 print no size; ISO 13314, recalled, asks for 1 to 2 edges of height",
        ),
        assumed_poisson_ratio(settings.poisson_ratio),
    ]
}

/// What the test leaves out.
const LIMITS: &[&str] = &[
    "Homogenised and linear elastic: no cell breaks, and cells cut open at the sides are not \
         softer than those inside.",
    "The law is fitted to the printed moduli; if those were measured between rough platens \
         they already contain an end effect.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn apparent(slenderness: f64, nu: f64, platens: Platens) -> f64 {
        let block = Block {
            edge: 10.0,
            height: 10.0 * slenderness,
            cells: 4,
        };
        let elasticity = Elasticity::isotropic(500.0, nu);
        let found = block.apparent_modulus(elasticity, platens, &Silent);
        found.unwrap().0 / 500.0
    }

    #[test]
    fn frictionless_platens_return_the_laws_modulus() {
        for metal in MetalChoice::All.metals().unwrap() {
            let block = Block {
                edge: 10.0,
                height: 15.0,
                cells: 2,
            };
            let elasticity = Elasticity::isotropic(metal.law_modulus, 0.3);
            let found = block.apparent_modulus(elasticity, Platens::Frictionless, &Silent);
            // Uniform stress lies in the elements' space: only round-off is left of 1e-6.
            assert!((found.unwrap().0 / metal.law_modulus - 1.0).abs() < 1e-10);
        }
    }

    /// Least energy over u = (c x (1 − ζ²), c y (1 − ζ²), −ε z), ζ = z over half the height: an
    /// upper bound of the bonded modulus over E.
    fn barrel_bound(slenderness: f64, nu: f64) -> f64 {
        let lambda = nu / ((1.0 + nu) * (1.0 - 2.0 * nu));
        let mu = 0.5 / (1.0 + nu);
        // 2 U / (V ε²) = A c² − 2 B c + C for c in units of ε.
        let a = 32.0 / 15.0 * lambda + 32.0 / 15.0 * mu + 8.0 / 9.0 * mu / slenderness.powi(2);
        let (b, c) = (4.0 / 3.0 * lambda, lambda + 2.0 * mu);
        c - b * b / a
    }

    #[test]
    fn bonded_platens_stiffen_within_the_bounds_of_energy() {
        for nu in [0.3, 0.45] {
            let mut last = constrained_over_youngs(nu);
            for slenderness in [0.25, 0.5, 1.0, 2.0] {
                let found = apparent(slenderness, nu, Platens::Bonded);
                let bound = barrel_bound(slenderness, nu);
                assert!(
                    found > 1.0 && found < bound,
                    "{slenderness}: {found} {bound}"
                );
                assert!(found < last, "{slenderness}: {found} {last}");
                last = found;
            }
        }
    }

    #[test]
    fn the_end_effect_of_a_slender_block_is_a_length_of_its_own() {
        // Saint-Venant: the ends' zones no longer meet, so they take a fixed length off h/E.
        let length = |s: f64| s * (1.0 - 1.0 / apparent(s, 0.3, Platens::Bonded));
        let (short, long) = (length(2.0), length(4.0));
        assert!((short / long - 1.0).abs() < 0.02, "{short} {long}");
    }

    #[test]
    fn impossible_sizes_are_refused() {
        for (edge, height, nu) in [
            (-1.0, 15.0, 0.3),
            (10.0, f64::NAN, 0.3),
            (10.0, 500.0, 0.3),
            (10.0, 15.0, 0.5),
        ] {
            let mut settings = Settings::new(MetalChoice::All);
            (settings.edge, settings.height, settings.poisson_ratio) = (edge, height, nu);
            let refused = run(&settings, &Silent).unwrap_err();
            assert!(
                matches!(refused, VirtualTestError::Size { .. }),
                "{refused}"
            );
        }
    }
}
