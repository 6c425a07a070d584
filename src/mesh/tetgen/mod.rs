//! Tetrahedra inside a closed surface, by TetGen (Si 2015) through `tritet`.
//!
//! TetGen can abort the process, loop for long, or return nothing and call that success; it keeps
//! global state and prints to the standard output. So the program meshes in a child process of
//! itself ([`ChildTetgen`], whose other end is [`serve_tetgen`]) and trusts nothing that comes
//! back: every mesh must fill the surface's volume and have the surface's area.
//!
//! `tritet` fixes TetGen's switches to `pzAfQ`, `a` and `q`. Flat neighbours are merged and cut
//! anew, edges that cannot be had otherwise are split (new points lie on the given triangles),
//! the given points keep their numbers. Points inside come from the caller: TetGen's own
//! refinement has no size field and would cut the surface wherever it comes near.

mod raw_tets;
mod wire;
mod stored;

pub use raw_tets::RawTets;
pub use stored::{DEFAULT_LIMIT_BYTES, StoredCounts, StoredMeshes};

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::error::MeshError;
use super::{FACES, boundary::sorted};
use crate::geometry::TriSurface;
use crate::geometry::triangle::winding;
use crate::tensor::{Point, Vec3};

/// TetGen's bound on circumradius over shortest edge, so large that it adds no points for it: with
/// a bound of 1.3 it cuts the surface's own triangles into four and more.
const RADIUS_EDGE_RATIO: f64 = 1e4;

/// The hidden subcommand that serves [`ChildTetgen`].
pub const SUBCOMMAND: &str = "__tetgen";

/// Fills a closed surface with tetrahedra.
pub trait Mesher: Sync {
    /// Tetrahedra that fill `surface`, with the points `inside` as further vertices. The result is
    /// checked: it has the surface's volume and area, all tetrahedra are right-handed.
    fn tetrahedralise(&self, surface: &TriSurface, inside: &[Point]) -> Result<RawTets, MeshError>;
}

/// TetGen in a process of its own, which may crash or be killed.
#[derive(Debug, Clone)]
pub struct ChildTetgen {
    /// The program whose hidden subcommand `__tetgen` calls [`serve_tetgen`].
    pub program: PathBuf,
    /// How long it may take before it is killed.
    pub timeout: Duration,
}

/// TetGen in this process, one call at a time: for tests. It can take the process down.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcessTetgen;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

impl Mesher for InProcessTetgen {
    fn tetrahedralise(&self, surface: &TriSurface, inside: &[Point]) -> Result<RawTets, MeshError> {
        let guard = ONE_AT_A_TIME.lock();
        let raw =
            call_tetgen(surface, inside).map_err(|reason| MeshError::MesherFailed { reason })?;
        drop(guard);
        checked(raw, surface)
    }
}

impl Mesher for ChildTetgen {
    fn tetrahedralise(&self, surface: &TriSurface, inside: &[Point]) -> Result<RawTets, MeshError> {
        let mut child = Command::new(&self.program)
            .arg(SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| self.not_run(&e.to_string()))?;
        let answer = self.converse(&mut child, wire::question(surface, inside));
        // Whatever happened, no process is left behind.
        let killed = child.kill();
        let ended = child.wait();
        let (stdout, stderr) = answer?;
        match wire::read_answer(&stdout) {
            Some(raw) => checked(raw, surface),
            None => {
                let mut reason = match (killed, ended) {
                    (_, Ok(status)) => status.to_string(),
                    (_, Err(e)) => e.to_string(),
                };
                for words in [&stdout, &stderr] {
                    let text = wire::last_words(words);
                    if !text.is_empty() {
                        reason.push_str("; it said: ");
                        reason.push_str(&text);
                    }
                }
                Err(MeshError::MesherFailed { reason })
            }
        }
    }
}

impl ChildTetgen {
    fn not_run(&self, reason: &str) -> MeshError {
        MeshError::MesherNotRun {
            program: self.program.display().to_string(),
            reason: reason.to_string(),
        }
    }

