//! What may not be seen may not be guessed either: search, filter, sort and labels answer questions about the fields
//! behind them. At run time all three are cut to what the role may view; these rules speak where cutting cannot help.

use super::policy::{Policy, Reference};
use super::wording;
use crate::diag::Diags;
use crate::panel::{Cell, FieldId, FieldSet, Kind, ModelId, Owner, Place, RoleId, Verb};

/// Searching by a field that is hidden in some rows finds out, letter by letter, what it says there.
pub(super) fn search_sees_no_more(policy: &Policy, diags: &mut Diags) {
    sees_no_more(policy, diags, Use::Search);
}

/// A filter by a hidden field answers yes or no for each value: enough to read it.
pub(super) fn filter_sees_no_more(policy: &Policy, diags: &mut Diags) {
    sees_no_more(policy, diags, Use::Filter);
}

/// The order of the rows gives a hidden field away: one row of one's own in between, and its value is known.
pub(super) fn sort_sees_no_more(policy: &Policy, diags: &mut Diags) {
    sees_no_more(policy, diags, Use::Sort);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Search,
    Filter,
    Sort,
}

impl Use {
    const ALL: [Self; 3] = [Self::Search, Self::Filter, Self::Sort];

    fn rule(self) -> &'static str {
        match self {
            Self::Search => "search_sees_no_more",
            Self::Filter => "filter_sees_no_more",
            Self::Sort => "sort_sees_no_more",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Filter => "filter",
            Self::Sort => "sort",
        }
    }

    fn fields(self, policy: &Policy, model: ModelId) -> Vec<(FieldId, Place)> {
        let model = policy.model(model);
        match self {
            Self::Search => model.search.clone(),
            Self::Filter => model.filter.clone(),
            Self::Sort => model.sort.iter().map(|sort| (sort.field, sort.place)).collect(),
        }
    }
}

fn sees_no_more(policy: &Policy, diags: &mut Diags, used: Use) {
    for model in policy.model_ids() {
        let fields = used.fields(policy, model);
        for role in policy.role_ids() {
            let mut told: Vec<&Cell> = Vec::new();
            for &(field, place) in &fields {
                if let Some(cell) = blind_rows(policy, role, model, field) {
                    // Several fields that one clause leaves out are one mistake.
                    if !told.iter().any(|known| std::ptr::eq(*known, cell))
                        && !told_before(policy, used, role, model, field)
                    {
                        told.push(cell);
                        report_rows(policy, diags, used, role, cell, field, place);
                    }
                } else if let Some(target) = hidden_label(policy, role, model, field)
                    && !told_before(policy, used, role, model, field)
                {
                    report_reference(policy, diags, used, role, (model, field, target), place);
                }
            }
        }
    }
}

/// The clause by which the role sees rows whose `field` it may not see, though it sees the field of other rows.
fn blind_rows<'a>(policy: &Policy<'a>, role: RoleId, model: ModelId, field: FieldId) -> Option<&'a Cell> {
    let mut views = policy.cells(role, Verb::View, model);
    if views.all(|cell| cell.fields.contains(field)) {
        return None;
    }
    let (with, without): (Vec<&Cell>, Vec<&Cell>) =
        policy.cells(role, Verb::View, model).partition(|cell| cell.fields.contains(field));
    if with.is_empty() {
        return None;
    }
    without.into_iter().find(|cell| !policy.rows_within(model, cell.when.as_deref(), &with))
}

/// The model that the visible key points to, if the role may view nothing of it: then only its label could be asked
/// for.
fn hidden_label(policy: &Policy, role: RoleId, model: ModelId, field: FieldId) -> Option<ModelId> {
    let (Kind::Model(target, _) | Kind::Many(target)) = policy.model(model).field(field).kind else {
        return None;
    };
    let sees_key = policy.fields(role, Verb::View, model).contains(field);
    (sees_key && policy.cells(role, Verb::View, target).next().is_none()).then_some(target)
}

/// The same field is told once, by the first of search, filter and sort that uses it.
fn told_before(policy: &Policy, used: Use, role: RoleId, model: ModelId, field: FieldId) -> bool {
    let owners = [Owner::Role(role), Owner::Model(model)];
    Use::ALL.into_iter().take_while(|earlier| *earlier != used).any(|earlier| {
        earlier.fields(policy, model).iter().any(|(f, _)| *f == field) && !policy.is_accepted(earlier.rule(), &owners)
    })
}

fn report_rows(policy: &Policy, diags: &mut Diags, used: Use, role: RoleId, cell: &Cell, field: FieldId, place: Place) {
    let model = policy.model(cell.model);
    let field = &model.field(field).name;
    let name = wording::role(policy, role);
    let word = used.word();
    let by = if used == Use::Search { "" } else { " by" };
    diags
        .error(
            used.rule(),
            cell.fields_place.unwrap_or_else(|| policy.place_of(role, cell)),
            format!("role `{name}` may {word}{by} `{field}` over rows of `{}` where it may not view it", model.name),
        )
        .because(word, place)
        .help(format!("let both clauses name `{field}`, or neither"))
        .about(Owner::Role(role))
        .about(Owner::Model(cell.model));
}

