//! The filters of a list, as its bar offers them and as chips say them.

use super::{List, option};
use crate::list_state::span::{OFFERED, Span};
use crate::list_state::{FieldFilter, is_of_filter};
use crate::pages::picker::Source;
use crate::panel::{Field, KeyKind, Kind};
use crate::route::{Page, Route};
use crate::store::Label;
use crate::views::{Chip, Filter, OptionView, PickView, Preset};

impl List<'_> {
    pub(super) fn filters(&self) -> Vec<Filter> {
        let declared = self.model.filter.iter().filter_map(|f| self.model.fields.get(*f));
        declared
            .filter(|field| self.visible.contains(field.index))
            .filter_map(|field| self.filter(field, self.state.filter(field.index)))
            .collect()
    }

    fn filter(&self, field: &'static Field, held: Option<&FieldFilter>) -> Option<Filter> {
        let chosen = held.and_then(|f| f.is.first()).map_or("", String::as_str);
        let (from, to) = held.map_or(("", ""), |f| (f.from.as_str(), f.to.as_str()));
        let null = match held.and_then(|f| f.null) {
            None => "",
            Some(true) => "1",
            Some(false) => "0",
        };
        let mut view = Filter {
            label: field.title.into(),
            name: format!("f.{}", field.name).into(),
            kind: if field.optional { "choice" } else { "select" },
            active: held.is_some_and(FieldFilter::is_active),
            summary: match held {
                Some(held) if held.is_active() => self.in_words(held).into(),
                _ => "any".into(),
            },
            options: Vec::new(),
            pick: None,
            input: "text",
            step: None,
            from: from.to_owned().into(),
            to: to.to_owned().into(),
            has: held.map_or("", |f| f.has.as_str()).to_owned().into(),
            word: "".into(),
            presets: Vec::new(),
            nulls: Vec::new(),
        };
        if field.optional || field.links().is_some() {
            view.nulls =
                [("", "any"), ("1", "is empty"), ("0", "is not empty")].map(|(v, l)| option(v, l, v == null)).into();
        }
        match field.kind {
            Kind::Choice(choice) => {
                let variants = self.cx.panel().choices.get(choice)?.variants;
                let is = |name: &str| held.is_some_and(|f| f.is.iter().any(|chosen| chosen == name));
                view.kind = "many";
                view.options = variants.iter().map(|v| option(v.name, v.title, is(v.name))).collect();
            }
            Kind::Bool => {
                view.options = vec![
                    option("", "any", chosen.is_empty()),
                    option("true", "Yes", chosen == "true"),
                    option("false", "No", chosen == "false"),
                ];
            }
            Kind::Model(..) | Kind::Actor => self.fill_picker(field, held, chosen, &mut view)?,
            Kind::Many(_) => {
                self.fill_picker(field, held, chosen, &mut view)?;
                view.kind = "choice";
            }
            Kind::Date | Kind::Timestamp => {
                view.kind = "range";
                view.input = "date";
                view.presets = self.presets(field, held);
                view.word = held.and_then(|f| f.is.first()).map_or("", String::as_str).to_owned().into();
            }
            Kind::I32 | Kind::I64 | Kind::F64 | Kind::Decimal { .. } => {
                view.kind = "range";
                view.input = "number";
                view.step = Some("any");
            }
            Kind::Time => {
                view.kind = "range";
                view.input = "time";
            }
            Kind::String | Kind::Email | Kind::Url => {
                view.kind = "text";
                view.from = chosen.to_owned().into();
            }
            Kind::Text => view.kind = "part",
            Kind::Uuid => {
                view.kind = "whole";
                view.from = chosen.to_owned().into();
            }
            Kind::Json | Kind::Secret | Kind::Bytes => return None,
        }
        Some(view)
    }

    /// Candidates are fetched when somebody types, not with every page. `None`: the viewer may see no candidate.
    fn fill_picker(
        &self,
        field: &'static Field,
        held: Option<&FieldFilter>,
        chosen: &str,
        view: &mut Filter,
    ) -> Option<()> {
        Source::of(self.cx, field).ok().flatten()?;
        view.options = vec![option("", "any", chosen.is_empty())];
        if !chosen.is_empty() {
            view.options.push(OptionView {
                value: chosen.to_owned().into(),
                label: self.label_of_key(field, chosen).into(),
                selected: true,
            });
        }
        if let Some((_, found)) = self.looked.as_ref().filter(|(of, _)| *of == field.index) {
            let found = found.rows.iter().map(|c| (c.id.to_string(), &c.label)).filter(|(id, _)| id != chosen);
            view.options.extend(found.map(|(id, label)| OptionView {
                value: id.into(),
                label: label.clone().into(),
                selected: false,
            }));
        }
        let index = field.index;
        view.pick = Some(PickView {
            href: self.cx.link(&Route::Model(self.model, Page::Pick(index))).into(),
            more: true,
            name: format!("find.{}", field.name).into(),
            query: held.map_or_else(String::new, |f| f.look.clone()).into(),
        });
        Some(())
    }

    /// Every row of the page has the same key, so the first one's label is the label; of links, that of the one chosen.
    fn label_of_key(&self, field: &Field, chosen: &str) -> String {
        let linked = self.listed.rows.iter().flat_map(|listed| listed.linked(field.index));
        if let Some(one) = linked.into_iter().find(|one| one.id.to_string() == chosen) {
            return one.label.clone();
        }
        let label = self.listed.rows.first().and_then(|first| self.keys.label(first, field.index));
        match label {
            Some(Label::Text(text)) => text.clone(),
            _ if field.kind.key().is_some_and(|key| key != KeyKind::Number) => chosen.to_owned(),
            _ => format!("number {chosen}"),
        }
    }

    fn presets(&self, field: &Field, held: Option<&FieldFilter>) -> Vec<Preset> {
        let today = self.cx.today();
        let name = format!("f.{}", field.name);
        let offered = OFFERED.into_iter().filter(|span| span.days(today).is_some());
        offered
            .map(|span| Preset {
                label: span.title().into(),
                href: self.state.address(self.path, |n| is_of_filter(n, field), &[(&name, &span.word())]).into(),
                current: held.and_then(FieldFilter::span) == Some(span),
            })
            .collect()
    }

    fn in_words(&self, filter: &FieldFilter) -> String {
        let field = filter.field;
        filter.in_words(|text| match field.kind {
            Kind::Choice(choice) => self
                .cx
                .panel()
                .choices
                .get(choice)
                .and_then(|c| c.variants.iter().find(|v| v.name == text))
                .map_or_else(|| text.to_owned(), |v| v.title.to_owned()),
            Kind::Bool => if text == "true" { "Yes" } else { "No" }.to_owned(),
            Kind::Model(..) | Kind::Actor | Kind::Many(_) => self.label_of_key(field, text),
            Kind::Date | Kind::Timestamp => {
                Span::read(text).map_or_else(|| text.to_owned(), |span| span.title().to_lowercase())
            }
            _ => text.to_owned(),
        })
    }

    pub(super) fn chips(&self) -> Vec<Chip> {
        let search = (!self.state.q.is_empty()).then(|| Chip {
            label: "Search".into(),
            value: self.state.q.clone().into(),
            remove: self.state.address(self.path, |n| n == "q", &[]).into(),
        });
        let filters = self.state.filters.iter().filter(|f| f.is_active()).map(|filter| Chip {
            label: filter.field.title.into(),
            value: self.in_words(filter).into(),
            remove: self.state.address(self.path, |n| is_of_filter(n, filter.field), &[]).into(),
        });
        search.into_iter().chain(filters).collect()
    }
}
