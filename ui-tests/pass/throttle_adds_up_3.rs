//! Each limit counts by what is there when the try comes.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; export Product; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle reauth 5 per 10min by session, 5 per 10min by account;
    throttle export 10 per 1h by actor, 5 per 1h by session;
}

fn main() {}
