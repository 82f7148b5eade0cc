//! Behind a sign-in too.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; factor required; }
    role Clerk under Owner { view Product; factor required; }

    throttle factor 11 per 15min by session;
}

fn main() {}
