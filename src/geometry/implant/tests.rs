use super::*;
use crate::geometry::primitive::Sphere;
use std::f64::consts::PI;

/// Two flat bones 30 mm apart.
fn flat_site() -> CageSite {
    let plane = |z: f64, n: f64| -> SharedField {
        Arc::new(Bounded {
            field: Arc::new(HalfSpace::new(Point::new(0.0, 0.0, z), Vec3::z() * n).unwrap()),
            bounds: Aabb {
                min: Point::new(-30.0, -30.0, z.min(z - 20.0 * n)),
                max: Point::new(30.0, 30.0, z.max(z - 20.0 * n)),
            },
        })
    };
    CageSite {
        upper: plane(30.0, -1.0),
        lower: plane(0.0, 1.0),
        upper_centroid: Point::new(0.0, 0.0, 30.2),
        lower_centroid: Point::new(0.0, 0.0, -0.1),
        anterior: Vec3::new(1.0, 0.0, 0.3),
    }
}

fn spec(ends: EndShape) -> CageSpec {
    CageSpec {
        diameter: 15.0,
        height: CageHeight::Stated(25.0),
        sagittal_angle_deg: 3.0,
        ends,
        stand_off: [0.0; 2],
        screw_tracks: Vec::new(),
        solids: Vec::new(),
    }
}

fn track(angle_deg: f64, end: End) -> ScrewTrack {
    ScrewTrack {
        diameter: 4.0,
        angle_deg,
        end,
        exit: [0.0; 2],
        azimuth_deg: 0.0,
    }
}

/// Volume by counting points of a grid turned out of the solid's symmetry planes.
fn volume(field: &dyn Field, step: f64) -> f64 {
    let bounds = field.bounds();
    let count = bounds.size().map(|s| (s / step).ceil() as i32);
    let mut inside = 0u64;
    for i in 0..count.x {
        for j in 0..count.y {
            for k in 0..count.z {
                let at = Vec3::new(f64::from(i), f64::from(j), f64::from(k)).add_scalar(0.47);
                inside += u64::from(field.value(&(bounds.min + at * step)) < 0.0);
            }
        }
    }
    inside as f64 * step.powi(3)
}

#[test]
fn a_flat_cage_holds_pi_r_squared_times_the_height_on_its_axis() {
    let cage = Cage::new(&spec(EndShape::Flat), &flat_site()).unwrap();
    let exact = PI * 7.5 * 7.5 * 25.0;
    let got = volume(cage.field.as_ref(), 0.2);
    // A grid of 0.2 mm sees an area of 3 cm² per cell layer to about a tenth of a cell.
    assert!((got / exact - 1.0).abs() < 2e-3, "{got} for {exact}");
    // Front shorter than back.
    let height = |x: f64| {
        let at = |z: f64| cage.field.value(&Point::new(x, 0.0, z)) < 0.0;
        (0..2700)
            .filter(|k| at(-1.0 + 0.01 * f64::from(*k)))
            .count() as f64
            * 0.01
    };
    let wanted = 2.0 * 14.0 * 1.5f64.to_radians().tan();
    assert!((height(-7.0) - height(7.0) - wanted).abs() < 0.03);
}

/// Flat ends are planes: the distance along the axis to each is linear, whatever their tilt.
#[test]
fn the_distance_from_flat_ends_is_that_to_their_planes() {
    let cage = Cage::new(&spec(EndShape::Flat), &flat_site()).unwrap();
    let ends = EndHeights::new(&cage).unwrap();
    let slope = 1.5f64.to_radians().tan();
    for [x, y, z] in [
        [0.0, 0.0, 3.0],
        [6.0, 1.0, 2.0],
        [-5.0, -4.0, 22.0],
        [7.5, 0.0, 12.0],
    ] {
        // Rings are chords of the linear end, exact along a spoke, κ = 0 along a ring only at
        // the spokes: between two of 96 spokes a plane sags by r·slope·(1 − cos(1.875°)).
        let exact = (z - slope * x).min(25.0 - slope * x - z);
        let sag = 7.5 * slope * (1.0 - 1.875f64.to_radians().cos());
        assert!(
            (ends.distance([x, y, z]) - exact).abs() <= sag + 1e-9,
            "{x} {y} {z}"
        );
        let there = cage.to_global([x, y, z]);
        let back = cage.to_local(&there);
        assert!((0..3).all(|k| (back[k] - [x, y, z][k]).abs() < 1e-12));
    }
    assert_eq!(ends.distance([0.0, 0.0, 26.0]), 0.0);
    let [low, high] = cage.reach();
    assert!(low <= -7.5 * slope && high >= 25.0 + 7.5 * slope && high < 27.0);
}

