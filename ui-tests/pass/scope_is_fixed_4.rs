//! Handing it on is meant, and the state is an action's.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { agent: Option<i64>; }
    model Ticket { title: String label; agent: i64 transfers; open: bool default true readonly; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Agent under Owner { view, edit Ticket when open and agent == me.agent; }
}
