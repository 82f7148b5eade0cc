//! From a request to its page: who asks (read from the database each time), whether a form is genuine, what the path
//! means, and what becomes of a page's error. It grants nothing: each page asks authorize.rs by itself.

use std::net::IpAddr;
use std::sync::Mutex;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::sync::SemaphorePermit;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::Actor;
use crate::context::{CSRF_FIELD, Cx, Nobody};
use crate::error::{Error, Unread};
use crate::forgery::{self, Forged};
use crate::intake::{Posted, Sender};
use crate::pages;
use crate::pages::prove::Wall;
use crate::resend::{self, Ended, Older};
use crate::response::Response;
use crate::route::{FactorPage, Page, Route};
use crate::session::{self, EndReason, Halfway, Jar, Lacks, Standing};
use crate::token::Token;
use crate::upload;

/// The answer to a request. `target` is path and query with the base path off; of `posted` nothing is read yet.
pub(crate) async fn answer(
    app: &App,
    parts: &Parts,
    target: &str,
    posted: &mut Posted,
    peer: Option<IpAddr>,
    id: Uuid,
) -> Response {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let route = Route::parse(app.panel, path);
    let mut cx = Cx::of_nobody(app, parts, (target, route.unwrap_or(Route::Home)), peer, id);
    // The look of the panel is nobody's secret and needs no statement.
    if let Some(Route::Static(file)) = route {
        return or_outside(&cx, pages::static_file(&cx, file));
    }
    let is_post = !matches!(posted, Posted::Nothing);
    if is_post && forgery::check_origin(&parts.headers, &app.settings.public_url).is_err() {
        return pages::forged(&cx, Forged::ForeignSite, None).await;
    }
    // A link is for whoever holds it, whoever else is signed in at this browser.
    if matches!(route, Some(Route::First | Route::Join)) {
        return before_the_door(cx, route, posted).await;
    }
    let visitor = match who(&cx).await {
        Ok(visitor) => visitor,
        Err(error) => {
            let answer = resend::while_away(&mut cx, posted, error).await;
            return or_outside(&cx, answer);
        }
    };
    match visitor {
        Visitor::Person(actor, token) => {
            // Nothing of a file is read before it is known whose it is, and none of the file before its form is
            // genuine.
            let read = if matches!(posted, Posted::File(_)) {
                with_file(&mut cx, std::mem::replace(posted, Posted::Nothing)).await.map(|carried| (carried, None))
            } else {
                take(&mut cx, posted, Sender::Person(&actor, route)).await.map_err(Error::from)
            };
            // The place lasts as long as what was read.
            let (carried, _place) = match read {
                Ok(read) => read,
                Err(error) => {
                    cx.csrf = resend::form_token(&cx, &token, actor.session).await;
                    return explained(&cx.with_actor(*actor), &error).await;
                }
            };
            let is_own = !is_post || forgery::check_token(&token, carried.as_deref()).is_ok();
            let own_token = resend::form_token(&cx, &token, actor.session).await;
            if !is_own {
                match resend::older(&cx, &actor, carried.as_deref()).await {
                    Ok(Older::SentAgain) => {}
                    Ok(Older::ComesBack) => {
                        cx.csrf = own_token;
                        return pages::refusal_older(&cx.with_actor(*actor)).unwrap_or_else(|error| bare(&error));
                    }
                    Ok(Older::Unknown) => return pages::forged(&cx, Forged::WrongToken, Some(&actor)).await,
                    Err(error) => {
                        // It goes back as it came: nobody may say yet that it is theirs.
                        cx.csrf = carried.unwrap_or_default();
                        return explained(&cx.with_actor(*actor), &error).await;
                    }
                }
            }
            cx.csrf = own_token;
            let clear = Jar::Left.clear(&cx.app.settings.public_url);
            let answer = signed_in(cx.with_actor(*actor), route, &token).await;
            if is_own { answer } else { answer.with_header(header::SET_COOKIE, clear) }
        }
        Visitor::Halfway(half, token) => on_the_way_in(cx, route, *half, &token, posted).await,
        Visitor::Nobody { cookie_is_dead, ended } => {
            let public_url = &app.settings.public_url;
            let answer = match resend::without_session(&mut cx, posted, ended).await.transpose() {
                None => before_the_door(cx, route, posted).await,
                Some(answer) => or_outside(&cx, answer),
            };
            if cookie_is_dead && !Jar::Session.is_set_by(&answer.headers, public_url) {
                return answer.with_header(header::SET_COOKIE, Jar::Session.clear(public_url));
            }
            answer
        }
    }
}

