//! A beam under a moment at its tip: quadratic elements hold its parabola exactly.

use std::error::Error;

use endplate::analysis::{AnalysisSettings, solve};
use endplate::mesh::ElementKind;
use endplate::mesh::structured::box_mesh;
use endplate::model::Model;
use endplate::progress::Silent;
use endplate::recovery::{element_fields, face_motion};
use endplate::tensor::{Elasticity, Point, Vec3, Wrench};

/// Length, width and height, mm.
const SIZE: [f64; 3] = [60.0, 6.0, 10.0];
/// Young's modulus of titanium, MPa. With a Poisson ratio of zero a clamped end disturbs nothing.
const MODULUS: f64 = 110e3;
/// Moment about y, N·mm.
const MOMENT: f64 = 7500.0;

fn main() -> Result<(), Box<dyn Error>> {
    let [length, width, height] = SIZE;
    let mesh = box_mesh(ElementKind::Tet10, [6, 1, 2], |[x, y, z]| {
        Point::new(length * x, width * y, height * z)
    });
    let wrench = Wrench {
        force: Vec3::zeros(),
        moment: Vec3::new(0.0, MOMENT, 0.0),
    };
    let beam = Model::uniform(mesh, Elasticity::isotropic(MODULUS, 0.0))
        .named("beam")
        .held("x0", &[0, 1, 2])?
        .loaded("x1", "bending", wrench)?;
    let solution = solve(&beam, &AnalysisSettings::default(), &Silent)?;
    let displacement = &solution.cases[0].displacement;

    let stiffness = MODULUS * width * height.powi(3) / 12.0;
    let face = beam.loaded_face.as_ref().ok_or("no loaded face")?;
    let (moved, turned) = face_motion(face, displacement);
    let slope = MOMENT * length / stiffness;
    let sag = 0.5 * slope * length;
    assert!((moved.z + sag).abs() < 1e-9 * sag, "{} {sag}", moved.z);
    assert!(
        (turned.y - slope).abs() < 1e-9 * slope,
        "{} {slope}",
        turned.y
    );

    // Its energy is the work of the moment.
    let fields = element_fields(&beam, displacement);
    let densities = fields.energy_density.iter().enumerate();
    let energy: f64 = densities.map(|(e, u)| u * beam.mesh.volume(e)).sum();
    assert!((energy / (0.5 * MOMENT * slope) - 1.0).abs() < 1e-9);
    println!(
        "the tip sinks {:.6} mm and turns {:.4}°",
        -moved.z,
        turned.y.to_degrees()
    );
    Ok(())
}
