//! A nullable key may be set to null.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Maker { name: String label; }
    model Product { name: String label pattern r"[A-Z]+"; maker: Option<Maker> set_null; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
