//! A save that came too late. Three versions of every field are laid side by side: the one the form started from, the
//! one saved meanwhile, and the one typed. Where only one side changed a field its change is taken; where both did, the
//! form keeps what was typed and shows the other beside it. Nothing is saved until the person says so again.

use super::edit_fields::{Controls, Draft};
use crate::form::{self, Posted};
use crate::panel::Model;
use crate::value::Row;
use crate::views::{Stale, StaleRow};

/// Characters of a value in the table; whole values stand in the form.
const TABLE_TEXT: usize = 200;

/// One field in which the versions differ.
#[derive(Debug)]
pub(super) struct Difference {
    field: usize,
    base: String,
    theirs: String,
    yours: String,
    taken: Taken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Theirs,
    Yours,
    /// Both changed it, to different values; the form holds yours.
    YoursForNow,
}

/// Brings the form up to the row as it is now. The draft afterwards starts from that row.
pub(super) fn merge(model: &'static Model, draft: &mut Draft, posted: &Posted, now: &Row) -> Vec<Difference> {
    let mut differences = Vec::new();
    let offered = draft.offered;
    for field in model.fields.iter().filter(|field| offered.contains(field.index)) {
        let Some(value) = now.get(field.index) else { continue };
        let theirs = form::spell(field, value);
        let Some(yours) = posted.text(field.index) else {
            draft.set_text(field.index, theirs);
            continue;
        };
        // A form that does not say what it started from is taken to have changed the field: better asked than lost.
        let base = posted.was(field.index);
        let changed = |text: &str| base != Some(form::mark(field, text).as_str());
        let (you_changed, they_changed) = (changed(yours), changed(&theirs));
        if yours == theirs || !(you_changed || they_changed) {
            continue;
        }
        let taken = match (you_changed, they_changed) {
            (false, _) => Taken::Theirs,
            (true, false) => Taken::Yours,
            (true, true) => Taken::YoursForNow,
        };
        if field.links().is_some() {
            let texts = [base.unwrap_or_default(), yours, &theirs];
            draft.compared.extend(texts.map(|text| (field.index, text.to_owned())));
        }
        differences.push(Difference {
            field: field.index,
            base: base.unwrap_or_default().to_owned(),
            theirs: theirs.clone(),
            yours: yours.to_owned(),
            taken,
        });
        match taken {
            Taken::Theirs => draft.set_text(field.index, theirs),
            Taken::Yours => {}
            Taken::YoursForNow => draft.theirs.push((field.index, theirs)),
        }
    }
    draft.rebase(model, now);
    differences
}

/// The table of what differs.
pub(super) fn view(controls: &Controls<'_>, name: &str, differences: &[Difference]) -> Stale {
    let rows = differences
        .iter()
        .filter_map(|difference| {
            let field = controls.model.fields.get(difference.field)?;
            let say = |text: &str| cut(controls.say(field, text)).into();
            Some(StaleRow {
                id: format!("f-{}", field.name).into(),
                label: field.title.into(),
                base: say(form::say_mark(&difference.base)),
                theirs: say(&difference.theirs),
                yours: say(&difference.yours),
                taken: match difference.taken {
                    Taken::Theirs => "what was saved meanwhile",
                    Taken::Yours => "yours",
                    Taken::YoursForNow => "yours; both changed it",
                }
                .into(),
                conflict: difference.taken == Taken::YoursForNow,
            })
        })
        .collect();
    Stale {
        title: format!("{name} was saved by somebody else while you were writing").into(),
        text: "Nothing is lost and nothing is saved yet. Where only one of you changed a field, the form below holds that \
               change; where both did, it holds yours. Look it through and save again."
            .into(),
        gone: Vec::new(),
        rows,
    }
}

fn cut(text: String) -> String {
    if text.chars().count() <= TABLE_TEXT {
        return text;
    }
    let head: String = text.chars().take(TABLE_TEXT).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::{Taken, merge};
    use crate::fields::Fields;
    use crate::form::Posted;
    use crate::pages::edit_fields::Draft;
    use crate::panel::{Field, FieldSet, Kind, Model};
    use crate::value::{Row, Value};

    const fn text(index: usize, name: &'static str) -> Field {
        Field::new(index, name, name, Kind::String)
    }

    static MODEL: Model = Model {
        index: 0,
        name: "Card",
        doc: "",
        title: "Card",
        plural: "Cards",
        slug: "cards",
        table: "card",
        adopted: None,
        key: crate::panel::KeyKind::Number,
        fields: &[text(0, "a"), text(1, "b"), text(2, "c"), text(3, "d")],
        label: &[],
        list: &[],
        search: &[],
        filter: &[],
        sort: &[],
        sections: &[],
        inlines: &[],
        checks: &[],
        actions: &[],
    };

    #[test]
    fn a_late_save_loses_neither_side() {
        // a: only they; b: only we; c: both, apart; d: both, the same.
        let typed = b"a=0&was.a=0&b=we&was.b=0&c=we&was.c=0&d=same&was.d=0&bw.version=1";
        let posted = Posted::sort_out(&MODEL, FieldSet(0b1111), &Fields::parse(typed)).expect("all offered");
        let mut now = Row::new(7, 2, 4);
        for (field, value) in ["they", "0", "they", "same"].into_iter().enumerate() {
            now.set(field, Value::Text(value.to_owned()));
        }
        let mut draft = Draft::posted(&MODEL, FieldSet(0b1111), Some(&now), &posted);
        let differences = merge(&MODEL, &mut draft, &posted, &now);

        let texts: Vec<&str> = (0..4).map(|field| draft.text(field)).collect();
        assert_eq!(texts, ["they", "we", "we", "same"]);
        let taken: Vec<(usize, Taken)> = differences.iter().map(|d| (d.field, d.taken)).collect();
        assert_eq!(taken, [(0, Taken::Theirs), (1, Taken::Yours), (2, Taken::YoursForNow)]);
        assert_eq!(draft.theirs, [(2, "they".to_owned())], "the other text of a clash stands beside the field");
    }

    #[test]
    fn a_form_that_does_not_say_where_it_started_overwrites_nothing_unseen() {
        let posted = Posted::sort_out(&MODEL, FieldSet(0b1111), &Fields::parse(b"a=we")).expect("offered");
        let mut now = Row::new(7, 2, 4);
        now.set(0, Value::Text("they".to_owned()));
        let mut draft = Draft::posted(&MODEL, FieldSet(0b1111), Some(&now), &posted);
        let differences = merge(&MODEL, &mut draft, &posted, &now);
        assert_eq!(differences.len(), 1);
        assert_eq!(draft.theirs.len(), 1);
    }
}
