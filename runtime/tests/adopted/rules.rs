//! Rules that an adopted table has and the block does not know: what breaks one comes back at its field, with all that was
//! typed, and no word of a driver.

use crate::serving::Shop;
use crate::visitor::{Answer, Form};
use crate::{TRADE, place};

bailiwick::admin! {
    panel Loose {
        database env "DATABASE_URL" or "sqlite:loose.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    /// What is sold. The table asks for more than is said here.
    model Product {
        table "products" adopted key "product_id";

        product_name: String label search;
        unit_price: Option<Decimal(14, 4)>;
        units_in_stock: Option<i32>;
        reorder_level: Option<i32>;
        discontinued: Option<bool>;
        weight: Option<f64>;

        list product_name, unit_price;
    }

    model Category {
        table "categories" adopted key "category_id";

        category_name: String label search;

        list category_name;
    }

    /// Runs it.
    role Administrator {
        all Product, Category; import Product;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

fn has_no_word_of_a_driver(answer: &Answer) {
    for word in ["SQLite", "PostgreSQL", "sqlx", "constraint failed", "violates", "products_"] {
        assert!(!answer.text.contains(word), "{word}: {}", answer.words());
    }
}

#[tokio::test]
async fn what_breaks_a_rule_of_the_table_comes_back_at_its_field() {
    let mut shop = Shop::open(TRADE, Loose::builder()).await;
    let long = "Tea ".repeat(11);
    // `server`: SQLite takes what is longer, or larger, than a column says.
    for (field, value, says, server) in [
        ("unit_price", "-1", "a rule of its own", false),
        ("units_in_stock", "-1", "a rule of its own", false),
        ("discontinued", "", "This is needed.", false),
        ("product_name", long.as_str(), "At most 40 characters.", true),
        ("units_in_stock", "40000", "beyond what the table takes", true),
        ("unit_price", "9999999999", "beyond what the table takes", true),
        ("weight", "1e300", "beyond what the table takes", true),
    ] {
        if server && !place::on_postgres() {
            continue;
        }
        let mut form = shop.visitor.form("/products/1/edit").await;
        form.set(field, value);
        let refused = shop.visitor.submit(&form).await.expect(422);
        assert!(refused.words().contains(says), "{field}={value}: {}", refused.words());
        assert!(refused.text.contains(&format!("href=\"#f-{field}\"")), "{field}={value}: {}", refused.words());
        has_no_word_of_a_driver(&refused);
        // What was typed is still in it.
        let again = Form::of(&refused, "#record");
        assert_eq!(again.value(field), value, "{field}");
    }
    // What can be about either of two, or is about both, is about the row.
    for (pairs, says) in [
        (&[("reorder_level", "-5")][..], "a rule of its own"),
        (&[("reorder_level", "40000"), ("units_in_stock", "40000")][..], "A number is beyond"),
    ] {
        if pairs.len() > 1 && !place::on_postgres() {
            continue;
        }
        let mut form = shop.visitor.form("/products/1/edit").await;
        for (field, value) in pairs {
            form.set(field, value);
        }
        let refused = shop.visitor.submit(&form).await.expect(422);
        assert!(refused.words().contains(says), "{}", refused.words());
        assert!(!refused.text.contains("href=\"#f-"), "{}", refused.words());
        has_no_word_of_a_driver(&refused);
    }
    // A new row, and a value that another row has.
    let mut form = shop.visitor.form("/categories/new").await;
    form.set("category_name", "Grain");
    let refused = shop.visitor.submit(&form).await.expect(422);
    assert!(refused.words().contains("Another row has this value"), "{}", refused.words());
    assert!(refused.text.contains("href=\"#f-category_name\""), "{}", refused.words());
    shop.is_as_it_was().await;
}

#[tokio::test]
async fn an_import_names_the_field_of_a_rule_that_it_did_not_know() {
    let mut shop = Shop::open(TRADE, Loose::builder()).await;
    let file = "product_name,unit_price\nSalt,5\nPepper,-5\nCloves,7\n";
    shop.visitor.get("/products/import").await.expect(200);
    let kept = shop.visitor.upload("/products/import", "products.csv", file.as_bytes()).await.expect(303);
    let page = shop.visitor.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    form.force("how", "parts").force("step", "go");
    let job = shop.visitor.submit(&form).await.expect(303).location().to_owned();
    let page = loop {
        let page = shop.visitor.get(&job).await.expect(200);
        if !page.text.contains("data-poll") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    let words = page.words();
    assert!(words.contains("2 done, 1 failed") && words.contains("Line 3"), "{words}");
    assert!(words.contains("Unit price") && words.contains("a rule of its own"), "{words}");
    has_no_word_of_a_driver(&page);
}
