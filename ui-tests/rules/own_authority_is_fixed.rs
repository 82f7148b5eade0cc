//! What was accepted of others does not hold of oneself.

bailiwick::admin! {
    panel Shop {
        public_url "http://127.0.0.1:8000"; proxies none;
        accept destructive_needs_reauth "a till without a keyboard";
    }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    reauth delete;
}

fn main() {}
