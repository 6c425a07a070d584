//! The posterior elements of a vertebra: pedicles, articular processes, laminae, transverse and
//! spinous processes.
//!
//! *Drawn, not measured*: only the pedicle's width comes from the morphometry table; every other
//! proportion here was chosen so that the bone looks like one of its region and so that two
//! neighbours leave a joint space between their articular processes. Each part is a blade: the
//! points within a radius of a strip that runs from one point to another, and the parts melt into
//! each other through a polynomial smooth minimum. Right is left mirrored.
//! Must not know the shape of the body beyond its sizes.

use crate::anatomy::body_end::endplate_pose;
use crate::anatomy::level::{Level, Region};
use crate::anatomy::morphometry::{Morphometry, disc_height, morphometry};
use crate::geometry::Aabb;
use crate::geometry::End;
use crate::geometry::field::smooth_min;
use crate::tensor::{Point, Vec3};

/// Space between two articular processes, mm.
const JOINT_SPACE_MM: f64 = 1.0;
/// What a vertebra leaves free around its neighbours' articular processes, mm: the joint space and
/// something for the swelling where parts melt together.
const PROCESS_ROOM_MM: f64 = 1.3;
/// Width of the rounding where that room is cut out, mm.
const ROOM_BLEND_MM: f64 = 1.0;
/// The mirror y → |y| is rounded over this length so that it leaves no crease, mm.
const MIRROR_ROUNDING_MM: f64 = 1.0;

/// Fall of the spinous process below the horizontal, degrees, T1 to T12: steepest in the middle.
const THORACIC_FALL_DEG: [f64; 12] = [
    35.0, 42.0, 50.0, 57.0, 61.0, 63.0, 63.0, 60.0, 55.0, 48.0, 38.0, 25.0,
];

/// Points within a radius of a strip of changing height.
#[derive(Debug, Clone)]
struct Blade {
    from: Point,
    to: Point,
    /// Unit direction of the strip's height.
    up: Vec3,
    /// Half heights of the strip at both ends, mm.
    half_height: [f64; 2],
    /// Radii around the strip at both ends, mm.
    radius: [f64; 2],
    /// Width of the blend with the parts before it, mm.
    blend: f64,
}

impl Blade {
    fn value(&self, p: &Point) -> f64 {
        let axis = self.to - self.from;
        let off = p - self.from;
        let t = (off.dot(&axis) / axis.norm_squared()).clamp(0.0, 1.0);
        let lerp = |ends: [f64; 2]| ends[0] + t * (ends[1] - ends[0]);
        let rest = off - t * axis;
        let along = rest.dot(&self.up);
        let half = lerp(self.half_height);
        let beyond = rest - self.up * along.clamp(-half, half);
        beyond.norm() - lerp(self.radius)
    }

    /// A lower bound of the value from the ball around the blade.
    fn at_least(&self, p: &Point) -> f64 {
        let middle = nalgebra::center(&self.from, &self.to);
        (p - middle).norm() - self.reach()
    }

    fn reach(&self) -> f64 {
        let high = self.half_height[0].max(self.half_height[1]);
        let thick = self.radius[0].max(self.radius[1]);
        0.5 * (self.to - self.from).norm() + high + thick
    }
}

/// All posterior elements of one vertebra, in its own frame.
#[derive(Debug, Clone)]
pub(crate) struct PosteriorElements {
    /// Parts of the left side; the right is their mirror image.
    paired: Vec<Blade>,
    /// Parts on the midline.
    midline: Vec<Blade>,
    /// The neighbours' articular processes on the left side, around which nothing may grow.
    opposite: [Blade; 2],
}

impl PosteriorElements {
    /// The body's value joined with all posterior elements at `p`.
    pub(crate) fn join(&self, body: f64, p: &Point) -> f64 {
        let e = MIRROR_ROUNDING_MM;
        let mirrored = Point::new(p.x, p.y.hypot(e), p.z);
        let mut value = body;
        for (parts, at) in [(&self.paired, &mirrored), (&self.midline, p)] {
            for blade in parts {
                if blade.at_least(at) < value + blade.blend {
                    value = smooth_min(value, blade.value(at), blade.blend);
                }
            }
        }
        for blade in &self.opposite {
            if blade.at_least(&mirrored) < PROCESS_ROOM_MM + ROOM_BLEND_MM - value {
                let room = blade.value(&mirrored) - PROCESS_ROOM_MM;
                value = -smooth_min(-value, room, ROOM_BLEND_MM);
            }
        }
        value
    }

