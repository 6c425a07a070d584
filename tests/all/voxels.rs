//! A bone made of voxels has the endplates of the smooth one, wherever the grid lies.

use std::fmt::Write as _;
use std::path::Path;

use endplate::anatomy::{Level, column};
use endplate::case::Case;
use endplate::geometry::Field;
use endplate::progress::Silent;
use endplate::scene::Scene;
use endplate::tensor::{Point, Vec3};

use crate::errors::{folder, write};

/// Tests of this file.
pub const TESTS: &[(&str, fn() -> Result<(), String>)] = &[(
    "anatomy: a vertebra of voxels has the endplates of the smooth one",
    endplates,
)];

/// The sides of the voxels of edge `h` whose middles lie in a solid, as OBJ.
fn outside(solid: &dyn Field, h: f64, offset: f64) -> String {
    let bounds = solid.bounds().grown(2.0 * h);
    let from = bounds.min + Vec3::repeat(offset);
    let count: [usize; 3] = std::array::from_fn(|k| (bounds.size()[k] / h).ceil() as usize);
    let corner = |n: [usize; 3]| from + h * Vec3::new(n[0] as f64, n[1] as f64, n[2] as f64);
    let filled = |n: [usize; 3]| solid.value(&(corner(n) + Vec3::repeat(0.5 * h))) < 0.0;
    let (mut vertices, mut faces) = (String::new(), String::new());
    let mut made = 0;
    for k in 0..count[2] {
        for j in 0..count[1] {
            for i in 0..count[0] {
                for axis in 0..3 {
                    let here = [i, j, k];
                    let mut next = here;
                    next[axis] += 1;
                    let (a, b) = (filled(here), filled(next));
                    if a == b {
                        continue;
                    }
                    let [mut p, mut q] = [next, next];
                    p[(axis + 1) % 3] += 1;
                    q[(axis + 2) % 3] += 1;
                    let mut both = p;
                    both[(axis + 2) % 3] += 1;
                    let quad = if a {
                        [next, p, both, q]
                    } else {
                        [next, q, both, p]
                    };
                    for n in quad {
                        let Point { coords } = corner(n);
                        let _ = writeln!(vertices, "v {} {} {}", coords.x, coords.y, coords.z);
                    }
                    let [a, b, c, d] = [1, 2, 3, 4].map(|v| made + v);
                    let _ = writeln!(faces, "f {a} {b} {c}\nf {a} {c} {d}");
                    made += 4;
                }
            }
        }
    }
    vertices + &faces
}

/// A case of T6 alone, drawn from morphometry or from a surface.
fn scene(obj: Option<&str>) -> Result<Scene, String> {
    let dir = folder()?;
    write(&dir.path().join("t6.obj"), obj.unwrap_or_default())?;
    let frame = "[surfaces]\nunit = \"mm\"\n\
        axes = { anterior = \"+x\", left = \"+y\", cranial = \"+z\" }\n";
    let (frame, surface) = match obj {
        Some(_) => (frame, "surface = \"t6.obj\"\n"),
        None => ("", ""),
    };
    let text = format!(
        "format = 1\ntitle = \"T6\"\nstates = [\"intact\"]\n\
        {frame}[[vertebra]]\nname = \"T6\"\nlevel = \"T6\"\n{surface}\
        [loads]\npreset = \"thoracic\"\nloaded_face = \"T6.superior_endplate\"\n\
        [support]\nclamped = \"T6.inferior_endplate\"\n"
    );
    let case = Case::from_text(&dir.path().join("case.toml"), text);
    let case = case.map_err(|e| e.to_string())?;
    let scene = Scene::build(&case, Some(Path::new(dir.path())), &Silent);
    scene.map_err(|e| e.to_string())
}

fn endplates() -> Result<(), String> {
    let stack = column::stack(&[Level::T6], &[]).map_err(|e| e.to_string())?;
    let solid = stack[0].as_ref();
    let smooth = scene(None)?;
    for offset in [0.13, 0.7] {
        let voxels = scene(Some(&outside(solid, 2.0, offset)))?;
        let steps = voxels.files[0].account.steps_mm;
        if steps.is_none_or(|s| (s - 2.0).abs() > 1e-9) {
            return Err(format!("offset {offset}: steps of {steps:?}"));
        }
        let [smooth, voxels] = [&smooth, &voxels].map(|s| s.vertebra(0));
        for (side, smooth, voxels) in [
            ("superior", &smooth.superior, &voxels.superior),
            ("inferior", &smooth.inferior, &voxels.inferior),
        ] {
            // A voxel's size at the rim is a tenth of the area; half of it is what smoothing may cost.
            let area = voxels.area / smooth.area - 1.0;
            let off = (voxels.centroid - smooth.centroid).norm();
            if area.abs() > 0.1 || off > 1.2 {
                return Err(format!(
                    "offset {offset}, {side}: area {area:+.3}, centre {off:.2} mm off"
                ));
            }
        }
    }
    Ok(())
}
