//! A vertebral body replacement: a cylinder between two facing endplates, its ends flat or fitted
//! to the bones, with screw tracks and solid parts.
//!
//! * Axis: through the two facing endplates' centroids. Height: measured on the axis. Where cage and
//!   stand-offs together are higher than the facing distance, the upper vertebra moves along the
//!   axis by the difference (positive: distraction).
//! * Stand-off: what a flat end keeps from its bone at the tightest place under it, measured along
//!   the axis. An endplate is hollow, so a flat end first meets its rim; with o across the axis, b(o)
//!   the bone's and e(o) the end's height over their places on the axis, the end's middle stands
//!   max over o of (stand-off ± (b(o) − e(o))) off the bone, + below and − above. What fills the
//!   space is a graft: the cylinder beyond the end's plane, less the bone. At least as thick as the
//!   stand-off everywhere, it has no edge of vanishing thickness and a full section to be tied on.
//! * Sagittal angle α: split half and half; positive makes the front shorter (kyphosis). The flat
//!   ends' outward normals are ±cos(α/2) axis + sin(α/2) anterior. Fitted ends follow the bones and
//!   leave α to them.
//! * Screw tracks: as [`screw_track`] says.
//!
//! The edges are hard: max of exact primitives and the bones' complements. Must not know meshes or
//! materials.

pub mod screw_track;
mod ends;

use std::sync::Arc;

use crate::geometry::End;
use crate::geometry::error::GeometryError;
use crate::geometry::field::{Complement, Intersection};
use crate::geometry::primitive::{Bounded, Cylinder, HalfSpace, capped_cylinder};
use crate::geometry::{Aabb, Field, SharedField};
use crate::tensor::{Point, Vec3};

pub use ends::EndHeights;
pub use screw_track::{PlacedTrack, ScrewTrack};
use screw_track::{bore, check_track};

/// A fitted cage reaches this far into the bones before they are cut away, beyond the deepest
/// point under its ends, mm.
const REACH_INTO_BONE_MM: f64 = 1.5;
/// Steps at which a bone's surface is looked for along a line, mm.
const SEARCH_STEP_MM: f64 = 0.25;

/// Rings and places on each at which a bone is looked for under an end.
const RINGS: i32 = 4;
const SPOKES: i32 = 24;

/// The shape of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndShape {
    /// Two planes.
    Flat,
    /// The bones' own surfaces.
    Fitted,
}

/// Height on the axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CageHeight {
    /// The distance between the two endplates as they stand.
    Fit,
    /// A stated one, mm.
    Stated(f64),
}

/// A part of the cage that is printed solid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SolidPart {
    /// A wall along the cylinder's side, of this thickness, mm.
    Side(f64),
    /// A plate of this thickness along one end, measured along the axis, mm.
    Plate(End, f64),
    /// A rod on the axis of this diameter, mm.
    Core(f64),
}

/// What the cage shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct CageSpec {
    /// Diameter of the cylinder, mm.
    pub diameter: f64,
    /// Height on the axis.
    pub height: CageHeight,
    /// Sagittal angle between flat ends, degrees; positive: front shorter.
    pub sagittal_angle_deg: f64,
    /// Shape of the ends.
    pub ends: EndShape,
    /// Smallest distances of flat ends, superior and inferior, from their bones, measured along
    /// the axis, mm; fitted ends lie on them.
    pub stand_off: [f64; 2],
    /// Screw tracks.
    pub screw_tracks: Vec<ScrewTrack>,
    /// Solid parts; where they overlap the first one named wins.
    pub solids: Vec<SolidPart>,
}

/// Where the cage goes: the two bones and the centroids of their facing endplates.
#[derive(Clone)]
pub struct CageSite {
    /// The vertebra above, as it stands.
    pub upper: SharedField,
    /// The vertebra below.
    pub lower: SharedField,
    /// Centroid of the upper vertebra's inferior endplate, mm.
    pub upper_centroid: Point,
    /// Centroid of the lower vertebra's superior endplate, mm.
    pub lower_centroid: Point,
    /// Anterior direction; its part across the axis is used.
    pub anterior: Vec3,
}

