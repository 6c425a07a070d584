//! Names as they stand in file names.

/// Longest part of a file name that a name of the case may make, bytes: file systems take 255.
const LONGEST: usize = 100;

/// Why files cannot be named by a name; `None` where they can.
pub fn fault(name: &str) -> Option<String> {
    let own = slug(name);
    if own.is_empty() {
        return Some(format!("{name:?} has no letter or digit to name files by"));
    }
    if own.len() > LONGEST {
        let bytes = own.len();
        return Some(format!(
            "a name of {bytes} bytes: files are named by it, {LONGEST} at most"
        ));
    }
    let control = name.chars().any(char::is_control);
    control.then(|| format!("{name:?} has control characters"))
}

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
