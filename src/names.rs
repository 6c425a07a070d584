//! Names as people type them: which of the known ones is meant.

/// The known name that is the same but for capitals, and for blanks or underscores in place of hyphens.
pub fn same<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = plain(name);
    known.into_iter().find(|k| plain(k) == typed)
}

/// The known name most like `name`, if any is near enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR_ENOUGH: f64 = 0.7;
    let typed = name.to_lowercase();
    known
        .into_iter()
        .map(|k| (strsim::jaro_winkler(&typed, &k.to_lowercase()), k))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

/// The end of a sentence on an unknown name: the one that may be meant, and all there are.
pub fn known_words(name: &str, known: &[&str]) -> String {
    let meant = nearest(name, known.iter().copied());
    let meant = meant.map(|n| format!("; did you mean `{n}`?"));
    format!(
        "{} Known: {}",
        meant.unwrap_or_else(|| ".".to_owned()),
        known.join(", ")
    )
}

fn plain(name: &str) -> String {
    let as_typed = |c: char| match c {
        ' ' | '_' => '-',
        c => c.to_ascii_lowercase(),
    };
    name.trim().chars().map(as_typed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["rhombic-dodecahedron", "simple-cubic", "bcc"];

    #[test]
    fn capitals_and_blanks_are_forgiven_and_slips_are_told() {
        assert_eq!(same("Rhombic Dodecahedron", KNOWN), Some(KNOWN[0]));
        assert_eq!(same("SIMPLE_CUBIC", KNOWN), Some(KNOWN[1]));
        assert_eq!(same("fcc", KNOWN), None);
        assert_eq!(nearest("rombic-dodecaeder", KNOWN), Some(KNOWN[0]));
        assert_eq!(nearest("xyzzy", KNOWN), None);
        let words = known_words("Simple-cubik", &KNOWN);
        assert!(
            words.contains("did you mean `simple-cubic`?") && words.contains("bcc"),
            "{words}"
        );
    }
}
