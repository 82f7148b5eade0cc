//! Who asks: the person that the token of a request speaks for, as they are at this moment. Whatever is wrong with a token
//! or its person, the answer is the same to the byte, after the same statements.
//!
//! A token is looked up before anything is counted: it has 256 random bits, so that no number of tries finds one, and a
//! stranger behind the same address can't hold off whoever has one. What is counted is work: tries that let nobody in, by
//! address; requests with a good token, by token and by its person.

use http::{HeaderValue, StatusCode, header};

use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::Actor;
use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::panel::{Sensitivity, ThrottleName};
use crate::response::Response;
use crate::session::{Bearer, judge_bearer};
use crate::store::{ApiTokenRow, PERSON};
use crate::throttle::{self, Answer, Tried};
use crate::token::Token;

use super::problem;

/// Who asks, or the answer to whoever is nobody here.
pub(super) async fn who(cx: &Cx<'_, Nobody>) -> Result<Result<Box<Actor>, Response>, Error> {
    let mut carried = cx.headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = carried.next() else {
        // Nothing was tried.
        return Ok(Err(unauthorized()));
    };
    let token = first.to_str().ok().filter(|_| carried.next().is_none()).and_then(read);
    // What is no token is looked for as well, and is not there: 256 zeros are the hash of nothing that anybody knows.
    let hash = token.map_or([0; 32], |token| token.hash());
    let row = cx.app.store.api_token(&hash, cx.now).await?;
    match row.as_ref().map(|row| (row, judge_bearer(cx.panel(), row, cx.now))) {
        Some((row, Bearer::Good { actor, touch })) => with_token(cx, row, actor, touch).await,
        Some((row, Bearer::Refused(why))) => Ok(Err(refused(cx, Some(row), why).await?)),
        None => Ok(Err(refused(cx, None, "unknown").await?)),
    }
}

/// `Bearer TOKEN`.
fn read(carried: &str) -> Option<Token> {
    let (scheme, token) = carried.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { Token::parse_api(token.trim()) } else { None }
}

async fn with_token(
    cx: &Cx<'_, Nobody>,
    row: &ApiTokenRow,
    actor: Box<Actor>,
    touch: bool,
) -> Result<Result<Box<Actor>, Response>, Error> {
    let store = &cx.app.store;
    let tried = Tried { token: Some(row.id), account: Some(&row.email), ..Tried::default() };
    let asks = throttle::asks(cx.panel(), ThrottleName::Token, &tried);
    let answer = store.reserve_or_wait(&asks, cx.now).await?;
    if answer != Answer::Go {
        let write = store.write(Context::of(&actor, cx.origin())).await?;
        let event = Event::about(EventId::TokenThrottled, PERSON, Some(row.person));
        cx.app.record_held_off(write, &format!("token {}", row.id), event).await?;
        return Ok(Err(too_many(cx, answer)));
    }
    if row.lent_is_over
        && let Err(error) = store.note_expired_loans(cx.origin(), Some(row.person), cx.now).await
    {
        // It counts for nothing already; the sweep writes it down later.
        tracing::warn!(%error, "the end of a loan was not written");
    }
    if touch && let Err(error) = store.touch_api_token(row.id, &cx.address, cx.now).await {
        tracing::warn!(%error, "the last use of a token was not written");
    }
    Ok(Ok(actor))
}

/// The same for whatever is wrong. Counted, recorded, and told to nobody.
async fn refused(cx: &Cx<'_, Nobody>, row: Option<&ApiTokenRow>, why: &'static str) -> Result<Response, Error> {
    let turn = cx.app.turns.next().await;
    let store = &cx.app.store;
    let tried = Tried { address: Some(&cx.address), ..Tried::default() };
    let asks = throttle::asks(cx.panel(), ThrottleName::Token, &tried);
    let answer = store.reserve_or_wait(&asks, cx.now).await?;
    let write = store.write(cx.context()).await?;
    if answer != Answer::Go {
        cx.app.record_held_off(write, &cx.address, Event::plain(EventId::TokenThrottled)).await?;
        turn.turned_away().await;
        return Ok(too_many(cx, answer));
    }
    let fact = |name: &str, value: &str| Change::fact(name, Sensitivity::Internal, value);
    let event = match row {
        Some(row) => Event::about(EventId::TokenRefused, PERSON, Some(row.person))
            .with(fact("token", &row.id.to_string()))
            .with(Change::fact("name", Sensitivity::Personal, row.name.as_str())),
        None => Event::plain(EventId::TokenRefused),
    };
    let mut write = write;
    let recorded = write.record(event.with(fact("reason", why)));
    write.commit(recorded).await?;
    tracing::info!(why, "an API token was refused");
    Ok(unauthorized())
}

fn unauthorized() -> Response {
    let text = "This needs an API token that is good: `Authorization: Bearer bwk_…`.";
    problem::response(StatusCode::UNAUTHORIZED, text, serde_json::Map::new())
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn too_many(cx: &Cx<'_, Nobody>, answer: Answer) -> Response {
    const LONGEST: i64 = 24 * 3_600;
    let seconds = match answer {
        // Up to the next whole second: whoever comes back then is let in.
        Answer::Wait(until) => ((until - cx.now).num_milliseconds() + 999) / 1_000,
        Answer::Go | Answer::Off => LONGEST,
    };
    let text = "Too many requests. Wait as long as `Retry-After` says.";
    problem::response(StatusCode::TOO_MANY_REQUESTS, text, serde_json::Map::new())
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds.clamp(1, LONGEST)))
}
