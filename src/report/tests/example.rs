//! A made-up run in the shape of the T6 case, for the tests of this module: two bones drawn as
//! elliptic cylinders, a cage between them, six load cases. No number in it means anything.

use std::collections::BTreeMap;

use crate::assessment::criterion::Criterion;
use crate::assessment::fixation::Held;
use crate::assessment::porosity::{
    LATTICE_FILE, LatticePlace, LatticeReport, PorosityBand, PorosityReport, PorositySection,
};
use crate::assessment::resorption::RESORBING_LIMIT;
use crate::assessment::verdict::overall;
use crate::assessment::*;
use crate::material::MaterialField;
use crate::mesh::{Blocks, EDGES, ElementKind, Mesh};
use crate::model::BodyRange;
use crate::recovery::{ElementFields, TractionPoint};
use crate::report::fields::{BodyKind, CaseFields, InterfaceTraction, StateFields, Tube};
use crate::report::schema::*;
use crate::source::{Source, SourceFlag};
use crate::tensor::{Elasticity, Point, Vec3, Voigt};

/// Name, force (N), moment (N·m), service.
pub const CASES: [(&str, [f64; 3], [f64; 3], bool); 6] = [
    ("axial compression", [0.0, 0.0, -400.0], [0.0; 3], true),
    ("flexion", [0.0, 0.0, -200.0], [0.0, 7.5, 0.0], true),
    ("extension", [0.0, 0.0, -200.0], [0.0, -7.5, 0.0], true),
    (
        "right lateral bending",
        [0.0, 0.0, -200.0],
        [7.5, 0.0, 0.0],
        true,
    ),
    (
        "left axial rotation",
        [0.0, 0.0, -200.0],
        [0.0, 0.0, 7.5],
        true,
    ),
    ("strength 1650 N", [0.0, 0.0, -1650.0], [0.0; 3], false),
];

/// Owner of what [`StateFields`] borrows.
pub struct ExampleState {
    name: String,
    mesh: Mesh,
    bodies: Vec<BodyRange>,
    materials: MaterialField,
    displacement: Vec<Vec<Vec3>>,
    elements: Vec<ElementFields>,
    interfaces: Vec<Vec<(String, Vec<TractionPoint>)>>,
}

impl ExampleState {
    pub fn fused() -> Self {
        let mesh = mesh();
        let mut bodies = Vec::new();
        let (mut element, mut node) = (0, 0);
        for (region, name) in mesh.regions.iter().enumerate() {
            let count = mesh
                .region_of
                .iter()
                .filter(|&&r| r as usize == region)
                .count();
            let elements = element..element + count;
            let nodes = elements.flat_map(|e| mesh.element(e)).max();
            let end = *nodes.unwrap() as usize + 1;
            bodies.push(BodyRange {
                name: name.clone(),
                elements: element..element + count,
                nodes: node..end,
            });
            (element, node) = (element + count, end);
        }
        let table = [300.0, 1100.0]
            .map(|e| Elasticity::isotropic(e, 0.3))
            .to_vec();
        let of_element = mesh.region_of.iter().map(|&r| u32::from(r == 1)).collect();
        let count = mesh.element_count();
        let mut relative_density = vec![None; count];
        relative_density[bodies[1].elements.clone()].fill(Some(0.2));
        let factor = vec![[1.0; 4]; count];
        let materials = MaterialField {
            table,
            of_element,
            factor,
            relative_density,
        };
        Self {
            name: "fused".to_owned(),
            displacement: CASES.iter().map(|c| displacement(&mesh, c)).collect(),
            elements: CASES.iter().map(|c| element_fields(&mesh, c)).collect(),
            interfaces: CASES
                .iter()
                .map(|c| {
                    [("cage-T5", 12.5), ("cage-T7", -12.5)]
                        .map(|(name, z)| (name.to_owned(), traction_points(z, c)))
                        .to_vec()
                })
                .collect(),
            mesh,
            bodies,
            materials,
        }
    }

