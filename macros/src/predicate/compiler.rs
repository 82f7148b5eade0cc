//! From conditions to formulas that share their variables. What cannot be modelled exactly becomes a variable of its
//! own that may say anything; nothing is simplified that the two readings at run time might see otherwise.

use super::family::{Family, NANOS, uuid_digits};
use super::formula::{Formula, Thing, Truth, Variable, Whole};
use super::order::{Bounds, EQUAL, GREATER, LESS};
use crate::panel::{AttributeId, FieldId, Kind, Literal, ModelId, Op, Operand, OperandKind, Panel, Predicate};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// What constants are measured from.
    Zero,
    Field(FieldId),
    Me,
    Attribute(AttributeId),
    Now,
    /// The day or the time of day at `now` and so many seconds; each its own value.
    NowAs(Kind, i64),
}

/// Turns conditions over rows of one model into formulas that share their variables.
pub(super) struct Compiler<'a> {
    panel: &'a Panel,
    model: ModelId,
    /// Every text constant, sorted: its index stands for it.
    texts: Vec<String>,
    things: Vec<(Name, Thing)>,
    bounded: Vec<(usize, i128)>,
    variables: Vec<Variable>,
    opaque: Vec<(OperandKind, Op, OperandKind, usize)>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new<'p>(
        panel: &'a Panel,
        model: ModelId,
        predicates: impl Iterator<Item = &'p Predicate> + Clone,
    ) -> Self {
        let mut texts = Vec::new();
        let mut attributes = Vec::new();
        let mut fields = Vec::new();
        for predicate in predicates {
            super::each_operand(predicate, &mut |operand, _| match operand {
                OperandKind::Literal(Literal::Text(text)) => {
                    texts.push(text.clone());
                    texts.extend(uuid_digits(text));
                }
                OperandKind::MeAttribute(attribute) => attributes.push(*attribute),
                OperandKind::Field(field) => fields.push(*field),
                _ => {}
            });
        }
        texts.sort();
        texts.dedup();
        let mut compiler = Self {
            panel,
            model,
            texts,
            things: Vec::new(),
            bounded: Vec::new(),
            variables: Vec::new(),
            opaque: Vec::new(),
        };
        compiler.thing(Name::Zero, false);
        // Who is null is chosen before anything is compared: the walk relies on it.
        for attribute in attributes {
            compiler.thing(Name::Attribute(attribute), true);
        }
        for field in fields {
            let optional = compiler.panel.model(model).fields.get(field.0).is_none_or(|f| f.optional);
            compiler.thing(Name::Field(field), optional);
        }
        compiler
    }

    pub(super) fn finish(self) -> (Vec<Variable>, Bounds) {
        let mut bounds = Bounds::new(self.things.len());
        for (node, most) in self.bounded {
            bounds.within(node, 0, 0, most);
        }
        (self.variables, bounds)
    }

    pub(super) fn whole(&mut self, predicate: &Predicate) -> Whole {
        let mut attributes = Vec::new();
        super::each_operand(predicate, &mut |operand, _| {
            if let OperandKind::MeAttribute(attribute) = operand {
                attributes.extend(self.thing(Name::Attribute(*attribute), true).missing);
            }
        });
        Whole { body: self.formula(predicate), attributes }
    }

    fn thing(&mut self, name: Name, nullable: bool) -> Thing {
        if let Some((_, thing)) = self.things.iter().find(|(known, _)| *known == name) {
            return *thing;
        }
        let node = self.things.len();
        let missing = nullable.then(|| {
            self.variables.push(Variable::Missing);
            self.variables.len() - 1
        });
        let thing = Thing { node, missing };
        self.things.push((name, thing));
        let values = match self.kind_of(name) {
            Some(Kind::Bool) => Some(2),
            Some(Kind::Choice(choice)) => self.panel.choices.get(choice.0).map(|c| c.variants.len()),
            _ => None,
        };
        if let Some(last) = values.and_then(|count| i128::try_from(count.max(1) - 1).ok()) {
            self.bounded.push((node, last));
        }
        thing
    }

    fn kind_of(&self, name: Name) -> Option<Kind> {
        match name {
            Name::Field(field) => self.panel.model(self.model).fields.get(field.0).map(|f| f.kind),
            Name::Attribute(attribute) => self.panel.actor.get(attribute.0).map(|a| a.kind),
            _ => None,
        }
    }

    fn formula(&mut self, predicate: &Predicate) -> Formula {
        match predicate {
            Predicate::And(parts) => Formula::And(parts.iter().map(|part| self.formula(part)).collect()),
            Predicate::Or(parts) => Formula::Or(parts.iter().map(|part| self.formula(part)).collect()),
            Predicate::Not(inner) => Formula::Not(Box::new(self.formula(inner))),
            Predicate::Compare { left, op, right, .. } => self.compare(left, *op, right),
            Predicate::In { operand, set, .. } => {
                Formula::Or(set.iter().map(|one| self.compare(operand, Op::Eq, one)).collect())
            }
            Predicate::IsNull { operand, negated, .. } => {
                let null = self.is_null(&operand.kind);
                if *negated { Formula::Not(Box::new(null)) } else { null }
            }
            Predicate::Broken => Formula::Fixed(Truth::ANY),
        }
    }

    fn is_null(&mut self, operand: &OperandKind) -> Formula {
        match operand {
            OperandKind::Field(field) => match self.thing(Name::Field(*field), true).missing {
                Some(variable) => Formula::Missing(variable),
                None => Formula::Fixed(Truth::FALSE),
            },
            OperandKind::Literal(Literal::Null) => Formula::Fixed(Truth::TRUE),
            // Where an attribute is missing the whole condition is false already.
            _ => Formula::Fixed(Truth::FALSE),
        }
    }

    fn compare(&mut self, left: &Operand, op: Op, right: &Operand) -> Formula {
        let null = OperandKind::Literal(Literal::Null);
        if left.kind == null || right.kind == null {
            return Formula::Fixed(Truth::UNKNOWN);
        }
        let sides = self.side(&left.kind, &right.kind).zip(self.side(&right.kind, &left.kind));
        let modelled =
            sides.filter(|((_, _, a), (_, _, b))| a == b && (a.is_ordered() || matches!(op, Op::Eq | Op::Ne)));
        match modelled {
            Some(((low, low_at, family), (high, high_at, _))) => self.relation(low, high, high_at - low_at, op, family),
            None => self.opaque(&left.kind, op, &right.kind),
        }
    }

    fn relation(&mut self, low: Thing, high: Thing, apart: i128, op: Op, family: Family) -> Formula {
        let (low, high, apart, op) =
            if low.node <= high.node { (low, high, apart, op) } else { (high, low, -apart, mirrored(op)) };
        let mut holds = [false; 3];
        holds[usize::from(LESS)] = matches!(op, Op::Lt | Op::Le | Op::Ne);
        holds[usize::from(EQUAL)] = matches!(op, Op::Eq | Op::Le | Op::Ge);
        holds[usize::from(GREATER)] = matches!(op, Op::Gt | Op::Ge | Op::Ne);
        let known = self.variables.iter().position(|v| {
            matches!(v, Variable::Relation { low: l, high: h, apart: a, .. }
                if l.node == low.node && h.node == high.node && *a == apart)
        });
        let variable = known.unwrap_or_else(|| {
            self.variables.push(Variable::Relation { low, high, apart, whole_numbers: family.is_whole() });
            self.variables.len() - 1
        });
        Formula::Relation(variable, holds)
    }

    fn opaque(&mut self, left: &OperandKind, op: Op, right: &OperandKind) -> Formula {
        let known = self.opaque.iter().find(|(l, o, r, _)| l == left && *o == op && r == right);
        let variable = known.map_or_else(
            || {
                self.variables.push(Variable::Opaque);
                self.variables.len() - 1
            },
            |(_, _, _, variable)| *variable,
        );
        self.opaque.push((left.clone(), op, right.clone(), variable));
        Formula::Opaque(variable)
    }

    /// One side as a thing and how far it lies above it; `None`: not modelled beside that other side.
    fn side(&mut self, side: &OperandKind, other: &OperandKind) -> Option<(Thing, i128, Family)> {
        let beside = name_of(other).and_then(|name| self.kind_of(name));
        match side {
            OperandKind::Field(_) | OperandKind::MeAttribute(_) => {
                let name = name_of(side)?;
                let family = Family::of(self.kind_of(name)?)?;
                Some((self.thing(name, true), 0, family))
            }
            OperandKind::Me => Some((self.thing(Name::Me, false), 0, Family::Person)),
            // The moment takes the shape of the field beside it, and only of a field.
            OperandKind::Now(seconds) if matches!(other, OperandKind::Field(_)) => match beside? {
                Kind::Timestamp => {
                    let at = i128::from(*seconds) * NANOS;
                    Some((self.thing(Name::Now, false), at, Family::Timestamp))
                }
                kind @ (Kind::Date | Kind::Time) => {
                    Some((self.thing(Name::NowAs(kind, *seconds), false), 0, Family::of(kind)?))
                }
                _ => None,
            },
            OperandKind::Now(_) => None,
            OperandKind::Literal(literal) => {
                let family = Family::of(beside?)?;
                // Beside an attribute a constant is read without knowing the attribute's type.
                let as_written = matches!(family, Family::Text | Family::Int | Family::Bool | Family::Choice(_));
                if !as_written && !matches!(other, OperandKind::Field(_)) {
                    return None;
                }
                Some((self.thing(Name::Zero, false), family.position(literal, &self.texts)?, family))
            }
        }
    }
}

fn mirrored(op: Op) -> Op {
    match op {
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        Op::Eq | Op::Ne => op,
    }
}

fn name_of(operand: &OperandKind) -> Option<Name> {
    match operand {
        OperandKind::Field(field) => Some(Name::Field(*field)),
        OperandKind::MeAttribute(attribute) => Some(Name::Attribute(*attribute)),
        _ => None,
    }
}
