//! Three-point bending of a bar of square section.
//!
//! Beam theory: M = F L / 4, outer-fibre stress σ = M / W with W = b h² / 6, and Timoshenko's
//! deflection F L³ / (48 E I) + F L / (4 κ G A) with κ = 5/6. Opposite a line load the stress falls
//! short of beam theory by a local term, Σ = K F / (b c) with c = h / 2: for plane stress
//!
//! ```text
//! K = 1/(2π) ∫₀^∞ [(s+k)/(s−k) − (s−k)/(s+k) − 3/k²] dk,    s = sinh k cosh k,
//! ```
//!
//! which follows from the strip's Airy functions for a load cos αx on one side (Filon's solution,
//! as in Timoshenko & Goodier). A quarter of the bar is meshed; load and supports are lines across
//! it. Under a line the displacement grows without bound as elements shrink, so the deflection is
//! that of the middle layer at mid-span against the middle layer above the supports: what a roller
//! sinks in is not in it.

use std::f64::consts::PI;

use super::chart::{Chart, Curve};
use super::metal::{Metal, MetalChoice, printed_source};
use super::rig::{Rig, Tested, line_weights, towards_one};
use super::{
    Assumption, Effort, Outcome, Quantity, Table, VirtualTestError, difference_percent, within,
};
use crate::mesh::boundary::elements_of_nodes;
use crate::mesh::structured::box_mesh;
use crate::mesh::{ElementKind, TetMesh};
use crate::progress::Progress;
use crate::recovery::stress_at;
use crate::report::number::{fixed, short};
use crate::source::{Source, SourceFlag};
use crate::tensor::{Elasticity, Point, Vec3};

/// Shear coefficient of a rectangle.
const KAPPA: f64 = 5.0 / 6.0;
/// Strain beyond which a linear answer is only a sign that the bar would not stand.
const LINEAR_STRAIN: f64 = 0.05;

/// What is bent.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Which metals.
    pub metals: MetalChoice,
    /// Width, height and length of the bar, mm.
    pub bar: [f64; 3],
    /// Distances between the supports, mm.
    pub spans: Vec<f64>,
    /// Outer-fibre stress by beam theory, MPa.
    pub stress: f64,
    /// Poisson ratio of the porous metal.
    pub poisson_ratio: f64,
    /// Cells over the height; an even number.
    pub cells: usize,
}

impl Settings {
    /// The bar of Chen et al. 2025 at its bending strength, on the two usual spans.
    pub fn new(metals: MetalChoice) -> Self {
        Self {
            metals,
            bar: [10.0, 10.0, 80.0],
            spans: vec![60.0, 64.0],
            stress: 48.0,
            poisson_ratio: super::metal::POISSON_RATIO,
            cells: 10,
        }
    }

    fn check(&self) -> Result<(), VirtualTestError> {
        let [width, height, length] = self.bar;
        within("the width of the bar, mm", width, [0.1, 1000.0])?;
        within("the height of the bar, mm", height, [0.1, 1000.0])?;
        within("the length of the bar, mm", length, [4.5 * height, 1000.0])?;
        within("the stress, MPa", self.stress, [1e-3, 1e5])?;
        within("the Poisson ratio", self.poisson_ratio, [0.0, 0.49])?;
        for &span in &self.spans {
            // Below four heights supports and load reach into each other; a bar must overhang.
            within("the span, mm", span, [4.0 * height, length - 0.2 * height])?;
        }
        Ok(())
    }
}

/// A bar on two lines, loaded on a third.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Width, height and length, mm.
    pub size: [f64; 3],
    /// Distance between the supports, mm.
    pub span: f64,
    /// Cells over the height; an even number.
    pub cells: usize,
}

/// What the solver finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bent {
    /// Outer-fibre stress at mid-span, mean over the width, MPa.
    pub stress: f64,
    /// Deflection of the middle layer at mid-span, mm.
    pub deflection: f64,
    /// Along the lower face: distance from mid-span (mm), stress (MPa), means over the width.
    pub lower_face: Vec<[f64; 2]>,
    /// What the solver did.
    pub effort: Effort,
}

