//! What must hold before anything is assembled, and the names of places.

use super::AnalysisError;
use crate::assembly::AssemblyError;
use crate::element::ElementError;
use crate::model::Model;
use crate::tensor::Vec3;

/// Refuses numbers that are not numbers, lists of the wrong length, materials that store no
/// energy.
pub(super) fn inputs(model: &Model) -> Result<(), AnalysisError> {
    let elements = model.mesh.element_count();
    let lengths = [
        ("material index", model.materials.of_element.len()),
        ("stiffness factor", model.materials.factor.len()),
        ("connectivity", model.mesh.blocks.count()),
    ];
    for (what, found) in lengths {
        if found != elements {
            return Err(AnalysisError::Inconsistent {
                what,
                found,
                expected: elements,
            });
        }
    }
    materials(model)?;
    for (n, p) in model.mesh.nodes.iter().enumerate() {
        finite(model, n as u32, &p.coords, || "the position".to_string())?;
    }
    for case in &model.load_cases {
        for (n, f) in &case.forces {
            finite(model, *n, f, || {
                format!("the force of load case {}", case.name)
            })?;
        }
    }
    for support in &model.supports {
        let value = Vec3::repeat(support.value);
        finite(model, support.node, &value, || {
            "the prescribed displacement".to_string()
        })?;
        if support.axis > 2 {
            return Err(AnalysisError::BadValue {
                what: "the axis of the support".to_string(),
                node: support.node,
                value: support.axis.to_string(),
            });
        }
    }
    Ok(())
}

fn materials(model: &Model) -> Result<(), AnalysisError> {
    let materials = &model.materials;
    let sound: Vec<bool> = materials
        .table
        .iter()
        .map(|c| c.is_positive_definite())
        .collect();
    for (e, &index) in materials.of_element.iter().enumerate() {
        match sound.get(index as usize) {
            Some(true) => {}
            Some(false) => {
                let values = materials.elasticity(e).0.symmetric_eigenvalues();
                return Err(AnalysisError::Material {
                    place: element_place(model, e),
                    smallest: values.min(),
                });
            }
            None => {
                return Err(AnalysisError::Inconsistent {
                    what: "material table",
                    found: materials.table.len(),
                    expected: index as usize + 1,
                });
            }
        }
        for &factor in &materials.factor[e] {
            if !(factor > 0.0 && factor.is_finite()) {
                return Err(AnalysisError::Factor {
                    place: element_place(model, e),
                    factor,
                });
            }
        }
    }
    Ok(())
}

fn finite(
    model: &Model,
    node: u32,
    value: &Vec3,
    what: impl Fn() -> String,
) -> Result<(), AnalysisError> {
    let value = if node as usize >= model.mesh.nodes.len() {
        "outside the mesh".to_string()
    } else if value.iter().all(|v| v.is_finite()) {
        return Ok(());
    } else {
        format!("[{}, {}, {}]", value.x, value.y, value.z)
    };
    Err(AnalysisError::BadValue {
        what: what(),
        node,
        value,
    })
}

/// "body T5, element 12".
pub(super) fn element_place(model: &Model, element: usize) -> String {
    match model.bodies.iter().find(|b| b.elements.contains(&element)) {
        Some(body) => format!("body {}, element {element}", body.name),
        None => format!("element {element}"),
    }
}

/// "body T5, node 12".
pub(super) fn node_place(model: &Model, node: u32) -> String {
    match model
        .bodies
        .iter()
        .find(|b| b.nodes.contains(&(node as usize)))
    {
        Some(body) => format!("body {}, node {node}", body.name),
        None => format!("node {node}"),
    }
}

/// An assembly error with the body it happened in.
pub(super) fn at_body(model: &Model, source: AssemblyError) -> AnalysisError {
    let body = match &source {
        AssemblyError::Element(ElementError::Inverted { element, .. }) => {
            model.bodies.iter().find(|b| b.elements.contains(element))
        }
        AssemblyError::NotFinite { node } => model
            .bodies
            .iter()
            .find(|b| b.nodes.contains(&(*node as usize))),
        _ => None,
    };
    AnalysisError::Assembly {
        place: body.map_or_else(String::new, |b| format!("body {}: ", b.name)),
        source,
    }
}
