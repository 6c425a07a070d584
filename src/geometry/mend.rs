//! What a measured surface is like as its file has it, what is done about it, and the solid it
//! then bounds.
//!
//! Done, in this order: doubled triangles and stray shells are left out; triangles wound against
//! their shell are turned over, and closed shells that are inside out; small holes are closed flat.
//! What lies wholly within a solid is a cavity, however it is wound: cavities stay empty, those as small
//! as strays are filled. Where faults stay, the generalised
//! winding number says what is inside ([`SurfaceField`]): parts that cut each other become one.
//! That is right for a fold, wrong for a bone that lies in the file twice, a few millimetres
//! apart. So the share of the solid with a winding number above 1½ is measured, and refused above
//! [`DOUBLED_SHARE`]. Nothing is done in silence: [`SurfaceAccount`] tells it in words.

use super::field::{Aabb, Field};
use super::holes::close_holes;
use super::inspect::{SurfaceDefects, duplicates, inspect};
use super::shells::Shell;
use super::steps::step_height;
use super::surface_field::SurfaceField;
use super::{GeometryError, TriSurface};
use crate::partition::Partition;
use crate::tensor::{Point, Vec3};

/// Pieces below this share of the largest one's volume are strays, or too small as cavities.
const STRAY_SHARE: f64 = 0.01;

/// More of a solid than this may not be enclosed twice.
pub const DOUBLED_SHARE: f64 = 0.02;

/// Samples along each side of the box in which the doubled share is measured.
const SAMPLES: usize = 40;

/// Triangles, or pairs of them, that a sentence names.
const NAMED: usize = 6;

/// The state of a surface file and what was done about it, in words. Triangle numbers are the
/// file's, counted from 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SurfaceAccount {
    /// Triangles in the file.
    pub triangles: usize,
    /// One phrase per kind of fault; empty for a sound surface.
    pub found: Vec<String>,
    /// One phrase per thing done.
    pub done: Vec<String>,
    /// The parts that lie outside each other and touch nowhere, largest first; one for one body.
    pub parts: Vec<Part>,
    /// Height of the steps that the surface is made of, mm, where it is the outside of voxels.
    pub steps_mm: Option<f64>,
    /// Volume of the cavities that are kept empty, mm³.
    pub cavities_mm3: f64,
    /// Whether something stays that a mesh may fail on: closed holes, edges of more than two
    /// triangles, triangles that cut each other.
    pub is_doubtful: bool,
}

/// A part of a surface that touches no other.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Volume it encloses, its cavities not taken off, mm³.
    pub volume_mm3: f64,
    /// Middle of the box around it, mm.
    pub middle: Point,
    /// Its first triangles, by their numbers in the file.
    pub first: Vec<u32>,
}

impl SurfaceAccount {
    /// Whether nothing was wrong.
    pub fn is_sound(&self) -> bool {
        self.found.is_empty()
    }

    /// Triangles of one kind and what was done about them; nothing where there are none.
    fn tell(&mut self, list: &[u32], what: &str, done: &str) {
        if !list.is_empty() {
            let count = counted(list.len(), "triangle");
            self.found.push(format!("{count} {what}: {}", named(list)));
            self.done.push(done.to_owned());
        }
    }

    /// All in one sentence; nothing for a sound surface.
    pub fn sentence(&self) -> Option<String> {
        let (found, done) = (self.found.join("; "), self.done.join("; "));
        (!self.is_sound()).then(|| format!("{found} (triangles counted from 0). Done: {done}"))
    }
}

/// A surface ready to be used.
pub struct Mended {
    /// Without strays and doubled triangles; caps come last.
    pub surface: TriSurface,
    /// The solid.
    pub field: SurfaceField,
    /// What was wrong and what was done.
    pub account: SurfaceAccount,
}

