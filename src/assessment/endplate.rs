//! What an interface hands to the bone: resultants, areas and patch pressure.
//!
//! With p = −t·n (compression positive) over the quadrature points of an interface: compressive
//! resultant ∫max(p, 0), areas under compression and tension, centre of pressure, net resultant.
//! The pressure that is compared with strength is a mean over a disc of 3 mm diameter, the size
//! of an indenter: the edge of a stiff cage is a singularity and a single value there grows with
//! refinement. A tied interface carries tension; its result is traction, never contact pressure.
//! Must not know what is on either side.

use rayon::prelude::*;
use serde::Serialize;

use super::error::AssessmentError;
use super::missing::nulls;
use super::neighbours::PointGrid;
use super::table::{Cell, Column, Finding, Layout, Shown, column};
use crate::recovery::TractionPoint;
use crate::tensor::{Point, Vec3};

/// Diameter of the patch, mm.
pub const PATCH_DIAMETER: f64 = 3.0;

/// Share of the patch that the face must cover for the patch to lie inside it. The area of a
/// patch is known through quadrature points to about a per cent; what is lost by 1.5 % is
/// a segment 0.13 mm high, and counts as free of pressure.
const INSIDE: f64 = 0.985;

/// Distance between the centres tried, mm.
const STEP: f64 = 0.2;

/// Traction on one endplate.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct EndplateRow {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Interface, "cage-T5".
    pub interface: String,
    /// "traction" where tied, "contact" where unilateral.
    pub kind: &'static str,
    /// Area of the face, mm².
    pub area_mm2: f64,
    /// Part of it that found no partner, mm².
    pub untied_area_mm2: f64,
    /// Area under tension, mm².
    pub tensile_area_mm2: f64,
    /// ∫ max(p, 0), N.
    pub compressive_n: f64,
    /// Area under compression, mm².
    pub compressive_area_mm2: f64,
    /// Area that slides, mm²; of contact alone.
    pub slip_area_mm2: Option<f64>,
    /// Resultant on the bone, N.
    pub net_n: [f64; 3],
    /// Compressive resultant over compressive area, MPa.
    pub mean_mpa: f64,
    /// Largest mean of max(p, 0) over discs of 3 mm diameter wholly inside the face, MPa; `None`
    /// (null) where no disc fits.
    pub peak_3mm_mpa: Option<f64>,
    /// Centre of that disc, mm: the nearest quadrature point.
    #[serde(serialize_with = "nulls")]
    pub peak_3mm_at_mm: Option<[f64; 3]>,
    /// Largest single value, MPa: grows with refinement at an edge.
    pub peak_raw_mpa: f64,
    /// Centre of pressure, mm; `None` (nulls) where nothing is compressed.
    #[serde(serialize_with = "nulls")]
    pub centre_mm: Option<[f64; 3]>,
}

impl Finding for EndplateRow {
    const LAYOUT: &'static Layout = &Layout {
        caption: "Traction on the endplates",
        note: Some(
            "The raw peak grows as the mesh is refined at an edge and decides nothing; the 3 mm peak is the largest mean over a disc of 3 mm.",
        ),
        shown: Shown::Explains,
        groups: &[],
    };
    const COLUMNS: &'static [Column<Self>] = &[
        column("state", "", |r| Cell::Text(&r.state)),
        column("load case", "", |r| Cell::Text(&r.load_case)),
        column("interface", "", |r| Cell::Text(&r.interface)),
        column("kind", "", |r| Cell::Text(r.kind)),
        column("area", "mm²", |r| Cell::Tenths(r.area_mm2)),
        column("untied", "mm²", |r| Cell::Tenths(r.untied_area_mm2)),
        column("in tension", "mm²", |r| Cell::Tenths(r.tensile_area_mm2)),
        column("in compression", "mm²", |r| {
            Cell::Tenths(r.compressive_area_mm2)
        }),
        column("sliding", "mm²", |r| {
            r.slip_area_mm2.map_or(Cell::Blank, Cell::Tenths)
        }),
        column("compressive resultant", "N", |r| {
            Cell::Number(r.compressive_n)
        }),
        column("net force on the bone x, y, z", "N", |r| {
            Cell::Vector(r.net_n)
        }),
        column("mean", "MPa", |r| Cell::Number(r.mean_mpa)),
        column("3 mm peak", "MPa", |r| {
            r.peak_3mm_mpa.map_or(Cell::Missing, Cell::Number)
        }),
        column("raw peak", "MPa", |r| Cell::Number(r.peak_raw_mpa)),
        column("centre of pressure x, y, z", "mm", |r| {
            Cell::Point(r.centre_mm)
        }),
    ];
}

