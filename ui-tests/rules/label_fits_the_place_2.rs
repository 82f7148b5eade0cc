//! Lent, by name, and sensitive as well.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Guest { name: String label; phone: Option<String> personal; notes: Text sensitive default ""; }

    role Owner {
        all *; all Guest; export Guest reveal "the yearly letter";
        assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
    }
    role Clerk under Owner { view Guest; may export Guest { phone, notes }; }
}

fn main() {}