/// Mends a surface, see the module.
///
/// # Errors
/// A surface whose inside cannot be told, with a hole too wide to be closed, that encloses
/// nothing, or that lies over itself. Errors name triangles of the file.
pub fn mended(mut surface: TriSurface) -> Result<Mended, GeometryError> {
    let mut account = SurfaceAccount {
        triangles: surface.triangles.len(),
        ..SurfaceAccount::default()
    };
    let mut numbers: Vec<u32> = (0..surface.triangles.len() as u32).collect();
    let doubled = duplicates(&surface);
    account.tell(&doubled, "there twice", "doubled ones left out");
    leave_out(&mut surface, &mut numbers, &doubled);
    let mut found = inspect(&surface);
    let lost = tell_small_shells(&found, &numbers, &mut account);
    if !lost.is_empty() {
        leave_out(&mut surface, &mut numbers, &lost);
        found = inspect(&surface);
    }
    found.clone().renumbered(&numbers).refuse_if_hopeless()?;
    if turn_over(&mut surface, &found, &numbers, &mut account) {
        // Anew, since the rims of holes run as their triangles do.
        found = inspect(&surface);
    }
    tell_shells(&surface, &found, &numbers, &mut account);
    let left = found.clone().renumbered(&numbers);
    let closed = close_holes(&mut surface, &left.holes);
    tell_kept(&left, closed, &mut account);
    let field = match closed {
        0 => SurfaceField::inspected(surface.clone(), &found)?,
        _ => SurfaceField::new(surface.clone())?,
    };
    if !left.self_intersecting.is_empty() || left.shells.len() > 1 {
        refuse_doubled(&field, &left)?;
    }
    tell_steps(&surface, &mut account);
    Ok(Mended {
        surface,
        field,
        account,
    })
}

/// Tells of steps, which are no fault of the surface and yet none of the bone's.
fn tell_steps(surface: &TriSurface, account: &mut SurfaceAccount) {
    account.steps_mm = step_height(surface);
    if let Some(height) = account.steps_mm {
        account.found.push(format!(
            "steps of {height:.2} mm instead of slopes, as of voxels: its faces lie along x, y and z \
             alone"
        ));
        let done = "landmarks sought on a copy smoothed over two steps, whose endplates come out up to a \
                    tenth smaller; the solid left as it is";
        account.done.push(done.to_owned());
    }
}

/// Turns over what is wound the wrong way; whether anything was.
fn turn_over(
    surface: &mut TriSurface,
    found: &SurfaceDefects,
    numbers: &[u32],
    account: &mut SurfaceAccount,
) -> bool {
    let in_file =
        |list: &[u32]| -> Vec<u32> { list.iter().map(|&t| numbers[t as usize]).collect() };
    account.tell(
        &in_file(&found.degenerate),
        "without area",
        "flat ones left out",
    );
    let against = in_file(&found.inconsistent);
    account.tell(&against, "wound against the neighbours", "turned over");
    for shell in found.shells.iter().filter(|s| s.is_inside_out) {
        let [what, how, done] = match is_cavity(shell) {
            true => [
                "cavity",
                "wound as a solid",
                "turned, so that it stays empty",
            ],
            false => ["closed shell", "inside out", "turned inside in"],
        };
        account.found.push(format!(
            "a {what} of {}, {:.0} mm³, {how}: {}",
            counted(shell.triangles.len(), "triangle"),
            shell.volume_mm3.abs(),
            named(&in_file(&shell.triangles))
        ));
        account.done.push(done.to_owned());
    }
    let turned = found.to_turn();
    for &t in &turned {
        surface.triangles[t as usize].swap(1, 2);
    }
    !turned.is_empty()
}

/// Leaves out triangles, whose numbers go as well.
fn leave_out(surface: &mut TriSurface, numbers: &mut Vec<u32>, triangles: &[u32]) {
    let mut keep = vec![true; surface.triangles.len()];
    for &t in triangles {
        keep[t as usize] = false;
    }
    let mut each = keep.iter().copied();
    surface.triangles.retain(|_| each.next().unwrap_or(true));
    let mut each = keep.iter().copied();
    numbers.retain(|_| each.next().unwrap_or(true));
}

