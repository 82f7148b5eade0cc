//! Not only of the first role.

bailiwick::admin! {
    panel Shop {
        public_url "http://127.0.0.1:8000"; proxies none;
        accept destructive_needs_reauth "a till without a keyboard";
    }
    model Product { name: String label; }

    role Owner { all *; assign *; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; assign Manager; }

    reauth delete, reset;
}

fn main() {}
