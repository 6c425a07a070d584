//! Finds the first NaN or infinity in anything serialisable and names its place.
//!
//! A serialiser that writes nothing: it walks the value, keeps the path of keys, and stops at a
//! number JSON cannot hold.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

use super::ReportError;

/// `Ok` where every number in `value` is finite.
///
/// # Errors
/// [`ReportError::NotFinite`] with the key path, e.g. `findings.endplates[3].mean_mpa`.
pub fn check_finite<T: Serialize + ?Sized>(value: &T) -> Result<(), ReportError> {
    let mut walker = Walker {
        path: String::new(),
    };
    value
        .serialize(&mut walker)
        .map_err(|problem| match problem {
            Problem::NotFinite { path, value } => ReportError::NotFinite { path, value },
            Problem::Other(message) => ReportError::Unserialisable { message },
        })
}

struct Walker {
    path: String,
}

#[derive(Debug)]
enum Problem {
    NotFinite { path: String, value: f64 },
    Other(String),
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite { path, value } => write!(f, "{path} is {value}"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Problem {}

impl ser::Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}

impl Walker {
    fn number(&self, value: f64) -> Result<(), Problem> {
        if value.is_finite() {
            Ok(())
        } else {
            let path = self.path.clone();
            Err(Problem::NotFinite { path, value })
        }
    }

    fn inside<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Problem> {
        let length = self.path.len();
        if length > 0 && !key.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(key);
        value.serialize(&mut *self)?;
        self.path.truncate(length);
        Ok(())
    }
}

/// A list or a map on the way; counts its entries for the path.
struct Entries<'a> {
    walker: &'a mut Walker,
    next: usize,
}

impl Entries<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Problem> {
        let key = format!("[{}]", self.next);
        self.next += 1;
        self.walker.inside(&key, value)
    }
}

macro_rules! nothing_to_check {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, _value: $type) -> Result<(), Problem> { Ok(()) })*
    };
}

macro_rules! entries {
    ($($method:ident($($given:ident: $type:ty),*)),*) => {
        $(fn $method(self, $($given: $type),*) -> Result<Entries<'a>, Problem> {
            Ok(Entries { walker: self, next: 0 })
        })*
    };
}

impl<'a> ser::Serializer for &'a mut Walker {
    type Ok = ();
    type Error = Problem;
    type SerializeSeq = Entries<'a>;
    type SerializeTuple = Entries<'a>;
    type SerializeTupleStruct = Entries<'a>;
    type SerializeTupleVariant = Entries<'a>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Entries<'a>;
    type SerializeStructVariant = Entries<'a>;

    nothing_to_check!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8]
    );

    fn serialize_f32(self, value: f32) -> Result<(), Problem> {
        self.number(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Problem> {
        self.number(value)
    }

    fn serialize_none(self) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Problem> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Problem> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Problem> {
        self.inside(variant, value)
    }

    entries!(
        serialize_seq(_length: Option<usize>),
        serialize_tuple(_length: usize),
        serialize_tuple_struct(_name: &'static str, _length: usize),
        serialize_tuple_variant(
            _name: &'static str, _index: u32, _variant: &'static str, _length: usize
        ),
        serialize_map(_length: Option<usize>),
        serialize_struct(_name: &'static str, _length: usize),
        serialize_struct_variant(
            _name: &'static str, _index: u32, _variant: &'static str, _length: usize
        )
    );
}

macro_rules! list {
    ($($trait:ident::$method:ident),*) => {
        $(impl ser::$trait for Entries<'_> {
            type Ok = ();
            type Error = Problem;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Problem> {
                self.item(value)
            }
            fn end(self) -> Result<(), Problem> {
                Ok(())
            }
        })*
    };
}

list!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! fields {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Entries<'_> {
            type Ok = ();
            type Error = Problem;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Problem> {
                self.walker.inside(key, value)
            }
            fn end(self) -> Result<(), Problem> {
                Ok(())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Problem;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _key: &T) -> Result<(), Problem> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Problem> {
        self.item(value)
    }

    fn end(self) -> Result<(), Problem> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    struct Row {
        values: [f64; 3],
        share: Option<f64>,
    }

    #[test]
    fn the_place_of_the_first_bad_number_is_named() {
        let row = |z, share| Row {
            values: [0.0, 1.0, z],
            share,
        };
        assert!(check_finite(&vec![row(2.0, None), row(3.0, Some(0.5))]).is_ok());
        let place = |rows: &[Row]| match check_finite(rows) {
            Err(ReportError::NotFinite { path, .. }) => path,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            place(&[row(0.0, None), row(f64::NAN, None)]),
            "[1].values[2]"
        );
        assert_eq!(place(&[row(0.0, Some(f64::INFINITY))]), "[0].share");
    }
}
