//! Charts over fields of any name.

use super::super::ChartQuery;
use crate::condition::Condition;
use crate::panel::{Cell, Field, FieldSet, Kind, Model, Panel, Role, Verb};
use crate::testing::{self, CLINIC, DOCTORS, INVOICES, MODEL, PATIENTS, SAMPLE, VISITS, actor, minutes};

const BOOKINGS: Model = Model {
    index: SAMPLE,
    name: "Booking",
    title: "Booking",
    plural: "Bookings",
    slug: "bookings",
    table: "bookings",
    fields: &[Field::new(0, "day", "Day", Kind::Timestamp), Field::new(1, "count", "Count", Kind::I64)],
    ..MODEL
};

static ROLES: [Role; 1] = [Role {
    cells: &[Cell::new(Verb::View, SAMPLE, FieldSet::ALL, 0)],
    framework: &[],
    people: &[],
    ..CLINIC.roles[0]
}];

static PANEL: Panel = Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, BOOKINGS], roles: &ROLES, ..CLINIC };

/// The column of the chart is called `day` as well: rows are counted by the day, not by the moment that the field
/// holds.
#[tokio::test]
async fn a_field_called_day_is_counted_by_the_day() {
    let (_directory, store) = testing::store_of(&PANEL).await;
    let rows = [0, 1, 2, -24 * 60].map(|at| vec![(0, minutes(at)), (1, crate::value::Value::Int(1))]);
    let mut write = store.write(testing::command_line()).await.unwrap();
    let (_, recorded) = write.seed(&PANEL.models[SAMPLE], rows.to_vec()).await.unwrap();
    write.commit(recorded).await.unwrap();
    let owner = crate::authorize::Actor { role: &ROLES[0], ..actor("Owner", None) };
    let terms = crate::authorize::authorize(&PANEL, &owner, Verb::View, &PANEL.models[SAMPLE]).granted().unwrap();
    let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    let query = ChartQuery { terms: &terms, filter: Condition::Always, field: 0, from: day(19), to: day(21) };
    assert_eq!(store.chart(&query).await.unwrap(), [(day(19), 0), (day(20), 1), (day(21), 3)]);
}
