//! A unit cell's stiffness as a file: what `endplate homogenise --out` leaves and a case may name.

use nalgebra::Matrix6;
use serde_json::{Value, json};

use super::estimate::Bar;
use super::request::MeshKind;
use super::unit_cell::{Level, UnitCell};
use crate::case::homogenised::{KIND, SCHEMA};
use crate::material::constants::Constants;

impl UnitCell {
    /// As a file: every mesh, coarse to fine; stiffness in Voigt order xx, yy, zz, xy, yz, zx with
    /// engineering shear, the cell's cube along x, y, z. What is not known is null: the error, the rate
    /// and the bar of fewer than three meshes.
    pub fn record(&self) -> Value {
        let (request, estimate) = (&self.request, &self.estimate);
        let solid = &request.solid;
        let finest = self.levels.last().map(|l| l.constants.along[0]);
        let error = finest.map(|f| 100.0 * (f / estimate.constants.along[0] - 1.0));
        let approach = estimate.approach;
        json!({
            "kind": KIND,
            "schema": SCHEMA,
            "program": format!("endplate {}", env!("CARGO_PKG_VERSION")),
            "cell": request.cell.name(),
            "relative_density": request.relative_density,
            "radius_over_side": self.radius,
            "solid": {
                "name": solid.name,
                "youngs_modulus_mpa": solid.youngs_modulus,
                "poisson_ratio": solid.poisson_ratio,
                "source": solid.source,
            },
            "elements": match request.mesh {
                MeshKind::Tetrahedra => "tet10",
                MeshKind::Voxels => "hex8",
            },
            "basis": self.basis(),
            // Of the `[100]` modulus on the finest mesh, where the stiffness is extrapolated.
            "finest_mesh_error_percent": approach.filter(|a| a.asymptotic).and(error),
            "observed_rate": approach.and_then(|a| a.observed),
            "asymptotic": approach.map(|a| a.asymptotic),
            // Standard deviation of a mesh's `[100]` modulus by the spread of its axes.
            "scatter_percent": 100.0 * estimate.scatter,
            "bar": estimate.bar.as_ref().map(bar),
            "stiffness_mpa": rows(&estimate.stiffness.0),
            "constants": constants(&estimate.constants),
            // Largest entry of the difference to the cubic stiffness that is given, over C11.
            "finest_mesh_off_cubic": self.levels.last().map(|l| l.constants.off_cubic),
            "meshes": self.levels.iter().map(mesh).collect::<Vec<_>>(),
            "printed": self.printed.as_ref().map(|p| json!({
                "modulus_over_solid": p.by_law,
                "knock_down": p.knock_down,
                "sample": p.sample.map(|s| s.0),
                "sample_knock_down": p.sample.map(|s| s.1),
                "source": p.source,
            })),
        })
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

/// Least and most that the limits may be.
fn bar(bar: &Bar) -> Value {
    let [modulus_100, modulus_110, modulus_111] = bar.along;
    json!({
        "modulus_100_mpa": modulus_100,
        "modulus_110_mpa": modulus_110,
        "modulus_111_mpa": modulus_111,
        "shear_modulus_mpa": bar.shear_modulus,
        "bulk_modulus_mpa": bar.bulk_modulus,
    })
}

fn constants(c: &Constants) -> Value {
    let [modulus_100, modulus_110, modulus_111] = c.along;
    json!({
        "youngs_modulus_mpa": c.youngs_modulus,
        "shear_modulus_mpa": c.shear_modulus,
        "poisson_ratio": c.poisson_ratio,
        "bulk_modulus_mpa": c.bulk_modulus,
        "modulus_100_mpa": modulus_100,
        "modulus_110_mpa": modulus_110,
        "modulus_111_mpa": modulus_111,
        "zener_ratio": c.zener,
    })
}

/// One mesh: the period that was meshed, its `[100]`, `[110]`, `[111]` moduli and how it was solved.
fn mesh(level: &Level) -> Value {
    let (effective, solved) = (&level.effective, &level.effective.solved);
    json!({
        "resolution": level.resolution,
        "dofs": effective.dofs,
        "elements": effective.elements,
        "relative_density": effective.relative_density,
        "radius_over_side": level.radius,
        "min_dihedral_deg": level.smallest_dihedral_deg,
        "moduli_mpa": level.constants.along,
        "method": solved.method,
        "method_reason": solved.reason,
        "iterations": solved.iterations,
        "true_residual": solved.true_residual,
        "seconds": solved.seconds,
    })
}

fn rows(c: &Matrix6<f64>) -> [[f64; 6]; 6] {
    std::array::from_fn(|i| std::array::from_fn(|j| c[(i, j)]))
}