    /// Sends the question and collects what the child prints, until it closes its output or the
    /// time is up.
    fn converse(
        &self,
        child: &mut Child,
        question: Vec<u8>,
    ) -> Result<(Vec<u8>, Vec<u8>), MeshError> {
        let (Some(mut stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(self.not_run("its standard streams are missing"));
        };
        // A child that dies early makes this fail; its answer then tells why.
        std::thread::spawn(move || stdin.write_all(&question));
        let (out, err) = (collect(stdout), collect(stderr));
        let end = Instant::now() + self.timeout;
        let wait = |from: Receiver<Vec<u8>>| {
            from.recv_timeout(end.saturating_duration_since(Instant::now()))
        };
        match (wait(out), wait(err)) {
            (Ok(out), Ok(err)) => Ok((out, err)),
            (Err(RecvTimeoutError::Timeout), _) | (_, Err(RecvTimeoutError::Timeout)) => {
                Err(MeshError::MesherTimedOut {
                    seconds: self.timeout.as_secs_f64(),
                })
            }
            _ => Err(self.not_run("its output could not be read")),
        }
    }
}

/// Reads all of `from` on a thread of its own and sends it when it ends.
fn collect(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut all = Vec::new();
        if from.read_to_end(&mut all).is_ok() {
            // The other side may have given up already.
            send.send(all).ok();
        }
    });
    receive
}

/// The child's side: reads a surface, meshes it, writes the tetrahedra. Returns the exit code:
/// 0 done, 2 unreadable input, 3 no mesh, 4 the answer could not be written.
pub fn serve_tetgen(mut input: impl Read, mut output: impl Write) -> i32 {
    let mut question = Vec::new();
    if input.read_to_end(&mut question).is_err() {
        return 2;
    }
    let Some((surface, inside)) = wire::read_question(&question) else {
        return 2;
    };
    match call_tetgen(&surface, &inside) {
        Err(reason) => {
            let told = writeln!(output, "{reason}");
            if told.is_ok() { 3 } else { 4 }
        }
        Ok(raw) => {
            let answer = wire::answer(&raw);
            match output.write_all(&answer).and_then(|()| output.flush()) {
                Ok(()) => 0,
                Err(_) => 4,
            }
        }
    }
}

fn call_tetgen(surface: &TriSurface, inside: &[Point]) -> Result<RawTets, String> {
    let facets = vec![3; surface.triangles.len()];
    let count = surface.vertices.len() + inside.len();
    let mut tetgen = tritet::Tetgen::new(count, Some(facets), None, None)?;
    for (i, p) in surface.vertices.iter().chain(inside).enumerate() {
        tetgen.set_point(i, 0, p.x, p.y, p.z)?;
    }
    for (t, triangle) in surface.triangles.iter().enumerate() {
        for (m, &v) in triangle.iter().enumerate() {
            tetgen.set_facet_point(t, m, v as usize)?;
        }
    }
    tetgen.generate_mesh(false, false, None, Some(RADIUS_EDGE_RATIO))?;
    let points: Vec<Point> = (0..tetgen.out_npoint())
        .map(|i| Point::from(std::array::from_fn::<f64, 3, _>(|k| tetgen.out_point(i, k))))
        .collect();
    let mut raw = RawTets {
        points,
        tets: Vec::with_capacity(tetgen.out_ncell()),
    };
    let hollow = hollow_regions(&tetgen, &raw.points, surface);
    for t in 0..tetgen.out_ncell() {
        if hollow.contains(&tetgen.out_cell_marker(t)) {
            continue;
        }
        let mut tet = std::array::from_fn(|m| tetgen.out_cell_point(t, m) as u32);
        let [a, b, c, d] = tet.map(|v: u32| raw.points[v as usize]);
        if (b - a).cross(&(c - a)).dot(&(d - a)) < 0.0 {
            tet.swap(2, 3);
        }
        raw.tets.push(tet);
    }
    if raw.tets.is_empty() {
        return Err(
            "TetGen returned no tetrahedra; the surface cuts or touches itself, or has a part too \
             small to tell"
                .into(),
        );
    }
    Ok(raw)
}

