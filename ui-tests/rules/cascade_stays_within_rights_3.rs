//! A tree of one model: below an open folder lie closed ones, and they go with it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Open, Closed }
    model Folder { name: String label; state: State default Open; parent: Option<Folder> cascade; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Folder; delete Folder when state == Open; }
}

fn main() {}
