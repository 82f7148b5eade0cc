//! Keys that point at people of the panel.

use crate::authorize::authorize;
use crate::panel::{Field, Kind, Model, Panel, Verb};
use crate::store::{NewPerson, Parents, Store};
use crate::testing::{self, actor, context};
use crate::value::Value;

#[tokio::test]
async fn a_key_to_a_person_names_nobody_whom_its_writer_may_not_see() {
    static THINGS: Panel = Panel {
        models: &[Model {
            name: "Thing",
            title: "Thing",
            plural: "Things",
            slug: "things",
            table: "things",
            fields: &[Field { optional: true, ..Field::new(0, "keeper", "Keeper", Kind::Actor) }],
            ..testing::MODEL
        }],
        actor: &[],
        ..testing::CLINIC
    };
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&THINGS, &testing::url(&directory)).await.unwrap();
    store.migrate(testing::command_line()).await.unwrap();
    let mut people = Vec::new();
    for email in ["anna@example.org", "bert@example.org"] {
        let mut write = store.write(testing::command_line()).await.unwrap();
        let new = NewPerson { email, role: "Owner", password_hash: None, attributes: "{}".to_owned() };
        let (id, recorded) = write.create_person(&new).await.unwrap().unwrap();
        write.commit(recorded).await.unwrap();
        people.push(id);
    }
    let mut anna = actor("Owner", None);
    anna.asker.person = people[0];
    let create = authorize(&THINGS, &anna, Verb::Create, &THINGS.models[0]).granted().unwrap();
    for (keeper, people, may) in
        [(people[0], false, true), (people[1], false, false), (people[1], true, true), (99, true, false)]
    {
        let mut write = store.write(context(&anna)).await.unwrap();
        let parents = Parents::Within { views: &[], people };
        let written = write.insert(&create, vec![(0, Value::Int(keeper))], parents).await;
        assert_eq!(written.is_ok(), may, "{keeper}, {people}");
    }
}
