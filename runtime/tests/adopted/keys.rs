//! Tables whose rows are known by a UUID or a text, on every page, in jobs and in the API: a text that reads like a word
//! of the panel's own paths, or holds what parts them, is a key like any other.

mod beside;
mod blanks;
mod jobs;
mod listed;
mod logged;
mod programs;
mod unserved;

use crate::serving::Shop;
use crate::visitor::{Answer, Form};
use crate::{PARCELS, place};

bailiwick::admin! {
    panel Yard {
        database env "DATABASE_URL" or "sqlite:yard.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    actor { carrier: Option<Carrier>; depot: Option<Depot>; }

    model Depot {
        table "depots" adopted key "id" Uuid;

        name: String len ..=60 label search;
        opened: Option<Date>;

        list name, opened;
        inline Parcel contents, carrier in form;
    }

    model Carrier {
        table "carriers" adopted key code;

        code: String len ..=12;
        name: String len ..=40 label search;

        list code, name;
        inline Parcel contents, depot;
    }

    model Parcel {
        table "parcels" adopted key "id" Uuid;

        depot: Depot cascade column "depot_id";
        carrier: Option<Carrier> set_null column "carrier_code";
        contents: String len ..=40 label search column "label";

        list contents, depot, carrier;
        filter depot, carrier;
        sort carrier;
    }

    /// Runs it.
    role Administrator {
        all *; export Carrier, Parcel; import Carrier, Parcel;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit; view People;
        keep 1;
    }

    /// Sees what one carrier carries.
    role Driver under Administrator {
        view Carrier;
        view Parcel { contents, carrier } when carrier == me.carrier;
    }

    /// Puts names right, from files too.
    role Clerk under Administrator { view Carrier; edit Carrier { name }; import Carrier; }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle token 120 per 1min by token, 20 per 10min by address;
}

const QUAY: &str = "0b6e4f00-0000-4000-8000-000000000001";
const BOOKS: &str = "0b6e4f00-0000-4000-8000-0000000000a1";
const LAMPS: &str = "0b6e4f00-0000-4000-8000-0000000000a2";
const CHAIRS: &str = "0b6e4f00-0000-4000-8000-0000000000a3";

pub(crate) async fn yard() -> Shop {
    Shop::open(PARCELS, Yard::builder()).await
}

/// Where the rows of a list lead, in its order.
fn rows(page: &Answer, list: &str) -> Vec<String> {
    let rows = page.page();
    let links = crate::visitor::select("main table a[href]");
    let start = format!("{list}/");
    let hrefs = rows.select(&links).filter_map(|a| a.attr("href")).filter_map(|href| href.strip_prefix(&start));
    let mut seen: Vec<String> = Vec::new();
    for href in hrefs.map(str::to_owned) {
        if !seen.contains(&href) {
            seen.push(href);
        }
    }
    seen
}

#[tokio::test]
async fn rows_known_by_a_text_are_listed_byte_by_byte_page_after_page() {
    let mut shop = yard().await;
    let all = shop.visitor.get("/carriers").await.expect(200);
    let order = ["~%C3%A4", "~new", "~b", "~a%2Fb%20c", "~Zed"];
    assert_eq!(rows(&all, "/carriers"), order);
    let mut page = shop.visitor.get("/carriers?size=2").await.expect(200);
    let mut seen = rows(&page, "/carriers");
    for _ in 0..2 {
        let next = page.hrefs().into_iter().find(|href| href.contains("after=")).expect("a next page");
        page = shop.visitor.get(&next).await.expect(200);
        seen.extend(rows(&page, "/carriers"));
    }
    assert_eq!(seen, order);
    // And back again.
    let before = page.hrefs().into_iter().find(|href| href.contains("before=")).expect("a page before");
    let page = shop.visitor.get(&before).await.expect(200);
    assert_eq!(rows(&page, "/carriers"), order[2..4]);
    // By a key that points at such a row, nulls last.
    let parcels = shop.visitor.get("/parcels?sort=carrier&size=1").await;
    assert!(matches!(parcels.status(), 200 | 400), "{}", parcels.words());
    let parcels = shop.visitor.get("/parcels").await.expect(200);
    assert_eq!(rows(&parcels, "/parcels").len(), 3, "{}", parcels.words());
    assert!(parcels.words().contains("Slash and Blank") && parcels.words().contains("Quay"), "{}", parcels.words());
}

#[tokio::test]
async fn a_key_is_never_taken_for_a_word_nor_a_word_for_a_key() {
    let mut shop = yard().await;
    for (path, says) in [
        ("/carriers/~new", "Newcomers"),
        ("/carriers/~a%2Fb%20c", "Slash and Blank"),
        ("/carriers/~%C3%A4", "Umlaut"),
        (&format!("/depots/{QUAY}"), "Books"),
        (&format!("/parcels/{LAMPS}"), "Slash and Blank"),
    ] {
        for page in ["", "/edit", "/history", "/delete"] {
            let answer = shop.visitor.get(&format!("{path}{page}")).await.expect(200);
            assert!(!page.is_empty() || answer.words().contains(says), "{path}: {}", answer.words());
        }
    }
    assert!(shop.visitor.get("/carriers/new").await.expect(200).words().contains("New carrier"));
    // In the query of an address it is one value, too: of the log, of a list, of a new row that points here.
    shop.run("INSERT INTO carriers VALUES ('a&b=c#+%', 'Signs')").await;
    shop.run("UPDATE parcels SET carrier_code = 'a&b=c#+%'").await;
    let row = shop.visitor.get("/carriers/~a%26b%3Dc%23%2B%25").await.expect(200);
    let links: Vec<String> = row.hrefs().into_iter().filter(|href| href.contains('?')).collect();
    assert!(links.len() >= 2 && links.iter().all(|href| href.ends_with("=a%26b%3Dc%23%2B%25")), "{links:?}");
    for link in &links {
        shop.visitor.get(link).await.expect(200);
    }
    let new = links.iter().find(|href| href.starts_with("/parcels/new?")).expect("a new row that points here");
    assert_eq!(shop.visitor.form(new).await.value("carrier"), "a&b=c#+%");
    shop.run("UPDATE parcels SET carrier_code = NULL").await;
    shop.run("DELETE FROM carriers WHERE name = 'Signs'").await;
    shop.run("UPDATE parcels SET carrier_code = 'new' WHERE label = 'Books'").await;
    shop.run("UPDATE parcels SET carrier_code = 'a/b c' WHERE label = 'Lamps'").await;
    for path in [
        "/carriers/Zed".to_owned(),
        "/carriers/~a%2fb%20c".to_owned(),
        "/carriers/~%5Aed".to_owned(),
        "/carriers/~a/b%20c".to_owned(),
        "/carriers/~zed".to_owned(),
        "/carriers/~%00".to_owned(),
        "/carriers/~%FF".to_owned(),
        "/carriers/~thirteensigns".to_owned(),
        format!("/carriers/~{}", "x".repeat(5_000)),
        "/carriers/~".to_owned(),
        "/carriers/1".to_owned(),
        "/depots/1".to_owned(),
        "/depots/~new".to_owned(),
        format!("/depots/{}", QUAY.to_uppercase().replace('B', "b")),
        format!("/depots/{}", QUAY.replace('-', "")),
        format!("/depots/{QUAY}x"),
        format!("/depots/{LAMPS}"),
        "/carriers/~'%20OR%20'1'='1".to_owned(),
    ] {
        let answer = shop.visitor.get(&path).await;
        // The last but one spelling of all is the right one again where it has no letters.
        assert!(answer.status() == 404 || path.ends_with(QUAY), "{path}: {}", answer.status());
    }
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn a_text_is_typed_once_and_a_uuid_is_made() {
    let mut shop = yard().await;
    let refused = |answer: Answer, says: &str| {
        let answer = answer.expect(422);
        let errors = answer.texts("p.error").join(" ");
        assert!(errors.contains(says), "{says}: {errors} {}", answer.words());
    };
    let mut form = shop.visitor.form("/carriers/new").await;
    form.set("name", "Imports");
    refused(shop.visitor.submit(&form).await, "This is needed");
    form.set("code", "thirteensigns");
    refused(shop.visitor.submit(&form).await, "At most 12");
    form.set("code", "new");
    refused(shop.visitor.submit(&form).await, "Another row has this value already");
    form.set("code", "import");
    let made = shop.visitor.submit(&form).await.expect(303);
    assert_eq!(made.location().split('?').next(), Some("/carriers/~import"));

    // It is shown when editing, and fixed.
    let page = shop.visitor.get("/carriers/~import/edit").await.expect(200);
    let mut form = Form::of(&page, "form#record");
    assert!(!form.offers("code") && page.texts("p.fixed").iter().any(|text| text == "import"), "{}", page.words());
    form.set("name", "Imports and more");
    shop.visitor.submit(&form).await.expect(303);
    let mut form = shop.visitor.form("/carriers/~import/edit").await;
    form.force("code", "export");
    shop.visitor.submit(&form).await.expect(422);
    let history = shop.visitor.get("/carriers/~import/history").await.expect(200);
    assert!(history.words().contains("Imports and more"), "{}", history.words());
    let restore =
        history.hrefs().into_iter().find(|href| href.contains("/~import/restore/")).expect("an earlier version");
    let question = shop.visitor.get(&restore).await.expect(200);
    shop.visitor.submit(&Form::of(&question, "main form")).await.expect(303);
    assert_eq!(
        shop.text("SELECT name FROM carriers WHERE code = 'import'", "SELECT name FROM carriers WHERE code = 'import'")
            .await,
        "Imports"
    );

    // A depot with its first parcel, in one form.
    let mut form = shop.visitor.form("/depots/new").await;
    form.set("name", "Mill").set("in.0.n0.contents", "Ropes").set("in.0.n0.carrier", "a/b c");
    let made = shop.visitor.submit(&form).await.expect(303);
    let depot =
        made.location().split('?').next().and_then(|path| path.strip_prefix("/depots/")).expect("a row").to_owned();
    assert_eq!(depot.parse::<bailiwick::typed::Uuid>().expect("a UUID").get_version_num(), 7, "{depot}");
    let stored = "SELECT p.label || '|' || p.carrier_code FROM parcels p JOIN depots d ON d.id = p.depot_id WHERE d.name = 'Mill'";
    assert_eq!(shop.text(stored, stored).await, "Ropes|a/b c");
    // Its row in the form is named by its key, and changes.
    let page = shop.visitor.get(&format!("/depots/{depot}/edit")).await.expect(200);
    let name =
        page.attributes("name").into_iter().find(|name| name.starts_with("in.0.") && name.ends_with(".contents"));
    let mut form = Form::of(&page, "form#record");
    form.set(&name.expect("a row of the inline"), "Thick ropes");
    shop.visitor.submit(&form).await.expect(303);
    assert_eq!(shop.text(stored, stored).await, "Thick ropes|a/b c");

    // A key that leads nowhere comes back at its field.
    let mut form = shop.visitor.form("/parcels/new").await;
    form.set("contents", "Nails").set("depot", QUAY).set("carrier", "nobody");
    refused(shop.visitor.submit(&form).await, "gone, or not open to you");
    form.set("carrier", &"x".repeat(70));
    refused(shop.visitor.submit(&form).await, "Choose one of the values offered");
    form.set("carrier", "Zed").set("depot", "quay");
    refused(shop.visitor.submit(&form).await, "Choose one of the values offered");
    form.set("depot", QUAY);
    shop.visitor.submit(&form).await.expect(303);
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn such_keys_are_picked_filtered_and_counted() {
    let mut shop = yard().await;
    let found = shop.visitor.get("/parcels/pick/carrier?q=slash").await.expect(200).text;
    assert_eq!(found, r#"{"options":[{"value":"a/b c","label":"Slash and Blank"}],"more":false}"#);
    let found = shop.visitor.get("/parcels/pick/carrier?q=Zed").await.expect(200).text;
    assert!(found.contains(r#""value":"Zed""#), "by the key itself: {found}");
    let found = shop.visitor.get("/parcels/pick/depot?q=qua").await.expect(200).text;
    assert_eq!(found, format!(r#"{{"options":[{{"value":"{QUAY}","label":"Quay"}}],"more":false}}"#));
    for (filter, expected) in [
        ("f.carrier=a%2Fb+c", vec![LAMPS]),
        ("f.carrier=new", vec![BOOKS]),
        ("f.carrier.null=1", vec![CHAIRS]),
        (&format!("f.depot={QUAY}&f.carrier=new&f.carrier=Zed"), vec![BOOKS]),
        ("f.carrier=nobody", vec![]),
    ] {
        let page = shop.visitor.get(&format!("/parcels?{filter}")).await.expect(200);
        assert_eq!(rows(&page, "/parcels"), expected, "{filter}: {}", page.words());
    }
    shop.visitor.get("/parcels?f.depot=quay").await.expect(400);
    let counted = shop.visitor.get("/parcels?counts=1").await.expect(200);
    for (label, filter) in [("Quay", format!("f.depot={QUAY}")), ("Slash and Blank", "f.carrier=a%2Fb+c".to_owned())] {
        assert!(counted.words().contains(label), "{label}: {}", counted.words());
        assert!(counted.hrefs().iter().any(|href| href.contains(&filter)), "{filter}: {:?}", counted.hrefs());
    }
}

#[tokio::test]
async fn what_points_at_such_a_row_goes_along_or_lets_go_and_is_recorded() {
    let mut shop = yard().await;
    let question = shop.visitor.get("/carriers/~new/delete").await.expect(200);
    shop.visitor.submit(&Form::of(&question, "main form")).await.expect(303);
    shop.visitor.get("/carriers/~new").await.expect(404);
    let left = format!("SELECT '' || count(*) FROM parcels WHERE id = '{BOOKS}' AND carrier_code IS NULL");
    assert_eq!(shop.text(Box::leak(left.clone().into_boxed_str()), Box::leak(left.into_boxed_str())).await, "1");
    let history = shop.visitor.get(&format!("/parcels/{BOOKS}/history")).await.expect(200);
    assert!(history.words().contains("Carrier"), "{}", history.words());
    let question = shop.visitor.get(&format!("/depots/{QUAY}/delete")).await.expect(200);
    assert!(question.words().contains("2 more records"), "{}", question.words());
    let mut form = Form::of(&question, "main form");
    if form.offers("bw.confirm") {
        form.set("bw.confirm", "Quay");
    }
    shop.visitor.submit(&form).await.expect(303);
    shop.visitor.get(&format!("/parcels/{LAMPS}")).await.expect(404);
    // The log knows them by their keys, and finds them by those.
    let log = shop.visitor.get(&format!("/audit?model=Parcel&id={LAMPS}")).await.expect(200);
    assert!(log.words().contains("deleted") && log.words().contains(LAMPS), "{}", log.words());
    assert!(!log.words().contains(BOOKS), "{}", log.words());
    let log = shop.visitor.get("/audit?model=Carrier&id=new").await.expect(200);
    assert!(log.words().contains("Carrier new"), "{}", log.words());
    shop.visitor.get("/audit?model=Parcel&id=3").await.expect(400);
    // A new row of the same key starts a life of its own.
    let mut form = shop.visitor.form("/carriers/new").await;
    form.set("code", "new").set("name", "Others");
    shop.visitor.submit(&form).await.expect(303);
    let history = shop.visitor.get("/carriers/~new/history").await.expect(200).words();
    assert!(history.contains("Others") && !history.contains("Newcomers"), "{history}");
    // Also where another application made it.
    let mut form = shop.visitor.form("/carriers/~b/edit").await;
    form.set("name", "Bumblebee");
    shop.visitor.submit(&form).await.expect(303);
    let question = shop.visitor.get("/carriers/~b/delete").await.expect(200);
    shop.visitor.submit(&Form::of(&question, "main form")).await.expect(303);
    shop.run("INSERT INTO carriers VALUES ('b', 'Beech')").await;
    let history = shop.visitor.get("/carriers/~b/history").await.expect(200).words();
    assert!(!history.contains("Bumblebee"), "{history}");
    shop.is_as_it_was().await;
}

/// A right that hangs on such a key, and an attribute that holds it.
#[tokio::test]
async fn a_scope_by_such_a_key_holds() {
    let mut shop = yard().await;
    let mut driver = shop.with_another("driver@example.org", "Driver", r#"{"carrier": "a/b c"}"#).await;
    let page = driver.get("/parcels").await.expect(200);
    assert_eq!(rows(&page, "/parcels"), [LAMPS], "{}", page.words());
    driver.get(&format!("/parcels/{LAMPS}")).await.expect(200);
    driver.get(&format!("/parcels/{BOOKS}")).await.expect(404);
    // Who has none sees nothing.
    let mut other = shop.with_another("other@example.org", "Driver", "{}").await;
    assert!(rows(&other.get("/parcels").await.expect(200), "/parcels").is_empty());
    // A row that is known by more than a key may have is none of the panel's, and breaks no page.
    shop.run(place::either(
        "INSERT INTO carriers VALUES (printf('%.*c', 65, 'x'), 'Long'), (NULL, 'Null')",
        "INSERT INTO carriers VALUES (repeat('x', 65), 'Long')",
    ))
    .await;
    let page = shop.visitor.get("/carriers").await.expect(200);
    assert!(!page.words().contains("Long") && rows(&page, "/carriers").len() == 5, "{}", page.words());
}

/// A column of fixed length fills a key up with blanks on PostgreSQL, and a key is what is before them.
#[tokio::test]
async fn a_key_shorter_than_its_column_is_one_key() {
    let mut shop = Shop::trade().await;
    let mut form = shop.visitor.form("/customers/new").await;
    form.set("customer_id", "OAK").set("company_name", "Oak and Sons");
    let made = shop.visitor.submit(&form).await.expect(303);
    assert_eq!(made.location().split('?').next(), Some("/customers/~OAK"));
    shop.visitor.get("/customers/~OAK%20").await.expect(404);
    let mut form = shop.visitor.form("/orders/1/edit").await;
    form.set("customer", "OAK");
    shop.visitor.submit(&form).await.expect(303);
    let order = shop.visitor.get("/orders/1").await.expect(200);
    assert!(order.words().contains("Oak and Sons"), "{}", order.words());
    assert!(order.hrefs().iter().any(|href| href == "/customers/~OAK"), "{:?}", order.hrefs());
    let mut form = shop.visitor.form("/customers/~OAK/edit").await;
    form.set("company_name", "Oak and Daughters");
    shop.visitor.submit(&form).await.expect(303);
    let history = shop.visitor.get("/customers/~OAK/history").await.expect(200).words();
    assert!(history.contains("Oak and Daughters") && history.contains("Oak and Sons"), "{history}");
    // Rows that point at it hold it, and then it goes.
    let held = shop.visitor.get("/customers/~OAK/delete").await.expect(200).words();
    assert!(held.contains("1 order points at it"), "{held}");
    let mut form = shop.visitor.form("/orders/1/edit").await;
    form.set("customer", "");
    shop.visitor.submit(&form).await.expect(303);
    let question = shop.visitor.get("/customers/~OAK/delete").await.expect(200);
    shop.visitor.submit(&Form::of(&question, "main form")).await.expect(303);
    shop.visitor.get("/customers/~OAK").await.expect(404);
    shop.is_as_it_was().await;
}

/// As a type, for the panel's own code.
#[test]
fn keys_are_types_of_their_own() {
    use bailiwick::typed::KeyText;
    let carrier = CarrierId(KeyText::new("a/b c").expect("a key"));
    assert_eq!(Route::Carrier(bailiwick::typed::At::Edit(carrier)).to_string(), "/carriers/~a%2Fb%20c/edit");
    let depot = DepotId(QUAY.parse().expect("a UUID"));
    let path = Route::Depot(bailiwick::typed::At::Row(depot)).to_string();
    assert_eq!(path, format!("/depots/{QUAY}"));
    assert!(path.parse::<Route>() == Ok(Route::Depot(bailiwick::typed::At::Row(depot))));
    assert_eq!(NewCarrier { code: "x".to_owned(), name: "X".to_owned() }.code, "x");
}
