//! Where a list's header stands.

use super::clean::fold_header;
use super::draft::ListField;
use super::vocabulary::Vocabulary;
use super::{ImportError, ImportOptions, ListRows};

/// How far down a header is looked for: title lines stand above it.
const HEADER_ROWS: usize = 10;
/// How many rows tell a list's width and its columns' content.
pub(crate) const SAMPLE_ROWS: usize = 200;

/// Where the header stands and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    header_row: Option<usize>,
    line: Option<u32>,
    columns: Vec<String>,
}

impl Layout {
    /// Whether the list has a header.
    #[must_use]
    pub fn has_header(&self) -> bool {
        self.header_row.is_some()
    }

    /// The header's line in the file, from 1.
    #[must_use]
    pub fn header_line(&self) -> Option<u32> {
        self.line
    }

    /// The index of the first row of guests.
    #[must_use]
    pub fn first_row(&self) -> usize {
        self.header_row.map_or(0, |row| row + 1)
    }

    /// The columns' names: from the header, `Column 2` where it is blank or missing, and
    /// `Name (2)` for the second of equal names.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
}

pub(crate) fn find_layout<R: ListRows + ?Sized>(
    list: &R,
    options: &ImportOptions,
) -> Result<Layout, ImportError> {
    if list.row_count() == 0 {
        return Err(ImportError::NoRows { header: false });
    }
    let header_row = match options.header_line {
        Some(0) => None,
        Some(line) => Some(
            (0..list.row_count().min(1000))
                .find(|row| list.line(*row) == line)
                .ok_or(ImportError::NoHeaderLine { line })?,
        ),
        None => find_header(list, options),
    };
    let first = header_row.map_or(0, |row| row + 1);
    if first >= list.row_count() {
        return Err(ImportError::NoRows { header: true });
    }
    // Without a header the commonest width stands for it.
    let width = match header_row {
        Some(row) => {
            // Trailing columns count only when something stands in them.
            let below = first..list.row_count().min(first + SAMPLE_ROWS);
            let blank = |row, column| list.cell(row, column).trim().is_empty();
            let mut width = list.cell_count(row);
            while width > 1
                && blank(row, width - 1)
                && below.clone().all(|row| blank(row, width - 1))
            {
                width -= 1;
            }
            width
        }
        None => common_width(list, first),
    };
    let mut columns: Vec<String> = Vec::with_capacity(width);
    for column in 0..width {
        let said = header_row.map_or("", |row| list.cell(row, column));
        let said = super::clean_text(said).map_or_else(|_| String::new(), |text| text.into_owned());
        let said: String = said.chars().take(200).collect();
        let base = if said.is_empty() {
            format!("Column {}", column + 1)
        } else {
            said
        };
        let mut name = base.clone();
        let mut copy = 2;
        while columns.contains(&name) {
            name = format!("{base} ({copy})");
            copy += 1;
        }
        columns.push(name);
    }
    Ok(Layout {
        header_row,
        line: header_row.map(|row| list.line(row)),
        columns,
    })
}

/// The row with the most known column names among the first; where none is known, the first whole
/// row if it differs from the rows below as a header does.
fn find_header<R: ListRows + ?Sized>(list: &R, options: &ImportOptions) -> Option<usize> {
    let vocabulary = Vocabulary::new();
    let told: Vec<String> = options
        .map
        .iter()
        .map(|(_, header)| fold_header(header))
        .chain(
            options
                .remembered
                .iter()
                .map(|(header, _)| fold_header(header)),
        )
        .filter(|header| !header.is_empty())
        .collect();
    let mut best: Option<(usize, usize)> = None;
    for row in 0..list.row_count().min(HEADER_ROWS) {
        let cells = (0..list.cell_count(row)).map(|column| list.cell(row, column).trim());
        let (mut known, mut filled, mut content) = (0, 0, 0);
        for cell in cells.filter(|cell| !cell.is_empty()) {
            filled += 1;
            content += usize::from(is_content(cell));
            let field = vocabulary.exact(cell).or_else(|| vocabulary.by_piece(cell));
            known += usize::from(field.is_some() || told.contains(&fold_header(cell)));
        }
        // One known word in a row of many is as likely a value: somebody is called "Gast".
        let enough = known >= 2 || (known == 1 && (filled <= 3 || row == 0));
        if enough && content == 0 && best.is_none_or(|(_, most)| known > most) {
            best = Some((row, known));
        }
    }
    best.map(|(row, _)| row).or_else(|| header_by_shape(list))
}

fn header_by_shape<R: ListRows + ?Sized>(list: &R) -> Option<usize> {
    let width = common_width(list, 0);
    let row = (0..list.row_count().min(HEADER_ROWS))
        .find(|row| filled(list, *row) * 2 >= width && filled(list, *row) >= 2)?;
    if (0..list.cell_count(row)).any(|column| is_content(list.cell(row, column))) {
        return None;
    }
    let below = row + 1..list.row_count().min(row + 1 + SAMPLE_ROWS);
    (0..width)
        .any(|column| {
            let content = below
                .clone()
                .filter(|row| is_content(list.cell(*row, column)))
                .count();
            content > 0 && content * 2 >= below.len()
        })
        .then_some(row)
}

/// Whether a cell holds what no header does: an address or a number.
fn is_content(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    super::check_email(cell.trim()).is_some()
        || (digits >= 1
            && cell
                .chars()
                .all(|c| c.is_ascii_digit() || " +-().,/".contains(c))
            && cell.trim() != "+1")
}

fn filled<R: ListRows + ?Sized>(list: &R, row: usize) -> usize {
    (0..list.cell_count(row))
        .filter(|column| !list.cell(row, *column).trim().is_empty())
        .count()
}

fn common_width<R: ListRows + ?Sized>(list: &R, first: usize) -> usize {
    let mut widths: Vec<usize> = (first..list.row_count().min(first + SAMPLE_ROWS))
        .map(|row| list.cell_count(row))
        .collect();
    widths.sort_unstable();
    widths
        .chunk_by(|a, b| a == b)
        .max_by_key(|run| (run.len(), run[0]))
        .map_or(1, |run| run[0].max(1))
}

/// Which fields stand for the whole name.
pub(crate) fn is_name(field: ListField) -> bool {
    matches!(
        field,
        ListField::Name | ListField::FirstName | ListField::LastName
    )
}
