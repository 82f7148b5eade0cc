//! A condition that reads it answers guesses.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Card { name: String label; pin: Option<Secret>; }

    role Owner { all *; all Card; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Card { name } when pin == "1234"; }
}

fn main() {}
