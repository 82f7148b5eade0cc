//! Accent colours from the brand colour: as little darker or lighter as text on them, and they as text, need to be
//! legible. Source of the numbers: WCAG 2.2, relative luminance and contrast ratio, success criterion 1.4.3 (4.5:1).

use proc_macro2::TokenStream;
use quote::quote;

type Rgb = [u8; 3];

/// The least contrast of text, WCAG 2.2 AA.
const LEGIBLE: f64 = 4.5;
/// Surfaces that the accent stands on as text. The pages' style sheet has none lighter in the dark theme and none
/// darker in the light one.
const LIGHT_SURFACE: Rgb = [0xf1, 0xf3, 0xf2];
const DARK_SURFACE: Rgb = [0x22, 0x26, 0x27];
const WHITE: Rgb = [0xff; 3];
const BLACK: Rgb = [0; 3];
/// Without a word: a calm blue.
const DEFAULT: Rgb = [0x1f, 0x5f, 0xa8];

pub(super) fn table(brand: Option<Rgb>) -> TokenStream {
    let brand = brand.unwrap_or(DEFAULT);
    let light = accent(brand, LIGHT_SURFACE, BLACK);
    let dark = accent(brand, DARK_SURFACE, WHITE);
    let [light, on_light, dark, on_dark] = [light, text_on(light), dark, text_on(dark)].map(hex);
    quote! { Brand { light: #light, on_light: #on_light, dark: #dark, on_dark: #on_dark } }
}

fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The brand, mixed with as little of `towards` as makes it legible upon the surface.
fn accent(brand: Rgb, surface: Rgb, towards: Rgb) -> Rgb {
    (0..=100)
        .map(|percent| mix(brand, towards, percent))
        .find(|colour| contrast(*colour, surface) >= LEGIBLE)
        .unwrap_or(towards)
}

/// Black or white, whichever is the more legible; one of them always reaches 4.58:1, the square root of 21.
fn text_on(colour: Rgb) -> Rgb {
    if contrast(colour, WHITE) >= contrast(colour, BLACK) { WHITE } else { BLACK }
}

fn mix(from: Rgb, to: Rgb, percent: u16) -> Rgb {
    [0, 1, 2].map(|i| {
        let mixed = u16::from(from[i]) * (100 - percent) + u16::from(to[i]) * percent;
        u8::try_from((mixed + 50) / 100).unwrap_or(u8::MAX)
    })
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: Rgb) -> f64 {
    let [r, g, b] = rgb.map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 0.01
    }

    #[test]
    fn contrast_is_wcags() {
        assert!(near(contrast(WHITE, BLACK), 21.0));
        // The best known greys: #767676 is the lightest that passes on white, #777777 is the first that fails.
        assert!(near(contrast([0x76; 3], WHITE), 4.54));
        assert!(near(contrast([0x77; 3], WHITE), 4.48));
    }

    #[test]
    fn a_legible_brand_stays_as_it_is() {
        assert_eq!(accent([0x0b, 0x6e, 0x4f], LIGHT_SURFACE, BLACK), [0x0b, 0x6e, 0x4f]);
    }

    #[test]
    fn every_brand_becomes_legible() {
        let steps = [0u8, 51, 102, 153, 204, 255];
        for r in steps {
            for g in steps {
                for b in steps {
                    let light = accent([r, g, b], LIGHT_SURFACE, BLACK);
                    let dark = accent([r, g, b], DARK_SURFACE, WHITE);
                    assert!(contrast(light, LIGHT_SURFACE) >= LEGIBLE && contrast(light, WHITE) >= LEGIBLE);
                    assert!(contrast(dark, DARK_SURFACE) >= LEGIBLE && contrast(dark, BLACK) >= LEGIBLE);
                    assert!(contrast(light, text_on(light)) >= LEGIBLE);
                    assert!(contrast(dark, text_on(dark)) >= LEGIBLE);
                }
            }
        }
    }

    #[test]
    fn yellow_needs_the_change() {
        // The control: without mixing, the test above would fail here.
        assert!(contrast([0xff, 0xff, 0], LIGHT_SURFACE) < LEGIBLE);
    }
}
