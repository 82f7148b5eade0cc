//! The wall in front of what the block's `reauth` lists. It keeps the form that was being sent, asks for the password
//! (and for the second factor of whoever has one), and lets that very request go on, once. It grants nothing: the right
//! is asked for before and after.
//!
//! The page answers 401, since nothing of what was asked for was done: a 200 would tell a script that it was, and a 403
//! would say that the person may not.

use http::{HeaderValue, Method, StatusCode, header};

use super::{frame, passkey, show};
use crate::authorize::verb_in_words;
use crate::context::Cx;
use crate::error::Error;
use crate::forgery;
use crate::panel::Verb;
use crate::prove::{self, Outcome};
use crate::response::Response;
use crate::route::{AccountPage, LoanPage, Page, PeoplePage, Route};
use crate::session::{self, Jar};
use crate::token::Token;
use crate::views::{Hidden, Note, ProvePage, Tone};

/// Field of the wall's form with the password.
pub(super) const PROOF: &str = "bw.proof";
/// Field of the wall's form with a code of the second factor.
pub(super) const CODE: &str = "bw.code";
/// Field of the wall's form with the answer of a passkey.
pub(super) const PASSKEY: &str = "bw.passkey";
/// Field that says that the page was asked for with GET.
const ASKED: &str = "bw.asked";

/// What stands behind the wall, for this request.
#[derive(Debug)]
pub(crate) enum Wall {
    /// It may go on; with a token: identity was proved with this request, and the session has this token now.
    Open(Option<Token>),
    /// This is the answer.
    Shut(Response),
}

/// Takes the wall's own fields off the form and checks what they prove. `session` is the token of the request.
pub(crate) async fn pass(cx: &mut Cx<'_>, session: &Token) -> Result<Wall, Error> {
    if cx.posted.get(PROOF).or_else(|| cx.posted.get(PASSKEY)).is_none() {
        return Ok(Wall::Open(None));
    }
    let typed = cx.posted.get(PROOF).unwrap_or_default().to_owned();
    let code = cx.posted.get(CODE).unwrap_or_default().to_owned();
    let answer = passkey::answer_in(cx, PASSKEY).filter(|_| cx.app.passkeys.is_some()).map(str::to_owned);
    let asked = cx.posted.get(ASKED).is_some();
    let posted = std::mem::take(&mut cx.posted);
    cx.posted = posted.without(PROOF).without(CODE).without(PASSKEY);
    if cx.actor.is_fresh() {
        // Proved in another tab meanwhile: without this form it would have gone on as well.
        return Ok(after(cx, asked, None));
    }
    let tried = match &answer {
        Some(answer) => prove::try_passkey(cx, session, answer).await?,
        None => prove::try_proof(cx, session, &typed, &code).await?,
    };
    let fault = match tried {
        Outcome::Proved(token) => {
            cx.csrf = forgery::form_token(&token, forgery::mark_in(&cx.csrf));
            cx.actor.fresh_until = session::fresh_until(cx.panel(), cx.now);
            return Ok(after(cx, asked, Some(token)));
        }
        Outcome::Wrong => {
            let text = if answer.is_some() {
                "That did not work. Ask for the passkey anew and answer within five minutes. Nothing was done yet."
            } else if cx.actor.held.any() {
                "That did not work: the password or the code is not right, or the code was used before. Nothing was done \
                 yet."
            } else {
                "That is not your password. Nothing was done yet."
            };
            wall(cx, Some(text), StatusCode::UNAUTHORIZED)?
        }
        Outcome::TooMany => {
            let text = "Too many tries. Wait some minutes before the next; nothing was done yet.";
            wall(cx, Some(text), StatusCode::TOO_MANY_REQUESTS)?
        }
        Outcome::Busy => {
            let text = "Many people are signing in at this moment. Please try again in a few seconds.";
            wall(cx, Some(text), StatusCode::SERVICE_UNAVAILABLE)?
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("3"))
        }
    };
    Ok(Wall::Shut(fault))
}

/// On with the request: a form as it was sent, a page by asking for it again.
fn after(cx: &mut Cx<'_>, asked: bool, token: Option<Token>) -> Wall {
    if !asked {
        return Wall::Open(token);
    }
    let answer = Response::see_other(&target(cx));
    Wall::Shut(match token {
        Some(token) => with_session(cx, answer, &token),
        None => answer,
    })
}

/// The answer with the session's new token.
pub(crate) fn with_session(cx: &Cx<'_>, answer: Response, token: &Token) -> Response {
    answer.with_header(header::SET_COOKIE, Jar::Session.set(token, &cx.app.settings.public_url))
}

