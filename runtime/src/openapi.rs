//! The API of a panel as an OpenAPI 3.1 document, written from the same tables that answer. It tells what there is for
//! whoever holds every right; what is there for a token is its person's role to say, at each request.

use serde_json::{Map, Value as Json, json};

use crate::key::LONGEST;
use crate::list_state::{is_filtered_by_part, is_filtered_by_span, is_sortable};
use crate::panel::{Action, Field, KeyKind, Kind, Model, Panel, Sensitivity};
use crate::store::LARGEST_PAGE;
use crate::value::Literal;

/// The document. `server` is the address that the panel is reached at, base path included.
pub(crate) fn document(panel: &Panel, server: &str) -> Json {
    let mut paths = Map::new();
    let mut schemas = of_problems();
    for model in panel.models {
        paths.insert(format!("/api/{}", model.slug), list(panel, model));
        paths.insert(format!("/api/{}/{{id}}", model.slug), row(model));
        for action in model.actions {
            paths.insert(format!("/api/{}/{{id}}/{}", model.slug, action.name), act(model, action));
        }
        schemas.insert(model.name.to_owned(), row_schema(panel, model));
        schemas.insert(format!("New{}", model.name), written_schema(panel, model, true));
        schemas.insert(format!("{}Change", model.name), written_schema(panel, model, false));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": panel.name,
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!(
                "{}\n\nEach token acts in the name of whoever made it. A field that they may not see is not in a row, and one \
                 that they may not write refuses the whole.", panel.doc.trim()).trim(),
        },
        "servers": [{ "url": server }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "Made on the account page." } },
            "schemas": schemas,
        },
    })
}

fn of_problems() -> Map<String, Json> {
    let problem = json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "errors": { "type": "object", "description": "What is wrong, by field.", "additionalProperties": { "type": "string" } },
        },
    });
    let side = json!({ "description": "As it stands in a row." });
    let conflict = json!({
        "allOf": [{ "$ref": "#/components/schemas/Problem" }],
        "properties": {
            "version": { "type": "string", "description": "Of the row as it is now." },
            "fields": { "type": "object", "additionalProperties": {
                "type": "object", "properties": { "yours": side, "theirs": side, "base": side },
            } },
            "held_by": counts(), "goes_along": counts(), "loses_its_link": counts(),
            "along": { "type": "integer", "description": "How many rows go along, to be agreed to." },
        },
    });
    Map::from_iter([("Problem".to_owned(), problem), ("Conflict".to_owned(), conflict)])
}

fn counts() -> Json {
    json!({ "type": "object", "additionalProperties": { "type": "integer" } })
}

fn problem(schema: &str, text: &str) -> Json {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "description": text, "content": { "application/problem+json": { "schema": schema } } })
}

fn answer(text: &str, schema: &Json) -> Json {
    json!({ "description": text, "content": { "application/json": { "schema": schema } } })
}

fn body(name: &str) -> Json {
    json!({ "required": true, "content": { "application/json": { "schema": of(name) } } })
}