/// TetGen's numbers of the regions that the surface leaves empty: it fills voids inside a body
/// too, as regions of their own. A region is solid where the surface winds around it, which one
/// of its tetrahedra tells for all.
fn hollow_regions(tetgen: &tritet::Tetgen, points: &[Point], surface: &TriSurface) -> Vec<i32> {
    let mut seen = Vec::new();
    let mut hollow = Vec::new();
    for t in 0..tetgen.out_ncell() {
        let region = tetgen.out_cell_marker(t);
        if seen.contains(&region) {
            continue;
        }
        seen.push(region);
        let corners: [Point; 4] = std::array::from_fn(|m| points[tetgen.out_cell_point(t, m)]);
        let sum: Vec3 = corners.iter().map(|p| p.coords).sum();
        let at = Point::from(sum / 4.0);
        let turns = (0..surface.triangles.len()).map(|t| winding(&at, &surface.corners(t)));
        if turns.sum::<f64>() < 0.5 {
            hollow.push(region);
        }
    }
    hollow
}

/// Relative difference in volume and area that a sound mesh may show: TetGen takes triangles that
/// fold by less than 0.1° for one flat facet and may cut it along the other diagonal.
const TOLERANCE: f64 = 1e-5;

/// The mesh if it fills `surface`, with the points no tetrahedron uses still in place.
fn checked(raw: RawTets, surface: &TriSurface) -> Result<RawTets, MeshError> {
    if raw.tets.is_empty() {
        return Err(MeshError::MesherFailed {
            reason: "the mesh is empty".into(),
        });
    }
    let bad_index = raw
        .tets
        .iter()
        .flatten()
        .any(|&v| v as usize >= raw.points.len());
    if bad_index || raw.points.iter().any(|p| !p.iter().all(|c| c.is_finite())) {
        return Err(MeshError::MesherFailed {
            reason: "the mesh names points it does not have".into(),
        });
    }
    let mut volume = 0.0;
    for t in 0..raw.tets.len() {
        let v = raw.volume(t);
        if v.is_nan() || v <= 0.0 {
            return Err(MeshError::Inverted {
                element: t,
                volume: v,
            });
        }
        volume += v;
    }
    let wanted = surface.volume();
    if (volume - wanted).abs() > TOLERANCE * wanted.abs() {
        return Err(MeshError::VolumeMismatch {
            mesh: volume,
            surface: wanted,
        });
    }
    let (area, wanted) = (boundary_area(&raw), surface.area());
    if (area - wanted).abs() > TOLERANCE * wanted {
        return Err(MeshError::AreaMismatch {
            mesh: area,
            surface: wanted,
        });
    }
    Ok(raw)
}

