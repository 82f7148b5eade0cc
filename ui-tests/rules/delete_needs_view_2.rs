//! It may see products that are sold out, and delete the others too.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; stock: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Cleaner under Owner { view Product { name } when stock == 0; delete Product; }
}

fn main() {}
