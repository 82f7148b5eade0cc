//! A verb that everybody left out.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; }

    role Owner { view, create, edit Invoice; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    forbid one_person edit Invoice, delete Invoice;
}

fn main() {}
