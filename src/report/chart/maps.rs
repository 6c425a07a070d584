//! One traction map with what is marked on it: the centre of pressure (cross) and the disc of
//! the 3 mm peak (circle).

use maud::{Markup, html};

use crate::report::picture::TractionPicture;
use crate::report::picture::traction_map::{TENSION, TENSION_STRIPE};

const SIZE: f64 = 200.0;

/// The map as an SVG over its picture.
pub fn map(picture: &TractionPicture) -> Markup {
    let radius = SIZE * 1.5 / (2.0 * picture.frame.half_mm);
    let name = format!("{}, {}", picture.interface, picture.load_case);
    html! {
        svg viewBox=(format!("0 0 {SIZE} {SIZE}")) role="img"
            aria-label=(format!("Pressure on {name}")) {
            image href=(picture.image_uri) x="0" y="0" width=(SIZE) height=(SIZE) {}
            @if let Some([x, y]) = picture.peak.map(|p| p.map(|v| SIZE * v)) {
                circle cx=(x) cy=(y) r=(radius) class="halo" {}
                circle cx=(x) cy=(y) r=(radius) class="mark" {}
            }
            @if let Some([x, y]) = picture.centre.map(|p| p.map(|v| SIZE * v)) {
                @for class in ["halo", "mark"] {
                    path d=(format!("M{} {y}h12M{x} {}v12", x - 6.0, y - 6.0)) class=(class) {}
                }
            }
        }
    }
}

/// What the marks mean.
pub fn key() -> Markup {
    html! {
        ul class="key" {
            li {
                svg viewBox="0 0 16 16" { path d="M2 8h12M8 2v12" class="mark" {} }
                "centre of pressure"
            }
            li {
                svg viewBox="0 0 16 16" { circle cx="8" cy="8" r="6" class="mark" {} }
                "disc of the 3 mm peak"
            }
            li {
                svg viewBox="0 0 16 16" {
                    rect width="16" height="16" fill=(TENSION.hex()) {}
                    path d="M0 10L10 0M4 16L16 4" stroke=(TENSION_STRIPE.hex()) stroke-width="2.5" {}
                }
                "tension (a bonded face can pull; a real one may open)"
            }
        }
    }
}
