//! Counted tries: reserved before anything is verified, forgiven when it was right.

use chrono::{DateTime, Utc};

use super::account::Ask;
use super::statements::throttle;
use super::{Store, Write};
use crate::error::Error;
use crate::panel::By;
use crate::throttle::Answer;

impl Store {
    /// Counts one try on every key, if every key allows one more, and says whether it did. Decided and written in one
    /// transaction; what it answers must be waited for before anything is verified.
    pub(crate) async fn reserve(&self, asks: &[Ask], now: DateTime<Utc>) -> Result<bool, Error> {
        Ok(self.reserve_or_wait(asks, now).await? == Answer::Go)
    }

    /// As [`Store::reserve`], and from when on there would be one more.
    pub(crate) async fn reserve_or_wait(&self, asks: &[Ask], now: DateTime<Utc>) -> Result<Answer, Error> {
        self.database.reserve(asks, now).await
    }
}

impl Write {
    /// A try that succeeded is held against nobody: not at all where it is one person's key, as this one try where
    /// others share it.
    pub(crate) async fn forgive(&mut self, asks: &[Ask]) -> Result<(), Error> {
        // In one order, as they are counted: two who hold the same keys wait for each other once.
        let mut asks: Vec<&Ask> = asks.iter().collect();
        asks.sort_unstable_by_key(|ask| ask.key);
        for ask in asks {
            match ask.rule.by {
                By::Address => throttle::give_back(self.transaction(), &ask.key).await?,
                _ => throttle::clear(self.transaction(), &ask.key).await?,
            }
        }
        Ok(())
    }

    /// Nothing is held against this key any more.
    pub(crate) async fn clear_throttle(&mut self, key: &[u8; 32]) -> Result<(), Error> {
        throttle::clear(self.transaction(), key).await
    }
}
