//! Landmarks on a vertebra's surface: canal, posterior wall, endplates, and the column's axis.
//!
//! * Canal: the largest hole in the vertebra's shadow along the column axis.
//! * Posterior wall: the plane square to the anterior direction at the front of the canal; what
//!   lies before it is body.
//! * Endplate: the largest connected patch of body triangles whose outward normal lies within 45°
//!   of the column axis (up for the superior, down for the inferior one), inside the disc's
//!   shadow where a disc is given.
//! * Column axis: from the centroid of the lower vertebra's superior endplate to the centroid of
//!   the upper vertebra's inferior one, found by iteration, since the patches depend on it.
//!
//! Works on made and on measured surfaces alike. Must not know elements.

use std::collections::BTreeMap;

use nalgebra::{Rotation3, Translation3, UnitQuaternion};

use crate::anatomy::AnatomyError;
use crate::anatomy::silhouette::{Silhouette, View};
use crate::anatomy::vertebra::Placement;
use crate::geometry::{Aabb, TriSurface};
use crate::tensor::{Point, Vec3};

/// cos 45°: how far an endplate's normal may lean from the column axis.
const LEAN_COSINE: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// The smallest hole taken for a spinal canal, mm²: a third of a small one.
const SMALLEST_CANAL_MM2: f64 = 50.0;
/// How far off a patch a point may lie and still belong to it, mm: a chord of a 4 mm facet on the
/// rim's rounding stays below it, another face of the bone is further away.
const PATCH_TOLERANCE_MM: f64 = 1.0;
/// Turns of the axis smaller than this end the iteration, radians (0.03 mm over a body's height).
const AXIS_TOLERANCE: f64 = 1e-3;
/// On a coarse surface single triangles that enter and leave the patches make the axis waver for
/// ever; it has settled well enough when it wavers by less than this, radians (0.6°).
const AXIS_WAVER: f64 = 1e-2;
const AXIS_ITERATIONS: usize = 20;

/// The column axis of an instrumented segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnAxis {
    /// Centroid of the lower vertebra's superior endplate, mm.
    pub origin: Point,
    /// Unit vector, cranial.
    pub direction: Vec3,
    /// Distance from the origin to the centroid of the upper vertebra's inferior endplate, mm.
    pub length: f64,
}

/// An endplate on a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct EndplatePatch {
    /// Area-weighted centroid, mm.
    pub centroid: Point,
    /// Area-weighted mean of the outward normal, unit.
    pub normal: Vec3,
    /// Area, mm².
    pub area: f64,
    /// Numbers of its triangles in the surface it was found on.
    pub triangles: Vec<u32>,
    /// Corners of those triangles, mm.
    pub corners: Vec<[Point; 3]>,
    /// Column axis, pointing out of the bone.
    outward: Vec3,
    shadow: Silhouette,
}

impl EndplatePatch {
    /// Whether a facet with its middle at `point` (mm) and the outward unit `normal` belongs to
    /// the endplate: for meshes of the same bone made later.
    pub fn contains(&self, point: &Point, normal: &Vec3) -> bool {
        if normal.dot(&self.outward) < LEAN_COSINE {
            return false;
        }
        let height = self.outward.dot(&point.coords);
        self.shadow.heights_near(point).is_some_and(|[low, high]| {
            (low - PATCH_TOLERANCE_MM..=high + PATCH_TOLERANCE_MM).contains(&height)
        })
    }

    /// Angle of the mean normal to the frame's z axis in the sagittal plane, degrees: positive
    /// where the face's front is higher than its back.
    pub fn sagittal_tilt_deg(&self) -> f64 {
        (-self.normal.x / self.normal.z).atan().to_degrees()
    }

    /// The patch moved by `translation`, mm.
    pub fn translated(&self, translation: &Vec3) -> Self {
        let corners: Vec<[Point; 3]> = self
            .corners
            .iter()
            .map(|t| t.map(|p| p + translation))
            .collect();
        Self {
            centroid: self.centroid + translation,
            shadow: Silhouette::of(&corners, self.shadow.view()),
            corners,
            ..self.clone()
        }
    }

    /// Where the line through `point` along `direction` (unit) meets the patch: the parameter of
    /// the meeting furthest out of the bone, mm.
    fn meets(&self, point: &Point, direction: &Vec3) -> Option<f64> {
        let sign = self.outward.dot(direction).signum();
        self.corners
            .iter()
            .filter_map(|t| line_meets_triangle(point, direction, t))
            .map(|s| s * sign)
            .max_by(f64::total_cmp)
            .map(|s| s * sign)
    }
}

