//! Every page, as full as it gets: it renders, keeps to the security policy, names its controls, and stays small.

use super::{Assets, CONTENT_SECURITY_POLICY, render, samples};

fn all() -> Vec<(&'static str, String)> {
    let text = |result: Result<bytes::Bytes, minijinja::Error>| match result {
        Ok(bytes) => String::from_utf8(bytes.to_vec()).expect("pages are UTF-8"),
        Err(error) => panic!("{error:#}"),
    };
    vec![
        ("sign_in", text(render(&samples::sign_in()))),
        ("recovery", text(render(&samples::recovery(false)))),
        ("recovery_asked", text(render(&samples::recovery(true)))),
        ("choose_password", text(render(&samples::choose_password()))),
        ("people", text(render(&samples::people()))),
        ("person", text(render(&samples::person()))),
        ("loans", text(render(&samples::loans()))),
        ("groups", text(render(&samples::groups()))),
        ("group", text(render(&samples::group()))),
        ("invite", text(render(&samples::invite()))),
        ("handed_link", text(render(&samples::handed_link()))),
        ("factor", text(render(&samples::factor()))),
        ("enrol", text(render(&samples::enrol()))),
        ("passkey", text(render(&samples::passkey()))),
        ("codes", text(render(&samples::codes()))),
        ("account", text(render(&samples::account()))),
        ("token", text(render(&samples::token()))),
        ("prove", text(render(&samples::prove()))),
        ("refusal_inside", text(render(&samples::refusal(true)))),
        ("refusal_outside", text(render(&samples::refusal(false)))),
        ("home", text(render(&samples::home()))),
        ("home_empty", text(render(&samples::empty_home()))),
        ("list", text(render(&samples::list()))),
        ("list_empty", text(render(&samples::empty_list()))),
        ("detail", text(render(&samples::detail()))),
        ("form", text(render(&samples::form()))),
        ("stale", text(render(&samples::stale()))),
        ("history", text(render(&samples::history()))),
        ("restore", text(render(&samples::restore()))),
        ("export", text(render(&samples::export()))),
        ("import", text(render(&samples::import()))),
        ("columns", text(render(&samples::columns()))),
        ("bulk", text(render(&samples::bulk()))),
        ("work", text(render(&samples::work()))),
        ("job", text(render(&samples::job()))),
        ("delete", text(render(&samples::delete()))),
        ("delete_refused", text(render(&samples::refused_delete()))),
        ("audit", text(render(&samples::audit()))),
        ("policy", text(render(&samples::policy()))),
    ]
}

/// The start tags of a page, `<` and `>` left out. Values are escaped, so a bare `<` opens a tag.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '!'])).filter_map(|tag| tag.split('>').next())
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

#[test]
fn pages_keep_to_the_security_policy() {
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    for (name, html) in all() {
        for tag in tags(&html) {
            assert!(attribute(tag, "style").is_none() && !tag.starts_with("style"), "{name}: inline style in <{tag}>");
            assert!(
                !tag.contains(" on")
                    || !tag.split(" on").skip(1).any(|t| t
                        .split(['=', ' '])
                        .next()
                        .is_some_and(|word| !word.is_empty() && t[word.len()..].starts_with('='))),
                "{name}: handler in <{tag}>"
            );
            assert!(!tag.starts_with("script") || attribute(tag, "src").is_some(), "{name}: inline script");
            for link in ["href", "src", "action"].into_iter().filter_map(|a| attribute(tag, a)) {
                assert!(!link.trim().to_ascii_lowercase().starts_with("javascript:"), "{name}: {link}");
            }
        }
        assert!(!html.contains("<script>") && html.matches("<script").count() == 1, "{name}: one script");
    }
}

#[test]
fn data_stays_text() {
    let mut page = samples::list();
    page.rows[0].cells[0] = samples::cell("<script>alert('\"&')</script>", "");
    let html = String::from_utf8(render(&page).expect("renders").to_vec()).expect("UTF-8");
    assert!(html.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;"));
    assert!(!html.contains("<script>alert"));
}

#[test]
fn every_control_has_a_name_and_every_id_is_one() {
    for (name, html) in all() {
        let labelled: Vec<&str> =
            tags(&html).filter(|t| t.starts_with("label")).filter_map(|t| attribute(t, "for")).collect();
        let mut open_labels = 0_i32;
        for piece in html.split('<').skip(1) {
            if piece.starts_with("label") {
                open_labels += 1;
            } else if piece.starts_with("/label") {
                open_labels -= 1;
            }
            let tag = piece.split('>').next().unwrap_or_default();
            let control = ["input", "select", "textarea"].iter().any(|t| tag.starts_with(t));
            if !control || attribute(tag, "type") == Some("hidden") {
                continue;
            }
            let named = open_labels > 0
                || attribute(tag, "aria-label").is_some()
                || attribute(tag, "id").is_some_and(|id| labelled.contains(&id));
            assert!(named, "{name}: nothing names <{tag}>");
        }
        let mut ids: Vec<&str> = tags(&html).filter_map(|t| attribute(t, "id")).collect();
        for target in tags(&html).filter_map(|t| attribute(t, "aria-describedby")).flat_map(str::split_whitespace) {
            assert!(ids.contains(&target), "{name}: aria-describedby names {target}, which is not there");
        }
        for target in tags(&html).filter_map(|t| attribute(t, "href")).filter_map(|h| h.strip_prefix('#')) {
            assert!(ids.contains(&target), "{name}: nothing is at #{target}");
        }
        let all_ids = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all_ids, "{name}: an id stands twice");
    }
}