/// A cage in its place.
pub struct Cage {
    /// The solid.
    pub field: SharedField,
    /// Middle of the lower end, on the axis, mm; on the bone where the ends are fitted.
    pub base: Point,
    /// Unit axis, cranial.
    pub axis: Vec3,
    /// Unit anterior direction across the axis.
    pub anterior: Vec3,
    /// Height on the axis, mm.
    pub height: f64,
    /// Distance between the two bones on the axis before the cage goes in, mm.
    pub facing_distance: f64,
    /// Distances of the superior and the inferior end from their bones on the axis, mm; 0 for
    /// fitted ends.
    pub clear: [f64; 2],
    /// Height and the distances of the ends from the bones, minus facing distance, mm: positive
    /// distracts, negative falls short.
    pub distraction: f64,
    /// How the upper vertebra moves: `distraction` along the axis, mm.
    pub upper_translation: Vec3,
    /// The tracks in their places.
    pub tracks: Vec<PlacedTrack>,
    /// The space between the two endplates as they stand, as wide as the cage; `None` where they
    /// leave none.
    pub space: Option<SharedField>,
    spec: CageSpec,
    bones: [SharedField; 2],
}

/// A smooth solid moved by a translation, mm. (A compound one would lose its edges.)
pub struct Translated {
    /// The solid in its old place.
    pub field: SharedField,
    /// Where it went, mm.
    pub translation: Vec3,
}

impl Field for Translated {
    fn value(&self, p: &Point) -> f64 {
        self.field.value(&(p - self.translation))
    }
    fn bounds(&self) -> Aabb {
        let old = self.field.bounds();
        Aabb {
            min: old.min + self.translation,
            max: old.max + self.translation,
        }
    }
    fn gradient(&self, p: &Point) -> Vec3 {
        self.field.gradient(&(p - self.translation))
    }
}

impl Cage {
    /// Makes the cage for a site.
    ///
    /// # Errors
    /// A number out of its range, bones that are not met along the axis or under a fitted end.
    pub fn new(spec: &CageSpec, site: &CageSite) -> Result<Self, GeometryError> {
        check(spec)?;
        let axis = direction("column axis", site.upper_centroid - site.lower_centroid)?;
        let across = site.anterior - axis * axis.dot(&site.anterior);
        let anterior = direction("anterior direction across the axis", across)?;
        let middle = nalgebra::center(&site.upper_centroid, &site.lower_centroid);
        let up = distance_to(site.upper.as_ref(), &middle, &axis)?;
        let down = distance_to(site.lower.as_ref(), &middle, &-axis)?;
        let facing_distance = up + down;
        let mut cage = Self {
            field: site.lower.clone(),
            base: middle - axis * down,
            axis,
            anterior,
            height: facing_distance,
            facing_distance,
            clear: [0.0; 2],
            distraction: 0.0,
            upper_translation: Vec3::zeros(),
            tracks: Vec::new(),
            space: between(spec, site),
            spec: spec.clone(),
            bones: [site.upper.clone(), site.lower.clone()],
        };
        cage.stand()?;
        cage.tracks = spec
            .screw_tracks
            .iter()
            .map(|t| cage.place_track(*t))
            .collect();
        cage.field = cage.solid()?;
        Ok(cage)
    }

    /// Gives the cage its height, its place between the bones as they stand, and the upper bone its
    /// place on it.
    fn stand(&mut self) -> Result<(), GeometryError> {
        if self.spec.ends == EndShape::Flat {
            self.clear = [
                self.clear_of_bone(End::Superior)?,
                self.clear_of_bone(End::Inferior)?,
            ];
        }
        let [above, below] = self.clear;
        self.height = match self.spec.height {
            CageHeight::Fit => self.facing_distance - above - below,
            CageHeight::Stated(height) => height,
        };
        if self.height <= 0.0 {
            return Err(GeometryError::Parameter {
                shape: "cage",
                quantity: "height_mm",
                value: self.height,
                expected: "more than 0 between the bones",
            });
        }
        self.distraction = above + self.height + below - self.facing_distance;
        self.upper_translation = self.axis * self.distraction;
        self.bones[0] = Arc::new(Translated {
            field: self.bones[0].clone(),
            translation: self.upper_translation,
        });
        self.base += self.axis * below;
        Ok(())
    }