/// An interface under one load case.
#[derive(Debug, Clone, Copy)]
pub struct Interface<'a> {
    /// State.
    pub state: &'a str,
    /// Load case.
    pub load_case: &'a str,
    /// Name ("cage-T5").
    pub name: &'a str,
    /// "traction" where tied, "contact" where unilateral.
    pub kind: &'static str,
    /// Area that slides, mm²; of contact alone.
    pub slip_area: Option<f64>,
    /// Tractions.
    pub points: &'a [TractionPoint],
    /// Whether the bone is side A, on which the recovered traction acts.
    pub bone_is_side_a: bool,
    /// Area of the face, mm².
    pub area: f64,
    /// Part of it without a partner, mm².
    pub untied_area: f64,
}

/// Assesses one interface under one load case.
///
/// # Errors
/// An interface without points.
pub fn assess_endplate(interface: &Interface) -> Result<EndplateRow, AssessmentError> {
    let points = interface.points;
    if points.is_empty() {
        return Err(AssessmentError::Empty {
            what: interface.name.to_owned(),
        });
    }
    let (mut compressive, mut compressive_area, mut tensile_area) = (0.0, 0.0, 0.0);
    let (mut moment, mut net, mut raw) = (Vec3::zeros(), Vec3::zeros(), f64::NEG_INFINITY);
    for point in points {
        let p = pressure(point);
        if p > 0.0 {
            compressive += p * point.area;
            compressive_area += point.area;
            moment += p * point.area * point.position.coords;
        } else if p < 0.0 {
            tensile_area += point.area;
        }
        net += point.area * point.traction;
        raw = raw.max(p);
    }
    if !interface.bone_is_side_a {
        net = -net;
    }
    let peak = Patches::new(points).peak_at(points);
    Ok(EndplateRow {
        state: interface.state.to_owned(),
        load_case: interface.load_case.to_owned(),
        interface: interface.name.to_owned(),
        kind: interface.kind,
        area_mm2: interface.area,
        untied_area_mm2: interface.untied_area,
        tensile_area_mm2: tensile_area,
        compressive_n: compressive,
        compressive_area_mm2: compressive_area,
        slip_area_mm2: interface.slip_area,
        net_n: net.into(),
        mean_mpa: if compressive_area > 0.0 {
            compressive / compressive_area
        } else {
            0.0
        },
        peak_3mm_mpa: peak.map(|(mean, _)| mean),
        peak_3mm_at_mm: peak.map(|(_, centre)| centre.into()),
        peak_raw_mpa: raw.max(0.0),
        centre_mm: (compressive > 0.0).then(|| (moment / compressive).into()),
    })
}

/// −t·n, MPa: positive where the two sides press on each other.
pub fn pressure(point: &TractionPoint) -> f64 {
    -point.traction.dot(&point.normal)
}

/// A point of a face in its plane.
#[derive(Debug, Clone, Copy)]
struct FlatPoint {
    /// Place, z = 0.
    place: Point,
    /// Area it stands for there, mm².
    area: f64,
    /// Radius of a disc of that area, mm; never zero.
    own_radius: f64,
}

/// The face laid flat along its mean normal, its points binned. One per interface serves all
/// load cases.
#[derive(Debug)]
pub struct Patches {
    flat: Vec<FlatPoint>,
    grid: PointGrid,
    /// Corners of the plane's rectangle.
    bounds: [Point; 2],
    /// Radius of the largest point's own area, mm.
    largest: f64,
}