/// The wall.
pub(crate) fn ask(cx: &Cx<'_>) -> Result<Response, Error> {
    wall(cx, None, StatusCode::UNAUTHORIZED)
}

fn wall(cx: &Cx<'_>, fault: Option<&'static str>, status: StatusCode) -> Result<Response, Error> {
    let mut frame = frame::frame(cx, "Your password, once more", Vec::new());
    frame.notes.extend(fault.map(|text| Note { tone: Tone::Bad, text: text.into(), link: None }));
    let mut fields: Vec<Hidden> = cx
        .posted
        .iter()
        .map(|(name, value)| Hidden { name: name.to_owned().into(), value: value.to_owned().into() })
        .collect();
    if cx.method != Method::POST {
        fields.push(Hidden { name: ASKED.into(), value: "1".into() });
    }
    let (what, cancel) = about(cx);
    let view = ProvePage {
        frame,
        action: target(cx).into(),
        lead: format!("{what}, your last proof of who you are must be younger than {} minutes.", minutes(cx)).into(),
        email: cx.actor.email.clone().into(),
        code: cx.actor.held.any().then(|| {
            let app = cx.actor.held.codes_count(cx.panel().factors);
            if app { "Code from your app, or a recovery code" } else { "Recovery code" }.into()
        }),
        passkey: passkey::asking(cx).filter(|_| cx.actor.held.passkeys),
        without: passkey::without(cx),
        fields,
        cancel: cx.link(&cancel).into(),
    };
    let answer = show(&view)?.with_status(status);
    Ok(if status == StatusCode::UNAUTHORIZED {
        // A 401 names how to authenticate; no browser has a dialog of its own for this one.
        answer.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Form realm=\"panel\""))
    } else {
        answer
    })
}

/// What the proof is for, and where to go without it.
fn about<'a>(cx: &Cx<'a>) -> (String, Route<'a>) {
    if matches!(cx.route, Route::Account(_) | Route::Factor(_)) {
        return ("To go on".to_owned(), Route::Account(AccountPage::Overview));
    }
    if let Route::People(page) = cx.route {
        let back = match page {
            PeoplePage::Do(id, _)
            | PeoplePage::Attributes(id)
            | PeoplePage::FactorOff(id)
            | PeoplePage::Loans(LoanPage::ToPerson(id)) => PeoplePage::One(id),
            PeoplePage::Loans(LoanPage::ToGroup(id) | LoanPage::Join(id) | LoanPage::Leave(id)) => {
                PeoplePage::Loans(LoanPage::Group(id))
            }
            PeoplePage::Loans(_) => PeoplePage::Loans(LoanPage::List),
            _ => PeoplePage::List,
        };
        return ("To go on".to_owned(), Route::People(back));
    }
    if matches!(cx.route, Route::AuditExport) {
        return ("To export the audit log".to_owned(), Route::Audit);
    }
    let Route::Model(model, page) = cx.route else { return ("To go on".to_owned(), Route::Home) };
    let (verb, back) = match page {
        Page::Act(id, action) => (Verb::Act(action), Page::Detail(id)),
        Page::Delete(id) => (Verb::Delete, Page::Detail(id)),
        Page::Edit(id) | Page::Restore(id, _) => (Verb::Edit, Page::Detail(id)),
        Page::New => (Verb::Create, Page::List),
        Page::Import | Page::Template | Page::Upload(_) => {
            return (format!("To import {}", model.plural.to_lowercase()), Route::Model(model, Page::List));
        }
        Page::Bulk => {
            return (format!("To do this with many {}", model.plural.to_lowercase()), Route::Model(model, Page::List));
        }
        Page::Export => return (format!("To export {}", model.plural.to_lowercase()), Route::Model(model, Page::List)),
        Page::List | Page::Detail(_) | Page::History(_) | Page::Pick(_) => {
            return (format!("To see {}", model.plural.to_lowercase()), Route::Home);
        }
    };
    let what = format!("To {} this {}", verb_in_words(model, verb), model.title.to_lowercase());
    (what, Route::Model(model, back))
}

fn minutes(cx: &Cx<'_>) -> u64 {
    cx.panel().session.reauth.div_ceil(60)
}

/// Where the request was going; a path of this panel, since it was dispatched.
fn target(cx: &Cx<'_>) -> String {
    format!("{}{}", cx.app.settings.public_url.base_path(), cx.target)
}