    /// How far the middle of a flat end stands off its bone, so that no place under it is nearer
    /// than the stand-off. Asked while the ends' middles still lie on the bones.
    fn clear_of_bone(&self, end: End) -> Result<f64, GeometryError> {
        let [superior, inferior] = self.spec.stand_off;
        let stand_off = match end {
            End::Superior => superior,
            End::Inferior => inferior,
        };
        Ok(stand_off - self.graft_thickness(end)?[0])
    }

    /// Smallest and largest distance along the axis from a flat end to its bone, mm: how thick a
    /// graft between them is.
    ///
    /// # Errors
    /// Bones that are not met under the end.
    pub fn graft_thickness(&self, end: End) -> Result<[f64; 2], GeometryError> {
        let (plane, normal) = self.end_plane(end);
        let height = (plane - self.base).dot(&self.axis);
        let outward = normal.dot(&self.axis).signum();
        let mut range = [f64::INFINITY, f64::NEG_INFINITY];
        for offset in std::iter::once(Vec3::zeros()).chain(self.footprint()) {
            let rise = -normal.dot(&offset) / normal.dot(&self.axis);
            let thickness = outward * (self.bone_height(end, offset)? - height - rise);
            range = [range[0].min(thickness), range[1].max(thickness)];
        }
        Ok(range)
    }

    /// Places beside the axis under the whole section, its rim among them.
    fn footprint(&self) -> impl Iterator<Item = Vec3> {
        let radius = 0.5 * self.spec.diameter;
        (1..=RINGS).flat_map(move |ring| {
            (0..SPOKES).map(move |spoke| {
                let turn = 360.0 * f64::from(spoke) / f64::from(SPOKES);
                self.radial(turn) * (radius * f64::from(ring) / f64::from(RINGS))
            })
        })
    }

    /// What fills the space between a flat end and its bone: the cylinder beyond the end's plane,
    /// less the bone. It covers the mouth of a screw track.
    ///
    /// # Errors
    /// Bones that are not met under the end.
    pub fn graft(&self, end: End) -> Result<SharedField, GeometryError> {
        let (plane, normal) = self.end_plane(end);
        let (bone, outward) = match end {
            End::Superior => (&self.bones[0], self.axis),
            End::Inferior => (&self.bones[1], -self.axis),
        };
        let [_, thickest] = self.graft_thickness(end)?;
        let far = plane + outward * (thickest + self.rise() + REACH_INTO_BONE_MM);
        let near = plane - outward * self.rise();
        let radius = 0.5 * self.spec.diameter;
        let parts: Vec<SharedField> = vec![
            Arc::new(Cylinder::new(self.base, self.axis, radius)?),
            Arc::new(HalfSpace::new(plane, -normal)?),
            Arc::new(HalfSpace::new(far, outward)?),
            Arc::new(Complement(bone.clone())),
        ];
        Ok(self.bounded(parts, [near, far]))
    }

    /// The region of a point of the cage: 0 porous, k + 1 the solid part number k of the
    /// specification.
    pub fn region(&self, p: &Point) -> usize {
        let found = self.spec.solids.iter().position(|part| match *part {
            SolidPart::Side(wall) => self.distance_from_axis(p) >= 0.5 * self.spec.diameter - wall,
            SolidPart::Plate(end, thickness) => self.depth_below_end(p, end) <= thickness,
            SolidPart::Core(diameter) => self.distance_from_axis(p) <= 0.5 * diameter,
        });
        found.map_or(0, |k| k + 1)
    }

