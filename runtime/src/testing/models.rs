//! The clinic's models: one of each relation, and one with every kind of field.

use crate::panel::KeyKind;
use crate::panel::*;
use crate::predicate::{Op, Operand, Predicate};
use crate::value::Literal;

pub(crate) const DOCTOR: usize = 0;
pub(crate) const PATIENT: usize = 1;
pub(crate) const VISIT: usize = 2;
pub(crate) const INVOICE: usize = 3;
pub(crate) const SAMPLE: usize = 4;

pub(crate) mod doctor {
    pub(crate) const NAME: usize = 0;
    pub(crate) const SPECIALITY: usize = 1;
    pub(crate) const ACTIVE: usize = 2;

    use crate::panel::{Field, Kind};
    use crate::value::Literal;

    pub(crate) const NAME_FIELD: Field =
        Field { min_len: Some(1), max_len: Some(80), ..Field::new(0, "name", "Name", Kind::String) };
    pub(crate) const SPECIALITY_FIELD: Field =
        Field { default: Some(Literal::Text("General")), ..Field::new(1, "speciality", "Speciality", Kind::Choice(0)) };
    pub(crate) const ACTIVE_FIELD: Field =
        Field { default: Some(Literal::Bool(true)), ..Field::new(2, "active", "Active", Kind::Bool) };
}

pub(crate) mod patient {
    pub(crate) const NAME: usize = 0;
    pub(crate) const EMAIL: usize = 1;
    pub(crate) const BORN: usize = 2;
    pub(crate) const DOCTOR: usize = 3;
    pub(crate) const NOTES: usize = 4;
    pub(crate) const CREATED_AT: usize = 5;
    pub(crate) const PIN: usize = 6;
    pub(crate) const SECOND: usize = 7;
}

pub(crate) mod visit {
    pub(crate) const PATIENT: usize = 0;
    pub(crate) const AT: usize = 1;
    pub(crate) const STATE: usize = 2;
}

pub(crate) mod invoice {
    pub(crate) const PATIENT: usize = 0;
    pub(crate) const AMOUNT: usize = 1;
    pub(crate) const STATE: usize = 2;
    pub(crate) const AUTHOR: usize = 3;
}

pub(crate) const SPECIALITY: Choice = Choice {
    name: "Speciality",
    variants: &[
        Variant { name: "General", title: "General" },
        Variant { name: "Heart", title: "Heart" },
        Variant { name: "Skin", title: "Skin and hair" },
    ],
};
pub(crate) const STATE: Choice = Choice {
    name: "State",
    variants: &[Variant { name: "Draft", title: "Draft" }, Variant { name: "Done", title: "Done" }],
};

pub(crate) const MODEL: Model = Model {
    index: 0,
    name: "",
    doc: "",
    title: "",
    plural: "",
    slug: "",
    table: "",
    adopted: None,
    key: KeyKind::Number,
    fields: &[],
    label: &[],
    list: &[],
    search: &[],
    filter: &[],
    sort: &[],
    sections: &[],
    inlines: &[],
    checks: &[],
    actions: &[],
};

pub(crate) const DOCTORS: Model = Model {
    index: DOCTOR,
    name: "Doctor",
    title: "Doctor",
    plural: "Doctors",
    slug: "doctors",
    table: "doctors",
    sections: &[Section { title: "", fields: &[0, 1, 2] }],
    fields: &[doctor::NAME_FIELD, doctor::SPECIALITY_FIELD, doctor::ACTIVE_FIELD],
    label: &[0, 1],
    list: &[0, 1, 2],
    search: &[0],
    filter: &[1, 2],
    sort: &[Sort { field: 0, descending: false }],
    ..MODEL
};

pub(crate) const PATIENTS: Model = Model {
    index: PATIENT,
    name: "Patient",
    title: "Patient",
    plural: "Patients",
    slug: "patients",
    table: "patients",
    sections: &[Section { title: "", fields: &[0, 1, 2, 3, 4, 5, 6, 7] }],
    fields: &[
        Field { min_len: Some(1), max_len: Some(120), ..Field::new(0, "name", "Name", Kind::String) },
        Field {
            optional: true,
            unique: true,
            sensitivity: Sensitivity::Personal,
            ..Field::new(1, "email", "Email", Kind::Email)
        },
        Field { past: true, sensitivity: Sensitivity::Personal, ..Field::new(2, "born", "Born", Kind::Date) },
        Field {
            transfers: true,
            ..Field::new(3, "doctor", "Doctor", Kind::Model(DOCTOR, OnDelete::Restrict, KeyKind::Number))
        },
        Field {
            default: Some(Literal::Text("")),
            sensitivity: Sensitivity::Sensitive,
            ..Field::new(4, "notes", "Notes", Kind::Text)
        },
        Field { automatic: Some(Automatic::Created), ..Field::new(5, "created_at", "Created at", Kind::Timestamp) },
        Field { optional: true, sensitivity: Sensitivity::Secret, ..Field::new(6, "pin", "Pin", Kind::Secret) },
        Field {
            optional: true,
            ..Field::new(7, "second", "Second doctor", Kind::Model(DOCTOR, OnDelete::SetNull, KeyKind::Number))
        },
    ],
    label: &[0],
    list: &[0, 3, 2, 5],
    search: &[0, 1],
    filter: &[3, 5],
    sort: &[Sort { field: 5, descending: true }],
    inlines: &[Inline { model: VISIT, key: 0, fields: &[1, 2], in_form: false }],
    ..MODEL
};

