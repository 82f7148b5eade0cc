//! Whatever a list shows has a page, also what no panel would have made: numbers below one, and texts longer than the
//! block has them.

use http::{Method, StatusCode};

use super::jobs::at_its_end;
use super::programs::Program;
use super::rows;
use crate::serving::Shop;
use crate::visitor::{Form, select};

/// Racks, the books on them, and marks in text.
const LIBRARY: [&str; 2] = [
    "CREATE TABLE racks (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL); \
     CREATE TABLE books (id INTEGER PRIMARY KEY, title VARCHAR(40) NOT NULL, rack_id INTEGER NOT NULL REFERENCES racks); \
     CREATE TABLE marks (code TEXT PRIMARY KEY, text VARCHAR(40) NOT NULL, rack_id INTEGER NOT NULL REFERENCES racks); \
     INSERT INTO racks VALUES (0, 'Floor'), (1, 'Window'); \
     INSERT INTO books VALUES (-1, 'Below', 0), (0, 'Nought', 0), (1, 'One', 1); \
     INSERT INTO marks VALUES ('thirteensigns', 'Long', 0), ('short', 'Short', 1);",
    "CREATE TABLE racks (id serial PRIMARY KEY, name varchar(40) NOT NULL); \
     CREATE TABLE books (id serial PRIMARY KEY, title varchar(40) NOT NULL, rack_id integer NOT NULL REFERENCES racks); \
     CREATE TABLE marks (code text PRIMARY KEY, text varchar(40) NOT NULL, rack_id integer NOT NULL REFERENCES racks); \
     INSERT INTO racks VALUES (0, 'Floor'), (1, 'Window'); \
     INSERT INTO books VALUES (-1, 'Below', 0), (0, 'Nought', 0), (1, 'One', 1); \
     INSERT INTO marks VALUES ('thirteensigns', 'Long', 0), ('short', 'Short', 1);",
];

