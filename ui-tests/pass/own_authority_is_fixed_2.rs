//! Others may be assigned where that is accepted, and oneself not.

bailiwick::admin! {
    panel Shop {
        public_url "http://127.0.0.1:8000"; proxies none;
        accept destructive_needs_reauth "a till without a keyboard";
    }
    model Product { name: String label; }

    role Owner { all *; assign *; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }

    reauth delete;
}
