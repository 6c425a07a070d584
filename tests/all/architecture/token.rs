//! Rust's text as names and marks: comments and literals left out.

/// Names, `::` and single marks of a file, in order.
pub fn code_tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = length_at(rest, first);
        let token = &rest[..length];
        let is_code = !first.is_whitespace()
            && !token.starts_with("//")
            && !token.starts_with("/*")
            && !token.ends_with(['"', '\'', '#'])
            || token == "#";
        if is_code {
            tokens.push(token);
        }
        rest = &rest[length..];
    }
    tokens
}

/// How many bytes the comment, literal, name or mark at the beginning of a text takes.
fn length_at(text: &str, first: char) -> usize {
    let to = |end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
    let name = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    match first {
        _ if text.starts_with("//") => to("\n"),
        _ if text.starts_with("/*") => to("*/"),
        _ if text.starts_with("::") => 2,
        '"' => quoted(text),
        '\'' => character(text),
        'r' if text.starts_with("r\"") => 1 + to_end(&text[1..], "\""),
        'r' if text.starts_with("r#\"") => 2 + to_end(&text[2..], "\"#"),
        _ if name > 0 => name,
        _ => first.len_utf8(),
    }
}

/// To the end of a raw string, its first quote apart.
fn to_end(text: &str, end: &str) -> usize {
    text[1..]
        .find(end)
        .map_or(text.len(), |at| 1 + at + end.len())
}

/// A string with its quotes.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// A character with its quotes, or the mark of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(text.len(), |at| at + 4),
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// The tokens without the items under `#[cfg(test)]`.
pub fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&MARK) {
            at += MARK.len();
            at += item_length(&tokens[at..]);
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

/// To the `;` or the closing brace that ends an item.
fn item_length(tokens: &[&str]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(*token, ";" | "}") {
            return at + 1;
        }
    }
    tokens.len()
}
