//! The way of the load cases to equilibrium: f − F(u) = 0 at the free dofs, by Newton's method.
//!
//! Where every term is constant one step from rest is the answer, and all load cases take it together on one
//! matrix. Where laws are, each load case goes its own way from rest with its own state:
//! K(u) Δ = f − F(u), then u + αΔ with α where the energy along Δ is least, until what is left of the
//! forces is small beside loads and reactions. Only then the trial state is accepted.

use super::one_sided::Influence;
use super::system::System;
use super::{AnalysisError, check, line};
use crate::assembly::{Assembled, AssemblyError, Numbering, Refill, State};
use crate::boundary::LoadCase;
use crate::solver::Solved;
use crate::solver::cg::Stop;
use crate::solver::refine::Quality;
use crate::tensor::Vec3;

/// Where a load case has come to rest.
pub(super) struct Rest {
    /// Displacement of every node, mm.
    pub displacement: Vec<Vec3>,
    /// What the laws remember.
    pub state: State,
    /// What each part that acts one way carries, N.
    pub one_sided: Vec<f64>,
    /// Steps made.
    pub steps: u32,
    /// How well the last of them was solved; iterations of all.
    pub quality: Quality,
}

/// All load cases at rest, in the model's order, and what the solver said last.
///
/// # Errors
/// [`AnalysisError`]: no matrix, no solution, no equilibrium.
pub(super) fn find(
    system: &System<'_>,
    mut assembled: Assembled,
) -> Result<(Vec<Rest>, Solved), AnalysisError> {
    if system.operator.laws().next().is_none() {
        return in_one_step(system, &assembled);
    }
    if !system.model.one_sided.is_empty() {
        return Err(AnalysisError::OneSidedBesideLaws);
    }
    let refill = Refill::new(&assembled, system.operator.laws());
    let mut last = Solved::nothing(&assembled.matrix, 0);
    let mut rests = Vec::with_capacity(system.model.load_cases.len());
    for case in &system.model.load_cases {
        let (rest, solved) = step_by_step(system, case, &refill, &mut assembled)?;
        last = Solved {
            peak_bytes: last.peak_bytes.max(solved.peak_bytes),
            fell_back: last.fell_back || solved.fell_back,
            ..solved
        };
        rests.push(rest);
    }
    Ok((rests, last))
}

/// What is linear is at rest after one step from the prescribed displacements.
fn in_one_step(
    system: &System<'_>,
    assembled: &Assembled,
) -> Result<(Vec<Rest>, Solved), AnalysisError> {
    let pull = system.pull()?;
    let numbering = &assembled.numbering;
    let mut vectors = Vec::with_capacity(system.model.load_cases.len());
    for case in &system.model.load_cases {
        vectors.push(numbering.reduce(&system.unbalanced(case, numbering, &pull)?));
    }
    let (parts, loads) = (&system.model.one_sided, vectors.len());
    for part in parts {
        let mut nodal = vec![Vec3::zeros(); system.prescribed.len()];
        part.add_force(1.0, &mut nodal);
        vectors.push(numbering.reduce(&nodal));
    }
    system.progress.advance();
    let solved = system.solve(assembled, &mut vectors, system.settings.stop)?;
    let expanded = |x: &[f64], from: &[Vec3]| {
        let mut displacement = from.to_vec();
        numbering.expand_into(x, &mut displacement);
        displacement
    };
    let still = vec![Vec3::zeros(); system.prescribed.len()];
    let columns = vectors[loads..].iter().map(|x| expanded(x, &still));
    let influence = Influence::new(parts, columns.collect());
    let answers = vectors.iter().zip(&solved.quality);
    let rests = answers
        .zip(&system.model.load_cases)
        .map(|((x, &quality), case)| {
            let mut displacement = expanded(x, system.prescribed);
            let one_sided = influence.carried(&case.name, &mut displacement)?;
            Ok(Rest {
                displacement,
                state: State::new(),
                one_sided,
                steps: 1,
                quality,
            })
        });
    let rests = rests.collect::<Result<_, AnalysisError>>()?;
    Ok((rests, solved))
}

/// One load case between two steps.
struct Path<'a> {
    system: &'a System<'a>,
    case: &'a LoadCase,
    displacement: Vec<Vec3>,
    accepted: State,
    trial: State,
    /// Loads less the forces of the constant terms, N.
    linear: Vec<Vec3>,
    /// The same less the forces of the laws at the trial state, N.
    rest: Vec<Vec3>,
}

