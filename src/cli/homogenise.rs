//! `endplate homogenise`: the effective stiffness of a lattice's unit cell.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use endplate::homogenise::{HomogeniseError, Settings};
use endplate::homogenise::{MeshKind, Request, Solid, UnitCell};
use endplate::lattice::{Cell, GivenSizes, sizes};
use endplate::material::library::library_material;
use endplate::report::picture::modulus;
use endplate::solver::choice::Method;
use endplate::source::{Source, SourceFlag};

use super::ending::{CommandError, DONE};
use super::options::{method_parser, on_threads};
use super::output::{CELL, OutputDirectory, pretty, print_result};
use super::progress::progress;
use super::table::Table;

/// Options of `endplate homogenise`.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct HomogeniseOptions {
    /// Unit cell: rhombic-dodecahedron, diamond, bcc, octet, kelvin, simple-cubic or gyroid
    pub cell: String,
    /// Porosity, per cent
    #[arg(
        long,
        visible_alias = "porosity-percent",
        value_name = "%",
        group = "density"
    )]
    pub porosity: Option<f64>,
    /// Solid share of the volume, 0 to 1
    #[arg(long, value_name = "SHARE", group = "density")]
    pub relative_density: Option<f64>,
    /// Strut diameter (thickness of a gyroid's wall), mm, with the cell's side in place of a density
    #[arg(long, visible_alias = "wall-mm", value_name = "MM", group = "density")]
    #[arg(requires = "cell_mm")]
    pub strut_mm: Option<f64>,
    /// Side of the cubic cell, mm
    #[arg(long, value_name = "MM", requires = "strut_mm")]
    pub cell_mm: Option<f64>,
    /// Solid of the program's library
    #[arg(long, value_name = "MATERIAL", default_value = "tantalum")]
    pub solid: String,
    /// Young's modulus of the solid, MPa, in place of the library's
    #[arg(
        long,
        value_name = "MPA",
        requires = "poisson_ratio",
        conflicts_with = "solid"
    )]
    pub youngs_modulus_mpa: Option<f64>,
    /// Poisson ratio of the solid
    #[arg(long, value_name = "RATIO", requires = "youngs_modulus_mpa")]
    pub poisson_ratio: Option<f64>,
    /// Elements: quadratic tetrahedra on the surface, or voxels
    #[arg(long, value_enum, default_value = "tet")]
    pub mesh: MeshOption,
    /// Elements along the cell's side on the finest mesh, even; chosen by the struts unless given
    #[arg(long, value_name = "N")]
    pub resolution: Option<usize>,
    /// Directory for cell.json, modulus.svg and modulus.png
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print cell.json instead of tables
    #[arg(long)]
    pub json: bool,
    /// Threads to use; all cores unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How the equations are solved
    #[arg(long, value_parser = method_parser(), default_value = "auto")]
    pub solver: Method,
    /// Write into DIR even where it holds something else than a unit cell
    #[arg(long)]
    pub force: bool,
    /// Print no progress
    #[arg(long)]
    pub quiet: bool,
}

/// Elements that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MeshOption {
    /// Quadratic tetrahedra that follow the surface
    Tet,
    /// Cubes, in or out by their centre
    Voxel,
}

/// Homogenises a unit cell, prints its constants and leaves its files.
///
/// # Errors
/// Bad input, or a failure of the method.
pub fn homogenise(options: &HomogeniseOptions) -> Result<u8, CommandError> {
    on_threads(options.threads.map(usize::from), || {
        homogenise_here(options)
    })
}

fn homogenise_here(options: &HomogeniseOptions) -> Result<u8, CommandError> {
    let request = request(options)?;
    let name = Path::new(request.cell.name());
    let prepare = |dir: &PathBuf| OutputDirectory::prepare_for(CELL, dir, name, options.force);
    let output = options.out.as_ref().map(prepare).transpose()?;
    let progress = progress(options.quiet);
    let cell = UnitCell::homogenise(request, progress.as_ref()).map_err(refused)?;
    drop(progress);
    let json = pretty(&cell.record());
    if let Some(output) = output {
        write(&output, &cell, &json)?;
        output.publish()?;
    }
    if options.json {
        print_result(&json)?;
        return Ok(DONE);
    }
    print_result(&text(&cell))?;
    if let Some(dir) = &options.out {
        print_result(&format!("\nfiles in {}\n", dir.display()))?;
    }
    Ok(DONE)
}

fn request(options: &HomogeniseOptions) -> Result<Request, CommandError> {
    let cell = Cell::from_name(&options.cell)?;
    Ok(Request {
        cell,
        relative_density: density(cell, options)?,
        solid: solid(options)?,
        mesh: match options.mesh {
            MeshOption::Tet => MeshKind::Tetrahedra,
            MeshOption::Voxel => MeshKind::Voxels,
        },
        resolution: options.resolution,
        settings: Settings {
            method: options.solver,
            ..Settings::default()
        },
    })
}

