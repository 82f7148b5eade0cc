//! Whoever proves who they are is a person with a session, not a program with a token.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle reauth 5 per 10min by session, 5 per 10min by token;
}

fn main() {}
