//! Sizes of a printed lattice: any two that settle it give all the others.
//!
//! With s the strut's radius (half the wall's thickness) over the cell's side M, the strut is
//! 2sM, the pore body (k_b − 2s)M, the window (k_w − 2s)M and the porosity 1 − ρ(s), so that a
//! size and the porosity, or two sizes, settle s and M. For the rhombic dodecahedron these are
//! equations (1) to (3) of Chen et al. 2025. Must not know metals or printers.

use super::cell::Cell;
use super::overlap::Shape;
use super::{Disagreement, LatticeError};

/// A given length may be off the others by this part of itself: prints are rounded.
const LENGTH_SLACK: f64 = 0.005;
/// A given porosity may be off the others by this share of the volume.
const POROSITY_SLACK: f64 = 1e-3;

/// The sizes that are given; any two settle the rest where one is a length.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GivenSizes {
    /// Strut diameter or wall thickness, mm.
    pub strut_mm: Option<f64>,
    /// Side of the cubic cell, mm.
    pub cell_mm: Option<f64>,
    /// Solid over whole volume.
    pub relative_density: Option<f64>,
    /// Diameter of the largest sphere in a pore, mm.
    pub pore_body_mm: Option<f64>,
    /// Diameter of the largest sphere that passes between pores, mm.
    pub pore_window_mm: Option<f64>,
}

/// Everything about a lattice's sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Unit cell.
    pub cell: Cell,
    /// Strut diameter or wall thickness, mm.
    pub strut_mm: f64,
    /// Side of the cubic cell, mm.
    pub cell_mm: f64,
    /// Length of a strut between nodes, mm; `None` for a wall.
    pub strut_length_mm: Option<f64>,
    /// Diameter of the largest sphere in a pore, mm.
    pub pore_body_mm: f64,
    /// Diameter of the largest sphere that passes between pores, mm.
    pub pore_window_mm: f64,
    /// Solid over whole volume.
    pub relative_density: f64,
    /// Surface over whole volume, mm²/mm³.
    pub surface_per_volume: f64,
    /// Strut length over diameter; `None` for a wall.
    pub slenderness: Option<f64>,
}

/// One given size and how it stands to the two unknowns.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    name: &'static str,
    value: f64,
    what: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// A length of (constant + slope · s) M.
    Length { constant: f64, slope: f64 },
    /// The relative density, which people name by the porosity.
    Density,
}

impl Known {
    fn text(&self) -> String {
        match self.what {
            Kind::Length { .. } => format!("{} of {} mm", self.name, brief(self.value)),
            Kind::Density => format!("{} of {} %", self.name, brief(percent(self.value))),
        }
    }
}

/// Five significant digits, without the zeros at the end.
pub(super) fn brief(value: f64) -> String {
    let rounded: f64 = format!("{value:.4e}").parse().unwrap_or(value);
    format!("{rounded}")
}

/// Porosity, per cent, as messages print it: 73.92 and not 73.92000000000002.
fn percent(relative_density: f64) -> f64 {
    (1e11 * (1.0 - relative_density)).round() / 1e9
}

/// All sizes of a lattice from those given.
///
/// # Errors
/// Too few sizes, one that is not positive, two that contradict each other, windows that close, a
/// density beyond the closed form.
pub fn sizes(cell: Cell, given: &GivenSizes) -> Result<Sizes, LatticeError> {
    let shape = Shape::of(cell);
    let known = known(cell, &shape, given)?;
    let (first, second) = pair(&known)?;
    let (s, side) = settle(cell, &shape, &first, &second)?;
    let sizes = at(cell, s, side);
    for other in known {
        let derived = match other.what {
            Kind::Length { constant, slope } => (constant + slope * s) * side,
            Kind::Density => sizes.relative_density,
        };
        let slack = match other.what {
            Kind::Length { .. } => LENGTH_SLACK * derived.max(other.value),
            Kind::Density => POROSITY_SLACK,
        };
        if (other.value - derived).abs() > slack {
            return Err(LatticeError::SizesDisagree(Box::new(Disagreement {
                first: first.text(),
                second: second.text(),
                derived: Known {
                    value: derived,
                    ..other
                }
                .text(),
                given: other.text(),
                apart: match other.what {
                    Kind::Length { .. } => format!("{} mm", brief((other.value - derived).abs())),
                    Kind::Density => {
                        format!("{:.2} points", 100.0 * (other.value - derived).abs())
                    }
                },
            })));
        }
    }
    Ok(sizes)
}

