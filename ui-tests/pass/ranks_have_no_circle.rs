//! Two ways up to the same role are no circle.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Buyer under Owner { view Product; }
    role Seller under Owner { view Product; }
    role Trainee under Buyer, Seller { view Product; }
}
