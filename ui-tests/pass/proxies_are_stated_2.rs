//! So is a range.

bailiwick::admin! {
    panel Shop { public_url "https://shop.example.org"; proxies "10.0.0.0/8", "fd00::/8"; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
