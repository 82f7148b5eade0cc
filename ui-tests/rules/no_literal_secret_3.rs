//! Whoever reads the block may do what only the key should allow.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Hook { name: String label; key: String; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Robot under Owner { view Hook when key == "ghp_16C7e42F292c6912E7710c838347Ae178B4a"; }
}

fn main() {}
