//! A unit cell's stiffness as a file: what `endplate homogenise --out` leaves and a case may name.

use nalgebra::Matrix6;
use serde::Serialize;

use super::estimate::Bar;
use super::request::MeshKind;
use super::unit_cell::UnitCell;
use crate::case::homogenised::{KIND, SCHEMA};
use crate::material::constants::Constants;
use crate::source::Source;

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellRecord {
    /// [`KIND`].
    pub kind: &'static str,
    /// [`SCHEMA`].
    pub schema: u64,
    /// The program and its version.
    pub program: String,
    /// The cell's name.
    pub cell: &'static str,
    /// Solid share of the volume.
    pub relative_density: f64,
    /// Strut radius, half a wall's thickness, over the cell's side.
    pub radius_over_side: f64,
    /// The solid.
    pub solid: SolidRecord,
    /// "tet10" or "hex8".
    pub elements: &'static str,
    /// How the stiffness was had from the meshes, in words.
    pub basis: String,
    /// What `[100]` moduli are still off on the finest mesh, %, where the stiffness is extrapolated.
    pub finest_mesh_error_percent: Option<f64>,
    /// Rate of convergence that three meshes show.
    pub observed_rate: Option<f64>,
    /// Whether that is an asymptotic rate, within the meshes' scatter one that theory allows; only
    /// then is the stiffness extrapolated. `None` with fewer than three meshes.
    pub asymptotic: Option<bool>,
    /// Standard deviation of a mesh's `[100]` modulus, %, by the spread of its axes.
    pub scatter_percent: f64,
    /// Least and most that the limits may be; `None` for a single mesh.
    pub bar: Option<BarRecord>,
    /// Ideal effective stiffness, MPa; Voigt order xx, yy, zz, xy, yz, zx, engineering shear, the
    /// cell's cube along x, y, z.
    pub stiffness_mpa: [[f64; 6]; 6],
    /// Its constants.
    pub constants: ConstantsRecord,
    /// How far the finest mesh's stiffness is from the cubic one that is given: largest entry of the
    /// difference over C11.
    pub finest_mesh_off_cubic: Option<f64>,
    /// Every mesh, coarse to fine.
    pub meshes: Vec<MeshRecord>,
    /// Printed samples of this cell.
    pub printed: Option<PrintedRecord>,
}

/// The solid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SolidRecord {
    /// Its name.
    pub name: String,
    /// Young's modulus, MPa.
    pub youngs_modulus_mpa: f64,
    /// Poisson ratio.
    pub poisson_ratio: f64,
    /// Where both come from.
    pub source: Source,
}

/// Engineering constants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConstantsRecord {
    /// Along x, y, z, MPa.
    pub youngs_modulus_mpa: [f64; 3],
    /// xy, yz, zx, MPa.
    pub shear_modulus_mpa: [f64; 3],
    /// xy, yz, zx.
    pub poisson_ratio: [f64; 3],
    /// MPa.
    pub bulk_modulus_mpa: f64,
    /// Along the cube's edges, MPa.
    pub modulus_100_mpa: f64,
    /// Along the diagonals of its faces, MPa.
    pub modulus_110_mpa: f64,
    /// Along its space diagonals, MPa.
    pub modulus_111_mpa: f64,
    /// 2 C44/(C11 − C12).
    pub zener_ratio: f64,
}

/// Least and most, MPa.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BarRecord {
    /// Along the cube's edges.
    pub modulus_100_mpa: [f64; 2],
    /// Along the diagonals of its faces.
    pub modulus_110_mpa: [f64; 2],
    /// Along its space diagonals.
    pub modulus_111_mpa: [f64; 2],
    /// Of the shear modulus.
    pub shear_modulus_mpa: [f64; 2],
    /// Of the bulk modulus.
    pub bulk_modulus_mpa: [f64; 2],
}

impl From<&Bar> for BarRecord {
    fn from(bar: &Bar) -> Self {
        let [modulus_100_mpa, modulus_110_mpa, modulus_111_mpa] = bar.along;
        Self {
            modulus_100_mpa,
            modulus_110_mpa,
            modulus_111_mpa,
            shear_modulus_mpa: bar.shear_modulus,
            bulk_modulus_mpa: bar.bulk_modulus,
        }
    }
}

/// One mesh.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeshRecord {
    /// Elements along the side.
    pub resolution: usize,
    /// Unknowns of the period that was meshed.
    pub dofs: usize,
    /// Its elements.
    pub elements: usize,
    /// Solid share of the volume, as meshed.
    pub relative_density: f64,
    /// Strut radius on this mesh, over the side.
    pub radius_over_side: f64,
    /// Smallest dihedral angle, degrees.
    pub min_dihedral_deg: Option<f64>,
    /// `[100]`, `[110]`, `[111]` moduli, MPa.
    pub moduli_mpa: [f64; 3],
    /// Solver.
    pub method: &'static str,
    /// Why this one; where conjugate gradients gave up, that they did.
    pub method_reason: String,
    /// Iterations.
    pub iterations: u32,
    /// Largest true residual of the six load cases.
    pub true_residual: f64,
    /// Seconds of the solver.
    pub seconds: f64,
}

