//! Three-point bending of a bar of square section.
//!
//! Beam theory: M = F L / 4, outer-fibre stress σ = M / W with W = b h² / 6, and Timoshenko's
//! deflection F L³ / (48 E I) + F L / (4 κ G A) with κ = 5/6. Near a line load plane elasticity
//! differs from it ([`strip`](super::strip)): the stress opposite falls short by 0.1307 F / (b c)
//! with c = h / 2, and every line load lifts the middle layer by 0.21 of its F / (b E), so that the
//! two supports and the load together take away one and a half times that.
//!
//! A quarter of the bar is meshed; load and supports are lines across it. Under a line the
//! displacement grows without bound as elements shrink, so the deflection is that of the middle
//! layer at mid-span against the middle layer above the supports: what a roller sinks in is not in
//! it.

mod bar;

pub use bar::{Bar, Bent};

use super::chart::{Chart, Curve, Look};
use super::error::{VirtualTestError, within};
use super::metal::{
    Metal, MetalChoice, assumed_poisson_ratio, check_poisson_ratio, printed_source,
};
use super::outcome::{Assumption, Effort, Outcome, Quantity, difference_percent, per_cent};
use super::tables::Table;
use crate::progress::Progress;
use crate::report::number::{fixed, short, tick};
use crate::source::{Source, SourceFlag};
use crate::tensor::Elasticity;

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
        within("the width of the bar", "mm", width, [0.1, 1000.0])?;
        within("the height of the bar", "mm", height, [0.1, 1000.0])?;
        within(
            "the length of the bar",
            "mm",
            length,
            [4.5 * height, 1000.0],
        )?;
        within("the stress", "MPa", self.stress, [1e-3, 1e5])?;
        check_poisson_ratio(self.poisson_ratio)?;
        if self.spans.is_empty() {
            return Err(VirtualTestError::Size {
                what: "the list of spans".to_owned(),
                found: "empty".to_owned(),
                expected: "at least one span in mm".to_owned(),
            });
        }
        for &span in &self.spans {
            // Below four heights supports and load reach into each other; a bar must overhang.
            within(
                "the span",
                "mm",
                span,
                [4.0 * height, length - 0.2 * height],
            )?;
        }
        Ok(())
    }
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
        limits: LIMITS,
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
    let mut lines = Vec::new();
    for row in by_span(rows) {
        let local = row.bar.stress_with_local_term(row.load);
        lines.push(format!(
            "{} MPa by beam theory is {} N on a span of {} mm. The solver finds {} MPa at the outer \
             fibre ({}); opposite a line load plane elasticity asks for {} MPa.",
            tick(settings.stress),
            fixed(row.load, 0),
            tick(row.bar.span),
            fixed(row.bent.stress, 1),
            per_cent(difference_percent(row.bent.stress, settings.stress), 1),
            fixed(local, 1),
        ));
    }
    let first_span = rows.first().map(|r| r.bar.span);
    let metals: Vec<&str> = rows
        .iter()
        .filter(|r| Some(r.bar.span) == first_span && settings.stress > r.metal.law_yield)
        .map(|r| r.metal.name.as_str())
        .collect();
    if !metals.is_empty() {
        lines.push(format!(
            "{} MPa is above the compressive yield strength of {}: the printed bending strength \
             is a nominal stress beyond yield, and the linear deflections below are lower bounds.",
            tick(settings.stress),
            metals.join(", ")
        ));
    }
    lines
}

fn stress_table(settings: &Settings, rows: &[Row]) -> Table {
    let local = |r: &Row| r.bar.stress_with_local_term(r.load);
    let beyond = |r: &Row, expected| fixed(difference_percent(r.bent.stress, expected), 2);
    Table::of(
        "Outer-fibre stress at mid-span, MPa (the same for every modulus)",
        by_span(rows),
        &[
            ("span mm", &|r| tick(r.bar.span)),
            ("load N", &|r| fixed(r.load, 1)),
            ("beam theory", &|_| fixed(settings.stress, 2)),
            ("with local term", &|r| fixed(local(r), 2)),
            ("solved", &|r| fixed(r.bent.stress, 2)),
            ("− beam %", &|r| beyond(r, settings.stress)),
            ("− local term %", &|r| beyond(r, local(r))),
        ],
    )
}

