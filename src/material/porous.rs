//! Porous metal in its implant: what the case says of its porosity, and the porosity at a point.

use std::path::Path;

use super::MaterialError;
use super::field::quadrature_points;
use super::porosity::{GradedMetal, Grid, Profile, density};
use super::porosity_csv::parse;
use crate::case::{
    Along, Case, CaseError, CaseFault, GridFrame, Implant, KeptSize, Lattice, Porosity,
    PorosityFile,
};
use crate::geometry::implant::{Cage, EndHeights};
use crate::lattice::{GivenSizes, LatticeError, Sizes, sizes};
use crate::mesh::Mesh;
use crate::source::Source;
use crate::tensor::Point;

/// A porous metal.
#[derive(Debug, Clone, PartialEq)]
pub struct Porous {
    /// Its law, over the porosities it has.
    pub metal: GradedMetal,
    /// How its porosity runs.
    pub shape: PorosityShape,
    /// The lattice it is printed as.
    pub lattice: Option<Lattice>,
}

/// How porosity runs.
#[derive(Debug, Clone, PartialEq)]
pub enum PorosityShape {
    /// The same everywhere, per cent.
    Uniform(f64),
    /// Along a coordinate of the implant.
    Profile(Along, Profile),
    /// On a grid, from a file.
    Grid(PorosityFile, Grid),
}

impl PorosityShape {
    /// What the case says, its file read. A file is looked for beside the case, then in `files`.
    ///
    /// # Errors
    /// A grid that is missing or wrong, at its key.
    pub fn read(case: &Case, porosity: &Porosity, files: Option<&Path>) -> Result<Self, CaseError> {
        Ok(match porosity {
            Porosity::Uniform(density) => Self::Uniform(100.0 * (1.0 - density)),
            Porosity::Profile(given) => Self::Profile(
                given.along,
                Profile {
                    points: given.points_mm.clone(),
                    percent: given.percent.clone(),
                },
            ),
            Porosity::Grid(file) => Self::Grid(file.clone(), read_grid(case, file, files)?),
        })
    }

    /// The coordinate that its curve runs along: a profile's own, the height otherwise.
    pub fn along(&self) -> Along {
        match self {
            Self::Profile(along, _) => *along,
            Self::Uniform(_) | Self::Grid(..) => Along::Height,
        }
    }

    /// Whether it changes from place to place.
    pub fn is_graded(&self) -> bool {
        !matches!(self, Self::Uniform(_))
    }

    /// Lowest and highest porosity, per cent.
    pub fn percent_range(&self) -> [f64; 2] {
        let values = match self {
            Self::Uniform(percent) => std::slice::from_ref(percent),
            Self::Profile(_, profile) => profile.percent.as_slice(),
            Self::Grid(_, grid) => grid.percent.as_slice(),
        };
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        [
            low,
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        ]
    }

    /// How it runs, in words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Uniform(percent) => format!("{percent} % everywhere"),
            Self::Profile(along, _) => format!("by {}", along.sentence()),
            Self::Grid(file, grid) => {
                let size = grid.axes.each_ref().map(|a| a.len().to_string());
                format!(
                    "from {}, {} nodes in {}",
                    file.file,
                    size.join(" x "),
                    file.frame.sentence()
                )
            }
        }
    }

    /// Where its numbers come from.
    pub fn source(&self) -> Source {
        Source::case_file(match self {
            Self::Uniform(_) | Self::Profile(..) => "given in the case".to_owned(),
            Self::Grid(file, _) => format!("given in {}", file.file),
        })
    }
}

