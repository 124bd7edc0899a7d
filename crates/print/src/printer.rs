//! Printing tickets: many sheets to a stream, or a few into memory.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use pdf_writer::{Name, Ref};
use rayon::prelude::*;

use crate::PrintError;
use crate::brand::Brand;
use crate::canvas::{Canvas, Tools};
use crate::colour::Colour;
use crate::face::{Code, EventFace, Labels, Occasion, TicketFace};
use crate::forms::{put_code, put_form};
use crate::marks::{draw_marks, draw_slug};
use crate::pdf::deflate::Deflater;
use crate::pdf::{Document, Meta, Pages};
use crate::sheet::{Imposition, Sheet};
use crate::text::usage::Usage;
use crate::ticket::TicketLayout;
use crate::typeface::Typeface;

/// Sheets that are made before any of them is written.
const SHEETS_AHEAD: usize = 1024;
/// Sheets that one thread makes at a time.
const SHEETS_TOGETHER: usize = 16;
/// Ticket types whose template is kept from document to document.
const KEPT_TEMPLATES: usize = 256;

/// The order of tickets on sheets that are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Along each sheet, then on to the next.
    #[default]
    Sheet,
    /// Down the stack: cut in one go, each pile is in order and the piles follow one another.
    Stack,
}

/// How a batch is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintOptions {
    /// Crop marks, register marks, 3 mm bleed and a slug line around single pages too; sheets with
    /// several tickets always have them.
    pub marks: bool,
    /// The order on sheets with several tickets.
    pub order: Order,
    /// The words beside the values.
    pub labels: Labels,
    /// The document's date in UTC milliseconds; none is stated without it.
    pub created_ms: Option<i64>,
    /// The organizer's look.
    pub brand: Brand,
}

/// Something a person should look at; the document is whole all the same.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// No built-in face has these characters; boxes stand in their places.
    MissingGlyphs(Vec<char>),
    /// So many tickets have a text that was too long for its place and ends in an ellipsis.
    Cut(usize),
    /// The codes' modules are smaller than most cameras read well.
    SmallModules {
        /// Side of a module in millimetres.
        module_mm: f32,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::MissingGlyphs(characters) => {
                write!(f, "no font has")?;
                for c in characters {
                    write!(f, " {c} (U+{:04X})", u32::from(*c))?;
                }
                Ok(())
            }
            Warning::Cut(tickets) => write!(f, "{tickets} tickets have a text cut short"),
            Warning::SmallModules { module_mm } => {
                write!(f, "the codes' modules are {module_mm:.2} mm, under 0.33 mm")
            }
        }
    }
}

/// What was printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrintReport {
    /// Pages (sheets) written.
    pub pages: usize,
    /// Tickets on them.
    pub tickets: usize,
    /// Length of the document.
    pub bytes: u64,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

/// Modules smaller than this are warned of, in millimetres.
const MODULE_LEAST: f32 = 0.33;

/// Prints the tickets of one event.
pub struct TicketPrinter {
    event: EventFace,
    options: PrintOptions,
    sheet: Sheet,
    plan: Imposition,
    layout: TicketLayout,
    templates: Mutex<HashMap<u64, Arc<Template>>>,
}

/// What all tickets of a type share, drawn once.
struct Template {
    deflated: Vec<u8>,
    usage: Usage,
}

/// A sheet made but not yet written.
struct MadeSheet {
    content: Vec<u8>,
    codes: Vec<Code>,
    /// Keys of the templates that the sheet draws.
    templates: Vec<u64>,
    tickets: usize,
    cut: usize,
    least_module: f32,
}

/// Ticket types met, in the order of their keys.
type Types = BTreeMap<u64, Shared>;

/// Sheets that one thread made in one go, with what they drew.
type Made = Result<(Vec<MadeSheet>, Usage, Types), PrintError>;

/// A document being written.
struct Batch<W: Write> {
    document: Document<W>,
    pages: Pages,
    usage: Usage,
    templates: BTreeMap<u64, Ref>,
    marks: Option<Ref>,
    logo: Option<Ref>,
    report: PrintReport,
    cut: usize,
    least_module: f32,
}

impl TicketPrinter {
    /// A printer for an event on a sheet.
    #[must_use]
    pub fn new(event: EventFace, sheet: Sheet, options: PrintOptions) -> Self {
        let plan = Imposition::of(sheet, options.marks);
        let layout = TicketLayout::of(&plan.cells[0], plan.bleed);
        TicketPrinter {
            event,
            options,
            sheet,
            plan,
            layout,
            templates: Mutex::new(HashMap::new()),
        }
    }