/// What was found on one vertebra.
#[derive(Debug, Clone, PartialEq)]
pub struct VertebraLandmarks {
    /// The vertebra's name.
    pub name: String,
    /// Upper endplate.
    pub superior: EndplatePatch,
    /// Lower endplate.
    pub inferior: EndplatePatch,
    /// Middle of the canal at the height of the body's middle, mm.
    pub canal: Point,
    /// A point on the posterior wall's plane, mm.
    pub posterior_wall: Point,
    /// Unit normal of that plane, anterior.
    pub anterior: Vec3,
}

impl VertebraLandmarks {
    /// Whether a point belongs to the vertebral body rather than to the posterior part.
    pub fn is_body(&self, p: &Point) -> bool {
        (p - self.posterior_wall).dot(&self.anterior) > 0.0
    }
}

/// The landmarks of a chain of vertebrae and its axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// The column axis.
    pub axis: ColumnAxis,
    /// One entry per vertebra, in the order given.
    pub vertebrae: Vec<VertebraLandmarks>,
}

impl Landmarks {
    /// The vertebra of that name.
    pub fn vertebra(&self, name: &str) -> Option<&VertebraLandmarks> {
        self.vertebrae.iter().find(|v| v.name == name)
    }
}

/// A vertebra's surface with the discs on its sides, where there are any.
#[derive(Debug, Clone, Copy)]
pub struct VertebraSurface<'a> {
    /// Its name ("T5").
    pub name: &'a str,
    /// Its closed surface.
    pub surface: &'a TriSurface,
    /// Surface of the disc above.
    pub disc_above: Option<&'a TriSurface>,
    /// Surface of the disc below.
    pub disc_below: Option<&'a TriSurface>,
}

