//! Bodies from surface files: read, turned into the program's frame, mended, made into fields, and
//! an account kept of what each file was like.
//!
//! A file's faults are told where the file is read and again wherever a body that stands on it
//! cannot be meshed, so that no one looks for them in surfaces the program made itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::case::{BodyId, Case, CaseError, CaseFault, DiscShape, SurfaceFile, VertebraShape};
use crate::geometry::mend::{SurfaceAccount, mended};
use crate::geometry::sampled_field::SampledField;
use crate::geometry::surface_file::{LengthUnit, read_surface};
use crate::geometry::{GeometryError, SharedField, TriSurface};
use crate::progress::Progress;

/// Grid of a measured body's distance field, mm.
pub(super) const SAMPLE_MM: f64 = 0.6;

/// A measured body.
pub struct Measured {
    /// Its surface, mended.
    pub surface: TriSurface,
    /// Its solid.
    pub field: SharedField,
}

/// What a surface file was like.
#[derive(Debug, Clone)]
pub struct FileAccount {
    /// The body made of it.
    pub role: BodyId,
    /// The file, where it was found.
    pub file: PathBuf,
    /// Its faults and what was done about them.
    pub account: SurfaceAccount,
}

/// The measured bodies of a case, and one account per file.
pub struct MeasuredBodies {
    /// Every vertebra where the vertebrae are measured, else none.
    pub vertebrae: Vec<Measured>,
    /// Every disc; `None` for a made one.
    pub discs: Vec<Option<Measured>>,
    /// Vertebrae first, then discs.
    pub files: Vec<FileAccount>,
}

impl MeasuredBodies {
    /// Reads all surface files of a case; they are looked for beside it, then in `surfaces`.
    ///
    /// # Errors
    /// The first file that is missing or unusable.
    pub fn read(
        case: &Case,
        surfaces: Option<&Path>,
        progress: &dyn Progress,
    ) -> Result<Self, CaseError> {
        let mut files = Vec::new();
        let mut read = |role: BodyId, file: &SurfaceFile| {
            let (body, account) = measured(case, role, file, surfaces)?;
            if let Some(sentence) = account.account.sentence() {
                let name = role.name(case);
                progress.note(&format!("{name}: {}: {sentence}", account.file.display()));
            }
            files.push(account);
            Ok::<_, CaseError>(body)
        };
        let mut vertebrae = Vec::new();
        for (v, vertebra) in case.vertebrae.iter().enumerate() {
            if let VertebraShape::Surface(file) = &vertebra.shape {
                vertebrae.push(read(BodyId::Vertebra(v), file)?);
            }
        }
        let mut discs = Vec::new();
        for (d, disc) in case.discs.iter().enumerate() {
            discs.push(match &disc.shape {
                DiscShape::Surface(file) => Some(read(BodyId::Disc(d), file)?),
                DiscShape::Parametric { .. } => None,
            });
        }
        Ok(Self {
            vertebrae,
            discs,
            files,
        })
    }
}

fn measured(
    case: &Case,
    role: BodyId,
    file: &SurfaceFile,
    surfaces: Option<&Path>,
) -> Result<(Measured, FileAccount), CaseError> {
    let path = case.find_surface(file, surfaces)?;
    let refuse = |source: GeometryError| {
        let fault = CaseFault::Surface {
            path: path.clone(),
            reason: source.reason(),
        };
        case.places.error(&file.key, fault)
    };
    let unit = LengthUnit::of_mm(file.scale);
    let mut surface = read_surface(&path, unit).map_err(refuse)?;
    for p in &mut surface.vertices {
        *p = file.axes * *p;
    }
    if file.axes.determinant() < 0.0 {
        for t in &mut surface.triangles {
            t.swap(1, 2);
        }
    }
    let mut mended = mended(surface).map_err(refuse)?;
    if matches!(role, BodyId::Disc(_)) && mended.account.parts.len() > 1 {
        let used = "of a disc, the outline of what lies between its bones is used";
        mended.account.done.push(used.to_owned());
    }
    let field = SampledField::new(Arc::new(mended.field), SAMPLE_MM).map_err(refuse)?;
    let body = Measured {
        surface: mended.surface,
        field: Arc::new(field),
    };
    let account = FileAccount {
        role,
        file: path.clone(),
        account: mended.account,
    };
    Ok((body, account))
}

/// The doubtful files that a body's shape depends on: its own, and for what is cut to bones theirs.
pub fn doubtful<'a>(
    case: &Case,
    files: &'a [FileAccount],
    role: BodyId,
) -> impl Iterator<Item = &'a FileAccount> {
    let seats = role.seats(case);
    let mut of: Vec<BodyId> = seats.iter().map(|[_, on]| on.body).collect();
    of.insert(0, role);
    files
        .iter()
        .filter(move |f| of.contains(&f.role) && f.account.is_doubtful)
}
