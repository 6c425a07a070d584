//! What the fields mean for the bone and the implant: findings, each with its formula, limit and
//! source. Must not know file formats; the rows derive `Serialize` because the row itself
//! is what scripts rely on (schema 1).
//!
//! A finding is a row in a file of its own: [`table::Finding`] lays its table out,
//! [`Judged`] says how it stands against its limit, and a function makes the rows of a state from
//! [`Inputs`]. [`Findings`] lists them all, one line each; verdict, band, files, tables and charts
//! go by that list and know no row by its type, so a new finding is its own file and a line here.

mod missing;
pub mod error;
pub mod judged;
pub mod table;
pub mod unchecked;
pub mod neighbours;
pub mod zones;
pub mod places;
pub mod endplate;
pub mod inputs;
pub mod resorption;
pub mod shielding;
pub mod implant;
pub mod criterion;
pub mod subsidence;
pub mod seat;
pub mod fixation;
pub mod one_sided;
pub mod load_sharing;
pub mod stiffness;
pub mod micromotion;
pub mod motion;
pub mod solid_parts;
pub mod porosity;
pub mod lattice_sizes;
pub mod porosity_fields;
pub mod verdict;
pub mod band;

pub use criterion::SubsidenceRow;
pub use endplate::EndplateRow;
pub use error::AssessmentError;
pub use fixation::FixationRow;
pub use implant::{ImplantPart, ImplantRow};
pub use judged::Verdict;
pub use load_sharing::LoadSharingRow;
pub use micromotion::MicromotionRow;
pub use one_sided::OneSidedRow;
pub use resorption::ShieldingRow;
pub use stiffness::StiffnessRow;
pub use unchecked::Unchecked;

use serde::Serialize;

use inputs::Inputs;
use judged::{Group, INTACT, Judged};
use table::Rows;

/// One table of a run.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// Its key in the findings.
    pub key: &'static str,
    /// Its rows.
    pub rows: &'a dyn Rows,
}

impl Table<'_> {
    /// Name of the file it is written to.
    pub fn file(&self) -> String {
        format!("{}.csv", self.key)
    }
}

/// Makes [`Findings`] of the lines below: a table a line with what fills it, in the order of
/// report.json.
macro_rules! findings {
    ($($(#[$about:meta])* $key:ident: $row:ty = $find:path,)*) => {
        /// Everything found in one run.
        #[derive(Debug, Clone, Default, PartialEq, Serialize)]
        pub struct Findings {
            $($(#[$about])* pub $key: Vec<$row>,)*
            /// Checks that could not be made.
            pub not_checked: Vec<Unchecked>,
        }

        impl Findings {
            /// Every check of every state but the intact one: a row, or the reason why there is none.
            ///
            /// # Errors
            /// Fields that cannot be assessed.
            pub fn of(inputs: &Inputs<'_>) -> Result<Self, AssessmentError> {
                let mut findings = Self::default();
                for state in inputs.judged() {
                    $(
                        let found = $find(inputs, state)?;
                        findings.$key.extend(found.rows);
                        findings.not_checked.extend(found.not_checked);
                    )*
                }
                Ok(findings)
            }

            /// One row in every table, with nothing in it: what its columns are called.
            pub fn blank() -> Self {
                Self {
                    $($key: vec![Default::default()],)*
                    not_checked: Vec::new(),
                }
            }

            /// All tables, in the order of report.json.
            pub fn tables(&self) -> Vec<Table<'_>> {
                vec![$(Table { key: stringify!($key), rows: &self.$key },)*]
            }

            /// The same, to be changed.
            fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
                vec![$(&mut self.$key,)*]
            }
        }
    };
}

findings! {
    /// Stress shielding by zone.
    stress_shielding: ShieldingRow = shielding::find,
    /// Interface traction (or contact) at each endplate.
    endplates: EndplateRow = inputs::endplates,
    /// Subsidence criteria.
    subsidence: SubsidenceRow = seat::find,
    /// Implant strength.
    implant: ImplantRow = implant::find,
    /// Rods and screws.
    fixation: FixationRow = fixation::find,
    /// Hooks and cables.
    hooks_and_cables: OneSidedRow = one_sided::find,
    /// Load shares at cuts.
    load_sharing: LoadSharingRow = load_sharing::find,
    /// How far implant and bone move along each other.
    micromotion: MicromotionRow = micromotion::find,
    /// Stiffness of the construct.
    construct_stiffness: StiffnessRow = stiffness::find,
}

impl Findings {
    /// All tables, in the order a reader meets them.
    pub fn shown(&self) -> Vec<Table<'_>> {
        let mut tables = self.tables();
        tables.sort_by_key(|table| table.rows.layout().shown);
        tables
    }

    /// What checks protect, in the order a reader meets it.
    pub fn groups(&self) -> Vec<&'static Group> {
        let tables = self.shown().into_iter();
        tables
            .flat_map(|t| t.rows.layout().groups)
            .copied()
            .collect()
    }

    /// All rows that may be judged; the intact state is the reference and is not.
    pub fn judged(&self) -> Vec<&dyn Judged> {
        let rows = self.tables().into_iter().flat_map(|t| t.rows.judged());
        rows.filter(|row| row.site().state != INTACT).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_whether_the_construct_holds_is_shown_first() {
        let findings = Findings::default();
        let shown: Vec<&str> = findings.shown().iter().map(|t| t.key).collect();
        let order = [
            "subsidence",
            "implant",
            "fixation",
            "endplates",
            "hooks_and_cables",
            "load_sharing",
            "micromotion",
            "construct_stiffness",
            "stress_shielding",
        ];
        assert_eq!(shown, order);
        let groups: Vec<&str> = findings.groups().iter().map(|g| g.name).collect();
        let order = [
            "subsidence",
            "implant",
            "graft",
            "fixation",
            "stress shielding",
        ];
        assert_eq!(groups, order);
    }
}
