//! `admin!`: reads a panel, resolves its names, judges its policy and writes its tables.
#![allow(unreachable_pub, reason = "a macro crate exports its macro alone; `pub` here means between the phases")]

mod diag;
