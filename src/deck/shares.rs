//! What the elements of a deck are made of: an elasticity each, and its share at every point where a
//! material is graded by temperature.

use std::collections::BTreeMap;

use super::Deck;
use crate::element::tet10;
use crate::material::MaterialField;
use crate::tensor::Elasticity;

/// The elasticity of every element; shares of the stiffness in tetrahedra.
pub(super) fn materials(deck: &Deck) -> MaterialField {
    let count = deck.elements.labels.len();
    let table = deck
        .sections
        .iter()
        .map(|s| {
            let elasticity = deck.materials[s.material].elasticity;
            let elasticity = elasticity.unwrap_or(Elasticity(nalgebra::Matrix6::zeros()));
            s.axes
                .as_ref()
                .map_or(elasticity, |o| elasticity.rotated(&o.axes))
        })
        .collect();
    MaterialField {
        table,
        of_element: deck.section_of.clone(),
        factor: (0..count).map(|e| quadruple(deck, e)).collect(),
        relative_density: vec![None; count],
    }
}

/// Shares of the stiffness at the quadrature points of a tetrahedron. Temperature goes by the element's
/// shape functions, mid-edge nodes included, as CalculiX has it; a linear element has one point.
fn quadruple(deck: &Deck, e: usize) -> [f64; 4] {
    let grading = grading(deck, e);
    let kind = deck.elements.blocks.kind(e);
    if grading.is_empty() || !kind.is_tetrahedron() {
        return [1.0; 4];
    }
    // The reader has refused nodes without one.
    let warm = |n: &u32| deck.temperatures[*n as usize].unwrap_or(f64::NAN);
    let at = |shape: &[f64]| -> f64 {
        let nodes = shape.iter().zip(deck.elements.nodes(e));
        share(grading, nodes.map(|(s, n)| s * warm(n)).sum())
    };
    match kind.is_quadratic() {
        true => tet10::POINTS.map(|l| at(&tet10::shape(&l))),
        false => [at(&[0.25; 4]); 4],
    }
}

/// Shares of the stiffness at the points of graded hexahedra and wedges, the temperature by their
/// shape functions.
pub(super) fn graded(deck: &Deck) -> BTreeMap<u32, Vec<f64>> {
    let mut shares = BTreeMap::new();
    for (e, (kind, nodes)) in (0u32..).zip(deck.elements.blocks.elements()) {
        let grading = grading(deck, e as usize);
        if grading.is_empty() || kind.is_tetrahedron() {
            continue;
        }
        let table = kind.reference();
        let at = |&[a, b, c, _]: &[f64; 4]| {
            let shape = table.shapes([a, b, c]).values;
            let warm = |n: &u32| deck.temperatures[*n as usize].unwrap_or(f64::NAN);
            let terms = nodes.iter().zip(shape);
            share(grading, terms.map(|(n, s)| s * warm(n)).sum())
        };
        shares.insert(e, table.points.iter().map(at).collect());
    }
    shares
}

fn grading(deck: &Deck, e: usize) -> &[[f64; 2]] {
    let section = &deck.sections[deck.section_of[e] as usize];
    &deck.materials[section.material].grading
}

/// The share of the stiffness at a temperature: linear between the lines, constant beyond them.
fn share(grading: &[[f64; 2]], temperature: f64) -> f64 {
    let above = grading.partition_point(|row| row[0] < temperature);
    match (
        above.checked_sub(1).and_then(|k| grading.get(k)),
        grading.get(above),
    ) {
        (Some([t0, f0]), Some([t1, f1])) => f0 + (f1 - f0) * (temperature - t0) / (t1 - t0),
        (Some([_, f]), None) | (None, Some([_, f])) => *f,
        (None, None) => 1.0,
    }
}
