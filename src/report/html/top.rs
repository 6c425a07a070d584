//! The first screen: what was asked, the verdict in plain words, the decisive numbers, the model.

use maud::{Markup, html};

use super::content::HtmlInput;
use super::figures::map_caption;
use crate::assessment::Verdict;
use crate::assessment::criterion;
use crate::assessment::verdict::OverallVerdict;
use crate::report::chart::{maps, sequential_bar, verdict_word};
use crate::report::decisive::{Headline, checks, decisive, headlines, worst_checks};
use crate::report::number::counted;
use crate::report::picture::Picture;
use crate::report::schema::RunReport;

/// Title, verdict, numbers, pictures of the model, warnings.
pub(super) fn first_screen(input: &HtmlInput<'_>) -> Markup {
    let report = input.report;
    let headlines = headlines(report);
    html! {
        header {
            p class="kicker" { "Finite-element check of a spinal implant, before it is printed" }
            h1 { (report.case.title) }
            p class="lead" { (lead(report)) }
        }
        div class="first" {
            div {
                (verdict(report))
                div class="cards" { @for headline in &headlines { (card(headline)) } }
                (warnings(report))
            }
            div { (model(input)) (decisive_maps(input)) }
        }
    }
}

fn warnings(report: &RunReport) -> Markup {
    html! {
        @if !report.warnings.is_empty() {
            aside class="warnings" {
                h2 { "Know before you use these numbers" }
                ul { @for warning in &report.warnings { li { (warning) } } }
            }
        }
    }
}

/// What was computed, in a sentence.
fn lead(report: &RunReport) -> String {
    let states: Vec<&str> = report.states.iter().map(|s| s.name.as_str()).collect();
    let cases = report
        .states
        .iter()
        .map(|s| s.load_cases.len())
        .max()
        .unwrap_or(0);
    format!(
        "What the bones beside the implant and the implant itself have to carry: computed for the {} spine under {}.",
        states.join(" and the "),
        counted(cases, "load case")
    )
}

fn verdict(report: &RunReport) -> Markup {
    let all = checks(report);
    let count = |verdict| all.iter().filter(|c| c.verdict == verdict).count();
    let (exceeded, caution) = (count(Verdict::Exceeded), count(Verdict::Caution));
    let (class, mark, sentence) = match report.verdict {
        OverallVerdict::WithinLimits if report.not_checked.is_empty() => {
            ("within", "✓", "Within limits")
        }
        OverallVerdict::WithinLimits => ("caution", "✓", "Within limits, as far as checked"),
        OverallVerdict::LimitsExceeded => ("exceeded", "✕", "Limits exceeded"),
        OverallVerdict::NothingAssessed => ("caution", "–", "Nothing assessed"),
    };
    html! {
        div class=(format!("verdict {class}")) {
            p class="word" { span class="sign" aria-hidden="true" { (mark) } (sentence) }
            p {
                (exceeded) " of " (all.len()) " checks " (if exceeded == 1 { "exceeds its" } else { "exceed their" })
                " limit; " (caution) " more " (if caution == 1 { "comes" } else { "come" })
                " within 20 % of it. Computed values are held against limits, some published, some chosen, each with its source in its table; this is no probability of failure."
            }
            @for missing in &report.not_checked { p class="note" { "Not checked: " (missing) "." } }
            @for note in &report.verdict_notes { p class="note" { (note) } }
        }
    }
}

fn card(headline: &Headline) -> Markup {
    let class = verdict_word(headline.verdict);
    html! {
        article class=(format!("card {class}")) {
            h3 { (headline.question) }
            p class="answer" {
                strong { (headline.answer) } " " span { (headline.of) }
                " " span class=(format!("tag {class}")) { (class) }
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
    let coloured = !shown.is_empty() && !input.report.findings.fixation.is_empty();
    html! {
        (model_pictures("model", shown))
        @if coloured {
            (sequential_bar("stress ÷ limit", 1.0, 1))
            p class="under" { "Screws and rods: largest stress over the limit of their metal, in any load case." }
        }
    }
}

/// Pictures of the model in a row, nothing where there are none.
pub(super) fn model_pictures(class: &str, pictures: &[Picture]) -> Markup {
    html! {
        @if !pictures.is_empty() {
            div class=(class) {
                @for picture in pictures {
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

/// The endplates under the load case that decides about the bone.
fn decisive_maps(input: &HtmlInput<'_>) -> Markup {
    let worst = worst_checks(input.report);
    let decisive = decisive(&worst, &criterion::GROUP);
    let maps: Vec<_> = input
        .pictures
        .tractions
        .iter()
        .filter(|m| decisive.is_some_and(|c| c.state == m.state && c.load_case == m.load_case))
        .collect();
    html! {
        @if let (Some(check), Some(first)) = (decisive, maps.first()) {
            h3 { "The endplates under the decisive load: " (check.load_case) }
            div class="decisive" {
                @for map in &maps {
                    figure { (maps::map(map)) (map_caption(input.report, map)) }
                }
                div {
                    (sequential_bar("pressure, MPa", first.full_mpa, 1))
                    p class="under" { "Seen from above, anterior up, the patient's left on the left. Circle: 3 mm peak. Cross: centre of pressure." }
                }
            }
        }
    }
}
