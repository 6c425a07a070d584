//! How the corners of a tetrahedron lie to its edges.

/// Corners i, j of each edge and the other two, k, l: even permutations, so that (i, j, k, l) winds
/// as the tetrahedron does.
pub(crate) const EDGE_AND_REST: [[usize; 4]; 6] = [
    [0, 1, 2, 3],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [1, 2, 0, 3],
    [1, 3, 2, 0],
    [2, 3, 0, 1],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_is_there_once_and_every_order_is_even() {
        let mut edges: Vec<[usize; 2]> = EDGE_AND_REST.iter().map(|e| [e[0], e[1]]).collect();
        edges.dedup();
        assert_eq!(edges.len(), 6);
        for order in EDGE_AND_REST {
            assert!(order[0] < order[1]);
            let swaps = (0..4).flat_map(|a| (a + 1..4).map(move |b| (a, b)));
            let odd = swaps.filter(|&(a, b)| order[a] > order[b]).count() % 2;
            assert_eq!(odd, 0, "{order:?}");
        }
    }
}
