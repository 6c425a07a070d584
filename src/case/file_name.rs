//! Names as they stand in file names.

/// Longest part of a file name that a name of the case may make, bytes: file systems take 255.
pub const LONGEST: usize = 100;

/// Lower-case letters and digits of a name, parted by single hyphens.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
