//! A simulated camera that looks at a printed code: geometry, light, optics, sensor and
//! compression, each drawn from a seed, so that every run sees the same frames. Benches, tests
//! and the measurements that the program takes of itself look through it.

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};

use super::{encode::QrCode, frame::GreyImage};

/// Pixels of a frame.
pub const WIDTH: usize = 1280;
/// Rows of a frame.
pub const HEIGHT: usize = 720;
/// Focal length in pixels of a webcam that sees 70° across.
const FOCAL: f64 = 914.;

/// What makes a frame hard to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Near, nearly flat, in even light.
    Plain,
    /// So far away that a module is less than two pixels.
    Far,
    /// Seen from the side.
    Tilted,
    /// On paper that is bent about an axis.
    Curled,
    /// Out of focus.
    Defocused,
    /// Moving while the shutter is open.
    Moving,
    /// In little light, with much gain.
    Noisy,
    /// In light that falls off across the code.
    Gradient,
    /// With a shadow's edge across it.
    Shadow,
    /// Printed pale.
    Faint,
    /// With a reflection on it.
    Glare,
    /// With a little of several.
    Mixed,
}

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 12] = [
        Self::Plain,
        Self::Far,
        Self::Tilted,
        Self::Curled,
        Self::Defocused,
        Self::Moving,
        Self::Noisy,
        Self::Gradient,
        Self::Shadow,
        Self::Faint,
        Self::Glare,
        Self::Mixed,
    ];
}

/// Numbers that follow from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as the seed has it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, evenly.
    fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn sign(&mut self) -> f64 {
        if self.roll() & 1 == 0 { 1. } else { -1. }
    }

    /// Nearly normal, of mean 0 and deviation 1: the sum of eight bytes.
    fn normal(&mut self) -> f32 {
        let sum: u32 = self
            .roll()
            .to_le_bytes()
            .iter()
            .map(|b| u32::from(*b))
            .sum();
        (sum as f32 - 1_020.) / 209.
    }
}

/// The scene that a seed and a condition make; lengths on paper are in modules, light is
/// linear, 0 to 1.
struct Scene {
    px_per_module: f64,
    roll: f64,
    tilt: f64,
    tilt_axis: f64,
    /// Where the code's middle appears, in pixels from the frame's middle.
    offset: (f64, f64),
    /// The radius of the cylinder on which the paper lies, over half the code's side.
    bend: Option<f64>,
    bend_axis: f64,
    ink: f64,
    paper: f64,
    exposure: f64,
    /// The direction of the light's fall, and its least share across the code.
    fall: Option<(f64, f64)>,
    /// The direction and place (−1 to 1 across the code) of a shadow's edge, and its depth.
    shadow: Option<(f64, f64, f64)>,
    /// Where a reflection lies (in half sides of the code), its radius and strength.
    glare: Option<(f64, f64, f64, f64)>,
    defocus: f64,
    motion: (f64, f64),
    noise: f64,
    jpeg: u8,
}

impl Scene {
    fn new(condition: Condition, dice: &mut Dice) -> Self {
        let turn = std::f64::consts::TAU;
        let mut scene = Self {
            px_per_module: dice.within(2.8, 4.8),
            roll: dice.within(0., turn),
            tilt: dice.within(0., 0.25),
            tilt_axis: dice.within(0., turn),
            offset: (dice.within(-250., 250.), dice.within(-60., 60.)),
            bend: None,
            bend_axis: dice.within(0., turn),
            ink: dice.within(0.03, 0.08),
            paper: dice.within(0.75, 0.9),
            exposure: dice.within(0.5, 0.95),
            fall: None,
            shadow: None,
            glare: None,
            defocus: dice.within(0.3, 0.8),
            motion: (0., 0.),
            noise: dice.within(1.5, 4.),
            jpeg: 85,
        };
        let mut angle = || dice.within(0., turn);
        let (first, second) = (angle(), angle());
        match condition {
            Condition::Plain => {}
            Condition::Far => scene.px_per_module = dice.within(1.2, 2.0),
            Condition::Tilted => scene.tilt = dice.within(0.8, 1.2),
            Condition::Curled => scene.bend = Some(dice.within(1.1, 3.0) * dice.sign()),
            Condition::Defocused => scene.defocus = dice.within(1.5, 4.0),
            Condition::Moving => scene.motion = (first, dice.within(3., 9.)),
            Condition::Noisy => {
                scene.noise = dice.within(15., 45.);
                scene.exposure = dice.within(0.1, 0.35);
            }
            Condition::Gradient => {
                scene.fall = Some((first, dice.within(0.0, 0.02)));
                scene.exposure = dice.within(0.8, 1.3);
            }
            Condition::Shadow => {
                scene.shadow = Some((first, dice.within(-0.6, 0.6), dice.within(0.005, 0.08)));
                scene.exposure = dice.within(0.8, 1.2);
            }
            Condition::Faint => {
                scene.ink = dice.within(0.45, 0.65);
                scene.exposure = dice.within(0.3, 0.8);
                scene.noise = dice.within(2., 5.);
            }
            Condition::Glare => {
                let (x, y) = (dice.within(-0.8, 0.8), dice.within(-0.8, 0.8));
                scene.glare = Some((x, y, dice.within(0.2, 0.7), dice.within(0.6, 2.5)));
            }
            Condition::Mixed => {
                scene.px_per_module = dice.within(2.4, 4.2);
                scene.tilt = dice.within(0.1, 0.6);
                scene.bend = Some(dice.within(2., 5.) * dice.sign());
                scene.defocus = dice.within(0.6, 1.8);
                scene.motion = (first, dice.within(0., 3.));
                scene.noise = dice.within(3., 10.);
                scene.fall = Some((second, dice.within(0.1, 0.6)));
                scene.jpeg = 60;
            }
        }
        scene
    }
}

