//! Which names there are: the block's items by index, each name once. It reports names that are taken twice, reserved
//! or unknown, and knows nothing of what the items mean.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use proc_macro2::Ident;

use super::reserved::{self, Use};
pub(crate) use super::words::{plain, writable};
use crate::ast;
use crate::diag::Diags;
use crate::panel::{
    ActionId, AttributeId, ChoiceId, FieldId, FieldSet, Mention, ModelId, Name, RoleId, Unresolved, Wanted,
};
use crate::similar;

/// The block's named items; the position in a list is the id. A second item of the same name is left out.
pub(crate) struct Names<'b> {
    pub(crate) attributes: Vec<&'b ast::Attribute>,
    pub(crate) choices: Vec<(&'b Ident, &'b ast::Choice)>,
    pub(crate) variants: Vec<Vec<&'b ast::Variant>>,
    pub(crate) models: Vec<(&'b Ident, &'b ast::Model)>,
    pub(crate) fields: Vec<Vec<&'b ast::Field>>,
    pub(crate) actions: Vec<Vec<(&'b Ident, &'b ast::Action)>>,
    pub(crate) roles: Vec<(&'b Ident, &'b ast::Role)>,
    /// By name, without `r#`; of two items that share one, the first.
    by_name: ByName,
    /// Collected while looking up, for the editor.
    pub(crate) mentions: RefCell<Vec<Mention>>,
    pub(crate) unresolved: RefCell<Vec<Unresolved>>,
}

#[derive(Default)]
struct ByName {
    attributes: HashMap<String, usize>,
    choices: HashMap<String, usize>,
    models: HashMap<String, usize>,
    roles: HashMap<String, usize>,
    fields: Vec<HashMap<String, usize>>,
    /// Every model that declares it.
    actions: HashMap<String, Vec<(ModelId, ActionId)>>,
}

fn positions<'i>(names: impl Iterator<Item = &'i Ident>) -> HashMap<String, usize> {
    let mut all = HashMap::new();
    for (at, name) in names.enumerate() {
        all.entry(plain(name)).or_insert(at);
    }
    all
}

/// What stands beside the models in the scope of the block.
const GENERATED: [&str; 2] = ["Role", "Route"];

/// `approve` → `Approve`, the type of the token that the body of an action gets.
pub(crate) fn token(action: &Ident) -> String {
    let capitalised = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    plain(action).split('_').map(capitalised).collect()
}

/// Names seen so far in one scope.
#[derive(Default)]
struct Seen<'b> {
    /// As compared; as written, and the word of its clause.
    names: HashMap<String, (&'b Ident, &'static str)>,
}

impl<'b> Seen<'b> {
    /// Whether no clause of the same word has the name; reports any that has it. What shares its name with another
    /// kind of thing stays: what mentions it is not unknown as well.
    fn is_new(&mut self, name: &str, ident: &'b Ident, word: &'static str, diags: &mut Diags) -> bool {
        let folded = reserved::fold(name);
        let Some((other, other_word)) = self.names.get(&folded) else {
            self.names.insert(folded, (ident, word));
            return true;
        };
        let (there, here) = (plain(other), plain(ident));
        if reserved::mixes_scripts(&here) && there.to_lowercase() != here.to_lowercase() {
            // Reported as such: the likeness is no second mistake.
            return true;
        }
        let message = if name != here || folded != reserved::fold(&there) {
            format!("the name `{name}`, which {word} `{here}` brings along, is taken by {other_word} `{there}`")
        } else if there == here && *other_word == word {
            format!("there are two {word}s named `{here}`")
        } else if there.to_lowercase() == here.to_lowercase() {
            format!("{word} `{here}` has the same name as {other_word} `{there}`")
        } else {
            format!("{word} `{here}` looks like {other_word} `{there}`")
        };
        diags.error("duplicate_name", ident, message).because(other_word, *other);
        *other_word != word
    }
}

