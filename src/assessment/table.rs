//! A table of findings as data: how it is headed, what stands in its columns, which of its rows
//! are judged. Each finding lays out its own. Must not know how a number is written.

use super::judged::{Group, Judged, Verdict};

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Words.
    Text(&'a str),
    /// A number, to three digits.
    Number(f64),
    /// A number, to tenths.
    Tenths(f64),
    /// A ratio, read as a percentage.
    Share(f64),
    /// Three components, each to three digits.
    Vector([f64; 3]),
    /// A point, to tenths, where there is one.
    Point(Option<[f64; 3]>),
    /// Lowest and highest ratio, where they were solved.
    Span(Option<[f64; 2]>),
    /// A verdict.
    Verdict(Verdict),
    /// A number that does not exist there.
    Missing,
    /// A number that is not asked for in this row.
    Blank,
}

/// One column of a table whose rows are `R`.
pub struct Column<R> {
    /// Heading.
    pub heading: &'static str,
    /// Unit, "" for none.
    pub unit: &'static str,
    /// What a row has there.
    pub cell: fn(&R) -> Cell<'_>,
}

/// A column: heading, unit ("" for none), what a row has there.
pub const fn column<R>(
    heading: &'static str,
    unit: &'static str,
    cell: fn(&R) -> Cell<'_>,
) -> Column<R> {
    Column {
        heading,
        unit,
        cell,
    }
}

/// When a reader meets a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// First: it says whether the construct holds.
    Holds,
    /// Then what explains it.
    Explains,
    /// Then what becomes of the bone in years.
    InYears,
}

/// What a table is beside its rows.
#[derive(Debug)]
pub struct Layout {
    /// Its caption.
    pub caption: &'static str,
    /// What a reader must know about it.
    pub note: Option<&'static str>,
    /// When it is met.
    pub shown: Shown,
    /// What its rows protect, in the order they are shown; empty where none is judged.
    pub groups: &'static [&'static Group],
}

/// A sentence about all rows of a table: "The zones of bone hold … to … of the load energy".
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// Words before the range.
    pub before: &'static str,
    /// Lowest and highest ratio.
    pub range: [f64; 2],
    /// Words after it.
    pub after: &'static str,
}

/// A row as one that is judged, to be read and to be changed.
pub type Access<R> = (fn(&R) -> &dyn Judged, fn(&mut R) -> &mut dyn Judged);

/// Of rows that are judged.
pub const fn judged<R: Judged>() -> Option<Access<R>> {
    Some((|row| row, |row| row))
}

/// A row of a table of findings.
pub trait Finding: Sized + 'static {
    /// What its table is.
    const LAYOUT: &'static Layout;
    /// The table's columns.
    const COLUMNS: &'static [Column<Self>];
    /// Its rows as ones that are judged; `None` where they only describe.
    const JUDGED: Option<Access<Self>> = None;

    /// What the rows say together about what they protect.
    fn remark(_rows: &[Self]) -> Option<Remark> {
        None
    }
}

/// The rows of one table, whatever they are.
pub trait Rows {
    /// What the table is.
    fn layout(&self) -> &'static Layout;
    /// Heading and unit of its columns.
    fn headings(&self) -> Vec<(&'static str, &'static str)>;
    /// What stands in its rows.
    fn cells(&self) -> Vec<Vec<Cell<'_>>>;
    /// Its rows that may be judged.
    fn judged(&self) -> Vec<&dyn Judged>;
    /// The same, to be changed.
    fn judged_mut(&mut self) -> Vec<&mut dyn Judged>;
    /// What they say together.
    fn remark(&self) -> Option<Remark>;
}

impl<R: Finding> Rows for Vec<R> {
    fn layout(&self) -> &'static Layout {
        R::LAYOUT
    }

    fn headings(&self) -> Vec<(&'static str, &'static str)> {
        R::COLUMNS.iter().map(|c| (c.heading, c.unit)).collect()
    }

    fn cells(&self) -> Vec<Vec<Cell<'_>>> {
        let of = |row| R::COLUMNS.iter().map(|c| (c.cell)(row)).collect();
        self.iter().map(of).collect()
    }

    fn judged(&self) -> Vec<&dyn Judged> {
        R::JUDGED.map_or_else(Vec::new, |(read, _)| self.iter().map(read).collect())
    }

    fn judged_mut(&mut self) -> Vec<&mut dyn Judged> {
        R::JUDGED.map_or_else(Vec::new, |(_, change)| {
            self.iter_mut().map(change).collect()
        })
    }

    fn remark(&self) -> Option<Remark> {
        R::remark(self)
    }
}
