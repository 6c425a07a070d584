//! Sizes of the printed lattice over the implant: at the places of a regular grid, one unit cell
//! apart, what porosity and the size that is kept make of the others.

use super::porosity::{LATTICE_FILE, LatticePlace, LatticeReport};
use crate::case::{Case, CaseError, CaseFault, KeptSize, Lattice};
use crate::geometry::implant::Cage;
use crate::lattice::LatticeError;
use crate::material::porous::sizes_at;

/// More places than this are not written.
const MOST_PLACES: f64 = 2e6;

/// The frame of the places.
pub const FRAME: &str = "the implant's: origin in the middle of its inferior end, x anterior, y \
                         left, z along its axis, cranial; mm";

/// Refuses, before anything is solved, cells that are too large to have a place in the implant or
/// too small to be listed.
///
/// # Errors
/// At the key of the lattice.
pub fn check_places(
    case: &Case,
    lattice: &Lattice,
    cage: &Cage,
    percents: [f64; 2],
) -> Result<(), CaseError> {
    let spacing = spacing(case, lattice, percents)?;
    let inside = |local: [f64; 3]| cage.field.value(&cage.to_global(local)) < 0.0;
    match places(case, lattice, cage, spacing)?
        .into_iter()
        .any(inside)
    {
        true => Ok(()),
        false => Err(no_place(case, lattice, spacing)),
    }
}

fn at_lattice(case: &Case, lattice: &Lattice, reason: String) -> CaseError {
    let fault = CaseFault::model(reason);
    case.places.error(&lattice.key, fault)
}

/// The smallest cell, mm.
fn spacing(case: &Case, lattice: &Lattice, percents: [f64; 2]) -> Result<f64, CaseError> {
    let [dense, open] = percents.map(|p| sizes_at(lattice, p));
    let key = |e: LatticeError| at_lattice(case, lattice, e.to_string());
    Ok(dense.map_err(key)?.cell_mm.min(open.map_err(key)?.cell_mm))
}

fn no_place(case: &Case, lattice: &Lattice, spacing: f64) -> CaseError {
    let reason = format!("no cell of {spacing:.2} mm has its middle in the implant");
    let help = "take smaller cells or thinner struts";
    at_lattice(case, lattice, reason).with_help(help)
}

/// The table's rows and what they span. `percent` gives the porosity in per cent at a place of
/// the implant's frame, `None` where the material does not reach.
///
/// # Errors
/// More places than can be written.
pub fn report(
    case: &Case,
    ([implant, material], lattice): ([&String; 2], &Lattice),
    cage: &Cage,
    percents: [f64; 2],
    percent: impl Fn([f64; 3]) -> Option<f64>,
) -> Result<LatticeReport, CaseError> {
    let key = |e: LatticeError| at_lattice(case, lattice, e.to_string());
    let spacing = spacing(case, lattice, percents)?;
    let mut rows = Vec::new();
    for place in places(case, lattice, cage, spacing)? {
        let Some(porosity) = percent(place) else {
            continue;
        };
        let found = sizes_at(lattice, porosity).map_err(key)?;
        let [x_mm, y_mm, z_mm] = place;
        rows.push(LatticePlace {
            x_mm,
            y_mm,
            z_mm,
            porosity_percent: porosity,
            relative_density: found.relative_density,
            strut_mm: found.strut_mm,
            cell_mm: found.cell_mm,
            pore_body_mm: found.pore_body_mm,
            pore_window_mm: found.pore_window_mm,
            material: material.clone(),
            implant: implant.clone(),
        });
    }
    let span = |of: fn(&LatticePlace) -> f64| {
        let values = rows.iter().map(of);
        [
            values.clone().fold(f64::INFINITY, f64::min),
            values.fold(f64::NEG_INFINITY, f64::max),
        ]
    };
    if rows.is_empty() {
        return Err(no_place(case, lattice, spacing));
    }
    let (strut_mm, pore_window_mm) = (span(|r| r.strut_mm), span(|r| r.pore_window_mm));
    Ok(LatticeReport {
        cell: lattice.cell.name().to_owned(),
        kept: match lattice.kept {
            KeptSize::Cell(side) => format!("cells of {side} mm"),
            KeptSize::Strut(strut) => format!("struts of {strut} mm"),
        },
        file: LATTICE_FILE.to_owned(),
        places: rows.len(),
        spacing_mm: spacing,
        frame: FRAME.to_owned(),
        cell_mm: span(|r| r.cell_mm),
        strut_mm,
        pore_body_mm: span(|r| r.pore_body_mm),
        pore_window_mm,
        notes: notes(lattice, strut_mm, pore_window_mm),
        rows,
    })
}

/// Middles of the cubes of a grid on the implant's axis that starts at its lowest point.
fn places(
    case: &Case,
    lattice: &Lattice,
    cage: &Cage,
    spacing: f64,
) -> Result<Vec<[f64; 3]>, CaseError> {
    let radius = cage.half_width();
    let [low, high] = cage.reach();
    let half = (radius / spacing).ceil();
    let layers = ((high - low) / spacing).ceil();
    if 4.0 * half * half * layers > MOST_PLACES {
        let reason = format!("cells of {spacing} mm make more than {MOST_PLACES} places");
        let error = at_lattice(case, lattice, reason);
        return Err(error.with_help("take larger cells or thicker struts"));
    }
    let (half, layers) = (half as i32, layers as i32);
    let across = |i: i32| spacing * (f64::from(i) + 0.5);
    let mut places = Vec::new();
    for k in 0..layers {
        for j in -half..half {
            for i in -half..half {
                places.push([across(i), across(j), low + across(k)]);
            }
        }
    }
    Ok(places)
}

fn notes(lattice: &Lattice, strut: [f64; 2], window: [f64; 2]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut below = |what: &str, found: f64, least: Option<f64>, why: &str| {
        if let Some(least) = least.filter(|least| found < *least) {
            notes.push(format!(
                "{what} are {found:.3} mm where they are smallest, less than the {least} mm {why}"
            ));
        }
    };
    let struts = if lattice.cell.is_wall() {
        "Walls"
    } else {
        "Struts"
    };
    below(
        struts,
        strut[0],
        lattice.min_strut_mm,
        "that can be printed",
    );
    let powder = "that let powder out";
    below("Windows", window[0], lattice.min_window_mm, powder);
    notes
}