    pub fn fields(&self) -> StateFields<'_> {
        let cases = CASES.iter().enumerate().map(|(k, case)| CaseFields {
            name: case.0.to_owned(),
            displacement: &self.displacement[k],
            elements: &self.elements[k],
            interfaces: self.interfaces[k]
                .iter()
                .map(|(interface, points)| InterfaceTraction {
                    interface: interface.clone(),
                    points,
                })
                .collect(),
        });
        StateFields {
            name: self.name.clone(),
            mesh: &self.mesh,
            bodies: &self.bodies,
            kinds: vec![BodyKind::Bone, BodyKind::Implant, BodyKind::Bone],
            tubes: [18.0, -18.0]
                .map(|y| Tube {
                    ends: [-20.0, 20.0].map(|z| Point::new(-45.0, y, z)),
                    diameter_mm: 5.5,
                    utilisation: Some(0.4),
                })
                .to_vec(),
            materials: &self.materials,
            cases: cases.collect(),
        }
    }
}

/// A cylinder over an ellipse (waisted by `waist`, faces hollowed by `dish` mm), as Kuhn tets.
fn cylinder(
    nodes: &mut Vec<Point>,
    tets: &mut Vec<[u32; 4]>,
    counts: [usize; 2],
    place: &dyn Fn(f64, f64, f64) -> Point,
) {
    let [n, m] = counts;
    let base = nodes.len();
    let at = |i: usize, j: usize, k: usize| (base + (k * (n + 1) + j) * (n + 1) + i) as u32;
    let unit = |i: usize, n: usize| 2.0 * i as f64 / n as f64 - 1.0;
    for k in 0..=m {
        for j in 0..=n {
            for i in 0..=n {
                let (a, b) = (unit(i, n), unit(j, n));
                let (u, v) = (
                    a * (1.0 - b * b / 2.0).sqrt(),
                    b * (1.0 - a * a / 2.0).sqrt(),
                );
                nodes.push(place(u, v, unit(k, m)));
            }
        }
    }
    let axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    for cell in 0..n * n * m {
        let (i, j, k) = (cell % n, cell / n % n, cell / (n * n));
        for order in [
            [0, 1, 2],
            [1, 2, 0],
            [2, 0, 1],
            [0, 2, 1],
            [2, 1, 0],
            [1, 0, 2],
        ] {
            let mut p = [i, j, k];
            let mut tet = [at(i, j, k); 4];
            for (step, axis) in order.into_iter().enumerate() {
                (0..3).for_each(|c| p[c] += axes[axis][c]);
                tet[step + 1] = at(p[0], p[1], p[2]);
            }
            let [a, b, c, d] = tet.map(|t| nodes[t as usize]);
            if (b - a).cross(&(c - a)).dot(&(d - a)) < 0.0 {
                tet.swap(2, 3);
            }
            tets.push(tet);
        }
    }
}

/// T5, cage and T7 as one tet10 mesh, nodes of each body its own.
pub fn mesh() -> Mesh {
    let bone = |low: f64, height: f64, size: f64| {
        move |u: f64, v: f64, w: f64| {
            let r = 1.0 - 0.12 * (1.0 - w * w);
            let notch = if u < 0.0 {
                2.5 * (1.0 - v * v) * u.abs()
            } else {
                0.0
            };
            let dish = 0.6 * w * (u * u + v * v - 1.0).min(0.0);
            let z = low + height * (w + 1.0) / 2.0 + dish;
            Point::new(size * 10.5 * u * r + notch, size * 14.0 * v * r, z)
        }
    };
    let cage = |u: f64, v: f64, w: f64| Point::new(7.5 * u, 7.5 * v, 12.5 * w);
    let mut mesh = Mesh {
        nodes: Vec::new(),
        blocks: Blocks::default(),
        region_of: Vec::new(),
        regions: ["T5", "cage", "T7"].map(str::to_owned).to_vec(),
        surfaces: Vec::new(),
    };
    let places: [&dyn Fn(f64, f64, f64) -> Point; 3] =
        [&bone(12.5, 18.0, 1.0), &cage, &bone(-32.0, 19.5, 1.06)];
    for (region, place) in places.into_iter().enumerate() {
        let mut tets = Vec::new();
        cylinder(&mut mesh.nodes, &mut tets, [12, 8], place);
        append_quadratic(&mut mesh, &tets, region as u32);
    }
    mesh
}

