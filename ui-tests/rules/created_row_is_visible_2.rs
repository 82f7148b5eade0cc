//! The default is not what is seen.
#![deny(deprecated)]

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; open: bool default false readonly; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Ticket when open; create Ticket { title }; }
}

fn main() {}
