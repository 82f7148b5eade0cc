//! A mail as bytes: text and HTML from the two templates, headers from [`Line`]s alone. The link in it is made of
//! `public_url`; no request is looked at.

use std::sync::LazyLock;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::line::Line;
use super::words::Words;
use crate::error::Error;

/// What the templates are given.
#[derive(Debug, Serialize)]
struct MailView<'a> {
    panel: &'a str,
    /// Where the panel is.
    home: &'a str,
    /// The accent colour, and text upon it.
    accent: &'a str,
    on_accent: &'a str,
    subject: &'a str,
    paragraphs: &'a [String],
    button: Option<&'a str>,
    link: Option<&'a str>,
}

/// What a mail is made of.
pub(super) struct Parts<'a> {
    pub(super) panel: &'static crate::panel::Panel,
    pub(super) from: &'a Address,
    pub(super) to: &'a Address,
    pub(super) home: &'a str,
    pub(super) words: &'a Words,
    pub(super) link: Option<&'a str>,
    /// Without the angle brackets; the same for a mail that is sent again with the same words.
    pub(super) id: String,
    pub(super) at: DateTime<Utc>,
}

static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| if name == "mail.txt" { AutoEscape::None } else { AutoEscape::Html });
    environment.add_template("mail.txt", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/mail.txt")))?;
    environment.add_template("mail.html", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/mail.html")))?;
    Ok(environment)
});

/// The whole mail.
///
/// # Errors
/// [`Error::Bug`] when a template and its view disagree.
pub(super) fn compose(parts: &Parts<'_>) -> Result<Message, Error> {
    let panel = parts.panel;
    let view = MailView {
        panel: panel.name,
        home: parts.home,
        accent: panel.brand.light,
        on_accent: panel.brand.on_light,
        subject: &parts.words.subject,
        paragraphs: &parts.words.paragraphs,
        button: parts.words.button,
        link: parts.link,
    };
    let subject = Line::new(&format!("{}: {}", panel.name, parts.words.subject));
    let name = Line::new(panel.name);
    let id = Line::new(&format!("<{}>", parts.id));
    Message::builder()
        .from(Mailbox::new(Some(name.into_text()), parts.from.clone()))
        .to(Mailbox::new(None, parts.to.clone()))
        .subject(subject.into_text())
        .date(SystemTime::from(parts.at))
        .message_id(Some(id.into_text()))
        // Nobody's absence notice answers to this.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(render("mail.txt", &view)?, render("mail.html", &view)?))
        .map_err(|why| Error::Bug(format!("a mail can't be composed: {why}")))
}

fn render(name: &str, view: &MailView<'_>) -> Result<String, Error> {
    let failed = |why: String| Error::Bug(format!("template {name}: {why}"));
    let environment = ENVIRONMENT.as_ref().map_err(|why| failed(why.to_string()))?;
    let template = environment.get_template(name).map_err(|why| failed(why.to_string()))?;
    template.render(Value::from(Serde(view))).map_err(|why| failed(format!("{why:#}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mail::{Notice, words};
    use crate::testing::{PANEL, now};

    fn mail(notice: Notice, email: &str, detail: &str, link: Option<&str>) -> String {
        let words = words::of(notice, PANEL.name, email, detail, &words::span(1_800));
        let (from, to) = ("clinic@x.example".parse().unwrap(), "anna@x.example".parse().unwrap());
        let parts = Parts {
            panel: &PANEL,
            from: &from,
            to: &to,
            home: "https://x.example",
            words: &words,
            link,
            id: "1.1@x.example".to_owned(),
            at: now(),
        };
        String::from_utf8(compose(&parts).unwrap().formatted()).unwrap()
    }

    /// Names of the headers, in order.
    fn headers(mail: &str) -> Vec<String> {
        let head = mail.split_once("\r\n\r\n").unwrap().0;
        let begins = |line: &&str| !line.starts_with([' ', '\t']);
        head.split("\r\n").filter(begins).map(|line| line.split(':').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_notice_has_words_and_those_with_a_link_show_it_in_both_forms() {
        for notice in Notice::ALL {
            let link = notice.carries_link().then_some("https://x.example/join?token=abc");
            let mail = mail(*notice, "anna@x.example", "Owner", link);
            assert_eq!(Notice::from_text(notice.text()), Some(*notice));
            assert_eq!(mail.contains("https://x.example/join"), notice.carries_link(), "{mail}");
        }
    }

    #[test]
    fn what_is_typed_is_text_in_the_html_form() {
        let mail = mail(Notice::Invited, "anna@x.example", "<b>Owner</b>", Some("https://x.example/"));
        let html = mail.split("text/html").nth(1).unwrap();
        assert!(html.contains("&lt;b&gt;Owner") && !html.contains("<b>"), "{html}");
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_adds_a_header(email in "\\PC*|[a-z\r\n: ]{0,300}", detail in "\\PC*|[a-z\r\n: ]{0,300}") {
            let plain = headers(&mail(Notice::RoleChanged, "anna@x.example", "Owner", None));
            for notice in Notice::ALL {
                let other = headers(&mail(*notice, &email, &format!("{detail}\r\nBcc: eve@evil.example"), None));
                prop_assert_eq!(&other, &plain);
            }
        }
    }
}
