//! The auditor reads the log; whoever may assign auditors does not.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner above Clerk { view Product; assign Auditor; }
    role Clerk under Owner { view Product; }
    role Auditor beside Clerk { view Product; view Audit; }
}

fn main() {}