    /// A box around all of them, mirror images included.
    pub(crate) fn bounds(&self) -> Aabb {
        let mut all: Option<Aabb> = None;
        for blade in self.paired.iter().chain(&self.midline) {
            let thick = blade.radius[0].max(blade.radius[1]) + 0.25 * blade.blend;
            for (end, half) in [
                (blade.from, blade.half_height[0]),
                (blade.to, blade.half_height[1]),
            ] {
                let high = blade.up * half;
                for q in [end + high, end - high] {
                    let mirror = Point::new(q.x, -q.y, q.z);
                    let both = Aabb { min: q, max: q }.union(&Aabb {
                        min: mirror,
                        max: mirror,
                    });
                    let grown = both.grown(thick);
                    all = Some(all.map_or(grown, |a| a.union(&grown)));
                }
            }
        }
        all.unwrap_or(Aabb {
            min: Point::origin(),
            max: Point::origin(),
        })
    }

    /// The parts of a level from the proportions of its region.
    pub(crate) fn drawn(m: &Morphometry) -> Self {
        let sketch = Sketch::of(m);
        Self {
            paired: sketch.paired(),
            midline: vec![sketch.spinous()],
            opposite: [process(&sketch.upper, 1.0), process(&sketch.lower, -1.0)],
        }
    }
}

/// A facet joint in the frame of the endplate that bounds its disc.
#[derive(Debug, Clone, Copy)]
struct Joint {
    /// Its middle on the left side.
    middle: Point,
    /// From the upper articular process of the lower vertebra to the lower one of the upper.
    normal: Vec3,
    /// Cranial direction in the joint's plane.
    up: Vec3,
    /// In the plane, across `up`, away from the midline.
    out: Vec3,
    /// Half width, half height and radius of the processes' strips, mm.
    half_width: f64,
    half_height: f64,
    radius: f64,
}

impl Joint {
    /// The joint between two levels, in a frame at the middle of their disc.
    ///
    /// Its kind is that of the lower level: T12's lower processes are lumbar ones already.
    fn between(above: Option<&Morphometry>, below: &Morphometry) -> Self {
        let depth = 0.5 * (above.unwrap_or(below).lower_depth.mm + below.upper_depth.mm);
        let (back, side, rise, normal, half_width, half_height, radius) = match below.level.region()
        {
            Region::Cervical => (5.0, 16.5, 0.0, Vec3::new(-0.64, 0.0, 0.77), 2.5, 1.6, 2.0),
            Region::Thoracic => {
                let k = below.mean_height() / 16.9;
                let normal = Vec3::new(-0.95, 0.14, 0.28);
                (
                    9.0 * k.sqrt(),
                    9.0 * k.sqrt(),
                    2.6 * k,
                    normal,
                    2.6 * k,
                    2.6 * k,
                    1.7 * k,
                )
            }
            Region::Lumbar => (13.0, 13.5, 0.0, Vec3::new(-0.6, -0.8, 0.0), 3.0, 3.5, 2.6),
        };
        let normal = normal.normalize();
        let up = (Vec3::z() - normal * normal.z).normalize();
        Self {
            middle: Point::new(-0.5 * depth - back, side, rise),
            normal,
            up,
            out: normal.cross(&up).normalize(),
            half_width,
            half_height,
            radius,
        }
    }
}

/// The points from which the parts of one vertebra are drawn, in its own frame, left side.
struct Sketch<'a> {
    m: &'a Morphometry,
    /// The joints above and below.
    upper: Joint,
    lower: Joint,
    /// Depth and width of the canal, mm.
    canal: [f64; 2],
    /// x of the posterior wall.
    wall: f64,
    /// Mean height of the body, mm.
    height: f64,
}