bailiwick::admin! {
    panel Library {
        database env "DATABASE_URL" or "sqlite:library.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    model Rack {
        table "racks" adopted key "id";
        name: String len ..=40 label search;
        list name;
        inline Book title in form;
        inline Mark text in form;
    }

    model Book {
        table "books" adopted key "id";
        title: String len ..=40 label search;
        rack: Rack restrict column "rack_id";
        list title, rack;
        filter rack;
    }

    model Mark {
        table "marks" adopted key code;
        code: String len ..=5;
        text: String len ..=40 label search;
        rack: Rack restrict column "rack_id";
        list code, text, rack;
    }

    /// Runs it.
    role Administrator {
        all *;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle token 120 per 1min by token, 20 per 10min by address;
}

#[tokio::test]
async fn every_row_of_a_list_opens_is_changed_and_has_its_history() {
    let mut shop = Shop::open(LIBRARY, Library::builder()).await;
    for (list, order, field) in [
        ("/racks", ["1", "0"].as_slice(), "name"),
        ("/books", &["1", "0", "-1"], "title"),
        ("/marks", &["~thirteensigns", "~short"], "text"),
    ] {
        let listed = shop.visitor.get(list).await.expect(200);
        assert_eq!(rows(&listed, list), order);
        for row in order {
            let row = format!("{list}/{row}");
            shop.visitor.get(&row).await.expect(200);
            for text in ["Changed", "Another"] {
                let mut form = shop.visitor.form(&format!("{row}/edit")).await;
                form.set(field, text);
                let saved = shop.visitor.submit(&form).await.expect(303);
                assert_eq!(saved.location().split('?').next(), Some(row.as_str()));
            }
            let history = shop.visitor.get(&format!("{row}/history")).await.expect(200);
            let restore = history.hrefs().into_iter().find(|href| href.starts_with(&format!("{row}/restore/")));
            let restore = restore.unwrap_or_else(|| panic!("{row}: {} {:?}", history.words(), history.hrefs()));
            shop.visitor.get(&restore).await.expect(200);
            let logged = shop.visitor.get(&row).await.expect(200).hrefs();
            let log = logged.into_iter().find(|href| href.starts_with("/audit?")).expect("its log");
            assert!(shop.visitor.get(&log).await.expect(200).words().contains("Another"));
            shop.visitor.get(&format!("{row}/delete")).await.expect(200);
        }
    }
    let on_the_floor = shop.visitor.get("/books?f.rack=0").await.expect(200);
    assert_eq!(rows(&on_the_floor, "/books"), ["0", "-1"]);
    for path in ["-0", "+1", "007", "00", "01", "-01", "--1", "-", "1.0", "-9223372036854775809"] {
        shop.visitor.get(&format!("/books/{path}")).await.expect(404);
    }
}

#[tokio::test]
async fn such_rows_stand_in_the_form_of_their_parent() {
    let mut shop = Shop::open(LIBRARY, Library::builder()).await;
    let mut form = shop.visitor.form("/racks/0/edit").await;
    form.set("name", "Ground").set("in.0.-1.title", "Cellar").set("in.0.0.title", "Zero");
    form.set("in.1.~thirteensigns.text", "Much too long");
    shop.visitor.submit(&form).await.expect(303);
    let page = shop.visitor.get("/racks/0").await.expect(200).words();
    for word in ["Ground", "Cellar", "Zero", "Much too long"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    // A new key is still held to the block.
    let mut form = shop.visitor.form("/marks/new").await;
    form.set("code", "sixsix").set("text", "Six").set("rack", "0");
    let told = shop.visitor.submit(&form).await.expect(422);
    assert!(told.texts("p.error").join(" ").contains("At most 5"), "{}", told.words());
    form.set("code", "fives");
    shop.visitor.submit(&form).await.expect(303);
}

#[tokio::test]
async fn such_rows_are_ticked_among_others() {
    let mut shop = Shop::open(LIBRARY, Library::builder()).await;
    for (list, field, many) in [("/books", "title", 3), ("/marks", "text", 2)] {
        let page = shop.visitor.get(list).await.expect(200);
        let ticks: Vec<String> = {
            let (page, boxes) = (page.page(), select("input[name=row]"));
            page.select(&boxes).filter_map(|tick| tick.attr("value")).map(str::to_owned).collect()
        };
        let mut fields = vec![("do", "edit")];
        fields.extend(ticks.iter().map(|tick| ("row", tick.as_str())));
        let question = shop.visitor.post(&format!("{list}/bulk"), &fields).await.expect(200);
        let mut form = Form::of(&question, "main form");
        form.force(&format!("set.{field}"), "1").force(field, "Alike");
        // The form of this visitor keeps one value a name; a browser sends them all.
        let mut fields: Vec<(String, String)> = ticks.iter().map(|tick| ("row".to_owned(), tick.clone())).collect();
        fields.extend(
            ["do", "bw.sure", &format!("set.{field}"), field]
                .map(|name| (name.to_owned(), form.value(name).to_owned())),
        );
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let job = shop.visitor.post(&format!("{list}/bulk"), &fields).await.expect(303).location().to_owned();
        let told = at_its_end(&mut shop.visitor, &job).await.words();
        assert!(told.contains(&format!("{many} changed")) || told.contains(&format!("{many} done")), "{told}");
    }
    // And met one after the other.
    let page = shop.visitor.post("/books/bulk", &[("do", "edit"), ("all", "1")]).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("set.title", "1").force("title", "All");
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let told = at_its_end(&mut shop.visitor, &job).await.words();
    assert!(told.contains("3 changed") || told.contains("3 done"), "{told}");
}

#[tokio::test]
async fn programs_reach_such_rows() {
    let mut shop = Shop::open(LIBRARY, Library::builder()).await;
    let program = Program::of(&mut shop).await;
    for (path, field) in [("/api/books/-1", "title"), ("/api/books/0", "title"), ("/api/marks/thirteensigns", "text")] {
        let (status, _, row) = program.ask(Method::GET, path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}: {row}");
        let row: serde_json::Value = serde_json::from_str(&row).expect("JSON");
        let version = row["version"].as_str().expect("a version");
        let body = format!(r#"{{"version": "{version}", "{field}": "By a program"}}"#);
        let (status, _, told) = program.ask(Method::PATCH, path, &body).await;
        assert!(status == StatusCode::OK && told.contains("By a program"), "{path}: {told}");
    }
    for path in ["/api/books/-0", "/api/books/%2D1", "/api/books/01"] {
        assert_eq!(program.ask(Method::GET, path, "").await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
