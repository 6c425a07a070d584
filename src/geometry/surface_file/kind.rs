//! What a file is, told by its content; only a spoilt one is taken for what its ending says.

use super::raw::{Fault, FileSurface, shown, text, without_mark};
use super::{obj, ply, stl};

/// A reader of one kind of file.
type Parse = fn(&[u8]) -> Result<FileSurface, Fault>;

/// How files of other kinds begin that someone may take for a surface.
const OTHERS: [(&[u8], &str); 7] = [
    (b"$MeshFormat", "a Gmsh mesh"),
    (b"# vtk DataFile", "a VTK file"),
    (b"<?xml", "an XML file"),
    (b"<VTKFile", "a VTK file"),
    (b"PK\x03\x04", "a ZIP archive, or a 3MF file"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"ISO-10303-21", "a STEP file"),
];

/// What readers there are for, in words.
const KNOWN: &str = "an STL, PLY or OBJ surface";

/// Reads a file that is called `.ending`, in small letters.
///
/// # Errors
/// What its reader refuses; a file of another kind.
pub(super) fn parse(bytes: &[u8], ending: Option<&str>) -> Result<FileSurface, Fault> {
    let unmarked = without_mark(bytes)?;
    let parse: Parse = match (other(unmarked), ending) {
        _ if ply::is_one(unmarked) => ply::parse,
        _ if stl::is_one(bytes) => stl::parse,
        _ if obj::is_one(unmarked) => obj::parse,
        (Some(found), _) => return Err(Fault::at_byte(0, found, KNOWN)),
        (None, Some("stl")) => stl::parse,
        (None, Some("ply")) => ply::parse,
        (None, Some("obj")) => obj::parse,
        _ => return Err(Fault::at_byte(0, beginning(unmarked), KNOWN)),
    };
    parse(bytes)
}

/// What a file of another kind is.
fn other(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.trim_ascii_start();
    let known = OTHERS.iter().find(|(begin, _)| start.starts_with(begin));
    let is_deck = || {
        let mut lines = start.split(|b| b"\r\n".contains(b));
        let first = lines.find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"**"));
        first.is_some_and(|line| {
            let keyword = line.strip_prefix(b"*");
            keyword.is_some_and(|k| k.first().is_some_and(u8::is_ascii_alphabetic))
        })
    };
    match known {
        Some((_, name)) => Some(name),
        None => is_deck().then_some("a deck (.inp)"),
    }
}

/// How a file of no known kind begins.
fn beginning(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "an empty file".to_owned();
    }
    let first = bytes.split(|b| b"\r\n".contains(b)).next();
    shown(&text(first.unwrap_or_default()))
}