/// For somebody whose session lacks the second factor: their form, if it is genuine, then what is open to them.
async fn on_the_way_in(
    mut cx: Cx<'_, Nobody>,
    route: Option<Route<'_>>,
    half: Halfway,
    token: &Token,
    posted: &mut Posted,
) -> Response {
    let carried = match take(&mut cx, posted, Sender::Anybody).await {
        Ok((carried, _)) => carried,
        Err(unread) => return or_outside(&cx, Err(unread.into())),
    };
    if cx.method == Method::POST && forgery::check_token(token, carried.as_deref()).is_err() {
        return match resend::too_early(&mut cx, carried).await.transpose() {
            None => pages::forged(&cx, Forged::WrongToken, None).await,
            Some(answer) => or_outside(&cx, answer),
        };
    }
    cx.csrf = forgery::form_token(token, None);
    halfway(&cx.with_actor(half), route, token).await
}

/// Reads the form into the request; the forgery token that it carried, and the place that a large one takes.
async fn take<'a>(
    cx: &mut Cx<'a, Nobody>,
    posted: &mut Posted,
    sender: Sender<'_>,
) -> Result<(Option<String>, Option<SemaphorePermit<'a>>), Unread> {
    let (fields, place) = posted.form(cx.app, sender).await?;
    let carried = fields.get(CSRF_FIELD).map(str::to_owned);
    cx.posted = fields.without(CSRF_FIELD);
    Ok((carried, place))
}

/// Reads what stands before a file; the forgery token in it.
async fn with_file(cx: &mut Cx<'_, Nobody>, posted: Posted) -> Result<Option<String>, Error> {
    let Posted::File(form) = posted else { return Ok(None) };
    let (fields, file) = upload::open(*form).await?;
    let carried = fields.get(CSRF_FIELD).map(str::to_owned);
    cx.posted = fields.without(CSRF_FIELD);
    cx.upload = Mutex::new(file);
    Ok(carried)
}

enum Visitor {
    Person(Box<Actor>, Token),
    Halfway(Box<Halfway>, Token),
    /// `ended`: what the dead cookie held was a session.
    Nobody {
        cookie_is_dead: bool,
        ended: Option<Ended>,
    },
}

/// Who asks: one statement, and no more unless the session just came to its end.
async fn who(cx: &Cx<'_, Nobody>) -> Result<Visitor, Error> {
    let app = cx.app;
    let Some(token) = Jar::Session.read(cx.headers, &app.settings.public_url) else {
        return Ok(Visitor::Nobody { cookie_is_dead: false, ended: None });
    };
    let Some(row) = app.store.session(&token.hash(), cx.now).await? else {
        return Ok(Visitor::Nobody { cookie_is_dead: true, ended: None });
    };
    if row.lent_is_over
        && let Err(error) = app.store.note_expired_loans(cx.origin(), Some(row.person), cx.now).await
    {
        // It counts for nothing already; the sweep writes it down later.
        tracing::warn!(%error, "the end of a loan was not written");
    }
    let standing = session::judge(app.panel, &row, cx.now);
    if let Standing::Alive { touch: true, .. } | Standing::Halfway { touch: true, .. } = standing
        && let Err(error) = app.store.touch_session(row.session, cx.now).await
    {
        // A session that ends early is better than a page that fails because the disk is slow.
        tracing::warn!(%error, "the last use of a session was not written");
    }
    match standing {
        Standing::Alive { actor, .. } => Ok(Visitor::Person(actor, token)),
        Standing::Halfway { half, .. } => Ok(Visitor::Halfway(half, token)),
        Standing::Over(reason) => {
            if let Some(reason) = reason {
                end(cx, row.session, reason).await?;
            }
            Ok(Visitor::Nobody { cookie_is_dead: true, ended: Some(Ended { token, session: row.session }) })
        }
    }
}

async fn end(cx: &Cx<'_, Nobody>, session: i64, reason: EndReason) -> Result<(), Error> {
    let mut write = cx.app.store.write(cx.context()).await?;
    if let Some(recorded) = write.end_session(session, reason).await? {
        write.commit(recorded).await?;
    }
    Ok(())
}

