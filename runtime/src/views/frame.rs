//! What stands around every page: navigation, the person, messages, addresses of the static files.

use serde::Serialize;

use super::Text;

/// The frame of a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Frame {
    /// Language of the texts, `en`.
    pub(crate) lang: &'static str,
    /// `ltr` or `rtl`.
    pub(crate) dir: &'static str,
    /// `light` or `dark` when the person chose one; else the system's choice holds.
    pub(crate) theme: Option<&'static str>,
    /// The path that the panel is mounted under, without a slash at its end; empty at the root.
    pub(crate) base: Text,
    /// The panel's name.
    pub(crate) panel: Text,
    /// What the page is about: "Patients", "Anna Berg". Never a verb.
    pub(crate) title: Text,
    /// Address of the stylesheet.
    pub(crate) css: Text,
    /// Address of the script.
    pub(crate) js: Text,
    /// Address of the icons.
    pub(crate) icons: Text,
    /// The session's token for POST; empty where there is no session.
    pub(crate) csrf: Text,
    /// Models that the person may view, in declared order.
    pub(crate) models: Vec<NavItem>,
    /// Home, Audit, People, Policy, as far as the person may see them.
    pub(crate) tools: Vec<NavItem>,
    /// Who is signed in.
    pub(crate) person: Option<Person>,
    /// The way up, outermost first.
    pub(crate) crumbs: Vec<Link>,
    /// Messages about what was just done.
    pub(crate) notes: Vec<Note>,
}

/// One line of the navigation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NavItem {
    pub(crate) label: Text,
    pub(crate) href: Text,
    /// Name of a symbol in icons.svg; only the tools show one.
    pub(crate) icon: &'static str,
    pub(crate) current: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Person {
    pub(crate) email: Text,
    pub(crate) role: Text,
}

/// A text that leads somewhere.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Link {
    pub(crate) label: Text,
    pub(crate) href: Text,
}

/// A message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Note {
    pub(crate) tone: Tone,
    pub(crate) text: Text,
    pub(crate) link: Option<Link>,
}

/// What kind of message; an icon and the words say it too.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tone {
    Good,
    Warn,
    Bad,
}
