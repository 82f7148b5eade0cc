//! There is a number between 4 and 5 that is not whole.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; weight: f64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; delete Invoice when weight > 4 and weight < 5; }
}
