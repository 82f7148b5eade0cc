//! The lines of a list, written straight to text: two hundred cells through the template engine cost more than all the
//! rest of the page. The one other place that makes HTML beside the templates; every text goes through the same
//! escaping.

use super::escape_into;
use crate::views::{Cell, Column, ListPage};

/// Bytes that a cell takes, about.
const CELL: usize = 120;

/// The rows of the table's body; empty: there are none.
pub(super) fn lines(page: &ListPage) -> String {
    let mut html = String::with_capacity(page.rows.len() * (page.columns.len() + 1) * CELL);
    for (at, row) in page.rows.iter().enumerate() {
        html.push_str("<tr>");
        if let (Some(tick), Some(first)) = (page.ticks.get(at), row.cells.first()) {
            html.push_str("<td class=\"tk\"><input type=\"checkbox\" form=\"bulk\"");
            attribute(&mut html, "name", "row");
            attribute(&mut html, "value", tick);
            html.push_str(" aria-label=\"Tick ");
            escape_into(&mut html, &first.text);
            html.push_str("\"></td>");
        }
        let mut cells = row.cells.iter();
        if let Some(first) = cells.next() {
            html.push_str("<th scope=\"row\"><a");
            attribute(&mut html, "href", &row.href);
            html.push('>');
            text(&mut html, first);
            html.push_str("</a></th>");
        }
        for (cell, column) in cells.zip(page.columns.iter().skip(1)) {
            one(&mut html, cell, column);
        }
        html.push_str("</tr>\n");
    }
    html
}

fn one(html: &mut String, cell: &Cell, column: &Column) {
    html.push_str("<td");
    attribute(html, "data-l", &column.label);
    if !cell.kind.is_empty() {
        attribute(html, "class", cell.kind);
    }
    if let Some(title) = &cell.title {
        attribute(html, "title", title);
    }
    html.push('>');
    match (&cell.href, cell.tone) {
        (Some(href), _) => {
            html.push_str("<a");
            attribute(html, "href", href);
            html.push('>');
            escape_into(html, &cell.text);
            html.push_str("</a>");
        }
        (None, Some(tone)) if cell.kind != "when" => {
            html.push_str("<span class=\"tag ");
            escape_into(html, tone);
            html.push_str("\">");
            escape_into(html, &cell.text);
            html.push_str("</span>");
        }
        _ => text(html, cell),
    }
    html.push_str("</td>");
}

fn text(html: &mut String, cell: &Cell) {
    if cell.kind == "when" {
        html.push_str("<time");
        attribute(html, "datetime", &cell.stamp);
        html.push('>');
        escape_into(html, &cell.text);
        html.push_str("</time>");
    } else {
        escape_into(html, &cell.text);
    }
}

fn attribute(html: &mut String, name: &'static str, value: &str) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    escape_into(html, value);
    html.push('"');
}
