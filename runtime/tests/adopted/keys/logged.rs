//! The audit log of a row that is known by a text or a UUID, and the ways from there.

use super::{BOOKS, yard};
use crate::visitor::{Form, select};

#[tokio::test]
async fn every_chip_of_the_log_of_a_row_leads_on() {
    let mut shop = yard().await;
    for (row, key, field) in [("/carriers/~new", "new", "name"), (&format!("/parcels/{BOOKS}"), BOOKS, "contents")] {
        let mut form = shop.visitor.form(&format!("{row}/edit")).await;
        form.set(field, "Written down");
        shop.visitor.submit(&form).await.expect(303);
        let links = shop.visitor.get(row).await.expect(200).hrefs();
        let log = links.into_iter().find(|href| href.starts_with("/audit?")).expect("its log");
        let page = shop.visitor.get(&format!("{log}&event=row.updated&to=2999-01-01")).await.expect(200);
        assert!(page.words().contains("Written down"), "{}", page.words());
        let chips: Vec<(String, String)> = {
            let (page, links) = (page.page(), select("ul.chips a"));
            let link = |a: scraper::ElementRef<'_>| Some((a.text().collect(), a.attr("href")?.to_owned()));
            page.select(&links).filter_map(link).collect()
        };
        assert_eq!(chips.len(), 5, "{chips:?}");
        assert!(chips.iter().any(|(text, _)| text.contains(&format!("Key {key}"))), "{chips:?}");
        for (text, href) in &chips {
            shop.visitor.get(href).await.expect(200);
            assert!(!text.contains("Model") || !href.contains("id="), "a key without its model is none: {href}");
        }
        // Another model chosen in the form, or none: the row goes with the one that it is of.
        let form = Form::of(&page, "form.bar");
        for (model, stays) in [("", false), ("Depot", false), ("Person", false), (form.value("model"), true)] {
            let to = format!("/audit?model={model}&id={}&of={}", form.value("id"), form.value("of"));
            let page = shop.visitor.get(&to).await.expect(200);
            assert_eq!(page.texts("ul.chips a").join(" ").contains(key), stays, "{to}: {}", page.words());
        }
    }
    // What somebody wrote by hand is refused as ever.
    for wrong in ["/audit?id=new", "/audit?model=Parcel&id=new", "/audit?model=Parcel&of=Parcel&id=new"] {
        shop.visitor.get(wrong).await.expect(400);
    }
}