fn read_grid(case: &Case, file: &PorosityFile, files: Option<&Path>) -> Result<Grid, CaseError> {
    let path = case.find_porosity(file, files)?;
    let wrong = |reason: String| {
        let fault = CaseFault::File {
            path: path.clone(),
            reason,
            looked_in: Vec::new(),
        };
        case.places.error(&file.key, fault)
    };
    let bytes = crate::input::read(&path).map_err(|e| wrong(format!("cannot be read: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|e| wrong(format!("is not UTF-8 text: {e}")))?;
    let help = "one row a node of a grid of boxes: x_mm,y_mm,z_mm,porosity_percent; a law is not \
                extrapolated beyond its samples";
    parse(&text, &file.percent_range).map_err(|e| wrong(e.to_string()).with_help(help))
}

/// Sizes of a lattice at one porosity, per cent.
///
/// # Errors
/// No lattice has that porosity with the size that is kept.
pub fn sizes_at(lattice: &Lattice, percent: f64) -> Result<Sizes, LatticeError> {
    let (cell_mm, strut_mm) = match lattice.kept {
        KeptSize::Cell(side) => (Some(side), None),
        KeptSize::Strut(strut) => (None, Some(strut)),
    };
    let given = GivenSizes {
        strut_mm,
        cell_mm,
        relative_density: Some(density(percent)),
        ..GivenSizes::default()
    };
    sizes(lattice.cell, &given)
}

/// Refuses a lattice whose windows close at the lowest or that has no sizes at the highest
/// porosity.
///
/// # Errors
/// At the key of the lattice.
pub fn check_lattice(case: &Case, lattice: &Lattice, percent: [f64; 2]) -> Result<(), CaseError> {
    for porosity in percent {
        if let Err(e) = sizes_at(lattice, porosity) {
            let reason = format!("no lattice can be printed at {porosity:.2} % porosity: {e}");
            let help = "take a cell with larger windows, or a higher porosity";
            let error = case.places.error(&lattice.key, CaseFault::model(reason));
            return Err(error.with_help(help));
        }
    }
    Ok(())
}

/// Why the porosity of an element was not found.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// What the case says does not fit the implant.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The law does not hold there.
    #[error(transparent)]
    Material(#[from] MaterialError),
}

/// The porosity of one material of the implant at any of its points.
pub struct PorositySampler<'a> {
    porous: &'a Porous,
    cage: &'a Cage,
    coordinate: Coordinate,
}

/// What a profile runs along, ready to be asked for.
enum Coordinate {
    Height,
    Radius,
    EndplateDistance(EndHeights),
}

impl<'a> PorositySampler<'a> {
    /// The sampler of a porous metal.
    ///
    /// # Errors
    /// Bones that are not met under a fitted end.
    pub fn of(
        case: &Case,
        (implant, cage): (&Implant, &'a Cage),
        porous: &'a Porous,
    ) -> Result<Self, CaseError> {
        let coordinate = match porous.shape.along() {
            Along::Height => Coordinate::Height,
            Along::Radius => Coordinate::Radius,
            Along::EndplateDistance => {
                let ends = EndHeights::new(cage).map_err(|e| {
                    let fault = CaseFault::model(e.to_string());
                    case.places.error(&implant.key, fault)
                })?;
                Coordinate::EndplateDistance(ends)
            }
        };
        Ok(Self {
            porous,
            cage,
            coordinate,
        })
    }

    /// Porosity at a point, per cent; outside a grid that of the nearest place inside.
    pub fn percent(&self, p: &Point) -> f64 {
        let local = self.cage.to_local(p);
        match &self.porous.shape {
            PorosityShape::Uniform(percent) => *percent,
            PorosityShape::Profile(_, profile) => profile.at(self.along(local)),
            PorosityShape::Grid(file, grid) => grid.at(&in_frame(file.frame, p, local)),
        }
    }

    /// The coordinate that the porosity's curve runs along ([`PorosityShape::along`]), mm, at a place
    /// in the cage's frame.
    pub fn along(&self, local: [f64; 3]) -> f64 {
        match &self.coordinate {
            Coordinate::Height => local[2],
            Coordinate::Radius => local[0].hypot(local[1]),
            Coordinate::EndplateDistance(ends) => ends.distance(local),
        }
    }

    /// Stiffness factors and mean relative density of element `e`, as
    /// [`GradedMetal::sample`] gives them.
    ///
    /// # Errors
    /// A quadrature point outside a grid that is not to be extended.
    pub fn sample(
        &self,
        case: &Case,
        mesh: &Mesh,
        e: usize,
    ) -> Result<([f64; 4], f64), SampleError> {
        if let PorosityShape::Grid(file, grid) = &self.porous.shape
            && !file.nearest_outside
        {
            for p in quadrature_points(mesh, e) {
                let at = in_frame(file.frame, &p, self.cage.to_local(&p));
                if !grid.contains(&at) {
                    return Err(self.outside(case, (file, grid), mesh).into());
                }
            }
        }
        Ok(self.porous.metal.sample(mesh, e, |p| self.percent(p))?)
    }

    /// Says how far the grid and how far the implant reaches.
    fn outside(&self, case: &Case, (file, grid): (&PorosityFile, &Grid), mesh: &Mesh) -> CaseError {
        let mut reach = [[f64::INFINITY, f64::NEG_INFINITY]; 3];
        for p in &mesh.nodes {
            let at = in_frame(file.frame, p, self.cage.to_local(p));
            for (x, [low, high]) in at.iter().zip(&mut reach) {
                (*low, *high) = (low.min(*x), high.max(*x));
            }
        }
        let words = |ranges: [[f64; 2]; 3]| {
            let [x, y, z] = ranges.map(|[low, high]| format!("{low:.2} to {high:.2}"));
            format!("x {x}, y {y}, z {z} mm")
        };
        let fault = CaseFault::File {
            path: file.file.clone().into(),
            reason: format!(
                "the grid spans {}, the implant {}, in {}",
                words(grid.bounds()),
                words(reach),
                file.frame.sentence()
            ),
            looked_in: Vec::new(),
        };
        let help = "let the grid cover the implant, or write `outside = \"nearest\"`";
        case.places.error(&file.key, fault).with_help(help)
    }
}

/// A point in the frame of a grid, mm.
fn in_frame(frame: GridFrame, p: &Point, local: [f64; 3]) -> [f64; 3] {
    match frame {
        GridFrame::Implant => local,
        GridFrame::Program => p.coords.into(),
    }
}
