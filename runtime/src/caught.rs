//! The last resort: work that panics ends by itself, and whoever waits for it hears of it instead of going down with
//! it. It mends nothing and looks into nothing: what the work held is dropped, as if its request had gone away.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

/// It panicked. Where, the program's own hook wrote to stderr.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Whatever the work comes to. After a panic it is not polled again, so that nothing sees what the panic left half.
pub(crate) fn caught<T>(work: impl Future<Output = T>) -> impl Future<Output = Result<T, Panicked>> {
    let mut work = Box::pin(work);
    poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(_) => Poll::Ready(Err(Panicked)),
    })
}

#[cfg(test)]
mod tests {
    use super::{Panicked, caught};

    #[tokio::test]
    async fn what_panics_after_it_waited_is_told_and_what_does_not_goes_on() {
        let work = |panics: bool| async move {
            tokio::task::yield_now().await;
            assert!(!panics, "a panic of the test");
            7
        };
        assert_eq!(caught(work(true)).await, Err(Panicked));
        assert_eq!(caught(work(false)).await, Ok(7));
    }
}
