//! Requests with a token are counted in a window: a wait after them is a defence that is not there.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle token 60 per 1min by token, 20 per 10min by address, wait 1s to 1min;
}

fn main() {}
