//! A person and a person, a reference and a reference, a day as it is written.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { shop: Option<Shopfront>; }
    model Shopfront { name: String label; }
    model Invoice { number: String label; shop: Shopfront restrict; author: Actor author; due: Date; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner {
        view Shopfront;
        view Invoice when shop == me.shop or author == me or due in ("2026-12-24", "2026-12-31");
    }
}
