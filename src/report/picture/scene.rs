//! What the pictures of a state show: the model whole, cut open along the mid-sagittal plane,
//! and the stress in that cut.

use rayon::prelude::*;

use super::colour::{Ramp, Rgb};
use super::encode::png_uri;
use super::raster::{Camera, Image, Triangle, render};
use super::skin::{
    Cut, clip_triangles, outer_facets, section_triangles, skin_triangles, tube_triangles,
};
use crate::report::ReportError;
use crate::report::fields::{BodyKind, CaseFields, StateFields};
use crate::report::number::round_up;
use crate::report::schema::RunReport;
use crate::tensor::{Point, Vec3, von_mises};

/// Pixels of a picture of the model.
const MODEL_SIZE: [usize; 2] = [840, 1000];
/// Pixels of a stress section.
const SECTION_SIZE: [usize; 2] = [380, 500];
const METAL: Rgb = Rgb([150, 156, 163]);
/// The group of all parts of the construct: one outline.
const CONSTRUCT: u16 = u16::MAX - 1;

impl BodyKind {
    /// Colour of its skin.
    pub fn colour(self) -> Rgb {
        Rgb(match self {
            Self::Bone => [240, 229, 204],
            Self::Disc => [150, 187, 207],
            Self::Implant => [70, 120, 140],
            Self::Graft => [196, 112, 92],
            Self::Other => [190, 190, 190],
        })
    }

    /// Colour where it is cut.
    fn cut_colour(self) -> Rgb {
        Rgb(match self {
            Self::Bone => [246, 214, 168],
            Self::Disc => [110, 160, 190],
            Self::Implant => [104, 162, 182],
            Self::Graft => [214, 138, 116],
            Self::Other => [215, 215, 215],
        })
    }
}

/// The triangles of a state's outside, screws and rods included.
fn outside(state: &StateFields<'_>) -> Vec<Triangle> {
    let mut scene = Vec::new();
    for (k, body) in (0..).zip(state.bodies) {
        let facets = outer_facets(state.mesh, body.elements.clone());
        scene.extend(skin_triangles(
            state.mesh,
            &facets,
            state.kind(k).colour(),
            k as u16,
        ));
    }
    scene.extend(tubes(state));
    scene
}

/// Screws, rods and connectors, coloured by the share of their metal's limit that they reach.
fn tubes(state: &StateFields<'_>) -> Vec<Triangle> {
    let tubes = state.tubes.iter();
    let drawn = tubes.flat_map(|tube| {
        let colour = tube.utilisation.map_or(METAL, |u| Ramp::Sequential.at(u));
        tube_triangles(&tube.ends, 0.5 * tube.diameter_mm, colour, CONSTRUCT)
    });
    drawn.collect()
}

/// The plane x–z through the middle of what is in front of the canal: the first implant, or
/// else all nodes; the patient's left is hidden.
fn sagittal_cut(state: &StateFields<'_>) -> Cut {
    let implant = (0..state.bodies.len()).find(|&k| state.kind(k) == BodyKind::Implant);
    let nodes = implant.map_or(0..state.mesh.nodes.len(), |k| state.bodies[k].nodes.clone());
    let points = &state.mesh.nodes[nodes];
    let low = points.iter().map(|p| p.y).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.y).fold(f64::NEG_INFINITY, f64::max);
    // A hair off the middle: symmetric meshes have nodes in it.
    Cut {
        point: Point::new(0.0, 0.5 * (low + high) + 1e-6, 0.0),
        normal: Vec3::y(),
    }
}

/// The state whole from the left front, and cut open seen from the left.
pub(super) fn model_pictures(state: &StateFields<'_>) -> Result<Vec<Picture>, ReportError> {
    let outside = outside(state);
    let whole = render(&outside, &Camera::new(42.0, 18.0), MODEL_SIZE);
    let cut = sagittal_cut(state);
    let mut open = clip_triangles(&outside, &cut);
    for (k, body) in (0..).zip(state.bodies) {
        let colour = state.kind(k).cut_colour();
        let elements = body.elements.clone();
        open.extend(section_triangles(
            state.mesh,
            elements,
            &cut,
            k as u16,
            &|_| colour,
        ));
    }
    let open = render(&open, &Camera::new(68.0, 14.0), MODEL_SIZE);
    let picture = |caption: String, image: &Image| {
        Ok(Picture {
            caption,
            image_uri: png_uri(image)?,
            size: [image.width, image.height],
        })
    };
    Ok(vec![
        picture(format!("{}: seen from the left front", state.name), &whole)?,
        picture(
            format!("{}: cut along the middle, seen from the left", state.name),
            &open,
        )?,
    ])
}

/// Von Mises stress in the cut, one picture a load case; one scale for a state's service cases,
/// one for its others.
pub(super) fn section_pictures(
    report: &RunReport,
    state: &StateFields<'_>,
) -> Result<Vec<SectionPicture>, ReportError> {
    let cut = sagittal_cut(state);
    let scales = [false, true].map(|service| {
        let same = state
            .cases
            .iter()
            .filter(|c| report.is_service(&state.name, &c.name) == service);
        round_up(same.map(|c| high_stress(state, c)).fold(0.0, f64::max))
    });
    state
        .cases
        .par_iter()
        .map(|case| {
            let service = report.is_service(&state.name, &case.name);
            let full_mpa = scales[usize::from(service)];
            let mut scene = Vec::new();
            for (k, body) in (0..).zip(state.bodies) {
                let colour =
                    |e: usize| Ramp::Sequential.at(von_mises(&case.elements.stress[e]) / full_mpa);
                let elements = body.elements.clone();
                scene.extend(section_triangles(state.mesh, elements, &cut, k, &colour));
            }
            let image = render(&scene, &Camera::new(90.0, 0.0), SECTION_SIZE);
            Ok(SectionPicture {
                state: state.name.clone(),
                load_case: case.name.clone(),
                full_mpa,
                image_uri: png_uri(&image)?,
                size: [image.width, image.height],
            })
        })
        .collect()
}

/// The stress that one element in fifty exceeds, MPa: what a scale should reach, whatever a
/// single element at a sharp edge does.
fn high_stress(state: &StateFields<'_>, case: &CaseFields<'_>) -> f64 {
    let mut stress: Vec<f64> = (0..state.mesh.element_count())
        .map(|e| von_mises(&case.elements.stress[e]))
        .collect();
    stress.sort_unstable_by(f64::total_cmp);
    stress.get(stress.len() * 49 / 50).copied().unwrap_or(0.0)
}

/// A finished picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub caption: String,
    /// PNG as `data:` address.
    pub image_uri: String,
    /// Pixels across and down.
    pub size: [usize; 2],
}

/// The stress inside one state under one load case.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionPicture {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Stress of the darkest colour, MPa.
    pub full_mpa: f64,
    /// PNG as `data:` address.
    pub image_uri: String,
    /// Pixels across and down.
    pub size: [usize; 2],
}