fn of(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An operation, with what every one may answer.
fn operation(id: String, summary: String, of_its_own: Json) -> Json {
    let mut operation = Map::from_iter([("operationId".to_owned(), id.into()), ("summary".to_owned(), summary.into())]);
    if let Json::Object(members) = of_its_own {
        operation.extend(members);
    }
    if let Some(Json::Object(answers)) = operation.get_mut("responses") {
        answers.insert("401".to_owned(), problem("Problem", "No token that is good."));
        answers.insert("429".to_owned(), problem("Problem", "Too many requests."));
        answers.insert("default".to_owned(), problem("Problem", "A refusal or a fault."));
    }
    Json::Object(operation)
}

fn list(panel: &Panel, model: &Model) -> Json {
    let page = json!({
        "type": "object",
        "required": ["rows", "next", "previous", "count"],
        "properties": {
            "rows": { "type": "array", "items": of(model.name) },
            "next": { "type": ["string", "null"], "description": "The query of the next page." },
            "previous": { "type": ["string", "null"], "description": "The query of the page before." },
            "count": { "type": "object", "properties": {
                "exact": { "type": "integer" }, "more_than": { "type": "integer" },
            } },
        },
    });
    let many = model.plural.to_lowercase();
    let read =
        json!({ "parameters": questions(panel, model), "responses": { "200": answer("A page of the list.", &page) } });
    let made = json!({ "requestBody": body(&format!("New{}", model.name)), "responses": {
        "201": answer("The new row.", &of(model.name)),
        "422": problem("Problem", "What is wrong, by field."),
    } });
    json!({
        "get": operation(format!("list{}", model.name), format!("List {many}"), read),
        "post": operation(format!("create{}", model.name), format!("Create a {}", model.title.to_lowercase()), made),
    })
}

fn query(name: &str, text: &str, schema: &Json) -> Json {
    json!({ "name": name, "in": "query", "description": text, "schema": schema })
}

/// What a list can be asked.
fn questions(panel: &Panel, model: &Model) -> Vec<Json> {
    let text = || json!({ "type": "string" });
    let mut asked = Vec::new();
    if !model.search.is_empty() {
        asked.push(query("q", "Text to look for.", &text()));
    }
    let readable = model.fields.iter().filter(|field| is_readable(field));
    let orders: Vec<String> = readable
        .filter(|field| is_sortable(field))
        .flat_map(|field| [field.name.to_owned(), format!("-{}", field.name)])
        .collect();
    if !orders.is_empty() {
        asked.push(query(
            "sort",
            "The order; with `-` the other way round.",
            &json!({ "type": "string", "enum": orders }),
        ));
    }
    asked.push(query(
        "size",
        "Rows a page.",
        &json!({ "type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 50 }),
    ));
    asked.push(query("after", "A place that `next` names.", &text()));
    asked.push(query("before", "A place that `previous` names.", &text()));
    for field in model.fields.iter().filter(|field| is_readable(field)) {
        let is_key = matches!(field.kind, Kind::Model(..) | Kind::Many(_));
        if !is_key && !model.filter.contains(&field.index) {
            continue;
        }
        let name = |part: &str| format!("f.{}{part}", field.name);
        if field.kind != Kind::Text {
            let one = match field.kind {
                Kind::Many(_) => json!({ "type": "integer" }),
                // Of days also the words for a span.
                Kind::Date | Kind::Timestamp => text(),
                _ => value(panel, field),
            };
            asked.push(query(&name(""), "One of these.", &json!({ "type": "array", "items": one })));
        }
        if is_filtered_by_part(field) {
            asked.push(query(&name(".has"), "A part of the text.", &text()));
        }
        if is_filtered_by_span(field) {
            asked.push(query(&name(".from"), "Not less.", &text()));
            asked.push(query(&name(".to"), "Not more.", &text()));
        }
        if field.optional || field.links().is_some() {
            asked.push(query(
                &name(".null"),
                "1: only without a value, 0: only with one.",
                &json!({ "enum": ["0", "1"] }),
            ));
        }
    }
    asked
}

/// The key of a row within a path.
fn id(model: &Model) -> Json {
    let schema = match model.key {
        // As the panel numbers its own rows; what was there before may have any.
        KeyKind::Number if model.adopted.is_none() => json!({ "type": "integer", "minimum": 1 }),
        KeyKind::Number | KeyKind::Uuid => key_read(model.key),
        KeyKind::Text => json!({ "type": "string", "minLength": 1, "maxLength": LONGEST }),
    };
    json!({ "name": "id", "in": "path", "required": true, "schema": schema })
}

/// The key of a row as a row holds it.
fn key_read(kind: KeyKind) -> Json {
    match kind {
        KeyKind::Number => json!({ "type": "integer" }),
        KeyKind::Uuid => json!({ "type": "string", "format": "uuid" }),
        KeyKind::Text => json!({ "type": "string" }),
    }
}

fn if_match() -> Json {
    json!({ "name": "If-Match", "in": "header", "description": "The version that was seen, as `ETag` gave it.", "schema": { "type": "string" } })
}

fn row(model: &Model) -> Json {
    let title = model.title.to_lowercase();
    let etag = json!({ "ETag": { "description": "Its version.", "schema": { "type": "string" } } });
    let mut found = answer("The row.", &of(model.name));
    if let Json::Object(found) = &mut found {
        found.insert("headers".to_owned(), etag);
    }
    let changed = json!({
        "parameters": [if_match()],
        "requestBody": body(&format!("{}Change", model.name)),
        "responses": {
            "200": found.clone(),
            "409": problem("Conflict", "Somebody else changed it meanwhile."),
            "422": problem("Problem", "What is wrong, by field."),
            "428": problem("Problem", "The version that was seen is not named."),
        },
    });
    let along = query("along", "How many rows may go along.", &json!({ "type": "integer", "minimum": 0 }));
    let removed = json!({
        "parameters": [if_match(), query("version", "The version that was seen.", &json!({ "type": "string" })), along],
        "responses": {
            "204": { "description": "It is gone." },
            "409": problem("Conflict", "It changed meanwhile, is held by other rows, or takes some along."),
            "428": problem("Problem", "The version that was seen is not named."),
        },
    });
    json!({
        "parameters": [id(model)],
        "get": operation(format!("get{}", model.name), format!("Read a {title}"), json!({ "responses": { "200": found } })),
        "patch": operation(format!("change{}", model.name), format!("Change a {title}"), changed),
        "delete": operation(format!("delete{}", model.name), format!("Delete a {title}"), removed),
    })
}

fn act(model: &Model, action: &Action) -> Json {
    let said = json!({ "type": "object", "properties": { "message": { "type": "string" } } });
    let version = json!({ "type": "object", "properties": { "version": version() }, "additionalProperties": false });
    let of_its_own = json!({
        "parameters": [if_match()],
        "description": action.doc.trim(),
        "requestBody": { "content": { "application/json": { "schema": version } } },
        "responses": {
            "200": answer("It is done.", &said),
            "409": problem("Conflict", "Somebody else changed the row meanwhile."),
        },
    });
    let id_of = format!("{}{}", action.name, model.name);
    json!({ "parameters": [id(model)], "post": operation(id_of, action.title.to_owned(), of_its_own) })
}

fn version() -> Json {
    json!({ "type": "string", "description": "What it was when it was read; it means nothing but itself." })
}

fn is_readable(field: &Field) -> bool {
    field.kind != Kind::Secret && field.sensitivity != Sensitivity::Secret
}

/// A row as it is read: whatever its reader may not see is not there.
fn row_schema(panel: &Panel, model: &Model) -> Json {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), key_read(model.key));
    properties.insert("version".to_owned(), version());
    for field in model.fields.iter().filter(|field| is_readable(field)) {
        properties.insert(field.name.to_owned(), described(panel, field, false));
        if matches!(field.kind, Kind::Model(..) | Kind::Actor | Kind::Many(_)) {
            properties.insert(
                format!("{}.label", field.name),
                json!({ "type": "string", "description": "The same in words." }),
            );
        }
    }
    json!({
        "type": "object", "title": model.title, "description": model.doc.trim(),
        "required": ["id", "version"], "properties": properties,
    })
}

/// What may be sent for a row.
fn written_schema(panel: &Panel, model: &Model, is_new: bool) -> Json {
    let written = || model.fields.iter().filter(|field| field.is_writable() && field.kind != Kind::Bytes);
    let mut properties: Map<String, Json> =
        written().map(|field| (field.name.to_owned(), described(panel, field, true))).collect();
    let mut schema = Map::from_iter([("type".to_owned(), Json::from("object"))]);
    if is_new {
        let needed = |field: &&Field| !field.optional && field.default.is_none() && field.links().is_none();
        let needed: Vec<&str> = written().filter(needed).map(|field| field.name).collect();
        schema.insert("required".to_owned(), needed.into());
    } else {
        properties.insert("version".to_owned(), version());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    schema.insert("properties".to_owned(), Json::Object(properties));
    Json::Object(schema)
}

/// A field with its title and help, and `null` where it may be empty.
fn described(panel: &Panel, field: &Field, is_written: bool) -> Json {
    let Json::Object(mut schema) = value(panel, field) else { return json!({}) };
    if field.optional && field.kind != Kind::Secret {
        if let Some(kind) = schema.get("type").cloned() {
            schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        if let Some(Json::Array(variants)) = schema.get_mut("enum") {
            variants.push(Json::Null);
        }
    }
    schema.insert("title".to_owned(), field.title.into());
    if !field.help.is_empty() {
        schema.insert("description".to_owned(), field.help.into());
    }
    if field.kind == Kind::Secret {
        schema.insert("writeOnly".to_owned(), true.into());
    } else if !is_written && !field.is_writable() {
        schema.insert("readOnly".to_owned(), true.into());
    }
    Json::Object(schema)
}

fn value(panel: &Panel, field: &Field) -> Json {
    let mut schema = match field.kind {
        Kind::String | Kind::Text | Kind::Secret => json!({ "type": "string" }),
        Kind::Email => json!({ "type": "string", "format": "email" }),
        Kind::Url => json!({ "type": "string", "format": "uri" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::I32 => json!({ "type": "integer", "format": "int32" }),
        Kind::I64 | Kind::Actor | Kind::Model(_, _, KeyKind::Number) => json!({ "type": "integer", "format": "int64" }),
        Kind::Model(_, _, key) => key_read(key),
        Kind::F64 => json!({ "type": "number", "format": "double" }),
        Kind::Decimal { scale, .. } => {
            json!({ "type": "string", "pattern": format!("^-?[0-9]+(\\.[0-9]{{1,{}}})?$", scale.max(1)) })
        }
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Time => json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$" }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::Uuid => key_read(KeyKind::Uuid),
        Kind::Json => json!({}),
        Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        Kind::Choice(choice) => {
            let variants = panel.choices.get(choice).map_or(&[][..], |choice| choice.variants);
            json!({ "type": "string", "enum": variants.iter().map(|variant| variant.name).collect::<Vec<_>>() })
        }
        Kind::Many(_) => json!({ "type": "array", "items": { "type": "integer", "format": "int64" } }),
    };
    let Json::Object(bounded) = &mut schema else { return schema };
    let is_text = matches!(field.kind, Kind::String | Kind::Text | Kind::Secret | Kind::Email | Kind::Url);
    let (least, most) = if is_text { ("minLength", "maxLength") } else { ("minItems", "maxItems") };
    if is_text || field.links().is_some() {
        bounded.extend(field.min_len.map(|length| (least.to_owned(), length.into())));
        bounded.extend(field.max_len.map(|length| (most.to_owned(), length.into())));
    }
    if let Some(pattern) = field.pattern {
        bounded.insert("pattern".to_owned(), format!("^(?:{pattern})$").into());
    }
    if matches!(field.kind, Kind::I32 | Kind::I64 | Kind::F64) {
        bounded.extend(field.min.and_then(number).map(|bound| ("minimum".to_owned(), bound)));
        bounded.extend(field.max.and_then(number).map(|bound| ("maximum".to_owned(), bound)));
    }
    schema
}

fn number(bound: Literal) -> Option<Json> {
    match bound {
        Literal::Int(number) => Some(number.into()),
        Literal::Number(text) => serde_json::from_str(text).ok(),
        Literal::Null | Literal::Bool(_) | Literal::Text(_) => None,
    }
}
