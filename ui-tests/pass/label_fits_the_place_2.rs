//! With the reason; and a public field needs none.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Guest { name: String label; phone: Option<String> personal; room: i64 public; }

    role Owner {
        all *; export Guest { phone } reveal "the fire brigade's list"; export Guest { room };
        assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
    }
}
