//! Files on their way into a table that has rules of its own, of which the block knows nothing.

use crate::TRADE;
use crate::serving::Shop;
use crate::visitor::{Answer, Form};

bailiwick::admin! {
    panel Supply {
        database env "DATABASE_URL" or "sqlite:supply.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    /// What is sold.
    model Product {
        table "products" adopted key "product_id";

        product_name: String len ..=40 label search;
        // The table asks for more: none below zero that is still sold.
        reorder_level: Option<i32> min -32768 max 32767 default 0;
        discontinued: bool default false;

        list product_name, reorder_level, discontinued;
    }

    /// Runs it.
    role Administrator {
        all Product; import Product;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

const FILE: &str =
    "product_name,reorder_level,discontinued\nSalt,5,false\nPepper,-5,false\nOld tea,-5,true\nCloves,7,false\n";
const MADE: &str = "SELECT '' || count(*) FROM products WHERE product_name IN ('Salt', 'Pepper', 'Old tea', 'Cloves')";

async fn bring_in(shop: &mut Shop, how: &str, step: &str) -> Answer {
    shop.visitor.get("/products/import").await.expect(200);
    let kept = shop.visitor.upload("/products/import", "products.csv", FILE.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    assert!(page.words().contains("4 rows in products.csv."), "{}", page.words());
    let mut form = Form::of(&page, "main form");
    form.force("how", how).force("step", step);
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    loop {
        let page = shop.visitor.get(&job).await.expect(200);
        if !page.text.contains("data-poll") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_row_that_breaks_a_rule_of_the_table_is_named_and_the_others_go_in() {
    let mut shop = Shop::open(TRADE, Supply::builder()).await;
    for (how, step, says, made) in [
        // The trial meets the rule as well, and keeps nothing.
        ("parts", "check", "3 could go in, 1 failed", "0"),
        ("one", "go", "Nothing was brought in", "0"),
        ("parts", "go", "3 done, 1 failed", "3"),
    ] {
        let page = bring_in(&mut shop, how, step).await.words();
        assert!(page.contains(says), "{how} {step}: {page}");
        assert!(page.contains("Line 3") && page.contains("a rule of its own"), "{how} {step}: {page}");
        assert_eq!(shop.text(MADE, MADE).await, made, "{how} {step}");
    }
    shop.is_as_it_was().await;
}
