//! What a case reaches, stage by stage, as bits that can be compared.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use endplate::analysis::{AnalysisSettings, solve};
use endplate::assessment::inputs::Inputs;
use endplate::case::Case;
use endplate::geometry::polygonise::{PolygoniseSettings, polygonise};
use endplate::geometry::{Field, SizeField};
use endplate::material::ready::{ReadyMaterial, resolve};
use endplate::mesh::tetgen::{ChildTetgen, DEFAULT_LIMIT_BYTES, StoredMeshes};
use endplate::model::state::BuiltState;
use endplate::progress::Silent;
use endplate::recovery::solved::SolvedState;
use endplate::report::schema::RunReport;
use endplate::scene::Scene;
use endplate::scene::measured::MeasuredBodies;
use endplate::spine::anatomical::body_materials;
use endplate::spine::band::solve_ends;
use endplate::spine::bodies::{MeshedBody, mesh_bodies};
use endplate::spine::record::{Outcome, report};
use endplate::spine::solved::Found;
use endplate::spine::states::build_states;
use endplate::tensor::{Point, Vec3};

use super::changes::Seen;
use crate::errors::write;

/// A case that was solved.
pub struct Base {
    case: Case,
    scene: Scene,
    bodies: Vec<MeshedBody>,
    states: Vec<SolvedState>,
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Cases that differ in names or in what bodies do not see are meshed once.
static MESHER: LazyLock<Result<StoredMeshes<ChildTetgen>, String>> = LazyLock::new(|| {
    let child = ChildTetgen {
        program: env!("CARGO_BIN_EXE_endplate").into(),
        timeout: Duration::from_secs(120),
    };
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("meshes");
    StoredMeshes::open(child, &directory, DEFAULT_LIMIT_BYTES).map_err(words)
});

/// Files that cases name: two grids of porosity and two unit cells.
pub fn write_files(here: &Path) -> Result<(), String> {
    for (name, shift) in [("porosity.csv", 0.0), ("denser.csv", -5.0)] {
        let mut text = "x_mm,y_mm,z_mm,porosity_percent\n".to_owned();
        for x in [-90.0, 90.0] {
            for y in [-90.0, 90.0] {
                for z in [-90.0, 90.0] {
                    let percent = 75.0 + shift + 0.05 * z;
                    text += &format!("{x},{y},{z},{percent}\n");
                }
            }
        }
        write(&here.join(name), text)?;
    }
    for (name, stiffness) in [("cell.json", 1000.0), ("stiffer.json", 1500.0)] {
        let row = |i: usize| -> String {
            let entries = (0..6).map(|j| match (i == j, i < 3 && j < 3) {
                (true, true) => (3.0 * stiffness).to_string(),
                (true, false) => stiffness.to_string(),
                (false, true) => (0.5 * stiffness).to_string(),
                (false, false) => "0.0".to_owned(),
            });
            entries.collect::<Vec<_>>().join(", ")
        };
        let rows: Vec<String> = (0..6).map(|i| format!("[{}]", row(i))).collect();
        let text = format!(
            "{{\"kind\": \"endplate homogenised unit cell\", \"schema\": 1, \"cell\": \"kelvin\", \
             \"basis\": \"by hand\", \"relative_density\": 0.2, \"solid\": {{\"name\": \"metal\", \
             \"youngs_modulus_mpa\": 100000.0}}, \"stiffness_mpa\": [{}]}}",
            rows.join(", ")
        );
        write(&here.join(name), text)?;
    }
    Ok(())
}

impl Base {
    /// Meshes and solves a case.
    pub fn build(here: &Path, text: &str) -> Result<Self, String> {
        let case = Case::from_text(&here.join("case.toml"), text.to_owned()).map_err(words)?;
        let scene = Scene::build(&case, None, &Silent).map_err(words)?;
        let ready = resolve(&case, None).map_err(words)?;
        let mesher = MESHER.as_ref().map_err(String::clone)?;
        let bodies = mesh_bodies(&case, &scene, &ready, mesher, &Silent).map_err(words)?;
        let built = build_states(&case, &scene, &bodies, &ready).map_err(words)?;
        let solved = built.into_iter().map(|state| {
            let settings = AnalysisSettings::default();
            let solution = solve(&state.model, &settings, &Silent).map_err(words)?;
            SolvedState::recover(state, solution).map_err(words)
        });
        let states = solved.collect::<Result<_, _>>()?;
        Ok(Self {
            case,
            scene,
            bodies,
            states,
        })
    }

