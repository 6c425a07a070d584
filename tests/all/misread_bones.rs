//! Surface files that are sound and not what the case says: turned, of another level, of another size,
//! hollow, wound or named otherwise. The files are the program's own made vertebrae, polygonised.

use std::path::Path;

use endplate::geometry::mend::mended;
use endplate::geometry::polygonise::{PolygoniseSettings, polygonise};
use endplate::geometry::primitive::Sphere;
use endplate::geometry::surface_file::{LengthUnit, read_surface};
use endplate::geometry::{Aabb, SizeField};
use endplate::tensor::{Point, Vec3};

use crate::errors::{endplate, folder, has_words, refusal, write};
use crate::surface_files::{CASE, Triangle, lay_out, moved, spine, stl};

/// A test, by name.
type Test = (&'static str, fn() -> Result<(), String>);

/// Tests of this file.
pub const TESTS: &[Test] = &[
    (
        "misread bones: a bone turned is asked about, with the axes that would be right",
        turned_bones,
    ),
    (
        "misread bones: another level is asked about as a level",
        another_level,
    ),
    (
        "misread bones: a disc of another size is blamed itself",
        discs_of_another_size,
    ),
    (
        "misread bones: of two discs in a file nothing says which is meant",
        two_discs,
    ),
    (
        "misread bones: cavities are the same however they are wound",
        cavities_however_wound,
    ),
    (
        "misread bones: a bone hollowed to a thin shell is refused at once",
        a_thin_shell,
    ),
];

/// T5 alone; line 7 names its surface.
const ALONE: &str = r#"format = 1
title = "alone"
states = ["intact"]
[[vertebra]]
name = "T5"
level = "t5"
surface = "t5.stl"
unit = "mm"
axes = { anterior = "+x", left = "+y", cranial = "+z" }
[loads]
preset = "thoracic"
loaded_face = "T5.superior_endplate"
[support]
clamped = "T5.inferior_endplate"
[mesh]
bone_mm = 8.0
endplate_mm = 4.0
"#;

const RIGHT: &str = "axes = { anterior = \"+x\", left = \"+y\", cranial = \"+z\" }";

/// What `check` of a case says beside a `t5.stl`, and whether it ended well.
fn checked(text: &str, t5: &[Triangle]) -> Result<(bool, String), String> {
    let folder = folder()?;
    let here = folder.path();
    write(&here.join("case.toml"), text)?;
    write(&here.join("t5.stl"), stl(t5))?;
    told(here)
}

fn told(here: &Path) -> Result<(bool, String), String> {
    let output = endplate(here, &["check", "case.toml"])?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((output.status.success(), told))
}

fn turned_bones() -> Result<(), String> {
    let [t5, ..] = spine()?;
    // The level is written with a small letter, and is the level all the same.
    let (sound, words) = checked(ALONE, &t5)?;
    if !sound {
        return Err(format!("as it is: {words}"));
    }
    let table = [
        ("upside down", ["+x", "-y", "-z"], "is it upside down?"),
        (
            "backwards",
            ["-x", "-y", "+z"],
            "say which way is cranial and which anterior?",
        ),
        ("on its side", ["+x", "+z", "-y"], "surface t5.stl: "),
    ];
    for (what, [anterior, left, cranial], words) in table {
        let axes = format!(
            "axes = {{ anterior = \"{anterior}\", left = \"{left}\", cranial = \"{cranial}\" }}"
        );
        let (sound, told) = checked(&ALONE.replacen(RIGHT, &axes, 1), &t5)?;
        if sound {
            return Err(format!("{what}: taken"));
        }
        let right = format!("with `{RIGHT}` it is like a T5");
        has_words(&told, &["--> case.toml:7:", words, &right], what)?;
    }
    let upside_down = RIGHT.replace("+y", "-y").replace("+z", "-z") + "\naccept = [\"Frame\"]";
    match checked(&ALONE.replacen(RIGHT, &upside_down, 1), &t5)? {
        (true, _) => Ok(()),
        (false, told) => Err(format!("accepted upside down: {told}")),
    }
}

fn another_level() -> Result<(), String> {
    let [t5, ..] = spine()?;
    for level in ["L3", "T12", "L5", "c3"] {
        let text = ALONE.replacen("\"t5\"", &format!("\"{level}\""), 1);
        let (sound, told) = checked(&text, &t5)?;
        let words = [
            "--> case.toml:7:",
            &format!("is it a {}?", level.to_uppercase()),
            "It is as large as ",
            "accept = [\"level\"]",
        ];
        has_words(&told, &words, level)?;
        let accepted = text.replacen(RIGHT, &format!("{RIGHT}\naccept = [\"level\"]"), 1);
        let (taken, told) = checked(&accepted, &t5)?;
        if sound || !taken {
            return Err(format!("{level}: {sound} {taken} {told}"));
        }
    }
    Ok(())
}

/// Ten times as large and a tenth of it, as a unit taken for another makes it; accepted, it is no more
/// asked about.
fn discs_of_another_size() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let folder = folder()?;
    let here = folder.path();
    for (factor, asked) in [(10.0, "was it scaled twice?"), (0.1, "is its unit cm?")] {
        let file: Vec<Triangle> = disc
            .iter()
            .map(|t| t.map(|p| Point::from(p.coords * factor)))
            .collect();
        lay_out(here, CASE, [&t5, &t6, &file])?;
        let what = format!("a disc times {factor}");
        let message = refusal(&endplate(here, &["check", "case.toml", "--quiet"])?, &what)?;
        let words = [
            "--> case.toml:22:",
            "between bones of",
            asked,
            "accept = [\"size\"]` at the disc",
        ];
        has_words(&message, &words, &what)?;
        let accepted = CASE.replacen("\"disc.stl\"", "\"disc.stl\"\naccept = [\"size\"]", 1);
        lay_out(here, &accepted, [&t5, &t6, &file])?;
        let (_, message) = told(here)?;
        if message.contains("between bones of") {
            return Err(format!("{what}: asked again\n{message}"));
        }
    }
    let wrong = CASE.replacen("\"disc.stl\"", "\"disc.stl\"\naccept = [\"frame\"]", 1);
    lay_out(here, &wrong, [&t5, &t6, &disc])?;
    let message = refusal(
        &endplate(here, &["check", "case.toml", "--quiet"])?,
        "frame",
    )?;
    has_words(&message, &["no doubt \"frame\"", "size"], "frame")
}

