//! Every route for every role, and for nobody: what comes back against what the block's tables say. The expectation is
//! worked out from `PANEL` in `held`; the snapshots show what came to a reader.

mod held;
mod specimens;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bailiwick::condition::Asker;
use bailiwick::panel::{Kind, Model, Verb};
use bailiwick::value::Value;
use http::Method;

use self::held::Held;
use self::specimens::{CHANGES, Specimen, filled_in, specimens};
use crate::clinic::PANEL;
use crate::house::number;
use crate::house::{House, email};
use crate::visitor::{Answer, Form, Visitor, select};

fn names<'a>(fields: impl Iterator<Item = &'a bailiwick::panel::Field>) -> BTreeSet<&'a str> {
    fields.map(|field| field.name).collect()
}

/// Knocks at every door of the panel and writes down what came.
struct Round<'a> {
    house: &'a House,
    held: Held,
    visitor: Visitor,
    specimens: Vec<Specimen>,
    seen: String,
    wrong: Vec<String>,
}

impl Round<'_> {
    fn met(&mut self, answer: &Answer, expected: u16) -> u16 {
        if answer.status() != expected {
            self.wrong.push(format!(
                "{} as {}: {} where the tables say {expected}: {}",
                answer.asked,
                self.held.role.name,
                answer.status(),
                answer.words(),
            ));
        }
        answer.status()
    }

    fn equal(&mut self, what: &str, found: &BTreeSet<&str>, expected: &BTreeSet<&str>) {
        if found != expected {
            let role = self.held.role.name;
            self.wrong.push(format!("{what} as {role}: {found:?} where the tables say {expected:?}"));
        }
    }

    async fn get(&mut self, path: &str, expected: u16) -> (Answer, u16) {
        let answer = self.visitor.get(path).await;
        let status = self.met(&answer, expected);
        (answer, status)
    }

    async fn fixed(&mut self) {
        let home = self.get("/", 200).await.1;
        let audit = self.get("/audit", if self.held.audits() { 200 } else { 403 }).await.1;
        let policy = self.get("/policy", 200).await.1;
        self.get("/people", if self.held.meets_people() { 200 } else { 403 }).await;
        let door = self.get("/sign-in", 303).await.1;
        let out = self.get("/sign-out", 303).await.1;
        for nowhere in [
            "/people/01",
            "/people/1/promote",
            "/nowhere",
            "/patients/01",
            "/patients/-1",
            "/patients/1/do/nothing",
            "/patients/pick/none",
        ] {
            self.get(nowhere, 404).await;
        }
        let _ = writeln!(self.seen, "home {home}  audit {audit}  policy {policy}  sign-in {door}  GET sign-out {out}");
    }

    async fn model(&mut self, model: &'static Model) {
        let slug = model.slug;
        let view = self.held.holds(Verb::View, model);
        let (list, list_status) = self.get(&format!("/{slug}"), if view { 200 } else { 403 }).await;
        if view {
            let visible = |index: &usize| self.held.cells(Verb::View, model).any(|cell| cell.fields.contains(*index));
            let expected: BTreeSet<&str> =
                model.list.iter().filter(|f| visible(f)).map(|f| model.fields[*f].title).collect();
            let columns = list.texts("table.grid thead th");
            self.equal(&format!("columns of {slug}"), &columns.iter().map(String::as_str).collect(), &expected);
        }
        let export = view && self.held.holds(Verb::Export, model);
        self.get(&format!("/{slug}/export"), if export { 200 } else { 403 }).await;
        if view {
            let offered = list.hrefs().iter().any(|href| href.starts_with(&format!("/{slug}/export")));
            assert_eq!(offered, export, "the button of {slug} as {}", self.held.role.name);
        }
        let typed = self.held.holds(Verb::Create, model) || self.held.holds(Verb::Edit, model);
        let import = typed && self.held.holds(Verb::Import, model);
        self.get(&format!("/{slug}/import"), if import { 200 } else { 403 }).await;
        let create = self.held.holds(Verb::Create, model);
        let (form, new_status) = self.get(&format!("/{slug}/new"), if create { 200 } else { 403 }).await;
        let values = filled_in(self.house, &self.specimens);
        let posted = if create && form.status() == 200 {
            let mut form = Form::of(&form, "form#record");
            let offers = |index: usize| {
                model.fields[index].is_writable()
                    && self.held.cells(Verb::Create, model).any(|c| c.fields.contains(index))
            };
            let expected = names(model.fields.iter().filter(|field| offers(field.index)));
            self.equal(&format!("form of a new {slug}"), &form.offered(), &expected);
            for (name, value) in &values {
                if form.offers(name) {
                    form.set(name, value);
                }
            }
            self.visitor.submit(&form).await
        } else {
            let fields: Vec<(&str, &str)> = values
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .filter(|(name, _)| model.field_by_name(name).is_some())
                .collect();
            self.visitor.post(&format!("/{slug}/new"), &fields).await
        };
        let post_status = self.met(&posted, if create { 303 } else { 403 });
        let mut picks = String::new();
        for field in model.fields {
            let is_key = matches!(field.kind, Kind::Model(..) | Kind::Many(_) | Kind::Actor);
            let expected = self.held.pick(model, field.index);
            let status = self.get(&format!("/{slug}/pick/{}", field.name), expected).await.1;
            if is_key {
                let _ = write!(picks, "  pick {} {status}", field.name);
            }
        }
        let _ = writeln!(self.seen, "\n/{slug}  list {list_status}  new {new_status} → {post_status}{picks}");
        self.get(&format!("/{slug}/999999"), if view { 404 } else { 403 }).await;
    }

    async fn row(&mut self, at: usize) {
        let Specimen { model, what, ref row, .. } = self.specimens[at];
        let (row, path) = (row.clone(), self.specimens[at].path());
        let (detail, shown) = self.get(&path, self.held.page(Verb::View, model, &row)).await;
        let mut line = format!("  {what}: {shown}");
        if shown == 200 {
            let visible = |index: usize| self.held.on(Verb::View, model, &row).any(|cell| cell.fields.contains(index));
            let expected: BTreeSet<&str> = model.fields.iter().filter(|f| visible(f.index)).map(|f| f.title).collect();
            let titles = detail.texts("dl.facts dt");
            let found: BTreeSet<&str> =
                titles.iter().map(String::as_str).filter(|t| !["Number", "Version"].contains(t)).collect();
            self.equal(&path, &found, &expected);
        }
        let edit = self.held.page(Verb::Edit, model, &row);
        let (form, edit_status) = self.get(&format!("{path}/edit"), edit).await;
        let before = self.version(at).await;
        let posted = if edit == 200 && form.status() == 200 {
            let mut form = Form::of(&form, "form#record");
            let may = |verb, index| self.held.on(verb, model, &row).any(|cell| cell.fields.contains(index));
            let offers =
                |index: usize| model.fields[index].is_writable() && may(Verb::Edit, index) && may(Verb::View, index);
            self.equal(
                &format!("{path}/edit"),
                &form.offered(),
                &names(model.fields.iter().filter(|f| offers(f.index))),
            );
            let change = CHANGES.iter().find(|(name, _)| form.offers(name));
            let (name, value) = change.expect("a field of every form has a change");
            form.set(name, value);
            self.visitor.submit(&form).await
        } else {
            let changes: Vec<(&str, &str)> = CHANGES
                .into_iter()
                .filter(|(name, _)| model.field_by_name(name).is_some())
                .chain([("bw.version", "1")])
                .collect();
            self.visitor.post(&format!("{path}/edit"), &changes).await
        };
        let edited = self.met(&posted, if edit == 200 { 303 } else { edit });
        let now = self.version(at).await;
        if now != before + i64::from(edit == 200) {
            self.wrong.push(format!("{path} went from version {before} to {now} as {}", self.held.role.name));
        }
        let _ = write!(line, "  edit {edit_status} → {edited}");
        for (index, action) in model.actions.iter().enumerate() {
            let verb = Verb::Act(index);
            let act = format!("{path}/do/{}", action.name);
            let asked = self.get(&act, 303).await.1;
            let expected = match self.held.page(verb, model, &row) {
                200 => 303,
                refused => refused,
            };
            let posted = self.visitor.post(&act, &[]).await;
            let acted = self.met(&posted, expected);
            let _ = write!(line, "  {} {asked} → {acted}", action.name);
        }
        let _ = writeln!(self.seen, "{line}");
    }

    async fn delete(&mut self, at: usize) {
        let Specimen { model, what, held, ref row } = self.specimens[at];
        let (row, path) = (row.clone(), self.specimens[at].path());
        // An action may have carried the row out of what the role may delete; the clinic's roles delete all or nothing.
        let expected = self.held.page(Verb::Delete, model, &row);
        let (_, asked) = self.get(&format!("{path}/delete"), expected).await;
        let before = self.version(at).await;
        let version = before.to_string();
        let posted = self.visitor.post(&format!("{path}/delete"), &[("bw.version", &version)]).await;
        let done = self.met(
            &posted,
            match (expected, held) {
                (200, true) => 409,
                (200, false) => 303,
                (refused, _) => refused,
            },
        );
        let gone = self.version(at).await == 0;
        if gone != (expected == 200 && !held) {
            self.wrong.push(format!("{path} is {} as {}", if gone { "gone" } else { "there" }, self.held.role.name));
        }
        let _ = writeln!(self.seen, "  delete /{} {what}: {asked} → {done}", model.slug);
    }

    /// 0: there is no such row.
    async fn version(&self, at: usize) -> i64 {
        let sql = match self.specimens[at].model.name {
            "Doctor" => "SELECT coalesce(max(version), 0) FROM doctor WHERE id = $1",
            "Patient" => "SELECT coalesce(max(version), 0) FROM patient WHERE id = $1",
            "Language" => "SELECT coalesce(max(version), 0) FROM language WHERE id = $1",
            "Visit" => "SELECT coalesce(max(version), 0) FROM visit WHERE id = $1",
            _ => "SELECT coalesce(max(version), 0) FROM invoice WHERE id = $1",
        };
        self.house.number(sql, &[number(self.specimens[at].row.id)]).await
    }
}

