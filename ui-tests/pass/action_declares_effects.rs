//! It writes a field, or mails.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false; action settle writes paid; action remind mails; }

    role Owner { all *; settle, remind Invoice; assign Owner; view Audit; }
}

impl InvoiceActions for Shop {
    async fn settle(_: Invoice, _: &mut ActionCx<'_>, _: May<Settle, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }

    async fn remind(_: Invoice, _: &mut ActionCx<'_>, _: May<Remind, Invoice>) -> ActionResult {
        ActionResult::done("Done")
    }
}
