//! A text as a picture that cameras read (ISO/IEC 18004), in a `data:` URL.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, as the standard wants them.
const QUIET: usize = 4;

/// The picture, `side` pixels wide and high; `None` when the text is too long for one.
pub(super) fn picture(text: &str, side: u32) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let side_pixels = usize::try_from(side).ok()?;
    let modules = code.width() + 2 * QUIET;
    let mut pixels = vec![0xff_u8; side_pixels * side_pixels];
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let module = |pixel: usize| (pixel * modules / side_pixels).checked_sub(QUIET).filter(|at| *at < code.width());
        let (column, row) = (module(at % side_pixels), module(at / side_pixels));
        if let (Some(column), Some(row)) = (column, row)
            && code[(column, row)] == Color::Dark
        {
            *pixel = 0;
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels)).ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(&bytes)))
}