/// Tells strays and cavities too small to keep; their triangles, rising.
fn tell_small_shells(
    found: &SurfaceDefects,
    numbers: &[u32],
    account: &mut SurfaceAccount,
) -> Vec<u32> {
    let mut pieces = vec![0.0; found.shells.len()];
    for shell in &found.shells {
        pieces[shell.piece] += shell.volume_mm3;
    }
    let largest = pieces.iter().map(|v| v.abs()).fold(0.0, f64::max);
    let share = 100.0 * STRAY_SHARE;
    let kinds = [
        (false, "stray part", "body's volume", "strays left out"),
        (
            true,
            "cavity",
            "volume around it",
            "so small cavities filled",
        ),
    ];
    let mut all = Vec::new();
    for (cavity, what, of, done) in kinds {
        let small = found
            .shells
            .iter()
            .filter(|s| is_cavity(s) == cavity && pieces[s.piece].abs() < STRAY_SHARE * largest);
        let small: Vec<&Shell> = small.collect();
        let mut lost: Vec<u32> = small.iter().flat_map(|s| s.triangles.clone()).collect();
        if lost.is_empty() {
            continue;
        }
        lost.sort_unstable();
        let in_file: Vec<u32> = lost.iter().map(|&t| numbers[t as usize]).collect();
        let volume: f64 = small.iter().map(|s| s.volume_mm3.abs()).sum();
        account.found.push(format!(
            "{} below {share} % of the {of}, {volume:.1} mm³ in all {}: {}",
            counted(small.len(), what),
            counted(lost.len(), "triangle"),
            named(&in_file)
        ));
        account.done.push(done.to_owned());
        all.extend(lost);
    }
    all.sort_unstable();
    all
}

fn is_cavity(shell: &Shell) -> bool {
    shell.is_closed && shell.depth % 2 == 1 && shell.volume_mm3 < 0.0
}

/// Tells the shells that are kept where they are more than one, each by its kind.
fn tell_shells(
    surface: &TriSurface,
    found: &SurfaceDefects,
    numbers: &[u32],
    account: &mut SurfaceAccount,
) {
    let in_file = |list: &[u32]| -> Vec<u32> {
        let first = list.iter().take(NAMED + 1);
        first.map(|&t| numbers[t as usize]).collect()
    };
    let words =
        |volume: f64, first: &[u32]| format!("{volume:.1} mm³ (triangles {})", named(first));
    let cavities: Vec<&Shell> = found.shells.iter().filter(|s| is_cavity(s)).collect();
    account.cavities_mm3 = cavities.iter().map(|s| -s.volume_mm3).sum();
    let cavities: Vec<String> = (cavities.iter())
        .map(|s| words(-s.volume_mm3, &in_file(&s.triangles)))
        .collect();
    if !cavities.is_empty() {
        let count = counted(cavities.len(), "cavity");
        account
            .found
            .push(format!("{count}: {}", cavities.join(", ")));
        account.done.push("cavities kept empty".to_owned());
    }
    account.parts = parts_apart(surface, found)
        .into_iter()
        .map(|part| Part {
            first: in_file(&part.first),
            ..part
        })
        .collect();
    if account.parts.len() > 1 {
        let parts = account.parts.iter().map(|p| words(p.volume_mm3, &p.first));
        let count = counted(account.parts.len(), "part");
        let parts: Vec<String> = parts.take(NAMED).collect();
        account
            .found
            .push(format!("{count} outside each other: {}", parts.join(", ")));
        account
            .done
            .push("all of them kept as one solid".to_owned());
    }
}

/// Groups of shells that share a vertex or cut each other, largest first; what lies within a solid
/// belongs to none.
fn parts_apart(surface: &TriSurface, found: &SurfaceDefects) -> Vec<Part> {
    let solids: Vec<&Shell> = found.shells.iter().filter(|s| s.depth % 2 == 0).collect();
    if solids.len() < 2 {
        return Vec::new();
    }
    let mut groups = Partition::new(solids.len());
    let mut shell_at = vec![u32::MAX; surface.vertices.len()];
    let mut shell_of = vec![u32::MAX; surface.triangles.len()];
    for (i, shell) in solids.iter().enumerate() {
        for &t in &shell.triangles {
            shell_of[t as usize] = i as u32;
            for v in surface.triangles[t as usize] {
                match &mut shell_at[v as usize] {
                    none if *none == u32::MAX => *none = i as u32,
                    known => drop(groups.join(*known, i as u32)),
                }
            }
        }
    }
    for pair in &found.self_intersecting {
        if let [a, b] = pair.map(|t| shell_of[t as usize])
            && a.max(b) != u32::MAX
        {
            groups.join(a, b);
        }
    }
    let roots: Vec<u32> = (0..solids.len() as u32).map(|i| groups.root(i)).collect();
    let of_root = |root: u32| {
        let own = solids.iter().zip(&roots).filter(|(_, r)| **r == root);
        let own: Vec<&Shell> = own.map(|(s, _)| *s).collect();
        let triangles: Vec<u32> = own.iter().flat_map(|s| s.triangles.clone()).collect();
        let corners: Vec<Point> = triangles
            .iter()
            .flat_map(|&t| surface.corners(t as usize))
            .collect();
        Part {
            volume_mm3: own.iter().map(|s| s.volume_mm3).sum(),
            middle: Aabb::around(&corners)
                .map_or(Point::origin(), |b| nalgebra::center(&b.min, &b.max)),
            first: triangles.into_iter().take(NAMED + 1).collect(),
        }
    };
    let firsts = (0..solids.len() as u32).filter(|&i| roots[i as usize] == i);
    let mut parts: Vec<Part> = firsts.map(of_root).collect();
    parts.sort_by(|a, b| b.volume_mm3.total_cmp(&a.volume_mm3));
    parts
}

