//! `beside` takes a role off the ladder: nobody has to hold what the auditor holds.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; notes: Text sensitive default ""; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product { name }; assign Auditor; }
    role Clerk under Manager { view Product { name }; }
    role Auditor beside Clerk { view Product { name }; }
}
