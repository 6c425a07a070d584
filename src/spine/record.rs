//! The record of a run, in the shape of report.json and of the files that picture it.

use std::path::Path;

use crate::assessment::fixation::Held;
use crate::assessment::motion::LinearRangeWarning;
use crate::assessment::porosity_fields::{porosity_reports, porosity_warnings};
use crate::assessment::resorption::RESORBING_LIMIT;
use crate::assessment::solid_parts::{SolidPartVolume, solid_parts};
use crate::assessment::unchecked::sentences;
use crate::assessment::verdict::overall;
use crate::assessment::{Findings, FixationRow};
use crate::case::file_name::slug;
use crate::case::{BodyId, Case, End, Implant, ImplantEnds, LoadFrame};
use crate::contact::Tie;
use crate::deck::write::{DeckSettings, Dialect, write_deck};
use crate::fixation::construct::Part;
use crate::geometry::implant::Cage;
use crate::material::ready::ReadyMaterial;
use crate::material::record::{bone_records, disc_records};
use crate::mesh::Mesh;
use crate::progress::Progress;
use crate::recovery::face_motion;
use crate::recovery::solved::{SolvedCase, SolvedState};
use crate::report::fields::{BodyKind, Tube};
use crate::report::schema::WrittenDeck;
use crate::report::schema::{
    AppliedLoad, BodyReport, CaseInfo, DefaultUsed, FaceMotion, Gap, GraftPlacement,
    ImplantPlacement, Interface, LoadCaseReport, MaterialRecord, MeshReport, Placement,
    PorosityReport, Program, ReactionLoad, RunReport, SCHEMA, SolverReport, StageTime, StateReport,
    SurfaceReport, Units,
};
use crate::report::{CaseFields, InterfaceTraction, StateFields, vtu_file_name, write_all};
use crate::scene::Scene;
use crate::source::SourceFlag;
use crate::tensor::Vec3;

use super::SpineError;
use super::bodies::MeshedBody;
use super::solved::{Found, Solved};

/// What the method leaves out, said in every report.
const LIMITS_OF_THE_METHOD: &[&str] = &[
    "Linear elasticity with small displacements: no yielding, no damage, no healing, no loosening.",
    "Facet joints, ligaments, ribs and muscles are not modelled; what they carry in life goes \
     through discs, implant and rods here. The calibration of the discs stands in for them in the \
     intact state.",
    "The fused state bonds implant and bone: interfaces carry tension, which a fresh implant does \
     not. The state \"immediate\" lets them press, slide and part, each load in one step from rest; a cage that \
     has come loose there is left where the method stops it.",
    "Peak values at the edge of a stiff implant are singular: pressure is judged by its mean over \
     discs of 3 mm, with raw peaks beside it. The shares of bone beyond a strain, and Pistoia's strain, \
     take the bone there as it is.",
    "A cage that replaces a whole vertebral body is in series with the bone: it cannot shield it \
     from axial load, it moves the load to other places.",
    "The bone has one modulus for the whole cancellous core; the band beside each verdict shows \
     what other moduli of that core would say. Endplates, shell, mesh and loads are not varied.",
    "Screws are bonded smooth cylinders: no thread, no slip, no loosening. Rods and heads are beams, \
     heads rigid or free balls: where a head grips, stress is higher than a beam knows. Against a \
     solid screw in a block of bone the stiffness of a screw is within 1 % (3.4 % in twist).",
    "Hooks only push and cables only pull: with them the answers of two loads do not add.",
    "Porous metal has no tension law here: its compressive yield strength is applied to tension.",
    "The disc with the 3 mm peak may overhang the face by 0.13 mm.",
];

/// Everything known when a case has run.
pub struct Run<'a> {
    /// The case.
    pub case: &'a Case,
    /// What was solved.
    pub solved: Solved,
    /// The findings.
    pub found: Found,
    /// Seconds by stage.
    pub timing: Vec<StageTime>,
    /// Largest memory of the process so far, bytes.
    pub peak_memory_bytes: Option<u64>,
}

