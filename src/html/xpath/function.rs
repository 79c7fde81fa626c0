//! The names of the functions, and how many arguments each takes.

use std::ops::RangeInclusive;

macro_rules! functions {
    ($($name:literal => $id:ident, $arguments:expr;)*) => {
        /// A function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Function { $($id,)* }

        /// A function, and how many arguments it takes.
        pub(crate) struct Signature {
            pub(crate) id: Function,
            pub(crate) arguments: RangeInclusive<usize>,
        }

        /// Looks a function up by its name.
        pub(crate) fn named(name: &str) -> Option<Signature> {
            match name.strip_prefix("fn:").unwrap_or(name) {
                $($name => Some(Signature { id: Function::$id, arguments: $arguments }),)*
                _ => None,
            }
        }
    };
}

functions! {
    "boolean" => Boolean, 1..=1;
    "ceiling" => Ceiling, 1..=1;
    "concat" => Concat, 2..=100;
    "contains" => Contains, 2..=2;
    "count" => Count, 1..=1;
    "ends-with" => EndsWith, 2..=2;
    "false" => False, 0..=0;
    "floor" => Floor, 1..=1;
    "id" => Id, 1..=1;
    "lang" => Lang, 1..=1;
    "last" => Last, 0..=0;
    "local-name" => LocalName, 0..=1;
    "lower-case" => LowerCase, 1..=1;
    "matches" => Matches, 2..=2;
    "name" => Name, 0..=1;
    "normalize-space" => NormalizeSpace, 0..=1;
    "not" => Not, 1..=1;
    "number" => Number, 0..=1;
    "position" => Position, 0..=0;
    "replace" => Replace, 3..=3;
    "round" => Round, 1..=1;
    "starts-with" => StartsWith, 2..=2;
    "string" => Text, 0..=1;
    "string-join" => StringJoin, 1..=2;
    "string-length" => StringLength, 0..=1;
    "substring" => Substring, 2..=3;
    "substring-after" => SubstringAfter, 2..=2;
    "substring-before" => SubstringBefore, 2..=2;
    "sum" => Sum, 1..=1;
    "translate" => Translate, 3..=3;
    "true" => True, 0..=0;
    "upper-case" => UpperCase, 1..=1;
}