/// A fitted end of curvature 1/20 mm is met to a chord of 0.25 mm.
#[test]
fn the_distance_from_a_fitted_end_follows_the_bone() {
    let mut site = flat_site();
    let centre = Point::new(0.0, 0.0, -20.0);
    site.lower = Arc::new(Sphere::new(centre, 20.0).unwrap());
    site.lower_centroid = Point::new(0.0, 0.0, 0.0);
    site.upper_centroid = Point::new(0.0, 0.0, 30.0);
    let mut fitted = spec(EndShape::Fitted);
    fitted.height = CageHeight::Fit;
    let cage = Cage::new(&fitted, &site).unwrap();
    let ends = EndHeights::new(&cage).unwrap();
    let places: [[f64; 2]; 4] = [[0.1, 0.0], [3.33, 1.2], [-4.0, 5.9], [0.0, -7.4]];
    for [x, y] in places {
        let bone = (400.0 - x * x - y * y).sqrt() - 20.0;
        let found = 2.0 - ends.distance([x, y, 2.0]);
        assert!((found - bone).abs() < 1e-3, "{found} for {bone}");
    }
}

/// Square ends: the bore's cross-section times the mean way from side to end,
/// V = ∫ 2 √(r² − w²) √(R² − w²) dw / cos(angle).
#[test]
fn a_screw_track_takes_the_volume_of_its_bore() {
    let (r, big): (f64, f64) = (2.0, 7.5);
    for (angle, end) in [(30.0, End::Superior), (45.0, End::Inferior)] {
        let mut with = spec(EndShape::Flat);
        with.sagittal_angle_deg = 0.0;
        let without = Cage::new(&with, &flat_site()).unwrap();
        with.screw_tracks = vec![track(angle, end)];
        let cage = Cage::new(&with, &flat_site()).unwrap();
        let steps = 4000;
        let bore: f64 = (0..steps)
            .map(|k| -r + 2.0 * r * (f64::from(k) + 0.5) / f64::from(steps))
            .map(|w| 2.0 * ((r * r - w * w) * (big * big - w * w)).sqrt())
            .sum::<f64>()
            * (2.0 * r / f64::from(steps))
            / angle.to_radians().cos();
        let taken = volume(without.field.as_ref(), 0.15) - volume(cage.field.as_ref(), 0.15);
        assert!(
            (taken / bore - 1.0).abs() < 0.01,
            "{angle}°: {taken} for {bore} mm³"
        );
        let placed = cage.tracks[0];
        let rise = (placed.exit - placed.entry).normalize();
        let sign = if end == End::Superior { 1.0 } else { -1.0 };
        assert!((rise.z * sign - angle.to_radians().sin()).abs() < 1e-12);
        assert!((placed.entry.x - 7.5).abs() < 1e-9, "it enters in front");
    }
}

/// The exit stands where it is stated, the entry on the side at the azimuth from it, and the bore
/// between them is open; a bore that would leave the end is refused.
#[test]
fn a_stated_exit_is_where_the_track_leaves_the_end() {
    let mut with = spec(EndShape::Flat);
    with.sagittal_angle_deg = 0.0;
    let stated = ScrewTrack {
        exit: [2.0, -3.0],
        azimuth_deg: 90.0,
        ..track(30.0, End::Superior)
    };
    with.screw_tracks = vec![stated];
    let cage = Cage::new(&with, &flat_site()).unwrap();
    let placed = cage.tracks[0];
    let top = cage.base.z + cage.height;
    assert!((placed.exit - Point::new(2.0, -3.0, top)).norm() < 1e-9);
    // Left of the exit the side stands at y = √(7.5² − 2²).
    let side = (7.5f64 * 7.5 - 4.0).sqrt();
    let entry = Point::new(2.0, side, top - (side + 3.0) / 3f64.sqrt());
    assert!((placed.entry - entry).norm() < 1e-9, "{}", placed.entry);
    let middle = nalgebra::center(&placed.entry, &placed.exit);
    assert!(cage.field.value(&middle) > 1.9, "the bore is open");
    for exit in [[5.6, 0.0], [4.0, 4.0], [f64::NAN, 0.0]] {
        with.screw_tracks = vec![ScrewTrack { exit, ..stated }];
        assert!(matches!(
            Cage::new(&with, &flat_site()),
            Err(GeometryError::Parameter {
                quantity: "screw track exit_mm",
                ..
            })
        ));
    }
}

