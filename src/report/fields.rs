//! The fields of a state as the files and pictures take them.

use super::vtu::{DataArray, Values};
use crate::case::file_name::slug;
use crate::material::MaterialField;
use crate::mesh::Mesh;
use crate::model::BodyRange;
use crate::recovery::{ElementFields, TractionPoint};
use crate::tensor::{Point, Vec3, Voigt, von_mises};

/// What a body is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// Bone.
    Bone,
    /// Intervertebral disc.
    Disc,
    /// Implant.
    Implant,
    /// What fills the gap between implant and bone.
    Graft,
    /// Anything else.
    Other,
}

/// A straight piece of a screw, rod or connector to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tube {
    /// Ends, mm.
    pub ends: [Point; 2],
    /// Diameter, mm.
    pub diameter_mm: f64,
    /// Largest share of its metal's limit that its part reaches, in any load case; `None` where it was
    /// not held against one.
    pub utilisation: Option<f64>,
}

/// One solved state.
#[derive(Debug, Clone)]
pub struct StateFields<'a> {
    /// Name of the state.
    pub name: String,
    /// Its mesh.
    pub mesh: &'a Mesh,
    /// Its bodies, in mesh order.
    pub bodies: &'a [BodyRange],
    /// What each body is; bodies beyond the list are [`BodyKind::Other`].
    pub kinds: Vec<BodyKind>,
    /// Pieces of screws, rods and connectors.
    pub tubes: Vec<Tube>,
    /// Its materials.
    pub materials: &'a MaterialField,
    /// Its load cases.
    pub cases: Vec<CaseFields<'a>>,
}

/// The fields of one load case.
#[derive(Debug, Clone)]
pub struct CaseFields<'a> {
    /// Name of the load case.
    pub name: String,
    /// Displacement of every node, mm.
    pub displacement: &'a [Vec3],
    /// Volume averages per element.
    pub elements: &'a ElementFields,
    /// Traction at the interfaces.
    pub interfaces: Vec<InterfaceTraction<'a>>,
}

/// Traction over one interface.
#[derive(Debug, Clone)]
pub struct InterfaceTraction<'a> {
    /// Name of the interface, as in the findings.
    pub interface: String,
    /// Quadrature points.
    pub points: &'a [TractionPoint],
}

/// File name of a load case's fields: `<state>-<load case>.vtu`, with anything but letters
/// and digits turned into single hyphens.
pub fn vtu_file_name(state: &str, load_case: &str) -> String {
    format!("{}-{}.vtu", slug(state), slug(load_case))
}

impl StateFields<'_> {
    /// What body `k` is.
    pub fn kind(&self, k: usize) -> BodyKind {
        self.kinds.get(k).copied().unwrap_or(BodyKind::Other)
    }

    /// Nodes of bodies: those of screws and rods come after them.
    pub fn solid_nodes(&self) -> usize {
        let ends = self.bodies.iter().map(|b| b.nodes.end);
        ends.max().unwrap_or(self.mesh.nodes.len())
    }

    /// Values at the nodes of bodies.
    pub(super) fn point_data(&self, case: &CaseFields<'_>) -> Vec<DataArray> {
        let displacement = case
            .displacement
            .iter()
            .take(self.solid_nodes())
            .flat_map(|u| [u.x, u.y, u.z])
            .collect();
        vec![DataArray {
            name: "displacement_mm",
            components: 3,
            values: Values::F64(displacement),
        }]
    }

    /// Values of the elements.
    pub(super) fn cell_data(&self, case: &CaseFields<'_>) -> Vec<DataArray> {
        CellValues {
            body: self.body_numbers(),
            constants: self.isotropic_constants(),
            relative_density: self.materials.relative_density.clone(),
            stress: &case.elements.stress,
            energy_density: &case.elements.energy_density,
        }
        .arrays()
    }

    /// Young's modulus (MPa) and Poisson ratio of every element; `None` where it is not isotropic.
    fn isotropic_constants(&self) -> Vec<Option<[f64; 2]>> {
        let table = self.materials.table.iter();
        let constants: Vec<Option<(f64, f64)>> = table.map(|c| c.isotropic_constants()).collect();
        (0..self.mesh.element_count())
            .map(|e| {
                let (modulus, ratio) = constants[self.materials.of_element[e] as usize]?;
                Some([modulus * self.materials.mean_factor(e), ratio])
            })
            .collect()
    }

    /// Number of the body of every element, in mesh order from 0; −1 for none.
    fn body_numbers(&self) -> Vec<i32> {
        let mut numbers = vec![-1; self.mesh.element_count()];
        for (body, range) in (0..).zip(self.bodies) {
            for e in range.elements.clone() {
                if let Some(number) = numbers.get_mut(e) {
                    *number = body;
                }
            }
        }
        numbers
    }
}

/// What every .vtu of the program says of its elements.
pub struct CellValues<'a> {
    /// Number of the body; −1 for none.
    pub body: Vec<i32>,
    /// Young's modulus, MPa, and Poisson ratio; `None` where an element is not isotropic.
    pub constants: Vec<Option<[f64; 2]>>,
    /// Relative density; `None` where an element is not porous.
    pub relative_density: Vec<Option<f64>>,
    /// Mean stress, MPa.
    pub stress: &'a [Voigt],
    /// Mean strain energy density, MPa.
    pub energy_density: &'a [f64],
}

impl CellValues<'_> {
    /// As arrays; the file has NaN where there is no number.
    pub fn arrays(self) -> Vec<DataArray> {
        let single = |name, values: &mut dyn Iterator<Item = f64>| {
            DataArray::scalar(name, Values::F32(values.map(|v| v as f32).collect()))
        };
        let or_gap = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let constant = |k: usize| self.constants.iter().map(move |c| or_gap(c.map(|c| c[k])));
        let stress = self.stress.iter().flatten().map(|&v| v as f32);
        vec![
            DataArray::scalar("body", Values::I32(self.body)),
            single("youngs_modulus_mpa", &mut constant(0)),
            single("poisson_ratio", &mut constant(1)),
            single(
                "relative_density",
                &mut self.relative_density.into_iter().map(or_gap),
            ),
            single("von_mises_mpa", &mut self.stress.iter().map(von_mises)),
            single(
                "strain_energy_density_mpa",
                &mut self.energy_density.iter().copied(),
            ),
            DataArray {
                name: "stress_mpa",
                components: 6,
                values: Values::F32(stress.collect()),
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_no_spaces_and_keep_their_words() {
        assert_eq!(
            vtu_file_name("fused", "Right lateral bending (7.5 N·m)"),
            "fused-right-lateral-bending-7-5-n-m.vtu"
        );
    }
}
