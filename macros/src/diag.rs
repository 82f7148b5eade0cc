//! What the macro has to say, and where: errors with one place, two places or a chain of places, and warnings.
//! It knows how rustc prints things and nothing of panels; no other file builds `compile_error!` tokens.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::panel::{Owner, Place};

/// Whether a build may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// The build fails.
    Error,
    /// The build succeeds and says so.
    Warning,
}

/// One message; the methods add to it and can be chained.
#[derive(Clone, Debug)]
pub(crate) struct Diag {
    /// The rule that it comes from; empty for a plain mistake of syntax.
    pub(crate) rule: &'static str,
    /// Error or warning.
    pub(crate) level: Level,
    /// The violated fact, without the rule's name.
    pub(crate) message: String,
    /// The smallest clause that must change.
    pub(crate) place: Place,
    /// Which roles and models it concerns: an `accept` in any of them, or in the panel, can speak for it.
    pub(crate) owners: Vec<Owner>,
    because: Option<(String, Place)>,
    steps: Vec<(Place, String)>,
    help: Option<String>,
    note: Option<String>,
}

impl Diag {
    /// Points at a second clause in the same snippet. `word` is that clause's own word (`forbid`, `above`, `secret`):
    /// rustc shows it. The first one given stays.
    pub(crate) fn because(&mut self, word: &str, place: impl Into<Place>) -> &mut Diag {
        self.because.get_or_insert_with(|| (word.to_owned(), place.into()));
        self
    }

    /// A chain of steps, first to last, each printed as a line of its own and shown as a place of its own.
    pub(crate) fn steps<P: Into<Place>>(&mut self, steps: impl IntoIterator<Item = (P, String)>) -> &mut Diag {
        self.steps = steps.into_iter().map(|(place, text)| (place.into(), text)).collect();
        self
    }

    /// One concrete edit that can be typed; a later one replaces it.
    pub(crate) fn help(&mut self, text: impl Into<String>) -> &mut Diag {
        self.help = Some(text.into());
        self
    }

    /// Why it is dangerous, where that is not obvious; a later one replaces it.
    pub(crate) fn note(&mut self, text: impl Into<String>) -> &mut Diag {
        self.note = Some(text.into());
        self
    }

    /// Names a role or model that the message concerns, so that an `accept` in it counts; may be called several times.
    pub(crate) fn about(&mut self, owner: Owner) -> &mut Diag {
        self.owners.push(owner);
        self
    }

    /// The whole text: the fact with its rule, then after an empty line the steps, the help and the note.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        let steps = self.steps.iter().enumerate().map(|(i, (_, step))| format!("{}. {step}", i + 1));
        self.text_with(steps.collect())
    }

    fn text_with(&self, mut more: Vec<String>) -> String {
        let mut text = self.message.clone();
        if !self.rule.is_empty() {
            text.extend([" [", self.rule, "]"]);
        }
        more.extend(self.help.iter().map(|help| format!("help: {help}")));
        more.extend(self.note.iter().map(|note| format!("note: {note}")));
        if !more.is_empty() {
            text.push_str("\n\n");
            text.push_str(&more.join("\n"));
        }
        text
    }

    fn into_tokens(self, chains: bool) -> TokenStream {
        let text = self.text();
        if self.level == Level::Warning {
            return warning(&text, self.place);
        }
        let plain = compile_error(&text, self.place);
        let shown = if chains && !self.steps.is_empty() {
            chain(&self.text_with(Vec::new()), &self.steps)
        } else if let Some((word, place)) = &self.because {
            two_places(word, *place, &plain)
        } else {
            return plain;
        };
        // The editor shows one place well and the two tricks badly.
        quote! {
            #[allow(unexpected_cfgs, reason = "the editor sets it")]
            const _: () = {
                #[cfg(not(rust_analyzer))]
                #shown
                #[cfg(rust_analyzer)]
                #plain
            };
        }
    }
}

