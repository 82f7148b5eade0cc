//! How much and how long a request may be. Every number has its reason in the table of defaults; none can be set by a
//! visitor.

use std::time::Duration;

/// Bounds of the server and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Request line and headers together, bytes.
    pub head: usize,
    /// A posted form, bytes.
    pub form: usize,
    /// Fields of a posted form.
    pub fields: usize,
    /// From the first byte of a request (or the end of the one before) to the end of its headers.
    pub head_time: Duration,
    /// From there to the answer.
    pub handler_time: Duration,
    /// For closing connections that are still busy when the server ends.
    pub drain_time: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Password hashes that may wait; more are answered with 503.
    pub hash_queue: usize,
}

impl Default for Limits {
    /// Headers 16 KiB (and hyper's own 100 of them) and 10 s, form 64 KiB and 1,000 fields, handler 30 s. hyper times the wait for the next request
    /// of a connection as part of its headers, so an idle connection is closed after 10 s, not 30.
    fn default() -> Self {
        Self {
            head: 16 * 1024,
            form: 64 * 1024,
            fields: 1_000,
            head_time: Duration::from_secs(10),
            handler_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(10),
            connections: 1_024,
            hash_queue: crate::password::QUEUE,
        }
    }
}
