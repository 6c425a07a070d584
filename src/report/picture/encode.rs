//! Images as PNG, for a file or inside a page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::raster::Image;
use crate::report::ReportError;

/// The image as PNG.
///
/// # Errors
/// [`ReportError::Png`] where the encoder refuses.
pub fn encode_png(image: &Image) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut bytes, size(image.width), size(image.height));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(&image.rgba)?;
            writer.finish()
        })
        .map_err(|source| ReportError::Png { source })?;
    Ok(bytes)
}

/// The image as an address a page can hold.
pub(crate) fn png_uri(image: &Image) -> Result<String, ReportError> {
    Ok(format!(
        "data:image/png;base64,{}",
        BASE64.encode(encode_png(image)?)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_reads_back_as_the_image() {
        let image = Image {
            width: 3,
            height: 2,
            rgba: (0..24).map(|k| k * 10).collect(),
        };
        let bytes = encode_png(&image).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut read = vec![0; 24];
        reader.next_frame(&mut read).unwrap();
        assert_eq!(read, image.rgba);
    }
}
