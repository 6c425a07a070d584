//! *TRANSFORM: nodes whose supports and loads are given along axes of their own.

use nalgebra::Matrix3;

use super::fields::wrong;
use super::scope::Of;
use super::{Resolver, of};
use crate::deck::error::DeckError;
use crate::deck::lines::{Card, Spot};
use crate::tensor::{Point, Vec3};

impl Resolver {
    pub(super) fn read_frames(&mut self, cards: &[Card]) -> Result<(), DeckError> {
        for card in of(cards, &["TRANSFORM"]) {
            self.scopes.enter(card.scope);
            let set = card.need(&self.texts, "NSET")?;
            let nodes = self.named_members(Of::Nodes, set)?;
            let Some(&line) = card.data.first() else {
                return Err(card.missing(&self.texts, "two points, six numbers"));
            };
            let v = self.numbers("a coordinate of the transform", line)?;
            let &[ax, ay, az, bx, by, bz] = v.as_slice() else {
                return Err(card.missing(&self.texts, "two points, six numbers"));
            };
            let points = [Vec3::new(ax, ay, az), Vec3::new(bx, by, bz)];
            let about_axis = card.get("TYPE").is_some_and(|t| t.value == "C");
            for node in nodes {
                let axes = match about_axis {
                    true => self.cylindrical(node, points, line)?,
                    false => self.rectangular(points, line)?,
                };
                self.frames.insert(node, self.scopes.turned(axes));
            }
        }
        self.check_frames(cards)
    }

    /// The first axis towards a, the second in the plane with b.
    fn rectangular(&self, [a, b]: [Vec3; 2], line: Spot) -> Result<Matrix3<f64>, DeckError> {
        let x = a.normalize();
        let z = x.cross(&b).normalize();
        let axes = Matrix3::from_columns(&[x, z.cross(&x), z]);
        self.sound(
            axes,
            line,
            "two points that are not on one line with the origin",
        )
    }

    /// Away from the axis through a and b, around it, along it.
    fn cylindrical(
        &self,
        node: u32,
        [a, b]: [Vec3; 2],
        line: Spot,
    ) -> Result<Matrix3<f64>, DeckError> {
        // The axis is given in the part's coordinates, the frame is turned afterwards.
        let at = self.scopes.in_part(self.nodes.positions[node as usize]);
        let z = (b - a).normalize();
        let arm = at - Point::from(a);
        let r = (arm - z * z.dot(&arm)).normalize();
        let axes = Matrix3::from_columns(&[r, z.cross(&r), z]);
        self.sound(
            axes,
            line,
            "two points of an axis that no node of the set lies on",
        )
    }

    fn sound(
        &self,
        axes: Matrix3<f64>,
        line: Spot,
        expected: &str,
    ) -> Result<Matrix3<f64>, DeckError> {
        if axes.iter().all(|v| v.is_finite()) {
            return Ok(axes);
        }
        let field = (self.texts.text(line), line);
        Err(wrong(&self.texts, "the transform", field, expected))
    }

    /// Refuses frames where equations and rigid bodies count along the global axes.
    fn check_frames(&self, cards: &[Card]) -> Result<(), DeckError> {
        let equations = self.equations.iter();
        let of_equations = equations.flat_map(|e| e.terms.iter().map(|t| t.0.0));
        let of_bodies = self.rigid.iter().flat_map(|r| {
            let own = [Some(r.reference), r.rotation].into_iter().flatten();
            own.chain(r.nodes.iter().copied())
        });
        let references = self.distributing.iter().map(|d| d.reference);
        let mut linked = of_equations.chain(of_bodies).chain(references);
        let found = linked.find(|n| self.frames.contains_key(n));
        let (Some(node), Some(card)) = (found, of(cards, &["TRANSFORM"]).next()) else {
            return Ok(());
        };
        let label = self.nodes.labels[node as usize];
        let text = format!("node {label} of a *TRANSFORM is also in an equation or a coupling");
        let error = self.texts.refuse(card.spot, text);
        Err(error.with_help("take it out of the set of the *TRANSFORM"))
    }
}