impl Run<'_> {
    /// Writes every file of the report into `directory`, which exists, and each state as a deck where a
    /// dialect is given.
    ///
    /// # Errors
    /// A material without a record, files that cannot be written.
    pub fn write(
        &self,
        directory: &Path,
        dialect: Option<Dialect>,
        progress: &dyn Progress,
    ) -> Result<RunReport, SpineError> {
        let mut decks = Vec::new();
        for (state, dialect) in self
            .solved
            .states
            .iter()
            .flat_map(|s| dialect.map(|d| (s, d)))
        {
            let settings = DeckSettings {
                dialect,
                tie_gap_mm: self.case.interface.gap_tolerance_mm.value,
            };
            let model = &state.built.model;
            decks.push(write_deck(directory, &slug(&model.name), model, &settings)?);
        }
        let report = self.report(decks)?;
        let fields: Vec<_> = self
            .solved
            .states
            .iter()
            .map(|s| state_fields(s, &self.found.findings))
            .collect();
        write_all(directory, &report, &fields, progress)?;
        Ok(report)
    }

    /// report.json; `decks` are those that were written.
    ///
    /// # Errors
    /// A material without a record.
    pub fn report(&self, decks: Vec<WrittenDeck>) -> Result<RunReport, SpineError> {
        let outcome = Outcome {
            case: self.case,
            scene: &self.solved.scene,
            materials: &self.solved.materials,
            states: &self.solved.states,
            bodies: &self.solved.bodies,
            found: &self.found,
        };
        Ok(RunReport {
            decks,
            timing: self.timing.clone(),
            peak_memory_bytes: self.peak_memory_bytes,
            ..report(&outcome)?
        })
    }
}

/// What a report is made of.
pub struct Outcome<'a> {
    /// The case.
    pub case: &'a Case,
    /// Where everything stands.
    pub scene: &'a Scene,
    /// Materials of the case.
    pub materials: &'a [ReadyMaterial],
    /// Solved states.
    pub states: &'a [SolvedState],
    /// The meshed bodies.
    pub bodies: &'a [MeshedBody],
    /// The findings.
    pub found: &'a Found,
}

/// report.json of an outcome, without what a run adds: times, memory, decks.
///
/// # Errors
/// A material without a record.
pub fn report(outcome: &Outcome<'_>) -> Result<RunReport, SpineError> {
    let case = outcome.case;
    let findings = outcome.found.findings.clone();
    let mut porosity = Vec::new();
    for (implant, cage, mesh) in placed_implants(outcome) {
        let placed = (implant, cage);
        porosity.extend(porosity_reports(case, outcome.materials, placed, mesh)?);
    }
    let (verdict, reasons) = overall(&findings);
    let file = case.places.file().path.display().to_string();
    Ok(RunReport {
        schema: SCHEMA,
        program: Program::this(),
        case: CaseInfo {
            title: case.title.clone(),
            file,
            sha256: case.sha256.clone(),
        },
        frame: "x anterior, y left, z cranial; mm".to_owned(),
        units: Units::default(),
        verdict,
        reasons,
        resorbing_limit: RESORBING_LIMIT,
        verdict_notes: verdict_notes(outcome),
        not_checked: not_checked(outcome),
        materials: materials(outcome),
        defaults: defaults(case),
        placement: placement(outcome),
        surfaces: surfaces(outcome),
        states: outcome.states.iter().map(|s| state(outcome, s)).collect(),
        decks: Vec::new(),
        findings,
        segment_motion: outcome.found.motion.clone(),
        warnings: warnings(outcome, &porosity),
        porosity,
        limits_of_the_method: LIMITS_OF_THE_METHOD
            .iter()
            .map(|s| (*s).to_owned())
            .collect(),
        timing: Vec::new(),
        threads: rayon::current_num_threads(),
        peak_memory_bytes: None,
    })
}

/// The implants as the case says, as placed and as meshed.
fn placed_implants<'a>(
    outcome: &Outcome<'a>,
) -> impl Iterator<Item = (&'a Implant, &'a Cage, &'a Mesh)> {
    let (case, bodies) = (outcome.case, outcome.bodies);
    let placed = case.implants.iter().zip(&outcome.scene.cages);
    placed.enumerate().filter_map(|(i, (implant, cage))| {
        let body = bodies.iter().find(|b| b.role == BodyId::Implant(i))?;
        Some((implant, cage, &body.mesh))
    })
}

fn defaults(case: &Case) -> Vec<DefaultUsed> {
    let default = |d: &crate::case::UsedDefault| DefaultUsed {
        key: d.key.clone(),
        value: d.value.clone(),
        unit: d.unit.clone(),
        source: d.source.clone(),
    };
    case.defaults.iter().map(default).collect()
}

