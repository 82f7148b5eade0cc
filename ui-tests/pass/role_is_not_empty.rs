//! Authority over people is a grant.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Helpdesk under Owner above Clerk { reset Clerk; view Product { name }; }
    role Clerk under Owner { view Product { name }; }
}
