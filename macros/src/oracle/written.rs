//! A small panel as the text of a block, for the checker to read. It leaves nothing out and adds what every block
//! needs.

use std::fmt::Write as _;

use super::small::{Field, Forbid, Grant, Kind, Model, Order, Over, OverVerb, Proof, Small, Then, Verb, When};

const GRADES: [&str; 3] = ["Low", "Mid", "High"];

impl Small {
    /// What stands between the braces of `admin!`.
    pub(super) fn written(&self) -> String {
        let mut text = "panel P { public_url \"http://127.0.0.1:8000\"; proxies none; }\n".to_owned();
        text.push_str("choice Level { Low, Mid, High }\n");
        for (id, model) in self.models.iter().enumerate() {
            model.write(id, &mut text);
        }
        for id in 0..self.roles.len() {
            self.write_role(id, &mut text);
        }
        for forbid in &self.forbids {
            self.write_forbid(forbid, &mut text);
        }
        for [a, b] in &self.apart {
            let word = |step: &super::small::Step| format!("{} M{}", verb(step.verb, Some(step.model)), step.model);
            let _ = writeln!(text, "forbid one_person {}, {};", word(a), word(b));
        }
        if !self.reauth.is_empty() {
            // What the rules ask for in any case opens and shuts nothing here.
            let words = self.reauth.iter().map(|proof| match proof {
                Proof::Verb(of) => verb(*of, None),
                Proof::Action(model, action) => format!("act{model}x{action}"),
            });
            let words = ["delete", "export", "assign", "reset"].map(str::to_owned).into_iter().chain(words);
            let _ = writeln!(text, "reauth {};", words.collect::<Vec<_>>().join(", "));
        }
        if let Some(recovery) = &self.recovery {
            let clauses = [
                (recovery.by_email, "link by email for 30min;"),
                (recovery.by_administrator, "link by administrator for 24h;"),
                (recovery.codes, "codes 10;"),
                (recovery.break_glass, "break_glass cli;"),
            ];
            let there: Vec<&str> = clauses.iter().filter(|(is, _)| *is).map(|(_, clause)| *clause).collect();
            let _ = writeln!(text, "recovery {{ {} }}", there.join(" "));
        }
        text
    }

    fn write_role(&self, id: usize, text: &mut String) {
        let role = &self.roles[id];
        let _ = write!(text, "role R{id}");
        if !role.under.is_empty() {
            let _ = write!(text, " under {}", roles(&role.under));
        }
        if let Some(beside) = role.beside {
            let _ = write!(text, " beside R{beside}");
        }
        text.push_str(" {");
        for grant in &role.grants {
            let _ = write!(text, " {}", self.grant(grant));
        }
        for over in &role.people {
            let _ = write!(text, " {}", people(over));
        }
        let _ = write!(
            text,
            "{}{}",
            if role.log { " view Audit;" } else { "" },
            if role.factor { " factor required;" } else { "" }
        );
        text.push_str(" }\n");
    }

    fn grant(&self, grant: &Grant) -> String {
        let may = if grant.lent { "may " } else { "" };
        let verbs = self.verbs(&grant.verbs, grant.model);
        let when = when(self, grant.model, grant.when.as_ref());
        let reveal = if grant.reveal { " reveal \"asked for\"" } else { "" };
        format!("{may}{verbs} {}{when}{reveal};", target(grant.model, grant.fields.as_deref()))
    }

    fn write_forbid(&self, forbid: &Forbid, text: &mut String) {
        let verbs = self.verbs(&forbid.verbs, forbid.model);
        let when = when(self, forbid.model, forbid.when.as_ref());
        let target = target(forbid.model, forbid.fields.as_deref());
        let _ = writeln!(text, "forbid {} {verbs} {target}{when};", roles(&forbid.roles));
    }

    /// Over a star an action of a number is the actions of that number of every model, each under its own name.
    fn verbs(&self, verbs: &[Verb], model: Option<usize>) -> String {
        let mut all = Vec::new();
        for of in verbs {
            match (of, model) {
                (Verb::Act(action), None) => {
                    let there = self.models.iter().enumerate().filter(|(_, model)| *action < model.actions.len());
                    all.extend(there.map(|(id, _)| verb(*of, Some(id))));
                }
                _ => all.push(verb(*of, model)),
            }
        }
        all.join(", ")
    }
}

