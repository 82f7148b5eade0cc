//! The panel under a path of somebody else's server: every link carries the path, and everything works through them.

use axum::Router;

use crate::clinic::Clinic;
use crate::house::{House, PASSWORD, email};
use crate::visitor::{Answer, Form, Visitor, in_process};

/// Every address in the page that leads into the panel.
fn addresses(answer: &Answer) -> Vec<String> {
    let names = ["href", "src", "action", "data-pick", "data-theme-switch"];
    names.into_iter().flat_map(|name| answer.attributes(name)).filter(|address| !address.starts_with('#')).collect()
}

#[tokio::test]
async fn nested_under_a_path_every_address_carries_it() {
    let house = House::open().await;
    let panel = Clinic::builder().public_url("http://127.0.0.1:1/admin").service(&house.url()).await.expect("a panel");
    let site = Router::new().route("/", axum::routing::get(|| async { "the site" })).nest_service("/admin", panel);
    let mut visitor = Visitor::new(in_process(site.clone()));

    let door = visitor.get("/admin/patients").await.expect(303);
    assert_eq!(door.location(), "/admin/sign-in?next=%2Fpatients");
    let now = chrono::Utc::now();
    let back = visitor.sign_in_with_code(door.location(), email("Manager"), PASSWORD, now).await.expect(303);
    assert_eq!(back.location(), "/admin/patients", "and back to where they wanted to go");

    let mut form = visitor.form("/admin/patients/new").await;
    assert_eq!(form.action, "/admin/patients/new");
    form.set("name", "Nils Nested").set("born", "1980-01-01").set("doctor", &house.doctors[0].0.to_string());
    let made = visitor.submit(&form).await.expect(303);
    assert!(made.location().starts_with("/admin/patients/"), "{}", made.location());
    let row = made.location().split('?').next().expect("a path").to_owned();

    for path in [
        "/admin",
        "/admin/",
        "/admin/patients",
        "/admin/patients?q=x",
        "/admin/policy",
        "/admin/patients/new",
        "/admin/nowhere",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(["", "/edit", "/delete"].map(|page| format!("{row}{page}")))
    {
        let answer = visitor.get(&path).await;
        assert!([200, 404].contains(&answer.status()), "{path}: {}", answer.status);
        let addresses = addresses(&answer);
        assert!(addresses.len() > 8, "{path}: {addresses:?}");
        for address in addresses {
            assert!(address == "/admin" || address.starts_with("/admin/"), "{path} holds {address}");
        }
    }
    let style =
        addresses(&visitor.get("/admin/").await).into_iter().find(|a| a.contains("/static/")).expect("a stylesheet");
    visitor.get(&style).await.expect(200);
    let out = Form::of(&visitor.get("/admin/").await, "form[action='/admin/sign-out']");
    assert_eq!(visitor.submit(&out).await.expect(303).location(), "/admin/sign-in");
    visitor.get("/admin/").await.expect(303);
}