fn deflection_table(settings: &Settings, rows: &[Row]) -> Table {
    let ratio = settings.poisson_ratio;
    let modulus = |r: &Row| r.metal.law_modulus;
    let beam = |r: &Row| r.bar.timoshenko(r.load, modulus(r), ratio);
    let timoshenko = |r: &Row| beam(r).iter().sum::<f64>();
    let plane = |r: &Row| r.bar.plane_deflection(r.load, modulus(r), ratio);
    let strain = |r: &Row| settings.stress / modulus(r);
    let solved = |r: &Row| r.bent.deflection;
    let beyond = |r: &Row, expected| fixed(difference_percent(solved(r), expected), 2);
    Table::of(
        "Deflection of the middle layer, mm, linear",
        rows,
        &[
            ("sample", &|r| r.metal.name.clone()),
            ("span mm", &|r| tick(r.bar.span)),
            ("E by law MPa", &|r| fixed(modulus(r), 1)),
            ("bending", &|r| short(beam(r)[0])),
            ("+ shear", &|r| short(timoshenko(r))),
            ("solved", &|r| short(solved(r))),
            ("− Timoshenko %", &|r| beyond(r, timoshenko(r))),
            ("− plane %", &|r| beyond(r, plane(r))),
            ("at printed E", &|r| {
                let printed = r.metal.printed;
                printed.map_or("–".to_owned(), |p| short(solved(r) * modulus(r) / p[0]))
            }),
            ("σ / yield", &|r| {
                fixed(settings.stress / r.metal.law_yield, 1)
            }),
            ("strain %", &|r| fixed(100.0 * strain(r), 1)),
            ("", &|r| match strain(r) > LINEAR_STRAIN {
                true => "not linear".to_owned(),
                false => String::new(),
            }),
        ],
    )
}

/// Left out of the plot around a support, in heights: there stress has no bound.
const SINGULAR: f64 = 0.2;

fn charts(settings: &Settings, rows: &[Row]) -> Vec<Chart> {
    let mut curves = Vec::new();
    for row in by_span(rows) {
        let half = 0.5 * row.bar.span;
        let end = half - SINGULAR * row.bar.size[1];
        curves.push(Curve {
            name: format!("solved, span {} mm", tick(row.bar.span)),
            points: row
                .bent
                .lower_face
                .iter()
                .copied()
                .filter(|p| p[0] <= end)
                .collect(),
            look: Look::Points,
        });
        curves.push(Curve {
            name: format!("beam theory, {} mm", tick(row.bar.span)),
            points: vec![[0.0, settings.stress], [half, 0.0]],
            look: Look::Line,
        });
    }
    vec![Chart {
        title: "Stress along the lower face, from mid-span to the support".to_owned(),
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
    let plane = row
        .bar
        .plane_deflection(row.load, row.metal.law_modulus, settings.poisson_ratio);
    let deflection = key("deflection of the middle layer");
    all.push(
        Quantity::new(deflection, row.bent.deflection, "mm", source)
            .against(plane, "plane elasticity (Timoshenko & Goodier)"),
    );
    if let Some([modulus, _]) = row.metal.printed {
        let at_printed = row.bent.deflection * row.metal.law_modulus / modulus;
        let key = key("deflection of the middle layer at the printed modulus");
        all.push(Quantity::new(key, at_printed, "mm", &printed_source()));
    }
    all
}

fn assumptions(settings: &Settings) -> Vec<Assumption> {
    let spans: Vec<String> = settings.spans.iter().map(|s| tick(*s)).collect();
    vec![
        Assumption::choice(
            "span",
            format!("{} mm", spans.join(", ")),
            "Chen et al. 2025 print the bar (10 × 10 × 80 mm) and 48 MPa, no span",
        ),
        Assumption::choice(
            "porosity of the bar",
            "one row a sample",
            "Chen et al. 2025 print none for the bar",
        ),
        assumed_poisson_ratio(settings.poisson_ratio),
    ]
}

/// What the test leaves out.
const LIMITS: &[&str] = &[
    "Linear elastic and the same in tension as in compression: no yielding, no breaking strut; \
         there is no tension law for these samples.",
    "Supports and load are lines without friction. What the rollers sink into the bar is not \
         in the deflection: under a line it grows without bound as the mesh is refined, and a \
         machine that measures its crosshead adds it.",
    "A beam's stress gradient over 10 mm spans few cells: homogenisation is rough there.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn a_span_that_is_no_span_is_refused() {
        for span in [0.0, 39.0, 79.0, 90.0, f64::NAN] {
            let mut settings = Settings::new(MetalChoice::All);
            settings.spans = vec![span];
            let refused = run(&settings, &Silent).unwrap_err().to_string();
            assert!(
                refused.contains("the span is") && refused.contains("40 to 78"),
                "{refused}"
            );
        }
    }
}
