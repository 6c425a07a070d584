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
    let nodal = nodal(deck, deck.elements.nodes(e));
    let at = |shape: &[f64]| -> f64 {
        let terms = shape.iter().zip(&nodal).map(|(s, t)| s * t);
        share(grading, terms.sum())
    };
    match kind.is_quadratic() {
        true => tet10::POINTS.map(|l| at(&tet10::shape(&l))),
        false => [at(&[0.25; 4]); 4],
    }
}

/// The temperatures of nodes; the reader has refused graded elements with a node that has none.
fn nodal(deck: &Deck, nodes: &[u32]) -> Vec<f64> {
    let known = nodes.iter().filter_map(|&n| deck.temperatures[n as usize]);
    known.collect()
}

/// Shares of the stiffness at the points of graded hexahedra and wedges.
pub(super) fn graded(deck: &Deck) -> BTreeMap<u32, Vec<f64>> {
    let mut shares = BTreeMap::new();
    for (e, (kind, nodes)) in (0u32..).zip(deck.elements.blocks.elements()) {
        let grading = grading(deck, e as usize);
        if grading.is_empty() || kind.is_tetrahedron() {
            continue;
        }
        let nodal = nodal(deck, nodes);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fully_integrated_hexahedron_has_the_temperatures_of_calculix() {
        // Nodal temperatures, and those that moduli printed by CalculiX 2.20 show at some points.
        let nodal = [
            62.7645, 74.6294, 63.5046, 78.5499, 32.3958, 43.6215, 31.1492, 44.5381, 74.6759,
            71.3062, 79.8246, 71.0575, 39.3571, 38.7365, 39.0792, 39.8821, 54.9188, 49.0948,
            35.8742, 67.7094,
        ];
        let points = ElementKind::Hex20.reference().points;
        for (point, wanted) in [
            (1, 69.852),
            (5, 70.285),
            (9, 62.672),
            (14, 56.359),
            (19, 43.829),
            (27, 33.523),
        ] {
            let [a, b, c, _] = points[point - 1];
            let found = temperature(ElementKind::Hex20, &nodal, [a, b, c]);
            assert!((found - wanted).abs() < 2e-3, "{point}: {found}");
        }
    }

    #[test]
    fn a_linear_temperature_is_met_by_every_kind_but_those_that_take_its_mean() {
        for table in &crate::element::reference::REFERENCES {
            let field = |p: &crate::tensor::Vec3| 30.0 + 2.0 * p.x - 3.0 * p.y + 5.0 * p.z;
            let nodal: Vec<f64> = table.places().iter().map(field).collect();
            let mean = nodal.iter().sum::<f64>() / nodal.len() as f64;
            let linear = [ElementKind::Hex8, ElementKind::Hex8Incompatible];
            for &[a, b, c, _] in table.points {
                let wanted = match linear.contains(&table.kind) {
                    true => mean,
                    false => field(&crate::tensor::Vec3::new(a, b, c)),
                };
                let found = temperature(table.kind, &nodal, [a, b, c]);
                assert!((found - wanted).abs() < 1e-12, "{table:?}");
            }
        }
    }
}
