//! What a test hears of the statements that its own thread sends: their text, without values; and how it cuts work off
//! between any two of them.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

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

tokio::task_local! {
    /// Statements that may still be sent; none: it was cut off.
    static LEFT: Cell<Option<u32>>;
}

/// Work that is dropped when it is about to send the statement after so many: what a kill at that moment leaves of a
/// transaction. None: it was cut off.
pub(crate) async fn cut_off<F: Future>(after: u32, work: F) -> Option<F::Output> {
    let until_then = async {
        let mut work = pin!(work);
        let is_over = || LEFT.with(|left| left.get().is_none());
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if is_over() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    };
    LEFT.scope(Cell::new(Some(after)), until_then).await
}

/// A statement is about to be sent.
pub(in crate::store) async fn may_go_on() {
    let goes = LEFT.try_with(|left| left.replace(left.get().and_then(|left| left.checked_sub(1))) != Some(0));
    if goes == Ok(false) {
        pending::<()>().await;
    }
}