fn surfaces(outcome: &Outcome<'_>) -> Vec<SurfaceReport> {
    let case = outcome.case;
    let files = outcome.scene.files.iter();
    files
        .map(|f| SurfaceReport {
            body: f.role.name(case).to_owned(),
            file: f.file.display().to_string(),
            triangles: f.account.triangles,
            found: f.account.found.clone(),
            done: f.account.done.clone(),
        })
        .collect()
}

/// Unsound files, and bodies that needed shorter edges.
fn about_bodies(outcome: &Outcome<'_>) -> Vec<String> {
    let case = outcome.case;
    let files = outcome.scene.files.iter();
    let unsound = files.filter_map(|f| {
        let sentence = f.account.sentence()?;
        let (name, file) = (f.role.name(case), f.file.display());
        Some(format!(
            "The surface of {name} ({file}) is not sound: {sentence}"
        ))
    });
    let finer = outcome.bodies.iter().filter_map(MeshedBody::finer_sentence);
    unsound.chain(finer).collect()
}

fn verdict_notes(outcome: &Outcome<'_>) -> Vec<String> {
    let case = outcome.case;
    let mut notes = Vec::new();
    if !case.implants.is_empty() && case.fixation.is_empty() {
        notes.push(
            "Without rods this is not a construct anyone implants: the verdict is about the parts, \
             not about an operation."
                .to_owned(),
        );
    }
    if let Some(preset) = case.loads.preset {
        notes.push(format!("Loads: {}", preset.text));
    }
    notes
}

/// A verdict without a check must not read as if the check had passed.
fn not_checked(outcome: &Outcome<'_>) -> Vec<String> {
    let case = outcome.case;
    let judged = |s: &SolvedState| !s.built.plan.is_reference();
    if !outcome.states.iter().any(judged) {
        return vec!["anything: only the fused state is held against limits".to_owned()];
    }
    sentences(&outcome.found.findings.not_checked, case.loads.cases.len())
}

fn warnings(outcome: &Outcome<'_>, porosity: &[PorosityReport]) -> Vec<String> {
    let case = outcome.case;
    let mut warnings = about_bodies(outcome);
    warnings.extend(outside_linear_range(outcome));
    warnings.extend(outcome.found.motion.iter().filter(|m| !m.inside).map(|m| {
        format!(
            "Intact segment {} turns {:.1}° in {}, published {}-{}°",
            m.segment,
            m.rotation_deg,
            m.motion.words(),
            m.band_deg[0],
            m.band_deg[1]
        )
    }));
    for (disc, made) in case.discs.iter().zip(&outcome.scene.discs) {
        if let Some(measured) = made.measured_area() {
            warnings.push(format!(
                "Disc {} stands on {:.0} mm² of the {:.0} mm² inside its measured outline: it is \
                 drawn in to where both bones are level",
                disc.name,
                made.outline().area(),
                measured
            ));
        }
    }
    warnings.extend(case.implants.iter().filter_map(unused_angle));
    let materials = outcome.materials;
    warnings.extend(porosity_warnings(porosity, materials));
    for (implant, cage, mesh) in placed_implants(outcome) {
        let parts = solid_parts(case, implant, cage, mesh);
        warnings.extend(parts.iter().filter_map(SolidPartVolume::warning));
    }
    for state in outcome.states {
        let model = &state.built.model;
        let cautions = model.ties.iter().flat_map(Tie::cautions);
        warnings.extend(cautions.map(|c| format!("State {}: {c}", model.name)));
    }
    warnings
}

/// An angle that the case gives and fitted ends do not take.
fn unused_angle(implant: &Implant) -> Option<String> {
    let angle = &implant.sagittal_angle_deg;
    let given = angle.source.flag == SourceFlag::CaseFile;
    (given && implant.ends == ImplantEnds::Fitted).then(|| {
        format!(
            "The sagittal angle of {}, {}°, is not used: its ends are fitted, and the endplates \
             decide the angle between them",
            implant.name, angle.value
        )
    })
}

