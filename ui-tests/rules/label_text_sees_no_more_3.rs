//! The name may be read of active customers only, and a reference shows it of every one.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Customer { name: String label; active: bool; }
    model Visit { reason: String label; customer: Customer restrict; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Courier under Owner {
        view Visit;
        view Customer { name } when active == true;
        view Customer { active };
    }
}

fn main() {}
