//! Young's modulus over all directions: the surface whose distance from the centre is the modulus
//! along that direction, and its sections, in one SVG with scale, unit and legend.

use maud::{Markup, html};
use nalgebra::Matrix6;

use super::super::ReportError;
use super::colour::Ramp;
use super::encode::{encode_png, png_uri};
use super::raster::{Camera, Image, Triangle, render};
use crate::material::constants::modulus_along;
use crate::report::number::round_up;
use crate::tensor::{Elasticity, Point, Vec3};

/// Pixels of the surface.
const SURFACE_SIZE: [usize; 2] = [760, 760];
/// Steps of the surface in latitude; twice as many in longitude.
const STEPS: usize = 120;
/// Points of a section.
const SECTION_STEPS: usize = 360;
/// Size of the drawing, and of its two square panels.
const SIZE: [f64; 2] = [940.0, 520.0];
const PANEL: f64 = 380.0;
const TOP: f64 = 64.0;

/// The picture as PNG and, with axes and legend, as SVG.
#[derive(Debug, Clone, PartialEq)]
pub struct ModulusPicture {
    /// The surface alone.
    pub png: Vec<u8>,
    /// Surface, colour bar and sections.
    pub svg: String,
}

/// Draws the directional modulus (MPa) of a stiffness; `title` stands over it.
///
/// # Errors
/// [`ReportError::Png`] where an image cannot be encoded. A singular stiffness draws nothing.
pub fn draw(stiffness: &Elasticity, title: &str) -> Result<ModulusPicture, ReportError> {
    let compliance = stiffness.0.try_inverse().unwrap_or_else(Matrix6::zeros);
    let surface = surface(&compliance);
    let largest = surface.iter().map(|t| t.1).fold(0.0, f64::max);
    let full = round_up(largest);
    let image = image(&surface, full);
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {} {}", SIZE[0], SIZE[1]))
            width=(SIZE[0]) height=(SIZE[1]) font-family="sans-serif" font-size="13" {
            rect width="100%" height="100%" fill="white" {}
            text x="30" y="32" font-size="17" { (title) }
            image x="30" y=(TOP) width=(PANEL) height=(PANEL) href=(png_uri(&image)?) {}
            (colour_bar(full))
            (sections(&compliance, full))
        }
    };
    Ok(ModulusPicture {
        png: encode_png(&image)?,
        svg: picture.into_string(),
    })
}

/// Triangles of the surface with the modulus at each, MPa.
fn surface(compliance: &Matrix6<f64>) -> Vec<([Vec3; 3], f64)> {
    let point = |i: usize, j: usize| {
        let (polar, around) = (
            std::f64::consts::PI * i as f64 / STEPS as f64,
            std::f64::consts::PI * j as f64 / STEPS as f64,
        );
        let n = Vec3::new(
            polar.sin() * around.cos(),
            polar.sin() * around.sin(),
            polar.cos(),
        );
        modulus_along(compliance, &n) * n
    };
    let mut found = Vec::with_capacity(4 * STEPS * STEPS);
    for i in 0..STEPS {
        for j in 0..2 * STEPS {
            let [a, b, c, d] = [
                point(i, j),
                point(i + 1, j),
                point(i + 1, j + 1),
                point(i, j + 1),
            ];
            for corners in [[a, b, c], [a, c, d]] {
                let mean = corners.iter().map(|p| p.norm()).sum::<f64>() / 3.0;
                found.push((corners, mean));
            }
        }
    }
    found
}

/// The surface as triangles, shaded, with the cell's three axes as thin bars.
fn image(surface: &[([Vec3; 3], f64)], full: f64) -> Image {
    let mut scene: Vec<Triangle> = surface
        .iter()
        .map(|(corners, modulus)| {
            let [a, b, c] = corners.map(|p| p / full);
            let normal = (b - a).cross(&(c - a));
            Triangle {
                corners: [a, b, c].map(Point::from),
                normals: [normal.try_normalize(0.0).unwrap_or_else(Vec3::z); 3],
                colour: Ramp::Sequential.at(modulus / full),
                group: 0,
            }
        })
        .collect();
    for axis in [Vec3::x(), Vec3::y(), Vec3::z()] {
        scene.extend(bar(axis));
    }
    render(&scene, &Camera::new(35.0, 22.0), SURFACE_SIZE)
}

/// Length of an axis and half its thickness, over the full scale.
const AXIS: [f64; 2] = [1.0, 0.006];

/// A square bar from the centre along an axis.
fn bar(axis: Vec3) -> Vec<Triangle> {
    let [length, half] = AXIS;
    let side = Vec3::new(axis.y, axis.z, axis.x);
    let other = axis.cross(&side);
    let corner = |k: usize, t: f64| {
        let (s, o) = [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)][k % 4];
        Point::from(t * axis + half * (s * side + o * other))
    };
    (0..4)
        .flat_map(|k| {
            let [a, b] = [corner(k, 0.0), corner(k + 1, 0.0)];
            let [c, d] = [corner(k + 1, length), corner(k, length)];
            [[a, b, c], [a, c, d]].map(|corners| Triangle {
                corners,
                normals: [Vec3::zeros(); 3],
                colour: super::colour::Rgb([70, 76, 84]),
                group: 1,
            })
        })
        .collect()
}