impl Model {
    fn write(&self, id: usize, text: &mut String) {
        let _ = write!(text, "model M{id} {{");
        for (at, field) in self.fields.iter().enumerate() {
            let _ = write!(text, " f{at}: {}", kind(field));
            let words = [
                (self.label == at, " label"),
                (self.search.contains(&at), " search"),
                (field.readonly, " readonly"),
                (field.transfers, " transfers"),
                (field.sensitive, " sensitive"),
            ];
            for (_, word) in words.iter().filter(|(is, _)| *is) {
                text.push_str(word);
            }
            if let Some(value) = default(field) {
                let _ = write!(text, " default {value}");
            }
            text.push(';');
        }
        for (word, listed) in [("filter", &self.filter), ("sort", &self.sort)] {
            if !listed.is_empty() {
                let names: Vec<String> = listed.iter().map(|field| format!("f{field}")).collect();
                let _ = write!(text, " {word} {};", names.join(", "));
            }
        }
        for (action, writes) in self.actions.iter().enumerate() {
            let names: Vec<String> = writes.iter().map(|field| format!("f{field}")).collect();
            let effect = if names.is_empty() { "pure".to_owned() } else { format!("writes {}", names.join(", ")) };
            let _ = write!(text, " action act{id}x{action} {effect};");
        }
        text.push_str(" }\n");
    }
}

fn kind(field: &Field) -> String {
    let of = match field.kind {
        Kind::Text => "String".to_owned(),
        Kind::Flag => "bool".to_owned(),
        Kind::Grade => "Level".to_owned(),
        Kind::Count => "i64".to_owned(),
        Kind::Person | Kind::Author => "Actor".to_owned(),
        Kind::Secret => "Secret".to_owned(),
        Kind::Key(model, _) => format!("M{model}"),
    };
    let then = match field.kind {
        Kind::Key(_, Then::Restrict) => " restrict",
        Kind::Key(_, Then::Cascade) => " cascade",
        Kind::Key(_, Then::SetNull) => " set_null",
        Kind::Author => " author",
        _ => "",
    };
    if field.optional { format!("Option<{of}>{then}") } else { format!("{of}{then}") }
}

fn default(field: &Field) -> Option<String> {
    let kind = field.kind;
    let has_one = matches!(kind, Kind::Text | Kind::Flag | Kind::Grade | Kind::Count) && !field.optional;
    has_one.then(|| value(kind, 0))
}

fn value(kind: Kind, value: i8) -> String {
    match kind {
        Kind::Text => format!("{:?}", if value == 0 { "a" } else { "b" }),
        Kind::Flag => (value == 1).to_string(),
        Kind::Grade => GRADES[usize::try_from(value).unwrap_or_default()].to_owned(),
        _ => value.to_string(),
    }
}

fn verb(verb: Verb, model: Option<usize>) -> String {
    match verb {
        Verb::View => "view".to_owned(),
        Verb::Create => "create".to_owned(),
        Verb::Edit => "edit".to_owned(),
        Verb::Delete => "delete".to_owned(),
        Verb::Export => "export".to_owned(),
        Verb::Import => "import".to_owned(),
        Verb::Act(action) => format!("act{}x{action}", model.unwrap_or_default()),
    }
}

fn people(over: &Over) -> String {
    let verb = match over.verb {
        OverVerb::Assign => "assign",
        OverVerb::Reset => "reset",
        OverVerb::Lock => "lock",
        OverVerb::Unlock => "unlock",
        OverVerb::Revoke => "revoke",
    };
    let may = if over.lent { "may " } else { "" };
    format!("{may}{verb} {};", over.whom.as_ref().map_or_else(|| "*".to_owned(), |whom| roles(whom)))
}

fn roles(roles: &[usize]) -> String {
    roles.iter().map(|role| format!("R{role}")).collect::<Vec<_>>().join(", ")
}

fn target(model: Option<usize>, fields: Option<&[usize]>) -> String {
    let Some(model) = model else { return "*".to_owned() };
    match fields {
        None => format!("M{model}"),
        Some(fields) => {
            let names: Vec<String> = fields.iter().map(|field| format!("f{field}")).collect();
            format!("M{model} {{ {} }}", names.join(", "))
        }
    }
}

fn when(small: &Small, model: Option<usize>, when: Option<&When>) -> String {
    match (model, when) {
        (Some(model), Some(when)) => format!(" when {}", condition(&small.models[model], when)),
        _ => String::new(),
    }
}

fn condition(model: &Model, when: &When) -> String {
    let of = |field: usize| model.fields[field].kind;
    match when {
        When::Is(field, order, than) => {
            let sign = match order {
                Order::Same => "==",
                Order::Other => "!=",
                Order::Less => "<",
                Order::More => ">",
                Order::AtMost => "<=",
                Order::AtLeast => ">=",
            };
            format!("f{field} {sign} {}", value(of(*field), *than))
        }
        When::Missing(field, is) => format!("f{field} is {}", if *is { "null" } else { "not null" }),
        When::Among(field, set) => {
            let set: Vec<String> = set.iter().map(|one| value(of(*field), *one)).collect();
            format!("f{field} in ({})", set.join(", "))
        }
        When::Mine(field, is) => format!("f{field} {} me", if *is { "==" } else { "!=" }),
        When::And(a, b) => format!("({} and {})", condition(model, a), condition(model, b)),
        When::Or(a, b) => format!("({} or {})", condition(model, a), condition(model, b)),
        When::Not(inner) => format!("not ({})", condition(model, inner)),
    }
}