/// Sizes of a cell of side M, mm, at a radius over the side that the closed form covers.
fn at(cell: Cell, s: f64, side: f64) -> Sizes {
    let shape = Shape::of(cell);
    let relative_density = shape.density(s);
    let length = cell.strut_length();
    Sizes {
        cell,
        strut_mm: 2.0 * s * side,
        cell_mm: side,
        strut_length_mm: length.map(|l| l * side),
        pore_body_mm: (shape.body - 2.0 * s) * side,
        pore_window_mm: (shape.window - 2.0 * s) * side,
        relative_density,
        surface_per_volume: shape.surface(s) / side,
        slenderness: length.map(|l| l / (2.0 * s)),
    }
}

/// The given sizes, each checked alone.
fn known(cell: Cell, shape: &Shape, given: &GivenSizes) -> Result<Vec<Known>, LatticeError> {
    let strut = if cell.is_wall() { "wall" } else { "strut" };
    let length = |constant, slope| Kind::Length { constant, slope };
    let rows = [
        (strut, given.strut_mm, length(0.0, 2.0)),
        ("cell size", given.cell_mm, length(1.0, 0.0)),
        ("porosity", given.relative_density, Kind::Density),
        ("pore body", given.pore_body_mm, length(shape.body, -2.0)),
        (
            "pore window",
            given.pore_window_mm,
            length(shape.window, -2.0),
        ),
    ];
    let mut known = Vec::new();
    for (name, value, what) in rows {
        let Some(value) = value else { continue };
        let below = match what {
            Kind::Length { .. } => f64::INFINITY,
            Kind::Density => 1.0,
        };
        if !(value > 0.0 && value < below) {
            let (value, expected) = match what {
                Kind::Length { .. } => (value, "a positive length in mm"),
                Kind::Density => (percent(value), "per cent between 0 and 100"),
            };
            return Err(LatticeError::BadSize {
                name,
                value,
                expected,
            });
        }
        known.push(Known { name, value, what });
    }
    Ok(known)
}

/// The first two of the given sizes.
fn pair(known: &[Known]) -> Result<(Known, Known), LatticeError> {
    match known {
        [first, second, ..] => Ok((*first, *second)),
        [one] => Err(LatticeError::TooFewSizes {
            given: format!("only a {}", one.text()),
        }),
        [] => Err(LatticeError::TooFewSizes {
            given: "nothing".to_owned(),
        }),
    }
}

/// s and M from two sizes.
fn settle(
    cell: Cell,
    shape: &Shape,
    first: &Known,
    second: &Known,
) -> Result<(f64, f64), LatticeError> {
    let contradiction = || LatticeError::SizesImpossible {
        first: first.text(),
        second: second.text(),
        cell: cell.name(),
    };
    let (s, constant, slope, length) = match (first.what, second.what) {
        (
            Kind::Length {
                constant: k1,
                slope: m1,
            },
            Kind::Length {
                constant: k2,
                slope: m2,
            },
        ) => {
            let s = (second.value * k1 - first.value * k2) / (first.value * m2 - second.value * m1);
            // A cell size alone fixes M; otherwise the sum of both lengths does.
            (s, k1 + k2, m1 + m2, first.value + second.value)
        }
        (Kind::Length { constant, slope }, Kind::Density) => (
            radius(cell, shape, second.value)?,
            constant,
            slope,
            first.value,
        ),
        (Kind::Density, Kind::Length { constant, slope }) => (
            radius(cell, shape, first.value)?,
            constant,
            slope,
            second.value,
        ),
        (Kind::Density, Kind::Density) => return Err(contradiction()),
    };
    let side = length / (constant + slope * s);
    if !(s > 0.0 && s.is_finite() && side > 0.0 && side.is_finite()) {
        return Err(contradiction());
    }
    covered(cell, shape, s, side)?;
    Ok((s, side))
}