/// One line for each body that left the linear range in any load case of a state.
fn outside_linear_range(outcome: &Outcome<'_>) -> Vec<String> {
    let limits = &outcome.case.limits;
    let mut bodies: Vec<(&str, &str, Vec<&LinearRangeWarning>)> = Vec::new();
    for w in &outcome.found.outside_linear_range {
        match bodies
            .iter_mut()
            .find(|(state, body, _)| *state == w.state && *body == w.body)
        {
            Some((_, _, rows)) => rows.push(w),
            None => bodies.push((&w.state, &w.body, vec![w])),
        }
    }
    let line = |(state, body, rows): (&str, &str, Vec<&LinearRangeWarning>)| {
        let most = |of: &dyn Fn(&LinearRangeWarning) -> f64| {
            rows.iter().map(|r| of(r)).fold(0.0, f64::max)
        };
        let cases: Vec<&str> = rows.iter().map(|r| r.load_case.as_str()).collect();
        format!(
            "{body} in state {state} leaves the linear range ({}° or {} %): it turns up to {:.1}° and \
             strains up to {:.1} % in {}",
            limits.rotation_deg.value,
            limits.strain_percent.value,
            most(&|r| r.rotation_deg),
            most(&|r| r.strain_percent),
            cases.join(", ")
        )
    };
    bodies.into_iter().map(line).collect()
}

fn materials(outcome: &Outcome<'_>) -> Vec<MaterialRecord> {
    let case = outcome.case;
    let mut records: Vec<MaterialRecord> =
        outcome.materials.iter().map(|m| m.record.clone()).collect();
    records.extend(bone_records(&case.bone));
    records.extend(disc_records(case));
    records
}

fn placement(outcome: &Outcome<'_>) -> Option<Placement> {
    let case = outcome.case;
    if case.implants.is_empty() {
        return None;
    }
    let mut gaps = Vec::new();
    let mut overlaps = Vec::new();
    for state in outcome.states {
        for tie in &state.built.model.ties {
            gaps.push(Gap {
                bodies: tie.bodies.clone(),
                mean_mm: tie.mean_gap(),
                largest_mm: tie.largest_gap(),
            });
            overlaps.push(crate::report::schema::Overlap {
                bodies: tie.bodies.clone(),
                depth_mm: tie.deepest_overlap(),
                volume_mm3: None,
            });
        }
    }
    let implants = case.implants.iter().zip(&outcome.scene.cages);
    let implants = implants
        .enumerate()
        .map(|(i, (implant, cage))| ImplantPlacement {
            body: implant.name.clone(),
            facing_distance_mm: cage.facing_distance,
            height_mm: cage.height,
            distraction_mm: cage.distraction,
            grafts: graft_placements(case, i, cage),
        });
    Some(Placement {
        implants: implants.collect(),
        overlaps,
        gaps,
    })
}

fn graft_placements(case: &Case, implant: usize, cage: &Cage) -> Vec<GraftPlacement> {
    let placed = |graft: &crate::case::Graft| {
        let end = graft.end;
        let [above, below] = cage.clear;
        Some(GraftPlacement {
            body: graft.name.clone(),
            end: graft.end.word(),
            material: case.materials[graft.material].name.clone(),
            on_axis_mm: match graft.end {
                End::Superior => above,
                End::Inferior => below,
            },
            // The graft was made from the same bones: they are met.
            thickness_mm: cage.graft_thickness(end).ok()?,
        })
    };
    let own = case.grafts.iter().filter(|g| g.implant == implant);
    own.filter_map(placed).collect()
}

fn state(outcome: &Outcome<'_>, state: &SolvedState) -> StateReport {
    let model = &state.built.model;
    let meshed = |role: &BodyId| outcome.bodies.iter().find(|b| b.role == *role);
    let bodies: Vec<BodyReport> = state
        .built
        .plan
        .present
        .iter()
        .filter_map(meshed)
        .map(|b| BodyReport {
            name: b.name.clone(),
            elements: b.report.elements,
            volume_mm3: b.report.volume_mm3,
            min_dihedral_deg: b.report.quality.min_dihedral_deg,
            surface_distance_mm: Some(b.report.boundary_distance_mm),
        })
        .collect();
    StateReport {
        name: model.name.clone(),
        mesh: MeshReport {
            nodes: model.mesh.nodes.len(),
            elements: model.mesh.element_count(),
            dofs: model.dof_count(),
            min_dihedral_deg: bodies
                .iter()
                .map(|b| b.min_dihedral_deg)
                .fold(f64::INFINITY, f64::min),
            bodies,
        },
        interfaces: model.ties.iter().map(interface).collect(),
        load_cases: state
            .cases
            .iter()
            .map(|case| load_case(state, case))
            .collect(),
    }
}