/// A quarter of a round number needs one digit more than a tick has.
fn mark(value: f64) -> String {
    let digits = (4.0 - value.abs().max(1e-12).log10()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn colour_bar(full: f64) -> Markup {
    const BARS: usize = 95;
    let (left, top, width) = (45.0, TOP + PANEL + 18.0, 350.0);
    html! {
        @for k in 0..BARS {
            rect x=(left + width * k as f64 / BARS as f64) y=(top) width=(width / BARS as f64)
                height="12" shape-rendering="crispEdges"
                fill=(Ramp::Sequential.at((k as f64 + 0.5) / BARS as f64).hex()) {}
        }
        @for k in 0..=4 {
            @let t = f64::from(k) / 4.0;
            text x=(left + width * t) y=(top + 28.0) text-anchor="middle" { (mark(t * full)) }
        }
        text x=(left) y=(top + 48.0) {
            "Young's modulus along the direction / MPa; bars of " (mark(full))
            " MPa: x at lower left, y at right, z up"
        }
    }
}

/// The two planes of a section, their names and colours.
const PLANES: [(&str, &str, [Vec3; 2]); 2] = [
    (
        "plane of x [100] and z [001]",
        "#1f4e79",
        [Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, 0.0, 1.0)],
    ),
    (
        "plane of [110] and z [001]",
        "#d98a20",
        [
            Vec3::new(
                std::f64::consts::FRAC_1_SQRT_2,
                std::f64::consts::FRAC_1_SQRT_2,
                0.0,
            ),
            Vec3::new(0.0, 0.0, 1.0),
        ],
    ),
];

/// Polar sections: distance from the centre is the modulus.
fn sections(compliance: &Matrix6<f64>, full: f64) -> Markup {
    let radius = 0.46 * PANEL;
    let (x, y) = (SIZE[0] - 40.0 - 0.5 * PANEL, TOP + 0.5 * PANEL);
    let path = |[across, up]: [Vec3; 2]| {
        let mut text = String::new();
        for k in 0..=SECTION_STEPS {
            let angle = std::f64::consts::TAU * k as f64 / SECTION_STEPS as f64;
            let n = angle.cos() * across + angle.sin() * up;
            let r = radius * modulus_along(compliance, &n) / full;
            let place = (x + r * angle.cos(), y - r * angle.sin());
            let letter = if k == 0 { 'M' } else { 'L' };
            text.push_str(&format!("{letter}{:.2} {:.2}", place.0, place.1));
        }
        text
    };
    html! {
        @for k in 1..=4 {
            @let share = f64::from(k) / 4.0;
            circle cx=(x) cy=(y) r=(share * radius) fill="none" stroke="#d5d5d5" {}
            text x=(x + 4.0) y=(y - share * radius - 3.0) font-size="11" fill="#555" {
                (mark(share * full)) @if k == 4 { " MPa" }
            }
        }
        line x1=(x - radius) x2=(x + radius) y1=(y) y2=(y) stroke="#d5d5d5" {}
        line x1=(x) x2=(x) y1=(y - radius) y2=(y + radius) stroke="#d5d5d5" {}
        @for (k, (name, colour, plane)) in PLANES.iter().enumerate() {
            path d=(path(*plane)) fill="none" stroke=(colour) stroke-width="2.2"
                stroke-dasharray=[(k == 1).then_some("7 4")] {}
            @let at = TOP + PANEL + 24.0 + 22.0 * k as f64;
            line x1=(x - radius) x2=(x - radius + 34.0) y1=(at - 4.0) y2=(at - 4.0) stroke=(colour)
                stroke-width="2.2" stroke-dasharray=[(k == 1).then_some("7 4")] {}
            text x=(x - radius + 44.0) y=(at) { (name) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isotropic_solid_is_a_ball_of_its_modulus_and_the_picture_names_the_unit() {
        let ball = Elasticity::isotropic(100.0, 0.3);
        let compliance = ball.0.try_inverse().unwrap();
        for (corners, mean) in surface(&compliance) {
            assert!((mean - 100.0).abs() < 1e-9);
            assert!(corners.iter().all(|p| (p.norm() - 100.0).abs() < 1e-9));
        }
        let picture = draw(&ball, "a ball").unwrap();
        assert!(picture.svg.contains("a ball") && picture.svg.contains("100 MPa"));
        assert_eq!(picture.png[1..4], *b"PNG");
        assert_eq!(picture, draw(&ball, "a ball").unwrap());
    }
}
