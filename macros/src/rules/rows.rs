//! Conditions on rows: each can hold, and each compares like with like.

use super::policy::{Policy, Stands};
use crate::diag::Diags;
use crate::panel::{
    FieldId, Kind, Literal, Model, ModelId, Op, Operand, OperandKind, Owner, Panel, Place, Predicate, RoleId, Verb,
};
use crate::predicate;

/// A check that nothing passes stops every write; a `forbid` that nothing meets forbids nothing.
pub(super) fn predicate_can_hold(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        // Of a grant, `grant_can_apply` tells the same.
        if matches!(condition.stands, Stands::Grant(..)) || policy.can_hold(condition.model, condition.predicate) {
            continue;
        }
        let model = &policy.model(condition.model).name;
        let place = predicate::place_of(condition.predicate).unwrap_or(condition.place);
        let message = match condition.stands {
            Stands::Check => format!("no row of `{model}` can ever pass this check"),
            Stands::Forbid => format!("this forbids nothing: no row of `{model}` fulfils its condition"),
            Stands::Dashboard | Stands::Grant(..) => {
                format!("this shows nothing: no row of `{model}` fulfils its condition")
            }
        };
        diags.error("predicate_can_hold", place, message).about(condition.owner).about(Owner::Model(condition.model));
    }
}

/// A condition that every row fulfils looks like a limit and is none: the reviewer reads it as one.
pub(super) fn predicate_restricts(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        if policy.some_row(condition.model, &[], &[condition.predicate]) {
            continue;
        }
        let model = &policy.model(condition.model).name;
        let place = predicate::place_of(condition.predicate).unwrap_or(condition.place);
        let message = match condition.stands {
            Stands::Check => format!("every row of `{model}` passes this check"),
            Stands::Grant(..) | Stands::Forbid | Stands::Dashboard => {
                format!("this condition restricts nothing: every row of `{model}` fulfils it")
            }
        };
        diags
            .error("predicate_restricts", place, message)
            .help("take the condition out, or write the one that was meant")
            .about(condition.owner)
            .about(Owner::Model(condition.model));
    }
}

/// A comparison of unlike things is never true, whatever the row says: the grant looks narrow and is empty, or, under
/// `not`, looks narrow and hides rows that it should not.
pub(super) fn predicate_types_agree(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        let sides = Sides { panel: policy.panel(), model: policy.panel().model(condition.model) };
        let mut wrong = Vec::new();
        sides.examine(condition.predicate, &mut wrong);
        for (place, message) in wrong {
            diags
                .error("predicate_types_agree", place, message)
                .about(condition.owner)
                .about(Owner::Model(condition.model));
        }
    }
}

struct Sides<'a> {
    panel: &'a Panel,
    model: &'a Model,
}

