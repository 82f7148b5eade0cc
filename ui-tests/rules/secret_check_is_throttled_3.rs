//! A second factor that is limited by address alone is tried from the next address.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner; view Audit; factor required; }

    throttle factor 5 per 10min by address;
}

fn main() {}
