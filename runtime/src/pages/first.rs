//! One-use links: the first owner makes their account, an invited person chooses a password. The token leaves the
//! address at once, since addresses end up in histories, logs and `Referer`; a link that is no good says only that.

use http::{Method, StatusCode, header};

use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::pages::login::let_in;
use crate::pages::{door, refusal_outside, show};
use crate::panel::{By, ThrottleName};
use crate::password::{Password, Rules};
use crate::response::Response;
use crate::route::Route;
use crate::session::Jar;
use crate::store::{LinkRow, NewPerson, PasswordHash, Purpose, Recorded, Write};
use crate::token::Token;
use crate::views::{ChoosePasswordPage, Text};
use crate::{email, signin, throttle};

/// `/first`: nobody holds the first role yet, and whoever holds the link becomes its first holder.
pub(crate) async fn first(cx: &Cx<'_, Nobody>) -> Result<Response, Error> {
    page(cx, Purpose::First, &Route::First).await
}

/// `/join`: a person of the panel chooses a password.
pub(crate) async fn join(cx: &Cx<'_, Nobody>) -> Result<Response, Error> {
    page(cx, Purpose::Join, &Route::Join).await
}

async fn page(cx: &Cx<'_, Nobody>, purpose: Purpose, route: &Route<'_>) -> Result<Response, Error> {
    let public_url = &cx.app.settings.public_url;
    if cx.method != Method::POST
        && let Some(text) = cx.query.get("token")
    {
        // Not looked up yet: a link that is no good and one that is lead to the same place.
        let answer = Response::see_other(&cx.link(route));
        return Ok(match Token::parse(text) {
            Some(token) => answer.with_header(header::SET_COOKIE, Jar::Link.set(&token, public_url)),
            None => answer,
        });
    }
    let Some(token) = Jar::Link.read(cx.headers, public_url) else { return no_good(cx) };
    let Some(link) = cx.app.store.link(&token.hash(), purpose, cx.now).await? else { return no_good(cx) };
    if !may_use(cx, purpose, &link) {
        return no_good(cx);
    }
    if cx.method != Method::POST {
        return form(cx, purpose, route, &link, Faults::default());
    }
    chosen(cx, purpose, route, &token, &link).await
}

fn may_use(cx: &Cx<'_, Nobody>, purpose: Purpose, link: &LinkRow) -> bool {
    match (purpose, &link.person) {
        (Purpose::First, _) => true,
        (Purpose::Join, Some(person)) => signin::may_be_let_in(cx.panel(), person, cx.now),
        (Purpose::Join, None) => false,
    }
}

#[derive(Debug, Default)]
struct Faults {
    email: Option<Text>,
    password: Option<Text>,
    again: Option<Text>,
}

