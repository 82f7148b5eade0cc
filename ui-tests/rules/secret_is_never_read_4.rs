//! So does a search.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Card { name: String label; pin: Secret search; }

    role Owner { all *; all Card; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