/// Everything reported so far. Phases add to it; nothing is printed before the expansion ends.
#[derive(Debug, Default)]
pub(crate) struct Diags {
    list: Vec<Diag>,
}

impl Diags {
    /// None yet.
    #[must_use]
    pub(crate) fn new() -> Diags {
        Diags::default()
    }

    /// Reports that `rule` is violated: a sentence in lower case about the user's things, their words in backticks,
    /// no full stop. The rule's name is appended in brackets.
    pub(crate) fn error(
        &mut self,
        rule: &'static str,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> &mut Diag {
        self.add(rule, Level::Error, place.into(), message.into())
    }

    /// The same, but the build goes on.
    pub(crate) fn warning(
        &mut self,
        rule: &'static str,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> &mut Diag {
        self.add(rule, Level::Warning, place.into(), message.into())
    }

    /// Reports something that cannot be read at all; it belongs to no rule and nothing can accept it.
    pub(crate) fn syntax(&mut self, place: impl Into<Place>, message: impl Into<String>) -> &mut Diag {
        self.add("", Level::Error, place.into(), message.into())
    }

    fn add(&mut self, rule: &'static str, level: Level, place: Place, message: String) -> &mut Diag {
        self.list.push(Diag {
            rule,
            level,
            message,
            place,
            owners: Vec::new(),
            because: None,
            steps: Vec::new(),
            help: None,
            note: None,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// Whether the build fails.
    #[must_use]
    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|diag| diag.level == Level::Error)
    }

    /// Everything, in the order of reporting.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diag> {
        self.list.iter()
    }

    /// What the rules' tests compare: rule, message, and the source text of the place and of the `because` clause.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn list(&self) -> Vec<Listed> {
        let listed = |diag: &Diag| Listed {
            rule: diag.rule,
            level: diag.level,
            message: diag.message.clone(),
            at: text_under(diag.place),
            line: diag.place.first.start().line,
            because: diag.because.as_ref().map(|(_, place)| text_under(*place)),
            text: diag.text(),
        };
        self.list.iter().map(listed).collect()
    }

    /// Takes away what `drop` says yes to, and counts it. This is how `accept` works.
    pub(crate) fn suppress(&mut self, mut drop: impl FnMut(&Diag) -> bool) -> usize {
        let before = self.list.len();
        self.list.retain(|diag| !drop(diag));
        before - self.list.len()
    }

    /// The items that make rustc print everything.
    #[must_use]
    pub(crate) fn into_tokens(self) -> TokenStream {
        // rustc evaluates constants only when no `compile_error!` came before: next to a plain error a chain is
        // printed as a plain error too, or it would be seen one build later.
        let chains = self.list.iter().all(|diag| diag.level == Level::Warning || !diag.steps.is_empty());
        self.list.into_iter().map(|diag| diag.into_tokens(chains)).collect()
    }
}

/// A message as the tests see it.
#[cfg(test)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The rule, empty for syntax.
    pub(crate) rule: &'static str,
    /// Error or warning.
    pub(crate) level: Level,
    /// The fact, without the rule's name.
    pub(crate) message: String,
    /// The source text that is underlined.
    pub(crate) at: String,
    /// The line where that starts, from 1.
    pub(crate) line: usize,
    /// The source text of the second place.
    pub(crate) because: Option<String>,
    /// Everything, with steps, help and note.
    pub(crate) text: String,
}

#[cfg(test)]
fn text_under(place: Place) -> String {
    place.first.join(place.last).unwrap_or(place.first).source_text().unwrap_or_default()
}

/// `::core::compile_error! { "…" }`, its first token at the first place and its last at the last, which is what makes
/// stable rustc underline everything between.
fn compile_error(text: &str, place: Place) -> TokenStream {
    let punct = |c, spacing| {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(place.first);
        TokenTree::Punct(punct)
    };
    let ident = |name| TokenTree::Ident(Ident::new(name, place.first));
    let mut literal = Literal::string(text);
    literal.set_span(place.last);
    let mut group = Group::new(Delimiter::Brace, TokenTree::Literal(literal).into());
    group.set_span(place.last);
    [
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("core"),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("compile_error"),
        punct('!', Spacing::Alone),
        TokenTree::Group(group),
    ]
    .into_iter()
    .collect()
}