/// Reports a name that cannot be had; it is used all the same, so that nothing that mentions it is unknown as well.
fn check_reserved(ident: &Ident, word: &str, used: Use, diags: &mut Diags) {
    let name = plain(ident);
    if let Some(whose) = reserved::taken(&name, used) {
        let other = if used == Use::Type { format!("{name}Record") } else { format!("{name}_value") };
        diags
            .error("reserved_name", ident, format!("{word} `{name}` cannot have that name: it is {whose}"))
            .help(format!("another name, such as `{other}`"));
    } else if reserved::mixes_scripts(&name) {
        diags
            .error("reserved_name", ident, format!("{word} `{name}` mixes letters of several scripts"))
            .note("two names that look the same could mean different things");
    }
}

impl<'b> Names<'b> {
    pub(crate) fn new(block: &'b ast::Block, diags: &mut Diags) -> Self {
        let mut types = Seen::default();
        for name in block.panels.iter().filter_map(|panel| panel.name.as_ref()).take(1) {
            check_reserved(name, "panel", Use::Type, diags);
            types.is_new(&plain(name), name, "panel", diags);
        }
        let mut choices = Vec::new();
        for choice in &block.choices {
            let Some(name) = &choice.name else { continue };
            check_reserved(name, "choice", Use::Type, diags);
            if types.is_new(&plain(name), name, "choice", diags) {
                choices.push((name, choice));
            }
        }
        let mut models = Vec::new();
        for model in &block.models {
            let Some(name) = &model.name else { continue };
            check_reserved(name, "model", Use::Type, diags);
            if types.is_new(&plain(name), name, "model", diags) {
                models.push((name, model));
            }
        }
        // What the expansion derives from a model's name must be free as well; the model stays all the same.
        for (name, model) in &models {
            let plain = plain(name);
            let mut derived = vec![format!("{plain}Id"), format!("New{plain}"), format!("{plain}Change")];
            if !model.actions.is_empty() {
                derived.extend([format!("{plain}Action"), format!("{plain}Actions")]);
            }
            for derived in derived {
                types.is_new(&derived, name, "model", diags);
            }
        }
        // A role may share a name with nothing either: both stand in the same sentences.
        let mut roles = Vec::new();
        for role in &block.roles {
            let Some(name) = &role.name else { continue };
            check_reserved(name, "role", Use::Role, diags);
            if types.is_new(&plain(name), name, "role", diags) {
                roles.push((name, role));
            }
        }
        let variants = choices.iter().map(|(_, choice)| variants(choice, diags)).collect();
        let fields = models.iter().map(|(_, model)| fields(model, diags)).collect();
        let actions: Vec<Vec<_>> = models.iter().map(|(_, model)| actions(model, diags)).collect();
        // Actions of one name share their token.
        let mut tokens = BTreeMap::new();
        for (name, _) in actions.iter().flatten() {
            tokens.entry(token(name)).or_insert(*name);
        }
        for (token, name) in tokens {
            if GENERATED.contains(&token.as_str()) {
                let message = format!("action `{name}` cannot have that name: its token `{token}` is the panel's own");
                diags.error("reserved_name", name, message);
            } else {
                types.is_new(&token, name, "action", diags);
            }
        }
        let mut seen = Seen::default();
        let mut attributes = Vec::new();
        for attribute in &block.actor {
            check_reserved(&attribute.name, "attribute", Use::Plain, diags);
            if seen.is_new(&plain(&attribute.name), &attribute.name, "attribute", diags) {
                attributes.push(attribute);
            }
        }
        let fields: Vec<Vec<&ast::Field>> = fields;
        let mut by_name = ByName {
            attributes: positions(attributes.iter().map(|attribute| &attribute.name)),
            choices: positions(choices.iter().map(|(name, _)| *name)),
            models: positions(models.iter().map(|(name, _)| *name)),
            roles: positions(roles.iter().map(|(name, _)| *name)),
            fields: fields.iter().map(|fields| positions(fields.iter().map(|field| &field.name))).collect(),
            actions: HashMap::new(),
        };
        for (model, actions) in actions.iter().enumerate() {
            for (action, (name, _)) in actions.iter().enumerate() {
                by_name.actions.entry(plain(name)).or_default().push((ModelId(model), ActionId(action)));
            }
        }
        let (mentions, unresolved) = (RefCell::default(), RefCell::default());
        Self { attributes, choices, variants, models, fields, actions, roles, by_name, mentions, unresolved }
    }