/// For somebody whose session lacks the second factor: that step, and the way out. Everything else leads there,
/// whatever it is, and does nothing.
async fn halfway(cx: &Cx<'_, Halfway>, route: Option<Route<'_>>, session: &Token) -> Response {
    let (app, keys) = (cx.panel().factors.totp, cx.app.passkeys.is_some());
    let asks = keys && cx.method == Method::POST;
    let answer = match (route, cx.actor.lacks) {
        (Some(Route::SignOut), _) => pages::login::sign_out_halfway(cx).await,
        (Some(Route::Factor(FactorPage::Step)), Lacks::Proof) => pages::factor::step(cx, session).await,
        (Some(Route::Factor(FactorPage::Challenge)), Lacks::Proof) if asks => pages::passkey::ask_at_the_step(cx).await,
        (Some(Route::Factor(FactorPage::Enrol)), Lacks::Enrolment) if app => {
            pages::factor::enrol_first(cx, session).await
        }
        (Some(Route::Factor(FactorPage::Passkey)), Lacks::Enrolment) if keys || !app => {
            pages::passkey::add_first(cx, session).await
        }
        (Some(Route::Factor(FactorPage::NewChallenge)), Lacks::Enrolment) if asks => {
            pages::passkey::ask_for_first(cx).await
        }
        (_, Lacks::Proof) => Ok(lead_to(cx, FactorPage::Step)),
        (_, Lacks::Enrolment) if app => Ok(lead_to(cx, FactorPage::Enrol)),
        (_, Lacks::Enrolment) => Ok(lead_to(cx, FactorPage::Passkey)),
    };
    or_outside(cx, answer)
}

fn lead_to(cx: &Cx<'_, Halfway>, step: FactorPage) -> Response {
    elsewhere(cx, &Route::Factor(step), "Please prove your second factor first.")
}

/// For somebody who is signed in, errors explained. What a proof of identity of this very request allows goes on in it.
async fn signed_in(mut cx: Cx<'_>, route: Option<Route<'_>>, session: &Token) -> Response {
    let (answer, renewed) = match (pages::prove::pass(&mut cx, session).await, route) {
        (Ok(Wall::Shut(answer)), _) => (Ok(answer), None),
        (Ok(Wall::Open(renewed)), Some(route)) => {
            let token = renewed.as_ref().unwrap_or(session);
            (inside(&cx, route, token).await, renewed)
        }
        (Ok(Wall::Open(renewed)), None) => (Err(Error::NotFound), renewed),
        (Err(error), _) => (Err(error), None),
    };
    let answer = match answer {
        Err(Error::ProofNeeded) => pages::prove::ask(&cx),
        other => other,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => explained(&cx, &error).await,
    };
    match renewed {
        // A page that gave the session yet another token has said so itself.
        Some(token) if !Jar::Session.is_set_by(&answer.headers, &cx.app.settings.public_url) => {
            pages::prove::with_session(&cx, answer, &token)
        }
        _ => answer,
    }
}

/// For somebody who is signed in.
async fn inside(cx: &Cx<'_>, route: Route<'_>, session: &Token) -> Result<Response, Error> {
    match route {
        Route::SignOut => pages::login::sign_out(cx).await,
        // Signed in already.
        Route::SignIn | Route::Recovery | Route::Factor(FactorPage::Step) => {
            Ok(Response::see_other(&cx.link(&Route::Home)))
        }
        Route::Factor(FactorPage::Enrol) => pages::factor::enrol(cx, session).await,
        Route::Factor(FactorPage::Passkey) => pages::passkey::add(cx, session).await,
        Route::Factor(FactorPage::Challenge) => pages::passkey::ask_for_proof(cx).await,
        Route::Factor(FactorPage::NewChallenge) => pages::passkey::ask_for_another(cx).await,
        Route::Account(page) => pages::account::answer(cx, page, session).await,
        Route::Model(model, Page::Act(id, action)) => pages::act::run(cx, model, id, action).await,
        _ => pages::answer(cx).await,
    }
}

