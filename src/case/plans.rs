//! Reads `states`, `[[state]]` and `[[join]]`: presets become plans, and a case's own begin from them.

use super::body::{BodyId, FaceId};
use super::error::{CaseError, CaseFault};
use super::file_name::{self, slug};
use super::raw::{Section, duplicate};
use super::resolved::Case;
use super::settings::read_sliding;
use super::state::{Join, JoinLaw, Preset, StatePlan};
use crate::geometry::End;

const PRESETS: [(&str, Preset); 3] = [
    ("intact", Preset::Intact),
    ("immediate", Preset::Immediate),
    ("fused", Preset::Fused),
];

/// A preset as a plan.
fn plan_of(case: &Case, from: Preset) -> StatePlan {
    let stays = |v: usize| !case.is_resected(v);
    let is_there = |body: &BodyId| match (from.is_operated(), *body) {
        (false, BodyId::Implant(_) | BodyId::Graft(_)) => false,
        (false, _) | (true, BodyId::Implant(_) | BodyId::Graft(_)) => true,
        (true, BodyId::Vertebra(v)) => stays(v),
        (true, BodyId::Disc(d)) => case.discs[d].between.into_iter().all(stays),
    };
    let present: Vec<BodyId> = case.bodies().filter(is_there).collect();
    let seats = present.iter().flat_map(|body| body.seats(case));
    let joins = seats.map(|faces| Join {
        faces,
        law: law_of(case, from, faces),
    });
    let mut plan = StatePlan {
        name: from.name().to_owned(),
        from,
        joins: joins.collect(),
        fixation: from.is_operated() && !case.fixation.is_empty(),
        present,
    };
    plan.drop_loose_joins();
    plan
}

/// Right after surgery implants and grafts press on the bones, in the fused state they are one with them;
/// discs always are.
fn law_of(case: &Case, from: Preset, faces: [FaceId; 2]) -> JoinLaw {
    let on_bone = match faces.map(|face| face.body) {
        [BodyId::Implant(_) | BodyId::Graft(_), BodyId::Vertebra(_)] => case.interface.sliding,
        _ => None,
    };
    match on_bone.filter(|_| from == Preset::Immediate) {
        Some(sliding) => JoinLaw::Contact(sliding),
        None => JoinLaw::Bonded,
    }
}

/// Whether a case can have a state of a preset.
fn check_preset(
    section: &Section<'_>,
    key: &str,
    case: &Case,
    from: Preset,
) -> Result<(), CaseError> {
    if from.is_operated() && case.implants.is_empty() {
        let reason = format!("the {} state needs an [implant]", from.name());
        return Err(section.error(key, CaseFault::model(reason)));
    }
    if from == Preset::Immediate && case.interface.sliding.is_none() {
        let reason = "the immediate state needs to know how implant and bone slide on each other";
        let help = "in [interface] `friction = 0.74` (or `contact = \"frictionless\"`, `\"rough\"`): there is \
                    no default";
        return Err(section.error(key, CaseFault::model(reason)).with_help(help));
    }
    Ok(())
}

/// What `without` calls the rods.
const RODS: &str = "rods";

const STATE_KEYS: &[&str] = &["name", "from", "without"];
const JOIN_KEYS: &[&str] = &["faces", "law", "friction", "states"];

/// Reads `states`, `[[state]]` and `[[join]]` of a case that has all its bodies.
pub(super) fn read(top: &Section<'_>, case: &Case) -> Result<Vec<StatePlan>, CaseError> {
    let mut plans = read_presets(top, case)?;
    for section in top.sections("state", STATE_KEYS)? {
        let plan = read_state(&section, case, &plans)?;
        plans.push(plan);
    }
    for section in top.sections("join", JOIN_KEYS)? {
        read_join(&section, case, &mut plans)?;
    }
    Ok(plans)
}

fn read_presets(top: &Section<'_>, case: &Case) -> Result<Vec<StatePlan>, CaseError> {
    let names = top.texts("states")?.ok_or_else(|| top.missing("states"))?;
    let mut plans: Vec<StatePlan> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let key = format!("states[{i}]");
        let Some((_, from)) = PRESETS.iter().find(|(known, _)| known == name) else {
            let known = PRESETS.map(|(known, _)| known);
            let error = top.unknown_name(&key, "state", name, &known);
            return Err(error
                .with_help("a state of your own is a [[state]] table: it is solved after these"));
        };
        if plans.iter().any(|plan| plan.name == *name) {
            let fault = CaseFault::Duplicate {
                what: "state".to_owned(),
                name: (*name).to_owned(),
            };
            return Err(top.error(&key, fault));
        }
        if *from == Preset::Immediate {
            check_preset(top, &key, case, *from)?;
        }
        plans.push(plan_of(case, *from));
    }
    if plans.is_empty() {
        let help = "for example `states = [\"intact\", \"fused\"]`";
        let fault = CaseFault::model("no state to solve");
        return Err(top.error("states", fault).with_help(help));
    }
    Ok(plans)
}

