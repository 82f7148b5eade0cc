//! Between a [`Value`] and the Rust type of a field. Nothing is guessed: a value of another type is `None`.

use std::fmt;

use super::{Date, Decimal, Json, KeyText, RowId, RowKey, Time, Timestamp, Uuid};
use crate::value::Value;

/// The Rust type of a field.
pub trait FieldType: Sized {
    /// `None` when the value is of another type, null included.
    fn from_value(value: &Value) -> Option<Self>;
    /// As a row holds it.
    fn into_value(self) -> Value;
}

macro_rules! field_types {
    ($($rust:ty = $variant:ident;)*) => { $(
        impl FieldType for $rust {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => Some(inner.clone()),
                    _ => None,
                }
            }

            fn into_value(self) -> Value {
                Value::$variant(self)
            }
        }
    )* };
}

field_types! {
    String = Text;
    bool = Bool;
    i64 = Int;
    f64 = Float;
    Decimal = Decimal;
    Date = Date;
    Time = Time;
    Timestamp = Timestamp;
    Uuid = Uuid;
    Vec<u8> = Bytes;
}

impl FieldType for KeyText {
    fn from_value(value: &Value) -> Option<Self> {
        text_of(value).and_then(Self::new)
    }

    fn into_value(self) -> Value {
        Value::Text(self.to_string())
    }
}

impl FieldType for i32 {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }

    fn into_value(self) -> Value {
        Value::Int(self.into())
    }
}

impl<I: RowId> FieldType for Vec<I> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Links(to) => to.iter().map(|id| I::of_key(RowKey::Number(*id))).collect(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::links(self.into_iter().filter_map(|id| id.key().number()).collect())
    }
}

impl FieldType for Json {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Json(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::Json(self.to_string())
    }
}

impl<T: FieldType> FieldType for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_value(value).map(Some) }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}

/// The text of a text value.
#[must_use]
pub fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The number of a person of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub i64);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FieldType for PersonId {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }

    fn into_value(self) -> Value {
        Value::Int(self.0)
    }
}

/// What is kept of a `Secret` field: its Argon2id hash, on its way into the store and never back.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretHash(String);

impl SecretHash {
    /// Takes a hash in PHC format; `None` when it is none.
    #[must_use]
    pub fn from_phc(text: &str) -> Option<Self> {
        text.starts_with("$argon2id$").then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

impl FieldType for SecretHash {
    fn from_value(_: &Value) -> Option<Self> {
        None
    }

    fn into_value(self) -> Value {
        Value::SecretHash(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        fn same<T: FieldType + Clone + PartialEq + fmt::Debug>(value: T) {
            assert_eq!(T::from_value(&value.clone().into_value()), Some(value));
        }
        same("Ärztin".to_owned());
        same(true);
        same(i64::MIN);
        same(i32::MAX);
        same(0.5_f64);
        same(Decimal::new(1999, 2));
        same(vec![0_u8, 255]);
        same(Json::from(3));
        same(PersonId(7));
        same(Some("x".to_owned()));
        same(None::<String>);
        same(Uuid::nil());
    }

    #[test]
    fn a_value_of_another_type_is_none() {
        assert_eq!(String::from_value(&Value::Int(3)), None);
        assert_eq!(i32::from_value(&Value::Int(i64::MAX)), None);
        assert_eq!(String::from_value(&Value::Null), None);
        assert_eq!(Json::from_value(&Value::Json("{".to_owned())), None);
    }

    #[test]
    fn a_secret_does_not_come_back_and_does_not_show() {
        let hash = SecretHash::from_phc("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA").expect("a hash");
        assert!(!format!("{hash:?}").contains("aGFzaA"));
        assert_eq!(SecretHash::from_value(&hash.into_value()), None);
        assert_eq!(SecretHash::from_phc("hunter2"), None);
    }
}