pub(crate) const VISITS: Model = Model {
    index: VISIT,
    name: "Visit",
    title: "Visit",
    plural: "Visits",
    slug: "visits",
    table: "visits",
    sections: &[Section { title: "", fields: &[0, 1, 2] }],
    fields: &[
        Field::new(0, "patient", "Patient", Kind::Model(PATIENT, OnDelete::Cascade, KeyKind::Number)),
        Field::new(1, "at", "At", Kind::Timestamp),
        Field { default: Some(Literal::Text("Draft")), ..Field::new(2, "state", "State", Kind::Choice(1)) },
    ],
    list: &[1, 0, 2],
    filter: &[2, 1],
    sort: &[Sort { field: 1, descending: true }],
    checks: &[Check {
        message: "a visit in the future is not done",
        predicate: Predicate::Not(&Predicate::And(&[
            Predicate::Compare { left: Operand::Field(2), op: Op::Eq, right: Operand::Literal(Literal::Text("Done")) },
            Predicate::Compare { left: Operand::Field(1), op: Op::Gt, right: Operand::Now { offset: 0 } },
        ])),
    }],
    ..MODEL
};

pub(crate) const INVOICES: Model = Model {
    index: INVOICE,
    name: "Invoice",
    title: "Invoice",
    plural: "Invoices",
    slug: "invoices",
    table: "invoices",
    sections: &[Section { title: "", fields: &[0, 1, 2, 3, 4] }],
    fields: &[
        Field::new(0, "patient", "Patient", Kind::Model(PATIENT, OnDelete::Restrict, KeyKind::Number)),
        Field {
            min: Some(Literal::Int(0)),
            ..Field::new(1, "amount", "Amount", Kind::Decimal { precision: 10, scale: 2 })
        },
        Field {
            default: Some(Literal::Text("Draft")),
            readonly: true,
            ..Field::new(2, "state", "State", Kind::Choice(1))
        },
        Field { optional: true, automatic: Some(Automatic::Author), ..Field::new(3, "author", "Author", Kind::Actor) },
        Field { automatic: Some(Automatic::Updated), ..Field::new(4, "updated_at", "Updated at", Kind::Timestamp) },
    ],
    list: &[1, 0, 2],
    filter: &[2],
    actions: &[Action { name: "approve", title: "Approve", doc: "", writes: &[2], mails: false }],
    ..MODEL
};

/// A field of every kind, all of them nullable, for the two readings of a predicate.
pub(crate) const SAMPLES: Model = Model {
    index: SAMPLE,
    name: "Sample",
    title: "Sample",
    plural: "Samples",
    slug: "samples",
    table: "samples",
    fields: &[
        Field { optional: true, ..Field::new(0, "string", "String", Kind::String) },
        Field { optional: true, ..Field::new(1, "text", "Text", Kind::Text) },
        Field { optional: true, ..Field::new(2, "bool", "Bool", Kind::Bool) },
        Field { optional: true, ..Field::new(3, "i32", "I32", Kind::I32) },
        Field { optional: true, ..Field::new(4, "i64", "I64", Kind::I64) },
        Field { optional: true, ..Field::new(5, "f64", "F64", Kind::F64) },
        Field { optional: true, ..Field::new(6, "dec2", "Dec2", Kind::Decimal { precision: 18, scale: 2 }) },
        Field { optional: true, ..Field::new(7, "dec5", "Dec5", Kind::Decimal { precision: 18, scale: 5 }) },
        Field { optional: true, ..Field::new(8, "date", "Date", Kind::Date) },
        Field { optional: true, ..Field::new(9, "time", "Time", Kind::Time) },
        Field { optional: true, ..Field::new(10, "timestamp", "Timestamp", Kind::Timestamp) },
        Field { optional: true, ..Field::new(11, "uuid", "Uuid", Kind::Uuid) },
        Field { optional: true, ..Field::new(12, "json", "Json", Kind::Json) },
        Field { optional: true, ..Field::new(13, "secret", "Secret", Kind::Secret) },
        Field { optional: true, ..Field::new(14, "bytes", "Bytes", Kind::Bytes) },
        Field { optional: true, ..Field::new(15, "choice", "Choice", Kind::Choice(1)) },
        Field {
            optional: true,
            ..Field::new(16, "key", "Key", Kind::Model(SAMPLE, OnDelete::SetNull, KeyKind::Number))
        },
        Field { optional: true, ..Field::new(17, "string2", "String2", Kind::String) },
        Field { optional: true, ..Field::new(18, "timestamp2", "Timestamp2", Kind::Timestamp) },
    ],
    ..MODEL
};
