//! `endplate reproduce`: the papers' numbers beside ours.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use endplate::names;
use endplate::reproduce::{Paper, Reproduction, Row, Verdict, html, reproduce, to_csv};
use serde_json::json;

use super::ending::{CommandError, DONE};
use super::output::{OutputDirectory, REPRODUCTION, pretty, print_result};
use super::table::Table;

/// All papers at once.
const ALL: &str = "all";
/// Longest text in a cell of the terminal's table.
const WIDEST: usize = 36;

/// Options of `endplate reproduce`.
#[derive(Debug, Args)]
pub struct ReproduceOptions {
    /// rim-2022, wei-2020, kim-2017, chen-2025, lv-2023 or all
    #[arg(value_name = "PAPER")]
    paper: String,
    /// Directory for reproduction.html, reproduction.csv and reproduction.json
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write to a directory that holds something else
    #[arg(long)]
    force: bool,
}

/// Computes what can be computed of a paper's numbers, prints and writes both.
///
/// # Errors
/// An unknown paper, a directory that cannot be written to.
pub fn run(options: &ReproduceOptions) -> Result<u8, CommandError> {
    let papers = papers(&options.paper)?;
    let output = OutputDirectory::prepare_for(
        REPRODUCTION,
        &options.out,
        Path::new(&options.paper),
        options.force,
    )?;
    let failed = |e: endplate::reproduce::ReproduceError| {
        CommandError::input(
            e.to_string(),
            "please report it: the numbers are the program's own",
        )
    };
    let found = reproduce(&papers).map_err(failed)?;
    let data = json!({
        "reproduce": options.paper,
        "rows": found.rows,
        "derived": found.derived,
    });
    let files = [
        ("reproduction.csv", to_csv(&found).map_err(failed)?),
        (
            "reproduction.html",
            html::page(&papers, &found).map_err(failed)?.into_bytes(),
        ),
        (REPRODUCTION.file, pretty(&data).into_bytes()),
    ];
    for (name, bytes) in files {
        output.write(name, bytes)?;
    }
    let mut text = summary(&papers, &found);
    for file in output.publish()? {
        let _ = writeln!(text, "{}", file.display());
    }
    print_result(&text)?;
    Ok(DONE)
}

fn papers(name: &str) -> Result<Vec<Paper>, CommandError> {
    if name.eq_ignore_ascii_case(ALL) {
        return Ok(Paper::ALL.to_vec());
    }
    let known = Paper::ALL.map(Paper::key);
    let same = names::same(name, known);
    let paper = Paper::ALL.into_iter().find(|p| Some(p.key()) == same);
    paper.map(|p| vec![p]).ok_or_else(|| {
        let all = known.join(", ");
        let help = match names::nearest(name, known) {
            Some(meant) => format!("did you mean `{meant}`? Known: {all}, {ALL}"),
            None => format!("known: {all}, {ALL}"),
        };
        CommandError::input(format!("there is no paper `{name}`"), help)
    })
}

fn summary(papers: &[Paper], found: &Reproduction) -> String {
    let mut text = format!("{}\n", html::counts(found));
    for paper in papers {
        let rows: Vec<&Row> = found
            .rows
            .iter()
            .filter(|r| r.paper == paper.key())
            .collect();
        let _ = writeln!(text, "\n{}", paper.name());
        let table = Table::by_column(
            &rows,
            &[
                ("", &|r| what(r)),
                ("printed", &|r| brief(&r.printed)),
                ("ours", &|r| brief(&r.ours)),
                ("difference", &|r| html::difference(r)),
                ("unit", &|r| r.unit.to_owned()),
                ("verdict", &|r| r.verdict.words().to_owned()),
            ],
        );
        text += &table.text();
        for verdict in [Verdict::Inconsistent, Verdict::NotComputable] {
            let mut head = match verdict {
                Verdict::Inconsistent => "\n  Inconsistent with\n",
                _ => "\n  Not computable because\n",
            };
            for row in rows.iter().filter(|r| r.verdict == verdict) {
                let _ = writeln!(text, "{head}    {}: {}", what(row), row.reason);
                head = "";
            }
        }
        for table in found.derived.iter().filter(|d| d.paper == paper.key()) {
            let _ = writeln!(text, "\n  {}", table.title);
            text += &Table::of(&table.heads, &table.rows).text();
            let _ = writeln!(text, "  {}", table.note);
        }
    }
    text.push('\n');
    text
}

fn what(row: &Row) -> String {
    format!("{}: {}", row.place, row.quantity)
}

/// The beginning of a text too long for a column; the files hold it whole.
fn brief(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(WIDEST - 1).collect();
    format!("{}…", kept.trim_end())
}
