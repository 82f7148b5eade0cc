//! An action of another model.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }
    model Invoice { number: String label; action approve pure; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; approve Product; }
}

impl InvoiceActions for Shop {
    async fn approve(_: Invoice, _: &mut ActionCx<'_>, _: May<Approve, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}

fn main() {}