/// An error inside an inner macro whose call lies over the second place: rustc shows both in one snippet and writes
/// "in this macro invocation" under the call.
fn two_places(word: &str, place: Place, error: &TokenStream) -> TokenStream {
    let defined = ident_like(word, Span::call_site());
    let called = ident_like(word, place.first);
    let mut bang = Punct::new('!', Spacing::Alone);
    bang.set_span(place.first);
    let mut group = Group::new(Delimiter::Brace, TokenStream::new());
    group.set_span(place.last);
    quote! {
        const _: () = {
            macro_rules! #defined { () => { #error } }
            #called #bang #group
        };
    }
}

/// A constant that calls a constant function that calls the next one, each call over one step; the last one panics,
/// and rustc prints the way there, a note a step. It prints the frames' names, so they are made from the steps' texts.
/// Its own "evaluation panicked: " stands before the fact: the other way to several places, bounds that ask for each
/// other, prints rustc's words in the place of the fact, and inner macros show one place besides their own.
fn chain(text: &str, steps: &[(Place, String)]) -> TokenStream {
    let names: Vec<String> = steps.iter().enumerate().map(|(i, (_, step))| frame_name(i, step, steps)).collect();
    let frames = steps.iter().enumerate().map(|(i, (place, _))| {
        let frame = Ident::new(&names[i], Span::call_site());
        let body = match names.get(i + 1) {
            Some(next) => call(&Ident::new(next, place.first), *place),
            None => panic(text, *place),
        };
        if i == 0 {
            quote! { const #frame: () = #body; }
        } else {
            quote! { const fn #frame() { #body } }
        }
    });
    quote! {
        #[allow(dead_code, non_snake_case, non_upper_case_globals, reason = "the steps of a message, by their words")]
        const _: () = { #(#frames)* };
    }
}

/// "`Support` may assign `Manager`" → `Support_may_assign_Manager`; a text that occurs twice gets its number.
fn frame_name(i: usize, step: &str, steps: &[(Place, String)]) -> String {
    let words: Vec<&str> = step.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    let twice = steps.iter().filter(|(_, other)| other == step).count() > 1;
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && words.len() > 1 && !twice => name,
        _ => format!("step_{}_{name}", i + 1),
    }
}

fn call(name: &Ident, place: Place) -> TokenStream {
    let mut group = Group::new(Delimiter::Parenthesis, TokenStream::new());
    group.set_span(place.last);
    quote! { #name #group }
}

fn panic(text: &str, place: Place) -> TokenStream {
    let text = text.replace('{', "{{").replace('}', "}}");
    let text = Literal::string(&text);
    let mut group = Group::new(Delimiter::Parenthesis, TokenTree::Literal(text).into());
    group.set_span(place.last);
    quote_spanned! { place.first=> ::core::panic! #group }
}

/// A call of a deprecated hidden macro: the one warning that a macro can give on stable Rust. Of all that can be
/// deprecated a macro is the one that rustc names without a path: "use of deprecated macro `policy`: " and then the
/// text.
fn warning(text: &str, place: Place) -> TokenStream {
    let mention = Ident::new("policy", place.first);
    quote! {
        const _: () = {
            #[deprecated(note = #text)]
            macro_rules! policy { () => {} }
            #mention! {}
        };
    }
}

/// `word` as an identifier, raw where Rust keeps it for itself.
fn ident_like(word: &str, span: Span) -> Ident {
    let mut ident = syn::parse_str::<Ident>(word)
        .or_else(|_| syn::parse_str(&format!("r#{word}")))
        .unwrap_or_else(|_| Ident::new("clause", span));
    ident.set_span(span);
    ident
}