#[test]
fn every_post_carries_the_token() {
    for (name, html) in all() {
        for form in html
            .split("<form")
            .skip(1)
            .filter(|form| form.split('>').next().is_some_and(|t| t.contains("method=\"post\"")))
        {
            let form = form.split("</form").next().unwrap_or_default();
            assert!(form.contains("name=\"_csrf\""), "{name}: a POST without its token");
        }
    }
}

#[test]
fn icons_that_pages_name_are_drawn() {
    let icons = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/icons.svg"));
    for (name, html) in all() {
        for symbol in tags(&html).filter(|t| t.starts_with("use ")).filter_map(|t| attribute(t, "href")) {
            let id = symbol.split('#').nth(1).unwrap_or_default();
            assert!(icons.contains(&format!("id=\"{id}\"")), "{name}: no icon {id}");
        }
    }
}

#[test]
fn pages_and_files_stay_small() {
    let size = |wanted: &str| all().iter().find(|(name, _)| *name == wanted).map_or(0, |(_, html)| html.len());
    assert!((10_000..60_000).contains(&size("list")), "list page of 50 rows: {} bytes", size("list"));
    assert!(size("delete") < 30_000, "delete page: {} bytes", size("delete"));
    let assets = Assets::for_brand(samples::BRAND);
    assert!(assets.css.bytes.len() <= 25_000, "stylesheet: {} bytes", assets.css.bytes.len());
    assert!(assets.js.bytes.len() <= 25_000, "script: {} bytes", assets.js.bytes.len());
}

#[test]
fn a_file_is_found_by_its_hash_only() {
    let assets = Assets::for_brand(samples::BRAND);
    assert!(
        assets
            .find(&assets.css.file)
            .is_some_and(|asset| asset.bytes.starts_with(b":root{--bw-accent:light-dark(#0b6e4f,"))
    );
    assert!(assets.find("admin.css").is_none());
    let other = Assets::for_brand(crate::panel::Brand { light: "#123456", ..samples::BRAND });
    assert_ne!(assets.css.file, other.css.file, "the brand is in the name");
}

/// Writes the pages to the folder that `BAILIWICK_PAGES` names, to look at them in a browser.
#[test]
fn pages_can_be_looked_at() {
    let Ok(folder) = std::env::var("BAILIWICK_PAGES") else { return };
    let folder = std::path::Path::new(&folder);
    std::fs::create_dir_all(folder.join("static")).expect("folder");
    for (name, html) in all() {
        std::fs::write(folder.join(format!("{name}.html")), html).expect("page");
    }
    let assets = Assets::for_brand(samples::BRAND);
    for asset in [assets.css, assets.js, assets.icons] {
        std::fs::write(folder.join("static").join(asset.file), asset.bytes).expect("file");
    }
}

/// OWASP ASVS 5.0.0, 6.2.6 and 6.2.7.
#[test]
fn passwords_are_typed_as_such_and_managers_and_pasting_are_let_do_their_work() {
    let mut found = 0;
    for (name, html) in all() {
        for tag in tags(&html).filter(|tag| tag.starts_with("input ")) {
            let known = attribute(tag, "autocomplete").is_some_and(|of| of.ends_with("-password"));
            assert_eq!(known, attribute(tag, "type") == Some("password"), "{name}: <{tag}>");
            found += usize::from(known);
        }
    }
    assert!(found >= 7, "{found}");
    for handled in ["paste", "contextmenu", "beforeinput"] {
        assert!(!include_str!("../../templates/admin.js").contains(handled), "{handled}");
    }
}

/// OWASP ASVS 5.0.0, 7.4.4. New recovery codes are looked at and kept before anything else is done.
#[test]
fn whoever_is_signed_in_can_sign_out_on_every_page() {
    let without = ["sign_in", "recovery", "recovery_asked", "choose_password", "refusal_outside", "codes"];
    for (name, html) in all() {
        assert_eq!(html.contains("/sign-out\""), !without.contains(&name), "{name}");
    }
}
