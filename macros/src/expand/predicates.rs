//! Predicates and literals as constant expressions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::names::index;
use crate::panel::{self, Op, Operand, OperandKind, Panel, Predicate};

pub(super) fn predicate(panel: &Panel, predicate: &Predicate) -> TokenStream {
    match predicate {
        Predicate::And(parts) => {
            let parts = parts.iter().map(|part| self::predicate(panel, part));
            quote! { Predicate::And(&[#(#parts),*]) }
        }
        Predicate::Or(parts) => {
            let parts = parts.iter().map(|part| self::predicate(panel, part));
            quote! { Predicate::Or(&[#(#parts),*]) }
        }
        Predicate::Not(inner) => {
            let inner = self::predicate(panel, inner);
            quote! { Predicate::Not(&#inner) }
        }
        Predicate::Compare { left, op, right, .. } => {
            let (left, right) = (operand(panel, left), operand(panel, right));
            let op = match op {
                Op::Eq => quote! { Eq },
                Op::Ne => quote! { Ne },
                Op::Lt => quote! { Lt },
                Op::Le => quote! { Le },
                Op::Gt => quote! { Gt },
                Op::Ge => quote! { Ge },
            };
            quote! { Predicate::Compare { left: #left, op: Op::#op, right: #right } }
        }
        Predicate::IsNull { operand, negated, .. } => {
            let operand = self::operand(panel, operand);
            let is_null = quote! { Predicate::IsNull(#operand) };
            if *negated {
                quote! { Predicate::Not(&#is_null) }
            } else {
                is_null
            }
        }
        Predicate::In { operand, set, .. } => {
            let operand = self::operand(panel, operand);
            let set = set.iter().map(|one| self::operand(panel, one));
            quote! { Predicate::In { operand: #operand, set: &[#(#set),*] } }
        }
        // No row: what could not be read opens nothing.
        Predicate::Broken => quote! { Predicate::Or(&[]) },
    }
}

fn operand(panel: &Panel, operand: &Operand) -> TokenStream {
    match &operand.kind {
        OperandKind::Field(field) => {
            let field = index(field.0);
            quote! { Operand::Field(#field) }
        }
        OperandKind::Me => quote! { Operand::Me },
        OperandKind::MeAttribute(attribute) => {
            let attribute = index(attribute.0);
            quote! { Operand::MeAttribute(#attribute) }
        }
        OperandKind::Now(offset) => {
            let offset = Literal::i64_unsuffixed(*offset);
            quote! { Operand::Now { offset: #offset } }
        }
        OperandKind::Literal(one) => {
            let literal = literal(panel, one);
            quote! { Operand::Literal(#literal) }
        }
    }
}

pub(super) fn literal(panel: &Panel, literal: &panel::Literal) -> TokenStream {
    match literal {
        panel::Literal::Null => quote! { Literal::Null },
        panel::Literal::Bool(value) => quote! { Literal::Bool(#value) },
        panel::Literal::Int(value) => {
            let value = Literal::i64_unsuffixed(*value);
            quote! { Literal::Int(#value) }
        }
        panel::Literal::Number(text) => quote! { Literal::Number(#text) },
        panel::Literal::Text(text) => quote! { Literal::Text(#text) },
        panel::Literal::Choice(choice, variant) => {
            let name = panel.choice(*choice).variants.get(*variant).map(|variant| &variant.stored);
            name.map_or_else(|| quote! { Literal::Null }, |name| quote! { Literal::Text(#name) })
        }
    }
}
