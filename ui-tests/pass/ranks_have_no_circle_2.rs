//! `above` and `under` may say the same thing twice, and two roles may stand beside each other.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner above Buyer { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Buyer under Owner beside Seller { view Product; }
    role Seller beside Buyer { view Product; }
}
