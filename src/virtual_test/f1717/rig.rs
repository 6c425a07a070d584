//! The construct, held at its hinges and loaded.

use super::settings::{
    AHEAD, BESIDE, BLOCK, BLOCK_POISSON, HALF_SPACING, OVERLAP, PIN, RIGID, Settings,
};
use crate::analysis::{AnalysisSettings, solve};
use crate::boundary::{FixedDof, LoadCase};
use crate::fixation::{Builder, CircularSection, Construct, PartKind, RodLine, ScrewLine};
use crate::material::MaterialField;
use crate::mesh::combine::{Part, concatenate};
use crate::mesh::structured::box_mesh;
use crate::mesh::{ElementKind, Mesh};
use crate::model::Model;
use crate::progress::{Progress, Silent};
use crate::recovery::beam::{PartForces, Section};
use crate::tensor::{Elasticity, Point, Vec3, Wrench};
use crate::virtual_test::{Effort, VirtualTestError};

/// The construct solved under unit loads.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// Force over approach of the hinges, N/mm: in compression and in tension alike.
    pub bending: f64,
    /// Torque over turn, N·m per degree.
    pub torsion: f64,
    /// Most stressed sections of rods and screws, per N of compression, then per N·mm of torque.
    pub sections: [[Section; 2]; 2],
    /// What the solver did.
    pub effort: Effort,
}

/// One block's mesh, the middle of its height at `z`.
fn block(settings: &Settings, z: f64) -> Mesh {
    // A cube of edge a holds six tetrahedra of the volume of regular ones of edge 1.12 a.
    let cell = settings.edge / 2f64.sqrt().cbrt();
    let size = [settings.block_arm + AHEAD, BLOCK[0], BLOCK[1]];
    let cells = size.map(|s| (s / cell).ceil() as usize);
    box_mesh(ElementKind::Tet10, cells, |[x, y, w]| {
        let [wide, high] = [y, w].map(|t| t - 0.5);
        Point::new(size[0] * x, size[1] * wide, z + size[2] * high)
    })
}

/// The construct on its blocks, and the nodes in the middle of its hinges, lower first.
struct Assembled {
    mesh: Mesh,
    materials: MaterialField,
    construct: Construct,
    hinges: [usize; 2],
}

fn assembled(settings: &Settings) -> Result<Assembled, VirtualTestError> {
    let levels = [0.0, settings.active_length];
    let blocks = levels.map(|z| block(settings, z));
    let (mut mesh, parts) = concatenate(&[("lower", &blocks[0]), ("upper", &blocks[1])])?;
    let elasticity = Elasticity::isotropic(settings.block_modulus, BLOCK_POISSON);
    let materials = MaterialField::uniform(elasticity, mesh.element_count());
    let mut builder = Builder::new(&mut mesh);
    let (mut hinges, mut heads) = ([0; 2], [[0; 2]; 2]);
    for (level, part) in parts.iter().enumerate() {
        (hinges[level], heads[level]) = fixed_in(settings, &mut builder, (part, levels[level]))?;
    }
    for (side, word) in SIDES.into_iter().enumerate() {
        let ends = [heads[0][side], heads[1][side]];
        match settings.side_by_side {
            true => halves(settings, &mut builder, (side, word), ends),
            false => rod(&mut builder, format!("rod {word}"), settings, &ends),
        }
    }
    let construct = builder.finish(&materials)?;
    Ok(Assembled {
        mesh,
        materials,
        construct,
        hinges,
    })
}

/// Left and right, at y = ±[`HALF_SPACING`].
const SIDES: [&str; 2] = ["left", "right"];

fn beside(side: usize) -> f64 {
    if side == 0 {
        HALF_SPACING
    } else {
        -HALF_SPACING
    }
}

/// A block's hinge, and the heads of its screws.
fn fixed_in(
    settings: &Settings,
    builder: &mut Builder<'_>,
    (part, z): (&Part, f64),
) -> Result<(usize, [usize; 2]), VirtualTestError> {
    let hosts = [part.elements.clone()];
    let mut heads = [0; 2];
    for (side, word) in SIDES.into_iter().enumerate() {
        let y = beside(side);
        let line = ScrewLine {
            name: format!("{} screw {word}", part.name),
            tip: Point::new(settings.screw_length, y, z),
            entry: Point::new(0.0, y, z),
            head: Point::new(-settings.free_screw, y, z),
            section: settings.section(settings.screw),
        };
        heads[side] = builder.screw(&line, &hosts)?;
    }
    let ends = [-0.5, 0.5].map(|y| Point::new(settings.block_arm, y * BLOCK[0], z));
    let hinge = builder.pin(&format!("{} hinge", part.name), ends, PIN, &hosts)?;
    Ok((hinge, heads))
}

fn rod(builder: &mut Builder<'_>, name: String, settings: &Settings, nodes: &[usize]) {
    builder.rod(&RodLine {
        name,
        kind: PartKind::Rod,
        nodes: nodes.to_vec(),
        section: settings.section(settings.rod),
    });
}

