//! Who rules over whom, as a picture: one box a role, higher ranks higher up, an arrow for authority over people,
//! dashed where it can only be lent. No arrow crosses a box that it has nothing to do with.

use std::fmt::Write as _;

use crate::clause;
use crate::matrix;
use crate::panel::{Panel, Role};

const BOX_HEIGHT: usize = 44;
const GAP: (usize, usize) = (56, 96);
/// A letter of the picture's text, at most.
const LETTER: usize = 9;

/// The picture of the roles, from its own upper left corner.
pub(super) struct Graph {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) body: String,
}

/// Where the boxes stand.
struct Layout {
    box_width: usize,
    /// By role, the upper left corner.
    places: Vec<(usize, usize)>,
    level: Vec<usize>,
    /// By level: the middles of the gaps beside and between its boxes.
    gaps: Vec<Vec<usize>>,
}

pub(super) fn graph(panel: &Panel) -> Graph {
    let rows = rows(panel);
    let longest = panel.roles.iter().map(|role| role.title.chars().count()).max().unwrap_or(0);
    let box_width = (longest * LETTER + 24).max(130);
    let widest = rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
    // A gap on either side, for the arrows that go round.
    let width = widest * box_width + (widest + 1) * GAP.0;
    let height = rows.len().max(1) * BOX_HEIGHT + rows.len().saturating_sub(1) * GAP.1;
    let mut layout = Layout {
        box_width,
        places: vec![(0, 0); panel.roles.len()],
        level: vec![0; panel.roles.len()],
        gaps: Vec::new(),
    };
    for (level, row) in rows.iter().enumerate() {
        let used = row.len() * box_width + row.len().saturating_sub(1) * GAP.0;
        let start = (width - used) / 2;
        let step = box_width + GAP.0;
        for (at, role) in row.iter().enumerate() {
            layout.places[*role] = (start + at * step, level * (BOX_HEIGHT + GAP.1));
            layout.level[*role] = level;
        }
        layout.gaps.push((0..=row.len()).map(|gap| start + gap * step - GAP.0 / 2).collect());
    }
    let mut body = String::new();
    for role in panel.roles {
        let authority = matrix::authority(role);
        for (target, lendable) in (0..panel.roles.len()).flat_map(|target| [(target, false), (target, true)]) {
            let over = authority.iter().filter(|one| one.lendable == lendable && one.over.contains(&target));
            let verbs: Vec<&str> = over.flat_map(|one| &one.verbs).map(|verb| clause::people_verb(*verb)).collect();
            if !verbs.is_empty() {
                let may = if lendable { "may be lent:" } else { "may" };
                let told = format!("{} {may} {} {}", role.title, verbs.join(", "), panel.roles[target].title);
                arrow(&mut body, &layout, role.index, target, lendable, &told);
            }
        }
    }
    for role in panel.roles {
        boxed(&mut body, role, layout.places[role.index], box_width);
    }
    Graph { width, height, body }
}

fn boxed(out: &mut String, role: &Role, (x, y): (usize, usize), width: usize) {
    let _ = writeln!(
        out,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"6\" fill=\"#f4f4f4\" stroke=\"#000\"/>"
    );
    let facts =
        [role.factor_required.then(|| "factor".to_owned()), (role.keep > 0).then(|| format!("keep {}", role.keep))];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let (middle, line) = (x + width / 2, y + if facts.is_empty() { 27 } else { 20 });
    let title = escaped(role.title);
    let _ = writeln!(out, "<text x=\"{middle}\" y=\"{line}\" text-anchor=\"middle\">{title}</text>");
    if !facts.is_empty() {
        let line = y + 36;
        let _ =
            writeln!(out, "<text x=\"{middle}\" y=\"{line}\" text-anchor=\"middle\" font-size=\"11\">{facts}</text>");
    }
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

fn arrow(out: &mut String, layout: &Layout, from: usize, to: usize, lent: bool, told: &str) {
    let path = if from == to {
        on_itself(layout, from)
    } else if layout.level[from] == layout.level[to] {
        beside(layout, from, to)
    } else {
        between(layout, from, to)
    };
    let dashes = if lent { " stroke-dasharray=\"5 4\"" } else { "" };
    let _ = writeln!(
        out,
        "<path d=\"{path}\" fill=\"none\" stroke=\"#555\"{dashes} marker-end=\"url(#head)\"><title>{}</title></path>",
        escaped(told)
    );
}

fn on_itself(layout: &Layout, role: usize) -> String {
    let (x, y) = (layout.places[role].0 + layout.box_width, layout.places[role].1);
    let (out, end) = (x + 26, y + BOX_HEIGHT);
    format!("M{x} {} C{out} {y} {out} {end} {x} {}", y + 12, end - 12)
}

fn beside(layout: &Layout, from: usize, to: usize) -> String {
    let ((from, y), (to, _)) = (layout.places[from], layout.places[to]);
    let middle = |x: usize| x + layout.box_width / 2;
    let (from, to, y) = (middle(from), middle(to), y + BOX_HEIGHT);
    format!("M{from} {y} Q{} {} {to} {y}", usize::midpoint(from, to), y + GAP.1 / 2)
}

/// From box to box over one level or several; past a level in between it goes through the gap that lies nearest.
fn between(layout: &Layout, from: usize, to: usize) -> String {
    let (down, levels) = (layout.level[from] < layout.level[to], (layout.level[from], layout.level[to]));
    let (start, end) = (layout.places[from], layout.places[to]);
    let middle = |place: (usize, usize)| place.0 + layout.box_width / 2;
    let mut passed: Vec<usize> =
        if down { (levels.0 + 1..levels.1).collect() } else { (levels.1 + 1..levels.0).collect() };
    if !down {
        passed.reverse();
    }
    let mut through: Vec<(usize, usize)> = Vec::new();
    for level in passed {
        let near = through.last().map_or(middle(start), |point| point.0);
        let wanted = usize::midpoint(near, middle(end));
        let gap = layout.gaps[level].iter().copied().min_by_key(|gap| gap.abs_diff(wanted)).unwrap_or(wanted);
        // Arrows through one gap run side by side, those to the left on the left.
        let aside = 4 + to * 3 % 12;
        let gap = if middle(end) < gap { gap.saturating_sub(aside) } else { gap + aside };
        let top = level * (BOX_HEIGHT + GAP.1);
        let (enter, leave) = if down { (top, top + BOX_HEIGHT) } else { (top + BOX_HEIGHT, top) };
        through.extend([(gap, enter), (gap, leave)]);
    }
    // Arrows of one box leave it and reach it at places of their own, on the side that they come from.
    let aside = |place: (usize, usize), other: usize| {
        let (x, reach) = (middle(place), layout.box_width / 3);
        if other < x { x - ((x - other) / 5).min(reach) } else { x + ((other - x) / 5).min(reach) }
    };
    let first = through.first().map_or(middle(end), |point| point.0);
    let last = through.last().map_or(middle(start), |point| point.0);
    let (leaves, reaches) = if down { (start.1 + BOX_HEIGHT, end.1) } else { (start.1, end.1 + BOX_HEIGHT) };
    let mut path = format!("M{} {leaves}", aside(start, first));
    for (x, y) in through {
        let _ = write!(path, " L{x} {y}");
    }
    let _ = write!(path, " L{} {reaches}", aside(end, last));
    path
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
