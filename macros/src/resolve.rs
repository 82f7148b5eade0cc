//! What the user wrote → what it means: every name an index, every default filled in, every star spelled out. It
//! reports unknown, duplicate and reserved names and values that fit nothing; it judges no policy. There is always a
//! panel at the end: whatever is broken is left out of it.

mod adoption;
mod fields;
mod forbids;
mod grants;
mod links;
mod misspelt;
mod models;
mod names;
mod pages;
mod predicates;
mod reserved;
pub(crate) mod settings;
mod values;
mod words;

use proc_macro2::{Ident, Span};

use self::grants::Reach;
pub(crate) use self::names::plain;
pub(crate) use self::names::token;
use self::names::{Names, writable};
use crate::ast::Block;
use crate::diag::Diags;
use crate::panel::{Owner, Panel, Place, Role, RoleId};
use crate::ranks::Ranks;

/// Resolves the whole block.
pub(crate) fn resolve(block: &Block, diags: &mut Diags) -> Panel {
    let head = settings::once(&block.panels, "panel", |head| head.place, diags);
    if head.is_none() {
        diags
            .syntax(Place::call_site(), "the block declares no panel")
            .help("begin it with `panel Name { public_url \"http://127.0.0.1:8000\"; proxies none; }`");
    }
    let name = head.and_then(|head| head.name.as_ref()).map(writable);
    let place = name.as_ref().map_or_else(Place::call_site, Place::from);
    let names = Names::new(block, diags);
    let choices = models::choices(&names, diags);
    let actor = models::actor(&names, diags);
    let models = models::models(&names, diags);
    let mut roles = roles(&names, diags);
    let ranks = Ranks::of(&roles);
    let reach = Reach { names: &names, models: &models, ranks: &ranks };
    for (index, role) in roles.iter_mut().enumerate() {
        reach.role(role, RoleId(index), &names.roles[index].1.grants, diags);
    }
    let mut forbids = Vec::new();
    for clause in &block.forbids {
        reach.forbid(clause, &mut forbids, diags);
    }
    let one_person = block.one_person.iter().map(|clause| reach.one_person(clause, diags)).collect();
    let password = settings::once(&block.passwords, "password", |clause| clause.place, diags);
    let session = settings::once(&block.sessions, "session", |clause| clause.place, diags);
    let factors = settings::once(&block.factors, "factor", |clause| clause.place, diags);
    let recovery = settings::once(&block.recoveries, "recovery", |clause| clause.place, diags);
    let mut panel = Panel {
        name: name.unwrap_or_else(|| Ident::new("Panel", Span::call_site())),
        doc: head.map(|head| head.doc.clone()).unwrap_or_default(),
        brand: None,
        database: None,
        public_url: None,
        proxies: None,
        mail: None,
        password: password
            .map_or_else(|| settings::default_password(place), |clause| settings::password(clause, diags)),
        session: session.map_or_else(|| settings::default_session(place), |clause| settings::session(clause, diags)),
        factors: settings::factors(factors, cfg!(any(test, feature = "passkeys")), diags),
        throttles: settings::throttles(&block.throttles, place, diags),
        recovery: settings::recovery(recovery, diags),
        reauth: if block.reauths.is_empty() {
            settings::default_reauth(place)
        } else {
            pages::reauth(&names, &block.reauths, diags)
        },
        dashboard: pages::dashboard(&names, &models, &block.dashboard, diags),
        accepts: accepts(block, &names, diags),
        actor,
        choices,
        models,
        roles,
        forbids,
        one_person,
        lock: None,
        lock_passed_over: false,
        mentions: Vec::new(),
        unresolved: Vec::new(),
    };
    if let Some(head) = head {
        settings::head(&mut panel, head, diags);
    }
    settings::fill_sources(&mut panel, place);
    misspelt::declarations(&names, diags);
    panel.mentions = names.mentions.take();
    panel.unresolved = names.unresolved.take();
    panel
}

/// The roles without their grants: what a star over people reaches depends on the order of all of them.
fn roles(names: &Names<'_>, diags: &mut Diags) -> Vec<Role> {
    let mut roles = Vec::new();
    for (name, written) in &names.roles {
        if let Some((_, again)) = written.keeps.get(1) {
            diags.error("duplicate_name", *again, "`keep` stands twice").because("keep", written.keeps[0].1);
        }
        let mut others = |written: &[Ident]| -> Vec<(RoleId, Place)> {
            written.iter().filter_map(|role| Some((names.role(role, diags)?, role.into()))).collect()
        };
        roles.push(Role {
            name: writable(name),
            doc: written.doc.clone(),
            title: words::title(&plain(name)),
            under: others(&written.under),
            above: others(&written.above),
            beside: others(&written.beside),
            grants: Vec::new(),
            cells: Vec::new(),
            framework: Vec::new(),
            people: Vec::new(),
            factor_required: written.factor_required,
            keep: written.keeps.first().copied(),
            place: written.place,
        });
    }
    roles
}

fn accepts(block: &Block, names: &Names<'_>, diags: &mut Diags) -> Vec<crate::panel::Accept> {
    let mut accepts = Vec::new();
    settings::accepts(&block.accepts, Owner::Panel, &mut accepts, diags);
    for head in block.panels.iter().take(1) {
        settings::accepts(&head.accepts, Owner::Panel, &mut accepts, diags);
    }
    for (index, (_, model)) in names.models.iter().enumerate() {
        let owner = Owner::Model(crate::panel::ModelId(index));
        settings::accepts(&model.accepts, owner, &mut accepts, diags);
    }
    for (index, (_, role)) in names.roles.iter().enumerate() {
        settings::accepts(&role.accepts, Owner::Role(RoleId(index)), &mut accepts, diags);
    }
    accepts
}

#[cfg(test)]
pub(crate) mod tests;
