//! Porosity that changes from place to place, and the porous metal that follows it.
//!
//! A profile is linear between its points and constant beyond them; a grid is trilinear between
//! its nodes. The law of the metal is taken at the local relative density of each quadrature
//! point: E(1 − p/100) there, Poisson's ratio the same everywhere. Where a point lies along a
//! profile comes in as a function, so this module must not know implants.

use super::MaterialError;
use super::field::quadrature_points;
use super::library::{
    MaterialRecord, fit_parameters, isotropic, parameter, porous_record, sourced,
};
use crate::lattice::GibsonAshbyLaw;
use crate::mesh::Mesh;
use crate::source::{Source, Sourced};
use crate::tensor::{Elasticity, Point};

/// Porosity along one coordinate, per cent.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Rising, mm.
    pub points: Vec<f64>,
    /// Porosity at each point, per cent.
    pub percent: Vec<f64>,
}

impl Profile {
    /// Porosity at a place, per cent.
    pub fn at(&self, x: f64) -> f64 {
        let (i, t) = interval(&self.points, x.max(self.points[0]));
        match self.percent.get(i + 1) {
            Some(next) => between(self.percent[i], *next, t),
            None => self.percent[i],
        }
    }
}

/// a at t = 0, b at t = 1; exactly a where both are.
fn between(a: f64, b: f64, t: f64) -> f64 {
    a + t * (b - a)
}

/// The interval of rising `points` that x lies in, and how far into it, 0 to 1.
fn interval(points: &[f64], x: f64) -> (usize, f64) {
    let last = points.len().saturating_sub(2);
    let i = points.partition_point(|p| *p <= x).saturating_sub(1);
    let i = i.min(last);
    match points.get(i + 1) {
        Some(next) => (i, ((x - points[i]) / (next - points[i])).clamp(0.0, 1.0)),
        None => (i, 0.0),
    }
}

/// Porosity on the nodes of a grid of boxes, per cent.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Rising coordinates of the nodes along x, y and z, at least two each, mm.
    pub axes: [Vec<f64>; 3],
    /// Porosity at node (i, j, k), number (k·ny + j)·nx + i, per cent.
    pub percent: Vec<f64>,
}

impl Grid {
    /// Smallest and largest coordinate along each axis, mm.
    pub fn bounds(&self) -> [[f64; 2]; 3] {
        let ends = |axis: &Vec<f64>| [axis[0], axis[axis.len() - 1]];
        [&self.axes[0], &self.axes[1], &self.axes[2]].map(ends)
    }

    /// Whether a place lies within the grid, its boundary included.
    pub fn contains(&self, p: &[f64; 3]) -> bool {
        let inside = |(x, [low, high]): (&f64, [f64; 2])| (low..=high).contains(x);
        p.iter().zip(self.bounds()).all(inside)
    }

    /// Porosity at a place, per cent; outside the grid that of the nearest place inside.
    pub fn at(&self, p: &[f64; 3]) -> f64 {
        let [(i, u), (j, v), (k, w)] = [0, 1, 2].map(|a| interval(&self.axes[a], p[a]));
        let [nx, ny, _] = [0, 1, 2].map(|a| self.axes[a].len());
        let node =
            |di: usize, dj: usize, dk: usize| self.percent[((k + dk) * ny + j + dj) * nx + i + di];
        let row = |dj, dk| between(node(0, dj, dk), node(1, dj, dk), u);
        let face = |dk| between(row(0, dk), row(1, dk), v);
        between(face(0), face(1), w)
    }
}

/// A porous metal whose porosity changes from place to place.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedMetal {
    /// Its law.
    pub law: GibsonAshbyLaw,
    /// Its Poisson ratio.
    pub poisson_ratio: Sourced<f64>,
    /// Lowest and highest porosity that it may have, per cent.
    pub percent: [f64; 2],
}

impl GradedMetal {
    /// Its stiffness where it is least porous, MPa: what the factors of its elements are over.
    ///
    /// # Errors
    /// A porosity outside the law's samples, an impossible Poisson ratio.
    pub fn stiffest(&self) -> Result<Elasticity, MaterialError> {
        let at = self.law.at(density(self.percent[0]))?;
        isotropic(self.law.id, at.youngs_modulus, self.poisson_ratio.value)
    }

    /// The factors of [`stiffest`](Self::stiffest) at the quadrature points of element `e`, and
    /// the mean relative density over them. `percent` gives the porosity at a point.
    ///
    /// # Errors
    /// A porosity outside the law's samples.
    pub fn sample(
        &self,
        mesh: &Mesh,
        e: usize,
        percent: impl Fn(&Point) -> f64,
    ) -> Result<([f64; 4], f64), MaterialError> {
        let stiffest = self.law.at(density(self.percent[0]))?.youngs_modulus;
        let (mut factors, mut sum) = ([0.0; 4], 0.0);
        for (factor, point) in factors.iter_mut().zip(quadrature_points(mesh, e)) {
            let rho = density(percent(&point));
            *factor = self.law.at(rho)?.youngs_modulus / stiffest;
            sum += rho;
        }
        Ok((factors, 0.25 * sum))
    }