    pub fn case(&self) -> &Case {
        &self.case
    }

    /// What a case reaches, on everything of this one that comes before.
    pub fn reached(&self, seen: Seen, case: &Case) -> Result<Vec<u64>, String> {
        match seen {
            Seen::File => Ok(Vec::new()),
            Seen::Refused(_) => {
                let placed = self.scene.refitted(case);
                placed.map(|_| Vec::new()).map_err(words)
            }
            Seen::Bones => bones(case),
            Seen::Implant => {
                let scene = self.scene.refitted(case).map_err(words)?;
                let lifts = scene.cages.iter().map(|cage| cage.upper_translation.norm());
                let mut bits: Vec<u64> = lifts.map(f64::to_bits).collect();
                for plan in &scene.plans(case)[self.bones()..] {
                    bits.extend(shape(plan.field.as_ref()));
                }
                Ok(bits)
            }
            Seen::Edges => {
                let plans = self.scene.plans(case);
                let each = plans.iter().map(|plan| {
                    let places = grid(plan.field.as_ref());
                    let edges = places.into_iter().map(|p| plan.size.at(&p).to_bits());
                    edges.collect::<Vec<_>>()
                });
                Ok(each.flatten().collect())
            }
            Seen::Names => Ok(self.names(case)?.iter().map(|n| hash(n)).collect()),
            Seen::Elements => self.elements(case),
            Seen::Rows => rows(&self.report(case)?),
            Seen::Band => self.ends(case),
            Seen::Cuts => {
                let shares = self.report(case)?.findings.load_sharing;
                Ok(shares.iter().map(|row| hash(&format!("{row:?}"))).collect())
            }
            Seen::Lattice => {
                let report = self.report(case)?;
                let lattices = report.porosity.iter().filter_map(|p| p.lattice.as_ref());
                let places = lattices.flat_map(|l| &l.rows);
                Ok(places.map(|row| hash(&format!("{row:?}"))).collect())
            }
            _ => {
                let ready = resolve(case, None).map_err(words)?;
                let scene = self.scene.refitted(case).map_err(words)?;
                let built = build_states(case, &scene, &self.bodies, &ready);
                Ok(model(seen, &built.map_err(words)?))
            }
        }
    }

    fn bones(&self) -> usize {
        self.case.vertebrae.len() + self.case.discs.len()
    }

    fn names(&self, case: &Case) -> Result<Vec<String>, String> {
        let mut names: Vec<String> = self
            .scene
            .plans(case)
            .iter()
            .map(|plan| plan.name.clone())
            .collect();
        let ready = resolve(case, None).map_err(words)?;
        names.extend(ready.iter().map(|m| m.record.name.clone()));
        let scene = self.scene.refitted(case).map_err(words)?;
        let built = build_states(case, &scene, &self.named(case)?, &ready).map_err(words)?;
        let loads = built.iter().flat_map(|state| &state.model.load_cases);
        names.extend(loads.map(|load| load.name.clone()));
        for state in &built {
            names.extend(state.model.construct.parts.iter().map(|p| p.name.clone()));
            names.extend(state.model.one_sided.iter().map(|p| p.name.clone()));
        }
        Ok(names)
    }

