//! A star leaves out what is sensitive, and here that is everything.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }
    model Complaint { text: Text sensitive default ""; }

    role Owner { all *; all Complaint; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view *; delete Complaint; }
}

fn main() {}