async fn walk(name: &'static str) {
    let house = House::open().await;
    let role = PANEL.role_by_name(name).expect("a role of the clinic");
    let me = house.person_id(email(name)).await;
    let doctor = if name == "Clinician" { Value::Int(house.doctors[0].0) } else { Value::Null };
    let held = Held { role, asker: Asker { person: me, attributes: vec![doctor], now: house.now() } };
    let visitor = house.signed_in(name).await;
    let specimens = specimens(&house, name, me).await;
    let mut round = Round { house: &house, held, visitor, specimens, seen: String::new(), wrong: Vec::new() };
    round.fixed().await;
    for model in PANEL.models {
        round.model(model).await;
        for at in 0..round.specimens.len() {
            if round.specimens[at].model.index == model.index {
                round.row(at).await;
            }
        }
    }
    // What goes, goes last, and what is pointed at before what points at it.
    round.seen.push('\n');
    for at in 0..round.specimens.len() {
        round.delete(at).await;
    }
    assert!(round.wrong.is_empty(), "{}", round.wrong.join("\n"));
    insta::assert_snapshot!(format!("of_{}", name.to_lowercase()), round.seen);
}

#[tokio::test]
async fn the_owner_gets_what_the_tables_say() {
    walk("Owner").await;
}

#[tokio::test]
async fn a_manager_gets_what_the_tables_say() {
    walk("Manager").await;
}

