//! Errors as a compiler draws them: place, line with a caret, notes, help.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use endplate::case::{CaseError, CaseFault, Place};

use super::ending::CommandError;

/// The text of an error, with a trailing newline.
pub fn render(error: &CommandError) -> String {
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
    let text = match error {
        CommandError::Case(error) => render_case(&renderer, error),
        CommandError::Deck(error) => {
            let known = error.fault.known();
            let drawing = Drawing {
                title: error.fault.to_string(),
                place: &error.place,
                label: error.fault.label(),
                notes: listed(known).into_iter().collect(),
                help: error.help.as_deref(),
            };
            drawing.render(&renderer)
        }
        CommandError::Spine(error) => {
            let causes = causes(error.as_ref());
            plain(&renderer, &error.to_string(), &causes, error.help())
        }
        CommandError::VirtualTest(error) => plain(&renderer, &error.to_string(), &[], error.help()),
        CommandError::Homogenise { help, .. } | CommandError::Input { help, .. } => {
            plain(&renderer, &error.to_string(), &[], help.as_deref())
        }
    };
    format!("{}\n", text.trim_end())
}

/// An error that has no place in a file.
fn plain(renderer: &Renderer, title: &str, notes: &[String], help: Option<&str>) -> String {
    let group = Group::with_title(Level::ERROR.primary_title(title));
    let notes = notes.iter().map(|n| Level::NOTE.message(n.as_str()));
    let help = help.map(|h| Level::HELP.message(h));
    renderer.render(&[group.elements(notes).elements(help)])
}

/// What led to an error, one sentence each, the nearest first.
fn causes(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(error.source(), |e| e.source())
        .map(|e| e.to_string())
        .collect()
}

fn render_case(renderer: &Renderer, error: &CaseError) -> String {
    let drawing = Drawing {
        title: error.fault.to_string(),
        place: &error.place,
        label: error.fault.label(),
        notes: notes(&error.fault),
        help: error.help.as_deref(),
    };
    drawing.render(renderer)
}

/// A fault at a place in a file.
struct Drawing<'a> {
    title: String,
    place: &'a Place,
    label: String,
    notes: Vec<String>,
    help: Option<&'a str>,
}

impl Drawing<'_> {
    fn render(&self, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(self.title.as_str());
        let path = self.place.file.path.display().to_string();
        let text = &self.place.file.text;
        let group = if text.is_empty() {
            title.element(Origin::path(path))
        } else {
            // Only the line itself: a deck may have millions.
            let span = caret(self.place);
            let start = text[..span.start].rfind('\n').map_or(0, |n| n + 1);
            let end = text[span.end..]
                .find('\n')
                .map_or(text.len(), |n| span.end + n);
            title.element(
                Snippet::source(&text[start..end])
                    .line_start(self.place.line())
                    .path(path)
                    .annotation(
                        AnnotationKind::Primary
                            .span(span.start - start..span.end - start)
                            .label(self.label.as_str()),
                    ),
            )
        };
        let notes = self.notes.iter().map(|n| Level::NOTE.message(n.as_str()));
        let help = self.help.iter().map(|h| Level::HELP.message(*h));
        renderer.render(&[group.elements(notes).elements(help)])
    }
}

/// A span of at least one character inside the text, so that there is something to point at.
fn caret(place: &Place) -> std::ops::Range<usize> {
    let text = &place.file.text;
    let start = place.span.start.min(text.len());
    let end = place.span.end.clamp(start, text.len());
    if end > start {
        return start..end;
    }
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + next
}

fn listed(known: &[String]) -> Option<String> {
    (!known.is_empty()).then(|| format!("known: {}", known.join(", ")))
}

fn notes(fault: &CaseFault) -> Vec<String> {
    let mut notes: Vec<String> = listed(fault.known()).into_iter().collect();
    if let CaseFault::File { looked_in, .. } = fault {
        for folder in looked_in {
            let shown = folder.display().to_string();
            let shown = if shown.is_empty() { "." } else { &shown };
            notes.push(format!("looked in {shown}"));
        }
    }
    notes
}
