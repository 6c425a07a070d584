//! Options that several commands have.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use endplate::solver::choice::{Method, Solver};

use super::ending::CommandError;

/// Does the work of a command on that many threads.
pub fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T, CommandError> + Send,
) -> Result<T, CommandError> {
    endplate::threads::on_threads(threads, work)
        .map_err(|e| CommandError::input(e.to_string(), "ask for fewer"))?
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