fn append_quadratic(mesh: &mut Mesh, tets: &[[u32; 4]], region: u32) {
    let mut middle = BTreeMap::new();
    for tet in tets {
        let mut nodes = tet.to_vec();
        for [i, j] in EDGES {
            let (a, b) = (tet[i].min(tet[j]), tet[i].max(tet[j]));
            let node = *middle.entry((a, b)).or_insert_with(|| {
                let p = nalgebra::center(&mesh.nodes[a as usize], &mesh.nodes[b as usize]);
                mesh.nodes.push(p);
                mesh.nodes.len() as u32 - 1
            });
            nodes.push(node);
        }
        mesh.blocks.push(ElementKind::Tet10, &nodes);
        mesh.region_of.push(region);
    }
}

/// Near the edge, where the moment presses.
fn peak_place(case: &Case, z: f64) -> Point {
    let towards = Vec3::new(case.2[1], -case.2[0], 0.0);
    Point::new(0.0, 0.0, z) + towards.try_normalize(1e-9).unwrap_or(-Vec3::y()) * 5.9
}

type Case = (&'static str, [f64; 3], [f64; 3], bool);

/// Pressure at a place of a cage's face under a load case, MPa.
fn pressure(x: f64, y: f64, case: &Case) -> f64 {
    let (_, force, moment, _) = case;
    let r = (x * x + y * y) / 56.25;
    -force[2] / 176.7 * (0.7 + 0.6 * r.powi(3)) + 0.2 * moment[1] * x / 7.5
        - 0.16 * moment[0] * y / 7.5
        + 0.02 * moment[2] * (2.1 * x).sin()
}

fn displacement(mesh: &Mesh, case: &Case) -> Vec<Vec3> {
    let (_, force, moment, _) = case;
    let bend = |p: &Point| {
        let h = (p.z + 32.0) / 60.0;
        Vec3::new(
            moment[1] * h * h * 0.05,
            -moment[0] * h * h * 0.05,
            force[2] * h * 1e-4,
        )
    };
    mesh.nodes.iter().map(bend).collect()
}

fn element_fields(mesh: &Mesh, case: &Case) -> ElementFields {
    let stress: Vec<Voigt> = (0..mesh.element_count())
        .map(|e| {
            let c = mesh.centroid(e);
            let spread = if mesh.region_of[e] == 1 { 1.0 } else { 0.35 };
            let p = pressure(c.x * spread, c.y * spread, case) * spread;
            Voigt::new(-0.1 * p, -0.1 * p, -p, 0.0, 0.05 * p, 0.0)
        })
        .collect();
    let strain: Vec<Voigt> = stress.iter().map(|s| s / 300.0).collect();
    let energy_density: Vec<f64> = stress
        .iter()
        .zip(&strain)
        .map(|(s, e)| 0.5 * s.dot(e))
        .collect();
    ElementFields {
        stress,
        strain,
        energy_at_points: energy_density.iter().map(|u| [*u; 4]).collect(),
        energy_density,
    }
}

fn traction_points(z: f64, case: &Case) -> Vec<TractionPoint> {
    let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
    let count = 1500;
    let point = |k: usize| {
        let r = 7.5 * ((k as f64 + 0.5) / count as f64).sqrt();
        let (x, y) = (r * (golden * k as f64).cos(), r * (golden * k as f64).sin());
        let normal = Vec3::new(0.0, 0.0, z.signum());
        TractionPoint {
            position: Point::new(x, y, z),
            normal,
            area: 176.7 / count as f64,
            traction: -pressure(x, y, case) * normal,
        }
    };
    (0..count).map(point).collect()
}

fn source(citation: &str, flag: SourceFlag) -> Source {
    Source {
        citation: citation.to_owned(),
        flag,
    }
}

/// The findings of the made-up run.
pub fn findings() -> Findings {
    let mut findings = Findings::default();
    for case in &CASES {
        for (interface, endplate, z) in [
            ("cage-T5", "T5 inferior", 12.5),
            ("cage-T7", "T7 superior", -12.5),
        ] {
            findings.endplates.push(endplate_row(interface, z, case));
            findings.subsidence.extend(subsidence_rows(endplate, case));
        }
        let stress = 1.4 + 0.0012 * case.1[2].abs() + 0.15 * case.2[0].abs().max(case.2[1].abs());
        let regions = [
            (ImplantPart::Implant, "porous core", 6.9, 1.0),
            (ImplantPart::Implant, "solid rim", 172.0, 12.0),
            (
                ImplantPart::Graft,
                "graft below (cancellous-bone)",
                2.31,
                0.4,
            ),
        ];
        for (part, region, strength, share) in regions {
            let stress = share * stress;
            findings.implant.push(ImplantRow {
                state: "fused".to_owned(),
                load_case: case.0.to_owned(),
                part,
                region: region.to_owned(),
                stress_mpa: stress,
                strength_mpa: strength,
                safety_factor: strength / stress,
                ratio_band: None,
                law: "Gibson–Ashby, fitted to Chen 2025 Table 2".to_owned(),
                source: "Chen 2025, Table 2 (paper)".to_owned(),
                verdict: Verdict::of_ratio(stress / strength),
            });
        }
        rods_and_shares(&mut findings, case);
    }
    findings.stress_shielding = shielding_rows();
    findings
}

fn endplate_row(interface: &str, z: f64, case: &Case) -> EndplateRow {
    let points = traction_points(z, case);
    let p = |t: &TractionPoint| -t.traction.dot(&t.normal);
    let compressive: f64 = points.iter().map(|t| p(t).max(0.0) * t.area).sum();
    let area: f64 = points.iter().filter(|t| p(t) > 0.0).map(|t| t.area).sum();
    let peak = points.iter().map(p).fold(0.0, f64::max);
    EndplateRow {
        slip_area_mm2: None,
        state: "fused".to_owned(),
        load_case: case.0.to_owned(),
        interface: interface.to_owned(),
        kind: "traction",
        area_mm2: 176.7,
        untied_area_mm2: 0.4,
        tensile_area_mm2: 176.7 - area,
        compressive_n: compressive,
        compressive_area_mm2: area,
        net_n: [0.3, -1.2, z.signum() * case.1[2].abs()],
        mean_mpa: compressive / area,
        peak_3mm_mpa: Some(0.85 * peak),
        peak_3mm_at_mm: Some(peak_place(case, z).into()),
        peak_raw_mpa: 1.6 * peak,
        centre_mm: Some([case.2[1] * 0.4, -case.2[0] * 0.3, z]),
    }
}

fn subsidence_rows(endplate: &str, case: &Case) -> Vec<SubsidenceRow> {
    let p = 1.0 - case.1[2] / 176.7 * 0.1 + 0.11 * case.2[0].abs().max(case.2[1].abs());
    let row = |criterion: &str, value: f64, unit, limit: f64, source: &str| SubsidenceRow {
        state: "fused".to_owned(),
        load_case: case.0.to_owned(),
        endplate: endplate.to_owned(),
        kind: Criterion::Yield,
        criterion: criterion.to_owned(),
        value,
        unit,
        limit,
        ratio_band: Some([0.7 * value / limit, 1.35 * value / limit]),
        verdict: Verdict::of_ratio(value / limit),
        source: source.to_owned(),
    };
    let yielding = "Morgan & Keaveny 2001, compressive yield strain 0.77 % (recalled, unverified)";
    vec![
        row(
            "patch pressure against yield strength of cancellous bone, 0.0077 E",
            p,
            "MPa",
            2.31,
            yielding,
        ),
        row(
            "volume share within 3 mm beyond 0.77 % compressive principal strain",
            0.011 * p * p,
            "",
            0.1,
            yielding,
        ),
        row(
            "Pistoia: effective strain that 2 % of the bone within 3 mm exceeds",
            2400.0 * p,
            "µε",
            7000.0,
            "Pistoia 2002, tuned at the distal radius (secondary source)",
        ),
        row(
            "axial load against vertebral strength, 0.0068 H K",
            -case.1[2] * 1.9,
            "N",
            2840.0,
            "Buckley 2007, F = 0.0068·H·K (secondary source)",
        ),
    ]
}

fn rods_and_shares(findings: &mut Findings, case: &Case) {
    let (state, load_case) = ("fused".to_owned(), case.0.to_owned());
    let bending = 0.5 + 0.35 * case.2[0].abs().max(case.2[1].abs());
    let bent = case.2.iter().any(|m| *m != 0.0);
    for (side, sign) in [("rod left", 1.0), ("rod right", -1.0)] {
        let stress = 1000.0 * bending * 32.0 / (std::f64::consts::PI * 5.5f64.powi(3));
        findings.fixation.push(FixationRow {
            state: state.clone(),
            load_case: load_case.clone(),
            part: side.to_owned(),
            kind: "rod",
            check: Held::Strength,
            at_mm: [-45.0, sign * 18.0, -20.0],
            entry_bending_nm: None,
            axial_n: -40.0 + sign * 25.0 * case.2[0],
            shear_n: 12.5,
            bending_nm: bending,
            torsion_nm: 0.1 * case.2[2],
            stress_mpa: stress,
            limit_mpa: 500.0,
            utilisation: stress / 500.0,
            ratio_band: None,
            verdict: Some(Verdict::of_ratio(stress / 500.0)),
            source: "ISO 5832-3, half of 0.2 % proof stress (recalled, unverified)".to_owned(),
        });
    }
    let cage = if bent { 0.38 } else { 0.71 };
    let paths = [
        ("cage", cage),
        ("rod left", (1.0 - cage) * 0.54),
        ("rod right", (1.0 - cage) * 0.46),
    ];
    for (path, share) in paths {
        findings.load_sharing.push(LoadSharingRow {
            state: state.clone(),
            load_case: load_case.clone(),
            cut: "mid-cage".to_owned(),
            path: path.to_owned(),
            axial_n: share * case.1[2],
            moment_nm: case.2.map(|m| share * m),
            share,
        });
    }
}

fn shielding_rows() -> Vec<ShieldingRow> {
    let mut zones = Vec::new();
    for (side, slices) in [("superior", 3), ("inferior", 3)] {
        for slice in &["0-3 mm", "3-8 mm", "8 mm-mid-height"][..slices] {
            for quadrant in ["anterior", "posterior", "left", "right"] {
                zones.push(format!("{side} {slice} {quadrant}"));
            }
        }
    }
    zones.push("posterior elements".to_owned());
    let names = CASES.iter().filter(|c| c.3).map(|c| c.0).chain(["all"]);
    let mut rows = Vec::new();
    for (k, case) in names.enumerate() {
        for (b, body) in ["T5", "T7"].into_iter().enumerate() {
            for (z, zone) in zones.iter().enumerate() {
                let wave = ((k * 7 + z * 3 + b) as f64).sin();
                let sed_ratio = (0.7 * wave - 0.2).exp();
                let fraction = (1.1 - sed_ratio).clamp(0.0, 1.0);
                rows.push(ShieldingRow {
                    state: "fused".to_owned(),
                    load_case: case.to_owned(),
                    body: body.to_owned(),
                    zone: zone.clone(),
                    volume_mm3: 320.0 + 13.0 * z as f64,
                    sed_ratio,
                    intact_sed_mpa: 1e-3,
                    resorbing_fraction_s50: (case == "all").then_some(fraction),
                    resorbing_fraction_s75_band: None,
                    resorbing_fraction_s75: (case == "all").then_some(0.3 * fraction),
                    left_out_volume_mm3: 4.5,
                });
            }
        }
    }
    rows
}

/// Stiffer ends, 60 to 80 % over 4 mm.
fn porosity() -> PorosityReport {
    let percent = |z: f64| 60.0 + 5.0 * z.min(25.0 - z).clamp(0.0, 4.0);
    let heights = (0..25).map(|k| f64::from(k) + 0.5);
    let sizes = |z: f64| LatticePlace {
        x_mm: 0.75,
        y_mm: -0.75,
        z_mm: z,
        porosity_percent: percent(z),
        relative_density: 1.0 - percent(z) / 100.0,
        strut_mm: 0.2,
        cell_mm: 1.5,
        pore_body_mm: 1.0,
        pore_window_mm: 0.4,
        implant: "cage".to_owned(),
        material: "porous tantalum".to_owned(),
    };
    let row = |z: f64| (0..15).map(move |i| ([f64::from(i) - 7.0, z], percent(z)));
    PorosityReport {
        implant: "cage".to_owned(),
        material: "porous tantalum".to_owned(),
        field: "by height".to_owned(),
        lowest_percent: 60.5,
        mean_percent: 76.8,
        highest_percent: 80.0,
        largest_change_in_an_element_percent: 5.1,
        curve_along: "height along the implant's axis".to_owned(),
        curve: heights
            .clone()
            .map(|z| PorosityBand {
                at_mm: z,
                lowest_percent: percent(z) - 1.0,
                mean_percent: percent(z),
                highest_percent: percent(z) + 1.0,
            })
            .collect(),
        section: PorositySection {
            step_mm: 1.0,
            squares: heights.clone().flat_map(row).collect(),
        },
        lattice: Some(LatticeReport {
            cell: "rhombic-dodecahedron".to_owned(),
            kept: "cells of 1.5 mm".to_owned(),
            file: LATTICE_FILE.to_owned(),
            places: 25,
            spacing_mm: 1.5,
            frame: "the implant's".to_owned(),
            cell_mm: [1.5; 2],
            strut_mm: [0.2, 0.3],
            pore_body_mm: [0.9, 1.0],
            pore_window_mm: [0.3, 0.4],
            notes: Vec::new(),
            rows: heights.map(sizes).collect(),
        }),
    }
}

/// The whole made-up report.
pub fn report() -> RunReport {
    let findings = findings();
    let (verdict, reasons) = overall(&findings);
    RunReport {
        schema: SCHEMA,
        program: Program::this(),
        case: CaseInfo {
            title: "T6 body replacement, porous tantalum cage 15 x 25 mm, parametric spine"
                .to_owned(),
            file: "validation/t6-tantalum/case.toml".to_owned(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        },
        frame: "x anterior, y left, z cranial; mm".to_owned(),
        units: Units::default(),
        verdict,
        reasons,
        segment_motion: Vec::new(),
        resorbing_limit: RESORBING_LIMIT,
        verdict_notes: Vec::new(),
        not_checked: Vec::new(),
        materials: materials(),
        defaults: defaults(),
        placement: Some(placement()),
        porosity: vec![porosity()],
        surfaces: vec![SurfaceReport {
            body: "T5".to_owned(),
            file: "surfaces/T5.stl".to_owned(),
            triangles: 9833,
            found: vec!["a hole of 3 edges, 0.9 mm across, at triangles 12, 40, 41".to_owned()],
            done: vec!["1 hole closed flat".to_owned()],
        }],
        states: vec![state_report("intact", 0.0), state_report("fused", 1.0)],
        decks: Vec::new(),
        findings,
        warnings: vec![
            "Bone at T7 strains by 6.1 % in flexion: outside the linear range.".to_owned(),
        ],
        limits_of_the_method: [
            "Facet joints, ligaments, muscles and the rib cage are left out.",
            "Small displacements and linear materials: nothing slips, loosens, yields or heals.",
            "Cage and bone are bonded where they meet; this is the state after fusion.",
            "1650 N was measured at L1–L3 with a fixator: at T6 it is an upper bound.",
        ]
        .map(str::to_owned)
        .to_vec(),
        timing: timing(),
        threads: 2,
        peak_memory_bytes: Some(2_913_000_000),
    }
}

fn materials() -> Vec<MaterialRecord> {
    vec![
        MaterialRecord {
            name: "porous tantalum".to_owned(),
            law: "E = 14 310 (ρ/ρs)^1.96, fitted in log space".to_owned(),
            parameters: vec![
                parameter(
                    "porosity_percent",
                    80.0,
                    "%",
                    Some(source("case file line 62", SourceFlag::CaseFile)),
                ),
                parameter("youngs_modulus_mpa", 610.0, "MPa", None),
                parameter(
                    "poisson_ratio",
                    0.3,
                    "",
                    Some(source(
                        "assumed for porous metal",
                        SourceFlag::RecalledUnverified,
                    )),
                ),
                parameter("yield_mpa", 6.9, "MPa", None),
            ],
            valid_range: "porosity 60–80 %".to_owned(),
            source: source("Chen 2025, Table 2", SourceFlag::Paper),
        },
        MaterialRecord {
            name: "cancellous bone".to_owned(),
            law: "isotropic".to_owned(),
            parameters: vec![
                parameter("youngs_modulus_mpa", 300.0, "MPa", None),
                parameter("poisson_ratio", 0.2, "", None),
            ],
            valid_range: "small strain".to_owned(),
            source: source("Kopperdahl & Keaveny 1998", SourceFlag::RecalledUnverified),
        },
    ]
}

fn defaults() -> Vec<DefaultUsed> {
    vec![
        DefaultUsed {
            key: "rods.diameter_mm".to_owned(),
            value: "5.5".to_owned(),
            unit: "mm".to_owned(),
            source: source("common posterior rod", SourceFlag::RecalledUnverified),
        },
        DefaultUsed {
            key: "rods.screw_length_mm".to_owned(),
            value: "3000".to_owned(),
            unit: "N/mm".to_owned(),
            source: source(
                "between 1 and 10 kN/mm it hardly matters",
                SourceFlag::Derived,
            ),
        },
    ]
}

fn placement() -> Placement {
    Placement {
        implants: vec![ImplantPlacement {
            body: "cage".into(),
            facing_distance_mm: 24.6,
            height_mm: 25.0,
            distraction_mm: 0.4,
            grafts: Vec::new(),
        }],
        overlaps: vec![Overlap {
            bodies: ["T5".into(), "cage".into()],
            depth_mm: 0.31,
            volume_mm3: Some(12.2),
        }],
        gaps: vec![Gap {
            bodies: ["cage".into(), "T7".into()],
            mean_mm: 0.08,
            largest_mm: 0.21,
        }],
    }
}

fn timing() -> Vec<StageTime> {
    [
        ("read and place", 0.4),
        ("mesh", 6.2),
        ("solve intact", 11.9),
        ("solve fused", 17.3),
        ("assess", 1.1),
    ]
    .map(|(stage, seconds)| StageTime {
        stage: stage.to_owned(),
        seconds,
    })
    .to_vec()
}

fn parameter(key: &str, value: f64, unit: &str, source: Option<Source>) -> Parameter {
    Parameter {
        key: key.to_owned(),
        value,
        unit: unit.to_owned(),
        source,
    }
}

fn state_report(name: &str, rods: f64) -> StateReport {
    let body = |name: &str, elements, volume_mm3| BodyReport {
        name: name.to_owned(),
        elements,
        volume_mm3,
        min_dihedral_deg: 12.4,
        surface_distance_mm: Some(0.12),
    };
    let load_cases = CASES
        .iter()
        .map(|(case, force, moment, service)| LoadCaseReport {
            name: (*case).to_owned(),
            service: *service,
            applied: AppliedLoad {
                axes: "global",
                force_n: *force,
                moment_nm: *moment,
                at_mm: [0.4, 0.0, 30.5],
            },
            reaction: ReactionLoad {
                axes: "global",
                force_n: force.map(|f| -f),
                moment_nm: moment.map(|m| -m),
            },
            imbalance: 3.1e-10,
            loaded_face: FaceMotion {
                displacement_mm: [0.02, -0.01, -0.11],
                rotation_deg: moment.map(|m| m * (0.45 - 0.41 * rods)),
            },
            solver: SolverReport {
                method: "cholesky".to_owned(),
                reason: "as asked for".to_owned(),
                iterations: 1,
                true_residual: 4.2e-13,
                backward_error: 8.8e-17,
                seconds: 1.9,
                peak_bytes: 1_912_000_000,
            },
            vtu: crate::report::vtu_file_name(name, case),
        });
    StateReport {
        name: name.to_owned(),
        interfaces: Vec::new(),
        mesh: MeshReport {
            nodes: 86_312,
            elements: 58_020,
            dofs: 258_936,
            min_dihedral_deg: 12.4,
            bodies: vec![
                body("T5", 21_100, 8_120.0),
                body("cage", 14_920, 4_418.0),
                body("T7", 22_000, 9_870.0),
            ],
        },
        load_cases: load_cases.collect(),
    }
}
