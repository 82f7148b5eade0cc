//! One of them needs a second factor; another one can only lend.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; factor required; }
    role Clerk under Owner { view, edit Product; }
    role Remote under Owner { view, edit Product; factor required; }
    role Courier under Owner { view Product; may edit Product; }
}