/// Finds the endplates of all `vertebrae` and the axis from the superior endplate of `lower` to
/// the inferior endplate of `upper`. The frame's z is the rough cranial direction, x the anterior.
///
/// # Errors
/// An unknown name, a vertebra without a canal or without an endplate.
pub fn find_column(
    vertebrae: &[VertebraSurface<'_>],
    upper: &str,
    lower: &str,
) -> Result<Landmarks, AnatomyError> {
    let named = |name: &str| {
        vertebrae
            .iter()
            .find(|v| v.name == name)
            .ok_or_else(|| AnatomyError::UnknownVertebra {
                name: name.to_owned(),
                known: vertebrae.iter().map(|v| v.name.to_owned()).collect(),
            })
    };
    let (top, bottom) = (named(upper)?, named(lower)?);
    let rough = settle(top, bottom, Vec3::z(), Vec3::z())?;
    let axis = settle(top, bottom, rough.direction, rough.direction)?;
    let found: Result<Vec<_>, _> = vertebrae
        .iter()
        .map(|v| find_endplates(v, &find_canal(v, rough.direction)?, axis.direction))
        .collect();
    Ok(Landmarks {
        axis,
        vertebrae: found?,
    })
}

/// Iterates axis and patches, starting from `start`, with the canals seen along `seen_along`: they
/// are found on a grid, and moving with the axis they would keep it wavering by a grid cell.
fn settle(
    top: &VertebraSurface<'_>,
    bottom: &VertebraSurface<'_>,
    seen_along: Vec3,
    start: Vec3,
) -> Result<ColumnAxis, AnatomyError> {
    let above = find_canal(top, seen_along)?;
    let below = find_canal(bottom, seen_along)?;
    let mut direction = start;
    for iteration in 1..=AXIS_ITERATIONS {
        let from = find_endplates(bottom, &below, direction)?.superior.centroid;
        let to = find_endplates(top, &above, direction)?.inferior.centroid;
        let next = (to - from).normalize();
        let turn = next.cross(&direction).norm();
        if turn < AXIS_TOLERANCE || (iteration == AXIS_ITERATIONS && turn < AXIS_WAVER) {
            return Ok(ColumnAxis {
                origin: from,
                direction: next,
                length: (to - from).norm(),
            });
        }
        // Half steps once it wavers.
        let step = if iteration <= 4 { 1.0 } else { 0.5 };
        direction = (direction + step * (next - direction)).normalize();
    }
    Err(AnatomyError::AxisUnsettled {
        iterations: AXIS_ITERATIONS,
    })
}

/// The landmarks of one vertebra for a cranial direction (unit).
///
/// # Errors
/// [`AnatomyError::NoCanal`], [`AnatomyError::NoEndplate`].
pub fn find_vertebra(
    vertebra: &VertebraSurface<'_>,
    cranial: Vec3,
) -> Result<VertebraLandmarks, AnatomyError> {
    find_endplates(vertebra, &find_canal(vertebra, cranial)?, cranial)
}

/// A canal: a point in its middle and one on the posterior wall, and the anterior direction.
struct Canal {
    middle: Point,
    wall: Point,
    anterior: Vec3,
}

fn find_canal(vertebra: &VertebraSurface<'_>, cranial: Vec3) -> Result<Canal, AnatomyError> {
    let surface = vertebra.surface;
    let view = View::new(cranial, Vec3::x());
    let all: Vec<[Point; 3]> = (0..surface.triangles.len())
        .map(|t| surface.corners(t))
        .collect();
    let hole = Silhouette::of(&all, view)
        .largest_hole()
        .filter(|h| h.area >= SMALLEST_CANAL_MM2)
        .ok_or_else(|| AnatomyError::NoCanal {
            vertebra: vertebra.name.to_owned(),
        })?;
    let bounds = Aabb::around(&surface.vertices);
    let height = bounds.map_or(0.0, |b| {
        cranial.dot(&nalgebra::center(&b.min, &b.max).coords)
    });
    Ok(Canal {
        middle: view.point([hole.centre[0], hole.centre[1], height]),
        wall: view.point([hole.first_max, hole.centre[1], height]),
        anterior: view.first,
    })
}

fn find_endplates(
    vertebra: &VertebraSurface<'_>,
    canal: &Canal,
    cranial: Vec3,
) -> Result<VertebraLandmarks, AnatomyError> {
    let surface = vertebra.surface;
    let patch = |outward: Vec3, side: &'static str, disc: Option<&TriSurface>| {
        find_endplate(surface, outward, canal, disc).ok_or_else(|| AnatomyError::NoEndplate {
            vertebra: vertebra.name.to_owned(),
            side,
        })
    };
    let superior = patch(cranial, "superior", vertebra.disc_above)?;
    let inferior = patch(-cranial, "inferior", vertebra.disc_below)?;
    let middle = nalgebra::center(&superior.centroid, &inferior.centroid);
    // Both canal points to the height of the body's middle.
    let lift = |p: &Point| p + cranial * cranial.dot(&(middle - p));
    Ok(VertebraLandmarks {
        name: vertebra.name.to_owned(),
        canal: lift(&canal.middle),
        posterior_wall: lift(&canal.wall),
        anterior: canal.anterior,
        superior,
        inferior,
    })
}

fn find_endplate(
    surface: &TriSurface,
    outward: Vec3,
    canal: &Canal,
    disc: Option<&TriSurface>,
) -> Option<EndplatePatch> {
    let view = View::new(outward, canal.anterior);
    let corners: Vec<[Point; 3]> = (0..surface.triangles.len())
        .map(|t| surface.corners(t))
        .collect();
    let disc_shadow = disc.map(|d| {
        let triangles: Vec<_> = (0..d.triangles.len()).map(|t| d.corners(t)).collect();
        Silhouette::of(&triangles, view)
    });
    let chosen: Vec<bool> = corners
        .iter()
        .map(|&[a, b, c]| {
            let normal = (b - a).cross(&(c - a));
            let centre = Point::from((a.coords + b.coords + c.coords) / 3.0);
            normal.dot(&outward) > LEAN_COSINE * normal.norm()
                && (centre - canal.wall).dot(&canal.anterior) > 0.0
                && disc_shadow.as_ref().is_none_or(|s| s.covers(&centre))
        })
        .collect();
    let triangles = largest_component(surface, &corners, &chosen)?;
    let corners: Vec<[Point; 3]> = triangles.iter().map(|&t| corners[t as usize]).collect();
    let (mut area, mut moment, mut normal) = (0.0, Vec3::zeros(), Vec3::zeros());
    for [a, b, c] in &corners {
        let vector = 0.5 * (b - a).cross(&(c - a));
        area += vector.norm();
        moment += vector.norm() * (a.coords + b.coords + c.coords) / 3.0;
        normal += vector;
    }
    Some(EndplatePatch {
        centroid: Point::from(moment / area),
        normal: normal.normalize(),
        area,
        triangles,
        shadow: Silhouette::of(&corners, view),
        corners,
        outward,
    })
}