    /// The bodies under the names of another case.
    fn named(&self, case: &Case) -> Result<Vec<MeshedBody>, String> {
        let bodies = self.bodies.iter().map(|body| {
            let name = body.role.name(case).to_owned();
            let mut mesh = body.mesh.clone();
            for surface in &mut mesh.surfaces {
                let face = surface
                    .name
                    .strip_prefix(&body.name)
                    .ok_or("a face of no body")?;
                surface.name = format!("{name}{face}");
            }
            Ok(MeshedBody {
                name,
                role: body.role,
                mesh,
                materials: body.materials.clone(),
                report: body.report.clone(),
                finer: body.finer.clone(),
            })
        });
        bodies.collect()
    }

    /// Stiffness, factors and densities of all elements.
    fn elements(&self, case: &Case) -> Result<Vec<u64>, String> {
        let scene = self.scene.refitted(case).map_err(words)?;
        let ready: Vec<ReadyMaterial> = resolve(case, None).map_err(words)?;
        let mut bits = Vec::new();
        for body in &self.bodies {
            let field = body_materials(case, &scene, &ready, body.role, &body.mesh);
            let field = field.map_err(words)?;
            for e in 0..field.of_element.len() {
                bits.extend(field.elasticity(e).0.iter().map(|c| c.to_bits()));
                bits.extend(field.factor[e].map(f64::to_bits));
            }
        }
        Ok(bits)
    }

    /// What is found at both ends of the band.
    fn ends(&self, case: &Case) -> Result<Vec<u64>, String> {
        let ready = resolve(case, None).map_err(words)?;
        let inputs = Inputs::new(case, &self.scene, &ready, &self.states).map_err(words)?;
        let settings = AnalysisSettings::default();
        let ends = solve_ends(&inputs, &self.bodies, &settings, &Silent).map_err(words)?;
        let rows = ends.iter().flat_map(|end| &end.subsidence);
        Ok(rows.map(|row| row.value.to_bits()).collect())
    }

    /// The report of a case on the solution of this one.
    pub fn report(&self, case: &Case) -> Result<RunReport, String> {
        let ready = resolve(case, None).map_err(words)?;
        let inputs = Inputs::new(case, &self.scene, &ready, &self.states).map_err(words)?;
        let found = Found::of(&inputs).map_err(words)?;
        let outcome = Outcome {
            case,
            scene: &self.scene,
            materials: &ready,
            states: &self.states,
            bodies: &self.bodies,
            found: &found,
        };
        report(&outcome).map_err(words)
    }
}

/// A vertebra that stands alone.
pub struct Alone {
    scene: Scene,
}

impl Alone {
    pub fn build(here: &Path, text: &str) -> Result<Self, String> {
        let case = Case::from_text(&here.join("case.toml"), text.to_owned()).map_err(words)?;
        let scene = Scene::build(&case, None, &Silent).map_err(words)?;
        Ok(Self { scene })
    }

    /// Its surface as a file in centimetres, and the same moved by a millimetre.
    pub fn write_surfaces(&self, here: &Path) -> Result<(), String> {
        let field = self.scene.vertebrae[0].as_ref();
        let size = SizeField::uniform(3.0);
        let surface = polygonise(field, &size, &PolygoniseSettings::default()).map_err(words)?;
        for (name, shift) in [("bone.obj", 0.0), ("moved.obj", 1.0)] {
            let mut text = String::new();
            for p in &surface.vertices {
                let p = 0.1 * (p.coords + shift * Vec3::x());
                text += &format!("v {} {} {}\n", p.x, p.y, p.z);
            }
            for [a, b, c] in &surface.triangles {
                text += &format!("f {} {} {}\n", a + 1, b + 1, c + 1);
            }
            write(&here.join(name), text)?;
        }
        Ok(())
    }

