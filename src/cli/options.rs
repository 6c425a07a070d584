//! Options that several commands have.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use endplate::solver::choice::{Method, Solver};

use super::ending::CommandError;

/// Uses that many threads from here on.
pub fn use_threads(threads: usize) -> Result<(), CommandError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|e| {
            CommandError::input(
                format!("{threads} threads cannot be used: {e}"),
                "ask for fewer",
            )
        })
}

/// Reads how the equations shall be solved.
pub fn method_parser() -> impl TypedValueParser<Value = Method> {
    let auto = PossibleValue::new("auto").help("The program chooses and says why");
    let words = std::iter::once(auto).chain(solvers());
    PossibleValuesParser::new(words).map(|word| match word.as_str() {
        "cholesky" => Method::Cholesky,
        "cg" => Method::Cg,
        _ => Method::Auto,
    })
}

/// Reads a solver.
pub fn solver_parser() -> impl TypedValueParser<Value = Solver> {
    PossibleValuesParser::new(solvers()).map(|word| match word.as_str() {
        "cholesky" => Solver::Cholesky,
        _ => Solver::Cg,
    })
}

fn solvers() -> [PossibleValue; 2] {
    [
        PossibleValue::new("cholesky").help("Sparse Cholesky"),
        PossibleValue::new("cg").help("Conjugate gradients preconditioned by multigrid"),
    ]
}
