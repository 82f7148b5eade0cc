//! Pages as bytes: the embedded templates, parsed once; the static files, each under a name that holds its hash; the
//! content security policy that both keep to. Nothing here reads a row or decides who sees what.

use std::fmt::Write as _;
use std::sync::LazyLock;

use bytes::Bytes;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::panel::Brand;
use crate::views;

mod lines;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

/// What every response of the panel says about where its parts may come from. No inline script or style is let through,
/// and text becomes a document only through the one policy that admin.js names.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types bailiwick";

macro_rules! embedded {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $name))
    };
}

const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", embedded!("base.html")),
    ("door.html", embedded!("door.html")),
    ("parts.html", embedded!("parts.html")),
    ("sign_in.html", embedded!("sign_in.html")),
    ("recovery.html", embedded!("recovery.html")),
    ("choose_password.html", embedded!("choose_password.html")),
    ("prove.html", embedded!("prove.html")),
    ("factor.html", embedded!("factor.html")),
    ("enrol.html", embedded!("enrol.html")),
    ("passkey.html", embedded!("passkey.html")),
    ("codes.html", embedded!("codes.html")),
    ("account.html", embedded!("account.html")),
    ("token.html", embedded!("token.html")),
    ("people.html", embedded!("people.html")),
    ("person.html", embedded!("person.html")),
    ("loan_parts.html", embedded!("loan_parts.html")),
    ("loans.html", embedded!("loans.html")),
    ("groups.html", embedded!("groups.html")),
    ("group.html", embedded!("group.html")),
    ("invite.html", embedded!("invite.html")),
    ("handed_link.html", embedded!("handed_link.html")),
    ("refusal.html", embedded!("refusal.html")),
    ("home.html", embedded!("home.html")),
    ("list.html", embedded!("list.html")),
    ("detail.html", embedded!("detail.html")),
    ("form.html", embedded!("form.html")),
    ("delete.html", embedded!("delete.html")),
    ("history.html", embedded!("history.html")),
    ("restore.html", embedded!("restore.html")),
    ("export.html", embedded!("export.html")),
    ("import.html", embedded!("import.html")),
    ("columns.html", embedded!("columns.html")),
    ("bulk.html", embedded!("bulk.html")),
    ("work.html", embedded!("work.html")),
    ("job.html", embedded!("job.html")),
    ("audit.html", embedded!("audit.html")),
    ("policy.html", embedded!("policy.html")),
];

/// Parsed at first use, never again.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(environment);

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // A name that no view has is a mistake in a template; it must not come out as an empty text.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(write_escaped);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// The engine's own escaper also spells out every `/`, which makes an eighth of a list page; and a missing value is
/// shown as nothing, not as `none`.
fn write_escaped(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if value.is_safe() || value.kind() != ValueKind::String {
        return minijinja::escape_formatter(out, state, value);
    }
    Ok(escaped(value.as_str().unwrap_or_default(), |part| out.write_str(part))?)
}

/// Text as it stands in HTML, between tags and within quotes.
fn escape_into(html: &mut String, text: &str) {
    // Writing to a string can't fail.
    let _ = escaped(text, |part| html.write_str(part));
}

fn escaped(text: &str, mut write: impl FnMut(&str) -> std::fmt::Result) -> std::fmt::Result {
    let special = |byte: &u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    let mut rest = text;
    while let Some(at) = rest.as_bytes().iter().position(special) {
        let (plain, from) = rest.split_at(at);
        write(plain)?;
        write(match from.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            _ => "&#39;",
        })?;
        // Each of the five is one byte long.
        rest = from.get(1..).unwrap_or_default();
    }
    write(rest)
}

/// A view and the template that shows it.
pub(crate) trait Page: Serialize {
    /// Name in `templates/`.
    const TEMPLATE: &'static str;

    /// What the template is given.
    fn given(&self) -> Value {
        Value::from(Serde(self))
    }
}

impl Page for views::ListPage {
    const TEMPLATE: &'static str = "list.html";

    fn given(&self) -> Value {
        context! { lines => Value::from_safe_string(lines::lines(self)), ..Value::from(Serde(self)) }
    }
}

