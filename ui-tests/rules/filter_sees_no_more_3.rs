//! A filter over links whose other end nobody of the role may view.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label; }
    model Product { name: String label; tags: many Tag; list name; filter tags; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }
}

fn main() {}
