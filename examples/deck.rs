//! A deck from a text: solved, and one of its numbers changed and solved again.

use std::error::Error;
use std::path::Path;

use endplate::analysis::AnalysisSettings;
use endplate::deck::{DeckSolution, read_deck_from, solve_deck};
use endplate::progress::Silent;

/// One quadratic tetrahedron on rollers under a pressure p = 10 MPa, E = 1000 MPa, ν = 0.25.
const DECK: &str = include_str!("../meshes/unit-tet10.inp");

fn main() -> Result<(), Box<dyn Error>> {
    let solution = solved(DECK.to_owned())?;
    let step = &solution.steps[0];
    // σ = -p in every direction, so every strain is -p (1 - 2ν) / E.
    let strain = -10.0 * (1.0 - 2.0 * 0.25) / 1000.0;
    for (node, moved) in solution.model.mesh.nodes.iter().zip(&step.displacement) {
        assert!((moved - strain * node.coords).amax() < 1e-12);
    }
    for point in solution.points(0, &step.displacement) {
        assert!(point.stress.iter().take(3).all(|s| (s + 10.0).abs() < 1e-9));
    }

    let softer = solved(DECK.replace("1000.0, 0.25", "500.0, 0.25"))?;
    let [hard, soft] = [step, &softer.steps[0]].map(|s| s.displacement[1].x);
    assert!((soft / hard - 2.0).abs() < 1e-12);

    let error = read_deck_from(Path::new("unit.inp"), DECK.replace("C3D10", "C3D11"));
    let message = error
        .err()
        .ok_or("an unknown element was read")?
        .to_string();
    println!("the corner moves {hard:.4} mm; a misspelt deck: {message}");
    Ok(())
}

fn solved(text: String) -> Result<DeckSolution, Box<dyn Error>> {
    let deck = read_deck_from(Path::new("unit.inp"), text)?;
    Ok(solve_deck(&deck, &AnalysisSettings::default(), &Silent)?)
}