macro_rules! pages {
    ($($view:ident => $template:literal),* $(,)?) => {
        $(impl Page for views::$view { const TEMPLATE: &'static str = $template; })*
    };
}

pages! {
    SignInPage => "sign_in.html",
    RecoveryPage => "recovery.html",
    ChoosePasswordPage => "choose_password.html",
    ProvePage => "prove.html",
    FactorPage => "factor.html",
    EnrolPage => "enrol.html",
    PasskeyPage => "passkey.html",
    CodesPage => "codes.html",
    AccountPage => "account.html",
    PeopleListPage => "people.html",
    PersonPage => "person.html",
    LoansPage => "loans.html",
    GroupsPage => "groups.html",
    GroupPage => "group.html",
    InvitePage => "invite.html",
    HandedLinkPage => "handed_link.html",
    TokenPage => "token.html",
    RefusalPage => "refusal.html",
    HomePage => "home.html",
    DetailPage => "detail.html",
    FormPage => "form.html",
    DeletePage => "delete.html",
    HistoryPage => "history.html",
    RestorePage => "restore.html",
    ExportPage => "export.html",
    ImportPage => "import.html",
    ColumnsPage => "columns.html",
    BulkPage => "bulk.html",
    WorkPage => "work.html",
    JobPage => "job.html",
    AuditPage => "audit.html",
    PolicyPage => "policy.html",
}

/// The page as UTF-8 HTML. It fails only when a template and its view disagree, which the tests of this file rule out
/// for every page.
pub(crate) fn render<P: Page>(page: &P) -> Result<Bytes, Error> {
    let environment = ENVIRONMENT.as_ref().map_err(|fault| Error::new(fault.kind(), fault.to_string()))?;
    let html = environment.get_template(P::TEMPLATE)?.render(page.given())?;
    Ok(Bytes::from(html))
}

/// A static file as it is served.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    /// `admin.0123456789abcdef.css`: the hash of the bytes is in the name, so it may be kept for good.
    pub(crate) file: String,
    /// Value of `Content-Type`.
    pub(crate) content_type: &'static str,
    /// The bytes.
    pub(crate) bytes: Bytes,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, text: String) -> Self {
        let hash = Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |mut hex, byte| {
            // Writing to a String can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { file: format!("{name}.{hash}.{extension}"), content_type, bytes: Bytes::from(text) }
    }
}

/// The static files of one panel: its brand is in the stylesheet.
#[derive(Debug, Clone)]
pub(crate) struct Assets {
    pub(crate) css: Asset,
    pub(crate) js: Asset,
    pub(crate) icons: Asset,
}

impl Assets {
    /// Made once for a panel, when it starts.
    pub(crate) fn for_brand(brand: Brand) -> Self {
        Self {
            css: Asset::new("admin", "css", "text/css; charset=utf-8", stylesheet(brand)),
            js: Asset::new("admin", "js", "text/javascript; charset=utf-8", embedded!("admin.js").to_owned()),
            icons: Asset::new("icons", "svg", "image/svg+xml", embedded!("icons.svg").replace("#0b6e4f", brand.light)),
        }
    }

    /// The file of this name; a name with another hash is another file, which is not here.
    pub(crate) fn find(&self, file: &str) -> Option<&Asset> {
        [&self.css, &self.js, &self.icons].into_iter().find(|asset| asset.file == file)
    }
}

/// The stylesheet with the panel's accent in front, comments and indents left out.
fn stylesheet(brand: Brand) -> String {
    let source = embedded!("admin.css");
    let mut css = String::with_capacity(source.len());
    // Writing to a String can't fail.
    let _ = write!(
        css,
        ":root{{--bw-accent:light-dark({},{});--bw-on-accent:light-dark({},{})}}",
        brand.light, brand.dark, brand.on_light, brand.on_dark
    );
    for line in source.lines().map(str::trim).filter(|line| !line.starts_with("/*")) {
        css.push_str(line);
    }
    // No string in the sheet holds any of these.
    css.replace("; ", ";")
        .replace(": ", ":")
        .replace(", ", ",")
        .replace(" { ", "{")
        .replace(" {", "{")
        .replace(" }", "}")
}
