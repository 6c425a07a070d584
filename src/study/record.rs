//! The record of a run, in the shape of report.json and of the files that picture it.

use crate::analysis::CaseSolution;
use crate::assessment::motion::LinearRangeWarning;
use crate::assessment::verdict::{RESORBING_LIMIT, overall};
use crate::boundary::LoadCase;
use crate::case::{Case, Disc, End, Load, State};
use crate::geometry::implant::Cage;
use crate::material::MaterialError;
use crate::material::membrane::MembraneMaterial;
use crate::material::record::{bone_records, disc_records};
use crate::recovery::face_motion;
use crate::report::fields::{BodyKind, RodShape};
use crate::report::schema::WrittenDeck;
use crate::report::schema::{
    AppliedLoad, BodyReport, CaseInfo, DefaultUsed, FaceMotion, Gap, GraftPlacement,
    LoadCaseReport, MaterialRecord, MeshReport, Placement, PorosityReport, Program, ReactionLoad,
    RunReport, SCHEMA, SolverReport, StageTime, StateReport, SurfaceReport, Units,
};
use crate::report::{CaseFields, InterfaceTraction, StateFields, vtu_file_name};
use crate::tensor::Vec3;

use super::StudyError;
use super::anatomical::{bone_model, disc_model};
use super::bodies::{MeshedBody, Role};
use super::findings::{Found, Inputs, SolvedState, role_of};
use super::materials::graft_strength;
use super::porosity_report::{self, porosity_reports};
use super::scene::{cage_end, solid_materials};
use super::solid_parts::{SolidPartVolume, solid_parts};

/// What the method leaves out, said in every report.
const LIMITS_OF_THE_METHOD: &[&str] = &[
    "Linear elasticity with small displacements: no yielding, no damage, no healing, no loosening.",
    "Facet joints, ligaments, ribs and muscles are not modelled; what they carry in life goes \
     through discs, implant and rods here. The calibration of the discs stands in for them in the \
     intact state.",
    "The fused state bonds implant and bone: interfaces carry tension, which a fresh implant does \
     not. Right after surgery contact opens and slides; that state comes later.",
    "Peak values at the edge of a stiff implant are singular; the mean over discs of 3 mm is what \
     is judged, raw peaks only stand beside it.",
    "A cage that replaces a whole vertebral body is in series with the bone: it cannot shield it \
     from axial load, it moves the load to other places.",
    "The bone has one modulus for the whole cancellous core; the band beside each verdict shows \
     what other moduli would say.",
    "Rods hold on the bone around their pedicle screws, as it moves on average; the screws do not \
     stiffen it. The turn of the loaded face includes how far both vertebrae bend between their \
     screws and the loaded and the clamped face.",
    "Porous metal has no tension law here: its compressive yield strength is applied to tension.",
    "The disc with the 3 mm peak may overhang the face by 0.13 mm.",
];

/// Everything known when a run has ended.
pub struct Outcome<'a> {
    /// What was judged.
    pub inputs: Inputs<'a>,
    /// The meshed bodies.
    pub bodies: &'a [MeshedBody],
    /// The findings.
    pub found: Found,
    /// The decks written so far.
    pub decks: Vec<WrittenDeck>,
    /// Seconds by stage.
    pub timing: Vec<StageTime>,
    /// Largest memory of the process so far, bytes.
    pub peak_memory_bytes: Option<u64>,
}

