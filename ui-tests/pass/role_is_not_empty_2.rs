//! So is one page of the framework, and one right that can be lent.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Auditor under Owner { view Audit; }
    role Clerk under Owner { may view Product; }
}
