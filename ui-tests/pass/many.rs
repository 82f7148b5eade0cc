//! Links to many rows in every place that takes them, right at the border of the rules.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label search; secret_plan: Text sensitive default ""; }
    model Product {
        name: String label;
        /// What it is about.
        tags: many Tag len ..=20 help "As many as fit";
        related: many Product;
        warnings: many Tag sensitive readonly;
        list name, tags;
        filter tags, related;
        form "Product" name, tags;
        inline Part name, tags;
        action warn writes warnings;
    }
    model Part { name: String label; product: Product cascade; tags: many Tag; inline Product2 name, tags; }
    model Product2 { name: String label; part: Part cascade; tags: many Tag; }

    role Owner {
        all *; all Product; warn Product;
        export Product { name, tags };
        assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit;
    }
    // It may link and unlink, and delete no tag: that would take it out of products in which it may not.
    role Clerk under Owner { view Tag { name }; view Product { name, tags }; edit Product { tags }; }
}

impl ProductActions for Shop {
    async fn warn(
        product: Product,
        cx: &mut ActionCx<'_>,
        _may: May<Warn, Product>,
    ) -> ActionResult {
        let warnings: Vec<TagId> = product.tags;
        cx.update(product.id, ProductChange { warnings: Some(warnings), ..Default::default() }).await?;
        ActionResult::done("Warned")
    }
}

fn main() {
    let _ = Product::TAGS.has(TagId(3)) & !Product::TAGS.is_empty();
    let _ = NewProduct { name: String::new(), tags: Some(vec![TagId(1)]), related: None, warnings: None };
}
