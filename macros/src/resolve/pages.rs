//! `reauth …;` and `dashboard { … }`: clauses that name verbs and models and grant nothing.

use std::rc::Rc;

use proc_macro2::Ident;

use super::grants::{VerbWord, verb};
use super::names::{Names, plain};
use super::predicates::Conditions;
use super::values::RULE;
use crate::ast;
use crate::diag::Diags;
use crate::panel::{Kind, Model, ModelId, Name, Place, Predicate, Reauth, ReauthWhat, Widget};

const DAY: u64 = 86_400;

pub(crate) fn reauth(names: &Names<'_>, clauses: &[ast::Reauth], diags: &mut Diags) -> Vec<Reauth> {
    let mut reauths: Vec<Reauth> = Vec::new();
    for word in clauses.iter().flat_map(|clause| &clause.words) {
        let whats = match verb(names, word, diags) {
            Some(VerbWord::OnModels(verbs)) => verbs.iter().map(|verb| ReauthWhat::Verb(*verb)).collect(),
            Some(VerbWord::OnPeople(verb)) => vec![ReauthWhat::People(verb)],
            Some(VerbWord::Action) => {
                let actions = names.actions_named(word).to_vec();
                for (model, action) in &actions {
                    names.mention(Name::Action(*model, *action), word);
                }
                vec![ReauthWhat::Actions(actions)]
            }
            None => continue,
        };
        for what in whats {
            if let Some(first) = reauths.iter().find(|reauth| reauth.what == what) {
                let message = format!("`{}` stands twice in `reauth`", plain(word));
                diags.error("duplicate_name", word, message).because("first", first.place);
            } else {
                reauths.push(Reauth { what, place: word.into() });
            }
        }
    }
    reauths
}

pub(crate) fn dashboard(
    names: &Names<'_>,
    models: &[Model],
    written: &[ast::Widget],
    diags: &mut Diags,
) -> Vec<Widget> {
    written.iter().filter_map(|widget| self::widget(names, models, widget, diags)).collect()
}

fn widget(names: &Names<'_>, models: &[Model], written: &ast::Widget, diags: &mut Diags) -> Option<Widget> {
    match written {
        ast::Widget::Count { model, when, place } => {
            let model = names.model(model, diags)?;
            Some(Widget::Count { model, when: condition(names, models, model, when.as_ref(), diags), place: *place })
        }
        ast::Widget::Latest { model, count, place } => {
            let model = names.model(model, diags)?;
            let count = count.unwrap_or(5);
            in_bounds(count, 1..=100, "rows", *place, diags);
            Some(Widget::Latest { model, count })
        }
        ast::Widget::Chart { model, field, seconds, when, place } => {
            let model = names.model(model, diags)?;
            let field = day_field(names, models, model, field.as_ref()?, diags)?;
            let days = u32::try_from(seconds.unwrap_or(30 * DAY) / DAY).unwrap_or(u32::MAX);
            in_bounds(days, 1..=366, "days", *place, diags);
            let when = condition(names, models, model, when.as_ref(), diags);
            Some(Widget::Chart { model, when, field, days, place: *place })
        }
    }
}

fn day_field(
    names: &Names<'_>,
    models: &[Model],
    model: ModelId,
    name: &Ident,
    diags: &mut Diags,
) -> Option<crate::panel::FieldId> {
    let id = names.field(model, name, diags)?;
    let field = models[model.0].field(id);
    if !matches!(field.kind, Kind::Date | Kind::Timestamp) {
        diags.error(RULE, name, format!("`{}` has no day: it is neither a `Date` nor a `Timestamp`", plain(name)));
        return None;
    }
    Some(id)
}

fn in_bounds(count: u32, bounds: std::ops::RangeInclusive<u32>, of: &str, place: Place, diags: &mut Diags) {
    if !bounds.contains(&count) {
        let (least, most) = (bounds.start(), bounds.end());
        diags
            .error("value_in_bounds", place, format!("{count} {of} are asked for, and {least} to {most} are allowed"))
            .help(format!("write a number from {least} to {most}"));
    }
}

fn condition(
    names: &Names<'_>,
    models: &[Model],
    model: ModelId,
    when: Option<&ast::Predicate>,
    diags: &mut Diags,
) -> Option<Rc<Predicate>> {
    let conditions = Conditions { names, model, fields: &models[model.0].fields };
    when.map(|when| Rc::new(conditions.resolve(when, diags)))
}
