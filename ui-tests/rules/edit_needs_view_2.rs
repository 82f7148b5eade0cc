//! One of the fields is out of sight.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; price: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Support under Owner { view Product { name }; edit Product { name, price }; }
}

fn main() {}
