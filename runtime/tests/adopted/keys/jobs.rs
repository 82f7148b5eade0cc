//! Many rows known by texts and UUIDs at once: ticked, met along a list, in files.

use super::{BOOKS, QUAY, yard};
use crate::visitor::{Answer, Form, Visitor, select};

pub(super) async fn at_its_end(visitor: &mut Visitor, job: &str) -> Answer {
    loop {
        let page = visitor.get(job).await.expect(200);
        if !page.text.contains("data-poll") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn many_rows_at_once_are_ticked_or_met_by_their_keys() {
    let mut shop = yard().await;
    let page = shop.visitor.get("/carriers").await.expect(200);
    let ticks: Vec<String> = {
        let (page, boxes) = (page.page(), select("input[name=row]"));
        page.select(&boxes).filter_map(|tick| tick.attr("value")).map(str::to_owned).collect()
    };
    let ticked: Vec<&String> = ticks.iter().filter(|tick| !tick.starts_with("~b.")).collect();
    assert_eq!(ticked.len(), 4, "{ticks:?}");
    let mut fields: Vec<(&str, &str)> = vec![("do", "delete")];
    fields.extend(ticked.iter().map(|tick| ("row", tick.as_str())));
    let question = shop.visitor.post("/carriers/bulk", &fields).await.expect(200);
    let mut form = Form::of(&question, "main form");
    if form.offers("bw.confirm") {
        form.set("bw.confirm", "delete");
    }
    fields.push(("bw.sure", "1"));
    let started = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let page = at_its_end(&mut shop.visitor, &started).await.words();
    assert!(page.contains("4 deleted") || page.contains("4 done"), "{page}");
    let left = "SELECT '' || count(*) FROM carriers WHERE code = 'b'";
    assert_eq!(shop.text(left, left).await, "1");
    shop.visitor.post("/carriers/bulk", &[("do", "delete"), ("row", "b.1")]).await.expect(400);

    // All of a list, in steps by key.
    let page = shop.visitor.post("/parcels/bulk", &[("do", "edit"), ("all", "1")]).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("set.carrier", "1").force("carrier", "b");
    let started = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let page = at_its_end(&mut shop.visitor, &started).await.words();
    assert!(page.contains("3 changed") || page.contains("3 done"), "{page}");
    let changed = "SELECT '' || count(*) FROM parcels WHERE carrier_code = 'b'";
    assert_eq!(shop.text(changed, changed).await, "3");
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn files_bring_keys_and_take_them_away() {
    const FILE: &str = "code,name\nnew,Renamed\npick,Picked\nthirteensigns,Too long\n,None\n";
    let mut shop = yard().await;
    shop.visitor.get("/carriers/import").await.expect(200);
    let kept = shop.visitor.upload("/carriers/import", "carriers.csv", FILE.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("how", "parts").force("step", "go").force("key", "code");
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let page = at_its_end(&mut shop.visitor, &job).await.words();
    assert!(page.contains("2 done, 2 failed") && page.contains("At most 12"), "{page}");
    let names = "SELECT name FROM carriers WHERE code = 'new'";
    assert_eq!(shop.text(names, names).await, "Renamed");
    shop.visitor.get("/carriers/~pick").await.expect(200);

    let file = format!("id,contents,carrier\n{BOOKS},Old books,Zed\n{QUAY},Nothing,\nnonsense,Nothing,\n");
    let kept = shop.visitor.upload("/parcels/import", "parcels.csv", file.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("how", "parts").force("step", "go").force("key", "id");
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let page = at_its_end(&mut shop.visitor, &job).await.words();
    assert!(page.contains("1 done, 2 failed") && page.contains("must be a UUID"), "{page}");
    assert!(page.contains("There is no parcel of this key."), "{page}");

    let page = shop.visitor.get("/parcels/export").await.expect(200);
    assert!(!page.words().contains("Number") && page.words().contains("Key"), "{}", page.words());
    let mut form = Form::of(&page, "main form");
    form.force("format", "csv");
    let file = shop.visitor.submit(&form).await.expect(200).text;
    assert!(file.contains(BOOKS) && file.contains("Old books") && file.contains("Zed"), "{file}");
    shop.is_as_it_was().await;
}

/// Nobody changes a key, so that whoever may only edit holds no field that rows could be found by.
#[tokio::test]
async fn who_may_not_write_the_key_finds_rows_by_it() {
    let mut shop = yard().await;
    let mut clerk = shop.with_another("clerk@example.org", "Clerk", "{}").await;
    clerk.get("/carriers/import").await.expect(200);
    shop.run("INSERT INTO carriers VALUES ('b ', 'Beetle')").await;
    let file = "id,name\nnew,Renamed\nb ,Beetles\nnobody,Nobody\n";
    let kept = clerk.upload("/carriers/import", "names.csv", file.as_bytes()).await.expect(303);
    let page = clerk.get(kept.location()).await.expect(200);
    assert!(page.texts("option").iter().any(|option| option == "Key of the row"), "{}", page.words());
    let mut form = Form::of(&page, "main form");
    assert_eq!(form.value("m.0"), "id");
    form.force("how", "parts").force("step", "go").force("key", "id");
    let job = clerk.submit(&form).await.expect(303).location().to_owned();
    let page = at_its_end(&mut clerk, &job).await.words();
    assert!(page.contains("2 done, 1 failed") && page.contains("There is no carrier of this key."), "{page}");
    let names = "SELECT CAST(count(*) AS text) FROM carriers WHERE code = 'new' AND name = 'Renamed' \
         OR code = 'b ' AND name = 'Beetles' OR code = 'b' AND name = 'Bee'";
    assert_eq!(shop.text(names, names).await, "3");

    // Who writes the key is offered it once.
    shop.visitor.get("/carriers/import").await.expect(200);
    let kept = shop.visitor.upload("/carriers/import", "names.csv", file.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    assert!(!page.texts("option").iter().any(|option| option == "Key of the row"), "{}", page.words());

    // A key that leads nowhere.
    let file = format!("contents,depot,carrier\nNails,{QUAY},nobody\n");
    let kept = shop.visitor.upload("/parcels/import", "parcels.csv", file.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("how", "parts").force("step", "go");
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let page = at_its_end(&mut shop.visitor, &job).await.words();
    assert!(page.contains("There is none of this key that you may see."), "{page}");
}
