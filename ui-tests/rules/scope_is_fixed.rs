//! Whoever may say who is responsible is responsible for everything.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; owner: Option<Actor>; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Ticket; edit Ticket { title, owner }; delete Ticket when owner == me; }
}

fn main() {}
