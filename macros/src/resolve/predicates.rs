//! What the names in a condition stand for: a field of the row, a variant, an attribute of the person. Whether the two
//! sides of a comparison agree is for a rule.

use proc_macro2::Ident;

use super::links;
use super::names::Names;
use crate::ast;
use crate::diag::Diags;
use crate::panel::{ChoiceId, Field, Kind, Literal, ModelId, Name, Op, Operand, OperandKind, Predicate};

/// A condition on rows of one model.
pub(crate) struct Conditions<'a> {
    pub(crate) names: &'a Names<'a>,
    pub(crate) model: ModelId,
    pub(crate) fields: &'a [Field],
}

impl Conditions<'_> {
    pub(crate) fn resolve(&self, written: &ast::Predicate, diags: &mut Diags) -> Predicate {
        match written {
            ast::Predicate::And(parts) => Predicate::And(self.all(parts, diags)),
            ast::Predicate::Or(parts) => Predicate::Or(self.all(parts, diags)),
            ast::Predicate::Not(inner) => Predicate::Not(Box::new(self.resolve(inner, diags))),
            ast::Predicate::Compare { left, op, right, place } => {
                let (hint_left, hint_right) = (self.choice_of(right), self.choice_of(left));
                let left = self.operand(left, hint_left, diags);
                let right = self.operand(right, hint_right, diags);
                match (left, right) {
                    (Some(left), Some(right)) => Predicate::Compare { left, op: *op, right, place: *place },
                    _ => Predicate::Broken,
                }
            }
            ast::Predicate::IsNull { operand, negated, place } => match self.operand(operand, None, diags) {
                Some(operand) => Predicate::IsNull { operand, negated: *negated, place: *place },
                None => Predicate::Broken,
            },
            ast::Predicate::In { operand, negated, set, place } => {
                let hint = self.choice_of(operand);
                let operand = self.operand(operand, None, diags);
                let count = set.len();
                let set: Vec<Operand> = set.iter().filter_map(|member| self.operand(member, hint, diags)).collect();
                let Some(operand) = operand.filter(|_| set.len() == count) else { return Predicate::Broken };
                let test = Predicate::In { operand, set, place: *place };
                if *negated { Predicate::Not(Box::new(test)) } else { test }
            }
            ast::Predicate::Holds(operand) => match self.operand(operand, None, diags) {
                Some(left) => {
                    let place = left.place;
                    let right = Operand { kind: OperandKind::Literal(Literal::Bool(true)), place };
                    Predicate::Compare { left, op: Op::Eq, right, place }
                }
                None => Predicate::Broken,
            },
            ast::Predicate::Broken => Predicate::Broken,
        }
    }

    fn all(&self, parts: &[ast::Predicate], diags: &mut Diags) -> Vec<Predicate> {
        parts.iter().map(|part| self.resolve(part, diags)).collect()
    }

    /// The choice that the other side of a comparison is most likely a variant of.
    fn choice_of(&self, operand: &ast::Operand) -> Option<ChoiceId> {
        let kind = match &operand.kind {
            ast::OperandKind::Value(ast::ValueKind::Name(name)) => {
                let field = self.names.find_field(self.model, name)?;
                self.fields[field.0].kind
            }
            _ => return None,
        };
        if let Kind::Choice(choice) = kind { Some(choice) } else { None }
    }

    fn operand(&self, written: &ast::Operand, hint: Option<ChoiceId>, diags: &mut Diags) -> Option<Operand> {
        let kind = match &written.kind {
            ast::OperandKind::Me => OperandKind::Me,
            ast::OperandKind::MeAttribute(name) => OperandKind::MeAttribute(self.names.attribute(name, diags)?),
            ast::OperandKind::Now(offset) => OperandKind::Now(*offset),
            ast::OperandKind::Value(value) => match value {
                ast::ValueKind::Null => {
                    diags.syntax(written.place, "nothing is equal to null").help("write `is null` or `is not null`");
                    return None;
                }
                ast::ValueKind::Bool(value) => OperandKind::Literal(Literal::Bool(*value)),
                ast::ValueKind::Int(int) => OperandKind::Literal(Literal::Int(*int)),
                ast::ValueKind::Number(digits) => OperandKind::Literal(Literal::Number(digits.clone())),
                ast::ValueKind::Text(text) => OperandKind::Literal(Literal::Text(text.clone())),
                ast::ValueKind::Name(name) => self.name(name, hint, diags)?,
                ast::ValueKind::Path(owner, name) => self.path(owner, name, diags)?,
            },
        };
        Some(Operand { kind, place: written.place })
    }

    /// A field of the row, else a variant: of the other side's choice, else of any.
    fn name(&self, name: &Ident, hint: Option<ChoiceId>, diags: &mut Diags) -> Option<OperandKind> {
        if let Some(field) = self.names.find_field(self.model, name) {
            self.names.mention(Name::Field(self.model, field), name);
            if links::no_value(&self.fields[field.0], name, diags) {
                return None;
            }
            return Some(OperandKind::Field(field));
        }
        let any = (0..self.names.choices.len()).map(ChoiceId);
        for choice in hint.into_iter().chain(any) {
            if let Some(variant) = self.names.find_variant(choice, name) {
                self.names.mention(Name::Variant(choice, variant), name);
                return Some(OperandKind::Literal(Literal::Choice(choice, variant)));
            }
        }
        match hint {
            Some(choice) => drop(self.names.variant(choice, name, diags)),
            None => drop(self.names.field(self.model, name, diags)),
        }
        None
    }

    fn path(&self, owner: &Ident, name: &Ident, diags: &mut Diags) -> Option<OperandKind> {
        let choice = self.names.choice(owner, diags)?;
        let variant = self.names.variant(choice, name, diags)?;
        Some(OperandKind::Literal(Literal::Choice(choice, variant)))
    }
}