fn density(cell: Cell, options: &HomogeniseOptions) -> Result<f64, CommandError> {
    if let Some(porosity) = options.porosity {
        return Ok(1.0 - 0.01 * porosity);
    }
    if let Some(density) = options.relative_density {
        return Ok(density);
    }
    let given = GivenSizes {
        strut_mm: options.strut_mm,
        cell_mm: options.cell_mm,
        ..GivenSizes::default()
    };
    let help = "give --porosity, --relative-density, or --strut-mm and --cell-mm";
    if given == GivenSizes::default() {
        return Err(CommandError::input("no density is given", help));
    }
    let found = sizes(cell, &given).map_err(|e| CommandError::input(e.to_string(), help))?;
    Ok(found.relative_density)
}

fn solid(options: &HomogeniseOptions) -> Result<Solid, CommandError> {
    if let (Some(youngs_modulus), Some(poisson_ratio)) =
        (options.youngs_modulus_mpa, options.poisson_ratio)
    {
        return Ok(Solid {
            name: "solid as given".to_owned(),
            youngs_modulus,
            poisson_ratio,
            source: Source {
                citation: "given on the command line".to_owned(),
                flag: SourceFlag::CaseFile,
            },
        });
    }
    let material = library_material(&options.solid).map_err(|e| {
        let help = "or give --youngs-modulus-mpa and --poisson-ratio";
        CommandError::input(e.to_string(), help)
    })?;
    Ok(Solid {
        name: material.id.to_owned(),
        youngs_modulus: material.youngs_modulus,
        poisson_ratio: material.poisson_ratio,
        source: material.source(),
    })
}

fn refused(error: HomogeniseError) -> CommandError {
    let help = match &error {
        HomogeniseError::TooCoarse { needed, .. } => Some(format!(
            "give --resolution {needed} or more, or leave it out"
        )),
        HomogeniseError::TooLarge { .. } => Some("give a smaller --resolution".to_owned()),
        HomogeniseError::Pieces { .. } | HomogeniseError::Empty => {
            Some("give a larger --resolution".to_owned())
        }
        _ => None,
    };
    CommandError::Homogenise { error, help }
}

fn write(output: &OutputDirectory, cell: &UnitCell, json: &str) -> Result<(), CommandError> {
    let request = &cell.request;
    let mut title = format!(
        "{} of {}, porosity {:.2} %: ideal cell",
        request.cell.name(),
        request.solid.name,
        100.0 * (1.0 - request.relative_density)
    );
    let modulus = digits(cell.estimate.constants.along[0]);
    title.push_str(&match &cell.estimate.bar {
        Some(bar) => {
            let [low, high] = bar.along[0].map(digits);
            format!(", E [100] {modulus} MPa ({low} to {high})")
        }
        None => format!(", E [100] {modulus} MPa (error not known)"),
    });
    let picture = modulus::draw(&cell.estimate.stiffness, &title).map_err(|e| {
        CommandError::input(e.to_string(), "name another directory with `--out DIR`")
    })?;
    output.write("modulus.png", &picture.png)?;
    output.write("modulus.svg", &picture.svg)?;
    output.write(CELL.file, json)
}

/// The result for a terminal.
fn text(cell: &UnitCell) -> String {
    let request = &cell.request;
    let solid = &request.solid;
    let what = if request.cell.is_wall() {
        "wall thickness"
    } else {
        "strut diameter"
    };
    let mut text = format!(
        "{} of {}: relative density {:.4} (porosity {:.2} %), {what} {:.4} of the cell's side\n\
         solid: {:.0} MPa, Poisson ratio {} ({})\n\n",
        request.cell.name(),
        solid.name,
        request.relative_density,
        100.0 * (1.0 - request.relative_density),
        2.0 * cell.radius,
        solid.youngs_modulus,
        solid.poisson_ratio,
        match solid.source.flag {
            SourceFlag::CaseFile => solid.source.citation.clone(),
            flag => format!("{}; {}", solid.source.citation, flag.words()),
        },
    );
    text.push_str("Effective stiffness of the ideal cell, MPa (its cube's edges along x, y, z)\n");
    text.push_str(&stiffness(cell));
    text.push_str(&format!("  basis: {} (derived)", cell.basis()));
    let off = cell.levels.last().map_or(0.0, |l| l.constants.off_cubic);
    text.push_str(&format!(
        "; made cubic, from which the finest mesh is off by {off:.1e} of C11\n\n"
    ));
    text.push_str("Constants\n");
    text.push_str(&constants(cell));
    text.push_str("\nMeshes\n");
    text.push_str(&meshes(cell));
    text.push_str("\nAs printed\n");
    text.push_str(&printed(cell));
    text
}

fn stiffness(cell: &UnitCell) -> String {
    let names = ["xx", "yy", "zz", "xy", "yz", "zx"];
    let mut table = Table::new(&["", "xx", "yy", "zz", "xy", "yz", "zx"]);
    for (i, name) in names.iter().enumerate() {
        let row = (0..6).map(|j| {
            let value = cell.estimate.stiffness.0[(i, j)];
            match value {
                0.0 => "0".to_owned(),
                _ => digits(value),
            }
        });
        table.row([(*name).to_owned()].into_iter().chain(row));
    }
    table.text()
}

