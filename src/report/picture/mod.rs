//! Pictures of the model and of what was found, rendered here, as PNG.
//!
//! Text is left to the page around them. Rendering is deterministic.

pub mod colour;
pub mod raster;
mod encode;
pub mod modulus;
pub mod skin;
pub mod scene;
pub mod traction_map;

use rayon::prelude::*;

use super::ReportError;
use super::fields::{CaseFields, InterfaceTraction, StateFields};
use super::number::round_up;
use super::schema::RunReport;
use encode::png_uri;
pub use scene::{Picture, SectionPicture};
use traction_map::MapFrame;

/// Pixels of a traction map along a side.
const MAP_SIZE: usize = 360;

/// The pressure on one interface under one load case.
#[derive(Debug, Clone, PartialEq)]
pub struct TractionPicture {
    /// State.
    pub state: String,
    /// Load case.
    pub load_case: String,
    /// Interface.
    pub interface: String,
    /// The square shown.
    pub frame: MapFrame,
    /// Pressure of the darkest colour, MPa.
    pub full_mpa: f64,
    /// PNG as `data:` address.
    pub image_uri: String,
    /// Centre of pressure, from the upper left corner, 0..1.
    pub centre: Option<[f64; 2]>,
    /// Centre of the 3 mm peak, likewise.
    pub peak: Option<[f64; 2]>,
}

/// All pictures of a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pictures {
    /// The model, whole and cut open, for every state.
    pub model: Vec<Picture>,
    /// Pressure maps in the order of states, load cases, interfaces.
    pub tractions: Vec<TractionPicture>,
    /// Stress in the mid-sagittal cut, in the order of states and load cases.
    pub sections: Vec<SectionPicture>,
}

/// Draws everything.
///
/// # Errors
/// [`ReportError::Png`] where an image cannot be encoded.
pub fn draw_pictures(
    report: &RunReport,
    states: &[StateFields<'_>],
) -> Result<Pictures, ReportError> {
    let model: Result<Vec<Vec<Picture>>, _> =
        states.par_iter().map(scene::model_pictures).collect();
    let sections: Result<Vec<Vec<SectionPicture>>, _> = states
        .par_iter()
        .map(|s| scene::section_pictures(report, s))
        .collect();
    Ok(Pictures {
        model: model?.concat(),
        tractions: traction_pictures(report, states)?,
        sections: sections?.concat(),
    })
}

/// A map with the place it belongs to.
struct MapJob<'a> {
    state: &'a str,
    case: &'a CaseFields<'a>,
    interface: &'a InterfaceTraction<'a>,
    frame: MapFrame,
    full_mpa: f64,
}

fn traction_pictures(
    report: &RunReport,
    states: &[StateFields<'_>],
) -> Result<Vec<TractionPicture>, ReportError> {
    let mut jobs = Vec::new();
    for state in states {
        for case in &state.cases {
            for interface in &case.interfaces {
                if let Some(frame) = MapFrame::around(interface.points.iter()) {
                    let full_mpa = full_scale(report, &state.name, &case.name);
                    jobs.push(MapJob {
                        state: &state.name,
                        case,
                        interface,
                        frame,
                        full_mpa,
                    });
                }
            }
        }
    }
    jobs.par_iter()
        .map(|job| traction_picture(report, job))
        .collect()
}

/// One scale for the service cases of a state and one for the others, so that a strength case
/// does not wash out the rest: the largest 3 mm peak, rounded up.
fn full_scale(report: &RunReport, state: &str, load_case: &str) -> f64 {
    let service = report.is_service(state, load_case);
    let rows = report.findings.endplates.iter();
    let peaks = rows
        .filter(|r| r.state == state && report.is_service(state, &r.load_case) == service)
        .filter_map(|r| r.peak_3mm_mpa);
    round_up(peaks.fold(0.0, f64::max))
}

fn traction_picture(report: &RunReport, job: &MapJob<'_>) -> Result<TractionPicture, ReportError> {
    let image = traction_map::draw(job.interface.points, job.frame, job.full_mpa, MAP_SIZE);
    let row = report.findings.endplates.iter().find(|r| {
        r.state == job.state
            && r.load_case == job.case.name
            && r.interface == job.interface.interface
    });
    let centre = row.and_then(|r| r.centre_mm);
    let peak = row.and_then(|r| r.peak_3mm_at_mm);
    Ok(TractionPicture {
        state: job.state.to_owned(),
        load_case: job.case.name.clone(),
        interface: job.interface.interface.clone(),
        frame: job.frame,
        full_mpa: job.full_mpa,
        image_uri: png_uri(&image)?,
        centre: centre.map(|c| job.frame.place(&c.into())),
        peak: peak.map(|p| job.frame.place(&p.into())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::example;

    #[test]
    fn every_interface_of_every_load_case_has_its_map_and_strength_its_own_scale() {
        let state = example::ExampleState::fused();
        let report = example::report();
        let pictures = draw_pictures(&report, &[state.fields()]).unwrap();
        assert_eq!(pictures.tractions.len(), 12);
        let scale = |case: &str| {
            pictures
                .tractions
                .iter()
                .find(|t| t.load_case == case)
                .unwrap()
                .full_mpa
        };
        assert_eq!(scale("flexion"), scale("extension"));
        assert!(scale("strength 1650 N") > scale("flexion"));
        assert_eq!(pictures, draw_pictures(&report, &[state.fields()]).unwrap());
    }
}
