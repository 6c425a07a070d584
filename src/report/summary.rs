//! The end of a run as a terminal shows it: the verdict, the decisive numbers, where the files
//! are. Plain text; the caller prints it.

use std::fmt::Write as _;
use std::path::Path;

use super::decisive::headlines;
use super::number::{counted, fixed, whole};
use super::schema::RunReport;
use crate::assessment::Verdict;

/// The summary; `dir` is where the files are.
pub fn summary(report: &RunReport, dir: &Path) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", report.case.title);
    let _ = writeln!(text, "Verdict: {}", report.verdict.words());
    for note in &report.verdict_notes {
        let _ = writeln!(text, "  {note}");
    }
    for missing in &report.not_checked {
        let _ = writeln!(text, "  Not checked: {missing}");
    }
    text.push('\n');
    let lines = headlines(report);
    let question_width = lines
        .iter()
        .map(|l| l.question.chars().count())
        .max()
        .unwrap_or(0);
    let answer_width = lines
        .iter()
        .map(|l| l.answer.chars().count())
        .max()
        .unwrap_or(0);
    for line in &lines {
        let word = match line.verdict {
            Verdict::Within => "within  ",
            Verdict::Caution => "CAUTION ",
            Verdict::Exceeded => "EXCEEDED",
        };
        let _ = writeln!(
            text,
            "  {:<question_width$}  {:>answer_width$} {word}  {}",
            line.question, line.answer, line.place
        );
    }
    if !report.warnings.is_empty() {
        text.push_str("\nWarnings\n");
        for warning in &report.warnings {
            let _ = writeln!(text, "  {warning}");
        }
    }
    let _ = writeln!(text, "\n{}", size_line(report));
    let _ = writeln!(text, "Report: {}", dir.join("report.html").display());
    for deck in &report.decks {
        let _ = writeln!(text, "Deck: {}", deck.line());
    }
    text
}

/// "2 states, 12 load cases, 258 936 dofs at most, 36.9 s, 2.7 GiB".
fn size_line(report: &RunReport) -> String {
    let cases: usize = report.states.iter().map(|s| s.load_cases.len()).sum();
    let dofs = report.states.iter().map(|s| s.mesh.dofs).max().unwrap_or(0);
    let seconds: f64 = report.timing.iter().map(|t| t.seconds).sum();
    let mut line = format!(
        "{}, {}, {} dofs at most, {} s",
        counted(report.states.len(), "state"),
        counted(cases, "load case"),
        whole(dofs),
        fixed(seconds, 1)
    );
    if let Some(bytes) = report.peak_memory_bytes {
        let _ = write!(
            line,
            ", {} GiB",
            fixed(bytes as f64 / f64::from(1 << 30), 2)
        );
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::example;

    #[test]
    fn the_summary_says_verdict_numbers_and_place_in_aligned_columns() {
        let text = summary(&example::report(), Path::new("out/t6"));
        assert!(text.contains("Verdict: limits exceeded"));
        assert!(text.contains("Report: out/t6/report.html"));
        assert!(text.contains("258\u{202f}936 dofs"));
        let column = |needle: &str| {
            let line = text.lines().find(|l| l.contains(needle)).unwrap();
            line.chars().take_while(|c| *c != '%').count()
        };
        assert_eq!(
            column("Can the bone carry"),
            column("Do screws and rods hold")
        );
    }
}