/// The chosen triangles connected through edges, of the largest total area.
fn largest_component(
    surface: &TriSurface,
    corners: &[[Point; 3]],
    chosen: &[bool],
) -> Option<Vec<u32>> {
    let mut by_edge: BTreeMap<[u32; 2], Vec<u32>> = BTreeMap::new();
    for (t, nodes) in surface.triangles.iter().enumerate() {
        if chosen[t] {
            for k in 0..3 {
                let (a, b) = (nodes[k], nodes[(k + 1) % 3]);
                by_edge
                    .entry([a.min(b), a.max(b)])
                    .or_default()
                    .push(t as u32);
            }
        }
    }
    let mut seen: Vec<bool> = chosen.iter().map(|c| !c).collect();
    let mut largest: Option<(f64, Vec<u32>)> = None;
    for start in 0..chosen.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut component = vec![start as u32];
        let mut next = 0;
        let mut area = 0.0;
        while let Some(&t) = component.get(next) {
            next += 1;
            let [a, b, c] = corners[t as usize];
            area += 0.5 * (b - a).cross(&(c - a)).norm();
            let nodes = surface.triangles[t as usize];
            for k in 0..3 {
                let (a, b) = (nodes[k], nodes[(k + 1) % 3]);
                for &other in by_edge.get(&[a.min(b), a.max(b)]).into_iter().flatten() {
                    if !seen[other as usize] {
                        seen[other as usize] = true;
                        component.push(other);
                    }
                }
            }
        }
        if largest.as_ref().is_none_or(|(most, _)| area > *most) {
            largest = Some((area, component));
        }
    }
    let (area, mut component) = largest?;
    component.sort_unstable();
    (area > 0.0).then_some(component)
}

/// Distances between two facing endplates along the column axis, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacingDistance {
    /// On the axis itself.
    pub on_axis: f64,
    /// Smallest under the footprint.
    pub min: f64,
    /// Largest under the footprint.
    pub max: f64,
    /// Mean under the footprint.
    pub mean: f64,
}

/// Distances from `below` (a superior endplate) up to `above` (an inferior one) along `axis`, on
/// the axis and over a round footprint of `diameter` mm about it.
///
/// # Errors
/// [`AnatomyError::FootprintOverhangs`] where a line along the axis misses one of the patches.
pub fn facing_distance(
    axis: &ColumnAxis,
    below: &EndplatePatch,
    above: &EndplatePatch,
    diameter: f64,
) -> Result<FacingDistance, AnatomyError> {
    let on_axis = height_over(axis, above, Vec3::zeros(), 0.0)?
        - height_over(axis, below, Vec3::zeros(), 0.0)?;
    let mut all = FacingDistance {
        on_axis,
        min: on_axis,
        max: on_axis,
        mean: 0.0,
    };
    for offset in footprint(axis, diameter) {
        let low = height_over(axis, below, offset, diameter)?;
        let distance = height_over(axis, above, offset, diameter)? - low;
        all.min = all.min.min(distance);
        all.max = all.max.max(distance);
        all.mean += distance / (RINGS * SPOKES) as f64;
    }
    Ok(all)
}

/// The plane that fits an endplate best under a round footprint, and what it leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FootprintPlane {
    /// Rise of the plane towards the front, across the column axis, degrees.
    pub sagittal_tilt_deg: f64,
    /// Rise of the plane towards the left, across the column axis, degrees.
    pub coronal_tilt_deg: f64,
    /// Largest height of the endplate below the plane (along the axis, cranial positive), mm.
    pub lowest: f64,
    /// Largest height of the endplate above the plane, mm.
    pub highest: f64,
}

