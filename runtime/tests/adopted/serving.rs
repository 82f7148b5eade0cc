//! Panels over adopted tables, as their people meet them.

use bailiwick::Service;
use bailiwick::audit::{Context, Origin};
use bailiwick::builder::Builder;
use bailiwick::password::{Hasher, Password};
use bailiwick::store::{NewPerson, PasswordHash};
use tempfile::TempDir;

use crate::visitor::{Form, Visitor, in_process};
use crate::{MUSIC, TRADE, left_by_another, music_postgres, music_sqlite, place, schema, trade_postgres, trade_sqlite};

const PASSWORD: &str = "sparrows nest above the gate";

/// Somebody signed in to a panel over a database that another application made.
pub(crate) struct Shop {
    _directory: TempDir,
    url: String,
    pub(crate) service: Service,
    pub(crate) visitor: Visitor,
    /// The schema before the panel came.
    before: String,
}

impl Shop {
    pub(crate) async fn open(made: [&'static str; 2], panel: Builder) -> Self {
        let (directory, url) = left_by_another(made).await;
        let before = schema(&url).await;
        let service = panel
            .public_url("http://127.0.0.1:8000")
            .mail(format!("file:{}", directory.path().join("outbox").display()))
            .service(&url)
            .await
            .expect("a panel over those tables");
        let hasher = Hasher::new(1);
        let place = hasher.place().expect("nobody else is there");
        let hash = hasher.hash(place, Password::typed(PASSWORD)).await.expect("a hash");
        let context = Context::of_nobody(Origin::own(), chrono::Utc::now());
        let mut write = service.app().store.write(context).await.expect("a transaction");
        let new = NewPerson {
            email: "ada@example.org",
            role: "Administrator",
            password_hash: Some(PasswordHash(hash)),
            attributes: "{}".to_owned(),
        };
        let (_, recorded) = write.create_person(&new).await.expect("a statement").expect("nobody has the address");
        write.commit(recorded).await.expect("a commit");
        let mut visitor = Visitor::new(in_process(service.clone()));
        visitor.sign_in("/sign-in", "ada@example.org", PASSWORD).await.expect(303);
        visitor.get("/").await.expect(200);
        Self { _directory: directory, url, service, visitor, before }
    }

    /// Somebody else, signed in.
    pub(crate) async fn with_another(&self, email: &str, role: &str, attributes: &str) -> Visitor {
        let hasher = Hasher::new(1);
        let place = hasher.place().expect("nobody else is there");
        let hash = hasher.hash(place, Password::typed(PASSWORD)).await.expect("a hash");
        let context = Context::of_nobody(Origin::own(), chrono::Utc::now());
        let mut write = self.service.app().store.write(context).await.expect("a transaction");
        let new = NewPerson { email, role, password_hash: Some(PasswordHash(hash)), attributes: attributes.to_owned() };
        let (_, recorded) = write.create_person(&new).await.expect("a statement").expect("nobody has the address");
        write.commit(recorded).await.expect("a commit");
        let mut visitor = Visitor::new(in_process(self.service.clone()));
        visitor.sign_in("/sign-in", email, PASSWORD).await.expect(303);
        visitor
    }

    async fn music() -> Self {
        Self::open(
            MUSIC,
            if place::on_postgres() { music_postgres::Music::builder() } else { music_sqlite::Music::builder() },
        )
        .await
    }

    pub(crate) async fn trade() -> Self {
        Self::open(
            TRADE,
            if place::on_postgres() { trade_postgres::Trade::builder() } else { trade_sqlite::Trade::builder() },
        )
        .await
    }

    pub(crate) async fn text(&self, sqlite: &'static str, postgres: &'static str) -> String {
        place::ask::<String>(&self.url, place::either(sqlite, postgres), &[]).await
    }

    /// Past the panel.
    pub(crate) async fn run(&self, sql: &'static str) {
        place::run(&self.url, sql).await;
    }

    /// Nothing but the panel's own tables came to be.
    pub(crate) async fn is_as_it_was(&self) {
        similar_asserts::assert_eq!(schema(&self.url).await, self.before);
        assert!(self.service.app().store.plan().await.expect("a plan").is_empty());
        assert!(
            matches!(self.service.app().store.verify_audit().await, Ok(seen) if format!("{seen:?}").contains("Whole")),
            "the log holds"
        );
    }
}

#[tokio::test]
async fn every_page_of_the_shop_serves() {
    let mut shop = Shop::music().await;
    let albums = shop.visitor.get("/albums").await.expect(200);
    assert!(
        albums.words().contains("Salt and Rope") && albums.words().contains("The Harbour Choir"),
        "{}",
        albums.words()
    );
    for list in [
        "/artists",
        "/customers",
        "/employees",
        "/genres",
        "/invoice-lines",
        "/invoices",
        "/media-types",
        "/playlists",
        "/tracks",
    ] {
        let page = shop.visitor.get(list).await.expect(200);
        let row = page
            .hrefs()
            .into_iter()
            .find(|href| href.starts_with(&format!("{list}/")) && href.ends_with(|c: char| c.is_ascii_digit()));
        let row = row.unwrap_or_else(|| panic!("{list} shows no row: {}", page.words()));
        shop.visitor.get(&row).await.expect(200);
        shop.visitor.get(&format!("{row}/edit")).await.expect(200);
        shop.visitor.get(&format!("{row}/history")).await.expect(200);
    }
    // A row of itself, a moment, a choice, a price, and what hangs on it.
    let jon = shop.visitor.get("/employees/2").await.expect(200).words();
    assert!(jon.contains("Okafor Ada") && jon.contains("1973-08-29"), "{jon}");
    let invoice = shop.visitor.get("/invoices/2").await.expect(200).words();
    assert!(
        invoice.contains("On hold") && invoice.contains("0.99") && invoice.contains("2026-02-11 18:05"),
        "{invoice}"
    );
    // The joined table is not there, the secret is nowhere.
    shop.visitor.get("/playlist-tracks").await.expect(404);
    assert!(!shop.visitor.get("/employees/1/edit").await.text.contains("x1"));
    // Filter, search, order.
    let found = shop.visitor.get("/tracks?f.album=1&q=stones").await.expect(200).words();
    assert!(found.contains("Counting stones") && !found.contains("window to the yard"), "{found}");
    shop.visitor.get("/invoices?f.state=on+hold").await.expect(200);
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn rows_are_made_changed_and_deleted_in_the_table_s_own_way() {
    let mut shop = Shop::music().await;
    let mut form = shop.visitor.form("/invoices/new").await;
    form.set("customer", "1")
        .set("invoice_date", "2026-05-06T07:08:09")
        .set("state", "on hold")
        .set("total", "1234.50");
    let made = shop.visitor.submit(&form).await.expect(303).row();
    assert_eq!(made, 3);
    let stored = shop
        .text(
            "SELECT InvoiceDate || '|' || State || '|' || typeof(Total) || Total FROM Invoices WHERE InvoiceId = 3",
            "SELECT invoice_date::text || '|' || state || '|' || total FROM invoices WHERE invoice_id = 3",
        )
        .await;
    assert_eq!(stored, place::either("2026-05-06 07:08:09|on hold|real1234.5", "2026-05-06 07:08:09|on hold|1234.50"));

    let mut form = shop.visitor.form("/invoices/3/edit").await;
    form.set("total", "7.05").set("state", "paid");
    shop.visitor.submit(&form).await.expect(303);
    let history = shop.visitor.get("/invoices/3/history").await.expect(200).words();
    assert!(history.contains("1234.50") && history.contains("7.05"), "{history}");
    let stored = shop
        .text(
            "SELECT State || Total FROM Invoices WHERE InvoiceId = 3",
            "SELECT state || total::text FROM invoices WHERE invoice_id = 3",
        )
        .await;
    assert_eq!(stored, "paid7.05");

    // What goes along with a deleted row is shown before and recorded.
    let before = shop.visitor.get("/invoices/1/delete").await.expect(200);
    assert!(before.words().contains("Invoice lines"), "{}", before.words());
    let mut form = Form::of(&before, "main form");
    if form.offered().contains("bw.confirm") {
        form.set("bw.confirm", "on");
    }
    shop.visitor.submit(&form).await.expect(303);
    assert_eq!(
        shop.text("SELECT '' || count(*) FROM InvoiceLines", "SELECT count(*)::text FROM invoice_lines").await,
        "1"
    );
    // An artist with albums stays.
    let held = shop.visitor.get("/artists/1/delete").await.expect(200).words();
    assert!(held.contains("1 album points at it"), "{held}");
    // Rows of a table that is left out would go along unseen: nobody may delete.
    shop.visitor.get("/playlists/1/delete").await.expect(200);
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn what_another_application_changed_meanwhile_is_not_overwritten() {
    let mut shop = Shop::music().await;
    let mut form = shop.visitor.form("/albums/1/edit").await;
    form.set("title", "Salt, Rope");
    place::run(
        &shop.url,
        place::either(
            "UPDATE Albums SET Title = 'Salt & Rope' WHERE AlbumId = 1",
            "UPDATE albums SET title = 'Salt & Rope' WHERE album_id = 1",
        ),
    )
    .await;
    let late = shop.visitor.submit(&form).await.expect(409);
    assert!(
        late.text.contains("Salt, Rope") && late.text.contains("Salt &amp; Rope"),
        "yours and theirs: {}",
        late.words()
    );
    assert_eq!(
        shop.text("SELECT Title FROM Albums WHERE AlbumId = 1", "SELECT title FROM albums WHERE album_id = 1").await,
        "Salt & Rope"
    );
    // A row that nobody touched saves, and the same form again does not.
    let mut form = shop.visitor.form("/albums/2/edit").await;
    form.set("title", "Eight Windows");
    shop.visitor.submit(&form).await.expect(303);
    form.set("title", "Nine Windows");
    shop.visitor.submit(&form).await.expect(409);
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn the_trader_s_odd_columns_serve() {
    let mut shop = Shop::trade().await;
    for list in ["/categories", "/employees", "/orders", "/products", "/regions", "/shippers", "/suppliers"] {
        shop.visitor.get(list).await.expect(200);
        shop.visitor.get(&format!("{list}/1")).await.expect(200);
        shop.visitor.get(&format!("{list}/1/edit")).await.expect(200);
    }
    for (list, key) in [("/customers", "~ALDER"), ("/territories", "~01581")] {
        let rows = shop.visitor.get(list).await.expect(200);
        assert!(rows.hrefs().contains(&format!("{list}/{key}")), "{:?}", rows.hrefs());
        for page in ["", "/edit", "/history", "/delete"] {
            shop.visitor.get(&format!("{list}/{key}{page}")).await.expect(200);
        }
    }
    let order = shop.visitor.get("/orders/1").await.expect(200).words();
    for words in [
        "high!",
        "12.35",
        "6f1c7c1e-58a4-4a3c-9f0f-0c9a5a3c1d2e",
        "gift",
        "08:30",
        "24.7",
        "Alder and Daughters",
        "Nakamura Yu",
        "Swift Parcels",
    ] {
        assert!(order.contains(words), "{words}: {order}");
    }
    assert!(!shop.visitor.get("/shippers/1/edit").await.text.contains("do not show"));

    // Columns that the panel left out or that the database computes are the database's own.
    let mut form = shop.visitor.form("/orders/new").await;
    form.set("customer", "BIRCH")
        .set("employee", "2")
        .set("freight", "3.10")
        .set("priority", "high!")
        .set("extra", "{\"a\": 1}");
    let made = shop.visitor.submit(&form).await.expect(303).row();
    assert_eq!(made, 3);
    let stored = shop
        .text(
            "SELECT customer_id || priority || total_weight || (updated_at IS NULL) || length(created_at) FROM orders WHERE order_id = 3",
            "SELECT customer_id || priority || total_weight || (updated_at IS NULL) || waits FROM orders WHERE order_id = 3",
        )
        .await;
    assert!(stored.starts_with("BIRCHhigh!6.2"), "{stored}");
    let mut form = shop.visitor.form("/orders/3/edit").await;
    form.set("priority", "low").set("opens_at", "09:15:00");
    shop.visitor.submit(&form).await.expect(303);
    assert_eq!(
        shop.text(
            "SELECT opens_at || priority FROM orders WHERE order_id = 3 AND updated_at IS NOT NULL",
            "SELECT opens_at::text || priority FROM orders WHERE order_id = 3 AND updated_at IS NOT NULL"
        )
        .await,
        "09:15:00low"
    );

    // What a trigger made of a value is what is shown and recorded.
    let mut form = shop.visitor.form("/products/1/edit").await;
    form.set("product_name", "  Green tea ").set("discontinued", "true").set("unit_price", "18.1250");
    shop.visitor.submit(&form).await.expect(303);
    let product = shop.visitor.get("/products/1").await.expect(200).words();
    assert!(product.contains("Green tea") && product.contains("18.1250"), "{product}");
    shop.visitor.submit(&form).await.expect(409);
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn a_rule_of_the_table_that_the_block_does_not_know_comes_back_as_a_sentence() {
    let mut shop = Shop::trade().await;
    let mut form = shop.visitor.form("/products/1/edit").await;
    form.set("reorder_level", "-5");
    let refused = shop.visitor.submit(&form).await.expect(422);
    assert!(refused.words().contains("a rule of its own"), "{}", refused.words());
    let mut form = shop.visitor.form("/orders/1/edit").await;
    form.set("customer", "NOBOD");
    let refused = shop.visitor.submit(&form).await.expect(422);
    assert!(refused.words().contains("gone, or not open to you"), "{}", refused.words());
    let mut form = shop.visitor.form("/categories/1/edit").await;
    form.set("category_name", "Grain");
    let refused = shop.visitor.submit(&form).await.expect(422);
    assert!(refused.words().contains("Another row has this value"), "{}", refused.words());
    shop.visitor.get("/regions/new").await.expect(403);
    shop.is_as_it_was().await;
}

/// A version is made of all values of the row; whoever sees it must not be able to try out those that they may not see.
#[tokio::test]
async fn the_version_of_a_row_says_nothing_about_its_values() {
    let (mut one, mut other) = (Shop::trade().await, Shop::trade().await);
    let first = one.visitor.form("/shippers/1/edit").await.value("bw.version").to_owned();
    let second = other.visitor.form("/shippers/1/edit").await.value("bw.version").to_owned();
    assert_ne!(first, second, "the same values under two keys");
    assert_eq!(first, one.visitor.form("/shippers/1/edit").await.value("bw.version"), "and the same under one");
}

#[tokio::test]
async fn a_table_that_lacks_what_the_block_names_is_refused_by_name() {
    let (_directory, url) = left_by_another(MUSIC).await;
    place::run(&url, place::either("ALTER TABLE Artists DROP COLUMN Name", "ALTER TABLE artists DROP COLUMN name"))
        .await;
    let before = schema(&url).await;
    let panel = if place::on_postgres() { music_postgres::Music::builder() } else { music_sqlite::Music::builder() };
    let error = panel.service(&url).await.map(drop).expect_err("a column is gone").to_string();
    assert!(error.to_lowercase().contains("adopts a table artists with a column name, which is not there"), "{error}");
    assert_eq!(schema(&url).await, before);
    let names: String = place::ask(
        &url,
        place::either(
            "SELECT '' || count(*) FROM sqlite_schema WHERE name LIKE 'bw%'",
            "SELECT count(*)::text FROM pg_class WHERE relname LIKE 'bw%'",
        ),
        &[],
    )
    .await;
    assert_eq!(names, "0", "and nothing was begun");
}

#[tokio::test]
async fn a_table_of_two_keys_is_links_that_are_shown_made_and_taken_away() {
    const LINKS: [&str; 2] = [
        "SELECT group_concat(PlaylistId || '.' || TrackId, ' ' ORDER BY PlaylistId, TrackId) FROM PlaylistTrack",
        "SELECT string_agg(playlist_id || '.' || track_id, ' ' ORDER BY playlist_id, track_id) FROM playlist_track",
    ];
    let mut shop = Shop::music().await;
    assert_eq!(shop.text(LINKS[0], LINKS[1]).await, "1.1 1.3");
    let page = shop.visitor.get("/playlists/1/edit").await.expect(200);
    let late = Form::of(&page, "form#record");
    assert_eq!(page.texts("fieldset.many label").len(), 2);
    let version = late.value("bw.version").to_owned();
    let linked = [("bw.version", version.as_str()), ("tracks", ""), ("tracks", "2"), ("tracks", "3")];
    shop.visitor.post("/playlists/1/edit", &linked).await.expect(303);
    assert_eq!(shop.text(LINKS[0], LINKS[1]).await, "1.2 1.3");
    shop.visitor.submit(&late).await.expect(409);
    let history = shop.visitor.get("/playlists/1/history").await.expect(200);
    assert!(history.words().contains("Tracks"), "{}", history.words());
    // A row of either end takes its links along, as the panel's own would.
    let question = shop.visitor.get("/playlists/1/delete").await.expect(200);
    shop.visitor.submit(&Form::of(&question, "main form")).await.expect(303);
    let left = shop.visitor.get("/playlists").await.expect(200);
    assert!(!left.hrefs().iter().any(|href| href == "/playlists/1"));
    shop.is_as_it_was().await;
}
