//! Porosity over the implant as it is meshed, for the report: its range, its change within
//! elements, its run along a coordinate, a cut, and the sizes of the lattice.

use super::lattice_sizes;
use super::porosity::{PorosityBand, PorosityReport, PorositySection};
use crate::case::{Case, CaseError, Implant};
use crate::geometry::implant::Cage;
use crate::material::field::quadrature_points;
use crate::material::porous::{PorositySampler, Porous};
use crate::material::ready::ReadyMaterial;
use crate::mesh::Mesh;

/// Bands of a curve.
const BANDS: usize = 25;
/// Squares of a section over the implant's width.
const SQUARES: f64 = 20.0;
/// A change of porosity within an element beyond this is warned of, percentage points.
const COARSE: f64 = 10.0;

/// One row for each material of an implant that is graded or has a lattice; it stands as `cage` and is
/// meshed as `mesh`.
///
/// # Errors
/// A lattice that makes too many places.
pub fn porosity_reports(
    case: &Case,
    materials: &[ReadyMaterial],
    (implant, cage): (&Implant, &Cage),
    mesh: &Mesh,
) -> Result<Vec<PorosityReport>, CaseError> {
    let of_region = implant.region_materials();
    let mut numbers = of_region.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let mut reports = Vec::new();
    for number in numbers {
        let material = &materials[number];
        let told = |porous: &&Porous| porous.shape.is_graded() || porous.lattice.is_some();
        let Some(porous) = material.porous.as_ref().filter(told) else {
            continue;
        };
        let place = Place {
            cage,
            sampler: PorositySampler::of(case, (implant, cage), porous)?,
            porous,
            is_own: &|p| of_region[cage.region(p)] == number,
        };
        let mut report = place.report(&implant.name, material, mesh);
        if let Some(lattice) = &porous.lattice {
            let named = [&implant.name, &material.name];
            let percent = |local| place.inside(local);
            let found =
                lattice_sizes::report(case, (named, lattice), cage, porous.metal.percent, percent)?;
            report.lattice = Some(found);
        }
        reports.push(report);
    }
    Ok(reports)
}

/// What a reader must know of a porosity.
pub fn porosity_warnings(reports: &[PorosityReport], materials: &[ReadyMaterial]) -> Vec<String> {
    let mut warnings = Vec::new();
    for report in reports {
        let name = &report.material;
        let change = report.largest_change_in_an_element_percent;
        if change > COARSE {
            warnings.push(format!(
                "The porosity of {name} changes by up to {change:.1} percentage points within one \
                 element: the mesh is coarse for this gradient (mesh.implant_mm)"
            ));
        }
        let Some(lattice) = &report.lattice else {
            continue;
        };
        warnings.extend(
            lattice
                .notes
                .iter()
                .map(|n| format!("Lattice of {name}: {n}")),
        );
        let material = materials.iter().find(|m| &m.name == name);
        let law = material
            .and_then(|m| m.porous.as_ref())
            .map(|p| &p.metal.law);
        if let Some(law) = law.filter(|law| law.cell.replace(' ', "-") != lattice.cell) {
            warnings.push(format!(
                "{name} is printed as {}, but its law {} was fitted to {} samples: stiffness and \
                 strength are those of the samples' cell",
                lattice.cell, law.id, law.cell
            ));
        }
    }
    warnings
}

/// One porous material in the implant.
struct Place<'a> {
    cage: &'a Cage,
    sampler: PorositySampler<'a>,
    porous: &'a Porous,
    is_own: &'a dyn Fn(&crate::tensor::Point) -> bool,
}

impl Place<'_> {
    /// Porosity at a place of the implant's frame, if the material is there.
    fn inside(&self, local: [f64; 3]) -> Option<f64> {
        let p = self.cage.to_global(local);
        let is_here = self.cage.field.value(&p) < 0.0 && (self.is_own)(&p);
        is_here.then(|| self.sampler.percent(&p))
    }

    fn report(&self, implant: &str, material: &ReadyMaterial, mesh: &Mesh) -> PorosityReport {
        let own = (0..mesh.element_count()).filter(|e| (self.is_own)(&mesh.centroid(*e)));
        let (mut samples, mut change) = (Vec::new(), 0.0f64);
        for e in own {
            let corners = mesh.corners(e).map(|p| self.sampler.percent(&p));
            let low = corners.iter().copied().fold(f64::INFINITY, f64::min);
            change = change.max(corners.iter().copied().fold(low, f64::max) - low);
            for p in quadrature_points(mesh, e) {
                samples.push(Sample {
                    at: self.sampler.along(self.cage.to_local(&p)),
                    percent: self.sampler.percent(&p),
                    volume: 0.25 * mesh.volume(e),
                });
            }
        }
        let whole = band(0.0, &samples.iter().collect::<Vec<_>>());
        PorosityReport {
            implant: implant.to_owned(),
            material: material.name.clone(),
            field: self.porous.shape.sentence(),
            lowest_percent: whole.lowest_percent,
            mean_percent: whole.mean_percent,
            highest_percent: whole.highest_percent,
            largest_change_in_an_element_percent: change,
            curve_along: self.porous.shape.along().sentence().to_owned(),
            curve: curve(&samples),
            lattice: None,
            section: self.section(),
        }
    }

    fn section(&self) -> PorositySection {
        let width = 2.0 * self.cage.half_width();
        let step = width / SQUARES;
        let [low, high] = self.cage.reach();
        let rows = ((high - low) / step).ceil() as usize;
        let mut squares = Vec::new();
        for k in 0..rows {
            for i in 0..SQUARES as usize {
                let x = step * (i as f64 + 0.5) - 0.5 * width;
                let z = low + step * (k as f64 + 0.5);
                if let Some(percent) = self.inside([x, 0.0, z]) {
                    squares.push(([x, z], percent));
                }
            }
        }
        PorositySection {
            step_mm: step,
            squares,
        }
    }
}

/// Porosity at one quadrature point.
struct Sample {
    at: f64,
    percent: f64,
    volume: f64,
}

fn curve(samples: &[Sample]) -> Vec<PorosityBand> {
    let low = samples.iter().map(|s| s.at).fold(f64::INFINITY, f64::min);
    let high = samples.iter().map(|s| s.at).fold(low, f64::max);
    let width = (high - low) / BANDS as f64;
    let mut bands: Vec<Vec<&Sample>> = vec![Vec::new(); BANDS];
    for sample in samples {
        let k = ((sample.at - low) / width.max(f64::MIN_POSITIVE)) as usize;
        bands[k.min(BANDS - 1)].push(sample);
    }
    let filled = bands.iter().enumerate().filter(|(_, b)| !b.is_empty());
    filled
        .map(|(k, b)| band(low + width * (k as f64 + 0.5), b))
        .collect()
}

fn band(at_mm: f64, samples: &[&Sample]) -> PorosityBand {
    let percents = samples.iter().map(|s| s.percent);
    let volume: f64 = samples.iter().map(|s| s.volume).sum();
    let weighted: f64 = samples.iter().map(|s| s.volume * s.percent).sum();
    PorosityBand {
        at_mm,
        lowest_percent: percents.clone().fold(f64::INFINITY, f64::min),
        mean_percent: weighted / volume,
        highest_percent: percents.fold(f64::NEG_INFINITY, f64::max),
    }
}
