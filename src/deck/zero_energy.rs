//! Modes without energy: elements with few quadrature points can deform so that no point sees a
//! strain. Neighbours and supports stop most of them; what they leave free has no answer, and a
//! program that finds a number for it moves wrongly without a word.
//!
//! A push of no pattern is solved beside the loads. Where a mode is free, it moves that mode far
//! above everything else, and the energy by the element's own points is nothing beside the energy
//! by enough points; elsewhere the two are of one size.

use rayon::prelude::*;

use super::error::DeckError;
use super::model::DeckModel;
use super::{Deck, StepData};
use crate::assembly::LocalSystem;
use crate::element::reference::ElementKind;
use crate::element::solid::PlacedSolid;
use crate::tensor::Vec3;

/// Share of the energy by enough points below which a motion has none. Sound parts keep more than a
/// hundredth; a free mode keeps what round-off leaves.
const NOTHING: f64 = 1e-6;

/// Share of the stiffness by enough points that makes a singular matrix definite.
const HINT: f64 = 1e-9;

/// The elements of a model that have such modes.
pub(super) struct Loose<'a> {
    model: &'a DeckModel,
    elements: Vec<usize>,
}

impl<'a> Loose<'a> {
    /// Finds them; none in most models.
    pub(super) fn of(model: &'a DeckModel) -> Option<Self> {
        let kinds = (0..).zip(model.mesh.blocks.elements());
        let loose = kinds.filter(|(_, (kind, _))| kind.has_zero_energy_modes());
        let elements: Vec<usize> = loose.map(|(e, _)| e).collect();
        (!elements.is_empty()).then_some(Self { model, elements })
    }

    /// Forces without a pattern on all of their nodes, N.
    pub(super) fn push(&self) -> Vec<Vec3> {
        let mut force = vec![Vec3::zeros(); self.model.mesh.nodes.len()];
        let nodes = self.elements.iter().map(|&e| self.model.mesh.element(e));
        for &n in nodes.flatten() {
            let phase = f64::from(n);
            force[n as usize] = Vec3::new(
                (12.9898 * phase + 1.0).sin(),
                (78.233 * phase + 2.0).sin(),
                (37.719 * phase + 3.0).sin(),
            );
        }
        force
    }

    /// A trace of the stiffness that enough points would give.
    pub(super) fn hints(&self) -> Vec<LocalSystem> {
        let one = |&e: &usize| {
            let placed = self.by_enough_points(e)?;
            let shares = vec![HINT; placed.points.len()];
            Some(LocalSystem {
                nodes: self.model.mesh.element(e).to_vec(),
                stiffness: placed.stiffness(self.model.materials.elasticity(e), &shares),
            })
        };
        self.elements.iter().filter_map(one).collect()
    }

    fn by_enough_points(&self, e: usize) -> Option<PlacedSolid> {
        let mesh = &self.model.mesh;
        let kind = mesh.kind_of(e);
        let points = kind.reference().enough_points();
        PlacedSolid::with_points(kind, &mesh.places(e), points, e).ok()
    }

    /// Refuses displacements (mm) of the push that cost no energy.
    ///
    /// # Errors
    /// A mode that the supports leave free, named with the element that it moves most.
    pub(super) fn check(
        &self,
        deck: &Deck,
        displacement: &[Vec3],
        (number, step): (usize, &StepData),
    ) -> Result<(), DeckError> {
        let energies: Vec<[f64; 2]> = self
            .elements
            .par_iter()
            .map(|&e| self.energies(e, displacement))
            .collect();
        let [own, enough] = [0, 1].map(|k| energies.iter().map(|e| e[k]).sum::<f64>());
        if own > NOTHING * enough {
            return Ok(());
        }
        let most = energies.iter().zip(&self.elements);
        let most = most.max_by(|a, b| a.0[1].total_cmp(&b.0[1]));
        let element = most.map_or(0, |(_, &e)| e);
        let kind = self.model.mesh.kind_of(element);
        let words = format!(
            "the supports of step {number} leave a zero-energy mode of the {} elements free, most of \
             all in element {}: it deforms and no quadrature point sees a strain",
            kind.reference().deck_type,
            deck.elements.labels[element]
        );
        let other = match kind {
            ElementKind::Wedge6 => "two wedges side by side or C3D15 have none",
            _ => "four elements around an edge or C3D20 have none",
        };
        let help = format!("hold more nodes of it in *BOUNDARY, or use other elements: {other}");
        Err(deck.texts.refuse(step.spot, words).with_help(help))
    }

    /// Energy of a displacement by the element's own points and by enough.
    fn energies(&self, e: usize, displacement: &[Vec3]) -> [f64; 2] {
        let nodes = self.model.mesh.element(e).iter();
        let u: Vec<Vec3> = nodes.map(|&n| displacement[n as usize]).collect();
        let elasticity = self.model.materials.elasticity(e);
        let energy = |placed: Option<PlacedSolid>| {
            let Some(placed) = placed else { return 0.0 };
            let strains = placed.strains(elasticity, &vec![1.0; placed.points.len()], &u);
            let terms = strains.iter().zip(&placed.points);
            let terms = terms.map(|(s, p)| 0.5 * p.volume * s.dot(&elasticity.stress(s)));
            terms.sum()
        };
        [
            energy(self.model.placed(e).ok()),
            energy(self.by_enough_points(e)),
        ]
    }
}