/// The frame of a code under a condition, [`WIDTH`] by [`HEIGHT`]; the same seed gives the same
/// frame.
///
/// # Panics
/// Never: the frame that it compresses is the one that it reads.
#[must_use]
pub fn photograph(code: &QrCode, condition: Condition, seed: u64) -> GreyImage {
    let mut dice = Dice::new(seed ^ (condition as u64 + 1).wrapping_mul(0xd6e8_feb8_6659_fd93));
    let scene = Scene::new(condition, &mut dice);
    let (mut light, bounds) = project(code, &scene);
    defocus(&mut light, bounds, scene.defocus);
    smear(&mut light, bounds, scene.motion);
    let luma = light
        .iter()
        .map(|v| {
            (v.clamp(0., 1.).powf(1. / 2.2) * 255. + dice.normal() * scene.noise as f32).round()
                as u8
        })
        .collect::<Vec<u8>>();
    let mut jpeg = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut jpeg, scene.jpeg)
        .write_image(&luma, WIDTH as u32, HEIGHT as u32, ExtendedColorType::L8)
        .expect("a frame is a picture");
    GreyImage::from_bytes(jpeg.get_ref()).expect("the picture just written")
}

/// Left, top, right and bottom of the paper in the frame.
type Bounds = (usize, usize, usize, usize);

/// The light that each pixel of the frame receives, through a pinhole.
fn project(code: &QrCode, scene: &Scene) -> (Vec<f32>, Bounds) {
    let half = code.modules() as f64 / 2.;
    let edge = half + 7.;
    let turned = |angle: f64, (x, y): (f64, f64)| {
        let (sin, cos) = angle.sin_cos();
        (x * cos - y * sin, x * sin + y * cos)
    };
    // From the paper's own axes to the camera's: roll, then tilt about an axis in the plane.
    let (tilt_sin, tilt_cos) = scene.tilt.sin_cos();
    let to_camera = |(x, y, z): (f64, f64, f64)| {
        let (x, y) = turned(scene.roll - scene.tilt_axis, (x, y));
        let (y, z) = (y * tilt_cos - z * tilt_sin, y * tilt_sin + z * tilt_cos);
        let (x, y) = turned(scene.tilt_axis, (x, y));
        (x, y, z)
    };
    let to_paper = |(x, y, z): (f64, f64, f64)| {
        let (x, y) = turned(-scene.tilt_axis, (x, y));
        let (y, z) = (y * tilt_cos + z * tilt_sin, z * tilt_cos - y * tilt_sin);
        let (x, y) = turned(scene.tilt_axis - scene.roll, (x, y));
        (x, y, z)
    };
    let distance = FOCAL / scene.px_per_module;
    let middle = (
        scene.offset.0 / scene.px_per_module,
        scene.offset.1 / scene.px_per_module,
        distance,
    );
    let eye = to_paper((-middle.0, -middle.1, -middle.2));
    let radius = scene.bend.map(|bend| bend * edge);
    // Where the ray through a pixel meets the paper, measured along the paper.
    let meet = |px: f64, py: f64| {
        let ray = to_paper((
            (px - WIDTH as f64 / 2.) / FOCAL,
            (py - HEIGHT as f64 / 2.) / FOCAL,
            1.,
        ));
        let mut sag = 0.;
        let mut point = (0., 0.);
        for _ in 0..if radius.is_some() { 6 } else { 1 } {
            let t = (sag - eye.2) / ray.2;
            point = (eye.0 + t * ray.0, eye.1 + t * ray.1);
            if let Some(radius) = radius {
                let across = turned(-scene.bend_axis, point)
                    .0
                    .clamp(-radius.abs(), radius.abs());
                sag = radius - radius.signum() * (radius * radius - across * across).sqrt();
            }
        }
        if let Some(radius) = radius {
            let (across, along) = turned(-scene.bend_axis, point);
            let arc = radius.abs() * (across / radius.abs()).clamp(-1., 1.).asin();
            point = turned(scene.bend_axis, (arc, along));
        }
        point
    };
    let lit = |x: f64, y: f64| {
        let inside = x.abs() <= edge && y.abs() <= edge;
        let (column, row) = ((x + half).floor(), (y + half).floor());
        let reflects = if !inside {
            // A table with a coarse grain.
            0.25 + 0.05 * ((x * 0.7).sin() * (y * 0.45).cos())
        } else if column >= 0. && row >= 0. && code.is_dark(column as usize, row as usize) {
            scene.ink
        } else {
            scene.paper
        };
        let (x, y) = (x / half, y / half);
        let mut light = scene.exposure;
        if let Some((angle, least)) = scene.fall {
            let share = (turned(-angle, (x, y)).0 / 2.4 + 0.5).clamp(0., 1.);
            light *= least + (1. - least) * share * share;
        }
        if let Some((angle, place, depth)) = scene.shadow {
            let share = ((turned(-angle, (x, y)).0 - place) / 0.08).clamp(0., 1.);
            light *= depth + (1. - depth) * share;
        }
        let shine = scene.glare.map_or(0., |(gx, gy, radius, strength)| {
            strength * (-((x - gx).powi(2) + (y - gy).powi(2)) / (radius * radius)).exp()
        });
        reflects * light + shine
    };
    let mut bounds = (WIDTH, HEIGHT, 0, 0);
    for corner in [(-1., -1.), (1., -1.), (1., 1.), (-1., 1.)] {
        for reach in [edge * 1.1] {
            for lift in [-0.6 * edge, 0., 0.6 * edge] {
                let z = if radius.is_some() { lift } else { 0. };
                let at = to_camera((corner.0 * reach, corner.1 * reach, z));
                let depth = at.2 + middle.2;
                let px =
                    ((at.0 + middle.0) / depth * FOCAL + WIDTH as f64 / 2.).clamp(0., WIDTH as f64);
                let py = ((at.1 + middle.1) / depth * FOCAL + HEIGHT as f64 / 2.)
                    .clamp(0., HEIGHT as f64);
                bounds.0 = bounds.0.min(px as usize);
                bounds.1 = bounds.1.min(py as usize);
                bounds.2 = bounds.2.max(px.ceil() as usize);
                bounds.3 = bounds.3.max(py.ceil() as usize);
            }
        }
    }
    let mut light = vec![(0.25 * scene.exposure) as f32; WIDTH * HEIGHT];
    const FINE: usize = 3;
    for py in bounds.1..bounds.3 {
        for px in bounds.0..bounds.2 {
            let mut sum = 0.;
            for i in 0..FINE * FINE {
                let at = |i: usize| (i as f64 + 0.5) / FINE as f64;
                let (x, y) = meet(px as f64 + at(i % FINE), py as f64 + at(i / FINE));
                sum += lit(x, y);
            }
            light[py * WIDTH + px] = (sum / (FINE * FINE) as f64) as f32;
        }
    }
    (light, bounds)
}

