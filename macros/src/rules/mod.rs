//! The policy, as a list of names in reading order: what `admin!` proves of a panel while compiling. Each rule is one
//! function of its own name, one heading of docs/rules.md and fixtures in ui-tests/. All rules run, and all report.

mod accepts;
mod access;
mod conditions;
#[cfg(test)]
mod construction;
#[cfg(test)]
mod cost;
mod data;
mod duties;
mod escalation;
mod grants;
mod liveness;
mod locked;
mod oracles;
mod paths;
mod policy;
mod recovery;
mod roles;
mod rows;
mod scope;
mod secrets;
#[cfg(test)]
mod takeovers;
#[cfg(test)]
mod tests;
mod verbs;
mod ways_in;
mod wording;

use policy::Policy;

use crate::diag::Diags;
use crate::panel::Panel;

/// A rule, and whether `accept` can speak for it.
struct Rule {
    name: &'static str,
    opts_out: bool,
    check: fn(&Policy, &mut Diags),
}

macro_rules! rules {
    ($($file:ident { $($name:ident $(($fixed:ident))?,)+ })+) => {
        const RULES: &[Rule] = &[$($(
            Rule { name: stringify!($name), opts_out: rules!(@opts_out $($fixed)?), check: $file::$name },
        )+)+];
    };
    (@opts_out fixed) => { false };
    (@opts_out) => { true };
}

rules! {
    roles {
        ranks_have_no_circle (fixed),
        rank_is_monotone,
        role_is_reachable,
        role_is_not_empty,
        roles_differ,
    }
    grants {
        grant_adds_something,
        grant_can_apply (fixed),
        forbid_holds (fixed),
    }
    verbs {
        edit_needs_view,
        delete_needs_view,
        export_needs_view,
        action_needs_view,
        create_can_be_filled (fixed),
        created_row_is_visible,
    }
    escalation {
        no_upward_path,
        no_sideways_path,
        giver_holds_what_it_gives,
        recovery_respects_rank (fixed),
    }
    scope {
        scope_is_fixed,
    }
    recovery {
        own_authority_is_fixed (fixed),
    }
    duties {
        one_person,
        two_people_exist (fixed),
        guard_can_be_met (fixed),
        guard_is_not_lost,
    }
    liveness {
        somebody_can (fixed),
        every_role_is_recoverable,
    }
    secrets {
        secret_is_never_read (fixed),
        no_literal_secret (fixed),
        label_fits_the_place,
        url_has_no_personal_data,
        sensitive_name_is_labelled,
    }
    oracles {
        search_sees_no_more,
        filter_sees_no_more,
        sort_sees_no_more,
        label_text_sees_no_more,
        hidden_parent,
    }
    rows {
        predicate_can_hold (fixed),
        predicate_restricts,
        predicate_types_agree (fixed),
        null_is_thought_of,
    }
    access {
        secret_check_is_throttled (fixed),
        throttle_adds_up,
        guess_budget,
        token_bounds,
    }
    ways_in {
        session_limits,
        password_fits_factors,
        proxies_are_stated (fixed),
        links_have_a_fixed_host (fixed),
    }
    recovery {
        lock_has_a_way_back,
        recovery_is_as_strong_as_login,
        destructive_needs_reauth,
    }
    locked {
        policy_is_locked,
    }
    data {
        action_declares_effects (fixed),
        cascade_stays_within_rights,
        set_null_is_an_edit,
        everything_is_bounded,
    }
}

/// What resolving a panel reports, before any rule is asked; `accept` cannot speak for it.
const BEFORE_RULES: &[&str] =
    &["unknown_name", "duplicate_name", "reserved_name", "value_fits_field", "value_in_bounds"];

/// Rules that no block can break, each with the tests that fail when one could, and their files. There is nothing to
/// accept.
const BY_CONSTRUCTION: &[(&str, &[(&str, &str)])] = &[
    ("audit_is_append_only", &[("macros/src/rules/construction.rs", "no_clause_writes_the_log_or_the_throttles")]),
    (
        "factor_can_be_enrolled",
        &[
            ("macros/src/rules/construction.rs", "no_clause_guards_the_enrolment_of_a_factor"),
            ("runtime/src/tests/halfway.rs", "a_role_that_requires_a_factor_can_set_it_up_without_one"),
        ],
    ),
    (
        "picker_is_scoped",
        &[("runtime/src/pages/tests/pickers.rs", "a_picker_offers_what_its_reader_may_view_and_the_write_looks_again")],
    ),
    ("revocation_is_complete", &[("runtime/src/tests/people.rs", "every_act_ends_the_sessions_with_its_reason")]),
    ("hash_fits_in_memory", &[("runtime/src/password/tests.rs", "the_hashes_at_work_fit_in_memory")]),
    ("brand_is_legible", &[("macros/src/expand/brand.rs", "every_brand_becomes_legible")]),
];

/// Every rule reports what it finds; then the block's own exceptions are applied and judged.
pub(crate) fn judge(panel: &Panel, diags: &mut Diags) {
    let policy = Policy::new(panel);
    for rule in RULES {
        (rule.check)(&policy, diags);
    }
    accepts::apply(panel, accepts::today(), diags);
}
