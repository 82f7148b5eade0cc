//! Which labels to fetch with the rows of a page: of what their keys point at, as far as the viewer may see that.

use super::terms_if_any;
use crate::authorize::Terms;
use crate::context::Cx;
use crate::panel::{FieldSet, Kind, Model, Verb};
use crate::store::{Label, LabelOf, ListedRow};

/// The foreign keys among some fields, with the viewer's terms over what they point at.
#[derive(Debug)]
pub(crate) struct Keys {
    keys: Vec<(usize, Option<Terms>)>,
    linked: Vec<Terms>,
}

impl Keys {
    pub(crate) fn among(cx: &Cx<'_>, model: &'static Model, fields: FieldSet) -> Self {
        let keys =
            model.fields.iter().filter(|field| fields.contains(field.index)).filter_map(|field| match field.kind {
                Kind::Model(target, _, _) => {
                    let target = cx.panel().models.get(target)?;
                    Some((field.index, terms_if_any(cx, Verb::View, target)))
                }
                Kind::Actor => Some((field.index, None)),
                _ => None,
            });
        let linked = model
            .many()
            .filter(|(field, _)| fields.contains(field.index))
            .filter_map(|(_, links)| terms_if_any(cx, Verb::View, cx.panel().models.get(links.model)?));
        Self { keys: keys.collect(), linked: linked.collect() }
    }

    /// For a query.
    pub(crate) fn labels(&self) -> Vec<LabelOf<'_>> {
        self.keys.iter().map(|(field, terms)| LabelOf { field: *field, terms: terms.as_ref() }).collect()
    }

    /// The label of a field in a row that was fetched with [`Keys::labels`].
    pub(crate) fn label<'r>(&self, row: &'r ListedRow, field: usize) -> Option<&'r Label> {
        let place = self.keys.iter().position(|(key, _)| *key == field)?;
        row.labels.get(place)
    }

    /// View terms over the models that these keys point at, and where the links lead, once each.
    pub(crate) fn views(&self) -> Vec<Terms> {
        let mut views: Vec<Terms> = Vec::new();
        for terms in self.keys.iter().filter_map(|(_, terms)| terms.as_ref()).chain(&self.linked) {
            if !views.iter().any(|known| known.model().index == terms.model().index) {
                views.push(terms.clone());
            }
        }
        views
    }
}