/// A second disc 40 mm lower is refused with both places; a crumb is told, and what is used of it.
fn two_discs() -> Result<(), String> {
    let [t5, t6, disc] = spine()?;
    let folder = folder()?;
    let here = folder.path();
    let twice = [disc.clone(), moved(&disc, [0.0, 0.0, -40.0])].concat();
    lay_out(here, CASE, [&t5, &t6, &twice])?;
    let message = refusal(
        &endplate(here, &["check", "case.toml", "--quiet"])?,
        "twice",
    )?;
    let words = [
        "--> case.toml:22:",
        "it holds 2 bodies that touch nowhere",
        "mm³ about (",
        "a disc is one",
        "each with a [[disc]] of its own",
    ];
    has_words(&message, &words, "twice")?;
    let crumb = ball([0.0, 0.0, -60.0], 3.5)?;
    lay_out(here, CASE, [&t5, &t6, &[disc, crumb].concat()])?;
    let (sound, told) = told(here)?;
    let words = [
        "2 parts outside each other",
        "the outline of what lies between its bones is used",
    ];
    has_words(&told, &words, "a crumb")?;
    match sound {
        true => Ok(()),
        false => Err(format!("a crumb: {told}")),
    }
}

fn ball(centre: [f64; 3], radius: f64) -> Result<Vec<Triangle>, String> {
    let sphere = Sphere::new(Point::from(centre), radius).map_err(|e| e.to_string())?;
    let size = SizeField::uniform(0.3 * radius);
    let surface = polygonise(&sphere, &size, &PolygoniseSettings::default());
    let surface = surface.map_err(|e| e.to_string())?;
    let count = surface.triangles.len();
    Ok((0..count).map(|t| surface.corners(t)).collect())
}