fn report_reference(
    policy: &Policy,
    diags: &mut Diags,
    used: Use,
    role: RoleId,
    (model, field, target): (ModelId, FieldId, ModelId),
    place: Place,
) {
    let cell = policy.cells(role, Verb::View, model).find(|cell| cell.fields.contains(field));
    let field = &policy.model(model).field(field).name;
    let (model_name, target) = (wording::model(policy, model), wording::model(policy, target));
    let name = wording::role(policy, role);
    let word = used.word();
    let by = if used == Use::Search { "" } else { " by" };
    let at = cell.map_or(place, |cell| cell.fields_place.unwrap_or_else(|| policy.place_of(role, cell)));
    diags
        .error(
            used.rule(),
            at,
            format!(
                "role `{name}` may {word}{by} `{field}` of `{model_name}` but view nothing of `{target}` behind it"
            ),
        )
        .because(word, place)
        .help(format!("add `view {target};` to `{name}`, or leave `{field}` out of what it may view"))
        .about(Owner::Role(role))
        .about(Owner::Model(model));
}

/// A reference is shown by its label: whoever sees the reference reads the fields that the label is made of.
pub(super) fn label_text_sees_no_more(policy: &Policy, diags: &mut Diags) {
    let labels: Vec<FieldSet> = policy.models.iter().map(|model| model.label.iter().copied().collect()).collect();
    for role in policy.role_ids() {
        let mut told: Vec<ModelId> = Vec::new();
        for &Reference { child: model, field, parent: target, .. } in policy.references() {
            let label = &labels[target.0];
            if policy.fields(role, Verb::View, model).contains(field) {
                let hidden = label.minus(policy.fields(role, Verb::View, target));
                // Hidden in every row, or in some of those that are visible.
                let everywhere = || policy.cells(role, Verb::View, target).next().zip(hidden.iter().next());
                let somewhere = || label.iter().find_map(|f| blind_rows(policy, role, target, f).zip(Some(f)));
                let found = if hidden.is_empty() { somewhere() } else { everywhere() };
                let Some((view, first)) = found.filter(|_| !told.contains(&target)) else { continue };
                told.push(target);
                let (name, shown) = (wording::role(policy, role), policy.panel().model(target));
                let key = format!("`{}` of `{}`", policy.model(model).field(field).name, policy.model(model).name);
                let hidden =
                    wording::fields(shown, if hidden.is_empty() { [first].into_iter().collect() } else { hidden });
                diags
                    .error(
                        "label_text_sees_no_more",
                        view.fields_place.unwrap_or_else(|| policy.place_of(role, view)),
                        format!("role `{name}` reads {hidden} of `{}` in {key}, but may not view it there", shown.name),
                    )
                    .because("label", shown.field(first).place)
                    .help(format!("let `{name}` view {hidden} of `{}`, or label it by another field", shown.name))
                    .about(Owner::Role(role))
                    .about(Owner::Model(target));
            }
        }
    }
}

/// A key that is seen, and nothing behind it: a number that says that the row exists, and which rows share it.
pub(super) fn hidden_parent(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        let hidden = policy.references().iter().filter_map(|&Reference { child, field, .. }| {
            Some((child, field, hidden_label(policy, role, child, field)?))
        });
        let keys: Vec<(ModelId, FieldId, ModelId)> = hidden.collect();
        let mut told: Vec<ModelId> =
            keys.iter().filter(|key| told_by_use(policy, role, key.0, key.1)).map(|key| key.2).collect();
        for (model, field, target) in keys {
            let named = policy.cells(role, Verb::View, model).filter(|cell| cell.fields.contains(field));
            let Some(view) = named.into_iter().next().filter(|_| !told.contains(&target)) else { continue };
            let place = view.fields_place.unwrap_or_else(|| policy.place_of(role, view));
            told.push(target);
            let key = policy.panel().model(model).field(field);
            let (name, model_name) = (wording::role(policy, role), wording::model(policy, model));
            let target_name = wording::model(policy, target);
            let label =
                policy.model(target).label.first().map(|label| policy.model(target).field(*label).name.to_string());
            let view = label.map_or_else(|| target_name.clone(), |label| format!("{target_name} {{ {label} }}"));
            diags
                .error(
                    "hidden_parent",
                    place,
                    format!(
                        "role `{name}` may view `{}` of `{model_name}` but nothing of `{target_name}` behind it",
                        key.name
                    ),
                )
                .because(&key.name.to_string(), key.place)
                .help(format!("add `view {view};` to `{name}`, or leave `{}` out of what it may view", key.name))
                .about(Owner::Role(role))
                .about(Owner::Model(model))
                .about(Owner::Model(target));
        }
    }
}

/// Search, filter and sort speak of the same key first.
fn told_by_use(policy: &Policy, role: RoleId, model: ModelId, field: FieldId) -> bool {
    let owners = [Owner::Role(role), Owner::Model(model)];
    Use::ALL.into_iter().any(|used| {
        used.fields(policy, model).iter().any(|(f, _)| *f == field) && !policy.is_accepted(used.rule(), &owners)
    })
}
