//! The policy as JSON, for programs: names as declared, conditions in the words of the block.

use serde_json::{Map, Value, json};

use super::told::lines;
use crate::clause;
use crate::matrix;
use crate::panel::{Cell, Clause, Panel, Role};

pub(super) fn policy(panel: &Panel) -> Value {
    json!({
        "panel": panel.name,
        "matrix": lines(panel).into_iter().map(|line| {
            let reach: Map<String, Value> =
                panel.roles.iter().zip(&line.reach).map(|(role, reach)| (role.name.to_owned(), reach.word().into())).collect();
            json!({ "model": line.name, "verb": line.word, "reach": reach })
        }).collect::<Vec<_>>(),
        "roles": panel.roles.iter().map(|role| of_role(panel, role)).collect::<Vec<_>>(),
        "forbids": panel.forbids.iter().map(|forbid| forbid.text).collect::<Vec<_>>(),
        "accepts": panel.accepts.iter().map(|accept| json!({
            "rule": accept.rule, "owner": accept.owner, "reason": accept.reason, "until": accept.until,
        })).collect::<Vec<_>>(),
    })
}

fn of_role(panel: &Panel, role: &Role) -> Value {
    let names = |indexes: &[usize]| -> Vec<&str> {
        indexes.iter().filter_map(|index| panel.roles.get(*index)).map(|role| role.name).collect()
    };
    json!({
        "role": role.name,
        "under": names(role.under),
        "beside": names(role.beside),
        "keep": role.keep,
        "factor_required": role.factor_required,
        "cells": role.cells.iter().filter_map(|cell| of_cell(panel, role, cell)).collect::<Vec<_>>(),
        "framework": role.framework.iter().map(clause::framework).collect::<Vec<_>>(),
        "authority": matrix::authority(role).iter().map(|authority| json!({
            "may": authority.verbs.iter().map(|verb| clause::people_verb(*verb)).collect::<Vec<_>>(),
            "over": names(&authority.over),
            "lendable": authority.lendable,
        })).collect::<Vec<_>>(),
        "clauses": role.grants.iter().map(|clause| clause.text).collect::<Vec<_>>(),
    })
}

fn of_cell(panel: &Panel, role: &Role, cell: &Cell) -> Option<Value> {
    let model = panel.models.get(cell.model)?;
    Some(json!({
        "verb": clause::verb(model, cell.verb),
        "model": model.name,
        "fields": clause::names(model, cell.fields),
        "when": cell.when.as_ref().map(|when| clause::predicate(panel, model, when)),
        "lendable": cell.lendable,
        "reveal": cell.reveal,
        "clause": role.grants.get(cell.grant).map(|clause| placed(panel, clause)),
    }))
}

/// A clause as written, with its file and line; a line of 0 is not known.
pub(super) fn placed(panel: &Panel, clause: &Clause) -> Value {
    json!({ "text": clause.text, "file": panel.file, "line": (clause.line > 0).then_some(clause.line) })
}
