//! It has no effect at all, and says so.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; action preview pure; }

    role Owner { all *; preview Invoice; assign Owner; view Audit; }
}

impl InvoiceActions for Shop {
    async fn preview(_: Invoice, _: &mut ActionCx<'_>, _: May<Preview, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}
