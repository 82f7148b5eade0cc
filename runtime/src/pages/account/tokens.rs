//! One's own API tokens: made behind a fresh proof of identity whatever the block lists, shown once, and ended at any
//! time.

use chrono::Duration;

use super::{Faults, back, fresh, moment, overview};
use crate::authorize::{Verdict, authorize};
use crate::context::Cx;
use crate::error::Error;
use crate::pages::{frame, show};
use crate::panel::Verb;
use crate::response::Response;
use crate::route::{AccountPage, ApiPage, Route};
use crate::session::EndReason;
use crate::store::{NewApiToken, OwnApiToken};
use crate::token::Token;
use crate::views::{Link, OwnToken, Text, TokenPage, TokensView};

/// Days that a token is good for unless its person says otherwise.
const USUAL_DAYS: i64 = 90;
/// Days that a token is good for at most.
const MOST_DAYS: i64 = 365;
/// Tokens of one person that are good at the same time.
const AT_MOST: u64 = 20;
/// Characters of a name.
const NAME: usize = 60;

/// The part of the account page; `error` is about the form, which holds what was typed.
pub(super) async fn view(cx: &Cx<'_>, error: Option<Text>) -> Result<Option<TokensView>, Error> {
    if !cx.panel().has_api() {
        return Ok(None);
    }
    let tokens = cx.app.store.api_tokens_of(cx.actor.asker.person, cx.now).await?;
    let typed = |name| cx.posted.get(name).filter(|_| error.is_some()).map(str::to_owned);
    Ok(Some(TokensView {
        make: cx.link(&Route::Account(AccountPage::NewToken)).into(),
        lines: tokens.into_iter().map(|token| line(cx, token)).collect(),
        name: typed("name").unwrap_or_default().into(),
        days: typed("days").unwrap_or_else(|| USUAL_DAYS.to_string()).into(),
        writes: typed("may").is_some_and(|may| may == "write"),
        longest: MOST_DAYS,
        error,
    }))
}

fn line(cx: &Cx<'_>, token: OwnApiToken) -> OwnToken {
    OwnToken {
        name: token.name.into(),
        may: if token.reads_only { "reads" } else { "reads and changes" },
        since: moment(token.created_at),
        until: moment(token.expires_at),
        used: token.used_at.map_or_else(|| "never".into(), moment),
        address: token.used_from.into(),
        end: cx.link(&Route::Account(AccountPage::TokenOff(token.id))).into(),
    }
}

/// What was asked for, or what is wrong with it.
fn read<'a>(cx: &'a Cx<'_>) -> Result<(&'a str, i64), &'static str> {
    let name = cx.posted.get("name").unwrap_or_default().trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err("Give it a name of 1 to 60 characters, so that you know it again.");
    }
    let days = cx.posted.get("days").unwrap_or_default().trim().parse();
    let days = days.ok().filter(|days| (1..=MOST_DAYS).contains(days));
    Ok((name, days.ok_or("It is good for 1 to 365 days.")?))
}

/// Another one.
pub(super) async fn make(cx: &Cx<'_>) -> Result<Response, Error> {
    if !cx.panel().has_api() {
        return Err(Error::NotFound);
    }
    fresh(cx)?;
    let fault = |text: &'static str| Faults { token: Some(text.into()), ..Faults::default() };
    let (name, days) = match read(cx) {
        Ok(asked) => asked,
        Err(why) => return overview(cx, fault(why)).await,
    };
    let token = Token::fresh()?;
    let new = NewApiToken {
        token: token.hash(),
        person: cx.actor.asker.person,
        name,
        // What the form does not say widens nothing.
        reads_only: cx.posted.get("may") != Some("write"),
        expires_at: cx.now + Duration::days(days),
        at_most: AT_MOST,
    };
    let mut write = cx.app.store.write(cx.context()).await?;
    if !write.still_stands(&cx.actor).await? {
        return Err(Error::NotFound);
    }
    let Some(recorded) = write.make_api_token(&new).await? else {
        write.roll_back().await?;
        return overview(cx, fault("You have 20 tokens, and more are too many to look after. End one first.")).await;
    };
    write.commit(recorded).await?;
    show(&TokenPage {
        frame: frame::frame(cx, name.to_owned(), vec![Link { label: "Your account".into(), href: account(cx) }]),
        lead: format!(
            "This is the token, and it is shown only now. It is good until {}, and {}.",
            new.expires_at.format("%Y-%m-%d %H:%M UTC"),
            if new.reads_only { "may only read" } else { "may change what you may change" },
        )
        .into(),
        token: token.api_text().into(),
        example: example(cx),
        back: account(cx),
    })
}

fn account(cx: &Cx<'_>) -> Text {
    cx.link(&Route::Account(AccountPage::Overview)).into()
}

/// With the token in the place of `$TOKEN`: a command line is kept by shells.
fn example(cx: &Cx<'_>) -> Option<Text> {
    let sees = |model| matches!(authorize(cx.panel(), &cx.actor, Verb::View, model), Verdict::Granted(_));
    let model = cx.panel().models.iter().find(|model| sees(*model))?;
    let address = cx.app.address(&Route::Api(ApiPage::List(model)));
    Some(format!("curl -H \"Authorization: Bearer $TOKEN\" {address}").into())
}

/// Its end.
pub(super) async fn end(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let mut write = cx.app.store.write(cx.context()).await?;
    // Somebody else's token is, here, one that is not there.
    let recorded = write.end_api_token(cx.actor.asker.person, id, EndReason::EndedByOwner).await?;
    let Some(recorded) = recorded else {
        write.roll_back().await?;
        return Err(Error::NotFound);
    };
    write.commit(recorded).await?;
    Ok(back(cx, "token"))
}
