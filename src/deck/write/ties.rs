//! Ties as *TIE.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::contact::search::{Reach, find_pieces};
use crate::contact::{InterfacePoint, Tie, TieSettings};
use crate::deck::mesh_lines;
use crate::deck::mesh_lines::one_line;
use crate::deck::number::number;
use crate::mesh::boundary::boundary_facets;
use crate::mesh::{Facet, Mesh};
use crate::model::Model;

/// The ties of a model; faces further apart than `gap_mm` are not tied. Side A is the slave, as in
/// the model, so that `endplate solve` ties the same area.
pub(super) fn write(out: &mut impl Write, model: &Model, gap_mm: f64) -> io::Result<()> {
    let outside = Outside::of(&model.mesh);
    let tolerance = number(gap_mm);
    for (k, tie) in (1..).zip(&model.ties) {
        let [slave, master] = outside.tied(tie, gap_mm);
        writeln!(out, "** tie {}", one_line(&tie.name))?;
        mesh_lines::surface(out, &format!("TIE{k}A"), &slave)?;
        mesh_lines::surface(out, &format!("TIE{k}B"), &master)?;
        writeln!(
            out,
            "*TIE,NAME=TIE{k},POSITION TOLERANCE={tolerance},ADJUST=NO\nTIE{k}A,TIE{k}B"
        )?;
    }
    Ok(())
}

/// The facets that bound a mesh, by element.
struct Outside<'a> {
    mesh: &'a Mesh,
    facets: BTreeMap<u32, Vec<Facet>>,
}

impl<'a> Outside<'a> {
    fn of(mesh: &'a Mesh) -> Self {
        let mut facets: BTreeMap<u32, Vec<Facet>> = BTreeMap::new();
        for facet in boundary_facets(mesh) {
            facets.entry(facet.element).or_default().push(facet);
        }
        Self { mesh, facets }
    }

    fn facets(&self, element: u32) -> impl Iterator<Item = Facet> + '_ {
        self.facets.get(&element).into_iter().flatten().copied()
    }

    /// The facets that are tied, of side A and of side B.
    fn tied(&self, tie: &Tie, gap: f64) -> [Vec<Facet>; 2] {
        let slave: BTreeSet<Facet> = tie.points.iter().filter_map(|p| self.slave(p)).collect();
        let slave: Vec<Facet> = slave.into_iter().collect();
        let elements: BTreeSet<u32> = tie.points.iter().map(|p| p.elements[1]).collect();
        let near: Vec<Facet> = elements.into_iter().flat_map(|e| self.facets(e)).collect();
        let reach = Reach {
            gap,
            angle_deg: TieSettings::default().max_angle_deg,
        };
        let pieces = find_pieces(self.mesh, &slave, &near, &reach);
        let master: BTreeSet<Facet> = pieces.iter().map(|p| p.facets[1]).collect();
        [slave, master.into_iter().collect()]
    }

    /// The face of A's element whose normal is the point's.
    fn slave(&self, point: &InterfacePoint) -> Option<Facet> {
        let facing = |f: &Facet| {
            let area = self.mesh.facet_area_vector(*f);
            area.normalize().dot(&point.normal)
        };
        let faces = self.facets(point.elements[0]);
        faces.max_by(|a, b| facing(a).total_cmp(&facing(b)))
    }
}
