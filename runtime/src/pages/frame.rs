//! The frame around a page: navigation as far as the person may go, who they are, and what was just done.

use http::header;

use crate::authorize::{Verdict, authorize, authorize_framework, may_see_holders};
use crate::context::Cx;
use crate::panel::{Framework, Verb};
use crate::route::{Page, PeoplePage, Route, WorkPage};
use crate::session::Jar;
use crate::views::{Frame, Link, NavItem, Note, Person, Text, Tone};

pub(super) use crate::list_state::DONE;

/// The frame of a page within the panel.
pub(super) fn frame(cx: &Cx<'_>, title: impl Into<Text>, crumbs: Vec<Link>) -> Frame {
    let panel = cx.panel();
    let models = panel
        .models
        .iter()
        .filter(|model| matches!(authorize(panel, &cx.actor, Verb::View, model), Verdict::Granted(_)))
        .map(|model| NavItem {
            label: model.plural.into(),
            href: cx.link(&Route::Model(model, Page::List)).into(),
            icon: "",
            current: matches!(cx.route, Route::Model(of, _) if of.index == model.index),
        })
        .collect();
    let tool = |label: &'static str, icon: &'static str, route: Route<'_>, current: bool| NavItem {
        label: label.into(),
        href: cx.link(&route).into(),
        icon,
        current,
    };
    let mut tools = vec![tool("Home", "home", Route::Home, matches!(cx.route, Route::Home))];
    if authorize_framework(panel, &cx.actor, Verb::View, Framework::Audit).is_ok() {
        tools.push(tool("Audit", "audit", Route::Audit, matches!(cx.route, Route::Audit)));
    }
    let sees_people = panel.roles.iter().any(|role| may_see_holders(panel, &cx.actor, role));
    if sees_people {
        tools.push(tool("People", "person", Route::People(PeoplePage::List), matches!(cx.route, Route::People(_))));
    }
    if does_much_at_once(cx) {
        let here = matches!(cx.route, Route::Work(_));
        tools.push(tool("Your work", "work", Route::Work(WorkPage::List), here));
    }
    tools.push(tool("Policy", "policy", Route::Policy, matches!(cx.route, Route::Policy)));
    Frame {
        models,
        tools,
        person: Some(Person { email: cx.actor.email.clone().into(), role: cx.actor.role.title.into() }),
        crumbs,
        notes: done(cx).into_iter().collect(),
        ..door(cx, title)
    }
}

/// Whether the person may do anything that runs as a job.
fn does_much_at_once(cx: &Cx<'_>) -> bool {
    let panel = cx.panel();
    let may = |verb, model| matches!(authorize(panel, &cx.actor, verb, model), Verdict::Granted(_));
    panel.models.iter().any(|model| {
        [Verb::Edit, Verb::Delete, Verb::Import].into_iter().any(|verb| may(verb, model))
            || (0..model.actions.len()).any(|action| may(Verb::Act(action), model))
    })
}

/// The frame of a page in front of the panel: nobody, nowhere to go.
pub(crate) fn door<Who>(cx: &Cx<'_, Who>, title: impl Into<Text>) -> Frame {
    Frame { csrf: cx.csrf.clone().into(), theme: theme(cx), ..bare(cx.app, title) }
}

/// The frame of an answer to something that was not even read as a request.
pub(super) fn bare(app: &crate::app::App, title: impl Into<Text>) -> Frame {
    let file = |name: &str| app.link(&Route::Static(name)).into();
    Frame {
        lang: "en",
        dir: "ltr",
        theme: None,
        base: app.settings.public_url.base_path().to_owned().into(),
        panel: app.panel.name.into(),
        title: title.into(),
        css: file(&app.assets.css.file),
        js: file(&app.assets.js.file),
        icons: file(&app.assets.icons.file),
        csrf: "".into(),
        models: Vec::new(),
        tools: Vec::new(),
        person: None,
        crumbs: Vec::new(),
        notes: Vec::new(),
    }
}

/// Light or dark, as the script noted it; it decides nothing else.
fn theme<Who>(cx: &Cx<'_, Who>) -> Option<&'static str> {
    let cookies = cx.headers.get_all(header::COOKIE);
    cookies.iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';')).find_map(|pair| match pair
        .trim()
    {
        "bw_theme=dark" => Some("dark"),
        "bw_theme=light" => Some("light"),
        _ => None,
    })
}

fn done(cx: &Cx<'_>) -> Option<Note> {
    let text: Text = match cx.query.get(DONE)? {
        "acted" => match Jar::Said.words(cx.headers, &cx.app.settings.public_url) {
            Some(words) => words.into(),
            None => "Done.".into(),
        },
        fixed => fixed_sentence(fixed)?.into(),
    };
    Some(Note { tone: Tone::Good, text, link: None })
}

fn fixed_sentence(what: &str) -> Option<&'static str> {
    Some(match what {
        "created" => "Created.",
        "saved" => "Saved.",
        "restored" => "Restored. The version before stands in the history.",
        "unchanged" => "Nothing was different, so nothing was written.",
        "role" => "The role was changed; the person signs in anew.",
        "attributes" => "Saved. It holds from their next request on.",
        "lent" => "Lent. It holds from their next request on, and ends by itself.",
        "taken_back" => "The loan is over; it holds from their next request on.",
        "renewed" => "Renewed.",
        "joined" => "They belong to the group now.",
        "left" => "They don't belong to the group any more.",
        "mailed" => "The old password is over. A link to a new one is on its way to them by mail.",
        "invited" => "Invited. A link to choose a password is on its way to them by mail.",
        "locked" => "Locked. Their sessions are over.",
        "unlocked" => "Unlocked.",
        "ended" => "Their sessions are over.",
        "password" => "Your password was changed; your other sessions are over.",
        "factor" => "Your second factor is set up; your other sessions are over.",
        "passkey" => "Your passkey is added; your other sessions are over.",
        "no_passkey" => "The passkey is gone; your other sessions are over.",
        "no_factor" => "Your app is gone as a second factor; your other sessions are over.",
        "session" => "That session is over.",
        "token" => "That token is over; programs that use it get no answer any more.",
        "others" => "Your other sessions are over.",
        "code_used" => {
            "You came in with a recovery code, which is used up now. If your app is lost, set up another one."
        }
        "factor_off" => "Their second factor and recovery codes are gone; their sessions are over.",
        "deleted" => "Deleted. The audit log keeps what it held.",
        _ => return None,
    })
}