/// Faults that stay after that.
fn tell_kept(left: &SurfaceDefects, closed: usize, account: &mut SurfaceAccount) {
    for hole in left.holes.iter().take(NAMED) {
        account.found.push(format!(
            "a hole of {} edges, {:.1} mm wide, at triangles {}",
            hole.rim.len(),
            hole.width_mm,
            named(&hole.triangles)
        ));
    }
    if left.holes.len() > NAMED {
        let more = counted(left.holes.len() - NAMED, "smaller hole");
        account.found.push(format!("{more} more"));
    }
    if closed > 0 {
        let holes = counted(closed, "hole");
        account.done.push(format!("{holes} closed flat"));
    }
    if !left.non_manifold.is_empty() {
        let list = named(&left.non_manifold);
        account
            .found
            .push(format!("edges of more than two triangles: {list}"));
    }
    let pairs = &left.self_intersecting;
    if !pairs.is_empty() {
        let shown: Vec<String> = pairs
            .iter()
            .take(NAMED)
            .map(|[a, b]| format!("{a} and {b}"))
            .collect();
        account.found.push(format!(
            "{} of triangles cut each other: {}{}",
            counted(pairs.len(), "pair"),
            shown.join(", "),
            dots(pairs.len())
        ));
    }
    let stays = !pairs.is_empty() || !left.non_manifold.is_empty();
    account.is_doubtful = stays || !left.holes.is_empty();
    if stays || closed < left.holes.len() {
        account
            .done
            .push("meshed is the solid where the winding number exceeds one half".to_owned());
    }
}

fn counted(count: usize, what: &str) -> String {
    match (count, what.strip_suffix("ty")) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{count} {stem}ties"),
        (_, None) => format!("{count} {what}s"),
    }
}

fn named(list: &[u32]) -> String {
    let first: Vec<String> = list.iter().take(NAMED).map(u32::to_string).collect();
    first.join(", ") + dots(list.len())
}

fn dots(count: usize) -> &'static str {
    if count > NAMED { ", …" } else { "" }
}

/// Refuses a solid of which too much is enclosed more than once.
fn refuse_doubled(field: &SurfaceField, left: &SurfaceDefects) -> Result<(), GeometryError> {
    let share = doubled_share(field);
    if share <= DOUBLED_SHARE {
        return Ok(());
    }
    Err(GeometryError::Doubled {
        share_percent: 100.0 * share,
        limit_percent: 100.0 * DOUBLED_SHARE,
        pairs: left.self_intersecting.len(),
        first: left.self_intersecting.iter().copied().take(3).collect(),
        shells: left.shells.len(),
    })
}

