//! Screws, rods and what joins them as one frame of beams in the model's own matrix.
//!
//! A node of the frame is two nodes of the mesh: one whose displacement is its translation, one whose
//! "displacement" is [`TURN_MM`] times its rotation, so that both are 3-blocks in mm and N. Beams
//! are stiffnesses of four such nodes; what lies in bone is held there by its [`Grip`]s. Where the
//! bone fills the beam's own cylinder, as it does on a mesh that knows nothing of the screw, the beam
//! has the modulus that the two differ by.

use std::ops::Range;

use super::FixationError;
use super::beam::{CircularSection, beam_stiffness};
use super::grip::{self, Bone, Grip, Place};
use crate::assembly::LocalSystem;
use crate::material::MaterialField;
use crate::mesh::Mesh;
use crate::tensor::{Point, Vec3, Wrench};

/// What a rotation (rad) is multiplied by to be a row of the matrix, mm: about a beam element's length.
pub const TURN_MM: f64 = 5.0;

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// In bone but for its head.
    Screw,
    /// Through heads.
    Rod,
    /// Holds two rods beside each other.
    Domino,
    /// A bar from rod to rod.
    CrossLink,
    /// Held from outside.
    Pin,
}

impl PartKind {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Screw => "screw",
            Self::Rod => "rod",
            Self::Domino => "domino",
            Self::CrossLink => "cross-link",
            Self::Pin => "pin",
        }
    }
}

/// A screw, a rod, what joins rods.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Name ("T5 left", "rod left").
    pub name: String,
    /// What it is.
    pub kind: PartKind,
    /// Section and material.
    pub section: CircularSection,
    /// Its beams, in order.
    pub beams: Range<usize>,
}

/// A node of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameNode {
    /// Where, mm.
    pub at: Point,
    /// Node of the mesh that moves as it does.
    pub translation: u32,
    /// Node of the mesh that moves by [`TURN_MM`] times its rotation.
    pub rotation: u32,
}

/// A straight piece of a part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beam {
    /// Number of the part.
    pub part: usize,
    /// Numbers of its nodes.
    pub ends: [usize; 2],
    /// Share of its modulus that it adds to what fills its place already.
    pub added: f64,
    /// Young's modulus of the bone on its skin, MPa; 0 for one that stands free.
    pub bone: f64,
}

/// Screws, rods and connectors of a state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Construct {
    /// Parts.
    pub parts: Vec<Part>,
    /// Nodes.
    pub nodes: Vec<FrameNode>,
    /// Beams.
    pub beams: Vec<Beam>,
    /// Where beams hold on bone.
    pub grips: Vec<Grip>,
    /// All of it as systems on the model's nodes.
    pub systems: Vec<LocalSystem>,
}

/// The line of a screw.
#[derive(Debug, Clone, PartialEq)]
pub struct ScrewLine {
    /// Name.
    pub name: String,
    /// Its tip, where it enters the bone, its head, mm: on one line.
    pub tip: Point,
    /// Where it enters the bone, mm.
    pub entry: Point,
    /// The middle of its head, mm; the entry for a screw cut off there.
    pub head: Point,
    /// Section and material.
    pub section: CircularSection,
}

/// The axis of a rod or connector.
#[derive(Debug, Clone, PartialEq)]
pub struct RodLine {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: PartKind,
    /// Nodes it runs through, in order.
    pub nodes: Vec<usize>,
    /// Section and material.
    pub section: CircularSection,
}

/// A construct being put together on a mesh whose elements stay as they are.
pub struct Builder<'a> {
    mesh: &'a mut Mesh,
    construct: Construct,
}

impl<'a> Builder<'a> {
    /// Nothing yet; nodes are added to `mesh`.
    pub fn new(mesh: &'a mut Mesh) -> Self {
        Self {
            mesh,
            construct: Construct::default(),
        }
    }

    /// A node of its own.
    pub fn node(&mut self, at: Point) -> usize {
        let translation = self.block(at);
        let rotation = self.block(at);
        self.push(at, translation, rotation)
    }

    /// A node that moves with another and turns by itself: the rod's side of a head that is not locked.
    pub fn hinge(&mut self, other: usize) -> usize {
        let FrameNode {
            at, translation, ..
        } = self.construct.nodes[other];
        let rotation = self.block(at);
        self.push(at, translation, rotation)
    }

    fn block(&mut self, at: Point) -> u32 {
        self.mesh.nodes.push(at);
        self.mesh.nodes.len() as u32 - 1
    }

    fn push(&mut self, at: Point, translation: u32, rotation: u32) -> usize {
        self.construct.nodes.push(FrameNode {
            at,
            translation,
            rotation,
        });
        self.construct.nodes.len() - 1
    }

