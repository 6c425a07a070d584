//! The fields of a state as the files and pictures take them.

use super::vtu::{DataArray, Values};
use crate::case::file_name::slug;
use crate::material::MaterialField;
use crate::mesh::TetMesh;
use crate::model::BodyRange;
use crate::recovery::{ElementFields, TractionPoint};
use crate::tensor::{Point, Vec3, von_mises};

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

/// A rod to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RodShape {
    /// Ends, mm.
    pub ends: [Point; 2],
    /// Diameter, mm.
    pub diameter_mm: f64,
}

/// One solved state.
#[derive(Debug, Clone)]
pub struct StateFields<'a> {
    /// Name of the state.
    pub name: String,
    /// Its mesh.
    pub mesh: &'a TetMesh,
    /// Its bodies, in mesh order.
    pub bodies: &'a [BodyRange],
    /// What each body is; bodies beyond the list are [`BodyKind::Other`].
    pub kinds: Vec<BodyKind>,
    /// Rods.
    pub rods: Vec<RodShape>,
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

    /// Values at the nodes.
    pub(super) fn point_data(&self, case: &CaseFields<'_>) -> Vec<DataArray> {
        let displacement = case
            .displacement
            .iter()
            .flat_map(|u| [u.x, u.y, u.z])
            .collect();
        vec![DataArray {
            name: "displacement_mm",
            components: 3,
            values: Values::F64(displacement),
        }]
    }

    /// Values of the elements. Young's modulus and Poisson ratio are NaN where the element is
    /// not isotropic, relative density where it is not porous.
    pub(super) fn cell_data(&self, case: &CaseFields<'_>) -> Vec<DataArray> {
        let single = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
        let stress = &case.elements.stress;
        let constants = self.isotropic_constants();
        let constant = |of: fn(&[f64; 2]) -> f64| constants.iter().map(move |c| c.as_ref().map(of));
        let density = self.materials.relative_density.iter().copied();
        vec![
            DataArray {
                name: "body",
                components: 1,
                values: Values::I32(self.body_numbers()),
            },
            scalar("youngs_modulus_mpa", with_gaps(constant(|[e, _]| *e))),
            scalar("poisson_ratio", with_gaps(constant(|[_, nu]| *nu))),
            scalar("relative_density", with_gaps(density)),
            scalar(
                "von_mises_mpa",
                stress.iter().map(|s| von_mises(s) as f32).collect(),
            ),
            scalar(
                "strain_energy_density_mpa",
                single(&case.elements.energy_density),
            ),
            DataArray {
                name: "stress_mpa",
                components: 6,
                values: Values::F32(stress.iter().flatten().map(|&v| v as f32).collect()),
            },
        ]
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

/// Values as the file takes them: it has NaN where there is none.
fn with_gaps(values: impl Iterator<Item = Option<f64>>) -> Vec<f32> {
    values.map(|v| v.map_or(f32::NAN, |v| v as f32)).collect()
}

fn scalar(name: &'static str, values: Vec<f32>) -> DataArray {
    DataArray {
        name,
        components: 1,
        values: Values::F32(values),
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