impl Bar {
    /// F at a given outer-fibre stress by beam theory, N.
    pub fn load(&self, stress: f64) -> f64 {
        let [b, h, _] = self.size;
        4.0 * stress * (b * h * h / 6.0) / self.span
    }

    /// Outer-fibre stress by beam theory and the local term opposite a line load, MPa.
    pub fn stress_with_local_term(&self, load: f64) -> f64 {
        let [b, h, _] = self.size;
        let beam = load * self.span / 4.0 / (b * h * h / 6.0);
        beam + local_coefficient() * load / (b * 0.5 * h)
    }

    /// Deflections by bending and by shear after Timoshenko, mm.
    pub fn timoshenko(&self, load: f64, youngs_modulus: f64, poisson_ratio: f64) -> [f64; 2] {
        let [b, h, _] = self.size;
        let shear_modulus = youngs_modulus / (2.0 * (1.0 + poisson_ratio));
        let bending = load * self.span.powi(3) / (48.0 * youngs_modulus * b * h.powi(3) / 12.0);
        [
            bending,
            load * self.span / (4.0 * KAPPA * shear_modulus * b * h),
        ]
    }

    /// Bends the bar by `load`, N.
    ///
    /// # Errors
    /// What the analysis refuses.
    pub fn bend(
        &self,
        load: f64,
        elasticity: Elasticity,
        progress: &dyn Progress,
    ) -> Result<Bent, VirtualTestError> {
        let [b, h, _] = self.size;
        let mut rig = Rig::new("bar", self.mesh(), elasticity);
        rig.symmetry(0);
        rig.symmetry(1);
        let support = 0.5 * self.span;
        let small = 1e-9 * h;
        rig.hold(2, |p| {
            ((p.x - support).abs() < small && p.z.abs() < small).then_some(0.0)
        });
        let nose = line_weights(&rig.mesh, 1, |p| {
            p.x.abs() < small && (p.z - h).abs() < small
        });
        let per_length = 0.5 * load / b;
        rig.forces = nose
            .iter()
            .map(|&(n, w)| (n, Vec3::new(0.0, 0.0, -per_length * w)))
            .collect();
        let tested = rig.test(progress)?;
        let lower_face = self.lower_face(&tested);
        let middle = |x: f64| {
            let line = line_weights(&tested.model.mesh, 1, |p| {
                (p.x - x).abs() < small && (p.z - 0.5 * h).abs() < small
            });
            let sum = |f: &dyn Fn(u32) -> f64| line.iter().map(|&(n, w)| w * f(n)).sum::<f64>();
            sum(&|n| tested.displacement[n as usize].z) / sum(&|_| 1.0)
        };
        Ok(Bent {
            stress: lower_face.first().map_or(f64::NAN, |p| p[1]),
            deflection: middle(support) - middle(0.0),
            lower_face,
            effort: tested.effort,
        })
    }

    /// A quarter: x from mid-span, y from the middle of the width, z from the lower face.
    fn mesh(&self) -> TetMesh {
        let [b, h, length] = self.size;
        let (inner, outer) = (0.5 * self.span, 0.5 * (length - self.span));
        let cells = self.cells;
        // As fine at the lines as over the height, twice as coarse between them.
        let along = ((1.2 * cells as f64 * 0.5 * inner / h).ceil() as usize).max(4) * 2;
        let over = ((cells as f64 * outer / h).ceil() as usize).max(2);
        let share = along as f64 / (along + over) as f64;
        let across = (cells / 2).max(1);
        box_mesh(
            ElementKind::Tet10,
            [along + over, across, cells],
            |[u, v, w]| {
                let x = if u <= share {
                    inner * crowded_at_ends(u / share)
                } else {
                    inner + outer * (u - share) / (1.0 - share)
                };
                Point::new(x, 0.5 * b * v, h * crowded_at_ends(w))
            },
        )
    }