    /// A screw in the elements of `hosts`, in beams no longer than half its diameter; returns the node of
    /// its head.
    ///
    /// # Errors
    /// [`FixationError::LooseScrew`] where more than a fifth of its skin lies outside.
    pub fn screw(
        &mut self,
        line: &ScrewLine,
        hosts: &[Range<usize>],
    ) -> Result<usize, FixationError> {
        let length = (line.entry - line.tip).norm();
        let pieces = (length / (LONGEST * line.section.diameter)).ceil().max(1.0) as usize;
        let mut nodes = self.along([line.tip, line.entry], pieces);
        if line.head != line.entry {
            nodes.push(self.node(line.head));
        }
        self.part(&line.name, PartKind::Screw, line.section, &nodes);
        self.embed(&nodes[..=pieces], hosts, true)?;
        Ok(nodes[nodes.len() - 1])
    }

    /// A bar through the elements of `hosts`, bonded to them, whose middle is to be held from outside;
    /// returns the node there.
    ///
    /// # Errors
    /// [`FixationError::LooseScrew`] where more than a fifth of its skin lies outside.
    pub fn pin(
        &mut self,
        name: &str,
        ends: [Point; 2],
        section: CircularSection,
        hosts: &[Range<usize>],
    ) -> Result<usize, FixationError> {
        let middle = nalgebra::center(&ends[0], &ends[1]);
        let half = (middle - ends[0]).norm();
        let count = 2 * (half / (LONGEST * section.diameter)).ceil().max(1.0) as usize;
        let nodes = self.along(ends, count);
        let held = nodes[count / 2];
        self.part(name, PartKind::Pin, section, &nodes);
        self.embed(&nodes, hosts, false)?;
        Ok(held)
    }

    /// `count` + 1 nodes along a line.
    fn along(&mut self, [from, to]: [Point; 2], count: usize) -> Vec<usize> {
        let at = |k: usize| from + (to - from) * (k as f64 / count as f64);
        (0..=count).map(|k| self.node(at(k))).collect()
    }

    /// Holds the first beams of the newest part, between `nodes`, in the elements of `hosts`, and the
    /// disc at its first end where `tip` says so.
    fn embed(
        &mut self,
        nodes: &[usize],
        hosts: &[Range<usize>],
        tip: bool,
    ) -> Result<(), FixationError> {
        let points: Vec<Point> = nodes.iter().map(|n| self.construct.nodes[*n].at).collect();
        let Some((section, first)) = self
            .construct
            .parts
            .last()
            .map(|p| (p.section, p.beams.start))
        else {
            return Ok(());
        };
        let (radius, last) = (0.5 * section.diameter, points.len() - 1);
        let bone = Bone::around(self.mesh, hosts, [points[0], points[last]], radius);
        let (mut inside, mut whole) = (0.0, 0.0);
        for k in 0..last {
            let mut places = grip::skin(&points[k], &points[k + 1], radius, k);
            if tip && k == 0 {
                places.extend(grip::disc(&points[0], &points[1], radius));
            }
            whole += places.iter().map(|p| p.area).sum::<f64>();
            inside += self.hold(&bone, first + k, &places);
        }
        if inside < LEAST_SHARE * whole || whole == 0.0 {
            return Err(FixationError::LooseScrew {
                diameter_mm: section.diameter,
                length_mm: (points[last] - points[0]).norm(),
                held_percent: 100.0 * inside / whole.max(f64::MIN_POSITIVE),
                least_percent: 100.0 * LEAST_SHARE,
            });
        }
        Ok(())
    }

    /// Holds a beam at the places that lie in bone; returns their area.
    fn hold(&mut self, bone: &Bone, beam: usize, places: &[Place]) -> f64 {
        let mut area = 0.0;
        for place in places {
            if let Some(host) = bone.find(&place.point, place.area) {
                area += place.area;
                self.construct.grips.push(Grip {
                    beam,
                    at: place.at,
                    arm: place.arm,
                    host,
                });
            }
        }
        area
    }

    /// A rod or connector through nodes.
    pub fn rod(&mut self, line: &RodLine) {
        self.part(&line.name, line.kind, line.section, &line.nodes);
    }

    fn part(&mut self, name: &str, kind: PartKind, section: CircularSection, nodes: &[usize]) {
        let first = self.construct.beams.len();
        let part = self.construct.parts.len();
        self.construct
            .beams
            .extend(nodes.windows(2).map(|pair| Beam {
                part,
                ends: [pair[0], pair[1]],
                added: 1.0,
                bone: 0.0,
            }));
        self.construct.parts.push(Part {
            name: name.to_owned(),
            kind,
            section,
            beams: first..self.construct.beams.len(),
        });
    }

    /// The construct in bone of these materials.
    ///
    /// # Errors
    /// [`FixationError::NoBeam`] for a beam without length or stiffness.
    pub fn finish(self, materials: &MaterialField) -> Result<Construct, FixationError> {
        self.construct.in_bone(self.mesh, materials)
    }
}

/// Longest beam in bone, over its diameter: with whole diameters the sections stand farther apart than
/// fine elements are large, and a screw is 3 % too soft there.
const LONGEST: f64 = 0.5;
/// Share of a screw's skin that must lie in bone.
const LEAST_SHARE: f64 = 0.8;
/// Where bone is as stiff as the screw, the beam keeps this share of itself: its nodes must be held.
const LEAST_ADDED: f64 = 1e-6;