fn interface(tie: &Tie) -> Interface {
    Interface {
        name: tie.name.clone(),
        bodies: tie.bodies.clone(),
        area_mm2: tie.area,
        untied_area_mm2: tie.untied_area,
        mean_gap_mm: tie.mean_gap(),
        largest_gap_mm: tie.largest_gap(),
        deepest_overlap_mm: tie.deepest_overlap(),
        gap_error: tie.gap_error,
    }
}

fn load_case(state: &SolvedState, case: &SolvedCase) -> LoadCaseReport {
    let (load, solution) = (&case.load, &case.solution);
    let face = state.built.model.loaded_face.as_ref();
    let (moved, turned) = face.map_or((Vec3::zeros(), Vec3::zeros()), |face| {
        face_motion(face, &solution.displacement)
    });
    let nm = |v: Vec3| -> [f64; 3] { (v / 1000.0).into() };
    let info = &solution.info;
    LoadCaseReport {
        name: load.name.clone(),
        service: load.service,
        applied: AppliedLoad {
            axes: LoadFrame::Global.name(),
            force_n: load.wrench.force.into(),
            moment_nm: nm(load.wrench.moment),
            at_mm: face.map_or([0.0; 3], |face| face.reference.coords.into()),
        },
        reaction: ReactionLoad {
            axes: LoadFrame::Global.name(),
            force_n: solution.reaction.force.into(),
            moment_nm: nm(solution.reaction.moment),
        },
        imbalance: solution.imbalance,
        loaded_face: FaceMotion {
            displacement_mm: moved.into(),
            rotation_deg: turned.map(f64::to_degrees).into(),
        },
        solver: SolverReport {
            method: info.method.to_owned(),
            reason: info.reason.clone(),
            iterations: info.iterations,
            true_residual: info.true_residual,
            backward_error: info.backward_error,
            seconds: info.seconds,
            peak_bytes: info.peak_bytes,
        },
        vtu: vtu_file_name(&state.built.model.name, &load.name),
    }
}

/// The fields of a state for files and pictures.
pub fn state_fields<'a>(state: &'a SolvedState, findings: &Findings) -> StateFields<'a> {
    let model = &state.built.model;
    let kind = |role: &BodyId| match role {
        BodyId::Vertebra(_) => BodyKind::Bone,
        BodyId::Disc(_) => BodyKind::Disc,
        BodyId::Implant(_) => BodyKind::Implant,
        BodyId::Graft(_) => BodyKind::Graft,
    };
    let seats = state.implant_seats();
    StateFields {
        name: model.name.clone(),
        mesh: &model.mesh,
        bodies: &model.bodies,
        kinds: state.built.plan.present.iter().map(kind).collect(),
        tubes: tubes(state, findings),
        materials: &model.materials,
        cases: state
            .cases
            .iter()
            .map(|case| CaseFields {
                name: case.load.name.clone(),
                displacement: &case.solution.displacement,
                elements: &case.fields,
                interfaces: seats
                    .iter()
                    .map(|t| InterfaceTraction {
                        interface: model.ties[*t].name.clone(),
                        points: &case.tractions[*t],
                    })
                    .collect(),
            })
            .collect(),
    }
}

/// The pieces of a state's construct, with the largest share of its metal's limit that each part
/// reaches.
fn tubes(state: &SolvedState, findings: &Findings) -> Vec<Tube> {
    let construct = &state.built.model.construct;
    let reached = |part: &str| {
        let same = |row: &&FixationRow| {
            row.state == state.name() && row.part == part && row.check == Held::Strength
        };
        let rows = findings.fixation.iter().filter(same);
        rows.map(|row| row.utilisation).reduce(f64::max)
    };
    let of_part = |part: &Part| {
        let utilisation = reached(&part.name);
        let diameter_mm = part.section.diameter;
        let tube = |b: usize| Tube {
            ends: construct.beams[b].ends.map(|n| construct.nodes[n].at),
            diameter_mm,
            utilisation,
        };
        part.beams.clone().map(tube).collect::<Vec<_>>()
    };
    construct.parts.iter().flat_map(of_part).collect()
}
