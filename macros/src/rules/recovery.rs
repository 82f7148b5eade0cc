//! Ways back in are ways in: none is weaker than the sign-in beside it, none can be closed by a stranger, and what
//! can't be undone asks who one is.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{By, Framework, Owner, PeopleVerb, Place, Reauth, ReauthWhat, RoleId, ThrottleName, Verb};

/// What is done behind an open session of somebody else, and can't be undone or opens a way in.
const DESTRUCTIVE: [(&str, ReauthWhat); 4] = [
    ("delete", ReauthWhat::Verb(Verb::Delete)),
    ("export", ReauthWhat::Verb(Verb::Export)),
    ("assign", ReauthWhat::People(PeopleVerb::Assign)),
    ("reset", ReauthWhat::People(PeopleVerb::Reset)),
];

/// Whoever sits down at an open session deletes, exports or hands out roles in another's name.
pub(super) fn destructive_needs_reauth(policy: &Policy, diags: &mut Diags) {
    let reauth = &policy.panel().reauth;
    let missing: Vec<(&str, RoleId, Place)> = DESTRUCTIVE
        .iter()
        .filter(|(_, what)| !asks(reauth, what))
        .filter_map(|(word, what)| first_held(policy, what).map(|(role, place)| (*word, role, place)))
        .collect();
    let (Some((_, role, place)), Some(first), Some(last)) = (missing.first(), reauth.first(), reauth.last()) else {
        return;
    };
    let words = missing.iter().map(|(word, ..)| *word);
    let mut all: Vec<String> = DESTRUCTIVE
        .iter()
        .filter(|(word, what)| asks(reauth, what) || missing.iter().any(|(other, ..)| other == word))
        .map(|(word, _)| (*word).to_owned())
        .collect();
    all.extend(reauth.iter().filter_map(|asked| word_of_another(policy, asked)));
    let name = wording::role(policy, *role);
    let what = wording::all_of(words);
    diags
        .error(
            "destructive_needs_reauth",
            first.place.to(last.place),
            format!("role `{name}` may {what} without a fresh proof of identity"),
        )
        .because("grant", *place)
        .help(format!("write `reauth {};`", all.join(", ")))
        .note("whoever finds the session open does it in another's name")
        .about(Owner::Panel);
}

fn asks(reauth: &[Reauth], what: &ReauthWhat) -> bool {
    reauth.iter().any(|asked| asked.what == *what)
}

/// The first clause that grants it.
fn first_held(policy: &Policy, what: &ReauthWhat) -> Option<(RoleId, Place)> {
    policy.role_ids().find_map(|id| {
        let role = policy.role(id);
        let place = match what {
            ReauthWhat::Verb(verb) => {
                let cell = role.cells.iter().find(|cell| cell.verb == *verb).map(|cell| policy.place_of(id, cell));
                let audit = |verb: &Verb| {
                    let cell = role.framework.iter().find(|c| c.verb == *verb && c.subject == Framework::Audit);
                    cell.map(|cell| cell.place)
                };
                cell.or_else(|| audit(verb))
            }
            ReauthWhat::People(verb) => role.people.iter().find(|cell| cell.verb == *verb).map(|cell| cell.place),
            ReauthWhat::Actions(_) => None,
        };
        place.map(|place| (id, place))
    })
}

/// What stands in the clause beside the words above, as written.
fn word_of_another(policy: &Policy, asked: &Reauth) -> Option<String> {
    if DESTRUCTIVE.iter().any(|(_, what)| *what == asked.what) {
        return None;
    }
    match &asked.what {
        ReauthWhat::People(verb) => Some(wording::people_verb(*verb).to_owned()),
        ReauthWhat::Actions(actions) => {
            actions.first().map(|(model, action)| wording::verb(policy.panel().model(*model), Verb::Act(*action)))
        }
        ReauthWhat::Verb(verb) => policy.models.first().map(|model| wording::verb(model, *verb)),
    }
}

/// Whoever finds the session of somebody open who may give their own role gives it to themselves, for good.
///
/// It is the part of [`destructive_needs_reauth`] that nothing accepts, and told where the rest is accepted.
pub(super) fn own_authority_is_fixed(policy: &Policy, diags: &mut Diags) {
    let reauth = &policy.panel().reauth;
    if asks(reauth, &ReauthWhat::People(PeopleVerb::Assign)) || !policy.is_accepted("destructive_needs_reauth", &[]) {
        return;
    }
    let (Some(first), Some(last)) = (reauth.first(), reauth.last()) else { return };
    for id in policy.role_ids() {
        let own = |cell: &&crate::panel::PeopleCell| cell.verb == PeopleVerb::Assign && cell.target == id;
        let Some(cell) = policy.panel().role(id).people.iter().find(own) else { continue };
        let name = wording::role(policy, id);
        diags
            .error(
                "own_authority_is_fixed",
                cell.place,
                format!("role `{name}` may assign itself without a fresh proof of identity"),
            )
            .because("reauth", first.place.to(last.place))
            .help("add `assign` to `reauth`")
            .note("whoever finds the session open gives the role to an account of their own")
            .about(Owner::Role(id));
    }
}

/// Who needs two proofs to sign in and can be let in again by somebody who gave one is behind one lock, not two.
pub(super) fn recovery_is_as_strong_as_login(policy: &Policy, diags: &mut Diags) {
    for id in policy.role_ids().filter(|id| policy.role(*id).factor_required.is_none()) {
        let mut told: Vec<RoleId> = Vec::new();
        for cell in policy.panel().role(id).people.iter().filter(|cell| cell.verb == PeopleVerb::Reset) {
            let target = policy.panel().role(cell.target);
            let Some(factor) = target.factor_required.filter(|_| !told.contains(&cell.target)) else { continue };
            told.push(cell.target);
            let (name, other) = (wording::role(policy, id), wording::role(policy, cell.target));
            diags
                .error(
                    "recovery_is_as_strong_as_login",
                    cell.place,
                    format!("role `{name}` needs no second factor and may reset `{other}`, which needs one"),
                )
                .because("factor", factor)
                .help(format!("write `factor required;` in `{name}`, or take the reset from it"))
                .note("a reset is a way in: it is as strong as the sign-in of whoever starts it")
                .about(Owner::Role(id))
                .about(Owner::Role(cell.target));
        }
    }
}

/// A stranger who mistypes often enough locks anybody out; if they can use up the ways back as well, it is for good.
///
/// A request of theirs sends the link to its owner, so the links of one window are no loss as long as they last for it.
pub(super) fn lock_has_a_way_back(policy: &Policy, diags: &mut Diags) {
    let recovery = &policy.panel().recovery;
    let (Some((life, link)), None) = (recovery.by_email, recovery.break_glass) else { return };
    let limits = policy.panel().throttles.iter().filter(|throttle| throttle.name == ThrottleName::Recovery);
    let blocks = limits
        .flat_map(|throttle| &throttle.limits)
        .find(|limit| limit.by == By::Account && u64::from(limit.count).saturating_mul(life) < limit.window);
    let Some(limit) = blocks else { return };
    let (window, each) = (wording::span(limit.window), wording::span(life));
    let links = if limit.count == 1 { "1 link".to_owned() } else { format!("{} links", limit.count) };
    diags
        .error(
            "lock_has_a_way_back",
            limit.place,
            format!("a stranger can lock an account and use up its way back: {links} in {window}, of {each} each"),
        )
        .because("link", link)
        .help("add `break_glass cli;` to `recovery`, or allow as many links as last for the window: `3 per 1h by account`")
        .about(Owner::Panel);
}
