//! `endplate new`: a commented case file to start from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use endplate::anatomy::AnatomyError;
use endplate::anatomy::morphometry::disc_height;
use endplate::case::bodies::LEVELS;
use endplate::case::{LibrarySolid, defaults};

use super::ending::{CommandError, DONE};
use super::output::print_result;

const TEMPLATE: &str = include_str!("template.toml");

/// Writes NAME.toml, never over a file that is there.
pub fn new(name: &Path, level: &str) -> Result<u8, CommandError> {
    let title = name.file_stem().map(|n| n.to_string_lossy().into_owned());
    let Some(title) = title.filter(|t| !t.is_empty()) else {
        let message = format!("{} is not a name for a case", name.display());
        return Err(CommandError::input(
            message,
            "for example `endplate new my-case`",
        ));
    };
    let text = case_text(&title, level)?;
    let path = name.with_extension("toml");
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut f| f.write_all(text.as_bytes()));
    written.map_err(|e| {
        let message = format!("cannot write {}: {e}", path.display());
        CommandError::input(message, "choose another name")
    })?;
    print_result(&format!("{}\n", path.display()))?;
    Ok(DONE)
}

/// The case of replacing one level, between the levels above and below it.
fn case_text(name: &str, level: &str) -> Result<String, CommandError> {
    let number = LEVELS.iter().position(|l| l.eq_ignore_ascii_case(level));
    let neighbours = number.and_then(|n| {
        Some([
            *LEVELS.get(n.checked_sub(1)?)?,
            LEVELS[n],
            LEVELS.get(n + 1)?,
        ])
    });
    let Some([above, level, below]) = neighbours else {
        let inner = LEVELS[1..LEVELS.len() - 1].join(", ");
        let message = format!("there is no level \"{level}\" with a vertebra above and below it");
        return Err(CommandError::input(message, format!("levels: {inner}")));
    };
    let (preset, diameter) = match level.as_bytes()[0] {
        b'C' => ("cervical", "12.0"),
        b'T' => ("thoracic", "15.0"),
        _ => ("lumbar", "22.0"),
    };
    let height = |upper: &str, lower: &str| -> Result<String, CommandError> {
        let measured = || Ok::<_, AnatomyError>(disc_height(upper.parse()?, lower.parse()?)?.mm);
        let unknown = |e: AnatomyError| CommandError::input(e.to_string(), "");
        Ok(format!("{:.1}", measured().map_err(unknown)?))
    };
    let replacements = [
        ("{NAME}", name.to_owned()),
        ("{LEVEL}", level.to_owned()),
        ("{ABOVE}", above.to_owned()),
        ("{BELOW}", below.to_owned()),
        ("{DISC_ABOVE}", height(above, level)?),
        ("{DISC_BELOW}", height(level, below)?),
        ("{DIAMETER}", diameter.to_owned()),
        ("{PRESET}", preset.to_owned()),
        (
            "{LIBRARY}",
            LibrarySolid::ALL.map(LibrarySolid::name).join(", "),
        ),
    ];
    let text = with_defaults(TEMPLATE);
    let text = match preset {
        "cervical" => with_values(&text, &CERVICAL_RODS),
        _ => text,
    };
    let text = replacements
        .iter()
        .fold(text, |text, (key, value)| text.replace(key, value));
    Ok(text)
}

/// Rods and screws of the neck, recalled: the usual ones do not clear endplates 11 mm apart.
const CERVICAL_RODS: [(&str, &str); 2] = [("diameter_mm", "3.5"), ("screw_diameter_mm", "3.5")];

/// The text with values for keys of `[rods]` whose defaults are commented out.
fn with_values(text: &str, values: &[(&str, &str)]) -> String {
    let (before, rest) = text.split_at(text.find("[rods]").unwrap_or(0));
    let (rods, after) = rest.split_at(rest.find("\n\n").unwrap_or(rest.len()));
    let filled = rods.lines().map(|line| {
        let found = values
            .iter()
            .find(|(key, _)| line.starts_with(&format!("# {key} = ")));
        match (found, line.split_once("  # ")) {
            (Some((key, value)), Some((_, comment))) => {
                aligned(&format!("{key} = {value}  # {comment}"))
            }
            (Some((key, value)), None) => format!("{key} = {value}"),
            (None, _) => line.to_owned(),
        }
    });
    let filled: String = filled.map(|line| line + "\n").collect();
    before.to_owned() + filled.trim_end() + after
}