    pub(crate) fn model_name(&self, model: ModelId) -> String {
        plain(self.models[model.0].0)
    }

    pub(crate) fn find_model(&self, name: &Ident) -> Option<ModelId> {
        self.by_name.models.get(&plain(name)).copied().map(ModelId)
    }

    pub(crate) fn find_choice(&self, name: &Ident) -> Option<ChoiceId> {
        self.by_name.choices.get(&plain(name)).copied().map(ChoiceId)
    }

    pub(crate) fn find_variant(&self, choice: ChoiceId, name: &Ident) -> Option<usize> {
        self.variants[choice.0].iter().position(|variant| same(&variant.name, name))
    }

    pub(crate) fn find_field(&self, model: ModelId, name: &Ident) -> Option<FieldId> {
        self.by_name.fields[model.0].get(&plain(name)).copied().map(FieldId)
    }

    fn find_action(&self, model: ModelId, name: &Ident) -> Option<ActionId> {
        self.actions_named(name).iter().find(|(of, _)| *of == model).map(|(_, action)| *action)
    }

    /// Remembers a use of a name.
    pub(crate) fn mention(&self, name: Name, ident: &Ident) {
        self.mentions.borrow_mut().push(Mention { name, span: ident.span() });
    }

    /// Remembers what was looked up: found, or wanted in vain.
    fn remember<T>(&self, found: Option<T>, name: impl FnOnce(T) -> Name, wanted: Wanted, ident: &Ident) -> Option<T>
    where
        T: Copy,
    {
        match found {
            Some(found) => self.mention(name(found), ident),
            None => self.unresolved.borrow_mut().push(Unresolved { wanted, ident: writable(ident) }),
        }
        found
    }

    pub(crate) fn model(&self, name: &Ident, diags: &mut Diags) -> Option<ModelId> {
        let found = self.find_model(name);
        if found.is_none() {
            unknown(name, "model", "models", self.models.iter().map(|(model, _)| plain(model)), diags);
        }
        self.remember(found, Name::Model, Wanted::Model, name)
    }

    pub(crate) fn role(&self, name: &Ident, diags: &mut Diags) -> Option<RoleId> {
        let found = self.by_name.roles.get(&plain(name)).copied().map(RoleId);
        if found.is_none() {
            unknown(name, "role", "roles", self.roles.iter().map(|(role, _)| plain(role)), diags);
        }
        self.remember(found, Name::Role, Wanted::Role, name)
    }

    pub(crate) fn choice(&self, name: &Ident, diags: &mut Diags) -> Option<ChoiceId> {
        let found = self.find_choice(name);
        if found.is_none() {
            unknown(name, "choice", "choices", self.choices.iter().map(|(choice, _)| plain(choice)), diags);
        }
        self.remember(found, Name::Choice, Wanted::Choice, name)
    }

    pub(crate) fn attribute(&self, name: &Ident, diags: &mut Diags) -> Option<AttributeId> {
        let found = self.by_name.attributes.get(&plain(name)).copied().map(AttributeId);
        if found.is_none() {
            let names = self.attributes.iter().map(|attribute| plain(&attribute.name));
            unknown(name, "attribute", "attributes of the actor", names, diags);
        }
        self.remember(found, Name::Attribute, Wanted::Attribute, name)
    }

    pub(crate) fn field(&self, model: ModelId, name: &Ident, diags: &mut Diags) -> Option<FieldId> {
        let found = self.find_field(model, name);
        if found.is_none() {
            let owner = self.model_name(model);
            let names = self.fields[model.0].iter().map(|field| plain(&field.name));
            unknown_in(name, "field", &format!("fields of `{owner}`"), Some(&owner), names, diags);
        }
        self.remember(found, |field| Name::Field(model, field), Wanted::Field(model), name)
    }