/// report.json of an outcome.
///
/// # Errors
/// A material without a record.
pub fn report(outcome: &Outcome<'_>) -> Result<RunReport, StudyError> {
    let case = outcome.inputs.case;
    let findings = outcome.found.findings.clone();
    let porosity = porosity_reports(&outcome.inputs, outcome.bodies)?;
    let (verdict, reasons) = overall(&findings, RESORBING_LIMIT);
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
        materials: materials(outcome)?,
        defaults: defaults(case),
        placement: placement(outcome),
        surfaces: surfaces(outcome),
        states: outcome
            .inputs
            .states
            .iter()
            .map(|s| state(outcome, s))
            .collect(),
        decks: outcome.decks.clone(),
        findings,
        segment_motion: outcome.found.motion.clone(),
        warnings: warnings(outcome, &porosity),
        porosity,
        limits_of_the_method: LIMITS_OF_THE_METHOD
            .iter()
            .map(|s| (*s).to_owned())
            .collect(),
        timing: outcome.timing.clone(),
        peak_memory_bytes: outcome.peak_memory_bytes,
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
    let case = outcome.inputs.case;
    let files = outcome.inputs.scene.files.iter();
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
    let case = outcome.inputs.case;
    let files = outcome.inputs.scene.files.iter();
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
    let case = outcome.inputs.case;
    let mut notes = Vec::new();
    if case.implant.is_some() && case.rods.is_none() {
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
    let case = outcome.inputs.case;
    let solved = |state: State| outcome.inputs.states.iter().any(|s| s.built.state == state);
    if !solved(State::Fused) {
        return vec!["anything: only the fused state is held against limits".to_owned()];
    }
    let mut missing = Vec::new();
    let service = case.loads.cases.iter().any(|l| l.service);
    if !solved(State::Intact) {
        missing.push("stress shielding: it needs the intact state beside the fused one".to_owned());
    } else if !service {
        missing.push("stress shielding: it needs a load case that counts as service".to_owned());
    }
    let pure = |l: &Load| l.service && l.moment_nm == [0.0; 3];
    if !case.loads.cases.iter().any(pure) {
        missing.push(
            "foundation depth and vertebral strength ratio: they need a service load case that is \
             a force without moment"
                .to_owned(),
        );
    } else if !solved(State::Intact) {
        missing.push("vertebral strength ratio: it needs the intact state".to_owned());
    }
    let nameless = |name: &str, material: &str| {
        format!(
            "strength of {name}: its material \"{material}\" has none (`strength_mpa` gives one)"
        )
    };
    if let Some(implant) = &case.implant {
        let mut parts = vec![implant.material];
        parts.extend(solid_materials(case));
        parts.dedup();
        let weak = parts
            .iter()
            .filter(|m| outcome.inputs.materials[**m].strength.is_none());
        missing.extend(weak.map(|m| nameless(&implant.name, &case.materials[*m].name)));
    }
    for graft in &case.grafts {
        if graft_strength(case, outcome.inputs.materials, graft).is_none() {
            missing.push(nameless(&graft.name, &case.materials[graft.material].name));
        }
    }
    missing
}

fn warnings(outcome: &Outcome<'_>, porosity: &[PorosityReport]) -> Vec<String> {
    let case = outcome.inputs.case;
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
    for (disc, made) in case.discs.iter().zip(&outcome.inputs.scene.discs) {
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
    let materials = outcome.inputs.materials;
    warnings.extend(porosity_report::warnings(porosity, materials));
    let parts = solid_parts(case, outcome.inputs.scene, outcome.bodies);
    warnings.extend(parts.iter().filter_map(SolidPartVolume::warning));
    for state in outcome.inputs.states {
        for tie in &state.built.model.ties {
            let share = tie.untied_area / tie.area;
            if share > 0.01 {
                warnings.push(format!(
                    "Interface {} in state {}: {:.1} mm² of {:.1} mm² ({:.1} %) found no partner \
                     within {} mm and is not tied",
                    tie.name,
                    state.built.model.name,
                    tie.untied_area,
                    tie.area,
                    100.0 * share,
                    case.interface.gap_tolerance_mm
                ));
            }
        }
    }
    warnings
}

/// One line for each body that left the linear range in any load case of a state.
fn outside_linear_range(outcome: &Outcome<'_>) -> Vec<String> {
    let limits = &outcome.inputs.case.limits;
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
            limits.rotation_deg,
            limits.strain_percent,
            most(&|r| r.rotation_deg),
            most(&|r| r.strain_percent),
            cases.join(", ")
        )
    };
    bodies.into_iter().map(line).collect()
}

fn materials(outcome: &Outcome<'_>) -> Result<Vec<MaterialRecord>, StudyError> {
    let case = outcome.inputs.case;
    let refuse = |source: MaterialError| StudyError::Material {
        body: "the report".to_owned(),
        source,
    };
    let mut records: Vec<MaterialRecord> = outcome
        .inputs
        .materials
        .iter()
        .map(|m| m.record.clone())
        .collect();
    records.extend(bone_records(&bone_model(case)).map_err(refuse)?);
    let bone = &case.bone;
    if bone.cortical_thickness_mm > 0.0 {
        let shell = MembraneMaterial::new(
            bone.cortical_modulus_mpa,
            bone.cortical_poisson_ratio,
            bone.cortical_thickness_mm,
        )
        .and_then(|m| m.cortex_record())
        .map_err(refuse)?;
        records.push(shell);
    }
    records.extend(discs(case).map_err(refuse)?);
    Ok(records)
}

