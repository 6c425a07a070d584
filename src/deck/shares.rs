//! What the elements of a deck are made of: an elasticity each, and its share at every point where a
//! material is graded by temperature.

use std::collections::BTreeMap;

use super::Deck;
use crate::element::reference::ElementKind;
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

/// Shares of the stiffness at the points of graded hexahedra and wedges.
pub(super) fn graded(deck: &Deck) -> BTreeMap<u32, Vec<f64>> {
    let mut shares = BTreeMap::new();
    for (e, (kind, nodes)) in (0u32..).zip(deck.elements.blocks.elements()) {
        let grading = grading(deck, e as usize);
        if grading.is_empty() || kind.is_tetrahedron() {
            continue;
        }
        // The reader has refused nodes without one.
        let warm = |n: &u32| deck.temperatures[*n as usize].unwrap_or(f64::NAN);
        let nodal: Vec<f64> = nodes.iter().map(warm).collect();
        let points = kind.reference().points.iter();
        let share = |&[a, b, c, _]: &[f64; 4]| share(grading, temperature(kind, &nodal, [a, b, c]));
        shares.insert(e, points.map(share).collect());
    }
    shares
}

/// The temperature at natural coordinates, as CalculiX has it: the mean of the nodes in hexahedra of
/// eight nodes; in those of twenty with full integration the trilinear field that has the shape
/// functions' values at 2 × 2 × 2 points; the shape functions' elsewhere.
fn temperature(kind: ElementKind, nodal: &[f64], at: [f64; 3]) -> f64 {
    let by_shapes = |at: [f64; 3]| -> f64 {
        let shapes = kind.reference().shapes(at).values;
        nodal.iter().zip(shapes).map(|(t, s)| t * s).sum()
    };
    match kind {
        ElementKind::Hex8 | ElementKind::Hex8Incompatible => {
            nodal.iter().sum::<f64>() / nodal.len() as f64
        }
        ElementKind::Hex20 => {
            let linear = ElementKind::Hex8.reference();
            // The points are the corners drawn in by √3.
            let shapes = linear.shapes(at.map(|x| x * 3f64.sqrt())).values;
            let corners = linear.places().into_iter().zip(shapes);
            let terms = corners.map(|(p, s)| s * by_shapes((p / 3f64.sqrt()).into()));
            terms.sum()
        }
        _ => by_shapes(at),
    }
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