/// Refuses struts that close the windows and those beyond the closed form.
fn covered(cell: Cell, shape: &Shape, s: f64, side: f64) -> Result<(), LatticeError> {
    let strut = 2.0 * s * side;
    if 2.0 * s >= shape.window {
        return Err(LatticeError::WindowsClosed {
            cell: cell.name(),
            strut,
            side,
            opening: shape.window * side,
        });
    }
    if s > shape.largest {
        return Err(LatticeError::BeyondClosedForm {
            cell: cell.name(),
            strut,
            side,
            largest: 2.0 * shape.largest * side,
            porosity: 100.0 * (1.0 - shape.density(shape.largest)),
        });
    }
    Ok(())
}

/// The radius over the side at a relative density.
fn radius(cell: Cell, shape: &Shape, relative_density: f64) -> Result<f64, LatticeError> {
    let lowest = 100.0 * (1.0 - shape.density(shape.largest));
    shape
        .radius_of_density(relative_density)
        .ok_or(LatticeError::PorosityOutsideCell {
            cell: cell.name(),
            porosity_percent: percent(relative_density),
            lowest,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(rows: &[(&str, f64)]) -> GivenSizes {
        let mut sizes = GivenSizes::default();
        for &(name, value) in rows {
            if name == "porosity" {
                sizes.relative_density = Some(1.0 - value / 100.0);
                continue;
            }
            let slot = match name {
                "strut" => &mut sizes.strut_mm,
                "cell" => &mut sizes.cell_mm,
                "body" => &mut sizes.pore_body_mm,
                "window" => &mut sizes.pore_window_mm,
                _ => unreachable!("{name}"),
            };
            *slot = Some(value);
        }
        sizes
    }

    fn refused(cell: Cell, rows: &[(&str, f64)]) -> String {
        sizes(cell, &given(rows)).unwrap_err().to_string()
    }

    #[test]
    fn the_tantalum_samples_have_the_sizes_of_the_reference_table() {
        // Equation (1) of Chen et al. 2025 inverted by another program for their porosities, with
        // cells of 1 mm: strut, window, body, slenderness.
        let table = [
            (45.54, [0.2853, 0.1229, 0.5312, 1.52]),
            (73.92, [0.1775, 0.2307, 0.6390, 2.44]),
            (83.29, [0.1373, 0.2710, 0.6792, 3.15]),
            (86.94, [0.1196, 0.2886, 0.6969, 3.62]),
            (88.02, [0.1141, 0.2942, 0.7024, 3.80]),
        ];
        for (porosity, expected) in table {
            let rows = given(&[("porosity", porosity), ("cell", 1.0)]);
            let found = sizes(Cell::RhombicDodecahedron, &rows).unwrap();
            let own = [found.strut_mm, found.pore_window_mm, found.pore_body_mm];
            for (own, expected) in own.iter().zip(expected) {
                assert!((own - expected).abs() <= 0.5001e-4, "{porosity}: {own}");
            }
            // The reference divides rounded numbers.
            assert!((found.slenderness.unwrap() - expected[3]).abs() < 0.0055);
        }
    }

    #[test]
    fn any_two_sizes_give_all_the_others_for_every_cell() {
        for cell in Cell::ALL {
            let whole = at(cell, 0.4 * Shape::of(cell).largest, 1.7);
            let all = [
                ("strut", whole.strut_mm),
                ("cell", whole.cell_mm),
                ("porosity", 100.0 * (1.0 - whole.relative_density)),
                ("body", whole.pore_body_mm),
                ("window", whole.pore_window_mm),
            ];
            for i in 0..5 {
                for j in 0..i {
                    let found = sizes(cell, &given(&[all[i], all[j]])).unwrap();
                    for (own, expected) in [
                        (found.strut_mm, whole.strut_mm),
                        (found.cell_mm, whole.cell_mm),
                        (found.relative_density, whole.relative_density),
                        (found.surface_per_volume, whole.surface_per_volume),
                    ] {
                        let name = cell.name();
                        assert!((own / expected - 1.0).abs() < 1e-11, "{name} {i} {j}");
                    }
                }
            }
            assert!(sizes(cell, &given(&all)).is_ok());
        }
    }

    #[test]
    fn the_porosity_is_the_corrected_equation_of_body_and_strut() {
        // Equations (1) to (3) with x = D/(H + D): 1 − (4√3π/3) x² + 8 x³; with the window w in
        // place of H, 1 − (√3π/3) x² + x³.
        let root = 3f64.sqrt() * std::f64::consts::PI / 3.0;
        for strut in [0.1, 0.2, 0.35, 0.5] {
            let rows = given(&[("strut", strut), ("cell", 1.5)]);
            let found = sizes(Cell::RhombicDodecahedron, &rows).unwrap();
            let x = strut / (found.pore_body_mm + strut);
            let body = 1.0 - 4.0 * root * x * x + 8.0 * x.powi(3);
            let w = strut / (found.pore_window_mm + strut);
            let window = 1.0 - root * w * w + w.powi(3);
            let own = 1.0 - found.relative_density;
            assert!(
                (body - own).abs() < 1e-12 && (window - own).abs() < 1e-12,
                "{strut}"
            );
        }
    }

    #[test]
    fn sizes_that_contradict_each_other_are_named_with_the_difference() {
        let cell = Cell::RhombicDodecahedron;
        let rows = [("strut", 0.3), ("cell", 1.5), ("porosity", 75.0)];
        let message = refused(cell, &rows);
        for word in [
            "strut of 0.3 mm",
            "cell size of 1.5 mm",
            "68.226",
            "75 %",
            "6.77 points",
        ] {
            assert!(message.contains(word), "{message}");
        }
        // What is printed, rounded, is taken back.
        let rows = [
            ("strut", 0.3),
            ("cell", 1.5),
            ("porosity", 68.2),
            ("body", 0.925),
        ];
        assert!(sizes(cell, &given(&rows)).is_ok());
        assert!(refused(cell, &[("body", 1.0), ("window", 1.2)]).contains("contradict"));
        assert!(refused(cell, &[("cell", 1.0), ("body", 1.2)]).contains("contradict"));
    }

    #[test]
    fn closed_windows_and_densities_beyond_the_closed_form_are_refused() {
        let closed = refused(Cell::RhombicDodecahedron, &[("strut", 0.5), ("cell", 1.0)]);
        assert!(
            closed.contains("windows") && closed.contains("0.4082"),
            "{closed}"
        );
        let thick = refused(Cell::Kelvin, &[("strut", 0.4), ("cell", 1.0)]);
        assert!(
            thick.contains("closed form") && thick.contains("0.3536"),
            "{thick}"
        );
        let dense = refused(Cell::Diamond, &[("porosity", 30.0), ("cell", 1.0)]);
        assert!(dense.contains("37.75 %"), "{dense}");
    }

    #[test]
    fn too_few_sizes_and_impossible_ones_are_refused() {
        let cell = Cell::Bcc;
        assert!(refused(cell, &[]).contains("nothing"));
        assert!(refused(cell, &[("porosity", 70.0)]).contains("only a porosity of 70 %"));
        for (name, value) in [
            ("strut", 0.0),
            ("cell", -1.0),
            ("body", f64::NAN),
            ("strut", f64::INFINITY),
            ("porosity", 100.0),
        ] {
            let message = refused(cell, &[(name, value), ("window", 0.3)]);
            assert!(message.contains("is not"), "{name} {value}: {message}");
        }
    }

    #[test]
    fn the_surface_is_the_rate_of_the_solids_volume() {
        // A single cylinder has 2/r of its volume; crossings take some away.
        let rows = given(&[("strut", 0.002), ("cell", 2.0)]);
        for cell in [Cell::RhombicDodecahedron, Cell::Octet, Cell::SimpleCubic] {
            let thin = sizes(cell, &rows).unwrap();
            let tube = thin.relative_density * 2.0 / 0.001;
            assert!(
                (thin.surface_per_volume / tube - 1.0).abs() < 5e-3,
                "{}",
                cell.name()
            );
        }
        // A thin wall has two sides of the minimal surface's area, 3.0916 a cell of side 1.
        let wall = sizes(Cell::Gyroid, &rows).unwrap();
        assert!((wall.surface_per_volume - 2.0 * 3.0916 / 2.0).abs() < 1e-3);
    }
}
