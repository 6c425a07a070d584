//! The ties of a deck: built, refused where they bind less than they seem to, and accounted for.

use super::error::DeckError;
use super::lines::Spot;
use super::{Deck, DeckTie};
use crate::assembly::LocalSystem;
use crate::contact::{Tie, TieSettings, TieSpec, WORTH_SAYING, build_tie, facing_area};
use crate::material::MaterialField;
use crate::mesh::{Facet, TetMesh};

/// What a tie binds, as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct TieAccount {
    /// Name.
    pub name: String,
    /// Area of the slave face.
    pub area: f64,
    /// Part of it that is not tied.
    pub untied_area: f64,
    /// Largest gap that is bridged.
    pub largest_gap: f64,
    /// Deepest overlap.
    pub deepest_overlap: f64,
    /// Bound on the error of a uniform stress on the bridged gap, as a share of it.
    pub gap_error: f64,
    /// What must be known of it, in sentences.
    pub cautions: Vec<String>,
}

/// Every tie of a deck, and its systems.
///
/// # Errors
/// A tie that finds nothing, or, without a tolerance of its own, not all that lies opposite.
pub(super) fn build(
    deck: &Deck,
    mesh: &TetMesh,
    materials: &MaterialField,
) -> Result<(Vec<TieAccount>, Vec<LocalSystem>), DeckError> {
    let (mut accounts, mut systems) = (Vec::new(), Vec::new());
    for tie in &deck.ties {
        let [slave, master] = &tie.facets;
        refuse_polygons(deck, tie)?;
        let spec = TieSpec {
            name: tie.name.clone(),
            bodies: ["slave".into(), "master".into()],
            surfaces: [slave, master],
        };
        let mut settings = TieSettings::default();
        if let Some(tolerance) = tie.tolerance {
            settings.max_gap = tolerance;
        }
        let built = build_tie(&spec, mesh, materials, &settings);
        let built = built.map_err(|e| deck.texts.refuse(tie.spot, e.to_string()))?;
        if tie.tolerance.is_none() {
            refuse_loose(deck, tie.spot, mesh, &spec, &built)?;
        }
        accounts.push(TieAccount {
            name: built.name.clone(),
            area: built.area,
            untied_area: built.untied_area,
            largest_gap: built.largest_gap(),
            deepest_overlap: built.deepest_overlap(),
            gap_error: built.gap_error,
            cautions: built.cautions(),
        });
        systems.extend(built.systems);
    }
    Ok((accounts, systems))
}

/// Refuses faces of hexahedra and wedges: a tie cuts triangles.
fn refuse_polygons(deck: &Deck, tie: &DeckTie) -> Result<(), DeckError> {
    let of = |facet: &Facet| deck.elements.blocks.kind(facet.element as usize);
    let mut facets = tie.facets.iter().flatten();
    let Some(other) = facets.find(|f| !of(f).is_tetrahedron()) else {
        return Ok(());
    };
    let error = deck.texts.refuse(
        tie.spot,
        format!(
            "tie {} binds the face S{} of {} element {}; ties bind faces of tetrahedra",
            tie.name,
            other.face + 1,
            of(other).reference().deck_type,
            deck.elements.labels[other.element as usize]
        ),
    );
    Err(error
        .with_help("mesh the two parts with common nodes, or with tetrahedra where they are tied"))
}

/// Refuses a tie of default tolerance that leaves out more than a hundredth of what lies
/// opposite the master: whoever wrote it expects the whole face to be bound.
fn refuse_loose(
    deck: &Deck,
    spot: Spot,
    mesh: &TetMesh,
    spec: &TieSpec,
    built: &Tie,
) -> Result<(), DeckError> {
    if built.untied_share() <= WORTH_SAYING {
        return Ok(());
    }
    let (facing, away) = facing_area(spec, mesh, &built.settings);
    let tied = built.area - built.untied_area;
    if tied >= (1.0 - WORTH_SAYING) * facing {
        return Ok(());
    }
    let help = format!(
        "the largest distance is {away:.4}: POSITION TOLERANCE says how far a tie may reach, the \
         gap is then filled by the material of either side"
    );
    Err(deck.texts.refuse(spot, format!(
        "tie {} binds {tied:.4} of the {facing:.4} (area) of its slave face that lie opposite \
         the master: the rest is further than {} away",
        built.name, built.settings.max_gap
    )).with_help(help))
}