/// Fits a plane to `patch` under a footprint of `diameter` mm about the axis (least squares of
/// the heights along the axis).
///
/// # Errors
/// [`AnatomyError::FootprintOverhangs`] where a line along the axis misses the patch.
pub fn footprint_plane(
    axis: &ColumnAxis,
    patch: &EndplatePatch,
    diameter: f64,
) -> Result<FootprintPlane, AnatomyError> {
    let view = View::new(axis.direction, Vec3::x());
    let samples: Vec<(f64, f64, f64)> = footprint(axis, diameter)
        .into_iter()
        .map(|offset| {
            let height = height_over(axis, patch, offset, diameter)?;
            Ok((offset.dot(&view.first), offset.dot(&view.second), height))
        })
        .collect::<Result<_, AnatomyError>>()?;
    // The footprint is symmetric: the three normal equations are independent of one another.
    let count = samples.len() as f64;
    let mean = samples.iter().map(|s| s.2).sum::<f64>() / count;
    let square: f64 = samples.iter().map(|s| s.0 * s.0).sum();
    let front = samples.iter().map(|s| s.0 * s.2).sum::<f64>() / square;
    let left = samples.iter().map(|s| s.1 * s.2).sum::<f64>() / square;
    let rests = samples
        .iter()
        .map(|s| s.2 - mean - front * s.0 - left * s.1);
    Ok(FootprintPlane {
        sagittal_tilt_deg: front.atan().to_degrees(),
        coronal_tilt_deg: left.atan().to_degrees(),
        lowest: rests.clone().fold(0.0, f64::min),
        highest: rests.fold(0.0, f64::max),
    })
}

/// Rings of equal area, so that a mean over the samples is one over the area.
const RINGS: usize = 8;
const SPOKES: usize = 24;

/// Offsets from the axis, across it, that cover a round footprint.
fn footprint(axis: &ColumnAxis, diameter: f64) -> Vec<Vec3> {
    let view = View::new(axis.direction, Vec3::x());
    let mut offsets = Vec::with_capacity(RINGS * SPOKES);
    for ring in 0..RINGS {
        let radius = 0.5 * diameter * ((ring as f64 + 0.5) / RINGS as f64).sqrt();
        for spoke in 0..SPOKES {
            let (sin, cos) = (std::f64::consts::TAU * spoke as f64 / SPOKES as f64).sin_cos();
            offsets.push(radius * (cos * view.first + sin * view.second));
        }
    }
    offsets
}

/// Height of a patch over the axis' origin, on the line beside the axis by `offset`, mm.
fn height_over(
    axis: &ColumnAxis,
    patch: &EndplatePatch,
    offset: Vec3,
    diameter: f64,
) -> Result<f64, AnatomyError> {
    let point = axis.origin + offset;
    patch
        .meets(&point, &axis.direction)
        .ok_or(AnatomyError::FootprintOverhangs {
            diameter_mm: diameter,
            place: point,
        })
}

/// The pose of the disc between two facing endplates: origin midway between their centroids, z
/// along the mean of their normals (cranial), x anterior.
pub fn disc_pose(above: &EndplatePatch, below: &EndplatePatch) -> Placement {
    let view = View::new(below.normal - above.normal, Vec3::x());
    let axes = nalgebra::Matrix3::from_columns(&[view.first, view.second, view.along]);
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let middle = nalgebra::center(&above.centroid, &below.centroid);
    Placement::from_parts(Translation3::from(middle.coords), turn)
}

