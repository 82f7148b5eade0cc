//! As many sessions as the bound allows, and not one more.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Note { text: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    session at_most 20;
}

fn main() {}
