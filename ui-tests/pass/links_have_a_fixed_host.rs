//! The address comes from the environment.

bailiwick::admin! {
    panel Shop { proxies none; public_url env "PUBLIC_URL"; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    recovery { link by email for 30min; link by administrator for 24h; }
}