/// A rod in two: the lower one runs straight up, the upper one comes down outside it.
fn halves(
    settings: &Settings,
    builder: &mut Builder<'_>,
    (side, word): (usize, &str),
    [low, high]: [usize; 2],
) {
    let (x, y) = (-settings.free_screw, beside(side));
    let outside = y + BESIDE * y.signum();
    let levels = [-0.5, 0.5].map(|s| 0.5 * settings.active_length + s * OVERLAP);
    let inner = levels.map(|z| builder.node(Point::new(x, y, z)));
    let outer = levels.map(|z| builder.node(Point::new(x, outside, z)));
    let top = builder.node(Point::new(x, outside, settings.active_length));
    rod(
        builder,
        format!("rod {word}, lower"),
        settings,
        &[low, inner[0], inner[1]],
    );
    rod(
        builder,
        format!("rod {word}, upper"),
        settings,
        &[outer[0], outer[1], top],
    );
    let section = settings.section(settings.rod);
    let stiff = CircularSection {
        youngs_modulus: RIGID * section.youngs_modulus,
        ..section
    };
    // The upper head stands out as far as the rod does.
    let joined = [
        ("head", [high, top]),
        ("lower connector", [inner[0], outer[0]]),
        ("upper connector", [inner[1], outer[1]]),
    ];
    for (name, nodes) in joined {
        builder.rod(&RodLine {
            name: format!("{name} {word}"),
            kind: PartKind::Domino,
            nodes: nodes.to_vec(),
            section: stiff,
        });
    }
}

/// Supports of the hinges' middles: lower and upper translations, then rotations.
fn held(built: &Assembled, axes: [&[u8]; 4]) -> Vec<FixedDof> {
    let [lower, upper] = built.hinges.map(|n| built.construct.nodes[n]);
    let nodes = [
        lower.translation,
        upper.translation,
        lower.rotation,
        upper.rotation,
    ];
    let all = nodes.into_iter().zip(axes);
    let each = all.flat_map(|(node, axes)| {
        axes.iter().map(move |&axis| FixedDof {
            node,
            axis,
            value: 0.0,
        })
    });
    each.collect()
}

/// Solves the construct.
///
/// # Errors
/// What fixation or analysis refuse.
pub fn test(settings: &Settings, progress: &dyn Progress) -> Result<Tested, VirtualTestError> {
    let built = assembled(settings)?;
    // Bending: the hinges turn about y. Torsion: they are locked, the upper one turns about z.
    let bending = held(&built, [&[0, 1, 2], &[0, 1], &[0, 2], &[0, 2]]);
    let torsion = held(&built, [&[0, 1, 2], &[0, 1], &[0, 1, 2], &[0, 1]]);
    let push = Wrench::of_force(Vec3::new(0.0, 0.0, -1.0));
    let twist = Wrench {
        force: Vec3::zeros(),
        moment: Vec3::new(0.0, 0.0, 1.0),
    };
    let mut effort = Effort::default();
    let mut under = |name, supports, wrench| -> Result<Vec<Vec3>, VirtualTestError> {
        let forces = built.construct.forces(built.hinges[1], &wrench).into();
        let mut model = Model::solid(built.mesh.clone(), built.materials.clone())
            .named("F1717")
            .with_supports(supports)
            .with_load_cases([LoadCase::of_forces(name, forces)]);
        model.construct = built.construct.clone();
        let mut solution = solve(&model, &AnalysisSettings::default(), &Silent)?;
        let case = solution.cases.remove(0);
        progress.advance();
        effort.add(&Effort {
            models: 1,
            largest_dofs: model.dof_count(),
            backward_error: case.info.backward_error,
            imbalance: case.imbalance,
        });
        Ok(case.displacement)
    };
    let pressed = under("compression", bending, push)?;
    let twisted = under("torsion", torsion, twist)?;
    let motion = |u: &[Vec3]| built.construct.motion(built.hinges[1], u);
    let worst = |u: &[Vec3]| -> Result<[Section; 2], VirtualTestError> {
        let of = |kind| worst_of(&built.construct, kind, u);
        Ok([of(PartKind::Rod)?, of(PartKind::Screw)?])
    };
    Ok(Tested {
        bending: -1.0 / motion(&pressed)[0].z,
        torsion: 1e-3 / motion(&twisted)[1].z.to_degrees(),
        sections: [worst(&pressed)?, worst(&twisted)?],
        effort,
    })
}

/// The most stressed section of all parts of a kind.
fn worst_of(
    construct: &Construct,
    kind: PartKind,
    u: &[Vec3],
) -> Result<Section, VirtualTestError> {
    let mut worst = Section::default();
    for (k, part) in construct.parts.iter().enumerate() {
        if part.kind == kind {
            let (_, _, section) = PartForces::of(construct, k, u)?.worst();
            if section.von_mises > worst.von_mises {
                worst = section;
            }
        }
    }
    Ok(worst)
}
