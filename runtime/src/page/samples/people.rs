//! Views of the pages about people.

use super::loans;
use super::{cell, frame, option};
use crate::views::{
    AssignView, AttributeField, AttributesView, Fact, HandedLinkPage, InvitePage, LoansView, PeopleListPage, PersonAct,
    PersonLine, PersonPage,
};

pub(in crate::page) fn people() -> PeopleListPage {
    let line = |email: &'static str, role: &'static str, state: &'static str| PersonLine {
        href: "/people/4".into(),
        email: email.into(),
        role: role.into(),
        factor: if role == "Owner" { "set up" } else { "" }.into(),
        state: state.into(),
    };
    PeopleListPage {
        frame: frame("People", "People", &[]),
        invite: Some("/people/invite".into()),
        loans: Some("/people/loans".into()),
        people: vec![
            line("anna@clinic.example", "Owner", ""),
            line("maximiliana.von.hohenfels-bartenstein@clinic.example", "Clinician", "no password yet"),
            line("omar@clinic.example", "Reception", "locked"),
        ],
    }
}

pub(in crate::page) fn person() -> PersonPage {
    let fact =
        |label: &'static str, text: &'static str| Fact { label: label.into(), cell: cell(text, ""), wide: false };
    PersonPage {
        frame: frame("omar@clinic.example", "People", &[("People", "/people")]),
        facts: vec![fact("Role", "Reception"), fact("Since", "2026-11-20"), fact("State", "locked")],
        assign: Some(AssignView {
            action: "/people/4/assign".into(),
            roles: vec![option("Manager", "Manager", false), option("Clinician", "Clinician", false)],
        }),
        attributes: Some(AttributesView {
            action: "/people/4/attributes".into(),
            fields: vec![
                AttributeField {
                    name: "a.doctor".into(),
                    label: "Doctor".into(),
                    help: "Whose patients they see.".into(),
                    value: "".into(),
                    options: vec![option("", "none", false), option("3", "Dr Zoe Brown", true)],
                    find: Some(("find.doctor".into(), "".into())),
                },
                AttributeField {
                    name: "a.desk".into(),
                    label: "Desk".into(),
                    help: "".into(),
                    value: "4".into(),
                    options: Vec::new(),
                    find: None,
                },
            ],
        }),
        loans: Some(LoansView { lines: vec![loans::line(1, false), loans::line(2, false)], form: Some(loans::form()) }),
        acts: vec![
            PersonAct {
                action: "/people/4/unlock".into(),
                label: "Unlock".into(),
                help: "They may sign in again; failed tries are forgotten.".into(),
            },
            PersonAct {
                action: "/people/4/revoke".into(),
                label: "End all sessions".into(),
                help: "Wherever they are signed in, they have to anew.".into(),
            },
        ],
    }
}

pub(in crate::page) fn invite() -> InvitePage {
    InvitePage {
        frame: frame("Invitation", "People", &[("People", "/people")]),
        action: "/people/invite".into(),
        cancel: "/people".into(),
        email: "omar@clinic.example".into(),
        email_error: Some("This address has an account already.".into()),
        roles: vec![option("Manager", "Manager", true)],
    }
}

pub(in crate::page) fn handed_link() -> HandedLinkPage {
    HandedLinkPage {
        frame: frame("One-use link", "People", &[("People", "/people")]),
        lead: "They choose a new password with this link.".into(),
        link: "https://clinic.example/join?token=q3Vn0c6mT2sWb1rY8kXe4uLh7aDf9gJp".into(),
        back: "/people/4".into(),
    }
}
