//! Ways to spoil a panel, one at a time, each at every place where it can be done: what a hurried hand does to a
//! policy. The last ones change only how it is written.

use super::small::{Field, Forbid, Grant, Kind, Order, OverVerb, Proof, Recovery, Small, Step, Then, Verb, When};
use super::spoil::{changed, one_left_out};

pub(super) struct Operator {
    pub(super) name: &'static str,
    pub(super) mutants: fn(&Small) -> Vec<Small>,
}

macro_rules! operators {
    ($($name:literal => $mutants:expr,)+) => {
        pub(super) const OPERATORS: &[Operator] = &[$(Operator { name: $name, mutants: $mutants },)+];
    };
}

operators! {
    "drop a forbid" => |s| s.without(|s| &mut s.forbids),
    "forbid only one field" => |s| s.forbids_changed(|small, f| {
        let fits = f.fields.is_none() && f.verbs.iter().all(|v| v.is_of_fields());
        f.model.filter(|_| fits).map(|model| Forbid { fields: Some(vec![small.models[model].fields.len() - 1]), ..f.clone() })
    }),
    "forbid only some rows" => |s| s.forbids_changed(|_, f| {
        f.model.filter(|_| f.when.is_none()).map(|_| Forbid { when: Some(When::Is(0, Order::Same, 1)), ..f.clone() })
    }),
    "drop a condition" => |s| s.grants_changed(|_, g| g.when.is_some().then(|| Grant { when: None, ..g.clone() })),
    "or in place of and" => |s| s.conditions_changed(|w| match w {
        When::And(a, b) => Some(When::Or(a.clone(), b.clone())),
        _ => None,
    }),
    "drop one half of an and" => |s| s.conditions_changed(|w| match w {
        When::And(a, _) => Some((**a).clone()),
        _ => None,
    }),
    "turn a condition round" => |s| s.conditions_changed(|w| Some(When::Not(Box::new(w.clone())))),
    "include the border" => |s| s.conditions_changed(|w| match w {
        When::Is(f, Order::Less, n) => Some(When::Is(*f, Order::AtMost, *n)),
        When::Is(f, Order::More, n) => Some(When::Is(*f, Order::AtLeast, *n)),
        _ => None,
    }),
    "unlike in place of like" => |s| s.conditions_changed(|w| match w {
        When::Is(f, Order::Same, n) => Some(When::Is(*f, Order::Other, *n)),
        When::Mine(f, is) => Some(When::Mine(*f, !is)),
        _ => None,
    }),
    "another value" => |s| s.conditions_changed(|w| match w {
        When::Is(f, order, n) => Some(When::Is(*f, *order, 1 - n.min(&1))),
        _ => None,
    }),
    "drop the fields of a grant" => |s| s.grants_changed(|_, g| g.fields.is_some().then(|| Grant { fields: None, ..g.clone() })),
    "add a field to a grant" => |s| s.grants_changed(|small, g| {
        let (fields, model) = (g.fields.as_ref()?, g.model?);
        let more = (0..small.models[model].fields.len()).find(|f| !fields.contains(f))?;
        Some(Grant { fields: Some([fields.as_slice(), &[more]].concat()), ..g.clone() })
    }),
    "take a field from a grant" => |s| s.grants_changed(|small, g| {
        if !g.verbs.iter().all(|v| v.is_of_fields()) {
            return None;
        }
        let all: Vec<usize> = (0..small.models[g.model?].fields.len()).collect();
        let mut fields = g.fields.clone().unwrap_or(all);
        fields.pop();
        (!fields.is_empty()).then(|| Grant { fields: Some(fields), ..g.clone() })
    }),
    "grant everything in place of a model" => |s| s.grants_changed(|_, g| {
        let plain = g.model.is_some() && !g.verbs.iter().any(|v| matches!(v, Verb::Act(_)));
        plain.then(|| Grant { model: None, fields: None, when: None, ..g.clone() })
    }),
    "grant delete as well" => |s| s.with_verb(Verb::Delete),
    "grant edit as well" => |s| s.with_verb(Verb::Edit),
    "grant create as well" => |s| s.with_verb(Verb::Create),
    "grant export as well" => |s| s.with_verb(Verb::Export),
    "grant import as well" => |s| s.with_verb(Verb::Import),
    "grant an action as well" => |s| s.with_verb(Verb::Act(0)),
    "export without a reason" => |s| s.grants_changed(|_, g| g.reveal.then(|| Grant { reveal: false, ..g.clone() })),
    "drop a verb" => |s| s.grants_changed(|_, g| (g.verbs.len() > 1).then(|| Grant { verbs: g.verbs[1..].to_vec(), ..g.clone() })),
    "drop a grant" => |s| s.each_role(|role| one_left_out(role, |r| &mut r.grants)),
    "copy a grant to another role" => |s| s.copied(false),
    "lend another role's grant" => |s| s.copied(true),
    "assign a superior" => |s| s.over_superior(OverVerb::Assign, false),
    "lend the assignment of a superior" => |s| s.over_superior(OverVerb::Assign, true),
    "reset a superior" => |s| s.over_superior(OverVerb::Reset, false),
    "lend the reset of a superior" => |s| s.over_superior(OverVerb::Reset, true),
    "lock a superior" => |s| s.over_superior(OverVerb::Lock, false),
    "unlock a superior" => |s| s.over_superior(OverVerb::Unlock, false),
    "sign a superior out" => |s| s.over_superior(OverVerb::Revoke, false),
    "assign any role" => |s| s.over_others(OverVerb::Assign),
    "reset any role" => |s| s.over_others(OverVerb::Reset),
    "assign one's own role" => |s| s.over_own(OverVerb::Assign),
    "reset one's own role" => |s| s.over_own(OverVerb::Reset),
    "drop authority over people" => |s| s.each_role(|role| one_left_out(role, |r| &mut r.people)),
    "take a role off the ladder" => |s| s.each_role(|r| changed(r, !r.under.is_empty(), |r| r.under.clear())),
    "put a role beside its superior" => |s| s.each_role(|r| changed(r, !r.under.is_empty(), |r| r.beside = r.under.pop())),
    "put a role under another one" => |s| {
        let roles = s.roles.len();
        (1..roles).flat_map(|low| (0..roles).filter(move |high| *high != low).map(move |high| (low, high))).map(|(low, high)| {
            let mut small = s.clone();
            small.roles[low].under = vec![high];
            small.roles[low].beside = None;
            small
        }).collect()
    },
    "see no log" => |s| s.each_role(|r| changed(r, r.log, |r| r.log = false)),
    "see the log" => |s| s.each_role(|r| changed(r, !r.log, |r| r.log = true)),
    "ask for a factor" => |s| s.each_role(|r| changed(r, !r.factor, |r| r.factor = true)),
    "delete along" => |s| s.fields_changed(|f| match f.kind {
        Kind::Key(to, Then::Restrict | Then::SetNull) => Some(Field { kind: Kind::Key(to, Then::Cascade), ..*f }),
        _ => None,
    }),
    "empty along" => |s| s.fields_changed(|f| match f.kind {
        Kind::Key(to, Then::Restrict | Then::Cascade) => {
            Some(Field { kind: Kind::Key(to, Then::SetNull), optional: true, ..*f })
        }
        _ => None,
    }),
    "drop readonly" => |s| s.fields_changed(|f| f.readonly.then_some(Field { readonly: false, ..*f })),
    "drop transfers" => |s| s.fields_changed(|f| f.transfers.then_some(Field { transfers: false, ..*f })),
    "drop a label of secrecy" => |s| s.fields_changed(|f| f.sensitive.then_some(Field { sensitive: false, ..*f })),
    "label a field sensitive" => |s| s.fields_changed(|f| (!f.sensitive && f.kind != Kind::Secret).then_some(Field { sensitive: true, ..*f })),
    "make a field a secret" => |s| {
        // One that a condition reads would be told of that first.
        let read = |s: &Small, id: usize, at: usize| s.roles.iter().flat_map(|r| &r.grants).any(|g| g.model == Some(id) && g.when.as_ref().is_some_and(|w| w.reads(at)))
            || s.forbids.iter().any(|f| f.model == Some(id) && f.when.as_ref().is_some_and(|w| w.reads(at)));
        s.each_field(|s, id, at| (s.models[id].fields[at].kind == Kind::Text && !read(s, id, at)).then(|| Field::of(Kind::Secret)))
    },
    "let a field be empty" => |s| s.fields_changed(|f| (!f.optional && !matches!(f.kind, Kind::Author)).then_some(Field { optional: true, ..*f })),
    "search another field" => |s| s.listed(|m| &mut m.search, |k| k == Kind::Text),
    "filter by another field" => |s| s.listed(|m| &mut m.filter, |_| true),
    "sort by another field" => |s| s.listed(|m| &mut m.sort, |_| true),
    "label by another field" => |s| s.each_model(|m| {
        (0..m.fields.len()).filter(|at| m.fields[*at].kind == Kind::Text && *at != m.label).map(|at| {
            let mut model = m.clone();
            model.label = at;
            model
        }).collect()
    }),
    "let an action write more" => |s| s.each_model(|m| {
        (0..m.actions.len()).flat_map(|action| (0..m.fields.len()).map(move |field| (action, field))).filter(|(action, field)| {
            !m.actions[*action].contains(field) && !m.fields[*field].is_automatic()
        }).map(|(action, field)| {
            let mut model = m.clone();
            model.actions[action].push(field);
            model
        }).collect()
    }),
    "drop the separation of duties" => |s| s.without(|s| &mut s.apart),
    "keep two more steps apart" => |s| {
        let acts = |id: usize| (0..s.models[id].actions.len()).map(Verb::Act);
        (0..s.models.len()).flat_map(|id| acts(id).map(move |act| [Step { verb: Verb::Create, model: id }, Step { verb: act, model: id }])).filter(|steps| !s.apart.contains(steps)).map(|steps| {
            let mut small = s.clone();
            small.apart.push(steps);
            small
        }).collect()
    },
    "drop a fresh proof" => |s| s.without(|s| &mut s.reauth),
    "ask a fresh proof of an action" => |s| {
        (0..s.models.len()).flat_map(|id| (0..s.models[id].actions.len()).map(move |action| Proof::Action(id, action))).filter(|proof| !s.reauth.contains(proof)).map(|proof| {
            let mut small = s.clone();
            small.reauth.push(proof);
            small
        }).collect()
    },
    "no way back but mail" => |s| s.recovers(true, false, false),
    "no way back but an administrator" => |s| s.recovers(false, true, false),
    "no way back but codes" => |s| s.recovers(false, false, true),
    "no command line" => |s| s.recovery.filter(|r| r.break_glass && (r.by_email || r.by_administrator || r.codes)).map(|r| Small { recovery: Some(Recovery { break_glass: false, ..r }), ..s.clone() }).into_iter().collect(),
    "written: not not" => |s| s.conditions_changed(|w| Some(When::Not(Box::new(When::Not(Box::new(w.clone())))))),
    "written: the other half first" => |s| s.conditions_changed(|w| match w {
        When::And(a, b) => Some(When::And(b.clone(), a.clone())),
        When::Or(a, b) => Some(When::Or(b.clone(), a.clone())),
        _ => None,
    }),
    "written: a set of one" => |s| s.conditions_changed(|w| match w {
        When::Is(f, Order::Same, n) => Some(When::Among(*f, vec![*n])),
        _ => None,
    }),
    "written: a clause for each verb" => |s| s.each_role(|r| vec![{
        let mut role = r.clone();
        role.grants = r.grants.iter().flat_map(|g| g.verbs.iter().map(|v| Grant { verbs: vec![*v], ..g.clone() })).collect();
        role
    }]),
    "written: the last clause first" => |s| s.each_role(|r| changed(r, r.grants.len() > 1, |r| r.grants.reverse())),
    "written: every field by name" => |s| s.grants_changed(|small, g| {
        let model = &small.models[g.model?];
        let fits = g.fields.is_none() && g.verbs.iter().all(|v| v.is_of_fields()) && model.fields.iter().all(|f| !matches!(f.kind, Kind::Secret | Kind::Key(..)));
        fits.then(|| Grant { fields: Some((0..model.fields.len()).collect()), ..g.clone() })
    }),
    "written: a forbid of what nobody has" => |s| (1..s.roles.len()).filter(|role| s.roles[*role].grants.iter().all(|g| !g.verbs.contains(&Verb::Import))).map(|role| {
        let mut small = s.clone();
        small.forbids.push(Forbid { roles: vec![role], verbs: vec![Verb::Import], model: None, fields: None, when: None });
        small
    }).collect(),
}