#[test]
fn a_stated_height_moves_the_upper_bone_and_fit_leaves_it() {
    let site = flat_site();
    let mut square = spec(EndShape::Flat);
    square.sagittal_angle_deg = 0.0;
    let cage = Cage::new(&square, &site).unwrap();
    assert!((cage.facing_distance - 30.0).abs() < 1e-9);
    assert!((cage.distraction + 5.0).abs() < 1e-9);
    assert!((cage.upper_translation - Vec3::new(0.0, 0.0, -5.0)).norm() < 1e-9);
    let mut fit = spec(EndShape::Fitted);
    fit.height = CageHeight::Fit;
    let cage = Cage::new(&fit, &site).unwrap();
    assert!(cage.upper_translation.norm() < 1e-12 && (cage.height - 30.0).abs() < 1e-9);
}

/// A tilted end over a flat bone: with α the sagittal angle the rim is R tan(α/2) nearer to the
/// bone than the middle, and the wedge between holds π R² times its thickness on the axis.
#[test]
fn a_flat_end_keeps_its_stand_off_at_the_rim_and_a_graft_fills_the_wedge() {
    let rise = 7.5 * 1.5f64.to_radians().tan();
    let mut with = spec(EndShape::Flat);
    with.stand_off = [1.0, 1.4];
    let cage = Cage::new(&with, &flat_site()).unwrap();
    assert!(
        (cage.clear[0] - 1.0 - rise).abs() < 1e-9,
        "{:?}",
        cage.clear
    );
    assert!(
        (cage.clear[1] - 1.4 - rise).abs() < 1e-9,
        "{:?}",
        cage.clear
    );
    assert!((cage.distraction - (25.0 + 2.4 + 2.0 * rise - 30.0)).abs() < 1e-9);
    for (end, thinnest) in [(End::Superior, 1.0), (End::Inferior, 1.4)] {
        let [low, high] = cage.graft_thickness(end).unwrap();
        assert!((low - thinnest).abs() < 1e-9 && (high - thinnest - 2.0 * rise).abs() < 1e-9);
        let graft = cage.graft(end).unwrap();
        let exact = PI * 7.5 * 7.5 * (thinnest + rise);
        let got = volume(graft.as_ref(), 0.05);
        // Layers of 0.05 mm across a slab of over 1 mm: within half a layer.
        assert!((got / exact - 1.0).abs() < 0.02, "{got} for {exact} mm³");
    }
    with.height = CageHeight::Fit;
    let cage = Cage::new(&with, &flat_site()).unwrap();
    assert!((cage.height - (30.0 - 2.4 - 2.0 * rise)).abs() < 1e-9);
    assert!(cage.upper_translation.norm() < 1e-9);
    with.stand_off = [16.0, 16.0];
    assert!(matches!(
        Cage::new(&with, &flat_site()),
        Err(GeometryError::Parameter {
            quantity: "height_mm",
            ..
        })
    ));
}

/// Between balls a flat end first meets the middle, between hollows the rim: with depth
/// d = ρ − √(ρ² − R²) over the footprint a hollow keeps the middle d further away.
#[test]
fn under_a_hollow_bone_the_rim_is_the_tightest_place() {
    let ball =
        |z: f64| -> SharedField { Arc::new(Sphere::new(Point::new(0.0, 0.0, z), 40.0).unwrap()) };
    let hollow: SharedField = Arc::new(Bounded {
        field: Arc::new(Complement(ball(50.0))),
        bounds: Aabb {
            min: Point::new(-20.0, -20.0, -10.0),
            max: Point::new(20.0, 20.0, 30.0),
        },
    });
    let site = CageSite {
        upper: ball(70.0),
        lower: hollow,
        upper_centroid: Point::new(0.0, 0.0, 30.0),
        lower_centroid: Point::new(0.0, 0.0, 10.0),
        anterior: Vec3::x(),
    };
    let mut with = spec(EndShape::Flat);
    with.sagittal_angle_deg = 0.0;
    with.stand_off = [0.8, 0.8];
    let cage = Cage::new(&with, &site).unwrap();
    let depth = 40.0 - (40.0f64 * 40.0 - 7.5 * 7.5).sqrt();
    assert!((cage.clear[0] - 0.8).abs() < 1e-9, "{:?}", cage.clear);
    assert!(
        (cage.clear[1] - 0.8 - depth).abs() < 1e-9,
        "{:?}",
        cage.clear
    );
    assert!((cage.base.z - 10.8 - depth).abs() < 1e-9);
    let [low, high] = cage.graft_thickness(End::Superior).unwrap();
    assert!((low - 0.8).abs() < 1e-9 && (high - 0.8 - depth).abs() < 1e-9);
}