/// Share of the solid whose winding number is above 1½, on a grid of cells' middles.
fn doubled_share(field: &SurfaceField) -> f64 {
    use rayon::prelude::*;
    let Aabb { min, .. } = field.bounds();
    let step = field.bounds().size() / SAMPLES as f64;
    let [inside, twice] = (0..SAMPLES.pow(3))
        .into_par_iter()
        .map(|i| {
            let at = [i % SAMPLES, i / SAMPLES % SAMPLES, i / (SAMPLES * SAMPLES)];
            let p: Point = min + Vec3::from_fn(|k, _| (at[k] as f64 + 0.5) * step[k]);
            let winding = field.winding_number(&p);
            [usize::from(winding > 0.5), usize::from(winding > 1.5)]
        })
        .reduce(|| [0, 0], |a, b| [a[0] + b[0], a[1] + b[1]]);
    twice as f64 / inside.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::SizeField;
    use crate::geometry::polygonise::{PolygoniseSettings, polygonise};
    use crate::geometry::primitive::Sphere;

    fn ball(centre: Point, radius: f64) -> TriSurface {
        let sphere = Sphere::new(centre, radius).unwrap();
        let size = SizeField::uniform(0.25 * radius);
        polygonise(&sphere, &size, &PolygoniseSettings::default()).unwrap()
    }

    fn join(a: &TriSurface, b: &TriSurface) -> TriSurface {
        let mut all = a.clone();
        let first = a.vertices.len() as u32;
        all.vertices.extend(&b.vertices);
        let shifted = b.triangles.iter().map(|t| t.map(|v| v + first));
        all.triangles.extend(shifted);
        all
    }

    fn shifted(x: f64) -> TriSurface {
        join(
            &ball(Point::origin(), 10.0),
            &ball(Point::new(x, 0.0, 0.0), 10.0),
        )
    }

    #[test]
    fn a_sound_surface_is_left_alone_and_nothing_is_said() {
        let surface = ball(Point::origin(), 10.0);
        let result = mended(surface.clone()).unwrap();
        assert_eq!(result.surface, surface);
        assert_eq!(result.account.sentence(), None);
        assert_eq!(result.account.triangles, surface.triangles.len());
    }

    #[test]
    fn what_is_mended_is_told_by_the_numbers_of_the_file() {
        // A stray first, so that the numbers of what is kept differ from the file's.
        let (stray, good) = (
            ball(Point::new(30.0, 0.0, 0.0), 1.0),
            ball(Point::origin(), 10.0),
        );
        let volume = good.volume();
        let strays = stray.triangles.len() as u32;
        let mut all = join(&stray, &good);
        all.triangles[strays as usize + 40].swap(0, 1);
        all.triangles.push(all.triangles[strays as usize + 5]);
        let twice = all.triangles.len() - 1;
        let gone = all.triangles.remove(strays as usize + 90);
        let beside = inspect(&all);
        let result = mended(all).unwrap();
        let text = result.account.sentence().unwrap();
        for words in [
            format!("1 triangle there twice: {}", twice - 1),
            format!("1 triangle wound against the neighbours: {}", strays + 40),
            format!("in all {strays} triangles: 0, 1, 2, 3, 4, 5, …"),
            "a hole of 3 edges".to_owned(),
            format!("at triangles {}", named(&beside.open)),
            "1 hole closed flat".to_owned(),
        ] {
            assert!(text.contains(&words), "no {words:?} in {text}");
        }
        assert!(!text.contains("winding number"), "{text}");
        assert!(inspect(&result.surface).is_clean() && gone.len() == 3);
        assert!((result.surface.volume() / volume - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_ball_that_is_there_twice_is_refused_and_a_slight_overlap_is_told() {
        // Two balls of radius 1 at distance d share V = π(2 − d)²(d + 4)/12 of 4π/3 each.
        let share = |d: f64| {
            let lens = (2.0 - d).powi(2) * (d + 4.0) / 16.0;
            100.0 * lens / (2.0 - lens)
        };
        match mended(shifted(3.0)).map(|m| m.account) {
            Err(GeometryError::Doubled {
                share_percent,
                pairs,
                shells,
                ..
            }) => {
                // 40 samples along 20 to 23 mm: a per cent or two of the volume.
                assert!((share_percent - share(0.3)).abs() < 2.0, "{share_percent}");
                assert!(pairs > 10 && shells == 2);
            }
            other => panic!("{other:?}"),
        }
        assert!(share(1.8) < 100.0 * DOUBLED_SHARE);
        let text = mended(shifted(18.0)).unwrap().account.sentence().unwrap();
        assert!(text.contains("cut each other"), "{text}");
        assert!(text.contains("winding number"), "{text}");
    }
}