    fn distance_from_axis(&self, p: &Point) -> f64 {
        let off = p - self.base;
        (off - self.axis * off.dot(&self.axis)).norm()
    }

    /// Distance of a point of the cage from one end: to the plane, or to the bone where fitted.
    fn depth_below_end(&self, p: &Point, end: End) -> f64 {
        match (self.spec.ends, end) {
            (EndShape::Fitted, End::Superior) => self.bones[0].value(p),
            (EndShape::Fitted, End::Inferior) => self.bones[1].value(p),
            (EndShape::Flat, _) => {
                let (point, normal) = self.end_plane(end);
                (point - p).dot(&normal)
            }
        }
    }

    /// Point on the axis and outward unit normal of a flat end.
    fn end_plane(&self, end: End) -> (Point, Vec3) {
        let (sin, cos) = (0.5 * self.spec.sagittal_angle_deg).to_radians().sin_cos();
        match end {
            End::Superior => (
                self.base + self.axis * self.height,
                self.axis * cos + self.anterior * sin,
            ),
            End::Inferior => (self.base, self.anterior * sin - self.axis * cos),
        }
    }

    fn place_track(&self, track: ScrewTrack) -> PlacedTrack {
        let (middle, cranial) = match track.end {
            End::Superior => (self.base + self.axis * self.height, 1.0),
            End::Inferior => (self.base, -1.0),
        };
        let left = self.axis.cross(&self.anterior);
        let exit = middle + self.anterior * track.exit[0] + left * track.exit[1];
        let way = track.way_to_side(0.5 * self.spec.diameter);
        let drop = way * track.angle_deg.to_radians().tan();
        PlacedTrack {
            track,
            entry: exit + self.radial(track.azimuth_deg) * way - self.axis * (cranial * drop),
            exit,
        }
    }

    fn radial(&self, azimuth_deg: f64) -> Vec3 {
        let (sin, cos) = azimuth_deg.to_radians().sin_cos();
        self.anterior * cos + self.axis.cross(&self.anterior) * sin
    }

    /// Height over the base at which the line beside the axis by `offset` meets the bone.
    fn bone_height(&self, end: End, offset: Vec3) -> Result<f64, GeometryError> {
        let start = self.base + self.axis * (0.5 * self.height) + offset;
        let half = 0.5 * self.height;
        Ok(match end {
            End::Superior => half + distance_to(self.bones[0].as_ref(), &start, &self.axis)?,
            End::Inferior => half - distance_to(self.bones[1].as_ref(), &start, &-self.axis)?,
        })
    }

    /// How far the rim of a flat end rises over its middle, mm.
    fn rise(&self) -> f64 {
        let half = (0.5 * self.spec.sagittal_angle_deg).to_radians();
        0.5 * self.spec.diameter * half.tan().abs()
    }

    /// Heights over the base between which the cylinder runs before the ends are cut.
    fn span(&self) -> Result<[f64; 2], GeometryError> {
        if self.spec.ends == EndShape::Flat {
            return Ok([-self.rise(), self.height + self.rise()]);
        }
        let (mut low, mut high) = (0.0f64, self.height);
        for offset in self.footprint() {
            low = low.min(self.bone_height(End::Inferior, offset)?);
            high = high.max(self.bone_height(End::Superior, offset)?);
        }
        Ok([low - REACH_INTO_BONE_MM, high + REACH_INTO_BONE_MM])
    }

    /// The intersection of `parts`, which lies in the cylinder between two points of its axis.
    fn bounded(&self, parts: Vec<SharedField>, [low, high]: [Point; 2]) -> SharedField {
        let radius = 0.5 * self.spec.diameter;
        let reach = self.axis.map(|a| radius * (1.0 - a * a).max(0.0).sqrt());
        Arc::new(Bounded {
            field: Arc::new(Intersection(parts)),
            bounds: Aabb {
                min: low.inf(&high) - reach,
                max: low.sup(&high) + reach,
            },
        })
    }