    pub fn reached(&self, seen: Seen, case: &Case) -> Result<Vec<u64>, String> {
        if seen == Seen::Bones {
            return bones(case);
        }
        let read = MeasuredBodies::read(case, None, &Silent).map_err(words)?;
        let points = read.vertebrae.iter().flat_map(|m| &m.surface.vertices);
        Ok(points
            .flat_map(|p| p.coords.iter().map(|c| c.to_bits()).collect::<Vec<_>>())
            .collect())
    }
}

/// Shapes of bones and discs, and what was found on the bones.
fn bones(case: &Case) -> Result<Vec<u64>, String> {
    let scene = Scene::build(case, None, &Silent).map_err(words)?;
    let mut bits = Vec::new();
    for v in &scene.landmarks.vertebrae {
        for patch in [&v.superior, &v.inferior] {
            bits.extend(patch.centroid.coords.iter().map(|c| c.to_bits()));
            bits.push(patch.area.to_bits());
        }
        bits.extend(v.posterior_wall.coords.iter().map(|c| c.to_bits()));
    }
    for plan in &scene.plans(case)[..case.vertebrae.len() + case.discs.len()] {
        bits.extend(shape(plan.field.as_ref()));
    }
    Ok(bits)
}

/// Places all over a body.
fn grid(field: &dyn Field) -> Vec<Point> {
    const STEPS: usize = 24;
    let bounds = field.bounds();
    let step = bounds.size() / STEPS as f64;
    let place = |i: usize| {
        let at = [i % STEPS, i / STEPS % STEPS, i / (STEPS * STEPS)];
        bounds.min + Vec3::from_fn(|k, _| (at[k] as f64 + 0.5) * step[k])
    };
    (0..STEPS.pow(3)).map(place).collect()
}

fn shape(field: &dyn Field) -> Vec<u64> {
    grid(field)
        .iter()
        .map(|p| field.value(p).to_bits())
        .collect()
}

/// One part of the models of all states.
fn model(seen: Seen, states: &[BuiltState]) -> Vec<u64> {
    let mut bits = Vec::new();
    for state in states {
        let model = &state.model;
        match seen {
            Seen::States => bits.push(hash(&model.name)),
            Seen::Ties => {
                let ties = model.ties.iter();
                bits.extend(ties.flat_map(|t| [t.area.to_bits(), t.untied_area.to_bits()]));
                let contacts = model.contacts.iter();
                bits.extend(contacts.map(|c| hash(&format!("{:?}", c.contact.sliding))));
            }
            Seen::Membranes => bits.extend(
                model
                    .membranes
                    .iter()
                    .flat_map(|sheet| &sheet.systems)
                    .flat_map(|s| s.stiffness.iter().map(|k| k.to_bits())),
            ),
            Seen::Rods => {
                bits.push(model.construct.parts.len() as u64);
                for system in &model.construct.systems {
                    bits.extend(system.nodes.iter().map(|n| u64::from(*n)));
                    bits.extend(system.stiffness.iter().map(|k| k.to_bits()));
                }
                for part in &model.one_sided {
                    bits.push(hash(&format!("{:?}", part.column)));
                    bits.extend([part.stiffness, part.tension].map(f64::to_bits));
                }
            }
            Seen::Supports => bits.extend(model.supports.iter().map(|s| u64::from(s.node))),
            _ => {
                for load in &model.load_cases {
                    bits.push(u64::from(load.service));
                    let forces = load.forces.iter();
                    bits.extend(forces.flat_map(|(n, f)| [u64::from(*n), hash(&format!("{f:?}"))]));
                }
            }
        }
    }
    bits
}

/// Every number of the findings and of what is said about the linear range, in order.
fn rows(report: &RunReport) -> Result<Vec<u64>, String> {
    let findings = serde_json::to_value(&report.findings).map_err(words)?;
    let mut bits = Vec::new();
    collect(&findings, &mut bits);
    let linear = report
        .warnings
        .iter()
        .filter(|w| w.contains("leaves the linear range"));
    bits.push(linear.count() as u64);
    Ok(bits)
}

fn collect(value: &serde_json::Value, bits: &mut Vec<u64>) {
    match value {
        serde_json::Value::Number(n) => bits.push(n.as_f64().unwrap_or(f64::NAN).to_bits()),
        serde_json::Value::Array(values) => values.iter().for_each(|v| collect(v, bits)),
        serde_json::Value::Object(fields) => fields.values().for_each(|v| collect(v, bits)),
        _ => {}
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
