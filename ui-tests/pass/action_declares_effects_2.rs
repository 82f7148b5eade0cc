//! It has no effect at all, and says so.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; action preview pure; }

    role Owner { all *; preview Invoice; assign Owner; view Audit; }
}