/// Annulus and nucleus of all discs, then the annulus of each disc with factors of its own.
fn discs(case: &Case) -> Result<Vec<MaterialRecord>, MaterialError> {
    let mut records = Vec::new();
    let common = |d: &&Disc| d.calibration_factors.is_none();
    for disc in case.discs.iter().find(common).into_iter().chain(
        case.discs
            .iter()
            .filter(|d| d.calibration_factors.is_some()),
    ) {
        let (_, source) = case.disc_factors(disc);
        let mut found = disc_records(&disc_model(case, disc), &source)?;
        if !records.is_empty() {
            // The nucleus has no factors and stands there already.
            found.truncate(1);
        }
        if disc.calibration_factors.is_some()
            && let Some(annulus) = found.first_mut()
        {
            annulus.name = format!("{} of {}", annulus.name, disc.name);
        }
        records.extend(found);
    }
    Ok(records)
}

fn placement(outcome: &Outcome<'_>) -> Option<Placement> {
    let cage = outcome.inputs.scene.cage.as_ref()?;
    let mut gaps = Vec::new();
    let mut overlaps = Vec::new();
    for state in outcome.inputs.states {
        for tie in &state.built.model.ties {
            let area: f64 = tie.points.iter().map(|p| p.area).sum();
            let mean = tie.points.iter().map(|p| p.area * p.gap).sum::<f64>() / area;
            let largest = tie.points.iter().map(|p| p.gap).fold(0.0, f64::max);
            let deepest = tie.points.iter().map(|p| -p.gap).fold(0.0, f64::max);
            gaps.push(Gap {
                bodies: tie.bodies.clone(),
                mean_mm: mean,
                largest_mm: largest,
            });
            overlaps.push(crate::report::schema::Overlap {
                bodies: tie.bodies.clone(),
                depth_mm: deepest,
                volume_mm3: None,
            });
        }
    }
    Some(Placement {
        facing_distance_mm: cage.facing_distance,
        height_mm: cage.height,
        distraction_mm: cage.distraction,
        grafts: graft_placements(outcome.inputs.case, cage),
        overlaps,
        gaps,
    })
}

fn graft_placements(case: &Case, cage: &Cage) -> Vec<GraftPlacement> {
    let placed = |graft: &crate::case::Graft| {
        let end = cage_end(graft.end);
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
    case.grafts.iter().filter_map(placed).collect()
}

fn state(outcome: &Outcome<'_>, state: &SolvedState) -> StateReport {
    let model = &state.built.model;
    let body = |name: &str| outcome.bodies.iter().find(|b| b.name == name);
    let bodies: Vec<BodyReport> = model
        .bodies
        .iter()
        .filter_map(|range| body(&range.name))
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
        load_cases: model
            .load_cases
            .iter()
            .zip(&state.solution.cases)
            .map(|(load, solution)| load_case(state, load, solution))
            .collect(),
    }
}

fn load_case(state: &SolvedState, load: &LoadCase, solution: &CaseSolution) -> LoadCaseReport {
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
            force_n: load.wrench.force.into(),
            moment_nm: nm(load.wrench.moment),
            at_mm: face.map_or([0.0; 3], |face| face.reference.coords.into()),
        },
        reaction: ReactionLoad {
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
pub fn state_fields<'a>(case: &Case, state: &'a SolvedState) -> StateFields<'a> {
    let model = &state.built.model;
    let kind = |name: &str| match role_of(case, name) {
        Some(Role::Vertebra(_)) => BodyKind::Bone,
        Some(Role::Disc(_)) => BodyKind::Disc,
        Some(Role::Implant) => BodyKind::Implant,
        Some(Role::Graft(_)) => BodyKind::Graft,
        None => BodyKind::Other,
    };
    let diameter_mm = state.built.rod_section.as_ref().map_or(0.0, |s| s.diameter);
    let seats = state.implant_seats(case);
    StateFields {
        name: model.name.clone(),
        mesh: &model.mesh,
        bodies: &model.bodies,
        kinds: model.bodies.iter().map(|b| kind(&b.name)).collect(),
        rods: model
            .rods
            .iter()
            .map(|r| RodShape {
                ends: r.ends,
                diameter_mm,
            })
            .collect(),
        materials: &model.materials,
        cases: model
            .load_cases
            .iter()
            .enumerate()
            .map(|(i, load)| CaseFields {
                name: load.name.clone(),
                displacement: &state.solution.cases[i].displacement,
                elements: &state.fields[i],
                interfaces: seats
                    .iter()
                    .map(|t| InterfaceTraction {
                        interface: model.ties[*t].name.clone(),
                        points: &state.tractions[i][*t],
                    })
                    .collect(),
            })
            .collect(),
    }
}
