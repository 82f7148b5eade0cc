//! Conditions as formulas over the variables that tell worlds apart. What cannot be modelled exactly becomes a variable
//! of its own that may say anything; nothing is simplified that the two readings at run time might see otherwise.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike};

use super::order::{Bounds, EQUAL, GREATER, LESS};
use crate::panel::{
    AttributeId, ChoiceId, FieldId, Kind, Literal, ModelId, Op, Operand, OperandKind, Panel, Predicate,
};

/// In a second.
const NANOS: i128 = 1_000_000_000;

/// A set of the three truth values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truth(u8);

impl Truth {
    pub(super) const TRUE: Self = Self(1);
    pub(super) const FALSE: Self = Self(2);
    pub(super) const UNKNOWN: Self = Self(4);
    const ANY: Self = Self(7);

    pub(super) fn may_be(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }

    fn or_else(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn when(self, condition: bool) -> Self {
        if condition { self } else { Self(0) }
    }

    fn not(self) -> Self {
        Self::TRUE
            .when(self.may_be(Self::FALSE))
            .or_else(Self::FALSE.when(self.may_be(Self::TRUE)))
            .or_else(Self::UNKNOWN.when(self.may_be(Self::UNKNOWN)))
    }

    fn and(self, other: Self) -> Self {
        let not_false = Self(Self::TRUE.0 | Self::UNKNOWN.0);
        let unknown = (self.may_be(Self::UNKNOWN) && other.may_be(not_false))
            || (other.may_be(Self::UNKNOWN) && self.may_be(not_false));
        Self::TRUE
            .when(self.may_be(Self::TRUE) && other.may_be(Self::TRUE))
            .or_else(Self::FALSE.when(self.may_be(Self::FALSE) || other.may_be(Self::FALSE)))
            .or_else(Self::UNKNOWN.when(unknown))
    }
}

/// A value that is compared; `missing` is the variable that says whether it is null, if it can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thing {
    pub(super) node: usize,
    missing: Option<usize>,
}

impl Thing {
    pub(super) fn is_missing(self, values: &[Option<u8>]) -> bool {
        self.missing.is_some_and(|v| values[v] == Some(1))
    }

    fn is_present(self, values: &[Option<u8>]) -> bool {
        self.missing.is_none_or(|v| values[v] == Some(0))
    }
}

/// What tells two worlds apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Variable {
    /// 0: the thing is there, 1: it is null.
    Missing(usize),
    /// `low - high` is less than, equal to or greater than `apart`.
    Relation { low: Thing, high: Thing, apart: i128, whole_numbers: bool },
    /// True, false or unknown, and nothing more is known.
    Opaque,
}

impl Variable {
    pub(super) fn values(&self) -> u8 {
        match self {
            Self::Missing(_) => 2,
            Self::Relation { .. } | Self::Opaque => 3,
        }
    }
}

#[derive(Debug)]
pub(super) enum Formula {
    And(Vec<Formula>),
    Or(Vec<Formula>),
    Not(Box<Formula>),
    /// True in exactly these relations (by [`LESS`], [`EQUAL`], [`GREATER`]), unknown where a side is null.
    Relation(usize, [bool; 3]),
    Missing(usize),
    Opaque(usize),
    Fixed(Truth),
}

/// A whole condition: false as soon as the person lacks an attribute of `me` that it mentions, also under `not`.
#[derive(Debug)]
pub(super) struct Whole {
    body: Formula,
    /// Variables that say whether a mentioned attribute is missing.
    attributes: Vec<usize>,
}

impl Whole {
    pub(super) fn truth(&self, variables: &[Variable], values: &[Option<u8>]) -> Truth {
        let missing = |wanted| self.attributes.iter().any(|v| values[*v] == wanted);
        if missing(Some(1)) {
            return Truth::FALSE;
        }
        let body = self.body.truth(variables, values);
        if missing(None) { body.or_else(Truth::FALSE) } else { body }
    }
}

impl Formula {
    fn truth(&self, variables: &[Variable], values: &[Option<u8>]) -> Truth {
        match self {
            Self::And(parts) => parts.iter().fold(Truth::TRUE, |all, part| all.and(part.truth(variables, values))),
            Self::Or(parts) => {
                parts.iter().fold(Truth::TRUE, |none, part| none.and(part.truth(variables, values).not())).not()
            }
            Self::Not(inner) => inner.truth(variables, values).not(),
            Self::Relation(v, holds) => relation(&variables[*v], values[*v], *holds, values),
            Self::Missing(v) => match values[*v] {
                Some(1) => Truth::TRUE,
                Some(_) => Truth::FALSE,
                None => Truth::TRUE.or_else(Truth::FALSE),
            },
            Self::Opaque(v) => values[*v].map_or(Truth::ANY, |value| Truth(1 << value)),
            Self::Fixed(truth) => *truth,
        }
    }
}

