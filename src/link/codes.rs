//! The stable codes by which results name their variants.

/// Gives each variant of an enum the code that is written to the output.
macro_rules! codes {
    ($kind:ident { $($variant:ident => $code:literal),+ $(,)? }) => {
        impl $kind {
            /// All variants.
            pub const ALL: &'static [Self] = &[$($kind::$variant),+];

            /// The stable code that is written to the output.
            pub const fn as_str(self) -> &'static str {
                match self { $($kind::$variant => $code),+ }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

pub(super) use codes;