impl Patches {
    /// Lays the points of a face flat.
    pub fn new(points: &[TractionPoint]) -> Self {
        let sum: Vec3 = points.iter().map(|p| p.area * p.normal).sum();
        let normal = sum.try_normalize(0.0).unwrap_or(Vec3::z());
        let across = normal.cross(&Vec3::ith(normal.iamin(), 1.0)).normalize();
        let along = normal.cross(&across);
        let flat: Vec<FlatPoint> = points
            .iter()
            .map(|p| {
                let x = &p.position.coords;
                let area = p.area * p.normal.dot(&normal).max(0.0);
                FlatPoint {
                    place: Point::new(x.dot(&across), x.dot(&along), 0.0),
                    area,
                    own_radius: (area / std::f64::consts::PI).sqrt().max(1e-9),
                }
            })
            .collect();
        let places: Vec<Point> = flat.iter().map(|p| p.place).collect();
        let first = places.first().copied().unwrap_or_default();
        let bounds = places
            .iter()
            .fold([first; 2], |[low, high], p| [low.inf(p), high.sup(p)]);
        let largest = flat.iter().map(|p| p.own_radius).fold(0.0, f64::max);
        let grid = PointGrid::new(&places, PATCH_DIAMETER / 6.0);
        Self {
            flat,
            grid,
            bounds,
            largest,
        }
    }