    /// The sheet that is printed on.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        self.sheet
    }

    /// Side of one module, in millimetres, of a code of `code_size` modules a side.
    #[must_use]
    pub fn module_mm(&self, code_size: u16) -> f32 {
        self.layout.module_mm(code_size)
    }

    /// Prints `count` tickets into one document. `make` is asked for each by its place from 0, from
    /// several threads at once and in no fixed order; memory does not grow with the count but for
    /// some tens of bytes each. `progress` hears how many are written.
    ///
    /// The same tickets make the same bytes.
    ///
    /// # Errors
    /// [`PrintError::Source`] with the first ticket that could not be had,
    /// [`PrintError::Write`] where the stream fails. What was written then is no document.
    pub fn write<W, F, E>(
        &self,
        count: usize,
        make: F,
        out: W,
        progress: &mut dyn FnMut(usize),
    ) -> Result<PrintReport, PrintError>
    where
        W: Write,
        F: Fn(usize) -> Result<TicketFace, E> + Sync,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let per_sheet = self.sheet.tickets();
        let sheets = count.div_ceil(per_sheet);
        let mut batch = self.begin(out)?;
        let ticket_at = |sheet: usize, cell: usize| {
            let index = match self.options.order {
                Order::Sheet => sheet * per_sheet + cell,
                Order::Stack => cell * sheets + sheet,
            };
            if index >= count {
                return Ok(None);
            }
            make(index).map(Some).map_err(|e| PrintError::Source {
                index,
                source: e.into(),
            })
        };
        let mut from = 0;
        while from < sheets {
            let to = (from + SHEETS_AHEAD).min(sheets);
            let groups = (to - from).div_ceil(SHEETS_TOGETHER);
            let made: Vec<Made> = (0..groups)
                .into_par_iter()
                .map(|group| {
                    let first = from + group * SHEETS_TOGETHER;
                    let last = (first + SHEETS_TOGETHER).min(to);
                    with_tools(self.options.brand.typeface, |tools, deflater| {
                        let mut usage = Usage::default();
                        let mut types = Types::new();
                        let mut made = Vec::with_capacity(last - first);
                        for sheet in first..last {
                            let mut faces = Vec::with_capacity(per_sheet);
                            for cell in 0..per_sheet {
                                faces.push(ticket_at(sheet, cell)?);
                            }
                            let place = (sheet + 1, sheets);
                            let faces: Vec<Option<&TicketFace>> =
                                faces.iter().map(Option::as_ref).collect();
                            let sheet =
                                self.make(tools, deflater, &mut usage, &mut types, place, &faces);
                            made.push(sheet);
                        }
                        Ok((made, usage, types))
                    })
                })
                .collect();
            for group in made {
                let (made, usage, types) = group?;
                batch.usage.merge(&usage);
                self.put_templates(&mut batch, types)?;
                for sheet in &made {
                    self.put_sheet(&mut batch, sheet)?;
                }
            }
            progress(batch.report.tickets);
            from = to;
        }
        self.finish(batch).map(|(report, _)| report)
    }

    /// Prints tickets at hand into one document; as [`TicketPrinter::write`].
    ///
    /// # Errors
    /// [`PrintError::Write`] where the stream fails.
    pub fn write_all<W: Write>(
        &self,
        tickets: &[TicketFace],
        out: W,
    ) -> Result<PrintReport, PrintError> {
        let make = |index: usize| Ok::<_, std::convert::Infallible>(tickets[index].clone());
        self.write(tickets.len(), make, out, &mut |_| {})
    }

    /// One invitation's tickets as a document of their own, on the calling thread.
    ///
    /// # Errors
    /// [`PrintError::Write`] where a font cannot be embedded.
    pub fn single(&self, tickets: &[TicketFace]) -> Result<(Vec<u8>, PrintReport), PrintError> {
        let mut batch = self.begin(Vec::with_capacity(48 * 1024))?;
        let sheets: Vec<&[TicketFace]> = tickets.chunks(self.sheet.tickets()).collect();
        for (index, sheet) in sheets.iter().enumerate() {
            let faces: Vec<Option<&TicketFace>> = sheet.iter().map(Some).collect();
            let mut types = Types::new();
            let made = with_tools(self.options.brand.typeface, |tools, deflater| {
                let place = (index + 1, sheets.len());
                self.make(tools, deflater, &mut batch.usage, &mut types, place, &faces)
            });
            self.put_templates(&mut batch, types)?;
            self.put_sheet(&mut batch, &made)?;
        }
        self.finish(batch).map(|(report, bytes)| (bytes, report))
    }

    fn begin<W: Write>(&self, out: W) -> Result<Batch<W>, PrintError> {
        let mut document = Document::begin(out)?;
        let pages = Pages::begin(&mut document);
        let mut batch = Batch {
            document,
            pages,
            usage: Usage::default(),
            templates: BTreeMap::new(),
            marks: None,
            logo: None,
            report: PrintReport::default(),
            cut: 0,
            least_module: f32::MAX,
        };
        if let Some(logo) = &self.options.brand.logo {
            batch.logo = Some(logo.put(&mut batch.document)?);
        }
        if self.plan.marks {
            let mut usage = Usage::default();
            let deflated = with_tools(self.options.brand.typeface, |tools, deflater| {
                let mut canvas = Canvas::new(tools, &mut usage);
                draw_marks(&mut canvas, &self.plan);
                deflater.deflate(&canvas.finish())
            });
            let page = [0.0, 0.0, self.plan.width, self.plan.height];
            batch.marks = Some(put_form(&mut batch.document, &deflated, page, None)?);
        }
        Ok(batch)
    }

    /// Makes one sheet. `place` is its number from 1 and how many there are.
    fn make(
        &self,
        tools: &mut Tools,
        deflater: &mut Deflater,
        usage: &mut Usage,
        types: &mut Types,
        place: (usize, usize),
        faces: &[Option<&TicketFace>],
    ) -> MadeSheet {
        let mut canvas = Canvas::new(tools, usage);
        let mut made = MadeSheet {
            content: Vec::new(),
            codes: Vec::with_capacity(faces.len()),
            templates: Vec::new(),
            tickets: 0,
            cut: 0,
            least_module: f32::MAX,
        };
        for (ticket, cell) in faces.iter().zip(&self.plan.cells) {
            let Some(ticket) = ticket else { continue };
            let key = template_key(ticket);
            if !made.templates.contains(&key) {
                made.templates.push(key);
                types.entry(key).or_insert_with(|| Shared::of(ticket));
            }
            let code = format!("Q{}", made.codes.len());
            let labels = &self.options.labels;
            let mut cut = false;
            let mut draw = |canvas: &mut Canvas<'_>| {
                canvas.content.x_object(Name(template_name(key).as_bytes()));
                cut = self.layout.draw_ticket(canvas, labels, ticket, &code);
            };
            if cell.x == 0.0 && cell.y == 0.0 && faces.len() == 1 {
                draw(&mut canvas);
            } else {
                canvas.apart(|canvas| {
                    canvas
                        .content
                        .transform([1.0, 0.0, 0.0, 1.0, cell.x, cell.y]);
                    draw(canvas);
                });
            }
            made.codes.push(ticket.code.clone());
            made.tickets += 1;
            made.cut += usize::from(cut);
            made.least_module = made.least_module.min(self.module_mm(ticket.code.size()));
        }
        if self.plan.marks {
            canvas.content.x_object(Name(b"Marks"));
            let text = self.slug(place);
            draw_slug(&mut canvas, &self.plan, &text);
        }
        made.content = deflater.deflate(&canvas.finish());
        made
    }

    fn slug(&self, (page, pages): (usize, usize)) -> String {
        let labels = &self.options.labels;
        let mut parts = vec![self.event.title.clone()];
        if !self.event.batch_label.is_empty() {
            parts.push(self.event.batch_label.clone());
        }
        parts.push(format!("{} {page} {} {pages}", labels.page, labels.of));
        if !self.event.printed_on.is_empty() {
            parts.push(self.event.printed_on.clone());
        }
        parts.join(" · ")
    }

    fn put_templates<W: Write>(
        &self,
        batch: &mut Batch<W>,
        types: Types,
    ) -> Result<(), PrintError> {
        for (key, shared) in types {
            if batch.templates.contains_key(&key) {
                continue;
            }
            let template = self.template(key, &shared);
            batch.usage.merge(&template.usage);
            let form = put_form(
                &mut batch.document,
                &template.deflated,
                self.layout.form_box(),
                batch.logo,
            )?;
            batch.templates.insert(key, form);
        }
        Ok(())
    }

    fn template(&self, key: u64, shared: &Shared) -> Arc<Template> {
        let kept = self
            .templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some(template) = kept {
            return template;
        }
        let mut usage = Usage::default();
        let deflated = with_tools(self.options.brand.typeface, |tools, deflater| {
            let mut canvas = Canvas::new(tools, &mut usage);
            let labels = &self.options.labels;
            let event = match &shared.occasion {
                Some(occasion) => Cow::Owned(EventFace {
                    date_line: occasion.date_line.clone(),
                    place_line: occasion.place_line.clone(),
                    ..self.event.clone()
                }),
                None => Cow::Borrowed(&self.event),
            };
            self.layout.draw_template(
                &mut canvas,
                &event,
                labels,
                &shared.type_name,
                shared.type_colour,
                &self.options.brand,
            );
            deflater.deflate(&canvas.finish())
        });
        let template = Arc::new(Template { deflated, usage });
        let mut kept = self
            .templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT_TEMPLATES {
            kept.insert(key, Arc::clone(&template));
        }
        template
    }

    fn put_sheet<W: Write>(
        &self,
        batch: &mut Batch<W>,
        made: &MadeSheet,
    ) -> Result<(), PrintError> {
        let mut names: Vec<(String, Ref)> = Vec::with_capacity(made.codes.len() + 2);
        for (index, code) in made.codes.iter().enumerate() {
            names.push((format!("Q{index}"), put_code(&mut batch.document, code)?));
        }
        for key in &made.templates {
            if let Some(form) = batch.templates.get(key) {
                names.push((template_name(*key), *form));
            }
        }
        names.extend(batch.marks.map(|marks| ("Marks".to_owned(), marks)));
        let content = batch.document.allocate();
        batch.document.put_deflated(content, &made.content)?;
        let names: Vec<(&[u8], Ref)> = names.iter().map(|(n, id)| (n.as_bytes(), *id)).collect();
        batch
            .document
            .put_page(&mut batch.pages, &self.plan.boxes, content, &names)?;
        batch.report.tickets += made.tickets;
        batch.cut += made.cut;
        batch.least_module = batch.least_module.min(made.least_module);
        Ok(())
    }

    fn finish<W: Write>(&self, batch: Batch<W>) -> Result<(PrintReport, W), PrintError> {
        let Batch {
            document,
            pages,
            usage,
            mut report,
            cut,
            least_module,
            ..
        } = batch;
        let meta = Meta {
            title: crate::text::clean::clean(&self.event.title).into_owned(),
            author: crate::text::clean::clean(&self.event.organizer).into_owned(),
            language: self.options.labels.language.to_owned(),
            created_ms: self.options.created_ms,
        };
        report.pages = pages.count();
        let missing: Vec<char> = usage.missing().collect();
        if !missing.is_empty() {
            report.warnings.push(Warning::MissingGlyphs(missing));
        }
        if cut > 0 {
            report.warnings.push(Warning::Cut(cut));
        }
        if least_module < MODULE_LEAST {
            report.warnings.push(Warning::SmallModules {
                module_mm: least_module,
            });
        }
        let (out, bytes) = document.finish(pages, &usage, &meta)?;
        report.bytes = bytes;
        Ok((report, out))
    }
}

