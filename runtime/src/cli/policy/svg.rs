//! The policy as one picture: who rules over whom, the matrix below it, then what must never be true and the accepted
//! exceptions. Plain SVG in black on white, without script, to be read and printed beside a review.

use std::fmt::Write as _;

use super::graph::{escaped, graph};
use super::told::{LEGEND, accepted, authority, lines};
use crate::matrix::Reach;
use crate::panel::Panel;

const EDGE: usize = 40;
const LINE: usize = 22;
/// A letter of text, at most.
const LETTER: usize = 8;
const RADIUS: usize = 6;

/// Draws from the top down, and knows how far it came.
struct Page {
    body: String,
    width: usize,
    down: usize,
}

pub(super) fn policy(panel: &Panel) -> String {
    let mut page = Page { body: String::new(), width: 0, down: EDGE };
    page.heading(&format!("Who rules over whom in {}", panel.name));
    let graph = graph(panel);
    page.width = page.width.max(2 * EDGE + graph.width);
    let _ = writeln!(page.body, "<g transform=\"translate({EDGE} {})\">\n{}</g>", page.down, graph.body);
    page.down += graph.height + LINE + LINE / 2;
    for told in panel.roles.iter().flat_map(|role| authority(panel, role)) {
        page.text(&told);
    }
    page.down += LINE;
    page.matrix(panel);
    page.list("Never", panel.forbids.iter().map(|clause| clause.text.to_owned()));
    page.list("Accepted exceptions", panel.accepts.iter().map(accepted));
    let (width, height) = (page.width, page.down + EDGE - LINE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"14\">\n<title>The policy of {}</title>\n\
         <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" \
         fill=\"#fff\"/>\n{}</svg>\n",
        escaped(panel.name),
        page.body
    )
}

impl Page {
    fn write(&mut self, x: usize, attributes: &str, text: &str) {
        let _ = writeln!(self.body, "<text x=\"{x}\" y=\"{}\"{attributes}>{}</text>", self.down, escaped(text));
    }

    fn wide(&mut self, text: &str) {
        self.width = self.width.max(2 * EDGE + text.chars().count() * LETTER);
    }

    fn heading(&mut self, text: &str) {
        self.wide(text);
        self.write(EDGE, " font-size=\"17\" font-weight=\"bold\"", text);
        self.down += LINE;
    }

    fn text(&mut self, text: &str) {
        self.wide(text);
        self.write(EDGE, "", text);
        self.down += LINE;
    }

    fn list(&mut self, title: &str, lines: impl Iterator<Item = String>) {
        let mut lines = lines.peekable();
        if lines.peek().is_some() {
            self.heading(title);
            lines.for_each(|line| self.text(&line));
            self.down += LINE;
        }
    }

    fn matrix(&mut self, panel: &Panel) {
        self.heading("Who may do what");
        self.text(LEGEND);
        let lines = lines(panel);
        let wide = |text: &str| text.chars().count() * LETTER;
        let model = lines.iter().map(|line| wide(line.title)).max().unwrap_or(0) + LETTER;
        let verb = lines.iter().map(|line| wide(&line.verb)).max().unwrap_or(0) + 2 * LETTER;
        // The middle of each role's column.
        let mut columns = Vec::new();
        let mut end = EDGE + model + verb;
        for role in panel.roles {
            let width = wide(role.title) + 2 * LETTER;
            columns.push(end + width / 2);
            end += width;
        }
        self.width = self.width.max(end + EDGE);
        self.down += LINE / 2;
        for (role, column) in panel.roles.iter().zip(&columns) {
            self.write(*column, " text-anchor=\"middle\" font-weight=\"bold\"", role.title);
        }
        self.down += LINE;
        let mut before = "";
        for line in &lines {
            if line.title != before {
                let above = self.down - LINE * 2 / 3 - 2;
                let _ = writeln!(self.body, "<path d=\"M{EDGE} {above}H{end}\" stroke=\"#bbb\"/>");
                self.write(EDGE, "", line.title);
            }
            before = line.title;
            self.write(EDGE + model, "", &line.verb);
            for ((role, column), reach) in panel.roles.iter().zip(&columns).zip(&line.reach) {
                let told = format!("{}: {} {}, {}", role.title, line.verb, line.title, in_words(*reach));
                self.mark(*column, *reach, &told);
            }
            self.down += LINE;
        }
        self.down += LINE;
    }

    /// A disk, half a disk, or a ring; nothing for nothing.
    fn mark(&mut self, x: usize, reach: Reach, told: &str) {
        let y = self.down - RADIUS + 1;
        let fill = match reach {
            Reach::None => return,
            Reach::All => "#000",
            Reach::Lendable => "none",
            Reach::Some => {
                let half = format!("M{x} {} A{RADIUS} {RADIUS} 0 0 0 {x} {} z", y - RADIUS, y + RADIUS);
                let _ = writeln!(self.body, "<path d=\"{half}\"/>");
                "none"
            }
        };
        let _ = writeln!(
            self.body,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\" fill=\"{fill}\" stroke=\"#000\"><title>{}</title></circle>",
            escaped(told)
        );
    }
}

fn in_words(reach: Reach) -> &'static str {
    match reach {
        Reach::None => "not at all",
        Reach::Lendable => "can be lent",
        Reach::Some => "in some rows or fields",
        Reach::All => "everywhere",
    }
}
