//! Whole numbers of two sizes, text of two kinds, a day and the moment.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { limit: Option<i32>; mail: Option<Email>; }
    model Invoice { number: String label; lines: i64; contact: Option<String>; due: Date; amount: Decimal(10, 2); }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view Invoice when lines <= me.limit or contact == me.mail or due < now or amount < 0.50;
    }
}
