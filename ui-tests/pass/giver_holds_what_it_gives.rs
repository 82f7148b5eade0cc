//! The giver holds just as much, row by row.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; stock: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product when stock >= 1; assign Deputy; accept no_sideways_path "a deputy for the holidays"; }
    role Deputy beside Manager { view Product { name } when stock > 0; }
}