async fn chosen(
    cx: &Cx<'_, Nobody>,
    purpose: Purpose,
    route: &Route<'_>,
    token: &Token,
    link: &LinkRow,
) -> Result<Response, Error> {
    let mut faults = Faults::default();
    let address = match &link.person {
        Some(person) => person.email.clone(),
        None => email::fold(cx.posted.get("email").unwrap_or_default()),
    };
    if let Err(why) = email::check(&address) {
        faults.email = Some(why.into());
    }
    let (typed, again) = (cx.posted.get("password").unwrap_or_default(), cx.posted.get("again").unwrap_or_default());
    let password = Password::typed(typed);
    if let Err(why) = password.may_be_chosen(&Rules::of(cx.panel(), &address).for_role(cx.panel(), role_of(cx, link))) {
        faults.password = Some(why.into());
    } else if typed != again {
        faults.again = Some("This is not the same as above.".into());
    }
    if faults.email.is_some() || faults.password.is_some() || faults.again.is_some() {
        return Ok(form(cx, purpose, route, link, faults)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let Ok(place) = cx.app.hasher.place_for(&cx.address) else {
        return Err(Error::Unavailable("too many password hashes are waiting".to_owned()));
    };
    cx.turn.pass_on();
    let hash = PasswordHash(cx.app.hasher.hash(place, password).await?);

    let context = match &link.person {
        Some(person) => signin::context_of(cx, person),
        None => cx.context(),
    };
    let mut write = cx.app.store.write(context).await?;
    // Looked up once more, now that nobody else can write: a link works once.
    let Some((link, _)) = write.take_link(&token.hash(), purpose).await? else { return no_good(cx) };
    if !may_use(cx, purpose, &link) {
        write.roll_back().await?;
        return no_good(cx);
    }
    let person = match (purpose, &link.person) {
        (Purpose::First, _) => match make_first(cx, &mut write, &address, hash).await? {
            Made::Person(id) => id,
            Made::SomebodyIsThere => return no_good(cx),
            Made::AddressTaken => {
                let fault = Faults { email: Some("This address has an account already.".into()), ..Faults::default() };
                return Ok(form(cx, purpose, route, &link, fault)?.with_status(StatusCode::UNPROCESSABLE_ENTITY));
            }
        },
        (Purpose::Join, Some(person)) => {
            let _: Recorded = write.set_password(person.id, &hash).await?;
            person.id
        }
        (Purpose::Join, None) => return no_good(cx),
    };
    // A way back in: what was held against the account is over.
    // Not at the second factor, which must not rest on who reads the mail.
    write.clear_throttle(&throttle::key(ThrottleName::Login, By::Account, &address)).await?;
    let session = Token::fresh()?;
    let (_, recorded) = signin::start(cx, &mut write, person, role_of(cx, &link), &session).await?;
    write.commit(recorded).await?;
    let cleared = Jar::Link.clear(&cx.app.settings.public_url);
    Ok(let_in(cx, &session, "").with_header(header::SET_COOKIE, cleared))
}

enum Made {
    Person(i64),
    SomebodyIsThere,
    AddressTaken,
}

async fn make_first(cx: &Cx<'_, Nobody>, write: &mut Write, address: &str, hash: PasswordHash) -> Result<Made, Error> {
    let Some(role) = cx.panel().roles.first() else { return Ok(Made::SomebodyIsThere) };
    if write.holders(role.name).await? > 0 {
        return Ok(Made::SomebodyIsThere);
    }
    let new = NewPerson { email: address, role: role.name, password_hash: Some(hash), attributes: "{}".to_owned() };
    Ok(write.create_person(&new).await?.map_or(Made::AddressTaken, |(id, _)| Made::Person(id)))
}

fn form(
    cx: &Cx<'_, Nobody>,
    purpose: Purpose,
    route: &Route<'_>,
    link: &LinkRow,
    faults: Faults,
) -> Result<Response, Error> {
    let panel = cx.panel();
    let first_role = panel.roles.first().map_or("", |role| role.title);
    let lead = match (purpose, &link.person) {
        (Purpose::First, _) => format!("Nobody can sign in to {} yet. You are the first: {first_role}.", panel.name),
        (Purpose::Join, _) => {
            format!("Choose a password for {}. Wherever you are signed in, that session ends with it.", panel.name)
        }
    };
    let address = link.person.as_ref().map_or("", |person| person.email.as_str());
    show(&ChoosePasswordPage {
        frame: door(cx, "Choose a password"),
        action: cx.link(route).into(),
        token: "".into(),
        lead: lead.into(),
        email: link.person.as_ref().map(|person| person.email.clone().into()),
        typed_email: cx.posted.get("email").unwrap_or_default().chars().take(254).collect::<String>().into(),
        email_error: faults.email,
        password_error: faults.password,
        again_error: faults.again,
        min: Rules::of(panel, address).for_role(panel, role_of(cx, link)).min,
    })
}

/// The role of whoever the link is for.
fn role_of<'a>(cx: &Cx<'_, Nobody>, link: &'a LinkRow) -> &'a str {
    match &link.person {
        Some(person) => &person.role,
        None => cx.panel().roles.first().map_or("", |role| role.name),
    }
}

/// Unknown, used, too old, replaced by a newer one: the same words.
fn no_good(cx: &Cx<'_, Nobody>) -> Result<Response, Error> {
    let text = "This link is not good any more: it was used, it is too old, or a newer one was made. Ask for a new one; \
                whoever runs the panel makes it with `user link`, or by starting the panel while it has no owner.";
    let answer = refusal_outside(cx.app, StatusCode::NOT_FOUND, text.into(), cx.request_id)?;
    Ok(answer.with_header(header::SET_COOKIE, Jar::Link.clear(&cx.app.settings.public_url)))
}