fn constants(cell: &UnitCell) -> String {
    let c = &cell.estimate.constants;
    let bar = cell.estimate.bar.as_ref();
    let solid = cell.request.solid.youngs_modulus;
    let shear = c.shear_modulus.iter().sum::<f64>() / 3.0;
    let rows = [
        ("E [100]", c.along[0], bar.map(|b| b.along[0])),
        ("E [110]", c.along[1], bar.map(|b| b.along[1])),
        ("E [111]", c.along[2], bar.map(|b| b.along[2])),
        ("shear modulus", shear, bar.map(|b| b.shear_modulus)),
        ("bulk modulus", c.bulk_modulus, bar.map(|b| b.bulk_modulus)),
    ];
    let mut table = Table::new(&["", "MPa", "over the solid's", "bar"]);
    for (name, value, bar) in rows {
        table.row([
            name.to_owned(),
            digits(value),
            format!("{:.5}", value / solid),
            bar.map_or("not known".to_owned(), |[low, high]| {
                format!("{:.5} to {:.5}", low / solid, high / solid)
            }),
        ]);
    }
    let nu = c.poisson_ratio.iter().sum::<f64>() / 3.0;
    format!(
        "{}  Poisson ratio {nu:.4}, Zener ratio {:.3}\n",
        table.text(),
        c.zener
    )
}

fn meshes(cell: &UnitCell) -> String {
    let solid = cell.request.solid.youngs_modulus;
    let table = Table::by_column(
        &cell.levels,
        &[
            ("along side", &|l| l.resolution.to_string()),
            ("dofs", &|l| l.effective.dofs.to_string()),
            ("elements", &|l| l.effective.elements.to_string()),
            ("density", &|l| {
                format!("{:.5}", l.effective.relative_density)
            }),
            ("min dihedral", &|l| {
                let angle = l.smallest_dihedral_deg;
                angle.map_or("-".to_owned(), |a| format!("{a:.1}°"))
            }),
            ("E[100]/Es", &|l| {
                format!("{:.6}", l.constants.along[0] / solid)
            }),
            ("solver", &|l| l.effective.solved.method.to_owned()),
            ("iterations", &|l| l.effective.solved.iterations.to_string()),
            ("residual", &|l| {
                format!("{:.0e}", l.effective.solved.true_residual)
            }),
            ("s", &|l| format!("{:.1}", l.effective.solved.seconds)),
        ],
    );
    let mut text = table.text();
    for level in cell.levels.iter().filter(|l| l.effective.solved.fell_back) {
        let (n, solved) = (level.resolution, &level.effective.solved);
        text.push_str(&format!("  {n} along side: {}\n", solved.reason));
    }
    text.push_str(&approach(cell));
    text
}

/// What the meshes say of the limit.
fn approach(cell: &UnitCell) -> String {
    let estimate = &cell.estimate;
    let (Some(finest), Some(approach)) = (cell.levels.last(), estimate.approach) else {
        return "  fewer than three meshes: not extrapolated\n".to_owned();
    };
    let observed = match approach.observed {
        Some(rate) => format!("observed rate {rate:.2}"),
        None => "no rate observed".to_owned(),
    };
    let scatter = 100.0 * estimate.scatter;
    let off = 100.0 * (finest.constants.along[0] / estimate.constants.along[0] - 1.0);
    match approach.asymptotic {
        true => format!(
            "  {observed}, a mesh's scatter {scatter:.2} %: asymptotic; the finest mesh is {off:+.1} % off \
             the estimate\n"
        ),
        false => format!(
            "  {observed}, a mesh's scatter {scatter:.2} %: no asymptotic rate, not extrapolated\n"
        ),
    }
}

fn printed(cell: &UnitCell) -> String {
    let Some(printed) = &cell.printed else {
        let reason = if cell.request.cell == Cell::RhombicDodecahedron {
            "this density lies outside Chen 2025's samples (0.1198 to 0.5446)"
        } else {
            "no samples of this cell are known to the program"
        };
        return format!(
            "  {reason}: a knock-down is to be measured; an ideal cell is never a design modulus\n"
        );
    };
    let mut text = format!(
        "  knock-down {:.3}: Chen 2025's power law at this density over the ideal cell, both over \
         their solid's modulus\n",
        printed.knock_down
    );
    if let Some((letter, factor)) = printed.sample {
        text.push_str(&format!(
            "  knock-down {factor:.3}: sample {letter} alone, which has this density\n"
        ));
    }
    text.push_str(&format!(
        "  source: {} ({})\n",
        printed.source.citation,
        printed.source.flag.words()
    ));
    text
}

/// Five significant digits.
fn digits(value: f64) -> String {
    let magnitude = value.abs().log10().floor();
    let decimals = (4.0 - magnitude).clamp(0.0, 9.0) as usize;
    format!("{value:.decimals$}")
}
