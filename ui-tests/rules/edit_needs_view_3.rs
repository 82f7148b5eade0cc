//! Some of the rows are out of sight.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; stock: i64 transfers; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Support under Owner { view Product when stock > 0; edit Product when stock >= 0; }
}

fn main() {}