/// Printed over ideal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrintedRecord {
    /// Modulus over the solid's, by the power law through the samples.
    pub modulus_over_solid: f64,
    /// Over the ideal cell's.
    pub knock_down: f64,
    /// Letter of the sample at this very density.
    pub sample: Option<&'static str>,
    /// That sample's own knock-down.
    pub sample_knock_down: Option<f64>,
    /// The samples.
    pub source: Source,
}

impl From<&Constants> for ConstantsRecord {
    fn from(c: &Constants) -> Self {
        Self {
            youngs_modulus_mpa: c.youngs_modulus,
            shear_modulus_mpa: c.shear_modulus,
            poisson_ratio: c.poisson_ratio,
            bulk_modulus_mpa: c.bulk_modulus,
            modulus_100_mpa: c.along[0],
            modulus_110_mpa: c.along[1],
            modulus_111_mpa: c.along[2],
            zener_ratio: c.zener,
        }
    }
}

impl UnitCell {
    /// As a file.
    pub fn record(&self) -> CellRecord {
        let solid = &self.request.solid;
        let levels = self.levels.iter();
        let finest = self.levels.last().map(|l| l.constants.along[0]);
        let estimate = &self.estimate;
        let error = finest.map(|f| 100.0 * (f / estimate.constants.along[0] - 1.0));
        let approach = estimate.approach;
        CellRecord {
            kind: KIND,
            schema: SCHEMA,
            program: format!("endplate {}", env!("CARGO_PKG_VERSION")),
            cell: self.request.cell.name(),
            relative_density: self.request.relative_density,
            radius_over_side: self.radius,
            solid: SolidRecord {
                name: solid.name.clone(),
                youngs_modulus_mpa: solid.youngs_modulus,
                poisson_ratio: solid.poisson_ratio,
                source: solid.source.clone(),
            },
            elements: match self.request.mesh {
                MeshKind::Tetrahedra => "tet10",
                MeshKind::Voxels => "hex8",
            },
            basis: self.basis(),
            finest_mesh_error_percent: approach.filter(|a| a.asymptotic).and(error),
            observed_rate: approach.and_then(|a| a.observed),
            asymptotic: approach.map(|a| a.asymptotic),
            scatter_percent: 100.0 * estimate.scatter,
            bar: estimate.bar.as_ref().map(BarRecord::from),
            stiffness_mpa: rows(&estimate.stiffness.0),
            constants: ConstantsRecord::from(&estimate.constants),
            finest_mesh_off_cubic: self.levels.last().map(|l| l.constants.off_cubic),
            meshes: levels
                .map(|l| MeshRecord {
                    resolution: l.resolution,
                    dofs: l.effective.dofs,
                    elements: l.effective.elements,
                    relative_density: l.effective.relative_density,
                    radius_over_side: l.radius,
                    min_dihedral_deg: l.smallest_dihedral_deg,
                    moduli_mpa: l.constants.along,
                    method: l.effective.solved.method,
                    method_reason: l.effective.solved.reason.clone(),
                    iterations: l.effective.solved.iterations,
                    true_residual: l.effective.solved.true_residual,
                    seconds: l.effective.solved.seconds,
                })
                .collect(),
            printed: self.printed.as_ref().map(|p| PrintedRecord {
                modulus_over_solid: p.by_law,
                knock_down: p.knock_down,
                sample: p.sample.map(|s| s.0),
                sample_knock_down: p.sample.map(|s| s.1),
                source: p.source.clone(),
            }),
        }
    }

    /// How the stiffness was had from the meshes, in words.
    pub fn basis(&self) -> String {
        let finest = self.levels.last().map_or(0, |l| l.resolution);
        let shown = |rate: Option<f64>| match rate {
            Some(rate) => format!("show the rate {rate:.2}"),
            None => "show no rate".to_owned(),
        };
        match (self.estimate.approach, self.levels.len()) {
            (Some(approach), _) if approach.asymptotic => format!(
                "middle of the limits that rates 1 and 2 give the two finest meshes; all three {}, \
                 within their scatter one between these",
                shown(approach.observed)
            ),
            (Some(approach), _) => format!(
                "finest mesh ({finest} along the side), not extrapolated: the three meshes {}, not \
                 one between 1 and 2",
                shown(approach.observed)
            ),
            (None, 2) => format!(
                "finest mesh ({finest} along the side), not extrapolated: two meshes show no rate"
            ),
            (None, _) => format!(
                "finest mesh ({finest} along the side): coarser ones could not hold the struts, so \
                 its error is not known"
            ),
        }
    }
}

fn rows(c: &Matrix6<f64>) -> [[f64; 6]; 6] {
    std::array::from_fn(|i| std::array::from_fn(|j| c[(i, j)]))
}
