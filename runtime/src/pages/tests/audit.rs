//! What the audit page shows of fields that are no longer there.

use super::Clinic;
use crate::audit::{Change, Event, EventId};
use crate::authorize::Actor;
use crate::panel::{Framework, FrameworkCell, Role, Sensitivity, Verb};
use crate::testing::{CLINIC, actor, command_line};

static WATCHES: Role = Role {
    framework: &[FrameworkCell { verb: Verb::View, subject: Framework::Audit, grant: 0 }],
    cells: &[],
    ..CLINIC.roles[2]
};

#[tokio::test]
async fn a_field_of_an_older_build_keeps_its_values_to_itself() {
    let clinic = Clinic::new().await;
    let mut write = clinic.app.store.write(command_line()).await.expect("the writing connection");
    for (id, model) in
        [(EventId::RowUpdated, "Patient"), (EventId::RowDeleted, "Ward"), (EventId::RightRefused, "Ward")]
    {
        let value = if id == EventId::RightRefused { "edit wards" } else { "+49 30 1234567" };
        let event = Event::about(id, model, Some(1)).with(Change::fact("fax", Sensitivity::Personal, value));
        let recorded = write.record(event);
        drop(recorded);
    }
    let recorded = write.record(Event::plain(EventId::SchemaMigrated));
    write.commit(recorded).await.expect("a commit");
    let page = clinic.page(&Actor { role: &WATCHES, ..actor("Reception", None) }, "/audit").await;
    assert!(
        !page.contains("1234567"),
        "the clinic has no faxes and no wards any more, and the watcher sees no patients"
    );
    // The control: facts beside the fields are what the page is for.
    assert!(page.contains("edit wards") && page.contains("not visible to you"));
}
