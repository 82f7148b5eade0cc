//! Blanks are part of a text that is a key: at its end, too.

use super::{BOOKS, LAMPS, rows, yard};
use crate::visitor::Form;

#[tokio::test]
async fn a_person_is_pointed_at_the_key_that_was_chosen() {
    let mut shop = yard().await;
    let mut driver = shop.with_another("driver@example.org", "Driver", "{}").await;
    shop.run("INSERT INTO carriers VALUES ('b ', 'Beetle')").await;
    shop.run("UPDATE parcels SET carrier_code = 'b' WHERE label = 'Books'").await;
    shop.run("UPDATE parcels SET carrier_code = 'b ' WHERE label = 'Lamps'").await;
    for (carrier, seen) in [("b ", vec![LAMPS]), ("b", vec![BOOKS]), ("b ", vec![LAMPS]), ("", vec![])] {
        let page = shop.visitor.get("/people/2").await.expect(200);
        assert!(page.words().contains("driver@example.org"), "{}", page.words());
        assert!(page.attributes("value").iter().any(|value| value == carrier), "{carrier:?} is offered");
        let mut form = Form::of(&page, "form[action$=attributes]");
        form.set("a.carrier", carrier);
        shop.visitor.submit(&form).await.expect(303);
        let page = shop.visitor.get("/people/2").await.expect(200);
        assert_eq!(Form::of(&page, "form[action$=attributes]").value("a.carrier"), carrier);
        assert_eq!(rows(&driver.get("/parcels").await.expect(200), "/parcels"), seen, "{carrier:?}");
    }
}
