//! Once closed, it is out of reach of whoever closed it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Ticket { title: String label; open: bool; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Agent under Owner { view, edit Ticket when open; }
}

fn main() {}
