//! Errors as a compiler draws them: place, line with a caret, notes, help.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use endplate::case::{CaseError, CaseFault};

use super::CommandError;

/// The text of an error, with a trailing newline.
pub fn render(error: &CommandError) -> String {
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
    let text = match error {
        CommandError::Case(error) => render_case(&renderer, error),
        CommandError::Study(error) => {
            let group = Group::with_title(Level::ERROR.primary_title(error.to_string()));
            let causes = causes(error.as_ref());
            let causes = causes.iter().map(|c| Level::NOTE.message(c.as_str()));
            renderer.render(&[group.elements(causes)])
        }
        CommandError::Input { message, help } => {
            let group = Group::with_title(Level::ERROR.primary_title(message.as_str()));
            let help = help.iter().map(|h| Level::HELP.message(h.as_str()));
            renderer.render(&[group.elements(help)])
        }
    };
    format!("{}\n", text.trim_end())
}

/// What led to an error, one sentence each, the nearest first.
fn causes(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(error.source(), |e| e.source())
        .map(|e| e.to_string())
        .collect()
}

fn render_case(renderer: &Renderer, error: &CaseError) -> String {
    let title = Level::ERROR.primary_title(error.fault.to_string());
    let path = error.place.file.path.display().to_string();
    let text = &error.place.file.text;
    let group = if text.is_empty() {
        title.element(Origin::path(path))
    } else {
        let span = caret(error);
        title.element(
            Snippet::source(text.as_str()).path(path).annotation(
                AnnotationKind::Primary
                    .span(span)
                    .label(error.fault.label()),
            ),
        )
    };
    let notes = notes(&error.fault);
    let notes = notes.iter().map(|n| Level::NOTE.message(n.as_str()));
    let help = error.help.iter().map(|h| Level::HELP.message(h.as_str()));
    renderer.render(&[group.elements(notes).elements(help)])
}

/// A span of at least one character inside the text, so that there is something to point at.
fn caret(error: &CaseError) -> std::ops::Range<usize> {
    let text = &error.place.file.text;
    let start = error.place.span.start.min(text.len());
    let end = error.place.span.end.clamp(start, text.len());
    if end > start {
        return start..end;
    }
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + next
}

fn notes(fault: &CaseFault) -> Vec<String> {
    let mut notes = Vec::new();
    if !fault.known().is_empty() {
        notes.push(format!("known: {}", fault.known().join(", ")));
    }
    if let CaseFault::File { looked_in, .. } = fault {
        for folder in looked_in {
            let shown = folder.display().to_string();
            let shown = if shown.is_empty() { "." } else { &shown };
            notes.push(format!("looked in {shown}"));
        }
    }
    notes
}
