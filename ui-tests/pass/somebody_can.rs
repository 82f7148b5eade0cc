//! Nobody stands below the only role: there is nobody to unlock.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner; view Audit; }
}