fn relation(variable: &Variable, value: Option<u8>, holds: [bool; 3], values: &[Option<u8>]) -> Truth {
    let Variable::Relation { low, high, .. } = variable else {
        return Truth::ANY;
    };
    if low.is_missing(values) || high.is_missing(values) {
        return Truth::UNKNOWN;
    }
    let known = match value {
        Some(value) if holds[usize::from(value)] => Truth::TRUE,
        Some(_) => Truth::FALSE,
        None => Truth::TRUE.or_else(Truth::FALSE),
    };
    if low.is_present(values) && high.is_present(values) { known } else { known.or_else(Truth::UNKNOWN) }
}

/// Values that can be compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Bool,
    Int,
    Float,
    Decimal(u8),
    Date,
    Time,
    Timestamp,
    Uuid,
    Bytes,
    Choice(ChoiceId),
    Person,
    Row(ModelId),
}

impl Family {
    fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::String | Kind::Text | Kind::Email | Kind::Url => Self::Text,
            Kind::Bool => Self::Bool,
            Kind::I32 | Kind::I64 => Self::Int,
            Kind::F64 => Self::Float,
            Kind::Decimal { scale, .. } => Self::Decimal(scale),
            Kind::Date => Self::Date,
            Kind::Time => Self::Time,
            Kind::Timestamp => Self::Timestamp,
            Kind::Uuid => Self::Uuid,
            Kind::Bytes => Self::Bytes,
            Kind::Choice(choice) => Self::Choice(choice),
            Kind::Actor => Self::Person,
            Kind::Model(model, _) => Self::Row(model),
            Kind::Json | Kind::Secret => return None,
        })
    }

    /// Values follow each other with nothing between.
    fn is_whole(self) -> bool {
        matches!(self, Self::Int | Self::Date | Self::Bool | Self::Choice(_))
    }

    /// `<` means the same here and in both databases.
    fn is_ordered(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Int | Self::Float | Self::Decimal(_) | Self::Date | Self::Time | Self::Timestamp
        )
    }
}

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
                OperandKind::Literal(Literal::Text(text)) => texts.extend([text.clone(), uuid_text(text)]),
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
            self.variables.push(Variable::Missing(node));
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
        let beside = self.name(other).and_then(|name| self.kind_of(name));
        match side {
            OperandKind::Field(_) | OperandKind::MeAttribute(_) => {
                let name = self.name(side)?;
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
                Some((self.thing(Name::Zero, false), self.position(literal, family)?, family))
            }
        }
    }

    fn name(&self, operand: &OperandKind) -> Option<Name> {
        match operand {
            OperandKind::Field(field) => Some(Name::Field(*field)),
            OperandKind::MeAttribute(attribute) => Some(Name::Attribute(*attribute)),
            _ => None,
        }
    }

    /// Where a constant lies on the line of its family.
    fn position(&self, literal: &Literal, family: Family) -> Option<i128> {
        match (literal, family) {
            (Literal::Bool(b), Family::Bool) => Some(i128::from(*b)),
            (Literal::Int(i), Family::Int) => Some(i128::from(*i)),
            (Literal::Choice(choice, variant), Family::Choice(of)) if *choice == of => i128::try_from(*variant).ok(),
            (Literal::Int(i), Family::Decimal(_)) => decimal_position(&i.to_string(), 18),
            (Literal::Number(n), Family::Decimal(scale)) => decimal_position(n, scale),
            (Literal::Int(i), Family::Float) => i.to_string().parse().ok().and_then(float_position),
            (Literal::Number(n), Family::Float) => n.parse().ok().and_then(float_position),
            (Literal::Text(text), Family::Text) => self.rank(text),
            (Literal::Text(text), Family::Uuid) => self.rank(&uuid_text(text)),
            (Literal::Text(text), Family::Date) => {
                text.parse::<NaiveDate>().ok().map(|day| i128::from(day.num_days_from_ce()))
            }
            (Literal::Text(text), Family::Time) => text.parse::<NaiveTime>().ok().and_then(|time| {
                let nanos = i128::from(time.num_seconds_from_midnight()) * NANOS + i128::from(time.nanosecond());
                (nanos % NANOS == 0).then_some(nanos)
            }),
            (Literal::Text(text), Family::Timestamp) => DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|at| i128::from(at.timestamp()) * NANOS + i128::from(at.timestamp_subsec_nanos()))
                // The store keeps microseconds; what is finer may fall together there.
                .filter(|nanos| nanos % 1_000 == 0),
            _ => None,
        }
    }

    fn rank(&self, text: &str) -> Option<i128> {
        let rank = self.texts.binary_search_by(|known| known.as_str().cmp(text)).ok()?;
        i128::try_from(rank).ok()
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

/// An identifier has several spellings; they differ in case and punctuation alone.
fn uuid_text(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    text.trim_start_matches("urn:uuid:").chars().filter(char::is_ascii_hexdigit).collect()
}

/// In units of 10⁻¹⁸; `None` with more digits after the point than the field keeps.
fn decimal_position(text: &str, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(scale.min(18)) {
        return None;
    }
    let value: i128 = format!("{whole}{part:0<18}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Floats in their order, as whole numbers.
fn float_position(float: f64) -> Option<i128> {
    let bits = (float + 0.0).to_bits();
    let magnitude = i128::from(bits & !(1 << 63));
    float.is_finite().then_some(if bits >> 63 == 1 { -magnitude } else { magnitude })
}
