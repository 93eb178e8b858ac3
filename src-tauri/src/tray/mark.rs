//! The mark as the tray shows it, drawn here: the jetty of `icons/mark.svg`, with a dot for the state. Shape tells as much as colour.

use brygga_api::Tone;

/// Pixels a side: trays scale it down.
pub(crate) const SIZE: u32 = 44;
/// Samples a side within a pixel.
const SAMPLES: u32 = 4;

/// How it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The jetty in white on its tile: it stands out on light and dark panels.
    Tile,
    /// One colour, which macOS replaces.
    Template,
}

impl Style {
    /// What this system's tray wants.
    pub(crate) fn of_this_system() -> Self {
        if cfg!(target_os = "macos") {
            Self::Template
        } else {
            Self::Tile
        }
    }
}

type Colour = [u8; 4];
const NONE: Colour = [0, 0, 0, 0];
const FJORD: Colour = [0x0b, 0x5d, 0x66, 0xff];
const WHITE: Colour = [0xff, 0xff, 0xff, 0xff];
const WATER: Colour = [0x9f, 0xe0, 0xe4, 0xff];
const AMBER: Colour = [0xf0, 0xb6, 0x5a, 0xff];
const RED: Colour = [0xd9, 0x36, 0x2b, 0xff];
const BLACK: Colour = [0, 0, 0, 0xff];

/// Centre of the dot, and its radius without and with the gap around it, on the 16-unit grid of the mark.
const DOT: (f32, f32) = (12.2, 12.2);
const RADIUS: f32 = 3.1;
const GAP: f32 = 3.9;
/// Inner radius of the ring that stands for [`Tone::Unusual`] where there is no colour.
const RING: f32 = 1.7;

/// The picture, row by row, four bytes a pixel.
pub(crate) fn draw(tone: Tone, style: Style) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((SIZE * SIZE * 4) as usize);
    for row in 0..SIZE {
        for column in 0..SIZE {
            pixels.extend(pixel(column, row, tone, style));
        }
    }
    pixels
}

/// The mean of a pixel's samples.
fn pixel(column: u32, row: u32, tone: Tone, style: Style) -> Colour {
    let mut sums = [0_u32; 4];
    for sample in 0..SAMPLES * SAMPLES {
        let x = place(column, sample % SAMPLES);
        let y = place(row, sample / SAMPLES);
        let colour = at(x, y, tone, style);
        let alpha = u32::from(colour[3]);
        for (sum, part) in sums.iter_mut().zip(colour).take(3) {
            *sum += u32::from(part) * alpha;
        }
        sums[3] += alpha;
    }
    let [red, green, blue, alpha] = sums;
    let mean = |sum: u32| byte(sum.checked_div(alpha).unwrap_or_default());
    [
        mean(red),
        mean(green),
        mean(blue),
        byte(alpha / (SAMPLES * SAMPLES)),
    ]
}

fn byte(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// Where a sample lies on the 16-unit grid.
#[expect(clippy::cast_precision_loss, reason = "numbers below a thousand")]
fn place(pixel: u32, sample: u32) -> f32 {
    let fine = pixel * SAMPLES + sample;
    (fine as f32 + 0.5) * 16.0 / (SIZE * SAMPLES) as f32
}

fn at(x: f32, y: f32, tone: Tone, style: Style) -> Colour {
    let far = (x - DOT.0).hypot(y - DOT.1);
    if tone != Tone::Well && far < GAP {
        let filled = far < RADIUS;
        return match (style, tone) {
            (Style::Template, Tone::Unusual) if filled && far > RING => BLACK,
            (Style::Template, Tone::NeedsYou) if filled => BLACK,
            (Style::Template, _) => NONE,
            (Style::Tile, Tone::NeedsYou) if filled => RED,
            (Style::Tile, _) if filled => AMBER,
            (Style::Tile, _) => WHITE,
        };
    }
    let inside = |left: f32, top: f32, width: f32, height: f32| {
        x >= left && x < left + width && y >= top && y < top + height
    };
    match style {
        Style::Tile => {
            if !in_tile(x, y) {
                return NONE;
            }
            let planks = [1.8, 6.05, 10.3]
                .into_iter()
                .any(|left| inside(left, 4.0, 3.9, 1.8));
            let posts = [5.1, 9.4]
                .into_iter()
                .any(|left| inside(left, 5.4, 1.5, 6.0));
            if planks || posts {
                WHITE
            } else if on_water(x, y, 12.1, 1.2) {
                WATER
            } else {
                FJORD
            }
        }
        Style::Template => {
            let planks = [1.0, 5.9, 10.8]
                .into_iter()
                .any(|left| inside(left, 3.0, 4.2, 2.0));
            let posts = [3.0, 11.0]
                .into_iter()
                .any(|left| inside(left, 5.0, 2.0, 6.0));
            if planks || posts || on_water(x, y, 13.0, 1.4) {
                BLACK
            } else {
                NONE
            }
        }
    }
}

/// The tile with its round corners.
fn in_tile(x: f32, y: f32) -> bool {
    let corner = 3.4;
    let past = |place: f32| (corner - place).max(place - (16.0 - corner)).max(0.0);
    past(x).hypot(past(y)) <= corner
}

/// The water line: one wave after the other.
fn on_water(x: f32, y: f32, level: f32, width: f32) -> bool {
    let wave = level - 0.7 * ((x - 2.0) * std::f32::consts::PI / 3.0).sin();
    (1.6..=14.4).contains(&x) && (y - wave).abs() < width / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_dot(tone: Tone, style: Style) -> Colour {
        let pixels = draw(tone, style);
        let column = 34_usize;
        let start = (column * SIZE as usize + column) * 4;
        [
            pixels[start],
            pixels[start + 1],
            pixels[start + 2],
            pixels[start + 3],
        ]
    }

    #[test]
    fn the_dot_tells_the_state_by_colour_and_in_one_colour_by_shape() {
        assert_eq!(at_dot(Tone::Unusual, Style::Tile), AMBER);
        assert_eq!(at_dot(Tone::NeedsYou, Style::Tile), RED);
        let well = at_dot(Tone::Well, Style::Tile);
        assert!(well != AMBER && well != RED, "{well:?}");
        assert_eq!(
            at_dot(Tone::Unusual, Style::Template),
            NONE,
            "a ring is empty in the middle"
        );
        assert_eq!(at_dot(Tone::NeedsYou, Style::Template), BLACK);
    }

    #[test]
    fn the_three_states_are_three_pictures() {
        for style in [Style::Tile, Style::Template] {
            let pictures =
                [Tone::Well, Tone::Unusual, Tone::NeedsYou].map(|tone| draw(tone, style));
            assert_ne!(pictures[0], pictures[1]);
            assert_ne!(pictures[1], pictures[2]);
            assert_ne!(pictures[0], pictures[2]);
            assert_eq!(pictures[0].len(), (SIZE * SIZE * 4) as usize);
        }
    }

    #[test]
    fn the_corners_are_round_and_a_template_has_one_colour() {
        assert_eq!(draw(Tone::Well, Style::Tile)[3], 0);
        let template = draw(Tone::NeedsYou, Style::Template);
        assert!(template.chunks(4).all(|pixel| pixel[..3] == [0, 0, 0]));
        assert!(template.chunks(4).any(|pixel| pixel[3] == 255));
    }
}
