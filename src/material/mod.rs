//! What each element is made of: an elasticity per element, graded inside the element where the
//! material is, and the record of where every number comes from. Must not know dofs.

pub mod library;
pub mod field;
pub mod disc;
pub mod membrane;
pub mod constants;
pub mod strength;
pub mod porosity;
pub mod porosity_csv;
pub mod porous;
pub mod record;
pub mod ready;

pub use library::{MaterialRecord, Parameter};

use crate::element::reference::ElementKind;
use crate::lattice::LatticeError;
use crate::tensor::Elasticity;

/// What a material can refuse.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MaterialError {
    /// No material of that name.
    #[error("there is no material `{id}`; known: {known}")]
    Unknown {
        /// The name asked for.
        id: String,
        /// The names there are, comma separated.
        known: String,
    },
    /// Constants no elastic solid can have.
    #[error(
        "material `{name}` cannot exist: Young's modulus {youngs_modulus} MPa (must be positive), \
         Poisson ratio {poisson_ratio} (must lie between -1 and 0.5)"
    )]
    NotElastic {
        /// Material.
        name: String,
        /// Its Young's modulus, MPa.
        youngs_modulus: f64,
        /// Its Poisson ratio.
        poisson_ratio: f64,
    },
    /// A stiffness that some strain would get energy out of.
    #[error("the stiffness of `{name}` is not positive definite")]
    Indefinite {
        /// Material.
        name: String,
    },
    /// A stiffness factor that is not a positive number.
    #[error("element {element} of `{name}` would get the stiffness factor {factor}")]
    Factor {
        /// Material.
        name: String,
        /// Element, numbered in its body.
        element: usize,
        /// The factor.
        factor: f64,
    },
    /// A setting out of the range in which it means something.
    #[error("`{setting}` is {value}; that is no possible value")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// Its value.
        value: f64,
    },
    /// A membrane without thickness.
    #[error("a membrane of thickness {thickness} mm carries nothing")]
    Thickness {
        /// Thickness, mm.
        thickness: f64,
    },
    /// A lattice law refused.
    #[error(transparent)]
    Lattice(Box<LatticeError>),
}

impl From<LatticeError> for MaterialError {
    fn from(error: LatticeError) -> Self {
        Self::Lattice(Box::new(error))
    }
}

/// Elastic properties of a whole mesh.
///
/// The stiffness at quadrature point `q` of element `e` is
/// `factor[e][q] * table[of_element[e]]`: a graded material (density, porosity, endplate layer)
/// changes by a factor inside an element and keeps its shape.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialField {
    /// Distinct elasticities, MPa.
    pub table: Vec<Elasticity>,
    /// Index into `table`, one per element.
    pub of_element: Vec<u32>,
    /// Stiffness factor at the four quadrature points of
    /// [`tet10::POINTS`](crate::element::tet10::POINTS), one row per element.
    pub factor: Vec<[f64; 4]>,
    /// Relative density of porous elements.
    pub relative_density: Vec<Option<f64>>,
}

impl MaterialField {
    /// The same elasticity for `elements` elements.
    pub fn uniform(elasticity: Elasticity, elements: usize) -> Self {
        Self {
            table: vec![elasticity],
            of_element: vec![0; elements],
            factor: vec![[1.0; 4]; elements],
            relative_density: vec![None; elements],
        }
    }

    /// Elasticity of element `e` without its factor, MPa.
    pub fn elasticity(&self, e: usize) -> &Elasticity {
        &self.table[self.of_element[e] as usize]
    }

    /// Whether the factor changes within element `e`.
    pub fn is_graded(&self, e: usize) -> bool {
        self.factor[e].iter().any(|f| *f != self.factor[e][0])
    }

    /// Stiffness factor at the quadrature points of element `e`, which is of that kind: only
    /// quadratic tetrahedra are graded inside.
    pub fn at_points(&self, e: usize, kind: ElementKind) -> Vec<f64> {
        match kind {
            ElementKind::Tet10 => self.factor[e].to_vec(),
            _ => vec![self.mean_factor(e); kind.reference().points.len()],
        }
    }

    /// Mean factor of element `e` over its quadrature points.
    pub fn mean_factor(&self, e: usize) -> f64 {
        self.factor[e].iter().sum::<f64>() / 4.0
    }

    /// Factor of element `e` at barycentric coordinates `l`: the linear field through the four
    /// quadrature-point values, held between the smallest and the largest of them.
    pub fn factor_at(&self, e: usize, l: &[f64; 4]) -> f64 {
        // Lᵢ at point q is A for i = q and B elsewhere, so value_q = B·Σv + (A − B)·v_q.
        const A: f64 = crate::element::tet10::POINTS[0][0];
        const B: f64 = crate::element::tet10::POINTS[0][1];
        let f = &self.factor[e];
        let sum: f64 = f.iter().sum();
        let linear: f64 = (0..4).map(|i| l[i] * (f[i] - B * sum) / (A - B)).sum();
        let low = f.iter().copied().fold(f64::INFINITY, f64::min);
        let high = f.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        linear.clamp(low, high)
    }
}
