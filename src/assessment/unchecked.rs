//! Checks that could not be made: each with its place, its load case and the reason, so that a
//! verdict without a check does not read as if the check had passed.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::case::loads::MEAN_OF_SERVICE;

/// A check that was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unchecked {
    /// State.
    pub state: String,
    /// Load case, or "all" where the check is one for all of them.
    pub load_case: String,
    /// What would have been checked ("vertebral strength").
    pub check: String,
    /// Where ("T5 inferior").
    pub place: String,
    /// Why it was not.
    pub reason: String,
}

impl Unchecked {
    /// A part whose material has no strength.
    pub(super) fn no_strength(
        (state, load_case): (&str, &str),
        place: &str,
        material: &str,
    ) -> Self {
        Self {
            state: state.to_owned(),
            load_case: load_case.to_owned(),
            check: "strength".to_owned(),
            place: place.to_owned(),
            reason: format!("its material \"{material}\" has none (`strength_mpa` gives one)"),
        }
    }
}

/// One sentence for each check and reason: "vertebral strength of T5 inferior (pull): …".
/// `load_cases` is how many there are: where all miss a check, they are not listed.
pub fn sentences(unchecked: &[Unchecked], load_cases: usize) -> Vec<String> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for one in unchecked {
        let same = |g: &&mut Group<'_>| g.check == one.check && g.reason == one.reason;
        let group = match groups.iter_mut().find(same) {
            Some(group) => group,
            None => {
                groups.push(Group::of(one));
                let last = groups.len() - 1;
                &mut groups[last]
            }
        };
        if !group.places.contains(&one.place.as_str()) {
            group.places.push(&one.place);
        }
        group.cases.insert(&one.load_case);
    }
    groups.iter().map(|g| g.sentence(load_cases)).collect()
}

struct Group<'a> {
    check: &'a str,
    reason: &'a str,
    places: Vec<&'a str>,
    cases: BTreeSet<&'a str>,
}

impl<'a> Group<'a> {
    fn of(one: &'a Unchecked) -> Self {
        Self {
            check: &one.check,
            reason: &one.reason,
            places: Vec::new(),
            cases: BTreeSet::new(),
        }
    }

    fn sentence(&self, load_cases: usize) -> String {
        let places = self.places.join(", ");
        let cases: Vec<&str> = self.cases.iter().copied().collect();
        let every = cases.len() >= load_cases || cases == [MEAN_OF_SERVICE];
        let under = match every {
            true => String::new(),
            false => format!(" under {}", cases.join(", ")),
        };
        format!("{} of {places}{under}: {}", self.check, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(load_case: &str, place: &str, reason: &str) -> Unchecked {
        Unchecked {
            state: "fused".to_owned(),
            load_case: load_case.to_owned(),
            check: "strength".to_owned(),
            place: place.to_owned(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn places_and_load_cases_of_one_reason_share_a_sentence() {
        let list = [
            one("axial", "T5", "none"),
            one("axial", "T7", "none"),
            one("flexion", "T5", "none"),
            one("flexion", "T7", "none"),
            one("axial", "T5", "pulled"),
            one("all", "T6", "needs more"),
        ];
        let said = sentences(&list, 2);
        let expected = [
            "strength of T5, T7: none",
            "strength of T5 under axial: pulled",
            "strength of T6: needs more",
        ];
        assert_eq!(said, expected);
        assert!(sentences(&[], 2).is_empty());
    }
}
