//! The whole row, and the telephone number with it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Guest { name: String label; phone: Option<String> personal; }

    role Owner { all *; export Guest; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
