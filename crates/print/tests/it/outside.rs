//! Programs that read documents, where they are installed.

use std::path::Path;
use std::process::Command;

/// The output of a program, or nothing, said loudly, where it is not installed.
pub(crate) fn run(program: &str, args: &[&str]) -> Option<Vec<u8>> {
    match Command::new(program).args(args).output() {
        Ok(output) => {
            assert!(
                output.status.success(),
                "{program} {args:?}: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            Some(output.stdout)
        }
        Err(error) => {
            eprintln!("SKIPPED: {program} cannot be run here: {error}");
            None
        }
    }
}

pub(crate) fn run_text(program: &str, args: &[&str]) -> Option<String> {
    run(program, args).map(|out| String::from_utf8(out).unwrap())
}

/// Width, height, grey pixels.
pub(crate) type Picture = (usize, usize, Vec<u8>);

/// A picture of a page.
pub(crate) fn picture(pdf: &Path, page: usize, dpi: u32) -> Option<Picture> {
    let page = page.to_string();
    let dpi = dpi.to_string();
    let args = [
        "-gray",
        "-r",
        &dpi,
        "-f",
        &page,
        "-l",
        &page,
        pdf.to_str().unwrap(),
    ];
    let pgm = run("pdftoppm", &args)?;
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at + pgm[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        fields.push(std::str::from_utf8(&pgm[at..end]).unwrap().to_owned());
        at = end + 1;
    }
    assert_eq!(fields[0], "P5");
    Some((
        fields[1].parse().unwrap(),
        fields[2].parse().unwrap(),
        pgm[at..].to_vec(),
    ))
}

/// A picture cut into columns and rows of equal parts, as a person cuts tickets apart.
pub(crate) fn cut((width, height, pixels): &Picture, columns: usize, rows: usize) -> Vec<Picture> {
    let (part_width, part_height) = (width / columns, height / rows);
    let mut parts = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let from = column * part_width;
            let lines = row * part_height..(row + 1) * part_height;
            let part = lines
                .flat_map(|y| &pixels[y * width + from..][..part_width])
                .copied();
            parts.push((part_width, part_height, part.collect()));
        }
    }
    parts
}

/// The texts of all codes that a reader finds in a picture.
pub(crate) fn read_codes((width, height, pixels): &Picture) -> Vec<String> {
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(*width, *height, |x, y| pixels[y * width + x]);
    let grids = image.detect_grids();
    grids
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}
