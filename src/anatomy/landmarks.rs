//! Landmarks on vertebrae's surfaces: canal, posterior wall, endplates, and the column's axis.
//!
//! * Canal: the largest hole in the vertebra's shadow along the column axis.
//! * Posterior wall: the plane square to the anterior direction at the front of the canal; what
//!   lies before it is body. A person may give a point of it instead.
//! * Endplates: as [`endplate`](crate::anatomy::endplate) says, or as a person names them.
//! * Column axis: from the centroid of the lower vertebra's superior endplate to the centroid of
//!   the upper vertebra's inferior one, found by iteration, since the patches depend on it. Of a
//!   vertebra alone: from its inferior endplate to its superior one.
//!
//! Works on made and on measured surfaces alike. Must not know elements.

use nalgebra::{Rotation3, Translation3, UnitQuaternion};

use crate::anatomy::AnatomyError;
use crate::anatomy::body_end::Placement;
pub use crate::anatomy::endplate::{EndplatePatch, NamedPatch};
use crate::anatomy::endplate::{Search, find_endplate, find_named};
use crate::anatomy::silhouette::{Hole, Silhouette, View};
use crate::geometry::{Aabb, TriSurface};
use crate::tensor::{Point, Vec3};

/// The smallest hole taken for a spinal canal, mm²: a third of a small one.
const SMALLEST_CANAL_MM2: f64 = 50.0;
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
    /// Distance between the two centroids it runs through, mm.
    pub length: f64,
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
    /// Middle of the canal at the height of the body's middle, mm; `None` where there is no canal
    /// and a person gave the posterior wall.
    pub canal: Option<Point>,
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

/// What a person says of a vertebra, in the surface's frame, in place of what would be found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NamedPlaces {
    /// The superior endplate.
    pub superior: Option<NamedPatch>,
    /// The inferior endplate.
    pub inferior: Option<NamedPatch>,
    /// A point on the posterior wall, mm; the wall stays square to the anterior direction.
    pub posterior_wall: Option<Point>,
}

/// A vertebra's surface with the discs on its sides, where there are any.
#[derive(Debug, Clone, Copy)]
pub struct VertebraSurface<'a> {
    /// Its name ("T5").
    pub name: &'a str,
    /// Its closed surface, without the steps of voxels.
    pub surface: &'a TriSurface,
    /// Height of the steps that the bone itself has, mm; 0 for a bone without.
    pub steps: f64,
    /// Surface of the disc above.
    pub disc_above: Option<&'a TriSurface>,
    /// Surface of the disc below.
    pub disc_below: Option<&'a TriSurface>,
    /// What a person named on it.
    pub named: NamedPlaces,
}

