//! Whose turn it is before the door. So many requests of people who are not signed in are worked on at once; the others
//! wait apart, and a request of somebody who is signed in never stands behind them. It refuses nobody.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests before the door that are worked on at once: few, since each that is ready is in the way of all others.
pub(crate) const AT_ONCE: usize = 8;

/// What a try waits for its answer that it was one too many. Who comes back at once, over and over, would take the time
/// of everybody else. At least so long, and up to twice: many who came together do not come back together.
pub(crate) const TURNED_AWAY: Duration = Duration::from_millis(1_500);

/// The turns of one process.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turns {
    /// Waits for a turn.
    pub(crate) async fn next(&self) -> Turn {
        Turn(Mutex::new(Arc::clone(&self.0).acquire_owned().await.ok()))
    }
}

/// One request's turn; it ends with the request, or before.
#[derive(Debug, Default)]
pub(crate) struct Turn(Mutex<Option<OwnedSemaphorePermit>>);

impl Turn {
    /// Lets the next one go on: what follows waits for something else, such as a hash.
    pub(crate) fn pass_on(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// For whoever is turned away: lets the next one go on, and waits.
    pub(crate) async fn turned_away(&self) {
        self.pass_on();
        let more = getrandom::u32().map_or(1.0, |drawn| f64::from(drawn) / f64::from(u32::MAX));
        tokio::time::sleep(TURNED_AWAY.mul_f64(1.0 + more)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_at_once_and_the_next_when_one_passes_on() {
        let turns = Turns::default();
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.push(turns.next().await);
        }
        assert_eq!(turns.0.available_permits(), 0);
        let mut waiting = Box::pin(turns.next());
        assert!(poll_once(&mut waiting).await.is_none(), "it waits");
        held[3].pass_on();
        held[3].pass_on();
        assert!(poll_once(&mut waiting).await.is_some(), "and goes on");
        drop(held);
        assert_eq!(turns.0.available_permits(), AT_ONCE);
    }

    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(cx) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