/// Spreads each point over weighted neighbours within the bounds.
fn spread(light: &mut [f32], bounds: Bounds, taps: &[(isize, isize, f32)]) {
    let whole: f32 = taps.iter().map(|tap| tap.2).sum();
    let before = light.to_vec();
    for y in bounds.1..bounds.3 {
        for x in bounds.0..bounds.2 {
            let mut sum = 0.;
            for (dx, dy, weight) in taps {
                let x = x.saturating_add_signed(*dx).min(WIDTH - 1);
                let y = y.saturating_add_signed(*dy).min(HEIGHT - 1);
                sum += before[y * WIDTH + x] * weight;
            }
            light[y * WIDTH + x] = sum / whole;
        }
    }
}

/// A disk of `radius` pixels with a soft edge of one pixel.
fn defocus(light: &mut [f32], bounds: Bounds, radius: f64) {
    let reach = radius.ceil() as isize + 1;
    let mut taps = Vec::new();
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let weight = (radius + 0.5 - (dx as f64).hypot(dy as f64)).clamp(0., 1.);
            if weight > 0. {
                taps.push((dx, dy, weight as f32));
            }
        }
    }
    spread(light, bounds, &taps);
}

/// A line of `length` pixels at an angle.
fn smear(light: &mut [f32], bounds: Bounds, (angle, length): (f64, f64)) {
    if length < 0.5 {
        return;
    }
    let steps = (length * 4.).ceil() as usize;
    let mut taps: Vec<(isize, isize, f32)> = Vec::new();
    for step in 0..=steps {
        let along = (step as f64 / steps as f64 - 0.5) * length;
        let (x, y) = (along * angle.cos(), along * angle.sin());
        let (left, top) = (x.floor(), y.floor());
        for (dx, dy) in [(0., 0.), (1., 0.), (0., 1.), (1., 1.)] {
            let share = (1. - (x - left - dx).abs()) * (1. - (y - top - dy).abs());
            taps.push(((left + dx) as isize, (top + dy) as isize, share as f32));
        }
    }
    taps.sort_by_key(|tap| (tap.0, tap.1));
    taps.dedup_by(|b, a| {
        (a.0, a.1) == (b.0, b.1) && {
            a.2 += b.2;
            true
        }
    });
    spread(light, bounds, &taps);
}

/// A ticket's text as the gate's codes carry it: alphanumeric, made from a seed.
pub fn ticket_text(dice: &mut Dice, length: usize) -> String {
    const SET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    (0..length)
        .map(|_| char::from(SET[(dice.roll() % 45) as usize]))
        .collect()
}
