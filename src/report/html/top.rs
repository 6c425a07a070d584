//! The first screen: what was asked, the verdict in plain words, the decisive numbers, the model.

use maud::{Markup, html};

use super::HtmlInput;
use crate::assessment::Verdict;
use crate::report::chart::verdict_word;
use crate::report::decisive::{Headline, checks, headlines};
use crate::report::schema::{OverallVerdict, RunReport};

/// Title, verdict, numbers, pictures of the model, warnings.
pub(super) fn first_screen(input: &HtmlInput<'_>) -> Markup {
    let report = input.report;
    let headlines = headlines(&report.findings);
    html! {
        header {
            p class="kicker" { "Finite-element check of a spinal implant, before it is printed" }
            h1 { (report.case.title) }
        }
        div class="first" {
            div {
                (verdict(report))
                div class="cards" { @for headline in &headlines { (card(headline)) } }
            }
            (model(input))
        }
        @if !report.warnings.is_empty() {
            aside class="warnings" {
                h2 { "Know before you use these numbers" }
                ul { @for warning in &report.warnings { li { (warning) } } }
            }
        }
    }
}

fn verdict(report: &RunReport) -> Markup {
    let all = checks(&report.findings);
    let count = |verdict| all.iter().filter(|c| c.verdict == verdict).count();
    let (exceeded, caution) = (count(Verdict::Exceeded), count(Verdict::Caution));
    let (class, mark, sentence) = match report.verdict {
        OverallVerdict::WithinLimits => ("within", "✓", "Within limits"),
        OverallVerdict::LimitsExceeded => ("exceeded", "✕", "Limits exceeded"),
    };
    html! {
        div class=(format!("verdict {class}")) {
            p class="word" { span class="sign" aria-hidden="true" { (mark) } (sentence) }
            p {
                (exceeded) " of " (all.len()) " checks " (if exceeded == 1 { "exceeds its" } else { "exceed their" })
                " limit; " (caution) " more " (if caution == 1 { "comes" } else { "come" })
                " within 20 % of it. Computed stresses are held against published strengths; this is no probability of failure."
            }
            @for note in &report.verdict_notes { p class="note" { (note) } }
        }
    }
}

fn card(headline: &Headline) -> Markup {
    let class = headline.verdict.map_or("plain", verdict_word);
    html! {
        article class=(format!("card {class}")) {
            h3 { (headline.question) }
            p class="answer" {
                strong { (headline.answer) } " " span { (headline.of) }
                @if let Some(verdict) = headline.verdict {
                    " " span class=(format!("tag {class}")) { (verdict_word(verdict)) }
                }
            }
            p class="where" { (headline.place) "." }
            p { (headline.meaning) }
        }
    }
}

/// The last state is the one the verdict is about: its two pictures.
fn model(input: &HtmlInput<'_>) -> Markup {
    let pictures = &input.pictures.model;
    let shown = &pictures[pictures.len().saturating_sub(2)..];
    html! {
        @if !shown.is_empty() {
            div class="model" {
                @for picture in shown {
                    figure {
                        img src=(picture.image_uri) alt=(picture.caption)
                            width=(picture.size[0]) height=(picture.size[1]);
                        figcaption { (picture.caption) }
                    }
                }
            }
        }
    }
}
