//! The forbid does not meet the rows without a stock, and the grant does.
#![deny(deprecated)]

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; stock: Option<i64>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; delete Product when stock is null or stock <= 5; }

    forbid Clerk delete Product when not (stock <= 5);
}

fn main() {}
