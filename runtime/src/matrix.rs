//! How far each role holds each verb over each model, and over whom it rules: what the policy page and `policy show`
//! both print. It decides nothing; `authorize.rs` does.

use std::collections::BTreeMap;

use crate::kind::FieldSet;
use crate::panel::{Cell, Framework, FrameworkCell, Kind, Model, PeopleVerb, Role, Verb};

/// How far a role holds a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Not at all.
    None,
    /// Only where it is lent.
    Lendable,
    /// In some rows, or in some of the fields that the verb can touch.
    Some,
    /// In every row and field.
    All,
}

impl Reach {
    /// `none`, `may`, `some`, `all`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lendable => "may",
            Self::Some => "some",
            Self::All => "all",
        }
    }
}

/// The verbs of a model, in reading order.
pub(crate) fn verbs(model: &Model) -> impl Iterator<Item = Verb> + Clone + use<> {
    [Verb::View, Verb::Create, Verb::Edit, Verb::Delete, Verb::Export, Verb::Import]
        .into_iter()
        .chain((0..model.actions.len()).map(Verb::Act))
}

/// The fields that the verb can touch at all: what the panel writes itself is created by nobody, a secret is read by
/// nobody.
pub(crate) fn touched(model: &Model, verb: Verb) -> FieldSet {
    let touched = model.fields.iter().filter(|field| match verb {
        Verb::Create | Verb::Edit | Verb::Import => field.is_writable(),
        Verb::View | Verb::Export => field.kind != Kind::Secret,
        Verb::Delete | Verb::Act(_) => false,
    });
    touched.fold(FieldSet::NONE, |set, field| set.with(field.index))
}

/// How far the role holds the verb; clauses without a condition count together.
pub(crate) fn reach(role: &Role, model: &Model, verb: Verb) -> Reach {
    let all = || role.cells.iter().filter(|cell| cell.model == model.index && cell.verb == verb);
    let held = || all().filter(|cell| !cell.lendable);
    if held().next().is_none() {
        return if all().next().is_some() { Reach::Lendable } else { Reach::None };
    }
    let everywhere: Vec<&Cell> = held().filter(|cell| cell.when.is_none()).collect();
    let fields = everywhere.iter().fold(FieldSet::NONE, |set, cell| set.union(cell.fields));
    let touched = touched(model, verb);
    if !everywhere.is_empty() && fields.intersection(touched) == touched { Reach::All } else { Reach::Some }
}

/// Rights over the framework's own pages, which are held as a whole or not at all.
pub(crate) const FRAMEWORK: [(Framework, Verb); 3] =
    [(Framework::Audit, Verb::View), (Framework::Audit, Verb::Export), (Framework::People, Verb::View)];

/// How far the role holds such a right.
pub(crate) fn framework(role: &Role, (subject, verb): (Framework, Verb)) -> Reach {
    let is = |cell: &FrameworkCell| cell.subject == subject && cell.verb == verb;
    if role.framework.iter().any(is) { Reach::All } else { Reach::None }
}

/// What a role may do with the holders of some roles.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    /// Indexes of roles, in order.
    pub(crate) over: Vec<usize>,
    /// In reading order.
    pub(crate) verbs: Vec<PeopleVerb>,
    /// Not held, but may be lent.
    pub(crate) lendable: bool,
}

const OVER: [PeopleVerb; 5] =
    [PeopleVerb::Assign, PeopleVerb::Reset, PeopleVerb::Lock, PeopleVerb::Unlock, PeopleVerb::Revoke];

/// A role's authority over people, verbs that reach the same roles together; what is held first.
pub(crate) fn authority(role: &Role) -> Vec<Authority> {
    let mut all = Vec::new();
    for lendable in [false, true] {
        let mut by_roles: BTreeMap<Vec<usize>, Vec<PeopleVerb>> = BTreeMap::new();
        for verb in OVER {
            let held = role.people.iter().filter(|cell| cell.verb == verb && cell.lendable == lendable);
            let mut over: Vec<usize> = held.map(|cell| cell.target).collect();
            over.sort_unstable();
            over.dedup();
            if !over.is_empty() {
                by_roles.entry(over).or_default().push(verb);
            }
        }
        all.extend(by_roles.into_iter().map(|(over, verbs)| Authority { over, verbs, lendable }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::PeopleCell;
    use crate::testing::{PANEL, PATIENT};

    #[test]
    fn what_nobody_can_write_is_missing_from_no_right() {
        let owner = PANEL.role_by_name("Owner").expect("a role");
        let patients = &PANEL.models[PATIENT];
        assert!(patients.fields.iter().any(|field| !field.is_writable()), "there is such a field");
        assert_eq!(reach(owner, patients, Verb::Create), Reach::All);
        let clinician = PANEL.role_by_name("Clinician").expect("a role");
        assert_eq!(reach(clinician, patients, Verb::View), Reach::Some);
        assert_eq!(reach(clinician, patients, Verb::Delete), Reach::None);
    }

    #[test]
    fn authority_over_the_same_people_is_one_line() {
        static PEOPLE: [PeopleCell; 4] = [
            PeopleCell { verb: PeopleVerb::Lock, target: 2, lendable: false, grant: 0 },
            PeopleCell { verb: PeopleVerb::Assign, target: 2, lendable: false, grant: 1 },
            PeopleCell { verb: PeopleVerb::Assign, target: 1, lendable: true, grant: 2 },
            PeopleCell { verb: PeopleVerb::Lock, target: 2, lendable: false, grant: 3 },
        ];
        let clinician = PANEL.role_by_name("Clinician").expect("a role");
        let role = Role { people: &PEOPLE, ..*clinician };
        assert_eq!(
            authority(&role),
            [
                Authority { over: vec![2], verbs: vec![PeopleVerb::Assign, PeopleVerb::Lock], lendable: false },
                Authority { over: vec![1], verbs: vec![PeopleVerb::Assign], lendable: true },
            ]
        );
    }
}
