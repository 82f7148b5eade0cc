//! A clause may name what is declared behind it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product, Maker; }
    model Product { name: String label; maker: Maker restrict; }
    model Maker { name: String label; }
}

fn main() {}
