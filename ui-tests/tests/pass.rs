//! Panels right at the border of a rule, each a module: that this file compiles is the test.
#![allow(dead_code, reason = "the panels are compiled, not served")]
#![allow(non_camel_case_types, reason = "a variant is named like a field, to try what then holds")]

macro_rules! panels {
    ($($path:literal $name:ident,)+) => {
        $(#[path = $path] mod $name;)+

        const COMPILED: &[&str] = &[$(stringify!($name)),+];
    };
}

panels! {
    "../pass/action_declares_effects.rs" action_declares_effects,
    "../pass/action_declares_effects_2.rs" action_declares_effects_2,
    "../pass/action_needs_view.rs" action_needs_view,
    "../pass/action_needs_view_2.rs" action_needs_view_2,
    "../pass/cascade_stays_within_rights.rs" cascade_stays_within_rights,
    "../pass/cascade_stays_within_rights_2.rs" cascade_stays_within_rights_2,
    "../pass/create_can_be_filled.rs" create_can_be_filled,
    "../pass/create_can_be_filled_2.rs" create_can_be_filled_2,
    "../pass/created_row_is_visible.rs" created_row_is_visible,
    "../pass/created_row_is_visible_2.rs" created_row_is_visible_2,
    "../pass/delete_needs_view.rs" delete_needs_view,
    "../pass/delete_needs_view_2.rs" delete_needs_view_2,
    "../pass/duplicate_name.rs" duplicate_name,
    "../pass/duplicate_name_2.rs" duplicate_name_2,
    "../pass/edit_needs_view.rs" edit_needs_view,
    "../pass/edit_needs_view_2.rs" edit_needs_view_2,
    "../pass/every_role_is_recoverable.rs" every_role_is_recoverable,
    "../pass/every_role_is_recoverable_2.rs" every_role_is_recoverable_2,
    "../pass/everything_is_bounded.rs" everything_is_bounded,
    "../pass/everything_is_bounded_2.rs" everything_is_bounded_2,
    "../pass/export_needs_view.rs" export_needs_view,
    "../pass/export_needs_view_2.rs" export_needs_view_2,
    "../pass/filter_sees_no_more.rs" filter_sees_no_more,
    "../pass/filter_sees_no_more_2.rs" filter_sees_no_more_2,
    "../pass/forbid_holds.rs" forbid_holds,
    "../pass/forbid_holds_2.rs" forbid_holds_2,
    "../pass/giver_holds_what_it_gives.rs" giver_holds_what_it_gives,
    "../pass/giver_holds_what_it_gives_2.rs" giver_holds_what_it_gives_2,
    "../pass/grant_adds_something.rs" grant_adds_something,
    "../pass/grant_adds_something_2.rs" grant_adds_something_2,
    "../pass/grant_adds_something_3.rs" grant_adds_something_3,
    "../pass/grant_can_apply.rs" grant_can_apply,
    "../pass/grant_can_apply_2.rs" grant_can_apply_2,
    "../pass/guard_can_be_met.rs" guard_can_be_met,
    "../pass/guard_can_be_met_2.rs" guard_can_be_met_2,
    "../pass/guard_is_not_lost.rs" guard_is_not_lost,
    "../pass/guard_is_not_lost_2.rs" guard_is_not_lost_2,
    "../pass/guess_budget.rs" guess_budget,
    "../pass/guess_budget_2.rs" guess_budget_2,
    "../pass/hidden_parent.rs" hidden_parent,
    "../pass/hidden_parent_2.rs" hidden_parent_2,
    "../pass/label_fits_the_place.rs" label_fits_the_place,
    "../pass/label_fits_the_place_2.rs" label_fits_the_place_2,
    "../pass/label_text_sees_no_more.rs" label_text_sees_no_more,
    "../pass/label_text_sees_no_more_2.rs" label_text_sees_no_more_2,
    "../pass/links_have_a_fixed_host.rs" links_have_a_fixed_host,
    "../pass/links_have_a_fixed_host_2.rs" links_have_a_fixed_host_2,
    "../pass/no_literal_secret.rs" no_literal_secret,
    "../pass/no_literal_secret_2.rs" no_literal_secret_2,
    "../pass/no_upward_path.rs" no_upward_path,
    "../pass/no_upward_path_2.rs" no_upward_path_2,
    "../pass/no_upward_path_3.rs" no_upward_path_3,
    "../pass/null_is_thought_of.rs" null_is_thought_of,
    "../pass/null_is_thought_of_2.rs" null_is_thought_of_2,
    "../pass/one_person.rs" one_person,
    "../pass/one_person_2.rs" one_person_2,
    "../pass/one_person_3.rs" one_person_3,
    "../pass/one_person_4.rs" one_person_4,
    "../pass/password_fits_factors.rs" password_fits_factors,
    "../pass/password_fits_factors_2.rs" password_fits_factors_2,
    "../pass/predicate_can_hold.rs" predicate_can_hold,
    "../pass/predicate_can_hold_2.rs" predicate_can_hold_2,
    "../pass/predicate_restricts.rs" predicate_restricts,
    "../pass/predicate_restricts_2.rs" predicate_restricts_2,
    "../pass/predicate_types_agree.rs" predicate_types_agree,
    "../pass/predicate_types_agree_2.rs" predicate_types_agree_2,
    "../pass/proxies_are_stated.rs" proxies_are_stated,
    "../pass/proxies_are_stated_2.rs" proxies_are_stated_2,
    "../pass/rank_is_monotone.rs" rank_is_monotone,
    "../pass/rank_is_monotone_2.rs" rank_is_monotone_2,
    "../pass/ranks_have_no_circle.rs" ranks_have_no_circle,
    "../pass/ranks_have_no_circle_2.rs" ranks_have_no_circle_2,
    "../pass/recovery_respects_rank.rs" recovery_respects_rank,
    "../pass/recovery_respects_rank_2.rs" recovery_respects_rank_2,
    "../pass/reserved_name.rs" reserved_name,
    "../pass/reserved_name_2.rs" reserved_name_2,
    "../pass/role_is_not_empty.rs" role_is_not_empty,
    "../pass/role_is_not_empty_2.rs" role_is_not_empty_2,
    "../pass/role_is_reachable.rs" role_is_reachable,
    "../pass/role_is_reachable_2.rs" role_is_reachable_2,
    "../pass/roles_differ.rs" roles_differ,
    "../pass/roles_differ_2.rs" roles_differ_2,
    "../pass/scope_is_fixed.rs" scope_is_fixed,
    "../pass/scope_is_fixed_2.rs" scope_is_fixed_2,
    "../pass/scope_is_fixed_3.rs" scope_is_fixed_3,
    "../pass/search_sees_no_more.rs" search_sees_no_more,
    "../pass/search_sees_no_more_2.rs" search_sees_no_more_2,
    "../pass/secret_check_is_throttled.rs" secret_check_is_throttled,
    "../pass/secret_check_is_throttled_2.rs" secret_check_is_throttled_2,
    "../pass/secret_is_never_read.rs" secret_is_never_read,
    "../pass/secret_is_never_read_2.rs" secret_is_never_read_2,
    "../pass/sensitive_name_is_labelled.rs" sensitive_name_is_labelled,
    "../pass/sensitive_name_is_labelled_2.rs" sensitive_name_is_labelled_2,
    "../pass/session_limits.rs" session_limits,
    "../pass/session_limits_2.rs" session_limits_2,
    "../pass/set_null_is_an_edit.rs" set_null_is_an_edit,
    "../pass/set_null_is_an_edit_2.rs" set_null_is_an_edit_2,
    "../pass/somebody_can.rs" somebody_can,
    "../pass/somebody_can_2.rs" somebody_can_2,
    "../pass/sort_sees_no_more.rs" sort_sees_no_more,
    "../pass/sort_sees_no_more_2.rs" sort_sees_no_more_2,
    "../pass/throttle_adds_up.rs" throttle_adds_up,
    "../pass/throttle_adds_up_2.rs" throttle_adds_up_2,
    "../pass/token_bounds.rs" token_bounds,
    "../pass/token_bounds_2.rs" token_bounds_2,
    "../pass/two_people_exist.rs" two_people_exist,
    "../pass/two_people_exist_2.rs" two_people_exist_2,
    "../pass/unknown_name.rs" unknown_name,
    "../pass/unknown_name_2.rs" unknown_name_2,
    "../pass/value_fits_field.rs" value_fits_field,
    "../pass/value_fits_field_2.rs" value_fits_field_2,
}

#[test]
fn every_panel_of_the_folder_is_compiled() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pass");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("a file").path())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut compiled = COMPILED.to_vec();
    compiled.sort_unstable();
    assert_eq!(names, compiled);
}
