//! Numbers and names within instances of parts: each instance counts its nodes and elements from 1
//! and has its own sets. Here every node has one number: where an instance's numbers are taken, it
//! gets others, by a round amount higher, and that is told. A name of an instance is
//! `INSTANCE.NAME`; inside it, the name alone finds that one first.

use crate::deck::lines::Spot;
use crate::deck::parts::Instance;
use crate::tensor::Point;

/// Nodes or elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Nodes,
    Elements,
}

impl Of {
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::Nodes => "a node number",
            Self::Elements => "an element number",
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Nodes => "node",
            Self::Elements => "element",
        }
    }

    pub(super) fn set(self) -> &'static str {
        match self {
            Self::Nodes => "node set",
            Self::Elements => "element set",
        }
    }
}

/// By how much the numbers of a scope are raised, and the highest so far.
#[derive(Debug, Clone, Default)]
struct Numbering {
    /// Of each scope that has some.
    raised: Vec<Option<u32>>,
    highest: u32,
}

impl Numbering {
    /// The number that `label` of a scope gets. The first scope with numbers keeps its own.
    fn take(&mut self, scope: usize, label: u32) -> Option<u32> {
        let by = match self.raised[scope] {
            Some(by) => by,
            None => {
                let by = above(self.highest)?;
                self.raised[scope] = Some(by);
                by
            }
        };
        let number = label.checked_add(by)?;
        self.highest = self.highest.max(number);
        Some(number)
    }

    fn of(&self, scope: usize, label: u32) -> Option<u32> {
        label.checked_add(self.raised[scope].unwrap_or(0))
    }
}

/// The next amount above `highest` with one digit that is not 0; none above nothing.
fn above(highest: u32) -> Option<u32> {
    match highest {
        0 => Some(0),
        _ => {
            let unit = 10u32.pow(highest.ilog10());
            (highest / unit + 1).checked_mul(unit)
        }
    }
}

/// The instances, and which one the cards that are read belong to.
#[derive(Debug, Clone)]
pub(super) struct Scopes {
    instances: Vec<Instance>,
    nodes: Numbering,
    elements: Numbering,
    now: usize,
}

impl Scopes {
    pub(super) fn new(instances: Vec<Instance>) -> Self {
        let none = Numbering {
            raised: vec![None; instances.len() + 1],
            highest: 0,
        };
        Self {
            instances,
            nodes: none.clone(),
            elements: none,
            now: 0,
        }
    }

    /// What is read from now on belongs to that instance (from 1), or to the model (0).
    pub(super) fn enter(&mut self, scope: usize) {
        self.now = scope;
    }

    /// A point of the part where the instance has it.
    pub(super) fn placed(&self, point: Point) -> Point {
        self.instance().map_or(point, |i| i.placed * point)
    }

    /// A point of the instance where its part has it.
    pub(super) fn in_part(&self, point: Point) -> Point {
        self.instance()
            .map_or(point, |i| i.placed.inverse_transform_point(&point))
    }

    /// Axes (columns) of the part as the instance has them.
    pub(super) fn turned(&self, axes: nalgebra::Matrix3<f64>) -> nalgebra::Matrix3<f64> {
        match self.instance() {
            Some(i) => i.placed.rotation.to_rotation_matrix() * axes,
            None => axes,
        }
    }

    fn instance(&self) -> Option<&Instance> {
        self.instances.get(self.now.checked_sub(1)?)
    }

    /// The number that a node or element gets which is defined here as `label`.
    pub(super) fn take(&mut self, what: Of, label: u32) -> Option<u32> {
        let now = self.now;
        match what {
            Of::Nodes => self.nodes.take(now, label),
            Of::Elements => self.elements.take(now, label),
        }
    }

    /// The number of what is called `label` here.
    pub(super) fn number(&self, what: Of, label: u32) -> Option<u32> {
        self.number_in(self.now, what, label)
    }

    fn number_in(&self, scope: usize, what: Of, label: u32) -> Option<u32> {
        match what {
            Of::Nodes => self.nodes.of(scope, label),
            Of::Elements => self.elements.of(scope, label),
        }
    }

    /// A folded name as it is kept when it is defined here.
    pub(super) fn own(&self, name: &str) -> String {
        match self.instance() {
            Some(i) => format!("{}.{name}", i.name),
            None => name.to_owned(),
        }
    }

    /// The scope of an instance by its folded name.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let found = self.instances.iter().position(|i| i.name == name);
        found.map(|k| k + 1)
    }

    /// The names of all instances.
    pub(super) fn names(&self) -> Vec<String> {
        self.instances.iter().map(|i| i.written.clone()).collect()
    }

    /// The number behind "PART-1-1.12".
    pub(super) fn dotted(&self, what: Of, folded: &str) -> Option<u32> {
        let (instance, label) = folded.rsplit_once('.')?;
        let scope = self.named(instance)?;
        self.number_in(scope, what, label.parse().ok()?)
    }

    /// What is to be told of instances, and of the model's own nodes, whose numbers are raised.
    pub(super) fn told(&self) -> Vec<(Spot, String)> {
        let mut told = Vec::new();
        for scope in 0..self.nodes.raised.len() {
            let raised = [&self.nodes, &self.elements].map(|n| n.raised[scope]);
            let words: Vec<String> = (raised.iter().zip(["nodes", "elements"]))
                .filter_map(|(by, what)| {
                    let by = by.filter(|by| *by > 0)?;
                    Some(format!("{what} by {by}"))
                })
                .collect();
            let own = self.instances.first();
            let (whose, instance) = match scope.checked_sub(1).map(|k| &self.instances[k]) {
                Some(instance) => (format!("instance {}", instance.written), Some(instance)),
                None => ("the assembly's own nodes".into(), own),
            };
            if let (false, Some(instance)) = (words.is_empty(), instance) {
                let words = words.join(", ");
                let text = format!("numbers of {whose} are taken and so raised: {words}");
                told.push((instance.spot, text));
            }
        }
        told
    }
}