impl Sides<'_> {
    fn examine(&self, predicate: &Predicate, wrong: &mut Vec<(Place, String)>) {
        match predicate {
            Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| self.examine(part, wrong)),
            Predicate::Not(inner) => self.examine(inner, wrong),
            Predicate::Compare { left, op, right, place } => {
                if let Some(message) = self.disagreement(left, *op, right) {
                    wrong.push((*place, message));
                }
            }
            Predicate::In { operand, set, place } => {
                for one in set {
                    if matches!(one.kind, OperandKind::Field(_)) {
                        wrong.push((one.place, "a set holds constants, and this is a field of the row".to_owned()));
                    } else if let Some(message) = self.disagreement(operand, Op::Eq, one) {
                        wrong.push((*place, message));
                        return;
                    }
                }
            }
            Predicate::IsNull { .. } | Predicate::Broken => {}
        }
    }

    fn disagreement(&self, left: &Operand, op: Op, right: &Operand) -> Option<String> {
        let (a, b) = (&left.kind, &right.kind);
        let order = !matches!(op, Op::Eq | Op::Ne);
        let (a_kind, b_kind) = (self.kind(a), self.kind(b));
        let (a_said, b_said) = (self.said(a), self.said(b));
        let unlike = || Some(format!("{a_said} is compared with {b_said}"));
        match (a_kind, b_kind) {
            (Some(one), Some(other)) if !compare(one, other) => return unlike(),
            (Some(kind), None) if !takes(kind, b, matches!(a, OperandKind::Field(_))) => return unlike(),
            (None, Some(kind)) if !takes(kind, a, matches!(b, OperandKind::Field(_))) => return unlike(),
            (None, None) => return Some(format!("{a_said} is compared with {b_said}, and neither is of the row")),
            _ => {}
        }
        let (kind, said) = a_kind.map(|kind| (kind, a_said)).or(b_kind.map(|kind| (kind, b_said)))?;
        (order && !has_order(kind)).then(|| format!("{said} has no order"))
    }

    fn kind(&self, operand: &OperandKind) -> Option<Kind> {
        match operand {
            OperandKind::Field(field) => self.model.fields.get(field.0).map(|f| f.kind),
            OperandKind::MeAttribute(attribute) => self.panel.actor.get(attribute.0).map(|a| a.kind),
            OperandKind::Me => Some(Kind::Actor),
            OperandKind::Now(_) | OperandKind::Literal(_) => None,
        }
    }

    fn said(&self, operand: &OperandKind) -> String {
        match operand {
            OperandKind::Field(field) => match self.model.fields.get(field.0) {
                Some(field) => format!("`{}` ({})", field.name, self.words(field.kind)),
                None => "a field".to_owned(),
            },
            OperandKind::MeAttribute(attribute) => match self.panel.actor.get(attribute.0) {
                Some(attribute) => format!("`me.{}` ({})", attribute.name, self.words(attribute.kind)),
                None => "an attribute".to_owned(),
            },
            OperandKind::Me => "`me` (a person)".to_owned(),
            OperandKind::Now(_) => "`now` (a moment)".to_owned(),
            OperandKind::Literal(Literal::Null) => "`null`".to_owned(),
            OperandKind::Literal(Literal::Bool(b)) => format!("`{b}` (yes or no)"),
            OperandKind::Literal(Literal::Int(i)) => format!("`{i}` (a whole number)"),
            OperandKind::Literal(Literal::Number(n)) => format!("`{n}` (a number)"),
            OperandKind::Literal(Literal::Text(text)) => format!("`\"{text}\"` (text)"),
            OperandKind::Literal(Literal::Choice(choice, variant)) => {
                match self.panel.choices.get(choice.0).map(|c| (c, c.variants.get(*variant))) {
                    Some((choice, Some(variant))) => format!("`{}` (a `{}`)", variant.name, choice.name),
                    _ => "a choice".to_owned(),
                }
            }
        }
    }

    fn words(&self, kind: Kind) -> String {
        match kind {
            Kind::String | Kind::Text => "text".into(),
            Kind::Email => "an address of mail".into(),
            Kind::Url => "a link".into(),
            Kind::Bool => "yes or no".into(),
            Kind::I32 | Kind::I64 => "a whole number".into(),
            Kind::F64 => "a number".into(),
            Kind::Decimal { scale, .. } => format!("a decimal with {scale} digits after the point"),
            Kind::Date => "a day".into(),
            Kind::Time => "a time of day".into(),
            Kind::Timestamp => "a moment".into(),
            Kind::Uuid => "an identifier".into(),
            Kind::Json => "JSON".into(),
            Kind::Secret => "a secret".into(),
            Kind::Bytes => "bytes".into(),
            Kind::Choice(choice) => name_of(self.panel.choices.get(choice.0).map(|c| &c.name)),
            Kind::Actor => "a person".into(),
            Kind::Model(ModelId(model), _) | Kind::Many(ModelId(model)) => {
                name_of(self.panel.models.get(model).map(|m| &m.name))
            }
        }
    }
}

/// Whether a field (or attribute) of this kind can be compared with that constant or moment.
fn takes(kind: Kind, operand: &OperandKind, is_field: bool) -> bool {
    let literal = match operand {
        OperandKind::Now(_) => return is_field && matches!(kind, Kind::Date | Kind::Time | Kind::Timestamp),
        OperandKind::Literal(literal) => literal,
        _ => return true,
    };
    let plain = matches!(
        kind,
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Bool | Kind::I32 | Kind::I64 | Kind::Choice(_)
    );
    // Beside an attribute of the person a constant is read without its type.
    (is_field || plain) && fits(kind, literal)
}

fn name_of(name: Option<&proc_macro2::Ident>) -> String {
    name.map_or_else(String::new, |name| format!("a `{name}`"))
}

fn compare(a: Kind, b: Kind) -> bool {
    let text = |kind| matches!(kind, Kind::String | Kind::Text | Kind::Email | Kind::Url);
    let whole = |kind| matches!(kind, Kind::I32 | Kind::I64);
    match (a, b) {
        (Kind::Model(a, _), Kind::Model(b, _)) => a == b,
        // The scale is how the number is kept; the precision only says how long it may be.
        (Kind::Decimal { scale: a, .. }, Kind::Decimal { scale: b, .. }) => a == b,
        // That a secret is read at all is another rule's to tell.
        (Kind::Secret, _) | (_, Kind::Secret) => true,
        _ => a == b || (text(a) && text(b)) || (whole(a) && whole(b)),
    }
}

fn has_order(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Bool
            | Kind::Choice(_)
            | Kind::Uuid
            | Kind::Json
            | Kind::Bytes
            | Kind::Actor
            | Kind::Model(..)
            | Kind::Many(_)
    )
}