    /// Stress along the lower face, mean over the width.
    fn lower_face(&self, tested: &Tested) -> Vec<[f64; 2]> {
        let mesh = &tested.model.mesh;
        let small = 1e-9 * self.size[1];
        let around = elements_of_nodes(mesh);
        let is_corner = |n: u32, e: usize| mesh.element(e)[..4].iter().position(|&m| m == n);
        // Mean over the elements that meet at a corner node.
        let at_node = |n: u32| -> Option<f64> {
            let values: Vec<f64> = around
                .of(n as usize)
                .iter()
                .filter_map(|&e| {
                    let mut l = [0.0; 4];
                    l[is_corner(n, e as usize)?] = 1.0;
                    Some(stress_at(&tested.model, e as usize, &l, &tested.displacement)[0])
                })
                .collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let mut xs: Vec<f64> = mesh
            .nodes
            .iter()
            .filter(|p| p.y.abs() < small && p.z.abs() < small)
            .map(|p| p.x)
            .collect();
        xs.sort_by(f64::total_cmp);
        let mean_over_width = |x: f64| -> Option<[f64; 2]> {
            let mut line: Vec<(f64, f64)> = (0..mesh.nodes.len() as u32)
                .filter(|&n| {
                    let p = mesh.nodes[n as usize];
                    (p.x - x).abs() < small && p.z.abs() < small
                })
                .filter_map(|n| Some((mesh.nodes[n as usize].y, at_node(n)?)))
                .collect();
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
            let area: f64 = line
                .windows(2)
                .map(|w| 0.5 * (w[1].0 - w[0].0) * (w[0].1 + w[1].1))
                .sum();
            (line.len() > 1).then(|| [x, area / (0.5 * self.size[0])])
        };
        xs.into_iter().filter_map(mean_over_width).collect()
    }
}

/// From 0 to 1, points crowding towards both ends; the middle stays the middle.
fn crowded_at_ends(t: f64) -> f64 {
    const POWER: f64 = 1.4;
    if t <= 0.5 {
        0.5 * (1.0 - towards_one(1.0 - 2.0 * t, POWER))
    } else {
        0.5 + 0.5 * towards_one(2.0 * t - 1.0, POWER)
    }
}

/// K of the local term.
pub fn local_coefficient() -> f64 {
    let integrand = |k: f64| {
        // Below, the difference of large numbers loses digits.
        if k < 0.1 {
            return near_zero(k);
        }
        let s = k.sinh() * k.cosh();
        (s + k) / (s - k) - (s - k) / (s + k) - 3.0 / (k * k)
    };
    // Simpson's rule to k = 20; beyond, the bracket is −3/k² to 1e-15.
    let (end, steps) = (20.0, 4000);
    let h = end / f64::from(steps);
    let sum: f64 = (0..=steps)
        .map(|i| {
            let weight = match i {
                0 => 1.0,
                i if i == steps => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * integrand(h * f64::from(i))
        })
        .sum();
    (sum * h / 3.0 - 3.0 / end) / (2.0 * PI)
}

/// The integrand near 0: with s = k + 2k³/3 + 2k⁵/15 + 4k⁷/315 + …, (s+k)/(s−k) is (3/k²) ratio
/// with ratio = (1 + k²/3 + k⁴/15 + …)/(1 + k²/5 + 2k⁴/105 + …).
fn near_zero(k: f64) -> f64 {
    let k2 = k * k;
    let below = 1.0 + k2 / 5.0 + 2.0 * k2 * k2 / 105.0;
    let ratio = (1.0 + k2 / 3.0 + k2 * k2 / 15.0) / below;
    // (ratio − 1)/k², without the difference.
    let rest = ((1.0 / 3.0 - 1.0 / 5.0) + k2 * (1.0 / 15.0 - 2.0 / 105.0)) / below;
    3.0 * rest - k2 / (3.0 * ratio)
}

/// One metal on one span.
struct Row {
    metal: Metal,
    bar: Bar,
    load: f64,
    bent: Bent,
}

/// Runs the tests.
///
/// # Errors
/// [`VirtualTestError`].
pub fn run(settings: &Settings, progress: &dyn Progress) -> Result<Outcome, VirtualTestError> {
    settings.check()?;
    let metals = settings.metals.metals()?;
    let mut solver = Effort::default();
    let mut rows = Vec::new();
    for &span in &settings.spans {
        let bar = Bar {
            size: settings.bar,
            span,
            cells: settings.cells,
        };
        let load = bar.load(settings.stress);
        for metal in &metals {
            let elasticity = Elasticity::isotropic(metal.law_modulus, settings.poisson_ratio);
            let bent = bar.bend(load, elasticity, progress)?;
            solver.add(&bent.effort);
            rows.push(Row {
                metal: metal.clone(),
                bar,
                load,
                bent,
            });
        }
    }
    Ok(Outcome {
        test: "bending",
        title: "Three-point bending of porous tantalum bars".to_owned(),
        answer: answer(settings, &rows),
        quantities: rows.iter().flat_map(|r| quantities(settings, r)).collect(),
        assumptions: assumptions(settings),
        limits: limits(),
        solver,
        tables: vec![
            stress_table(settings, &rows),
            deflection_table(settings, &rows),
        ],
        charts: charts(settings, &rows),
    })
}

/// Spans with their loads: one row of each.
fn by_span(rows: &[Row]) -> Vec<&Row> {
    let mut found: Vec<&Row> = Vec::new();
    for row in rows {
        if found.iter().all(|f| f.bar.span != row.bar.span) {
            found.push(row);
        }
    }
    found
}

fn answer(settings: &Settings, rows: &[Row]) -> Vec<String> {
    let spans = by_span(rows);
    let loads: Vec<String> = spans
        .iter()
        .map(|r| format!("{} N on {} mm", fixed(r.load, 0), short(r.bar.span)))
        .collect();
    let differences: Vec<String> = spans
        .iter()
        .map(|r| {
            format!(
                "{} %",
                fixed(difference_percent(r.bent.stress, settings.stress), 1)
            )
        })
        .collect();
    let mut lines = vec![format!(
        "{} MPa by beam theory is {}. The solver finds {} at the outer fibre: opposite a line \
         load the stress falls short of beam theory by {} %, as plane elasticity says.",
        short(settings.stress),
        loads.join(" or "),
        differences.join(" and "),
        spans.first().map_or_else(String::new, |r| fixed(
            -difference_percent(r.bar.stress_with_local_term(r.load), settings.stress),
            1
        )),
    )];
    let over = |r: &&Row| settings.stress > r.metal.law_yield;
    let metals: Vec<&str> = rows
        .iter()
        .filter(|r| r.bar.span == rows[0].bar.span)
        .filter(over)
        .map(|r| r.metal.name.as_str())
        .collect();
    if !metals.is_empty() {
        lines.push(format!(
            "{} MPa is above the compressive yield strength of {}: the printed bending strength \
             is a nominal stress beyond yield, and the linear deflections below are lower bounds.",
            short(settings.stress),
            metals.join(", ")
        ));
    }
    lines
}

fn stress_table(settings: &Settings, rows: &[Row]) -> Table {
    let mut table = Table::new(
        "Outer-fibre stress at mid-span, MPa (the same for every modulus)",
        &[
            "span mm",
            "load N",
            "beam theory",
            "with local term",
            "solved",
            "− beam %",
            "− local term %",
        ],
    );
    for row in by_span(rows) {
        let local = row.bar.stress_with_local_term(row.load);
        table.rows.push(vec![
            short(row.bar.span),
            fixed(row.load, 1),
            fixed(settings.stress, 2),
            fixed(local, 2),
            fixed(row.bent.stress, 2),
            fixed(difference_percent(row.bent.stress, settings.stress), 2),
            fixed(difference_percent(row.bent.stress, local), 2),
        ]);
    }
    table
}

fn deflection_table(settings: &Settings, rows: &[Row]) -> Table {
    let mut table = Table::new(
        "Deflection of the middle layer, mm, linear",
        &[
            "sample",
            "span mm",
            "E by law MPa",
            "bending",
            "+ shear",
            "solved",
            "− Timoshenko %",
            "at printed E",
            "stress / yield",
            "strain %",
            "",
        ],
    );
    for row in rows {
        let modulus = row.metal.law_modulus;
        let [bending, shear] = row
            .bar
            .timoshenko(row.load, modulus, settings.poisson_ratio);
        let strain = settings.stress / modulus;
        let solved = row.bent.deflection;
        let printed = row.metal.printed;
        table.rows.push(vec![
            row.metal.name.clone(),
            short(row.bar.span),
            fixed(modulus, 1),
            short(bending),
            short(bending + shear),
            short(solved),
            fixed(difference_percent(solved, bending + shear), 2),
            printed.map_or("–".to_owned(), |p| short(solved * modulus / p[0])),
            fixed(settings.stress / row.metal.law_yield, 1),
            fixed(100.0 * strain, 1),
            if strain > LINEAR_STRAIN {
                "not linear"
            } else {
                ""
            }
            .to_owned(),
        ]);
    }
    table
}

fn charts(settings: &Settings, rows: &[Row]) -> Vec<Chart> {
    let mut curves = Vec::new();
    for row in by_span(rows) {
        let half = 0.5 * row.bar.span;
        curves.push(Curve {
            name: format!("solved, span {} mm", short(row.bar.span)),
            points: row.bent.lower_face.clone(),
            line: true,
        });
        curves.push(Curve {
            name: format!("beam theory, {} mm", short(row.bar.span)),
            points: vec![[0.0, settings.stress], [half, 0.0]],
            line: true,
        });
    }
    vec![Chart {
        title: "Stress along the lower face".to_owned(),
        x: "distance from mid-span / mm".to_owned(),
        y: "axial stress / MPa".to_owned(),
        log: [false, false],
        curves,
        band: None,
        level: None,
    }]
}

fn quantities(settings: &Settings, row: &Row) -> Vec<Quantity> {
    let condition = format!("span {} mm, load {:.1} N", row.bar.span, row.load);
    let key = |what: &'static str| [row.metal.name.as_str(), condition.as_str(), what];
    let source = &row.metal.source;
    let [bending, shear] =
        row.bar
            .timoshenko(row.load, row.metal.law_modulus, settings.poisson_ratio);
    let paper = Source {
        citation: "Chen et al. 2025: bending strength 48 MPa, bar 10 x 10 x 80 mm".to_owned(),
        flag: SourceFlag::Paper,
    };
    let stress = "outer-fibre stress at mid-span";
    let mut all = vec![
        Quantity::new(key("load"), row.load, "N", &paper),
        Quantity::new(key(stress), row.bent.stress, "MPa", &paper)
            .against(settings.stress, "beam theory, 6 F L / (4 b h²)"),
        Quantity::new(key(stress), row.bent.stress, "MPa", &paper).against(
            row.bar.stress_with_local_term(row.load),
            "beam theory and the local term of plane elasticity",
        ),
        Quantity::new(
            key("deflection of the middle layer"),
            row.bent.deflection,
            "mm",
            source,
        )
        .against(bending + shear, "Timoshenko beam, shear coefficient 5/6"),
    ];
    if let Some([modulus, _]) = row.metal.printed {
        let at_printed = row.bent.deflection * row.metal.law_modulus / modulus;
        let key = key("deflection of the middle layer at the printed modulus");
        all.push(Quantity::new(key, at_printed, "mm", &printed_source()));
    }
    all
}

fn assumptions(settings: &Settings) -> Vec<Assumption> {
    let spans: Vec<String> = settings.spans.iter().map(|s| short(*s)).collect();
    vec![
        Assumption::new(
            "span",
            format!("{} mm", spans.join(", ")),
            "assumed: Chen et al. 2025 print the bar (10 × 10 × 80 mm) and 48 MPa, no span",
            SourceFlag::Derived,
        ),
        Assumption::new(
            "porosity of the bar",
            "one row a sample",
            "Chen et al. 2025 print none for the bar",
            SourceFlag::Derived,
        ),
        Assumption::new(
            "Poisson ratio",
            format!("{}", settings.poisson_ratio),
            "assumed: no source prints one; the ideal rhombic dodecahedron has 0.31 to 0.46",
            SourceFlag::Derived,
        ),
    ]
}

fn limits() -> Vec<String> {
    vec![
        "Linear elastic and the same in tension as in compression: no yielding, no breaking strut; \
         there is no tension law for these samples."
            .to_owned(),
        "Supports and load are lines without friction. What the rollers sink into the bar is not \
         in the deflection: under a line it grows without bound as the mesh is refined, and a \
         machine that measures its crosshead adds it."
            .to_owned(),
        "A beam's stress gradient over 10 mm spans few cells: homogenisation is rough there."
            .to_owned(),
    ]
}
