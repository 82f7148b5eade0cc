//! What a test hears of the statements that its own thread sends: their text, without values.

use std::cell::RefCell;

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A statement is sent.
pub(in crate::store) fn note(text: &str) {
    HEARD.with_borrow_mut(|heard| heard.push(text.to_owned()));
}

/// Everything since the last time, in order.
pub(crate) fn take() -> Vec<String> {
    HEARD.take()
}
