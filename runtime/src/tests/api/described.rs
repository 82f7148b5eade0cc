//! The document that describes the API says what the API does: its references lead somewhere, its paths are answered, and
//! what comes back is of the types that it names.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{OWNER, PANEL, clinic};
use crate::openapi::document;
use crate::panel::{KeyKind, Model, Panel};
use crate::route::{ApiPage, Route};
use crate::testing::{CLINIC, DOCTORS, INVOICES, PATIENTS, SAMPLE, SAMPLES, VISITS, minutes, seed, text};
use crate::value::Value;

fn described() -> Json {
    document(&PANEL, "http://127.0.0.1:8000")
}

fn references<'j>(json: &'j Json, found: &mut BTreeSet<&'j str>) {
    match json {
        Json::Object(members) => {
            found.extend(members.get("$ref").and_then(Json::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_path_is_one_of_the_api() {
    let document = described();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "7");
        let page = Route::parse(&PANEL, &path);
        assert!(matches!(page, Some(Route::Api(page)) if !matches!(page, ApiPage::Nothing)), "{path}");
        for operation in methods.as_object().unwrap().values().filter_map(|method| method["operationId"].as_str()) {
            assert!(operations.insert(operation), "{operation} is there twice");
        }
    }
    assert_eq!(operations.len(), PANEL.models.len() * 5 + 1);
    // A secret is written and never read.
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["NewPatient"]["properties"]["pin"]["writeOnly"], true);
    assert!(schemas["Patient"]["properties"].get("pin").is_none());
    assert_eq!(schemas["NewPatient"]["required"], json!(["name", "born", "doctor"]));
    assert!(schemas["InvoiceChange"]["properties"].get("state").is_none(), "what no form writes");
}

fn is_of(schema: &Json, value: &Json) -> bool {
    let Some(named) = schema.get("type") else { return true };
    let named: Vec<&str> = match named {
        Json::String(one) => vec![one],
        other => other.as_array().unwrap().iter().filter_map(Json::as_str).collect(),
    };
    let is = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let fits = named.contains(&is) || (is == "integer" && named.contains(&"number"));
    fits && schema["enum"].as_array().is_none_or(|variants| variants.contains(value))
}

#[tokio::test]
async fn what_comes_back_is_what_is_described() {
    let clinic = clinic().await;
    let moment = minutes(0);
    let full = vec![
        (0, text("a")),
        (1, text("b\nc")),
        (2, Value::Bool(true)),
        (3, Value::Int(7)),
        (4, Value::Int(i64::MAX)),
        (5, Value::Float(0.5)),
        (6, Value::Decimal("1234567890123456.78".parse().unwrap())),
        (8, crate::testing::date("2026-11-21")),
        (10, moment),
        (11, Value::Uuid(uuid::Uuid::from_u128(7))),
        (12, Value::Json("{\"a\": [1.0]}".to_owned())),
        (14, Value::Bytes(vec![1, 2, 3])),
        (15, text("Draft")),
    ];
    seed(&clinic.house.app().store, SAMPLE, vec![full, Vec::new()]).await;
    let owner = clinic.program(OWNER).await;
    let document = described();
    for model in PANEL.models {
        let properties = &document["components"]["schemas"][model.name]["properties"];
        let list = owner.get(&format!("/api/{}", model.slug)).await.is(200);
        for line in list["rows"].as_array().unwrap() {
            let row = owner.get(&format!("/api/{}/{}", model.slug, line["id"])).await.is(200);
            for (name, value) in row.as_object().unwrap().iter().chain(line.as_object().unwrap()) {
                let schema = properties.get(name).unwrap_or_else(|| panic!("{}: {name}", model.name));
                assert!(is_of(schema, value), "{} {name}: {value} is not of {schema}", model.name);
            }
        }
        // Every parameter is one that the list takes.
        let list = &document["paths"][format!("/api/{}", model.slug)]["get"];
        for parameter in list["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            if matches!(name, "after" | "before") {
                continue;
            }
            let schema = &parameter["schema"];
            let of = if schema["type"] == "array" { &schema["items"] } else { schema };
            let value = match (of["enum"].get(0), of["type"].as_str(), of["format"].as_str()) {
                (Some(one), ..) => one.as_str().unwrap(),
                (None, Some("integer"), _) => "1",
                (None, Some("boolean"), _) => "true",
                (None, _, _) if name == "q" || name.rsplit('.').next() == Some("has") => "x",
                _ => "2026-01-01",
            };
            owner.get(&format!("/api/{}?{name}={value}", model.slug)).await.is(200);
        }
    }
}

/// What the description calls no key, a program made from it never asks for.
#[test]
fn a_row_of_an_adopted_table_may_have_any_key_that_a_page_opens() {
    static ADOPTED: Panel = Panel {
        models: &[
            Model { adopted: Some("id"), ..DOCTORS },
            Model { adopted: Some("name"), key: KeyKind::Text, ..PATIENTS },
            VISITS,
            INVOICES,
            SAMPLES,
        ],
        ..CLINIC
    };
    let document = document(&ADOPTED, "http://127.0.0.1:8000");
    for (path, schema) in [
        ("/api/doctors/{id}", json!({ "type": "integer" })),
        ("/api/patients/{id}", json!({ "type": "string", "minLength": 1, "maxLength": 64 })),
        ("/api/visits/{id}", json!({ "type": "integer", "minimum": 1 })),
    ] {
        assert_eq!(document["paths"][path]["parameters"][0]["schema"], schema, "{path}");
    }
}
