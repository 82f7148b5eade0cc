//! What the giver could be lent counts as held.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; may edit Product; assign Deputy; accept no_sideways_path "a deputy for the holidays"; }
    role Deputy beside Manager { view Product; edit Product { name }; }
}
