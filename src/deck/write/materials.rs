//! Materials and sections.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::temperatures::Temperatures;
use crate::deck::mesh_lines::{element, set};
use crate::deck::number::number;
use crate::deck::{ANISOTROPIC, ORTHOTROPIC};
use crate::mesh::ElementKind;
use crate::mesh::boundary::all_nodes;
use crate::model::Model;
use crate::tensor::Elasticity;

/// Elements whose moduli differ by no more than this share a material, relative.
const GRADE: f64 = 0.01;

/// Most numbers on a line.
const PER_LINE: usize = 8;

/// One material and section for each elasticity and class of stiffness; a class has the mean
/// stiffness of its elements. Elements that are graded inside have a modulus that depends on
/// temperature, and their nodes have temperatures.
pub(super) fn solids(out: &mut impl Write, model: &Model, graded: &Temperatures) -> io::Result<()> {
    let field = &model.materials;
    let mut sections: BTreeMap<(u32, Option<i64>), BTreeSet<u32>> = BTreeMap::new();
    for e in 0..model.mesh.element_count() {
        let class = || (single(&field.factor[e]).ln() / GRADE).round() as i64;
        let class = (!graded.elements[e]).then(class);
        let members = sections.entry((field.of_element[e], class)).or_default();
        members.insert(e as u32 + 1);
    }
    for (k, ((table, class), members)) in sections.iter().enumerate() {
        let name = k + 1;
        let elasticity = &field.table[*table as usize];
        set(out, &format!("*ELSET,ELSET=SECTION{name}"), members)?;
        writeln!(out, "*MATERIAL,NAME=MATERIAL{name}")?;
        match (class, elasticity.isotropic_constants()) {
            // Only isotropic elements are graded by temperature.
            (None, Some(constants)) => by_temperature(out, constants, graded.range)?,
            _ => {
                let factors = members
                    .iter()
                    .map(|&e| single(&field.factor[e as usize - 1]));
                elastic(out, elasticity, mean(factors))?;
            }
        }
        writeln!(
            out,
            "*SOLID SECTION,ELSET=SECTION{name},MATERIAL=MATERIAL{name}"
        )?;
    }
    graded.write(out)
}

/// A modulus in proportion to the temperature, and a Poisson ratio.
fn by_temperature(
    out: &mut impl Write,
    (modulus, ratio): (f64, f64),
    range: [f64; 2],
) -> io::Result<()> {
    writeln!(out, "*ELASTIC")?;
    for temperature in range {
        let row = [modulus * temperature, ratio, temperature].map(number);
        writeln!(out, "{}", row.join(","))?;
    }
    Ok(())
}

/// The one factor that stands for a graded element where temperatures cannot: the mean of Voigt's
/// (uniform strain, too stiff) and Reuss' (uniform stress, too soft), after Hill 1952.
fn single(factor: &[f64; 4]) -> f64 {
    let voigt = mean(factor.iter().copied());
    let reuss = 1.0 / mean(factor.iter().map(|f| 1.0 / f));
    match factor.iter().any(|f| *f != factor[0]) {
        true => 0.5 * (voigt + reuss),
        false => factor[0],
    }
}

/// The mean, exactly that of equal numbers.
fn mean(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let count = values.len() as f64;
    low + values.map(|v| v - low).sum::<f64>() / count
}

/// The lines of *ELASTIC.
pub(super) fn elastic(
    out: &mut impl Write,
    elasticity: &Elasticity,
    factor: f64,
) -> io::Result<()> {
    if let Some((modulus, ratio)) = elasticity.isotropic_constants() {
        let (modulus, ratio) = (number(modulus * factor), number(ratio));
        return writeln!(out, "*ELASTIC\n{modulus},{ratio}");
    }
    let c = elasticity.0 * factor;
    let zero = |places: &[(usize, usize)]| {
        let least = 1e-12 * c.amax();
        (0..6).all(|i| (0..=i).all(|j| places.contains(&(j, i)) || c[(j, i)].abs() <= least))
    };
    let (word, places): (&str, &[(usize, usize)]) = if zero(&ORTHOTROPIC) {
        ("ORTHOTROPIC", &ORTHOTROPIC)
    } else {
        ("ANISOTROPIC", &ANISOTROPIC)
    };
    writeln!(out, "*ELASTIC,TYPE={word}")?;
    for line in places.chunks(PER_LINE) {
        let values: Vec<String> = line.iter().map(|&place| number(c[place])).collect();
        writeln!(out, "{}", values.join(","))?;
    }
    Ok(())
}

/// Membranes as M3D6 (M3D3) on the nodes of the solids, numbered after them.
pub(super) fn membranes(out: &mut impl Write, model: &Model) -> io::Result<()> {
    let quadratic = model.mesh.blocks.all(ElementKind::is_quadratic);
    let kind = if quadratic { "M3D6" } else { "M3D3" };
    let mut next = model.mesh.element_count() + 1;
    for (k, sheet) in (1..).zip(&model.membranes) {
        writeln!(out, "*ELEMENT,TYPE={kind},ELSET=MEMBRANE{k}")?;
        for &facet in &sheet.facets {
            element(out, next, &all_nodes(&model.mesh, facet))?;
            next += 1;
        }
        let [modulus, ratio, thickness] = [
            sheet.material.youngs_modulus,
            sheet.material.poisson_ratio,
            sheet.material.thickness,
        ]
        .map(number);
        writeln!(
            out,
            "*MATERIAL,NAME=MEMBRANE{k}\n*ELASTIC\n{modulus},{ratio}\n\
             *MEMBRANE SECTION,ELSET=MEMBRANE{k},MATERIAL=MEMBRANE{k}\n{thickness}"
        )?;
    }
    Ok(())
}