    /// Largest mean of max(p, 0) over discs of 3 mm diameter lying wholly inside the face, MPa,
    /// and the quadrature point nearest to the disc's centre, mm; `None` where no disc does.
    /// `points` are the face's, with the tractions of one load case.
    ///
    /// Centres are tried on a square lattice. A point whose own area straddles the rim of the
    /// disc counts with the share of its radius inside, which makes the covered area smooth in
    /// the centre.
    pub fn peak_at(&self, points: &[TractionPoint]) -> Option<(f64, Point)> {
        let pressed: Vec<f64> = points.iter().map(|p| pressure(p).max(0.0)).collect();
        let [low, high] = self.bounds;
        let steps = |axis: usize| ((high[axis] - low[axis]) / STEP).ceil() as usize;
        // Rows come in order and ties keep the first, so that any thread count picks the same.
        let larger = |a: Option<(f64, Point)>, b: Option<(f64, Point)>| match (a, b) {
            (Some(a), Some(b)) => Some(if b.0 > a.0 { b } else { a }),
            (a, b) => a.or(b),
        };
        let row = |i: usize| {
            (0..=steps(1))
                .map(|j| low + Vec3::new(i as f64 * STEP, j as f64 * STEP, 0.0))
                .map(|centre| Some((self.mean_at(&centre, &pressed)?, centre)))
                .fold(None, larger)
        };
        let (mean, centre) = (0..=steps(0))
            .into_par_iter()
            .map(row)
            .reduce(|| None, larger)?;
        let distance = |k: &usize| (self.flat[*k].place - centre).norm_squared();
        let nearest = (0..points.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some((mean, points[nearest].position))
    }

    /// Mean over the disc about `centre`, or `None` where the face does not cover it.
    fn mean_at(&self, centre: &Point, pressed: &[f64]) -> Option<f64> {
        let radius = 0.5 * PATCH_DIAMETER;
        let (mut force, mut covered) = (0.0, 0.0);
        self.grid.visit(centre, radius + self.largest, |i| {
            let point = &self.flat[i];
            let own = point.own_radius;
            let inside = (radius + own - (point.place - centre).norm()) / (2.0 * own);
            let area = point.area * inside.clamp(0.0, 1.0);
            covered += area;
            force += pressed[i] * area;
        });
        let whole = std::f64::consts::PI * radius * radius;
        (covered >= INSIDE * whole).then(|| force / covered.max(whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Quadrature points of a round face of radius `radius` in a tilted plane, in `rings` rings of
    /// nearly square cells, under the pressure `p(x, y)`.
    fn face(radius: f64, rings: usize, p: impl Fn(f64, f64) -> f64) -> Vec<TractionPoint> {
        let turn = nalgebra::Rotation3::from_euler_angles(0.3, -0.5, 0.9);
        let normal = turn * Vec3::z();
        let dr = radius / rings as f64;
        let mut points = Vec::new();
        for ring in 0..rings {
            let r = (ring as f64 + 0.5) * dr;
            let sectors = (2.0 * PI * r / dr).round().max(3.0);
            for k in 0..sectors as usize {
                let angle = 2.0 * PI * (k as f64 + 0.5 * (ring % 2) as f64) / sectors;
                let (x, y) = (r * angle.cos(), r * angle.sin());
                points.push(TractionPoint {
                    position: Point::new(30.0, -20.0, 10.0) + turn * Vec3::new(x, y, 0.0),
                    normal,
                    area: 2.0 * PI * r * dr / sectors,
                    traction: -p(x, y) * normal,
                });
            }
        }
        points
    }

    fn row(points: &[TractionPoint]) -> EndplateRow {
        assess_endplate(&Interface {
            state: "fused",
            load_case: "axial",
            name: "cage-T5",
            kind: "traction",
            slip_area: None,
            points,
            bone_is_side_a: true,
            area: 180.0,
            untied_area: 2.0,
        })
        .unwrap()
    }

    fn peak(row: &EndplateRow) -> f64 {
        row.peak_3mm_mpa.unwrap()
    }

    #[test]
    fn a_uniform_pressure_is_its_own_peak_and_acts_at_the_middle() {
        let row = row(&face(7.5, 30, |_, _| 2.0));
        let area = PI * 7.5 * 7.5;
        assert!((row.compressive_n - 2.0 * area).abs() < 1e-9);
        assert!((row.compressive_area_mm2 - area).abs() < 1e-9 && row.tensile_area_mm2 == 0.0);
        for value in [row.mean_mpa, peak(&row), row.peak_raw_mpa] {
            assert!((value - 2.0).abs() < 1e-12);
        }
        let centre = Point::from(Vec3::from(row.centre_mm.unwrap()));
        assert!((centre - Point::new(30.0, -20.0, 10.0)).norm() < 1e-9);
        assert!((Vec3::from(row.net_n).norm() - 2.0 * area).abs() < 1e-9);
    }

    #[test]
    fn a_linear_pressure_that_turns_to_tension_has_the_resultants_of_the_closed_form() {
        // p = k x on a disc: ∫₊ = 2kR³/3, centre at 3πR/16, net zero, half the area each.
        let (k, radius) = (0.4, 7.5);
        let row = row(&face(radius, 60, |x, _| k * x));
        let expected = 2.0 * k * radius.powi(3) / 3.0;
        // Rings of midpoints: second order in 1/60.
        assert!(
            (row.compressive_n / expected - 1.0).abs() < 2e-3,
            "{}",
            row.compressive_n
        );
        assert!(Vec3::from(row.net_n).norm() < 1e-9 * expected);
        assert!((row.tensile_area_mm2 / row.compressive_area_mm2 - 1.0).abs() < 0.02);
        let centre = Point::from(Vec3::from(row.centre_mm.unwrap()));
        let arm = (centre - Point::new(30.0, -20.0, 10.0)).norm();
        assert!(
            (arm / (3.0 * PI * radius / 16.0) - 1.0).abs() < 2e-3,
            "{arm}"
        );
        // The best disc touches the rim: mean k(R − 1.5). It may stick out by 0.13 mm, 2.2 % of
        // R − 1.5, of which the missing segment takes back about half.
        let exact = k * (radius - 1.5);
        assert!((peak(&row) / exact - 1.0).abs() < 0.03, "{}", peak(&row));
    }

    #[test]
    fn a_hertz_pressure_has_its_patch_mean_at_the_middle() {
        // p₀√(1 − r²/a²): mean over r < R is (2p₀a²/3R²)[1 − (1 − R²/a²)^{3/2}].
        let (p0, a) = (10.0, 4.0);
        let row = row(&face(a, 40, |x, y| {
            p0 * (1.0 - (x * x + y * y) / (a * a)).max(0.0).sqrt()
        }));
        let s = (1.5f64 / a).powi(2);
        let exact = 2.0 * p0 / (3.0 * s) * (1.0 - (1.0 - s).powf(1.5));
        // Smooth at its maximum: centres within 0.15 mm and a smoothed rim change it by 0.1 %.
        assert!(
            (peak(&row) / exact - 1.0).abs() < 2e-3,
            "{} {exact}",
            peak(&row)
        );
        assert!((row.compressive_n / (2.0 / 3.0 * PI * a * a * p0) - 1.0).abs() < 2e-3);
    }

    /// Mean of the punch's P/(2πa√(a²−r²)) over a disc of 1.5 mm touching the rim, by polar
    /// integration about the face's centre: at r the disc spans the angle 2 acos((r² + d² − R²)/2rd).
    fn punch_patch(force: f64, a: f64) -> f64 {
        let (radius, n) = (0.5 * PATCH_DIAMETER, 200_000);
        let d = a - radius;
        // Substituting r = a sin t removes the singularity at the rim.
        let (t0, t1) = (((a - 2.0 * radius) / a).asin(), PI / 2.0);
        let dt = (t1 - t0) / f64::from(n);
        let sum: f64 = (0..n)
            .map(|i| {
                let r = a * (t0 + (f64::from(i) + 0.5) * dt).sin();
                let cosine = (r * r + d * d - radius * radius) / (2.0 * r * d);
                2.0 * cosine.clamp(-1.0, 1.0).acos() * r * dt
            })
            .sum();
        force / (2.0 * PI * a) * sum / (PI * radius * radius)
    }

    #[test]
    fn a_flat_punch_has_a_bounded_patch_peak_while_its_raw_peak_grows() {
        let (force, a) = (1000.0, 5.0);
        let exact = punch_patch(force, a);
        let p =
            |x: f64, y: f64| force / (2.0 * PI * a * (a * a - (x * x + y * y)).max(1e-12).sqrt());
        let (coarse, fine) = (row(&face(a, 12, p)), row(&face(a, 50, p)));
        // Midpoints miss part of the integrable singularity in the last ring (order √h), and the
        // disc may stick out by 0.13 mm into nothing from where the pressure is largest: 5 %.
        for row in [&coarse, &fine] {
            assert!(
                (peak(row) / exact - 1.0).abs() < 0.05,
                "{} {exact}",
                peak(row)
            );
        }
        assert!((peak(&fine) / peak(&coarse) - 1.0).abs() < 0.05);
        assert!(fine.peak_raw_mpa > 1.8 * coarse.peak_raw_mpa);
    }

    #[test]
    fn the_side_of_the_bone_decides_the_sign_of_the_net_force_only() {
        let points = face(7.5, 10, |x, _| 1.0 + 0.1 * x);
        let a = row(&points);
        let b = assess_endplate(&Interface {
            state: "fused",
            load_case: "axial",
            name: "cage-T5",
            kind: "traction",
            slip_area: None,
            points: &points,
            bone_is_side_a: false,
            area: 180.0,
            untied_area: 2.0,
        })
        .unwrap();
        assert!((Vec3::from(a.net_n) + Vec3::from(b.net_n)).norm() < 1e-12);
        assert_eq!(a.compressive_n, b.compressive_n);
    }

    #[test]
    fn a_face_smaller_than_the_patch_has_no_patch_peak_and_an_empty_one_is_refused() {
        let small = row(&face(1.3, 10, |_, _| 1.0));
        assert_eq!((small.peak_3mm_mpa, small.peak_3mm_at_mm), (None, None));
        let pulled = row(&face(7.5, 10, |_, _| -1.0));
        assert_eq!(
            (pulled.compressive_n, pulled.mean_mpa, peak(&pulled)),
            (0.0, 0.0, 0.0)
        );
        assert!(pulled.centre_mm.is_none() && pulled.peak_raw_mpa == 0.0);
        let empty = Interface {
            state: "fused",
            load_case: "axial",
            name: "cage-T5",
            kind: "traction",
            slip_area: None,
            points: &[],
            bone_is_side_a: true,
            area: 0.0,
            untied_area: 0.0,
        };
        assert!(matches!(
            assess_endplate(&empty),
            Err(AssessmentError::Empty { .. })
        ));
    }
}