fn boundary_area(raw: &RawTets) -> f64 {
    let mut faces: Vec<[u32; 3]> = raw
        .tets
        .iter()
        .flat_map(|tet| FACES.map(|f| sorted(f.map(|i| tet[i]))))
        .collect();
    faces.sort_unstable();
    faces
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() == 1)
        .map(|same| {
            let [a, b, c] = same[0].map(|v| raw.points[v as usize]);
            0.5 * (b - a).cross(&(c - a)).norm()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::tests::surfaces::{cube, icosphere};

    #[test]
    fn a_ball_is_filled_to_round_off_and_the_given_points_keep_their_numbers() {
        let ball = icosphere(3, 10.0);
        let inside = [Point::origin(), Point::new(1.0, 2.0, -4.0)];
        let raw = InProcessTetgen.tetrahedralise(&ball, &inside).unwrap();
        let volume: f64 = (0..raw.tets.len()).map(|t| raw.volume(t)).sum();
        // Nothing to merge on a sphere: round-off only.
        assert!((volume / ball.volume() - 1.0).abs() < 1e-12);
        let given = ball.vertices.len();
        assert_eq!(raw.points[..given], ball.vertices);
        assert_eq!(raw.points[given..], inside);
    }

    #[test]
    fn the_child_side_answers_what_the_parent_side_reads() {
        let surface = cube(4, 10.0);
        let inside = [Point::new(4.0, 5.0, 6.0)];
        let mut output = b"words that TetGen printed before\n".to_vec();
        let code = serve_tetgen(&wire::question(&surface, &inside)[..], &mut output);
        assert_eq!(code, 0);
        output.extend(b"and after");
        let raw = wire::read_answer(&output).unwrap();
        assert_eq!(
            raw,
            InProcessTetgen.tetrahedralise(&surface, &inside).unwrap()
        );
    }

    #[test]
    fn a_mesh_that_does_not_fill_the_surface_is_refused() {
        let surface = cube(2, 10.0);
        let mut raw = InProcessTetgen.tetrahedralise(&surface, &[]).unwrap();
        let whole = raw.clone();
        raw.tets.pop();
        assert!(matches!(
            checked(raw, &surface),
            Err(MeshError::VolumeMismatch { .. })
        ));
        assert!(matches!(
            checked(RawTets::default(), &surface),
            Err(MeshError::MesherFailed { .. })
        ));
        let mut inverted = whole.clone();
        inverted.tets[3].swap(0, 1);
        assert!(matches!(
            checked(inverted, &surface),
            Err(MeshError::Inverted { element: 3, .. })
        ));
        let mut lost = whole;
        lost.tets[0][0] = 1_000_000;
        assert!(matches!(
            checked(lost, &surface),
            Err(MeshError::MesherFailed { .. })
        ));
    }

    #[test]
    fn a_void_stays_empty_and_separate_parts_are_all_filled() {
        let mut surface = cube(5, 10.0);
        for (radius, centre, turned) in [(2.0, 5.0, true), (3.0, 20.0, false)] {
            let ball = icosphere(2, radius);
            let first = surface.vertices.len() as u32;
            let shift = Vec3::repeat(centre);
            surface
                .vertices
                .extend(ball.vertices.iter().map(|p| p + shift));
            surface.triangles.extend(ball.triangles.iter().map(|t| {
                let [a, b, c] = t.map(|v| v + first);
                if turned { [a, c, b] } else { [a, b, c] }
            }));
        }
        let raw = InProcessTetgen.tetrahedralise(&surface, &[]).unwrap();
        let middle = Point::new(5.0, 5.0, 5.0);
        for t in 0..raw.tets.len() {
            let corners = raw.tets[t].map(|v| raw.points[v as usize]);
            let sum: Vec3 = corners.iter().map(|p| p.coords).sum();
            assert!((Point::from(sum / 4.0) - middle).norm() > 1.5);
        }
        let filled = 1e3 + icosphere(2, 3.0).volume() - icosphere(2, 2.0).volume();
        assert!((surface.volume() / filled - 1.0).abs() < 1e-12);
    }

    #[test]
    fn garbage_on_the_input_is_refused_by_the_child_side() {
        for input in [&b""[..], b"not a surface", &[0xff; 4096]] {
            assert_eq!(serve_tetgen(input, Vec::new()), 2);
        }
        let mut cut = wire::question(&cube(2, 1.0), &[]);
        cut.truncate(cut.len() - 1);
        assert_eq!(serve_tetgen(&cut[..], Vec::new()), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_fails_hangs_or_is_missing_is_an_error_and_not_the_end() {
        let surface = cube(2, 1.0);
        let mesher = |program: &str, seconds| ChildTetgen {
            program: program.into(),
            timeout: Duration::from_secs_f64(seconds),
        };
        let outcome = mesher("/bin/false", 5.0).tetrahedralise(&surface, &[]);
        assert!(matches!(outcome, Err(MeshError::MesherFailed { .. })));
        let outcome = mesher("/nowhere/endplate", 5.0).tetrahedralise(&surface, &[]);
        assert!(matches!(outcome, Err(MeshError::MesherNotRun { .. })));
        // `yes` prints its argument for ever.
        let outcome = mesher("/usr/bin/yes", 0.2).tetrahedralise(&surface, &[]);
        assert!(matches!(outcome, Err(MeshError::MesherTimedOut { .. })));
    }
}