fn fits(kind: Kind, literal: &Literal) -> bool {
    match (kind, literal) {
        (_, Literal::Null)
        | (Kind::Secret, _)
        | (Kind::Bool, Literal::Bool(_))
        | (Kind::I64 | Kind::F64 | Kind::Decimal { .. }, Literal::Int(_))
        | (Kind::F64, Literal::Number(_))
        | (Kind::String | Kind::Text | Kind::Email | Kind::Url, Literal::Text(_)) => true,
        (Kind::I32, Literal::Int(i)) => i32::try_from(*i).is_ok(),
        (Kind::Decimal { scale, .. }, Literal::Number(n)) => {
            n.split_once('.').is_none_or(|(_, part)| part.trim_end_matches('0').len() <= usize::from(scale))
        }
        (Kind::Choice(of), Literal::Choice(choice, _)) => of == *choice,
        (Kind::Date, Literal::Text(text)) => text.parse::<chrono::NaiveDate>().is_ok(),
        (Kind::Time, Literal::Text(text)) => text.parse::<chrono::NaiveTime>().is_ok(),
        (Kind::Timestamp, Literal::Text(text)) => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        (Kind::Uuid, Literal::Text(text)) => predicate::uuid_digits(text).is_some(),
        _ => false,
    }
}

/// Nulls follow SQL: what is not equal to `Paid` does not find the row that says nothing.
pub(super) fn null_is_thought_of(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        let model = policy.panel().model(condition.model);
        let mut forgotten: Vec<(FieldId, Place)> = Vec::new();
        falls_out(condition.predicate, false, &mut |field, place| {
            let optional = model.fields.get(field.0).is_some_and(|f| f.optional);
            if optional && forgotten.iter().all(|(known, _)| *known != field) {
                forgotten.push((field, place));
            }
        });
        if forgotten.is_empty() {
            continue;
        }
        // Beside the clause for the others there may be one for the empty ones.
        let beside = policy.conditions().iter().filter(|c| c.owner == condition.owner && c.model == condition.model);
        let mut tested = Vec::new();
        beside.for_each(|other| null_tests(other.predicate, &mut tested));
        forgotten.retain(|(field, _)| !tested.contains(field));
        for (field, place) in forgotten {
            if condition.stands == Stands::Forbid && !some_grant_meets_null(policy, condition.model, field) {
                continue;
            }
            let name = &model.field(field).name;
            diags
                .warning(
                    "null_is_thought_of",
                    place,
                    format!("rows of `{}` whose `{name}` is empty fall out of this comparison", model.name),
                )
                .help(format!(
                    "add `or {name} is null` if they are meant too, `and {name} is not null` if they are not"
                ))
                .about(condition.owner)
                .about(Owner::Model(condition.model));
        }
    }
}

/// Whether a clause that a conditional `forbid` is about reaches rows of which the field is empty.
fn some_grant_meets_null(policy: &Policy, model: ModelId, field: FieldId) -> bool {
    let place = policy.panel().model(model).field(field).place;
    let operand = Operand { kind: OperandKind::Field(field), place };
    let empty = Predicate::IsNull { operand, negated: false, place };
    let of_forbidden = |role: RoleId, verb: Verb| {
        policy.panel().forbids.iter().any(|f| {
            f.when.is_some() && f.roles.contains(&role) && f.verbs.contains(&verb) && f.models.contains(&model)
        })
    };
    policy.role_ids().any(|role| {
        policy.panel().role(role).cells.iter().filter(|c| c.model == model && of_forbidden(role, c.verb)).any(|cell| {
            let both: Vec<&Predicate> = cell.when.as_deref().into_iter().chain([&empty]).collect();
            policy.some_row(model, &both, &[])
        })
    })
}

fn null_tests(predicate: &Predicate, tested: &mut Vec<FieldId>) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| null_tests(part, tested)),
        Predicate::Not(inner) => null_tests(inner, tested),
        Predicate::IsNull { operand: Operand { kind: OperandKind::Field(field), .. }, .. } => tested.push(*field),
        Predicate::IsNull { .. } | Predicate::Compare { .. } | Predicate::In { .. } | Predicate::Broken => {}
    }
}

/// The fields that a comparison says something else of than what one would expect of an empty one: that nothing is
/// equal to nothing is plain, and that it is not unequal to anything either is the surprise.
fn falls_out(predicate: &Predicate, negated: bool, visit: &mut impl FnMut(FieldId, Place)) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => {
            for part in parts {
                falls_out(part, negated, visit);
            }
        }
        Predicate::Not(inner) => falls_out(inner, !negated, visit),
        Predicate::Compare { left, op, right, place } => {
            let both = [&left.kind, &right.kind];
            let surprises = (*op == Op::Ne) != negated && !both.contains(&&OperandKind::Literal(Literal::Null));
            for side in both {
                if let (OperandKind::Field(field), true) = (side, surprises) {
                    visit(*field, *place);
                }
            }
        }
        Predicate::In { operand, place, .. } => {
            if let (OperandKind::Field(field), true) = (&operand.kind, negated) {
                visit(*field, *place);
            }
        }
        Predicate::IsNull { .. } | Predicate::Broken => {}
    }
}