/// Round bones: every point of the ends under the footprint lies on a bone.
#[test]
fn fitted_ends_lie_on_the_bones() {
    let ball =
        |z: f64| -> SharedField { Arc::new(Sphere::new(Point::new(1.5, 0.0, z), 20.0).unwrap()) };
    let site = CageSite {
        upper: ball(50.0),
        lower: ball(-20.0),
        upper_centroid: Point::new(0.0, 0.0, 30.0),
        lower_centroid: Point::new(0.0, 0.0, 0.0),
        anterior: Vec3::x(),
    };
    let cage = Cage::new(&spec(EndShape::Fitted), &site).unwrap();
    for ring in 0..15 {
        for spoke in 0..12 {
            let (sin, cos) = (PI * f64::from(spoke) / 6.0).sin_cos();
            let (x, y) = (0.499 * f64::from(ring) * cos, 0.499 * f64::from(ring) * sin);
            let end = |from: f64, side: f64| {
                let at = |s: f64| Point::new(x, y, from + side * s);
                let (mut inside, mut outside) = (0.0, 25.0);
                for _ in 0..50 {
                    let middle = 0.5 * (inside + outside);
                    if cage.field.value(&at(middle)) < 0.0 {
                        inside = middle;
                    } else {
                        outside = middle;
                    }
                }
                at(inside)
            };
            let (top, bottom) = (end(12.0, 1.0), end(12.0, -1.0));
            let moved = top - cage.upper_translation;
            assert!(site.upper.value(&moved).abs() < 1e-3, "{top}");
            assert!(site.lower.value(&bottom).abs() < 1e-3, "{bottom}");
        }
    }
    let aside = CageSite {
        upper: Arc::new(Sphere::new(Point::new(12.0, 0.0, 42.0), 14.0).unwrap()),
        ..site
    };
    assert!(matches!(
        Cage::new(&spec(EndShape::Fitted), &aside),
        Err(GeometryError::NoFacingSurface { .. })
    ));
}

#[test]
fn solid_parts_are_told_from_the_porous_core() {
    let mut with = spec(EndShape::Flat);
    with.solids = vec![
        SolidPart::Plate(End::Inferior, 2.0),
        SolidPart::Side(0.5),
        SolidPart::Core(2.0),
    ];
    let cage = Cage::new(&with, &flat_site()).unwrap();
    assert_eq!(cage.region(&Point::new(3.0, 0.0, 1.5)), 1);
    assert_eq!(cage.region(&Point::new(-7.3, 0.0, 10.0)), 2);
    assert_eq!(cage.region(&Point::new(0.0, 0.5, 10.0)), 3);
    assert_eq!(cage.region(&Point::new(-4.0, 0.0, 10.0)), 0);
}

#[test]
fn impossible_cages_are_refused() {
    let refused = |change: &dyn Fn(&mut CageSpec)| {
        let mut bad = spec(EndShape::Flat);
        change(&mut bad);
        matches!(
            Cage::new(&bad, &flat_site()),
            Err(GeometryError::Parameter { .. })
        )
    };
    assert!(refused(&|s| s.diameter = 0.0));
    assert!(refused(&|s| s.height = CageHeight::Stated(f64::NAN)));
    assert!(refused(&|s| s.sagittal_angle_deg = 75.0));
    assert!(refused(
        &|s| s.screw_tracks = vec![track(0.0, End::Superior)]
    ));
    let mut site = flat_site();
    site.anterior = Vec3::z();
    assert!(Cage::new(&spec(EndShape::Flat), &site).is_err());
}
