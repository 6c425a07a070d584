//! Elements that lie on the same nodes.

use std::collections::BTreeMap;

/// Groups of two and more elements with the same nodes in any order; `nodes` holds `count` of each
/// element, at least 4. Groups and their members are in the order of the elements.
pub fn coincident(nodes: &[u32], count: usize) -> Vec<Vec<u32>> {
    // Four nodes first: they fit into a key without an allocation for each element.
    let mut keys: Vec<([u32; 4], u32)> = (0u32..)
        .zip(nodes.chunks_exact(count))
        .map(|(e, nodes)| {
            let mut corners = [nodes[0], nodes[1], nodes[2], nodes[3]];
            corners.sort_unstable();
            (corners, e)
        })
        .collect();
    keys.sort_unstable();
    let sorted = |e: u32| {
        let mut nodes = nodes[count * e as usize..][..count].to_vec();
        nodes.sort_unstable();
        nodes
    };
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for run in keys.chunk_by(|a, b| a.0 == b.0).filter(|r| r.len() > 1) {
        let mut run: Vec<(Vec<u32>, u32)> = run.iter().map(|k| (sorted(k.1), k.1)).collect();
        run.sort_unstable();
        let same = run.chunk_by(|a, b| a.0 == b.0).filter(|s| s.len() > 1);
        groups.extend(same.map(|s| s.iter().map(|k| k.1).collect::<Vec<u32>>()));
    }
    groups.sort_unstable();
    groups
}

/// The same of elements of several kinds, each compared with its own kind.
pub fn coincident_of_kinds<'a, K: Ord>(
    elements: impl Iterator<Item = (K, &'a [u32])>,
) -> Vec<Vec<u32>> {
    let mut of_kind: BTreeMap<K, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
    for (e, (kind, nodes)) in (0u32..).zip(elements) {
        let (numbers, all) = of_kind.entry(kind).or_default();
        numbers.push(e);
        all.extend_from_slice(nodes);
    }
    let mut groups = Vec::new();
    for (numbers, nodes) in of_kind.values() {
        let found = coincident(nodes, nodes.len() / numbers.len());
        let renumbered = |group: Vec<u32>| group.iter().map(|&k| numbers[k as usize]).collect();
        groups.extend(found.into_iter().map(renumbered));
    }
    groups.sort_unstable();
    groups
}

#[cfg(test)]
mod tests {
    use super::coincident;

    #[test]
    fn all_nodes_must_be_the_same_in_any_order() {
        let tets = [1, 2, 3, 4, 5, 2, 3, 4, 4, 3, 2, 1, 2, 3, 4, 5, 1, 4, 2, 3];
        assert_eq!(coincident(&tets, 4), [vec![0, 2, 4], vec![1, 3]]);
        assert_eq!(coincident(&tets[..8], 4), Vec::<Vec<u32>>::new());
        // The same corners with another node between them are another element.
        let curved = [1, 2, 3, 4, 5, 2, 1, 3, 4, 6, 4, 3, 2, 1, 5];
        assert_eq!(coincident(&curved, 5), [vec![0, 2]]);
    }
}
