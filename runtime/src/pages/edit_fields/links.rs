//! The control of a field of links: a tick for each, and a picker that adds more. It names only rows whose label the
//! viewer may read; what was typed in place of one stays as it was typed.

use std::collections::BTreeSet;

use super::{Controls, Draft};
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::pages::picker::Source;
use crate::panel::Field;
use crate::route::{Page, Route};
use crate::store::{Candidates, NamesQuery};
use crate::views::{FieldView, OptionView, PickView, Widget};

/// Links of a form that are named at most.
const NAMED: usize = 500;

/// Adds what a form links already, or did before, to what is offered, by a statement of its own where a label is
/// missing.
pub(super) async fn name_links(
    cx: &Cx<'_>,
    sources: &[(usize, &Draft, usize, Source)],
    found: &mut [Candidates],
) -> Result<(), Error> {
    let missing = |draft: &Draft, field: usize, found: &Candidates| {
        let was = draft.was.as_ref().and_then(|was| was.get(field)).map_or("", String::as_str);
        let others = draft.theirs.iter().chain(&draft.compared);
        let others = others.filter(|(of, _)| *of == field).map(|(_, text)| text.as_str());
        let ids = others
            .chain([draft.text(field), was])
            .flat_map(each_link)
            .filter_map(|link| link.parse().ok().map(RowKey::Number));
        let ids: BTreeSet<RowKey> = ids.filter(|id| !found.rows.iter().any(|known| known.id == *id)).collect();
        ids.into_iter().take(NAMED).collect::<Vec<RowKey>>()
    };
    let is_many = |draft: &Draft, field: usize| draft.many.contains(field);
    let asked = sources.iter().zip(&*found).map(|((_, draft, field, _), found)| {
        if is_many(draft, *field) { missing(draft, *field, found) } else { Vec::new() }
    });
    let asked: Vec<Vec<RowKey>> = asked.collect();
    if asked.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let queries: Vec<NamesQuery<'_>> =
        sources.iter().zip(&asked).map(|((.., source), ids)| NamesQuery { from: source.from(), ids }).collect();
    for (found, named) in found.iter_mut().zip(cx.app.store.names(&queries).await?) {
        found.rows.extend(named);
    }
    Ok(())
}

/// The links in the text of a control.
pub(super) fn each_link(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|link| !link.is_empty())
}

impl Controls<'_> {
    /// A tick for each link, and a picker that adds more.
    pub(super) fn ticks(&self, field: &Field, text: &str, view: &mut FieldView) {
        view.widget = Widget::Many;
        view.wide = true;
        let mut ticked: Vec<OptionView> = each_link(text)
            .map(|link| OptionView {
                value: link.to_owned().into(),
                label: self.say_link(field, link).into(),
                selected: true,
            })
            .collect();
        ticked.sort_by(|a, b| a.label.cmp(&b.label));
        ticked.dedup_by(|a, b| a.value == b.value);
        view.options = ticked;
        let Some((_, found)) = self.candidates.iter().find(|(of, _)| *of == field.index) else { return };
        let offered = found.rows.iter().map(|one| (one.id.to_string(), &one.label));
        let offered: Vec<OptionView> = offered
            .filter(|(id, _)| each_link(text).all(|link| link != id))
            .map(|(id, label)| OptionView { value: id.into(), label: label.clone().into(), selected: false })
            .collect();
        view.options.extend(offered);
        let looked = self.draft.looks.iter().find(|(of, _)| *of == field.index);
        view.pick = Some(PickView {
            href: self.cx.link(&Route::Model(self.model, Page::Pick(field.index))).into(),
            more: found.more || looked.is_some(),
            name: format!("find.{}", field.name).into(),
            query: looked.map_or_else(String::new, |(_, text)| text.clone()).into(),
        });
    }

    pub(super) fn say_link(&self, field: &Field, link: &str) -> String {
        let offered = self.candidates.iter().filter(|(of, _)| *of == field.index).flat_map(|(_, found)| &found.rows);
        let stored = self.stored.iter().flat_map(|(row, ..)| row.linked(field.index));
        let known = offered.chain(stored).find(|one| one.id.to_string() == link);
        known.map_or_else(|| "another one".to_owned(), |one| one.label.clone())
    }
}
