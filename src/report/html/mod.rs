//! report.html: one file, no scripts, nothing fetched. Verdict first, pictures before tables,
//! then everything: findings, mesh, solver, materials, defaults, what the method leaves out.

mod content;
mod figures;
mod table;
mod findings;
mod porosity;
mod top;
mod inputs;

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use content::HtmlInput;

use super::schema::RunReport;

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// Parts of the page: anchor and heading.
const PARTS: [(&str, &str); 12] = [
    ("endplates", "How the implant presses on the bone"),
    ("shielding", "Which bone is relieved of its load"),
    ("margins", "How close each check comes to its limit"),
    ("shares", "Who carries the load"),
    ("stress", "Stress inside"),
    ("findings", "All findings"),
    ("placement", "How the implant sits"),
    ("porosity", "How porosity runs in the implant"),
    ("solution", "Mesh, loads and solver"),
    ("materials", "Materials and their sources"),
    ("defaults", "Defaults used"),
    ("method", "What the method leaves out"),
];

/// The whole page.
pub fn page(input: &HtmlInput<'_>) -> String {
    let report = input.report;
    let body = html! {
        (top::first_screen(input))
        nav aria-label="Contents" {
            ol { @for (anchor, heading) in PARTS { li { a href=(format!("#{anchor}")) { (heading) } } } }
        }
        (part(0, figures::tractions(input)))
        (part(1, figures::shielding(report)))
        (part(2, figures::margins(report)))
        (part(3, figures::shares(report)))
        (part(4, figures::sections(input)))
        (part(5, findings::tables(&report.findings)))
        (part(6, inputs::placement(report)))
        (part(7, porosity::porosity(report)))
        (part(8, inputs::solution(input)))
        (part(9, inputs::materials(report)))
        (part(10, inputs::defaults(report)))
        (part(11, inputs::method(report)))
        (footer(report))
    };
    document(&report.case.title, "", &body)
}

/// A whole page of the program, in its style and in what `style` adds to it.
pub fn document(title: &str, style: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(style)) }
            }
            body { main { (body) } }
        }
    }
    .into_string()
}

/// A table of formatted cells; the first column is text, the others are numbers.
pub fn plain_table(title: &str, heads: &[&str], rows: &[Vec<String>]) -> Markup {
    let class = |column: usize| (column > 0).then_some("n");
    html! {
        div class="scroll" { table {
            caption { (title) }
            thead { tr { @for (k, head) in heads.iter().enumerate() {
                th scope="col" class=[class(k)] { (head) }
            } } }
            tbody { @for row in rows { tr { @for (k, cell) in row.iter().enumerate() {
                td class=[class(k)] { (cell) }
            } } } }
        } }
    }
}

fn part(number: usize, content: Markup) -> Markup {
    let (anchor, heading) = PARTS[number];
    html! { section id=(anchor) { h2 { (heading) } (content) } }
}

fn footer(report: &RunReport) -> Markup {
    html! {
        footer {
            p {
                (report.program.name) " " (report.program.version) " · case "
                code { (report.case.file) } " · SHA-256 " code { (report.case.sha256) }
            }
            p { "Frame: " (report.frame) ". The same numbers, in full, are in report.json and the CSV files beside this page." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::picture::{Pictures, draw_pictures};
    use crate::report::tests::example;

    fn example_page() -> String {
        let state = example::ExampleState::fused();
        let report = example::report();
        let pictures = draw_pictures(&report, &[state.fields()]).unwrap();
        page(&HtmlInput {
            report: &report,
            pictures: &pictures,
        })
    }

    #[test]
    fn the_page_stands_alone_without_scripts() {
        let page = example_page();
        assert!(!page.contains("<script"));
        for address in page
            .split("href=\"")
            .skip(1)
            .chain(page.split("src=\"").skip(1))
        {
            assert!(address.starts_with('#') || address.starts_with("data:image/png;base64,"));
        }
        assert!(!page.contains("url(") && !page.contains("@import"));
    }

    #[test]
    fn the_verdict_comes_before_pictures_and_pictures_before_tables() {
        let page = example_page();
        let find = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
        assert!(find("class=\"verdict") < find("<svg"));
        assert!(find("data:image/png") < find("<table"));
        for (anchor, _) in PARTS {
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
        }
    }

    #[test]
    fn every_row_source_default_limit_and_warning_is_on_the_page() {
        let page = example_page();
        let report = example::report();
        let rows = page.matches("<tr>").count();
        let tables = report.findings.tables();
        let findings: usize = tables.iter().map(|t| t.rows.cells().len()).sum();
        assert!(rows > findings + report.defaults.len());
        let texts = report.warnings.iter().chain(&report.limits_of_the_method);
        for text in texts.chain(report.defaults.iter().map(|d| &d.key)) {
            assert!(page.contains(text.as_str()), "{text}");
        }
        assert!(page.contains("recalled, unverified"));
    }

    #[test]
    fn words_from_the_case_are_escaped() {
        let mut report = example::report();
        report.case.title = "<b>T6 & friends</b>".to_owned();
        let page = page(&HtmlInput {
            report: &report,
            pictures: &Pictures::default(),
        });
        assert!(page.contains("&lt;b&gt;T6 &amp; friends") && !page.contains("<b>T6"));
    }
}
