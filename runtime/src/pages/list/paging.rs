//! The way through a list: how many rows a page, and to which page from here.

use super::{List, SIZES};
use crate::store::{Key, Position};
use crate::views::{Size, Step, Text};

impl List<'_> {
    pub(super) fn sizes(&self) -> Vec<Size> {
        SIZES
            .into_iter()
            .map(|size| {
                let text = size.to_string();
                Size {
                    href: self.state.address(self.path, |n| n == "size", &[("size", &text)]).into(),
                    label: text.into(),
                    current: size == self.state.size,
                }
            })
            .collect()
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        let to = |with: &[(&str, &str)]| Text::from(self.state.address(self.path, |_| false, with));
        let given = |key: &Option<Key>| self.cursors.encode(self.model, self.state.sort, key.as_ref()?);
        let (previous, next) = (given(&self.listed.previous), given(&self.listed.next));
        let first = previous.is_some() || *self.position != Position::First;
        vec![
            Step { label: "First".into(), href: first.then(|| to(&[])), icon: "first", rel: "" },
            Step {
                label: "Previous".into(),
                href: previous.map(|key| to(&[("before", &key)])),
                icon: "left",
                rel: "prev",
            },
            Step {
                label: "Next".into(),
                href: next.as_ref().map(|key| to(&[("after", key)])),
                icon: "right",
                rel: "next",
            },
            Step { label: "Last".into(), href: next.map(|_| to(&[("at", "last")])), icon: "last", rel: "" },
        ]
    }
}