impl<'a> Sketch<'a> {
    fn of(m: &'a Morphometry) -> Self {
        let neighbour = |level: Option<Level>| level.and_then(|l| morphometry(l).ok());
        let (above, below) = (neighbour(m.level.above()), neighbour(m.level.below()));
        let space = |upper: Option<Level>, lower: Option<Level>| {
            upper
                .zip(lower)
                .and_then(|(u, l)| disc_height(u, l).ok())
                .map_or(0.0, |h| h.mm)
        };
        let up = 0.5 * space(m.level.above(), Some(m.level));
        let down = 0.5 * space(Some(m.level), m.level.below());
        let placed = |end: End, rise: f64, joint: Joint| {
            let pose = endplate_pose(m, end) * nalgebra::Translation3::new(0.0, 0.0, rise);
            Joint {
                middle: pose * joint.middle,
                normal: pose * joint.normal,
                up: pose * joint.up,
                out: pose * joint.out,
                ..joint
            }
        };
        let canal = match m.level.region() {
            Region::Cervical => [13.5, 22.0],
            Region::Thoracic => [15.0, 16.5],
            Region::Lumbar => [16.0, 23.0],
        };
        Self {
            m,
            upper: placed(End::Superior, up, Joint::between(above.as_ref(), m)),
            lower: placed(
                End::Inferior,
                -down,
                Joint::between(Some(m), below.as_ref().unwrap_or(m)),
            ),
            canal,
            wall: -0.5 * m.upper_depth.mm,
            height: m.mean_height(),
        }
    }
}

