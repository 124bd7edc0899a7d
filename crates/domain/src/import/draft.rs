//! What a list says about a guest.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::words::words;

words! {
    /// What a column of a list can mean.
    ListField("list field") {
        /// The whole name.
        Name = "name",
        /// The given name, joined with the family name.
        FirstName = "first_name",
        /// The family name.
        LastName = "last_name",
        /// The e-mail address.
        Email = "email",
        /// The telephone number.
        Phone = "phone",
        /// Company or organization.
        Company = "company",
        /// Title or role.
        Title = "title",
        /// Notes of the office.
        Notes = "notes",
        /// The group (family, table) that shares an invitation.
        Group = "group",
        /// The ticket type by name.
        TicketType = "ticket_type",
        /// The seat.
        Seat = "seat",
        /// How many people come in all, the guest included.
        PartySize = "party_size",
        /// How many people come besides the guest.
        PlusOnes = "plus_ones",
        /// The guest's language.
        Language = "language",
        /// The list's own id of the person.
        ExternalId = "external_id",
        /// A field of the event's own, under the column's header.
        Custom = "custom",
        /// Left out.
        Ignore = "ignore",
    }
}

/// What is known about a guest; blank text means that nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuestValues {
    /// The whole name, 1 to 200 characters.
    pub name: Box<str>,
    /// E-mail address as given.
    pub email: Box<str>,
    /// Telephone number: `+` and digits where the country is told, else digits.
    pub phone: Box<str>,
    /// Company or organization.
    pub company: Box<str>,
    /// Title or role.
    pub title: Box<str>,
    /// Notes; may have several lines.
    pub notes: Box<str>,
    /// The group that shares an invitation.
    pub group: Box<str>,
    /// The ticket type by name, spelled as the event spells it.
    pub ticket_type: Box<str>,
    /// The seat.
    pub seat: Box<str>,
    /// The language as a BCP 47 tag, such as `en` or `pt-BR`.
    pub language: Box<str>,
    /// The list's own id of the person.
    pub external_id: Box<str>,
    /// How many people come in all, 1 to 50.
    pub party_size: Option<u16>,
    /// Custom fields that are not blank, by header, in the list's order.
    pub custom: Vec<(Box<str>, Box<str>)>,
}

impl GuestValues {
    /// The fields of text that a guest has, in the order in which they are shown.
    pub const TEXT_FIELDS: [ListField; 11] = [
        ListField::Name,
        ListField::Email,
        ListField::Phone,
        ListField::Company,
        ListField::Title,
        ListField::Notes,
        ListField::Group,
        ListField::TicketType,
        ListField::Seat,
        ListField::Language,
        ListField::ExternalId,
    ];

    /// A field's text; blank for those that are no text of a guest.
    #[must_use]
    pub fn text(&self, field: ListField) -> &str {
        match field {
            ListField::Name => &self.name,
            ListField::Email => &self.email,
            ListField::Phone => &self.phone,
            ListField::Company => &self.company,
            ListField::Title => &self.title,
            ListField::Notes => &self.notes,
            ListField::Group => &self.group,
            ListField::TicketType => &self.ticket_type,
            ListField::Seat => &self.seat,
            ListField::Language => &self.language,
            ListField::ExternalId => &self.external_id,
            _ => "",
        }
    }

    /// Takes a field's text; the other fields are set by their own.
    pub fn set_text(&mut self, field: ListField, text: Cow<'_, str>) {
        let place = match field {
            ListField::Name => &mut self.name,
            ListField::Email => &mut self.email,
            ListField::Phone => &mut self.phone,
            ListField::Company => &mut self.company,
            ListField::Title => &mut self.title,
            ListField::Notes => &mut self.notes,
            ListField::Group => &mut self.group,
            ListField::TicketType => &mut self.ticket_type,
            ListField::Seat => &mut self.seat,
            ListField::Language => &mut self.language,
            ListField::ExternalId => &mut self.external_id,
            _ => return,
        };
        *place = text.into();
    }

    /// A custom field's value, blank when there is none.
    #[must_use]
    pub fn custom(&self, header: &str) -> &str {
        self.custom
            .iter()
            .find(|(key, _)| &**key == header)
            .map_or("", |(_, value)| value)
    }

    /// These values with those of `newer` laid over them: what is blank there stays.
    #[must_use]
    pub fn updated_with(&self, newer: &Self) -> Self {
        let mut values = self.clone();
        for field in Self::TEXT_FIELDS {
            if !newer.text(field).is_empty() {
                values.set_text(field, newer.text(field).into());
            }
        }
        values.party_size = newer.party_size.or(self.party_size);
        for (key, value) in &newer.custom {
            match values.custom.iter_mut().find(|(known, _)| known == key) {
                Some((_, place)) => place.clone_from(value),
                None => values.custom.push((key.clone(), value.clone())),
            }
        }
        values
    }
}

/// An object with every field, blank ones `null`, and the custom fields under `custom`.
impl Serialize for GuestValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Custom<'a>(&'a [(Box<str>, Box<str>)]);
        impl Serialize for Custom<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
            }
        }
        let mut map = serializer.serialize_map(Some(Self::TEXT_FIELDS.len() + 2))?;
        for field in Self::TEXT_FIELDS {
            let text = self.text(field);
            map.serialize_entry(field.word(), &(!text.is_empty()).then_some(text))?;
        }
        map.serialize_entry("party_size", &self.party_size)?;
        map.serialize_entry("custom", &Custom(&self.custom))?;
        map.end()
    }
}

impl utoipa::PartialSchema for GuestValues {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
        let text =
            || ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let number = SchemaType::from_iter([Type::Integer, Type::Null]);
        Self::TEXT_FIELDS
            .iter()
            .fold(ObjectBuilder::new(), |shape, field| {
                shape.property(field.word(), text()).required(field.word())
            })
            .property("party_size", ObjectBuilder::new().schema_type(number))
            .required("party_size")
            .property(
                "custom",
                ObjectBuilder::new()
                    .additional_properties(Some(ObjectBuilder::new().schema_type(Type::String))),
            )
            .required("custom")
            .into()
    }
}

impl utoipa::ToSchema for GuestValues {}

/// A guest as one row of a list has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GuestDraft {
    /// The line in the file at which the row begins, from 1.
    pub line: u32,
    /// What the row says.
    #[serde(flatten)]
    pub values: GuestValues,
}
