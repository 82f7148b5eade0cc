//! A panel's own table beside such tables, and keys that lead from it into them.

use super::QUAY;
use crate::PARCELS;
use crate::serving::Shop;

bailiwick::admin! {
    panel Desk {
        database env "DATABASE_URL" or "sqlite:desk.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    model Depot {
        table "depots" adopted key "id" Uuid;
        name: String len ..=60 label search;
        list name;
    }

    model Carrier {
        table "carriers" adopted key code;
        code: String len ..=12;
        name: String len ..=40 label search;
        list code, name;
    }

    model Remark {
        text: String len ..=80 label search;
        carrier: Carrier restrict;
        depot: Option<Depot> set_null;
        list text, carrier, depot;
        filter carrier, depot;
        sort carrier;
    }

    /// Runs it.
    role Administrator {
        all *;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

#[tokio::test]
async fn a_table_of_the_panel_points_at_rows_known_by_texts_and_uuids() {
    let mut shop = Shop::open(PARCELS, Desk::builder()).await;
    for (text, carrier) in [("Late", "a/b c"), ("Early", "new"), ("Lost", "Zed")] {
        let mut form = shop.visitor.form("/remarks/new").await;
        form.set("text", text).set("carrier", carrier).set("depot", QUAY);
        shop.visitor.submit(&form).await.expect(303);
    }
    let words = shop.visitor.get("/remarks").await.expect(200).words();
    let places = ["Lost", "Late", "Early"].map(|text| words.find(text).unwrap_or_else(|| panic!("{text}: {words}")));
    assert!(places.is_sorted(), "byte by byte: {words}");
    assert!(words.contains("Slash and Blank") && words.contains("Quay"), "{words}");
    for (filter, text) in [("f.carrier=a%2Fb+c", "Late"), ("f.carrier=Zed", "Lost")] {
        let found = shop.visitor.get(&format!("/remarks?{filter}&f.depot={QUAY}")).await.expect(200).words();
        assert!(found.contains(text) && !found.contains("Early"), "{filter}: {found}");
    }
    // One page after the other.
    let page = shop.visitor.get("/remarks?size=1").await.expect(200);
    let next = page.hrefs().into_iter().find(|href| href.contains("after=")).expect("a next page");
    assert!(shop.visitor.get(&next).await.expect(200).words().contains("Late"));
    let held = shop.visitor.get("/carriers/~Zed/delete").await.expect(200).words();
    assert!(held.contains("1 remark points at it"), "{held}");
    assert!(shop.service.app().store.plan().await.expect("a plan").is_empty(), "the schema is as it was made");
}