impl Construct {
    /// The same parts in other bone: beams, grips and systems anew.
    ///
    /// # Errors
    /// [`FixationError::NoBeam`] for a beam without length or stiffness.
    pub fn in_bone(
        mut self,
        mesh: &Mesh,
        materials: &MaterialField,
    ) -> Result<Self, FixationError> {
        self.share_out(materials);
        let beams = (0..self.beams.len()).map(|b| self.beam_system(b));
        let mut systems: Vec<LocalSystem> = beams.collect::<Result<_, _>>()?;
        let ends = |b: usize| self.blocks(b);
        systems.extend(grip::systems(&self.grips, ends, (mesh, materials), TURN_MM));
        self.systems = systems;
        Ok(self)
    }

    /// What each beam adds to the solid that fills its cylinder: E_s − E_b over the share of the skin
    /// that lies in bone.
    fn share_out(&mut self, materials: &MaterialField) {
        let mut filled = vec![[0.0; 2]; self.beams.len()];
        for grip in self.grips.iter().filter(|g| g.at > 0.0) {
            let modulus = grip::modulus_at(materials, &grip.host);
            filled[grip.beam][0] += grip.host.weight * modulus;
            filled[grip.beam][1] += grip.host.weight;
        }
        for (b, [modulus_on_skin, area]) in filled.into_iter().enumerate() {
            self.beams[b].bone = modulus_on_skin / area.max(f64::MIN_POSITIVE);
            let section = self.parts[self.beams[b].part].section;
            let skin = std::f64::consts::PI * section.diameter * self.axis(b).norm();
            let bone = modulus_on_skin / skin;
            self.beams[b].added = (1.0 - bone / section.youngs_modulus).max(LEAST_ADDED);
        }
    }

    /// From the first end of a beam to the second, mm.
    pub fn axis(&self, beam: usize) -> Vec3 {
        let [a, b] = self.beams[beam].ends.map(|n| self.nodes[n].at);
        b - a
    }

    /// The nodes [t₁, v₁, t₂, v₂] of a beam.
    pub fn blocks(&self, beam: usize) -> [u32; 4] {
        let [a, b] = self.beams[beam].ends.map(|n| self.nodes[n]);
        [a.translation, a.rotation, b.translation, b.rotation]
    }

    /// Stiffness of a beam on [translation, rotation] of its ends, as it stands in the matrix.
    ///
    /// # Errors
    /// [`FixationError::NoBeam`].
    pub fn beam_stiffness(
        &self,
        beam: usize,
    ) -> Result<nalgebra::SMatrix<f64, 12, 12>, FixationError> {
        let part = &self.parts[self.beams[beam].part];
        let section = CircularSection {
            youngs_modulus: self.beams[beam].added * part.section.youngs_modulus,
            ..part.section
        };
        beam_stiffness(&section, &self.axis(beam)).ok_or_else(|| FixationError::NoBeam {
            part: part.name.clone(),
            length_mm: self.axis(beam).norm(),
            diameter_mm: section.diameter,
            youngs_modulus_mpa: section.youngs_modulus,
        })
    }

    fn beam_system(&self, beam: usize) -> Result<LocalSystem, FixationError> {
        let stiffness = self.beam_stiffness(beam)?;
        let scale = |k: usize| if k % 6 < 3 { 1.0 } else { 1.0 / TURN_MM };
        let entry = |i: usize, j: usize| stiffness[(i, j)] * scale(i) * scale(j);
        Ok(LocalSystem {
            nodes: self.blocks(beam).to_vec(),
            stiffness: (0..144).map(|k| entry(k / 12, k % 12)).collect(),
        })
    }

    /// Nodal forces (N) of a wrench on a node of the frame, moment about it in N·mm.
    pub fn forces(&self, node: usize, wrench: &Wrench) -> [(u32, Vec3); 2] {
        let node = &self.nodes[node];
        [
            (node.translation, wrench.force),
            (node.rotation, wrench.moment / TURN_MM),
        ]
    }

    /// Translation (mm) and rotation (rad) of a node of the frame from the displacements of all nodes.
    pub fn motion(&self, node: usize, displacement: &[Vec3]) -> [Vec3; 2] {
        let node = &self.nodes[node];
        [
            displacement[node.translation as usize],
            displacement[node.rotation as usize] / TURN_MM,
        ]
    }

    /// Nodes of the mesh that stand for rotations, ascending.
    pub fn rotations(&self) -> Vec<u32> {
        let mut found: Vec<u32> = self.nodes.iter().map(|n| n.rotation).collect();
        found.sort_unstable();
        found
    }

    /// Nodes of the mesh that move as the frame's nodes do, ascending.
    pub fn translations(&self) -> Vec<u32> {
        let mut found: Vec<u32> = self.nodes.iter().map(|n| n.translation).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
