//! Other words for the same.
#![deny(deprecated)]

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; open: bool transfers; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; edit Product when open; }
    role Courier under Owner { view Product when open; view Product when not open; edit Product { name, open } when open == true; }
}

fn main() {}
