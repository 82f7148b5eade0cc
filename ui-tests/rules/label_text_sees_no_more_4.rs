//! The tags of a product are shown by a name that the role may not view.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label; colour: String; }
    model Product { name: String label; tags: many Tag; list name; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; view Tag { colour }; }
}

fn main() {}