    /// What the report prints of it: `field` says in words how porosity runs, `from` where its
    /// numbers come from.
    ///
    /// # Errors
    /// A porosity outside the law's samples.
    pub fn record(&self, field: &str, from: &Source) -> Result<MaterialRecord, MaterialError> {
        let mut parameters = Vec::new();
        for (word, percent) in ["lowest", "highest"].into_iter().zip(self.percent) {
            let porosity = Sourced::new(percent, from.clone());
            parameters.push(sourced(&format!("{word}_porosity_percent"), &porosity, "%"));
            let at = self.law.at(density(percent))?;
            let there = |key: &str| format!("{key}_at_{word}_porosity_mpa");
            let yields = there("compressive_yield_strength");
            parameters.push(parameter(
                &there("youngs_modulus"),
                at.youngs_modulus,
                "MPa",
            ));
            parameters.push(parameter(&yields, at.yield_strength, "MPa"));
        }
        parameters.push(sourced("poisson_ratio", &self.poisson_ratio, ""));
        parameters.extend(fit_parameters(&self.law));
        let record = porous_record(&self.law, parameters);
        Ok(MaterialRecord {
            law: format!("{}; porosity {field}", record.law),
            ..record
        })
    }
}

/// Relative density of a porosity in per cent.
pub fn density(percent: f64) -> f64 {
    1.0 - percent / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::material::MaterialField;

    fn profile() -> Profile {
        Profile {
            points: vec![0.0, 5.0, 20.0, 25.0],
            percent: vec![60.0, 80.0, 80.0, 50.0],
        }
    }

    #[test]
    fn a_profile_passes_its_points_is_linear_between_and_constant_beyond() {
        let p = profile();
        for (x, percent) in p.points.iter().zip(&p.percent) {
            assert_eq!(p.at(*x), *percent);
        }
        assert!((p.at(1.25) - 65.0).abs() < 1e-12 && (p.at(24.0) - 56.0).abs() < 1e-12);
        assert_eq!((p.at(-3.0), p.at(90.0), p.at(12.3)), (60.0, 50.0, 80.0));
    }

    /// The field of a whole body.
    fn field_of(
        metal: &GradedMetal,
        mesh: &Mesh,
        percent: impl Fn(&Point) -> f64,
    ) -> Result<MaterialField, MaterialError> {
        let elements = mesh.element_count();
        let mut field = MaterialField::uniform(metal.stiffest()?, elements);
        for e in 0..elements {
            let (factor, density) = metal.sample(mesh, e, &percent)?;
            (field.factor[e], field.relative_density[e]) = (factor, Some(density));
        }
        Ok(field)
    }

    #[test]
    fn the_law_is_taken_at_each_quadrature_point_and_one_porosity_is_a_factor_of_one() {
        let mesh =
            crate::mesh::structured::box_mesh(crate::mesh::ElementKind::Tet10, [2; 3], |u| {
                Point::from(u.map(|u| 4.0 * u))
            });
        let law = crate::lattice::law("chen-2025-tantalum").unwrap();
        let metal = |percent| GradedMetal {
            law: law.clone(),
            poisson_ratio: Sourced::new(0.3, Source::case_file("material[0].poisson_ratio")),
            percent,
        };
        let linear = |p: &Point| 60.0 + 2.0 * p.x + p.z;
        let field = field_of(&metal([60.0, 72.0]), &mesh, linear).unwrap();
        for e in 0..mesh.element_count() {
            let points = quadrature_points(&mesh, e);
            for (factor, p) in field.factor[e].iter().zip(points) {
                let modulus = field.elasticity(e).isotropic_constants().unwrap().0 * factor;
                let exact = law.at(density(linear(&p))).unwrap().youngs_modulus;
                assert!((modulus / exact - 1.0).abs() < 1e-12);
            }
            // A linear porosity's mean is that of the centroid.
            let mean = density(linear(&mesh.centroid(e)));
            assert!((field.relative_density[e].unwrap() - mean).abs() < 1e-12);
        }
        let same = field_of(&metal([80.0; 2]), &mesh, |_| 80.0).unwrap();
        assert!(same.factor.iter().flatten().all(|f| *f == 1.0));
        assert!(field_of(&metal([80.0, 95.0]), &mesh, |_| 95.0).is_err());
    }

    /// A grid with uneven spacing holds a trilinear function exactly; beyond it the nearest place
    /// answers.
    #[test]
    fn a_trilinear_function_on_a_grid_comes_back_exactly() {
        let axes = [
            vec![-8.0, -1.0, 8.0],
            vec![-8.0, 8.0],
            vec![-1.0, 4.0, 9.0, 26.0],
        ];
        let f = |p: &[f64; 3]| 70.0 + 0.4 * p[0] - 0.3 * p[1] + 0.2 * p[2] + 0.01 * p[0] * p[1];
        let mut percent = Vec::new();
        for z in &axes[2] {
            for y in &axes[1] {
                percent.extend(axes[0].iter().map(|x| f(&[*x, *y, *z])));
            }
        }
        let grid = Grid { axes, percent };
        let places = [[0.3, -2.0, 3.3], [-7.9, 7.9, 25.9], [8.0, 8.0, 26.0]];
        for p in places {
            assert!(grid.contains(&p));
            assert!((grid.at(&p) - f(&p)).abs() < 1e-12, "{p:?}");
        }
        assert!(!grid.contains(&[8.1, 0.0, 0.0]));
        let nearest = f(&[8.0, 0.0, 26.0]);
        assert!((grid.at(&[9.0, 0.0, 40.0]) - nearest).abs() < 1e-12);
    }
}
