//! The bounds themselves.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner; view Audit; factor required; }

    session idle 1h, absolute 24h, reauth 15min;
}
