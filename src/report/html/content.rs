//! What a page is made from.

use crate::report::picture::Pictures;
use crate::report::schema::RunReport;

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct HtmlInput<'a> {
    /// The report.
    pub report: &'a RunReport,
    /// Its pictures.
    pub pictures: &'a Pictures,
}
