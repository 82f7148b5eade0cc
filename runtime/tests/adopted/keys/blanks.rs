//! Blanks are part of a text that is a key: at its end, and where it is nothing else.

use http::{Method, StatusCode};

use super::jobs::at_its_end;
use super::programs::Program;
use super::{BOOKS, LAMPS, rows, yard};
use crate::visitor::Form;

#[tokio::test]
async fn a_person_is_pointed_at_the_key_that_was_chosen() {
    let mut shop = yard().await;
    let mut driver = shop.with_another("driver@example.org", "Driver", "{}").await;
    shop.run("INSERT INTO carriers VALUES ('b ', 'Beetle'), (' ', 'Nameless')").await;
    shop.run("UPDATE parcels SET carrier_code = 'b' WHERE label = 'Books'").await;
    shop.run("UPDATE parcels SET carrier_code = 'b ' WHERE label = 'Lamps'").await;
    for (carrier, seen) in [("b ", vec![LAMPS]), ("b", vec![BOOKS]), (" ", vec![]), ("b ", vec![LAMPS]), ("", vec![])] {
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

#[tokio::test]
async fn a_key_of_blanks_alone_is_a_key_of_a_row_that_is_there() {
    const STORED: &str = "SELECT coalesce('<' || carrier_code || '>', 'none') FROM parcels WHERE label = 'Books'";
    let mut shop = yard().await;
    shop.run("INSERT INTO carriers VALUES (' ', 'Nameless')").await;
    assert!(shop.visitor.get("/carriers/~%20").await.expect(200).words().contains("Nameless"));
    for (chosen, stored) in [(" ", "< >"), ("", "none"), (" ", "< >")] {
        let mut form = shop.visitor.form(&format!("/parcels/{BOOKS}/edit")).await;
        form.set("carrier", chosen);
        shop.visitor.submit(&form).await.expect(303);
        assert_eq!(shop.text(STORED, STORED).await, stored, "{chosen:?}");
    }
    let found = shop.visitor.get("/parcels?f.carrier=+").await.expect(200);
    assert_eq!(rows(&found, "/parcels"), [BOOKS]);
    let mut form = shop.visitor.form("/carriers/~%20/edit").await;
    form.set("name", "Named");
    shop.visitor.submit(&form).await.expect(303);
}

#[tokio::test]
async fn a_key_of_blanks_alone_is_not_made() {
    const WHY: &str = "What a row is known by can't be blanks alone.";
    let mut shop = yard().await;
    let mut form = shop.visitor.form("/carriers/new").await;
    form.set("code", "  ").set("name", "Nameless");
    let told = shop.visitor.submit(&form).await.expect(422);
    assert!(told.texts("p.error").join(" ").contains(WHY), "{}", told.words());

    let program = Program::of(&mut shop).await;
    let (status, _, told) = program.ask(Method::POST, "/api/carriers", r#"{"code": " ", "name": "Nameless"}"#).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && told.contains(WHY), "{status} {told}");

    let file = "code,name\n\"  \",Nameless\n x,Blank before\n";
    shop.visitor.get("/carriers/import").await.expect(200);
    let kept = shop.visitor.upload("/carriers/import", "carriers.csv", file.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("how", "parts").force("step", "go").force("key", "code");
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let told = at_its_end(&mut shop.visitor, &job).await.words();
    assert!(told.contains("1 done, 1 failed") && told.contains(WHY), "{told}");
    shop.visitor.get("/carriers/~%20x").await.expect(200);
    shop.is_as_it_was().await;
}