fn read_state(
    section: &Section<'_>,
    case: &Case,
    others: &[StatePlan],
) -> Result<StatePlan, CaseError> {
    let name = section.required_text("name")?.to_owned();
    check_name(section, &name, others)?;
    let from = section.choice("from", "state", &PRESETS)?;
    let from = from.ok_or_else(|| section.missing("from"))?;
    check_preset(section, "from", case, from)?;
    let mut plan = plan_of(case, from);
    plan.name = name;
    let bodies: Vec<BodyId> = plan.present.clone();
    let mut known: Vec<&str> = bodies.iter().map(|body| body.name(case)).collect();
    known.push(RODS);
    let without = section.texts("without")?.unwrap_or_default();
    for (i, name) in without.iter().enumerate() {
        let key = format!("without[{i}]");
        let number = section.reference(&key, "part of the state", name, &known)?;
        match bodies.get(number) {
            Some(body) => plan.present.retain(|b| b != body),
            None if plan.fixation => plan.fixation = false,
            None => {
                let reason = format!("the state \"{}\" has no rods", from.name());
                return Err(section.error(&key, CaseFault::model(reason)));
            }
        }
    }
    plan.drop_loose_joins();
    check_held(section, case, &plan)?;
    Ok(plan)
}

fn check_name(section: &Section<'_>, name: &str, others: &[StatePlan]) -> Result<(), CaseError> {
    let own = slug(name);
    let preset = PRESETS.iter().any(|(known, _)| *known == own);
    if preset || others.iter().any(|other| slug(&other.name) == own) {
        return Err(duplicate(section, "state", name));
    }
    match file_name::fault(name) {
        Some(reason) => Err(section.error("name", CaseFault::model(reason))),
        None => Ok(()),
    }
}

/// Loads, supports and rods need their vertebrae.
fn check_held(section: &Section<'_>, case: &Case, plan: &StatePlan) -> Result<(), CaseError> {
    let faces = [
        (case.loads.face.vertebra, "is loaded"),
        (case.loads.clamped.vertebra, "is clamped"),
    ];
    let held = case.fixation.bodies().filter(|_| plan.fixation);
    let held = held.map(|body| (body, "holds screws, hooks or cables"));
    let faces = faces.map(|(v, why)| (BodyId::Vertebra(v), why));
    let needed = faces.into_iter().chain(held);
    let gone = needed.into_iter().find(|(body, _)| !plan.has(*body));
    let Some((body, why)) = gone else {
        return Ok(());
    };
    let reason = format!("{} {why}: it cannot be left out", body.name(case));
    Err(section.error("without", CaseFault::model(reason)))
}

/// Puts a join into the states that it names, all that have both bodies where it names none.
fn read_join(section: &Section<'_>, case: &Case, plans: &mut [StatePlan]) -> Result<(), CaseError> {
    let faces = read_faces(section, case)?;
    let join = Join {
        faces,
        law: read_law(section)?,
    };
    let both = |plan: &StatePlan| faces.iter().all(|face| plan.has(face.body));
    let names: Vec<String> = plans.iter().map(|plan| plan.name.clone()).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chosen: Vec<usize> = Vec::new();
    match section.texts("states")? {
        None => chosen.extend((0..plans.len()).filter(|p| both(&plans[*p]))),
        Some(given) => {
            for (i, name) in given.iter().enumerate() {
                let key = format!("states[{i}]");
                let number = section.reference(&key, "state", name, &known)?;
                if !both(&plans[number]) {
                    let words = faces.map(|face| face.written(case)).join(" and ");
                    let reason = format!("the state \"{name}\" does not have both {words}");
                    return Err(section.error(&key, CaseFault::model(reason)));
                }
                chosen.push(number);
            }
        }
    }
    if chosen.is_empty() {
        let reason = "no state has both of these faces";
        return Err(section.error("faces", CaseFault::model(reason)));
    }
    for plan in chosen {
        let joins = &mut plans[plan].joins;
        match joins.iter_mut().find(|old| old.is_between(faces)) {
            Some(old) => old.law = join.law,
            None => joins.push(join),
        }
    }
    Ok(())
}

/// "bonded", or how the faces slide.
fn read_law(section: &Section<'_>) -> Result<JoinLaw, CaseError> {
    if section.text("law")? == Some("bonded") {
        return Ok(JoinLaw::Bonded);
    }
    let sliding = read_sliding(section, "law")?;
    let sliding = sliding.ok_or_else(|| section.missing("law"))?;
    Ok(JoinLaw::Contact(sliding))
}

fn read_faces(section: &Section<'_>, case: &Case) -> Result<[FaceId; 2], CaseError> {
    let given = section.texts("faces")?;
    let given = given.ok_or_else(|| section.missing("faces"))?;
    let [one, other] = given[..] else {
        return Err(section.wrong_type("faces", "two names of faces, as \"cage.superior\""));
    };
    let ends = [End::Superior, End::Inferior];
    let of_body = |body: BodyId| ends.map(|end| FaceId { body, end });
    let faces: Vec<FaceId> = case.bodies().flat_map(of_body).collect();
    let names: Vec<String> = faces.iter().map(|face| face.written(case)).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let one = section.reference("faces[0]", "face", one, &known)?;
    let other = section.reference("faces[1]", "face", other, &known)?;
    let pair = [faces[one], faces[other]];
    if pair[0].body == pair[1].body {
        let reason = "a body is not joined to itself";
        return Err(section.error("faces", CaseFault::model(reason)));
    }
    Ok(pair)
}