/// Finds the endplates of all `vertebrae` and the axis from the superior endplate of `lower` to
/// the inferior endplate of `upper`; where both are one vertebra, from its inferior endplate to
/// its superior one. The frame's z is the rough cranial direction, x the anterior.
///
/// # Errors
/// An unknown name, a vertebra without a canal or without an endplate, `upper` below `lower`.
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
    let alone = top.name == bottom.name;
    let mut direction = start;
    for iteration in 1..=AXIS_ITERATIONS {
        let lower = find_endplates(bottom, &below, direction)?;
        let origin = lower.superior.centroid;
        let way = if alone {
            origin - lower.inferior.centroid
        } else {
            find_endplates(top, &above, direction)?.inferior.centroid - origin
        };
        if way.dot(&start) <= 0.0 {
            return Err(AnatomyError::UpsideDown {
                upper: top.name.to_owned(),
                lower: bottom.name.to_owned(),
            });
        }
        let next = way.normalize();
        let turn = next.cross(&direction).norm();
        if turn < AXIS_TOLERANCE || (iteration == AXIS_ITERATIONS && turn < AXIS_WAVER) {
            return Ok(ColumnAxis {
                origin,
                direction: next,
                length: way.norm(),
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

/// A canal: a point in its middle and one on the posterior wall, and the anterior direction.
struct Canal {
    middle: Option<Point>,
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
        .filter(|h| h.area >= SMALLEST_CANAL_MM2);
    let bounds = Aabb::around(&surface.vertices);
    let height = bounds.map_or(0.0, |b| {
        cranial.dot(&nalgebra::center(&b.min, &b.max).coords)
    });
    let at = |first: f64, hole: &Hole| view.point([first, hole.centre[1], height]);
    let found = hole.as_ref().map(|h| at(h.first_max, h));
    let wall = vertebra.named.posterior_wall.or(found);
    Ok(Canal {
        middle: hole.as_ref().map(|h| at(h.centre[0], h)),
        wall: wall.ok_or_else(|| AnatomyError::NoCanal {
            vertebra: vertebra.name.to_owned(),
        })?,
        anterior: view.first,
    })
}

fn find_endplates(
    vertebra: &VertebraSurface<'_>,
    canal: &Canal,
    cranial: Vec3,
) -> Result<VertebraLandmarks, AnatomyError> {
    let superior = find_side(
        vertebra,
        canal,
        &Side {
            word: "superior",
            outward: cranial,
            disc: vertebra.disc_above,
            named: vertebra.named.superior,
        },
    )?;
    let inferior = find_side(
        vertebra,
        canal,
        &Side {
            word: "inferior",
            outward: -cranial,
            disc: vertebra.disc_below,
            named: vertebra.named.inferior,
        },
    )?;
    let middle = nalgebra::center(&superior.centroid, &inferior.centroid);
    // Both canal points to the height of the body's middle.
    let lift = |p: &Point| p + cranial * cranial.dot(&(middle - p));
    Ok(VertebraLandmarks {
        name: vertebra.name.to_owned(),
        canal: canal.middle.as_ref().map(lift),
        posterior_wall: lift(&canal.wall),
        anterior: canal.anterior,
        superior,
        inferior,
    })
}

/// One side of a vertebra.
struct Side<'a> {
    word: &'static str,
    outward: Vec3,
    disc: Option<&'a TriSurface>,
    named: Option<NamedPatch>,
}

fn find_side(
    vertebra: &VertebraSurface<'_>,
    canal: &Canal,
    side: &Side<'_>,
) -> Result<EndplatePatch, AnatomyError> {
    found_side(vertebra, canal, side).map(|patch| patch.on_steps(vertebra.steps))
}

fn found_side(
    vertebra: &VertebraSurface<'_>,
    canal: &Canal,
    side: &Side<'_>,
) -> Result<EndplatePatch, AnatomyError> {
    let surface = vertebra.surface;
    if let Some(named) = &side.named {
        return find_named(surface, named).ok_or_else(|| {
            let distances = surface.vertices.iter().map(|p| (p - named.centre).norm());
            AnatomyError::NothingInPatch {
                vertebra: vertebra.name.to_owned(),
                side: side.word,
                radius_mm: named.radius,
                nearest_mm: distances.fold(f64::INFINITY, f64::min),
            }
        });
    }
    let search = Search {
        outward: side.outward,
        wall: canal.wall,
        anterior: canal.anterior,
        disc: side.disc,
    };
    find_endplate(surface, &search).ok_or_else(|| AnatomyError::NoEndplate {
        vertebra: vertebra.name.to_owned(),
        side: side.word,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{Level, column, morphometry::Measure, vertebra::Vertebra};
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

    fn find_vertebra(
        vertebra: &VertebraSurface<'_>,
        cranial: Vec3,
    ) -> Result<VertebraLandmarks, AnatomyError> {
        find_endplates(vertebra, &find_canal(vertebra, cranial)?, cranial)
    }

    fn named<'a>(name: &'a str, surface: &'a TriSurface) -> VertebraSurface<'a> {
        VertebraSurface {
            name,
            surface,
            steps: 0.0,
            disc_above: None,
            disc_below: None,
            named: NamedPlaces::default(),
        }
    }

    /// Whether a patch lies on an endplate that was made with a pose and an outward direction in it,
    /// on an ellipse of that area, mm².
    fn assert_is_made(patch: &EndplatePatch, pose: &Placement, outward: Vec3, ellipse: f64) {
        let centroid = pose.inverse() * patch.centroid;
        // In the hollow (0.4 mm), on the midline, a little behind the section's origin.
        assert!(centroid.z.abs() < 0.5, "{centroid}");
        assert!(
            centroid.y.abs() < 0.2 && (-3.0..0.5).contains(&centroid.x),
            "{centroid}"
        );
        let lean = patch.normal.angle(&(pose * outward)).to_degrees();
        assert!(lean < 2.0, "{lean}°");
        // The patch ends where the rim leans by 45°; a kidney is not an ellipse.
        let share = patch.area / ellipse;
        assert!((share - 0.95).abs() < 0.15, "{share}");
        assert!(patch.contains(&patch.centroid, &patch.normal));
        assert!(!patch.contains(&patch.centroid, &-patch.normal));
        let deep = patch.centroid - patch.normal * 8.0;
        assert!(!patch.contains(&deep, &patch.normal));
    }

    /// The made column knows its endplates; the landmarks find them on its surface.
    #[test]
    fn the_endplates_found_on_a_made_column_are_those_it_was_made_with() {
        let (stack, surfaces) = made();
        let chain = [named("T5", &surfaces[0]), named("T7", &surfaces[1])];
        let found = find_column(&chain, "T5", "T7").unwrap();
        for (name, v) in [("T5", &stack[0]), ("T7", &stack[2])] {
            let marks = found.vertebrae.iter().find(|v| v.name == name).unwrap();
            let m = v.morphometry();
            let ellipse = |w: &Measure, d: &Measure| std::f64::consts::FRAC_PI_4 * w.mm * d.mm;
            let upper = ellipse(&m.upper_width, &m.upper_depth);
            let lower = ellipse(&m.lower_width, &m.lower_depth);
            assert_is_made(&marks.superior, &v.upper_endplate(), Vec3::z(), upper);
            assert_is_made(&marks.inferior, &v.lower_endplate(), -Vec3::z(), lower);
            assert!(
                marks.is_body(&marks.superior.centroid) && !marks.is_body(&marks.canal.unwrap())
            );
            let back = v.placement().inverse() * marks.posterior_wall;
            assert!(
                (back.x + 0.5 * m.upper_depth.mm).abs() < 1.5,
                "{name}: {back}"
            );
        }
    }

    /// A patch 4 mm before the found one's middle and 8 mm around it lies where it was named; on
    /// rough triangles of 2.5 mm its rim is known to half an edge, its area to a tenth.
    #[test]
    fn a_named_patch_is_found_where_it_was_named_and_moves_the_axis() {
        let (_, surfaces) = made();
        let mut chain = [named("T5", &surfaces[0]), named("T7", &surfaces[1])];
        let plain = find_column(&chain, "T5", "T7").unwrap();
        let found = &plain.vertebrae[1].superior;
        assert!(!found.is_named);
        let centre = found.centroid + plain.vertebrae[1].anterior * 4.0;
        chain[1].named.superior = Some(NamedPatch {
            centre,
            normal: found.normal,
            radius: 8.0,
        });
        let moved = find_column(&chain, "T5", "T7").unwrap();
        let patch = &moved.vertebrae[1].superior;
        assert!(patch.is_named);
        assert!((patch.centroid - centre).norm() < 1.0, "{}", patch.centroid);
        let disc = std::f64::consts::PI * 64.0;
        assert!((patch.area / disc - 1.0).abs() < 0.1, "{}", patch.area);
        assert_eq!(moved.axis.origin, patch.centroid);
        // The other faces follow the axis alone: 4 mm over a length of about 25 mm.
        let turn = moved.axis.direction.angle(&plain.axis.direction);
        assert!((0.1..0.2).contains(&turn), "{turn}");
        assert!(patch.contains(&patch.centroid, &patch.normal));
        assert!(!patch.contains(
            &(found.centroid - plain.vertebrae[1].anterior * 9.0),
            &patch.normal
        ));
    }

    #[test]
    fn a_named_patch_without_a_surface_that_faces_its_way_is_refused() {
        let (_, surfaces) = made();
        let mut t5 = named("T5", &surfaces[0]);
        let found = find_vertebra(&t5, Vec3::z()).unwrap().superior;
        let away = |centre, normal| NamedPatch {
            centre,
            normal,
            radius: 8.0,
        };
        for (patch, near) in [
            (away(found.centroid + Vec3::z() * 30.0, Vec3::z()), 30.0),
            (away(found.centroid, -Vec3::z()), 0.0),
        ] {
            t5.named.superior = Some(patch);
            let Err(AnatomyError::NothingInPatch {
                vertebra,
                side,
                nearest_mm,
                ..
            }) = find_vertebra(&t5, Vec3::z())
            else {
                panic!("the patch was found");
            };
            assert_eq!((vertebra.as_str(), side), ("T5", "superior"));
            // The nearest vertex lies on the hollow face, within an edge of its middle.
            assert!((nearest_mm - near).abs() < 2.5, "{nearest_mm}");
        }
    }

    #[test]
    fn a_named_posterior_wall_parts_the_body_there_and_needs_no_canal() {
        let (_, surfaces) = made();
        let mut t5 = named("T5", &surfaces[0]);
        let plain = find_vertebra(&t5, Vec3::z()).unwrap();
        let wall = plain.posterior_wall + plain.anterior * 6.0;
        t5.named.posterior_wall = Some(wall);
        let moved = find_vertebra(&t5, Vec3::z()).unwrap();
        assert!((moved.posterior_wall - wall).dot(&moved.anterior).abs() < 1e-12);
        let between = plain.posterior_wall + plain.anterior * 3.0;
        assert!(plain.is_body(&between) && !moved.is_body(&between));
        // The endplates found end at the wall too.
        assert!(moved.superior.area < 0.9 * plain.superior.area);

        let ball = crate::geometry::primitive::Sphere::new(Point::origin(), 15.0).unwrap();
        let size = SizeField::uniform(2.0);
        let ball = polygonise(&ball, &size, &PolygoniseSettings::default()).unwrap();
        let mut body = named("T6", &ball);
        body.named.posterior_wall = Some(Point::new(-15.0, 0.0, 0.0));
        let found = find_vertebra(&body, Vec3::z()).unwrap();
        assert!(found.canal.is_none());
        // The cap of a ball within 45° of its pole: 2 π r² (1 − cos 45°).
        let cap = std::f64::consts::TAU * 225.0 * (1.0 - std::f64::consts::FRAC_1_SQRT_2);
        assert!(
            (found.superior.area / cap - 1.0).abs() < 0.05,
            "{}",
            found.superior.area
        );
    }

    /// The frame of a vertebra alone is that of its own two endplates.
    #[test]
    fn a_vertebra_alone_has_an_axis_up_through_its_own_endplates() {
        let (stack, surfaces) = made();
        let alone = [named("T5", &surfaces[0])];
        let found = find_column(&alone, "T5", "T5").unwrap();
        let t5 = &found.vertebrae[0];
        assert_eq!(found.axis.origin, t5.superior.centroid);
        let way = t5.superior.centroid - t5.inferior.centroid;
        assert!((found.axis.length / way.norm() - 1.0).abs() < 0.01);
        assert!(found.axis.direction.angle(&way) < 0.02);
        let cranial = stack[0].placement() * Vec3::z();
        // The endplates' middles lie over each other within 1 mm of 17.
        assert!(found.axis.direction.angle(&cranial).to_degrees() < 4.0);
        assert!((found.axis.length - stack[0].morphometry().mean_height()).abs() < 1.5);
    }

    #[test]
    fn vertebrae_named_the_wrong_way_round_are_refused() {
        let (_, surfaces) = made();
        let chain = [named("T5", &surfaces[0]), named("T7", &surfaces[1])];
        assert!(matches!(
            find_column(&chain, "T7", "T5"),
            Err(AnatomyError::UpsideDown { upper, lower }) if upper == "T7" && lower == "T5"
        ));
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