impl Sketch<'_> {
    fn paired(&self) -> Vec<Blade> {
        let mut parts = vec![self.pedicle()];
        parts.push(process(&self.upper, -1.0));
        parts.push(process(&self.lower, 1.0));
        parts.push(self.pars());
        parts.push(self.lamina());
        parts.push(self.transverse());
        parts.push(self.gusset());
        parts
    }

    /// From the body's upper back corner to the pillar between the articular processes.
    fn pedicle(&self) -> Blade {
        let h = self.height;
        let radius = 0.5 * self.m.pedicle_width.mm;
        let (share, top) = match self.m.level.region() {
            Region::Cervical => (0.6, 0.18 * h),
            Region::Thoracic => (0.58, 0.08 * h),
            Region::Lumbar => (0.58, 0.10 * h),
        };
        let radius = radius.min(0.5 * share * h);
        let z = 0.5 * h - top - 0.5 * share * h;
        let inner = 0.5 * self.canal[1] + radius;
        let half = (0.5 * share * h - radius).max(0.0);
        let back = self.pillar().x + 1.0;
        let front = inner.min(0.5 * self.m.upper_width.mm - 1.5 * radius);
        Blade {
            from: Point::new(self.wall + 6.0, front, z),
            to: Point::new(back, inner.max(self.pillar().y - 1.0), z),
            up: Vec3::z(),
            half_height: [half, half],
            radius: [radius, radius],
            blend: 2.5,
        }
    }

    /// The middle of the pillar between the articular processes.
    fn pillar(&self) -> Point {
        let root = nalgebra::center(&self.upper_base(), &self.lower_base());
        Point::new(root.x, root.y, 0.12 * self.height)
    }

    /// Where the pillar takes over from the upper articular process: in front of the joint.
    fn upper_base(&self) -> Point {
        let j = &self.upper;
        j.middle
            - j.normal * (0.5 * JOINT_SPACE_MM + 1.6 * j.radius)
            - j.up * (j.half_height + 0.5 * j.radius)
    }

    /// Where the pillar ends in the lower articular process: behind the joint.
    fn lower_base(&self) -> Point {
        let j = &self.lower;
        j.middle
            + j.normal * (0.5 * JOINT_SPACE_MM + 1.6 * j.radius)
            + j.up * (j.half_height + 0.5 * j.radius)
    }

    fn pars(&self) -> Blade {
        let (from, to) = (self.upper_base(), self.lower_base());
        let axis = (to - from).normalize();
        let across = (self.upper.out - axis * self.upper.out.dot(&axis)).normalize();
        Blade {
            from,
            to,
            up: across,
            half_height: [0.6 * self.upper.half_width, 0.6 * self.lower.half_width],
            radius: [1.25 * self.upper.radius, 1.25 * self.lower.radius],
            blend: 2.5,
        }
    }

    /// Half of the arch behind the canal: a plate leaning back downwards.
    fn lamina(&self) -> Blade {
        let h = self.height;
        let (half, z, lean, radius) = match self.m.level.region() {
            Region::Cervical => (0.30 * h, -0.15 * h, 0.35, 1.8),
            Region::Thoracic => (0.34 * h, -0.17 * h, 0.30, 2.3),
            Region::Lumbar => (0.28 * h, -0.22 * h, 0.20, 3.2),
        };
        let pillar = self.pillar();
        let middle = Point::new(self.wall - self.canal[0] - 1.6 * radius, 0.0, z);
        let from = Point::new(pillar.x - 1.0, pillar.y - 1.0, z);
        let axis = (middle - from).normalize();
        let tilted = Vec3::new(lean, 0.0, 1.0);
        Blade {
            from,
            to: middle,
            up: (tilted - axis * tilted.dot(&axis)).normalize(),
            half_height: [0.8 * half, half],
            radius: [radius, radius],
            blend: 4.0,
        }
    }

    /// From the lower articular process to the spinous one: the arch narrows downwards.
    fn gusset(&self) -> Blade {
        let spine = self.spinous();
        let foot = self.lower_base() + self.lower.normal * 0.5 + self.lower.up * 1.0;
        let share = if self.m.level.region() == Region::Thoracic {
            0.3
        } else {
            0.2
        };
        Blade {
            from: Point::new(foot.x, 0.75 * foot.y, foot.z),
            to: spine.from + share * (spine.to - spine.from),
            up: spine.up,
            half_height: [0.5, 0.8],
            radius: [1.8, 1.8],
            blend: 6.0,
        }
    }

    fn transverse(&self) -> Blade {
        let h = self.height;
        let pillar = self.pillar();
        let k = h / 16.9;
        let (from, to, half, radius) = match self.m.level.region() {
            Region::Cervical => {
                let y = 0.5 * self.canal[1] + 3.0;
                (
                    Point::new(self.wall - 2.0, y - 2.0, 0.05 * h),
                    Point::new(self.wall + 1.0, y + 8.5, -0.1 * h),
                    [1.6, 1.6],
                    [2.4, 2.4],
                )
            }
            Region::Thoracic => (
                pillar + Vec3::new(-1.0, 1.0, 1.0),
                pillar + Vec3::new(-10.0 * k.sqrt(), 19.0, 3.5),
                [1.8, 0.6],
                [2.8, 4.0],
            ),
            Region::Lumbar => (
                pillar + Vec3::new(3.0, 2.0, 1.0),
                pillar + Vec3::new(-3.0, 28.0, 3.0),
                [2.5, 2.5],
                [2.6, 2.0],
            ),
        };
        Blade {
            from,
            to,
            up: Vec3::z(),
            half_height: half,
            radius,
            blend: 5.0,
        }
    }

    fn spinous(&self) -> Blade {
        let h = self.height;
        let back = self.wall - self.canal[0];
        // Where it leaves the arch, its length, its fall below the horizontal in degrees, and the
        // strip's half heights and radii.
        let (root, length, fall, half, radius) = match self.m.level.region() {
            Region::Cervical => ((-2.0, -0.15 * h), 16.0, 22.0, [2.0, 1.0], [2.0, 2.4]),
            Region::Thoracic => {
                let k = (h / 16.9).sqrt();
                let fall = THORACIC_FALL_DEG[self.m.level as usize - Level::T1 as usize];
                let length = 22.0 + 12.0 * (fall - 25.0) / 38.0;
                (
                    (-3.0, -0.18 * h),
                    k * length,
                    fall,
                    [2.8 * k, 1.4],
                    [2.0, 1.9],
                )
            }
            Region::Lumbar => ((-4.0, -0.28 * h), 25.0, 6.0, [5.5, 7.0], [2.6, 3.0]),
        };
        let from = Point::new(back + root.0, 0.0, root.1);
        let (sin, cos) = f64::to_radians(fall).sin_cos();
        Blade {
            from,
            to: from + length * Vec3::new(-cos, 0.0, -sin),
            up: Vec3::new(-sin, 0.0, cos),
            half_height: half,
            radius,
            blend: 5.0,
        }
    }
}

/// The articular process on one side of a joint: −1 in front of the plane (the lower vertebra's
/// upper process), +1 behind it.
fn process(joint: &Joint, side: f64) -> Blade {
    let off = joint.normal * (side * (0.5 * JOINT_SPACE_MM + joint.radius));
    let reach = joint.up * joint.half_height;
    Blade {
        from: joint.middle + off - reach,
        to: joint.middle + off + reach,
        up: joint.out,
        // Wide at its foot, narrower towards its tip.
        half_height: if side < 0.0 {
            [joint.half_width, 0.45 * joint.half_width]
        } else {
            [0.6 * joint.half_width, joint.half_width]
        },
        radius: [joint.radius, joint.radius],
        blend: 2.0,
    }
}
