//! Writes every template of the gallery as HTML with invented values, to be looked at:
//! `cargo run -p gatehouse-mail --example gallery -- FOLDER`.

#![allow(clippy::print_stdout, missing_docs)]

use std::path::PathBuf;

use gatehouse_domain::delivery::MessageKind;
use gatehouse_mail::Template;
use gatehouse_mail::gallery::{self, LANGUAGES};

const LOGO: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='240' height='60'%3E%3Crect width='60' height='60' rx='12' fill='%232E4BD8'/%3E%3Ctext x='76' y='40' font-size='30' font-family='sans-serif' fill='%232E4BD8'%3ELibrary%3C/text%3E%3C/svg%3E";
const CODE: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8' shape-rendering='crispEdges'%3E%3Cpath d='M0 0h3v3h-3zM5 0h3v3h-3zM0 5h3v3h-3zM4 4h1v2h2v1h-3z'/%3E%3C/svg%3E";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let mut written = 0;
    for language in LANGUAGES.into_iter().chain(["ar"]) {
        let mut values = gallery::sample_vars();
        values["language"] = gallery::language_vars(language);
        for kind in MessageKind::ALL {
            let template = Template::compile(gallery::source(*kind, language))?;
            let message = template.render(&values)?;
            let html = message
                .html
                .replace("cid:logo", LOGO)
                .replace("cid:code1", CODE)
                .replace("cid:code2", CODE);
            let name = format!("{}.{language}", kind.word());
            std::fs::write(folder.join(format!("{name}.html")), html)?;
            let text = format!("{}\n\n{}", message.subject, message.text);
            std::fs::write(folder.join(format!("{name}.txt")), text)?;
            written += 1;
        }
    }
    println!("{written} messages");
    Ok(())
}
