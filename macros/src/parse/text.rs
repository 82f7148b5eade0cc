//! A clause as text again, for `policy show` and explain: stable Rust does not give out the source between two tokens.

use proc_macro2::{Delimiter, Spacing, TokenTree};
use syn::buffer::Cursor;

/// The tokens from `cursor` to `end` on one line, spaced as people write them.
pub(crate) fn of(mut cursor: Cursor<'_>, end: Cursor<'_>) -> String {
    let mut text = String::new();
    let mut glued = true;
    while cursor != end {
        let Some((token, rest)) = cursor.token_tree() else { break };
        push(&mut text, &token, &mut glued);
        cursor = rest;
    }
    text
}

/// `glued`: no space goes in front of the next token.
fn push(text: &mut String, token: &TokenTree, glued: &mut bool) {
    let tight = matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | '.' | ';' | ':'));
    if !*glued && !tight {
        text.push(' ');
    }
    *glued = false;
    match token {
        TokenTree::Group(group) => {
            let (open, close, airy) = match group.delimiter() {
                Delimiter::Brace => ("{", "}", true),
                Delimiter::Parenthesis => ("(", ")", false),
                Delimiter::Bracket => ("[", "]", false),
                Delimiter::None => ("", "", false),
            };
            text.push_str(open);
            let mut inner = !airy;
            for token in group.stream() {
                push(text, &token, &mut inner);
            }
            if airy {
                text.push(' ');
            }
            text.push_str(close);
        }
        TokenTree::Punct(punct) => {
            text.push(punct.as_char());
            *glued = punct.spacing() == Spacing::Joint || matches!(punct.as_char(), '.' | ':');
        }
        other => text.push_str(&other.to_string()),
    }
}