/// The template with the default of each key in its place.
fn with_defaults(template: &str) -> String {
    let written = defaults::table();
    let filled = template.lines().map(|line| {
        let found = written
            .iter()
            .find(|(key, ..)| line.contains(&format!("{{{key}}}")));
        match found {
            Some((key, value, _)) => aligned(&line.replace(&format!("{{{key}}}"), value)),
            None => line.to_owned(),
        }
    });
    filled.map(|line| line + "\n").collect()
}

/// A line with its comment moved to the column where comments stand.
fn aligned(line: &str) -> String {
    match line.split_once("  # ") {
        Some((value, comment)) if value.len() < 31 => format!("{value:<31} # {comment}"),
        Some((value, comment)) if value.len() < 39 => format!("{value:<39} # {comment}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use endplate::case::{Case, ImplantHeight};

    use super::*;

    fn read(text: String) -> Case {
        Case::from_text(Path::new("case.toml"), text).unwrap()
    }

    #[test]
    fn the_template_reads_for_every_level_with_neighbours() {
        for level in &LEVELS[1..LEVELS.len() - 1] {
            let text = case_text("mine", level).unwrap();
            assert!(
                !text.contains('{') || !text.contains("{L"),
                "{level}: a word was left"
            );
            let case = read(text);
            assert_eq!(case.vertebrae[1].level.as_deref(), Some(*level));
            assert_eq!(case.implants[0].height, ImplantHeight::Fit);
            let preset = case.loads.preset.unwrap().name;
            assert_eq!(preset.as_bytes()[0], level.to_lowercase().as_bytes()[0]);
        }
    }

    #[test]
    fn a_level_without_neighbours_is_refused_by_name() {
        for level in ["C3", "L5", "T13", ""] {
            let error = case_text("mine", level).unwrap_err();
            assert!(error.to_string().contains(&format!("\"{level}\"")));
        }
    }

    /// Template and defaults cannot drift: every value of the table stands in the template, and
    /// uncommented it is read as the default is.
    #[test]
    fn the_template_shows_every_default_and_reads_it_as_the_default() {
        for (key, ..) in defaults::table() {
            let shown = TEMPLATE.matches(&format!("{{{key}}}")).count();
            assert!(shown > 0 || key == defaults::IMPLANT_NAME.key, "{key}");
        }
        let plain = case_text("mine", "T6").unwrap();
        let left: Vec<_> = plain
            .match_indices('{')
            .map(|(at, _)| &plain[at..at + 2])
            .collect();
        assert!(left.iter().all(|open| *open == "{ "), "{left:?}");
        let used = read(plain.clone()).defaults;
        let mut shown = 0;
        let mut section = String::new();
        for line in plain.lines() {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']).to_owned();
            } else if line.starts_with("# [") {
                section = "a commented table".to_owned();
            }
            let key = line.strip_prefix("# ").and_then(|l| l.split(" = ").next());
            let path = format!("{section}.{}", key.unwrap_or_default());
            let Some(default) = used.iter().find(|d| d.key == path) else {
                continue;
            };
            if defaults::table().iter().all(|(key, ..)| *key != path) {
                continue;
            }
            let value = line
                .split(" = ")
                .nth(1)
                .unwrap()
                .split("  #")
                .next()
                .unwrap();
            if let (Ok(shown), Ok(used)) = (value.parse::<f64>(), default.value.parse::<f64>()) {
                assert_eq!(shown, used, "{path}");
            }
            let case = read(plain.replacen(line, &line[2..], 1));
            assert!(case.defaults.iter().all(|d| d.key != path), "{path}");
            shown += 1;
        }
        assert_eq!(shown, 41, "commented defaults outside of commented tables");
    }
}
