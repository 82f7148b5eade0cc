//! `policy.lock`: the effective policy as text, one right a line, in the grammar of the block. The macro reads it again
//! while compiling and fails the build on whatever goes beyond it; this file only writes it and tells two of them
//! apart.

mod doors;

use std::collections::BTreeMap;

use crate::clause;
use crate::panel::{Cell, FieldSet, Model, Panel, Reauth, Role};

/// Its name, beside the Cargo.toml of the crate that holds the block.
pub const FILE: &str = "policy.lock";

/// The whole text: how one gets in, guards, what actions do, then role by role every right with every field by name.
#[must_use]
pub fn text(panel: &Panel) -> String {
    let mut lines = vec![
        format!(
            "// Who may do what in {}, as somebody accepted it. `policy accept` writes this file; a build that",
            panel.name
        ),
        "// grants more fails. Read its changes in review: each line is one right.".to_owned(),
        format!("panel {} {{", panel.name),
        format!("    {}", doors::proxies(panel)),
        "}".to_owned(),
        String::new(),
    ];
    lines.extend(doors::clauses(panel));
    let mut guards = vec![String::new()];
    let proofs = proofs(panel);
    if !proofs.is_empty() {
        guards.push(format!("reauth {};", proofs.join(", ")));
    }
    // The other forbids are judged before the tables are written; this one also holds at run time.
    let one_person = panel.forbids.iter().filter(|clause| clause.text.starts_with("forbid one_person "));
    guards.extend(one_person.map(|clause| format!("{};", clause.text.trim_end_matches(';'))));
    guards.extend(doors::accepts(panel, panel.name));
    if guards.len() > 1 {
        lines.extend(guards);
    }
    for model in panel.models {
        let actions = model.actions.iter().map(|action| effects(model, action));
        let about: Vec<String> = actions.chain(doors::accepts(panel, model.name)).collect();
        if !about.is_empty() {
            lines.extend([String::new(), format!("model {} {{", model.name)]);
            lines.extend(about.into_iter().map(|line| format!("    {line}")));
            lines.push("}".to_owned());
        }
    }
    for role in panel.roles {
        lines.extend([String::new(), format!("role {} {{", role.name)]);
        lines.extend(rights(panel, role).into_iter().map(|right| format!("    {right};")));
        lines.extend(doors::accepts(panel, role.name).map(|accept| format!("    {accept}")));
        lines.push("}".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

fn proofs(panel: &Panel) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    for proof in panel.reauth {
        let word = match proof {
            Reauth::Verb(verb) => panel.models.first().map_or("", |model| clause::verb(model, *verb)),
            Reauth::Action(model, action) => {
                panel.models.get(*model).and_then(|model| model.actions.get(*action)).map_or("", |action| action.name)
            }
            Reauth::People(verb) => clause::people_verb(*verb),
        };
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn effects(model: &Model, action: &crate::panel::Action) -> String {
    let writes: Vec<&str> =
        action.writes.iter().filter_map(|field| model.fields.get(*field)).map(|field| field.name).collect();
    let mut text = format!("action {}", action.name);
    if !writes.is_empty() {
        text.extend([" writes ", &writes.join(", ")]);
    }
    if action.mails {
        text.push_str(" mails");
    }
    if writes.is_empty() && !action.mails {
        text.push_str(" pure");
    }
    text.push(';');
    text
}

fn rights(panel: &Panel, role: &Role) -> Vec<String> {
    let mut rights = Vec::new();
    if role.factor_required {
        rights.push("factor required".to_owned());
    }
    if role.keep > 0 {
        rights.push(format!("keep {}", role.keep));
    }
    for model in panel.models {
        let of_model = || role.cells.iter().filter(|cell| cell.model == model.index);
        let mut cells: Vec<(&Cell, FieldSet)> = Vec::new();
        let says_all =
            |other: &Cell, cell: &Cell| other.says_more(cell) && (cell.reveal.is_none() || other.reveal.is_some());
        for cell in of_model().filter(|cell| !of_model().any(|other| says_all(other, cell))) {
            // Clauses over the same rows say one thing together.
            let same = cells.iter_mut().find(|(other, _)| {
                other.verb == cell.verb
                    && other.lendable == cell.lendable
                    && other.reveal == cell.reveal
                    && written(panel, model, other) == written(panel, model, cell)
            });
            match same {
                Some((_, fields)) => *fields = fields.union(cell.fields),
                None => cells.push((cell, cell.fields)),
            }
        }
        let mut lines: Vec<(usize, bool, String)> = cells
            .into_iter()
            .map(|(cell, fields)| {
                let mut line = clause::cell(panel, model, cell, fields);
                if let Some(reason) = cell.reveal {
                    line.extend([" reveal ", &format!("{reason:?}")]);
                }
                (cell.verb.place(), cell.lendable, line)
            })
            .collect();
        lines.sort();
        lines.dedup();
        rights.extend(lines.into_iter().map(|(.., line)| line));
    }
    rights.extend(role.framework.iter().map(|cell| clause::framework(cell).to_owned()));
    rights.extend(role.people.iter().filter_map(|cell| {
        let target = panel.roles.get(cell.target)?;
        let may = if cell.lendable { "may " } else { "" };
        Some(format!("{may}{} {}", clause::people_verb(cell.verb), target.name))
    }));
    let mut seen = std::collections::HashSet::new();
    rights.retain(|right| seen.insert(right.clone()));
    rights
}

fn written(panel: &Panel, model: &Model, cell: &Cell) -> Option<String> {
    cell.when.as_ref().map(|when| clause::predicate(panel, model, when))
}

/// What differs, section by section (`""`: the guards, `role Owner`), in the order of the texts: `- …` was there, `+ …`
/// is there now, `~ …` has other fields. Empty: the same policy, comments and blank lines aside.
#[must_use]
pub fn differences(before: &str, after: &str) -> Vec<(String, Vec<String>)> {
    let (old, new) = (sections(before), sections(after));
    let mut names: Vec<&String> = new.iter().map(|(name, _)| name).collect();
    names.extend(old.iter().map(|(name, _)| name).filter(|name| !new.iter().any(|(other, _)| other == *name)));
    let lines = |sections: &[(String, Vec<String>)], name: &str| -> Vec<String> {
        sections.iter().filter(|(other, _)| other == name).flat_map(|(_, lines)| lines.clone()).collect()
    };
    let mut all = Vec::new();
    for name in names {
        let told = changes(&lines(&old, name), &lines(&new, name));
        if !told.is_empty() {
            all.push((name.clone(), told));
        }
    }
    all
}

fn sections(text: &str) -> Vec<(String, Vec<String>)> {
    let mut sections: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        if let Some(name) = line.strip_suffix(" {") {
            sections.push((name.to_owned(), Vec::new()));
        } else if line == "}" {
            sections.push((String::new(), Vec::new()));
        } else if let Some((_, lines)) = sections.last_mut() {
            lines.push(line.trim_end_matches(';').to_owned());
        }
    }
    let mut merged: Vec<(String, Vec<String>)> = Vec::new();
    for (name, lines) in sections {
        match merged.iter_mut().find(|(other, _)| *other == name) {
            Some((_, all)) => all.extend(lines),
            None => merged.push((name, lines)),
        }
    }
    merged
}

fn changes(old: &[String], new: &[String]) -> Vec<String> {
    let gone: Vec<&String> = old.iter().filter(|line| !new.contains(line)).collect();
    let come: Vec<&String> = new.iter().filter(|line| !old.contains(line)).collect();
    let mut told = Vec::new();
    let mut paired = Vec::new();
    for line in &gone {
        let pair = come.iter().find(|other| frame(line).is_some() && frame(line) == frame(other));
        match (pair, frame(line)) {
            (Some(other), Some((head, tail))) => {
                paired.push(*other);
                told.push(format!("~ {head} {{ {} }}{tail}", fields(line, other)));
            }
            _ => told.push(format!("- {line}")),
        }
    }
    told.extend(come.iter().filter(|line| !paired.contains(*line)).map(|line| format!("+ {line}")));
    told
}

/// What stands before and behind the fields.
fn frame(line: &str) -> Option<(&str, &str)> {
    let (head, rest) = line.split_once(" { ")?;
    let (_, tail) = rest.split_once(" }")?;
    Some((head, tail))
}

fn fields(before: &str, after: &str) -> String {
    let names = |line: &str| -> BTreeMap<String, usize> {
        let inside =
            line.split_once(" { ").and_then(|(_, rest)| rest.split_once(" }")).map_or("", |(inside, _)| inside);
        inside.split(", ").map(str::to_owned).enumerate().map(|(place, name)| (name, place)).collect()
    };
    let (old, new) = (names(before), names(after));
    let mut told: Vec<(usize, String)> = Vec::new();
    told.extend(old.iter().filter(|(name, _)| !new.contains_key(*name)).map(|(name, at)| (*at, format!("-{name}"))));
    told.extend(new.iter().filter(|(name, _)| !old.contains_key(*name)).map(|(name, at)| (*at, format!("+{name}"))));
    told.sort();
    told.into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{differences, text};
    use crate::testing::PANEL;

    #[test]
    fn the_same_policy_has_no_differences_whatever_its_comments() {
        let whole = text(&PANEL);
        assert_eq!(differences(&whole, &format!("// another\n\n{whole}")), []);
    }

    #[test]
    fn every_kind_of_difference_is_told() {
        let before = "panel A {}\nreauth delete;\nrole X {\n  view M { a, b } when c == 1;\n  delete M;\n  view Audit;\n}\nrole Y {\n  view M { a };\n}\n";
        let after = "panel A {}\nreauth delete, edit;\nrole X {\n  view M { b, d } when c == 1;\n  view Audit;\n  edit M { a };\n}\n";
        let told = differences(before, after);
        let flat: Vec<String> =
            told.into_iter().flat_map(|(name, lines)| lines.into_iter().map(move |l| format!("{name}: {l}"))).collect();
        assert_eq!(
            flat,
            [
                ": - reauth delete",
                ": + reauth delete, edit",
                "role X: ~ view M { -a, +d } when c == 1",
                "role X: - delete M",
                "role X: + edit M { a }",
                "role Y: - view M { a }",
            ]
        );
    }

    #[test]
    fn a_panel_is_written_one_right_a_line() {
        insta::assert_snapshot!(text(&PANEL));
    }
}
