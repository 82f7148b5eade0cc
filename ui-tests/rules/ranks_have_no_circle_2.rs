//! A role beside the one that it stands under.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Buyer under Owner { view Product; }
    role Seller under Buyer beside Buyer { view Product; }
}

fn main() {}