    fn solid(&self) -> Result<SharedField, GeometryError> {
        let radius = 0.5 * self.spec.diameter;
        let span = self.span()?;
        let mut parts: Vec<SharedField> =
            vec![Arc::new(Cylinder::new(self.base, self.axis, radius)?)];
        match self.spec.ends {
            EndShape::Flat => {
                for end in [End::Superior, End::Inferior] {
                    let (point, normal) = self.end_plane(end);
                    parts.push(Arc::new(HalfSpace::new(point, normal)?));
                }
            }
            EndShape::Fitted => {
                let [low, high] = span.map(|height| self.base + self.axis * height);
                parts.push(Arc::new(HalfSpace::new(high, self.axis)?));
                parts.push(Arc::new(HalfSpace::new(low, -self.axis)?));
                for bone in &self.bones {
                    parts.push(Arc::new(Complement(bone.clone())));
                }
            }
        }
        for placed in &self.tracks {
            parts.push(Arc::new(Complement(Arc::new(bore(placed)?))));
        }
        let ends = span.map(|height| self.base + self.axis * height);
        Ok(self.bounded(parts, ends))
    }
}

/// Distance from `start`, outside the bone, to its surface along the unit `direction`, mm.
fn distance_to(bone: &dyn Field, start: &Point, direction: &Vec3) -> Result<f64, GeometryError> {
    let size = bone.bounds().size().norm();
    let limit = (bone.bounds().min - start).norm().min(1e4) + size;
    let at = |s: f64| bone.value(&(start + direction * s));
    if at(0.0) <= 0.0 {
        return Err(GeometryError::NoFacingSurface {
            place: *start,
            what: "lies inside the bone that should face it",
        });
    }
    let mut inside = 0.0;
    while at(inside) > 0.0 {
        inside += at(inside).clamp(SEARCH_STEP_MM, 1.0);
        if inside > limit {
            return Err(GeometryError::NoFacingSurface {
                place: *start,
                what: "has no bone above or below it along the axis",
            });
        }
    }
    let mut outside = (inside - 1.0).max(0.0);
    for _ in 0..60 {
        let middle = 0.5 * (inside + outside);
        if at(middle) > 0.0 {
            outside = middle;
        } else {
            inside = middle;
        }
    }
    Ok(0.5 * (inside + outside))
}

fn check(spec: &CageSpec) -> Result<(), GeometryError> {
    let within = |quantity: &'static str, value: f64, low: f64, high: f64, expected| {
        if value > low && value < high {
            return Ok(());
        }
        Err(GeometryError::Parameter {
            shape: "cage",
            quantity,
            value,
            expected,
        })
    };
    within(
        "diameter_mm",
        spec.diameter,
        0.0,
        100.0,
        "more than 0 and less than 100",
    )?;
    if let CageHeight::Stated(height) = spec.height {
        within(
            "height_mm",
            height,
            0.0,
            300.0,
            "more than 0 and less than 300",
        )?;
    }
    let angle = spec.sagittal_angle_deg;
    within(
        "sagittal_angle_deg",
        angle,
        -60.0,
        60.0,
        "between -60 and 60",
    )?;
    spec.screw_tracks
        .iter()
        .try_for_each(|track| check_track(track, spec.diameter))
}

/// The cylinder between the endplates of a site.
fn between(spec: &CageSpec, site: &CageSite) -> Option<SharedField> {
    let (low, high) = (site.lower_centroid, site.upper_centroid);
    let space = capped_cylinder(low, high, 0.5 * spec.diameter).ok()?;
    Some(Arc::new(space))
}

fn direction(quantity: &'static str, v: Vec3) -> Result<Vec3, GeometryError> {
    let length = v.norm();
    if length > 1e-9 && length.is_finite() {
        return Ok(v / length);
    }
    Err(GeometryError::Parameter {
        shape: "cage",
        quantity,
        value: length,
        expected: "a length greater than 0",
    })
}

#[cfg(test)]
mod tests;
