//! The contact book: the same person across events, told from the events' own files.

use gatehouse_domain::guest::Contact;
use gatehouse_domain::id::ContactId;
use gatehouse_store::workspace::ContactSighting;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

impl EventHome {
    /// Takes the event's guests into the workspace's contact book, in place of what it had of this
    /// event; it can be done again at any time.
    pub fn project_contacts(&self) -> Result<(), Problem> {
        let now = self.now();
        let mut mint = self
            .workspace()
            .surroundings()
            .mint(self.workspace().id().route());
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let sightings: Vec<ContactSighting> = self
            .file()
            .read(|view| view.guests())?
            .into_iter()
            .map(|guest| ContactSighting {
                new_id: ContactId(mint.mint(now)),
                guest: guest.id,
                name: guest.values.name.to_string(),
                email: known(&guest.values.email),
                phone: known(&guest.values.phone),
                company: known(&guest.values.company),
            })
            .collect();
        Ok(self
            .workspace()
            .file()
            .project_contacts(self.id(), &sightings)?)
    }
}

impl Workspace {
    /// The contact with this e-mail address and name.
    pub fn find_contact(&self, email: &str, name: &str) -> Result<Option<Contact>, Problem> {
        Ok(self.file().find_contact(email, name)?)
    }

    /// How many contacts there are.
    pub fn count_contacts(&self) -> Result<u64, Problem> {
        Ok(self.file().count_contacts()?)
    }
}