/// Newton's method for one load case.
fn step_by_step(
    system: &System<'_>,
    case: &LoadCase,
    refill: &Refill<'_>,
    assembled: &mut Assembled,
) -> Result<(Rest, Solved), AnalysisError> {
    let settings = &system.settings.newton;
    let name = format!("{}, {}", system.model.name, case.name);
    system.progress.stage(&format!("Solve {name}"), 0);
    let mut path = Path::from_rest(system, case, &assembled.numbering)?;
    // A step is no better than what it leaves out: who slides and who has parted.
    let stop = Stop {
        residual: settings.step_residual,
        ..system.settings.stop
    };
    let (mut imbalance, mut iterations, mut step) = (f64::INFINITY, 0, 0);
    while step < settings.max_steps && !imbalance.is_nan() {
        step += 1;
        refill
            .fill(assembled, &path.displacement, &path.trial)
            .map_err(|e| check::at_body(system.model, e))?;
        let numbering = &assembled.numbering;
        let mut vectors = [numbering.reduce(&path.rest)];
        let solved = system.solve(assembled, &mut vectors, stop)?;
        let mut towards = vec![Vec3::zeros(); path.displacement.len()];
        numbering.expand_into(&vectors[0], &mut towards);
        let fraction = path.advance(&towards)?;
        imbalance = path.imbalance(assembled);
        system.progress.note(&format!(
            "{name}: step {step}, {fraction:.2} of it taken, {imbalance:.1e} of the load left"
        ));
        iterations += solved.quality[0].steps;
        if imbalance <= settings.tolerance {
            let quality = Quality {
                steps: iterations,
                true_residual: imbalance,
                ..solved.quality[0]
            };
            return Ok((path.accept(step, quality), solved));
        }
    }
    Err(AnalysisError::NoEquilibrium {
        load_case: case.name.clone(),
        steps: step,
        imbalance,
        limit: settings.tolerance,
    })
}

impl<'a> Path<'a> {
    /// Nothing has moved but what is prescribed.
    fn from_rest(
        system: &'a System<'a>,
        case: &'a LoadCase,
        numbering: &Numbering,
    ) -> Result<Self, AnalysisError> {
        let accepted = system.operator.initial_state();
        let linear = system.unbalanced(case, numbering, &system.pull()?)?;
        let mut path = Self {
            system,
            case,
            displacement: system.prescribed.to_vec(),
            trial: accepted.clone(),
            accepted,
            rest: Vec::new(),
            linear,
        };
        path.settle()?;
        Ok(path)
    }

    /// Goes along `towards` (mm, zero at fixed dofs) as far as the energy falls, at most all of it, and
    /// moves the trial state on. Returns the fraction gone.
    fn advance(&mut self, towards: &[Vec3]) -> Result<f64, AnalysisError> {
        let operator = self.system.operator;
        let pull = operator.linear_forces(towards);
        let pull = pull.map_err(|e| self.at_body(e))?;
        let slope = |fraction: f64| {
            let there = along(&self.displacement, fraction, towards);
            let rest = self.less_laws(&there, &along(&self.linear, -fraction, &pull))?;
            Ok::<_, AnalysisError>(-dot(towards, &rest))
        };
        let fraction = line::lowest(-dot(towards, &self.rest), slope)?;
        self.displacement = along(&self.displacement, fraction, towards);
        self.linear = along(&self.linear, -fraction, &pull);
        self.settle()?;
        Ok(fraction)
    }

    /// Moves the trial state on to the displacement, and finds what is left of the forces there.
    fn settle(&mut self) -> Result<(), AnalysisError> {
        let operator = self.system.operator;
        operator.update(&self.displacement, &self.accepted, &mut self.trial);
        self.rest = self.less_laws(&self.displacement, &self.linear)?;
        Ok(())
    }

    /// Forces (N) less those of the laws at a displacement and the trial state.
    fn less_laws(
        &self,
        displacement: &[Vec3],
        forces: &[Vec3],
    ) -> Result<Vec<Vec3>, AnalysisError> {
        let mut held = vec![Vec3::zeros(); forces.len()];
        let operator = self.system.operator;
        operator
            .add_law_forces(displacement, &self.trial, &mut held)
            .map_err(|e| self.at_body(e))?;
        Ok(along(forces, -1.0, &held))
    }

    /// What is left of the forces at free dofs, over loads and reactions together (root of the sum
    /// of squares).
    fn imbalance(&self, assembled: &Assembled) -> f64 {
        let numbering = &assembled.numbering;
        let free = numbering.reduce(&self.rest);
        let left = free.iter().map(|f| f * f).sum::<f64>().sqrt();
        let mut size: f64 = self.case.forces.iter().map(|(_, f)| f.norm_squared()).sum();
        for (n, rest) in self.rest.iter().enumerate() {
            let fixed = numbering.fixed(n);
            size += (0..3)
                .filter(|&a| fixed[a])
                .map(|a| rest[a] * rest[a])
                .sum::<f64>();
        }
        if left == 0.0 { 0.0 } else { left / size.sqrt() }
    }

    /// The trial state becomes the state.
    fn accept(mut self, steps: u32, quality: Quality) -> Rest {
        self.accepted = self.trial;
        Rest {
            displacement: self.displacement,
            state: self.accepted,
            one_sided: Vec::new(),
            steps,
            quality,
        }
    }

    fn at_body(&self, error: AssemblyError) -> AnalysisError {
        check::at_body(self.system.model, error)
    }
}

/// a + t b.
fn along(a: &[Vec3], t: f64, b: &[Vec3]) -> Vec<Vec3> {
    a.iter().zip(b).map(|(a, b)| a + t * b).collect()
}

fn dot(a: &[Vec3], b: &[Vec3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.dot(b)).sum()
}
