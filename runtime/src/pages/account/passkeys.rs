//! One's own passkeys: what they are called, and their end. The last factor of somebody whose role requires one stays.

use super::{back, fresh, moment, this_device};
use crate::context::Cx;
use crate::error::Error;
use crate::pages::passkey::name_of;
use crate::response::Response;
use crate::route::{AccountPage, Route};
use crate::session::EndReason;
use crate::store::PasskeyRow;
use crate::views::{OwnPasskey, Text};

/// As the page shows them.
pub(super) fn lines(cx: &Cx<'_>, keys: &[PasskeyRow]) -> Vec<OwnPasskey> {
    let link = |page| Text::from(cx.link(&Route::Account(page)));
    let app_is_enough = cx.actor.held.totp && cx.panel().factors.totp;
    let last = cx.actor.role.factor_required && keys.len() == 1 && !app_is_enough;
    let shown = |key: &PasskeyRow| OwnPasskey {
        id: key.id,
        name: key.name.clone().into(),
        kind: if key.synced { "kept by your account with its maker" } else { "on one device" }.into(),
        since: moment(key.created_at),
        used: key.used_at.map_or_else(|| "never".into(), moment),
        rename: link(AccountPage::PasskeyName(key.id)),
        remove: (!last).then(|| link(AccountPage::PasskeyOff(key.id))),
    };
    keys.iter().map(shown).collect()
}

/// Another name.
pub(super) async fn rename(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    fresh(cx)?;
    let name = name_of(cx.posted.get("name").unwrap_or_default());
    let mut write = cx.app.store.write(cx.context()).await?;
    let recorded = write.rename_passkey(cx.actor.asker.person, id, &name).await?.ok_or(Error::NotFound)?;
    write.commit(recorded).await?;
    Ok(back(cx, "saved"))
}

/// Its end, and that of the other sessions.
pub(super) async fn remove(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    fresh(cx)?;
    let me = cx.actor.asker.person;
    let mut write = cx.app.store.write(cx.context()).await?;
    if !write.still_stands(&cx.actor).await? {
        return Err(Error::NotFound);
    }
    let recorded = write.remove_passkey(me, id).await?.ok_or(Error::NotFound)?;
    if cx.actor.role.factor_required && !write.held(me).await?.fits(cx.panel().factors) {
        return Err(Error::Beyond("Your role requires a second factor; add another passkey first.".to_owned()));
    }
    write.end_other_sessions(me, cx.actor.session, this_device(cx), EndReason::FactorChanged).await?;
    write.commit(recorded).await?;
    Ok(back(cx, "no_passkey"))
}