thread_local! {
    /// A thread's tools, kept from document to document.
    static TOOLS: RefCell<(Tools, Deflater)> = RefCell::new((Tools::new(), Deflater::new()));
}

/// Lends the thread's tools; where they are in use further up (a ticket's maker that itself
/// prints, or that lets the thread take up other work) new ones serve.
pub(crate) fn with_tools<R>(
    typeface: Typeface,
    work: impl FnOnce(&mut Tools, &mut Deflater) -> R,
) -> R {
    TOOLS.with(|tools| match tools.try_borrow_mut() {
        Ok(mut held) => {
            let (tools, deflater) = &mut *held;
            tools.set_typeface(typeface);
            work(tools, deflater)
        }
        Err(_) => {
            let mut tools = Tools::new();
            tools.set_typeface(typeface);
            work(&mut tools, &mut Deflater::new())
        }
    })
}

/// What all tickets of a type for the same occasion share.
#[derive(Debug)]
struct Shared {
    type_name: String,
    type_colour: Colour,
    occasion: Option<Occasion>,
}

impl Shared {
    fn of(ticket: &TicketFace) -> Self {
        Self {
            type_name: ticket.type_name.clone(),
            type_colour: ticket.type_colour,
            occasion: ticket.occasion.clone(),
        }
    }
}

/// Tells types apart by name and colour (FNV-1a).
fn template_key(ticket: &TicketFace) -> u64 {
    let (date, place) = ticket.occasion.as_ref().map_or(("", ""), |occasion| {
        (occasion.date_line.as_str(), occasion.place_line.as_str())
    });
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    let bytes = ticket
        .type_name
        .bytes()
        .chain([0xFF, ticket.type_colour.index(), 0xFF])
        .chain(date.bytes())
        .chain([0xFF])
        .chain(place.bytes());
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    hash
}

fn template_name(key: u64) -> String {
    format!("T{key:x}")
}
