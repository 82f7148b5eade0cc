//! Names that lie beside reserved ones.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Session1 { identifier: String label; versions: i32 default 1; at: Option<Timestamp>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
