//! Who rules over whom, as a picture: one box a role, higher ranks higher up, an arrow for authority over people. Plain
//! SVG in black on white, to be read beside a review.

use std::fmt::Write as _;

use crate::clause;
use crate::panel::{Panel, Role};

const BOX: (usize, usize) = (150, 44);
const GAP: (usize, usize) = (50, 96);
const EDGE: usize = 40;

/// The picture.
#[must_use]
pub(super) fn svg(panel: &Panel) -> String {
    let rows = rows(panel);
    let widest = rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let width = 2 * EDGE + widest * BOX.0 + (widest - 1) * GAP.0;
    let height = 2 * EDGE + rows.len().max(1) * BOX.1 + rows.len().saturating_sub(1) * GAP.1;
    let mut places = vec![(0, 0); panel.roles.len()];
    for (level, row) in rows.iter().enumerate() {
        let used = row.len() * BOX.0 + row.len().saturating_sub(1) * GAP.0;
        let start = (width - used) / 2;
        for (at, role) in row.iter().enumerate() {
            places[*role] = (start + at * (BOX.0 + GAP.0), EDGE + level * (BOX.1 + GAP.1));
        }
    }
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"14\">"
    );
    let _ = writeln!(out, "<title>Who rules over whom in {}</title>", escaped(panel.name));
    out.push_str(
        "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" \
         fill=\"#fff\"/>\n",
    );
    for role in panel.roles {
        for (target, verbs) in over(panel, role) {
            let (from, to) = (places[role.index], places[target]);
            let told = format!("{} may {} {}", role.title, verbs.join(", "), panel.roles[target].title);
            arrow(&mut out, from, to, role.index == target, &told);
        }
    }
    for role in panel.roles {
        let (x, y) = places[role.index];
        let (w, h) = BOX;
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"6\" fill=\"#f4f4f4\" stroke=\"#000\"/>"
        );
        let facts =
            [role.factor_required.then(|| "factor".to_owned()), (role.keep > 0).then(|| format!("keep {}", role.keep))];
        let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let middle = (x + w / 2, y + if facts.is_empty() { 27 } else { 20 });
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            middle.0,
            middle.1,
            escaped(role.title)
        );
        if !facts.is_empty() {
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\">{facts}</text>",
                middle.0,
                y + 36
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Roles by rank, the highest first: a role stands below everything that it is under; beside means in the same row.
fn rows(panel: &Panel) -> Vec<Vec<usize>> {
    let mut level = vec![0_usize; panel.roles.len()];
    // Ranks have no circle (a rule), so this settles within as many rounds as there are roles.
    for _ in 0..panel.roles.len() {
        for role in panel.roles {
            let below = role.under.iter().filter_map(|above| level.get(*above)).map(|above| above + 1).max();
            let beside = role.beside.iter().filter_map(|other| level.get(*other)).copied().max();
            if let Some(wanted) = below.into_iter().chain(beside).max() {
                level[role.index] = level[role.index].max(wanted).min(panel.roles.len());
            }
        }
    }
    let deepest = level.iter().copied().max().unwrap_or(0);
    let rows = (0..=deepest).map(|row| (0..level.len()).filter(|role| level[*role] == row).collect::<Vec<_>>());
    rows.filter(|row| !row.is_empty()).collect()
}

/// What a role may do with holders of each other role.
fn over(panel: &Panel, role: &Role) -> Vec<(usize, Vec<&'static str>)> {
    let mut all: Vec<(usize, Vec<&'static str>)> = Vec::new();
    for cell in role.people.iter().filter(|cell| cell.target < panel.roles.len()) {
        let word = clause::people_verb(cell.verb);
        match all.iter_mut().find(|(target, _)| *target == cell.target) {
            Some((_, words)) if words.contains(&word) => {}
            Some((_, words)) => words.push(word),
            None => all.push((cell.target, vec![word])),
        }
    }
    all
}

fn arrow(out: &mut String, from: (usize, usize), to: (usize, usize), on_itself: bool, told: &str) {
    let (w, h) = BOX;
    let path = if on_itself {
        let (x, y) = (from.0 + w, from.1);
        format!("M{x} {} C{} {} {} {} {x} {}", y + 12, x + 32, y, x + 32, y + h, y + h - 12)
    } else if from.1 == to.1 {
        let (start, end) = if from.0 < to.0 { (from.0 + w, to.0) } else { (from.0, to.0 + w) };
        let bend = from.1 + h + GAP.1 / 3;
        format!("M{start} {} Q{} {bend} {end} {}", from.1 + h / 2, usize::midpoint(start, end), to.1 + h / 2)
    } else {
        let (start, end) = if from.1 < to.1 { (from.1 + h, to.1) } else { (from.1, to.1 + h) };
        format!("M{} {start} L{} {end}", from.0 + w / 2, to.0 + w / 2)
    };
    let _ = writeln!(
        out,
        "<path d=\"{path}\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#head)\"><title>{}</title></path>",
        escaped(told)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
