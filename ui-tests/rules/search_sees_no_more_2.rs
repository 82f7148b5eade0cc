//! Two clauses, two sets of rows, and the search reaches across.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice State { Open, Closed }
    model Ticket { title: String label search; state: State default Open; answer: String search default ""; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Agent under Owner {
        view Ticket { title, state } when state == Open;
        view Ticket { title, answer } when state == Closed;
    }
}

fn main() {}
