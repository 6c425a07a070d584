//! One key of a case changed in its text: whatever is read from it then goes through the same checks.

use super::places::CasePlaces;

/// The text with `key` set to `value`, both as a case file writes them; `None` where the text has no
/// table for the key and none can be begun for it.
///
/// A key that is there gets another value in its place; one that was left out comes first in its
/// table, which is begun at the end of the file where there is none.
pub(super) fn changed(places: &CasePlaces, key: &str, value: &str) -> Option<String> {
    let text = &places.file().text;
    if let Some(span) = places.value_span(key) {
        return Some(format!(
            "{}{value}{}",
            &text[..span.start],
            &text[span.end..]
        ));
    }
    let line = |name: &str| format!("{name} = {value}\n");
    let Some((table, name)) = key.rsplit_once('.') else {
        return Some(format!("{}{text}", line(key)));
    };
    if let Some(end) = end_of_header(text, table) {
        return Some(format!("{}{}{}", &text[..end], line(name), &text[end..]));
    }
    let is_new = !places.has(table) && !table.contains(['[', '.']);
    is_new.then(|| format!("{}\n\n[{table}]\n{}", text.trim_end(), line(name)))
}

/// Where the line after `[table]`, or after the n-th `[[table]]` of `table[n]`, begins.
fn end_of_header(text: &str, table: &str) -> Option<usize> {
    let (header, number) = match table.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        Some((name, number)) => (format!("[[{name}]]"), number.parse().ok()?),
        None => (format!("[{table}]"), 0),
    };
    let mut at = 0;
    let ends = text.split_inclusive('\n').filter_map(|line| {
        at += line.len();
        let words = line.split('#').next().unwrap_or_default();
        (words.trim() == header && line.ends_with('\n')).then_some(at)
    });
    ends.into_iter().nth(number)
}