/// Parameter along the line where it meets the triangle (either side), after Möller and Trumbore.
fn line_meets_triangle(point: &Point, direction: &Vec3, [a, b, c]: &[Point; 3]) -> Option<f64> {
    let (e1, e2) = (b - a, c - a);
    let q = direction.cross(&e2);
    let det = e1.dot(&q);
    if det.abs() < 1e-14 {
        return None;
    }
    let off = point - a;
    let u = off.dot(&q) / det;
    let r = off.cross(&e1);
    let v = direction.dot(&r) / det;
    (u >= -1e-9 && v >= -1e-9 && u + v <= 1.0 + 1e-9).then(|| e2.dot(&r) / det)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{Level, column, vertebra::Vertebra};
    use crate::geometry::SizeField;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
    use std::sync::Arc;

    fn made() -> (Vec<Arc<Vertebra>>, Vec<TriSurface>) {
        let stack = column::stack(&[Level::T5, Level::T6, Level::T7], &[]).unwrap();
        let surfaces = [&stack[0], &stack[2]]
            .map(|v| {
                let size = SizeField::uniform(2.5);
                polygonise(v.as_ref(), &size, &PolygoniseSettings::default()).unwrap()
            })
            .to_vec();
        (stack, surfaces)
    }

    fn named<'a>(name: &'a str, surface: &'a TriSurface) -> VertebraSurface<'a> {
        VertebraSurface {
            name,
            surface,
            disc_above: None,
            disc_below: None,
        }
    }

    /// The made column knows its endplates; the landmarks find them on its surface.
    #[test]
    fn the_endplates_found_on_a_made_column_are_those_it_was_made_with() {
        let (stack, surfaces) = made();
        let chain = [named("T5", &surfaces[0]), named("T7", &surfaces[1])];
        let found = find_column(&chain, "T5", "T7").unwrap();
        for (name, v) in [("T5", &stack[0]), ("T7", &stack[2])] {
            let marks = found.vertebra(name).unwrap();
            let m = v.morphometry();
            for (patch, pose, sign, width, depth) in [
                (
                    &marks.superior,
                    v.upper_endplate(),
                    1.0,
                    &m.upper_width,
                    &m.upper_depth,
                ),
                (
                    &marks.inferior,
                    v.lower_endplate(),
                    -1.0,
                    &m.lower_width,
                    &m.lower_depth,
                ),
            ] {
                let centroid = pose.inverse() * patch.centroid;
                // In the hollow (0.4 mm), on the midline, a little behind the section's origin.
                assert!(centroid.z.abs() < 0.5, "{name}: {centroid}");
                assert!(
                    centroid.y.abs() < 0.2 && (-3.0..0.5).contains(&centroid.x),
                    "{centroid}"
                );
                let lean = patch.normal.angle(&(pose * Vec3::z() * sign)).to_degrees();
                assert!(lean < 2.0, "{name}: {lean}°");
                // The patch ends where the rim leans by 45°; a kidney is not an ellipse.
                let ellipse = std::f64::consts::FRAC_PI_4 * width.mm * depth.mm;
                assert!(
                    (patch.area / ellipse - 0.95).abs() < 0.15,
                    "{name}: {}",
                    patch.area
                );
                assert!(patch.contains(&patch.centroid, &patch.normal));
                assert!(!patch.contains(&patch.centroid, &-patch.normal));
                let deep = patch.centroid - patch.normal * 8.0;
                assert!(!patch.contains(&deep, &patch.normal));
            }
            assert!(marks.is_body(&marks.superior.centroid) && !marks.is_body(&marks.canal));
            let back = v.placement().inverse() * marks.posterior_wall;
            assert!(
                (back.x + 0.5 * m.upper_depth.mm).abs() < 1.5,
                "{name}: {back}"
            );
        }
        // Along the axis lie two discs, T6 and two hollows; the middles are 24.4 mm apart.
        let (t5, t7) = (found.vertebra("T5").unwrap(), found.vertebra("T7").unwrap());
        let gap = facing_distance(&found.axis, &t7.superior, &t5.inferior, 15.0).unwrap();
        let t6 = stack[1].morphometry().mean_height();
        let wanted = 3.1 + t6 + 3.6 + 0.8;
        assert!(
            (gap.on_axis - wanted).abs() < 0.1,
            "{} for {wanted}",
            gap.on_axis
        );
        assert!(gap.min <= gap.mean && gap.mean <= gap.max && gap.max - gap.min < 1.5);
        let tilt = footprint_plane(&found.axis, &t5.inferior, 15.0).unwrap();
        let wedge = t5.inferior.sagittal_tilt_deg();
        assert!(
            (tilt.sagittal_tilt_deg - wedge).abs() < 1.0,
            "{tilt:?} {wedge}"
        );
        assert!(facing_distance(&found.axis, &t7.superior, &t5.inferior, 40.0).is_err());
    }

    #[test]
    fn a_translated_patch_is_found_where_it_went() {
        let (_, surfaces) = made();
        let marks = find_vertebra(&named("T5", &surfaces[0]), Vec3::z()).unwrap();
        let shift = Vec3::new(1.0, -2.0, 5.0);
        let moved = marks.inferior.translated(&shift);
        assert!((moved.centroid - marks.inferior.centroid - shift).norm() < 1e-12);
        assert!(moved.contains(&(marks.inferior.centroid + shift), &moved.normal));
        assert!(!moved.contains(&marks.inferior.centroid, &moved.normal));
    }

    #[test]
    fn a_body_without_a_canal_and_an_unknown_name_are_refused() {
        let ball = crate::geometry::primitive::Sphere::new(Point::origin(), 15.0).unwrap();
        let size = SizeField::uniform(4.0);
        let ball = polygonise(&ball, &size, &PolygoniseSettings::default()).unwrap();
        assert!(matches!(
            find_vertebra(&named("T6", &ball), Vec3::z()),
            Err(AnatomyError::NoCanal { vertebra }) if vertebra == "T6"
        ));
        assert!(matches!(
            find_column(&[named("T6", &ball)], "T5", "T6"),
            Err(AnatomyError::UnknownVertebra { name, .. }) if name == "T5"
        ));
    }
}