fn turned_over(triangles: &[Triangle]) -> Vec<Triangle> {
    triangles.iter().map(|[a, b, c]| [*a, *c, *b]).collect()
}

/// A ball of 20 mm with two cavities, each of the three wound either way, and once more with a triangle
/// missing outside: always the volume of the one less those of the others, and the same told.
fn cavities_however_wound() -> Result<(), String> {
    let parts = [
        ball([0.0; 3], 20.0)?,
        ball([8.0, 0.0, 0.0], 6.0)?,
        ball([-8.0, 0.0, 0.0], 5.0)?,
    ];
    let volume = |triangles: &[Triangle]| -> f64 {
        let six = triangles
            .iter()
            .map(|[a, b, c]| a.coords.dot(&b.coords.cross(&c.coords)));
        six.sum::<f64>() / 6.0
    };
    let expected = volume(&parts[0]) - volume(&parts[1]) - volume(&parts[2]);
    let folder = folder()?;
    let path = folder.path().join("hollow.stl");
    for n in 0..12 {
        let mut file = Vec::new();
        for (k, part) in parts.iter().enumerate() {
            let outward = n >> k & 1 == 0;
            file.extend(match outward {
                true => part.clone(),
                false => turned_over(part),
            });
        }
        // An outer shell inside out and open is refused: 8, 10 are wound outward.
        if n >= 8 {
            if n & 1 == 1 {
                continue;
            }
            file.remove(40);
        }
        write(&path, stl(&file))?;
        let surface = read_surface(&path, LengthUnit::Millimetre).map_err(|e| e.to_string())?;
        let mended = mended(surface).map_err(|e| format!("{n}: {e}"))?;
        let found = mended.surface.volume();
        // Single precision, and the cap of a missing triangle.
        if (found / expected - 1.0).abs() > 1e-4 {
            return Err(format!("{n}: {found} mm³, expected {expected}"));
        }
        let told = mended.account.sentence().unwrap_or_default();
        has_words(
            &told,
            &["2 cavities: ", "cavities kept empty"],
            &n.to_string(),
        )?;
        let turned = told.matches("wound as a solid").count();
        let outward = [1, 2].iter().filter(|k| n >> **k & 1 == 0).count();
        if turned != outward || told.contains("inside out") != (n & 1 == 1) {
            return Err(format!("{n}: {told}"));
        }
    }
    Ok(())
}

/// T5 with itself, a little smaller, as a cavity: the walls are half a millimetre thick and less.
fn a_thin_shell() -> Result<(), String> {
    let [t5, ..] = spine()?;
    let corners: Vec<Point> = t5.iter().flatten().copied().collect();
    let bounds = Aabb::around(&corners).ok_or("no corners")?;
    let middle = nalgebra::center(&bounds.min, &bounds.max);
    let smaller = |p: &Point| middle + Vec3::from(0.97 * (p - middle));
    let inner: Vec<Triangle> = t5.iter().map(|t| t.each_ref().map(smaller)).collect();
    let hollow = [t5.clone(), turned_over(&inner)].concat();
    let clock = std::time::Instant::now();
    let (sound, told) = checked(ALONE, &hollow)?;
    let words = [
        "--> case.toml:7:",
        "it is a thin shell",
        "expected at least 1.2 mm",
    ];
    has_words(&told, &words, "hollow")?;
    match (sound, clock.elapsed().as_secs_f64()) {
        (false, seconds) if seconds < 30.0 => Ok(()),
        (sound, seconds) => Err(format!("{sound} after {seconds:.0} s")),
    }
}
