//! The star leaves the sensitive field out: naming the model adds it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; notes: Text sensitive default ""; }

    role Owner { all *; all Product; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }
}