    pub(crate) fn variant(&self, choice: ChoiceId, name: &Ident, diags: &mut Diags) -> Option<usize> {
        let found = self.find_variant(choice, name);
        if found.is_none() {
            let owner = plain(self.choices[choice.0].0);
            let names = self.variants[choice.0].iter().map(|variant| plain(&variant.name));
            unknown_in(name, "variant", &format!("variants of `{owner}`"), Some(&owner), names, diags);
        }
        self.remember(found, |variant| Name::Variant(choice, variant), Wanted::Variant(choice), name)
    }

    /// The action if the model declares it; an action that is not there is for the caller to report.
    pub(crate) fn action(&self, model: ModelId, name: &Ident) -> Option<ActionId> {
        let action = self.find_action(model, name)?;
        self.mention(Name::Action(model, action), name);
        Some(action)
    }

    /// Every declared action of this name.
    pub(crate) fn actions_named(&self, name: &Ident) -> &[(ModelId, ActionId)] {
        self.by_name.actions.get(&plain(name)).map_or(&[], Vec::as_slice)
    }

    /// The names of all actions.
    pub(crate) fn all_actions(&self) -> impl Iterator<Item = String> {
        self.actions.iter().flatten().map(|(name, _)| plain(name))
    }
}

fn same(one: &Ident, other: &Ident) -> bool {
    one == other || plain(one) == plain(other)
}

/// Reports a name that does not exist; `many` heads the list of what there is.
pub(crate) fn unknown(name: &Ident, what: &str, many: &str, names: impl Iterator<Item = String>, diags: &mut Diags) {
    unknown_in(name, what, many, None, names, diags);
}

pub(crate) fn unknown_in(
    name: &Ident,
    what: &str,
    many: &str,
    owner: Option<&str>,
    names: impl Iterator<Item = String>,
    diags: &mut Diags,
) {
    let names: Vec<String> = names.collect();
    let word = plain(name);
    let place = owner.map(|owner| format!(" in `{owner}`")).unwrap_or_default();
    diags.error("unknown_name", name, format!("there is no {what} `{word}`{place}")).help(similar::hint(
        &word,
        many,
        names.iter().map(String::as_str),
    ));
}

fn variants<'b>(choice: &'b ast::Choice, diags: &mut Diags) -> Vec<&'b ast::Variant> {
    let mut seen = Seen::default();
    let mut variants = Vec::new();
    for variant in &choice.variants {
        check_reserved(&variant.name, "variant", Use::Plain, diags);
        if seen.is_new(&plain(&variant.name), &variant.name, "variant", diags) {
            variants.push(variant);
        }
    }
    variants
}

fn fields<'b>(model: &'b ast::Model, diags: &mut Diags) -> Vec<&'b ast::Field> {
    let mut seen = Seen::default();
    let mut fields = Vec::new();
    for field in &model.fields {
        check_reserved(&field.name, "field", Use::Field, diags);
        if seen.is_new(&plain(&field.name), &field.name, "field", diags) {
            fields.push(field);
        }
    }
    if let Some(extra) = fields.get(FieldSet::CAPACITY) {
        let (count, most) = (fields.len(), FieldSet::CAPACITY);
        let message = format!("the model has {count} fields, and {most} are allowed");
        diags.error("value_in_bounds", &extra.name, message);
        fields.truncate(most);
    }
    fields
}

fn actions<'b>(model: &'b ast::Model, diags: &mut Diags) -> Vec<(&'b Ident, &'b ast::Action)> {
    let mut seen = Seen::default();
    let mut actions = Vec::new();
    for action in &model.actions {
        let Some(name) = &action.name else { continue };
        check_reserved(name, "action", Use::Action, diags);
        if seen.is_new(&plain(name), name, "action", diags) {
            actions.push((name, action));
        }
    }
    actions
}
