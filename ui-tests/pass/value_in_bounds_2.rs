//! The smallest and the largest widget.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Note { text: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    session at_most 1;
    dashboard { count Note; latest Note 1; latest Note 100; }
}

fn main() {}
