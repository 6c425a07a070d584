//! How much of a solid part of the implant the mesh keeps.
//!
//! An element belongs to one material, by its centroid, so a shell thinner than an element comes
//! out thinner, with holes, or not at all. Drawn and meshed volume side by side say so.

use crate::case::{Case, Implant, SolidKind};
use crate::geometry::implant::Cage;
use crate::mesh::Mesh;
use crate::tensor::{Point, Vec3};

use super::places::samples;

/// A part whose meshed volume is off by more than this share of the drawn one is warned of.
const TOLERATED: f64 = 0.1;

/// Volumes of one solid part.
#[derive(Debug, Clone, PartialEq)]
pub struct SolidPartVolume {
    /// Name of the implant.
    pub implant: String,
    /// "shell (ti6al4v)".
    pub name: String,
    /// As the case draws it, within the meshed implant, mm³.
    pub drawn_mm3: f64,
    /// Elements that have its material, mm³.
    pub meshed_mm3: f64,
}

impl SolidPartVolume {
    /// What to say where the mesh does not hold the part.
    pub fn warning(&self) -> Option<String> {
        let off = self.meshed_mm3 / self.drawn_mm3 - 1.0;
        (off.abs() > TOLERATED || !off.is_finite()).then(|| {
            format!(
                "The mesh keeps {:.0} mm³ of the {:.0} mm³ of {}'s {}: elements are too \
                 large for it, and stresses around it are not to be used (mesh.implant_mm)",
                self.meshed_mm3, self.drawn_mm3, self.implant, self.name
            )
        })
    }
}

/// Volumes of all solid parts of an implant, which stands as `cage` and is meshed as `mesh`.
pub fn solid_parts(
    case: &Case,
    implant: &Implant,
    cage: &Cage,
    mesh: &Mesh,
) -> Vec<SolidPartVolume> {
    // The porous region comes first.
    let mut volumes = region_volumes(mesh, cage, implant.region_materials().len())
        .into_iter()
        .skip(1);
    let mut parts = Vec::new();
    for part in &implant.solids {
        let kind = match part.kind {
            SolidKind::EndPlate { .. } => "end plates",
            SolidKind::Core { .. } => "core",
            SolidKind::Shell { .. } => "shell",
        };
        let regions = part.kind.parts().len();
        let own: Vec<[f64; 2]> = volumes.by_ref().take(regions).collect();
        parts.push(SolidPartVolume {
            implant: implant.name.clone(),
            name: format!("{kind} ({})", case.materials[part.material].name),
            drawn_mm3: own.iter().map(|v| v[0]).sum(),
            meshed_mm3: own.iter().map(|v| v[1]).sum(),
        });
    }
    parts
}

/// \[drawn, meshed\] volume of every region of a cage, mm³.
fn region_volumes(mesh: &Mesh, cage: &Cage, regions: usize) -> Vec<[f64; 2]> {
    let samples = samples();
    let mut volumes = vec![[0.0; 2]; regions];
    for e in 0..mesh.element_count() {
        let (corners, volume) = (mesh.corners(e), mesh.volume(e));
        for (l, _) in &samples {
            let p: Vec3 = l.iter().zip(&corners).map(|(l, c)| *l * c.coords).sum();
            volumes[cage.region(&Point::from(p))][0] += volume / samples.len() as f64;
        }
        volumes[cage.region(&mesh.centroid(e))][1] += volume;
    }
    volumes
}