/// For nobody: the pages around the sign-in; everything else leads there.
async fn before_the_door(mut cx: Cx<'_, Nobody>, route: Option<Route<'_>>, posted: &mut Posted) -> Response {
    let is_post = !matches!(posted, Posted::Nothing);
    let asks_for_a_passkey = is_post && matches!(route, Some(Route::Factor(FactorPage::Challenge)));
    let at_the_door =
        asks_for_a_passkey || matches!(route, Some(Route::SignIn | Route::First | Route::Join | Route::Recovery));
    // Before it is their turn: whoever sends slowly keeps nobody waiting. What leads elsewhere is not read at all.
    let carried =
        if at_the_door { take(&mut cx, posted, Sender::Anybody).await.map(|(carried, _)| carried) } else { Ok(None) };
    cx.turn = cx.app.turns.next().await;
    let public_url = &cx.app.settings.public_url;
    if !at_the_door {
        return to_the_door(&cx);
    }
    let carried = match carried {
        Ok(carried) => carried,
        Err(unread) => return or_outside(&cx, Err(unread.into())),
    };
    let door = Jar::Door.read(cx.headers, public_url);
    if is_post {
        let genuine = door.as_ref().is_some_and(|door| forgery::check_token(door, carried.as_deref()).is_ok());
        if !genuine {
            return pages::forged(&cx, Forged::WrongToken, None).await;
        }
    }
    let (door, is_new) = match door {
        Some(door) => (door, false),
        None => match Token::fresh() {
            Ok(door) => (door, true),
            Err(error) => return or_outside(&cx, Err(error)),
        },
    };
    cx.csrf = forgery::form_token(&door, None);
    let answer = match route {
        Some(Route::First) => pages::first::first(&cx).await,
        Some(Route::Join) => pages::first::join(&cx).await,
        Some(Route::Recovery) => pages::recovery::page(&cx).await,
        Some(Route::Factor(_)) => pages::passkey::ask_anybody(&cx).await,
        _ => pages::login::page(&cx).await,
    };
    let answer = or_outside(&cx, answer);
    if is_new { answer.with_header(header::SET_COOKIE, Jar::Door.set(&door, public_url)) } else { answer }
}

/// To the sign-in, and back afterwards where that makes sense. htmx follows redirects unseen and would put the sign-in
/// into a part of the page; it is told to load a page instead.
fn to_the_door(cx: &Cx<'_, Nobody>) -> Response {
    elsewhere(cx, &Route::SignIn, "Please sign in again.")
}

fn elsewhere<Who>(cx: &Cx<'_, Who>, route: &Route<'_>, words: &'static str) -> Response {
    let door = cx.link(route);
    let wanted = cx.target != "/" && cx.method == Method::GET && !cx.is_htmx();
    let to = if wanted {
        let next: String = form_urlencoded::byte_serialize(cx.target.as_bytes()).collect();
        format!("{door}?next={next}")
    } else {
        door
    };
    if cx.is_htmx() {
        let to = HeaderValue::from_str(&to).unwrap_or(HeaderValue::from_static("/"));
        return Response::text(words)
            .with_status(StatusCode::UNAUTHORIZED)
            .with_header(HeaderName::from_static("hx-redirect"), to);
    }
    Response::see_other(&to)
}

/// An error in front of the panel.
fn or_outside<Who>(cx: &Cx<'_, Who>, answer: Result<Response, Error>) -> Response {
    let error = match answer {
        Ok(answer) => return answer,
        Err(error) => error,
    };
    log(&error);
    pages::refusal_outside(cx.app, error.status(), error.visitor().into(), cx.request_id)
        .unwrap_or_else(|_| bare(&error))
}

/// An error of a page: logged, recorded if it is a refusal, and told.
async fn explained(cx: &Cx<'_>, error: &Error) -> Response {
    log(error);
    let refused = match error {
        Error::Refused(refusal) => Some(refusal.right.as_str()),
        Error::Beyond(what) => Some(what.as_str()),
        _ => None,
    };
    if let Some(right) = refused {
        pages::record_refusal(cx, right).await;
    }
    pages::refusal_inside(cx, error).unwrap_or_else(|_| bare(error))
}

fn log(error: &Error) {
    if error.status().is_server_error() { tracing::error!(%error) } else { tracing::info!(%error) }
}

fn bare(error: &Error) -> Response {
    Response::text(error.visitor()).with_status(error.status())
}
