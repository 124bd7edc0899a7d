//! A closed set of words, each written one way in files, JSON and code.

/// An unknown word where one of a closed set was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{word}” is not a {set}; one of: {known}")]
pub struct UnknownWord {
    /// What the set holds, such as `event status`.
    pub set: &'static str,
    /// The word that was found.
    pub word: String,
    /// The words that are known, separated by commas.
    pub known: String,
}

/// Declares an enum whose variants have one spelling each, for storage, JSON and messages.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident($set:literal) { $($(#[$vdoc:meta])* $variant:ident = $word:tt,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every word of the set.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as stored and shown in the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord {
                        set: $set,
                        word: text.chars().take(60).collect(),
                        known: [$($word),+].join(", "),
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::event::EventStatus;

    #[test]
    fn a_word_is_read_as_it_is_written_and_an_unknown_one_names_the_known() {
        for status in EventStatus::ALL {
            assert_eq!(status.word().parse(), Ok(*status));
        }
        let error = "open".parse::<EventStatus>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "“open” is not a event status; one of: draft, published, cancelled, completed"
        );
    }
}
