//! Views of what is lent.

use super::{frame, option};
use crate::views::{GroupPage, GroupsPage, LendForm, Link, LoanLine, LoansPage, LoansView, MemberLine};

pub(super) fn line(id: i64, named: bool) -> LoanLine {
    let runs = id == 1;
    LoanLine {
        right: "export Patient".into(),
        clauses: "may export Patient { name, doctor } when doctor == me.doctor".into(),
        to: named.then(|| Link { label: "omar@clinic.example".into(), href: "/people/4".into() }),
        role: "Clinician".into(),
        until: "the end of 2026-12-31".into(),
        why: "The yearly report, while Anna is away".into(),
        by: "maximiliana.von.hohenfels-bartenstein@clinic.example, 2026-11-21".into(),
        state: if runs { "in force" } else { "ended 2026-11-22 10:00 by anna@clinic.example: back again" }.into(),
        runs,
        end: runs.then(|| "/people/loans/1/end".into()),
        renew: runs.then(|| "/people/loans/1/renew".into()),
        id,
    }
}

pub(super) fn form() -> LendForm {
    LendForm {
        action: "/people/4/lend".into(),
        rights: vec![option("export Patient Clinician", "export Patient", true)],
        until: "2026-11-20".into(),
        why: "The yearly report".into(),
        from: "2026-11-21".into(),
        to: "2027-11-22".into(),
        error: Some("The end of a loan lies ahead.".into()),
    }
}

pub(in crate::page) fn loans() -> LoansPage {
    LoansPage {
        frame: frame("What is lent", "People", &[("People", "/people")]),
        groups: "/people/groups".into(),
        loans: LoansView { lines: vec![line(1, true), line(2, true)], form: None },
        cut: true,
    }
}

pub(in crate::page) fn groups() -> GroupsPage {
    GroupsPage {
        frame: frame("Groups", "People", &[("People", "/people")]),
        loans: "/people/loans".into(),
        groups: vec![(Link { label: "Night shift".into(), href: "/people/groups/1".into() }, 3)],
        add: Some("/people/groups".into()),
        name: "Night shift".into(),
        error: Some("There is a group of this name already.".into()),
    }
}

pub(in crate::page) fn group() -> GroupPage {
    GroupPage {
        frame: frame("Night shift", "People", &[("People", "/people"), ("Groups", "/people/groups")]),
        members: vec![MemberLine {
            id: 4,
            person: Link { label: "omar@clinic.example".into(), href: "/people/4".into() },
            role: "Clinician".into(),
            may_leave: true,
        }],
        others: 2,
        join: "/people/groups/1/add".into(),
        leave: "/people/groups/1/remove".into(),
        email: "nobody@clinic.example".into(),
        join_error: Some("Nobody of the people that you see has this address.".into()),
        loans: LoansView { lines: vec![line(1, false)], form: Some(form()) },
    }
}