#[tokio::test]
async fn a_clinician_gets_what_the_tables_say() {
    walk("Clinician").await;
}

#[tokio::test]
async fn the_reception_gets_what_the_tables_say() {
    walk("Reception").await;
}

#[tokio::test]
async fn an_auditor_gets_what_the_tables_say() {
    walk("Auditor").await;
}

#[tokio::test]
async fn every_role_of_the_block_is_walked() {
    let known: Vec<&str> = crate::house::STAFF.iter().map(|(role, _)| *role).collect();
    let declared: Vec<&str> = PANEL.roles.iter().map(|role| role.name).collect();
    assert_eq!(known, declared);
}

#[tokio::test]
async fn nobody_gets_to_the_door_and_no_further() {
    let house = House::open().await;
    let specimens = specimens(&house, "nobody", 1).await;
    let mut paths: Vec<String> = ["/", "/audit", "/policy", "/sign-out", "/nowhere"].map(str::to_owned).into();
    for model in PANEL.models {
        paths.extend([format!("/{}", model.slug), format!("/{}/new", model.slug)]);
        paths.extend(model.fields.iter().map(|field| format!("/{}/pick/{}", model.slug, field.name)));
    }
    for one in &specimens {
        let path = one.path();
        paths.extend([path.clone(), format!("{path}/edit"), format!("{path}/delete")]);
        paths.extend(one.model.actions.iter().map(|action| format!("{path}/do/{}", action.name)));
    }
    let events = "SELECT count(*) FROM bw_audit";
    let before = house.number(events, &[]).await;
    let mut visitor = house.visitor();
    for path in paths {
        let answer = visitor.get(&path).await.expect(303);
        let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        let door = if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={next}") };
        assert_eq!(answer.location(), door);
        assert_eq!(visitor.post(&path, &[("bw.version", "1")]).await.expect(303).location(), "/sign-in", "{path}");
    }
    assert_eq!(house.number(events, &[]).await, before, "nothing happened");

    let door = visitor.get("/sign-in").await.expect(200);
    let style =
        door.page().select(&select("link[rel=stylesheet]")).next().and_then(|l| l.attr("href").map(str::to_owned));
    let style = visitor.get(&style.expect("a stylesheet")).await.expect(200);
    assert!(style.headers["cache-control"].to_str().expect("ASCII").contains("immutable"));
    visitor.get("/static/nothing.css").await.expect(404);
    for link in ["/first", "/join", "/first?token=x", "/join?token=x"] {
        let status = visitor.get(link).await.status();
        assert!([303, 404].contains(&status), "{link}: {status}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
        let answer = visitor.send(method, "/patients", None).await.expect(405);
        assert_eq!(answer.headers["allow"], "GET, HEAD, POST");
    }
}

#[tokio::test]
async fn a_form_is_taken_from_one_s_own_pages_only() {
    let house = House::open().await;
    let mut owner = house.signed_in("Owner").await;
    let mut manager = house.signed_in("Manager").await;
    let theirs = Form::of(&manager.get("/doctors/new").await, "form#record");
    let mut form = owner.form("/doctors/new").await;
    form.set("name", "Dr. Forged");
    for token in ["", "x", theirs.value("_csrf")] {
        owner.submit(form.clone().force("_csrf", token)).await.expect(403);
    }
    assert_eq!(house.number("SELECT count(*) FROM doctor WHERE name = 'Dr. Forged'", &[]).await, 0);
    owner.submit(&form).await.expect(303);
}
