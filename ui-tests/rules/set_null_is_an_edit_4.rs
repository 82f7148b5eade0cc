//! Who deletes a tag takes it out of every product that has it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label; }
    model Product { name: String label; tags: many Tag; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view, delete Tag; view Product; edit Product { name }; }
}

fn main() {}
