//! Without the reference the label is seen nowhere.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Patient { name: String label; born: Date; }
    model Visit { reason: String label; patient: Patient restrict; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Planner under Owner { view Visit { reason }; view Patient { born }; }
}
