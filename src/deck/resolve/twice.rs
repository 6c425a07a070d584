//! What stands twice: members of sets and surfaces, elements on the same nodes. Neither is refused,
//! as other programs take both; what it means here is told.

use std::collections::BTreeSet;

use super::Resolver;
use super::scope::Of;
use crate::deck::lines::Spot;
use crate::mesh::Facet;
use crate::mesh::coincident::coincident_of_kinds;

/// A name as written and where it stands.
type Named<'a> = (&'a str, Spot);

/// As many are named, the rest is counted.
const NAMED: usize = 5;

impl Resolver {
    /// Tells what one card lists twice, and leaves each member where it stands first.
    pub(super) fn list_members(&mut self, what: Of, name: Named<'_>, members: &mut Vec<u32>) {
        self.sort_members(what, name, &mut members.clone());
        each_once(members);
    }

    /// Puts a set in the order of its numbers, each once, and tells what it lists twice.
    pub(super) fn sort_members(&mut self, what: Of, name: Named<'_>, members: &mut Vec<u32>) {
        let label = |m: u32| match what {
            Of::Nodes => self.nodes.labels[m as usize],
            Of::Elements => self.element_label(m),
        };
        members.sort_unstable_by_key(|&m| label(m));
        let again: Vec<String> = (repeated(members).into_iter())
            .map(|m| format!("{} {}", what.noun(), label(m)))
            .collect();
        self.tell_repeated(what.set(), name, &again, LOADED);
    }

    /// The same for the nodes of a surface.
    pub(super) fn sort_surface_nodes(&mut self, name: Named<'_>, nodes: &mut Vec<u32>) {
        nodes.sort_unstable();
        let again: Vec<String> = (repeated(nodes).into_iter())
            .map(|n| format!("node {}", self.nodes.labels[n as usize]))
            .collect();
        self.tell_repeated("surface", name, &again, "");
    }

    /// The same for the faces of a surface.
    pub(super) fn sort_facets(&mut self, name: Named<'_>, facets: &mut Vec<Facet>) {
        facets.sort_unstable();
        let again: Vec<String> = (repeated(facets).into_iter())
            .map(|f| {
                let element = self.elements.labels[f.element as usize];
                format!("face S{} of element {element}", f.face + 1)
            })
            .collect();
        self.tell_repeated("surface", name, &again, LOADED);
    }

    fn tell_repeated(&mut self, what: &str, name: Named<'_>, again: &[String], others: &str) {
        if again.is_empty() {
            return;
        }
        let (written, spot) = name;
        let list = some(again);
        let text =
            format!("{what} {written} lists more than once: {list}; each counts once{others}");
        self.note(spot, &text);
    }

    /// Tells of elements that have all their nodes in common.
    pub(super) fn tell_coincident(&mut self) {
        let groups = coincident_of_kinds(self.elements.blocks.elements());
        let Some(first) = groups.first() else { return };
        let spot = self.elements.spots[first[1] as usize];
        let words: Vec<String> = (groups.iter())
            .map(|group| {
                let labels = group.iter().map(|&e| self.elements.labels[e as usize]);
                let labels: Vec<String> = labels.map(|l| l.to_string()).collect();
                labels.join(" and ")
            })
            .collect();
        let text = format!(
            "elements {} lie on the same nodes; each of them adds its stiffness and its weight",
            some(&words)
        );
        self.note(spot, &text);
    }
}

/// What another program makes of a member that is listed twice.
const LOADED: &str = ", where CalculiX puts forces and pressures on it each time";

/// What a sorted list holds more than once, each of them once; the list keeps one of each.
fn repeated<T: PartialEq + Copy>(list: &mut Vec<T>) -> Vec<T> {
    let pairs = list.windows(2).filter(|pair| pair[0] == pair[1]);
    let mut found: Vec<T> = pairs.map(|pair| pair[0]).collect();
    found.dedup();
    list.dedup();
    found
}

/// Leaves every entry where it stands first.
pub(super) fn each_once(list: &mut Vec<u32>) {
    let mut seen = BTreeSet::new();
    list.retain(|m| seen.insert(*m));
}

/// The first few in words.
fn some(words: &[String]) -> String {
    let shown = words[..words.len().min(NAMED)].join(", ");
    match words.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
